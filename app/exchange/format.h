/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The formats of annotations that other programs read and write. One row a format, one file a
 * format or a family of them; command line, window and tests walk the rows.
 */
#pragma once

#include "app/exchange/sample.h"
#include "app/exchange/source.h"
#include "app/exchange/target.h"

G_BEGIN_DECLS

/**
 * MonocleExchangeCan:
 * @MONOCLE_EXCHANGE_BOX: upright boxes
 * @MONOCLE_EXCHANGE_QUAD: four corners anywhere
 * @MONOCLE_EXCHANGE_OUTLINE: one outline
 * @MONOCLE_EXCHANGE_PIECES: several of them for one object
 * @MONOCLE_EXCHANGE_HOLES: holes in outlines
 * @MONOCLE_EXCHANGE_MASK: pixels
 * @MONOCLE_EXCHANGE_POINTS: points
 * @MONOCLE_EXCHANGE_KEYPOINTS: COCO's
 * @MONOCLE_EXCHANGE_SCORE: how sure somebody is
 * @MONOCLE_EXCHANGE_TEXT: what is written at a place
 * @MONOCLE_EXCHANGE_CROWD: that an object is several
 * @MONOCLE_EXCHANGE_GROUP: which objects are one
 * @MONOCLE_EXCHANGE_ATTRIBUTES: names and values
 * @MONOCLE_EXCHANGE_CAPTION: what is said of a picture
 * @MONOCLE_EXCHANGE_TAG: what a picture is as a whole
 * @MONOCLE_EXCHANGE_LINE: lines that do not close
 * @MONOCLE_EXCHANGE_NAMELESS: objects that nobody named
 *
 * What can be said in a format.
 */
typedef enum
{
  MONOCLE_EXCHANGE_BOX = 1 << 0,
  MONOCLE_EXCHANGE_QUAD = 1 << 1,
  MONOCLE_EXCHANGE_OUTLINE = 1 << 2,
  MONOCLE_EXCHANGE_PIECES = 1 << 3,
  MONOCLE_EXCHANGE_HOLES = 1 << 4,
  MONOCLE_EXCHANGE_MASK = 1 << 5,
  MONOCLE_EXCHANGE_POINTS = 1 << 6,
  MONOCLE_EXCHANGE_KEYPOINTS = 1 << 7,
  MONOCLE_EXCHANGE_SCORE = 1 << 8,
  MONOCLE_EXCHANGE_TEXT = 1 << 9,
  MONOCLE_EXCHANGE_CROWD = 1 << 10,
  MONOCLE_EXCHANGE_GROUP = 1 << 11,
  MONOCLE_EXCHANGE_ATTRIBUTES = 1 << 12,
  MONOCLE_EXCHANGE_CAPTION = 1 << 13,
  MONOCLE_EXCHANGE_TAG = 1 << 14,
  MONOCLE_EXCHANGE_LINE = 1 << 15,
  MONOCLE_EXCHANGE_NAMELESS = 1 << 16,
} MonocleExchangeCan;

typedef struct _MonocleExchangeFormat MonocleExchangeFormat;

/**
 * MonocleExchangeFormat:
 * @id: never translated: "coco"
 * @title: to be translated: "COCO Instances"
 * @file: (nullable): of those that write one file, its name without extension and that
 * @extension: of that file or of those of pictures, without dot
 * @is_single: whether the file of a picture says all, so that one can be written by itself
 * @can: what can be said in it
 * @recognise: (nullable): whether a file or folder looks like it
 * @read: (nullable): hands over one picture after the other; those without cannot be read
 * @begin: (nullable): starts to write; those without cannot be written. @format is the row
 * @add: writes a picture, which holds nothing but what @can says
 * @finish: (nullable): writes what is left
 * @free: (nullable): of what @begin returned, also where something failed
 */
struct _MonocleExchangeFormat
{
  const char *id;
  const char *title;
  const char *file;
  const char *extension;
  gboolean is_single;
  guint can;
  gboolean (*recognise) (const char *path);
  gboolean (*read) (const MonocleExchangeFormat *format,
                    MonocleExchangeSource *source,
                    MonocleExchangeTake take,
                    gpointer user_data,
                    GError **error);
  gpointer (*begin) (const MonocleExchangeFormat *format,
                     MonocleExchangeTarget *target,
                     GError **error);
  gboolean (*add) (gpointer writer, MonocleSample *sample, GError **error);
  gboolean (*finish) (gpointer writer, GError **error);
  void (*free) (gpointer writer);
};

const MonocleExchangeFormat *const *monocle_exchange_list_formats (guint *n_formats);
/* (nullable) */
const MonocleExchangeFormat *monocle_exchange_find_format (const char *id);
/* (nullable): what the file or folder looks like */
const MonocleExchangeFormat *monocle_exchange_recognise (const char *path);
/* (transfer full): "coco, yolo, ...": for people; of those that can be read, or be written */
char *monocle_exchange_dup_ids (gboolean read);

/**
 * monocle_exchange_adapt:
 * @format: what it is to be written in
 * @sample: a picture
 * @notes: (nullable): what is lost and what becomes of it
 *
 * The one place that knows how what a format cannot say is said in it.
 *
 * Returns: (transfer full): the same picture, as far as the format can say it
 */
MonocleSample *monocle_exchange_adapt (const MonocleExchangeFormat *format,
                                       const MonocleSample *sample,
                                       MonocleNotes *notes);

/* Says what monocle_exchange_adapt() would, and takes no time for it. */
void monocle_exchange_foresee (const MonocleExchangeFormat *format,
                               const MonocleSample *sample,
                               MonocleNotes *notes);

/* The rows, each in the file of its family. */
extern const MonocleExchangeFormat monocle_exchange_monocle;
extern const MonocleExchangeFormat monocle_exchange_answers;
extern const MonocleExchangeFormat monocle_exchange_coco;
extern const MonocleExchangeFormat monocle_exchange_coco_results;
extern const MonocleExchangeFormat monocle_exchange_coco_captions;
extern const MonocleExchangeFormat monocle_exchange_yolo;
extern const MonocleExchangeFormat monocle_exchange_yolo_seg;
extern const MonocleExchangeFormat monocle_exchange_yolo_obb;
extern const MonocleExchangeFormat monocle_exchange_yolo_classify;
extern const MonocleExchangeFormat monocle_exchange_voc;
extern const MonocleExchangeFormat monocle_exchange_labelme;
extern const MonocleExchangeFormat monocle_exchange_cvat;
extern const MonocleExchangeFormat monocle_exchange_label_studio;
extern const MonocleExchangeFormat monocle_exchange_dota;
extern const MonocleExchangeFormat monocle_exchange_open_images;
extern const MonocleExchangeFormat monocle_exchange_lessons;
extern const MonocleExchangeFormat monocle_exchange_csv;
extern const MonocleExchangeFormat monocle_exchange_masks;
extern const MonocleExchangeFormat monocle_exchange_crops;

G_END_DECLS
