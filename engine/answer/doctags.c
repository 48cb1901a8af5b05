/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/doctags-private.h"

#include <string.h>

#include "engine/answer/markdown.h"
#include "engine/base/utf8.h"

/* Longer ones, and more inside of each other, are none. */
#define MAX_NAME  48
#define MAX_DEPTH 32

static const MonocleDoctagsElement elements[] = {
  { "doctag", NULL, MONOCLE_DOCTAGS_SHELL },
  { "group", NULL, MONOCLE_DOCTAGS_SHELL },
  { "references", NULL, MONOCLE_DOCTAGS_SHELL },
  { "ordered_list", NULL, MONOCLE_DOCTAGS_LIST },
  { "unordered_list", NULL, MONOCLE_DOCTAGS_LIST },
  { "title", "title", MONOCLE_DOCTAGS_HEADING },
  { "section_header", "section header", MONOCLE_DOCTAGS_HEADING },
  { "text", "text", MONOCLE_DOCTAGS_WORDS },
  { "paragraph", "text", MONOCLE_DOCTAGS_WORDS },
  { "inline", "text", MONOCLE_DOCTAGS_WORDS },
  { "reference", "reference", MONOCLE_DOCTAGS_WORDS },
  { "caption", "caption", MONOCLE_DOCTAGS_WORDS },
  { "footnote", "footnote", MONOCLE_DOCTAGS_WORDS },
  { "page_header", "page header", MONOCLE_DOCTAGS_MARGIN },
  { "page_footer", "page footer", MONOCLE_DOCTAGS_MARGIN },
  { "list_item", "list item", MONOCLE_DOCTAGS_ITEM },
  { "checkbox_selected", "checkbox", MONOCLE_DOCTAGS_CHECKED },
  { "checkbox_unselected", "checkbox", MONOCLE_DOCTAGS_UNCHECKED },
  { "otsl", "table", MONOCLE_DOCTAGS_TABLE },
  { "table", "table", MONOCLE_DOCTAGS_TABLE },
  { "document_index", "table of contents", MONOCLE_DOCTAGS_TABLE },
  { "picture", "picture", MONOCLE_DOCTAGS_PICTURE },
  { "chart", "chart", MONOCLE_DOCTAGS_PICTURE },
  { "code", "code", MONOCLE_DOCTAGS_CODE },
  { "formula", "formula", MONOCLE_DOCTAGS_FORMULA },
  { "smiles", "formula", MONOCLE_DOCTAGS_CODE },
  { "key_value_region", "form", MONOCLE_DOCTAGS_FORM },
  { "form", "form", MONOCLE_DOCTAGS_FORM },
  { "key_", "form", MONOCLE_DOCTAGS_KEY },
  { "value_", "form", MONOCLE_DOCTAGS_VALUE },
};

static const MonocleDoctagsElement *
find_element (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    if (g_str_equal (elements[i].name, name))
      return &elements[i];
  return NULL;
}

/* Of words that nothing is around. */
static const MonocleDoctagsElement *
get_bare (gboolean in_list)
{
  return find_element (in_list ? "list_item" : "text");
}

/* --- what is open ------------------------------------------------------------------------- */

typedef MonocleDoctagsOpen Open;

static void
open_free (gpointer data)
{
  Open *self = data;

  g_string_free (self->words, TRUE);
  if (self->owns_table)
    monocle_otsl_free (self->table);
  g_free (self->language);
  g_free (self);
}

typedef struct
{
  GPtrArray *pieces;
  GPtrArray *stack; /* of Open */
  gboolean is_well_formed;
  gsize at, next; /* in the text: the tag or the words that are read, and what follows */
} Reader;

static void
piece_free (gpointer data)
{
  MonocleDoctagsPiece *piece = data;

  g_free (piece->markdown);
  g_free (piece);
}

static Open *
get_top (const Reader *self)
{
  return self->stack->len > 0 ? self->stack->pdata[self->stack->len - 1] : NULL;
}

/* (nullable): the innermost that is more than something around */
static Open *
find_inner (const Reader *self)
{
  for (guint i = self->stack->len; i > 0; i--)
    {
      Open *open = self->stack->pdata[i - 1];

      if (open->element->role > MONOCLE_DOCTAGS_LIST)
        return open;
    }
  return NULL;
}

/* --- what is closed ----------------------------------------------------------------------- */

