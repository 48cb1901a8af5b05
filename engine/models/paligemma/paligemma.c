/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PaliGemma and PaliGemma 2: Beyer et al. 2024, arXiv 2407.07726; Steiner et al. 2024, arXiv
 * 2412.03555. A tower makes rows of a picture, which a language model reads as it reads words; it
 * reads picture and question both ways, and writes words, places and codes of masks.
 *
 * Memory: the model owns weights, the activations of a picture and one decoder with its cache; a
 * picture costs only its rows.
 */
#include "config.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/models/loading.h"
#include "engine/models/paligemma/private.h"

/* As the files were published, and as newer versions of the reference save them. */
static const MonoclePaligemmaNames layouts[] = {
  { "vision_tower.vision_model", "multi_modal_projector.linear", "language_model.model" },
  { "model.vision_tower.vision_model", "model.multi_modal_projector.linear",
    "model.language_model" },
  { "model.vision_tower", "model.multi_modal_projector.linear", "model.language_model" },
};

static void
paligemma_unload (gpointer model)
{
  MonoclePaligemma *self = model;

  if (!self)
    return;
  g_clear_pointer (&self->decoder, monocle_causal_decoder_free);
  monocle_recording_clear (&self->sight.recording);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->seen_buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->tokenizer, monocle_tokenizer_free);
  g_clear_pointer (&self->masks, monocle_paligemma_masks_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_clear_pointer (&self->directory, g_free);
  monocle_paligemma_config_clear (&self->config);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonoclePaligemma, paligemma_unload)

static gboolean
load_pixels (MonoclePaligemma *self, GError **error)
{
  if (!monocle_preprocess_load_directory (&self->pixels, self->directory, error))
    return FALSE;
  if (self->pixels.width == self->config.side && self->pixels.height == self->config.side)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: the preprocessor makes images of %u x %u, the model takes %u x %u",
               self->directory, self->pixels.width, self->pixels.height, self->config.side,
               self->config.side);
  return FALSE;
}

static gboolean
load_masks (MonoclePaligemma *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->directory, MONOCLE_PALIGEMMA_MASKS_FILE, NULL);

  if (monocle_file_exists (path))
    {
      self->masks = monocle_paligemma_masks_load (path, error);
      return self->masks != NULL;
    }
  g_ptr_array_add (self->notes,
                   g_strdup ("no " MONOCLE_PALIGEMMA_MASKS_FILE
                             " is there: outlines cannot be asked for, masks are boxes"));
  return TRUE;
}

/* Which layout it is, and how many words there are: what the configuration says of them is stale in
 * published files. */
static gboolean
find_table (MonoclePaligemma *self, MonocleCheckpoint *checkpoint, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      g_autofree char *table = g_strconcat (layouts[i].text, ".embed_tokens.weight", NULL);
      g_autofree char *patches
          = g_strconcat (layouts[i].tower, ".embeddings.patch_embedding.weight", NULL);
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_find (checkpoint, table);

      if (!tensor || !monocle_checkpoint_find (checkpoint, patches))
        continue;
      self->names = &layouts[i];
      if (tensor->n_dims == 2 && tensor->dims[0] > 0 && tensor->dims[0] <= G_MAXINT32 / 2)
        self->config.text.n_words = (guint) tensor->dims[0];
      return TRUE;
    }
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: the tables of words and of patches are not there, such as "
               "“%s.embed_tokens.weight” and “%s.embeddings.patch_embedding.weight”",
               monocle_checkpoint_get_path (checkpoint), layouts[0].text, layouts[0].tower);
  return FALSE;
}

/* (transfer full) (nullable): all that its files say, and nothing on a device */
static MonoclePaligemma *
read_files (const char *directory, MonocleCheckpoint *checkpoint, GError **error)
{
  g_autoptr (MonoclePaligemma) self = g_new0 (MonoclePaligemma, 1);

  self->directory = g_strdup (directory);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  if (!monocle_paligemma_config_load (&self->config, directory, error)
      || !find_table (self, checkpoint, error) || !load_pixels (self, error)
      || !load_masks (self, error) || !(self->tokenizer = monocle_tokenizer_load (directory, error))
      || !monocle_paligemma_check_tokens (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
declare (gpointer model, MonocleWeights *weights, GError **error)
{
  MonoclePaligemma *self = model;

  monocle_paligemma_write_picture (self, weights);
  if (!monocle_graph_check (self->sight.recording.graph, error)
      || !monocle_causal_declare (&self->causal, &self->config.text, weights,
                                  monocle_scope_enter (MONOCLE_SCOPE_ROOT, self->names->text),
                                  monocle_scope_enter (MONOCLE_SCOPE_ROOT, "lm_head"), error))
    {
      g_prefix_error (error, "%s: ", self->directory);
      return FALSE;
    }
  return monocle_weights_check (weights, error);
}

static gboolean
paligemma_check (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (MonoclePaligemma) self = checkpoint ? read_files (directory, checkpoint, error) : NULL;
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self)
    return FALSE;
  weights = monocle_weights_new (checkpoint, NULL, FALSE, NULL);
  return declare (self, weights, error);
}

static gboolean
plan (gpointer model, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error)
{
  MonoclePaligemma *self = model;

  return monocle_recording_plan (&self->sight.recording, gpu, bytes, largest, error);
}

static gpointer
paligemma_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (load->directory, error);
  g_autoptr (MonoclePaligemma) self
      = checkpoint ? read_files (load->directory, checkpoint, error) : NULL;
  MonocleLoading loading;

  if (!self)
    return NULL;
  self->gpu = load->gpu;
  loading = (MonocleLoading){
    .model = self,
    .width = self->config.side,
    .height = self->config.side,
    .declare = declare,
    .plan = plan,
    .record = monocle_paligemma_record_picture,
    .n_parameters = &self->n_parameters,
    .notes = self->notes,
    .params = &self->params,
    .buffer = &self->buffer,
  };
  return monocle_loading_run (&loading, checkpoint, load, error) ? g_steal_pointer (&self) : NULL;
}

static void
paligemma_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonoclePaligemma *self = model;

  facts->n_parameters = self->n_parameters;
  facts->num_beams = 1;
  facts->max_tokens = self->config.text.n_positions;
  facts->notes = (const char *const *) self->notes->pdata;
  facts->pixels = &self->pixels;
}

static gpointer
paligemma_prepare (gpointer model,
                   MonocleImage *image,
                   GCancellable *cancellable,
                   MonocleFamilyProgress progress,
                   gpointer user_data,
                   MonocleFamilyTiming *timing,
                   GError **error)
{
  MonoclePaligemma *self = model;

  return monocle_sight_look (&self->sight, self->gpu, &self->pixels, image, cancellable, progress,
                             user_data, timing, NULL, error);
}

const MonocleFamily monocle_family_paligemma = {
  .id = "paligemma",
  .title = "PaliGemma",
  .probe = monocle_paligemma_config_probe,
  .check = paligemma_check,
  .takes_few_bits = TRUE,
  .load = paligemma_load,
  .unload = paligemma_unload,
  .get_facts = paligemma_get_facts,
  .list_tasks = monocle_paligemma_list_tasks,
  .write_prompt = monocle_paligemma_write_prompt,
  .write_prompt_in = monocle_paligemma_write_prompt_in,
  .compile = monocle_paligemma_compile,
  .prepare = paligemma_prepare,
  .discard = monocle_seen_discard,
  .generate = monocle_paligemma_generate,
  .inspect = monocle_paligemma_inspect,
};
