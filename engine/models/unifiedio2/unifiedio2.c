/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO 2, in all its sizes: Lu et al. 2023, arXiv 2312.17172. Whatever is asked about a
 * picture or a sound, and whatever is answered, is tokens: words, places, and codes of pictures.
 * Pictures and sounds of before are not read, and sounds not written: what of the weights is for
 * those stays where it is.
 *
 * Memory: the model owns weights, the activations of what makes rows of pictures and sounds and
 * pictures of codes, and a decoder with its cache for words and for pictures; a picture costs only
 * its rows.
 *
 * Activations are of 32 bits: the model was made in formats that reach further than 16-bit floats.
 */
#include "config.h"

#include "engine/models/unifiedio2/private.h"

#include <string.h>

#include "engine/models/loading.h"

/* Before the name of whatever hears. */
#define HEARING "input_embedders.audio."

static void
unifiedio2_unload (gpointer model)
{
  MonocleUnifiedio2 *self = model;

  if (!self)
    return;
  for (guint i = 0; i < MONOCLE_UNIFIEDIO2_N_KINDS; i++)
    monocle_unifiedio2_writing_clear (&self->writings[i]);
  monocle_drawing_clear (&self->drawing);
  for (guint i = 0; i < MONOCLE_UNIFIEDIO2_N_SENSES; i++)
    monocle_unifiedio2_organ_clear (&self->organs[i]);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->tokenizer, monocle_tokenizer_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleUnifiedio2, unifiedio2_unload)

/* --- files -------------------------------------------------------------------------------- */

/* (transfer full) (nullable): all that its files say, and nothing on a device. @has_words: whether
 * there is a vocabulary, which is not published with them: whoever has got the rest is told of it
 * when it is loaded, and not before. */
static MonocleUnifiedio2 *
read_files (const char *directory,
            const MonocleCheckpoint *checkpoint,
            gboolean has_words,
            GError **error)
{
  g_autoptr (MonocleUnifiedio2) self = g_new0 (MonocleUnifiedio2, 1);

  self->notes = g_ptr_array_new_with_free_func (g_free);
  if (!monocle_unifiedio2_config_load (&self->config, directory, error)
      || (has_words
          && !(self->tokenizer = monocle_unifiedio2_vocabulary_load (
                   directory, self->config.n_words, &self->tokens, error))))
    return NULL;
  self->config.hears = monocle_unifiedio2_can_hear (&self->config)
                       && monocle_checkpoint_find (checkpoint, HEARING "modality_embedding");
  return g_steal_pointer (&self);
}

/* --- weights ------------------------------------------------------------------------------ */

/* Of what nobody asks for. */
static void
ignore_others (const MonocleUnifiedio2 *self, MonocleWeights *weights)
{
  static const char *const prefixes[] = {
    "audio_token_embedder.",
    "input_embedders.audio_history.",
    "input_embedders.image_history.",
    "target_embedders.audio.",
    MONOCLE_UNIFIEDIO2_VQGAN ".encoder.",
    MONOCLE_UNIFIEDIO2_VQGAN ".quant_conv.",
  };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    monocle_weights_ignore_below (weights, prefixes[i]);
  if (!self->config.hears)
    monocle_weights_ignore_below (weights, HEARING);
}

static gboolean
declare (gpointer model, MonocleWeights *weights, GError **error)
{
  MonocleUnifiedio2 *self = model;

  monocle_drawing_write (&self->drawing, monocle_weights_get_params (weights),
                         monocle_scope_enter (MONOCLE_SCOPE_ROOT, MONOCLE_UNIFIEDIO2_VQGAN),
                         &self->config.vqgan, self->config.n_codes);
  if (!monocle_unifiedio2_declare (&self->config, weights, error)
      || !monocle_unifiedio2_organ_write (self, MONOCLE_UNIFIEDIO2_IMAGE, weights, error)
      || (self->config.hears
          && !monocle_unifiedio2_organ_write (self, MONOCLE_UNIFIEDIO2_AUDIO, weights, error)))
    return FALSE;
  ignore_others (self, weights);
  for (guint i = 0; i < MONOCLE_UNIFIEDIO2_N_KINDS; i++)
    monocle_unifiedio2_writing_init (&self->writings[i], self, i);
  return TRUE;
}

