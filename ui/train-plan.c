/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/train-plan.h"

#include <glib/gi18n.h>

#include "ui/figures.h"
#include "ui/task-info.h"
#include "ui/train-words.h"

/* Names of one task; more are counted. */
#define MAX_LABELS 200

struct _MonocleTrainPlan
{
  AdwBin parent_instance;

  AdwPreferencesGroup *set_group;
  AdwActionRow *pictures_row;
  AdwActionRow *held_out_row;
  AdwExpanderRow *left_out_row;
  AdwActionRow *one_label_row;
  AdwActionRow *model_row;
  GtkWidget *software_label;
  AdwComboRow *method_row;
  AdwActionRow *time_row;
  GtkSpinner *spinner;
  AdwActionRow *memory_row;
  GtkSpinButton *minutes;
  GtkSpinButton *keep;
  AdwActionRow *trouble_row;
  GtkWidget *bring_back_button;

  MonocleTutor *tutor;
  const MonocleTutorFacts *shown; /* which facts the rows are of */
  GPtrArray *rows;                /* of the tasks */
  GPtrArray *notes;
  gboolean is_filling;
};

G_DEFINE_FINAL_TYPE (MonocleTrainPlan, monocle_train_plan, ADW_TYPE_BIN)

/* --- rows --------------------------------------------------------------------------------- */

static void
set_title (gpointer row, const char *title)
{
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  adw_preferences_row_set_title (row, escaped);
}

static void
set_subtitle (AdwActionRow *row, const char *subtitle)
{
  g_autofree char *escaped = g_markup_escape_text (subtitle, -1);

  adw_action_row_set_subtitle (row, escaped);
}

static char *
describe_counts (guint n, guint n_held_out)
{
  g_autofree char *learnt
      = g_strdup_printf (ngettext ("%u example to learn", "%u examples to learn", n), n);

  /* Translators: "14 examples to learn, 4 held out" */
  return n_held_out > 0 ? g_strdup_printf (_ ("%s, %u held out"), learnt, n_held_out)
                        : g_steal_pointer (&learnt);
}

static void
add_label (AdwExpanderRow *parent, const MonocleTrainCount *count)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *text = describe_counts (count->n, count->n_held_out);

  set_title (row, count->label);
  set_subtitle (ADW_ACTION_ROW (row), text);
  if (count->n < MONOCLE_TRAIN_FEW)
    {
      GtkWidget *mark = gtk_label_new (C_ ("examples", "Few"));

      gtk_widget_add_css_class (mark, "warning");
      gtk_widget_add_css_class (mark, "caption");
      gtk_widget_set_tooltip_text (mark, _ ("What has few examples is hard to learn"));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), mark);
    }
  adw_expander_row_add_row (parent, row);
}

/* Of counts from @first on, which are sorted by task. Returns: where the next one begins */
static guint
add_task (MonocleTrainPlan *self, const GPtrArray *counts, guint first)
{
  const MonocleTask *task = ((const MonocleTrainCount *) counts->pdata[first])->task;
  GtkWidget *row = adw_expander_row_new ();
  g_autofree char *text = NULL, *escaped = NULL;
  guint n = 0, n_held_out = 0, n_shown = 0, i;

  for (i = first; i < counts->len && ((MonocleTrainCount *) counts->pdata[i])->task == task; i++)
    {
      const MonocleTrainCount *count = counts->pdata[i];

      n += count->n;
      n_held_out += count->n_held_out;
      if (n_shown++ < MAX_LABELS)
        add_label (ADW_EXPANDER_ROW (row), count);
    }
  set_title (row, monocle_task_info_get (task).title);
  text = describe_counts (n, n_held_out);
  escaped = g_markup_escape_text (text, -1);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), escaped);
  adw_preferences_group_add (self->set_group, row);
  g_ptr_array_add (self->rows, row);
  return i;
}

static void
add_notes (MonocleTrainPlan *self, const GPtrArray *notes)
{
  for (guint i = 0; i < self->notes->len; i++)
    adw_expander_row_remove (self->left_out_row, self->notes->pdata[i]);
  g_ptr_array_set_size (self->notes, 0);
  for (guint i = 0; i < notes->len; i++)
    {
      GtkWidget *row = adw_action_row_new ();

      set_title (row, notes->pdata[i]);
      adw_expander_row_add_row (self->left_out_row, row);
      g_ptr_array_add (self->notes, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->left_out_row), notes->len > 0);
}

