/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/cross-decoder.h"

#include <math.h>

#include "engine/models/parts/control.h"
#include "engine/nn/cache.h"
#include "engine/nn/plan.h"
#include "engine/text/sampler.h"

/* All that generation may ask for can be chosen on the device. */
G_STATIC_ASSERT (MONOCLE_SAMPLER_MAX_CANDIDATES <= MONOCLE_OP_TOP_K_MAX);

/* A recorded step and what the host tells the device before it, beside the cache's own: tensors one
 * behind the other in one buffer, written in a mapped one of the same layout and copied. Made anew
 * when the cache grows. */
typedef struct
{
  MonocleVkBuffer *buffer, *host_buffer;
  MonocleTensor lengths;          /* [n_prompts] */
  MonocleTensor ids;              /* [rows] */
  MonocleTensor n_banned;         /* [rows] */
  MonocleTensor banned;           /* [rows, 2 max_banned] */
  guint max_banned;               /* ranges of ids, of a row */
  MonocleVkBuffer *activations;   /* of both: they never run at once */
  MonocleTensor logits, bias;     /* what choose leaves; no buffer where there is no bias */
  MonocleCommands *feed, *choose; /* a step without and with logits */
} Replay;

struct _MonocleCrossDecoder
{
  MonocleCrossModel model;
  MonocleParams *params;
  MonocleVkGpu *gpu;
  MonocleFormatId format;
  MonocleCrossDecoderSize size;
  guint n_rows;

  MonocleVkBuffer *states_buffer;
  MonocleTensor *states;     /* [layers] of [n_prompts * n_states, 2 width]: keys, values */
  MonocleTensor places;      /* [n_states, place_width], where they are known */
  MonocleVkBuffer *readback; /* of the best tokens: [rows, 2 n_candidates] */
  guint32 *lengths;          /* [n_prompts] */
  MonocleCache *cache;
  Replay replay;
};

/* Formulas of a step, and what they leave. */
typedef struct
{
  MonocleGraph *graph;
  MonoclePlan *plan;
  MonocleValue logits, bias, best; /* 0 in a step that only feeds */
} Formulas;

