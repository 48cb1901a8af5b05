/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models: opened on a device, and asked.
 */
#pragma once

#include <monocle/answer.h>
#include <monocle/device.h>
#include <monocle/question.h>
#include <monocle/task.h>

G_BEGIN_DECLS

/**
 * MonocleStep:
 * @MONOCLE_STEP_CHECKING: the device is checked, since it was never used before
 * @MONOCLE_STEP_LOADING: the model is read
 * @MONOCLE_STEP_PREPARING: the picture is resized
 * @MONOCLE_STEP_COMPILING: the device's driver compiles what the question needs, and keeps it
 * @MONOCLE_STEP_LOOKING: the model looks at the picture
 * @MONOCLE_STEP_ANSWERING: the model answers
 *
 * Where it is.
 */
typedef enum
{
  MONOCLE_STEP_CHECKING,
  MONOCLE_STEP_LOADING,
  MONOCLE_STEP_PREPARING,
  MONOCLE_STEP_COMPILING,
  MONOCLE_STEP_LOOKING,
  MONOCLE_STEP_ANSWERING,
} MonocleStep;

/**
 * MonocleProgressFunc:
 * @step: where it is
 * @fraction: part of the step that is done, 0 to 1; -1 where its end is not known
 * @partial: (nullable): while answering: what is certain so far, of the first region
 * @user_data: what was passed beside the function
 *
 * Called in the main context of the caller. A slow receiver misses calls, never the latest.
 */
typedef void (*MonocleProgressFunc) (MonocleStep step,
                                     double fraction,
                                     MonocleResult *partial,
                                     gpointer user_data);

#define MONOCLE_TYPE_MODEL (monocle_model_get_type ())

/* The library's own files have the engine's declaration. */
#ifndef MONOCLE_INSIDE
/**
 * MonocleModel:
 *
 * A model that is loaded on a device, ready to be asked about any number of pictures.
 */
G_DECLARE_FINAL_TYPE (MonocleModel, monocle_model, MONOCLE, MODEL, GObject)
#endif

/**
 * monocle_model_open:
 * @name: (nullable) (type filename): a directory with a model, or with an adapter of one that is
 *   here; or the name of one of the person's, or of one that comes with Monocle; %NULL for the
 *   default one
 * @device: (nullable): a UUID, a part of a name, or a number of [func@Device.list]; %NULL for the
 *   best
 * @precision: (nullable): `f32` or `f16`: how to keep its numbers; %NULL for what suits the device
 * @cancellable: (nullable): to stop it
 * @error: return location for an error
 *
 * Finds, checks and loads a model. Blocks until it is there; see monocle_model_open_async().
 *
 * Returns: (transfer full): the model
 */
MonocleModel *monocle_model_open (const char *name,
                                  const char *device,
                                  const char *precision,
                                  GCancellable *cancellable,
                                  GError **error);

/**
 * monocle_model_open_async:
 * @name: (nullable) (type filename): as monocle_model_open() has it
 * @device: (nullable): as monocle_model_open() has it
 * @precision: (nullable): as monocle_model_open() has it
 * @cancellable: (nullable): to stop it
 * @progress: (nullable) (scope notified) (closure progress_data) (destroy progress_free): called
 *   now and then
 * @progress_data: for @progress
 * @progress_free: (nullable): called with @progress_data when @progress is not called any more
 * @callback: (scope async) (closure user_data): called when it is loaded, or could not be
 * @user_data: for @callback
 *
 * As monocle_model_open(), without blocking.
 */
