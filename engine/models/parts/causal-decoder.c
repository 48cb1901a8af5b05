/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/causal-decoder.h"

#include "engine/nn/cache.h"
#include "engine/nn/formulas.h"
#include "engine/nn/plan.h"
#include "engine/text/sampler.h"
#include "engine/vk/staging.h"

/* All that generation may ask for can be chosen on the device. */
G_STATIC_ASSERT (MONOCLE_SAMPLER_MAX_CANDIDATES <= MONOCLE_OP_TOP_K_MAX);

/* Prompts are filled up to so many tokens, of which the rest is forgotten: so few different sizes
 * are computed that what a device must compile for one does for all. */
#define FILL 16

/* Tokens of so many texts that are read at once. */
typedef struct
{
  guint n_rows, n_tokens;
  MonocleTensor *keys, *values; /* [layers] of the first rows of the cache */
  MonocleTensor ancestors, place;
  MonocleVkBuffer *buffer; /* activations */
  MonocleTensor ids, positions;
  MonocleCommands *commands;
} Reading;

/* A recorded step and what the host tells the device before it, beside the cache's own: tensors one
 * behind the other in one buffer, written in a mapped one of the same layout and copied. Made anew
 * when the cache grows. */
typedef struct
{
  MonocleVkBuffer *buffer, *host_buffer;
  MonocleTensor ids, positions; /* [rows] */
  MonocleTensor n_banned;       /* [rows] */
  MonocleTensor banned;         /* [rows, 2 max_banned] */
  guint max_banned;             /* ranges of ids, of a row */
  MonocleVkBuffer *activations;
  MonocleTensor logits;
  MonocleCommands *commands;
} Replay;

enum
{
  BEGINNING, /* by the first row alone */
  PROMPTS,   /* by all rows */
  N_READINGS,
};

struct _MonocleCausalDecoder
{
  const MonocleCausal *causal;
  MonocleParams *params;
  MonocleVkGpu *gpu;
  MonocleFormatId format;
  MonocleCausalDecoderSize size;
  MonocleTensor seen; /* without a buffer where there is none */
  guint n_rows;
  guint n_beginning; /* tokens that all rows begin with */
  guint64 n_fed;
  MonocleVkBuffer *readback; /* of the best tokens: [rows, 2 n_candidates] */
  MonocleCache *cache;
  Reading readings[N_READINGS];
  Replay replay;
};

static void
reading_clear (Reading *reading)
{
  g_clear_pointer (&reading->commands, monocle_commands_free);
  g_clear_pointer (&reading->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&reading->keys, g_free);
  g_clear_pointer (&reading->values, g_free);
}

static void
replay_clear (Replay *replay)
{
  g_clear_pointer (&replay->commands, monocle_commands_free);
  g_clear_pointer (&replay->activations, monocle_vk_buffer_free);
  g_clear_pointer (&replay->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&replay->host_buffer, monocle_vk_buffer_free);
}

void
monocle_causal_decoder_free (MonocleCausalDecoder *self)
{
  if (!self)
    return;

  for (guint i = 0; i < N_READINGS; i++)
    reading_clear (&self->readings[i]);
  replay_clear (&self->replay);
  g_clear_pointer (&self->cache, monocle_cache_free);
  monocle_vk_buffer_free (self->readback);
  g_free (self);
}

gboolean
monocle_causal_decoder_has_size (const MonocleCausalDecoder *self,
                                 const MonocleCausalDecoderSize *size)
{
  return self->size.n_questions == size->n_questions && self->size.n_beams == size->n_beams
         && self->size.n_candidates == size->n_candidates && self->size.chunk == size->chunk;
}

guint
monocle_causal_decoder_get_most_tokens (const MonocleCausalDecoder *self)
{
  return self->causal->config.n_positions;
}

guint64
monocle_causal_decoder_get_n_fed (const MonocleCausalDecoder *self)
{
  return self->n_fed;
}

/* --- formulas ----------------------------------------------------------------------------- */

static MonocleGraph *
new_graph (const MonocleCausalDecoder *self, const char *name)
{
  MonocleGraph *g = monocle_graph_new (name, self->format);

  monocle_graph_set_params (g, self->params, MONOCLE_PARAM_FOR_FEW_ROWS);
  return g;
}

static MonocleValue
give_seen (const MonocleCausalDecoder *self, MonocleGraph *g)
{
  return self->seen.buffer ? monocle_outside (g, &self->seen) : 0;
}

