/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of tables: tokens, positions, places in an image.
 */
#include "config.h"

#include "engine/nn/ops/embed.h"

#include "engine/nn/op-record.h"

void
monocle_op_embed (MonocleCommands *commands,
                  const MonocleTensor *ids,
                  const MonocleTensor *table,
                  guint first_id,
                  float scale,
                  const MonocleTensor *positions,
                  guint first_position,
                  gboolean position_per_row,
                  const MonocleTensor *place,
                  const MonocleTensor *y)
{
  const guint columns = monocle_tensor_get_columns (y);
  const guint tokens = monocle_tensor_count_rows (y);
  const guint n_ids = monocle_tensor_count_rows (table);
  const gsize row_bytes = monocle_format_get_bytes (table->format, columns);
  guint piece;

  g_assert (columns % 4 == 0 && monocle_tensor_get_columns (table) == columns);
  /* In 8 bits a table is whole, since its scales come last. */
  g_assert (table->format != MONOCLE_FORMAT_Q8 || !positions);
  g_assert (!positions
            || (monocle_tensor_get_columns (positions) == columns
                && positions->format == table->format
                && first_position + (position_per_row ? tokens : 1)
                       <= monocle_tensor_count_rows (positions)));
  g_assert (ids->format == MONOCLE_FORMAT_U32 && monocle_tensor_get_n_elements (ids) >= tokens);
  g_assert (
      !place
      || (place->format == MONOCLE_FORMAT_U32 && monocle_tensor_get_n_elements (place) == tokens));

  /* A table past the limit of one binding is looked up piece by piece; 64 rows keep the alignment.
   */
  piece = (guint) (monocle_commands_get_gpu (commands)->traits.max_binding_bytes / row_bytes);
  piece = table->format == MONOCLE_FORMAT_Q8 ? n_ids : MIN (n_ids, MAX (piece / 64, 1) * 64);
  for (guint first = 0; first < n_ids; first += piece)
    {
      MonocleVkBinding rows = monocle_tensor_get_binding (table);
      const embed_params push = {
        .tokens = tokens,
        .columns4 = columns / 4,
        .first_id = first_id + first,
        .n_ids = MIN (piece, n_ids - first),
        .first_position = first_position,
        .flags = (place ? EMBED_PLACE : 0) | (position_per_row ? EMBED_POSITION_PER_ROW : 0)
                 | (positions ? EMBED_POSITIONS : 0),
        .scale = scale,
      };

      rows.offset += first * row_bytes;
      rows.size = push.n_ids * row_bytes;
      monocle_op_dispatch_elements (commands,
                                    &(MonocleVkDispatch) {
                                        .kernel = MONOCLE_KERNEL_embed,
                                        .is_partly_read = TRUE,
                                        .formats = monocle_op_get_formats (y, table),
                                        .bindings = (MonocleVkBinding[]) {
                                            monocle_tensor_get_binding (ids),
                                            rows,
                                            positions ? monocle_tensor_get_binding (positions) : rows,
                                            monocle_tensor_get_binding (place ? place : ids),
                                            monocle_tensor_get_binding (y),
                                        },
                                        .push = &push,
                                    },
                                    (guint64) tokens * push.columns4);
    }
}

void
monocle_op_add_positions (MonocleCommands *commands,
                          const MonocleTensor *x,
                          const MonocleTensor *positions,
                          guint first_position,
                          guint n_batches,
                          guint y_first,
                          guint y_batch_rows,
                          const MonocleTensor *y)
{
  const guint columns = monocle_tensor_get_columns (x);
  const gboolean shared = x->n_dims == 2;
  const guint tokens = x->dims[x->n_dims - 2];
  const add_positions_params push = {
    .batches = n_batches,
    .tokens = tokens,
    .columns4 = columns / 4,
    .first_position = first_position,
    .x_batch = shared ? 0 : tokens,
    .y_first = y_first,
    .y_batch_rows = y_batch_rows,
  };

  g_assert (columns % 4 == 0 && monocle_op_is_same_store (x, y) && x->n_dims >= 2);
  g_assert (shared || monocle_tensor_count_rows (x) == n_batches * tokens);
  g_assert (monocle_tensor_get_columns (positions) == columns);
  g_assert (first_position + tokens <= monocle_tensor_count_rows (positions));
  g_assert (y_first + tokens <= y_batch_rows && monocle_tensor_get_columns (y) == columns);
  g_assert (n_batches * y_batch_rows <= monocle_tensor_count_rows (y));

  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_add_positions,
                                    .formats = monocle_op_get_formats (x, positions),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (positions),
                                        monocle_tensor_get_binding (y),
                                    },
                                    .push = &push,
                                },
                                (guint64) n_batches * tokens * push.columns4);
}

void
monocle_op_image_positions (MonocleCommands *commands,
                            const MonocleTensor *x,
                            const MonocleTensor *columns,
                            const MonocleTensor *rows,
                            const MonocleTensor *temporal,
                            const MonocleTensor *y)
{
  const guint channels = monocle_tensor_get_columns (x);
  image_positions_params push;

  g_assert (x->n_dims == 3 && channels % 4 == 0 && monocle_op_is_same_store (x, y));
  g_assert (monocle_tensor_get_n_elements (y) == monocle_tensor_get_n_elements (x));
  g_assert (monocle_tensor_get_columns (columns) + monocle_tensor_get_columns (rows) == channels);
  g_assert (columns->format == rows->format && monocle_op_is_vector (temporal, channels));
  g_assert (x->dims[1] <= monocle_tensor_count_rows (columns));
  g_assert (x->dims[0] <= monocle_tensor_count_rows (rows));

  push = (image_positions_params){
    .height = x->dims[0],
    .width = x->dims[1],
    .channels4 = channels / 4,
    .column_channels = monocle_tensor_get_columns (columns),
  };
  monocle_op_dispatch_elements (commands,
                                &(MonocleVkDispatch) {
                                    .kernel = MONOCLE_KERNEL_image_positions,
                                    .formats = monocle_op_get_formats (x, columns),
                                    .bindings = (MonocleVkBinding[]) {
                                        monocle_tensor_get_binding (x),
                                        monocle_tensor_get_binding (columns),
                                        monocle_tensor_get_binding (rows),
                                        monocle_tensor_get_binding (temporal),
                                        monocle_tensor_get_binding (y),
                                    },
                                    .push = &push,
                                },
                                (guint64) push.height * push.width * push.channels4);
}
