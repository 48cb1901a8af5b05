/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/forms.h"

#include <string.h>

#define N_CLASSES 256

typedef struct
{
  gunichar c;
  guint class;
} Character;

/* Stable, by class. */
static void
sort_marks (Character *marks, gsize n)
{
  gsize places[N_CLASSES + 1] = { 0 };

  if (n < 2)
    return;
  g_autofree Character *sorted = g_new (Character, n);
  for (gsize i = 0; i < n; i++)
    places[MIN (marks[i].class, N_CLASSES - 1) + 1]++;
  for (guint i = 0; i < N_CLASSES; i++)
    places[i + 1] += places[i];
  for (gsize i = 0; i < n; i++)
    sorted[places[MIN (marks[i].class, N_CLASSES - 1)]++] = marks[i];
  memcpy (marks, sorted, n * sizeof *marks);
}

static void
decompose (const char *text, gboolean compat, GArray *out)
{
  gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
  gsize first_mark = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gsize n
          = g_unichar_fully_decompose (g_utf8_get_char (at), compat, parts, G_N_ELEMENTS (parts));

      for (gsize i = 0; i < MIN (n, G_N_ELEMENTS (parts)); i++)
        {
          Character character
              = { .c = parts[i], .class = (guint) g_unichar_combining_class (parts[i]) };

          if (character.class == 0)
            {
              if (first_mark < out->len)
                sort_marks ((Character *) (gpointer) out->data + first_mark, out->len - first_mark);
              first_mark = out->len + 1;
            }
          g_array_append_val (out, character);
        }
    }
  if (first_mark < out->len)
    sort_marks ((Character *) (gpointer) out->data + first_mark, out->len - first_mark);
}

/* In place; a mark joins the last starter unless one of its class or above, or a starter, is
 * between them. */
static gsize
compose (Character *characters, gsize n)
{
  gsize n_out = 0, starter = G_MAXSIZE;

  for (gsize i = 0; i < n; i++)
    {
      Character next = characters[i];
      gunichar joined;
      gboolean is_next_to = starter != G_MAXSIZE && n_out == starter + 1;

      if (starter != G_MAXSIZE && (is_next_to || characters[n_out - 1].class < next.class)
          && (is_next_to || characters[n_out - 1].class != 0)
          && g_unichar_compose (characters[starter].c, next.c, &joined))
        {
          characters[starter].c = joined;
          continue;
        }
      if (next.class == 0)
        starter = n_out;
      characters[n_out++] = next;
    }
  return n_out;
}

char *
monocle_forms_normalise (const char *text, GNormalizeMode mode)
{
  gboolean compat = mode == G_NORMALIZE_NFKC || mode == G_NORMALIZE_NFKD;
  gboolean composes = mode == G_NORMALIZE_NFC || mode == G_NORMALIZE_NFKC;
  g_autoptr (GArray) characters = g_array_new (FALSE, FALSE, sizeof (Character));
  GString *out = g_string_sized_new (strlen (text));

  decompose (text, compat, characters);
  gsize n = composes ? compose ((Character *) (gpointer) characters->data, characters->len)
                     : characters->len;
  for (gsize i = 0; i < n; i++)
    g_string_append_unichar (out, g_array_index (characters, Character, i).c);
  return g_string_free (out, FALSE);
}
