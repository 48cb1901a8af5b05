/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/attributes-dialog.h"

#include <glib/gi18n.h>

struct _MonocleAttributesDialog
{
  AdwWindow parent_instance;

  AdwWindowTitle *title;
  GtkEditable *name;
  AdwComboRow *kind;
  GtkEditable *choices;
  GtkButton *add_button;
  GtkListBox *list;

  MonocleLabelSet *set;
  MonocleLabelItem *label;
};

G_DEFINE_FINAL_TYPE (MonocleAttributesDialog, monocle_attributes_dialog, ADW_TYPE_WINDOW)

/* --- The one that is made --- */

/* (transfer full) (nullable): what the form says */
static MonocleAttribute *
read_form (MonocleAttributesDialog *self)
{
  g_auto (GStrv) choices = g_strsplit (gtk_editable_get_text (self->choices), ",", -1);

  return monocle_attribute_new (gtk_editable_get_text (self->name),
                                (MonocleAttributeKind) adw_combo_row_get_selected (self->kind),
                                (const char *const *) choices);
}

static void
update_form (MonocleAttributesDialog *self)
{
  g_autoptr (MonocleAttribute) attribute = NULL;

  /* While the form is made. */
  if (!self->name || !self->kind || !self->choices || !self->add_button || !self->label)
    return;
  attribute = read_form (self);
  gtk_widget_set_visible (GTK_WIDGET (self->choices),
                          adw_combo_row_get_selected (self->kind) == MONOCLE_ATTRIBUTE_CHOICE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->add_button), attribute != NULL);
  gtk_button_set_label (
      self->add_button,
      attribute && monocle_label_item_find_attribute (self->label, attribute->name) ? _ ("_Change")
                                                                                    : _ ("_Add"));
}

static void
on_add (MonocleAttributesDialog *self)
{
  MonocleAttribute *attribute = read_form (self);

  if (!attribute || !monocle_label_set_take_attribute (self->set, self->label, attribute))
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  gtk_editable_set_text (self->name, "");
  gtk_editable_set_text (self->choices, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

/* --- Those that are there --- */

static char *
describe (const MonocleAttribute *attribute)
{
  g_autofree char *choices = NULL;

  switch (attribute->kind)
    {
    case MONOCLE_ATTRIBUTE_NUMBER:
      return g_strdup (_ ("Number"));
    case MONOCLE_ATTRIBUTE_CHOICE:
      choices = g_strjoinv (", ", attribute->choices);
      return g_strdup (choices);
    case MONOCLE_ATTRIBUTE_TEXT:
    default:
      return g_strdup (_ ("Text"));
    }
}

/* In the form, to be changed. */
static void
on_row_activated (MonocleAttributesDialog *self, GtkListBoxRow *row)
{
  GPtrArray *all = monocle_label_item_get_attributes (self->label);
  const guint index = (guint) gtk_list_box_row_get_index (row);
  g_autoptr (MonocleAttribute) attribute = NULL;
  g_autofree char *choices = NULL;

  if (index >= all->len)
    return;
  attribute = monocle_attribute_copy (all->pdata[index]);
  choices = attribute->choices ? g_strjoinv (", ", attribute->choices) : g_strdup ("");
  gtk_editable_set_text (self->name, attribute->name);
  adw_combo_row_set_selected (self->kind, attribute->kind);
  gtk_editable_set_text (self->choices, choices);
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
}

static void
on_remove (MonocleAttributesDialog *self, GtkButton *button)
{
  g_autofree char *name = g_strdup (g_object_get_data (G_OBJECT (button), "name"));

  gtk_widget_grab_focus (GTK_WIDGET (self->name));
  monocle_label_set_remove_attribute (self->set, self->label, name);
}

static GtkWidget *
create_row (MonocleAttributesDialog *self, const MonocleAttribute *attribute)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *text = describe (attribute);
  g_autofree char *subtitle = g_markup_escape_text (text, -1);
  g_autofree char *title = g_markup_escape_text (attribute->name, -1);
  g_autofree char *spoken = g_strdup_printf (_ ("Remove %s"), attribute->name);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Remove"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "name", g_strdup (attribute->name), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_remove), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
update_list (MonocleAttributesDialog *self)
{
  GPtrArray *all = monocle_label_item_get_attributes (self->label);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))))
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; i < all->len; i++)
    gtk_list_box_append (self->list, create_row (self, all->pdata[i]));
  gtk_widget_set_visible (GTK_WIDGET (self->list), all->len > 0);
  update_form (self);
}

/* --- The window --- */

static void
monocle_attributes_dialog_dispose (GObject *object)
{
  MonocleAttributesDialog *self = MONOCLE_ATTRIBUTES_DIALOG (object);

  g_clear_object (&self->label);
  g_clear_object (&self->set);

  G_OBJECT_CLASS (monocle_attributes_dialog_parent_class)->dispose (object);
}

static void
monocle_attributes_dialog_class_init (MonocleAttributesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_attributes_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/attributes-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleAttributesDialog, title);
  gtk_widget_class_bind_template_child (widget_class, MonocleAttributesDialog, name);
  gtk_widget_class_bind_template_child (widget_class, MonocleAttributesDialog, kind);
  gtk_widget_class_bind_template_child (widget_class, MonocleAttributesDialog, choices);
  gtk_widget_class_bind_template_child (widget_class, MonocleAttributesDialog, add_button);
  gtk_widget_class_bind_template_child (widget_class, MonocleAttributesDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, update_form);
}

static void
monocle_attributes_dialog_init (MonocleAttributesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
monocle_attributes_dialog_new (GtkWindow *parent, MonocleLabelSet *set, MonocleLabelItem *label)
{
  MonocleAttributesDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (set), NULL);
  g_return_val_if_fail (MONOCLE_IS_LABEL_ITEM (label), NULL);

  self = g_object_new (MONOCLE_TYPE_ATTRIBUTES_DIALOG, "transient-for", parent, NULL);
  self->set = g_object_ref (set);
  self->label = g_object_ref (label);
  adw_window_title_set_subtitle (self->title, monocle_label_item_get_name (label));
  g_signal_connect_object (label, "changed", G_CALLBACK (update_list), self, G_CONNECT_SWAPPED);
  update_list (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
  return GTK_WIDGET (self);
}
