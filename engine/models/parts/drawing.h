/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Codes to a picture, of every model that writes them, and where that lies on what was seen.
 */
#pragma once

#include "engine/answer/mask-runs.h"
#include "engine/answer/result.h"
#include "engine/models/parts/recording.h"
#include "engine/models/parts/vqgan.h"
#include "engine/picture/preprocess.h"
#include "engine/text/generate.h"
#include "engine/text/guided.h"

G_BEGIN_DECLS

/**
 * MonocleDrawing:
 * @recording: makes it
 * @codes: U32 [n]
 * @picture: F32 [@side, @side, 3]
 * @side: in pixels
 * @n: codes a side
 * @cost_us: what drawing took last; 0: nobody knows
 */
typedef struct
{
  MonocleRecording recording;
  MonocleTensor codes, picture;
  guint side, n;
  gint64 cost_us;
} MonocleDrawing;

/* Writes the network as formulas: @n codes a side. */
void monocle_drawing_write (MonocleDrawing *self,
                            MonocleParams *params,
                            MonocleScope scope,
                            const MonocleVqganConfig *vqgan,
                            guint n);
/* Once its recording is planned. */
gboolean monocle_drawing_record (MonocleDrawing *self,
                                 MonocleVkGpu *gpu,
                                 MonocleVkBuffer *buffer,
                                 GError **error);
void monocle_drawing_clear (MonocleDrawing *self);

/* (transfer full) (nullable): the numbers of the pixels that codes, from 0 on and row by row, stand
 * for, about -1 to 1 */
float *monocle_drawing_compute (MonocleDrawing *self,
                                const guint32 *codes,
                                GCancellable *cancellable,
                                GError **error);

/* (transfer full) (nullable): the picture of them */
MonocleImage *monocle_drawing_draw (MonocleDrawing *self,
                                    const guint32 *codes,
                                    GCancellable *cancellable,
                                    GError **error);

/* (transfer full) (nullable): the same of the first @n of them, of which there is one, grey below.
 * @ids: of them, from @first on */
MonocleImage *monocle_drawing_draw_part (MonocleDrawing *self,
                                         const guint32 *ids,
                                         guint32 first,
                                         guint n,
                                         GCancellable *cancellable,
                                         GError **error);

/* Whether of a picture that is being written, of which there are @n codes, another row is worth
 * showing: that takes no more than a fifth of the time. @since_us: when it was begun, or was shown
 * last; 0: this one is, whatever it takes. */
gboolean monocle_drawing_is_worth_showing (const MonocleDrawing *self, guint n, gint64 since_us);

/**
 * monocle_drawing_plan:
 * @generation: (inout): of answers that are pictures
 * @usual: how codes are drawn where nobody says it
 * @guided: (nullable): where there are two questions for each picture, of which it is led away from
 *   the second
 * @guidance: how far
 *
 * One picture at a time, of any codes that there are.
 */
void monocle_drawing_plan (MonocleGeneration *generation,
                           const MonocleSampling *usual,
                           MonocleGuided *guided,
                           double guidance);

/**
 * MonocleDrawingShown:
 * @picture: (nullable): what of a picture that is being written was shown last
 * @at_us: when that was, or when it was begun; 0: the first row that there is is shown
 */
typedef struct
{
  MonocleImage *picture;
  gint64 at_us;
} MonocleDrawingShown;

/* Of another picture, of which nothing was shown. */
void monocle_drawing_shown_begin (MonocleDrawingShown *self);
void monocle_drawing_shown_clear (MonocleDrawingShown *self);
/* @picture: (transfer full) (nullable): what is shown next; %NULL: it could not be drawn */
void monocle_drawing_shown_take (MonocleDrawingShown *self, MonocleImage *picture);
/* (transfer full): what there is of a picture that is not all there */
MonocleResult *monocle_drawing_shown_read (const MonocleDrawingShown *self);

/**
 * MonocleDrawingCover:
 * @drawn_width, @drawn_height: of what was drawn, from its top left, so much lies
 * @all_width, @all_height: on so much of the size of what was seen
 * @left, @top, @width, @height: which is there, in that
 * @from_middle: whether pixels are looked at in their middle, else at their corner
 */
typedef struct
{
  guint drawn_width, drawn_height;
  guint all_width, all_height;
  guint left, top, width, height;
  gboolean from_middle;
} MonocleDrawingCover;

/**
 * monocle_drawing_uncover:
 * @drawn: a square
 * @cover: how it lies on what was seen
 * @is_map: whether no colour may be mixed of others
 * @error: return location
 *
 * What of it lies on what was seen, in the size of that.
 *
 * Returns: (transfer full) (nullable): the picture
 */
MonocleImage *monocle_drawing_uncover (MonocleImage *drawn,
                                       const MonocleDrawingCover *cover,
                                       gboolean is_map,
                                       GError **error);

/* (transfer full): of a map of what is inside, rows of @side, in pixels of what was seen, down its
 * columns */
MonocleMaskRuns *
monocle_drawing_spread (const guint8 *map, guint side, const MonocleDrawingCover *cover);

G_END_DECLS
