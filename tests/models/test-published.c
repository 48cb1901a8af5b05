/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A published model, for whoever has one: MONOCLE_TEST_MODEL names its directory, and
 * MONOCLE_TEST_IMAGES a folder with the pictures that fixtures/florence-2/goldens_generation.json
 * names. Its note says what they are. Answers must have the same token ids.
 */
#include "config.h"

#include "engine/models/florence2/tasks.h"
#include "model-test.h"

/* Base and large differ in width. */
static gboolean
is_of_model (JsonObject *item, const char *directory)
{
  g_autoptr (JsonObject) config = test_read_json (directory, "config.json");
  gint64 width = json_object_get_int_member (json_object_get_object_member (config, "text_config"),
                                             "d_model");

  return g_strcmp0 (json_object_get_string_member_with_default (item, "model", NULL),
                    width == 768 ? "base" : "large")
         == 0;
}

static const char *
get_text (JsonObject *item, const char *key)
{
  return json_object_has_member (item, key) && !json_object_get_null_member (item, key)
             ? json_object_get_string_member (item, key)
             : NULL;
}

/* Whether it was compared: it needs its picture, and token ids to compare with. */
static gboolean
check_case (MonocleModel *model, const char *images, JsonObject *item)
{
  const char *tag = get_text (item, "task"), *name = get_text (item, "image");
  const MonocleTask *task = tag ? monocle_florence2_find_task (tag) : NULL;
  g_autofree char *path = g_build_filename (images, name ? name : "", NULL);
  g_autoptr (MonocleSession) session = NULL;
  g_autoptr (MonocleRun) run = NULL;
  g_autoptr (GError) error = NULL;
  MonocleRequest request
      = { .task = task, .text = get_text (item, "text_input"), .max_tokens = 100 };
  JsonArray *expected;
  const guint32 *ids;
  guint n;

  if (!task || !name || !json_object_has_member (item, "output_ids")
      || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;

  session = test_open_image (model, path);
  run = test_run (session, &request, &error);
  g_assert_no_error (error);
  expected = json_object_get_array_member (item, "output_ids");
  ids = monocle_result_get_token_ids (run->results->pdata[0], &n);
  for (guint i = 0; i < MAX (n, json_array_get_length (expected)); i++)
    if (i >= n || i >= json_array_get_length (expected)
        || ids[i] != json_array_get_int_element (expected, i))
      {
        g_test_fail_printf ("%s on %s: “%s”, expected “%s”", tag, name,
                            monocle_result_get_generated_text (run->results->pdata[0]),
                            get_text (item, "output_text"));
        break;
      }

  return TRUE;
}

static void
test_published (void)
{
  const char *directory = g_getenv ("MONOCLE_TEST_MODEL"),
             *images = g_getenv ("MONOCLE_TEST_IMAGES");
  g_autofree char *folder = test_fixture ("florence-2");
  g_autoptr (JsonObject) goldens = test_read_json (folder, "goldens_generation.json");
  JsonArray *cases = json_object_get_array_member (goldens, "cases");
  g_autoptr (MonocleModel) model = NULL;
  guint n_checked = 0;

  if (!directory || !images)
    {
      g_test_skip (
          "MONOCLE_TEST_MODEL and MONOCLE_TEST_IMAGES name no published model and pictures");
      return;
    }

  model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);

      if (is_of_model (item, directory) && check_case (model, images, item))
        n_checked++;
    }
  g_test_message ("%u answers compared", n_checked);
  g_assert_cmpuint (n_checked, >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/models/published", test_published);

  return test_end (g_test_run ());
}
