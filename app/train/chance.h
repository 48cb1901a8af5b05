/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chance that is the same everywhere: numbers from a seed, in integers. Source: Steele, Lea and
 * Flood 2014, "Fast splittable pseudorandom number generators".
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 state;
} MonocleChance;

/* Of two numbers: streams that have nothing to do with each other. */
static inline MonocleChance
monocle_chance (guint64 seed, guint64 stream)
{
  return (MonocleChance) { seed * G_GUINT64_CONSTANT (0xd1342543de82ef95)
                           + stream * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) };
}

static inline guint64
monocle_chance_draw (MonocleChance *self)
{
  guint64 z = self->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ z >> 31;
}

/* Below @n, which is at least 1. */
static inline guint
monocle_chance_below (MonocleChance *self, guint n)
{
  return (guint) (monocle_chance_draw (self) % n);
}

/* From 0 up to 1. */
static inline double
monocle_chance_unit (MonocleChance *self)
{
  return (double) (monocle_chance_draw (self) >> 11) / (double) (G_GUINT64_CONSTANT (1) << 53);
}

/* @items: (array length=n): in another order */
static inline void
monocle_chance_shuffle (MonocleChance *self, guint *items, guint n)
{
  for (guint i = n; i > 1; i--)
    {
      const guint k = monocle_chance_below (self, i), item = items[k];

      items[k] = items[i - 1];
      items[i - 1] = item;
    }
}

G_END_DECLS
