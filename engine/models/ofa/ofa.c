/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OFA, in all its sizes: Wang et al. 2022, arXiv 2202.03052. A residual network makes rows of a
 * picture, which an encoder reads before a question; a decoder writes words and places.
 *
 * Memory: the model owns weights, the activations of a picture, what is known of the places of
 * answers, and one decoder with its cache; a picture costs only its rows.
 */
#include "config.h"

#include "engine/models/ofa/private.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/models/loading.h"

/* What pictures are brought to where no file says it: as the published models were tuned. */
#define SMALL_WIDTH 256
#define SMALL_SIDE  256
#define USUAL_SIDE  480

/* By which the first publication's names are known. */
#define FAIRSEQ_TENSOR "encoder.layers.0.attn_ln.weight"

void
monocle_ofa_unload (gpointer model)
{
  MonocleOfa *self = model;

  if (!self)
    return;
  monocle_cross_asker_clear (&self->asker);
  monocle_recording_clear (&self->sight.recording);
  monocle_recording_clear (&self->placing);
  monocle_drawing_clear (&self->drawing);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->known_buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->tokenizer, monocle_tokenizer_free);
  g_clear_pointer (&self->answers, monocle_ofa_trie_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleOfa, monocle_ofa_unload)

/* --- files -------------------------------------------------------------------------------- */

/* Published models come without a file that says what becomes of a picture. */
static gboolean
load_pixels (MonocleOfa *self, const char *directory, GError **error)
{
  static const char *const files[] = { "processor_config.json", "preprocessor_config.json" };
  const guint side = self->config.d_model == SMALL_WIDTH ? SMALL_SIDE : USUAL_SIDE;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (directory, files[i], NULL);

      if (monocle_file_exists (path))
        return monocle_preprocess_load_directory (&self->pixels, directory, error);
    }
  self->pixels = (MonoclePreprocessSettings){
    .width = side,
    .height = side,
    .resample = MONOCLE_RESAMPLE_BICUBIC,
    .do_resize = TRUE,
    .do_rescale = TRUE,
    .do_normalize = TRUE,
    .rescale_factor = 1.0 / 255,
    .mean = { 0.5, 0.5, 0.5 },
    .std = { 0.5, 0.5, 0.5 },
  };
  return TRUE;
}

static gboolean
check_pixels (MonocleOfa *self, const char *directory, GError **error)
{
  const MonoclePreprocessSettings *pixels = &self->pixels;
  const guint most = self->config.image_side;

  if (pixels->width > 0 && pixels->height > 0 && pixels->shortest_edge == 0)
    {
      self->rows = monocle_resnet_get_side (&self->config.backbone, pixels->height);
      self->columns = monocle_resnet_get_side (&self->config.backbone, pixels->width);
      if (self->rows <= most && self->columns <= most)
        return TRUE;
    }
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: the preprocessor makes images of %u x %u: the model takes those of one size, "
               "and at most %u places a side",
               directory, pixels->width, pixels->height, most);
  return FALSE;
}

static gboolean
read_seeing (MonocleOfa *self, const char *directory, GError **error)
{
  return load_pixels (self, directory, error) && check_pixels (self, directory, error)
         && (self->tokenizer = monocle_tokenizer_load (directory, error))
         && monocle_ofa_tokens_find (&self->tokens, self->tokenizer, self->config.n_words,
                                     directory, error)
         && monocle_ofa_load_answers (self, directory, error);
}

static gboolean
read_drawing (MonocleOfa *self, const char *directory, GError **error)
{
  return monocle_ofa_drawing_read (self, directory, error)
         && (self->tokenizer = monocle_tokenizer_load (directory, error))
         && monocle_ofa_tokens_find_codes (&self->tokens, self->tokenizer, self->config.n_words,
                                           self->vqgan.n_codes, directory, error);
}

/* (transfer full) (nullable): all that its files say, and nothing on a device */
static MonocleOfa *
read_files (const char *directory, GError **error)
{
  g_autoptr (MonocleOfa) self = g_new0 (MonocleOfa, 1);

  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->format = MONOCLE_FORMAT_F32;
  if (!monocle_ofa_config_load (&self->config, directory, error)
      || !(self->config.draws ? read_drawing (self, directory, error)
                              : read_seeing (self, directory, error)))
    return NULL;
  return g_steal_pointer (&self);
}

/* --- weights ------------------------------------------------------------------------------ */

