/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/own-list.h"

#include <glib/gi18n.h>

#include "ui/object-rows.h"

struct _MonocleOwnList
{
  AdwBin parent_instance;

  GtkLabel *heading;
  GtkListView *list;

  MonoclePresentation *presentation;
  GSignalGroup *regions_signals;
};

enum
{
  REVEAL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleOwnList, monocle_own_list, ADW_TYPE_BIN)

static GListModel *
get_regions (MonocleOwnList *self)
{
  return G_LIST_MODEL (monocle_presentation_get_regions (self->presentation));
}

static void
update (MonocleOwnList *self)
{
  const guint n = self->presentation ? g_list_model_get_n_items (get_regions (self)) : 0;
  /* Translators: heading of a list of what a person drew or kept, and how much that is. */
  g_autofree char *heading = g_strdup_printf (ngettext ("Yours (%u)", "Yours (%u)", n), n);

  gtk_label_set_label (self->heading, heading);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

/* What is selected on the canvas is brought into view. */
static void
on_selection_changed (MonocleOwnList *self)
{
  g_autoptr (GtkBitset) selected
      = gtk_selection_model_get_selection (monocle_presentation_get_regions (self->presentation));

  if (gtk_bitset_get_size (selected) == 1)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u",
                                gtk_bitset_get_nth (selected, 0));
}

static void
on_activate (MonocleOwnList *self, guint position)
{
  g_autoptr (MonocleAnnotation) region = g_list_model_get_item (get_regions (self), position);

  if (region)
    g_signal_emit (self, signals[REVEAL], 0, region);
}

void
monocle_own_list_set_presentation (MonocleOwnList *self, MonoclePresentation *presentation)
{
  GtkSelectionModel *regions;

  g_return_if_fail (MONOCLE_IS_OWN_LIST (self));

  if (!g_set_object (&self->presentation, presentation))
    return;
  regions = presentation ? monocle_presentation_get_regions (presentation) : NULL;
  g_signal_group_set_target (self->regions_signals, regions);
  monocle_object_rows_set_presentation (self->list, presentation);
  gtk_list_view_set_model (self->list, regions);
  update (self);
}

static void
monocle_own_list_dispose (GObject *object)
{
  MonocleOwnList *self = MONOCLE_OWN_LIST (object);

  if (self->presentation)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->regions_signals);
  g_clear_object (&self->presentation);

  G_OBJECT_CLASS (monocle_own_list_parent_class)->dispose (object);
}

static void
monocle_own_list_class_init (MonocleOwnListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_own_list_dispose;

  signals[REVEAL] = g_signal_new ("reveal", MONOCLE_TYPE_OWN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_ANNOTATION);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/monocle/Monocle/ui/own-list.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleOwnList, heading);
  gtk_widget_class_bind_template_child (widget_class, MonocleOwnList, list);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
monocle_own_list_init (MonocleOwnList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  monocle_object_rows_attach (self->list);
  self->regions_signals = g_signal_group_new (GTK_TYPE_MULTI_SELECTION);
  g_signal_group_connect_swapped (self->regions_signals, "items-changed", G_CALLBACK (update),
                                  self);
  g_signal_group_connect_swapped (self->regions_signals, "selection-changed",
                                  G_CALLBACK (on_selection_changed), self);
  update (self);
}
