/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model that is loaded: weights on a device, tokenizer, settings. Many sessions share it.
 */
#pragma once

#include "engine/run/device.h"
#include "engine/picture/image.h"
#include "engine/answer/task.h"

G_BEGIN_DECLS

/**
 * MonoclePrecision:
 * @MONOCLE_PRECISION_AUTO: left open: somebody else chooses by the device
 * @MONOCLE_PRECISION_F32: 32-bit weights
 * @MONOCLE_PRECISION_F16: 16-bit weights, half the memory
 * @MONOCLE_PRECISION_Q8: 16-bit weights, those of a language model in 8 bits
 * @MONOCLE_PRECISION_Q4: 16-bit weights, matrices of a language model in 4 bits, its tables in 8
 */
typedef enum
{
  MONOCLE_PRECISION_AUTO,
  MONOCLE_PRECISION_F32,
  MONOCLE_PRECISION_F16,
  MONOCLE_PRECISION_Q8,
  MONOCLE_PRECISION_Q4,
  MONOCLE_N_PRECISIONS,
} MonoclePrecision;

/* "auto", "f32", "f16", "q8" or "q4". */
const char *monocle_precision_get_name (MonoclePrecision precision);
/* @precision: (out): of that name. Returns: whether there is one */
gboolean monocle_precision_find (const char *name, MonoclePrecision *precision);
/* Of most weights: 32, 16, 8 or 4; not of AUTO. */
guint monocle_precision_get_bits (MonoclePrecision precision);
/* Of weights of a language model alone: 8 or 4; 0: theirs are as all others */
guint monocle_precision_get_word_bits (MonoclePrecision precision);

/**
 * MonocleProgress:
 * @fraction: part done, 0 to 1
 * @user_data: what was passed beside the function
 *
 * Called in the main context of the caller.
 */
typedef void (*MonocleProgress) (double fraction, gpointer user_data);

#define MONOCLE_TYPE_MODEL (monocle_model_get_type ())
G_DECLARE_FINAL_TYPE (MonocleModel, monocle_model, MONOCLE, MODEL, GObject)

/**
 * monocle_model_load_async:
 * @directory: a model directory in the Hugging Face layout
 * @device: where to run it
 * @precision: how to store its weights; not AUTO
 * @cancellable: (nullable): to stop loading
 * @progress: (nullable): called now and then
 * @progress_data: for @progress
 * @callback: called when it is loaded, in the main context of the caller
 * @user_data: for @callback
 *
 * Reads, checks and uploads a model.
 */
