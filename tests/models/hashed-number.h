/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that a formula makes of a tensor's name and of places in it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* FNV-1a. */
static inline guint32
hashed_name (const char *name)
{
  guint32 hash = 2166136261u;

  for (; *name; name++)
    hash = (hash ^ (guint8) *name) * 16777619u;
  return hash;
}

/* Of a name's hash a number from -1 to 1 for each element. */
static inline double
hashed_element (guint32 hash, guint32 i)
{
  guint32 x = hash + i * 2654435761u;

  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= x >> 13;
  x *= 0xc2b2ae35u;
  x ^= x >> 16;
  return (double) (gint32) x / 2147483648.0;
}

G_END_DECLS
