/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/causal-decoder-private.h"

#include <string.h>

#include "engine/vk/staging.h"

/* Prompts are filled up to so many tokens, of which the rest is forgotten: so few different sizes
 * are computed that what a device must compile for one does for all. */
#define FILL 16

void
monocle_causal_decoder_free (MonocleCausalDecoder *self)
{
  if (!self)
    return;

  for (guint i = 0; i < MONOCLE_CAUSAL_N_READINGS; i++)
    monocle_causal_reading_clear (&self->readings[i]);
  monocle_causal_replay_clear (&self->replay);
  monocle_causal_places_clear (&self->places);
  g_clear_pointer (&self->cache, monocle_cache_free);
  monocle_vk_buffer_free (self->readback);
  g_free (self);
}

guint
monocle_causal_count_seen (const MonocleCausalConfig *config, guint n)
{
  g_assert (config->n_deep == 0 || n % MONOCLE_CAUSAL_SEEN == 0);
  return config->n_deep > 0 ? (1 + config->n_deep) * n + 1 : n;
}

void
monocle_causal_decoder_set_shape (MonocleCausalDecoder *self, guint n_rows, guint n_columns)
{
  self->places.n_rows = n_rows;
  self->places.n_columns = n_columns;
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

/* (nullable): where the best tokens of a step come back to */
static MonocleVkBuffer *
new_readback (MonocleVkGpu *gpu, guint n_rows, guint n_candidates, GError **error)
{
  return monocle_vk_buffer_new (
      gpu, monocle_format_get_bytes (MONOCLE_FORMAT_U32, (guint64) n_rows * 2 * n_candidates),
      MONOCLE_VK_USE_READBACK, "candidates", error);
}

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

  monocle_causal_places_init (&self->places);
  self->causal = causal;
  self->params = params;
  self->gpu = gpu;
  self->format = format;
  self->size = *size;
  self->seen = seen ? *seen : (MonocleTensor){ .buffer = NULL };
  self->n_rows = cache.n_rows;
  self->readback = new_readback (gpu, cache.n_rows, size->n_candidates, error);
  if (self->readback)
    self->cache = monocle_cache_new (gpu, &cache, error);
  return self->cache && monocle_causal_ensure_replay (self, error) ? g_steal_pointer (&self) : NULL;
}

MonocleCausalDecoder *
monocle_causal_decoder_fork (const MonocleCausalDecoder *self, GError **error)
{
  MonocleCausalDecoderSize size = self->size;
  g_autoptr (MonocleCausalDecoder) fork = NULL;

  size.first_places = monocle_cache_get_n_places (self->cache);
  fork = monocle_causal_decoder_new (self->causal, self->params, self->gpu, self->format, &size,
                                     self->seen.buffer ? &self->seen : NULL, error);
  if (!fork || !monocle_cache_copy (self->cache, fork->cache, error))
    return NULL;
  monocle_causal_places_copy (&self->places, &fork->places);
  fork->n_beginning = self->n_beginning;
  fork->n_ahead = self->n_ahead;
  return g_steal_pointer (&fork);
}

