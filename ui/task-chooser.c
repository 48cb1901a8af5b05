/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/task-chooser.h"

#include <glib/gi18n.h>

#include "ui/low-popover.h"
#include "ui/task-row.h"

struct _MonocleTaskChooser
{
  GtkPopover parent_instance;

  GtkSearchEntry *search;
  GtkScrolledWindow *scroller;
  GtkListBox *list;

  MonoclePresentation *presentation;
  MonocleRunner *runner;
  GPtrArray *tasks; /* (nullable) (element-type MonocleTask): what the rows are of */
  char **words;     /* folded: what is searched for */
  char *chosen;
};

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleTaskChooser, monocle_task_chooser, GTK_TYPE_POPOVER)

char *
monocle_task_chooser_dup_reason (MonoclePresentation *presentation,
                                 MonocleRunner *runner,
                                 const MonocleTask *task)
{
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GPtrArray) regions = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (task != NULL, NULL);

  if (!presentation || !monocle_presentation_get_document (presentation))
    return g_strdup (_ ("Open an image first"));
  if (runner && !monocle_runner_supports (runner, task, &error))
    return g_strdup (error->message);
  if (!(task->takes & MONOCLE_TAKES_REGION))
    return NULL;
  regions = monocle_presentation_get_asked_regions (presentation);
  if (regions->len > 0)
    return NULL;
  objects = monocle_presentation_get_selected_objects (presentation);
  return objects->len > 0 ? NULL : g_strdup (_ ("Draw a region first, or select an object"));
}

/* --- Rows --- */

static MonocleTaskRow *
get_row (MonocleTaskChooser *self, int index)
{
  return (MonocleTaskRow *) gtk_list_box_get_row_at_index (self->list, index);
}

static void
update_rows (MonocleTaskChooser *self)
{
  MonocleTaskRow *row;

  for (int i = 0; (row = get_row (self, i)); i++)
    {
      const MonocleTaskInfo *info = monocle_task_row_get_info (row);
      g_autofree char *reason
          = monocle_task_chooser_dup_reason (self->presentation, self->runner, info->task);

      monocle_task_row_set_reason (row, reason);
      monocle_task_row_set_chosen (row, g_strcmp0 (self->chosen, info->task->id) == 0);
    }
}

/* Rows of tasks are there for good; lists of them come and go. */
static gboolean
is_same (const GPtrArray *a, const GPtrArray *b)
{
  if (!a || a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (a->pdata[i] != b->pdata[i])
      return FALSE;
  return TRUE;
}

/* Of what the model can be asked; models come and go. */
static void
set_rows (MonocleTaskChooser *self)
{
  GPtrArray *tasks = self->runner ? monocle_runner_list_tasks (self->runner) : NULL;
  g_autoptr (GArray) infos = NULL;
  MonocleTaskRow *row;

  if (!tasks || is_same (self->tasks, tasks))
    return;
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  self->tasks = g_ptr_array_ref (tasks);
  while ((row = get_row (self, 0)))
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  infos = monocle_task_info_list (tasks);
  for (guint i = 0; i < infos->len; i++)
    gtk_list_box_append (self->list,
                         monocle_task_row_new (&g_array_index (infos, MonocleTaskInfo, i)));
}

static gboolean
filter_row (GtkListBoxRow *row, gpointer user_data)
{
  MonocleTaskChooser *self = user_data;

  return monocle_task_row_matches (MONOCLE_TASK_ROW (row), (const char *const *) self->words);
}

static void
add_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  MonocleTaskGroup group = monocle_task_row_get_info (MONOCLE_TASK_ROW (row))->group;
  GtkWidget *label;

  if (before && monocle_task_row_get_info (MONOCLE_TASK_ROW (before))->group == group)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  if (gtk_list_box_row_get_header (row))
    return;
  label = gtk_label_new (monocle_task_group_get_title (group));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_top (label, before ? 12 : 6);
  gtk_widget_set_margin_bottom (label, 3);
  gtk_list_box_row_set_header (row, label);
}

/* The first that is shown and can be chosen. */
static MonocleTaskRow *
find_first (MonocleTaskChooser *self)
{
  MonocleTaskRow *row;

  for (int i = 0; (row = get_row (self, i)); i++)
    if (gtk_widget_get_child_visible (GTK_WIDGET (row))
        && gtk_widget_is_sensitive (GTK_WIDGET (row)))
      return row;
  return NULL;
}

static void
choose (MonocleTaskChooser *self, MonocleTaskRow *row)
{
  const MonocleTaskInfo *info = monocle_task_row_get_info (row);

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[CHOSEN], 0, info->task->id);
}

static void
on_row_activated (MonocleTaskChooser *self, GtkListBoxRow *row)
{
  choose (self, MONOCLE_TASK_ROW (row));
}

/* --- Search and keys --- */

