/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every kernel against the plain C beside its op, in each of its builds, in the form for GPUs and
 * on CPU devices also in theirs, on every Vulkan device there is. MONOCLE_KERNEL_SEED draws other
 * inputs.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "engine/vk/profile.h"
#include "kernel-cases.h"

typedef struct
{
  const KernelCase *kernel_case;
  guint device;
  MonocleVkFormats formats;
  gboolean software;
} Test;

static GArray *infos;
static guint32 seed = 20240610;

/* One device is open at a time; tests are ordered by device. */
static MonocleVkGpu *gpu;
static guint gpu_index;
static KernelTest bench;

static void
close_gpu (void)
{
  if (!gpu)
    return;
  kernel_test_clear (&bench);
  monocle_vk_gpu_close (gpu);
  gpu = NULL;
}

static void
open_gpu (guint index)
{
  g_autoptr (GError) error = NULL;

  if (gpu && gpu_index == index)
    return;
  close_gpu ();
  gpu = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, index), &error);
  g_assert_no_error (error);
  gpu_index = index;
  kernel_test_init (&bench, gpu, seed);
}

static void
test_kernel (gconstpointer data)
{
  const Test *test = data;

  open_gpu (test->device);
  gpu->traits.software = test->software;
  if (!monocle_kernel_runs (&monocle_kernels[test->kernel_case->kernel], test->formats,
                            &gpu->traits))
    {
      g_test_skip ("the device cannot run it");
      return;
    }

  kernel_test_start_case (&bench, test->kernel_case->kernel, test->formats);
  test->kernel_case->run (&bench);
  kernel_test_finish_case (&bench);
}

/* The comparison itself must be able to fail. */
static void
test_compare (void)
{
  const float expected[] = { 1, -2, 3, INFINITY };
  const float nearly[] = { 1.000001f, -2, 3, INFINITY };
  const float wrong[] = { 1, -2, 3.5f, INFINITY };
  const float missing[] = { 1, NAN, 3, INFINITY };
  const float finite[] = { 1, -2, 3, 4 };
  const float zeros[] = { 0, 0, 0, 0 };
  const float empty[] = { NAN, NAN, NAN, NAN };
  gsize worst;

  g_assert_cmpfloat (kernel_test_compare (expected, expected, 4, &worst), ==, 0);
  g_assert_cmpfloat (kernel_test_compare (nearly, expected, 4, &worst), <, 1e-6);
  g_assert_cmpfloat (kernel_test_compare (nearly, expected, 4, &worst), >, 1e-8);
  g_assert_cmpfloat (kernel_test_compare (wrong, expected, 4, &worst), >, 0.1);
  g_assert_cmpuint (worst, ==, 2);
  g_assert_true (isinf (kernel_test_compare (missing, expected, 4, &worst)));
  g_assert_cmpuint (worst, ==, 1);
  g_assert_true (isinf (kernel_test_compare (finite, expected, 4, &worst)));
  g_assert_cmpuint (worst, ==, 3);
  g_assert_true (isinf (kernel_test_compare (expected, empty, 4, &worst)));
  g_assert_true (isinf (kernel_test_compare (empty, expected, 4, &worst)));
  g_assert_cmpfloat (kernel_test_compare (empty, empty, 4, &worst), ==, 0);
  g_assert_cmpfloat (kernel_test_compare (expected, zeros, 3, &worst), >, 1);
}

/* So must what goes around it: a wrong result, a byte changed beside it, a kernel that never ran.
 * The mean of one row is that row. */
static void
test_catches (void)
{
  const MonocleVkFormats f32 = { MONOCLE_FORMAT_F32, MONOCLE_FORMAT_F32 };
  float *x_values;
  MonocleTensor x, y;

  open_gpu (0);
  bench.report = g_string_new (NULL);

  kernel_test_start_case (&bench, MONOCLE_KERNEL_mean_rows, f32);
  kernel_test_begin (&bench, "a wrong tensor");
  x = kernel_test_add_input (&bench, MONOCLE_FORMAT_F32, &x_values, 2, 1, 32);
  y = kernel_test_add_output (&bench, MONOCLE_FORMAT_F32, 2, 1, 32);
  monocle_op_mean_rows (bench.commands, &x, &y);
  x_values[7] += 0.25f;
  kernel_test_check (&bench, &y, x_values, 1e-6);
  kernel_test_end (&bench);
  kernel_test_finish_case (&bench);
  g_assert_true (g_pattern_match_simple ("mean_rows*, a wrong tensor, seed *worst at 7 of 32*",
                                         bench.report->str));

  g_string_truncate (bench.report, 0);
  kernel_test_start_case (&bench, MONOCLE_KERNEL_mean_rows, f32);
  kernel_test_begin (&bench, "an output nobody declared");
  x = kernel_test_add_input (&bench, MONOCLE_FORMAT_F32, &x_values, 2, 1, 32);
  y = kernel_test_add_output (&bench, MONOCLE_FORMAT_F32, 2, 1, 32);
  g_array_set_size (bench.outputs, 0);
  monocle_op_mean_rows (bench.commands, &x, &y);
  kernel_test_run (&bench);
  kernel_test_end (&bench);
  kernel_test_finish_case (&bench);
  g_assert_true (
      g_pattern_match_simple ("*an output nobody declared*was changed*", bench.report->str));

  g_string_truncate (bench.report, 0);
  kernel_test_start_case (&bench, MONOCLE_KERNEL_layer_norm, f32);
  kernel_test_begin (&bench, "another kernel");
  x = kernel_test_add_input (&bench, MONOCLE_FORMAT_F32, &x_values, 2, 1, 32);
  y = kernel_test_add_output (&bench, MONOCLE_FORMAT_F32, 2, 1, 32);
  monocle_op_mean_rows (bench.commands, &x, &y);
  kernel_test_check (&bench, &y, x_values, 0);
  kernel_test_end (&bench);
  g_assert_cmpstr (bench.report->str, ==, "");
  kernel_test_finish_case (&bench);
  if (gpu->info.timestamp_period_ns > 0)
    g_assert_true (
        g_pattern_match_simple ("layer_norm*none of its shapes ran it*", bench.report->str));

  g_string_free (bench.report, TRUE);
  bench.report = NULL;
}

