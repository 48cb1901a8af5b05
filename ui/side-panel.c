/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/side-panel.h"

#include "ui/history-panel.h"
#include "ui/own-list.h"
#include "ui/resize-handle.h"
#include "ui/results-panel.h"

#define LEAST_WIDTH  340
#define LEAST_HEIGHT 60

struct _MonocleSidePanel
{
  AdwBin parent_instance;

  MonocleAskPanel *ask;
  MonocleResultsPanel *results;
  MonocleOwnList *own;
  MonocleHistoryPanel *history;
  GtkWidget *switcher;
  GtkStack *stack;
  GtkStackPage *talk_page;
  MonocleTalkPage *talk;
  MonocleVersionsView *versions;
  GtkWidget *edge;

  GSettings *settings;
  int width_limit; /* what the window has room for */
  int before;      /* a drag began */
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

/* --- Its size --- */

static void
update_width (MonocleSidePanel *self)
{
  int width = self->settings ? g_settings_get_int (self->settings, "panel-width") : LEAST_WIDTH;

  gtk_widget_set_size_request (
      GTK_WIDGET (self), CLAMP (width, LEAST_WIDTH, MAX (LEAST_WIDTH, self->width_limit)), -1);
}

static void
update_height (MonocleSidePanel *self)
{
  monocle_history_panel_set_height (
      self->history, self->settings ? g_settings_get_int (self->settings, "history-height") : 0);
}

static void
on_edge_began (MonocleSidePanel *self)
{
  self->before = gtk_widget_get_width (GTK_WIDGET (self));
}

static void
on_edge_dragged (MonocleSidePanel *self, int moved)
{
  gtk_widget_set_size_request (
      GTK_WIDGET (self),
      CLAMP (self->before + moved, LEAST_WIDTH, MAX (LEAST_WIDTH, self->width_limit)), -1);
}

static void
on_edge_ended (MonocleSidePanel *self)
{
  int width;

  gtk_widget_get_size_request (GTK_WIDGET (self), &width, NULL);
  if (self->settings && width != self->before)
    g_settings_set_int (self->settings, "panel-width", width);
}

static void
on_edge_reset (MonocleSidePanel *self)
{
  if (self->settings)
    g_settings_reset (self->settings, "panel-width");
}

static void
on_history_began (MonocleSidePanel *self)
{
  self->before = monocle_history_panel_get_height (self->history);
}

static void
on_history_dragged (MonocleSidePanel *self, int moved)
{
  int most = gtk_widget_get_height (GTK_WIDGET (self)) / 2;

  monocle_history_panel_set_height (
      self->history, CLAMP (self->before + moved, LEAST_HEIGHT, MAX (LEAST_HEIGHT, most)));
}

static void
on_history_ended (MonocleSidePanel *self)
{
  int height = monocle_history_panel_get_height (self->history);

  if (self->settings && height != self->before)
    g_settings_set_int (self->settings, "history-height", height);
}

static void
on_history_reset (MonocleSidePanel *self)
{
  if (self->settings)
    g_settings_reset (self->settings, "history-height");
}

void
monocle_side_panel_set_width_limit (MonocleSidePanel *self, int limit)
{
  g_return_if_fail (MONOCLE_IS_SIDE_PANEL (self));

  if (limit == self->width_limit)
    return;
  self->width_limit = limit;
  gtk_widget_set_visible (self->edge, limit > LEAST_WIDTH);
  update_width (self);
}

/* --- What it shows --- */

void
monocle_side_panel_set_presentation (MonocleSidePanel *self, MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_SIDE_PANEL (self));

  monocle_ask_panel_set_presentation (self->ask, presentation);
  monocle_results_panel_set_presentation (self->results, presentation);
  monocle_own_list_set_presentation (self->own, presentation);
  monocle_history_panel_set_presentation (self->history, presentation);
  monocle_talk_page_set_presentation (self->talk, presentation);
}

/* Who compares versions does nothing else meanwhile. */
static void
on_page (MonocleSidePanel *self)
{
  gtk_widget_set_visible (
      self->switcher,
      gtk_stack_page_get_visible (self->talk_page)
          && !g_str_equal (gtk_stack_get_visible_child_name (self->stack), "versions"));
}

void
monocle_side_panel_set_can_talk (MonocleSidePanel *self, gboolean can_talk)
{
  g_return_if_fail (MONOCLE_IS_SIDE_PANEL (self));

  if (!can_talk && monocle_side_panel_is_talking (self))
    gtk_stack_set_visible_child_name (self->stack, "questions");
  gtk_stack_page_set_visible (self->talk_page, can_talk);
  on_page (self);
}

gboolean
monocle_side_panel_is_talking (MonocleSidePanel *self)
{
  g_return_val_if_fail (MONOCLE_IS_SIDE_PANEL (self), FALSE);

  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "talk") == 0;
}

MonocleTalkPage *
monocle_side_panel_get_talk_page (MonocleSidePanel *self)
{
  g_return_val_if_fail (MONOCLE_IS_SIDE_PANEL (self), NULL);
  return self->talk;
}

