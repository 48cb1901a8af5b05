/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/bart-decoder.h"

#include "engine/nn/arena.h"
#include "engine/nn/cache.h"
#include "engine/nn/ops.h"
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
  MonocleCommands *feed, *choose; /* a step without and with logits */
} Replay;

struct _MonocleBartDecoder
{
  MonocleBart *bart;
  MonocleVkGpu *gpu;
  MonocleFormatId format;
  MonocleBartDecoderSize size;
  guint n_rows;

  MonocleVkBuffer *buffer; /* cross keys and values, activations */
  MonocleTensor *cross;    /* [layers] of [n_prompts * n_states, 2D]: keys, values */
  MonocleTensor x, t, wide, attended, query, hidden, logits, scratch, best;
  MonocleVkBuffer *readback; /* of best */
  guint32 *lengths;          /* [n_prompts] */
  MonocleCache *cache;
  Replay replay;
};

static void
replay_clear (Replay *replay)
{
  g_clear_pointer (&replay->feed, monocle_commands_free);
  g_clear_pointer (&replay->choose, monocle_commands_free);
  g_clear_pointer (&replay->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&replay->host_buffer, monocle_vk_buffer_free);
}

void
monocle_bart_decoder_free (MonocleBartDecoder *self)
{
  if (!self)
    return;

  replay_clear (&self->replay);
  g_clear_pointer (&self->cache, monocle_cache_free);
  monocle_vk_buffer_free (self->buffer);
  monocle_vk_buffer_free (self->readback);
  g_free (self->cross);
  g_free (self->lengths);
  g_free (self);
}

gboolean
monocle_bart_decoder_has_size (MonocleBartDecoder *self, const MonocleBartDecoderSize *size)
{
  return self->size.n_prompts == size->n_prompts && self->size.n_beams == size->n_beams
         && self->size.n_states == size->n_states && self->size.n_candidates == size->n_candidates;
}

static void
alloc_fixed (MonocleBartDecoder *self, MonocleArena *arena)
{
  const MonocleBartConfig *config = &self->bart->config;
  guint rows = self->n_rows, d = config->d_model;

  for (guint i = 0; i < config->decoder_layers; i++)
    self->cross[i] = monocle_arena_alloc_2d (arena, "cross keys and values", self->format,
                                             self->size.n_prompts * self->size.n_states, 2 * d);
  self->x = monocle_arena_alloc_2d (arena, "token", self->format, rows, d);
  self->t = monocle_arena_alloc_2d (arena, "sum", self->format, rows, d);
  self->wide = monocle_arena_alloc_2d (arena, "qkv", self->format, rows, 3 * d);
  self->attended = monocle_arena_alloc_2d (arena, "attended", self->format, rows, d);
  self->query = monocle_arena_alloc_2d (arena, "query", self->format, rows, d);
  self->hidden
      = monocle_arena_alloc_2d (arena, "perceptron", self->format, rows, config->decoder_hidden);
  self->logits
      = monocle_arena_alloc_2d (arena, "logits", MONOCLE_FORMAT_F32, rows, config->vocab_size);
  self->scratch = monocle_arena_alloc_1d (
      arena, "top-k", MONOCLE_FORMAT_F32,
      monocle_op_top_k_scratch (self->gpu, rows, config->vocab_size, self->size.n_candidates));
  self->best = monocle_arena_alloc_2d (arena, "best", MONOCLE_FORMAT_U32, rows,
                                       2 * self->size.n_candidates);
}

static void
alloc_control (MonocleBartDecoder *self, Replay *replay, MonocleArena *arena)
{
  guint rows = self->n_rows;

  replay->lengths
      = monocle_arena_alloc_1d (arena, "lengths", MONOCLE_FORMAT_U32, self->size.n_prompts);
  replay->ids = monocle_arena_alloc_1d (arena, "ids", MONOCLE_FORMAT_U32, rows);
  replay->n_banned = monocle_arena_alloc_1d (arena, "banned counts", MONOCLE_FORMAT_U32, rows);
  replay->banned
      = monocle_arena_alloc_2d (arena, "banned", MONOCLE_FORMAT_U32, rows, 2 * replay->max_banned);
}