gboolean
monocle_causal_decoder_set_n_candidates (MonocleCausalDecoder *self, guint n, GError **error)
{
  MonocleVkBuffer *readback;

  if (n == self->size.n_candidates)
    return TRUE;
  readback = new_readback (self->gpu, self->n_rows, n, error);
  if (!readback)
    return FALSE;
  monocle_causal_replay_clear (&self->replay);
  monocle_vk_buffer_free (self->readback);
  self->readback = readback;
  self->size.n_candidates = n;
  return TRUE;
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

/* How many tokens of a beginning of @n see each other. */
static guint
count_together (const MonocleCausalDecoder *self, guint n)
{
  return self->causal->config.sees_ahead ? n : 0;
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

/* The same of what prompts begin with. */
static guint
cut_beginning (const MonocleCausalDecoder *self, guint n, guint *n_computed)
{
  if (!self->causal->config.sees_ahead)
    return cut_chunk (self, n, n_computed);
  *n_computed = fill_up (n);
  return n;
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
  monocle_causal_replay_clear (&self->replay);
  for (guint i = 0; i < MONOCLE_CAUSAL_N_READINGS; i++)
    monocle_causal_reading_clear (&self->readings[i]);
  return TRUE;
}

gboolean
monocle_causal_decoder_get_recordings (MonocleCausalDecoder *self,
                                       guint n_beginning,
                                       guint n_tokens,
                                       MonocleCommands *recordings[3],
                                       GError **error)
{
  guint n_first, n_then, n_left;
  const MonocleCausalReading *readings[MONOCLE_CAUSAL_N_READINGS] = { NULL };

  n_beginning = MAX (n_beginning, 1);
  cut_beginning (self, n_beginning, &n_first);
  cut_chunk (self, MAX (n_tokens, 1), &n_then);
  monocle_causal_decoder_return (self);
  n_left = self->causal->config.n_positions + FILL - monocle_cache_get_length (self->cache, 0);
  if (monocle_cache_get_n_places (self->cache) < MAX (n_first, n_then)
      && !make_room (self, MIN (MAX (n_first, n_then), n_left), NULL, error))
    return FALSE;
  readings[0] = monocle_causal_ensure_reading (self, MONOCLE_CAUSAL_BEGINNING, n_first,
                                               count_together (self, n_beginning), error);
  if (readings[0])
    readings[1] = monocle_causal_ensure_reading (self, MONOCLE_CAUSAL_PROMPTS, n_then, 0, error);
  if (!readings[1] || !monocle_causal_ensure_replay (self, error))
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

/* Where the tokens are, and which rows of pictures belong to them. */
static gboolean
upload_places (MonocleCausalDecoder *self,
               const MonocleCausalReading *reading,
               const guint32 *ids,
               guint n,
               GError **error)
{
  const MonocleCausalConfig *config = &self->causal->config;
  const guint n_numbers = monocle_causal_places_get_n (config);
  const gsize n_ids = (gsize) reading->n_rows * n;
  g_autofree guint32 *positions = g_new (guint32, n_ids * n_numbers);
  g_autofree guint32 *deep = g_new (guint32, n_ids);

  for (guint i = 0; i < n; i++)
    monocle_causal_places_note (&self->places, config, ids[i],
                                monocle_cache_get_length (self->cache, 0) + i);
  for (guint j = 0; j < reading->n_rows; j++)
    for (guint i = 0; i < n; i++)
      monocle_causal_places_find (&self->places, config,
                                  monocle_cache_get_length (self->cache, j) + i,
                                  positions + ((gsize) j * n + i) * n_numbers);
  for (gsize i = 0; i < n_ids; i++)
    deep[i] = ids[i] >= config->n_words ? ids[i] - config->n_words + 1 : 0;
  return upload (&reading->positions, positions, error)
         && (!reading->deep_ids.buffer || upload (&reading->deep_ids, deep, error));
}

/* @ids: (array): [rows of the reading, n] tokens that follow in each, of which @n_together see each
 * other. The cache is that much longer
 * then. */
static gboolean
read_chunk (MonocleCausalDecoder *self,
            guint which,
            const guint32 *ids,
            guint n,
            guint n_together,
            GCancellable *cancellable,
            GError **error)
{
  MonocleCausalReading *reading;

  if (!make_room (self, n, NULL, error))
    return FALSE;
  reading = monocle_causal_ensure_reading (self, which, n, n_together, error);
  if (!reading)
    return FALSE;
  if (!upload (&reading->ids, ids, error) || !upload_places (self, reading, ids, n, error)
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
  g_autofree guint32 *chunk
      = g_new0 (guint32, fill_up (MAX (get_chunk (self), count_together (self, n))));

  monocle_cache_truncate (self->cache, 0);
  monocle_causal_places_truncate (&self->places, 0);
  self->n_beginning = 0;
  for (guint first = 0, n_now, n_computed; first < n; first += n_now)
    {
      n_now = cut_beginning (self, n - first, &n_computed);
      memset (chunk, 0, n_computed * sizeof *chunk);
      memcpy (chunk, ids + first, n_now * sizeof *chunk);
      if (!read_chunk (self, MONOCLE_CAUSAL_BEGINNING, chunk, n_computed, count_together (self, n),
                       cancellable, error))
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
  self->n_ahead = count_together (self, n);
  return TRUE;
}

void
monocle_causal_decoder_return (MonocleCausalDecoder *self)
{
  monocle_causal_decoder_truncate (self, self->n_beginning);
}

guint
monocle_causal_decoder_get_length (const MonocleCausalDecoder *self)
{
  return monocle_cache_get_length (self->cache, 0);
}

void
monocle_causal_decoder_truncate (MonocleCausalDecoder *self, guint length)
{
  monocle_cache_truncate (self->cache, length);
  monocle_causal_places_truncate (&self->places, length);
  self->n_beginning = MIN (self->n_beginning, length);
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
      if (!read_chunk (self, MONOCLE_CAUSAL_PROMPTS, ids, n_computed, 0, cancellable, error))
        return FALSE;
      monocle_cache_truncate (self->cache, start + first + n_now);
    }
  for (guint j = 0; j < self->n_rows; j++)
    monocle_cache_truncate_row (self->cache, j, start + prompts[j / self->size.n_beams]->len);
  return TRUE;
}

static guint32 *
get_control (MonocleCausalReplay *replay, const MonocleTensor *tensor)
{
  return (guint32 *) (replay->host_buffer->mapped + tensor->offset);
}

static gboolean
write_control (MonocleCausalDecoder *self, const MonocleDecoderStep *step, GError **error)
{
  const MonocleCausalConfig *config = &self->causal->config;
  MonocleCausalReplay *replay = &self->replay;
  guint32 *positions = get_control (replay, &replay->positions);
  guint32 *n_banned = get_control (replay, &replay->n_banned);
  guint32 *banned = get_control (replay, &replay->banned);

  memcpy (get_control (replay, &replay->ids), step->tokens, self->n_rows * sizeof (guint32));
  if (step->beside)
    memcpy (get_control (replay, &replay->beside), step->beside, self->n_rows * sizeof (guint32));
  for (guint j = 0; j < self->n_rows; j++)
    {
      guint n = step->banned && step->banned[j] ? step->banned[j]->len : 0;

      g_assert (n <= replay->max_banned);
      monocle_causal_places_find (&self->places, config, monocle_cache_get_length (self->cache, j),
                                  positions + (gsize) j * monocle_causal_places_get_n (config));
      n_banned[j] = n;
      if (n > 0)
        memcpy (banned + (gsize) j * 2 * replay->max_banned, step->banned[j]->data,
                n * sizeof (MonocleIdRange));
    }
  return monocle_vk_buffer_flush (replay->host_buffer, replay->host_buffer->size, error);
}

/* A step as its token needs it: one of what saw ahead is fed again, for what comes after it. Where
 * no window binds it the usual one does. */
static gboolean
ensure_step (MonocleCausalDecoder *self, GError **error)
{
  const guint length = monocle_cache_get_length (self->cache, 0);
  const guint window = self->causal->config.window;
  const guint n_together = window > 0 && length >= window && length < self->n_ahead;

  if (self->replay.n_together != n_together)
    monocle_causal_replay_clear (&self->replay);
  self->replay.n_together = n_together;
  return monocle_causal_ensure_replay (self, error);
}

gboolean
monocle_causal_decoder_step (MonocleCausalDecoder *self,
                             const MonocleDecoderStep *step,
                             MonocleCandidate *candidates,
                             GError **error)
{
  guint n = self->n_rows * self->size.n_candidates;
  const guint32 *best = (const guint32 *) self->readback->mapped;

  if (!make_room (self, 1, step->sources, error) || !ensure_step (self, error)
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
