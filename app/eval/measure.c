/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/measure.h"

#define LOCATION "<loc_[0-9]++>"
#define LABEL    "\\s*+[^<\\s][^<]*+"
#define POLYGON  "(?:(?:" LOCATION "){2}){3,}+"
#define OUTLINE  POLYGON "(?:<sep>" POLYGON ")*+"

static const struct
{
  MonocleTaskKind kind;
  MonocleTaskTakes takes;
  guint gives;
  MonocleEvalMeasure measure;
} measures[] = {
  { MONOCLE_TASK_DESCRIBE, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_TEXT,
    MONOCLE_EVAL_MEASURE_CAPTION },
  { MONOCLE_TASK_FIND, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_BOXES, MONOCLE_EVAL_MEASURE_DETECTION },
  { MONOCLE_TASK_FIND, MONOCLE_TAKES_TEXT, MONOCLE_GIVES_BOXES | MONOCLE_GIVES_OBJECTS,
    MONOCLE_EVAL_MEASURE_PLACES },
  { MONOCLE_TASK_OUTLINE, MONOCLE_TAKES_TEXT, MONOCLE_GIVES_OUTLINES,
    MONOCLE_EVAL_MEASURE_OUTLINE },
  { MONOCLE_TASK_OUTLINE, MONOCLE_TAKES_REGION, MONOCLE_GIVES_OUTLINES,
    MONOCLE_EVAL_MEASURE_OUTLINE },
  { MONOCLE_TASK_READ, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_TEXT, MONOCLE_EVAL_MEASURE_READING },
  { MONOCLE_TASK_READ, MONOCLE_TAKES_REGION, MONOCLE_GIVES_TEXT, MONOCLE_EVAL_MEASURE_READING },
  { MONOCLE_TASK_READ, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_TEXTS, MONOCLE_EVAL_MEASURE_TEXTS },
  { MONOCLE_TASK_ANSWER, MONOCLE_TAKES_REGION, MONOCLE_GIVES_TEXT, MONOCLE_EVAL_MEASURE_ANSWER },
  { MONOCLE_TASK_ANSWER, MONOCLE_TAKES_TEXT, MONOCLE_GIVES_TEXT, MONOCLE_EVAL_MEASURE_ANSWER },
};

/* Possessive throughout, so that no text takes long. */
static const char *const grammars[] = {
  [MONOCLE_ANSWER_TEXT] = "^(?!.*(?:<loc_|<poly>|<sep>)).*\\S",
  [MONOCLE_ANSWER_BOXES] = "^(?:" LABEL "(?:(?:" LOCATION "){4})++)*+\\s*+$",
  [MONOCLE_ANSWER_PROPOSALS] = "^(?:(?:" LOCATION "){4})*+\\s*+$",
  [MONOCLE_ANSWER_PHRASES] = "^(?:" LABEL "(?:(?:" LOCATION "){4})++)*+\\s*+$",
  [MONOCLE_ANSWER_POLYGONS] = "^(?:(?:<poly>" OUTLINE "</poly>)++|" OUTLINE ")?+\\s*+$",
  [MONOCLE_ANSWER_BOXES_OR_POLYGONS]
  = "^(?:" LABEL "(?:(?:(?:" LOCATION "){4})++|(?:<poly>" OUTLINE "</poly>)++))*+\\s*+$",
  [MONOCLE_ANSWER_QUADS] = "^(?:" LABEL "(?:" LOCATION "){8})*+\\s*+$",
};

MonocleEvalMeasure
monocle_eval_measure_find (const MonocleTask *task)
{
  for (guint i = 0; i < G_N_ELEMENTS (measures); i++)
    if (measures[i].kind == task->kind && measures[i].takes == task->takes
        && (measures[i].gives & task->gives))
      return measures[i].measure;
  return MONOCLE_EVAL_MEASURE_NONE;
}

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
monocle_eval_measure_parses (MonocleAnswer answer, const char *text)
{
  static GRegex *regexes[G_N_ELEMENTS (grammars)];
  g_autofree char *rest = remove_specials (text);

  g_return_val_if_fail (answer < G_N_ELEMENTS (grammars), FALSE);

  if (!regexes[answer])
    {
      regexes[answer] = g_regex_new (grammars[answer], G_REGEX_DOTALL | G_REGEX_OPTIMIZE, 0, NULL);
      g_assert (regexes[answer]);
    }
  return g_regex_match (regexes[answer], rest, 0, NULL);
}
