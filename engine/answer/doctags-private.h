/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Elements of DocTags while they are open: doctags.c reads them, doctags-write.c says them.
 */
#pragma once

#include "engine/answer/doctags.h"
#include "engine/answer/otsl.h"

G_BEGIN_DECLS

/* What an element is to the Markdown; those behind a list say something themselves. */
typedef enum
{
  MONOCLE_DOCTAGS_SHELL, /* only around others */
  MONOCLE_DOCTAGS_LIST,  /* around items */
  MONOCLE_DOCTAGS_WORDS,
  MONOCLE_DOCTAGS_HEADING,
  MONOCLE_DOCTAGS_MARGIN,
  MONOCLE_DOCTAGS_ITEM,
  MONOCLE_DOCTAGS_CHECKED,
  MONOCLE_DOCTAGS_UNCHECKED,
  MONOCLE_DOCTAGS_TABLE,
  MONOCLE_DOCTAGS_PICTURE,
  MONOCLE_DOCTAGS_CODE,
  MONOCLE_DOCTAGS_FORMULA,
  MONOCLE_DOCTAGS_FORM,
  MONOCLE_DOCTAGS_KEY,
  MONOCLE_DOCTAGS_VALUE,
} MonocleDoctagsRole;

/* @name: of its tag; in front of a number, of `section_header`, `key_` and `value_`. @label:
 * (nullable): what it is to a person; %NULL: it is no piece of the page */
typedef struct
{
  const char *name;
  const char *label;
  MonocleDoctagsRole role;
} MonocleDoctagsElement;

typedef struct
{
  const MonocleDoctagsElement *element;
  guint level;                /* of a heading */
  gboolean is_bare;           /* nothing opened it, so nothing closes it */
  MonocleDoctagsPiece *piece; /* (nullable): part of another, or only around pieces */
  GString *words;             /* as Markdown; raw of code and formulas */
  MonocleOtsl *table;         /* (nullable): its own, or that of the picture that it is part of */
  gboolean owns_table;
  char *language; /* (nullable) */
  guint n_places, n_items;
} MonocleDoctagsOpen;

/* Whether words in it are code, of any language. */
static inline gboolean
monocle_doctags_is_raw (const MonocleDoctagsOpen *open)
{
  return open->element->role == MONOCLE_DOCTAGS_CODE
         || open->element->role == MONOCLE_DOCTAGS_FORMULA;
}

static inline gboolean
monocle_doctags_holds_cells (const MonocleDoctagsOpen *open)
{
  return open->element->role == MONOCLE_DOCTAGS_TABLE
         || open->element->role == MONOCLE_DOCTAGS_PICTURE;
}

/* Without the blanks around it. */
void monocle_doctags_trim (MonocleDoctagsOpen *open);
/* (transfer full): of a piece, which learns whether it is an item; @list: (nullable): that it is in
 */
char *monocle_doctags_write (MonocleDoctagsOpen *open, MonocleDoctagsOpen *list);
/* Of what is part of another, whose @words these are. */
void monocle_doctags_append_part (GString *words, const MonocleDoctagsOpen *open);

G_END_DECLS
