/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures and words in one space: CLIP, what OpenCLIP has converted to it, SigLIP and SigLIP 2.
 * They write nothing: a picture and a text become vectors, and how near the two are is all there
 * is.
 */
#include "config.h"

#include <math.h>

#include <glib/gi18n.h>

#include "engine/answer/vector.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/weights.h"
#include "engine/models/clip/private.h"

#include <string.h>
#include "engine/models/loading.h"

#define POSITIONS "vision_model.embeddings.position_embedding.weight"

/* Most texts are shorter than this, and a tower takes as long as its longest. */
#define FEW_TOKENS 16

static void
clip_unload (gpointer model)
{
  MonocleClip *self = model;

  if (!self)
    return;
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->shapes, g_ptr_array_unref);
  g_clear_pointer (&self->words, monocle_clip_words_free);
  g_clear_pointer (&self->taught, monocle_taught_labels_free);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->tokenizer, monocle_tokenizer_free);
  g_clear_pointer (&self->checkpoint, monocle_checkpoint_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  monocle_clip_config_clear (&self->config);
  g_free (self->grid);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleClip, clip_unload)

/* --- what stays on the host --- */

static gboolean
read_number (
    MonocleClip *self, MonocleWeights *weights, const char *name, double *number, GError **error)
{
  const MonocleCheckpointTensor *tensor = monocle_weights_leave (weights, name, 1, 0, error);
  float value;

  if (!tensor)
    return FALSE;
  monocle_checkpoint_tensor_read_f32 (tensor, 0, 1, &value);
  *number = (double) value;
  if (isfinite (value) && fabs (*number) < 100)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: tensor “%s” is no number that a score could be multiplied with",
               monocle_checkpoint_get_path (self->checkpoint), name);
  return FALSE;
}

static gboolean
read_host_parts (MonocleClip *self, MonocleWeights *weights, GError **error)
{
  const MonocleClipConfig *config = &self->config;
  guint64 n_grid = config->n_grid * config->n_grid, channels = config->vision.channels;
  const MonocleCheckpointTensor *grid;

  if (!read_number (self, weights, "logit_scale", &self->scale, error)
      || (config->is_siglip && !read_number (self, weights, "logit_bias", &self->bias, error)))
    return FALSE;
  self->scale = exp (self->scale);
  if (!config->vision.is_flexible)
    return TRUE;
  grid = monocle_weights_leave (weights, POSITIONS, n_grid, channels, error);
  if (!grid)
    return FALSE;
  self->grid = g_new (float, n_grid *channels);
  monocle_checkpoint_tensor_read_f32 (grid, 0, n_grid * channels, self->grid);
  return TRUE;
}

/* --- passes --- */

/* For one and for many; texts have their own. */
static gboolean
write_passes (MonocleClip *self, MonocleWeights *weights, GError **error)
{
  const MonocleClipConfig *config = &self->config;
  const MonocleClipEnd last = {
    .projection = config->is_siglip ? NULL : "visual_projection",
    .n_dims = config->n_dims,
  };
  const MonocleClipWordsConfig words = {
    .text = config->text,
    .last = { .projection = config->is_siglip ? "text_model.head" : "text_projection",
              .has_bias = config->is_siglip,
              .n_dims = config->n_dims },
    .n_words = config->n_words,
    .few_tokens = config->is_siglip ? 0 : FEW_TOKENS,
    .tokenize = monocle_clip_tokenize,
    .owner = self,
  };
  MonocleClipVisionConfig vision = config->vision;

  if (vision.is_flexible)
    vision.rows = vision.columns = config->n_grid;
  for (guint n = 1; n <= MONOCLE_CLIP_BATCH; n += MONOCLE_CLIP_BATCH - 1)
    if (!vision.is_flexible || n == 1)
      g_ptr_array_add (self->pictures,
                       monocle_clip_pass_new_vision (monocle_weights_get_params (weights),
                                                     MONOCLE_SCOPE_ROOT, &vision, &last, n));
  self->words = monocle_clip_words_new (&words, weights, error);
  return self->words != NULL;
}

