/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/markdown.h"

#include <string.h>

/* What means something wherever it stands. */
#define ALWAYS "\\`*[<$~|"

static gboolean
is_word (gunichar c)
{
  return g_unichar_isalnum (c) || c == '_';
}

static gunichar
get_last (const GString *text)
{
  return text->len > 0 ? g_utf8_get_char (g_utf8_prev_char (text->str + text->len)) : 0;
}

/* Inside of a word a line below does nothing, and an ampersand before a blank. */
static gboolean
needs_escape (gunichar c, gunichar before, gunichar after)
{
  if (c == '_')
    return !is_word (before) || !is_word (after);
  if (c == '&')
    return g_unichar_isalpha (after) || after == '#';
  return c < 0x80 && c > 0 && strchr (ALWAYS, (char) c);
}

void
monocle_markdown_append_text (GString *markdown, const char *text, gsize n)
{
  const char *end = text + n;

  for (const char *p = text; p < end;)
    {
      const char *next = g_utf8_next_char (p);
      const gunichar c = g_utf8_get_char (p), before = get_last (markdown);
      const gunichar after = next < end ? g_utf8_get_char (next) : 0;

      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        {
          if (before != ' ')
            g_string_append_c (markdown, ' ');
        }
      else
        {
          if (needs_escape (c, before, after))
            g_string_append_c (markdown, '\\');
          g_string_append_unichar (markdown, c);
        }
      p = next;
    }
}

static guint
count_run (const char *text, char wanted)
{
  guint longest = 0, n = 0;

  for (; *text; text++)
    {
      n = *text == wanted ? n + 1 : 0;
      longest = MAX (longest, n);
    }
  return longest;
}

static void
append_times (GString *text, char c, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_c (text, c);
}

/* In one line, so that nothing in it begins a block. */
static void
append_line (GString *markdown, const char *text)
{
  for (; *text; text++)
    g_string_append_c (markdown, g_ascii_iscntrl (*text) ? ' ' : *text);
}

void
monocle_markdown_append_code (GString *markdown, const char *code)
{
  const guint n = count_run (code, '`') + 1;
  /* Behind its quotation mark, a mark of its own would be part of that. */
  const char *blank = n > 1 ? " " : "";

  if (!*code)
    return;
  append_times (markdown, '`', n);
  g_string_append (markdown, blank);
  append_line (markdown, code);
  g_string_append (markdown, blank);
  append_times (markdown, '`', n);
}

void
monocle_markdown_append_formula (GString *markdown, const char *formula)
{
  if (!*formula)
    return;
  g_string_append_c (markdown, '$');
  append_line (markdown, formula);
  g_string_append_c (markdown, '$');
}

void
monocle_markdown_guard_start (GString *markdown)
{
  gsize n = strspn (markdown->str, "0123456789");

  if (n > 0 && (markdown->str[n] == '.' || markdown->str[n] == ')'))
    g_string_insert_c (markdown, (gssize) n, '\\');
  else if (*markdown->str && strchr ("#>+-=", *markdown->str))
    g_string_insert_c (markdown, 0, '\\');
}

char *
monocle_markdown_write_code (const char *code, const char *language)
{
  const guint n = MAX (count_run (code, '`') + 1, 3);
  GString *block = g_string_new (NULL);

  append_times (block, '`', n);
  g_string_append_printf (block, "%s\n%s%s", language ? language : "", code,
                          *code && !g_str_has_suffix (code, "\n") ? "\n" : "");
  append_times (block, '`', n);
  return g_string_free (block, FALSE);
}

char *
monocle_markdown_write_formula (const char *formula)
{
  GString *block = g_string_new ("$$");

  append_line (block, formula);
  g_string_append (block, "$$");
  return g_string_free (block, FALSE);
}

static void
append_row (GString *table, const GPtrArray *cells, guint n)
{
  g_string_append_c (table, '|');
  for (guint i = 0; i < n; i++)
    g_string_append_printf (table, " %s |", i < cells->len ? (const char *) cells->pdata[i] : "");
  g_string_append_c (table, '\n');
}

char *
monocle_markdown_write_table (const GPtrArray *rows)
{
  GString *table = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < rows->len; i++)
    n = MAX (n, ((const GPtrArray *) rows->pdata[i])->len);
  for (guint i = 0; i < rows->len && n > 0; i++)
    {
      /* The head says how wide a table is; rows that end early are filled up by readers. */
      append_row (table, rows->pdata[i], i == 0 ? n : ((const GPtrArray *) rows->pdata[i])->len);
      if (i == 0)
        {
          g_string_append_c (table, '|');
          for (guint k = 0; k < n; k++)
            g_string_append (table, " --- |");
          g_string_append_c (table, '\n');
        }
    }
  if (table->len > 0)
    g_string_truncate (table, table->len - 1);
  return g_string_free (table, FALSE);
}
