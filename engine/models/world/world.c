/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model of our own, of moving things: a decoder of Llama's shape that reads where they were and
 * how far they went, and says how far they go next. Recipe: data/model/training/world.
 */
#include "config.h"

#include "engine/checkpoint/weights.h"
#include "engine/models/world/private.h"

static void
world_unload (gpointer model)
{
  MonocleWorld *self = model;

  if (!self)
    return;
  g_clear_pointer (&self->decoder, monocle_causal_decoder_free);
  g_clear_pointer (&self->painter, monocle_world_painter_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleWorld, world_unload)

static gboolean
declare (MonocleWorld *self, MonocleWeights *weights, const char *directory, GError **error)
{
  if (!monocle_causal_declare (&self->causal, &self->config.text, weights,
                               monocle_scope_enter (MONOCLE_SCOPE_ROOT, "model"),
                               monocle_scope_enter (MONOCLE_SCOPE_ROOT, "lm_head"), error)
      || (self->painter && !monocle_world_painter_declare (self->painter, weights, error)))
    {
      g_prefix_error (error, "%s: ", directory);
      return FALSE;
    }
  return monocle_weights_check (weights, error);
}

/* What its files say but for the weights. */
static gboolean
read_files (MonocleWorld *self, const char *directory, GError **error)
{
  GError *own = NULL;

  if (!monocle_world_config_load (&self->config, directory, error))
    return FALSE;
  self->painter = monocle_world_painter_new (&self->config, directory, &own);
  if (!own)
    return TRUE;
  g_propagate_error (error, own);
  return FALSE;
}

static gboolean
world_check (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (MonocleWorld) self = checkpoint ? g_new0 (MonocleWorld, 1) : NULL;
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self || !read_files (self, directory, error))
    return FALSE;
  weights = monocle_weights_new (checkpoint, NULL, FALSE, NULL);
  return declare (self, weights, directory, error);
}

static gpointer
world_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (load->directory, error);
  g_autoptr (MonocleWorld) self = checkpoint ? g_new0 (MonocleWorld, 1) : NULL;
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self || !read_files (self, load->directory, error))
    return NULL;
  self->gpu = load->gpu;
  self->notes = g_ptr_array_new_with_free_func (g_free);
  weights = monocle_weights_new (checkpoint, load->gpu, load->f16, NULL);
  if (!declare (self, weights, load->directory, error))
    return NULL;
  self->n_parameters = monocle_weights_get_n_parameters (weights);
  monocle_weights_note_unused (weights, self->notes);
  g_ptr_array_add (self->notes, NULL);
  self->params
      = monocle_weights_upload (weights, load->cancellable, load->progress, load->user_data, error);
  if (!self->params
      || (self->painter
          && !monocle_world_painter_prepare (self->painter, checkpoint, self->params, load->gpu,
                                             error)))
    return NULL;
  return g_steal_pointer (&self);
}

static void
world_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleWorld *self = model;

  facts->n_parameters = self->n_parameters;
  facts->notes = (const char *const *) self->notes->pdata;
  facts->most_things = self->config.n_things;
  facts->most_frames = self->config.n_frames;
  facts->most_surprise = self->config.most_surprise;
  if (!self->painter)
    return;
  facts->frame_side = monocle_world_painter_get_paints (self->painter)->side;
  facts->least_decibels = monocle_world_painter_get_paints (self->painter)->least_decibels;
}

static gboolean
world_draw_frames (gpointer model,
                   const MonocleFamilyFrames *asked,
                   MonocleDrawnFrames *drawn,
                   GError **error)
{
  MonocleWorld *self = model;

  return monocle_world_painter_draw (self->painter, asked, drawn, error);
}

/* It is asked nothing about pictures. */
static void
world_list_tasks (GPtrArray *list)
{
}

const MonocleFamily monocle_family_world = {
  .id = "monocle-world",
  .title = "Monocle world",
  .probe = monocle_world_config_probe,
  .check = world_check,
  .load = world_load,
  .unload = world_unload,
  .get_facts = world_get_facts,
  .list_tasks = world_list_tasks,
  .foresee = monocle_world_foresee,
  .draw_frames = world_draw_frames,
};
