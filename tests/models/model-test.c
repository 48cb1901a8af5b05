/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model-test.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/run/model-private.h"
#include "engine/vk/instance.h"
#include "engine/vk/memory.h"
#include "tests/fixture.h"

MonocleDevice *
test_get_device (void)
{
  static MonocleDevice *device;
  const char *selector = g_getenv ("MONOCLE_DEVICE");
  g_autoptr (GError) error = NULL;

  if (!device)
    {
      device = monocle_device_find (selector ? selector : "auto", &error);
      g_assert_no_error (error);
      g_test_message ("device: %s, %s", monocle_device_get_name (device),
                      monocle_device_get_driver (device));
    }

  return device;
}

void
test_take_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  g_assert_null (*place);
  *place = g_object_ref (result);
}

GAsyncResult *
test_wait (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

MonocleModel *
test_load (const char *directory, MonoclePrecision precision, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  monocle_model_load_async (directory, test_get_device (), precision, NULL, NULL, NULL,
                            test_take_result, &result);
  return monocle_model_load_finish (test_wait (&result), error);
}

MonocleRun *
test_run (MonocleSession *session, const MonocleRequest *request, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  monocle_session_run_async (session, request, NULL, NULL, NULL, test_take_result, &result);
  return monocle_session_run_finish (session, test_wait (&result), error);
}

gboolean
test_inspect (MonocleSession *session,
              const char *prompt,
              const guint32 *ids,
              guint n_ids,
              const char *directory,
              GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  monocle_session_inspect_async (session, prompt, ids, n_ids, directory, NULL, test_take_result,
                                 &result);
  return monocle_session_inspect_finish (session, test_wait (&result), error);
}

MonocleModel *
test_load_or_die (const char *directory, MonoclePrecision precision)
{
  g_autoptr (GError) error = NULL;
  MonocleModel *model = test_load (directory, precision, &error);

  g_assert_no_error (error);
  return model;
}

MonocleImage *
test_read_image (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_new_from_file (path, &error);

  g_assert_no_error (error);
  /* As the reference reads it. */
  return monocle_image_drop_alpha (image);
}

MonocleSession *
test_open_image (MonocleModel *model, const char *path)
{
  g_autoptr (MonocleImage) image = test_read_image (path);

  return monocle_session_new (model, image);
}

MonocleRun *
test_run_or_die (MonocleSession *session, const MonocleRequest *request)
{
  g_autoptr (GError) error = NULL;
  MonocleRun *run = test_run (session, request, &error);

  g_assert_no_error (error);
  g_assert_nonnull (run);
  return run;
}

const MonocleTask *
test_find_task (MonocleSession *session, const char *id)
{
  const MonocleTask *task
      = monocle_tasks_find (monocle_model_list_tasks (monocle_session_get_model (session)), id);

  g_assert_nonnull (task);
  return task;
}

const MonocleTask *
test_find_family_task (void (*list_tasks) (GPtrArray *tasks), const char *id)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();
  const MonocleTask *task;

  list_tasks (tasks);
  task = monocle_tasks_find (tasks, id);
  g_assert_nonnull (task);
  return task;
}

void
test_check_bad_request (MonocleSession *session, const MonocleRequest *request, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = test_run (session, request, &error);

  g_assert_null (run);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  if (!strstr (error->message, words))
    g_error ("“%s” does not speak of %s", error->message, words);
}

void
test_check_bad_text (MonocleSession *session, const char *task, const char *text, const char *words)
{
  const MonocleRequest request = { .task = test_find_task (session, task), .text = text };

  test_check_bad_request (session, &request, words);
}

void
test_check_side_by_side (MonocleSession *session, const MonocleTask *task)
{
  static const MonocleBox regions[] = { { 0, 0, 40, 30 }, { 20, 10, 131, 97 }, { 5, 5, 9, 9 } };
  MonocleRequest request
      = { .task = task, .regions = regions, .n_regions = G_N_ELEMENTS (regions), .max_tokens = 6 };
  g_autoptr (MonocleRun) all = test_run_or_die (session, &request);

  request.n_regions = 1;
  for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
    {
      g_autoptr (MonocleRun) one = NULL;
      guint n_all, n_one;
      const guint32 *ids, *wanted;

      request.regions = &regions[i];
      one = test_run_or_die (session, &request);
      ids = monocle_result_get_token_ids (all->results->pdata[i], &n_all);
      wanted = monocle_result_get_token_ids (one->results->pdata[0], &n_one);
      g_assert_cmpmem (ids, n_all * sizeof *ids, wanted, n_one * sizeof *wanted);
    }
}

MonocleModel *
test_load_fixture (const char *name, MonoclePrecision precision)
{
  g_autofree char *directory = test_fixture (name);

  return test_load_or_die (directory, precision);
}

MonocleSession *
test_open_fixture (MonocleModel *model, const char *name)
{
  g_autofree char *path = test_fixture (name);

  return test_open_image (model, path);
}

char *
test_fixture (const char *path)
{
  return fixture_dup_path (path);
}

