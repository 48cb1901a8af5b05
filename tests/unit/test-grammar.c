/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may come next: all sequences that the rule allows are answers that can be read, and every
 * answer that can be read is allowed.
 */
#include "config.h"

#include <string.h>

#include "engine/models/florence2/grammar.h"

/* A small vocabulary: 0 start and end, 1 begin, 2 a word, 3-6 locations, 7 and 8 around outlines.
 */
enum
{
  END,
  BEGIN,
  WORD,
  FIRST,
  LAST = FIRST + 3,
  POLY,
  POLY_END,
  N_TOKENS,
};

static const MonocleGrammar grammar = {
  .locations = { FIRST, LAST },
  .poly = POLY,
  .poly_end = POLY_END,
  .eos = END,
  .prologue = 2,
};

static gboolean may_be_empty;

static gboolean
allows (MonocleGrammarKind answer, const guint32 *ids, guint n, guint32 next)
{
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (MonocleIdRange));

  monocle_grammar_find_banned (&grammar, answer, may_be_empty, ids, n, ranges);
  g_assert_cmpuint (ranges->len, <=, MONOCLE_GRAMMAR_MAX_RANGES);
  for (guint i = 0; i < ranges->len; i++)
    {
      MonocleIdRange range = g_array_index (ranges, MonocleIdRange, i);

      if (next >= range.first && next <= range.last)
        return FALSE;
    }
  return TRUE;
}

/* @text: w a word, l a location, p and q around an outline; the end is added. */
static gboolean
is_allowed (MonocleGrammarKind answer, const char *text)
{
  guint32 ids[64] = { END, BEGIN };
  guint n = 2;

  for (const char *c = text; *c; c++)
    {
      guint32 next = *c == 'w' ? WORD : *c == 'l' ? FIRST : *c == 'p' ? POLY : POLY_END;

      if (!allows (answer, ids, n, next))
        return FALSE;
      ids[n++] = next;
    }
  return allows (answer, ids, n, END);
}

static void
check (MonocleGrammarKind answer, const char *const *good, const char *const *bad)
{
  for (; *good; good++)
    if (!is_allowed (answer, *good))
      g_error ("“%s” is not allowed", *good);
  for (; *bad; bad++)
    if (is_allowed (answer, *bad))
      g_error ("“%s” is allowed", *bad);
}

static void
test_text (void)
{
  check (MONOCLE_GRAMMAR_TEXT, (const char *[]){ "w", "ww", NULL },
         (const char *[]){ "", "l", "wl", "wllll", NULL });
  may_be_empty = TRUE;
  g_assert_true (is_allowed (MONOCLE_GRAMMAR_TEXT, ""));
  may_be_empty = FALSE;
}

static void
test_boxes (void)
{
  const char *good[] = { "", "wllll", "wwllllwllll", "wllllllll", NULL };
  const char *bad[] = { "w", "llll", "wl", "wlll", "wlllll", "wllllw", "wlllwllll", NULL };

  check (MONOCLE_GRAMMAR_BOXES, good, bad);
  check (MONOCLE_GRAMMAR_PHRASES, good, bad);
}

static void
test_proposals (void)
{
  check (MONOCLE_GRAMMAR_PROPOSALS, (const char *[]){ "", "llll", "llllllll", NULL },
         (const char *[]){ "l", "lll", "lllll", NULL });
}

static void
test_quads (void)
{
  check (MONOCLE_GRAMMAR_QUADS, (const char *[]){ "", "wllllllll", "wllllllllwllllllll", NULL },
         (const char *[]){ "w", "wllll", "llllllll", "wlllllllllllllllll", NULL });
}

static void
test_polygons (void)
{
  check (MONOCLE_GRAMMAR_POLYGONS, (const char *[]){ "", "llllll", "llllllll", "pllllllq", NULL },
         (const char *[]){ "l", "ll", "llll", "lllllll", "plllq", "p", "pllllll", NULL });
  check (MONOCLE_GRAMMAR_BOXES_OR_POLYGONS,
         (const char *[]){ "", "wllll", "wpllllllq", "wpllllllllqwllll", NULL },
         (const char *[]){ "w", "wll", "wllllll", "wpllllq", "pllllll", NULL });
}

