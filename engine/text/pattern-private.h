/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A pattern as a program: pattern-compile.c writes it, pattern.c runs it.
 */
#pragma once

#include "engine/text/pattern.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_PATTERN_TAKE,  /* a character of the set */
  MONOCLE_PATTERN_AHEAD, /* the next one is of the set, or there is none and the set is negated */
  MONOCLE_PATTERN_FORK,  /* here or there, the first preferred */
  MONOCLE_PATTERN_JUMP,
  MONOCLE_PATTERN_DONE,
} MonoclePatternOp;

/* Where to go on is relative, so that pieces of a program can be copied. */
typedef struct
{
  MonoclePatternOp op;
  guint set;
  gint first, second;
} MonoclePatternStep;

typedef struct
{
  gunichar first, last; /* of characters, if there are no types */
  guint32 types;
  GUnicodeScript script;
  gboolean has_script;
  gboolean is_space, is_word;
  gboolean negated;
} MonoclePatternItem;

typedef struct
{
  GArray *items; /* MonoclePatternItem */
  gboolean negated;
  gboolean folds; /* upper and lower case are one */
} MonoclePatternSet;

struct _MonoclePattern
{
  char *text; /* looked for as it is, or NULL */
  GArray *sets;
  GArray *steps;
};

/* Fills the sets and steps of an empty pattern. */
gboolean monocle_pattern_compile (MonoclePattern *self, const char *expression, char **problem);

G_END_DECLS
