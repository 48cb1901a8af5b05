/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/report.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/json/fields.h"

#define TASK_COLUMN   26
#define FIGURE_COLUMN 42
#define NUMBER_COLUMN 10

/* Of a value in JSON: sums of floats say no more. */
#define VALUE_DECIMALS 1e12

/* --- Text --- */

/* printf() counts bytes, and a column is of characters. */
static void
append_cell (GString *text, const char *cell, glong width)
{
  glong length = g_utf8_strlen (cell, -1);

  g_string_append (text, cell);
  g_string_append_printf (text, "%*s", (int) MAX (width - length, 1), "");
}

static void
append_number (GString *text, const char *cell)
{
  glong length = g_utf8_strlen (cell, -1);

  g_string_append_printf (text, "%*s%s", (int) MAX (NUMBER_COLUMN - length, 1), "", cell);
}

static void
append_head (GString *text, const MonocleEvalReport *self)
{
  MonocleModel *model = self->model;

  g_string_append_printf (
      text, _ ("%s (%.1f million parameters, %s) on %s, beams: %u\n"),
      monocle_model_get_name (model), (double) monocle_model_get_n_parameters (model) / 1e6,
      monocle_model_get_precision_name (model),
      monocle_device_get_name (monocle_model_get_device (model)), self->num_beams);
  g_string_append_printf (text, _ ("%s, images: %u\n"), self->set, self->n_images);
  if (self->n_failed > 0)
    g_string_append_printf (text, _ ("images that failed and do not count: %u\n"), self->n_failed);
  if (self->end == MONOCLE_EVAL_STOPPED)
    g_string_append (text, _ ("stopped before the end: figures of a part\n"));
}

static void
append_figures (GString *text, const MonocleEvalTally *tally)
{
  gboolean is_first = TRUE;

  for (guint i = 0; i < tally->figures->len; i++)
    {
      const MonocleEvalFigure *figure = &g_array_index (tally->figures, MonocleEvalFigure, i);
      g_autofree char *title = figure->kind
                                   ? g_strdup_printf ("%s: %s", _ (figure->title), figure->kind)
                                   : g_strdup (_ (figure->title));
      g_autofree char *value = g_strdup_printf ("%.3f", figure->sum / figure->of);
      g_autofree char *n = g_strdup_printf ("%.0f", figure->n);

      if (!(figure->of > 0))
        continue;
      append_cell (text, is_first ? tally->task->id : "", TASK_COLUMN);
      append_cell (text, title, FIGURE_COLUMN);
      append_number (text, value);
      append_number (text, n);
      g_string_append_c (text, '\n');
      is_first = FALSE;
    }
}

static void
append_questions (GString *text, const MonocleEvalTally *tally)
{
  double n = MAX (tally->n_questions, 1);
  g_autofree char *questions = g_strdup_printf ("%u", tally->n_questions);
  g_autofree char *unparsed = g_strdup_printf ("%u", tally->n_unparsed);
  g_autofree char *ms = g_strdup_printf ("%.1f", monocle_eval_score_get_median (tally->times_ms));
  g_autofree char *tokens = g_strdup_printf ("%.1f", (double) tally->n_tokens / n);

  append_cell (text, tally->task->id, TASK_COLUMN);
  append_number (text, questions);
  append_number (text, unparsed);
  append_number (text, ms);
  append_number (text, tokens);
  g_string_append_c (text, '\n');
}

/* Of all tasks. */
static MonocleEvalTally
add_up (const MonocleEvalReport *self)
{
  MonocleEvalTally all = { 0 };

  for (guint i = 0; i < self->tallies->len; i++)
    {
      const MonocleEvalTally *tally = self->tallies->pdata[i];

      all.n_questions += tally->n_questions;
      all.n_unparsed += tally->n_unparsed;
    }
  return all;
}

static void
append_all (GString *text, const MonocleEvalReport *self)
{
  MonocleEvalTally all = add_up (self);
  g_autofree char *questions = g_strdup_printf ("%u", all.n_questions);
  g_autofree char *unparsed = g_strdup_printf ("%u", all.n_unparsed);

  append_cell (text, _ ("all"), TASK_COLUMN);
  append_number (text, questions);
  append_number (text, unparsed);
  g_string_append_c (text, '\n');
}

