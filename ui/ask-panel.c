/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/ask-panel.h"

#include <glib/gi18n.h>

#include "app/base/error.h"
#include "ui/ask-progress.h"
#include "ui/ask-subject.h"
#include "ui/ask-wording.h"
#include "ui/language-chooser.h"
#include "ui/prompt-entry.h"
#include "ui/task-chooser.h"
#include "ui/task-info.h"

struct _MonocleAskPanel
{
  AdwBin parent_instance;

  GtkMenuButton *task_button;
  MonocleTaskChooser *chooser;
  GtkWidget *task_content;
  GtkImage *task_icon;
  GtkLabel *task_title;
  GtkLabel *task_description;
  MonoclePromptEntry *prompt;
  MonocleLanguageChooser *language;
  GtkLabel *plan;
  GtkStack *stack;
  MonocleAskProgress *progress;

  MonoclePresentation *presentation;
  MonocleRunner *runner;
  GSignalGroup *signals;
  GSignalGroup *subject_signals[2]; /* of regions and objects */
  GSignalGroup *runner_signals;
  const MonocleTask *chosen; /* (nullable): as long as there is no runner */
  char *put_aside;           /* (nullable): words that the task which was chosen does not take */
};

enum
{
  PROP_TASK = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  TYPED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleAskPanel, monocle_ask_panel, ADW_TYPE_BIN)

/* --- Which task --- */

/* (nullable): what the model can be asked of that kind */
static const MonocleTask *
find_task (MonocleAskPanel *self, MonocleTaskKind kind, MonocleTaskTakes takes)
{
  return monocle_tasks_find_kind (monocle_runner_list_tasks (self->runner), kind, takes,
                                  MONOCLE_GIVES_ANYTHING);
}

/* Of words that are typed: a question is one whatever was chosen for words. */
static const MonocleTask *
choose_for_words (MonocleAskPanel *self, const char *text)
{
  static const MonocleTaskKind kinds[]
      = { MONOCLE_TASK_FIND, MONOCLE_TASK_ANSWER, MONOCLE_TASK_RANK };
  const MonocleTask *task = NULL;

  if (monocle_ask_wording_is_question_task (self->chosen))
    return self->chosen;
  if (monocle_ask_wording_is_question (text))
    task = find_task (self, MONOCLE_TASK_ANSWER, MONOCLE_TAKES_TEXT);
  if (task || monocle_ask_wording_takes (self->chosen))
    return task ? task : self->chosen;
  for (guint i = 0; i < G_N_ELEMENTS (kinds) && !task; i++)
    task = find_task (self, kinds[i], MONOCLE_TAKES_TEXT);
  return task ? task : self->chosen;
}

/* What was chosen about the whole picture is asked of the regions that are selected. */
static const MonocleTask *
choose_for_regions (MonocleAskPanel *self)
{
  GPtrArray *tasks = monocle_runner_list_tasks (self->runner);
  g_autoptr (GPtrArray) regions = NULL;
  const MonocleTask *task = NULL;

  if (self->chosen->takes != MONOCLE_TAKES_NOTHING || !self->presentation)
    return self->chosen;
  regions = monocle_presentation_get_selected_regions (self->presentation);
  if (regions->len == 0)
    return self->chosen;

  if (!monocle_task_gives_objects (self->chosen) || self->chosen->kind == MONOCLE_TASK_READ)
    task = find_task (self, self->chosen->kind, MONOCLE_TAKES_REGION);
  for (guint i = 0; i < tasks->len && !task; i++)
    if (((const MonocleTask *) tasks->pdata[i])->takes == MONOCLE_TAKES_REGION)
      task = tasks->pdata[i];
  return task ? task : self->chosen;
}

/* Another model has come. What was chosen stays as far as it can; finding is what most begin with.
 */
