/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long a person waits for answers, by the clock and by processor time: figures, no verdicts.
 *
 *   bench-answers start     from the start of a program to the first token of an answer
 *   bench-answers again     a second question about the same picture, beside the first
 *   bench-answers regions   1 to 32 regions of a picture asked about at once; --plot FILE.svg
 *   bench-answers batch     a hundred pictures one after the other: how busy the device is
 *
 * Of each the best of a few runs is said: what else runs on the machine costs caches too. Shaders
 * were compiled before, by a run that does not count.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "app/batch/batch.h"
#include "app/models/open.h"
#include "engine/engine.h"

#define MAX_REGIONS 32
#define N_SIZES     6 /* 1, 2, 4, ... MAX_REGIONS */
#define WIDTH       640
#define HEIGHT      480

static char *model_name, *task_name, *plot;
static int n_times = 5, n_pictures = 100, max_tokens = 0, most_regions = MAX_REGIONS;
static gint64 began; /* when the parent started this program; 0: it is the parent */

static const GOptionEntry entries[] = {
  { "model", 'm', 0, G_OPTION_ARG_FILENAME, &model_name, "Default: the one that comes along",
    "MODEL" },
  { "task", 't', 0, G_OPTION_ARG_STRING, &task_name, "What is asked", "TASK" },
  { "times", 'n', 0, G_OPTION_ARG_INT, &n_times, "How often each is measured", "N" },
  { "tokens", 0, 0, G_OPTION_ARG_INT, &max_tokens, "Longest answer", "N" },
  { "pictures", 'p', 0, G_OPTION_ARG_INT, &n_pictures, "Pictures of a batch", "N" },
  { "regions", 'r', 0, G_OPTION_ARG_INT, &most_regions, "Regions at most: 32", "N" },
  { "plot", 0, 0, G_OPTION_ARG_FILENAME, &plot, "Regions as a drawing", "FILE.svg" },
  { "began", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT64, &began, NULL, NULL },
  G_OPTION_ENTRY_NULL,
};

/* Milliseconds, by the clock and of all processors. */
typedef struct
{
  double clock, busy;
} Took;

