/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kernel-test.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "engine/vk/profile.h"
#include "engine/vk/staging.h"

#define POISON 0xff /* NaN as float and as half */

/* The worst of ten seeds on llvmpipe 22.3.6 were 9.1e-7 and 4.5e-4. Rounding to a half costs at
 * most 2^-11 = 4.9e-4 of a number, and so of all of them. */
#define LIMIT_F32 1e-6
#define LIMIT_F16 5e-4

void
kernel_test_init (KernelTest *t, MonocleVkGpu *gpu, guint32 seed)
{
  g_autoptr (GError) error = NULL;

  *t = (KernelTest){ .gpu = gpu, .seed = seed };
  t->buffer = monocle_vk_buffer_new (gpu, KERNEL_TEST_BYTES, MONOCLE_VK_USE_DEVICE, "test", &error);
  g_assert_no_error (error);
  t->commands = monocle_commands_new (gpu, "test");
  gpu->profile = monocle_vk_profile_new (); /* which tells what ran */
  t->image = g_malloc (KERNEL_TEST_BYTES);
  t->after = g_malloc (KERNEL_TEST_BYTES);
  t->packed = g_ptr_array_new ();
  t->values = g_ptr_array_new_with_free_func (g_free);
  t->outputs = g_array_new (FALSE, FALSE, sizeof (MonocleTensor));
}

void
kernel_test_clear (KernelTest *t)
{
  g_ptr_array_unref (t->packed);
  g_ptr_array_unref (t->values);
  g_array_unref (t->outputs);
  monocle_commands_free (t->commands);
  monocle_vk_buffer_free (t->buffer);
  g_free (t->image);
  g_free (t->after);
  g_free (t->label);
}

void
kernel_test_start_case (KernelTest *t, MonocleKernelId kernel, MonocleVkFormats formats)
{
  t->kernel = kernel;
  t->store = formats.store;
  t->weight = formats.weight;
  t->random = g_rand_new_with_seed (t->seed);
  t->saw_kernel = FALSE;
}

void
kernel_test_finish_case (KernelTest *t)
{
  if (!t->saw_kernel)
    {
      kernel_test_fail (t, "none of its shapes ran it");
    }
  g_rand_free (t->random);
}

void
kernel_test_begin (KernelTest *t, const char *format, ...)
{
  va_list args;

  g_free (t->label);
  va_start (args, format);
  t->label = g_strdup_vprintf (format, args);
  va_end (args);
  arena_init (&t->arena, t->buffer);
  monocle_commands_reset (t->commands);
  t->ran = FALSE;
}

void
kernel_test_end (KernelTest *t)
{
  g_assert_true (t->ran);
  g_ptr_array_set_size (t->packed, 0);
  g_ptr_array_set_size (t->values, 0);
  g_array_set_size (t->outputs, 0);
}

float *
kernel_test_new_floats (KernelTest *t, gsize n)
{
  float *values = g_new0 (float, n);

  g_ptr_array_add (t->values, values);
  return values;
}

/* Each tensor has poison before and behind it. */
static MonocleTensor
add_tensor (KernelTest *t, MonocleFormatId format, guint n_dims, va_list args)
{
  const guint64 first = t->arena.used_bytes;
  MonocleTensor tensor;
  guint dims[4];

  for (guint i = 0; i < n_dims; i++)
    dims[i] = va_arg (args, guint);
  arena_alloc_1d (&t->arena, "guard", MONOCLE_FORMAT_U32, 64);
  tensor = arena_alloc (&t->arena, "tested", format, n_dims, dims);
  arena_alloc_1d (&t->arena, "guard", MONOCLE_FORMAT_U32, 64);
  memset (t->image + first, POISON, t->arena.used_bytes - first);
  return tensor;
}

void
kernel_test_set_floats (KernelTest *t, const MonocleTensor *tensor, const float *values)
{
  const MonocleFormat *format = &monocle_formats[tensor->format];
  const gsize n = monocle_tensor_get_n_elements (tensor);

  g_assert_false (t->ran);
  if (format->shared_bytes > 0)
    {
      guint8 *numbers = t->image + tensor->offset;
      g_autofree guint8 *blocks = g_malloc (monocle_format_count_bytes (format, n));

      format->narrow (values, n, blocks);
      monocle_format_part (format, blocks, n / format->block, numbers,
                           numbers + monocle_format_get_shared_offset (tensor->format, n));
      return;
    }
  format->narrow (values, n, t->image + tensor->offset);
}

