/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/ask-all-dialog.h"

#include <glib/gi18n.h>

#include "ui/folder-menu.h"
#include "ui/language-chooser.h"
#include "ui/task-info.h"

/* More labels are no question any more. */
#define MAX_LABELS 64

struct _MonocleAskAllDialog
{
  AdwWindow parent_instance;

  AdwComboRow *task_row;
  GtkWidget *language_row;
  MonocleLanguageChooser *language;
  AdwEntryRow *words_row;
  GtkWidget *labels_button;
  AdwActionRow *all_row;
  GtkCheckButton *all_button;
  AdwActionRow *shown_row;
  GtkCheckButton *shown_button;
  GtkSwitch *known_switch;
  GtkWidget *begin_button;

  MonocleRunner *runner;
  MonocleFolderView *view;
  MonocleLabelSet *labels;
  GPtrArray *tasks; /* of MonocleTask: as in the row */
};

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleAskAllDialog, monocle_ask_all_dialog, ADW_TYPE_WINDOW)

/* --- What is asked --- */

/* (nullable) */
static const MonocleTask *
get_task (MonocleAskAllDialog *self)
{
  const guint i = adw_combo_row_get_selected (self->task_row);

  return i < self->tasks->len ? self->tasks->pdata[i] : NULL;
}

static gboolean
takes_words (const MonocleTask *task)
{
  return task && (task->takes & MONOCLE_TAKES_TEXT);
}

/* (transfer full) */
static char *
dup_words (MonocleAskAllDialog *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->words_row))));
}

/* Those about a region are nothing for many pictures; what is drawn is looked at one by one. */
static void
fill_tasks (MonocleAskAllDialog *self, const char *chosen)
{
  g_autoptr (GArray) infos = monocle_task_info_list (monocle_runner_list_tasks (self->runner));
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; i < infos->len; i++)
    {
      const MonocleTaskInfo *info = &g_array_index (infos, MonocleTaskInfo, i);

      if (info->task->takes & MONOCLE_TAKES_REGION || info->task->gives == MONOCLE_GIVES_PICTURE)
        continue;
      if (g_strcmp0 (info->task->id, chosen) == 0)
        selected = self->tasks->len;
      g_ptr_array_add (self->tasks, (gpointer) info->task);
      gtk_string_list_append (titles, info->title);
    }
  adw_combo_row_set_model (self->task_row, G_LIST_MODEL (titles));
  adw_combo_row_set_selected (self->task_row, selected);
}

static void
update (MonocleAskAllDialog *self)
{
  const MonocleTask *task = get_task (self);
  g_autofree char *words = dup_words (self);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->task_row),
                               task ? monocle_task_info_get (task).description : "");
  monocle_language_chooser_set_task (self->language, task);
  gtk_widget_set_visible (self->language_row, task && task->languages);
  gtk_widget_set_visible (GTK_WIDGET (self->words_row), takes_words (task));
  gtk_widget_set_sensitive (self->begin_button, task && (!takes_words (task) || *words));
}

static void
on_labels (MonocleAskAllDialog *self)
{
  g_auto (GStrv) names = monocle_label_set_dup_names (self->labels);
  g_autofree char *text = NULL;

  if (g_strv_length (names) > MAX_LABELS)
    g_clear_pointer (&names[MAX_LABELS], g_free);
  text = g_strjoinv (", ", names);
  gtk_editable_set_text (GTK_EDITABLE (self->words_row), text);
  gtk_widget_grab_focus (GTK_WIDGET (self->words_row));
}

/* --- About which pictures --- */

static void
update_pictures (MonocleAskAllDialog *self)
{
  MonocleFolder *folder = monocle_folder_view_get_folder (self->view);
  const guint n_all = g_list_model_get_n_items (G_LIST_MODEL (folder));
  const guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->view));
  const gboolean is_filtered = monocle_folder_view_is_filtered (self->view);
  g_autofree char *title
      = monocle_folder_menu_dup_title (monocle_folder_view_get_filter (self->view));
  g_autofree char *all = g_strdup_printf (ngettext ("%u picture", "%u pictures", n_all), n_all);
  g_autofree char *shown
      = g_strdup_printf (ngettext ("%u picture", "%u pictures", n_shown), n_shown);
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  adw_action_row_set_subtitle (self->all_row, all);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->shown_row), escaped);
  adw_action_row_set_subtitle (self->shown_row, shown);
  gtk_widget_set_visible (GTK_WIDGET (self->shown_row), is_filtered);
  if (!is_filtered)
    gtk_check_button_set_active (self->all_button, TRUE);
}

