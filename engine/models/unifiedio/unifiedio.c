/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO, the first, in all its sizes: Lu et al. 2022, arXiv 2206.08916. Whatever is asked
 * about a picture, and whatever is answered, is tokens: words, places, and codes of pictures.
 *
 * Memory: the model owns weights, the activations of what makes pictures of codes, what is known of
 * the places of both kinds of answers, and a decoder with its cache for each; a picture stays on
 * the host.
 *
 * Activations are of 32 bits: scores are not scaled, and the model was made so.
 */
#include "config.h"

#include "engine/models/unifiedio/private.h"

#include "engine/models/loading.h"
#include "engine/models/parts/rows.h"

#define N_PATCHES (MONOCLE_UNIFIEDIO_PATCHES * MONOCLE_UNIFIEDIO_PATCHES)

static void
unifiedio_unload (gpointer model)
{
  MonocleUnifiedio *self = model;

  if (!self)
    return;
  for (guint i = 0; i < MONOCLE_UNIFIEDIO_N_KINDS; i++)
    monocle_unifiedio_writing_clear (&self->writings[i]);
  monocle_drawing_clear (&self->drawing);
  g_clear_pointer (&self->patches_buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->tokenizer, monocle_tokenizer_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleUnifiedio, unifiedio_unload)

/* --- files -------------------------------------------------------------------------------- */

/* (transfer full) (nullable): all that its files say, and nothing on a device */
static MonocleUnifiedio *
read_files (const char *directory, const MonocleCheckpoint *checkpoint, GError **error)
{
  g_autoptr (MonocleUnifiedio) self = g_new0 (MonocleUnifiedio, 1);

  self->notes = g_ptr_array_new_with_free_func (g_free);
  if (!monocle_unifiedio_config_read (&self->config, &self->vqgan, checkpoint, error)
      || !(self->tokenizer = monocle_tokenizer_load (directory, error))
      || !monocle_unifiedio_tokens_find (&self->tokens, self->tokenizer, self->config.n_words,
                                         directory, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* --- weights ------------------------------------------------------------------------------ */

static gboolean
declare (gpointer model, MonocleWeights *weights, GError **error)
{
  MonocleUnifiedio *self = model;
  MonocleParams *params = monocle_weights_get_params (weights);

  monocle_drawing_write (&self->drawing, params,
                         monocle_scope_enter (MONOCLE_SCOPE_ROOT, MONOCLE_UNIFIEDIO_VQGAN),
                         &self->vqgan, MONOCLE_UNIFIEDIO_CODES);
  if (!monocle_unifiedio_declare (&self->config, weights, error))
    return FALSE;
  /* What makes codes of pictures: nobody asks for that. */
  monocle_weights_ignore_below (weights, MONOCLE_UNIFIEDIO_VQGAN ".encoder.");
  monocle_weights_ignore_below (weights, MONOCLE_UNIFIEDIO_VQGAN ".quant_conv.");
  for (guint i = 0; i < MONOCLE_UNIFIEDIO_N_KINDS; i++)
    monocle_unifiedio_writing_init (&self->writings[i], self, i, params);
  return TRUE;
}

static gboolean
unifiedio_check (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (MonocleUnifiedio) self = checkpoint ? read_files (directory, checkpoint, error) : NULL;
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self)
    return FALSE;
  weights = monocle_weights_new (checkpoint, NULL, FALSE, NULL);
  return declare (self, weights, error);
}

static gboolean
plan (gpointer model, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error)
{
  MonocleUnifiedio *self = model;

  for (guint i = 0; i < MONOCLE_UNIFIEDIO_N_KINDS; i++)
    if (!monocle_recording_plan (&self->writings[i].placing, gpu, bytes, largest, error))
      return FALSE;
  return monocle_recording_plan (&self->drawing.recording, gpu, bytes, largest, error);
}

/* Room for the patches of whatever is asked about. */
static gboolean
alloc_patches (MonocleUnifiedio *self, GError **error)
{
  self->patches = (MonocleTensor){ .n_dims = 2,
                                   .dims = { N_PATCHES, MONOCLE_UNIFIEDIO_PATCH },
                                   .format = MONOCLE_FORMAT_F32,
                                   .name = "patches" };
  return monocle_rows_alloc (&self->patches, self->gpu, "patches", &self->patches_buffer, error);
}

static gboolean
record (gpointer model, GError **error)
{
  MonocleUnifiedio *self = model;

  for (guint i = 0; i < MONOCLE_UNIFIEDIO_N_KINDS; i++)
    if (!monocle_unifiedio_writing_record (&self->writings[i], error))
      return FALSE;
  return alloc_patches (self, error)
         && monocle_drawing_record (&self->drawing, self->gpu, self->buffer, error);
}

static gpointer
unifiedio_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (load->directory, error);
  g_autoptr (MonocleUnifiedio) self
      = checkpoint ? read_files (load->directory, checkpoint, error) : NULL;
  MonocleLoading loading;

  if (!self)
    return NULL;
  self->gpu = load->gpu;
  loading = (MonocleLoading){
    .model = self,
    .width = MONOCLE_UNIFIEDIO_DRAWN_SIDE,
    .height = MONOCLE_UNIFIEDIO_DRAWN_SIDE,
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
  for (guint i = 0; i < MONOCLE_UNIFIEDIO_N_KINDS; i++)
    monocle_unifiedio_writing_prepare (&self->writings[i]);
  return g_steal_pointer (&self);
}

static void
unifiedio_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleUnifiedio *self = model;

  facts->n_parameters = self->n_parameters;
  facts->num_beams = 1;
  facts->max_tokens = self->config.n_text_places;
  facts->notes = (const char *const *) self->notes->pdata;
}

const MonocleFamily monocle_family_unifiedio = {
  .id = "unified-io",
  .title = "Unified-IO",
  .probe = monocle_unifiedio_config_probe,
  .check = unifiedio_check,
  .load = unifiedio_load,
  .unload = unifiedio_unload,
  .get_facts = unifiedio_get_facts,
  .list_tasks = monocle_unifiedio_list_tasks,
  .write_prompt = monocle_unifiedio_write_prompt,
  .compile = monocle_unifiedio_compile,
  .prepare = monocle_unifiedio_prepare,
  .discard = monocle_unifiedio_discard,
  .generate = monocle_unifiedio_generate,
  .inspect = monocle_unifiedio_inspect,
};
