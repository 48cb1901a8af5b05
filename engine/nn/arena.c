/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bump allocator over one device buffer.
 */
#include "config.h"

#include "engine/nn/arena.h"

void
monocle_arena_init (MonocleArena *arena, MonocleVkBuffer *buffer)
{
  *arena = (MonocleArena){ .buffer = buffer };
}

gboolean
monocle_arena_is_measuring (const MonocleArena *arena)
{
  return !arena->buffer;
}

MonocleTensor
monocle_arena_alloc (
    MonocleArena *arena, const char *name, MonocleFormatId format, guint n_dims, const guint *dims)
{
  MonocleTensor tensor = {
    .buffer = arena->buffer,
    .offset = arena->used_bytes,
    .n_dims = n_dims,
    .format = format,
    .name = name,
  };
  guint64 size;

  g_assert (n_dims >= 1 && n_dims <= G_N_ELEMENTS (tensor.dims));
  for (guint i = 0; i < n_dims; i++)
    {
      g_assert (dims[i] > 0);
      tensor.dims[i] = dims[i];
    }

  size = monocle_tensor_get_size_bytes (&tensor);
  arena->largest_bytes = MAX (arena->largest_bytes, size);
  arena->used_bytes += monocle_tensor_align (size);
  arena->peak_bytes = MAX (arena->peak_bytes, arena->used_bytes);

  /* The measuring pass found the peak: going past it means that the passes differ. */
  g_assert (!arena->buffer || arena->used_bytes <= arena->buffer->size);
  return tensor;
}

MonocleTensor
monocle_arena_alloc_1d (MonocleArena *arena, const char *name, MonocleFormatId format, guint a)
{
  return monocle_arena_alloc (arena, name, format, 1, (guint[]){ a });
}

MonocleTensor
monocle_arena_alloc_2d (
    MonocleArena *arena, const char *name, MonocleFormatId format, guint a, guint b)
{
  return monocle_arena_alloc (arena, name, format, 2, (guint[]){ a, b });
}

MonocleTensor
monocle_arena_alloc_3d (
    MonocleArena *arena, const char *name, MonocleFormatId format, guint a, guint b, guint c)
{
  return monocle_arena_alloc (arena, name, format, 3, (guint[]){ a, b, c });
}

guint64
monocle_arena_mark (const MonocleArena *arena)
{
  return arena->used_bytes;
}

void
monocle_arena_release (MonocleArena *arena, guint64 mark)
{
  g_assert (mark <= arena->used_bytes);
  arena->used_bytes = mark;
}

guint64
monocle_arena_get_peak_bytes (const MonocleArena *arena)
{
  return arena->peak_bytes;
}