void monocle_model_open_async (const char *name,
                               const char *device,
                               const char *precision,
                               GCancellable *cancellable,
                               MonocleProgressFunc progress,
                               gpointer progress_data,
                               GDestroyNotify progress_free,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/**
 * monocle_model_open_finish:
 * @result: what @callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): the model
 */
MonocleModel *monocle_model_open_finish (GAsyncResult *result, GError **error);

/**
 * monocle_model_get_name:
 * @self: a model
 *
 * Returns: the last part of its directory's name
 */
const char *monocle_model_get_name (MonocleModel *self);

/**
 * monocle_model_get_directory:
 * @self: a model
 *
 * Returns: (type filename): where its files are
 */
const char *monocle_model_get_directory (MonocleModel *self);

/**
 * monocle_model_get_device:
 * @self: a model
 *
 * Returns: (transfer none): where it runs
 */
MonocleDevice *monocle_model_get_device (MonocleModel *self);

/**
 * monocle_model_get_precision_name:
 * @self: a model
 *
 * Returns: `f32` or `f16`
 */
const char *monocle_model_get_precision_name (MonocleModel *self);

/**
 * monocle_model_get_n_parameters:
 * @self: a model
 *
 * Returns: how many numbers it has
 */
guint64 monocle_model_get_n_parameters (MonocleModel *self);

/**
 * monocle_model_get_used_bytes:
 * @self: a model
 *
 * Returns: bytes that it has of its device's memory now
 */
guint64 monocle_model_get_used_bytes (MonocleModel *self);

/**
 * monocle_model_list_tasks:
 * @self: a model
 *
 * Returns: (transfer none) (element-type MonocleTask): what it can be asked
 */
GPtrArray *monocle_model_list_tasks (MonocleModel *self);

/**
 * monocle_model_ask:
 * @self: a model
 * @picture: what to ask about
 * @question: what to ask; may be changed afterwards
 * @cancellable: (nullable): to stop it
 * @error: return location for an error
 *
 * Blocks until the answer is there; see monocle_model_ask_async().
 *
 * Returns: (transfer full): the answer
 */
MonocleAnswer *monocle_model_ask (MonocleModel *self,
                                  MonoclePicture *picture,
                                  MonocleQuestion *question,
                                  GCancellable *cancellable,
                                  GError **error);

/**
 * monocle_model_ask_async:
 * @self: a model
 * @picture: what to ask about
 * @question: what to ask; may be changed afterwards
 * @cancellable: (nullable): stops it within two seconds; what was answered by then comes back
 * @progress: (nullable) (scope notified) (closure progress_data) (destroy progress_free): called
 *   now and then
 * @progress_data: for @progress
 * @progress_free: (nullable): called with @progress_data when @progress is not called any more
 * @callback: (scope async) (closure user_data): called when it is answered, or could not be
 * @user_data: for @callback
 *
 * As monocle_model_ask(), without blocking. Questions are answered in the order in which they are
 * asked.
 */
void monocle_model_ask_async (MonocleModel *self,
                              MonoclePicture *picture,
                              MonocleQuestion *question,
                              GCancellable *cancellable,
                              MonocleProgressFunc progress,
                              gpointer progress_data,
                              GDestroyNotify progress_free,
                              GAsyncReadyCallback callback,
                              gpointer user_data);

/**
 * monocle_model_ask_finish:
 * @self: a model
 * @result: what @callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): the answer
 */
MonocleAnswer *monocle_model_ask_finish (MonocleModel *self, GAsyncResult *result, GError **error);

/**
 * monocle_model_get_n_dims:
 * @self: a model
 *
 * Returns: how many numbers its vectors have; 0 of a model that makes none
 */
guint monocle_model_get_n_dims (MonocleModel *self);

/**
 * monocle_model_get_probability:
 * @self: a model
 * @cosine: of a picture's vector and a text's: the sum of the products of their numbers
 *
 * Returns: how likely the text belongs to the picture, from 0 to 1; not a number where the model
 *   does not say
 */
double monocle_model_get_probability (MonocleModel *self, double cosine);

/**
 * monocle_model_embed_all:
 * @self: a model
 * @texts: (nullable) (array zero-terminated=1): texts
 * @pictures: (nullable) (array length=n_pictures): pictures
 * @n_pictures: how many
 * @n_numbers: (out): how many numbers
 * @cancellable: (nullable): to stop it
 * @error: return location for an error
 *
 * Vectors of texts and pictures, of length one: the nearer two of them are, the more alike is what
 * they stand for. Blocks until they are there; see monocle_model_embed_all_async().
 *
 * Returns: (transfer full) (array length=n_numbers): those of the texts, then those of the
 *   pictures, one after the other: monocle_model_get_n_dims() numbers each
 */
float *monocle_model_embed_all (MonocleModel *self,
                                const char *const *texts,
                                MonoclePicture *const *pictures,
                                gsize n_pictures,
                                gsize *n_numbers,
                                GCancellable *cancellable,
                                GError **error);

/**
 * monocle_model_embed_all_async:
 * @self: a model
 * @texts: (nullable) (array zero-terminated=1): texts
 * @pictures: (nullable) (array length=n_pictures): pictures
 * @n_pictures: how many
 * @cancellable: (nullable): to stop it
 * @callback: (scope async) (closure user_data): called when they are there, or could not be made
 * @user_data: for @callback
 *
 * As monocle_model_embed_all(), without blocking.
 */
void monocle_model_embed_all_async (MonocleModel *self,
                                    const char *const *texts,
                                    MonoclePicture *const *pictures,
                                    gsize n_pictures,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);

/**
 * monocle_model_embed_all_finish:
 * @self: a model
 * @result: what @callback was given
 * @n_numbers: (out): how many numbers
 * @error: return location for an error
 *
 * Returns: (transfer full) (array length=n_numbers): as monocle_model_embed_all() gives them
 */
float *monocle_model_embed_all_finish (MonocleModel *self,
                                       GAsyncResult *result,
                                       gsize *n_numbers,
                                       GError **error);

G_END_DECLS