static void
record_layer (MonocleBartDecoder *self, guint index, MonocleCommands *commands)
{
  const MonocleBartConfig *config = &self->bart->config;
  const MonocleBartDecoderLayer *layer = &self->bart->decoder[index];
  guint d = config->d_model, states = self->size.n_states;
  const MonocleAttention cross = {
    .q = self->query,
    .k = self->cross[index],
    .v = self->cross[index],
    .y = self->attended,
    .k_first = 0,
    .v_first = d,
    .q_row_stride = d,
    .kv_row_stride = 2 * d,
    .q_batch_stride = self->size.n_beams * d,
    .kv_batch_stride = states * 2 * d,
    .n_batches = self->size.n_prompts,
    .n_queries = self->size.n_beams,
    .n_keys = states,
    .n_heads = config->decoder_heads,
    .head_width = d / config->decoder_heads,
    .lengths = &self->replay.lengths,
  };
  const MonocleCachedAttention past = {
    .qkv = self->wide,
    .keys = *monocle_cache_get_keys (self->cache, index),
    .values = *monocle_cache_get_values (self->cache, index),
    .ancestors = *monocle_cache_get_ancestors (self->cache),
    .place = *monocle_cache_get_place (self->cache),
    .y = self->attended,
    .n_tokens = 1,
    .n_heads = config->decoder_heads,
  };

  monocle_op_matmul (commands, &self->x, &layer->attention.qkv.weight, &layer->attention.qkv.bias,
                     NULL, MONOCLE_ACTIVATION_NONE, &self->wide);
  monocle_op_cached_attention (commands, &past);
  monocle_bart_record_residual (commands, &self->attended, &layer->attention.out,
                                &layer->attention.norm, &self->x, &self->t);

  monocle_op_matmul (commands, &self->x, &layer->cross.q.weight, &layer->cross.q.bias, NULL,
                     MONOCLE_ACTIVATION_NONE, &self->query);
  monocle_op_attention (commands, &cross);
  monocle_bart_record_residual (commands, &self->attended, &layer->cross.out, &layer->cross.norm,
                                &self->x, &self->t);

  monocle_op_matmul (commands, &self->x, &layer->fc1.weight, &layer->fc1.bias, NULL,
                     MONOCLE_ACTIVATION_GELU, &self->hidden);
  monocle_bart_record_residual (commands, &self->hidden, &layer->fc2, &layer->norm, &self->x,
                                &self->t);
}

static void
record_logits (MonocleBartDecoder *self, MonocleCommands *commands)
{
  const MonocleBart *bart = self->bart;
  guint first = 0;

  for (guint i = 0; i < bart->head->n_pieces; i++)
    {
      monocle_op_matmul_columns (commands, &self->x, &bart->head->pieces[i], NULL, first,
                                 &self->logits);
      first += bart->head->pieces[i].dims[0];
    }
  monocle_op_top_k (commands, &self->logits, bart->logits_bias.buffer ? &bart->logits_bias : NULL,
                    &self->replay.banned, &self->replay.n_banned, self->size.n_candidates,
                    &self->scratch, &self->best);
  monocle_commands_copy (commands, self->buffer, self->best.offset, self->readback, 0,
                         monocle_tensor_get_size_bytes (&self->best));
}

static MonocleCommands *
record_step (MonocleBartDecoder *self, gboolean choose)
{
  MonocleBart *bart = self->bart;
  Replay *replay = &self->replay;
  MonocleCommands *commands
      = monocle_commands_new (self->gpu, choose ? "decoder" : "decoder, forced");

  monocle_commands_copy (commands, replay->host_buffer, 0, replay->buffer, 0, replay->buffer->size);
  monocle_cache_record (self->cache, commands);
  monocle_bart_record_embedding (bart->decoder_embedding, commands, &replay->ids,
                                 &bart->decoder_positions, MONOCLE_BART_POSITION_OFFSET, FALSE,
                                 monocle_cache_get_place (self->cache), &self->x);
  monocle_op_layer_norm (commands, &self->x, &bart->decoder_norm.weight, &bart->decoder_norm.bias,
                         MONOCLE_BART_EPSILON, &self->x);
  for (guint i = 0; i < bart->config.decoder_layers; i++)
    record_layer (self, i, commands);
  if (choose)
    record_logits (self, commands);

  return commands;
}

/* For the places that the cache has now. */
static gboolean
replay_init (MonocleBartDecoder *self, GError **error)
{
  Replay *replay = &self->replay;
  MonocleArena arena = MONOCLE_ARENA_MEASURE;

  replay_clear (replay);
  replay->max_banned = monocle_cache_get_n_places (self->cache) + MONOCLE_DECODER_MORE_BANS;

  alloc_control (self, replay, &arena);
  replay->buffer = monocle_vk_buffer_new (self->gpu, monocle_arena_get_peak_bytes (&arena),
                                          MONOCLE_VK_USE_DEVICE, "decoder control", error);
  if (replay->buffer)
    replay->host_buffer = monocle_vk_buffer_new (self->gpu, monocle_arena_get_peak_bytes (&arena),
                                                 MONOCLE_VK_USE_UPLOAD, "decoder control", error);
  if (!replay->host_buffer)
    return FALSE;
  memset (replay->host_buffer->mapped, 0, replay->host_buffer->size);
  monocle_arena_init (&arena, replay->buffer);
  alloc_control (self, replay, &arena);

  replay->feed = record_step (self, FALSE);
  replay->choose = record_step (self, TRUE);
  return monocle_commands_finish (replay->feed, error)
         && monocle_commands_finish (replay->choose, error);
}

