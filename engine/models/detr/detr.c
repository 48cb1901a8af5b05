/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Detectors that ask a picture a fixed number of questions: Carion et al. 2020, arXiv 2005.12872.
 * A residual network sees it, an encoder looks at all places at once, and each of a hundred learned
 * queries becomes a class and a box, or nothing.
 */
#include "config.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/models/detr/private.h"
#include "engine/models/parts/fit.h"
#include "engine/models/parts/room.h"
#include "engine/models/parts/stages.h"

/* Shapes of pictures that stay recorded. */
#define MAX_SHAPES 8

/* What pictures are brought to. */
#define USUAL_SHORTEST 800
#define USUAL_LONGEST  1333

/* What the reference leaves out. */
#define USUAL_SCORE 0.5

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleDetrConfig config;
  MonocleFit fit;
  MonocleDetrNames names;
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */
  MonocleParams *params;
  MonocleVkBuffer *buffer; /* (nullable): activations, as many as the largest shape takes */
  guint64 n_bytes;         /* of it */
  GPtrArray *shapes;       /* of MonocleDetrPass: those seen last */
} Detr;

static void
detr_unload (gpointer model)
{
  Detr *self = model;

  if (!self)
    return;
  g_clear_pointer (&self->shapes, g_ptr_array_unref);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  monocle_detr_config_clear (&self->config);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Detr, detr_unload)

/* --- loading ------------------------------------------------------------------------------ */

static gboolean
has_tensor (MonocleCheckpoint *checkpoint, const char *scope, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s.%s", scope, name);

  return monocle_checkpoint_find (checkpoint, path) != NULL;
}

/* Several versions of the reference have written such files, each under names of its own. What is
 * not there at all is missed under the oldest. */
static void
find_names (Detr *self, MonocleCheckpoint *checkpoint)
{
  static const char *const backbones[]
      = { "model.backbone.conv_encoder.model", "model.backbone.model",
          "model.backbone.conv_encoder.model._backbone", "model.backbone.model._backbone" };
  const char *layer = "model.encoder.layers.0";
  gboolean is_new = has_tensor (checkpoint, layer, "mlp.fc1.weight");

  self->names = (MonocleDetrNames){
    .backbone = backbones[0],
    .attention_end
    = has_tensor (checkpoint, layer, "self_attn.o_proj.weight") ? "o_proj" : "out_proj",
    .perceptron = is_new ? "mlp.fc1" : "fc1",
    .perceptron_end = is_new ? "mlp.fc2" : "fc2",
  };
  for (guint i = 0; i < G_N_ELEMENTS (backbones); i++)
    for (MonocleResnetNames k = 0; k <= MONOCLE_RESNET_NAMES_LONG; k++)
      if (has_tensor (checkpoint, backbones[i], monocle_resnet_get_first_name (k)))
        {
          self->names.backbone = backbones[i];
          self->config.backbone.names = k;
        }
}

/* The largest picture there is. */
static MonocleDetrPass *
new_largest (Detr *self, MonocleParams *params)
{
  return monocle_detr_pass_new (&self->config, &self->names, params, self->fit.longest,
                                MIN (self->fit.shortest, self->fit.longest));
}

static gboolean
check_weights (Detr *self, MonocleCheckpoint *checkpoint, MonocleWeights *weights, GError **error)
{
  MonocleScope backbone = monocle_scope_enter (MONOCLE_SCOPE_ROOT, self->names.backbone);

  if (!monocle_weights_check (weights, error))
    return FALSE;
  if (monocle_resnet_fold (weights, backbone, error))
    return TRUE;
  g_prefix_error (error, "%s: ", monocle_checkpoint_get_path (checkpoint));
  return FALSE;
}

static gboolean
check_room (MonocleDetrPass *largest, const MonocleFamilyLoad *load, GError **error)
{
  guint64 piece = 0;

  if (!monocle_recording_plan (&largest->recording, load->gpu, NULL, &piece, error))
    {
      g_prefix_error (error, "%s: ", load->directory);
      return FALSE;
    }
  return monocle_room_check_piece (load->gpu, load->directory, largest->width, largest->height,
                                   piece, error);
}

static gboolean
build (Detr *self, MonocleCheckpoint *checkpoint, const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleWeights) weights = monocle_weights_new (checkpoint, load->gpu, load->f16, NULL);
  g_autoptr (MonocleDetrPass) largest = new_largest (self, monocle_weights_get_params (weights));

  if (!check_weights (self, checkpoint, weights, error))
    return FALSE;
  self->n_parameters = monocle_weights_get_n_parameters (weights);
  monocle_weights_note_unused (weights, self->notes);
  if (!check_room (largest, load, error))
    return FALSE;
  self->params
      = monocle_weights_upload (weights, load->cancellable, load->progress, load->user_data, error);
  return self->params != NULL;
}

