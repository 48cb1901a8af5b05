/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The library as another program has it: its headers, the shared object, and nothing else. It never
 * says that it ends: the library has to see to that.
 */
#include <monocle/monocle.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TINY "fixtures/models/native-96"
#define CLIP "fixtures/clip/clip-quick"

static char *folder;

static char *
find_file (const char *name)
{
  return g_test_build_filename (G_TEST_BUILT, name, NULL);
}

static MonocleModel *
open_model (const char *name)
{
  g_autofree char *directory = name ? find_file (name) : NULL;
  g_autoptr (GError) error = NULL;
  MonocleModel *model = monocle_model_open (directory, NULL, "f32", NULL, &error);

  g_assert_no_error (error);
  return model;
}

static MonoclePicture *
open_picture (GTestFileType where, const char *name)
{
  g_autofree char *path = g_test_build_filename (where, name, NULL);
  g_autoptr (GError) error = NULL;
  MonoclePicture *picture = monocle_picture_open (path, &error);

  g_assert_no_error (error);
  return picture;
}

static MonocleAnswer *
ask (MonocleModel *model, MonoclePicture *picture, MonocleQuestion *question)
{
  g_autoptr (GError) error = NULL;
  MonocleAnswer *answer = monocle_model_ask (model, picture, question, NULL, &error);

  g_assert_no_error (error);
  return answer;
}

/* --- what there is --- */

static void
test_tasks (void)
{
  g_autoptr (MonocleModel) model = open_model (TINY);
  GPtrArray *tasks = monocle_model_list_tasks (model);
  const MonocleTask *detect = NULL, *region = NULL;

  for (guint i = 0; i < tasks->len; i++)
    {
      const char *id = monocle_task_get_id (tasks->pdata[i]);

      detect = strcmp (id, "detect") == 0 ? tasks->pdata[i] : detect;
      region = strcmp (id, "region-to-category") == 0 ? tasks->pdata[i] : region;
      g_assert_cmpstr (monocle_task_get_title (tasks->pdata[i]), !=, "");
      g_assert_cmpstr (monocle_task_get_description (tasks->pdata[i]), !=, "");
    }
  g_assert_cmpstr (monocle_task_get_kind (detect), ==, "find");
  g_assert_true (monocle_task_gives_objects (detect));
  g_assert_false (monocle_task_takes_regions (detect));
  g_assert_true (monocle_task_takes_regions (region));
  g_assert_false (monocle_task_takes_text (region));

  g_assert_cmpstr (monocle_model_get_name (model), ==, "native-96");
  g_assert_cmpstr (monocle_model_get_precision_name (model), ==, "f32");
  g_assert_cmpuint (monocle_model_get_n_parameters (model), >, 1000);
  g_assert_cmpuint (monocle_model_get_used_bytes (model), >, 1000);
}

static void
test_languages (void)
{
  g_autoptr (MonocleModel) model = open_model ("fixtures/paligemma/gemma");
  g_autoptr (MonoclePicture) picture = open_picture (G_TEST_BUILT, "fixtures/images/a.png");
  g_autoptr (MonocleQuestion) question = monocle_question_new ("caption", NULL);
  g_autoptr (MonocleAnswer) french = NULL, none = NULL;
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *tasks = monocle_model_list_tasks (model);

  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];
      const char *const *languages = monocle_task_get_languages (task);

      if (g_str_equal (monocle_task_get_id (task), "caption"))
        g_assert_true (g_strv_contains (languages, "fr"));
      if (g_str_equal (monocle_task_get_id (task), "ocr"))
        g_assert_null (languages);
    }
  g_object_set (question, "language", "fr", "max-tokens", 2, NULL);
  french = ask (model, picture, question);
  json = monocle_answer_dup_json (french, 0);
  g_assert_nonnull (strstr (json, "\"language\": \"fr\""));
  g_object_set (question, "language", "tlh", NULL);
  none = monocle_model_ask (model, picture, question, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_BAD_REQUEST);
}

static void
test_devices (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = monocle_device_list (&error);

  g_assert_no_error (error);
  g_assert_cmpuint (devices->len, >, 0);
  for (guint i = 0; i < devices->len; i++)
    {
      g_assert_cmpuint (strlen (monocle_device_get_uuid (devices->pdata[i])), ==, 32);
      g_assert_cmpuint (monocle_device_get_memory_bytes (devices->pdata[i]), >, 0);
      g_assert_nonnull (monocle_device_get_name (devices->pdata[i]));
      g_assert_nonnull (monocle_device_get_driver (devices->pdata[i]));
      g_assert_nonnull (monocle_device_get_kind_name (devices->pdata[i]));
      monocle_device_get_has_f16 (devices->pdata[i]);
    }
}

/* --- asking --- */

