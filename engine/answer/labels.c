/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/labels.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/utf8.h"

#define PLACE "{}"

static gboolean
is_line_end (gunichar c)
{
  return c == '\n' || c == '\r' || c == 0x2028;
}

/* The commas of all scripts. */
static gboolean
is_comma (gunichar c)
{
  static const gunichar commas[] = { ',', 0x055D, 0x060C, 0x1363, 0x3001, 0xFE50, 0xFF0C };

  for (gsize i = 0; i < G_N_ELEMENTS (commas); i++)
    if (c == commas[i])
      return TRUE;
  return FALSE;
}

static void
add_label (GPtrArray *labels, GHashTable *seen, const char *text, const char *text_end)
{
  gsize start = 0, end = (gsize) (text_end - text);
  g_autofree char *piece = g_strndup (text, end);
  char *label;

  monocle_utf8_trim (piece, &start, &end);
  if (start == end)
    return;
  label = g_strndup (piece + start, end - start);
  if (g_hash_table_add (seen, label))
    g_ptr_array_add (labels, label);
  else
    g_free (label);
}

static gboolean
has_lines (const char *text)
{
  for (; *text; text = g_utf8_next_char (text))
    if (is_line_end (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

GStrv
monocle_labels_parse (const char *text)
{
  GPtrArray *labels = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean by_line = has_lines (text);
  const char *start = text, *p;

  for (p = text; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!is_line_end (c) && (by_line || !is_comma (c)))
        continue;
      add_label (labels, seen, start, p);
      start = g_utf8_next_char (p);
    }
  add_label (labels, seen, start, p);
  g_ptr_array_add (labels, NULL);
  return (GStrv) g_ptr_array_free (labels, FALSE);
}

char *
monocle_labels_write_prompt (
    const char *id, const char *text, const char *what, guint most, GError **error)
{
  g_auto (GStrv) labels = monocle_labels_parse (text);
  guint n = g_strv_length (labels);

  if (n > 0 && n <= most)
    return g_strdup (text);
  if (n == 0)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                 "%s: there are no %s in the text", id, what);
  else
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                 "%s: more than %u %s", id, most, what);
  return NULL;
}

gboolean
monocle_labels_check_wording (const char *wording, GError **error)
{
  if (strstr (wording, PLACE))
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               "“%.80s” has no {} for the label", wording);
  return FALSE;
}

char *
monocle_labels_put_into (const char *wording, const char *label)
{
  g_auto (GStrv) pieces = g_strsplit (wording, PLACE, -1);

  return g_strjoinv (label, pieces);
}
