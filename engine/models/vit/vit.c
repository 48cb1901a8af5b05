/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Image classifiers on a plain vision transformer: Dosovitskiy et al. 2020, arXiv 2010.11929. They
 * write nothing: a picture's class token becomes a score for each name, and those are ranked.
 */
#include "config.h"

#include <math.h>

#include <glib/gi18n.h>

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/checkpoint/weights.h"
#include "engine/models/family.h"
#include "engine/models/loading.h"
#include "engine/models/parts/recording.h"
#include "engine/models/parts/stages.h"
#include "engine/models/vit/configuration.h"
#include "engine/nn/block/linear.h"
#include "engine/nn/formulas.h"
#include "engine/picture/preprocess.h"

/* What is less likely than so many others nobody asks for. */
#define MAX_RANKS 10

/* As many as the reference's pipeline gives. */
#define N_REFERENCE 5

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleVitClassifierConfig config;
  MonoclePreprocessSettings preprocess;
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */
  MonocleParams *params;
  MonocleVkBuffer *buffer; /* activations */
  MonocleRecording recording;
  MonocleTensor pixels; /* [H, W, 3] */
  MonocleTensor tokens; /* [1 + N, C] */
  MonocleTensor logits; /* [1, names] */
} Vit;

static void
vit_unload (gpointer model)
{
  Vit *self = model;

  if (!self)
    return;
  monocle_recording_clear (&self->recording);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  monocle_vit_config_clear (&self->config);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Vit, vit_unload)

/* What each file says for itself may be well, and still not go together. */
static gboolean
check_size (Vit *self, const char *directory, GError **error)
{
  if (self->preprocess.width == self->config.tower.width
      && self->preprocess.height == self->config.tower.height)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: the preprocessor makes images of %u x %u, the model takes %u x %u", directory,
               self->preprocess.width, self->preprocess.height, self->config.tower.width,
               self->config.tower.height);
  return FALSE;
}

/* Pixels to a score for each name. What it is made of becomes known as it is written. */
static gboolean
declare (gpointer model, MonocleWeights *weights, GError **error)
{
  Vit *self = model;
  MonocleParams *params = monocle_weights_get_params (weights);
  const MonocleVitConfig *tower = &self->config.tower;
  MonocleGraph *g = self->recording.graph
      = monocle_graph_new ("image classifier", MONOCLE_FORMAT_F32);
  MonocleValue tokens, logits;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  tokens = monocle_vit (g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "vit"), tower,
                        monocle_input (g, "pixels", MONOCLE_FORMAT_F32,
                                       MONOCLE_DIMS (tower->height, tower->width, 3)));
  /* Of one token, and any number of names. */
  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_FEW_ROWS);
  logits = monocle_linear (g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, "classifier"),
                           monocle_rows (g, tokens, 0, 1), self->config.n_names);
  monocle_name (g, tokens, "vision_features");
  monocle_name (g, logits, "logits");
  monocle_keep (g, tokens);
  monocle_keep (g, logits);
  return monocle_weights_check (weights, error);
}

static gboolean
plan (gpointer model, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error)
{
  Vit *self = model;

  return monocle_recording_plan (&self->recording, gpu, bytes, largest, error);
}

static gboolean
record (gpointer model, GError **error)
{
  Vit *self = model;
  const MonocleRecordingTensor tensors[] = {
    { "pixels", &self->pixels },
    { "vision_features", &self->tokens },
    { "logits", &self->logits },
  };

  return monocle_recording_record (&self->recording, self->gpu, self->buffer, "image classifier",
                                   tensors, G_N_ELEMENTS (tensors), error);
}

static gboolean
read_files (Vit *self, const char *directory, GError **error)
{
  return monocle_vit_config_load (&self->config, directory, error)
         && monocle_preprocess_load_directory (&self->preprocess, directory, error)
         && check_size (self, directory, error);
}

static gboolean
vit_check (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (MonocleWeights) weights = NULL;
  g_autoptr (Vit) self = NULL;

  if (!checkpoint)
    return FALSE;
  self = g_new0 (Vit, 1);
  if (!read_files (self, directory, error))
    return FALSE;
  weights = monocle_weights_new (checkpoint, NULL, FALSE, NULL);
  return declare (self, weights, error);
}

static gpointer
vit_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (load->directory, error);
  g_autoptr (Vit) self = NULL;
  MonocleLoading loading;

  if (!checkpoint)
    return NULL;
  self = g_new0 (Vit, 1);
  self->gpu = load->gpu;
  self->notes = g_ptr_array_new_with_free_func (g_free);
  if (!read_files (self, load->directory, error))
    return NULL;
  loading = (MonocleLoading){
    .model = self,
    .width = self->config.tower.width,
    .height = self->config.tower.height,
    .declare = declare,
    .plan = plan,
    .record = record,
    .n_parameters = &self->n_parameters,
    .notes = self->notes,
    .params = &self->params,
    .buffer = &self->buffer,
  };
  return monocle_loading_run (&loading, checkpoint, load, error) ? g_steal_pointer (&self) : NULL;
}

static void
vit_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  Vit *self = model;

  facts->n_parameters = self->n_parameters;
  facts->notes = (const char *const *) self->notes->pdata;
  facts->pixels = &self->preprocess;
}

static gboolean
vit_compile (gpointer model,
             const MonocleFamilyQuestion *question,
             MonocleVkCompileProgress progress,
             GError **error)
{
  Vit *self = model;

  return monocle_vk_compile (&self->recording.commands, 1, question->cancellable, progress,
                             question->user_data, error);
}

