/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pieces of a page as Markdown, and the page.
 */
#include "config.h"

#include "engine/answer/doctags-private.h"

#include <string.h>

#include "engine/answer/markdown.h"
#include "engine/base/utf8.h"

/* Levels of headings that there are; the first is the title's. */
#define MAX_LEVEL 6

#define ITEM_INDENT 4

typedef MonocleDoctagsOpen Open;

void
monocle_doctags_trim (Open *open)
{
  gsize start = 0, end = open->words->len;

  monocle_utf8_trim (open->words->str, &start, &end);
  /* Blanks at the beginning of a line of code mean something. */
  while (open->element->role == MONOCLE_DOCTAGS_CODE && start > 0
         && open->words->str[start - 1] != '\n')
    start--;
  g_string_truncate (open->words, end);
  g_string_erase (open->words, 0, (gssize) MIN (start, end));
}

/* Some write the mark of an item as well. */
static void
drop_mark (GString *words)
{
  static const char *const marks[] = { "•", "·", "◦", "▪", "■", "●", "○", "-", "–" };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      const gsize n = strlen (marks[i]);

      if (g_str_has_prefix (words->str, marks[i]) && words->str[n] == ' ')
        {
          g_string_erase (words, 0, (gssize) n + 1);
          return;
        }
    }
}

/* The number that an item says itself; 0: none. */
static guint
take_number (GString *words)
{
  const gsize n = strspn (words->str, "0123456789");
  const guint number = n > 0 && n < 8 ? (guint) g_ascii_strtoull (words->str, NULL, 10) : 0;

  if (number == 0 || (words->str[n] != '.' && words->str[n] != ')') || words->str[n + 1] != ' ')
    return 0;
  g_string_erase (words, 0, (gssize) n + 2);
  return number;
}

static char *
write_item (Open *open, Open *list)
{
  guint number;

  open->piece->is_item = TRUE;
  if (list && g_str_equal (list->element->name, "ordered_list"))
    {
      number = take_number (open->words);
      list->n_items = number > 0 ? number : list->n_items + 1;
      monocle_markdown_guard_start (open->words);
      return g_strdup_printf ("%u. %s", list->n_items, open->words->str);
    }
  drop_mark (open->words);
  monocle_markdown_guard_start (open->words);
  return g_strdup_printf ("- %s", open->words->str);
}

static char *
write_heading (const Open *open)
{
  g_autofree char *marks = g_strnfill (MIN (open->level, MAX_LEVEL - 1) + 1, '#');

  return g_strdup_printf ("%s %s", marks, open->words->str);
}

/* Blocks behind each other. */
static void
append_block (GString *markdown, const char *block)
{
  if (*block)
    g_string_append_printf (markdown, "%s%s", markdown->len > 0 ? "\n\n" : "", block);
}

/* A table, or what stands for a picture, and the words with it. */
static char *
write_cells (const Open *open)
{
  GString *markdown = g_string_new (NULL);
  g_autofree char *table = monocle_otsl_write (open->table);

  if (open->element->role == MONOCLE_DOCTAGS_PICTURE)
    append_block (markdown, "<!-- image -->");
  monocle_markdown_guard_start (open->words);
  append_block (markdown, open->words->str);
  append_block (markdown, table);
  return g_string_free (markdown, FALSE);
}

static char *
write_words (const Open *open, const char *mark)
{
  monocle_markdown_guard_start (open->words);
  return g_strconcat (mark, open->words->str, NULL);
}

char *
monocle_doctags_write (Open *open, Open *list)
{
  switch (open->element->role)
    {
    case MONOCLE_DOCTAGS_HEADING:
      return write_heading (open);
    case MONOCLE_DOCTAGS_ITEM:
      return write_item (open, list);
    case MONOCLE_DOCTAGS_CHECKED:
      open->piece->is_item = TRUE;
      return write_words (open, "- [x] ");
    case MONOCLE_DOCTAGS_UNCHECKED:
      open->piece->is_item = TRUE;
      return write_words (open, "- [ ] ");
    case MONOCLE_DOCTAGS_TABLE:
    case MONOCLE_DOCTAGS_PICTURE:
      return write_cells (open);
    case MONOCLE_DOCTAGS_CODE:
      return monocle_markdown_write_code (open->words->str, open->language);
    case MONOCLE_DOCTAGS_FORMULA:
      return monocle_markdown_write_formula (open->words->str);
    case MONOCLE_DOCTAGS_FORM:
      return g_strdup (open->words->str);
    case MONOCLE_DOCTAGS_WORDS:
    case MONOCLE_DOCTAGS_MARGIN:
    case MONOCLE_DOCTAGS_KEY:
    case MONOCLE_DOCTAGS_VALUE:
    case MONOCLE_DOCTAGS_SHELL:
    case MONOCLE_DOCTAGS_LIST:
    default:
      return write_words (open, "");
    }
}

void
monocle_doctags_append_part (GString *words, const Open *open)
{
  switch (open->element->role)
    {
    case MONOCLE_DOCTAGS_CODE:
      monocle_markdown_append_code (words, open->words->str);
      break;
    case MONOCLE_DOCTAGS_FORMULA:
      monocle_markdown_append_formula (words, open->words->str);
      break;
    case MONOCLE_DOCTAGS_CHECKED:
      g_string_append_printf (words, "[x] %s", open->words->str);
      break;
    case MONOCLE_DOCTAGS_UNCHECKED:
      g_string_append_printf (words, "[ ] %s", open->words->str);
      break;
    case MONOCLE_DOCTAGS_KEY:
      g_string_append_printf (words, "%s- **%s**", words->len > 0 ? "\n" : "", open->words->str);
      break;
    case MONOCLE_DOCTAGS_VALUE:
      g_string_append_printf (words, "%s%s", words->len > 0 ? ": " : "- ", open->words->str);
      break;
    case MONOCLE_DOCTAGS_HEADING:
    case MONOCLE_DOCTAGS_ITEM:
    case MONOCLE_DOCTAGS_TABLE:
    case MONOCLE_DOCTAGS_PICTURE:
    case MONOCLE_DOCTAGS_FORM:
    case MONOCLE_DOCTAGS_WORDS:
    case MONOCLE_DOCTAGS_MARGIN:
    case MONOCLE_DOCTAGS_SHELL:
    case MONOCLE_DOCTAGS_LIST:
    default:
      if (words->len > 0 && !g_str_has_suffix (words->str, " "))
        g_string_append_c (words, ' ');
      g_string_append_printf (words, "%s ", open->words->str);
    }
}

char *
monocle_doctags_join (const GPtrArray *pieces)
{
  GString *page = g_string_new (NULL);
  const MonocleDoctagsPiece *before = NULL;

  for (guint i = 0; i < pieces->len; i++)
    {
      const MonocleDoctagsPiece *piece = pieces->pdata[i];

      if (piece->is_margin || !*piece->markdown)
        continue;
      if (before)
        g_string_append (page, before->is_item && piece->is_item ? "\n" : "\n\n");
      for (guint k = 0; k < piece->depth * ITEM_INDENT; k++)
        g_string_append_c (page, ' ');
      g_string_append (page, piece->markdown);
      before = piece;
    }
  return g_string_free (page, FALSE);
}