void
kernel_test_set_integers (KernelTest *t, const MonocleTensor *tensor, const guint32 *values)
{
  g_assert_false (t->ran);
  memcpy (t->image + tensor->offset, values, monocle_tensor_get_size_bytes (tensor));
}

static float *
make_random (KernelTest *t, MonocleFormatId format, gsize n, float scale, float offset)
{
  float *values = kernel_test_new_floats (t, n);

  for (gsize i = 0; i < n; i++)
    values[i] = scale * (float) g_rand_double_range (t->random, -1, 1) + offset;
  monocle_format_settle (format, values, n);
  return values;
}

MonocleTensor
kernel_test_add_input (KernelTest *t, MonocleFormatId format, float **values, guint n_dims, ...)
{
  MonocleTensor tensor;
  va_list args;

  va_start (args, n_dims);
  tensor = add_tensor (t, format, n_dims, args);
  va_end (args);
  *values = make_random (t, format, monocle_tensor_get_n_elements (&tensor), 1, 0);
  kernel_test_set_floats (t, &tensor, *values);
  return tensor;
}

MonocleTensor
kernel_test_add_scaled (KernelTest *t,
                        MonocleFormatId format,
                        float scale,
                        float offset,
                        float **values,
                        guint n_dims,
                        ...)
{
  MonocleTensor tensor;
  va_list args;

  va_start (args, n_dims);
  tensor = add_tensor (t, format, n_dims, args);
  va_end (args);
  *values = make_random (t, format, monocle_tensor_get_n_elements (&tensor), scale, offset);
  kernel_test_set_floats (t, &tensor, *values);
  return tensor;
}

typedef struct
{
  MonocleTensor tensor;
  const float *values;
} Packed;

MonocleTensor
kernel_test_add_packed (KernelTest *t, MonocleFormatId format, float **values, guint n, guint k)
{
  const guint padded = monocle_layout_get_padded_columns (n);
  Packed *packed = g_new0 (Packed, 1);

  g_ptr_array_add (t->values, packed);
  packed->tensor = kernel_test_add_output (t, format, 2, padded, k);
  g_array_set_size (t->outputs, t->outputs->len - 1);
  packed->tensor.dims[0] = n;
  packed->tensor.layout = MONOCLE_LAYOUT_PACKED;
  packed->values = *values = make_random (t, format, (gsize) n * k, 1, 0);
  g_ptr_array_add (t->packed, packed);
  return packed->tensor;
}

MonocleTensor
kernel_test_add_integers (KernelTest *t, guint32 below, guint32 **values, guint n_dims, ...)
{
  MonocleTensor tensor;
  va_list args;
  gsize n;

  va_start (args, n_dims);
  tensor = add_tensor (t, MONOCLE_FORMAT_U32, n_dims, args);
  va_end (args);
  n = monocle_tensor_get_n_elements (&tensor);
  *values = g_new (guint32, n);
  g_ptr_array_add (t->values, *values);
  for (gsize i = 0; i < n; i++)
    (*values)[i] = (guint32) g_rand_double_range (t->random, 0, below);
  kernel_test_set_integers (t, &tensor, *values);
  return tensor;
}

MonocleTensor
kernel_test_add_output (KernelTest *t, MonocleFormatId format, guint n_dims, ...)
{
  MonocleTensor tensor;
  va_list args;

  va_start (args, n_dims);
  tensor = add_tensor (t, format, n_dims, args);
  va_end (args);
  g_array_append_val (t->outputs, tensor);
  return tensor;
}

void
kernel_test_allow_writing (KernelTest *t, const MonocleTensor *tensor)
{
  g_array_append_val (t->outputs, *tensor);
}

void
kernel_test_fail (KernelTest *t, const char *format, ...)
{
  g_autofree char *what = NULL;
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  message = g_strdup_printf (
      "%s (%s and %s, %s kernels), %s, seed %u, on %s: %s", monocle_kernels[t->kernel].name,
      monocle_formats[t->store].id, monocle_formats[t->weight].id,
      t->gpu->traits.software ? "software" : "GPU", t->label, t->seed, t->gpu->info.name, what);
  if (t->report)
    {
      g_string_append_printf (t->report, "%s\n", message);
      return;
    }
  g_test_message ("%s", message);
  g_test_fail ();
}