/* Tables that follow from the configuration, and what is the words' table once more. */
static void
ignore_others (MonocleWeights *weights)
{
  static const char *const names[] = {
    "encoder.token_rp_bucket", "encoder.image_rp_bucket",     "encoder.version",
    "decoder.token_rp_bucket", "decoder.image_rp_bucket",     "decoder.image_position_idx",
    "decoder.version",         "decoder.embed_tokens.weight", "decoder.output_projection.weight",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    monocle_weights_ignore (weights, names[i]);
}

static gboolean
declare (gpointer model, MonocleWeights *weights, GError **error)
{
  MonocleOfa *self = model;

  if (self->config.draws)
    monocle_ofa_drawing_write (self, monocle_weights_get_params (weights));
  return monocle_ofa_declare (&self->config, weights, error)
         && monocle_weights_check (weights, error)
         && monocle_ofa_fold (&self->config, weights, error);
}

static MonocleWeightsRename
find_names (const MonocleCheckpoint *checkpoint)
{
  return monocle_checkpoint_find (checkpoint, FAIRSEQ_TENSOR) ? monocle_ofa_rename_to_fairseq
                                                              : NULL;
}

gboolean
monocle_ofa_check (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (MonocleOfa) self = checkpoint ? read_files (directory, error) : NULL;
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self)
    return FALSE;
  weights = monocle_weights_new (checkpoint, NULL, FALSE, find_names (checkpoint));
  return declare (self, weights, error);
}

static gboolean
declare_all (gpointer model, MonocleWeights *weights, GError **error)
{
  MonocleOfa *self = model;

  if (!declare (self, weights, error))
    return FALSE;
  ignore_others (weights);
  monocle_ofa_write_graphs (self, weights);
  return TRUE;
}

static gboolean
plan (gpointer model, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error)
{
  MonocleOfa *self = model;

  return monocle_recording_plan (self->config.draws ? &self->drawing.recording
                                                    : &self->sight.recording,
                                 gpu, bytes, largest, error)
         && monocle_recording_plan (&self->placing, gpu, bytes, largest, error);
}

gpointer
monocle_ofa_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (load->directory, error);
  g_autoptr (MonocleOfa) self = checkpoint ? read_files (load->directory, error) : NULL;
  MonocleLoading loading;

  if (!self)
    return NULL;
  self->gpu = load->gpu;
  self->format = load->f16 && monocle_vk_traits_has_narrow_activations (&load->gpu->traits)
                     ? MONOCLE_FORMAT_F16
                     : MONOCLE_FORMAT_F32;
  self->writer = (MonocleOfaWriter){ &self->config,
                                     self->config.draws ? MONOCLE_OFA_CODES : MONOCLE_OFA_TEXT,
                                     &self->known };
  loading = (MonocleLoading){
    .model = self,
    .width
    = self->config.draws ? MONOCLE_OFA_CODE_PIXELS * self->config.code_side : self->pixels.width,
    .height
    = self->config.draws ? MONOCLE_OFA_CODE_PIXELS * self->config.code_side : self->pixels.height,
    .rename = find_names (checkpoint),
    .declare = declare_all,
    .plan = plan,
    .record = monocle_ofa_record,
    .n_parameters = &self->n_parameters,
    .notes = self->notes,
    .params = &self->params,
    .buffer = &self->buffer,
  };
  if (!monocle_loading_run (&loading, checkpoint, load, error))
    return NULL;
  monocle_ofa_prompts_prepare (self);
  return g_steal_pointer (&self);
}

static void
ofa_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleOfa *self = model;

  facts->n_parameters = self->n_parameters;
  facts->num_beams = MONOCLE_OFA_USUAL_BEAMS;
  facts->max_tokens = self->config.n_positions;
  facts->notes = (const char *const *) self->notes->pdata;
  facts->pixels = &self->pixels;
}

static gpointer
ofa_prepare (gpointer model,
             MonocleImage *image,
             GCancellable *cancellable,
             MonocleFamilyProgress progress,
             gpointer user_data,
             MonocleFamilyTiming *timing,
             GError **error)
{
  MonocleOfa *self = model;

  return monocle_sight_look (&self->sight, self->gpu, &self->pixels, image, cancellable, progress,
                             user_data, timing, NULL, error);
}

const MonocleFamily monocle_family_ofa = {
  .id = "ofa",
  .title = "OFA",
  .probe = monocle_ofa_config_probe,
  .check = monocle_ofa_check,
  .load = monocle_ofa_load,
  .unload = monocle_ofa_unload,
  .get_facts = ofa_get_facts,
  .list_tasks = monocle_ofa_list_tasks,
  .write_prompt = monocle_ofa_write_prompt,
  .compile = monocle_ofa_compile,
  .prepare = ofa_prepare,
  .discard = monocle_seen_discard,
  .generate = monocle_ofa_generate,
  .inspect = monocle_ofa_inspect,
};
