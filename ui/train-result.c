/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/train-result.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figures.h"
#include "ui/task-info.h"
#include "ui/thumbnail.h"

/* Answers that are shown of each kind. */
#define MAX_ANSWERS    50
#define THUMBNAIL_SIDE 48

struct _MonocleTrainResult
{
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *sentence;
  GtkGrid *table;
  AdwPreferencesGroup *answers_group;
  AdwExpanderRow *worse_row;
  AdwExpanderRow *better_row;
  AdwEntryRow *name_row;
  GtkSwitch *alone;
  GtkWidget *again_row;

  MonocleTutor *tutor;
  const MonocleTrainOutcome *shown;
  GPtrArray *worse, *better; /* rows */
};

G_DEFINE_FINAL_TYPE (MonocleTrainResult, monocle_train_result, ADW_TYPE_BIN)

/* --- the table ---------------------------------------------------------------------------- */

static void
add_cell (MonocleTrainResult *self, const char *text, int column, int row, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, column == 0);
  gtk_widget_add_css_class (label, style);
  gtk_grid_attach (self->table, label, column, row, 1, 1);
}

static void
add_figures (MonocleTrainResult *self,
             const char *title,
             const MonocleTrainFigures *figures,
             int row)
{
  g_autofree char *before = monocle_figures_dup_percent (figures->before);
  g_autofree char *after = monocle_figures_dup_percent (figures->after);
  g_autofree char *n = g_strdup_printf ("%u", figures->n);
  g_autofree char *better = g_strdup_printf ("%u", figures->n_better);
  g_autofree char *worse = g_strdup_printf ("%u", figures->n_worse);
  const gboolean is_known = figures->n > 0;

  add_cell (self, title, 0, row, "heading");
  add_cell (self, n, 1, row, "numeric");
  add_cell (self, is_known ? before : "–", 2, row, "numeric");
  add_cell (self, is_known ? after : "–", 3, row, "numeric");
  add_cell (self, is_known ? better : "–", 4, row, "numeric");
  add_cell (self, is_known ? worse : "–", 5, row, "numeric");
}

static void
fill_table (MonocleTrainResult *self, const MonocleTrainVerdict *verdict)
{
  const char *const titles[] = { "",
                                 C_ ("questions", "Asked"),
                                 C_ ("answers", "Before"),
                                 C_ ("answers", "Now"),
                                 C_ ("answers", "Better"),
                                 C_ ("answers", "Worse") };
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->table))))
    gtk_grid_remove (self->table, child);
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    add_cell (self, titles[i], (int) i, 0, "dim-label");
  add_figures (self, C_ ("answers", "New"), &verdict->fresh, 1);
  add_figures (self, C_ ("answers", "Known Before"), &verdict->old, 2);
}

/* --- answers ------------------------------------------------------------------------------ */

static void
clear_rows (AdwExpanderRow *parent, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_expander_row_remove (parent, rows->pdata[i]);
  g_ptr_array_set_size (rows, 0);
}

static const char *
or_nothing (const char *words)
{
  return words && *words ? words : C_ ("answer", "nothing");
}

static GtkWidget *
make_row (const MonocleTrainQuestion *question)
{
  GtkWidget *row = adw_action_row_new (), *picture;
  const char *title = monocle_task_info_get (question->example->task).title;
  const char *words = question->example->words;
  g_autoptr (GFile) file = g_file_new_for_path (question->picture);
  g_autofree char *answers
      /* Translators: two answers, before and after */
      = g_strdup_printf (_ ("Before: %s. Now: %s."), or_nothing (question->before),
                         or_nothing (question->after));
  g_autofree char *all = words && !question->is_old
                             /* Translators: the answer that is right */
                             ? g_strdup_printf (_ ("%s Right: %s."), answers, words)
                             : g_strdup (answers);
  g_autofree char *asked = question->example->text && *question->example->text
                               ? g_strdup_printf (_ ("%s: %s"), title, question->example->text)
                               : g_strdup (title);
  g_autofree char *escaped = g_markup_escape_text (all, -1);
  g_autofree char *escaped_title = g_markup_escape_text (asked, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), escaped_title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  picture = monocle_thumbnail_new (THUMBNAIL_SIDE, THUMBNAIL_SIDE);
  monocle_thumbnail_set_file (MONOCLE_THUMBNAIL (picture), file, 0);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (picture, 6);
  gtk_widget_set_margin_bottom (picture, 6);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), picture);
  return row;
}