MonocleBartDecoder *
monocle_bart_decoder_new (MonocleBart *bart,
                          MonocleVkGpu *gpu,
                          MonocleFormatId format,
                          const MonocleBartDecoderSize *size,
                          GError **error)
{
  g_autoptr (MonocleBartDecoder) self = g_new0 (MonocleBartDecoder, 1);
  const MonocleCacheSize cache = {
    .n_layers = bart->config.decoder_layers,
    .n_rows = size->n_prompts * size->n_beams,
    .width = bart->config.d_model,
    .format = format,
    .first_places = size->first_places,
    .most_places = bart->config.n_positions,
  };
  MonocleArena arena = MONOCLE_ARENA_MEASURE;

  self->bart = bart;
  self->gpu = gpu;
  self->format = format;
  self->size = *size;
  self->n_rows = cache.n_rows;
  self->cross = g_new0 (MonocleTensor, bart->config.decoder_layers);
  self->lengths = g_new0 (guint32, size->n_prompts);

  alloc_fixed (self, &arena);
  self->buffer = monocle_vk_buffer_new (gpu, monocle_arena_get_peak_bytes (&arena),
                                        MONOCLE_VK_USE_DEVICE, "decoder", error);
  if (!self->buffer)
    return NULL;
  monocle_arena_init (&arena, self->buffer);
  alloc_fixed (self, &arena);

  self->readback = monocle_vk_buffer_new (gpu, monocle_tensor_get_size_bytes (&self->best),
                                          MONOCLE_VK_USE_READBACK, "candidates", error);
  if (self->readback)
    self->cache = monocle_cache_new (gpu, &cache, error);
  if (!self->cache || !replay_init (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
monocle_bart_decoder_keep_states (MonocleBartDecoder *self,
                                  MonocleGraph *graph,
                                  MonocleValue states)
{
  for (guint i = 0; i < self->bart->config.decoder_layers; i++)
    monocle_keep_in (graph, monocle_bart_state_keys (graph, self->bart, i, states),
                     &self->cross[i]);
}

void
monocle_bart_decoder_get_recordings (MonocleBartDecoder *self, MonocleCommands *recordings[2])
{
  recordings[0] = self->replay.feed;
  recordings[1] = self->replay.choose;
}

void
monocle_bart_decoder_start (MonocleBartDecoder *self, const guint32 *lengths)
{
  monocle_cache_truncate (self->cache, 0);
  memcpy (self->lengths, lengths, self->size.n_prompts * sizeof *lengths);
}

static guint32 *
get_control (Replay *replay, const MonocleTensor *tensor)
{
  return (guint32 *) (replay->host_buffer->mapped + tensor->offset);
}

static gboolean
write_control (MonocleBartDecoder *self,
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
      guint n = step->banned && step->banned[j] ? step->banned[j]->len : 0;

      g_assert (n <= replay->max_banned);
      n_banned[j] = n;
      if (n > 0)
        memcpy (banned + (gsize) j * 2 * replay->max_banned, step->banned[j]->data,
                n * sizeof (MonocleIdRange));
    }

  return monocle_vk_buffer_flush (replay->host_buffer, replay->host_buffer->size, error);
}

gboolean
monocle_bart_decoder_step (MonocleBartDecoder *self,
                           const MonocleDecoderStep *step,
                           MonocleCandidate *candidates,
                           GError **error)
{
  guint n = self->n_rows * self->size.n_candidates;
  const guint32 *best = (const guint32 *) self->readback->mapped;
  gboolean grown;

  if (!monocle_cache_prepare (self->cache, 1, step->sources, &grown, error)
      || (grown && !replay_init (self, error))
      || !write_control (self, step, candidates != NULL, error)
      || !monocle_commands_submit (candidates ? self->replay.choose : self->replay.feed, NULL, NULL,
                                   NULL, error)
      || !monocle_vk_buffer_invalidate (self->readback, self->readback->size, error))
    return FALSE;
  monocle_cache_advance (self->cache, 1);

  for (guint i = 0; candidates && i < n; i++)
    {
      candidates[i].token = best[2 * i] == G_MAXUINT32 ? MONOCLE_CANDIDATE_NONE : best[2 * i];
      memcpy (&candidates[i].log_prob, &best[2 * i + 1], sizeof (float));
    }

  return TRUE;
}

gboolean
monocle_bart_decoder_read_logits (MonocleBartDecoder *self, float *logits, GError **error)
{
  const MonocleTensor *bias = &self->bart->logits_bias;
  guint n_vocabulary = self->bart->config.vocab_size;
  g_autofree float *values = NULL;

  if (!monocle_tensor_read (&self->logits, logits, error))
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

char *
monocle_bart_decoder_describe_timing (MonocleBartDecoder *self)
{
  return monocle_commands_describe_timing (self->replay.choose);
}