/* The first rows of what the cache has for all. */
static void
take_rows (const MonocleCausalDecoder *self, Reading *reading)
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
record_reading (MonocleCausalDecoder *self, Reading *reading, GError **error)
{
  guint n = reading->n_rows * reading->n_tokens;
  g_autoptr (MonocleGraph) g = new_graph (self, "prompt");
  g_autoptr (MonoclePlan) plan = NULL;
  const MonocleCausalStep step = {
    .n_tokens = reading->n_tokens,
    .ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n)),
    .positions = monocle_input (g, "positions", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n)),
    .seen = give_seen (self, g),
    .place = monocle_outside (g, &reading->place),
    .ancestors = monocle_outside (g, &reading->ancestors),
    .keys = reading->keys,
    .values = reading->values,
  };

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
  reading->commands = monocle_commands_new (self->gpu, "prompt");
  monocle_cache_record (self->cache, reading->commands);
  monocle_plan_record (plan, reading->commands);
  return monocle_commands_finish (reading->commands, error);
}

/* (transfer none) (nullable): for so many tokens, and the places that the cache has now */
static Reading *
ensure_reading (MonocleCausalDecoder *self, guint which, guint n_tokens, GError **error)
{
  Reading *reading = &self->readings[which];

  if (reading->commands && reading->n_tokens == n_tokens)
    return reading;
  reading_clear (reading);
  reading->n_rows = which == BEGINNING ? 1 : self->n_rows;
  reading->n_tokens = n_tokens;
  take_rows (self, reading);
  if (record_reading (self, reading, error))
    return reading;
  reading_clear (reading);
  return NULL;
}

/* --- a step ------------------------------------------------------------------------------- */

static MonocleTensor
put (const char *name, guint n_rows, guint n_columns, guint64 *end)
{
  MonocleTensor tensor = { .dims = { n_rows, n_columns },
                           .n_dims = n_columns > 1 ? 2 : 1,
                           .format = MONOCLE_FORMAT_U32,
                           .name = name };

  *end = monocle_tensor_put_at (&tensor, *end);
  return tensor;
}

static gboolean
alloc_control (MonocleCausalDecoder *self, GError **error)
{
  Replay *replay = &self->replay;
  guint64 bytes = 0;

  replay->max_banned = monocle_cache_get_n_places (self->cache) + MONOCLE_DECODER_MORE_BANS;
  replay->ids = put ("ids", self->n_rows, 1, &bytes);
  replay->positions = put ("positions", self->n_rows, 1, &bytes);
  replay->n_banned = put ("banned counts", self->n_rows, 1, &bytes);
  replay->banned = put ("banned", self->n_rows, 2 * replay->max_banned, &bytes);

  replay->buffer
      = monocle_vk_buffer_new (self->gpu, bytes, MONOCLE_VK_USE_DEVICE, "decoder control", error);
  if (replay->buffer)
    replay->host_buffer
        = monocle_vk_buffer_new (self->gpu, bytes, MONOCLE_VK_USE_UPLOAD, "decoder control", error);
  if (!replay->host_buffer)
    return FALSE;

  memset (replay->host_buffer->mapped, 0, replay->host_buffer->size);
  replay->ids.buffer = replay->positions.buffer = replay->n_banned.buffer = replay->banned.buffer
      = replay->buffer;
  return TRUE;
}

