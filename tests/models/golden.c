/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "golden.h"
#include "tests/fixture.h"

gboolean
golden_has_f16 (void)
{
  if (monocle_device_get_has_f16 (test_get_device ()))
    return TRUE;

  g_test_skip ("the device stores no 16-bit weights");
  return FALSE;
}

/* A comparison in one precision. */
typedef struct
{
  GoldenCheck check;
  gconstpointer data;
  MonoclePrecision precision;
  double tolerance;
} Comparison;

static void
compare (gconstpointer data)
{
  const Comparison *self = data;

  if (self->precision != MONOCLE_PRECISION_F16 || golden_has_f16 ())
    self->check (self->data, self->precision, self->tolerance);
}

/* Tests that are not asked for would never free theirs. */
static GSList *comparisons;

void
golden_add_tests (const char *path, gconstpointer data, GoldenCheck check, double f32, double f16)
{
  const Comparison both[] = { { check, data, MONOCLE_PRECISION_F32, f32 },
                              { check, data, MONOCLE_PRECISION_F16, f16 } };

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      g_autofree char *name = g_strconcat (path, i == 0 ? "/f32" : "/f16", NULL);

      comparisons = g_slist_prepend (comparisons, g_memdup2 (&both[i], sizeof both[i]));
      g_test_add_data_func (name, comparisons->data, compare);
    }
}

float *
golden_read_floats (JsonObject *golden, const char *key, guint *n)
{
  JsonArray *array = json_object_get_array_member (golden, key);
  float *values = g_new (float, json_array_get_length (array));

  *n = json_array_get_length (array);
  for (guint i = 0; i < *n; i++)
    values[i] = (float) json_array_get_double_element (array, i);
  return values;
}

void
golden_check_floats (
    const char *what, const float *found, const float *wanted, gsize n, double tolerance)
{
  double error = test_relative_error (found, wanted, n);

  if (!(error < tolerance))
    g_error ("%s: %g from the reference", what, error);
}

char *
golden_inspect (MonocleSession *session, const char *prompt)
{
  char *folder = test_folder_new ();
  const guint32 none = 0;
  g_autoptr (GError) error = NULL;

  test_inspect (session, prompt, &none, 1, folder, &error);
  g_assert_no_error (error);
  return folder;
}

MonocleNpy *
golden_read_stage (const char *folder, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".npy", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (GBytes) bytes = fixture_read_path (path);
  g_autoptr (GError) error = NULL;
  MonocleNpy *stage
      = monocle_npy_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), path, &error);

  g_assert_no_error (error);
  return stage;
}

void
golden_check_sampled (const char *folder,
                      const char *name,
                      JsonObject *golden,
                      const char *key,
                      guint step,
                      double tolerance)
{
  g_autoptr (MonocleNpy) stage = golden_read_stage (folder, name);
  guint n;
  g_autofree float *wanted = golden_read_floats (golden, key, &n);
  g_autofree float *found = g_new (float, n);

  g_assert_cmpuint (n, ==, (stage->n_elements + step - 1) / step);
  for (guint i = 0; i < n; i++)
    found[i] = stage->f32[i * step];
  golden_check_floats (key, found, wanted, n, tolerance);
}

void
golden_check_last_row (
    const char *folder, const char *name, JsonObject *golden, const char *key, double tolerance)
{
  g_autoptr (MonocleNpy) stage = golden_read_stage (folder, name);
  guint n;
  g_autofree float *wanted = golden_read_floats (golden, key, &n);

  g_assert_cmpuint (n, ==, stage->dims[stage->n_dims - 1]);
  golden_check_floats (key, stage->f32 + stage->n_elements - n, wanted, n, tolerance);
}

void
golden_check_ids (const char *folder, JsonObject *golden)
{
  g_autoptr (MonocleNpy) ids = golden_read_stage (folder, "input_ids");
  JsonArray *wanted = json_object_get_array_member (golden, "ids");

  g_assert_cmpuint (ids->n_elements, ==, json_array_get_length (wanted));
  for (guint i = 0; i < ids->n_elements; i++)
    g_assert_cmpint (ids->i64[i], ==, json_array_get_int_element (wanted, i));
}

void
golden_check_sums (const MonocleNpy *pixels, JsonObject *golden, double tolerance)
{
  guint h = (guint) pixels->dims[2], w = (guint) pixels->dims[3], n_rows, n_columns;
  g_autofree float *rows = golden_read_floats (golden, "rows", &n_rows);
  g_autofree float *columns = golden_read_floats (golden, "columns", &n_columns);
  g_autofree float *down = g_new0 (float, 3 * h), *across = g_new0 (float, 3 * w);

  g_assert_cmpuint (n_rows, ==, 3 * h);
  g_assert_cmpuint (n_columns, ==, 3 * w);
  g_assert_cmpuint (pixels->n_elements, ==, 3 * h * w);
  for (guint k = 0; k < 3 * h * w; k++)
    {
      down[k / w] += pixels->f32[k];
      across[k / (h * w) * w + k % w] += pixels->f32[k];
    }
  for (guint k = 0; k < n_rows; k++)
    g_assert_cmpfloat_with_epsilon (down[k], rows[k], tolerance);
  for (guint k = 0; k < n_columns; k++)
    g_assert_cmpfloat_with_epsilon (across[k], columns[k], tolerance);
}

void
golden_check_row_sums (const char *folder, JsonObject *picture)
{
  g_autoptr (MonocleNpy) pixels = golden_read_stage (folder, "pixel_values");
  gsize width = pixels->dims[3];
  guint n;
  g_autofree float *wanted = golden_read_floats (picture, "sums", &n);

  g_assert_cmpuint (pixels->n_elements, ==, n * width);
  for (guint i = 0; i < n; i++)
    {
      float sum = 0;

      for (gsize x = 0; x < width; x++)
        sum += pixels->f32[i * width + x];
      g_assert_cmpfloat_with_epsilon (sum, wanted[i], 1e-4);
    }
}

void
golden_check_answer (MonocleRun *run, JsonObject *question, const char *key)
{
  JsonObject *golden = json_object_get_object_member (question, key);
  JsonArray *wanted = json_object_get_array_member (golden, "ids");
  const MonocleResult *result = run->results->pdata[0];
  guint n_ids;
  const guint32 *ids = monocle_result_get_token_ids (result, &n_ids);

  g_assert_cmpstr (monocle_result_get_text (result), ==,
                   json_object_get_string_member (golden, "text"));
  g_assert_cmpuint (n_ids, ==, json_array_get_length (wanted) + 1);
  for (guint i = 1; i < n_ids; i++)
    g_assert_cmpint (ids[i], ==, json_array_get_int_element (wanted, i - 1));
}
