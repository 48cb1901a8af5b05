/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a recorded step is told each time: tables of integers that the host writes, and that the
 * recording itself brings to the device.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/**
 * MonocleControlTable:
 * @tensor: (out): where it lies on the device
 * @name: of the tensor
 * @n_rows, @n_columns: its size; no columns: a list
 */
typedef struct
{
  MonocleTensor *tensor;
  const char *name;
  guint n_rows, n_columns;
} MonocleControlTable;

/**
 * monocle_control_new:
 * @gpu: where to
 * @tables: (array length=n_tables): all there are; of zeros at first
 * @buffer: (out) (transfer full): on the device
 * @host_buffer: (out) (transfer full): as large, for the host to write; the recording copies it
 * @error: return location
 *
 * What is out is to be freed also after an error.
 */
gboolean monocle_control_new (MonocleVkGpu *gpu,
                              const MonocleControlTable *tables,
                              guint n_tables,
                              MonocleVkBuffer **buffer,
                              MonocleVkBuffer **host_buffer,
                              GError **error);

G_END_DECLS
