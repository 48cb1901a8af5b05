/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli gives the reference's answers: token ids, text and parsed result of `run`, and every
 * stage that `inspect` writes, for the tiny models in every layout and container.
 */
#include "config.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "harness.h"
#include "tests/fixture.h"

/* DESIGN section 8. */
#define MAX_RELATIVE_ERROR 1e-4

static gboolean
settings_can_be_asked_for (JsonObject *settings, JsonObject *effective)
{
  g_autoptr (GList) names = json_object_get_members (settings);

  /* All others are the model's own. */
  for (GList *name = names; name; name = name->next)
    if (strcmp (name->data, "num_beams") != 0 && strcmp (name->data, "max_new_tokens") != 0
        && !json_node_equal (json_object_get_member (settings, name->data),
                             json_object_get_member (effective, name->data)))
      return FALSE;
  return TRUE;
}

static void
compare_answer (JsonObject *answer, JsonObject *expected)
{
  const char *tag = json_object_get_string_member (expected, "task");
  JsonNode *parsed = json_object_get_member (expected, "parsed");

  if (!json_node_equal (json_object_get_member (answer, "token_ids"),
                        json_object_get_member (expected, "ids")))
    {
      g_autofree char *got = json_to_string (json_object_get_member (answer, "token_ids"), FALSE);
      g_autofree char *wanted = json_to_string (json_object_get_member (expected, "ids"), FALSE);

      g_test_message ("ids %s\nexpected %s", got, wanted);
      g_test_fail ();
      return;
    }
  g_assert_cmpstr (json_object_get_string_member (answer, "generated_text"), ==,
                   json_object_get_string_member (expected, "text"));
  if (!JSON_NODE_HOLDS_NULL (parsed))
    {
      JsonNode *result
          = json_object_get_member (json_object_get_object_member (answer, "result"), tag);

      if (!json_node_equal (result, parsed))
        {
          g_autofree char *got = json_to_string (result, FALSE);
          g_autofree char *wanted = json_to_string (parsed, FALSE);

          g_test_message ("result %s\nexpected %s", got, wanted);
        }
      g_assert_true (json_node_equal (result, parsed));
    }
}

/* One case of the reference, run by the program. */
static void
run_case (const char *model, JsonObject *expected)
{
  JsonObject *settings = json_object_get_object_member (expected, "settings");
  const char *tag = json_object_get_string_member (expected, "task");
  const char *prompt = json_object_get_string_member (expected, "prompt");
  g_autofree char *name
      = g_strconcat ("images/", json_object_get_string_member (expected, "image"), NULL);
  g_autofree char *image = harness_fixture (name);
  g_autofree char *beams
      = g_strdup_printf ("%" G_GINT64_FORMAT, json_object_get_int_member (settings, "num_beams"));
  g_autofree char *tokens = g_strdup_printf (
      "%" G_GINT64_FORMAT, json_object_get_int_member (settings, "max_new_tokens"));
  g_autoptr (Outcome) outcome = NULL;
  g_autoptr (GPtrArray) answers = NULL;
  const char *arguments[] = { "run",  "--model",      model,  "--task",      tag,   "--beams",
                              beams,  "--max-tokens", tokens, "--precision", "f32", "--format",
                              "json", image,          NULL,   NULL,          NULL };

  g_assert_true (g_str_has_prefix (prompt, tag));
  if (strlen (prompt) > strlen (tag))
    {
      arguments[14] = "--text";
      arguments[15] = prompt + strlen (tag);
    }
  outcome = harness_run_v (arguments);
  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  g_assert_cmpuint (answers->len, ==, 1);
  compare_answer (answers->pdata[0], expected);
}

/* The first case of each task, image and number of beams. */
static void
test_run (gconstpointer data)
{
  JsonObject *model = (JsonObject *) data;
  g_autofree char *directory = harness_fixture (json_object_get_string_member (model, "model"));
  g_autoptr (JsonNode) root = harness_load_json (json_object_get_string_member (model, "cases"));
  JsonArray *cases = json_node_get_array (root);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_run = 0;

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *expected = json_array_get_object_element (cases, i);
      JsonObject *settings = json_object_get_object_member (expected, "settings");
      char *key;

      if (!settings_can_be_asked_for (
              settings, json_object_get_object_member (model, "effective_generation")))
        continue;
      key = g_strdup_printf ("%s %d", json_object_get_string_member (expected, "task"),
                             json_object_get_int_member (settings, "num_beams") > 1);
      if (!g_hash_table_add (seen, key))
        continue;
      run_case (directory, expected);
      n_run++;
    }
  g_assert_cmpuint (n_run, >=, 3);
}

/* --- inspect --- */

