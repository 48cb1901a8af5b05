/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/object-list.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/document/asked.h"
#include "ui/figures.h"
#include "ui/label-filter.h"
#include "ui/object-rows.h"
#include "ui/view-options.h"

/* So many are seen at a glance. */
#define SEARCH_FROM 9

struct _MonocleObjectList
{
  AdwBin parent_instance;

  GtkLabel *heading;
  MonocleLabelFilter *label_filter;
  MonocleViewOptions *view_options;
  GtkLabel *suggestions;
  GtkSearchEntry *search;
  GtkBox *threshold_box;
  GtkScale *threshold_scale;
  GtkAdjustment *threshold;
  GtkStack *stack;
  GtkListView *list;

  MonoclePresentation *presentation;
  GBindingGroup *bindings;
  GSignalGroup *presentation_signals;
  GSignalGroup *objects_signals;     /* those that are shown */
  GSignalGroup *annotations_signals; /* all of the query */
  gboolean syncing;                  /* the entry follows the presentation */
};

enum
{
  REVEAL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleObjectList, monocle_object_list, ADW_TYPE_BIN)

/* --- What is shown --- */

static GListModel *
get_objects (MonocleObjectList *self)
{
  return G_LIST_MODEL (monocle_presentation_get_objects (self->presentation));
}

static gboolean
has_scores (GListModel *annotations)
{
  guint n = g_list_model_get_n_items (annotations);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (annotations, i);

      if (!isnan (monocle_annotation_get_score (annotation)))
        return TRUE;
    }
  return FALSE;
}

/* (transfer full): how many there are, and of how many that are shown */
static char *
format_heading (MonocleQuery *query, guint n_shown, guint n_all)
{
  gboolean are_texts = monocle_query_get_task (query)->gives == MONOCLE_GIVES_TEXTS;

  if (n_shown == n_all && are_texts)
    return g_strdup_printf (ngettext ("Texts (%u)", "Texts (%u)", n_all), n_all);
  if (n_shown == n_all)
    return g_strdup_printf (ngettext ("Objects (%u)", "Objects (%u)", n_all), n_all);
  if (are_texts)
    /* Translators: how many are shown, how many there are */
    return g_strdup_printf (ngettext ("Texts (%u of %u)", "Texts (%u of %u)", n_all), n_shown,
                            n_all);
  /* Translators: how many are shown, how many there are */
  return g_strdup_printf (ngettext ("Objects (%u of %u)", "Objects (%u of %u)", n_all), n_shown,
                          n_all);
}

static void
update (MonocleObjectList *self)
{
  MonocleQuery *query
      = self->presentation ? monocle_presentation_get_query (self->presentation) : NULL;
  GListModel *annotations = query ? monocle_query_get_annotations (query) : NULL;
  guint n_all, n_shown;
  g_autofree char *heading = NULL;
  g_autofree char *suggestions = NULL;

  if (!annotations)
    return;
  n_all = g_list_model_get_n_items (annotations);
  n_shown = g_list_model_get_n_items (get_objects (self));

  heading = format_heading (query, n_shown, n_all);
  gtk_label_set_label (self->heading, heading);
  suggestions = monocle_query_dup_suggestions (query, get_objects (self));
  gtk_label_set_label (self->suggestions, suggestions ? suggestions : "");
  gtk_widget_set_visible (GTK_WIDGET (self->suggestions), suggestions != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->search),
                          n_all >= SEARCH_FROM
                              || *monocle_presentation_get_search (self->presentation));
  /* Heat maps have a handle of their own. */
  gtk_widget_set_visible (GTK_WIDGET (self->threshold_box),
                          has_scores (annotations) && !monocle_query_get_heat (query, 0));
  gtk_stack_set_visible_child_name (self->stack, n_shown == 0 && n_all > 0 ? "hidden" : "list");
}

static void
on_query (MonocleObjectList *self)
{
  MonocleQuery *query
      = self->presentation ? monocle_presentation_get_query (self->presentation) : NULL;

  g_signal_group_set_target (self->annotations_signals,
                             query ? monocle_query_get_annotations (query) : NULL);
  update (self);
}

/* What is selected on the canvas is brought into view in the list. */
static void
on_selection_changed (MonocleObjectList *self)
{
  g_autoptr (GtkBitset) selected
      = gtk_selection_model_get_selection (monocle_presentation_get_objects (self->presentation));

  if (gtk_bitset_get_size (selected) == 1)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u",
                                gtk_bitset_get_nth (selected, 0));
}

/* --- Search and filters --- */

