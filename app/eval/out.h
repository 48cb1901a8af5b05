/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Detections as files of COCO results, which its own tools read.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "app/eval/set.h"

G_BEGIN_DECLS

typedef struct _MonocleEvalOut MonocleEvalOut;

MonocleEvalOut *monocle_eval_out_new (void);
void monocle_eval_out_free (MonocleEvalOut *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleEvalOut, monocle_eval_out_free)

/* @found: (element-type MonocleEvalShape): what was found in @image. */
void monocle_eval_out_add (MonocleEvalOut *self,
                           MonocleEvalKind kind,
                           const MonocleEvalImage *image,
                           const GArray *found);

/* (transfer full): where masks go: NAME-masks.json */
char *monocle_eval_out_dup_masks_path (const char *path);

/**
 * monocle_eval_out_write:
 * @self: detections
 * @path: for the boxes; masks, if any were added, go beside it
 * @error: return location
 *
 * Boxes and scores are written as they were compared, to the last digit.
 *
 * Returns: whether both are written
 */
gboolean monocle_eval_out_write (MonocleEvalOut *self, const char *path, GError **error);

G_END_DECLS
