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
                               monocle_scope_enter (MONOCLE_SCOPE_ROOT, "lm_head"), error))
    {
      g_prefix_error (error, "%s: ", directory);
      return FALSE;
    }
  return monocle_weights_check (weights, error);
}

static gboolean
world_check (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (MonocleWorld) self = checkpoint ? g_new0 (MonocleWorld, 1) : NULL;
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self || !monocle_world_config_load (&self->config, directory, error))
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

  if (!self || !monocle_world_config_load (&self->config, load->directory, error))
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
  return self->params ? g_steal_pointer (&self) : NULL;
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
};
