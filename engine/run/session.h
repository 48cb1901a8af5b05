/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session: one image in front of one model. The image is encoded on the first run; every further
 * task, prompt or region reuses its features. Runs of one session follow one another.
 */
#pragma once

#include "engine/picture/image.h"
#include "engine/run/detail.h"
#include "engine/answer/result.h"
#include "engine/sound/sound.h"
#include "engine/text/sampler.h"

G_BEGIN_DECLS

/**
 * MonocleRequest:
 * @task: what is asked
 * @text: (nullable): for tasks that take a text
 * @language: (nullable): what is to be answered in, of tasks with languages; %NULL: what is usual
 * @wording: (nullable): what labels are put into, such as `a photo of a {}`; %NULL: as the model
 * says
 * @threshold: how sure the model must be of an object, or of a pixel of an outline, 0 to 1; 0: as
 *   the model says, unless @has_threshold
 * @has_threshold: whether a @threshold of 0 is meant, which is all that there is
 * @detail: how closely the image is looked at, anew where it was looked at otherwise; AUTO: as the
 *   model's files say
 * @regions: (array length=n_regions) (nullable): in pixels of the upright image; each is a question
 *   of its own, and all are answered in one batch
 * @n_regions: how many
 * @example: (nullable): another picture, which the regions lie in then; without regions all of it
 * @sound: (nullable): for tasks that take one: what is heard, beside the image or instead of it
 * @num_beams: 0: as the model says
 * @max_tokens: longest answer in tokens; 0: as the task says
 * @sampling: (nullable): tokens are drawn by chance; @num_beams must be 0 or 1 then. Without, the
 *   likeliest are searched for
 */
typedef struct
{
  const MonocleTask *task;
  const char *text;
  const char *language;
  const char *wording;
  double threshold;
  gboolean has_threshold;
  MonocleDetail detail;
  const MonocleBox *regions;
  guint n_regions;
  MonocleImage *example;
  MonocleSound *sound;
  guint num_beams;
  guint max_tokens;
  const MonocleSampling *sampling;
} MonocleRequest;

/* More than this is refused. */
#define MONOCLE_MAX_BEAMS 16

/**
 * monocle_request_copy:
 * @request: a request
 *
 * Returns: (transfer full): the same, with nothing of the caller's but the task
 */
MonocleRequest *monocle_request_copy (const MonocleRequest *request);
void monocle_request_free (MonocleRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleRequest, monocle_request_free)

/**
 * MonocleStage:
 * @MONOCLE_STAGE_PREPARING: resizing the image
 * @MONOCLE_STAGE_COMPILING: the device's driver compiles what the question needs, and keeps it
 * @MONOCLE_STAGE_LOOKING: the vision tower
 * @MONOCLE_STAGE_ANSWERING: tokens
 */
typedef enum
{
  MONOCLE_STAGE_PREPARING,
  MONOCLE_STAGE_COMPILING,
  MONOCLE_STAGE_LOOKING,
  MONOCLE_STAGE_ANSWERING,
} MonocleStage;

/**
 * MonocleUpdate:
 * @stage: where the run is
 * @fraction: part of the stage that is done, 0 to 1; -1 while answering, whose end is not known
 * @n_done, @n_steps: while compiling: how far it is
 * @n_tokens: tokens that are certain so far, of all questions
 * @partial: (element-type MonocleResult) (nullable): while answering, one for each question: what
 * is certain so far, %NULL where nothing is
 */
typedef struct
{
  MonocleStage stage;
  double fraction;
  guint n_done, n_steps;
  guint n_tokens;
  GPtrArray *partial;
} MonocleUpdate;

/**
 * MonocleUpdateFunc:
 * @update: valid during the call; take references to keep parts of it
 * @user_data: what was passed beside the function
 *
 * Called in the main context of the caller. A slow receiver misses updates, never the latest.
 */
typedef void (*MonocleUpdateFunc) (const MonocleUpdate *update, gpointer user_data);

/**
 * MonocleRun:
 * @results: (element-type MonocleResult): one for each region, or one
 * @stopped: it was cancelled while answering: the results are what there was by then
 * @compile_ms: what the device's driver took for what it had not compiled yet
 * @preprocess_ms, @encode_ms: 0 when the image was encoded by an earlier run
 * @decode_ms: prompt and tokens
 * @n_tokens: decoding steps times questions that were open in them
 * @n_at_once: how many regions were asked about at once, where there was too little memory for as
 *   many as usual; 0: there was enough
 *
 * What a run gave.
 */
typedef struct
{
  GPtrArray *results;
  gboolean stopped;
  double compile_ms;
  double preprocess_ms;
  double encode_ms;
  double decode_ms;
  guint n_tokens;
  guint n_at_once;
} MonocleRun;

void monocle_run_free (MonocleRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleRun, monocle_run_free)

#define MONOCLE_TYPE_SESSION (monocle_session_get_type ())
G_DECLARE_FINAL_TYPE (MonocleSession, monocle_session, MONOCLE, SESSION, GObject)

MonocleSession *monocle_session_new (MonocleModel *model, MonocleImage *image);
MonocleModel *monocle_session_get_model (MonocleSession *self);
MonocleImage *monocle_session_get_image (MonocleSession *self);

/**
 * monocle_session_run_async:
 * @self: a session
 * @request: copied
 * @cancellable: (nullable): stops within a layer, a shader or a token, and in two seconds at most:
 *   what the device cannot leave sooner it ends without anybody waiting
 * @update: (nullable): called as the run goes on
 * @update_data: for @update
 * @callback: called at the end, in the main context of the caller
 * @user_data: for @callback
 */
void monocle_session_run_async (MonocleSession *self,
                                const MonocleRequest *request,
                                GCancellable *cancellable,
                                MonocleUpdateFunc update,
                                gpointer update_data,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/**
 * monocle_session_run_finish:
 *
 * Returns: (transfer full) (nullable): what the run gave; also when it was cancelled while
 * answering
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST, _OUT_OF_MEMORY, _DEVICE_LOST; %G_IO_ERROR_CANCELLED
 * when it was cancelled before there was anything to keep.
 */
MonocleRun *monocle_session_run_finish (MonocleSession *self, GAsyncResult *result, GError **error);

/**
 * monocle_session_inspect_async:
 * @self: a session
 * @prompt: a tag, or a sentence as it stands
 * @decoder_ids: (array length=n_decoder_ids): fed to the decoder one after the other
 * @n_decoder_ids: at least 1
 * @directory: a folder, made if it is not there
 *
 * Runs the model and writes what every stage computed as NumPy files: `pixel_values.npy` (1,3,H,W),
 * `vision_features.npy` (1,T,C), `image_embeds.npy` (1,N,D), `encoder_states.npy` (1,S,D),
 * `logits.npy` (1,ids,V), all 32-bit floats, and `input_ids.npy` (1,L).
 */
void monocle_session_inspect_async (MonocleSession *self,
                                    const char *prompt,
                                    const guint32 *decoder_ids,
                                    guint n_decoder_ids,
                                    const char *directory,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
monocle_session_inspect_finish (MonocleSession *self, GAsyncResult *result, GError **error);

G_END_DECLS