/* The shipped model knows what it sees. */
static void
test_objects (void)
{
  g_autoptr (MonocleModel) model = open_model (NULL);
  g_autoptr (MonoclePicture) picture = open_picture (G_TEST_DIST, "../data/samples/1-park.png");
  g_autoptr (MonocleQuestion) question = monocle_question_new ("find", NULL);
  g_autoptr (MonocleAnswer) answer = ask (model, picture, question);
  g_autoptr (GPtrArray) objects
      = monocle_result_list_objects (monocle_answer_get_result (answer, 0));
  const MonocleObject *dog = NULL;
  g_autoptr (GBytes) mask = NULL;
  double left, top, right, bottom;
  const guint8 *pixels;
  const double *points;
  gboolean is_hole = TRUE;
  gsize size, n, n_covered = 0;

  for (guint i = 0; i < objects->len; i++)
    if (strcmp (monocle_object_get_label (objects->pdata[i]), "dog") == 0)
      dog = objects->pdata[i];
  g_assert_nonnull (dog);
  g_assert_cmpfloat (monocle_object_get_score (dog), >, 0.25);
  g_assert_cmpint (monocle_object_get_geometry (dog), ==, MONOCLE_GEOMETRY_BOX);
  monocle_object_get_bounds (dog, &left, &top, &right, &bottom);
  g_assert_cmpfloat_with_epsilon (left, 70, 15);
  g_assert_cmpfloat_with_epsilon (top, 380, 15);
  g_assert_cmpfloat_with_epsilon (right, 267, 15);
  g_assert_cmpfloat_with_epsilon (bottom, 586, 15);
  g_assert_cmpfloat_with_epsilon (monocle_object_get_area (dog), (right - left) * (bottom - top),
                                  0.5);
  g_assert_cmpuint (monocle_object_get_n_outlines (dog), ==, 1);
  points = monocle_object_get_outline (dog, 0, &is_hole, &n);
  g_assert_false (is_hole);
  g_assert_cmpuint (n, ==, 8);
  g_assert_cmpfloat (points[0], ==, left);
  monocle_object_get_points (dog, &n);
  g_assert_cmpuint (n, ==, 8);

  mask = monocle_object_dup_mask (dog, monocle_picture_get_width (picture),
                                  monocle_picture_get_height (picture));
  pixels = g_bytes_get_data (mask, &size);
  for (gsize i = 0; i < size; i++)
    n_covered += pixels[i] == 255;
  g_assert_cmpfloat_with_epsilon ((double) n_covered, monocle_object_get_area (dog),
                                  (double) (right - left + bottom - top));
  g_assert_null (monocle_object_dup_mask (dog, 0, 5));
  g_assert_null (monocle_object_dup_mask (dog, G_MAXUINT, G_MAXUINT));
}

static void
test_regions (void)
{
  g_autoptr (MonocleModel) model = open_model (TINY);
  g_autoptr (MonoclePicture) picture = open_picture (G_TEST_BUILT, "fixtures/images/a.png");
  g_autoptr (MonocleQuestion) question = monocle_question_new ("region-to-category", NULL);
  g_autoptr (MonocleAnswer) answer = NULL, words = NULL;
  g_autofree char *json = NULL;

  g_object_set (question, "n-beams", 1, "max-tokens", 5, NULL);
  monocle_question_add_region (question, 0, 0, 20, 20);
  monocle_question_add_region (question, 5, 5, 30, 30);
  answer = ask (model, picture, question);
  g_assert_cmpuint (monocle_answer_get_n_results (answer), ==, 2);
  g_assert_true (monocle_answer_get_picture (answer) == picture);
  g_assert_false (monocle_answer_is_stopped (answer));
  json = monocle_answer_dup_json (answer, 1);
  g_assert_nonnull (strstr (json, "region-to-category"));
  g_assert_nonnull (strstr (json, "30"));

  monocle_question_clear_regions (question);
  g_object_set (question, "task", "caption", "temperature", 1.0, "seed", G_GUINT64_CONSTANT (3),
                NULL);
  words = ask (model, picture, question);
  g_assert_cmpuint (monocle_answer_get_n_results (words), ==, 1);
  g_assert_nonnull (monocle_result_get_generated_text (monocle_answer_get_result (words, 0)));
}

static void
test_ranks (void)
{
  g_autoptr (MonocleModel) model = open_model (CLIP);
  g_autoptr (MonoclePicture) picture = open_picture (G_TEST_BUILT, "fixtures/images/a.png");
  g_autoptr (MonocleQuestion) question = monocle_question_new ("rank", "red\nblue\ngreen");
  g_autoptr (MonocleAnswer) answer = ask (model, picture, question);
  g_autoptr (GPtrArray) ranks = monocle_result_list_ranks (monocle_answer_get_result (answer, 0));
  double last = INFINITY;

  g_assert_cmpuint (ranks->len, ==, 3);
  for (guint i = 0; i < ranks->len; i++)
    {
      g_autoptr (MonocleRank) copy = monocle_rank_copy (ranks->pdata[i]);

      g_assert_cmpstr (monocle_rank_get_label (copy), !=, "");
      g_assert_cmpfloat (monocle_rank_get_score (copy), <=, last);
      g_assert_cmpfloat (monocle_rank_get_probability (copy), >=, 0);
      last = monocle_rank_get_score (copy);
    }
}