static void
begin (MonocleAskAllDialog *self)
{
  const MonocleTask *task = get_task (self);
  g_autofree char *words = dup_words (self);
  GListModel *pictures = gtk_check_button_get_active (self->shown_button)
                             ? G_LIST_MODEL (self->view)
                             : G_LIST_MODEL (monocle_folder_view_get_folder (self->view));
  g_autoptr (MonocleAskPlan) plan = NULL;
  gboolean is_taken = FALSE;

  if (!gtk_widget_get_sensitive (self->begin_button))
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  plan = monocle_ask_plan_new (task, takes_words (task) ? words : NULL,
                               !gtk_switch_get_active (self->known_switch));
  monocle_ask_plan_set_language (plan, monocle_language_chooser_get_language (self->language));
  for (guint i = 0; i < g_list_model_get_n_items (pictures); i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (pictures, i);

      g_ptr_array_add (plan->items, monocle_ask_item_new (monocle_folder_item_get_file (item),
                                                          monocle_folder_item_get_page (item),
                                                          monocle_folder_item_get_name (item)));
    }
  g_signal_emit (self, signals[CHOSEN], 0, plan, &is_taken);
  if (is_taken)
    gtk_window_close (GTK_WINDOW (self));
}

/* --- The class --- */

static void
monocle_ask_all_dialog_dispose (GObject *object)
{
  MonocleAskAllDialog *self = MONOCLE_ASK_ALL_DIALOG (object);

  g_clear_object (&self->runner);
  g_clear_object (&self->view);
  g_clear_object (&self->labels);
  G_OBJECT_CLASS (monocle_ask_all_dialog_parent_class)->dispose (object);
}

static void
monocle_ask_all_dialog_finalize (GObject *object)
{
  g_ptr_array_unref (MONOCLE_ASK_ALL_DIALOG (object)->tasks);
  G_OBJECT_CLASS (monocle_ask_all_dialog_parent_class)->finalize (object);
}

static void
monocle_ask_all_dialog_class_init (MonocleAskAllDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_ask_all_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = monocle_ask_all_dialog_finalize;

  signals[CHOSEN] = g_signal_new ("chosen", MONOCLE_TYPE_ASK_ALL_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                  g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1,
                                  G_TYPE_POINTER);

  g_type_ensure (MONOCLE_TYPE_LANGUAGE_CHOOSER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/ask-all-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllDialog, task_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllDialog, language_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllDialog, language);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllDialog, words_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllDialog, labels_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllDialog, all_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllDialog, all_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllDialog, shown_row);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllDialog, shown_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllDialog, known_switch);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskAllDialog, begin_button);
  gtk_widget_class_bind_template_callback (widget_class, begin);
  gtk_widget_class_bind_template_callback (widget_class, on_labels);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
monocle_ask_all_dialog_init (MonocleAskAllDialog *self)
{
  self->tasks = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
monocle_ask_all_dialog_set_settings (MonocleAskAllDialog *self, GSettings *settings)
{
  g_return_if_fail (MONOCLE_IS_ASK_ALL_DIALOG (self));
  g_settings_bind (settings, "answer-language", self->language, "chosen", G_SETTINGS_BIND_DEFAULT);
}

GtkWidget *
monocle_ask_all_dialog_new (GtkWindow *parent,
                            MonocleRunner *runner,
                            MonocleFolderView *view,
                            MonocleLabelSet *labels,
                            const char *task,
                            const char *text)
{
  MonocleAskAllDialog *self
      = g_object_new (MONOCLE_TYPE_ASK_ALL_DIALOG, "transient-for", parent, NULL);

  self->runner = g_object_ref (runner);
  self->view = g_object_ref (view);
  self->labels = g_object_ref (labels);
  gtk_editable_set_text (GTK_EDITABLE (self->words_row), text ? text : "");
  gtk_widget_set_visible (self->labels_button,
                          g_list_model_get_n_items (G_LIST_MODEL (labels)) > 0);
  fill_tasks (self, task);
  update_pictures (self);
  g_signal_connect_object (view, "filtered", G_CALLBACK (update_pictures), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "items-changed", G_CALLBACK (update_pictures), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