/* What stays on the host, and what goes to the device. */
static gboolean
declare (gpointer model, MonocleWeights *weights, GError **error)
{
  return read_host_parts (model, weights, error) && write_passes (model, weights, error)
         && monocle_weights_check (weights, error);
}

static gboolean
plan (gpointer model, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error)
{
  MonocleClip *self = model;

  return monocle_clip_passes_plan (self->pictures, gpu, bytes, largest, error)
         && monocle_clip_passes_plan (monocle_clip_words_get_passes (self->words), gpu, bytes,
                                      largest, error);
}

static gboolean
record (gpointer model, GError **error)
{
  MonocleClip *self = model;

  return monocle_clip_passes_record (self->pictures, self->gpu, self->buffer, error)
         && monocle_clip_passes_record (monocle_clip_words_get_passes (self->words), self->gpu,
                                        self->buffer, error);
}

/* --- the tokenizer's files --- */

/* The id of a token that tokenizer_config.json names, or -1. */
static gint64
find_named (MonocleClip *self, JsonObject *root, const char *key)
{
  JsonNode *node = root ? json_object_get_member (root, key) : NULL;

  if (node && JSON_NODE_HOLDS_OBJECT (node))
    node = json_object_get_member (json_node_get_object (node), "content");
  return node && json_node_get_value_type (node) == G_TYPE_STRING
             ? monocle_tokenizer_find (self->tokenizer, json_node_get_string (node))
             : -1;
}

static gboolean
load_tokenizer (MonocleClip *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "tokenizer_config.json", NULL);
  g_autoptr (JsonObject) root = NULL;
  gint64 pad;

  self->tokenizer = monocle_tokenizer_load (directory, error);
  if (!self->tokenizer)
    return FALSE;
  if (!self->config.is_siglip)
    return TRUE;
  if (monocle_file_exists (path) && !(root = monocle_json_load (path, error)))
    return FALSE;

  pad = find_named (self, root, "pad_token");
  self->pad_id = pad >= 0 ? (guint32) pad : self->config.pad_id;
  self->end_id = find_named (self, root, "eos_token");
  for (guint i = 0; i < 2 && self->end_id < 0; i++)
    self->end_id = monocle_tokenizer_find (self->tokenizer, i == 0 ? "</s>" : "<eos>");
  if (self->end_id >= 0)
    return TRUE;
  monocle_file_set_error (error, directory, "the tokenizer has no token that ends a text");
  return FALSE;
}

/* --- the family --- */

/* (transfer full) (nullable): all that its files say, and nothing on a device */
static MonocleClip *
read_files (const char *directory, GError **error)
{
  g_autoptr (MonocleClip) self = g_new0 (MonocleClip, 1);

  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->pictures = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_clip_pass_free);
  self->shapes = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_clip_pass_free);
  self->checkpoint = monocle_checkpoint_open (directory, error);
  if (!self->checkpoint || !monocle_clip_config_load (&self->config, directory, error)
      || !monocle_preprocess_load_directory (&self->preprocess, directory, error)
      || !monocle_clip_check_pixels (self, directory, error)
      || !load_tokenizer (self, directory, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
clip_check (const char *directory, GError **error)
{
  g_autoptr (MonocleClip) self = read_files (directory, error);
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self)
    return FALSE;
  weights = monocle_weights_new (self->checkpoint, NULL, FALSE, NULL);
  return declare (self, weights, error);
}

static gboolean
check_dims (const MonocleClipConfig *config,
            const char *directory,
            const MonocleTaughtLabels *labels,
            GError **error)
{
  if (labels->n_dims == config->n_dims)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: its vectors have %u numbers, those of the labels that were taught %u",
               directory, config->n_dims, labels->n_dims);
  return FALSE;
}

