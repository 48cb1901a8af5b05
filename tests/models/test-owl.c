/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models that find by words or by an example against the reference: tests/reference/make_owl.py
 * made them.
 */
#include "config.h"

#include <math.h>
#include <time.h>

#include "golden.h"

/* What scores less is not handed out. */
#define LEAST_SCORE 0.01

/* The reference leaves out what scores less than this part of the best, by example. */
#define LEAST_PART 0.1

typedef struct
{
  const char *name;
  gboolean is_second;
} Case;

#define PHOTO "pictures/photo-131x97.png"

static const Case cases[] = { { "owl/owlvit", FALSE }, { "owl/owlv2", TRUE } };

static const char *
get_text (JsonArray *texts, guint i)
{
  return json_object_get_string_member (json_array_get_object_element (texts, i), "text");
}

static char *
join_texts (JsonArray *texts)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (texts); i++)
    g_string_append_printf (lines, "%s\n", get_text (texts, i));
  return g_string_free (g_steal_pointer (&lines), FALSE);
}

/* --- stages --- */

static void
check_pixels (const char *folder, JsonObject *golden, double tolerance)
{
  g_autoptr (MonocleNpy) pixels = golden_read_stage (folder, "pixel_values");

  golden_check_sums (pixels, golden, (double) pixels->dims[2] * tolerance);
}

static void
check_vectors (const char *folder, JsonArray *texts, double tolerance)
{
  g_autoptr (MonocleNpy) found = golden_read_stage (folder, "text_embeds");
  guint n_dims = (guint) found->dims[1];

  g_assert_cmpuint (found->dims[0], ==, json_array_get_length (texts));
  for (guint i = 0; i < json_array_get_length (texts); i++)
    {
      JsonObject *text = json_array_get_object_element (texts, i);
      guint n;
      g_autofree float *wanted = golden_read_floats (text, "vector", &n);
      const float *row = found->f32 + (gsize) i * n_dims;

      g_assert_cmpuint (n, ==, n_dims);
      golden_check_floats ("vector", row, wanted, n, tolerance);
      g_assert_cmpfloat (monocle_vector_dot (row, wanted, n), >, 0.9999);
    }
}

static void
check_stages (
    const Case *c, MonocleSession *session, JsonArray *texts, JsonObject *picture, double tolerance)
{
  g_autofree char *lines = join_texts (texts);
  g_autoptr (TestFolder) folder = golden_inspect (session, lines);

  /* The reference's own processor of OWLv2 is in single precision. */
  check_pixels (folder, json_object_get_object_member (picture, "pixels"),
                c->is_second ? 5e-4 : 1e-5);
  check_vectors (folder, texts, tolerance);
  golden_check_sampled (folder, "pred_boxes", picture, "boxes", 1, tolerance);
  golden_check_sampled (folder, "logits", picture, "logits", 1, tolerance);
  if (c->is_second)
    golden_check_sampled (folder, "objectness", picture, "objectness", 1, tolerance);
}

/* Of the first line: so each of them once. */
static void
check_ids (MonocleSession *session, JsonArray *texts)
{
  for (guint i = 0; i < json_array_get_length (texts); i++)
    {
      g_autofree char *line = g_strconcat (get_text (texts, i), "\n", NULL);
      g_autoptr (TestFolder) folder = golden_inspect (session, line);

      golden_check_ids (folder, json_array_get_object_element (texts, i));
    }
}

/* --- answers --- */

static gboolean
is_near (const MonocleBox *a, const MonocleBox *b)
{
  return fabsf (a->x1 - b->x1) < 0.5f && fabsf (a->y1 - b->y1) < 0.5f
         && fabsf (a->x2 - b->x2) < 0.5f && fabsf (a->y2 - b->y2) < 0.5f;
}