static void
on_search_changed (MonocleObjectList *self)
{
  if (self->presentation && !self->syncing)
    monocle_presentation_set_search (self->presentation,
                                     gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
on_stop_search (MonocleObjectList *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  on_search_changed (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
on_search_reset (MonocleObjectList *self)
{
  const char *search = monocle_presentation_get_search (self->presentation);

  /* A text that is set is deleted first, which would be searched for at once. */
  self->syncing = TRUE;
  if (!g_str_equal (search, gtk_editable_get_text (GTK_EDITABLE (self->search))))
    gtk_editable_set_text (GTK_EDITABLE (self->search), search);
  self->syncing = FALSE;
  update (self);
}

static void
on_show_all (MonocleObjectList *self)
{
  monocle_presentation_set_search (self->presentation, "");
  monocle_presentation_set_threshold (self->presentation, 0);
  monocle_presentation_show_all_labels (self->presentation);
}

/* --- Rows --- */

static void
on_activate (MonocleObjectList *self, guint position)
{
  g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (get_objects (self), position);

  if (annotation)
    g_signal_emit (self, signals[REVEAL], 0, annotation);
}

/* --- Public --- */

void
monocle_object_list_set_presentation (MonocleObjectList *self, MonoclePresentation *presentation)
{
  GtkSelectionModel *objects;

  g_return_if_fail (MONOCLE_IS_OBJECT_LIST (self));

  if (!g_set_object (&self->presentation, presentation))
    return;
  objects = presentation ? monocle_presentation_get_objects (presentation) : NULL;
  g_binding_group_set_source (self->bindings, presentation);
  g_signal_group_set_target (self->presentation_signals, presentation);
  g_signal_group_set_target (self->objects_signals, objects);
  monocle_label_filter_set_presentation (self->label_filter, presentation);
  monocle_view_options_set_presentation (self->view_options, presentation);
  monocle_object_rows_set_presentation (self->list, presentation);
  gtk_list_view_set_model (self->list, objects);
  on_query (self);
}

/* --- Lifecycle --- */

static void
monocle_object_list_dispose (GObject *object)
{
  MonocleObjectList *self = MONOCLE_OBJECT_LIST (object);

  /* GTK keeps a popover that is open when its window goes. */
  if (self->presentation)
    {
      gtk_list_view_set_model (self->list, NULL);
      monocle_label_filter_set_presentation (self->label_filter, NULL);
      monocle_view_options_set_presentation (self->view_options, NULL);
    }
  g_clear_object (&self->bindings);
  g_clear_object (&self->presentation_signals);
  g_clear_object (&self->objects_signals);
  g_clear_object (&self->annotations_signals);
  g_clear_object (&self->presentation);

  G_OBJECT_CLASS (monocle_object_list_parent_class)->dispose (object);
}

static void
monocle_object_list_class_init (MonocleObjectListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_object_list_dispose;

  signals[REVEAL] = g_signal_new ("reveal", MONOCLE_TYPE_OBJECT_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_ANNOTATION);

  g_type_ensure (MONOCLE_TYPE_LABEL_FILTER);
  g_type_ensure (MONOCLE_TYPE_VIEW_OPTIONS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/object-list.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectList, heading);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectList, label_filter);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectList, view_options);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectList, suggestions);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectList, search);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectList, threshold_box);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectList, threshold_scale);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectList, threshold);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectList, stack);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectList, list);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all);
}

static void
monocle_object_list_init (MonocleObjectList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  monocle_figures_show_percent (self->threshold_scale);

  monocle_object_rows_attach (self->list);

  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "threshold", self->threshold, "value",
                        G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  self->presentation_signals = g_signal_group_new (MONOCLE_TYPE_PRESENTATION);
  g_signal_group_connect_swapped (self->presentation_signals, "notify::query",
                                  G_CALLBACK (on_query), self);
  g_signal_group_connect_swapped (self->presentation_signals, "notify::search",
                                  G_CALLBACK (on_search_reset), self);
  self->objects_signals = g_signal_group_new (GTK_TYPE_MULTI_SELECTION);
  g_signal_group_connect_swapped (self->objects_signals, "items-changed", G_CALLBACK (update),
                                  self);
  g_signal_group_connect_swapped (self->objects_signals, "selection-changed",
                                  G_CALLBACK (on_selection_changed), self);
  self->annotations_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->annotations_signals, "items-changed", G_CALLBACK (update),
                                  self);
}

GtkWidget *
monocle_object_list_new (void)
{
  return g_object_new (MONOCLE_TYPE_OBJECT_LIST, NULL);
}
