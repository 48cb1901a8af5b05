/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/bart-decoder.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/nn/arena.h"
#include "engine/nn/ops.h"
#include "engine/text/grammar.h"

/* Places for tokens at first; doubled when they are used up, since most answers are short and few
 * are very long. */
#define FIRST_PLACES 128

/* What the host tells the device before a step: tensors one behind the other in one buffer, written
 * in a mapped one of the same layout and copied. */
typedef struct
{
  MonocleTensor place;     /* [1] */
  MonocleTensor lengths;   /* [n_prompts] */
  MonocleTensor ids;       /* [rows] */
  MonocleTensor n_banned;  /* [rows] */
  MonocleTensor banned;    /* [rows, places] */
  MonocleTensor ancestors; /* [rows, places] */
} Control;

/* Everything whose size depends on the number of places. */
typedef struct
{
  guint n_places;
  MonocleVkBuffer *cache_buffer, *control_buffer, *host_buffer;
  MonocleTensor *keys, *values; /* [layers] of [rows, places, D] */
  Control control;
  guint32 *parents;               /* [rows, places], while reordering */
  MonocleCommands *feed, *choose; /* a step without and with logits */
} Places;

struct _MonocleBartDecoder
{
  MonocleBart *bart;
  MonocleVkGpu *gpu;
  MonocleFormatId format;
  MonocleBartDecoderSize size;
  guint n_rows;
  guint place; /* of the next token */

  MonocleVkBuffer *buffer; /* cross keys and values, activations */
  MonocleTensor *cross;    /* [layers] of [n_prompts * n_states, 2D]: keys, values */
  MonocleTensor x, t, wide, attended, query, hidden, logits, scratch, best;
  MonocleVkBuffer *readback; /* of best */
  guint32 *lengths;          /* [n_prompts] */
  Places places;
};

static void
places_clear (Places *places)
{
  g_clear_pointer (&places->feed, monocle_commands_free);
  g_clear_pointer (&places->choose, monocle_commands_free);
  g_clear_pointer (&places->cache_buffer, monocle_vk_buffer_free);
  g_clear_pointer (&places->control_buffer, monocle_vk_buffer_free);
  g_clear_pointer (&places->host_buffer, monocle_vk_buffer_free);
  g_clear_pointer (&places->keys, g_free);
  g_clear_pointer (&places->values, g_free);
  g_clear_pointer (&places->parents, g_free);
}

void
monocle_bart_decoder_free (MonocleBartDecoder *self)
{
  if (!self)
    return;

  places_clear (&self->places);
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
alloc_cache (MonocleBartDecoder *self, Places *places, MonocleArena *arena)
{
  const MonocleBartConfig *config = &self->bart->config;

  for (guint i = 0; i < config->decoder_layers; i++)
    {
      places->keys[i] = monocle_arena_alloc_3d (arena, "keys", self->format, self->n_rows,
                                                places->n_places, config->d_model);
      places->values[i] = monocle_arena_alloc_3d (arena, "values", self->format, self->n_rows,
                                                  places->n_places, config->d_model);
    }
}

static void
alloc_control (MonocleBartDecoder *self, Places *places, MonocleArena *arena)
{
  Control *control = &places->control;
  guint rows = self->n_rows;

  control->place = monocle_arena_alloc_1d (arena, "place", MONOCLE_FORMAT_U32, 1);
  control->lengths
      = monocle_arena_alloc_1d (arena, "lengths", MONOCLE_FORMAT_U32, self->size.n_prompts);
  control->ids = monocle_arena_alloc_1d (arena, "ids", MONOCLE_FORMAT_U32, rows);
  control->n_banned = monocle_arena_alloc_1d (arena, "banned counts", MONOCLE_FORMAT_U32, rows);
  control->banned = monocle_arena_alloc_2d (arena, "banned", MONOCLE_FORMAT_U32, rows,
                                            2 * (places->n_places + MONOCLE_GRAMMAR_MAX_RANGES));
  control->ancestors
      = monocle_arena_alloc_2d (arena, "ancestors", MONOCLE_FORMAT_U32, rows, places->n_places);
}

static void
record_layer (MonocleBartDecoder *self, Places *places, guint index, MonocleCommands *commands)
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
    .lengths = &places->control.lengths,
  };

  monocle_op_matmul (commands, &self->x, &layer->attention.qkv.weight, &layer->attention.qkv.bias,
                     NULL, MONOCLE_ACTIVATION_NONE, &self->wide);
  monocle_op_cached_attention (commands, &self->wide, &places->keys[index], &places->values[index],
                               &places->control.ancestors, &places->control.place,
                               config->decoder_heads, &self->attended);
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
record_logits (MonocleBartDecoder *self, Places *places, MonocleCommands *commands)
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
                    &places->control.banned, &places->control.n_banned, self->size.n_candidates,
                    &self->scratch, &self->best);
  monocle_commands_copy (commands, self->buffer, self->best.offset, self->readback, 0,
                         monocle_tensor_get_size_bytes (&self->best));
}

