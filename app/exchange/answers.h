/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers to questions about a picture, as `monocle-cli run --format json` prints them and batches
 * keep them, as what is known about that picture.
 */
#pragma once

#include "app/exchange/sample.h"

G_BEGIN_DECLS

/**
 * monocle_answers_read:
 * @text: (array length=size): an answer a line, all about one picture
 * @name: of the file, for errors
 * @tasks: (nullable) (element-type MonocleTask): which there are; what is known of a task decides
 *   whether words describe a picture, and whether a label is what is written there
 * @sample: gets its size and all that was answered
 * @notes: (nullable): what cannot be said of a picture
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, with the line.
 */
gboolean monocle_answers_read (const char *text,
                               gsize size,
                               const char *name,
                               const GPtrArray *tasks,
                               MonocleSample *sample,
                               MonocleNotes *notes,
                               GError **error);

G_END_DECLS
