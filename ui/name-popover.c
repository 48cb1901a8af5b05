/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/name-popover.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/passing-popover.h"

#define MAX_NAMES 8
/* No name of a thing is longer. */
#define MAX_CHARACTERS 200

struct _MonocleNamePopover
{
  GtkPopover parent_instance;

  GtkWidget *entry;
  GtkWidget *list;
  GStrv names;
  char *folded; /* (nullable): what it is called now */
};

enum
{
  NAMED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleNamePopover, monocle_name_popover, GTK_TYPE_POPOVER)

static void
give (MonocleNamePopover *self, const char *name)
{
  g_autofree char *stripped = g_strstrip (g_strdup (name));

  g_object_ref (self);
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[NAMED], 0, stripped);
  g_object_unref (self);
}

static void
on_activate (MonocleNamePopover *self)
{
  give (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static void
on_row_activated (MonocleNamePopover *self, GtkListBoxRow *row)
{
  give (self, gtk_label_get_label (GTK_LABEL (gtk_list_box_row_get_child (row))));
}

/* Those that hold what is typed, in any case; all of them as long as that is the old name. */
static void
update (MonocleNamePopover *self)
{
  g_autofree char *typed = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->entry)), -1);
  const gboolean is_old = g_strcmp0 (typed, self->folded) == 0;
  GtkWidget *child;
  guint n = 0;

  while ((child = gtk_widget_get_first_child (self->list)))
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  for (guint i = 0; self->names && self->names[i] && n < MAX_NAMES; i++)
    {
      g_autofree char *folded = g_utf8_casefold (self->names[i], -1);
      GtkWidget *label;

      if (g_str_equal (folded, typed) || (!is_old && !strstr (folded, typed)))
        continue;
      label = gtk_label_new (self->names[i]);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
      gtk_list_box_append (GTK_LIST_BOX (self->list), label);
      n++;
    }
  gtk_widget_set_visible (self->list, n > 0);
}

static void
monocle_name_popover_finalize (GObject *object)
{
  g_strfreev (MONOCLE_NAME_POPOVER (object)->names);
  g_free (MONOCLE_NAME_POPOVER (object)->folded);
  G_OBJECT_CLASS (monocle_name_popover_parent_class)->finalize (object);
}

static void
monocle_name_popover_class_init (MonocleNamePopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_name_popover_finalize;

  signals[NAMED] = g_signal_new ("named", MONOCLE_TYPE_NAME_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
monocle_name_popover_init (MonocleNamePopover *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->entry = gtk_entry_new ();
  gtk_entry_set_max_length (GTK_ENTRY (self->entry), MAX_CHARACTERS);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _ ("Name"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name"), -1);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (update), self);

  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Names that are there already"), -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row_activated), self);

  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), self->list);
  gtk_popover_set_child (GTK_POPOVER (self), box);
}

MonocleNamePopover *
monocle_name_popover_popup (GtkWidget *parent,
                            const GdkRectangle *at,
                            const char *name,
                            const char *const *names)
{
  MonocleNamePopover *self;

  g_return_val_if_fail (GTK_IS_WIDGET (parent), NULL);
  g_return_val_if_fail (at && name && names, NULL);

  self = g_object_new (MONOCLE_TYPE_NAME_POPOVER, NULL);
  self->names = g_strdupv ((GStrv) names);
  self->folded = g_utf8_casefold (name, -1);
  monocle_passing_popover_attach (GTK_POPOVER (self), parent);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), at);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), name);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
  update (self);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (self->entry);
  return self;
}