static Detr *
read_files (MonocleCheckpoint *checkpoint, const char *directory, GError **error)
{
  g_autoptr (Detr) self = g_new0 (Detr, 1);

  self->fit = (MonocleFit){ .shortest = USUAL_SHORTEST, .longest = USUAL_LONGEST };
  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->shapes = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_detr_pass_free);
  if (!monocle_detr_config_load (&self->config, directory, error)
      || !monocle_fit_load (&self->fit, directory, NULL, error))
    return NULL;
  find_names (self, checkpoint);
  return g_steal_pointer (&self);
}

static gboolean
detr_check (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (Detr) self = checkpoint ? read_files (checkpoint, directory, error) : NULL;
  g_autoptr (MonocleWeights) weights = NULL;
  g_autoptr (MonocleDetrPass) largest = NULL;

  if (!self)
    return FALSE;
  weights = monocle_weights_new (checkpoint, NULL, FALSE, NULL);
  largest = new_largest (self, monocle_weights_get_params (weights));
  return check_weights (self, checkpoint, weights, error);
}

static gpointer
detr_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (load->directory, error);
  g_autoptr (Detr) self = checkpoint ? read_files (checkpoint, load->directory, error) : NULL;

  if (!self)
    return NULL;
  self->gpu = load->gpu;
  if (!build (self, checkpoint, load, error))
    return NULL;
  g_ptr_array_add (self->notes, NULL);
  return g_steal_pointer (&self);
}

static void
detr_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  Detr *self = model;

  facts->n_parameters = self->n_parameters;
  facts->lowest_score = USUAL_SCORE;
  facts->notes = (const char *const *) self->notes->pdata;
}

/* --- pictures ----------------------------------------------------------------------------- */

/* Memory of @n_bytes for passes. What is recorded in smaller memory goes with it. */
static gboolean
make_room (Detr *self, guint64 n_bytes, GError **error)
{
  if (self->buffer && n_bytes <= self->n_bytes)
    return TRUE;
  g_ptr_array_set_size (self->shapes, 0);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  self->buffer = monocle_vk_buffer_new (self->gpu, n_bytes, MONOCLE_VK_USE_DEVICE,
                                        "detector activations", error);
  self->n_bytes = self->buffer ? n_bytes : 0;
  return self->buffer != NULL;
}

/* (transfer none): for pictures of that size; what was not seen for long goes */
static MonocleDetrPass *
find_pass (Detr *self, guint width, guint height, GError **error)
{
  g_autoptr (MonocleDetrPass) pass = NULL;
  guint64 n_bytes = 0;

  monocle_fit_get_size (&self->fit, &width, &height);
  for (guint i = 0; i < self->shapes->len; i++)
    {
      MonocleDetrPass *known = self->shapes->pdata[i];

      if (known->width == width && known->height == height)
        return known;
    }
  pass = monocle_detr_pass_new (&self->config, &self->names, self->params, width, height);
  if (!monocle_recording_plan (&pass->recording, self->gpu, &n_bytes, NULL, error)
      || !make_room (self, n_bytes, error)
      || !monocle_detr_pass_record (pass, self->gpu, self->buffer, error))
    return NULL;
  if (self->shapes->len == MAX_SHAPES)
    g_ptr_array_remove_index (self->shapes, 0);
  g_ptr_array_add (self->shapes, pass);
  return g_steal_pointer (&pass);
}

static gboolean
detr_compile (gpointer model,
              const MonocleFamilyQuestion *question,
              MonocleVkCompileProgress progress,
              GError **error)
{
  MonocleDetrPass *pass = find_pass (model, question->width, question->height, error);

  return pass
         && monocle_vk_compile (&pass->recording.commands, 1, question->cancellable, progress,
                                question->user_data, error);
}

static void
detr_discard (gpointer model, gpointer features)
{
  MonocleDetrSeen *seen = features;

  if (!seen)
    return;
  g_free (seen->logits);
  g_free (seen->boxes);
  g_free (seen);
}

static MonocleDetrSeen *
read_seen (Detr *self, MonocleDetrPass *pass, GError **error)
{
  gsize n = self->config.n_queries;
  MonocleDetrSeen *seen = g_new0 (MonocleDetrSeen, 1);

  seen->logits = g_new (float, n *(self->config.n_names + 1));
  seen->boxes = g_new (float, 4 * n);
  if (!monocle_tensor_read (&pass->logits, seen->logits, error)
      || !monocle_tensor_read (&pass->boxes, seen->boxes, error)
      || !monocle_engine_error_check_numbers (seen->logits, n * (self->config.n_names + 1), error)
      || !monocle_engine_error_check_numbers (seen->boxes, 4 * n, error))
    {
      detr_discard (self, seen);
      return NULL;
    }
  for (gsize i = 0; i < 4 * n; i++)
    seen->boxes[i] = (float) (1 / (1 + exp (-(double) seen->boxes[i])));
  return seen;
}