static gboolean
write_pixels (Vit *self, const float *planes, GError **error)
{
  g_autofree float *pixels = monocle_preprocess_interleave (&self->preprocess, planes);

  return monocle_tensor_write (&self->pixels, pixels, error);
}

/* (transfer full): the logits. @planes: (out) (optional): the normalised pixels [3, H, W] */
static float *
see (Vit *self,
     MonocleImage *image,
     GCancellable *cancellable,
     MonocleFamilyProgress progress,
     gpointer user_data,
     MonocleFamilyTiming *timing,
     float **planes,
     GError **error)
{
  g_autofree float *values
      = g_new (float, (gsize) 3 * self->config.tower.height * self->config.tower.width);
  g_autofree float *logits = g_new (float, self->config.n_names);
  gint64 start = g_get_monotonic_time (), middle;

  if (!monocle_preprocess_run (&self->preprocess, image, values, error)
      || !write_pixels (self, values, error))
    return NULL;
  middle = g_get_monotonic_time ();
  if (!monocle_commands_submit (self->recording.commands, cancellable, progress, user_data, error)
      || !monocle_tensor_read (&self->logits, logits, error)
      || !monocle_engine_error_check_numbers (logits, self->config.n_names, error))
    return NULL;
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  if (planes)
    *planes = g_steal_pointer (&values);
  return g_steal_pointer (&logits);
}

/* Of a picture: the logits. */
static gpointer
vit_prepare (gpointer model,
             MonocleImage *image,
             GCancellable *cancellable,
             MonocleFamilyProgress progress,
             gpointer user_data,
             MonocleFamilyTiming *timing,
             GError **error)
{
  return see (model, image, cancellable, progress, user_data, timing, NULL, error);
}

static void
vit_discard (gpointer model, gpointer features)
{
  g_free (features);
}

/* The larger first; of equal ones that with the lower index. */
static int
compare_logits (gconstpointer a, gconstpointer b, gpointer logits)
{
  guint left = *(const guint *) a, right = *(const guint *) b;
  float x = ((const float *) logits)[left], y = ((const float *) logits)[right];

  if (x != y)
    return x < y ? 1 : -1;
  return left < right ? -1 : left > right;
}

static gboolean
vit_rank (gpointer model,
          gpointer features,
          const MonocleFamilyQuestion *question,
          MonocleFamilyAnswer *answer,
          GError **error)
{
  Vit *self = model;
  const float *logits = features;
  guint n = self->config.n_names;
  g_autofree guint *order = g_new (guint, n);
  MonocleResult *result = monocle_result_new ();
  double sum = 0;

  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) n, sizeof *order, compare_logits, features);
  for (guint i = 0; i < n; i++)
    sum += exp ((double) logits[i] - (double) logits[order[0]]);
  for (guint i = 0; i < MIN (n, MAX_RANKS); i++)
    {
      float probability
          = (float) (exp ((double) logits[order[i]] - (double) logits[order[0]]) / sum);

      monocle_result_add_rank (result, self->config.names[order[i]], probability, probability);
    }
  monocle_result_set_score (result, monocle_result_get_part (result, 0)->score);
  g_ptr_array_add (answer->results, result);
  return TRUE;
}

static gboolean
vit_inspect (gpointer model,
             MonocleImage *image,
             const char *prompt,
             const guint32 *decoder_ids,
             guint n_decoder_ids,
             const char *directory,
             GCancellable *cancellable,
             GError **error)
{
  Vit *self = model;
  const MonocleVitConfig *tower = &self->config.tower;
  const guint64 pixel_dims[] = { 1, 3, tower->height, tower->width };
  const guint64 token_dims[] = { 1, monocle_vit_count_tokens (tower), tower->channels };
  const guint64 logit_dims[] = { 1, self->config.n_names };
  g_autofree float *tokens = g_new (float, token_dims[1] * token_dims[2]);
  g_autofree float *planes = NULL;
  g_autofree float *logits = NULL;
  MonocleFamilyTiming timing;

  logits = see (self, image, cancellable, NULL, NULL, &timing, &planes, error);
  return logits && monocle_tensor_read (&self->tokens, tokens, error)
         && monocle_stage_write (directory, "pixel_values.npy", pixel_dims, 4, planes, error)
         && monocle_stage_write (directory, "vision_features.npy", token_dims, 3, tokens, error)
         && monocle_stage_write (directory, "logits.npy", logit_dims, 2, logits, error);
}

/* As the reference's image-classification pipeline gives it. */
static JsonNode *
write_reference (const MonocleTask *task, const MonocleResult *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint n = MIN (monocle_result_get_n_parts (result), N_REFERENCE);

  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, part->rank);
      json_builder_set_member_name (builder, "score");
      json_builder_add_double_value (builder, (double) part->score);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}

static const MonocleTask tasks[] = {
  {
      .id = "classify",
      .tag = "",
      .title = N_ ("Classify"),
      .description = N_ ("Says which of the names that the model knows fit the image best"),
      .kind = MONOCLE_TASK_RANK,
      .takes = MONOCLE_TAKES_NOTHING,
      .gives = MONOCLE_GIVES_RANKS,
      .write_reference = write_reference,
  },
};

static void
vit_list_tasks (GPtrArray *list)
{
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_ptr_array_add (list, (gpointer) &tasks[i]);
}

const MonocleFamily monocle_family_vit = {
  .id = "vit",
  .title = "ViT",
  .probe = monocle_vit_config_probe,
  .check = vit_check,
  .load = vit_load,
  .unload = vit_unload,
  .get_facts = vit_get_facts,
  .list_tasks = vit_list_tasks,
  .compile = vit_compile,
  .prepare = vit_prepare,
  .discard = vit_discard,
  .rank = vit_rank,
  .inspect = vit_inspect,
};
