/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Segmenters that are but a vision transformer: Kerssies et al. 2025, arXiv 2503.19108. Learned
 * queries go through the last layers together with the patches; each becomes a class and a mask, or
 * nothing.
 */
#include "config.h"

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/models/eomt/private.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/room.h"
#include "engine/models/parts/stages.h"

/* What both sides are brought to where nothing is said. */
#define USUAL_SIDE 640

static void
eomt_unload (gpointer model)
{
  MonocleEomt *self = model;

  if (!self)
    return;
  monocle_eomt_pass_clear (&self->pass);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  monocle_eomt_config_clear (&self->config);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleEomt, eomt_unload)

/* --- loading ------------------------------------------------------------------------------ */

/* Pictures are brought into a corner of the square, whole. */
static gboolean
read_fit (MonocleEomt *self, const char *directory, GError **error)
{
  g_autoptr (JsonObject) said = NULL;
  gboolean is_cut = FALSE;

  self->fit = (MonocleFit){ .shortest = USUAL_SIDE, .longest = USUAL_SIDE };
  if (!monocle_fit_load (&self->fit, directory, &said, error)
      || !monocle_json_get_bool (said, directory, "do_split_image", MONOCLE_JSON_OPTIONAL, &is_cut,
                                 error))
    return FALSE;
  if (is_cut)
    return monocle_config_refuse (directory, "“do_split_image” must be false", error);
  if (self->fit.shortest == self->config.side && self->fit.longest == self->config.side)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: the preprocessor makes images of %u to %u, the model takes %u x %u", directory,
               self->fit.shortest, self->fit.longest, self->config.side, self->config.side);
  return FALSE;
}

static MonocleEomt *
read_files (const char *directory, GError **error)
{
  g_autoptr (MonocleEomt) self = g_new0 (MonocleEomt, 1);

  self->notes = g_ptr_array_new_with_free_func (g_free);
  if (!monocle_eomt_config_load (&self->config, directory, error)
      || !read_fit (self, directory, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
declare (MonocleEomt *self, MonocleCheckpoint *checkpoint, MonocleWeights *weights, GError **error)
{
  monocle_eomt_pass_write (&self->pass, &self->config, monocle_weights_get_params (weights));
  if (!monocle_weights_check (weights, error))
    return FALSE;
  if (monocle_eomt_fold (&self->config, weights, error))
    return TRUE;
  g_prefix_error (error, "%s: ", monocle_checkpoint_get_path (checkpoint));
  return FALSE;
}

static gboolean
build (MonocleEomt *self,
       MonocleCheckpoint *checkpoint,
       const MonocleFamilyLoad *load,
       GError **error)
{
  g_autoptr (MonocleWeights) weights = monocle_weights_new (checkpoint, load->gpu, load->f16, NULL);
  guint64 n_bytes = 0, largest = 0;

  if (!declare (self, checkpoint, weights, error))
    return FALSE;
  self->n_parameters = monocle_weights_get_n_parameters (weights);
  monocle_weights_note_unused (weights, self->notes);
  if (!monocle_recording_plan (&self->pass.recording, load->gpu, &n_bytes, &largest, error))
    {
      g_prefix_error (error, "%s: ", load->directory);
      return FALSE;
    }
  if (!monocle_room_check_piece (load->gpu, load->directory, self->config.side, self->config.side,
                                 largest, error))
    return FALSE;
  self->params
      = monocle_weights_upload (weights, load->cancellable, load->progress, load->user_data, error);
  self->buffer = self->params ? monocle_vk_buffer_new (load->gpu, n_bytes, MONOCLE_VK_USE_DEVICE,
                                                       "segmenter activations", error)
                              : NULL;
  return self->buffer && monocle_eomt_pass_record (&self->pass, load->gpu, self->buffer, error);
}

static gboolean
eomt_check (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (MonocleEomt) self = checkpoint ? read_files (directory, error) : NULL;
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self)
    return FALSE;
  weights = monocle_weights_new (checkpoint, NULL, FALSE, NULL);
  return declare (self, checkpoint, weights, error);
}

static gpointer
eomt_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (load->directory, error);
  g_autoptr (MonocleEomt) self = checkpoint ? read_files (load->directory, error) : NULL;

  if (!self || !build (self, checkpoint, load, error))
    return NULL;
  g_ptr_array_add (self->notes, NULL);
  return g_steal_pointer (&self);
}

static void
eomt_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleEomt *self = model;

  facts->n_parameters = self->n_parameters;
  facts->notes = (const char *const *) self->notes->pdata;
}

/* --- pictures ----------------------------------------------------------------------------- */

static gboolean
eomt_compile (gpointer model,
              const MonocleFamilyQuestion *question,
              MonocleVkCompileProgress progress,
              GError **error)
{
  MonocleEomt *self = model;

  return monocle_vk_compile (&self->pass.recording.commands, 1, question->cancellable, progress,
                             question->user_data, error);
}

static void
eomt_discard (gpointer model, gpointer features)
{
  MonocleEomtSeen *seen = features;

  if (!seen)
    return;
  g_free (seen->classes);
  g_free (seen->masks);
  g_free (seen);
}

