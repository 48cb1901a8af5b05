/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/history-row.h"

#include <glib/gi18n.h>

struct _MonocleHistoryRow
{
  GtkWidget parent_instance;

  GtkLabel *title;
  GtkLabel *time;
  GtkLabel *summary;
  GtkSpinner *spinner;
  GtkToggleButton *pin;
  GtkButton *delete_button;

  MonoclePresentation *presentation;
  MonocleQuery *query;
};

enum
{
  DELETE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleHistoryRow, monocle_history_row, GTK_TYPE_WIDGET)

/* "12 objects · from car 3" */
static char *
format_summary (MonocleQuery *query)
{
  g_autofree char *summary = monocle_query_dup_summary (query);
  MonocleAnnotation *source = monocle_query_get_source (query);
  g_autofree char *title = NULL;
  g_autofree char *from = NULL;

  /* One line, whatever the model wrote. */
  g_strdelimit (summary, "\n\r\t", ' ');
  if (!source)
    return g_steal_pointer (&summary);
  title = monocle_annotation_dup_title (source);
  if (*monocle_annotation_get_label (source))
    /* Translators: which object was asked about: label and number */
    from = g_strdup_printf (_ ("from %s %u"), title, monocle_annotation_get_number (source));
  else
    from = g_strdup_printf (_ ("from %s"), title);
  return *summary ? g_strdup_printf ("%s · %s", summary, from) : g_steal_pointer (&from);
}

static void
update (MonocleHistoryRow *self)
{
  g_autofree char *title = monocle_query_dup_title (self->query);
  g_autofree char *summary = format_summary (self->query);
  gboolean active = monocle_query_is_active (self->query);
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));
  /* Translators: read out: time, what was asked, what came back */
  g_autofree char *description
      = g_strdup_printf (C_ ("history", "%s, %s, %s"), gtk_label_get_label (self->time), title,
                         active ? _ ("being answered") : summary);

  gtk_accessible_update_property (GTK_ACCESSIBLE (item ? item : GTK_WIDGET (self)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->summary, summary);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), title);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), active);
  gtk_spinner_set_spinning (self->spinner, active);
  if (monocle_query_get_state (self->query) == MONOCLE_QUERY_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (self->summary), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->summary), "error");
}

static void
update_pin (MonocleHistoryRow *self)
{
  gboolean pinned = monocle_presentation_get_pinned (self->presentation) == self->query;
  gboolean shown = monocle_presentation_get_query (self->presentation) == self->query;

  gtk_toggle_button_set_active (self->pin, pinned);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pin),
                               pinned ? _ ("Stop Comparing") : _ ("Compare with the Answer Shown"));
  /* With itself there is nothing to compare; the place is kept, so that rows line up. */
  gtk_widget_set_opacity (GTK_WIDGET (self->pin), shown && !pinned ? 0 : 1);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pin), !shown || pinned);
}

static void
on_pin_clicked (MonocleHistoryRow *self)
{
  if (self->query)
    monocle_presentation_set_pinned (self->presentation,
                                     gtk_toggle_button_get_active (self->pin) ? self->query : NULL);
}

static void
on_delete_clicked (MonocleHistoryRow *self)
{
  g_autoptr (MonocleQuery) query = self->query ? g_object_ref (self->query) : NULL;

  if (query)
    g_signal_emit (self, signals[DELETE], 0, query);
}

void
monocle_history_row_bind (MonocleHistoryRow *self,
                          MonoclePresentation *presentation,
                          MonocleQuery *query)
{
  g_return_if_fail (MONOCLE_IS_HISTORY_ROW (self));
  g_return_if_fail (!query || presentation);

  if (self->query)
    {
      g_signal_handlers_disconnect_by_data (monocle_query_get_annotations (self->query), self);
      g_signal_handlers_disconnect_by_data (self->query, self);
    }
  if (self->presentation)
    g_signal_handlers_disconnect_by_data (self->presentation, self);
  if (!query)
    presentation = NULL;
  g_set_object (&self->query, query);
  g_set_object (&self->presentation, presentation);
  if (!query)
    return;

  g_signal_connect_swapped (query, "notify::state", G_CALLBACK (update), self);
  g_signal_connect_swapped (query, "notify::stage", G_CALLBACK (update), self);
  g_signal_connect_swapped (query, "notify::stopping", G_CALLBACK (update), self);
  g_signal_connect_swapped (query, "notify::text", G_CALLBACK (update), self);
  g_signal_connect_swapped (monocle_query_get_annotations (query), "items-changed",
                            G_CALLBACK (update), self);
  g_signal_connect_swapped (presentation, "notify::pinned", G_CALLBACK (update_pin), self);
  g_signal_connect_swapped (presentation, "notify::query", G_CALLBACK (update_pin), self);

  g_autofree char *time
      = g_date_time_format (monocle_query_get_created (query), C_ ("time of day", "%H:%M"));

  gtk_label_set_label (self->time, time);
  update (self);
  update_pin (self);
}

static void
monocle_history_row_dispose (GObject *object)
{
  MonocleHistoryRow *self = MONOCLE_HISTORY_ROW (object);
  GtkWidget *child;

  monocle_history_row_bind (self, NULL, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (monocle_history_row_parent_class)->dispose (object);
}

static void
monocle_history_row_class_init (MonocleHistoryRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = monocle_history_row_dispose;

  signals[DELETE] = g_signal_new ("delete", MONOCLE_TYPE_HISTORY_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_QUERY);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/history-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleHistoryRow, title);
  gtk_widget_class_bind_template_child (widget_class, MonocleHistoryRow, time);
  gtk_widget_class_bind_template_child (widget_class, MonocleHistoryRow, summary);
  gtk_widget_class_bind_template_child (widget_class, MonocleHistoryRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, MonocleHistoryRow, pin);
  gtk_widget_class_bind_template_child (widget_class, MonocleHistoryRow, delete_button);
  gtk_widget_class_bind_template_callback (widget_class, on_pin_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_delete_clicked);
}

static void
monocle_history_row_init (MonocleHistoryRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
monocle_history_row_new (void)
{
  return g_object_new (MONOCLE_TYPE_HISTORY_ROW, NULL);
}
