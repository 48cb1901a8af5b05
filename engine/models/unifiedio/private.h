/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of Unified-IO share: the loaded model, what was seen of a picture, both kinds of
 * answers. The parts: formulas and distances (the model), configuration (its shapes), look
 * (pictures to patches), writing (questions to decoder), tasks (what can be asked), answer, parse
 * (words to objects), drawing (where pictures lie), masks (pictures to outlines), inspect, and
 * unifiedio, which loads.
 */
#pragma once

#include "engine/models/cross-asking.h"
#include "engine/models/family.h"
#include "engine/models/parts/drawing.h"
#include "engine/models/parts/recording.h"
#include "engine/models/unifiedio/configuration.h"
#include "engine/models/unifiedio/parse.h"

G_BEGIN_DECLS

/* Pixels of a side of what pictures are brought to, and of those that are written. */
#define MONOCLE_UNIFIEDIO_SEEN_SIDE  384
#define MONOCLE_UNIFIEDIO_DRAWN_SIDE 256

typedef struct _MonocleUnifiedio MonocleUnifiedio;

/**
 * MonocleUnifiedioKind:
 * @MONOCLE_UNIFIEDIO_TEXT: words and places
 * @MONOCLE_UNIFIEDIO_PICTURE: a picture of codes, before which stands a text of no words
 *
 * What an answer is written in.
 */
typedef enum
{
  MONOCLE_UNIFIEDIO_TEXT,
  MONOCLE_UNIFIEDIO_PICTURE,
} MonocleUnifiedioKind;

#define MONOCLE_UNIFIEDIO_N_KINDS 2

/**
 * MonocleUnifiedioWriting:
 * @model: whose it is
 * @kind: of the answers
 * @known: where tokens of answers are, in @buffer
 * @placing: "rows" and "segments" to that, once
 * @patch_places: of patches of the picture that are read
 * @prompt: inputs of the encoder that was recorded last
 * @asker: asks
 *
 * Answers of one kind on their way.
 */
typedef struct
{
  MonocleUnifiedio *model;
  MonocleUnifiedioKind kind;
  MonocleVkBuffer *buffer;
  MonocleUnifiedioPlaces known;
  MonocleRecording placing;
  MonocleTensor rows, segments;
  gboolean is_placed;
  MonocleUnifiedioWriter writer;
  guint32 *patch_places; /* of those that are read: [asker.n_image] */
  MonocleUnifiedioPrompt prompt;
  MonocleCrossAsker asker;
} MonocleUnifiedioWriting;

struct _MonocleUnifiedio
{
  MonocleVkGpu *gpu;
  MonocleUnifiedioConfig config;
  MonocleVqganConfig vqgan;
  MonocleTokenizer *tokenizer;
  MonocleUnifiedioTokens tokens;
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */

  MonocleParams *params;
  MonocleVkBuffer *buffer; /* activations of all that is recorded here */
  MonocleUnifiedioWriting writings[MONOCLE_UNIFIEDIO_N_KINDS];
  MonocleDrawing drawing;

  MonocleVkBuffer *patches_buffer;
  MonocleTensor patches; /* of the picture that is asked about: [n, 768] */
};

/**
 * MonocleUnifiedioSeen:
 * @width, @height: of the picture
 * @fit_width, @fit_height: what it was brought to, at the top left of a square
 * @n: patches that hold something of it
 * @places: [n]: where, row by row
 * @patches: [n, %MONOCLE_UNIFIEDIO_PATCH]
 *
 * A picture as the model reads it. It stays on the host: what is asked says which of it is read.
 */
typedef struct
{
  guint width, height, fit_width, fit_height;
  guint n;
  guint32 *places;
  float *patches;
} MonocleUnifiedioSeen;

/* --- look.c --- */

/* What a picture of that size is brought to, and how many patches hold something of it. */
void monocle_unifiedio_fit (guint width, guint height, guint *fit_width, guint *fit_height);
guint monocle_unifiedio_count_patches (guint width, guint height);

gpointer monocle_unifiedio_prepare (gpointer model,
                                    MonocleImage *image,
                                    GCancellable *cancellable,
                                    MonocleFamilyProgress progress,
                                    gpointer user_data,
                                    MonocleFamilyTiming *timing,
                                    GError **error);
void monocle_unifiedio_discard (gpointer model, gpointer features);

