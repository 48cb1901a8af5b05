/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers that are drawn: the same again for the same seed, what they say of themselves, what is
 * refused.
 */
#include "config.h"

#include <string.h>

#include "harness.h"

#define MODEL "models/native-96"

static void
test_usage (void)
{
  static const char *const wrong[][2] = {
    { "--temperature", "0" },   { "--temperature", "-1" },    { "--temperature", "100.1" },
    { "--temperature", "nan" }, { "--temperature", "1e400" }, { "--temperature", "0,5" },
    { "--temperature", "" },    { "--top-k", "0" },           { "--top-k", "33" },
    { "--top-p", "0" },         { "--top-p", "1.01" },        { "--min-p", "-0.1" },
    { "--min-p", "1.1" },       { "--min-p", "x" },           { "--seed", "-1" },
    { "--seed", "4294967296" }, { "--seed", "1.5" },          { "--seed", "" },
  };
  g_autoptr (Outcome) beams
      = harness_run ("run", "--task", "detect", "--seed", "1", "--beams", "2", "x.png", NULL);

  harness_assert_refused (beams, 2, "--beams");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Outcome) outcome
          = harness_run ("run", "--task", "detect", wrong[i][0], wrong[i][1], "x.png", NULL);

      harness_assert_refused (outcome, 2, wrong[i][0]);
    }
}

/* What is written about an image, and how it was drawn. */
static char *
ask (JsonObject **sampling, const char *option, const char *value, const char *seed)
{
  g_autofree char *model = harness_fixture (MODEL), *image = harness_fixture ("images/a.png");
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", model, "--task", "caption", "--max-tokens", "12", "--format",
                     "json", image, option, value, seed ? "--seed" : NULL, seed, NULL);
  g_autoptr (GPtrArray) answers = NULL;
  JsonObject *answer;
  g_autoptr (JsonNode) ids = NULL;

  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  g_assert_cmpuint (answers->len, ==, 1);
  answer = answers->pdata[0];
  *sampling = json_object_has_member (answer, "sampling")
                  ? json_object_ref (json_object_get_object_member (answer, "sampling"))
                  : NULL;
  ids = json_node_copy (json_object_get_member (answer, "token_ids"));
  return json_to_string (ids, FALSE);
}

static void
test_draws (void)
{
  g_autoptr (JsonObject) how = NULL, again_how = NULL, other_how = NULL, free_how = NULL;
  g_autofree char *answer = ask (&how, "--temperature", "2", "7");
  g_autofree char *again = ask (&again_how, "--temperature", "2", "7");
  g_autofree char *other = ask (&other_how, "--temperature", "2", "8");
  g_autofree char *unseeded = ask (&free_how, "--top-p", "0.9", NULL);
  g_autofree char *seed = NULL, *repeated = NULL;
  g_autoptr (JsonObject) repeated_how = NULL;

  g_assert_cmpstr (answer, ==, again);
  g_assert_cmpstr (answer, !=, other);
  g_assert_cmpfloat (json_object_get_double_member (how, "temperature"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (how, "top_k"), ==, 32);
  g_assert_cmpfloat (json_object_get_double_member (how, "top_p"), ==, 1);
  g_assert_cmpfloat (json_object_get_double_member (how, "min_p"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (how, "seed"), ==, 7);

  /* The seed that was chosen gives the same again. */
  seed = g_strdup_printf ("%" G_GINT64_FORMAT, json_object_get_int_member (free_how, "seed"));
  repeated = ask (&repeated_how, "--top-p", "0.9", seed);
  g_assert_cmpstr (repeated, ==, unseeded);
}

/* Of one candidate the likeliest is drawn, which is what one beam finds. */
static void
test_likeliest (void)
{
  g_autoptr (JsonObject) how = NULL, none = NULL, few = NULL;
  g_autofree char *drawn = ask (&how, "--top-k", "1", "3");
  g_autofree char *least = ask (&few, "--min-p", "1", "3");
  g_autofree char *searched = ask (&none, "--beams", "1", NULL);

  g_assert_nonnull (how);
  g_assert_null (none);
  g_assert_cmpint (json_object_get_int_member (how, "top_k"), ==, 1);
  g_assert_cmpstr (drawn, ==, searched);
  g_assert_cmpstr (least, ==, searched);
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
  g_test_add_func ("/cli/sampling/usage", test_usage);
  g_test_add_func ("/cli/sampling/draws", test_draws);
  g_test_add_func ("/cli/sampling/likeliest", test_likeliest);
  return g_test_run ();
}