/* (transfer full): [3, side, side]: the picture in the corner, black around it, normalised. */
static float *
make_planes (MonocleEomt *self, MonocleImage *image, GError **error)
{
  MonoclePreprocessSettings settings = self->fit.settings;
  gsize side = self->config.side;
  g_autofree float *own = NULL;
  float *planes;

  settings.width = monocle_image_get_width (image);
  settings.height = monocle_image_get_height (image);
  monocle_fit_get_size (&self->fit, &settings.width, &settings.height);
  own = g_new (float, (gsize) 3 * settings.width * settings.height);
  if (!monocle_preprocess_run (&settings, image, own, error))
    return NULL;
  planes = g_new (float, 3 * side * side);
  for (guint k = 0; k < 3; k++)
    {
      float black
          = settings.do_normalize ? (0 - (float) settings.mean[k]) / (float) settings.std[k] : 0;

      for (gsize y = 0; y < side; y++)
        for (gsize x = 0; x < side; x++)
          planes[(k * side + y) * side + x]
              = x < settings.width && y < settings.height
                    ? own[(k * (gsize) settings.height + y) * settings.width + x]
                    : black;
    }
  return planes;
}

static MonocleEomtSeen *
read_seen (MonocleEomt *self, GError **error)
{
  MonocleEomtSeen *seen = g_new0 (MonocleEomtSeen, 1);
  gsize n_classes = monocle_tensor_get_n_elements (&self->pass.classes);
  gsize n_masks = monocle_tensor_get_n_elements (&self->pass.masks);

  seen->classes = g_new (float, n_classes);
  seen->masks = g_new (float, n_masks);
  if (monocle_tensor_read (&self->pass.classes, seen->classes, error)
      && monocle_tensor_read (&self->pass.masks, seen->masks, error)
      && monocle_engine_error_check_numbers (seen->classes, n_classes, error)
      && monocle_engine_error_check_numbers (seen->masks, n_masks, error))
    return seen;
  eomt_discard (self, seen);
  return NULL;
}

/* @planes: (out) (optional): the normalised pixels [3, side, side] */
static MonocleEomtSeen *
see (MonocleEomt *self,
     MonocleImage *image,
     GCancellable *cancellable,
     MonocleFamilyProgress progress,
     gpointer user_data,
     MonocleFamilyTiming *timing,
     float **planes,
     GError **error)
{
  MonoclePreprocessSettings square = self->fit.settings;
  gint64 start = g_get_monotonic_time (), middle;
  g_autofree float *values = make_planes (self, image, error);
  g_autofree float *pixels = NULL;
  MonocleEomtSeen *seen;

  if (!values)
    return NULL;
  square.width = square.height = self->config.side;
  pixels = monocle_preprocess_interleave (&square, values);
  middle = g_get_monotonic_time ();
  if (!monocle_eomt_pass_run (&self->pass, &self->config, pixels, cancellable, progress, user_data,
                              error))
    return NULL;
  seen = read_seen (self, error);
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  if (planes)
    *planes = g_steal_pointer (&values);
  return seen;
}

static gpointer
eomt_prepare (gpointer model,
              MonocleImage *image,
              GCancellable *cancellable,
              MonocleFamilyProgress progress,
              gpointer user_data,
              MonocleFamilyTiming *timing,
              GError **error)
{
  return see (model, image, cancellable, progress, user_data, timing, NULL, error);
}

static gboolean
eomt_segment (gpointer model,
              gpointer features,
              const MonocleFamilyQuestion *question,
              MonocleFamilyAnswer *answer,
              GError **error)
{
  return monocle_eomt_segment (model, features, question, answer, error);
}

static gboolean
eomt_inspect (gpointer model,
              MonocleImage *image,
              const char *prompt,
              const guint32 *decoder_ids,
              guint n_decoder_ids,
              const char *directory,
              GCancellable *cancellable,
              GError **error)
{
  MonocleEomt *self = model;
  const MonocleEomtConfig *config = &self->config;
  guint64 side = config->side, mask_side = monocle_eomt_get_mask_side (config);
  guint64 n_tokens = monocle_tensor_count_rows (&self->pass.tokens), n = config->n_queries;
  MonocleFamilyTiming timing;
  g_autofree float *planes = NULL;
  g_autofree float *tokens = g_new (float, n_tokens * config->channels);
  MonocleEomtSeen *seen = see (self, image, cancellable, NULL, NULL, &timing, &planes, error);
  gboolean done = seen && monocle_tensor_read (&self->pass.tokens, tokens, error)
                  && monocle_stage_write (directory, "pixel_values.npy",
                                          (const guint64[]){ 1, 3, side, side }, 4, planes, error)
                  && monocle_stage_write (directory, "vision_features.npy",
                                          (const guint64[]){ 1, n_tokens, config->channels }, 3,
                                          tokens, error)
                  && monocle_stage_write (directory, "class_logits.npy",
                                          (const guint64[]){ 1, n, config->n_names + 1 }, 3,
                                          seen->classes, error)
                  && monocle_stage_write (directory, "mask_logits.npy",
                                          (const guint64[]){ 1, n, mask_side, mask_side }, 4,
                                          seen->masks, error);

  eomt_discard (self, seen);
  return done;
}

const MonocleFamily monocle_family_eomt = {
  .id = "eomt",
  .title = "EoMT",
  .probe = monocle_eomt_config_probe,
  .check = eomt_check,
  .load = eomt_load,
  .unload = eomt_unload,
  .get_facts = eomt_get_facts,
  .list_tasks = monocle_eomt_list_tasks,
  .compile = eomt_compile,
  .prepare = eomt_prepare,
  .discard = eomt_discard,
  .generate = eomt_segment,
  .inspect = eomt_inspect,
};