static gboolean
clip_check_labels (const char *directory, const MonocleTaughtLabels *labels, GError **error)
{
  MonocleClipConfig config = { 0 };
  const gboolean fits = monocle_clip_config_load (&config, directory, error)
                        && check_dims (&config, directory, labels, error);

  monocle_clip_config_clear (&config);
  return fits;
}

static gboolean
load_labels (MonocleClip *self, const MonocleFamilyLoad *load, GError **error)
{
  if (!load->adapter)
    return TRUE;
  self->taught = monocle_taught_labels_open (load->adapter, error);
  return self->taught && check_dims (&self->config, load->directory, self->taught, error);
}

static gpointer
clip_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleClip) self = read_files (load->directory, error);
  MonocleLoading loading;

  if (!self || !load_labels (self, load, error))
    return NULL;
  self->gpu = load->gpu;
  loading = (MonocleLoading){
    .model = self,
    .width = self->preprocess.width,
    .height = self->preprocess.height,
    .declare = declare,
    .plan = plan,
    .record = record,
    .n_parameters = &self->n_parameters,
    .notes = self->notes,
    .params = &self->params,
    .buffer = &self->buffer,
  };
  return monocle_loading_run (&loading, self->checkpoint, load, error) ? g_steal_pointer (&self)
                                                                       : NULL;
}

static void
clip_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleClip *self = model;

  facts->n_parameters = self->n_parameters;
  facts->n_dims = self->config.n_dims;
  facts->label_scale = self->scale;
  facts->wording = self->config.wording;
  /* Where each has a shape of its own there is nothing to share. */
  facts->n_together = self->config.vision.is_flexible ? 0 : MONOCLE_CLIP_BATCH;
  if (self->config.is_siglip)
    {
      facts->scale = self->scale;
      facts->bias = self->bias;
    }
  facts->notes = (const char *const *) self->notes->pdata;
  /* Those that keep the picture's shape have no one size. */
  facts->pixels = self->preprocess.max_patches == 0 ? &self->preprocess : NULL;
}

static gboolean
clip_compile (gpointer model,
              const MonocleFamilyQuestion *question,
              MonocleVkCompileProgress progress,
              GError **error)
{
  MonocleClip *self = model;
  const MonocleClipPass *pictures = self->pictures->pdata[0];

  return monocle_clip_words_compile (self->words, &pictures->recording.commands, 1,
                                     question->cancellable, progress, question->user_data, error);
}

static MonocleClipView *
new_view (const MonocleClip *self, MonocleImage *image)
{
  MonocleClipView *view = g_malloc0 (sizeof *view + self->config.n_dims * sizeof *view->row);

  view->image = monocle_image_ref (image);
  return view;
}

static void
clip_discard (gpointer model, gpointer features)
{
  MonocleClipView *view = features;

  if (view)
    monocle_image_unref (view->image);
  g_free (view);
}

static gpointer
clip_prepare (gpointer model,
              MonocleImage *image,
              GCancellable *cancellable,
              MonocleFamilyProgress progress,
              gpointer user_data,
              MonocleFamilyTiming *timing,
              GError **error)
{
  MonocleClip *self = model;
  MonocleClipView *view = new_view (self, image);

  if (!monocle_clip_embed_images (self, &image, 1, cancellable, progress, user_data, timing,
                                  view->row, error))
    {
      clip_discard (model, view);
      return NULL;
    }
  monocle_vector_normalise (view->row, self->config.n_dims);
  return view;
}

