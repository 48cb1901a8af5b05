/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Florence-2: Xiao et al. 2023, arXiv 2311.06242. Puts the parts together: image to pixels, DaViT,
 * the projector, BART's encoder with the prompt, search over BART's decoder, and the parser.
 *
 * Memory: the model owns weights, the activations of the vision tower and one decoder; an image
 * costs only its projected tokens.
 */
#include "config.h"

#include "engine/answer/places.h"
#include "engine/base/error.h"
#include "engine/models/florence2/names.h"
#include "engine/models/florence2/private.h"
#include "engine/models/florence2/tasks.h"
#include "engine/models/parts/prompt-tokens.h"

static void
florence2_unload (gpointer model)
{
  MonocleFlorence2 *self = model;

  if (!self)
    return;

  monocle_cross_asker_clear (&self->asker);
  monocle_florence2_vision_clear (&self->vision);
  monocle_florence2_vision_clear (&self->together);
  g_clear_pointer (&self->vision_graph, monocle_graph_free);
  g_clear_pointer (&self->together_graph, monocle_graph_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->temporal_row, g_free);
  g_clear_pointer (&self->tokenizer, monocle_tokenizer_free);
  g_clear_pointer (&self->notes, g_strfreev);
  monocle_florence2_config_clear (&self->config);
  g_free (self);
}

/* What the files say beside the tensors can be missing or wrong; the names are what they are. */
static MonocleFlorence2Layout
find_layout (const MonocleCheckpoint *checkpoint)
{
  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (checkpoint); i++)
    if (g_str_has_prefix (monocle_checkpoint_get_tensor (checkpoint, i)->name, "model."))
      return MONOCLE_FLORENCE2_NATIVE;
  return MONOCLE_FLORENCE2_ORIGINAL;
}

/* Tables that the configuration calls one and the file holds apart are used as they are stored. */
static void
note_tables (MonocleFlorence2 *self, MonocleCheckpoint *checkpoint)
{
  const char *path = monocle_checkpoint_get_path (checkpoint);

  if (self->config.tied && self->bart.n_tables > 1)
    g_ptr_array_add (self->config.notes,
                     g_strdup_printf ("%s: token tables that should be one differ; each is used in "
                                      "its place",
                                      path));
  else if (!self->config.tied
           && g_str_equal (self->bart.tables[MONOCLE_BART_HEAD].path,
                           self->bart.tables[MONOCLE_BART_FEEDS_DECODER].path))
    g_ptr_array_add (self->config.notes,
                     g_strdup_printf ("%s: there is no output table apart from the input's, as "
                                      "“tie_word_embeddings” asks; that one is used",
                                      path));
}

/* (transfer full) (nullable): all that it is made of, found in the checkpoint. */
static MonocleWeights *
find_weights (MonocleFlorence2 *self,
              MonocleCheckpoint *checkpoint,
              const MonocleFamilyLoad *load,
              GError **error)
{
  g_autoptr (MonocleWeights) weights = NULL;

  weights = monocle_weights_new (
      checkpoint, load->gpu, load->f16,
      self->config.layout == MONOCLE_FLORENCE2_NATIVE ? monocle_florence2_rename_to_native : NULL);
  if (!monocle_florence2_vision_declare (self, weights, load->directory, error))
    return NULL;
  if (!monocle_bart_declare (&self->bart, &self->config.text, weights,
                             monocle_scope_enter (MONOCLE_SCOPE_ROOT, "language_model"), error))
    {
      g_prefix_error (error, "%s: ", load->directory);
      return NULL;
    }
  return monocle_weights_check (weights, error) ? g_steal_pointer (&weights) : NULL;
}