/* What of it lies in the picture: the reference's boxes reach out of it. */
static gboolean
read_box (JsonObject *object, MonocleImage *image, MonocleBox *box)
{
  JsonArray *numbers = json_object_get_array_member (object, "box");
  float w = (float) monocle_image_get_width (image), h = (float) monocle_image_get_height (image);

  box->x1 = CLAMP ((float) json_array_get_double_element (numbers, 0), 0, w);
  box->y1 = CLAMP ((float) json_array_get_double_element (numbers, 1), 0, h);
  box->x2 = CLAMP ((float) json_array_get_double_element (numbers, 2), 0, w);
  box->y2 = CLAMP ((float) json_array_get_double_element (numbers, 3), 0, h);
  return box->x1 < box->x2 && box->y1 < box->y2;
}

/* Those that score at least @least, all of them and no others, the best first. @texts: (nullable):
 * what labels are */
static void
check_objects (const MonocleResult *result,
               MonocleImage *image,
               JsonArray *wanted,
               JsonArray *texts,
               double least,
               double tolerance)
{
  guint n = monocle_result_get_n_objects (result), n_found = 0, n_wanted = 0;

  for (guint k = 0; k < n; k++)
    {
      double score = (double) monocle_result_get_object (result, k)->score;

      n_found += score >= least;
      if (k > 0)
        g_assert_cmpfloat (score, <=, (double) monocle_result_get_object (result, k - 1)->score);
    }
  for (guint i = 0; i < json_array_get_length (wanted); i++)
    {
      JsonObject *object = json_array_get_object_element (wanted, i);
      guint label = (guint) json_object_get_int_member (object, "label"), n_same = 0;
      double score = json_object_get_double_member (object, "score");
      MonocleBox box;

      if (!read_box (object, image, &box) || score < least)
        continue;
      n_wanted++;
      for (guint k = 0; k < n; k++)
        {
          const MonocleObject *found = monocle_result_get_object (result, k);
          MonocleBox there = monocle_shape_get_box (found->shape);

          n_same += is_near (&there, &box) && fabs ((double) found->score - score) < tolerance
                    && g_str_equal (found->label, texts ? get_text (texts, label) : "");
        }
      g_assert_cmpuint (n_same, >=, 1);
    }
  g_assert_cmpuint (n_found, ==, n_wanted);
}

static void
check_words (MonocleSession *session, JsonArray *texts, JsonObject *picture, double tolerance)
{
  JsonArray *wanted = json_object_get_array_member (picture, "words");
  g_autofree char *lines = join_texts (texts);
  const MonocleRequest request = { .task = test_find_task (session, "find-words"), .text = lines };
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

  for (guint i = 0; i < json_array_get_length (wanted); i++)
    {
      JsonObject *at = json_array_get_object_element (wanted, i);

      check_objects (run->results->pdata[0], monocle_session_get_image (session),
                     json_object_get_array_member (at, "objects"), texts,
                     json_object_get_double_member (at, "threshold"), tolerance);
    }
}

static void
check_example (MonocleSession *session,
               MonocleImage *example,
               JsonObject *picture,
               double tolerance)
{
  JsonObject *like = json_object_get_object_member (picture, "like");
  JsonArray *wanted = json_object_get_array_member (like, "objects");
  double best = json_object_get_double_member (json_array_get_object_element (wanted, 0), "score");
  const MonocleRequest request
      = { .task = test_find_task (session, "find-like"), .example = example };
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

  check_objects (run->results->pdata[0], monocle_session_get_image (session), wanted, NULL,
                 LEAST_PART * best, tolerance);
}

/* A region here, and the same one as if it lay in another picture: both are one question. */
static void
check_region (MonocleSession *session, JsonObject *picture, double tolerance)
{
  JsonObject *golden = json_object_get_object_member (picture, "region");
  MonocleImage *image = monocle_session_get_image (session);
  guint n;
  g_autofree float *numbers = golden_read_floats (golden, "region", &n);
  const MonocleBox region = { numbers[0], numbers[1], numbers[2], numbers[3] };

  for (guint i = 0; i < 2; i++)
    {
      const MonocleRequest request = {
        .task = test_find_task (session, "find-like"),
        .regions = &region,
        .n_regions = 1,
        .example = i == 0 ? NULL : image,
      };
      g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

      check_objects (run->results->pdata[0], image,
                     json_object_get_array_member (golden, "objects"), NULL, LEAST_SCORE,
                     tolerance);
    }
}