static void
choose_of_model (MonocleAskPanel *self)
{
  GPtrArray *tasks = monocle_runner_list_tasks (self->runner);
  const MonocleTask *task = NULL;

  if (tasks->len == 0 || (self->chosen && g_ptr_array_find (tasks, self->chosen, NULL)))
    return;
  if (self->chosen)
    task = find_task (self, self->chosen->kind, self->chosen->takes);
  if (!task)
    task = find_task (self, MONOCLE_TASK_FIND, MONOCLE_TAKES_NOTHING);
  self->chosen = task ? task : tasks->pdata[0];
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TASK]);
}

/* Whether there is anything that words could say. */
static gboolean
can_take_words (MonocleAskPanel *self)
{
  GPtrArray *tasks = monocle_runner_list_tasks (self->runner);

  for (guint i = 0; i < tasks->len; i++)
    if (monocle_ask_wording_takes (tasks->pdata[i]))
      return TRUE;
  return FALSE;
}

const MonocleTask *
monocle_ask_panel_get_task (MonocleAskPanel *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (MONOCLE_IS_ASK_PANEL (self), NULL);

  text = monocle_prompt_entry_dup_text (self->prompt);
  return *text && can_take_words (self) ? choose_for_words (self, text) : choose_for_regions (self);
}

/* --- What Run will do --- */

/* (transfer full): one line: "Looks for “red car” in the whole picture" */
static char *
describe_plan (MonocleAskPanel *self, const MonocleTask *task)
{
  g_autofree char *text = monocle_prompt_entry_dup_text (self->prompt);
  g_autofree char *quoted = monocle_ask_subject_shorten (text);
  g_auto (MonocleAskSubject) subject = { 0 };
  char *reason = monocle_task_chooser_dup_reason (self->presentation, self->runner, task);

  if (reason)
    return reason;
  if (task->takes & MONOCLE_TAKES_REGION)
    {
      monocle_ask_subject_find (&subject, self->presentation, task);
      return monocle_ask_subject_describe (&subject);
    }
  if (monocle_ask_wording_takes (task) && *text)
    return monocle_ask_wording_describe (task, quoted);
  if (monocle_ask_wording_takes (task))
    return g_strdup (monocle_ask_wording_get_empty (task));
  return g_strdup (_ ("About the whole picture"));
}

/* --- What is shown --- */

static const char *
choose_placeholder (const MonocleTask *chosen)
{
  return monocle_ask_wording_takes (chosen) ? monocle_ask_wording_get_placeholder (chosen)
                                            : _ ("Or type words to find, or a question");
}

static void
show_task (MonocleAskPanel *self, const MonocleTask *task)
{
  const MonocleTaskInfo info = monocle_task_info_get (task);
  g_autofree char *label = g_strdup_printf (_ ("Task: %s"), info.title);
  g_autofree char *tooltip
      = g_strdup_printf ("%s\n%s", info.description, _ ("Choose What to Ask (Ctrl+T)"));

  gtk_image_set_from_icon_name (self->task_icon, info.icon_name);
  gtk_label_set_label (self->task_title, info.title);
  gtk_label_set_label (self->task_description, info.description);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->task_button), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->task_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, info.description, -1);
  monocle_task_chooser_set_chosen (self->chooser, task->id);
}

static void
update (MonocleAskPanel *self)
{
  const MonocleTask *task;
  g_autofree char *plan = NULL;

  if (!self->runner)
    return;
  choose_of_model (self);
  gtk_widget_set_visible (GTK_WIDGET (self->prompt), can_take_words (self));
  task = monocle_ask_panel_get_task (self);
  plan = describe_plan (self, task);
  show_task (self, task);
  monocle_language_chooser_set_task (self->language, task);
  gtk_label_set_label (self->plan, plan);
  gtk_widget_set_visible (GTK_WIDGET (self->plan), TRUE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->plan), "error");
  gtk_widget_add_css_class (GTK_WIDGET (self->plan), "dim-label");
  monocle_prompt_entry_set_placeholder (self->prompt, choose_placeholder (self->chosen));
}

