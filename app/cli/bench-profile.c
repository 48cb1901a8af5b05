/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/bench-profile.h"

#include <glib/gi18n.h>

#include "app/base/output.h"
#include "app/cli/out.h"
#include "app/cli/wait.h"
#include "app/json/fields.h"
#include "app/json/text.h"

/* All steps of a kernel in a recording. */
typedef struct
{
  const char *recording, *kernel, *formats;
  guint n;
  double ms, flops, bytes;
  gboolean has_flops, has_bytes; /* of each of them */
} Sum;

void
monocle_cli_profile_clear (MonocleCliProfile *self)
{
  g_clear_pointer (&self->profile, monocle_profile_free);
  g_clear_pointer (&self->steps, g_array_unref);
}

static GArray *
take (MonocleCliProfile *self, GError **error)
{
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_profile_take_async (self->profile, monocle_cli_wait_get_cancellable (),
                              monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  return monocle_profile_take_finish (result, error);
}

gboolean
monocle_cli_profile_skip (MonocleCliProfile *self, GError **error)
{
  g_autoptr (GArray) steps = take (self, error);

  return steps != NULL;
}

gboolean
monocle_cli_profile_end (MonocleCliProfile *self, GError **error)
{
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;

  self->steps = take (self, error);
  if (!self->steps)
    return FALSE;
  monocle_profile_measure_async (self->profile, monocle_cli_wait_get_cancellable (),
                                 monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  return monocle_profile_measure_finish (result, &self->flops, &self->bytes, error);
}

/* --- sums --------------------------------------------------------------------------------- */

static int
compare_sums (gconstpointer a, gconstpointer b)
{
  const Sum *first = a, *second = b;

  return second->ms > first->ms ? 1 : second->ms < first->ms ? -1 : 0;
}

static Sum *
find_sum (GArray *sums, const MonocleTimedStep *step)
{
  Sum *sum;

  for (guint i = 0; i < sums->len; i++)
    {
      sum = &g_array_index (sums, Sum, i);
      if (g_str_equal (sum->recording, step->recording) && g_str_equal (sum->kernel, step->kernel)
          && g_str_equal (sum->formats, step->formats))
        return sum;
    }
  g_array_set_size (sums, sums->len + 1);
  sum = &g_array_index (sums, Sum, sums->len - 1);
  *sum = (Sum){
    .recording = step->recording,
    .kernel = step->kernel,
    .formats = step->formats,
    .has_flops = TRUE,
    .has_bytes = TRUE,
  };
  return sum;
}

/* (transfer full) (element-type Sum) */
static GArray *
sum_up (const MonocleCliProfile *self, double *ms)
{
  GArray *sums = g_array_new (FALSE, FALSE, sizeof (Sum));

  *ms = 0;
  for (guint i = 0; i < self->steps->len; i++)
    {
      const MonocleTimedStep *step = &g_array_index (self->steps, MonocleTimedStep, i);
      Sum *sum = find_sum (sums, step);

      sum->n++;
      sum->ms += step->ms;
      sum->flops += step->flops;
      sum->bytes += (double) step->bytes;
      sum->has_flops = sum->has_flops && step->flops > 0;
      sum->has_bytes = sum->has_bytes && step->bytes > 0;
      *ms += step->ms;
    }
  g_array_sort (sums, compare_sums);
  return sums;
}

static double
get_rate (double amount, gboolean is_known, double ms)
{
  return is_known && ms > 0 ? amount / ms * 1e3 : 0;
}

/* What it is bound by: whichever it comes nearer to. */
static double
get_part_of_ceiling (const MonocleCliProfile *self, const Sum *sum)
{
  const double flops = get_rate (sum->flops, sum->has_flops, sum->ms);
  const double bytes = get_rate (sum->bytes, sum->has_bytes, sum->ms);

  return MAX (self->flops > 0 ? flops / self->flops : 0, self->bytes > 0 ? bytes / self->bytes : 0);
}

/* --- printed ------------------------------------------------------------------------------ */

static void
print_figure (double value)
{
  if (value > 0)
    monocle_cli_out (" %8.1f", value);
  else
    monocle_cli_out (" %8s", "-");
}

static void
print_name (const char *name, glong width)
{
  monocle_cli_out ("%s%*s", name, (int) (width - g_utf8_strlen (name, -1)), "");
}

void
monocle_cli_profile_print (const MonocleCliProfile *self, guint n_runs)
{
  const char *title = _ ("kernels of one run");
  double ms = 0;
  g_autoptr (GArray) sums = sum_up (self, &ms);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  glong width = g_utf8_strlen (title, -1);

  for (guint i = 0; i < sums->len; i++)
    {
      const Sum *sum = &g_array_index (sums, Sum, i);

      g_ptr_array_add (names,
                       g_strdup_printf ("%s  %s %s", sum->recording, sum->kernel, sum->formats));
      width = MAX (width, g_utf8_strlen (names->pdata[i], -1));
    }
  monocle_cli_out ("\n");
  print_name (title, width);
  monocle_cli_out (" %7s %9s %6s %8s %8s %8s\n", _ ("count"), _ ("ms"), "%", "GFLOP/s", "GB/s",
                   _ ("of most, %"));
  for (guint i = 0; i < sums->len; i++)
    {
      const Sum *sum = &g_array_index (sums, Sum, i);

      print_name (names->pdata[i], width);
      monocle_cli_out (" %7.1f %9.2f %6.1f", (double) sum->n / n_runs, sum->ms / n_runs,
                       100 * sum->ms / MAX (ms, 1e-9));
      print_figure (get_rate (sum->flops, sum->has_flops, sum->ms) / 1e9);
      print_figure (get_rate (sum->bytes, sum->has_bytes, sum->ms) / 1e9);
      print_figure (100 * get_part_of_ceiling (self, sum));
      monocle_cli_out ("\n");
    }
  monocle_cli_out (_ ("\n%.2f ms in all. A large matrix product reaches %.1f GFLOP/s here, the sum "
                      "of two long vectors %.1f GB/s.\n"),
                   ms / n_runs, self->flops / 1e9, self->bytes / 1e9);
}

static void
add_rate (JsonBuilder *builder, const char *name, double rate)
{
  if (rate > 0)
    monocle_json_add_number (builder, name, rate);
}

void
monocle_cli_profile_add_json (const MonocleCliProfile *self, JsonBuilder *builder, guint n_runs)
{
  double ms = 0;
  g_autoptr (GArray) sums = sum_up (self, &ms);

  json_builder_set_member_name (builder, "ceilings");
  json_builder_begin_object (builder);
  add_rate (builder, "flops_per_s", self->flops);
  add_rate (builder, "bytes_per_s", self->bytes);
  json_builder_end_object (builder);

  json_builder_set_member_name (builder, "kernels");
  json_builder_begin_array (builder);
  for (guint i = 0; i < sums->len; i++)
    {
      const Sum *sum = &g_array_index (sums, Sum, i);

      json_builder_begin_object (builder);
      monocle_json_add_text (builder, "recording", sum->recording);
      monocle_json_add_text (builder, "kernel", sum->kernel);
      monocle_json_add_text (builder, "formats", sum->formats);
      monocle_json_add_number (builder, "count", (double) sum->n / n_runs);
      monocle_json_add_number (builder, "ms", sum->ms / n_runs);
      add_rate (builder, "flops_per_s", get_rate (sum->flops, sum->has_flops, sum->ms));
      add_rate (builder, "bytes_per_s", get_rate (sum->bytes, sum->has_bytes, sum->ms));
      add_rate (builder, "of_ceiling", get_part_of_ceiling (self, sum));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/* --- trace -------------------------------------------------------------------------------- */

/* A line of the picture for each recording, in the order in which they come. */
static guint
find_line (GPtrArray *lines, const char *recording, GString *text)
{
  guint line;

  if (g_ptr_array_find_with_equal_func (lines, recording, g_str_equal, &line))
    return line;
  g_ptr_array_add (lines, (gpointer) recording);
  g_string_append_printf (text,
                          "{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":0,\"tid\":%u,\"args\":{"
                          "\"name\":",
                          lines->len - 1);
  monocle_json_append_string (text, recording);
  g_string_append (text, "}},\n");
  return lines->len - 1;
}

gboolean
monocle_cli_profile_write_trace (const MonocleCliProfile *self, const char *path, GError **error)
{
  g_autoptr (GString) text = g_string_new ("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();

  for (guint i = 0; i < self->steps->len; i++)
    {
      const MonocleTimedStep *step = &g_array_index (self->steps, MonocleTimedStep, i);
      const guint line = find_line (lines, step->recording, text);

      g_string_append (text, "{\"name\":");
      monocle_json_append_string (text, step->kernel);
      g_string_append_printf (text, ",\"ph\":\"X\",\"pid\":0,\"tid\":%u,\"ts\":", line);
      monocle_json_append_number (text, step->start_ms * 1e3);
      g_string_append (text, ",\"dur\":");
      monocle_json_append_number (text, step->ms * 1e3);
      g_string_append (text, ",\"args\":{\"formats\":");
      monocle_json_append_string (text, step->formats);
      g_string_append (text, ",\"flops\":");
      monocle_json_append_number (text, step->flops);
      g_string_append_printf (text, ",\"bytes\":%" G_GUINT64_FORMAT "}},\n", step->bytes);
    }
  g_string_append (text, "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":0,\"args\":{\"name\":"
                         "\"monocle\"}}]}\n");
  return monocle_output_write (path, text->str, text->len, error);
}
