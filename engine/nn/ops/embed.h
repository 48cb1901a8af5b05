/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of tables: tokens, positions, places in an image.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/* y[t] = scale * table[ids[t]] + positions[first + t (+ place[t])]; with @positions NULL nothing is
 * added. table [rows, C] is one piece of the vocabulary holding ids [first_id, first_id + rows);
 * ids outside it leave y untouched. ids U32 [T]; positions [P, C]; place U32 [T] or NULL: added to
 * the position of each row. With
 * @position_per_row false, there is no t in that (decoding: rows are beams). y [T, C]. */
void monocle_op_embed (MonocleCommands *commands,
                       const MonocleTensor *ids,
                       const MonocleTensor *table,
                       guint first_id,
                       float scale,
                       const MonocleTensor *positions,
                       guint first_position,
                       gboolean position_per_row,
                       const MonocleTensor *place,
                       const MonocleTensor *y);

/* table [n_ids, columns]; @positions, @place [tokens] are NULL where the op has none. */
void monocle_reference_embed (const guint32 *ids,
                              const float *table,
                              guint first_id,
                              guint n_ids,
                              float scale,
                              const float *positions,
                              guint first_position,
                              gboolean position_per_row,
                              const guint32 *place,
                              guint tokens,
                              guint columns,
                              float *y);

/* y[b, t] = x[t or b, t] + positions[first + t]: x [T, C] shared by all batches, or [B, T, C];
 * y rows start at y_first in each batch of y_batch_rows rows. For image tokens in the text encoder.
 */
void monocle_op_add_positions (MonocleCommands *commands,
                               const MonocleTensor *x,
                               const MonocleTensor *positions,
                               guint first_position,
                               guint n_batches,
                               guint y_first,
                               guint y_batch_rows,
                               const MonocleTensor *y);

/* x [tokens, columns] if @shared, else [n_batches, tokens, columns]. */
void monocle_reference_add_positions (const float *x,
                                      gboolean shared,
                                      const float *positions,
                                      guint first_position,
                                      guint n_batches,
                                      guint tokens,
                                      guint columns,
                                      guint y_first,
                                      guint y_batch_rows,
                                      float *y);

/* y [H, W, C] = x + [columns[x] ; rows[y]] + temporal: columns [P, C - C/2...], see MODEL: first
 * half of the channels from columns [P, Ca] by x, second half from rows [P, Cb] by y, Ca + Cb = C;
 * temporal [C] F32. */
void monocle_op_image_positions (MonocleCommands *commands,
                                 const MonocleTensor *x,
                                 const MonocleTensor *columns,
                                 const MonocleTensor *rows,
                                 const MonocleTensor *temporal,
                                 const MonocleTensor *y);

/* x, y [height, width, channels]; columns [.., column_channels]; rows [.., the others]. */
void monocle_reference_image_positions (const float *x,
                                        const float *columns,
                                        const float *rows,
                                        const float *temporal,
                                        guint height,
                                        guint width,
                                        guint channels,
                                        guint column_channels,
                                        float *y);

G_END_DECLS