#define L  "<loc_1>"
#define L4 L L L L

static void
test_accepts (void)
{
  static const struct
  {
    MonocleGrammarKind answer;
    const char *text;
    gboolean accepts;
  } cases[] = {
    { MONOCLE_GRAMMAR_TEXT, "</s><s>a car</s>", TRUE },
    { MONOCLE_GRAMMAR_TEXT, "</s><s></s>", FALSE },
    { MONOCLE_GRAMMAR_TEXT, "a car" L, FALSE },
    { MONOCLE_GRAMMAR_TEXT, "3 < 4", TRUE },
    { MONOCLE_GRAMMAR_BOXES, "</s><s></s>", TRUE },
    { MONOCLE_GRAMMAR_BOXES, "</s><s>car" L4 "</s>", TRUE },
    { MONOCLE_GRAMMAR_BOXES, "car" L4 L4 "dog" L4, TRUE },
    { MONOCLE_GRAMMAR_BOXES, "car" L4 L, FALSE },
    { MONOCLE_GRAMMAR_BOXES, "car" L4 "dog", FALSE },
    { MONOCLE_GRAMMAR_BOXES, L4, FALSE },
    { MONOCLE_GRAMMAR_BOXES, " " L4, FALSE },
    { MONOCLE_GRAMMAR_PHRASES, "a car" L4, TRUE },
    { MONOCLE_GRAMMAR_PROPOSALS, L4 L4, TRUE },
    { MONOCLE_GRAMMAR_PROPOSALS, "car" L4, FALSE },
    { MONOCLE_GRAMMAR_POLYGONS, "", TRUE },
    { MONOCLE_GRAMMAR_POLYGONS, L4 L L, TRUE },
    { MONOCLE_GRAMMAR_POLYGONS, L4 L L "<sep>" L4 L4, TRUE },
    { MONOCLE_GRAMMAR_POLYGONS, "<poly>" L4 L L "</poly>", TRUE },
    { MONOCLE_GRAMMAR_POLYGONS, L4, FALSE },
    { MONOCLE_GRAMMAR_POLYGONS, L4 L L L, FALSE },
    { MONOCLE_GRAMMAR_POLYGONS, "a" L4 L L, FALSE },
    { MONOCLE_GRAMMAR_BOXES_OR_POLYGONS, "car" L4, TRUE },
    { MONOCLE_GRAMMAR_BOXES_OR_POLYGONS, "car<poly>" L4 L4 "</poly>", TRUE },
    { MONOCLE_GRAMMAR_BOXES_OR_POLYGONS, "car<poly>" L4 L4, FALSE },
    { MONOCLE_GRAMMAR_QUADS, "STOP" L4 L4 "GO" L4 L4, TRUE },
    { MONOCLE_GRAMMAR_QUADS, "STOP" L4, FALSE },
  };
  g_autoptr (GString) longest = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (monocle_grammar_accepts (cases[i].answer, cases[i].text) != cases[i].accepts)
      {
        g_test_message ("%s", cases[i].text);
        g_test_fail ();
      }
  for (guint i = 0; i < 50000; i++)
    g_string_append (longest, "car" L4);
  g_assert_true (monocle_grammar_accepts (MONOCLE_GRAMMAR_BOXES, longest->str));
  g_string_append (longest, "x");
  g_assert_false (monocle_grammar_accepts (MONOCLE_GRAMMAR_BOXES, longest->str));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/grammar/text", test_text);
  g_test_add_func ("/engine/grammar/boxes", test_boxes);
  g_test_add_func ("/engine/grammar/proposals", test_proposals);
  g_test_add_func ("/engine/grammar/quads", test_quads);
  g_test_add_func ("/engine/grammar/polygons", test_polygons);
  g_test_add_func ("/engine/grammar/accepts", test_accepts);

  return g_test_run ();
}
