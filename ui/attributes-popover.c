/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/attributes-popover.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/document/attributes.h"
#include "ui/passing-popover.h"

#define ATTRIBUTE   "monocle-attribute"
#define FIELD_WIDTH 180

struct _MonocleAttributesPopover
{
  GtkPopover parent_instance;

  GtkWidget *grid;
  gboolean is_left; /* by Escape: what was typed is not said */
};

enum
{
  SAID,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleAttributesPopover, monocle_attributes_popover, GTK_TYPE_POPOVER)

static const MonocleAttribute *
get_attribute (gpointer field)
{
  return g_object_get_data (G_OBJECT (field), ATTRIBUTE);
}

static void
say (MonocleAttributesPopover *self, const MonocleAttribute *attribute, GVariant *value)
{
  g_autoptr (GVariant) owned = value ? g_variant_ref_sink (value) : NULL;

  g_signal_emit (self, signals[SAID], 0, attribute->name, owned);
}

/* --- Words and numbers --- */

/* As a person writes it, with the comma of their language or a point. */
static gboolean
read_number (const char *text, double *number)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  char *end;

  *number = g_strtod (stripped, &end);
  return end > stripped && !*end && isfinite (*number);
}

/* Returns: FALSE where it says what cannot be */
static gboolean
take_text (MonocleAttributesPopover *self, GtkEditable *entry)
{
  const MonocleAttribute *attribute = get_attribute (entry);
  const char *text = gtk_editable_get_text (entry);
  double number;

  if (!*text)
    say (self, attribute, NULL);
  else if (attribute->kind == MONOCLE_ATTRIBUTE_TEXT)
    say (self, attribute, g_variant_new_string (text));
  else if (read_number (text, &number))
    say (self, attribute, g_variant_new_double (number));
  else
    return FALSE;
  return TRUE;
}

static void
on_text_changed (GtkEditable *entry)
{
  double number;
  const char *text = gtk_editable_get_text (entry);

  if (get_attribute (entry)->kind != MONOCLE_ATTRIBUTE_NUMBER)
    return;
  if (*text && !read_number (text, &number))
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID,
                               gtk_widget_has_css_class (GTK_WIDGET (entry), "error")
                                   ? GTK_ACCESSIBLE_INVALID_TRUE
                                   : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

static void
on_activate (MonocleAttributesPopover *self, GtkEditable *entry)
{
  if (take_text (self, entry))
    gtk_popover_popdown (GTK_POPOVER (self));
  else
    gtk_widget_error_bell (GTK_WIDGET (entry));
}

static void
on_leave (GtkEventController *focus, MonocleAttributesPopover *self)
{
  if (!self->is_left)
    take_text (self, GTK_EDITABLE (gtk_event_controller_get_widget (focus)));
}

/* @text: (nullable) */
static GtkWidget *
create_entry (MonocleAttributesPopover *self, const MonocleAttribute *attribute, const char *text)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_entry_set_max_length (GTK_ENTRY (entry), MONOCLE_ATTRIBUTES_MAX_CHARACTERS);
  if (attribute->kind == MONOCLE_ATTRIBUTE_NUMBER)
    gtk_entry_set_input_purpose (GTK_ENTRY (entry), GTK_INPUT_PURPOSE_NUMBER);
  gtk_editable_set_text (GTK_EDITABLE (entry), text ? text : "");
  g_signal_connect_object (entry, "activate", G_CALLBACK (on_activate), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (on_leave), self, 0);
  gtk_widget_add_controller (entry, focus);
  return entry;
}

/* --- Choices --- */

static void
on_selected (MonocleAttributesPopover *self, GParamSpec *pspec, GtkDropDown *choice)
{
  const MonocleAttribute *attribute = get_attribute (choice);
  const guint selected = gtk_drop_down_get_selected (choice);
  GtkStringObject *item = gtk_drop_down_get_selected_item (choice);

  say (self, attribute,
       selected > 0 && item ? g_variant_new_string (gtk_string_object_get_string (item)) : NULL);
}

