/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came back of a question, and what can be made of it.
 */
#pragma once

#include <monocle/object.h>
#include <monocle/picture.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_RESULT (monocle_result_get_type ())

/**
 * MonocleResult:
 *
 * What a model found, as typed parts: words, objects, ranks, pictures, a vector. It never changes.
 */
typedef struct _MonocleResult MonocleResult;

GType monocle_result_get_type (void);

/**
 * monocle_result_ref:
 * @self: a result
 *
 * Returns: (transfer full): @self
 */
MonocleResult *monocle_result_ref (MonocleResult *self);

/**
 * monocle_result_unref:
 * @self: (transfer full): a result
 *
 * Lets it go.
 */
void monocle_result_unref (MonocleResult *self);

/**
 * monocle_result_get_text:
 * @self: a result
 *
 * Returns: (transfer none) (nullable): the answer in words; %NULL where there is none
 */
const char *monocle_result_get_text (const MonocleResult *self);

/**
 * monocle_result_get_generated_text:
 * @self: a result
 *
 * Returns: (transfer none) (nullable): all that the model wrote, with the marks of its own; %NULL
 *   of one that does not write
 */
const char *monocle_result_get_generated_text (const MonocleResult *self);

/**
 * monocle_result_get_score:
 * @self: a result
 *
 * Returns: how sure the model is of all it wrote, or of the first rank, from 0 to 1; not a number
 *   where it does not say
 */
float monocle_result_get_score (const MonocleResult *self);

/**
 * monocle_result_list_objects:
 * @self: a result
 *
 * Returns: (transfer container) (element-type MonocleObject): what lies on the picture, in the
 * order in which the model gave it
 */
GPtrArray *monocle_result_list_objects (const MonocleResult *self);

/**
 * monocle_result_list_ranks:
 * @self: a result
 *
 * Returns: (transfer container) (element-type MonocleRank): names, the likeliest first
 */
GPtrArray *monocle_result_list_ranks (const MonocleResult *self);

/**
 * monocle_result_list_pictures:
 * @self: a result
 *
 * Returns: (transfer container) (element-type MonoclePicture): pictures that the model made
 */
GPtrArray *monocle_result_list_pictures (const MonocleResult *self);

/**
 * monocle_result_get_vector:
 * @self: a result
 * @n_dims: (out): how many numbers
 *
 * Returns: (transfer none) (nullable) (array length=n_dims): where the picture lies in a space of
 *   the model's; %NULL where it does not say
 */
const float *monocle_result_get_vector (const MonocleResult *self, gsize *n_dims);

#ifndef MONOCLE_INSIDE
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleResult, monocle_result_unref)
#endif

#define MONOCLE_TYPE_ANSWER (monocle_answer_get_type ())

/**
 * MonocleAnswer:
 *
 * What came back of a [class@Question] about a [class@Picture]: a result, or one for each region.
 */
G_DECLARE_FINAL_TYPE (MonocleAnswer, monocle_answer, MONOCLE, ANSWER, GObject)

/**
 * monocle_answer_get_picture:
 * @self: an answer
 *
 * Returns: (transfer none): what was asked about
 */
MonoclePicture *monocle_answer_get_picture (MonocleAnswer *self);

/**
 * monocle_answer_get_n_results:
 * @self: an answer
 *
 * Returns: how many regions the question had; 1 where it had none
 */
guint monocle_answer_get_n_results (MonocleAnswer *self);

/**
 * monocle_answer_get_result:
 * @self: an answer
 * @index: less than monocle_answer_get_n_results()
 *
 * Returns: (transfer none): what was found, of the region @index
 */
MonocleResult *monocle_answer_get_result (MonocleAnswer *self, guint index);

/**
 * monocle_answer_is_stopped:
 * @self: an answer
 *
 * Returns: whether it was cancelled while it was given, and ends early
 */
gboolean monocle_answer_is_stopped (MonocleAnswer *self);

/**
 * monocle_answer_dup_json:
 * @self: an answer
 * @index: less than monocle_answer_get_n_results()
 *
 * Returns: (transfer full): the result @index with all that led to it, as a JSON object in one
 * line: what `monocle-cli run --format json` prints
 */
char *monocle_answer_dup_json (MonocleAnswer *self, guint index);

/**
 * monocle_answer_encode:
 * @self: an answer
 * @format: `png`, `jpg`, `webp`, `svg` or `pdf`
 * @error: return location for an error
 *
 * Draws the annotated picture: the picture, what was found on it, and answers in words below it.
 *
 * Returns: (transfer full): the file
 */
GBytes *monocle_answer_encode (MonocleAnswer *self, const char *format, GError **error);

/**
 * monocle_answer_save:
 * @self: an answer
 * @path: (type filename): where to; its extension says in which format
 * @error: return location for an error
 *
 * Writes the annotated picture, whole or not at all, as monocle_answer_encode() draws it. A file of
 * that name is replaced.
 *
 * Returns: whether it is written
 */
gboolean monocle_answer_save (MonocleAnswer *self, const char *path, GError **error);

/**
 * monocle_answer_save_async:
 * @self: an answer
 * @path: (type filename): where to; its extension says in which format
 * @cancellable: (nullable): to stop it before it begins
 * @callback: (scope async) (closure user_data): called when it is written, or could not be
 * @user_data: for @callback
 *
 * As monocle_answer_save(), without blocking.
 */
void monocle_answer_save_async (MonocleAnswer *self,
                                const char *path,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * monocle_answer_save_finish:
 * @self: an answer
 * @result: what @callback was given
 * @error: return location for an error
 *
 * Returns: whether it is written
 */
gboolean monocle_answer_save_finish (MonocleAnswer *self, GAsyncResult *result, GError **error);

G_END_DECLS