static Took
get_now (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (Took){ (double) g_get_monotonic_time () / 1e3,
                 (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3
                     + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3 };
}

static Took
get_since (Took start)
{
  const Took now = get_now ();

  return (Took){ now.clock - start.clock, now.busy - start.busy };
}

static void
keep_best (Took *best, Took took)
{
  best->clock = MIN (best->clock, took.clock);
  best->busy = MIN (best->busy, took.busy);
}

#define NOTHING_YET { INFINITY, INFINITY }

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static MonocleModel *
load (void)
{
  const MonocleOpenRequest request = {
    .name = model_name, .device = "auto", .precision = MONOCLE_PRECISION_AUTO, .is_trusted = TRUE
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MonocleModel *model;

  monocle_open_model_async (&request, NULL, NULL, NULL, on_done, &result);
  model = monocle_open_model_finish (wait_for (&result), &error);
  if (!model)
    g_error ("%s", error->message);
  return model;
}

/* A picture of its own for each number. */
static MonocleImage *
draw (guint number)
{
  g_autofree guint8 *rgb = g_malloc (3 * WIDTH * HEIGHT);

  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      {
        guint8 *pixel = rgb + 3 * (y * WIDTH + x);

        pixel[0] = (guint8) (x * 255 / WIDTH + number);
        pixel[1] = (guint8) (y * 255 / HEIGHT);
        pixel[2] = ((x / 40) ^ (y / 40)) & 1 ? 200 : 60;
      }
  return monocle_image_new_from_pixels (WIDTH, HEIGHT, 3 * WIDTH, rgb, NULL);
}

static const MonocleTask *
find_task (MonocleModel *model, const char *usual, MonocleTaskTakes takes)
{
  const char *name = task_name ? task_name : usual;
  const MonocleTask *task
      = monocle_tasks_find_named (monocle_model_list_tasks (model), name, takes);

  if (!task)
    g_error ("The model has no task “%s”", name);
  return task;
}

typedef struct
{
  Took start, seen, first; /* seen: the last word before the answer begins */
  gboolean has_first;
} Answering;

static void
on_update (const MonocleUpdate *update, gpointer data)
{
  Answering *self = data;

  if (update->stage != MONOCLE_STAGE_ANSWERING)
    self->seen = get_since (self->start);
  if (self->has_first || update->stage != MONOCLE_STAGE_ANSWERING || update->n_tokens == 0)
    return;
  self->first = get_since (self->start);
  self->has_first = TRUE;
}

/* @seen: (out) (optional): until the picture was looked at, where it was
 * @first: (out) (optional): until something was certain */
static MonocleRun *
ask (MonocleSession *session, const MonocleRequest *request, Took *seen, Took *first, Took *all)
{
  Answering answering = { .start = get_now () };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MonocleRun *run;

  monocle_session_run_async (session, request, NULL, on_update, &answering, on_done, &result);
  run = monocle_session_run_finish (session, wait_for (&result), &error);
  if (!run)
    g_error ("%s", error->message);
  *all = get_since (answering.start);
  if (seen)
    *seen = answering.seen;
  if (first)
    *first = answering.has_first ? answering.first : *all;
  return run;
}

static MonocleRequest
build_request (MonocleModel *model, const MonocleTask *task)
{
  const guint most = monocle_model_get_max_tokens (model);

  return (MonocleRequest){ .task = task,
                           .max_tokens = max_tokens > 0 ? MIN ((guint) max_tokens, most) : most };
}

static void
print_head (MonocleModel *model)
{
  MonocleDevice *device = monocle_model_get_device (model);

  printf ("%s, %s, on %s, %s; %u processors\n", monocle_model_get_name (model),
          monocle_model_get_precision_name (model), monocle_device_get_name (device),
          monocle_device_get_driver (device), g_get_num_processors ());
}

/* --- from the start of a program ------------------------------------------------------------ */

static void
print_start (void)
{
  g_autoptr (MonocleModel) model = load ();
  const Took loaded = get_now ();
  g_autoptr (MonocleImage) image = draw (0);
  g_autoptr (MonocleSession) session = monocle_session_new (model, image);
  const MonocleRequest request
      = build_request (model, find_task (model, "find", MONOCLE_TAKES_NOTHING));
  const double start = (double) began / 1e3;
  const Took before = get_now ();
  Took first, all;
  g_autoptr (MonocleRun) run = ask (session, &request, NULL, &first, &all);

  printf ("%.1f %.1f %.1f %.1f %.1f %.1f %.1f %.1f %.1f\n", loaded.clock - start, loaded.busy,
          before.clock + first.clock - start, before.busy + first.busy,
          before.clock + all.clock - start, before.busy + all.busy,
          monocle_model_get_load_ms (model), run->compile_ms, run->encode_ms);
}

static void
measure_start (const char *program)
{
  static const char *const titles[] = { "model loaded",  "first token", "whole answer",
                                        "of it loading", "  compiling", "  encoding" };
  double best[9];

  for (guint i = 0; i < G_N_ELEMENTS (best); i++)
    best[i] = INFINITY;
  for (int i = 0; i <= n_times; i++)
    {
      g_autofree char *now = g_strdup_printf ("--began=%" G_GINT64_FORMAT, g_get_monotonic_time ());
      const char *arguments[]
          = { program, "start", now, model_name ? "--model" : NULL, model_name, NULL };
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      const char *at;

      if (!g_spawn_sync (NULL, (char **) arguments, NULL, 0, NULL, NULL, &text, NULL, NULL, &error))
        g_error ("%s", error->message);
      at = text;
      for (guint k = 0; k < G_N_ELEMENTS (best); k++)
        {
          char *end;
          const double value = g_ascii_strtod (at, &end);

          if (end == at)
            g_error ("It ended: %s", text);
          at = end;
          if (i > 0)
            best[k] = MIN (best[k], value);
        }
    }
  printf ("best of %d starts, ms: by the clock, of all processors\n", n_times);
  for (guint k = 0; k < 3; k++)
    printf ("%-14s %8.1f %8.1f\n", titles[k], best[2 * k], best[2 * k + 1]);
  for (guint k = 3; k < 6; k++)
    printf ("%-14s %8.1f\n", titles[k], best[k + 3]);
}

/* --- the same picture once more ------------------------------------------------------------- */

static void
measure_again (void)
{
  g_autoptr (MonocleModel) model = load ();
  const MonocleRequest request
      = build_request (model, find_task (model, "find", MONOCLE_TAKES_NOTHING));
  Took first[2] = { NOTHING_YET, NOTHING_YET }, own[2] = { NOTHING_YET, NOTHING_YET };
  Took all[2] = { NOTHING_YET, NOTHING_YET };
  guint n_encodes = 0;

  print_head (model);
  for (int i = 0; i <= n_times; i++)
    {
      g_autoptr (MonocleImage) image = draw ((guint) i);
      g_autoptr (MonocleSession) session = monocle_session_new (model, image);

      for (guint k = 0; k < 2; k++)
        {
          Took seen, until, took, without;
          g_autoptr (MonocleRun) run = ask (session, &request, &seen, &until, &took);

          if (i == 0)
            continue;
          without = (Took){ until.clock - seen.clock, until.busy - seen.busy };
          keep_best (&first[k], until);
          keep_best (&own[k], without);
          keep_best (&all[k], took);
          if (k == 1)
            n_encodes += run->encode_ms > 0 || run->preprocess_ms > 0;
        }
    }
  printf ("best of %d, ms by the clock and of all processors until the first token; of it without "
          "the picture; the whole answer\n",
          n_times);
  for (guint k = 0; k < 2; k++)
    printf ("%-8s %8.1f %8.1f   %8.1f %8.1f   %8.1f %8.1f\n", k == 0 ? "first" : "second",
            first[k].clock, first[k].busy, own[k].clock, own[k].busy, all[k].clock, all[k].busy);
  printf ("%u of %d second questions looked at the picture again\n", n_encodes, n_times);
}

/* --- regions -------------------------------------------------------------------------------- */

static void
write_plot (const Took *times)
{
  const double left = 60, top = 40, width = 480, height = 300;
  const double most = MAX_REGIONS * times[0].busy;
  g_autoptr (GString) svg = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_string_append_printf (
      svg,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"600\" height=\"400\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"600\" height=\"400\" "
      "fill=\"white\"/>\n<text x=\"60\" y=\"20\">Regions asked about at once, ms of all "
      "processors; dashed: as many one by one</text>\n<path fill=\"none\" stroke=\"black\" "
      "d=\"M%g %gV%gH%g\"/>\n<path stroke=\"grey\" stroke-dasharray=\"4\" d=\"M%g %gL%g %g\"/>\n",
      left, top, top + height, left + width, left, top + height, left + width, top);
  g_string_append (svg, "<path fill=\"none\" stroke=\"blue\" d=\"");
  for (guint i = 0; i < N_SIZES; i++)
    g_string_append_printf (svg, "%c%.1f %.1f", i == 0 ? 'M' : 'L',
                            left + width * (1 << i) / MAX_REGIONS,
                            top + height * (1 - times[i].busy / most));
  g_string_append (svg, "\"/>\n");
  /* Of the first there is no room for their names. */
  for (guint i = 2; i < N_SIZES; i++)
    g_string_append_printf (svg, "<text x=\"%.1f\" y=\"%.1f\">%u: %.0f</text>\n",
                            left + width * (1 << i) / MAX_REGIONS,
                            top + height * (1 - times[i].busy / most) + 14, 1u << i, times[i].busy);
  g_string_append (svg, "</svg>\n");
  if (!g_file_set_contents (plot, svg->str, (gssize) svg->len, &error))
    g_error ("%s", error->message);
}

static void
measure_regions (void)
{
  g_autoptr (MonocleModel) model = load ();
  const MonocleTask *task = find_task (model, "region-to-description", MONOCLE_TAKES_REGION);
  MonocleRequest request = build_request (model, task);
  g_autoptr (MonocleImage) image = draw (0);
  g_autoptr (MonocleSession) session = monocle_session_new (model, image);
  MonocleBox boxes[MAX_REGIONS];
  Took times[N_SIZES];

  for (guint i = 0; i < MAX_REGIONS; i++)
    {
      const float x = (float) (i % 8 * 70), y = (float) (i / 8 * 100);

      boxes[i] = (MonocleBox){ x, y, x + 120, y + 150 };
    }
  request.regions = boxes;
  print_head (model);
  printf ("regions   clock, ms    busy, ms   busy of each   tokens   busy of a token   beside one "
          "by one\n");
  for (guint i = 0; i < N_SIZES && 1 << i <= most_regions; i++)
    {
      guint n_tokens = 0;

      times[i] = (Took) NOTHING_YET;
      request.n_regions = 1u << i;
      for (int k = 0; k <= n_times; k++)
        {
          Took took;
          g_autoptr (MonocleRun) run = ask (session, &request, NULL, NULL, &took);

          n_tokens = run->n_tokens;
          if (k > 0)
            keep_best (&times[i], took);
        }
      printf ("%7u %11.1f %11.1f %14.2f %8u %17.2f %19.2f\n", 1u << i, times[i].clock,
              times[i].busy, times[i].busy / (1 << i), n_tokens, times[i].busy / MAX (n_tokens, 1),
              times[i].busy / (times[0].busy * (1 << i)));
      fflush (stdout);
    }
  if (plot && most_regions >= MAX_REGIONS)
    write_plot (times);
}

/* --- many pictures -------------------------------------------------------------------------- */

static void
write_picture (const char *folder, guint number)
{
  g_autofree char *path = g_strdup_printf ("%s/%03u.ppm", folder, number);
  g_autoptr (MonocleImage) image = draw (number);
  g_autofree char *head = g_strdup_printf ("P6 %u %u 255\n", WIDTH, HEIGHT);
  FILE *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  fputs (head, file);
  fwrite (monocle_image_get_pixels (image), 3 * WIDTH, HEIGHT, file);
  fclose (file);
}

static void
remove_all (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_all (path);
      else
        g_remove (path);
    }
  g_rmdir (folder);
}

/* How long the device was at work, of the time in which it was asked. */
static GArray *
take_steps (MonocleProfile *profile)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GArray *steps;

  monocle_profile_take_async (profile, NULL, on_done, &result);
  steps = monocle_profile_take_finish (wait_for (&result), &error);
  if (!steps)
    g_error ("%s", error->message);
  return steps;
}