void
monocle_side_panel_show_talk (MonocleSidePanel *self)
{
  g_return_if_fail (MONOCLE_IS_SIDE_PANEL (self));

  if (!gtk_stack_page_get_visible (self->talk_page))
    return;
  gtk_stack_set_visible_child_name (self->stack, "talk");
  monocle_talk_page_focus (self->talk);
}

void
monocle_side_panel_show_versions (MonocleSidePanel *self, GListModel *versions, const char *name)
{
  g_return_if_fail (MONOCLE_IS_SIDE_PANEL (self));

  monocle_versions_view_set_versions (self->versions, versions, name);
  gtk_stack_set_visible_child_name (self->stack, versions ? "versions" : "questions");
}

MonocleVersionsView *
monocle_side_panel_get_versions (MonocleSidePanel *self)
{
  g_return_val_if_fail (MONOCLE_IS_SIDE_PANEL (self), NULL);
  return self->versions;
}

void
monocle_side_panel_set_runner (MonocleSidePanel *self, MonocleRunner *runner)
{
  g_return_if_fail (MONOCLE_IS_SIDE_PANEL (self));
  monocle_ask_panel_set_runner (self->ask, runner);
  monocle_talk_page_set_runner (self->talk, runner);
}

void
monocle_side_panel_set_settings (MonocleSidePanel *self, GSettings *settings)
{
  g_return_if_fail (MONOCLE_IS_SIDE_PANEL (self));

  monocle_ask_panel_set_settings (self->ask, settings);
  monocle_talk_page_set_settings (self->talk, settings);
  if (self->settings)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  if (g_set_object (&self->settings, settings) && settings)
    {
      g_signal_connect_object (settings, "changed::panel-width", G_CALLBACK (update_width), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (settings, "changed::history-height", G_CALLBACK (update_height),
                               self, G_CONNECT_SWAPPED);
    }
  update_width (self);
  update_height (self);
}

MonocleAskPanel *
monocle_side_panel_get_ask_panel (MonocleSidePanel *self)
{
  g_return_val_if_fail (MONOCLE_IS_SIDE_PANEL (self), NULL);
  return self->ask;
}

gboolean
monocle_side_panel_can_correct (MonocleSidePanel *self)
{
  g_return_val_if_fail (MONOCLE_IS_SIDE_PANEL (self), FALSE);

  return monocle_results_panel_can_correct (self->results);
}

void
monocle_side_panel_correct (MonocleSidePanel *self)
{
  g_return_if_fail (MONOCLE_IS_SIDE_PANEL (self));

  monocle_results_panel_correct (self->results, 0);
}

static void
monocle_side_panel_dispose (GObject *object)
{
  g_clear_object (&MONOCLE_SIDE_PANEL (object)->settings);

  G_OBJECT_CLASS (monocle_side_panel_parent_class)->dispose (object);
}

static void
monocle_side_panel_class_init (MonocleSidePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_side_panel_dispose;

  signals[REVEAL] = g_signal_new ("reveal", MONOCLE_TYPE_SIDE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_ANNOTATION);
  signals[DELETED] = g_signal_new ("deleted", MONOCLE_TYPE_SIDE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_QUERY);
  signals[CLEARED] = g_signal_new ("cleared", MONOCLE_TYPE_SIDE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  g_type_ensure (MONOCLE_TYPE_ASK_PANEL);
  g_type_ensure (MONOCLE_TYPE_OWN_LIST);
  g_type_ensure (MONOCLE_TYPE_RESIZE_HANDLE);
  g_type_ensure (MONOCLE_TYPE_RESULTS_PANEL);
  g_type_ensure (MONOCLE_TYPE_HISTORY_PANEL);
  g_type_ensure (MONOCLE_TYPE_TALK_PAGE);
  g_type_ensure (MONOCLE_TYPE_VERSIONS_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/side-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, ask);
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, results);
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, own);
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, history);
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, switcher);
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, talk_page);
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, talk);
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, versions);
  gtk_widget_class_bind_template_callback (widget_class, on_page);
  gtk_widget_class_bind_template_callback (widget_class, on_reveal);
  gtk_widget_class_bind_template_callback (widget_class, on_deleted);
  gtk_widget_class_bind_template_child (widget_class, MonocleSidePanel, edge);
  gtk_widget_class_bind_template_callback (widget_class, on_cleared);
  gtk_widget_class_bind_template_callback (widget_class, on_edge_began);
  gtk_widget_class_bind_template_callback (widget_class, on_edge_dragged);
  gtk_widget_class_bind_template_callback (widget_class, on_edge_ended);
  gtk_widget_class_bind_template_callback (widget_class, on_edge_reset);
  gtk_widget_class_bind_template_callback (widget_class, on_history_began);
  gtk_widget_class_bind_template_callback (widget_class, on_history_dragged);
  gtk_widget_class_bind_template_callback (widget_class, on_history_ended);
  gtk_widget_class_bind_template_callback (widget_class, on_history_reset);
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