/* Words are missing at the entry; anything else is said where the plan is. */
static void
show_missing (MonocleAskPanel *self, const MonocleTask *task, const char *missing)
{
  if (monocle_ask_wording_takes (task) && self->presentation
      && monocle_presentation_get_document (self->presentation))
    {
      monocle_prompt_entry_set_error (self->prompt, missing);
      monocle_prompt_entry_focus (self->prompt);
      /* It says the same. */
      gtk_widget_set_visible (GTK_WIDGET (self->plan), FALSE);
      return;
    }
  gtk_label_set_label (self->plan, missing);
  gtk_widget_remove_css_class (GTK_WIDGET (self->plan), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->plan), "error");
}

static void
update_stack (MonocleAskPanel *self)
{
  gtk_stack_set_visible_child_name (
      self->stack, monocle_ask_progress_get_active (self->progress) ? "progress" : "run");
}

static void
on_chosen (MonocleAskPanel *self, const char *id)
{
  monocle_ask_panel_set_task (self, id);
  /* As words that are left over, these would turn it into another one. */
  if (self->chosen->takes == MONOCLE_TAKES_NOTHING && self->presentation)
    gtk_selection_model_unselect_all (monocle_presentation_get_regions (self->presentation));
  if (monocle_ask_wording_takes (self->chosen))
    monocle_prompt_entry_focus (self->prompt);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->task_button));
}

static void
on_prompt_changed (MonocleAskPanel *self)
{
  update (self);
  g_signal_emit (self, signals[TYPED], 0);
}

static void
on_prompt_activate (MonocleAskPanel *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.run", NULL);
}

static void
on_document (MonocleAskPanel *self)
{
  monocle_prompt_entry_set_error (self->prompt, NULL);
  update (self);
}

/* --- Public --- */

void
monocle_ask_panel_set_presentation (MonocleAskPanel *self, MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_ASK_PANEL (self));

  if (!g_set_object (&self->presentation, presentation))
    return;
  g_signal_group_set_target (self->signals, presentation);
  g_signal_group_set_target (self->subject_signals[0],
                             presentation ? monocle_presentation_get_regions (presentation) : NULL);
  g_signal_group_set_target (self->subject_signals[1],
                             presentation ? monocle_presentation_get_objects (presentation) : NULL);
  monocle_task_chooser_set_presentation (self->chooser, presentation);
  monocle_ask_progress_set_presentation (self->progress, presentation);
  update (self);
}

void
monocle_ask_panel_set_runner (MonocleAskPanel *self, MonocleRunner *runner)
{
  g_return_if_fail (MONOCLE_IS_ASK_PANEL (self));

  if (!g_set_object (&self->runner, runner))
    return;
  g_signal_group_set_target (self->runner_signals, runner);
  monocle_task_chooser_set_runner (self->chooser, runner);
  monocle_ask_progress_set_runner (self->progress, runner);
  update (self);
}

void
monocle_ask_panel_set_settings (MonocleAskPanel *self, GSettings *settings)
{
  g_return_if_fail (MONOCLE_IS_ASK_PANEL (self));
  monocle_prompt_entry_set_settings (self->prompt, settings);
  if (settings)
    g_settings_bind (settings, "answer-language", self->language, "chosen",
                     G_SETTINGS_BIND_DEFAULT);
}

/* Words that are left over would turn @task into another one; for one that takes words they are
 * there again. */
static void
lay_aside (MonocleAskPanel *self, const MonocleTask *task)
{
  g_autofree char *text = monocle_prompt_entry_dup_text (self->prompt);

  if (*text && !monocle_ask_wording_takes (task))
    {
      monocle_prompt_entry_set_text (self->prompt, "");
      g_free (self->put_aside);
      self->put_aside = g_steal_pointer (&text);
    }
  else if (!*text && self->put_aside && monocle_ask_wording_takes (task))
    {
      g_autofree char *words = g_steal_pointer (&self->put_aside);

      monocle_prompt_entry_set_text (self->prompt, words);
    }
}