/**
 * monocle_unifiedio_show:
 * @self: the model
 * @writing: that is going to be asked
 * @seen: (nullable): a picture; none where answers are made of words alone
 * @hidden: (nullable): edges x, y, x, y of what of it is not read, of 0 to 999 of its longer side
 * @error: return location
 *
 * Puts it where the encoder reads it.
 */
gboolean monocle_unifiedio_show (MonocleUnifiedio *self,
                                 MonocleUnifiedioWriting *writing,
                                 const MonocleUnifiedioSeen *seen,
                                 const guint *hidden,
                                 GError **error);

/* --- writing.c --- */

/* Writes what is known of the places of answers as formulas. */
void monocle_unifiedio_writing_init (MonocleUnifiedioWriting *self,
                                     MonocleUnifiedio *model,
                                     MonocleUnifiedioKind kind,
                                     MonocleParams *params);
gboolean monocle_unifiedio_writing_record (MonocleUnifiedioWriting *self, GError **error);
/* Once all else is loaded. */
void monocle_unifiedio_writing_prepare (MonocleUnifiedioWriting *self);
void monocle_unifiedio_writing_clear (MonocleUnifiedioWriting *self);

/* --- tasks.c --- */

void monocle_unifiedio_list_tasks (GPtrArray *tasks);
char *monocle_unifiedio_write_prompt (const MonocleTask *task,
                                      const char *text,
                                      const MonocleBox *region,
                                      guint width,
                                      guint height,
                                      GError **error);

/**
 * MonocleUnifiedioDrawn:
 * @MONOCLE_UNIFIEDIO_DRAWN_NONE: words
 * @MONOCLE_UNIFIEDIO_DRAWN_NEW: a picture of its own
 * @MONOCLE_UNIFIEDIO_DRAWN_PHOTO: one that lies on what was seen, as a photograph does
 * @MONOCLE_UNIFIEDIO_DRAWN_MAP: one whose colours mean something: none is mixed of others
 * @MONOCLE_UNIFIEDIO_DRAWN_MASKS: a colour for each thing
 *
 * What becomes of the picture that is written.
 */
typedef enum
{
  MONOCLE_UNIFIEDIO_DRAWN_NONE,
  MONOCLE_UNIFIEDIO_DRAWN_NEW,
  MONOCLE_UNIFIEDIO_DRAWN_PHOTO,
  MONOCLE_UNIFIEDIO_DRAWN_MAP,
  MONOCLE_UNIFIEDIO_DRAWN_MASKS,
} MonocleUnifiedioDrawn;

/* How its answers are read. */
typedef struct
{
  MonocleUnifiedioForm form;
  MonocleUnifiedioDrawn drawn;
  gboolean hides_region; /* the region is not read */
} MonocleUnifiedioManner;

const MonocleUnifiedioManner *monocle_unifiedio_task_get_manner (const MonocleTask *task);
/* (transfer full): of a prompt, the words that were asked for */
char *monocle_unifiedio_task_find_words (const MonocleTask *task, const char *prompt);
/* @edges: (out caller-allocates) (array fixed-size=4): x, y, x, y. Returns: whether there are any
 */
gboolean monocle_unifiedio_find_region (const char *prompt, guint *edges);

/* --- drawing.c --- */

/* What of a picture that is drawn, from its top left, lies on one of that size. */
MonocleDrawingCover monocle_unifiedio_find_cover (guint width, guint height);

/* --- masks.c --- */

/* Adds an object for each thing in @drawn, which has a colour for each, called @label. */
void monocle_unifiedio_add_masks (
    MonocleResult *result, MonocleImage *drawn, const char *label, guint width, guint height);

/* --- answer.c and inspect.c: of the family's table --- */

gboolean monocle_unifiedio_compile (gpointer model,
                                    const MonocleFamilyQuestion *question,
                                    MonocleVkCompileProgress progress,
                                    GError **error);
gboolean monocle_unifiedio_generate (gpointer model,
                                     gpointer features,
                                     const MonocleFamilyQuestion *question,
                                     MonocleFamilyAnswer *answer,
                                     GError **error);
gboolean monocle_unifiedio_inspect (gpointer model,
                                    MonocleImage *image,
                                    const char *prompt,
                                    const guint32 *decoder_ids,
                                    guint n_decoder_ids,
                                    const char *directory,
                                    GCancellable *cancellable,
                                    GError **error);

G_END_DECLS