static void
add_builds (guint device, const KernelCase *kernel_case, gboolean software)
{
  const MonocleKernel *kernel = &monocle_kernels[kernel_case->kernel];

  for (guint i = 0; i < kernel->n_builds; i++)
    {
      const MonocleVkFormats formats = kernel->builds[i].formats;
      g_autofree char *path = g_strdup_printf (
          "/kernels/%u/%s/%s/%s-%s", device, kernel->name, software ? "block" : "gpu",
          monocle_formats[formats.store].id, monocle_formats[formats.weight].id);
      Test *test = g_new (Test, 1);

      *test = (Test){ kernel_case, device, formats, software };
      g_test_add_data_func_full (path, test, test_kernel, g_free);
    }
}

/* What is said of a step that was timed. */
static void
test_profile (void)
{
  float *x_values, *w_values;
  g_autoptr (GArray) steps = NULL;
  const MonocleTimedStep *step;
  MonocleTensor x, w, y;

  open_gpu (0);
  bench.report = g_string_new (NULL);
  kernel_test_start_case (&bench, MONOCLE_KERNEL_mean_rows,
                          (MonocleVkFormats){ MONOCLE_FORMAT_F32, MONOCLE_FORMAT_F32 });
  kernel_test_begin (&bench, "a product");
  x = kernel_test_add_input (&bench, MONOCLE_FORMAT_F32, &x_values, 2, 3, 8);
  w = kernel_test_add_input (&bench, MONOCLE_FORMAT_F32, &w_values, 2, 12, 8);
  y = kernel_test_add_output (&bench, MONOCLE_FORMAT_F32, 2, 3, 12);
  monocle_op_matmul (bench.commands, &x, &w, NULL, NULL, MONOCLE_ACTIVATION_NONE, &y);
  monocle_commands_submit (bench.commands, NULL, NULL, NULL, NULL);
  steps = monocle_vk_profile_take (gpu->profile);
  if (gpu->info.timestamp_period_ns > 0)
    {
      g_assert_cmpuint (steps->len, ==, 1);
      step = &g_array_index (steps, MonocleTimedStep, 0);
      g_assert_cmpfloat (step->flops, ==, 2 * 3 * 12 * 8);
      g_assert_cmpuint (step->bytes, ==, (3 * 8 + 12 * 8 + 3 * 12) * sizeof (float));
      g_assert_cmpfloat (step->ms, >=, 0);
      g_assert_cmpstr (step->formats, ==, "f32");
    }
  bench.ran = TRUE;
  kernel_test_end (&bench);
  g_rand_free (bench.random);
  g_string_free (bench.report, TRUE);
  bench.report = NULL;
}

static void
add_tests (void)
{
  for (guint device = 0; device < infos->len; device++)
    for (guint i = 0; i < n_kernel_cases; i++)
      {
        /* Buffers of other devices cannot be seen as texels. */
        if (kernel_cases[i].devices & KERNEL_CASE_BLOCK
            && g_array_index (infos, MonocleVkGpuInfo, device).traits.software)
          add_builds (device, &kernel_cases[i], TRUE);
        if (kernel_cases[i].devices & KERNEL_CASE_GPU)
          add_builds (device, &kernel_cases[i], FALSE);
      }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int result;

  if (g_getenv ("MONOCLE_KERNEL_SEED"))
    seed = (guint32) g_ascii_strtoull (g_getenv ("MONOCLE_KERNEL_SEED"), NULL, 10);

  g_test_init (&argc, &argv, NULL);
  infos = monocle_vk_gpu_list (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (infos->len, >, 0);

  g_test_add_func ("/kernels/compare", test_compare);
  g_test_add_func ("/kernels/catches", test_catches);
  g_test_add_func ("/kernels/profile", test_profile);
  add_tests ();
  result = g_test_run ();

  close_gpu ();
  g_array_unref (infos);
  return result;
}
