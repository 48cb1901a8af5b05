/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/rows.h"

#include "engine/vk/commands.h"

gboolean
monocle_rows_alloc (MonocleTensor *rows,
                    MonocleVkGpu *gpu,
                    const char *name,
                    MonocleVkBuffer **buffer,
                    GError **error)
{
  *buffer = monocle_vk_buffer_new (gpu, monocle_tensor_get_size_bytes (rows), MONOCLE_VK_USE_DEVICE,
                                   name, error);
  rows->buffer = *buffer;
  rows->offset = 0;
  return *buffer != NULL;
}

gboolean
monocle_rows_copy (const MonocleTensor *rows,
                   MonocleVkGpu *gpu,
                   const char *name,
                   MonocleVkBuffer *to,
                   guint64 behind,
                   GError **error)
{
  g_autoptr (MonocleCommands) commands = monocle_commands_new (gpu, name);

  monocle_commands_copy (commands, rows->buffer, rows->offset, to, behind,
                         monocle_tensor_get_size_bytes (rows));
  return monocle_commands_submit (commands, NULL, NULL, NULL, error);
}