static MonocleCommands *
record_step (MonocleBartDecoder *self, Places *places, gboolean choose)
{
  MonocleBart *bart = self->bart;
  MonocleCommands *commands
      = monocle_commands_new (self->gpu, choose ? "decoder" : "decoder, forced");

  monocle_commands_copy (commands, places->host_buffer, 0, places->control_buffer, 0,
                         places->control_buffer->size);
  monocle_bart_record_embedding (bart->decoder_embedding, commands, &places->control.ids,
                                 &bart->decoder_positions, MONOCLE_BART_POSITION_OFFSET, FALSE,
                                 &places->control.place, &self->x);
  monocle_op_layer_norm (commands, &self->x, &bart->decoder_norm.weight, &bart->decoder_norm.bias,
                         MONOCLE_BART_EPSILON, &self->x);
  for (guint i = 0; i < bart->config.decoder_layers; i++)
    record_layer (self, places, i, commands);
  if (choose)
    record_logits (self, places, commands);

  return commands;
}

static gboolean
places_init (MonocleBartDecoder *self, Places *places, guint n_places, GError **error)
{
  guint n_layers = self->bart->config.decoder_layers;
  MonocleArena arena = MONOCLE_ARENA_MEASURE;

  memset (places, 0, sizeof *places);
  places->n_places = n_places;
  places->keys = g_new0 (MonocleTensor, n_layers);
  places->values = g_new0 (MonocleTensor, n_layers);
  places->parents = g_new0 (guint32, (gsize) self->n_rows * n_places);

  alloc_cache (self, places, &arena);
  places->cache_buffer = monocle_vk_buffer_new (self->gpu, monocle_arena_get_peak_bytes (&arena),
                                                MONOCLE_VK_USE_DEVICE, "key-value cache", error);
  if (!places->cache_buffer)
    return FALSE;
  monocle_arena_init (&arena, places->cache_buffer);
  alloc_cache (self, places, &arena);

  monocle_arena_init (&arena, NULL);
  alloc_control (self, places, &arena);
  places->control_buffer = monocle_vk_buffer_new (self->gpu, monocle_arena_get_peak_bytes (&arena),
                                                  MONOCLE_VK_USE_DEVICE, "decoder control", error);
  if (places->control_buffer)
    places->host_buffer = monocle_vk_buffer_new (self->gpu, monocle_arena_get_peak_bytes (&arena),
                                                 MONOCLE_VK_USE_UPLOAD, "decoder control", error);
  if (!places->host_buffer)
    return FALSE;
  memset (places->host_buffer->mapped, 0, places->host_buffer->size);
  monocle_arena_init (&arena, places->control_buffer);
  alloc_control (self, places, &arena);

  places->feed = record_step (self, places, FALSE);
  places->choose = record_step (self, places, TRUE);
  return monocle_commands_finish (places->feed, error)
         && monocle_commands_finish (places->choose, error);
}

MonocleBartDecoder *
monocle_bart_decoder_new (MonocleBart *bart,
                          MonocleVkGpu *gpu,
                          MonocleFormatId format,
                          const MonocleBartDecoderSize *size,
                          GError **error)
{
  g_autoptr (MonocleBartDecoder) self = g_new0 (MonocleBartDecoder, 1);
  MonocleArena arena = MONOCLE_ARENA_MEASURE;

  self->bart = bart;
  self->gpu = gpu;
  self->format = format;
  self->size = *size;
  self->n_rows = size->n_prompts * size->n_beams;
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
  if (!self->readback
      || !places_init (self, &self->places, MIN (FIRST_PLACES, bart->config.n_positions), error))
    return NULL;

  return g_steal_pointer (&self);
}

void
monocle_bart_decoder_record_states (MonocleBartDecoder *self,
                                    MonocleCommands *commands,
                                    const MonocleTensor *states)
{
  const MonocleTensor flat = monocle_tensor_reshape (
      states, 2,
      (guint[]){ self->size.n_prompts * self->size.n_states, self->bart->config.d_model });

  for (guint i = 0; i < self->bart->config.decoder_layers; i++)
    monocle_op_matmul (commands, &flat, &self->bart->decoder[i].cross.kv.weight,
                       &self->bart->decoder[i].cross.kv.bias, NULL, MONOCLE_ACTIVATION_NONE,
                       &self->cross[i]);
}

void
monocle_bart_decoder_get_recordings (MonocleBartDecoder *self, MonocleCommands *recordings[2])
{
  recordings[0] = self->places.feed;
  recordings[1] = self->places.choose;
}

void
monocle_bart_decoder_start (MonocleBartDecoder *self, const guint32 *lengths)
{
  self->place = 0;
  memcpy (self->lengths, lengths, self->size.n_prompts * sizeof *lengths);
}

static guint32 *
control_pointer (Places *places, const MonocleTensor *tensor)
{
  return (guint32 *) (places->host_buffer->mapped + tensor->offset);
}