static void
add_answer (AdwExpanderRow *parent, GPtrArray *rows, const MonocleTrainQuestion *question)
{
  GtkWidget *row;

  if (rows->len >= MAX_ANSWERS)
    return;
  row = make_row (question);
  adw_expander_row_add_row (parent, row);
  g_ptr_array_add (rows, row);
}

static void
show_count (AdwExpanderRow *row, guint n)
{
  g_autofree char *text = g_strdup_printf (ngettext ("%u answer", "%u answers", n), n);

  adw_expander_row_set_subtitle (row, text);
  gtk_widget_set_visible (GTK_WIDGET (row), n > 0);
}

static void
fill_answers (MonocleTrainResult *self, const GPtrArray *questions)
{
  guint n_worse = 0, n_better = 0;

  clear_rows (self->worse_row, self->worse);
  clear_rows (self->better_row, self->better);
  for (guint i = 0; i < questions->len; i++)
    {
      const MonocleTrainQuestion *question = questions->pdata[i];

      if (question->score_after < question->score_before)
        {
          n_worse++;
          add_answer (self->worse_row, self->worse, question);
        }
      else if (question->score_after > question->score_before)
        {
          n_better++;
          add_answer (self->better_row, self->better, question);
        }
    }
  show_count (self->worse_row, n_worse);
  show_count (self->better_row, n_better);
  gtk_widget_set_visible (GTK_WIDGET (self->answers_group), n_worse + n_better > 0);
}

/* --- all of it ---------------------------------------------------------------------------- */

static const char *
get_icon (MonocleTrainVerdictKind kind)
{
  switch (kind)
    {
    case MONOCLE_VERDICT_HELPED:
      return "emblem-ok-symbolic";
    case MONOCLE_VERDICT_HELPED_AND_FORGOT:
    case MONOCLE_VERDICT_WORSE:
      return "dialog-warning-symbolic";
    case MONOCLE_VERDICT_CANNOT_TELL:
    default:
      return "dialog-question-symbolic";
    }
}

static void
update (MonocleTrainResult *self)
{
  const MonocleTrainOutcome *outcome = monocle_tutor_get_outcome (self->tutor);
  g_autofree char *sentence = NULL, *name = NULL;

  if (outcome == self->shown)
    return;
  self->shown = outcome;
  if (!outcome)
    return;
  sentence = monocle_train_verdict_dup_sentence (&outcome->verdict);
  name = monocle_tutor_dup_name (self->tutor);
  gtk_image_set_from_icon_name (self->icon, get_icon (outcome->verdict.kind));
  gtk_label_set_text (self->sentence, sentence);
  fill_table (self, &outcome->verdict);
  fill_answers (self, outcome->questions);
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), name);
  gtk_widget_set_visible (self->again_row, outcome->verdict.old.n_worse > 0);
}

const char *
monocle_train_result_get_name (MonocleTrainResult *self)
{
  g_return_val_if_fail (MONOCLE_IS_TRAIN_RESULT (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (self->name_row));
}

gboolean
monocle_train_result_is_alone (MonocleTrainResult *self)
{
  g_return_val_if_fail (MONOCLE_IS_TRAIN_RESULT (self), FALSE);

  return gtk_switch_get_active (self->alone);
}

void
monocle_train_result_follow (MonocleTrainResult *self, MonocleTutor *tutor)
{
  g_return_if_fail (MONOCLE_IS_TRAIN_RESULT (self));
  g_return_if_fail (MONOCLE_IS_TUTOR (tutor) && !self->tutor);

  self->tutor = g_object_ref (tutor);
  g_signal_connect_object (tutor, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
monocle_train_result_dispose (GObject *object)
{
  MonocleTrainResult *self = MONOCLE_TRAIN_RESULT (object);

  g_clear_object (&self->tutor);
  g_clear_pointer (&self->worse, g_ptr_array_unref);
  g_clear_pointer (&self->better, g_ptr_array_unref);
  G_OBJECT_CLASS (monocle_train_result_parent_class)->dispose (object);
}

static void
monocle_train_result_class_init (MonocleTrainResultClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_train_result_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/train-result.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainResult, icon);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainResult, sentence);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainResult, table);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainResult, answers_group);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainResult, worse_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainResult, better_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainResult, name_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainResult, alone);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainResult, again_row);
}

static void
monocle_train_result_init (MonocleTrainResult *self)
{
  self->worse = g_ptr_array_new ();
  self->better = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
