/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What reading and writing of YOLO's sets share with the rows of their formats.
 */
#pragma once

#include "app/exchange/format.h"

G_BEGIN_DECLS

/**
 * MonocleYoloKind:
 *
 * What is in a line of labels behind the number of the class.
 */
typedef enum
{
  MONOCLE_YOLO_DETECT,
  MONOCLE_YOLO_SEGMENT,
  MONOCLE_YOLO_ORIENTED,
} MonocleYoloKind;

MonocleYoloKind monocle_yolo_get_kind (const MonocleExchangeFormat *format);

gboolean monocle_yolo_recognise (const char *path);
/* Only sets that say so: lines of them look like outlines of four points. */
gboolean monocle_yolo_recognise_oriented (const char *path);
gboolean monocle_yolo_read (const MonocleExchangeFormat *format,
                            MonocleExchangeSource *source,
                            MonocleExchangeTake take,
                            gpointer user_data,
                            GError **error);

/* In the first line of data.yaml, for sets whose lines could be something else. */
#define MONOCLE_YOLO_ORIENTED_MARK "# yolo-obb"

G_END_DECLS
