/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/grammar.h"

#define LOCATION "<loc_[0-9]++>"
#define LABEL    "\\s*+[^<\\s][^<]*+"
#define POLYGON  "(?:(?:" LOCATION "){2}){3,}+"
#define OUTLINE  POLYGON "(?:<sep>" POLYGON ")*+"

#define BOX_LOCATIONS  4
#define QUAD_LOCATIONS 8
/* An outline encloses an area from three points on. */
#define MIN_OUTLINE_LOCATIONS 6

static gboolean
is_location (const MonocleGrammar *self, guint32 id)
{
  return id >= self->locations.first && id <= self->locations.last;
}

static gboolean
has_names (MonocleGrammarKind answer)
{
  return answer != MONOCLE_GRAMMAR_PROPOSALS && answer != MONOCLE_GRAMMAR_POLYGONS;
}

/* Whether @n locations are whole places. */
static gboolean
is_whole (MonocleGrammarKind answer, gboolean in_outline, guint n)
{
  if (answer == MONOCLE_GRAMMAR_POLYGONS || in_outline)
    return n % 2 == 0 && n >= MIN_OUTLINE_LOCATIONS;
  return n % (answer == MONOCLE_GRAMMAR_QUADS ? QUAD_LOCATIONS : BOX_LOCATIONS) == 0;
}

static void
ban (GArray *ranges, guint32 first, guint32 last)
{
  MonocleIdRange range = { first, last };

  g_array_append_val (ranges, range);
}

static void
ban_others (const MonocleGrammar *self, GArray *ranges)
{
  if (self->locations.first > 0)
    ban (ranges, 0, self->locations.first - 1);
  ban (ranges, self->locations.last + 1, G_MAXUINT32);
}

void
monocle_grammar_find_banned (const MonocleGrammar *self,
                             MonocleGrammarKind answer,
                             gboolean may_be_empty,
                             const guint32 *ids,
                             guint n_ids,
                             GArray *ranges)
{
  guint n = 0; /* locations at the end */
  guint32 before;

  while (n_ids - n > self->prologue && is_location (self, ids[n_ids - n - 1]))
    n++;
  before = n_ids - n > self->prologue ? ids[n_ids - n - 1] : self->eos;

  if (answer == MONOCLE_GRAMMAR_TEXT)
    {
      ban (ranges, self->locations.first, self->locations.last);
      if (n_ids <= self->prologue && !may_be_empty)
        ban (ranges, self->eos, self->eos);
    }
  else if (n > 0)
    {
      if (!is_whole (answer, before == self->poly, n))
        ban_others (self, ranges);
      else if (before == self->poly)
        ban (ranges, self->eos, self->eos);
      /* One quad for each text. */
      else if (answer == MONOCLE_GRAMMAR_QUADS)
        ban (ranges, self->locations.first, self->locations.last);
    }
  else if (n_ids <= self->prologue)
    {
      if (has_names (answer))
        ban (ranges, self->locations.first, self->locations.last);
    }
  /* A name is the name of something, and an outline has points. */
  else if (before == self->poly || (has_names (answer) && before != self->poly_end))
    ban (ranges, self->eos, self->eos);
}

/* Possessive throughout, so that no text takes long. */
static const char *const grammars[] = {
  [MONOCLE_GRAMMAR_TEXT] = "^(?!.*(?:<loc_|<poly>|<sep>)).*\\S",
  [MONOCLE_GRAMMAR_BOXES] = "^(?:" LABEL "(?:(?:" LOCATION "){4})++)*+\\s*+$",
  [MONOCLE_GRAMMAR_PROPOSALS] = "^(?:(?:" LOCATION "){4})*+\\s*+$",
  [MONOCLE_GRAMMAR_PHRASES] = "^(?:" LABEL "(?:(?:" LOCATION "){4})++)*+\\s*+$",
  [MONOCLE_GRAMMAR_POLYGONS] = "^(?:(?:<poly>" OUTLINE "</poly>)++|" OUTLINE ")?+\\s*+$",
  [MONOCLE_GRAMMAR_BOXES_OR_POLYGONS]
  = "^(?:" LABEL "(?:(?:(?:" LOCATION "){4})++|(?:<poly>" OUTLINE "</poly>)++))*+\\s*+$",
  [MONOCLE_GRAMMAR_QUADS] = "^(?:" LABEL "(?:" LOCATION "){8})*+\\s*+$",
};

static char *
remove_specials (const char *text)
{
  static const char *const specials[] = { "<s>", "</s>", "<pad>" };
  g_autoptr (GString) rest = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_assign (rest, valid);
  for (guint i = 0; i < G_N_ELEMENTS (specials); i++)
    g_string_replace (rest, specials[i], "", 0);
  return g_string_free (g_steal_pointer (&rest), FALSE);
}

gboolean
monocle_grammar_accepts (MonocleGrammarKind answer, const char *text)
{
  static GRegex *regexes[G_N_ELEMENTS (grammars)];
  g_autofree char *rest = remove_specials (text);

  g_return_val_if_fail (answer < G_N_ELEMENTS (grammars), FALSE);

  if (g_once_init_enter (&regexes[answer]))
    g_once_init_leave (&regexes[answer],
                       g_regex_new (grammars[answer], G_REGEX_DOTALL | G_REGEX_OPTIMIZE, 0, NULL));
  g_assert (regexes[answer]);
  return g_regex_match (regexes[answer], rest, 0, NULL);
}