static gboolean
clip_prepare_together (gpointer model,
                       MonocleImage *const *images,
                       guint n,
                       GCancellable *cancellable,
                       gpointer *features,
                       MonocleFamilyTiming *timing,
                       GError **error)
{
  MonocleClip *self = model;
  const gsize n_dims = self->config.n_dims;
  g_autofree float *rows = g_new (float, n *n_dims);

  if (!monocle_clip_embed_images (self, images, n, cancellable, NULL, NULL, timing, rows, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      MonocleClipView *view = new_view (self, images[i]);

      memcpy (view->row, rows + i * n_dims, n_dims * sizeof *rows);
      monocle_vector_normalise (view->row, self->config.n_dims);
      features[i] = view;
    }
  return TRUE;
}

static gboolean
clip_embed_images (gpointer model,
                   MonocleImage *const *images,
                   guint n,
                   GCancellable *cancellable,
                   float *rows,
                   GError **error)
{
  MonocleFamilyTiming timing = { 0 };

  return monocle_clip_embed_images (model, images, n, cancellable, NULL, NULL, &timing, rows,
                                    error);
}

static gboolean
clip_embed_texts (gpointer model,
                  const char *const *texts,
                  guint n,
                  GCancellable *cancellable,
                  float *rows,
                  GError **error)
{
  MonocleClip *self = model;

  return monocle_clip_words_embed (self->words, texts, n, cancellable, rows, error);
}

static const MonocleTask tasks[] = {
  {
      .id = "classify",
      .tag = "",
      .title = N_ ("Classify"),
      .description = N_ ("Says which of your labels fits the image best"),
      .kind = MONOCLE_TASK_RANK,
      .takes = MONOCLE_TAKES_TEXT,
      .gives = MONOCLE_GIVES_RANKS,
      .is_quick = TRUE,
  },
  {
      .id = "classify-each",
      .tag = "",
      .title = N_ ("Check Labels"),
      .description = N_ ("Says of each of your labels how likely it fits the image"),
      .kind = MONOCLE_TASK_RANK,
      .takes = MONOCLE_TAKES_TEXT,
      .gives = MONOCLE_GIVES_RANKS,
      .is_quick = TRUE,
  },
  {
      .id = "classify-regions",
      .tag = "",
      .title = N_ ("Classify Regions"),
      .description = N_ ("Says of each region which of your labels fits it best"),
      .kind = MONOCLE_TASK_RANK,
      .takes = MONOCLE_TAKES_TEXT_AND_REGION,
      .gives = MONOCLE_GIVES_RANKS,
  },
};

static gboolean
clip_rank (gpointer model,
           gpointer features,
           const MonocleFamilyQuestion *question,
           MonocleFamilyAnswer *answer,
           GError **error)
{
  return monocle_clip_rank (model, features, question, question->task == &tasks[1], answer, error);
}

/* One of many is all that CLIP was taught. */
static void
clip_list_tasks (GPtrArray *list)
{
  g_ptr_array_add (list, (gpointer) &tasks[0]);
  g_ptr_array_add (list, (gpointer) &tasks[2]);
}

static void
siglip_list_tasks (GPtrArray *list)
{
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_ptr_array_add (list, (gpointer) &tasks[i]);
}

#define CLIP_VERBS                                                                                 \
  .check = clip_check, .check_labels = clip_check_labels, .load = clip_load,                       \
  .unload = clip_unload, .get_facts = clip_get_facts, .write_prompt = monocle_clip_write_prompt,   \
  .compile = clip_compile, .prepare = clip_prepare, .prepare_together = clip_prepare_together,     \
  .discard = clip_discard, .rank = clip_rank, .embed_images = clip_embed_images,                   \
  .embed_texts = clip_embed_texts, .inspect = monocle_clip_inspect

const MonocleFamily monocle_family_clip = {
  .id = "clip",
  .title = "CLIP",
  .probe = monocle_clip_config_probe,
  .list_tasks = clip_list_tasks,
  CLIP_VERBS,
};

const MonocleFamily monocle_family_siglip = {
  .id = "siglip",
  .title = "SigLIP",
  .probe = monocle_clip_config_probe_siglip,
  .list_tasks = siglip_list_tasks,
  CLIP_VERBS,
};