static float *
read_npy (const char *folder, const char *name, gsize *n_values, const char *type)
{
  g_autofree char *path = g_strconcat (folder, "/", name, ".npy", NULL);
  g_autoptr (GBytes) bytes = fixture_read_path (path);
  g_autofree char *header = NULL;
  gsize size, start;
  const char *contents = g_bytes_get_data (bytes, &size);

  g_assert_cmpuint (size, >, 10);
  g_assert_cmpmem (contents, 8, "\x93NUMPY\x01\x00", 8);
  start = 10 + ((gsize) (guchar) contents[8] | (gsize) (guchar) contents[9] << 8);
  g_assert_cmpuint (start, <=, size);
  header = g_strndup (contents + 10, start - 10);
  g_assert_nonnull (strstr (header, type));
  g_assert_nonnull (strstr (header, "'fortran_order': False"));
  *n_values = (size - start) / sizeof (float);

  return g_memdup2 (contents + start, size - start);
}

/* ||a - b|| / ||b|| */
static double
relative_error (const float *a, const float *b, gsize n)
{
  double difference = 0, norm = 0;

  for (gsize i = 0; i < n; i++)
    {
      difference += ((double) a[i] - (double) b[i]) * ((double) a[i] - (double) b[i]);
      norm += (double) b[i] * (double) b[i];
    }
  return sqrt (difference / norm);
}

static void
test_inspect (gconstpointer data)
{
  static const char *const stages[]
      = { "pixel_values", "vision_features", "image_embeds", "encoder_states", "logits" };
  JsonObject *model = (JsonObject *) data;
  JsonObject *expected = json_object_get_object_member (model, "stages");
  g_autofree char *directory = harness_fixture (json_object_get_string_member (model, "model"));
  g_autofree char *golden = harness_fixture (json_object_get_string_member (model, "golden"));
  g_autofree char *image = harness_fixture (json_object_get_string_member (expected, "image"));
  g_autofree char *ids = json_to_string (json_object_get_member (expected, "decoder_ids"), FALSE);
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *out = g_build_filename (folder, "stages", NULL);
  g_autoptr (Outcome) outcome = NULL;

  g_strdelimit (ids, "[]", ' ');
  outcome = harness_run ("inspect", "--model", directory, "--image", image, "--precision", "f32",
                         "--prompt", json_object_get_string_member (expected, "prompt"),
                         "--decoder-ids", g_strstrip (ids), "--out", out, NULL);
  harness_assert_done (outcome);

  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      gsize n_got, n_wanted;
      g_autofree float *got = read_npy (out, stages[i], &n_got, "'<f4'");
      g_autofree float *wanted = read_npy (golden, stages[i], &n_wanted, "'<f4'");
      double error;

      g_assert_cmpuint (n_got, ==, n_wanted);
      error = relative_error (got, wanted, n_got);
      g_test_message ("%s: relative error %.2g", stages[i], error);
      g_assert_cmpfloat (error, <=, MAX_RELATIVE_ERROR);
    }
  {
    gsize n_got, n_wanted;
    g_autofree float *got = read_npy (out, "input_ids", &n_got, "'<i8'");
    g_autofree float *wanted = read_npy (golden, "input_ids", &n_wanted, "'<i8'");

    g_assert_cmpmem (got, n_got * sizeof *got, wanted, n_wanted * sizeof *wanted);
  }
}

/* A comparison that cannot fail proves nothing. */
static void
test_comparison (void)
{
  const float right[] = { 1, 2, 3 }, wrong[] = { 1, 2, 3.01f };

  g_assert_cmpfloat (relative_error (right, right, 3), <=, MAX_RELATIVE_ERROR);
  g_assert_cmpfloat (relative_error (wrong, right, 3), >, MAX_RELATIVE_ERROR);
}

int
main (int argc, char **argv)
{
  g_autoptr (JsonNode) manifest = NULL;
  JsonArray *models;

  harness_init (&argc, &argv);
  manifest = harness_load_json ("manifest.json");
  models = json_object_get_array_member (json_node_get_object (manifest), "models");
  g_test_add_func ("/cli/goldens/comparison", test_comparison);
  for (guint i = 0; i < json_array_get_length (models); i++)
    {
      JsonObject *model = json_array_get_object_element (models, i);
      g_autofree char *run
          = g_strconcat ("/cli/goldens/run/", json_object_get_string_member (model, "name"), NULL);
      g_autofree char *inspect = g_strconcat ("/cli/goldens/inspect/",
                                              json_object_get_string_member (model, "name"), NULL);

      g_test_add_data_func (run, model, test_run);
      g_test_add_data_func (inspect, model, test_inspect);
    }
  return g_test_run ();
}