void
monocle_ask_panel_set_task (MonocleAskPanel *self, const char *id)
{
  const MonocleTask *task;

  g_return_if_fail (MONOCLE_IS_ASK_PANEL (self));

  task = id && *id && self->runner
             ? monocle_tasks_find (monocle_runner_list_tasks (self->runner), id)
             : NULL;
  if (!task || task->takes & MONOCLE_TAKES_SOUND)
    return;
  lay_aside (self, task);
  if (self->chosen != task)
    {
      self->chosen = task;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TASK]);
    }
  monocle_prompt_entry_set_error (self->prompt, NULL);
  update (self);
}

/* Which may be another task than that of the chooser. */
static const char *
get_language (MonocleAskPanel *self, const MonocleTask *task)
{
  g_autofree char *chosen = NULL;

  g_object_get (self->language, "chosen", &chosen, NULL);
  return monocle_language_chooser_find (task, chosen);
}

static MonocleQuery *
make_query (MonocleAskPanel *self, const MonocleTask *task, const char *text)
{
  g_auto (MonocleAskSubject) subject = { 0 };
  MonocleQuery *query;

  monocle_ask_subject_find (&subject, self->presentation, task);
  query = monocle_query_new (task, monocle_ask_wording_takes (task) ? text : NULL,
                             (const MonocleBox *) (gpointer) subject.boxes->data,
                             subject.boxes->len, subject.source);
  monocle_query_set_language (query, get_language (self, task));
  return query;
}

MonocleQuery *
monocle_ask_panel_create_query_for (MonocleAskPanel *self, const MonocleTask *task, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *missing = NULL;

  g_return_val_if_fail (MONOCLE_IS_ASK_PANEL (self), NULL);
  g_return_val_if_fail (task != NULL, NULL);

  text = monocle_prompt_entry_dup_text (self->prompt);
  missing = monocle_task_chooser_dup_reason (self->presentation, self->runner, task);
  if (!missing && monocle_ask_wording_takes (task) && !*text)
    missing = g_strdup (monocle_ask_wording_get_missing (task));
  if (missing)
    {
      show_missing (self, task, missing);
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST, missing);
      return NULL;
    }

  monocle_prompt_entry_set_error (self->prompt, NULL);
  if (monocle_ask_wording_takes (task))
    monocle_prompt_entry_remember (self->prompt, text);
  return make_query (self, task, text);
}

MonocleQuery *
monocle_ask_panel_try_query (MonocleAskPanel *self)
{
  const MonocleTask *task;
  g_autofree char *text = NULL;
  g_autofree char *reason = NULL;

  g_return_val_if_fail (MONOCLE_IS_ASK_PANEL (self), NULL);

  task = monocle_ask_panel_get_task (self);
  text = monocle_prompt_entry_dup_text (self->prompt);
  reason = monocle_task_chooser_dup_reason (self->presentation, self->runner, task);
  return reason || !monocle_ask_wording_takes (task) || !*text ? NULL
                                                               : make_query (self, task, text);
}

MonocleQuery *
monocle_ask_panel_create_query (MonocleAskPanel *self, GError **error)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_PANEL (self), NULL);
  return monocle_ask_panel_create_query_for (self, monocle_ask_panel_get_task (self), error);
}

/* Nobody types what goes nowhere. */
static gboolean
check_words (MonocleAskPanel *self)
{
  if (monocle_runner_list_tasks (self->runner)->len == 0 || can_take_words (self))
    return TRUE;
  show_missing (self, monocle_ask_panel_get_task (self), _ ("This model cannot be asked in words"));
  return FALSE;
}

void
monocle_ask_panel_start_typing (MonocleAskPanel *self, const char *text)
{
  g_return_if_fail (MONOCLE_IS_ASK_PANEL (self));

  if (!check_words (self))
    return;
  if (text)
    monocle_prompt_entry_set_text (self->prompt, text);
  monocle_prompt_entry_focus (self->prompt);
}

gboolean
monocle_ask_panel_forward_key (MonocleAskPanel *self, GtkEventControllerKey *keys)
{
  g_return_val_if_fail (MONOCLE_IS_ASK_PANEL (self), FALSE);
  return check_words (self) && monocle_prompt_entry_forward_key (self->prompt, keys);
}

