/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/report.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "app/pictures/picture.h"
#include "app/pictures/source.h"
#include "app/train/chance.h"

/* Held-out pictures that are shown, and answers that got worse. */
#define N_SHOWN 10
#define N_WORSE 50
/* Of a picture on the page. */
#define PICTURE_SIDE 160
#define CURVE_WIDTH  640
#define CURVE_HEIGHT 160

/* --- for programs ------------------------------------------------------------------------- */

/* What is no number is null. */
static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_count (JsonBuilder *builder, const char *name, guint value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_figures (JsonBuilder *builder, const char *name, const MonocleTrainFigures *figures)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  add_count (builder, "questions", figures->n);
  add_number (builder, "before", figures->before);
  add_number (builder, "after", figures->after);
  add_count (builder, "better", figures->n_better);
  add_count (builder, "worse", figures->n_worse);
  add_number (builder, "p", figures->p);
  add_number (builder, "low", figures->low);
  add_number (builder, "high", figures->high);
  add_number (builder, "guess", figures->guess);
  json_builder_end_object (builder);
}

void
monocle_train_report_add_json (const MonocleTrainOutcome *outcome, JsonBuilder *builder)
{
  g_autofree char *sentence = monocle_train_verdict_dup_sentence (&outcome->verdict);

  add_text (builder, "verdict", monocle_train_verdict_get_id (outcome->verdict.kind));
  add_text (builder, "sentence", sentence);
  add_figures (builder, "new", &outcome->verdict.fresh);
  add_figures (builder, "old", &outcome->verdict.old);
  add_count (builder, "pictures", outcome->verdict.n_pictures);
  add_text (builder, "model", outcome->model);
  add_text (builder, "device", outcome->device);
  add_text (builder, "method", monocle_training_method_get_name (outcome->method));
  add_count (builder, "steps", outcome->steps);
  add_count (builder, "skipped", outcome->n_skipped);
  add_count (builder, "best_step", outcome->best_step);
  add_count (builder, "examples", outcome->n_examples);
  add_count (builder, "views", outcome->n_views);
  add_count (builder, "kept", outcome->n_old);
  add_count (builder, "rank", outcome->rank);
  add_count (builder, "batch", outcome->batch);
  add_number (builder, "rate", outcome->rate);
  add_number (builder, "look_seconds", outcome->look_seconds);
  add_number (builder, "learn_seconds", outcome->learn_seconds);
  add_number (builder, "judge_seconds", outcome->judge_seconds);
  json_builder_set_member_name (builder, "curve");
  json_builder_begin_array (builder);
  for (guint i = 0; i < outcome->curve->len; i++)
    {
      const MonocleTrainPoint *point = &g_array_index (outcome->curve, MonocleTrainPoint, i);

      json_builder_begin_object (builder);
      add_count (builder, "step", point->step);
      add_number (builder, "loss", point->loss);
      add_number (builder, "held_out_loss", point->held_out_loss);
      add_number (builder, "held_out_right", point->held_out_right);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_questions (const MonocleTrainOutcome *outcome, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "questions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < outcome->questions->len; i++)
    {
      const MonocleTrainQuestion *question = outcome->questions->pdata[i];
      g_autofree char *name = g_filename_display_name (question->picture);

      json_builder_begin_object (builder);
      add_text (builder, "image", name);
      add_text (builder, "task", question->example->task->id);
      add_text (builder, "text", question->example->text);
      add_text (builder, "of", question->is_old ? "old" : "new");
      add_text (builder, "right", question->example->words);
      add_text (builder, "before", question->before);
      add_text (builder, "after", question->after);
      add_number (builder, "score_before", question->score_before);
      add_number (builder, "score_after", question->score_after);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static char *
make_json (const MonocleTrainOutcome *outcome)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  monocle_train_report_add_json (outcome, builder);
  add_questions (outcome, builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_data (generator, NULL);
}

/* --- for people --------------------------------------------------------------------------- */

static void append_text (GString *page, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* All that comes from outside is escaped. */
static void
append_text (GString *page, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_markup_vprintf_escaped (format, args);
  va_end (args);
  g_string_append (page, text);
}

/* The picture itself, small, inside the page. */
static void
append_picture (GString *page, const char *path)
{
  g_autoptr (MonocleImage) image = monocle_image_source_load_path (path, NULL);
  g_autoptr (GdkPixbuf) pixbuf = NULL, small = NULL;
  g_autofree char *bytes = NULL, *text = NULL;
  gsize size;
  double scale;
  guint width, height;

  if (!image)
    return;
  width = monocle_image_get_width (image);
  height = monocle_image_get_height (image);
  scale = MIN (1, (double) PICTURE_SIDE / MAX (width, height));
  pixbuf = monocle_picture_new_pixbuf (image, 0, 0, width, height);
  small = pixbuf ? gdk_pixbuf_scale_simple (pixbuf, MAX (1, (int) (width * scale)),
                                            MAX (1, (int) (height * scale)), GDK_INTERP_BILINEAR)
                 : NULL;
  if (!small
      || !gdk_pixbuf_save_to_buffer (small, &bytes, &size, "jpeg", NULL, "quality", "85", NULL))
    return;
  text = g_base64_encode ((const guchar *) bytes, size);
  g_string_append_printf (page, "<img alt=\"\" src=\"data:image/jpeg;base64,%s\">", text);
}

static void
append_question (GString *page, const MonocleTrainQuestion *question)
{
  g_autofree char *name = g_path_get_basename (question->picture);
  g_autofree char *shown = g_filename_display_name (name);

  g_string_append (page, "<tr><td>");
  append_picture (page, question->picture);
  append_text (page, "</td><td>%s<br><small>%s %s</small></td>", shown,
               _ (question->example->task->title),
               question->example->text ? question->example->text : "");
  append_text (page, "<td>%s</td><td class=\"%s\">%s</td><td class=\"%s\">%s</td></tr>\n",
               question->example->words ? question->example->words : "",
               question->score_before >= 1 ? "right" : "wrong", question->before,
               question->score_after >= 1 ? "right" : "wrong",
               question->after ? question->after : "");
}

static void
begin_questions (GString *page, const char *title)
{
  append_text (page, "<h2>%s</h2>\n", title);
  append_text (page, "<table><tr><th></th><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>\n",
               _ ("Picture"), _ ("Right"), _ ("Before"), _ ("After"));
}

/* Of a seeded draw: nobody chose them. */
static void
append_shown (GString *page, const MonocleTrainOutcome *outcome, guint64 seed)
{
  g_autofree guint *order = g_new (guint, outcome->questions->len + 1);
  MonocleChance chance = monocle_chance (seed, 2);
  guint n = 0;

  for (guint i = 0; i < outcome->questions->len; i++)
    if (!((const MonocleTrainQuestion *) outcome->questions->pdata[i])->is_old)
      order[n++] = i;
  monocle_chance_shuffle (&chance, order, n);
  begin_questions (page, _ ("Held-out pictures, drawn by lot"));
  for (guint i = 0; i < MIN (n, N_SHOWN); i++)
    append_question (page, outcome->questions->pdata[order[i]]);
  g_string_append (page, "</table>\n");
}

static void
append_worse (GString *page, const MonocleTrainOutcome *outcome)
{
  guint n = 0;

  begin_questions (page, _ ("What got worse"));
  for (guint i = 0; i < outcome->questions->len && n < N_WORSE; i++)
    {
      const MonocleTrainQuestion *question = outcome->questions->pdata[i];

      if (!(question->score_after < question->score_before))
        continue;
      append_question (page, question);
      n++;
    }
  g_string_append (page, "</table>\n");
}

static void
append_figures (GString *page, const char *title, const MonocleTrainFigures *figures)
{
  append_text (page, "<tr><th>%s</th><td>%u</td><td>%.1f&#160;%%</td><td>%.1f&#160;%%</td>", title,
               figures->n, 100 * figures->before, 100 * figures->after);
  append_text (page, "<td>%+.1f … %+.1f</td><td>%u / %u</td><td>%.3f</td></tr>\n",
               100 * figures->low, 100 * figures->high, figures->n_better, figures->n_worse,
               figures->p);
}

static void
append_line (GString *page, const GArray *curve, gboolean held_out, double most, guint steps)
{
  g_string_append_printf (page, "<polyline class=\"%s\" points=\"", held_out ? "held" : "learnt");
  for (guint i = 0; i < curve->len; i++)
    {
      const MonocleTrainPoint *point = &g_array_index (curve, MonocleTrainPoint, i);
      const double value = held_out ? point->held_out_loss : point->loss;

      if (isfinite (value))
        g_string_append_printf (page, "%d,%d ", (int) (CURVE_WIDTH * point->step / MAX (steps, 1)),
                                (int) (CURVE_HEIGHT * (1 - value / most)));
    }
  g_string_append (page, "\"/>");
}

static void
append_curve (GString *page, const MonocleTrainOutcome *outcome)
{
  double most = 1e-9;

  for (guint i = 0; i < outcome->curve->len; i++)
    {
      const MonocleTrainPoint *point = &g_array_index (outcome->curve, MonocleTrainPoint, i);

      most = MAX (most, point->loss);
      if (isfinite (point->held_out_loss))
        most = MAX (most, point->held_out_loss);
    }
  append_text (page, "<h2>%s</h2>\n", _ ("How wrong it was, learning and held out"));
  g_string_append_printf (page, "<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">",
                          CURVE_WIDTH, CURVE_HEIGHT, CURVE_WIDTH, CURVE_HEIGHT);
  append_line (page, outcome->curve, FALSE, most, outcome->steps);
  append_line (page, outcome->curve, TRUE, most, outcome->steps);
  g_string_append (page, "</svg>\n");
}

static const char style[]
    = "body{font:15px sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
      "table{border-collapse:collapse}td,th{padding:.3em .7em;text-align:left;border-bottom:1px "
      "solid #ccc}.right{color:#187018}.wrong{color:#a02020}svg{border:1px solid #ccc;overflow:"
      "visible}polyline{fill:none;stroke-width:2}.learnt{stroke:#888}.held{stroke:#1a5fb4}";

static char *
make_page (const MonocleTrainOutcome *outcome, const MonocleTrainJob *job)
{
  g_autoptr (GString) page = g_string_new ("<!doctype html><meta charset=\"utf-8\">");
  g_autofree char *sentence = monocle_train_verdict_dup_sentence (&outcome->verdict);

  append_text (page, "<title>%s</title>", _ ("What was learnt"));
  g_string_append_printf (page, "<style>%s</style>\n", style);
  append_text (page, "<h1>%s</h1>\n<p><strong>%s</strong></p>\n", _ ("What was learnt"), sentence);
  append_text (page,
               "<table><tr><th></th><th>%s</th><th>%s</th><th>%s</th><th>%s</th><th>%s</th>"
               "<th>p</th></tr>\n",
               _ ("Questions"), _ ("Before"), _ ("After"), _ ("Difference, 95 %"),
               _ ("Better / worse"));
  append_figures (page, _ ("New"), &outcome->verdict.fresh);
  append_figures (page, _ ("Known before"), &outcome->verdict.old);
  g_string_append (page, "</table>\n");
  append_curve (page, outcome);
  append_shown (page, outcome, job->seed);
  append_worse (page, outcome);
  append_text (page, "<h2>%s</h2>\n<p>", _ ("How"));
  append_text (page,
               _ ("Model %s on %s; %u examples in %u views, %u answers of its own; %u steps "
                  "of %u, the best after %u; rank %u, rate %g, seed %lu."),
               outcome->model, outcome->device, outcome->n_examples, outcome->n_views,
               outcome->n_old, outcome->steps, outcome->batch, outcome->best_step, outcome->rank,
               outcome->rate, (gulong) job->seed);
  append_text (page, "</p>\n<p>");
  append_text (page, _ ("%.0f s to look, %.0f s to learn, %.0f s to judge."), outcome->look_seconds,
               outcome->learn_seconds, outcome->judge_seconds);
  g_string_append (page, "</p>\n");
  return g_string_free (g_steal_pointer (&page), FALSE);
}

/* As the hub shows it. */
static char *
make_readme (const MonocleTrainOutcome *outcome)
{
  g_autofree char *sentence = monocle_train_verdict_dup_sentence (&outcome->verdict);

  return g_strdup_printf ("---\nbase_model: %s\nlibrary_name: peft\n---\n\n"
                          "# An adapter for %s\n\n%s\n\nreport.html has the whole of it.\n",
                          outcome->model, outcome->model, sentence);
}

static gboolean
write_file (const char *folder, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666, error);
}

gboolean
monocle_train_report_write (const MonocleTrainOutcome *outcome,
                            const MonocleTrainJob *job,
                            const char *folder,
                            GError **error)
{
  g_autofree char *page = make_page (outcome, job), *json = make_json (outcome);
  g_autofree char *readme = make_readme (outcome);

  return write_file (folder, "report.html", page, error)
         && write_file (folder, "report.json", json, error)
         && write_file (folder, "README.md", readme, error);
}
