/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/causal-decoder-private.h"

#include "engine/models/parts/control.h"

#include "engine/nn/formulas.h"
#include "engine/nn/plan.h"
#include "engine/text/sampler.h"

/* All that generation may ask for can be chosen on the device. */
G_STATIC_ASSERT (MONOCLE_SAMPLER_MAX_CANDIDATES <= MONOCLE_OP_TOP_K_MAX);

void
monocle_causal_reading_clear (MonocleCausalReading *reading)
{
  g_clear_pointer (&reading->commands, monocle_commands_free);
  g_clear_pointer (&reading->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&reading->keys, g_free);
  g_clear_pointer (&reading->values, g_free);
}

void
monocle_causal_replay_clear (MonocleCausalReplay *replay)
{
  g_clear_pointer (&replay->commands, monocle_commands_free);
  g_clear_pointer (&replay->activations, monocle_vk_buffer_free);
  g_clear_pointer (&replay->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&replay->host_buffer, monocle_vk_buffer_free);
}

/* --- formulas ----------------------------------------------------------------------------- */

static MonocleGraph *
new_graph (const MonocleCausalDecoder *self, const char *name)
{
  MonocleGraph *g = monocle_graph_new (name, self->format);

  monocle_graph_set_params (g, self->params, MONOCLE_PARAM_FOR_FEW_ROWS);
  return g;
}

/* What a picture's rows are: those that are read first, and those of layers. */
typedef struct
{
  MonocleTensor rows, no_row;
  MonocleTensor *deep; /* [n_deep] */
  MonocleValue *deep_values;
} Seen;

static void
seen_clear (Seen *seen)
{
  g_free (seen->deep);
  g_free (seen->deep_values);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static void
give_seen (const MonocleCausalDecoder *self, MonocleGraph *g, Seen *seen, MonocleCausalStep *step)
{
  const guint n_deep = self->causal->config.n_deep, n_all = self->seen.dims[0];
  const guint n = n_deep > 0 ? (n_all - 1) / (1 + n_deep) : n_all;

  if (!self->seen.buffer)
    return;
  seen->rows = monocle_tensor_get_rows (&self->seen, 0, n);
  step->seen = monocle_outside (g, &seen->rows);
  if (n_deep == 0)
    return;
  seen->deep = g_new (MonocleTensor, n_deep);
  seen->deep_values = g_new (MonocleValue, n_deep);
  for (guint i = 0; i < n_deep; i++)
    {
      seen->deep[i] = monocle_tensor_get_rows (&self->seen, (1 + i) * n, n);
      seen->deep_values[i] = monocle_outside (g, &seen->deep[i]);
    }
  seen->no_row = monocle_tensor_get_rows (&self->seen, n_all - 1, 1);
  step->no_row = monocle_outside (g, &seen->no_row);
  step->deep_ids = monocle_input (g, "deep ids", MONOCLE_FORMAT_U32,
                                  MONOCLE_DIMS (monocle_graph_get_shape (g, step->ids)->dims[0]));
  step->deep = seen->deep_values;
}

/* The first rows of what the cache has for all. */
static void
take_rows (const MonocleCausalDecoder *self, MonocleCausalReading *reading)
{
  guint n_layers = self->causal->config.n_layers;

  reading->keys = g_new (MonocleTensor, n_layers);
  reading->values = g_new (MonocleTensor, n_layers);
  for (guint i = 0; i < n_layers; i++)
    {
      reading->keys[i]
          = monocle_tensor_get_rows (monocle_cache_get_keys (self->cache, i), 0, reading->n_rows);
      reading->values[i]
          = monocle_tensor_get_rows (monocle_cache_get_values (self->cache, i), 0, reading->n_rows);
    }
  reading->ancestors
      = monocle_tensor_get_rows (monocle_cache_get_ancestors (self->cache), 0, reading->n_rows);
  reading->place
      = monocle_tensor_get_rows (monocle_cache_get_place (self->cache), 0, reading->n_rows);
}

static gboolean
record_reading (MonocleCausalDecoder *self, MonocleCausalReading *reading, GError **error)
{
  guint n = reading->n_rows * reading->n_tokens;
  g_autoptr (MonocleGraph) g = new_graph (self, "prompt");
  g_autoptr (MonoclePlan) plan = NULL;
  g_auto (Seen) seen = { .deep = NULL };
  MonocleCausalStep step = {
    .n_tokens = reading->n_tokens,
    .n_together = reading->n_together,
    .ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n)),
    .positions = monocle_causal_input_positions (g, &self->causal->config, n),
    .place = monocle_outside (g, &reading->place),
    .ancestors = monocle_outside (g, &reading->ancestors),
    .keys = reading->keys,
    .values = reading->values,
  };

  give_seen (self, g, &seen, &step);
  /* Nobody looks at what comes out: keys and values are what is wanted. */
  monocle_causal_states (g, self->causal, &step);
  plan = monocle_graph_plan (g, self->gpu, MONOCLE_PLAN_DEFAULT, error);
  if (!plan)
    return FALSE;
  reading->buffer = monocle_vk_buffer_new (self->gpu, monocle_plan_get_bytes (plan),
                                           MONOCLE_VK_USE_DEVICE, "text activations", error);
  if (!reading->buffer)
    return FALSE;
  monocle_plan_place (plan, reading->buffer);
  reading->ids = monocle_plan_get_tensor (plan, step.ids);
  reading->positions = monocle_plan_get_tensor (plan, step.positions);
  reading->deep_ids = step.deep_ids ? monocle_plan_get_tensor (plan, step.deep_ids)
                                    : (MonocleTensor){ .buffer = NULL };
  reading->commands = monocle_commands_new (self->gpu, "prompt");
  monocle_cache_record (self->cache, reading->commands);
  monocle_plan_record (plan, reading->commands);
  return monocle_commands_finish (reading->commands, error);
}

