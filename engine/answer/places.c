/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/places.h"

#include <math.h>
#include <string.h>

const MonoclePlaces monocle_places_loc
    = { .before = "<loc_", .after = ">", .n_bins = 1000, .order = MONOCLE_PLACES_X_FIRST };

/* The reference divides in double precision and goes on in single. */
static float
get_bin_size (const MonoclePlaces *self, guint side)
{
  return (float) (side / (double) self->n_bins);
}

guint
monocle_places_to_bin (const MonoclePlaces *self, float pixels, guint side)
{
  float bin = floorf (pixels / get_bin_size (self, side));

  /* Also for NaN. */
  if (!(bin > 0))
    return 0;
  return bin < (float) (self->n_bins - 1) ? (guint) bin : self->n_bins - 1;
}

float
monocle_places_from_bin (const MonoclePlaces *self, guint64 bin, guint side)
{
  return ((float) bin + 0.5f) * get_bin_size (self, side);
}

gsize
monocle_places_measure (const MonoclePlaces *self, const char *text, guint64 *bin)
{
  const char *c = text + strlen (self->before);
  guint64 value = 0;

  if (!g_str_has_prefix (text, self->before) || !g_unichar_isdigit (g_utf8_get_char (c)))
    return 0;
  for (; g_unichar_isdigit (g_utf8_get_char (c)); c = g_utf8_next_char (c))
    value = MIN (value * 10 + (guint64) g_unichar_digit_value (g_utf8_get_char (c)), G_MAXINT32);
  if (!g_str_has_prefix (c, self->after))
    return 0;
  if (bin)
    *bin = value;
  return (gsize) (c - text) + strlen (self->after);
}

char *
monocle_places_write_token (const MonoclePlaces *self, guint bin)
{
  return g_strdup_printf ("%s%u%s", self->before, bin, self->after);
}

char *
monocle_places_write_box (const MonoclePlaces *self,
                          const MonocleBox *box,
                          guint width,
                          guint height)
{
  const guint x[] = { monocle_places_to_bin (self, box->x1, width),
                      monocle_places_to_bin (self, box->x2, width) };
  const guint y[] = { monocle_places_to_bin (self, box->y1, height),
                      monocle_places_to_bin (self, box->y2, height) };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < 4; i++)
    {
      gboolean is_x = (i % 2 == 0) == (self->order == MONOCLE_PLACES_X_FIRST);
      g_autofree char *token = monocle_places_write_token (self, is_x ? x[i / 2] : y[i / 2]);

      g_string_append (text, token);
    }
  return g_string_free (text, FALSE);
}
