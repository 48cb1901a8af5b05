/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the readers of the files of a set share.
 */
#pragma once

#include "app/eval/set.h"

G_BEGIN_DECLS

/* COCO's JSON: instances, captions or both. @folder: where its pictures are. */
gboolean monocle_eval_set_read_coco (MonocleEvalSet *self,
                                     const char *path,
                                     const char *folder,
                                     GError **error);

/* monocle_json_get_string(), of at most MONOCLE_EVAL_TEXT_MAX_BYTES. */
gboolean monocle_eval_get_text (JsonObject *object,
                                const char *where,
                                const char *key,
                                MonocleJsonNeed need,
                                const char **value,
                                GError **error);

/* JSON lines: questions, places, texts. */
gboolean monocle_eval_set_read_lines (MonocleEvalSet *self,
                                      const char *path,
                                      const char *folder,
                                      GError **error);

/* (transfer none) (nullable): the image of that name, made if it is new. */
MonocleEvalImage *monocle_eval_set_get_image (
    MonocleEvalSet *self, const char *folder, const char *where, const char *name, GError **error);

/**
 * MonocleEvalRepeat:
 * @MONOCLE_EVAL_REPEAT_ANYWHERE: the same again is the same
 * @MONOCLE_EVAL_REPEAT_IN_ANOTHER_FILE: within a file, things that are alike are told apart by ids
 */
typedef enum
{
  MONOCLE_EVAL_REPEAT_ANYWHERE,
  MONOCLE_EVAL_REPEAT_IN_ANOTHER_FILE,
} MonocleEvalRepeat;

/**
 * monocle_eval_set_is_repeated:
 * @self: a set
 * @image: which image it is about
 * @object: what a file says about it
 * @repeat: what counts as the same
 *
 * Remembers @object as said by the file that is being read.
 *
 * Returns: whether it was said before, and is not to be counted again
 */
gboolean monocle_eval_set_is_repeated (MonocleEvalSet *self,
                                       const MonocleEvalImage *image,
                                       JsonObject *object,
                                       MonocleEvalRepeat repeat);

/* (transfer none): a new question about @image. */
MonocleEvalQuestion *monocle_eval_image_add_question (MonocleEvalImage *image,
                                                      const MonocleTask *task);

MonocleEvalPhrase *monocle_eval_phrase_new (const char *text);
void monocle_eval_question_free (MonocleEvalQuestion *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleEvalQuestion, monocle_eval_question_free)

G_END_DECLS
