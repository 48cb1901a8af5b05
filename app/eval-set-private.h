/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the readers of the files of a set share.
 */
#pragma once

#include "app/eval-json.h"
#include "app/eval-set.h"

G_BEGIN_DECLS

/* COCO's JSON: instances, captions or both. @folder: where its pictures are. */
gboolean monocle_eval_set_read_coco (MonocleEvalSet *self,
                                     const char *path,
                                     const char *folder,
                                     GError **error);

/* JSON lines: questions, places, texts. */
gboolean monocle_eval_set_read_lines (MonocleEvalSet *self,
                                      const char *path,
                                      const char *folder,
                                      GError **error);

/* (transfer none) (nullable): the image of that name, made if it is new. */
MonocleEvalImage *monocle_eval_set_get_image (
    MonocleEvalSet *self, const char *folder, const char *where, const char *name, GError **error);

/* (transfer none): a new question about @image. */
MonocleEvalQuestion *monocle_eval_image_add_question (MonocleEvalImage *image, const char *task);

MonocleEvalPhrase *monocle_eval_phrase_new (const char *text);
void monocle_eval_question_free (MonocleEvalQuestion *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleEvalQuestion, monocle_eval_question_free)

/**
 * monocle_eval_set_read_outline:
 * @node: COCO's "segmentation": polygons, or run lengths
 * @polygons: (out) (transfer full) (nullable) (element-type GArray): the one
 * @mask: (out) (transfer full) (nullable): or the other
 */
gboolean monocle_eval_set_read_outline (JsonNode *node,
                                        const char *where,
                                        GPtrArray **polygons,
                                        MonocleEvalMask **mask,
                                        GError **error);

G_END_DECLS
