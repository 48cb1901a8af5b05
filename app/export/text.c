/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/export/private.h"

#include <math.h>

#include "app/base/error.h"

/* A label in one field of one line: no tabs, no line breaks, no control characters. */
static void
append_field (GString *text, const char *field)
{
  g_autofree char *valid = g_utf8_make_valid (field, -1);

  for (const char *p = valid; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (text, g_unichar_iscntrl (c) ? ' ' : c);
    }
}

static void
append_line (GString *text, const char *title, float score, MonocleRect bounds)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  append_field (text, title);
  /* Programs read this: no decimal commas. */
  g_string_append_c (text, '\t');
  if (!isnan (score))
    g_string_append (text, g_ascii_formatd (number, sizeof number, "%.2f", (double) score));
  g_string_append_printf (text, "\t%ld,%ld,%ld,%ld\n", lround (bounds.x), lround (bounds.y),
                          lround (bounds.x + bounds.width), lround (bounds.y + bounds.height));
}

char *
monocle_export_text_format (const MonocleExportJob *job)
{
  GString *text;

  if (job->text)
    return g_str_has_suffix (job->text, "\n") ? g_strdup (job->text)
                                              : g_strconcat (job->text, "\n", NULL);

  text = g_string_new (NULL);
  for (guint i = 0; i < job->objects->len; i++)
    {
      const MonocleExportObject *object = &g_array_index (job->objects, MonocleExportObject, i);

      append_line (text, object->title, object->score, object->upright);
    }
  return g_string_free (text, FALSE);
}

char *
monocle_export_format_coordinates (GPtrArray *annotations)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < annotations->len; i++)
    {
      MonocleAnnotation *annotation = annotations->pdata[i];
      g_autofree char *title = monocle_annotation_dup_title (annotation);

      append_line (text, title, monocle_annotation_get_score (annotation),
                   monocle_annotation_get_bounds (annotation));
    }
  return g_string_free (text, FALSE);
}

char *
monocle_export_format_words (MonocleQuery *query, GPtrArray *annotations)
{
  const char *answer = query ? monocle_query_get_text (query) : NULL;
  GString *text;

  if (answer)
    return g_strdup (answer);

  text = g_string_new (NULL);
  for (guint i = 0; annotations && i < annotations->len; i++)
    {
      const char *label = monocle_annotation_get_label (annotations->pdata[i]);

      if (*label)
        g_string_append_printf (text, "%s%s", text->len ? "\n" : "", label);
    }
  return g_string_free (text, FALSE);
}
