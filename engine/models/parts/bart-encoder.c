/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/bart-encoder.h"

#include "engine/nn/ops.h"

/* x [B * S, D] = norm (image vectors, then embedded tokens, both with positions). */
static void
record_input (MonocleBart *self,
              MonocleCommands *commands,
              MonocleArena *arena,
              const MonocleTensor *image,
              const MonocleTensor *ids,
              guint n_rows,
              const MonocleTensor *x)
{
  guint64 mark = monocle_arena_mark (arena);
  guint n_prompts = ids->dims[0], stride = ids->dims[1], n_image = image->dims[0];
  guint n_text = n_rows - n_image;
  guint d = self->config.d_model;
  guint64 row_bytes = monocle_format_get_bytes (x->format, d);
  MonocleTensor flat_ids = monocle_tensor_reshape (ids, 1, (guint[]){ n_prompts * stride });
  MonocleTensor text = monocle_arena_alloc_2d (arena, "text", x->format, n_text, d);

  g_assert (n_text <= stride && stride * sizeof (guint32) % MONOCLE_TENSOR_ALIGNMENT == 0);

  monocle_op_add_positions (commands, image, &self->encoder_positions, MONOCLE_BART_POSITION_OFFSET,
                            n_prompts, 0, n_rows, x);
  for (guint i = 0; i < n_prompts; i++)
    {
      MonocleTensor row = flat_ids;

      row.offset += (guint64) i * stride * sizeof (guint32);
      row.dims[0] = n_text;
      monocle_bart_record_embedding (self->encoder_embedding, commands, &row,
                                     &self->encoder_positions,
                                     MONOCLE_BART_POSITION_OFFSET + n_image, TRUE, NULL, &text);
      monocle_commands_copy (commands, text.buffer, text.offset, x->buffer,
                             x->offset + ((guint64) i * n_rows + n_image) * row_bytes,
                             monocle_tensor_get_size_bytes (&text));
    }
  monocle_op_layer_norm (commands, x, &self->encoder_norm.weight, &self->encoder_norm.bias,
                         MONOCLE_BART_EPSILON, x);

  monocle_arena_release (arena, mark);
}

MonocleTensor
monocle_bart_encoder_record (MonocleBart *self,
                             MonocleCommands *commands,
                             MonocleArena *arena,
                             const MonocleTensor *image,
                             const MonocleTensor *ids,
                             const MonocleTensor *lengths,
                             guint n_rows)
{
  const MonocleBartConfig *config = &self->config;
  guint n_prompts = ids->dims[0], d = config->d_model;
  guint total = n_prompts * n_rows;
  MonocleFormatId format = image->format;
  MonocleTensor x = monocle_arena_alloc_2d (arena, "states", format, total, d);
  guint64 mark = monocle_arena_mark (arena);
  MonocleTensor t, attended, qkv, hidden;

  record_input (self, commands, arena, image, ids, n_rows, &x);

  t = monocle_arena_alloc_2d (arena, "sum", format, total, d);
  attended = monocle_arena_alloc_2d (arena, "attended", format, total, d);
  qkv = monocle_arena_alloc_2d (arena, "qkv", format, total, 3 * d);
  hidden = monocle_arena_alloc_2d (arena, "perceptron", format, total, config->encoder_hidden);
  for (guint i = 0; i < config->encoder_layers; i++)
    {
      const MonocleBartEncoderLayer *layer = &self->encoder[i];
      const MonocleAttention attention = {
        .q = qkv,
        .k = qkv,
        .v = qkv,
        .y = attended,
        .q_first = 0,
        .k_first = d,
        .v_first = 2 * d,
        .q_row_stride = 3 * d,
        .kv_row_stride = 3 * d,
        .q_batch_stride = n_rows * 3 * d,
        .kv_batch_stride = n_rows * 3 * d,
        .n_batches = n_prompts,
        .n_queries = n_rows,
        .n_keys = n_rows,
        .n_heads = config->encoder_heads,
        .head_width = d / config->encoder_heads,
        .lengths = lengths,
      };

      monocle_op_matmul (commands, &x, &layer->attention.qkv.weight, &layer->attention.qkv.bias,
                         NULL, MONOCLE_ACTIVATION_NONE, &qkv);
      monocle_op_attention (commands, &attention);
      monocle_bart_record_residual (commands, &attended, &layer->attention.out,
                                    &layer->attention.norm, &x, &t);
      monocle_op_matmul (commands, &x, &layer->fc1.weight, &layer->fc1.bias, NULL,
                         MONOCLE_ACTIVATION_GELU, &hidden);
      monocle_bart_record_residual (commands, &hidden, &layer->fc2, &layer->norm, &x, &t);
      monocle_commands_split (commands);
    }
  monocle_arena_release (arena, mark);

  return monocle_tensor_reshape (&x, 3, (guint[]){ n_prompts, n_rows, d });
}
