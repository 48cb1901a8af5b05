/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "arena.h"

void
arena_init (Arena *arena, MonocleVkBuffer *buffer)
{
  *arena = (Arena){ .buffer = buffer };
}

MonocleTensor
arena_alloc (
    Arena *arena, const char *name, MonocleFormatId format, guint n_dims, const guint *dims)
{
  MonocleTensor tensor
      = { .buffer = arena->buffer, .n_dims = n_dims, .format = format, .name = name };

  g_assert (n_dims >= 1 && n_dims <= G_N_ELEMENTS (tensor.dims));
  for (guint i = 0; i < n_dims; i++)
    {
      g_assert (dims[i] > 0);
      tensor.dims[i] = dims[i];
    }

  arena->used_bytes = monocle_tensor_put_at (&tensor, arena->used_bytes);
  g_assert (arena->used_bytes <= arena->buffer->size);
  return tensor;
}

MonocleTensor
arena_alloc_1d (Arena *arena, const char *name, MonocleFormatId format, guint a)
{
  return arena_alloc (arena, name, format, 1, (guint[]){ a });
}

MonocleTensor
arena_alloc_2d (Arena *arena, const char *name, MonocleFormatId format, guint a, guint b)
{
  return arena_alloc (arena, name, format, 2, (guint[]){ a, b });
}

MonocleTensor
arena_alloc_3d (Arena *arena, const char *name, MonocleFormatId format, guint a, guint b, guint c)
{
  return arena_alloc (arena, name, format, 3, (guint[]){ a, b, c });
}