/* What is said stays one of the choices, whatever the label has now. */
static GtkWidget *
create_choice (MonocleAttributesPopover *self, const MonocleAttribute *attribute, const char *text)
{
  GtkStringList *list = gtk_string_list_new (NULL);
  GtkWidget *choice;
  guint selected = 0;

  /* Translators: nothing is chosen */
  gtk_string_list_append (list, C_ ("choice", "–"));
  for (guint i = 0; attribute->choices[i]; i++)
    {
      gtk_string_list_append (list, attribute->choices[i]);
      if (g_strcmp0 (text, attribute->choices[i]) == 0)
        selected = i + 1;
    }
  if (text && selected == 0)
    {
      gtk_string_list_append (list, text);
      selected = g_list_model_get_n_items (G_LIST_MODEL (list)) - 1;
    }
  choice = gtk_drop_down_new (G_LIST_MODEL (list), NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), selected);
  g_signal_connect_object (choice, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  return choice;
}

/* --- All of them --- */

static void
add_field (MonocleAttributesPopover *self,
           const MonocleAttribute *attribute,
           GVariant *attributes,
           int row)
{
  g_autofree char *text = monocle_attributes_dup_text (attributes, attribute->name);
  GtkWidget *field = attribute->kind == MONOCLE_ATTRIBUTE_CHOICE
                         ? create_choice (self, attribute, text)
                         : create_entry (self, attribute, text);
  GtkWidget *name = gtk_label_new (attribute->name);

  g_object_set_data_full (G_OBJECT (field), ATTRIBUTE, monocle_attribute_copy (attribute),
                          (GDestroyNotify) monocle_attribute_free);
  if (GTK_IS_ENTRY (field))
    g_signal_connect (field, "changed", G_CALLBACK (on_text_changed), NULL);
  gtk_widget_set_hexpand (field, TRUE);
  gtk_widget_set_size_request (field, FIELD_WIDTH, -1);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 24);
  gtk_label_set_mnemonic_widget (GTK_LABEL (name), field);
  gtk_accessible_update_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  attribute->name, -1);
  gtk_grid_attach (GTK_GRID (self->grid), name, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (self->grid), field, 1, row, 1, 1);
}

/* A list of choices has its own Escape. */
static gboolean
on_early_key (GtkEventControllerKey *keys,
              guint keyval,
              guint keycode,
              GdkModifierType state,
              MonocleAttributesPopover *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  self->is_left
      = keyval == GDK_KEY_Escape && focus && gtk_widget_get_native (focus) == GTK_NATIVE (self);
  return GDK_EVENT_PROPAGATE;
}

static void
monocle_attributes_popover_class_init (MonocleAttributesPopoverClass *klass)
{
  signals[SAID] = g_signal_new ("said", MONOCLE_TYPE_ATTRIBUTES_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_VARIANT);
}

static void
monocle_attributes_popover_init (MonocleAttributesPopover *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 12);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 320);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->grid);
  gtk_popover_set_child (GTK_POPOVER (self), scrolled);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_early_key), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

MonocleAttributesPopover *
monocle_attributes_popover_popup (GtkWidget *parent,
                                  const GdkRectangle *at,
                                  MonocleLabelItem *label,
                                  GVariant *attributes)
{
  MonocleAttributesPopover *self;
  GPtrArray *all;

  g_return_val_if_fail (GTK_IS_WIDGET (parent), NULL);
  g_return_val_if_fail (at && MONOCLE_IS_LABEL_ITEM (label), NULL);

  all = monocle_label_item_get_attributes (label);
  self = g_object_new (MONOCLE_TYPE_ATTRIBUTES_POPOVER, NULL);
  for (guint i = 0; i < all->len; i++)
    add_field (self, all->pdata[i], attributes, (int) i);
  monocle_passing_popover_attach (GTK_POPOVER (self), parent);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), at);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (gtk_grid_get_child_at (GTK_GRID (self->grid), 1, 0));
  return self;
}