/* Twice the places: the cache's rows move to their new distances, the table likewise. */
static gboolean
grow (MonocleBartDecoder *self, GError **error)
{
  Places *old = &self->places, bigger;
  guint n_places = MIN (old->n_places * 2, self->bart->config.n_positions);
  gsize row_bytes = monocle_format_get_bytes (self->format, self->bart->config.d_model);
  g_autoptr (MonocleCommands) commands = monocle_commands_new (self->gpu, "cache");
  guint32 *from, *to;

  if (!places_init (self, &bigger, n_places, error))
    {
      places_clear (&bigger);
      return FALSE;
    }

  monocle_commands_begin_concurrent (commands);
  for (guint i = 0; i < self->bart->config.decoder_layers; i++)
    for (guint j = 0; j < self->n_rows; j++)
      {
        monocle_commands_copy (
            commands, old->cache_buffer, old->keys[i].offset + j * old->n_places * row_bytes,
            bigger.cache_buffer, bigger.keys[i].offset + j * n_places * row_bytes,
            self->place * row_bytes);
        monocle_commands_copy (
            commands, old->cache_buffer, old->values[i].offset + j * old->n_places * row_bytes,
            bigger.cache_buffer, bigger.values[i].offset + j * n_places * row_bytes,
            self->place * row_bytes);
      }
  monocle_commands_end_concurrent (commands);
  if (!monocle_commands_submit (commands, NULL, NULL, NULL, error))
    {
      places_clear (&bigger);
      return FALSE;
    }

  from = control_pointer (old, &old->control.ancestors);
  to = control_pointer (&bigger, &bigger.control.ancestors);
  for (guint j = 0; j < self->n_rows; j++)
    memcpy (to + (gsize) j * n_places, from + (gsize) j * old->n_places, self->place * sizeof *to);

  places_clear (old);
  self->places = bigger;
  return TRUE;
}

/* Each row takes over the table of the row that it continues, which wrote the last place itself. */
static void
update_ancestors (MonocleBartDecoder *self, const guint32 *sources)
{
  guint n_places = self->places.n_places;
  guint32 *ancestors = control_pointer (&self->places, &self->places.control.ancestors);

  if (self->place == 0)
    return;

  for (guint j = 0; j < self->n_rows; j++)
    {
      guint32 *row = self->places.parents + (gsize) j * n_places;

      memcpy (row, ancestors + (gsize) sources[j] * n_places, self->place * sizeof *row);
      row[self->place - 1] = sources[j];
    }
  for (guint j = 0; j < self->n_rows; j++)
    memcpy (ancestors + (gsize) j * n_places, self->places.parents + (gsize) j * n_places,
            self->place * sizeof *ancestors);
}

static void
write_control (MonocleBartDecoder *self, const MonocleBartStep *step, gboolean choose)
{
  Places *places = &self->places;
  Control *control = &places->control;
  guint32 *n_banned = control_pointer (places, &control->n_banned);
  guint32 *banned = control_pointer (places, &control->banned);

  *control_pointer (places, &control->place) = self->place;
  memcpy (control_pointer (places, &control->lengths), self->lengths,
          self->size.n_prompts * sizeof (guint32));
  memcpy (control_pointer (places, &control->ids), step->tokens, self->n_rows * sizeof (guint32));
  update_ancestors (self, step->sources);

  for (guint j = 0; choose && j < self->n_rows; j++)
    {
      /* An n-gram starts at every earlier token at most once, so there are at most as many. */
      guint most = places->n_places + MONOCLE_GRAMMAR_MAX_RANGES;
      guint n = step->banned && step->banned[j] ? MIN (step->banned[j]->len, most) : 0;

      n_banned[j] = n;
      if (n > 0)
        memcpy (banned + (gsize) j * 2 * most, step->banned[j]->data, n * sizeof (MonocleIdRange));
    }
}

gboolean
monocle_bart_decoder_step (MonocleBartDecoder *self,
                           const MonocleBartStep *step,
                           MonocleCandidate *candidates,
                           GError **error)
{
  guint n = self->n_rows * self->size.n_candidates;
  const guint32 *best = (const guint32 *) self->readback->mapped;
  gboolean is_number = FALSE;

  g_assert (self->place < self->bart->config.n_positions);

  if (self->place == self->places.n_places && !grow (self, error))
    return FALSE;

  write_control (self, step, candidates != NULL);
  if (!monocle_vk_buffer_flush (self->places.host_buffer, self->places.host_buffer->size, error)
      || !monocle_commands_submit (candidates ? self->places.choose : self->places.feed, NULL, NULL,
                                   NULL, error)
      || !monocle_vk_buffer_invalidate (self->readback, self->readback->size, error))
    return FALSE;
  self->place++;

  for (guint i = 0; candidates && i < n; i++)
    {
      candidates[i].token = best[2 * i] == G_MAXUINT32 ? MONOCLE_CANDIDATE_NONE : best[2 * i];
      memcpy (&candidates[i].log_prob, &best[2 * i + 1], sizeof (float));
      is_number |= candidates[i].token != MONOCLE_CANDIDATE_NONE && !isnan (candidates[i].log_prob);
    }
  if (candidates && !is_number)
    {
      g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                           "the model's scores are no numbers (NaN): its weights are damaged, or "
                           "too large for the precision that was chosen");
      return FALSE;
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
  return monocle_commands_describe_timing (self->places.choose);
}
