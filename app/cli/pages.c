/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/pages.h"

#include <string.h>

#define ALL "all"

/* Above what any document has. */
#define MAX_PAGE 1000000

void
monocle_cli_pages_clear (MonocleCliPages *self)
{
  g_clear_pointer (&self->ranges, g_array_unref);
}

static gboolean
read_page (const char *text, guint *page)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, MAX_PAGE, &number, NULL))
    return FALSE;
  *page = (guint) number - 1;
  return TRUE;
}

/* `3`, `2-5` or `7-` */
static gboolean
read_range (char *text, guint range[2])
{
  char *dash = strchr (text, '-');

  if (dash)
    *dash = '\0';
  if (!read_page (text, &range[0]))
    return FALSE;
  range[1] = dash ? G_MAXUINT : range[0];
  return !dash || !dash[1] || (read_page (dash + 1, &range[1]) && range[0] <= range[1]);
}

gboolean
monocle_cli_pages_read (MonocleCliPages *self, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (strcmp (text, ALL) == 0 ? "1-" : text, ",", -1);

  monocle_cli_pages_clear (self);
  self->ranges = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; parts[i]; i++)
    {
      guint range[2];

      if (!read_range (g_strstrip (parts[i]), range))
        return FALSE;
      g_array_append_vals (self->ranges, range, 2);
    }
  return self->ranges->len > 0;
}

static void
get_range (const MonocleCliPages *self, guint at, guint *first, guint *last)
{
  *first = g_array_index (self->ranges, guint, at);
  *last = g_array_index (self->ranges, guint, at + 1);
}

gboolean
monocle_cli_pages_are_several (const MonocleCliPages *self)
{
  guint first, last;

  if (!self->ranges)
    return FALSE;
  get_range (self, 0, &first, &last);
  return self->ranges->len > 2 || first != last;
}

gboolean
monocle_cli_pages_get (const MonocleCliPages *self, guint index, guint n_pages, guint *page)
{
  *page = 0;
  for (guint i = 0; self->ranges && i < self->ranges->len; i += 2)
    {
      guint first, last;

      get_range (self, i, &first, &last);
      /* The first of each is asked for in any case: that it is not there is said then. */
      last = MIN (last, MAX (first, n_pages > 0 ? n_pages - 1 : first));
      if (index <= last - first)
        {
          *page = first + index;
          return TRUE;
        }
      index -= last - first + 1;
    }
  return !self->ranges && index == 0;
}
