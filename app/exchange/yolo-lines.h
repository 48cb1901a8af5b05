/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of labels as YOLO has them: one for a picture, a line for an object.
 */
#pragma once

#include "app/exchange/yolo-private.h"

G_BEGIN_DECLS

/**
 * monocle_yolo_read_lines:
 * @text: (array length=size): the file
 * @path: of it, for errors
 * @sample: knows its size; gets the objects
 * @labels: names of the classes; those it has not are called by their numbers
 * @is_whole: whether @labels are all there are
 */
gboolean monocle_yolo_read_lines (const char *text,
                                  gsize size,
                                  const char *path,
                                  MonocleYoloKind kind,
                                  MonocleSample *sample,
                                  MonocleLabels *labels,
                                  gboolean is_whole,
                                  GError **error);

/* A line of an object whose shape is what the kind says. */
void monocle_yolo_append_line (GString *text,
                               MonocleYoloKind kind,
                               const MonocleSample *sample,
                               const MonocleSampleObject *object,
                               guint class_number);

G_END_DECLS