char *
test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("monocle-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_test (path, G_FILE_TEST_IS_DIR))
    dir = g_dir_open (path, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
test_folder_free (char *folder)
{
  if (!folder)
    return;

  remove_tree (folder);
  g_free (folder);
}

JsonNode *
test_read_json_node (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return fixture_read_json_path (path);
}

JsonObject *
test_read_json (const char *folder, const char *name)
{
  g_autoptr (JsonNode) node = test_read_json_node (folder, name);

  return json_node_dup_object (node);
}

void
test_write_json (const char *folder, const char *name, JsonObject *object)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autoptr (GError) error = NULL;

  json_node_init_object (node, object);
  json_generator_set_root (generator, node);
  /* Where there is a link, it and not what it leads to is replaced. */
  g_remove (path);
  json_generator_to_file (generator, path, &error);
  g_assert_no_error (error);
}

void
test_link_model (const char *source, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (source, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *from = g_build_filename (source, name, NULL);
      g_autofree char *absolute = g_canonicalize_filename (from, NULL);
      g_autofree char *to = g_build_filename (folder, name, NULL);
      g_autoptr (GFile) link = g_file_new_for_path (to);

      g_file_make_symbolic_link (link, absolute, NULL, &error);
      g_assert_no_error (error);
    }
}

void
test_check_refused (
    const char *model, const char *file, const char *from, const char *to, const char *words)
{
  g_autofree char *source = test_fixture (model);
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *original = g_build_filename (source, file, NULL);
  g_autofree char *changed = g_build_filename (folder, file, NULL);
  g_autoptr (GString) text = NULL;
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) found = NULL;

  g_assert_true (g_file_get_contents (original, &contents, NULL, NULL));
  text = g_string_new (contents);
  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  test_link_model (source, folder);
  g_remove (changed);
  g_assert_true (g_file_set_contents (changed, text->str, -1, NULL));
  g_assert_null (test_load (folder, MONOCLE_PRECISION_F32, &error));
  g_assert_nonnull (error);
  if (!strstr (error->message, words) || !strstr (error->message, folder))
    g_error ("“%s” does not speak of %s", error->message, words);
  /* And so before anything is loaded. */
  g_assert_false (monocle_model_check (folder, &found));
  g_assert_cmpstr (found->message, ==, error->message);
}

double
test_relative_error (const float *a, const float *b, gsize n)
{
  double difference = 0, size = 0;

  for (gsize i = 0; i < n; i++)
    {
      double d = (double) a[i] - (double) b[i];

      if (!isfinite (a[i]) || !isfinite (b[i]))
        return INFINITY;
      difference += d * d;
      size += (double) b[i] * (double) b[i];
    }

  return size > 0 ? sqrt (difference / size) : difference > 0 ? INFINITY : 0;
}

static gboolean
arrays_equal (JsonArray *a, JsonArray *b)
{
  guint n = json_array_get_length (a);

  if (n != json_array_get_length (b))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!test_json_equal (json_array_get_element (a, i), json_array_get_element (b, i)))
      return FALSE;

  return TRUE;
}

static gboolean
objects_equal (JsonObject *a, JsonObject *b)
{
  g_autoptr (GList) names = json_object_get_members (a);

  if (json_object_get_size (a) != json_object_get_size (b))
    return FALSE;
  for (GList *l = names; l; l = l->next)
    if (!json_object_has_member (b, l->data)
        || !test_json_equal (json_object_get_member (a, l->data),
                             json_object_get_member (b, l->data)))
      return FALSE;

  return TRUE;
}

gboolean
test_json_equal (JsonNode *a, JsonNode *b)
{
  GType type = json_node_get_value_type (a);

  if (json_node_get_node_type (a) != json_node_get_node_type (b))
    return FALSE;
  if (JSON_NODE_HOLDS_NULL (a))
    return TRUE;
  if (JSON_NODE_HOLDS_OBJECT (a))
    return objects_equal (json_node_get_object (a), json_node_get_object (b));
  if (JSON_NODE_HOLDS_ARRAY (a))
    return arrays_equal (json_node_get_array (a), json_node_get_array (b));

  if (type == G_TYPE_STRING)
    return json_node_get_value_type (b) == G_TYPE_STRING
           && g_str_equal (json_node_get_string (a), json_node_get_string (b));
  if (type == G_TYPE_BOOLEAN || json_node_get_value_type (b) == G_TYPE_BOOLEAN)
    return type == json_node_get_value_type (b)
           && json_node_get_boolean (a) == json_node_get_boolean (b);
  if (json_node_get_value_type (b) == G_TYPE_STRING)
    return FALSE;

  return !(json_node_get_double (a) < json_node_get_double (b))
         && !(json_node_get_double (a) > json_node_get_double (b));
}

typedef struct
{
  TestMemory memory;
  int done;
} MemoryJob;

static void
read_memory (MonocleWorker *worker, gpointer data)
{
  MemoryJob *job = data;
  MonocleVkGpu *gpu = monocle_worker_get_gpu (worker, NULL);

  g_assert_nonnull (gpu);
  job->memory.n_allocations = monocle_vk_memory_get_n_allocations (gpu->memory);
  job->memory.used_bytes = monocle_vk_memory_get_used_bytes (gpu->memory);
  job->memory.peak_bytes = monocle_vk_memory_get_peak_bytes (gpu->memory);
  g_atomic_int_set (&job->done, TRUE);
}

TestMemory
test_get_memory (MonocleModel *model)
{
  MemoryJob job = { 0 };

  monocle_worker_push (monocle_model_get_worker (model), read_memory, &job, NULL);
  while (!g_atomic_int_get (&job.done))
    g_usleep (100);

  return job.memory;
}

int
test_end (int status)
{
  g_assert_true (monocle_engine_shutdown (600 * 1000));
  test_check_validation ();
  return status;
}

void
test_check_validation (void)
{
  g_assert_cmpuint (monocle_vk_instance_get_n_messages (), ==, 0);
}