void
kernel_test_run (KernelTest *t)
{
  g_autoptr (GArray) ran = NULL;
  GError *error = NULL;
  const gsize size = t->arena.used_bytes;
  gint64 start;

  if (t->ran)
    return;

  g_assert_cmpuint (size, <=, KERNEL_TEST_BYTES);
  monocle_vk_upload (t->buffer, 0, t->image, size, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < t->packed->len; i++)
    {
      const Packed *packed = t->packed->pdata[i];

      const gsize n = monocle_tensor_get_n_elements (&packed->tensor);
      g_autofree float *back = g_new (float, n);

      monocle_tensor_write (&packed->tensor, packed->values, &error);
      g_assert_no_error (error);
      monocle_tensor_read (&packed->tensor, back, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (back, n * sizeof *back, packed->values, n * sizeof *back);
    }
  monocle_vk_download (t->buffer, 0, t->image, size, &error);
  g_assert_no_error (error);

  start = g_get_monotonic_time ();
  monocle_commands_submit (t->commands, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  t->ran_ms = (double) (g_get_monotonic_time () - start) * 1e-3;
  monocle_vk_download (t->buffer, 0, t->after, size, &error);
  g_assert_no_error (error);
  t->ran = TRUE;

  /* Without timestamps there is no telling what ran. */
  ran = monocle_vk_profile_take (t->gpu->profile);
  if (ran->len == 0)
    t->saw_kernel = TRUE;
  for (guint i = 0; i < ran->len; i++)
    if (g_str_equal (g_array_index (ran, MonocleTimedStep, i).kernel,
                     monocle_kernels[t->kernel].name))
      t->saw_kernel = TRUE;

  /* Outputs aside, nothing may have changed. */
  for (guint i = 0; i < t->outputs->len; i++)
    {
      const MonocleTensor *y = &g_array_index (t->outputs, MonocleTensor, i);

      memcpy (t->image + y->offset, t->after + y->offset, monocle_tensor_get_size_bytes (y));
    }
  for (gsize i = 0; i < size; i++)
    if (t->image[i] != t->after[i])
      {
        kernel_test_fail (t, "byte %" G_GSIZE_FORMAT ", of no output, was changed", i);
        break;
      }
}

const guint8 *
kernel_test_get_bytes (KernelTest *t, const MonocleTensor *y)
{
  kernel_test_run (t);
  return t->after + y->offset;
}

double
kernel_test_compare (const float *got, const float *expected, gsize n, gsize *worst)
{
  double difference = 0, norm = 0, largest = -1;

  *worst = 0;
  for (gsize i = 0; i < n; i++)
    {
      double d = fabs ((double) got[i] - (double) expected[i]);

      if (got[i] == expected[i] || (isnan (got[i]) && isnan (expected[i])))
        d = 0;
      if (isnan (d))
        d = INFINITY;
      if (d > largest)
        {
          largest = d;
          *worst = i;
        }
      difference += d * d;
      if (isfinite (expected[i]))
        norm += (double) expected[i] * (double) expected[i];
    }
  if (difference == 0)
    return 0;
  return norm > 0 ? sqrt (difference / norm) : sqrt (difference);
}

double
kernel_test_get_limit (KernelTest *t)
{
  return t->store == MONOCLE_FORMAT_F16 ? LIMIT_F16 : LIMIT_F32;
}

void
kernel_test_check (KernelTest *t, const MonocleTensor *y, const float *expected, double limit)
{
  const gsize n = monocle_tensor_get_n_elements (y);
  g_autofree float *got = g_new (float, n);
  double error;
  gsize worst;

  kernel_test_run (t);
  monocle_formats[y->format].widen (t->after + y->offset, n, got);

  error = kernel_test_compare (got, expected, n, &worst);
  if (!(error <= limit))
    kernel_test_fail (t,
                      "error %g, at most %g allowed; worst at %" G_GSIZE_FORMAT
                      " of %" G_GSIZE_FORMAT ": got %.9g, expected %.9g",
                      error, limit, worst, n, (double) got[worst], (double) expected[worst]);
  else if (g_test_verbose ())
    g_test_message ("%s, %s: error %g, %.0f ms", monocle_kernels[t->kernel].name, t->label, error,
                    t->ran_ms);
}

void
kernel_test_check_integers (KernelTest *t, const MonocleTensor *y, const guint32 *expected)
{
  const guint32 *got;

  kernel_test_run (t);
  got = (const guint32 *) (t->after + y->offset);
  for (gsize i = 0; i < monocle_tensor_get_n_elements (y); i++)
    if (got[i] != expected[i])
      {
        kernel_test_fail (t, "at %" G_GSIZE_FORMAT ": got %u, expected %u", i, got[i], expected[i]);
        return;
      }
}