static gboolean
has_one_label (const MonocleTutorFacts *facts)
{
  const char *label = NULL;

  for (guint i = 0; i < facts->counts->len; i++)
    {
      const MonocleTrainCount *count = facts->counts->pdata[i];

      if (label && !g_str_equal (label, count->label))
        return FALSE;
      label = count->label;
    }
  return label != NULL;
}

/* --- what it will learn from -------------------------------------------------------------- */

static void
show_pictures (MonocleTrainPlan *self, const MonocleTutorFacts *facts)
{
  g_autofree char *title = g_strdup_printf (
      ngettext ("%u picture with corrections", "%u pictures with corrections", facts->n_pictures),
      facts->n_pictures);
  g_autofree char *done
      = facts->n_complete > 0
            ? g_strdup_printf (ngettext ("%u of them is done: all there is to find is known",
                                         "%u of them are done: all there is to find is known",
                                         facts->n_complete),
                               facts->n_complete)
            : g_strdup (_ ("None is marked as done, so finding all objects is not taught"));
  g_autofree char *held_out
      = facts->n_held_out > 0
            ? g_strdup_printf (ngettext ("%u picture is held out", "%u pictures are held out",
                                         facts->n_held_out),
                               facts->n_held_out)
            : g_strdup (_ ("No picture is held out"));

  set_title (self->pictures_row, title);
  set_subtitle (self->pictures_row, done);
  set_title (self->held_out_row, held_out);
  set_subtitle (self->held_out_row,
                facts->n_held_out > 0
                    ? _ ("To judge by: nothing is ever learnt from what is held out")
                    : _ ("There are too few to judge by, so nobody can tell whether it helps"));
}

static void
show_facts (MonocleTrainPlan *self)
{
  const MonocleTutorFacts *facts = monocle_tutor_get_facts (self->tutor);

  if (facts == self->shown)
    return;
  self->shown = facts;
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->set_group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  if (!facts)
    return;
  show_pictures (self, facts);
  for (guint i = 0; i < facts->counts->len;)
    i = add_task (self, facts->counts, i);
  add_notes (self, facts->notes);
  gtk_widget_set_visible (GTK_WIDGET (self->one_label_row), has_one_label (facts));
}

/* --- what it takes ------------------------------------------------------------------------ */

static void
show_model (MonocleTrainPlan *self)
{
  const char *title = monocle_tutor_get_model_title (self->tutor);
  const char *device = monocle_tutor_get_device_name (self->tutor);
  g_autofree char *on = NULL;

  set_title (self->model_row, title ? title : "");
  if (monocle_tutor_is_anew (self->tutor))
    on = g_strdup (_ ("What it was taught before is learnt anew, from all corrections"));
  else if (device)
    /* Translators: the name of a device */
    on = g_strdup_printf (_ ("On %s"), device);
  set_subtitle (self->model_row, on ? on : "");
  gtk_widget_set_visible (self->software_label, monocle_tutor_is_software (self->tutor));
}

static void
show_estimate (MonocleTrainPlan *self)
{
  const MonocleTrainEstimate *estimate = monocle_tutor_get_estimate (self->tutor);
  const GError *error = monocle_tutor_get_error (self->tutor);
  g_autofree char *duration
      = estimate ? monocle_train_words_dup_duration (estimate->seconds) : NULL;
  g_autofree char *steps
      = estimate ? g_strdup_printf (_ ("%u steps, measured on this device"), estimate->steps)
                 : NULL;
  g_autofree char *memory
      = estimate ? g_format_size_full (estimate->used_bytes, G_FORMAT_SIZE_IEC_UNITS) : NULL;
  g_autofree char *trouble
      = error ? monocle_train_words_dup_error (MONOCLE_ATTEMPT_LOAD, error) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->time_row), !error);
  set_title (self->time_row, duration ? duration : _ ("Trying how long it takes"));
  set_subtitle (self->time_row, steps ? steps : "");
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), !estimate);
  gtk_spinner_set_spinning (self->spinner, !estimate && !error);
  gtk_widget_set_visible (GTK_WIDGET (self->memory_row), memory != NULL);
  set_title (self->memory_row, memory ? memory : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble_row), trouble != NULL);
  set_subtitle (self->trouble_row, trouble ? trouble : "");
}

static const char *
describe_method (MonocleTrainingMethod method)
{
  switch (method)
    {
    case MONOCLE_TRAINING_LORA:
      return _ ("It learns what to say, and how to understand a question. That takes longer.");
    case MONOCLE_TRAINING_FULL_LANGUAGE:
      return _ ("All that it knows of language may change: for small models, or where there are "
                "thousands of examples. That takes the most memory.");
    case MONOCLE_TRAINING_DECODER:
    default:
      return _ ("It learns what to say. How it sees stays as it is.");
    }
}

