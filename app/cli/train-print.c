/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/train.h"

#include <math.h>
#include <stdio.h>

#include "app/cli/cli.h"
#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/progress.h"
#include "app/train/count.h"
#include "app/train/report.h"

/* --- what there is to learn --------------------------------------------------------------- */

static void
print_set_json (const MonocleTrainSet *set, const GPtrArray *counts)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "examples");
  json_builder_begin_array (builder);
  for (guint i = 0; i < counts->len; i++)
    {
      const MonocleTrainCount *count = counts->pdata[i];

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "task");
      json_builder_add_string_value (builder, count->task->id);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, count->label);
      json_builder_set_member_name (builder, "learnt");
      json_builder_add_int_value (builder, count->n);
      json_builder_set_member_name (builder, "held_out");
      json_builder_add_int_value (builder, count->n_held_out);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "left_out");
  json_builder_begin_array (builder);
  for (guint i = 0; i < monocle_notes_get_n (set->notes); i++)
    {
      guint64 n;

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "why");
      json_builder_add_string_value (builder, monocle_notes_get (set->notes, i, &n));
      json_builder_set_member_name (builder, "count");
      json_builder_add_int_value (builder, (gint64) n);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

void
monocle_cli_train_print_set (const MonocleTrainSet *set, gboolean json)
{
  g_autoptr (GPtrArray) counts = monocle_train_count_labels (set);
  const char *task = NULL;

  if (json)
    {
      print_set_json (set, counts);
      return;
    }
  for (guint i = 0; i < counts->len; i++)
    {
      const MonocleTrainCount *count = counts->pdata[i];
      g_autofree char *label = monocle_cli_out_clean_line (count->label);

      if (g_strcmp0 (task, count->task->id) != 0)
        monocle_cli_out ("%s\n", count->task->id);
      task = count->task->id;
      monocle_cli_out ("  %-32s %4u %s %4u %s%s\n", label, count->n, _ ("to learn,"),
                       count->n_held_out, _ ("held out"),
                       count->n < MONOCLE_TRAIN_FEW ? _ ("  (few)")
                       : count->n_held_out == 0     ? _ ("  (cannot be judged)")
                                                    : "");
    }
}

void
monocle_cli_train_print_notes (const MonocleTrainSet *set)
{
  for (guint i = 0; i < monocle_notes_get_n (set->notes); i++)
    {
      guint64 n;
      const char *note = monocle_notes_get (set->notes, i, &n);
      g_autofree char *clean = monocle_cli_out_clean_line (note);

      fprintf (stderr, _ ("monocle-cli: note: %s (%u)\n"), clean, (guint) MIN (n, G_MAXUINT));
    }
}

/* --- what it takes ------------------------------------------------------------------------ */

void
monocle_cli_train_print_estimate (const MonocleTrainEstimate *estimate, gboolean json)
{
  g_autoptr (JsonBuilder) builder = NULL;
  const struct
  {
    const char *key;
    double value;
  } members[] = {
    { "examples", estimate->n_examples },
    { "held_out", estimate->n_held_out },
    { "kept_pictures", estimate->n_old_pictures },
    { "views", estimate->views },
    { "batch", estimate->batch },
    { "steps", estimate->steps },
    { "look_ms", estimate->look_ms },
    { "step_ms", estimate->step_ms },
    { "seconds", estimate->seconds },
    { "used_bytes", (double) estimate->used_bytes },
  };

  if (!json)
    {
      g_autofree char *bytes = g_format_size_full (estimate->used_bytes, G_FORMAT_SIZE_IEC_UNITS);

      monocle_cli_out (_ ("%u examples in %u views, %u held out, %u pictures against forgetting\n"),
                       estimate->n_examples, estimate->views, estimate->n_held_out,
                       estimate->n_old_pictures);
      monocle_cli_out (_ ("%.0f ms to look at one, %.0f ms a step of %u; %u steps\n"),
                       estimate->look_ms, estimate->step_ms, estimate->batch, estimate->steps);
      monocle_cli_out (_ ("about %.0f s in all, %s of the device\n"), estimate->seconds, bytes);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      json_builder_set_member_name (builder, members[i].key);
      json_builder_add_double_value (builder, members[i].value);
    }
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

/* --- as it goes on ------------------------------------------------------------------------ */

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
print_step (const MonocleTrainUpdate *update)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "step");
  json_builder_add_int_value (builder, update->n_done);
  json_builder_set_member_name (builder, "steps");
  json_builder_add_int_value (builder, update->n_all);
  add_number (builder, "loss", update->loss);
  add_number (builder, "norm", update->norm);
  add_number (builder, "rate", update->rate);
  json_builder_set_member_name (builder, "skipped");
  json_builder_add_boolean_value (builder, update->is_skipped);
  if (update->is_round)
    {
      add_number (builder, "held_out_loss", update->held_out_loss);
      add_number (builder, "held_out_right", update->held_out_right);
    }
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
  monocle_cli_out_flush ();
}

static void
print_round (const MonocleTrainUpdate *update)
{
  monocle_cli_progress_clear ();
  monocle_cli_out (_ ("step %u of %u: loss %.3f"), update->n_done, update->n_all, update->loss);
  if (isfinite (update->held_out_loss))
    monocle_cli_out (_ (", held out %.3f, %.0f %% right"), update->held_out_loss,
                     100 * update->held_out_right);
  monocle_cli_out (_ (" (%.0f s)\n"), update->seconds);
  monocle_cli_out_flush ();
}

void
monocle_cli_train_print_update (const MonocleTrainUpdate *update, gpointer json)
{
  const double fraction = (double) update->n_done / MAX (update->n_all, 1);

  switch (update->stage)
    {
    case MONOCLE_TRAIN_LOOKING:
      monocle_cli_progress_show (fraction, _ ("Looking at pictures (%u of %u)"), update->n_done + 1,
                                 update->n_all);
      break;
    case MONOCLE_TRAIN_LEARNING:
      if (json)
        print_step (update);
      else if (update->is_round)
        print_round (update);
      monocle_cli_progress_show (fraction, _ ("Learning (step %u of %u)"), update->n_done,
                                 update->n_all);
      break;
    case MONOCLE_TRAIN_JUDGING:
    default:
      monocle_cli_progress_show (fraction, _ ("Asking again (%u of %u)"), update->n_done + 1,
                                 update->n_all);
      break;
    }
}

void
monocle_cli_train_print_outcome (const MonocleTrainOutcome *outcome, const char *out, gboolean json)
{
  g_autofree char *sentence = monocle_train_verdict_dup_sentence (&outcome->verdict);
  g_autoptr (JsonBuilder) builder = NULL;

  if (!json)
    {
      monocle_cli_out ("%s\n", sentence);
      monocle_cli_out (_ ("What was learnt is in %s; report.html there says how that was found.\n"),
                       out);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  monocle_train_report_add_json (outcome, builder);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}