static gboolean
unifiedio2_check (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (MonocleUnifiedio2) self
      = checkpoint ? read_files (directory, checkpoint,
                                 monocle_unifiedio2_vocabulary_is_there (directory), error)
                   : NULL;
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self)
    return FALSE;
  weights = monocle_weights_new (checkpoint, NULL, FALSE, monocle_unifiedio2_rename);
  return declare (self, weights, error);
}

static gboolean
plan (gpointer model, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error)
{
  MonocleUnifiedio2 *self = model;

  for (guint i = 0; i < MONOCLE_UNIFIEDIO2_N_SENSES; i++)
    if (self->organs[i].recording.graph
        && !monocle_recording_plan (&self->organs[i].recording, gpu, bytes, largest, error))
      return FALSE;
  return monocle_recording_plan (&self->drawing.recording, gpu, bytes, largest, error);
}

static gboolean
record (gpointer model, GError **error)
{
  MonocleUnifiedio2 *self = model;

  for (guint i = 0; i < MONOCLE_UNIFIEDIO2_N_KINDS; i++)
    if (!monocle_unifiedio2_writing_record (&self->writings[i], error))
      return FALSE;
  for (guint i = 0; i < MONOCLE_UNIFIEDIO2_N_SENSES; i++)
    if (self->organs[i].recording.graph && !monocle_unifiedio2_organ_record (self, i, error))
      return FALSE;
  return monocle_drawing_record (&self->drawing, self->gpu, self->buffer, error);
}

static gpointer
unifiedio2_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (load->directory, error);
  g_autoptr (MonocleUnifiedio2) self
      = checkpoint ? read_files (load->directory, checkpoint, TRUE, error) : NULL;
  MonocleLoading loading;
  guint side;

  if (!self)
    return NULL;
  self->gpu = load->gpu;
  side = monocle_unifiedio2_get_side (&self->config);
  loading = (MonocleLoading){
    .model = self,
    .width = side,
    .height = side,
    .rename = monocle_unifiedio2_rename,
    .declare = declare,
    .plan = plan,
    .record = record,
    .n_parameters = &self->n_parameters,
    .notes = self->notes,
    .params = &self->params,
    .buffer = &self->buffer,
  };
  if (!monocle_loading_run (&loading, checkpoint, load, error))
    return NULL;
  for (guint i = 0; i < MONOCLE_UNIFIEDIO2_N_KINDS; i++)
    monocle_unifiedio2_writing_prepare (&self->writings[i]);
  return g_steal_pointer (&self);
}

static void
unifiedio2_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleUnifiedio2 *self = model;

  facts->n_parameters = self->n_parameters;
  facts->num_beams = 1;
  facts->max_tokens = self->config.n_text_places;
  facts->notes = (const char *const *) self->notes->pdata;
}

static gpointer
unifiedio2_prepare (gpointer model,
                    MonocleImage *image,
                    GCancellable *cancellable,
                    MonocleFamilyProgress progress,
                    gpointer user_data,
                    MonocleFamilyTiming *timing,
                    GError **error)
{
  return monocle_unifiedio2_see (model, image, cancellable, progress, user_data, timing, NULL,
                                 error);
}

const MonocleFamily monocle_family_unifiedio2 = {
  .id = "unified-io-2",
  .title = "Unified-IO 2",
  .probe = monocle_unifiedio2_config_probe,
  .check = unifiedio2_check,
  .load = unifiedio2_load,
  .unload = unifiedio2_unload,
  .get_facts = unifiedio2_get_facts,
  .list_tasks = monocle_unifiedio2_list_tasks,
  .write_prompt = monocle_unifiedio2_write_prompt,
  .compile = monocle_unifiedio2_compile,
  .prepare = unifiedio2_prepare,
  .discard = monocle_unifiedio2_discard,
  .generate = monocle_unifiedio2_generate,
  .inspect = monocle_unifiedio2_inspect,
};