static void
check_things (MonocleSession *session, JsonObject *picture, double tolerance)
{
  const MonocleRequest request = { .task = test_find_task (session, "find-things") };
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

  check_objects (run->results->pdata[0], monocle_session_get_image (session),
                 json_object_get_array_member (picture, "things"), NULL, LEAST_SCORE, tolerance);
  /* What the first question saw. */
  g_assert_cmpfloat (run->encode_ms, ==, 0);
}

static void
check_model (gconstpointer data, MonoclePrecision precision, double tolerance)
{
  const Case *c = data;
  g_autofree char *directory = test_fixture (c->name);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, precision);
  g_autoptr (JsonObject) golden = test_read_json (directory, "golden.json");
  JsonArray *texts = json_object_get_array_member (golden, "texts");
  JsonArray *pictures = json_object_get_array_member (golden, "pictures");
  g_autofree char *other = test_fixture (json_object_get_string_member (golden, "example"));
  g_autoptr (MonocleImage) example = test_read_image (other);
  g_autoptr (GError) error = NULL;

  monocle_model_check (directory, &error);
  g_assert_no_error (error);
  g_assert_null (*monocle_model_get_notes (model));
  g_assert_cmpuint (monocle_model_list_tasks (model)->len, ==, c->is_second ? 3 : 2);
  g_assert_cmpfloat (monocle_model_get_lowest_score (model), ==, 0.1);
  for (guint i = 0; i < json_array_get_length (pictures); i++)
    {
      JsonObject *picture = json_array_get_object_element (pictures, i);
      const char *image = json_object_get_string_member (picture, "image");
      g_autoptr (MonocleSession) session = test_open_fixture (model, image);

      check_stages (c, session, texts, picture, tolerance);
      if (i == 0)
        check_ids (session, texts);
      check_words (session, texts, picture, tolerance);
      check_example (session, example, picture, tolerance);
      check_region (session, picture, tolerance);
      if (c->is_second)
        check_things (session, picture, tolerance);
    }
}

/* --- what is asked wrongly --- */