static gboolean
make_replay (MonocleCausalDecoder *self, GError **error)
{
  Replay *replay = &self->replay;
  g_autoptr (MonocleGraph) g = new_graph (self, "decoder");
  g_autoptr (MonoclePlan) plan = NULL;
  MonocleCausalStep step = { .n_tokens = 1 };
  MonocleValue logits, best;
  MonocleTensor chosen;

  if (!alloc_control (self, error))
    return FALSE;
  step.ids = monocle_outside (g, &replay->ids);
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

/* For the places that the cache has now; where it fails nothing is left, and the next step tries
 * again. */
static gboolean
ensure_replay (MonocleCausalDecoder *self, GError **error)
{
  if (self->replay.commands || make_replay (self, error))
    return TRUE;

  replay_clear (&self->replay);
  return FALSE;
}

/* --- all of it ---------------------------------------------------------------------------- */

MonocleCausalDecoder *
monocle_causal_decoder_new (const MonocleCausal *causal,
                            MonocleParams *params,
                            MonocleVkGpu *gpu,
                            MonocleFormatId format,
                            const MonocleCausalDecoderSize *size,
                            const MonocleTensor *seen,
                            GError **error)
{
  g_autoptr (MonocleCausalDecoder) self = g_new0 (MonocleCausalDecoder, 1);
  const MonocleCacheSize cache = {
    .n_layers = causal->config.n_layers,
    .n_rows = size->n_questions * size->n_beams,
    .width = monocle_causal_get_key_width (&causal->config),
    .format = format,
    .first_places = size->first_places,
    /* What is filled up, and forgotten, has places too. */
    .most_places = causal->config.n_positions + FILL,
  };
  guint64 best_bytes = monocle_format_get_bytes (MONOCLE_FORMAT_U32,
                                                 (guint64) cache.n_rows * 2 * size->n_candidates);

  self->causal = causal;
  self->params = params;
  self->gpu = gpu;
  self->format = format;
  self->size = *size;
  self->seen = seen ? *seen : (MonocleTensor){ .buffer = NULL };
  self->n_rows = cache.n_rows;
  self->readback
      = monocle_vk_buffer_new (gpu, best_bytes, MONOCLE_VK_USE_READBACK, "candidates", error);
  if (self->readback)
    self->cache = monocle_cache_new (gpu, &cache, error);
  return self->cache && ensure_replay (self, error) ? g_steal_pointer (&self) : NULL;
}

static guint
fill_up (guint n)
{
  return (n + FILL - 1) / FILL * FILL;
}

static guint
get_chunk (const MonocleCausalDecoder *self)
{
  return self->size.chunk > 0 ? self->size.chunk : MONOCLE_CAUSAL_CHUNK;
}

/* Of the @n that are left: so many at once, of which as many are computed. */
static guint
cut_chunk (const MonocleCausalDecoder *self, guint n, guint *n_computed)
{
  guint n_now = MIN (n, get_chunk (self));

  /* Who asks for chunks of his own gets these. */
  *n_computed = self->size.chunk > 0 ? n_now : fill_up (n_now);
  return n_now;
}

/* Room for so many more of each row; what was recorded for less is gone. */
static gboolean
make_room (MonocleCausalDecoder *self, guint n, const guint32 *sources, GError **error)
{
  gboolean grown;

  if (!monocle_cache_prepare (self->cache, n, sources, &grown, error))
    return FALSE;
  if (!grown)
    return TRUE;
  replay_clear (&self->replay);
  for (guint i = 0; i < N_READINGS; i++)
    reading_clear (&self->readings[i]);
  return TRUE;
}

gboolean
monocle_causal_decoder_get_recordings (MonocleCausalDecoder *self,
                                       guint n_beginning,
                                       guint n_tokens,
                                       MonocleCommands *recordings[3],
                                       GError **error)
{
  guint n_first, n_then;
  const Reading *readings[N_READINGS] = { NULL };

  cut_chunk (self, MAX (n_beginning, 1), &n_first);
  cut_chunk (self, MAX (n_tokens, 1), &n_then);
  if (!make_room (self, MAX (n_first, n_then), NULL, error))
    return FALSE;
  readings[0] = ensure_reading (self, BEGINNING, n_first, error);
  if (readings[0])
    readings[1] = ensure_reading (self, PROMPTS, n_then, error);
  if (!readings[1] || !ensure_replay (self, error))
    return FALSE;
  recordings[0] = readings[0]->commands;
  recordings[1] = readings[1]->commands;
  recordings[2] = self->replay.commands;
  return TRUE;
}

static gboolean
upload (const MonocleTensor *tensor, const guint32 *values, GError **error)
{
  return monocle_vk_upload (tensor->buffer, tensor->offset, values,
                            monocle_tensor_get_size_bytes (tensor), error);
}

/* @ids: (array): [rows of the reading, n] tokens that follow in each. The cache is that much longer
 * then. */
static gboolean
read_chunk (MonocleCausalDecoder *self,
            guint which,
            const guint32 *ids,
            guint n,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree guint32 *positions = NULL;
  Reading *reading;

  if (!make_room (self, n, NULL, error))
    return FALSE;
  reading = ensure_reading (self, which, n, error);
  if (!reading)
    return FALSE;
  positions = g_new (guint32, (gsize) reading->n_rows * n);
  for (guint j = 0; j < reading->n_rows; j++)
    for (guint i = 0; i < n; i++)
      positions[j * n + i] = monocle_cache_get_length (self->cache, j) + i;
  if (!upload (&reading->ids, ids, error) || !upload (&reading->positions, positions, error)
      || !monocle_commands_submit (reading->commands, cancellable, NULL, NULL, error))
    return FALSE;
  monocle_cache_advance (self->cache, n);
  return TRUE;
}

gboolean
monocle_causal_decoder_begin (MonocleCausalDecoder *self,
                              const guint32 *ids,
                              guint n,
                              GCancellable *cancellable,
                              GError **error)
{
  g_autofree guint32 *chunk = g_new0 (guint32, fill_up (get_chunk (self)));

  monocle_cache_truncate (self->cache, 0);
  self->n_beginning = 0;
  for (guint first = 0, n_now, n_computed; first < n; first += n_now)
    {
      n_now = cut_chunk (self, n - first, &n_computed);
      memset (chunk, 0, n_computed * sizeof *chunk);
      memcpy (chunk, ids + first, n_now * sizeof *chunk);
      if (!read_chunk (self, BEGINNING, chunk, n_computed, cancellable, error))
        return FALSE;
      monocle_cache_truncate (self->cache, first + n_now);
      self->n_fed += n_now;
    }
  /* It lies in the first row, for all. */
  for (guint j = 1; j < self->n_rows; j++)
    {
      monocle_cache_truncate_row (self->cache, j, 0);
      monocle_cache_fork (self->cache, 0, j);
    }
  self->n_beginning = n;
  return TRUE;
}

void
monocle_causal_decoder_return (MonocleCausalDecoder *self)
{
  monocle_cache_truncate (self->cache, self->n_beginning);
}

/* The shorter ones are filled up by anything. */
static guint32 *
lay_out (const MonocleCausalDecoder *self, GArray *const *prompts, guint first, guint n)
{
  guint32 *ids = g_new0 (guint32, (gsize) self->n_rows * n);

  for (guint j = 0; j < self->n_rows; j++)
    {
      const GArray *prompt = prompts[j / self->size.n_beams];

      for (guint i = 0; i < n && first + i < prompt->len; i++)
        ids[(gsize) j * n + i] = g_array_index (prompt, guint32, first + i);
    }
  return ids;
}

gboolean
monocle_causal_decoder_read (MonocleCausalDecoder *self,
                             GArray *const *prompts,
                             GCancellable *cancellable,
                             GError **error)
{
  guint longest = 0, start = monocle_cache_get_length (self->cache, 0);

  for (guint i = 0; i < self->size.n_questions; i++)
    {
      longest = MAX (longest, prompts[i]->len);
      self->n_fed += prompts[i]->len * self->size.n_beams;
    }
  for (guint first = 0, n_now, n_computed; first < longest; first += n_now)
    {
      g_autofree guint32 *ids = NULL;

      n_now = cut_chunk (self, longest - first, &n_computed);
      ids = lay_out (self, prompts, first, n_computed);
      if (!read_chunk (self, PROMPTS, ids, n_computed, cancellable, error))
        return FALSE;
      monocle_cache_truncate (self->cache, start + first + n_now);
    }
  for (guint j = 0; j < self->n_rows; j++)
    monocle_cache_truncate_row (self->cache, j, start + prompts[j / self->size.n_beams]->len);
  return TRUE;
}

static guint32 *
get_control (Replay *replay, const MonocleTensor *tensor)
{
  return (guint32 *) (replay->host_buffer->mapped + tensor->offset);
}

static gboolean
write_control (MonocleCausalDecoder *self, const MonocleDecoderStep *step, GError **error)
{
  Replay *replay = &self->replay;
  guint32 *positions = get_control (replay, &replay->positions);
  guint32 *n_banned = get_control (replay, &replay->n_banned);
  guint32 *banned = get_control (replay, &replay->banned);

  memcpy (get_control (replay, &replay->ids), step->tokens, self->n_rows * sizeof (guint32));
  for (guint j = 0; j < self->n_rows; j++)
    {
      guint n = step->banned && step->banned[j] ? step->banned[j]->len : 0;

      g_assert (n <= replay->max_banned);
      positions[j] = monocle_cache_get_length (self->cache, j);
      n_banned[j] = n;
      if (n > 0)
        memcpy (banned + (gsize) j * 2 * replay->max_banned, step->banned[j]->data,
                n * sizeof (MonocleIdRange));
    }
  return monocle_vk_buffer_flush (replay->host_buffer, replay->host_buffer->size, error);
}

gboolean
monocle_causal_decoder_step (MonocleCausalDecoder *self,
                             const MonocleDecoderStep *step,
                             MonocleCandidate *candidates,
                             GError **error)
{
  guint n = self->n_rows * self->size.n_candidates;
  const guint32 *best = (const guint32 *) self->readback->mapped;

  if (!make_room (self, 1, step->sources, error) || !ensure_replay (self, error)
      || !write_control (self, step, error)
      || !monocle_commands_submit (self->replay.commands, NULL, NULL, NULL, error)
      || !monocle_vk_buffer_invalidate (self->readback, self->readback->size, error))
    return FALSE;
  monocle_cache_advance (self->cache, 1);
  self->n_fed += self->n_rows;

  for (guint i = 0; candidates && i < n; i++)
    {
      candidates[i].token = best[2 * i] == G_MAXUINT32 ? MONOCLE_CANDIDATE_NONE : best[2 * i];
      memcpy (&candidates[i].log_prob, &best[2 * i + 1], sizeof (float));
    }
  return TRUE;
}

gboolean
monocle_causal_decoder_read_logits (MonocleCausalDecoder *self, float *logits, GError **error)
{
  return monocle_tensor_read (&self->replay.logits, logits, error);
}

char *
monocle_causal_decoder_describe_timing (MonocleCausalDecoder *self)
{
  return monocle_commands_describe_timing (self->replay.commands);
}