static void
run_batch (MonocleModel *model, const char *folder, const char *out)
{
  const char *const sources[] = { folder, NULL };
  const MonocleRequest request
      = build_request (model, find_task (model, "find", MONOCLE_TAKES_NOTHING));
  g_autoptr (GPtrArray) requests
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_request_free);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) unread = NULL;
  g_autoptr (GPtrArray) pictures = monocle_batch_list (sources, NULL, &unread, NULL, &error);
  g_autoptr (JsonNode) question = NULL;
  g_autoptr (MonocleBatch) batch = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_no_error (error);
  g_ptr_array_add (requests, monocle_request_copy (&request));
  question = monocle_batch_describe (model, requests, NAN, &error);
  g_assert_no_error (error);
  batch = monocle_batch_new (model, requests, NAN, pictures,
                             monocle_batch_store_open (out, question, &error));
  g_assert_no_error (error);
  monocle_batch_run_async (batch, NULL, on_done, &result);
  if (!monocle_batch_run_finish (batch, wait_for (&result), &error))
    g_error ("%s", error->message);
}

static void
measure_batch (void)
{
  g_autofree char *folder = g_dir_make_tmp ("monocle-bench-XXXXXX", NULL);
  g_autofree char *in = g_build_filename (folder, "in", NULL);
  g_autofree char *warm = g_build_filename (folder, "warm", NULL);
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autoptr (MonocleModel) model = load ();
  g_autoptr (MonocleProfile) profile = monocle_profile_new (model);
  g_autoptr (GArray) steps = NULL;
  double device = 0;
  Took took;

  g_mkdir (in, 0700);
  for (int i = 0; i < n_pictures; i++)
    write_picture (in, (guint) i);
  print_head (model);
  run_batch (model, in, warm);
  g_array_unref (take_steps (profile));
  took = get_now ();
  run_batch (model, in, out);
  took = get_since (took);
  steps = take_steps (profile);
  for (guint i = 0; i < steps->len; i++)
    device += g_array_index (steps, MonocleTimedStep, i).ms;
  printf ("%d pictures: %.0f ms by the clock, %.0f of all processors; the device at work %.0f ms, "
          "%.0f %%\n",
          n_pictures, took.clock, took.busy, device, 100 * device / took.clock);
  remove_all (folder);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("start|again|regions|batch");
  g_autoptr (GError) error = NULL;
  const char *program = argv[0], *what;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  what = argc == 2 ? argv[1] : "";
  if (g_str_equal (what, "start") && began > 0)
    print_start ();
  else if (g_str_equal (what, "start"))
    measure_start (program);
  else if (g_str_equal (what, "again"))
    measure_again ();
  else if (g_str_equal (what, "regions"))
    measure_regions ();
  else if (g_str_equal (what, "batch"))
    measure_batch ();
  else
    {
      g_printerr ("%s", g_option_context_get_help (context, TRUE, NULL));
      return 2;
    }
  fflush (stdout);
  if (!monocle_engine_shutdown (2000))
    _exit (EXIT_SUCCESS);
  return EXIT_SUCCESS;
}