static MonocleParams *
load_weights (MonocleFlorence2 *self,
              MonocleCheckpoint *checkpoint,
              const MonocleFamilyLoad *load,
              GError **error)
{
  g_autoptr (MonocleWeights) weights = find_weights (self, checkpoint, load, error);

  if (!weights)
    return NULL;
  note_tables (self, checkpoint);
  monocle_weights_note_unused (weights, self->config.notes);
  self->n_parameters = monocle_weights_get_n_parameters (weights);

  if (!monocle_florence2_vision_plan (&self->vision, self, self->vision_graph, 1,
                                      MONOCLE_PLAN_DEFAULT, load->directory, error))
    return NULL;

  return monocle_weights_upload (weights, load->cancellable, load->progress, load->user_data,
                                 error);
}

/* What each file says for itself may be well, and still not go together. */
static gboolean
check_parts (MonocleFlorence2 *self, const char *directory, GError **error)
{
  guint n_tokens = monocle_tokenizer_get_vocab_size (self->tokenizer);

  if (self->preprocess.width != self->preprocess.height)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: the preprocessor makes images of %u x %u: the model takes squares",
                   directory, self->preprocess.width, self->preprocess.height);
      return FALSE;
    }
  if (monocle_tokenizer_find (self->tokenizer, "<s>") < 0
      || monocle_tokenizer_find (self->tokenizer, "</s>") < 0)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: the tokenizer lacks <s> or </s>", directory);
      return FALSE;
    }
  return monocle_prompt_tokens_check_count (n_tokens, self->config.text.vocab_size, directory,
                                            error);
}

/* Location tokens lie side by side in every published vocabulary. */
static gboolean
find_grammar (MonocleFlorence2 *self, const char *directory, GError **error)
{
  gint64 first = monocle_tokenizer_find (self->tokenizer, "<loc_0>");
  gint64 last = monocle_tokenizer_find (self->tokenizer, "<loc_999>");
  gint64 poly = monocle_tokenizer_find (self->tokenizer, "<poly>");
  gint64 poly_end = monocle_tokenizer_find (self->tokenizer, "</poly>");

  if (!self->config.constrained_grammar)
    return TRUE;
  if (self->config.generation.n_eos != 1)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: “constrained_grammar” needs exactly one end token", directory);
      return FALSE;
    }
  if (first < 0 || last != first + monocle_places_loc.n_bins - 1 || poly < 0 || poly_end < 0)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: “constrained_grammar” needs location tokens side by side", directory);
      return FALSE;
    }
  self->grammar = (MonocleGrammar){
    .locations = { (guint32) first, (guint32) last },
    .poly = (guint32) poly,
    .poly_end = (guint32) poly_end,
    .eos = self->config.generation.eos[0],
    .prologue = self->config.generation.forced_bos >= 0 ? 2 : 1,
  };
  return TRUE;
}

/* All that needs no device. */
static gboolean
read_files (MonocleFlorence2 *self,
            MonocleCheckpoint *checkpoint,
            const char *directory,
            GError **error)
{
  if (!monocle_florence2_config_load (&self->config, directory, find_layout (checkpoint), error)
      || !monocle_preprocess_load_directory (&self->preprocess, directory, error)
      || !(self->tokenizer = monocle_tokenizer_load (directory, error)))
    return FALSE;

  monocle_florence2_add_tokens (self->tokenizer);
  return check_parts (self, directory, error) && find_grammar (self, directory, error);
}

static gboolean
florence2_check (const char *directory, GError **error)
{
  const MonocleFamilyLoad load = { .directory = directory };
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (MonocleWeights) weights = NULL;
  MonocleFlorence2 *self;

  if (!checkpoint)
    return FALSE;
  self = g_new0 (MonocleFlorence2, 1);
  self->format = MONOCLE_FORMAT_F32;
  if (read_files (self, checkpoint, directory, error))
    weights = find_weights (self, checkpoint, &load, error);
  florence2_unload (self);
  return weights != NULL;
}