static void
test_questions (void)
{
  g_autofree char *small = test_fixture ("clip/tall-9x41.png");
  g_autoptr (MonocleModel) model = test_load_fixture (cases[1].name, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  g_autoptr (MonocleImage) example = test_read_image (small);
  const MonocleTask *words = test_find_task (session, "find-words");
  const MonocleTask *like = test_find_task (session, "find-like");
  const MonocleBox region = { 1, 1, 12, 20 };

  test_check_bad_request (session, &(MonocleRequest){ .task = words, .text = " , " }, "no words");
  test_check_bad_request (session, &(MonocleRequest){ .task = words }, "needs a text");
  test_check_bad_request (session,
                          &(MonocleRequest){ .task = words, .text = "cat", .example = example },
                          "no other picture");
  test_check_bad_request (session, &(MonocleRequest){ .task = like }, "needs a region");
  test_check_bad_request (session, &(MonocleRequest){ .task = like, .text = "cat" },
                          "needs a region");
  /* It lies in this picture, and not in the other. */
  test_check_bad_request (
      session,
      &(MonocleRequest){ .task = like, .regions = &region, .n_regions = 1, .example = example },
      "9×41");
}

/* What labels are put into changes what is looked for, and not what it is called. */
static void
test_wording (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (cases[0].name, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  MonocleRequest request = { .task = test_find_task (session, "find-words"),
                             .text = "dog",
                             .wording = "a photo of a {}" };
  g_autoptr (MonocleRun) put = test_run_or_die (session, &request);
  g_autoptr (MonocleRun) plain = NULL;
  const MonocleObject *first, *second;

  request.wording = NULL;
  plain = test_run_or_die (session, &request);
  first = monocle_result_get_object (put->results->pdata[0], 0);
  second = monocle_result_get_object (plain->results->pdata[0], 0);
  g_assert_cmpstr (first->label, ==, "dog");
  g_assert_cmpstr (second->label, ==, "dog");
  g_assert_cmpfloat (first->score, !=, second->score);
}

/* --- bad files --- */

static void
test_refused (void)
{
  const char *first = cases[0].name, *second = cases[1].name;

  test_check_refused (first, "config.json", "\"quick_gelu\"", "\"relu\"", "hidden_act");
  test_check_refused (first, "config.json", "\"num_hidden_layers\": 2",
                      "\"num_hidden_layers\": 100000", "num_hidden_layers");
  test_check_refused (first, "config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3",
                      "layers.2");
  test_check_refused (first, "config.json", "\"patch_size\": 8", "\"patch_size\": 7", "patch_size");
  test_check_refused (first, "config.json", "\"patch_size\": 8", "\"patch_size\": 0", "patch_size");
  test_check_refused (first, "config.json", "\"projection_dim\": 24", "\"projection_dim\": 28",
                      "projection_dim");
  test_check_refused (first, "config.json", "\"image_size\": 40", "\"image_size\": 4294967336",
                      "image_size");
  test_check_refused (first, "preprocessor_config.json", "\"do_center_crop\": true",
                      "\"do_pad\": true", "do_pad");
  test_check_refused (second, "config.json", "\"image_size\": 48", "\"image_size\": 8190",
                      "too many patches");
  test_check_refused (second, "config.json", "\"image_size\": 48", "\"image_size\": 54", "48 x 48");
  test_check_refused (second, "preprocessor_config.json", "\"do_pad\": true", "\"do_pad\": false",
                      "do_pad");
  test_check_refused (second, "preprocessor_config.json", "\"do_pad\": true", "\"do_pad\": 7",
                      "do_pad");
  test_check_refused (second, "preprocessor_config.json", "\"do_resize\": true",
                      "\"do_resize\": false", "do_resize");
  test_check_refused (second, "preprocessor_config.json", "\"image_processor_type\"",
                      "\"image_processor\": [], \"image_processor_type\"", "image_processor");
}

/* What a further word costs, where somebody says which model: `make_owl.py --full` makes one of a
 * published shape. */
static void
test_second_word (void)
{
  static const char *const words[] = { "dog", "a red ball", "the door of a house", "cat, a tree" };
  const char *directory = g_getenv ("MONOCLE_TEST_OWL");
  g_autofree char *path = test_fixture (PHOTO);
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonocleSession) session = NULL;

  if (!directory)
    {
      g_test_skip ("MONOCLE_TEST_OWL names no model");
      return;
    }
  model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  session = test_open_image (model, path);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      const MonocleRequest request
          = { .task = test_find_task (session, "find-words"), .text = words[i] };
      clock_t start = clock ();
      g_autoptr (MonocleRun) run = test_run_or_die (session, &request);
      double busy_ms = 1000.0 * (double) (clock () - start) / CLOCKS_PER_SEC;

      g_test_message ("“%s”: looking %.0f ms, finding %.1f ms; %.0f ms of all processors", words[i],
                      run->encode_ms, run->decode_ms, busy_ms);
      if (i == 0)
        continue;
      g_assert_cmpfloat (run->encode_ms, ==, 0);
      /* Of a software device, whatever else the machine is at. */
      g_assert_cmpfloat (busy_ms, <, 200);
    }
  g_test_message ("%.0f MiB on the device, %s",
                  (double) monocle_model_get_used_bytes (model) / (1 << 20),
                  monocle_model_get_precision_name (model));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* The reference's pixels of OWLv2 are in single precision. */
  golden_add_tests ("/owlvit", &cases[0], check_model, 1e-4, 5e-3);
  golden_add_tests ("/owlv2", &cases[1], check_model, 1e-4, 5e-3);
  g_test_add_func ("/owl/questions", test_questions);
  g_test_add_func ("/owl/wording", test_wording);
  g_test_add_func ("/owl/refused", test_refused);
  g_test_add_func ("/owl/second-word", test_second_word);
  return test_end (g_test_run ());
}