static void
test_vectors (void)
{
  g_autoptr (MonocleModel) model = open_model (CLIP);
  g_autoptr (MonoclePicture) picture = open_picture (G_TEST_BUILT, "fixtures/images/a.png");
  const char *const texts[] = { "red", "blue", NULL };
  guint n_dims = monocle_model_get_n_dims (model);
  g_autofree float *all = NULL, *one = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  all = monocle_model_embed_all (model, texts, &picture, 1, &n, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_dims, >, 0);
  g_assert_cmpuint (n, ==, 3 * n_dims);
  for (guint i = 0; i < 3; i++)
    {
      double length = 0;

      for (guint k = 0; k < n_dims; k++)
        length += (double) all[i * n_dims + k] * (double) all[i * n_dims + k];
      g_assert_cmpfloat_with_epsilon (length, 1, 1e-5);
    }
  one = monocle_model_embed_all (model, texts + 1, NULL, 0, &n, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (one, n * sizeof (float), all + n_dims, n_dims * sizeof (float));
  g_assert_null (monocle_model_embed_all (model, NULL, NULL, 0, &n, NULL, &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_BAD_REQUEST);
  g_assert_cmpuint (n, ==, 0);
}

/* --- without blocking --- */

typedef struct
{
  GMainLoop *loop;
  GAsyncResult *result;
  guint n_steps, n_freed;
} Call;

static void
on_progress (MonocleStep step, double fraction, MonocleResult *partial, gpointer data)
{
  Call *call = data;

  g_assert_cmpuint (call->n_freed, ==, 0);
  g_assert_cmpfloat (fraction, <=, 1);
  call->n_steps++;
}

static void
on_free (gpointer data)
{
  ((Call *) data)->n_freed++;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;

  call->result = g_object_ref (result);
  g_main_loop_quit (call->loop);
}

static void
end_call (Call *call)
{
  g_clear_object (&call->result);
  while (call->n_freed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (call->n_freed, ==, 1);
  call->n_freed = 0;
}

static void
test_async (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Call call = { .loop = loop };
  g_autofree char *directory = find_file (TINY), *path = find_file ("fixtures/images/a.png");
  g_autofree char *out = g_build_filename (folder, "async.jpg", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MonocleQuestion) question = monocle_question_new ("caption", NULL);
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonoclePicture) picture = NULL;
  g_autoptr (MonocleAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  monocle_model_open_async (directory, NULL, NULL, NULL, on_progress, &call, on_free, on_done,
                            &call);
  g_main_loop_run (loop);
  model = monocle_model_open_finish (call.result, &error);
  g_assert_no_error (error);
  end_call (&call);

  monocle_picture_open_async (file, NULL, on_done, &call);
  g_main_loop_run (loop);
  picture = monocle_picture_open_finish (call.result, &error);
  g_assert_no_error (error);
  g_clear_object (&call.result);

  call.n_steps = 0;
  g_object_set (question, "max-tokens", 20, NULL);
  monocle_model_ask_async (model, picture, question, NULL, on_progress, &call, on_free, on_done,
                           &call);
  g_main_loop_run (loop);
  answer = monocle_model_ask_finish (model, call.result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (call.n_steps, >, 0);
  end_call (&call);

  monocle_answer_save_async (answer, out, NULL, on_done, &call);
  g_main_loop_run (loop);
  g_assert_true (monocle_answer_save_finish (answer, call.result, &error));
  g_assert_no_error (error);
  g_clear_object (&call.result);
  g_assert_true (g_file_test (out, G_FILE_TEST_IS_REGULAR));

  g_cancellable_cancel (cancellable);
  monocle_model_ask_async (model, picture, question, cancellable, on_progress, &call, on_free,
                           on_done, &call);
  g_main_loop_run (loop);
  g_assert_null (monocle_model_ask_finish (model, call.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  end_call (&call);
}

/* --- pictures --- */

static void
test_pixels (void)
{
  /* Two rows of two pixels; the last row ends with its last pixel. */
  const guint8 rows[] = { 1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12 };
  const guint8 packed[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (rows, sizeof rows), pixels = NULL, file = NULL;
  g_autofree char *path = find_file ("fixtures/images/a.png");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonoclePicture) picture = monocle_picture_new_from_pixels (bytes, 2, 2, 8, &error),
                             read = NULL;
  char *content;
  gsize size;

  g_assert_no_error (error);
  g_assert_cmpuint (monocle_picture_get_width (picture), ==, 2);
  g_assert_cmpuint (monocle_picture_get_height (picture), ==, 2);
  pixels = monocle_picture_dup_pixels (picture);
  g_assert_cmpmem (g_bytes_get_data (pixels, NULL), g_bytes_get_size (pixels), packed,
                   sizeof packed);

  g_assert_null (monocle_picture_new_from_pixels (bytes, 2, 3, 8, &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  g_assert_null (monocle_picture_new_from_pixels (bytes, 0, 2, 0, &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  g_assert_null (monocle_picture_new_from_pixels (bytes, G_MAXUINT, G_MAXUINT, 0, &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_BAD_REQUEST);
  g_clear_error (&error);

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  file = g_bytes_new_take (content, size);
  read = monocle_picture_new_from_bytes (file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_picture_get_width (read), >, 0);
}

static void
test_files (void)
{
  const char *const formats[] = { "png", "svg", "pdf" }, *const begins[]
                                                         = { "\x89PNG", "<?xml", "%PDF" };
  g_autoptr (MonocleModel) model = open_model (TINY);
  g_autoptr (MonoclePicture) picture = open_picture (G_TEST_BUILT, "fixtures/images/a.png");
  g_autoptr (MonocleQuestion) question = monocle_question_new ("detect", NULL);
  g_autoptr (MonocleAnswer) answer = NULL;
  g_autofree char *bad = g_build_filename (folder, "out.doc", NULL),
                  *lost = g_build_filename (folder, "not-there", "out.png", NULL);
  g_autoptr (GError) error = NULL;

  g_object_set (question, "max-tokens", 20, "min-score", 0.0, NULL);
  answer = ask (model, picture, question);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GBytes) file = monocle_answer_encode (answer, formats[i], &error);

      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (file, NULL), strlen (begins[i]), begins[i],
                       strlen (begins[i]));
    }
  g_assert_null (monocle_answer_encode (answer, "doc", &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_WRITE);
  g_clear_error (&error);
  g_assert_false (monocle_answer_save (answer, bad, &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_WRITE);
  g_clear_error (&error);
  g_assert_false (monocle_answer_save (answer, lost, &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_WRITE);
  g_assert_nonnull (strstr (error->message, "not-there"));
}

/* --- what goes wrong --- */

static void
check_refused (MonocleModel *model, MonoclePicture *picture, MonocleQuestion *question)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (monocle_model_ask (model, picture, question, NULL, &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_BAD_REQUEST);
}

static void
test_errors (void)
{
  g_autoptr (MonocleModel) model = open_model (TINY);
  g_autoptr (MonoclePicture) picture = open_picture (G_TEST_BUILT, "fixtures/images/a.png");
  g_autoptr (MonocleQuestion) unknown = monocle_question_new ("dance", NULL),
                              blank = g_object_new (MONOCLE_TYPE_QUESTION, NULL),
                              outside = monocle_question_new ("region-to-category", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("no picture", 10);
  g_autoptr (GError) error = NULL;

  g_assert_null (monocle_model_open ("/not/there", NULL, NULL, NULL, &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_NO_MODEL);
  g_clear_error (&error);
  g_assert_null (monocle_model_open (NULL, "no such device", NULL, NULL, &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_NO_DEVICE);
  g_clear_error (&error);
  g_assert_null (monocle_model_open (NULL, NULL, "f64", NULL, &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  g_assert_null (monocle_picture_open ("/not/there.png", &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_BAD_FILE);
  g_clear_error (&error);
  g_assert_null (monocle_picture_new_from_bytes (bytes, &error));
  g_assert_error (error, MONOCLE_ERROR, MONOCLE_ERROR_BAD_FILE);

  check_refused (model, picture, unknown);
  check_refused (model, picture, blank);
  monocle_question_add_region (outside, 0, 0, 9000, 9000);
  check_refused (model, picture, outside);
}

static void
remove_folder (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      remove (path);
    }
  remove (folder);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("monocle-library-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_test_add_func ("/library/devices", test_devices);
  g_test_add_func ("/library/tasks", test_tasks);
  g_test_add_func ("/library/languages", test_languages);
  g_test_add_func ("/library/objects", test_objects);
  g_test_add_func ("/library/regions", test_regions);
  g_test_add_func ("/library/ranks", test_ranks);
  g_test_add_func ("/library/vectors", test_vectors);
  g_test_add_func ("/library/async", test_async);
  g_test_add_func ("/library/pixels", test_pixels);
  g_test_add_func ("/library/files", test_files);
  g_test_add_func ("/library/errors", test_errors);
  status = g_test_run ();
  remove_folder ();
  g_free (folder);
  return status;
}