void
monocle_ask_panel_choose_task (MonocleAskPanel *self)
{
  g_return_if_fail (MONOCLE_IS_ASK_PANEL (self));
  gtk_menu_button_popup (self->task_button);
}

/* --- Lifecycle --- */

static void
monocle_ask_panel_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TASK)
    g_value_set_string (
        value, MONOCLE_ASK_PANEL (object)->chosen ? MONOCLE_ASK_PANEL (object)->chosen->id : NULL);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_ask_panel_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TASK)
    monocle_ask_panel_set_task (MONOCLE_ASK_PANEL (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_ask_panel_dispose (GObject *object)
{
  MonocleAskPanel *self = MONOCLE_ASK_PANEL (object);

  /* GTK keeps a popover that is open when its window goes. */
  if (self->presentation)
    monocle_task_chooser_set_presentation (self->chooser, NULL);
  if (self->runner)
    monocle_task_chooser_set_runner (self->chooser, NULL);
  g_clear_pointer (&self->put_aside, g_free);
  g_clear_object (&self->signals);
  g_clear_object (&self->subject_signals[0]);
  g_clear_object (&self->subject_signals[1]);
  g_clear_object (&self->runner_signals);
  g_clear_object (&self->presentation);
  g_clear_object (&self->runner);

  G_OBJECT_CLASS (monocle_ask_panel_parent_class)->dispose (object);
}

static void
monocle_ask_panel_class_init (MonocleAskPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = monocle_ask_panel_get_property;
  object_class->set_property = monocle_ask_panel_set_property;
  object_class->dispose = monocle_ask_panel_dispose;

  properties[PROP_TASK]
      = g_param_spec_string ("task", NULL, NULL, NULL,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[TYPED] = g_signal_new ("typed", MONOCLE_TYPE_ASK_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);

  g_type_ensure (MONOCLE_TYPE_ASK_PROGRESS);
  g_type_ensure (MONOCLE_TYPE_LANGUAGE_CHOOSER);
  g_type_ensure (MONOCLE_TYPE_PROMPT_ENTRY);
  g_type_ensure (MONOCLE_TYPE_TASK_CHOOSER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/ask-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleAskPanel, task_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskPanel, chooser);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskPanel, task_content);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskPanel, task_icon);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskPanel, task_title);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskPanel, task_description);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskPanel, prompt);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskPanel, language);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskPanel, plan);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleAskPanel, progress);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_prompt_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_prompt_changed);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, update_stack);
}

static void
monocle_ask_panel_init (MonocleAskPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* The button puts what it is given into the middle of a box of its own. */
  gtk_widget_set_hexpand (self->task_content, TRUE);
  gtk_widget_set_halign (gtk_widget_get_parent (self->task_content), GTK_ALIGN_FILL);

  self->signals = g_signal_group_new (MONOCLE_TYPE_PRESENTATION);
  g_signal_group_connect_swapped (self->signals, "notify::document", G_CALLBACK (on_document),
                                  self);
  for (guint i = 0; i < G_N_ELEMENTS (self->subject_signals); i++)
    {
      self->subject_signals[i] = g_signal_group_new (GTK_TYPE_MULTI_SELECTION);
      g_signal_group_connect_swapped (self->subject_signals[i], "items-changed",
                                      G_CALLBACK (update), self);
      g_signal_group_connect_swapped (self->subject_signals[i], "selection-changed",
                                      G_CALLBACK (update), self);
    }
  self->runner_signals = g_signal_group_new (MONOCLE_TYPE_RUNNER);
  g_signal_group_connect_swapped (self->runner_signals, "notify::model", G_CALLBACK (update), self);
  /* As soon as another model is on its way. */
  g_signal_group_connect_swapped (self->runner_signals, "notify::state", G_CALLBACK (update), self);
}

GtkWidget *
monocle_ask_panel_new (void)
{
  return g_object_new (MONOCLE_TYPE_ASK_PANEL, NULL);
}