/* (nullable): the innermost. @depth: (out): so many are around that */
static Open *
find_list (const Reader *self, guint *depth)
{
  Open *list = NULL;

  *depth = 0;
  for (guint i = 0; i < self->stack->len; i++)
    {
      Open *open = self->stack->pdata[i];

      if (open->element->role != MONOCLE_DOCTAGS_LIST)
        continue;
      *depth += list ? 1 : 0;
      list = open;
    }
  return list;
}

/* Whether there is anything to it. */
static gboolean
says_something (const Open *open)
{
  return open->words->len > 0 || monocle_doctags_holds_cells (open);
}

static void
finish_piece (Reader *self, Open *open, gsize end)
{
  MonocleDoctagsPiece *piece = open->piece;

  piece->end = end;
  piece->has_place = open->n_places == 4 && piece->edges[0] < piece->edges[2]
                     && piece->edges[1] < piece->edges[3]
                     && piece->edges[2] <= MONOCLE_DOCTAGS_PLACES
                     && piece->edges[3] <= MONOCLE_DOCTAGS_PLACES;
  if (says_something (open))
    {
      guint depth;
      Open *list = find_list (self, &depth);

      piece->depth = depth;
      piece->markdown = monocle_doctags_write (open, list);
    }
  else
    piece->markdown = g_strdup ("");
  if (!*piece->markdown && !piece->has_place)
    g_ptr_array_remove (self->pieces, piece);
}

/* (nullable): where words go now; of what holds cells those of the open one, else beside them */
static GString *
find_words (const Reader *self)
{
  Open *inner = find_inner (self);
  GString *cell = inner && inner->table ? monocle_otsl_get_cell (inner->table) : NULL;

  return cell ? cell : inner ? inner->words : NULL;
}

/* Part of what is around it. */
static void
finish_part (Reader *self, Open *open)
{
  GString *words;

  if (open->table)
    monocle_otsl_end_cell (open->table);
  words = find_words (self);
  if (words && open->words->len > 0)
    monocle_doctags_append_part (words, open);
}

/* @end: where in the text */
static void
close_top (Reader *self, gsize end)
{
  Open *open = g_ptr_array_steal_index (self->stack, self->stack->len - 1);

  monocle_doctags_trim (open);
  if (open->piece)
    finish_piece (self, open, end);
  else
    finish_part (self, open);
  open_free (open);
}

/* Down to so many. What is closed by something else than its end is not well formed. */
static void
close_to (Reader *self, guint depth)
{
  while (self->stack->len > depth)
    {
      if (!get_top (self)->is_bare)
        self->is_well_formed = FALSE;
      close_top (self, self->at);
    }
}

static void
close_element (Reader *self, const MonocleDoctagsElement *element)
{
  for (guint i = self->stack->len; i > 0; i--)
    if (((Open *) self->stack->pdata[i - 1])->element == element)
      {
        close_to (self, i);
        close_top (self, self->next);
        return;
      }
  self->is_well_formed = FALSE;
}

/* --- what is opened ----------------------------------------------------------------------- */

typedef enum
{
  BESIDE, /* closes what is open */
  INSIDE, /* a piece of its own */
  PART,   /* no piece of its own */
} Nesting;

static gboolean
is_checkbox (const MonocleDoctagsElement *element)
{
  return element->role == MONOCLE_DOCTAGS_CHECKED || element->role == MONOCLE_DOCTAGS_UNCHECKED;
}

static Nesting
find_nesting (const Reader *self, const Open *inner, const MonocleDoctagsElement *element)
{
  const MonocleDoctagsRole role = element->role;

  if (!inner)
    return INSIDE;
  if (role == MONOCLE_DOCTAGS_LIST || role == MONOCLE_DOCTAGS_ITEM)
    /* In an item only within a list of its own. */
    return inner->element->role == MONOCLE_DOCTAGS_ITEM
                   && (role == MONOCLE_DOCTAGS_LIST || get_top (self) != inner)
               ? INSIDE
               : BESIDE;
  if (monocle_doctags_is_raw (inner))
    return BESIDE;
  if (monocle_doctags_holds_cells (inner))
    {
      if (g_str_equal (element->name, "caption") || g_str_equal (element->name, "footnote"))
        return INSIDE;
      if (role == MONOCLE_DOCTAGS_TABLE && inner->element->role == MONOCLE_DOCTAGS_PICTURE)
        return PART;
      if (role == MONOCLE_DOCTAGS_TABLE || role == MONOCLE_DOCTAGS_FORM)
        return BESIDE;
      if (role == MONOCLE_DOCTAGS_PICTURE)
        return monocle_otsl_get_cell (inner->table) ? INSIDE : BESIDE;
      return monocle_otsl_get_cell (inner->table) || g_str_equal (element->name, "smiles") ? PART
                                                                                           : BESIDE;
    }
  if (inner->element->role == MONOCLE_DOCTAGS_FORM)
    return role == MONOCLE_DOCTAGS_KEY || role == MONOCLE_DOCTAGS_VALUE ? PART : INSIDE;
  if (role == MONOCLE_DOCTAGS_CODE || role == MONOCLE_DOCTAGS_FORMULA
      || (is_checkbox (element) && !is_checkbox (inner->element)))
    return PART;
  if (role == MONOCLE_DOCTAGS_WORDS
      && (g_str_equal (inner->element->name, "inline") || g_str_equal (element->name, "inline")
          || inner->element->role == MONOCLE_DOCTAGS_ITEM))
    return PART;
  return inner->element->role == MONOCLE_DOCTAGS_ITEM ? INSIDE : BESIDE;
}

