/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that is shown turned is answered as the same pixels in a file are, with all places
 * those of the upright picture: what is asked about, and what comes back.
 */
#include "config.h"

#include "app/document/turn.h"
#include "app/runner/runner.h"
#include "engine/models/florence2/tasks.h"
#include "model-test.h"

static const struct
{
  const char *task;
  gboolean of_region;
} questions[] = { { "detect", FALSE },
                  { "region-to-segmentation", TRUE },
                  { "open-vocabulary-detection", FALSE },
                  { "ocr-with-region", FALSE } };

static const MonocleBox region = { 4, 8, 30, 40 };

static MonocleQuery *
ask (MonocleRunner *runner, MonocleDocument *document, guint question, const MonocleBox *box)
{
  const MonocleTask *task = monocle_florence2_find_task (questions[question].task);
  MonocleQuery *query = monocle_query_new (task, task->takes == MONOCLE_TAKES_TEXT ? "a cat" : NULL,
                                           box, box ? 1 : 0, NULL);

  monocle_runner_run (runner, document, query);
  while (monocle_query_is_active (query))
    g_main_context_iteration (NULL, TRUE);
  if (monocle_query_get_error (query))
    g_error ("%s", monocle_query_get_error (query)->message);
  return query;
}

/* @turn: from the places of @upright to those of @as_seen. Returns: how many objects there are */
static guint
assert_same_places (MonocleQuery *upright, MonocleQuery *as_seen, const MonocleMatrix *turn)
{
  GListModel *found = monocle_query_get_annotations (upright);
  GListModel *wanted = monocle_query_get_annotations (as_seen);
  const guint n = g_list_model_get_n_items (found);

  g_assert_cmpuint (n, ==, g_list_model_get_n_items (wanted));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleAnnotation) here = g_list_model_get_item (found, i);
      g_autoptr (MonocleAnnotation) there = g_list_model_get_item (wanted, i);
      g_autoptr (MonocleShape) turned
          = monocle_shape_transform (monocle_annotation_get_shape (here), turn);

      g_assert_cmpstr (monocle_annotation_get_label (here), ==,
                       monocle_annotation_get_label (there));
      g_assert_true (monocle_shape_equal (turned, monocle_annotation_get_shape (there)));
    }
  return n;
}

static const char *
get_said (MonocleQuery *query)
{
  return monocle_result_get_generated_text (monocle_query_get_results (query)->pdata[0]);
}

static void
test_answers (void)
{
  g_autofree char *directory = test_fixture ("models/original-64");
  g_autofree char *path = test_fixture ("images/a.png");
  g_autoptr (MonocleImage) image = test_read_image (path);
  g_autoptr (MonocleRunner) runner = monocle_runner_new ();
  guint n_objects = 0;

  monocle_runner_configure (runner, directory, monocle_device_get_uuid (test_get_device ()),
                            MONOCLE_PRECISION_F32, 1);
  for (guint quarters = 1; quarters < 4; quarters++)
    {
      g_autoptr (MonocleImage) pixels = monocle_turn_image (image, quarters, NULL);
      g_autoptr (MonocleDocument) file = monocle_document_new (NULL, "turned", pixels);
      g_autoptr (MonocleDocument) shown = monocle_document_new (NULL, "upright", image);
      MonocleMatrix turn;
      MonocleBox there;

      monocle_document_rotate (shown, quarters);
      turn = monocle_document_get_turn (shown);
      there = monocle_matrix_map_box (&turn, &region);
      for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
        {
          const gboolean of_region = questions[i].of_region;
          g_autoptr (MonocleQuery) a = ask (runner, shown, i, of_region ? &region : NULL);
          g_autoptr (MonocleQuery) b = ask (runner, file, i, of_region ? &there : NULL);

          g_assert_cmpstr (get_said (a), ==, get_said (b));
          g_assert_cmpuint (monocle_query_get_rotation (a), ==, quarters);
          n_objects += assert_same_places (a, b, &turn);
        }
    }
  g_assert_cmpuint (n_objects, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runner/upright", test_answers);
  return test_end (g_test_run ());
}
