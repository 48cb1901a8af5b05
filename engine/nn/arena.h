/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Activation memory: tensors taken one after the other from one device buffer and given back in
 * reverse order, by marks. Code that allocates runs twice: first measuring, on an arena without a
 * buffer and with no commands (every op then checks its shapes and records nothing), then for real
 * with a buffer of the peak size found. The two passes must allocate the same.
 *
 *   MonocleArena arena = MONOCLE_ARENA_MEASURE;
 *   encode (&arena, NULL);
 *   buffer = monocle_vk_buffer_new (gpu, monocle_arena_get_peak_bytes (&arena), ...);
 *   monocle_arena_init (&arena, buffer);
 *   encode (&arena, commands);
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

typedef struct
{
  MonocleVkBuffer *buffer; /* (nullable): not owned; NULL while measuring */
  guint64 used_bytes;
  guint64 peak_bytes;
  guint64 largest_bytes; /* of one tensor: what a device must be able to bind at once */
} MonocleArena;

#define MONOCLE_ARENA_MEASURE                                                                      \
  {                                                                                                \
    NULL, 0, 0, 0                                                                                  \
  }

/* Empty, over all of @buffer; %NULL: measuring. There is nothing to clear. */
void monocle_arena_init (MonocleArena *arena, MonocleVkBuffer *buffer);

gboolean monocle_arena_is_measuring (const MonocleArena *arena);

/* Its contents are whatever was there before. While measuring, the tensor has no buffer. */
MonocleTensor monocle_arena_alloc (
    MonocleArena *arena, const char *name, MonocleFormatId format, guint n_dims, const guint *dims);

/* The usual shapes; @name (static) is for messages. */
MonocleTensor
monocle_arena_alloc_1d (MonocleArena *arena, const char *name, MonocleFormatId format, guint a);
MonocleTensor monocle_arena_alloc_2d (
    MonocleArena *arena, const char *name, MonocleFormatId format, guint a, guint b);
MonocleTensor monocle_arena_alloc_3d (
    MonocleArena *arena, const char *name, MonocleFormatId format, guint a, guint b, guint c);

/* Release gives back everything allocated since the mark. Recorded work that uses those tensors
 * stays right: later commands run after it. */
guint64 monocle_arena_mark (const MonocleArena *arena);
void monocle_arena_release (MonocleArena *arena, guint64 mark);

/* The most that was in use at once since init: the size the buffer must have. */
guint64 monocle_arena_get_peak_bytes (const MonocleArena *arena);

G_END_DECLS
