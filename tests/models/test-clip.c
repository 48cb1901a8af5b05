/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models of two towers against the reference: tests/reference/make_clip.py made them.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "golden.h"

/* More than a batch: what goes through the tower at once must not matter. */
#define N_MANY 9

typedef struct
{
  const char *name;
  gboolean is_siglip;
} Case;

static const Case clip_models[] = { { "clip/clip-quick", FALSE }, { "clip/clip-gelu", FALSE } };
static const Case siglip_models[] = { { "clip/siglip", TRUE }, { "clip/siglip2-naflex", TRUE } };

static MonocleVectors *
embed (MonocleModel *model, const MonocleEmbedding *embedding, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  monocle_model_embed_async (model, embedding, NULL, test_take_result, &result);
  return monocle_model_embed_finish (model, test_wait (&result), error);
}

static MonocleVectors *
embed_or_die (MonocleModel *model, const MonocleEmbedding *embedding)
{
  g_autoptr (GError) error = NULL;
  MonocleVectors *vectors = embed (model, embedding, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (vectors->n, ==, embedding->n_texts + embedding->n_images);
  g_assert_cmpuint (vectors->n_dims, ==, monocle_model_get_n_dims (model));
  return vectors;
}

static void
check_vector (const float *found, JsonObject *golden, guint n_dims, double tolerance)
{
  guint n;
  g_autofree float *values = golden_read_floats (golden, "vector", &n);
  g_autofree float *unit = g_memdup2 (found, n_dims * sizeof *found);

  g_assert_cmpuint (n, ==, n_dims);
  golden_check_floats ("vector", found, values, n, tolerance);
  monocle_vector_normalise (unit, n);
  monocle_vector_normalise (values, n);
  g_assert_cmpfloat (monocle_vector_dot (unit, values, n), >, 0.9999);
}

static const char *
get_text (JsonArray *texts, guint i)
{
  return json_object_get_string_member (json_array_get_object_element (texts, i), "text");
}

/* One by one, and so many that they go through the tower together. */
static void
check_texts (MonocleModel *model, JsonArray *texts, double tolerance)
{
  guint n = json_array_get_length (texts), n_dims = monocle_model_get_n_dims (model);
  const char *many[N_MANY];
  g_autoptr (MonocleVectors) all = NULL;

  for (guint i = 0; i < N_MANY; i++)
    many[i] = get_text (texts, i % n);
  all = embed_or_die (
      model, &(MonocleEmbedding){ .texts = many, .n_texts = G_N_ELEMENTS (many), .raw = TRUE });
  for (guint i = 0; i < N_MANY; i++)
    {
      JsonObject *wanted = json_array_get_object_element (texts, i % n);
      g_autoptr (MonocleVectors) one = embed_or_die (
          model, &(MonocleEmbedding){ .texts = &many[i], .n_texts = 1, .raw = TRUE });

      check_vector (all->values + (gsize) i * n_dims, wanted, n_dims, tolerance);
      check_vector (one->values, wanted, n_dims, tolerance);
    }
}

static void
check_pictures (MonocleModel *model, JsonArray *pictures, double tolerance)
{
  guint n = json_array_get_length (pictures), n_dims = monocle_model_get_n_dims (model);
  MonocleImage *many[N_MANY];
  g_autoptr (MonocleVectors) all = NULL;

  for (guint i = 0; i < N_MANY; i++)
    {
      JsonObject *golden = json_array_get_object_element (pictures, i % n);
      g_autofree char *path = test_fixture (json_object_get_string_member (golden, "image"));

      many[i] = test_read_image (path);
    }
  all = embed_or_die (
      model, &(MonocleEmbedding){ .images = many, .n_images = G_N_ELEMENTS (many), .raw = TRUE });
  for (guint i = 0; i < N_MANY; i++)
    {
      JsonObject *wanted = json_array_get_object_element (pictures, i % n);
      g_autoptr (MonocleVectors) one = embed_or_die (
          model, &(MonocleEmbedding){ .images = &many[i], .n_images = 1, .raw = TRUE });

      check_vector (all->values + (gsize) i * n_dims, wanted, n_dims, tolerance);
      check_vector (one->values, wanted, n_dims, tolerance);
      monocle_image_unref (many[i]);
    }
}

static void
check_pixels (const char *folder, JsonObject *golden)
{
  g_autoptr (MonocleNpy) pixels = golden_read_stage (folder, "pixel_values");

  g_assert_cmpint ((gint64) pixels->dims[2], ==, json_object_get_int_member (golden, "height"));
  g_assert_cmpint ((gint64) pixels->dims[3], ==, json_object_get_int_member (golden, "width"));
  golden_check_sums (pixels, golden, 1e-4);
}

/* Tokens of each text, and the pixels, which are the same with all of them. */
static void
check_stages (MonocleSession *session, JsonArray *texts, JsonObject *pixels)
{
  for (guint i = 0; i < json_array_get_length (texts); i++)
    {
      g_autofree char *line = g_strconcat (get_text (texts, i), "\n.", NULL);
      g_autoptr (TestFolder) folder = NULL;

      if (!*get_text (texts, i))
        continue;
      folder = golden_inspect (session, line);
      golden_check_ids (folder, json_array_get_object_element (texts, i));
      if (i == 0)
        check_pixels (folder, pixels);
    }
}

/* All labels, in the order and with the probabilities that follow from the reference's logits. */
static void
check_ranks (MonocleSession *session,
             const MonocleTask *task,
             gboolean each,
             JsonArray *texts,
             JsonArray *logits,
             double tolerance)
{
  g_autoptr (GString) labels = g_string_new (NULL);
  guint n = json_array_get_length (texts), n_found = 0;
  MonocleRequest request = { .task = task, .wording = "{}" };
  g_autoptr (MonocleRun) run = NULL;
  g_autoptr (GError) error = NULL;
  const MonocleResult *result;
  double sum = 0;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (labels, "%s\n", get_text (texts, i));
  request.text = labels->str;
  run = test_run (session, &request, &error);
  g_assert_no_error (error);
  result = run->results->pdata[0];
  for (guint i = 0; i < n; i++)
    if (*get_text (texts, i))
      sum += exp (json_array_get_double_element (logits, i));
  for (guint i = 0; i < n; i++)
    {
      double logit = json_array_get_double_element (logits, i);
      double wanted = each ? 1 / (1 + exp (-logit)) : exp (logit) / sum;

      for (guint k = 0; k < monocle_result_get_n_parts (result); k++)
        {
          const MonoclePart *part = monocle_result_get_part (result, k);

          g_assert_cmpint (part->kind, ==, MONOCLE_PART_RANK);
          if (k > 0)
            g_assert_cmpfloat (part->score, <=, monocle_result_get_part (result, k - 1)->score);
          if (!g_str_equal (part->rank, get_text (texts, i)))
            continue;
          n_found++;
          g_assert_cmpfloat (fabs ((double) part->score), <=, 1.0001);
          g_assert_cmpfloat_with_epsilon ((double) part->probability, wanted, tolerance);
        }
    }
  /* All but the empty one. */
  g_assert_cmpuint (n_found, ==, n - 1);
  g_assert_cmpfloat (monocle_result_get_score (result), ==,
                     monocle_result_get_part (result, 0)->probability);
}

static void
check_model (const Case *c, MonoclePrecision precision, double tolerance)
{
  g_autofree char *directory = test_fixture (c->name);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, precision);
  g_autoptr (JsonObject) golden = test_read_json (directory, "golden.json");
  JsonArray *texts = json_object_get_array_member (golden, "texts");
  JsonArray *pictures = json_object_get_array_member (golden, "pictures");
  JsonArray *logits = json_object_get_array_member (golden, "logits");
  GPtrArray *tasks = monocle_model_list_tasks (model);
  g_autoptr (GError) error = NULL;

  monocle_model_check (directory, &error);
  g_assert_no_error (error);
  g_assert_null (*monocle_model_get_notes (model));
  g_assert_cmpuint (tasks->len, ==, c->is_siglip ? 3 : 2);
  check_texts (model, texts, tolerance);
  check_pictures (model, pictures, tolerance);
  for (guint i = 0; i < json_array_get_length (pictures); i++)
    {
      JsonObject *picture = json_array_get_object_element (pictures, i);
      const char *image = json_object_get_string_member (picture, "image");
      g_autoptr (MonocleSession) session = test_open_fixture (model, image);

      check_stages (session, texts, json_object_get_object_member (picture, "pixels"));
      /* The last one is about regions. */
      for (guint k = 0; k + 1 < tasks->len; k++)
        check_ranks (session, tasks->pdata[k], k == 1, texts,
                     json_array_get_array_element (logits, i), tolerance);
    }
}

