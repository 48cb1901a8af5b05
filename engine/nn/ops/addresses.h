/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What ops share whose kernels read at addresses: see shaders/addresses.glsl.
 */
#pragma once

#include "engine/nn/op-record.h"

G_BEGIN_DECLS

/* Invocations of a subgroup. */
#define ADDRESSES_LANES 8

/* Workgroups that known() and known_byte() can tell apart. */
#define ADDRESSES_MAX_GROUPS      65535
#define ADDRESSES_MAX_BYTE_GROUPS 255

/* The push constants `digits`. */
static inline void
addresses_fill_digits (guint digits[16])
{
  for (guint i = 0; i < 16; i++)
    digits[i] = i;
}

/* An address as two push constants. */
static inline void
addresses_split (guint64 address, guint *low, guint *high)
{
  *low = (guint) address;
  *high = (guint) (address >> 32);
}

G_END_DECLS