static gpointer
florence2_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_family_open_checkpoint (
      &monocle_family_florence2, load->directory, load->adapter, error);
  MonocleFlorence2 *self;

  if (!checkpoint)
    return NULL;

  self = g_new0 (MonocleFlorence2, 1);
  self->gpu = load->gpu;
  self->format = load->f16 && monocle_vk_traits_has_narrow_activations (&load->gpu->traits)
                     ? MONOCLE_FORMAT_F16
                     : MONOCLE_FORMAT_F32;
  if (!read_files (self, checkpoint, load->directory, error))
    goto fail;
  self->params = load_weights (self, checkpoint, load, error);
  if (!self->params || !monocle_florence2_vision_prepare (&self->vision, self, error))
    goto fail;

  monocle_florence2_prompts_prepare (self);
  g_ptr_array_add (self->config.notes, NULL);
  self->notes = (char **) g_ptr_array_steal (self->config.notes, NULL);
  return self;

fail:
  florence2_unload (self);
  return NULL;
}

static void
florence2_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleFlorence2 *self = model;

  facts->n_parameters = self->n_parameters;
  facts->num_beams = self->config.generation.num_beams;
  facts->max_tokens = self->config.text.n_positions;
  facts->usual_tokens = self->config.usual_tokens;
  facts->pixels = &self->preprocess;
  facts->n_together = MONOCLE_FLORENCE2_TOGETHER;
  facts->notes = (const char *const *) self->notes;
}

/* (transfer full) (nullable): a copy of what @vision made of its image @index. */
static MonocleSeen *
take_features (MonocleFlorence2 *self,
               const MonocleFlorence2Vision *vision,
               guint index,
               GError **error)
{
  MonocleTensor made = vision->image;

  made.offset += index * (monocle_tensor_get_size_bytes (&made) / vision->n);
  made.dims[0] = self->n_image;
  return monocle_seen_new (&made, self->gpu, error);
}

static gpointer
florence2_prepare (gpointer model,
                   MonocleImage *image,
                   GCancellable *cancellable,
                   MonocleFamilyProgress progress,
                   gpointer user_data,
                   MonocleFamilyTiming *timing,
                   GError **error)
{
  MonocleFlorence2 *self = model;

  return monocle_florence2_vision_encode (&self->vision, self, &image, 1, cancellable, progress,
                                          user_data, timing, NULL, error)
             ? take_features (self, &self->vision, 0, error)
             : NULL;
}

static gboolean
florence2_prepare_together (gpointer model,
                            MonocleImage *const *images,
                            guint n,
                            GCancellable *cancellable,
                            gpointer *features,
                            MonocleFamilyTiming *timing,
                            GError **error)
{
  MonocleFlorence2 *self = model;

  if (!monocle_florence2_vision_ensure_together (self, error)
      || !monocle_florence2_vision_encode (&self->together, self, images, n, cancellable, NULL,
                                           NULL, timing, NULL, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      features[i] = take_features (self, &self->together, i, error);
      if (features[i])
        continue;
      while (i-- > 0)
        monocle_seen_discard (model, g_steal_pointer (&features[i]));
      return FALSE;
    }
  return TRUE;
}

static const char *const token_tables[] = {
  "language_model.model.shared.weight",
  "language_model.model.encoder.embed_tokens.weight",
  "language_model.model.decoder.embed_tokens.weight",
  NULL,
};

static const MonocleAdapterNames adapter_names = {
  .rename = monocle_florence2_rename_to_native,
  .head = "language_model.lm_head.weight",
  .tables = token_tables,
};

const MonocleFamily monocle_family_florence2 = {
  .id = "florence2",
  .title = "Florence-2",
  .probe = monocle_florence2_config_probe,
  .check = florence2_check,
  .adapter_names = &adapter_names,
  .training = &monocle_florence2_training,
  .load = florence2_load,
  .unload = florence2_unload,
  .list_tasks = monocle_florence2_list_tasks,
  .write_prompt = monocle_florence2_write_prompt,
  .get_facts = florence2_get_facts,
  .compile = monocle_florence2_compile,
  .prepare = florence2_prepare,
  .prepare_together = florence2_prepare_together,
  .discard = monocle_seen_discard,
  .generate = monocle_florence2_generate,
  .inspect = monocle_florence2_inspect,
};