/* A caption comes before what it is of. */
static void
add_piece (Reader *self, Open *open, const Open *inner)
{
  MonocleDoctagsPiece *piece = g_new0 (MonocleDoctagsPiece, 1);
  guint at = self->pieces->len;

  piece->label = open->element->label;
  piece->start = self->at;
  piece->is_margin = open->element->role == MONOCLE_DOCTAGS_MARGIN;
  if (inner && monocle_doctags_holds_cells (inner) && inner->piece
      && g_str_equal (piece->label, "caption"))
    g_ptr_array_find (self->pieces, inner->piece, &at);
  g_ptr_array_insert (self->pieces, (int) at, piece);
  open->piece = piece;
}

static void
open_element (Reader *self, const MonocleDoctagsElement *element, guint level, gboolean is_bare)
{
  Open *inner = find_inner (self), *open;
  Nesting nesting;

  while ((nesting = find_nesting (self, inner, element)) == BESIDE)
    {
      guint depth = self->stack->len;

      while (self->stack->pdata[depth - 1] != inner)
        depth--;
      close_to (self, depth - 1);
      inner = find_inner (self);
    }
  if (self->stack->len == MAX_DEPTH)
    {
      self->is_well_formed = FALSE;
      return;
    }
  open = g_new0 (Open, 1);
  open->element = element;
  open->level = level;
  open->is_bare = is_bare;
  open->words = g_string_new (NULL);
  if (nesting == INSIDE && element->label)
    {
      add_piece (self, open, inner);
      open->table = monocle_doctags_holds_cells (open) ? monocle_otsl_new () : NULL;
      open->owns_table = TRUE;
    }
  else if (element->role == MONOCLE_DOCTAGS_TABLE)
    open->table = inner->table;
  g_ptr_array_add (self->stack, open);
}

/* --- tags --------------------------------------------------------------------------------- */

/* Whether @name is @prefix and a number. @number: (out) */
static gboolean
has_number (const char *name, const char *prefix, guint *number)
{
  const gsize n = strlen (prefix);
  guint64 value = 0;

  if (!g_str_has_prefix (name, prefix)
      || !g_ascii_string_to_unsigned (name + n, 10, 0, G_MAXUINT, &value, NULL))
    return FALSE;
  *number = (guint) value;
  return TRUE;
}

/* The first four of what they stand in, before anything is said there. */
static void
take_place (Reader *self, guint place)
{
  Open *top = get_top (self);

  if (!top || !top->piece || top->words->len > 0
      || (top->table && monocle_otsl_has_cells (top->table)))
    return;
  if (top->n_places < 4)
    top->piece->edges[top->n_places] = place;
  top->n_places = MIN (top->n_places + 1, 4);
}

static gboolean
take_cell (Reader *self, const char *name)
{
  Open *open;

  if (!monocle_otsl_is_cell (name))
    return FALSE;
  for (guint i = self->stack->len; i > 0; i--)
    if (((Open *) self->stack->pdata[i - 1])->table)
      {
        close_to (self, i);
        break;
      }
  if (!get_top (self) || !get_top (self)->table)
    open_element (self, find_element ("otsl"), 0, TRUE);
  open = get_top (self);
  if (open->table)
    monocle_otsl_take (open->table, name);
  return TRUE;
}

/* `<_Python_>` before anything is said in code; of a picture what it shows, which is not said here.
 */