static void
on_search_changed (MonocleTaskChooser *self)
{
  g_autofree char *folded
      = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  g_auto (GStrv) words = g_strsplit_set (folded, " \t", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; words[i]; i++)
    if (*words[i])
      g_strv_builder_add (builder, words[i]);
  g_strfreev (self->words);
  self->words = g_strv_builder_end (builder);
  gtk_list_box_invalidate_filter (self->list);
  gtk_list_box_select_row (self->list, (GtkListBoxRow *) find_first (self));
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
}

static void
on_search_activate (MonocleTaskChooser *self)
{
  MonocleTaskRow *row;

  /* The signal comes a moment after the typing; Enter does not wait for it. */
  on_search_changed (self);
  row = find_first (self);
  if (row)
    choose (self, row);
}

static gboolean
choose_digit (MonocleTaskChooser *self, guint digit)
{
  MonocleTaskRow *row;

  for (int i = 0; (row = get_row (self, i)); i++)
    if (monocle_task_row_get_info (row)->digit == digit)
      {
        if (gtk_widget_is_sensitive (GTK_WIDGET (row)))
          choose (self, row);
        else
          gtk_widget_error_bell (GTK_WIDGET (self));
        return TRUE;
      }
  return FALSE;
}

static gboolean
on_key_pressed (MonocleTaskChooser *self, guint keyval, guint keycode, GdkModifierType state)
{
  gboolean searches = *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0';
  guint digit = 0;

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  if (keyval >= GDK_KEY_1 && keyval <= GDK_KEY_9)
    digit = keyval - GDK_KEY_0;
  else if (keyval >= GDK_KEY_KP_1 && keyval <= GDK_KEY_KP_9)
    digit = keyval - GDK_KEY_KP_0;
  if (digit > 0 && !searches)
    return choose_digit (self, digit);

  /* From the entry into the list. */
  if ((keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down)
      && gtk_widget_get_focus_child (GTK_WIDGET (self->list)) == NULL)
    {
      MonocleTaskRow *row = find_first (self);

      return row ? gtk_widget_grab_focus (GTK_WIDGET (row)) : GDK_EVENT_PROPAGATE;
    }
  return GDK_EVENT_PROPAGATE;
}

/* --- Public --- */

void
monocle_task_chooser_set_presentation (MonocleTaskChooser *self, MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_TASK_CHOOSER (self));
  g_set_object (&self->presentation, presentation);
}

void
monocle_task_chooser_set_runner (MonocleTaskChooser *self, MonocleRunner *runner)
{
  g_return_if_fail (MONOCLE_IS_TASK_CHOOSER (self));
  g_set_object (&self->runner, runner);
  set_rows (self);
}

void
monocle_task_chooser_set_chosen (MonocleTaskChooser *self, const char *id)
{
  g_return_if_fail (MONOCLE_IS_TASK_CHOOSER (self));

  if (g_strcmp0 (self->chosen, id) == 0)
    return;
  g_free (self->chosen);
  self->chosen = g_strdup (id);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update_rows (self);
}

/* --- Lifecycle --- */

/* Every time it opens, with what fits now. */
static void
monocle_task_chooser_map (GtkWidget *widget)
{
  MonocleTaskChooser *self = MONOCLE_TASK_CHOOSER (widget);

  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  set_rows (self);
  on_search_changed (self);
  update_rows (self);
  GTK_WIDGET_CLASS (monocle_task_chooser_parent_class)->map (widget);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
monocle_task_chooser_dispose (GObject *object)
{
  MonocleTaskChooser *self = MONOCLE_TASK_CHOOSER (object);

  g_clear_object (&self->presentation);
  g_clear_object (&self->runner);

  G_OBJECT_CLASS (monocle_task_chooser_parent_class)->dispose (object);
}

static void
monocle_task_chooser_finalize (GObject *object)
{
  MonocleTaskChooser *self = MONOCLE_TASK_CHOOSER (object);

  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_strfreev (self->words);
  g_free (self->chosen);

  G_OBJECT_CLASS (monocle_task_chooser_parent_class)->finalize (object);
}

static void
monocle_task_chooser_class_init (MonocleTaskChooserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = monocle_task_chooser_dispose;
  object_class->finalize = monocle_task_chooser_finalize;
  widget_class->map = monocle_task_chooser_map;

  signals[CHOSEN] = g_signal_new ("chosen", MONOCLE_TYPE_TASK_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/task-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleTaskChooser, search);
  gtk_widget_class_bind_template_child (widget_class, MonocleTaskChooser, scroller);
  gtk_widget_class_bind_template_child (widget_class, MonocleTaskChooser, list);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, gtk_popover_popdown);
}

static void
monocle_task_chooser_init (MonocleTaskChooser *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->words = g_new0 (char *, 1);
  gtk_widget_init_template (GTK_WIDGET (self));
  monocle_low_popover_follow (GTK_POPOVER (self), self->scroller);

  gtk_list_box_set_filter_func (self->list, filter_row, self, NULL);
  gtk_list_box_set_header_func (self->list, add_header, NULL, NULL);
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self->list));

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWidget *
monocle_task_chooser_new (void)
{
  return g_object_new (MONOCLE_TYPE_TASK_CHOOSER, NULL);
}