MonocleCausalReading *
monocle_causal_ensure_reading (
    MonocleCausalDecoder *self, guint which, guint n_tokens, guint n_together, GError **error)
{
  MonocleCausalReading *reading = &self->readings[which];

  if (reading->commands && reading->n_tokens == n_tokens && reading->n_together == n_together)
    return reading;
  monocle_causal_reading_clear (reading);
  reading->n_rows = which == MONOCLE_CAUSAL_BEGINNING ? 1 : self->n_rows;
  reading->n_tokens = n_tokens;
  reading->n_together = n_together;
  take_rows (self, reading);
  if (record_reading (self, reading, error))
    return reading;
  monocle_causal_reading_clear (reading);
  return NULL;
}

/* --- a step ------------------------------------------------------------------------------- */

static gboolean
alloc_control (MonocleCausalDecoder *self, GError **error)
{
  const guint n_numbers = monocle_causal_places_get_n (&self->causal->config);
  MonocleCausalReplay *replay = &self->replay;
  const guint most = monocle_cache_get_n_places (self->cache) + MONOCLE_DECODER_MORE_BANS;
  const MonocleControlTable tables[] = {
    { &replay->ids, "ids", self->n_rows, 0 },
    { &replay->beside, "beside", self->n_rows, 0 },
    { &replay->positions, "positions", self->n_rows, n_numbers > 1 ? n_numbers : 0 },
    { &replay->n_banned, "banned counts", self->n_rows, 0 },
    { &replay->banned, "banned", self->n_rows, 2 * most },
  };

  replay->max_banned = most;
  return monocle_control_new (self->gpu, tables, G_N_ELEMENTS (tables), &replay->buffer,
                              &replay->host_buffer, error);
}

static gboolean
make_replay (MonocleCausalDecoder *self, GError **error)
{
  MonocleCausalReplay *replay = &self->replay;
  g_autoptr (MonocleGraph) g = new_graph (self, "decoder");
  g_autoptr (MonoclePlan) plan = NULL;
  MonocleCausalStep step = { .n_tokens = 1, .n_together = replay->n_together };
  MonocleValue logits, best;
  MonocleTensor chosen;

  if (!alloc_control (self, error))
    return FALSE;
  step.ids = monocle_outside (g, &replay->ids);
  if (self->causal->config.has_pairs)
    step.beside = monocle_outside (g, &replay->beside);
  step.positions = monocle_outside (g, &replay->positions);
  step.place = monocle_outside (g, monocle_cache_get_place (self->cache));
  step.ancestors = monocle_outside (g, monocle_cache_get_ancestors (self->cache));
  step.keys = monocle_cache_get_keys (self->cache, 0);
  step.values = monocle_cache_get_values (self->cache, 0);
  logits = monocle_causal_logits (g, self->causal, monocle_causal_states (g, self->causal, &step));
  best = monocle_top_k (g, logits, 0, monocle_outside (g, &replay->banned),
                        monocle_outside (g, &replay->n_banned), self->size.n_candidates);
  monocle_keep (g, logits);
  monocle_keep (g, best);

  plan = monocle_graph_plan (g, self->gpu, MONOCLE_PLAN_DEFAULT, error);
  if (!plan)
    return FALSE;
  replay->activations = monocle_vk_buffer_new (self->gpu, monocle_plan_get_bytes (plan),
                                               MONOCLE_VK_USE_DEVICE, "decoder", error);
  if (!replay->activations)
    return FALSE;
  monocle_plan_place (plan, replay->activations);
  replay->commands = monocle_commands_new (self->gpu, "decoder");
  monocle_commands_copy (replay->commands, replay->host_buffer, 0, replay->buffer, 0,
                         replay->buffer->size);
  monocle_cache_record (self->cache, replay->commands);
  monocle_plan_record (plan, replay->commands);
  replay->logits = monocle_plan_get_tensor (plan, logits);
  chosen = monocle_plan_get_tensor (plan, best);
  monocle_commands_copy (replay->commands, chosen.buffer, chosen.offset, self->readback, 0,
                         self->readback->size);
  return monocle_commands_finish (replay->commands, error);
}

gboolean
monocle_causal_ensure_replay (MonocleCausalDecoder *self, GError **error)
{
  if (self->replay.commands || make_replay (self, error))
    return TRUE;

  monocle_causal_replay_clear (&self->replay);
  return FALSE;
}