static gboolean
take_remark (Reader *self, const char *name)
{
  Open *top = get_top (self);
  const gsize n = strlen (name);

  if (!top || top->words->len > 0)
    return FALSE;
  if (top->element->role == MONOCLE_DOCTAGS_CODE && n > 2 && *name == '_' && name[n - 1] == '_')
    {
      g_autofree char *language = g_strndup (name + 1, n - 2);

      if (!top->language && !g_str_equal (language, "unknown"))
        top->language = g_ascii_strdown (language, -1);
      return TRUE;
    }
  return top->element->role == MONOCLE_DOCTAGS_PICTURE && !monocle_otsl_has_cells (top->table)
         && strspn (name, "abcdefghijklmnopqrstuvwxyz_") == n;
}

/* Returns: whether that is a tag */
static gboolean
take_tag (Reader *self, const char *name, gboolean closes)
{
  const MonocleDoctagsElement *element = find_element (name);
  guint number = 1;

  if (!element && has_number (name, "section_header_level_", &number))
    element = find_element ("section_header");
  else if (!element && has_number (name, "key_", &number))
    element = find_element ("key_");
  else if (!element && has_number (name, "value_", &number))
    element = find_element ("value_");
  if (element && closes)
    close_element (self, element);
  else if (element)
    open_element (self, element, g_str_equal (name, "title") ? 0 : number, FALSE);
  else if (closes)
    return FALSE;
  else if (has_number (name, "loc_", &number))
    take_place (self, number);
  else
    return take_cell (self, name) || g_str_equal (name, "page_break")
           || has_number (name, "link_", &number) || take_remark (self, name);
  return TRUE;
}

/* --- words -------------------------------------------------------------------------------- */

static gboolean
is_blank (const char *text, gsize n)
{
  gsize start = 0, end = n;

  monocle_utf8_trim (text, &start, &end);
  return start == end;
}

static void
take_words (Reader *self, const char *text, gsize n)
{
  Open *inner = find_inner (self);
  guint depth;
  const Open *list = find_list (self, &depth);

  if (!inner || (inner->element->role == MONOCLE_DOCTAGS_ITEM && get_top (self) != inner && list))
    {
      if (is_blank (text, n))
        return;
      open_element (self, get_bare (list != NULL), 1, TRUE);
      inner = find_inner (self);
    }
  if (!inner)
    return;
  if (monocle_doctags_is_raw (inner))
    g_string_append_len (inner->words, text, (gssize) n);
  else
    monocle_markdown_append_text (find_words (self), text, n);
}

/* @name: of MAX_NAME and one; (out): of a tag. Returns: its length in bytes, or 0 */
static gsize
measure_tag (const char *text, char *name, gboolean *closes)
{
  const char *start = text + 1, *end;
  gsize n;

  *closes = *start == '/';
  start += *closes ? 1 : 0;
  for (end = start; g_ascii_isalnum (*end) || (*end && strchr ("_#+-.", *end)); end++)
    ;
  n = (gsize) (end - start);
  if (*end != '>' || n == 0 || n > MAX_NAME)
    return 0;
  memcpy (name, start, n);
  name[n] = '\0';
  return (gsize) (end - text) + 1;
}

/* How much of @text is there for good. */
static gsize
measure_certain (const char *text)
{
  const char *last = strrchr (text, '<');

  return last && !strchr (last, '>') && strlen (last) <= MAX_NAME + 2 ? (gsize) (last - text)
                                                                      : strlen (text);
}

GPtrArray *
monocle_doctags_read (const char *text, gboolean is_whole, gboolean *is_well_formed)
{
  const gsize n = is_whole ? strlen (text) : measure_certain (text);
  Reader self = {
    .pieces = g_ptr_array_new_with_free_func (piece_free),
    .stack = g_ptr_array_new_with_free_func (open_free),
    .is_well_formed = TRUE,
  };

  while (self.at < n)
    {
      char name[MAX_NAME + 1];
      gboolean closes;
      const char *next = memchr (text + self.at + 1, '<', n - self.at - 1);
      const gsize n_tag = text[self.at] == '<' ? measure_tag (text + self.at, name, &closes) : 0;

      self.next = self.at + n_tag;
      if (n_tag == 0 || !take_tag (&self, name, closes))
        {
          self.next = next ? (gsize) (next - text) : n;
          take_words (&self, text + self.at, self.next - self.at);
        }
      self.at = self.next;
    }
  close_to (&self, 0);
  g_ptr_array_unref (self.stack);
  if (is_well_formed)
    *is_well_formed = self.is_well_formed;
  return self.pieces;
}