static void
show_settings (MonocleTrainPlan *self)
{
  const MonocleTutorPlan *plan = monocle_tutor_get_plan (self->tutor);

  if (!plan)
    return;
  self->is_filling = TRUE;
  adw_combo_row_set_selected (self->method_row, (guint) plan->method);
  set_subtitle (ADW_ACTION_ROW (self->method_row), describe_method (plan->method));
  gtk_spin_button_set_value (self->minutes, plan->minutes);
  gtk_spin_button_set_value (self->keep, plan->keep * 100);
  self->is_filling = FALSE;
}

static void
update (MonocleTrainPlan *self)
{
  const gboolean is_ready = monocle_tutor_can_start (self->tutor);

  show_facts (self);
  show_model (self);
  show_estimate (self);
  show_settings (self);
  gtk_widget_set_sensitive (GTK_WIDGET (self->method_row), monocle_tutor_can_choose (self->tutor));
  gtk_widget_set_sensitive (GTK_WIDGET (self->minutes), is_ready);
  gtk_widget_set_sensitive (GTK_WIDGET (self->keep), is_ready);
  gtk_widget_set_visible (self->bring_back_button, monocle_tutor_can_undo_discard (self->tutor));
}

/* In the order of the methods. */
static void
on_method_changed (MonocleTrainPlan *self)
{
  const guint selected = adw_combo_row_get_selected (self->method_row);

  if (!self->is_filling && self->tutor && selected < MONOCLE_N_TRAINING_METHODS)
    monocle_tutor_choose (self->tutor, (MonocleTrainingMethod) selected);
}

static void
on_setting_changed (MonocleTrainPlan *self)
{
  if (!self->is_filling)
    monocle_tutor_adjust (self->tutor, gtk_spin_button_get_value (self->minutes),
                          gtk_spin_button_get_value (self->keep) / 100);
}

/* How long is left to what there is, unless a person says it. */
static gboolean
on_minutes_output (GtkSpinButton *button, gpointer data)
{
  const int minutes = gtk_spin_button_get_value_as_int (button);
  g_autofree char *text = minutes == 0 ? g_strdup (C_ ("minutes", "As needed"))
                                       : g_strdup_printf (_ ("%d min"), minutes);

  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (button)), text))
    gtk_editable_set_text (GTK_EDITABLE (button), text);
  return TRUE;
}

/* What is no number is as needed. */
static int
on_minutes_input (GtkSpinButton *button, double *value, gpointer data)
{
  *value = g_ascii_strtod (gtk_editable_get_text (GTK_EDITABLE (button)), NULL);
  return TRUE;
}

static gboolean
on_keep_output (GtkSpinButton *button, gpointer data)
{
  g_autofree char *text = monocle_figures_dup_percent (gtk_spin_button_get_value (button) / 100);

  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (button)), text))
    gtk_editable_set_text (GTK_EDITABLE (button), text);
  return TRUE;
}

/* --- the class ---------------------------------------------------------------------------- */

void
monocle_train_plan_follow (MonocleTrainPlan *self, MonocleTutor *tutor)
{
  g_return_if_fail (MONOCLE_IS_TRAIN_PLAN (self));
  g_return_if_fail (MONOCLE_IS_TUTOR (tutor) && !self->tutor);

  self->tutor = g_object_ref (tutor);
  g_signal_connect_object (tutor, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
monocle_train_plan_dispose (GObject *object)
{
  MonocleTrainPlan *self = MONOCLE_TRAIN_PLAN (object);

  g_clear_object (&self->tutor);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  G_OBJECT_CLASS (monocle_train_plan_parent_class)->dispose (object);
}

static void
monocle_train_plan_class_init (MonocleTrainPlanClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_train_plan_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/train-plan.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, set_group);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, pictures_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, held_out_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, left_out_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, one_label_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, model_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, software_label);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, method_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, time_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, spinner);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, memory_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, minutes);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, keep);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, trouble_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleTrainPlan, bring_back_button);
  gtk_widget_class_bind_template_callback (widget_class, on_method_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_setting_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_minutes_output);
  gtk_widget_class_bind_template_callback (widget_class, on_minutes_input);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_output);
}

static void
monocle_train_plan_init (MonocleTrainPlan *self)
{
  self->rows = g_ptr_array_new ();
  self->notes = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
