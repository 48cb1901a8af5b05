/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/question.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* --- words --- */

static void
take_words (GPtrArray *list, const char *from, const char *to)
{
  char *words = g_strstrip (g_strndup (from, (gsize) (to - from)));

  if (*words)
    g_ptr_array_add (list, words);
  else
    g_free (words);
}

void
monocle_search_read_words (const char *text, GPtrArray *wanted, GPtrArray *unwanted)
{
  GPtrArray *list = wanted;
  const char *from = text;
  gboolean is_start = TRUE;

  for (const char *c = text; *c; c = g_utf8_next_char (c))
    {
      if (is_start && (*c == '-' || *c == '+' || g_str_has_prefix (c, "\u2212")))
        {
          take_words (list, from, c);
          list = *c == '+' ? wanted : unwanted;
          from = g_utf8_next_char (c);
        }
      is_start = g_unichar_isspace (g_utf8_get_char (c));
    }
  take_words (list, from, from + strlen (from));
}

/* --- pictures --- */

MonocleImage *
monocle_search_cut (MonocleImage *image, const MonocleBox *region, GError **error)
{
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  guint x1 = (guint) MAX (0, floorf (region->x1)), y1 = (guint) MAX (0, floorf (region->y1));
  guint x2 = (guint) MAX (0, ceilf (region->x2)), y2 = (guint) MAX (0, ceilf (region->y2));

  if (x2 > width || y2 > height || region->x1 < 0 || region->y1 < 0 || x1 >= x2 || y1 >= y2)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   _ ("the region is empty or lies outside the image (%u x %u)"), width, height);
      return NULL;
    }
  return monocle_image_new_from_pixels (
      x2 - x1, y2 - y1, 3 * (gsize) width,
      monocle_image_get_pixels (image) + 3 * ((gsize) y1 * width + x1), error);
}

void
monocle_search_blend (float *sum, const float *vector, guint n_dims, gboolean is_wanted)
{
  for (guint i = 0; i < n_dims; i++)
    sum[i] += (is_wanted ? 1 : -1) * vector[i];
}