/* Both of them. */
static void
check_models (gconstpointer models, MonoclePrecision precision, double tolerance)
{
  for (guint i = 0; i < 2; i++)
    check_model ((const Case *) models + i, precision, tolerance);
}

static MonocleRun *
classify (MonocleSession *session, const char *text, const char *wording, GError **error)
{
  GPtrArray *tasks = monocle_model_list_tasks (monocle_session_get_model (session));
  const MonocleRequest request = { .task = tasks->pdata[0], .text = text, .wording = wording };

  return test_run (session, &request, error);
}

/* Names between commas or on lines; what is not twice or empty; a single one has no chance. */
static void
test_labels (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (clip_models[0].name, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  const struct
  {
    const char *text;
    guint n;
  } cases[] = {
    { "cat, dog, a red car", 3 },
    { " cat ,, cat，dog ", 2 },
    { "a, b\nc, d\n", 2 },
    { "cat, dog\n", 1 },
    { "猫、犬", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleRun) run = classify (session, cases[i].text, NULL, &error);
      const MonocleResult *result;

      g_assert_no_error (error);
      result = run->results->pdata[0];
      g_assert_cmpuint (monocle_result_get_n_parts (result), ==, cases[i].n);
      g_assert_true (isnan (monocle_result_get_part (result, 0)->probability) == (cases[i].n == 1));
    }
}

/* Each region is ranked as a picture of its own would be. */
static void
test_regions (void)
{
  const MonocleBox regions[] = { { 3.5f, 2, 60, 50 }, { 40, 30, 131, 97 } };
  g_autoptr (MonocleModel) model = test_load_fixture (clip_models[0].name, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "pictures/photo-131x97.png");
  MonocleImage *image = monocle_session_get_image (session);
  GPtrArray *tasks = monocle_model_list_tasks (model);
  const MonocleRequest request = { .task = tasks->pdata[1],
                                   .text = "cat, 5 dogs, a red car",
                                   .regions = regions,
                                   .n_regions = G_N_ELEMENTS (regions) };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = test_run (session, &request, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (run->results->len, ==, G_N_ELEMENTS (regions));
  for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
    {
      const guint x = (guint) regions[i].x1, y = (guint) regions[i].y1;
      g_autoptr (MonocleImage) part = monocle_image_new_from_pixels (
          (guint) regions[i].x2 - x, (guint) regions[i].y2 - y, 3 * 131,
          monocle_image_get_pixels (image) + 3 * (y * 131 + x), NULL);
      g_autoptr (MonocleSession) alone = monocle_session_new (model, part);
      g_autoptr (MonocleRun) wanted = classify (alone, request.text, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (monocle_result_get_n_parts (run->results->pdata[i]), ==, 3);
      for (guint k = 0; k < 3; k++)
        {
          const MonoclePart *here = monocle_result_get_part (run->results->pdata[i], k);
          const MonoclePart *there = monocle_result_get_part (wanted->results->pdata[0], k);

          g_assert_cmpstr (here->rank, ==, there->rank);
          g_assert_cmpfloat_with_epsilon (here->probability, there->probability, 1e-4f);
        }
    }
  g_assert_null (
      test_run (session, &(MonocleRequest){ .task = request.task, .text = "cat" }, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
}

/* What a label is put into changes what it comes to; the usual sentence is the reference's. */
static void
test_wording (void)
{
  static const char *const wordings[] = { NULL, "This is a photo of {}.", "{}" };
  g_autoptr (MonocleModel) model = test_load_fixture (clip_models[0].name, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, "images/a.png");
  float scores[G_N_ELEMENTS (wordings)];
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wordings); i++)
    {
      g_autoptr (MonocleRun) run = classify (session, "cat", wordings[i], &error);

      g_assert_no_error (error);
      scores[i] = monocle_result_get_part (run->results->pdata[0], 0)->score;
    }
  g_assert_cmpfloat (scores[0], ==, scores[1]);
  g_assert_cmpfloat (scores[0], !=, scores[2]);
  g_assert_null (classify (session, "cat", "a photo", &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  g_assert_null (classify (session, " , ", NULL, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
}

/* A model that makes no vectors says so. */
static void
test_no_vectors (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture ("vit/vit-32", MONOCLE_PRECISION_F32);
  const char *text = "cat";
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (monocle_model_get_n_dims (model), ==, 0);
  g_assert_null (embed (model, &(MonocleEmbedding){ .texts = &text, .n_texts = 1 }, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
}

/* The tokenizer in the two files of old uploads. */
static void
write_two_files (const char *folder)
{
  g_autoptr (JsonObject) root = test_read_json (folder, "tokenizer.json");
  g_autoptr (JsonObject) config = test_read_json (folder, "tokenizer_config.json");
  JsonObject *model = json_object_get_object_member (root, "model");
  JsonObject *vocabulary = json_object_get_object_member (model, "vocab");
  JsonArray *merges = json_object_get_array_member (model, "merges");
  JsonArray *added = json_object_get_array_member (root, "added_tokens");
  g_autofree char *path = g_build_filename (folder, "merges.txt", NULL);
  g_autofree char *whole = g_build_filename (folder, "tokenizer.json", NULL);
  g_autoptr (GString) lines = g_string_new ("#version: 0.2\n");

  for (guint i = 0; i < json_array_get_length (merges); i++)
    {
      JsonArray *pair = json_array_get_array_element (merges, i);

      g_string_append_printf (lines, "%s %s\n", json_array_get_string_element (pair, 0),
                              json_array_get_string_element (pair, 1));
    }
  for (guint i = 0; i < json_array_get_length (added); i++)
    {
      JsonObject *token = json_array_get_object_element (added, i);

      json_object_set_int_member (vocabulary, json_object_get_string_member (token, "content"),
                                  json_object_get_int_member (token, "id"));
    }
  json_object_set_string_member (config, "tokenizer_class", "CLIPTokenizer");
  g_assert_true (g_file_set_contents (path, lines->str, -1, NULL));
  g_remove (whole);
  test_write_json (folder, "vocab.json", vocabulary);
  test_write_json (folder, "tokenizer_config.json", config);
}

static void
test_two_files (void)
{
  g_autofree char *directory = test_fixture (clip_models[0].name);
  g_autoptr (JsonObject) golden = test_read_json (directory, "golden.json");
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (MonocleModel) model = NULL;

  test_link_model (directory, folder);
  write_two_files (folder);
  model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  check_texts (model, json_object_get_array_member (golden, "texts"), 1e-4);
}

static void
test_refused (void)
{
  const char *model = clip_models[0].name;

  test_check_refused (model, "config.json", "\"quick_gelu\"", "\"relu\"", "hidden_act");
  test_check_refused (model, "config.json", "\"hidden_size\": 24", "\"hidden_size\": 30",
                      "hidden_size");
  test_check_refused (model, "config.json", "\"hidden_size\": 24", "\"hidden_size\": 48", "shape");
  test_check_refused (model, "config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3",
                      "layers.2");
  test_check_refused (model, "config.json", "\"projection_dim\": 24", "\"projection_dim\": 28",
                      "shape");
  test_check_refused (model, "config.json", "\"patch_size\": 8", "\"patch_size\": 64", "patches");
  test_check_refused (model, "preprocessor_config.json", "\"width\": 32", "\"width\": 40", "40");
  test_check_refused (siglip_models[1].name, "config.json", "\"num_patches\": 36",
                      "\"num_patches\": 35", "num_patches");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  golden_add_tests ("/clip", clip_models, check_models, 1e-4, 5e-3);
  g_test_add_func ("/clip/labels", test_labels);
  g_test_add_func ("/clip/regions", test_regions);
  g_test_add_func ("/clip/wording", test_wording);
  g_test_add_func ("/clip/no-vectors", test_no_vectors);
  g_test_add_func ("/clip/two-files", test_two_files);
  g_test_add_func ("/clip/refused", test_refused);
  golden_add_tests ("/siglip", siglip_models, check_models, 1e-4, 5e-3);
  return test_end (g_test_run ());
}
