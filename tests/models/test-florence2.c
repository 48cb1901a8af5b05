/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tiny models of tests/fixtures against what the reference implementation computed for them:
 * every stage; every answer is in florence2-answers and florence2-batches.
 * `tests/reference/README.md` says how to make them anew.
 */
#include "config.h"

#include <math.h>

#include "engine/base/debug.h"
#include "florence2-tiny.h"
#include "golden.h"

/* The validation layer is slow: so many models are run under it. */
#define MODELS_TO_VALIDATE 2

static const char *const stage_names[] = {
  "pixel_values", "vision_features", "image_embeds", "encoder_states", "logits",
};

static const char *
precision_name (MonoclePrecision precision)
{
  return precision == MONOCLE_PRECISION_F16 ? "f16" : "f32";
}

static void
check_stage (const Fixture *fixture, const char *stage, const char *folder)
{
  g_autoptr (MonocleNpy) got = golden_read_stage (folder, stage);
  g_autoptr (MonocleNpy) expected = golden_read_stage (fixture->tiny->golden, stage);
  double bound = fixture->precision == MONOCLE_PRECISION_F16 ? BOUND_F16 : BOUND_F32;
  double error;

  g_assert_cmpint (got->type, ==, MONOCLE_NPY_F32);
  g_assert_cmpuint (got->n_dims, ==, expected->n_dims);
  for (guint i = 0; i < got->n_dims; i++)
    g_assert_cmpuint (got->dims[i], ==, expected->dims[i]);

  error = test_relative_error (got->f32, expected->f32, got->n_elements);
  g_test_message ("%s %s %s: relative error %.2e", fixture->tiny->name,
                  precision_name (fixture->precision), stage, error);
  if (!(error <= bound))
    g_test_fail_printf ("%s: %s is off by %.2e, at most %.0e", fixture->tiny->name, stage, error,
                        bound);
}

static void
test_stages (gconstpointer data)
{
  const Fixture *fixture = data;
  JsonObject *stages = json_object_get_object_member (fixture->tiny->entry, "stages");
  JsonArray *id_array = json_object_get_array_member (stages, "decoder_ids");
  g_autofree guint32 *ids = tiny_get_ids (id_array);
  g_autofree char *image = test_fixture (json_object_get_string_member (stages, "image"));
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (MonocleModel) model = test_load_or_die (fixture->tiny->directory, fixture->precision);
  g_autoptr (MonocleSession) session = test_open_image (model, image);
  g_autoptr (MonocleNpy) got = NULL, expected = NULL;
  g_autoptr (GError) error = NULL;

  test_inspect (session, json_object_get_string_member (stages, "prompt"), ids,
                json_array_get_length (id_array), folder, &error);
  g_assert_no_error (error);

  got = golden_read_stage (folder, "input_ids");
  expected = golden_read_stage (fixture->tiny->golden, "input_ids");
  g_assert_cmpmem (got->i64, got->n_elements * sizeof *got->i64, expected->i64,
                   expected->n_elements * sizeof *expected->i64);
  for (guint i = 0; i < G_N_ELEMENTS (stage_names); i++)
    check_stage (fixture, stage_names[i], folder);
  test_check_validation ();
}

/* The comparisons notice what is wrong. */
static void
test_comparisons (void)
{
  float a[4] = { 1, -2, 3, 0 };
  const float b[4] = { 1, -2, 3, 0 }, zeros[4] = { 0 };
  g_autoptr (JsonNode) x = json_from_string ("{\"a\": [1, 2.0, \"x\"], \"b\": null}", NULL);
  g_autoptr (JsonNode) same = json_from_string ("{\"b\": null, \"a\": [1.0, 2, \"x\"]}", NULL);
  static const char *const others[] = {
    "{\"a\": [1, 2, \"y\"], \"b\": null}",
    "{\"a\": [1, 3, \"x\"], \"b\": null}",
    "{\"a\": [1, 2], \"b\": null}",
    "{\"a\": [1, 2, \"x\"], \"c\": null}",
    "{\"a\": [1, 2, \"x\"]}",
    "{\"a\": [1, \"2\", \"x\"], \"b\": null}",
    "{\"a\": [1, true, \"x\"], \"b\": null}",
  };

  g_assert_cmpfloat (test_relative_error (a, b, 4), ==, 0);
  a[1] = -2.01f;
  g_assert_cmpfloat (test_relative_error (a, b, 4), >, 2e-3);
  g_assert_cmpfloat (test_relative_error (a, zeros, 4), ==, INFINITY);
  a[3] = NAN;
  g_assert_cmpfloat (test_relative_error (a, b, 4), ==, INFINITY);

  g_assert_true (tiny_is_score_right (-1.00005, -1, 1e-4));
  g_assert_false (tiny_is_score_right (-1.0002, -1, 1e-4));
  g_assert_false (tiny_is_score_right (NAN, -1, 1e-4));
  g_assert_false (tiny_is_score_right (-1, NAN, 1e-4));

  g_assert_true (test_json_equal (x, same));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (JsonNode) other = json_from_string (others[i], NULL);

      g_assert_false (test_json_equal (x, other));
    }
}

static void
add_tests (Tiny *tiny, MonoclePrecision precision)
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } kinds[] = {
    { "stages", test_stages },
    { "answers", test_answers },
    { "batches", test_batches },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/models/%s/%s/%s", tiny->name, kinds[i].name,
                                               precision_name (precision));
      Fixture *fixture = g_new (Fixture, 1);

      fixture->tiny = tiny;
      fixture->precision = precision;
      g_test_add_data_func_full (path, fixture, kinds[i].func, g_free);
    }
}

static void
tiny_free (gpointer data)
{
  Tiny *tiny = data;

  g_free (tiny->directory);
  g_free (tiny->golden);
  g_free (tiny);
}

int
main (int argc, char *argv[])
{
  g_autofree char *fixtures = NULL;
  g_autoptr (JsonObject) manifest = NULL;
  g_autoptr (GPtrArray) tinies = g_ptr_array_new_with_free_func (tiny_free);
  g_autoptr (MonocleModel) keeper = NULL;
  JsonArray *models;
  guint n_models;
  int status;

  g_test_init (&argc, &argv, NULL);
  fixtures = test_fixture (".");
  manifest = test_read_json (fixtures, "manifest.json");
  models = json_object_get_array_member (manifest, "models");
  n_models = json_array_get_length (models);
  if (monocle_debug_has (MONOCLE_DEBUG_VALIDATE))
    n_models = MIN (n_models, MODELS_TO_VALIDATE);

  g_test_add_func ("/models/comparisons", test_comparisons);
  for (guint i = 0; i < n_models; i++)
    {
      Tiny *tiny = g_new0 (Tiny, 1);

      tiny->entry = json_array_get_object_element (models, i);
      tiny->name = json_object_get_string_member (tiny->entry, "name");
      tiny->directory = test_fixture (json_object_get_string_member (tiny->entry, "model"));
      tiny->golden = test_fixture (json_object_get_string_member (tiny->entry, "golden"));
      g_ptr_array_add (tinies, tiny);
      add_tests (tiny, MONOCLE_PRECISION_F32);
      if (monocle_device_get_has_f16 (test_get_device ()))
        add_tests (tiny, MONOCLE_PRECISION_F16);
    }

  /* Keeps the device open from one test to the next. */
  keeper = test_load_or_die (((Tiny *) tinies->pdata[0])->directory, MONOCLE_PRECISION_F32);
  status = g_test_run ();
  g_clear_object (&keeper);
  return test_end (status);
}
