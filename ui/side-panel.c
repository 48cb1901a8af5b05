/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/side-panel.h"

#include "ui/history-panel.h"
#include "ui/results-panel.h"

struct _MonocleSidePanel
{
  AdwBin parent_instance;

  MonocleAskPanel *ask;
  MonocleResultsPanel *results;
  MonocleHistoryPanel *history;
};

enum
{
  REVEAL,
  DELETED,
  CLEARED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleSidePanel, monocle_side_panel, ADW_TYPE_BIN)

static void
on_reveal (MonocleSidePanel *self, MonocleAnnotation *annotation)
{
  g_signal_emit (self, signals[REVEAL], 0, annotation);
}

static void
on_deleted (MonocleSidePanel *self, MonocleQuery *query)
{
  g_signal_emit (self, signals[DELETED], 0, query);
}

static void
on_cleared (MonocleSidePanel *self, guint n)
{
  g_signal_emit (self, signals[CLEARED], 0, n);
}

void
monocle_side_panel_set_presentation (MonocleSidePanel *self, MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_SIDE_PANEL (self));

  monocle_ask_panel_set_presentation (self->ask, presentation);
  monocle_results_panel_set_presentation (self->results, presentation);
  monocle_history_panel_set_presentation (self->history, presentation);
}

void
monocle_side_panel_set_runner (MonocleSidePanel *self, MonocleRunner *runner)
{
  g_return_if_fail (MONOCLE_IS_SIDE_PANEL (self));
  monocle_ask_panel_set_runner (self->ask, runner);
}

void
monocle_side_panel_set_settings (MonocleSidePanel *self, GSettings *settings)
{
  g_return_if_fail (MONOCLE_IS_SIDE_PANEL (self));
  monocle_ask_panel_set_settings (self->ask, settings);
}

MonocleAskPanel *
monocle_side_panel_get_ask_panel (MonocleSidePanel *self)
{
  g_return_val_if_fail (MONOCLE_IS_SIDE_PANEL (self), NULL);
  return self->ask;
}

static void
monocle_side_panel_class_init (MonocleSidePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[REVEAL] = g_signal_new ("reveal", MONOCLE_TYPE_SIDE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_ANNOTATION);
  signals[DELETED] = g_signal_new ("deleted", MONOCLE_TYPE_SIDE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_QUERY);
  signals[CLEARED] = g_signal_new ("cleared", MONOCLE_TYPE_SIDE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  g_type_ensure (MONOCLE_TYPE_ASK_PANEL);
  g_type_ensure (MONOCLE_TYPE_RESULTS_PANEL);
  g_type_ensure (MONOCLE_TYPE_HISTORY_PANEL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/side-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, ask);
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, results);
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, history);
  gtk_widget_class_bind_template_callback (widget_class, on_reveal);
  gtk_widget_class_bind_template_callback (widget_class, on_deleted);
  gtk_widget_class_bind_template_callback (widget_class, on_cleared);
}

static void
monocle_side_panel_init (MonocleSidePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
monocle_side_panel_new (void)
{
  return g_object_new (MONOCLE_TYPE_SIDE_PANEL, NULL);
}
