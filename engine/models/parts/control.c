/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/control.h"

#include <string.h>

gboolean
monocle_control_new (MonocleVkGpu *gpu,
                     const MonocleControlTable *tables,
                     guint n_tables,
                     MonocleVkBuffer **buffer,
                     MonocleVkBuffer **host_buffer,
                     GError **error)
{
  guint64 bytes = 0;

  for (guint i = 0; i < n_tables; i++)
    {
      const MonocleControlTable *table = &tables[i];

      *table->tensor = (MonocleTensor){ .dims = { table->n_rows, table->n_columns },
                                        .n_dims = table->n_columns > 0 ? 2 : 1,
                                        .format = MONOCLE_FORMAT_U32,
                                        .name = table->name };
      bytes = monocle_tensor_put_at (table->tensor, bytes);
    }
  *buffer = monocle_vk_buffer_new (gpu, bytes, MONOCLE_VK_USE_DEVICE, "decoder control", error);
  if (*buffer)
    *host_buffer
        = monocle_vk_buffer_new (gpu, bytes, MONOCLE_VK_USE_UPLOAD, "decoder control", error);
  if (!*host_buffer)
    return FALSE;
  memset ((*host_buffer)->mapped, 0, (*host_buffer)->size);
  for (guint i = 0; i < n_tables; i++)
    tables[i].tensor->buffer = *buffer;
  return TRUE;
}