char *
monocle_eval_report_make_text (const MonocleEvalReport *self)
{
  GString *text = g_string_new (NULL);

  append_head (text, self);
  g_string_append_c (text, '\n');
  append_cell (text, _ ("task"), TASK_COLUMN);
  append_cell (text, _ ("figure"), FIGURE_COLUMN);
  append_number (text, _ ("value"));
  append_number (text, _ ("of"));
  g_string_append_c (text, '\n');
  for (guint i = 0; i < self->tallies->len; i++)
    append_figures (text, self->tallies->pdata[i]);

  g_string_append_c (text, '\n');
  append_cell (text, _ ("task"), TASK_COLUMN);
  append_number (text, _ ("questions"));
  append_number (text, _ ("unparsed"));
  append_number (text, _ ("ms"));
  append_number (text, _ ("tokens"));
  g_string_append_c (text, '\n');
  for (guint i = 0; i < self->tallies->len; i++)
    append_questions (text, self->tallies->pdata[i]);
  append_all (text, self);
  for (guint i = 0; i < self->tallies->len; i++)
    {
      const MonocleEvalTally *tally = self->tallies->pdata[i];

      if (tally->n_unknown > 0)
        g_string_append_printf (text,
                                _ ("%s: objects that are of no category and do not count: %u\n"),
                                tally->task->id, tally->n_unknown);
    }
  g_string_append_printf (text, _ ("\nencoding %.1f ms an image, %.1f s in all\n"), self->image_ms,
                          self->total_ms / 1000);
  return g_string_free (text, FALSE);
}

/* --- JSON --- */

static void
add_figure (JsonBuilder *builder, const MonocleEvalFigure *figure)
{
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "figure", figure->key);
  if (figure->kind)
    monocle_json_add_text (builder, "kind", figure->kind);
  monocle_json_add_number (builder, "value",
                           round (figure->sum / figure->of * VALUE_DECIMALS) / VALUE_DECIMALS);
  monocle_json_add_integer (builder, "of", (gint64) figure->n);
  json_builder_end_object (builder);
}

static void
add_tally (JsonBuilder *builder, const MonocleEvalTally *tally)
{
  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "task", tally->task->id);
  monocle_json_add_integer (builder, "questions", tally->n_questions);
  monocle_json_add_integer (builder, "unparsed", tally->n_unparsed);
  monocle_json_add_integer (builder, "unknown_labels", tally->n_unknown);
  monocle_json_add_number (builder, "decode_ms", tally->decode_ms);
  monocle_json_add_number (builder, "median_ms", monocle_eval_score_get_median (tally->times_ms));
  monocle_json_add_integer (builder, "tokens", (gint64) tally->n_tokens);
  json_builder_set_member_name (builder, "figures");
  json_builder_begin_array (builder);
  for (guint i = 0; i < tally->figures->len; i++)
    if (g_array_index (tally->figures, MonocleEvalFigure, i).of > 0)
      add_figure (builder, &g_array_index (tally->figures, MonocleEvalFigure, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

void
monocle_eval_report_add_json (const MonocleEvalReport *self, JsonBuilder *builder)
{
  MonocleEvalTally all = add_up (self);

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "set", self->set);
  monocle_json_add_text (builder, "model", monocle_model_get_name (self->model));
  monocle_json_add_text (builder, "device",
                         monocle_device_get_name (monocle_model_get_device (self->model)));
  monocle_json_add_text (builder, "precision", monocle_model_get_precision_name (self->model));
  monocle_json_add_integer (builder, "beams", self->num_beams);
  monocle_json_add_integer (builder, "images", self->n_images);
  monocle_json_add_integer (builder, "failed", self->n_failed);
  monocle_json_add_integer (builder, "questions", all.n_questions);
  monocle_json_add_integer (builder, "unparsed", all.n_unparsed);
  monocle_json_add_flag (builder, "stopped", self->end == MONOCLE_EVAL_STOPPED);
  json_builder_set_member_name (builder, "tasks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->tallies->len; i++)
    add_tally (builder, self->tallies->pdata[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "timing_ms");
  json_builder_begin_object (builder);
  monocle_json_add_number (builder, "load", monocle_model_get_load_ms (self->model));
  monocle_json_add_number (builder, "image", self->image_ms);
  monocle_json_add_number (builder, "total", self->total_ms);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}
