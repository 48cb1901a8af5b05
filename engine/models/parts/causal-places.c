/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/causal-places.h"

/* Tokens from @first on. */
typedef struct
{
  guint first, n_rows, n_columns;
} Picture;

void
monocle_causal_places_init (MonocleCausalPlaces *self)
{
  *self = (MonocleCausalPlaces){ .pictures = g_array_new (FALSE, FALSE, sizeof (Picture)) };
}

void
monocle_causal_places_clear (MonocleCausalPlaces *self)
{
  g_clear_pointer (&self->pictures, g_array_unref);
}

void
monocle_causal_places_copy (const MonocleCausalPlaces *self, MonocleCausalPlaces *to)
{
  g_array_set_size (to->pictures, 0);
  g_array_append_vals (to->pictures, self->pictures->data, self->pictures->len);
  to->n_rows = self->n_rows;
  to->n_columns = self->n_columns;
}

guint
monocle_causal_places_get_n (const MonocleCausalConfig *config)
{
  return monocle_causal_has_axes (config) ? MONOCLE_ROTARY_AXES : 1;
}

void
monocle_causal_places_note (MonocleCausalPlaces *self,
                            const MonocleCausalConfig *config,
                            guint32 id,
                            guint index)
{
  const Picture picture = { index, self->n_rows, self->n_columns };

  if (id == config->n_words && monocle_causal_has_axes (config) && picture.n_columns > 0)
    g_array_append_val (self->pictures, picture);
}

void
monocle_causal_places_truncate (MonocleCausalPlaces *self, guint length)
{
  while (self->pictures->len > 0)
    {
      const Picture *last = &g_array_index (self->pictures, Picture, self->pictures->len - 1);

      if (last->first + last->n_rows * last->n_columns <= length)
        break;
      g_array_set_size (self->pictures, self->pictures->len - 1);
    }
}

void
monocle_causal_places_find (const MonocleCausalPlaces *self,
                            const MonocleCausalConfig *config,
                            guint index,
                            guint32 *place)
{
  const guint n = monocle_causal_places_get_n (config);
  guint32 position = index;

  for (guint i = 0; i < self->pictures->len; i++)
    {
      const Picture *picture = &g_array_index (self->pictures, Picture, i);
      const guint n_tokens = picture->n_rows * picture->n_columns;

      if (index < picture->first)
        break;
      if (index < picture->first + n_tokens)
        {
          const guint row = index - picture->first;

          position -= row;
          place[0] = position;
          place[1] = position + row / picture->n_columns;
          place[2] = position + row % picture->n_columns;
          return;
        }
      position -= n_tokens - MAX (picture->n_rows, picture->n_columns);
    }
  for (guint k = 0; k < n; k++)
    place[k] = position;
}
