/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tensors for tests of single ops, taken one behind the other from one device buffer.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

typedef struct
{
  MonocleVkBuffer *buffer; /* not owned */
  guint64 used_bytes;
} Arena;

/* Empty, over all of @buffer. There is nothing to clear. */
void arena_init (Arena *arena, MonocleVkBuffer *buffer);

/* Its contents are whatever was there before. More than there is asserts. */
MonocleTensor arena_alloc (
    Arena *arena, const char *name, MonocleFormatId format, guint n_dims, const guint *dims);

/* The usual shapes; @name (static) is for messages. */
MonocleTensor arena_alloc_1d (Arena *arena, const char *name, MonocleFormatId format, guint a);
MonocleTensor
arena_alloc_2d (Arena *arena, const char *name, MonocleFormatId format, guint a, guint b);
MonocleTensor
arena_alloc_3d (Arena *arena, const char *name, MonocleFormatId format, guint a, guint b, guint c);

G_END_DECLS
