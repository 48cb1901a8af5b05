/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/label-row.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/attributes-dialog.h"

struct _MonocleLabelRow
{
  AdwEntryRow parent_instance;

  GtkColorButton *colour;
  GtkDropDown *digit;

  MonocleLabelSet *set;
  MonocleLabelItem *label;
  gboolean is_updating;
};

enum
{
  RENAMED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleLabelRow, monocle_label_row, ADW_TYPE_ENTRY_ROW)

/* --- As the label is --- */

static void
update (MonocleLabelRow *self)
{
  const guint32 rgb = monocle_label_item_get_rgb (self->label);
  const GdkRGBA colour = { (float) (rgb >> 16 & 0xff) / 255, (float) (rgb >> 8 & 0xff) / 255,
                           (float) (rgb & 0xff) / 255, 1 };
  /* Translators: a button that chooses the colour of a label */
  g_autofree char *spoken
      = g_strdup_printf (_ ("Colour of %s"), monocle_label_item_get_name (self->label));

  self->is_updating = TRUE;
  gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (self->colour), &colour);
  gtk_drop_down_set_selected (self->digit, monocle_label_item_get_digit (self->label));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->colour), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
  self->is_updating = FALSE;
}

gboolean
monocle_label_row_reset (MonocleLabelRow *self)
{
  const char *name;

  g_return_val_if_fail (MONOCLE_IS_LABEL_ROW (self), FALSE);

  name = monocle_label_item_get_name (self->label);
  if (g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self)), name))
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (self), name);
  /* What is shown is what there is: nothing is left to apply. */
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (self), FALSE);
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (self), TRUE);
  return TRUE;
}

static void
on_label_changed (MonocleLabelRow *self)
{
  monocle_label_row_reset (self);
  update (self);
}

/* --- As the person changes it --- */

static void
on_apply (MonocleLabelRow *self)
{
  g_signal_emit (self, signals[RENAMED], 0, gtk_editable_get_text (GTK_EDITABLE (self)));
}

static void
on_colour_set (MonocleLabelRow *self)
{
  GdkRGBA c;

  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (self->colour), &c);
  monocle_label_set_recolour (self->set, self->label,
                              (guint32) lroundf (c.red * 255) << 16
                                  | (guint32) lroundf (c.green * 255) << 8
                                  | (guint32) lroundf (c.blue * 255));
}

static void
on_digit_selected (MonocleLabelRow *self)
{
  if (!self->is_updating && self->label)
    monocle_label_set_give_digit (self->set, self->label, gtk_drop_down_get_selected (self->digit));
}

static guint
find_place (MonocleLabelRow *self)
{
  GListModel *list = G_LIST_MODEL (self->set);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (MonocleLabelItem) label = g_list_model_get_item (list, i);

      if (label == self->label)
        return i;
    }
  return 0;
}

/* Rows come and go with their labels: the focus goes to the one that is at @place then. */
static void
focus_place (GtkListBox *list, int place)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, place);

  if (row)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
move (MonocleLabelRow *self, int step)
{
  GtkListBox *list = GTK_LIST_BOX (gtk_widget_get_parent (GTK_WIDGET (self)));
  const int to = (int) find_place (self) + step;

  if (to < 0 || to >= (int) g_list_model_get_n_items (G_LIST_MODEL (self->set)))
    return;
  g_object_ref (self);
  monocle_label_set_move (self->set, self->label, (guint) to);
  focus_place (list, to);
  g_object_unref (self);
}

static void
move_up (GtkWidget *widget, const char *action, GVariant *parameter)
{
  move (MONOCLE_LABEL_ROW (widget), -1);
}

static void
move_down (GtkWidget *widget, const char *action, GVariant *parameter)
{
  move (MONOCLE_LABEL_ROW (widget), 1);
}

static void
remove_label (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleLabelRow *self = MONOCLE_LABEL_ROW (widget);
  GtkListBox *list = GTK_LIST_BOX (gtk_widget_get_parent (widget));
  const int place = (int) find_place (self);

  g_object_ref (self);
  monocle_label_set_remove (self->set, self->label);
  focus_place (list, MIN (place, (int) g_list_model_get_n_items (G_LIST_MODEL (self->set)) - 1));
  g_object_unref (self);
}

static void
show_attributes (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleLabelRow *self = MONOCLE_LABEL_ROW (widget);
  GtkWindow *parent = GTK_WINDOW (gtk_widget_get_root (widget));

  gtk_window_present (GTK_WINDOW (monocle_attributes_dialog_new (parent, self->set, self->label)));
}

static void
monocle_label_row_dispose (GObject *object)
{
  MonocleLabelRow *self = MONOCLE_LABEL_ROW (object);

  g_clear_object (&self->label);
  g_clear_object (&self->set);

  G_OBJECT_CLASS (monocle_label_row_parent_class)->dispose (object);
}

static void
monocle_label_row_class_init (MonocleLabelRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_label_row_dispose;

  signals[RENAMED] = g_signal_new ("renamed", MONOCLE_TYPE_LABEL_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_install_action (widget_class, "label.attributes", NULL, show_attributes);
  gtk_widget_class_install_action (widget_class, "label.up", NULL, move_up);
  gtk_widget_class_install_action (widget_class, "label.down", NULL, move_down);
  gtk_widget_class_install_action (widget_class, "label.remove", NULL, remove_label);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_ALT_MASK, "label.up", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Down, GDK_ALT_MASK, "label.down",
                                       NULL);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/label-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleLabelRow, colour);
  gtk_widget_class_bind_template_child (widget_class, MonocleLabelRow, digit);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_colour_set);
  gtk_widget_class_bind_template_callback (widget_class, on_digit_selected);
}

static void
monocle_label_row_init (MonocleLabelRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
monocle_label_row_new (MonocleLabelSet *set, MonocleLabelItem *label)
{
  MonocleLabelRow *self;

  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (set), NULL);
  g_return_val_if_fail (MONOCLE_IS_LABEL_ITEM (label), NULL);

  self = g_object_new (MONOCLE_TYPE_LABEL_ROW, NULL);
  self->set = g_object_ref (set);
  self->label = g_object_ref (label);
  g_signal_connect_object (label, "changed", G_CALLBACK (on_label_changed), self,
                           G_CONNECT_SWAPPED);
  on_label_changed (self);
  return GTK_WIDGET (self);
}

MonocleLabelItem *
monocle_label_row_get_label (MonocleLabelRow *self)
{
  g_return_val_if_fail (MONOCLE_IS_LABEL_ROW (self), NULL);

  return self->label;
}

void
monocle_label_row_set_use (MonocleLabelRow *self, const char *use)
{
  g_return_if_fail (MONOCLE_IS_LABEL_ROW (self));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), use ? use : _ ("Name"));
}