static void
formulas_clear (Formulas *formulas)
{
  g_clear_pointer (&formulas->plan, monocle_plan_free);
  g_clear_pointer (&formulas->graph, monocle_graph_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Formulas, formulas_clear)

static void
replay_clear (Replay *replay)
{
  g_clear_pointer (&replay->feed, monocle_commands_free);
  g_clear_pointer (&replay->choose, monocle_commands_free);
  g_clear_pointer (&replay->activations, monocle_vk_buffer_free);
  g_clear_pointer (&replay->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&replay->host_buffer, monocle_vk_buffer_free);
}

void
monocle_cross_decoder_free (MonocleCrossDecoder *self)
{
  if (!self)
    return;

  replay_clear (&self->replay);
  g_clear_pointer (&self->cache, monocle_cache_free);
  monocle_vk_buffer_free (self->states_buffer);
  monocle_vk_buffer_free (self->readback);
  g_free (self->states);
  g_free (self->lengths);
  g_free (self);
}

gboolean
monocle_cross_decoder_has_size (MonocleCrossDecoder *self, const MonocleCrossDecoderSize *size)
{
  return self->size.n_prompts == size->n_prompts && self->size.n_beams == size->n_beams
         && self->size.n_states == size->n_states && self->size.n_candidates == size->n_candidates
         && self->size.n_more_bans == size->n_more_bans;
}

void
monocle_cross_model_declare (const MonocleCrossModel *self,
                             MonocleGraph *graph,
                             MonocleParams *params,
                             guint state_width)
{
  const guint n = self->n_layers;
  const MonocleTensor places = { .n_dims = 2, .dims = { 1, self->place_width } };
  g_autofree MonocleTensor *cache = g_new (MonocleTensor, n);
  g_autofree MonocleTensor *states = g_new (MonocleTensor, n);
  const MonocleCrossStep step = {
    .ids = monocle_input (graph, "ids", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .lengths = monocle_input (graph, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .place = monocle_input (graph, "place", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
    .ancestors = monocle_input (graph, "ancestors", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1, 1)),
    .keys = cache,
    .values = cache,
    .states = states,
    .places = &places,
  };
  MonocleValue state = 0;

  for (guint i = 0; i < n; i++)
    {
      cache[i] = (MonocleTensor){ .n_dims = 3, .dims = { 1, 1, self->width } };
      states[i] = (MonocleTensor){ .n_dims = 2, .dims = { 1, 2 * self->width } };
    }
  monocle_graph_set_params (graph, params, MONOCLE_PARAM_FOR_FEW_ROWS);
  self->logits (graph, self->self, self->step (graph, self->self, &step));
  if (self->logits_bias)
    self->logits_bias (graph, self->self);
  monocle_graph_set_params (graph, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  if (state_width > 0)
    state = monocle_input (graph, "state", MONOCLE_FORMAT_F32, MONOCLE_DIMS (1, state_width));
  for (guint i = 0; state_width > 0 && i < n; i++)
    self->state_keys (graph, self->self, i, state);
}

/* --- a step ------------------------------------------------------------------------------- */

MonocleAttention
monocle_cross_step_attend_states (MonocleGraph *graph,
                                  const MonocleCrossStep *step,
                                  guint index,
                                  guint n_heads)
{
  const guint n_prompts = monocle_graph_get_shape (graph, step->lengths)->dims[0];
  const guint n_beams = monocle_graph_get_shape (graph, step->ids)->dims[0] / n_prompts;
  const guint n_states = step->states[index].dims[0] / n_prompts;
  const guint width = step->states[index].dims[1] / 2;

  return (MonocleAttention){
    .v_first = width,
    .q_row_stride = width,
    .kv_row_stride = 2 * width,
    .q_batch_stride = n_beams * width,
    .kv_batch_stride = n_states * 2 * width,
    .n_batches = n_prompts,
    .n_queries = n_beams,
    .n_keys = n_states,
    .n_heads = n_heads,
    .head_width = width / n_heads,
  };
}

MonocleValue
monocle_cross_step_find_place (MonocleGraph *graph,
                               const MonocleCrossStep *step,
                               const MonocleTensor *table)
{
  const MonocleValue rows = monocle_outside (graph, table);

  return monocle_embed (graph, step->place, &rows, 1, 0, 0, FALSE, 0);
}

static gboolean
write_formulas (const MonocleCrossDecoder *self,
                gboolean choose,
                Formulas *formulas,
                GError **error)
{
  const Replay *replay = &self->replay;
  MonocleGraph *g = monocle_graph_new (choose ? "decoder" : "decoder, forced", self->format);
  const MonocleCrossStep step = {
    .ids = monocle_outside (g, &replay->ids),
    .lengths = monocle_outside (g, &replay->lengths),
    .place = monocle_outside (g, monocle_cache_get_place (self->cache)),
    .ancestors = monocle_outside (g, monocle_cache_get_ancestors (self->cache)),
    .keys = monocle_cache_get_keys (self->cache, 0),
    .values = monocle_cache_get_values (self->cache, 0),
    .states = self->states,
    .places = &self->places,
  };
  MonocleValue x;

  formulas->graph = g;
  monocle_graph_set_params (g, self->params, MONOCLE_PARAM_FOR_FEW_ROWS);
  x = self->model.step (g, self->model.self, &step);
  if (choose)
    {
      formulas->logits = self->model.logits (g, self->model.self, x);
      formulas->bias = self->model.logits_bias ? self->model.logits_bias (g, self->model.self) : 0;
      formulas->best = monocle_top_k (
          g, formulas->logits, formulas->bias, monocle_outside (g, &replay->banned),
          monocle_outside (g, &replay->n_banned), self->size.n_candidates);
      monocle_keep (g, formulas->logits);
      monocle_keep (g, formulas->best);
    }
  formulas->plan = monocle_graph_plan (g, self->gpu, MONOCLE_PLAN_DEFAULT, error);
  return formulas->plan != NULL;
}

static MonocleCommands *
record_step (MonocleCrossDecoder *self, const Formulas *formulas, const char *name)
{
  Replay *replay = &self->replay;
  MonocleCommands *commands = monocle_commands_new (self->gpu, name);

  monocle_plan_place (formulas->plan, replay->activations);
  monocle_commands_copy (commands, replay->host_buffer, 0, replay->buffer, 0, replay->buffer->size);
  monocle_cache_record (self->cache, commands);
  monocle_plan_record (formulas->plan, commands);
  if (formulas->best)
    {
      const MonocleTensor best = monocle_plan_get_tensor (formulas->plan, formulas->best);

      monocle_commands_copy (commands, best.buffer, best.offset, self->readback, 0,
                             self->readback->size);
    }

  return commands;
}

/* --- what is told before it --------------------------------------------------------------- */

static gboolean
alloc_control (MonocleCrossDecoder *self, GError **error)
{
  Replay *replay = &self->replay;
  const guint most = monocle_cache_get_n_places (self->cache)
                     + MAX (self->size.n_more_bans, MONOCLE_DECODER_MORE_BANS);
  const MonocleControlTable tables[] = {
    { &replay->lengths, "lengths", self->size.n_prompts, 1 },
    { &replay->ids, "ids", self->n_rows, 1 },
    { &replay->n_banned, "banned counts", self->n_rows, 1 },
    { &replay->banned, "banned", self->n_rows, 2 * most },
  };

  replay->max_banned = most;
  return monocle_control_new (self->gpu, tables, G_N_ELEMENTS (tables), &replay->buffer,
                              &replay->host_buffer, error);
}

static gboolean
make_replay (MonocleCrossDecoder *self, GError **error)
{
  Replay *replay = &self->replay;
  g_auto (Formulas) feed = { NULL }, choose = { NULL };

  if (!alloc_control (self, error) || !write_formulas (self, FALSE, &feed, error)
      || !write_formulas (self, TRUE, &choose, error))
    return FALSE;

  replay->activations = monocle_vk_buffer_new (
      self->gpu, MAX (monocle_plan_get_bytes (feed.plan), monocle_plan_get_bytes (choose.plan)),
      MONOCLE_VK_USE_DEVICE, "decoder", error);
  if (!replay->activations)
    return FALSE;

  replay->feed = record_step (self, &feed, "decoder, forced");
  replay->choose = record_step (self, &choose, "decoder");
  replay->logits = monocle_plan_get_tensor (choose.plan, choose.logits);
  replay->bias
      = choose.bias ? monocle_plan_get_tensor (choose.plan, choose.bias) : (MonocleTensor){ NULL };
  return monocle_commands_finish (replay->feed, error)
         && monocle_commands_finish (replay->choose, error);
}

/* For the places that the cache has now; where it fails nothing is left, and the next step tries
 * again. */
static gboolean
ensure_replay (MonocleCrossDecoder *self, GError **error)
{
  if (self->replay.choose || make_replay (self, error))
    return TRUE;

  replay_clear (&self->replay);
  return FALSE;
}

/* --- all of it ---------------------------------------------------------------------------- */

static gboolean
alloc_states (MonocleCrossDecoder *self, GError **error)
{
  guint n_layers = self->model.n_layers;
  guint64 bytes = 0;

  self->states = g_new0 (MonocleTensor, n_layers);
  for (guint i = 0; i < n_layers; i++)
    {
      self->states[i] = (MonocleTensor){ .dims = { self->size.n_prompts * self->size.n_states,
                                                   2 * self->model.width },
                                         .n_dims = 2,
                                         .format = self->format,
                                         .name = "cross keys and values" };
      bytes = monocle_tensor_put_at (&self->states[i], bytes);
    }
  if (self->model.place_width > 0)
    {
      self->places = (MonocleTensor){ .dims = { self->size.n_states, self->model.place_width },
                                      .n_dims = 2,
                                      .format = self->format,
                                      .name = "places of states" };
      bytes = monocle_tensor_put_at (&self->places, bytes);
    }
  self->states_buffer = monocle_vk_buffer_new (self->gpu, bytes, MONOCLE_VK_USE_DEVICE,
                                               "cross keys and values", error);
  for (guint i = 0; i < n_layers; i++)
    self->states[i].buffer = self->states_buffer;
  self->places.buffer = self->states_buffer;
  return self->states_buffer != NULL;
}

MonocleCrossDecoder *
monocle_cross_decoder_new (const MonocleCrossModel *model,
                           MonocleParams *params,
                           MonocleVkGpu *gpu,
                           MonocleFormatId format,
                           const MonocleCrossDecoderSize *size,
                           GError **error)
{
  g_autoptr (MonocleCrossDecoder) self = g_new0 (MonocleCrossDecoder, 1);
  const MonocleCacheSize cache = {
    .n_layers = model->n_layers,
    .n_rows = size->n_prompts * size->n_beams,
    .width = model->width,
    .format = format,
    .first_places = size->first_places,
    .most_places = model->n_positions,
  };
  guint64 best_bytes = monocle_format_get_bytes (MONOCLE_FORMAT_U32,
                                                 (guint64) cache.n_rows * 2 * size->n_candidates);

  self->model = *model;
  self->params = params;
  self->gpu = gpu;
  self->format = format;
  self->size = *size;
  self->n_rows = cache.n_rows;
  self->lengths = g_new0 (guint32, size->n_prompts);

  if (!alloc_states (self, error))
    return NULL;
  self->readback
      = monocle_vk_buffer_new (gpu, best_bytes, MONOCLE_VK_USE_READBACK, "candidates", error);
  if (self->readback)
    self->cache = monocle_cache_new (gpu, &cache, error);
  if (!self->cache || !ensure_replay (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
monocle_cross_decoder_keep_states (MonocleCrossDecoder *self,
                                   MonocleGraph *graph,
                                   MonocleValue states)
{
  for (guint i = 0; i < self->model.n_layers; i++)
    monocle_keep_in (graph, self->model.state_keys (graph, self->model.self, i, states),
                     &self->states[i]);
}

void
monocle_cross_decoder_keep_places (MonocleCrossDecoder *self,
                                   MonocleGraph *graph,
                                   MonocleValue places)
{
  monocle_keep_in (graph, places, &self->places);
}

void
monocle_cross_decoder_get_recordings (MonocleCrossDecoder *self, MonocleCommands *recordings[2])
{
  recordings[0] = self->replay.feed;
  recordings[1] = self->replay.choose;
}

void
monocle_cross_decoder_start (MonocleCrossDecoder *self, const guint32 *lengths)
{
  monocle_cache_truncate (self->cache, 0);
  memcpy (self->lengths, lengths, self->size.n_prompts * sizeof *lengths);
}

static guint32 *
get_control (Replay *replay, const MonocleTensor *tensor)
{
  return (guint32 *) (replay->host_buffer->mapped + tensor->offset);
}

/* Ranges of ids as the logits count, as far as there are logits of them. Returns: how many */
static guint
write_bans (const MonocleCrossModel *model, const GArray *ranges, guint32 *banned)
{
  const guint32 first = model->first_logit;
  const guint32 after = model->n_logits > 0 ? first + model->n_logits : model->n_words;
  guint n = 0;

  for (guint i = 0; i < ranges->len; i++)
    {
      const MonocleIdRange *range = &g_array_index (ranges, MonocleIdRange, i);

      if (range->last < first || range->first >= after)
        continue;
      banned[2 * n] = MAX (range->first, first) - first;
      banned[2 * n + 1] = range->last - first;
      n++;
    }
  return n;
}

static gboolean
write_control (MonocleCrossDecoder *self,
               const MonocleDecoderStep *step,
               gboolean choose,
               GError **error)
{
  Replay *replay = &self->replay;
  guint32 *n_banned = get_control (replay, &replay->n_banned);
  guint32 *banned = get_control (replay, &replay->banned);

  memcpy (get_control (replay, &replay->lengths), self->lengths,
          self->size.n_prompts * sizeof (guint32));
  memcpy (get_control (replay, &replay->ids), step->tokens, self->n_rows * sizeof (guint32));

  for (guint j = 0; choose && j < self->n_rows; j++)
    {
      const GArray *ranges = step->banned ? step->banned[j] : NULL;

      g_assert (!ranges || ranges->len <= replay->max_banned);
      n_banned[j]
          = ranges ? write_bans (&self->model, ranges, banned + (gsize) j * 2 * replay->max_banned)
                   : 0;
    }

  return monocle_vk_buffer_flush (replay->host_buffer, replay->host_buffer->size, error);
}

gboolean
monocle_cross_decoder_step (MonocleCrossDecoder *self,
                            const MonocleDecoderStep *step,
                            MonocleCandidate *candidates,
                            GError **error)
{
  guint n = self->n_rows * self->size.n_candidates;
  const guint32 *best = (const guint32 *) self->readback->mapped;
  gboolean grown;

  if (!monocle_cache_prepare (self->cache, 1, step->sources, &grown, error))
    return FALSE;
  if (grown)
    replay_clear (&self->replay);
  if (!ensure_replay (self, error) || !write_control (self, step, candidates != NULL, error)
      || !monocle_commands_submit (candidates ? self->replay.choose : self->replay.feed, NULL, NULL,
                                   NULL, error)
      || !monocle_vk_buffer_invalidate (self->readback, self->readback->size, error))
    return FALSE;
  monocle_cache_advance (self->cache, 1);

  for (guint i = 0; candidates && i < n; i++)
    {
      candidates[i].token = best[2 * i] == G_MAXUINT32 ? MONOCLE_CANDIDATE_NONE
                                                       : best[2 * i] + self->model.first_logit;
      memcpy (&candidates[i].log_prob, &best[2 * i + 1], sizeof (float));
    }

  return TRUE;
}

/* Where logits are of some tokens alone. */
static gboolean
read_some_logits (MonocleCrossDecoder *self, float *logits, GError **error)
{
  const gsize n_words = self->model.n_words, n = self->model.n_logits;
  g_autofree float *some = g_new (float, self->n_rows *n);

  if (!monocle_tensor_read (&self->replay.logits, some, error))
    return FALSE;
  for (gsize i = 0; i < self->n_rows * n_words; i++)
    logits[i] = -INFINITY;
  for (gsize j = 0; j < self->n_rows; j++)
    memcpy (logits + j * n_words + self->model.first_logit, some + j * n, n * sizeof *some);
  return TRUE;
}

gboolean
monocle_cross_decoder_read_logits (MonocleCrossDecoder *self, float *logits, GError **error)
{
  const MonocleTensor *bias = &self->replay.bias;
  guint n_vocabulary = self->model.n_words;
  g_autofree float *values = NULL;

  if (self->model.n_logits > 0)
    return read_some_logits (self, logits, error);
  if (!monocle_tensor_read (&self->replay.logits, logits, error))
    return FALSE;
  if (!bias->buffer)
    return TRUE;

  values = g_new (float, n_vocabulary);
  if (!monocle_tensor_read (bias, values, error))
    return FALSE;
  for (guint j = 0; j < self->n_rows; j++)
    for (guint i = 0; i < n_vocabulary; i++)
      logits[(gsize) j * n_vocabulary + i] += values[i];

  return TRUE;
}
