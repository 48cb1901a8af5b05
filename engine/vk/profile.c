/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/profile.h"

#define MAX_STEPS 1000000

MonocleVkProfile *
monocle_vk_profile_new (void)
{
  MonocleVkProfile *self = g_new0 (MonocleVkProfile, 1);

  self->steps = g_array_new (FALSE, FALSE, sizeof (MonocleTimedStep));
  self->start_ms = -1;
  return self;
}

void
monocle_vk_profile_free (MonocleVkProfile *self)
{
  if (!self)
    return;
  g_array_unref (self->steps);
  g_free (self);
}

static gboolean
is_same (const MonocleVkBinding *a, const MonocleVkBinding *b)
{
  return a->buffer == b->buffer && a->offset == b->offset && a->size == b->size;
}

/* Kernels that may do without something get anything bound in its place, and some see a range in
 * two ways: each range counts once. */
static guint64
count_bytes (const MonocleVkDispatch *dispatch, guint n)
{
  guint64 bytes = 0;

  for (guint i = 0; i < n; i++)
    {
      guint j = 0;

      while (j < i && !is_same (&dispatch->bindings[i], &dispatch->bindings[j]))
        j++;
      if (j == i)
        bytes += dispatch->bindings[i].size;
    }
  return bytes;
}

MonocleTimedStep
monocle_vk_profile_describe_dispatch (const char *recording, const MonocleVkDispatch *dispatch)
{
  const MonocleKernel *kernel = &monocle_kernels[dispatch->kernel];
  const char *store = monocle_formats[dispatch->formats.store].id;
  const char *weight = monocle_formats[dispatch->formats.weight].id;
  g_autofree char *both = g_strdup_printf ("%s %s", store, weight);

  return (MonocleTimedStep){
    .recording = g_intern_string (recording),
    .kernel = kernel->name,
    .formats = dispatch->formats.store == dispatch->formats.weight ? store : g_intern_string (both),
    .flops = dispatch->flops,
    .bytes
    = dispatch->is_partly_read ? 0 : count_bytes (dispatch, kernel->n_storage + kernel->n_texel),
  };
}

MonocleTimedStep
monocle_vk_profile_describe_copy (const char *recording, guint64 bytes)
{
  return (MonocleTimedStep){
    .recording = g_intern_string (recording),
    .kernel = "copy",
    .formats = "",
    .bytes = 2 * bytes,
  };
}

void
monocle_vk_profile_add (MonocleVkProfile *self,
                        const MonocleTimedStep *step,
                        double start_ms,
                        double end_ms)
{
  MonocleTimedStep timed = *step;

  if (self->steps->len >= MAX_STEPS)
    return;
  if (self->start_ms < 0)
    self->start_ms = start_ms;
  timed.start_ms = start_ms - self->start_ms;
  timed.ms = end_ms - start_ms;
  g_array_append_val (self->steps, timed);
}

GArray *
monocle_vk_profile_take (MonocleVkProfile *self)
{
  GArray *steps = self->steps;

  self->steps = g_array_new (FALSE, FALSE, sizeof (MonocleTimedStep));
  self->start_ms = -1;
  return steps;
}

/* --- as text ------------------------------------------------------------------------------ */

typedef struct
{
  const char *recording, *kernel;
  guint n;
  double ms;
} Sum;

static int
compare_sums (gconstpointer a, gconstpointer b)
{
  const Sum *first = a, *second = b;
  const int order = g_strcmp0 (first->recording, second->recording);

  if (order != 0)
    return order;
  return second->ms > first->ms ? 1 : second->ms < first->ms ? -1 : 0;
}

static Sum *
find_sum (GArray *sums, const MonocleTimedStep *step)
{
  Sum *sum;

  for (guint i = 0; i < sums->len; i++)
    {
      sum = &g_array_index (sums, Sum, i);
      if (sum->recording == step->recording && sum->kernel == step->kernel)
        return sum;
    }
  g_array_append_val (sums, ((Sum){ .recording = step->recording, .kernel = step->kernel }));
  return &g_array_index (sums, Sum, sums->len - 1);
}

void
monocle_vk_profile_log (MonocleVkProfile *self)
{
  g_autoptr (GArray) steps = monocle_vk_profile_take (self);
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (Sum));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < steps->len; i++)
    {
      const MonocleTimedStep *step = &g_array_index (steps, MonocleTimedStep, i);
      Sum *sum = find_sum (sums, step);

      sum->n++;
      sum->ms += step->ms;
    }
  g_array_sort (sums, compare_sums);
  for (guint i = 0; i < sums->len; i++)
    {
      const Sum *sum = &g_array_index (sums, Sum, i);

      if (i > 0 && sum->recording != sum[-1].recording)
        g_string_append_c (text, '\n');
      g_string_append_printf (text, "%s %-26s %5u x, %9.2f ms\n", sum->recording, sum->kernel,
                              sum->n, sum->ms);
    }
  if (sums->len > 0)
    g_message ("\n%s", text->str);
}
