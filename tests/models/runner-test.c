/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "runner-test.h"

#include "engine/models/florence2/tasks.h"

MonocleRun *
__real_monocle_session_run_finish (MonocleSession *self, GAsyncResult *result, GError **error);
MonocleRun *
__wrap_monocle_session_run_finish (MonocleSession *self, GAsyncResult *result, GError **error);

guint test_losses;

MonocleRun *
__wrap_monocle_session_run_finish (MonocleSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (MonocleRun) run = __real_monocle_session_run_finish (self, result, error);

  if (test_losses == 0)
    return g_steal_pointer (&run);

  test_losses--;
  g_clear_error (error);
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST, "lost");
  return NULL;
}

void
test_configure (MonocleRunner *runner, const char *model)
{
  g_autofree char *directory = test_fixture (model);

  monocle_runner_configure (runner, directory, monocle_device_get_uuid (test_get_device ()),
                            MONOCLE_PRECISION_F32, 1);
}

MonocleRunner *
test_make_runner (const char *model)
{
  MonocleRunner *runner = monocle_runner_new ();

  test_configure (runner, model);
  return runner;
}

MonocleDocument *
test_open_document (const char *name)
{
  g_autofree char *relative = g_build_filename ("images", name, NULL);
  g_autofree char *path = test_fixture (relative);
  g_autoptr (MonocleImage) image = test_read_image (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return monocle_document_new (file, name, image);
}

MonocleQuery *
test_ask (MonocleRunner *runner, MonocleDocument *document, const char *task)
{
  MonocleQuery *query = monocle_query_new (monocle_florence2_find_task (task), NULL, NULL, 0, NULL);

  monocle_runner_run (runner, document, query);
  return query;
}

void
test_assert_state (MonocleQuery *query, MonocleQueryState state)
{
  const GError *error = monocle_query_get_error (query);

  if (state != MONOCLE_QUERY_FAILED && error)
    g_error ("%s", error->message);
  g_assert_cmpint (monocle_query_get_state (query), ==, state);
}

double
test_get_encode_ms (MonocleQuery *query)
{
  test_assert_state (query, MONOCLE_QUERY_DONE);
  return monocle_query_get_run (query)->encode_ms;
}

char *
test_describe (MonocleQuery *query)
{
  GPtrArray *results = monocle_query_get_results (query);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < results->len; i++)
    g_string_append_printf (text, "%s|", monocle_result_get_generated_text (results->pdata[i]));
  return g_string_free (text, FALSE);
}

void
test_assert_last (gpointer object)
{
  /* A finished run keeps its task until the main loop comes around. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (G_OBJECT (object));
}