/* @planes: (out) (optional): the normalised pixels [3, H, W]; @used: (out) (optional): the pass */
static MonocleDetrSeen *
see (Detr *self,
     MonocleImage *image,
     GCancellable *cancellable,
     MonocleFamilyProgress progress,
     gpointer user_data,
     MonocleFamilyTiming *timing,
     float **planes,
     MonocleDetrPass **used,
     GError **error)
{
  MonoclePreprocessSettings settings = self->fit.settings;
  MonocleDetrPass *pass
      = find_pass (self, monocle_image_get_width (image), monocle_image_get_height (image), error);
  g_autofree float *values = NULL;
  g_autofree float *pixels = NULL;
  gint64 start = g_get_monotonic_time (), middle;
  MonocleDetrSeen *seen;

  if (!pass)
    return NULL;
  settings.width = pass->width;
  settings.height = pass->height;
  values = g_new (float, (gsize) 3 * pass->width * pass->height);
  if (!monocle_preprocess_run (&settings, image, values, error))
    return NULL;
  pixels = monocle_preprocess_interleave (&settings, values);
  middle = g_get_monotonic_time ();
  if (!monocle_detr_pass_run (pass, pixels, cancellable, progress, user_data, error))
    return NULL;
  seen = read_seen (self, pass, error);
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  if (planes)
    *planes = g_steal_pointer (&values);
  if (used)
    *used = pass;
  return seen;
}

static gpointer
detr_prepare (gpointer model,
              MonocleImage *image,
              GCancellable *cancellable,
              MonocleFamilyProgress progress,
              gpointer user_data,
              MonocleFamilyTiming *timing,
              GError **error)
{
  return see (model, image, cancellable, progress, user_data, timing, NULL, NULL, error);
}

static gboolean
detr_find (gpointer model,
           gpointer features,
           const MonocleFamilyQuestion *question,
           MonocleFamilyAnswer *answer,
           GError **error)
{
  Detr *self = model;

  g_ptr_array_add (answer->results, monocle_detr_read (&self->config, features, question));
  return TRUE;
}

/* --- stages ------------------------------------------------------------------------------- */

static gboolean
write_tensor (const char *directory, const char *name, const MonocleTensor *tensor, GError **error)
{
  guint64 dims[5] = { 1 };
  g_autofree float *values = g_new (float, monocle_tensor_get_n_elements (tensor));

  for (guint i = 0; i < tensor->n_dims; i++)
    dims[i + 1] = tensor->dims[i];
  return monocle_tensor_read (tensor, values, error)
         && monocle_stage_write (directory, name, dims, tensor->n_dims + 1, values, error);
}

static gboolean
detr_inspect (gpointer model,
              MonocleImage *image,
              const char *prompt,
              const guint32 *decoder_ids,
              guint n_decoder_ids,
              const char *directory,
              GCancellable *cancellable,
              GError **error)
{
  Detr *self = model;
  MonocleFamilyTiming timing;
  MonocleDetrPass *pass;
  g_autofree float *planes = NULL;
  MonocleDetrSeen *seen
      = see (self, image, cancellable, NULL, NULL, &timing, &planes, &pass, error);
  gboolean done = seen
                  && monocle_stage_write (directory, "pixel_values.npy",
                                          (const guint64[]){ 1, 3, pass->height, pass->width }, 4,
                                          planes, error)
                  && write_tensor (directory, "vision_features.npy", &pass->features, error)
                  && write_tensor (directory, "encoder_states.npy", &pass->states, error)
                  && write_tensor (directory, "logits.npy", &pass->logits, error)
                  && monocle_stage_write (directory, "pred_boxes.npy",
                                          (const guint64[]){ 1, self->config.n_queries, 4 }, 3,
                                          seen->boxes, error);

  detr_discard (self, seen);
  return done;
}

const MonocleFamily monocle_family_detr = {
  .id = "detr",
  .title = "DETR",
  .probe = monocle_detr_config_probe,
  .check = detr_check,
  .load = detr_load,
  .unload = detr_unload,
  .get_facts = detr_get_facts,
  .list_tasks = monocle_detr_list_tasks,
  .compile = detr_compile,
  .prepare = detr_prepare,
  .discard = detr_discard,
  .generate = detr_find,
  .inspect = detr_inspect,
};
