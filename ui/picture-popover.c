/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/picture-popover.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/pictures/folder.h"
#include "ui/passing-popover.h"

#define MAX_ROWS        8
#define NAME_CHARACTERS 32

struct _MonoclePicturePopover
{
  GtkPopover parent_instance;

  GtkWidget *entry;
  GtkWidget *list;
  GtkWidget *nothing;
  GListModel *pictures;
  GPtrArray *found; /* of the rows of the list, in their order */
};

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonoclePicturePopover, monocle_picture_popover, GTK_TYPE_POPOVER)

static void
give (MonoclePicturePopover *self, guint row)
{
  g_autoptr (MonocleFolderItem) item = NULL;

  if (row >= self->found->len)
    {
      gtk_widget_error_bell (self->entry);
      return;
    }
  item = g_object_ref (self->found->pdata[row]);
  g_object_ref (self);
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[CHOSEN], 0, item);
  g_object_unref (self);
}

static void
on_activate (MonoclePicturePopover *self)
{
  give (self, 0);
}

static void
on_row_activated (MonoclePicturePopover *self, GtkListBoxRow *row)
{
  give (self, (guint) gtk_list_box_row_get_index (row));
}

/* --- What is called so --- */

/* Those whose names begin with @typed, or where @start is %FALSE hold it elsewhere. */
static void
find (MonoclePicturePopover *self, const char *typed, gboolean start)
{
  const guint n = g_list_model_get_n_items (self->pictures);

  for (guint i = 0; i < n && self->found->len < MAX_ROWS; i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (self->pictures, i);
      g_autofree char *name = g_utf8_casefold (monocle_folder_item_get_name (item), -1);

      if (start ? g_str_has_prefix (name, typed)
                : strstr (name, typed) && !g_str_has_prefix (name, typed))
        g_ptr_array_add (self->found, g_steal_pointer (&item));
    }
}

static void
update (MonoclePicturePopover *self)
{
  g_autofree char *typed = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->entry)), -1);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->list)))
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  g_ptr_array_set_size (self->found, 0);
  if (*typed)
    {
      find (self, typed, TRUE);
      find (self, typed, FALSE);
    }
  for (guint i = 0; i < self->found->len; i++)
    {
      GtkWidget *label = gtk_label_new (monocle_folder_item_get_name (self->found->pdata[i]));

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), NAME_CHARACTERS);
      gtk_list_box_append (GTK_LIST_BOX (self->list), label);
    }
  gtk_widget_set_visible (self->list, self->found->len > 0);
  gtk_widget_set_visible (self->nothing, *typed && self->found->len == 0);
}

/* --- The class --- */

static void
monocle_picture_popover_finalize (GObject *object)
{
  MonoclePicturePopover *self = MONOCLE_PICTURE_POPOVER (object);

  g_clear_object (&self->pictures);
  g_ptr_array_unref (self->found);
  G_OBJECT_CLASS (monocle_picture_popover_parent_class)->finalize (object);
}

static void
monocle_picture_popover_class_init (MonoclePicturePopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_picture_popover_finalize;

  signals[CHOSEN] = g_signal_new ("chosen", MONOCLE_TYPE_PICTURE_POPOVER, G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_FOLDER_ITEM);
}

static void
monocle_picture_popover_init (MonoclePicturePopover *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->found = g_ptr_array_new_with_free_func (g_object_unref);
  self->entry = gtk_entry_new ();
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (self->entry), GTK_ENTRY_ICON_PRIMARY,
                                     "edit-find-symbolic");
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _ ("Part of a Name"));
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), NAME_CHARACTERS - 4);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name of the picture to go to"), -1);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (update), self);

  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Pictures that are called so"), -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row_activated), self);

  self->nothing = gtk_label_new (_ ("No picture is called so"));
  gtk_widget_add_css_class (self->nothing, "dim-label");

  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), self->list);
  gtk_box_append (GTK_BOX (box), self->nothing);
  gtk_popover_set_child (GTK_POPOVER (self), box);
}

MonoclePicturePopover *
monocle_picture_popover_popup (GtkWidget *parent, GListModel *pictures)
{
  MonoclePicturePopover *self;

  g_return_val_if_fail (GTK_IS_WIDGET (parent), NULL);
  g_return_val_if_fail (G_IS_LIST_MODEL (pictures), NULL);

  self = g_object_new (MONOCLE_TYPE_PICTURE_POPOVER, NULL);
  self->pictures = g_object_ref (pictures);
  monocle_passing_popover_attach (GTK_POPOVER (self), parent);
  update (self);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (self->entry);
  return self;
}
