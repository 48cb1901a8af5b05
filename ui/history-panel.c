/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/history-panel.h"

#include "ui/history-row.h"

/* Of the list: one answer is always seen. */
#define LEAST_HEIGHT 60

struct _MonocleHistoryPanel
{
  AdwBin parent_instance;

  GtkScrolledWindow *scroller;
  GtkListView *list;

  MonoclePresentation *presentation;
  GtkSortListModel *sorted;
  GtkSingleSelection *selection;
  GSimpleAction *clear;
  GSignalGroup *signals;
  gboolean syncing; /* the selection follows the presentation */
  guint idle;       /* source: it will */
};

enum
{
  DELETED,
  CLEARED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleHistoryPanel, monocle_history_panel, ADW_TYPE_BIN)

/* --- Which query is shown, both ways --- */

static guint
find_query (GListModel *list, MonocleQuery *query)
{
  guint n = g_list_model_get_n_items (list);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleQuery) item = g_list_model_get_item (list, i);

      if (item == query)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

static void
select_shown (MonocleHistoryPanel *self)
{
  MonocleQuery *query
      = self->presentation ? monocle_presentation_get_query (self->presentation) : NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint position
      = query ? find_query (G_LIST_MODEL (self->selection), query) : GTK_INVALID_LIST_POSITION;

  self->syncing = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->syncing = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
  g_simple_action_set_enabled (self->clear, n > 0);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
}

static gboolean
select_shown_idle (gpointer user_data)
{
  MonocleHistoryPanel *self = user_data;

  self->idle = 0;
  select_shown (self);
  return G_SOURCE_REMOVE;
}

/* The presentation may hear of a change of the list, and show another query, before the sorted list
 * here has: what is selected is looked up when all have. */
static void
queue_select_shown (MonocleHistoryPanel *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE, select_shown_idle, self, NULL);
}

static void
on_selected (MonocleHistoryPanel *self)
{
  MonocleQuery *query = gtk_single_selection_get_selected_item (self->selection);

  /* What is about to follow the presentation does not lead it. */
  if (!self->syncing && self->idle == 0 && self->presentation && query)
    monocle_presentation_set_query (self->presentation, query);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b, gpointer user_data)
{
  GDateTime *time_a = monocle_query_get_created ((MonocleQuery *) a);
  GDateTime *time_b = monocle_query_get_created ((MonocleQuery *) b);

  return g_date_time_compare (time_b, time_a);
}

static void
update_document (MonocleHistoryPanel *self)
{
  MonocleDocument *document
      = self->presentation ? monocle_presentation_get_document (self->presentation) : NULL;

  gtk_sort_list_model_set_model (self->sorted,
                                 document ? monocle_document_get_queries (document) : NULL);
  select_shown (self);
}

/* --- Rows --- */

static void
on_delete (MonocleHistoryPanel *self, MonocleQuery *query)
{
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);

  if (!document)
    return;
  monocle_document_remove_query (document, query);
  /* Not to the buttons of the next row. */
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
  g_signal_emit (self, signals[DELETED], 0, query);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, MonocleHistoryPanel *self)
{
  GtkWidget *row = monocle_history_row_new ();

  g_signal_connect_object (row, "delete", G_CALLBACK (on_delete), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, MonocleHistoryPanel *self)
{
  monocle_history_row_bind (MONOCLE_HISTORY_ROW (gtk_list_item_get_child (item)),
                            self->presentation, gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, MonocleHistoryPanel *self)
{
  monocle_history_row_bind (MONOCLE_HISTORY_ROW (gtk_list_item_get_child (item)), NULL, NULL);
}

/* --- Actions --- */

static void
on_clear (MonocleHistoryPanel *self)
{
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);
  guint n = document ? g_list_model_get_n_items (monocle_document_get_queries (document)) : 0;

  if (n == 0)
    return;
  monocle_document_clear_queries (document);
  g_signal_emit (self, signals[CLEARED], 0, n);
}

/* Delete in this list means the query, not what is selected on the canvas. */
static gboolean
on_delete_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  MonocleHistoryPanel *self = user_data;
  g_autoptr (MonocleQuery) query = NULL;

  g_set_object (&query, gtk_single_selection_get_selected_item (self->selection));
  if (query)
    on_delete (self, query);
  return TRUE;
}

/* --- Public --- */

void
monocle_history_panel_set_presentation (MonocleHistoryPanel *self,
                                        MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_HISTORY_PANEL (self));

  if (!g_set_object (&self->presentation, presentation))
    return;
  g_signal_group_set_target (self->signals, presentation);
  update_document (self);
}

void
monocle_history_panel_set_height (MonocleHistoryPanel *self, int height)
{
  g_return_if_fail (MONOCLE_IS_HISTORY_PANEL (self));

  /* In this order: at no time more than the other one. */
  gtk_scrolled_window_set_min_content_height (self->scroller, -1);
  gtk_scrolled_window_set_max_content_height (self->scroller,
                                              height > 0 ? MAX (height, LEAST_HEIGHT) : -1);
  gtk_scrolled_window_set_min_content_height (self->scroller, MAX (height, LEAST_HEIGHT));
}

int
monocle_history_panel_get_height (MonocleHistoryPanel *self)
{
  g_return_val_if_fail (MONOCLE_IS_HISTORY_PANEL (self), 0);
  return gtk_widget_get_height (GTK_WIDGET (self->scroller));
}

/* --- Lifecycle --- */

static void
monocle_history_panel_dispose (GObject *object)
{
  MonocleHistoryPanel *self = MONOCLE_HISTORY_PANEL (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  if (self->list)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->signals);
  g_clear_object (&self->selection);
  g_clear_object (&self->sorted);
  g_clear_object (&self->clear);
  g_clear_object (&self->presentation);

  G_OBJECT_CLASS (monocle_history_panel_parent_class)->dispose (object);
}

static void
monocle_history_panel_class_init (MonocleHistoryPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = monocle_history_panel_dispose;

  signals[DELETED] = g_signal_new ("deleted", MONOCLE_TYPE_HISTORY_PANEL, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_QUERY);
  signals[CLEARED] = g_signal_new ("cleared", MONOCLE_TYPE_HISTORY_PANEL, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/history-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleHistoryPanel, scroller);
  gtk_widget_class_bind_template_child (widget_class, MonocleHistoryPanel, list);
}

static void
monocle_history_panel_init (MonocleHistoryPanel *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  self->clear = g_simple_action_new ("clear", NULL);
  g_signal_connect_object (self->clear, "activate", G_CALLBACK (on_clear), self, G_CONNECT_SWAPPED);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (self->clear));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "history", G_ACTION_GROUP (group));

  self->sorted = gtk_sort_list_model_new (
      NULL, GTK_SORTER (gtk_custom_sorter_new (compare_newest_first, NULL, NULL)));
  /* Before the selection hears of it. */
  g_signal_connect_object (self->sorted, "items-changed", G_CALLBACK (queue_select_shown), self,
                           G_CONNECT_SWAPPED);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->sorted)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (shortcuts),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Delete|KP_Delete"),
                        gtk_callback_action_new (on_delete_key, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->list), shortcuts);

  self->signals = g_signal_group_new (MONOCLE_TYPE_PRESENTATION);
  g_signal_group_connect_swapped (self->signals, "notify::query", G_CALLBACK (queue_select_shown),
                                  self);
  g_signal_group_connect_swapped (self->signals, "notify::document", G_CALLBACK (update_document),
                                  self);
  select_shown (self);
}

GtkWidget *
monocle_history_panel_new (void)
{
  return g_object_new (MONOCLE_TYPE_HISTORY_PANEL, NULL);
}
