/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/csv-row.h"

#include <string.h>

void
monocle_csv_row_init (MonocleCsvRow *self)
{
  self->n_fields = 0;
  self->text = g_string_new (NULL);
}

void
monocle_csv_row_clear (MonocleCsvRow *self)
{
  if (self->text)
    g_string_free (self->text, TRUE);
  self->text = NULL;
}

/* In quotation marks; to behind the last one. Returns: whether they end */
static gboolean
read_quoted (MonocleCsvRow *self, const char *text, gsize size, gsize *at, guint *n_lines)
{
  for (gsize i = *at + 1; i < size; i++)
    {
      if (text[i] == '"' && i + 1 < size && text[i + 1] == '"')
        i++;
      else if (text[i] == '"')
        {
          *at = i + 1;
          return TRUE;
        }
      *n_lines += text[i] == '\n';
      g_string_append_c (self->text, text[i]);
    }
  return FALSE;
}

gsize
monocle_csv_row_read (MonocleCsvRow *self, const char *text, gsize size, guint *n_lines)
{
  gsize at = 0;

  g_string_truncate (self->text, 0);
  self->n_fields = 0;
  *n_lines = 0;
  while (size > 0)
    {
      gsize start = self->text->len, end;

      if (at < size && text[at] == '"' && !read_quoted (self, text, size, &at, n_lines))
        return 0;
      for (end = at; end < size && text[end] != ',' && text[end] != '\n';)
        end++;
      g_string_append_len (self->text, text + at, (gssize) (end - at));
      at = end + (end < size);
      if ((end == size || text[end] == '\n') && self->text->len > start
          && self->text->str[self->text->len - 1] == '\r')
        g_string_truncate (self->text, self->text->len - 1);
      g_string_append_c (self->text, '\0');
      if (self->n_fields < MONOCLE_CSV_MAX_FIELDS)
        self->starts[self->n_fields++] = start;
      else
        g_string_truncate (self->text, start);
      if (end == size)
        return size;
      if (text[end] == '\n')
        {
          *n_lines += 1;
          return at;
        }
    }
  return 0;
}

const char *
monocle_csv_row_get (const MonocleCsvRow *self, guint index)
{
  return index < self->n_fields ? self->text->str + self->starts[index] : "";
}

guint
monocle_csv_row_find (const MonocleCsvRow *self, const char *name)
{
  for (guint i = 0; i < self->n_fields; i++)
    if (g_ascii_strcasecmp (monocle_csv_row_get (self, i), name) == 0)
      return i;
  return G_MAXUINT;
}

void
monocle_csv_append_field (GString *text, const char *field)
{
  if (!strpbrk (field, ",\"\r\n"))
    {
      g_string_append (text, field);
      return;
    }
  g_string_append_c (text, '"');
  for (const char *p = field; *p; p++)
    {
      if (*p == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *p);
    }
  g_string_append_c (text, '"');
}