void monocle_model_load_async (const char *directory,
                               MonocleDevice *device,
                               MonoclePrecision precision,
                               GCancellable *cancellable,
                               MonocleProgress progress,
                               gpointer progress_data,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/**
 * MonocleModelRoom:
 * @MONOCLE_MODEL_ROOM_ANSWER: one question is answered
 * @MONOCLE_MODEL_ROOM_TALK: and then there is a conversation about a picture, of usual length, if
 *   the model talks
 *
 * What there must be memory for, as far as it is known before a model is loaded.
 */
typedef enum
{
  MONOCLE_MODEL_ROOM_ANSWER,
  MONOCLE_MODEL_ROOM_TALK,
} MonocleModelRoom;

/**
 * monocle_model_load_adapted_async:
 * @adapter: (nullable): the folder of what it has learnt since it was published
 * @room: without which it is not loaded; monocle_model_load_async() asks for an answer's
 *
 * monocle_model_load_async() with an adapter, whose name is the model's with its own beside it.
 * Answers cost as much as without. Loading is refused where the adapter does not belong to the
 * model, or where its family takes none.
 */
void monocle_model_load_adapted_async (const char *directory,
                                       const char *adapter,
                                       MonocleDevice *device,
                                       MonoclePrecision precision,
                                       MonocleModelRoom room,
                                       GCancellable *cancellable,
                                       MonocleProgress progress,
                                       gpointer progress_data,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);

/**
 * monocle_model_load_finish:
 *
 * Returns: (transfer full) (nullable): the model
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, _UNSUPPORTED_MODEL, _OUT_OF_MEMORY, _DEVICE_LOST,
 * %G_IO_ERROR_CANCELLED.
 */
MonocleModel *monocle_model_load_finish (GAsyncResult *result, GError **error);

/* (transfer none) (element-type MonocleTask): what it can be asked, in the order of menus */
GPtrArray *monocle_model_list_tasks (MonocleModel *self);

/**
 * monocle_model_recall_task:
 * @id: a task's
 * @gives: what it gave
 *
 * What was once asked, of whatever model, which need not be here any more.
 *
 * Returns: (transfer none) (nullable): the task; %NULL where no family has one of that id
 */
const MonocleTask *monocle_model_recall_task (const char *id, MonocleTaskGives gives);

/* (transfer full) (nullable) (element-type MonocleTask): what models of the family of that id can
 * be asked, of which none needs to be here */
GPtrArray *monocle_model_list_family_tasks (const char *family);

/**
 * monocle_model_peek_tasks:
 * @directory: of a model
 * @error: return location
 *
 * What it could be asked once it is loaded: its family's tasks, or those of them that its
 * `model-info.json` names. Reads that file and config.json alone, and needs no device.
 *
 * Errors: as monocle_model_load_finish() has them.
 *
 * Returns: (transfer full) (nullable) (element-type MonocleTask): the tasks
 */
GPtrArray *monocle_model_peek_tasks (const char *directory, GError **error);

/**
 * monocle_model_peek_text:
 * @directory: of a model
 * @task: one of its tasks
 * @text: (nullable): what a person wrote
 * @has_region: whether there will be a region, wherever it lies
 * @error: return location
 *
 * Whether @task could be asked with that text, as far as its family's own rules for texts go:
 * nobody should wait for a model that will refuse. Reads what monocle_model_peek_tasks() reads.
 *
 * Errors: BAD_REQUEST where it could not.
 */
gboolean monocle_model_peek_text (const char *directory,
                                  const MonocleTask *task,
                                  const char *text,
                                  gboolean has_region,
                                  GError **error);

/* Whether a model of that directory would make vectors of pictures and texts: as
 * monocle_model_peek_tasks(), by its settings alone. */
gboolean monocle_model_peek_embeds (const char *directory);

/* Whether weights of a model of that directory can be stored in 8 or 4 bits: by its settings alone.
 */
gboolean monocle_model_peek_few_bits (const char *directory);

/* The precision in which the file of a language model has its numbers, where these are blocks of
 * few bits that share scales: Q4 or Q8, more than which would say no more. AUTO: they are none. */
MonoclePrecision monocle_model_peek_packed (const char *path);

/**
 * monocle_model_check:
 * @directory: of a model
 * @error: return location
 *
 * Whether it could be loaded, as far as its files say: settings, tokenizer, every tensor by name
 * and shape. Reads the beginning of the weights alone, blocks meanwhile, and needs no device.
 *
 * Errors: as monocle_model_load_finish() has them.
 */
gboolean monocle_model_check (const char *directory, GError **error);

/**
 * monocle_model_is_gguf:
 * @path: a file or a folder
 *
 * Models are folders; but one of GGUF files is also named by the file of its language model.
 *
 * Returns: whether it would be one of these, by the names of the files
 */
gboolean monocle_model_is_gguf (const char *path);

/**
 * monocle_model_list_gguf:
 * @path: of which monocle_model_is_gguf() holds
 * @error: return location
 *
 * Reads the beginning of the files, blocks meanwhile.
 *
 * Errors: BAD_FILE, also where one is missing or several could be meant.
 *
 * Returns: (transfer full) (array zero-terminated=1): the paths of the files that such a model is
 */
GStrv monocle_model_list_gguf (const char *path, GError **error);

/**
 * monocle_model_check_gguf:
 * @text: the file of a language model
 * @vision: of what sees for it, wherever it lies and whatever it is called
 * @error: return location
 *
 * Errors: BAD_FILE, also where one is what the other should be, or they are of two models.
 *
 * Returns: whether they could be a model, by what stands at their beginning; blocks
 */
gboolean monocle_model_check_gguf (const char *text, const char *vision, GError **error);

/**
 * monocle_model_peek_gguf:
 * @path: a file
 * @sees: (out): whether it is the second of these by itself
 * @error: return location
 *
 * Errors: BAD_FILE.
 *
 * Returns: whether it could be either, by what stands at its beginning; blocks
 */
gboolean monocle_model_peek_gguf (const char *path, gboolean *sees, GError **error);

/* (transfer full) (element-type MonocleTask): what most models can be asked: as long as there is
 * none that could say it */
GPtrArray *monocle_model_guess_tasks (void);

/**
 * monocle_model_check_adapter:
 * @directory: of a model
 * @adapter: the folder of an adapter
 * @error: return location
 *
 * Whether they belong together: every tensor is there, with its shape. Blocks; needs no device.
 *
 * Errors: as monocle_model_load_finish() has them.
 */
gboolean monocle_model_check_adapter (const char *directory, const char *adapter, GError **error);

const char *monocle_model_get_directory (MonocleModel *self);
/* (nullable): the folder of what it has learnt since */
const char *monocle_model_get_adapter (MonocleModel *self);
/* Last part of the directory's name; "NAME + ADAPTER" where it has one. */
const char *monocle_model_get_name (MonocleModel *self);
MonocleDevice *monocle_model_get_device (MonocleModel *self);
/* Never AUTO. */
MonoclePrecision monocle_model_get_precision (MonocleModel *self);
/* "f32", "f16", "q8" or "q4". */
const char *monocle_model_get_precision_name (MonocleModel *self);
guint64 monocle_model_get_n_parameters (MonocleModel *self);
/* Bytes on the device now: weights, activations, caches. */
guint64 monocle_model_get_used_bytes (MonocleModel *self);
double monocle_model_get_load_ms (MonocleModel *self);
/* What the model's own settings say. */
guint monocle_model_get_num_beams (MonocleModel *self);
/* Most tokens an answer may have: its table of positions. */
guint monocle_model_get_max_tokens (MonocleModel *self);
/* Numbers of a vector of a picture or a text; 0: it makes none. */
guint monocle_model_get_n_dims (MonocleModel *self);
/* Pictures that monocle_together_look_async() encodes side by side; 1: it has no such way. */
guint monocle_model_get_n_together (MonocleModel *self);
/* How likely a text belongs to a picture, by the cosine of their vectors; NaN where the model does
 * not say. */
double monocle_model_get_probability (MonocleModel *self, double cosine);
/* (nullable): what labels are put into, as `a photo of a {}`, where a question does not say */
const char *monocle_model_get_wording (MonocleModel *self);
/* What cosines of labels that exclude one another are multiplied with, before they are weighed
 * against each other; 0: it ranks no labels by vectors. */
double monocle_model_get_label_scale (MonocleModel *self);
/* What is added to them then, where the model judges each label by itself; else NaN. */
double monocle_model_get_label_bias (MonocleModel *self);

/**
 * monocle_model_get_ready:
 * @image: that will be asked about
 *
 * What can be done with @image before its turn comes, while the device is at another one: brings it
 * to the model's size. On any thread, as often as one likes.
 */
void monocle_model_get_ready (MonocleModel *self, MonocleImage *image);

/* The lowest score of objects that are worth showing, as the model says; 0 where it does not. */
double monocle_model_get_lowest_score (MonocleModel *self);

/**
 * monocle_model_get_notes:
 *
 * What somebody who compares answers should know: settings of the model's files that are not
 * followed, tensors that are left out. A line each, not translated, with the file at its beginning.
 *
 * Returns: (transfer none) (array zero-terminated=1): often empty
 */
const char *const *monocle_model_get_notes (MonocleModel *self);

G_END_DECLS
