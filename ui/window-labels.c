/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's actions with labels: those of the folder that the picture is in, given by keys, kept
 * together, and asked for.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/labels/label-home.h"
#include "ui/attributes-popover.h"
#include "ui/labels-dialog.h"
#include "ui/window-private.h"

/* --- Whose labels --- */

/* (transfer full) (nullable) */
static GFile *
find_folder (MonocleWindow *self)
{
  MonocleDocument *document = monocle_window_get_document (self);
  GFile *file = document ? monocle_document_get_file (document) : NULL;

  return file ? g_file_get_parent (file) : NULL;
}

static void
on_labels_changed (MonocleWindow *self)
{
  MonocleDocument *document = monocle_window_get_document (self);

  if (document)
    monocle_document_recolour (document);
  if (!monocle_label_set_find (self->labels,
                               monocle_presentation_get_next_label (self->presentation)))
    monocle_presentation_set_next_label (self->presentation, "");
  monocle_window_update_actions (self);
}

static void
on_trouble (MonocleWindow *self)
{
  if (monocle_label_set_get_trouble (self->labels))
    monocle_window_show_toast (self, _ ("The labels of this folder cannot be kept"));
}

void
monocle_window_follow_labels (MonocleWindow *self)
{
  g_autoptr (GFile) folder = find_folder (self);
  g_autoptr (MonocleLabelSet) labels = monocle_label_home_open (folder);

  if (labels == self->labels)
    return;
  if (self->labels)
    g_signal_handlers_disconnect_by_data (self->labels, self);
  g_set_object (&self->labels, labels);
  g_signal_connect_object (labels, "changed", G_CALLBACK (on_labels_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (labels, "notify::trouble", G_CALLBACK (on_trouble), self,
                           G_CONNECT_SWAPPED);
  on_trouble (self);
  on_labels_changed (self);
}

static void
show_labels (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autoptr (GFile) folder = find_folder (self);

  gtk_window_present (GTK_WINDOW (monocle_labels_dialog_new (
      GTK_WINDOW (self), self->labels, folder, monocle_image_loader_get_folder (self->loader))));
}

/* --- Given --- */

void
monocle_window_give_label (MonocleWindow *self, const char *name)
{
  MonocleDocument *document = monocle_window_get_document (self);
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);

  if (g_settings_get_boolean (self->settings, "name-drawn"))
    monocle_presentation_set_next_label (self->presentation, name);
  if (regions->len > 0)
    monocle_document_set_label (document, regions, name);
  if (objects->len > 0 && query && *name)
    {
      const guint position = monocle_window_find_selected (self);

      monocle_document_keep_as (document, query, objects, name);
      monocle_window_select_at (self, position);
    }
}

/* By its digit. */
static void
give_label (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  const char *digit = g_variant_get_string (parameter, NULL);
  MonocleLabelItem *label
      = g_ascii_isdigit (*digit) && *digit > '0'
            ? monocle_label_set_find_digit (self->labels, (guint) g_ascii_digit_value (*digit))
            : NULL;
  g_autofree char *text = NULL;

  if (label)
    {
      monocle_window_give_label (self, monocle_label_item_get_name (label));
      return;
    }
  text = g_strdup_printf (_ ("No label has the key %s"), digit);
  monocle_window_show_toast_with (self, text, _ ("_Labels"), "win.labels", NULL);
}

void
monocle_window_set_label_keys (GtkApplication *application)
{
  for (char digit[] = "1"; *digit <= '9'; ++*digit)
    {
      g_autofree char *action = g_strconcat ("win.label::", digit, NULL);
      g_autofree char *key = g_strconcat ("<Control><Alt>", digit, NULL);
      g_autofree char *pad = g_strconcat ("<Control><Alt>KP_", digit, NULL);

      gtk_application_set_accels_for_action (application, action,
                                             (const char *[]){ key, pad, NULL });
    }
}

/* --- What is said of things --- */

/* (transfer none) (nullable): the label of the first of @regions, if something can be said of it */
static MonocleLabelItem *
find_said_label (MonocleWindow *self, GPtrArray *regions)
{
  MonocleLabelItem *label
      = self->labels && regions->len > 0
            ? monocle_label_set_find (self->labels,
                                      monocle_annotation_get_label (regions->pdata[0]))
            : NULL;

  return label && monocle_label_item_get_attributes (label)->len > 0 ? label : NULL;
}

/* All that are selected and have its label. */
static void
on_said (MonocleWindow *self, const char *name, GVariant *value)
{
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  g_autoptr (GPtrArray) alike = g_ptr_array_new ();

  for (guint i = 0; i < regions->len; i++)
    if (g_str_equal (monocle_annotation_get_label (regions->pdata[i]),
                     monocle_annotation_get_label (regions->pdata[0])))
      g_ptr_array_add (alike, regions->pdata[i]);
  if (monocle_window_get_document (self))
    monocle_document_set_attribute (monocle_window_get_document (self), alike, name, value);
}

static void
ask_attributes (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  MonocleLabelItem *label = find_said_label (self, regions);
  GdkRectangle at;

  if (!label)
    return;
  at = monocle_window_find_place (self, regions->pdata[0]);
  g_signal_connect_object (
      monocle_attributes_popover_popup (GTK_WIDGET (monocle_window_get_view (self)), &at, label,
                                        monocle_annotation_get_attributes (regions->pdata[0])),
      "said", G_CALLBACK (on_said), self, G_CONNECT_SWAPPED);
}

void
monocle_window_add_label_actions (MonocleWindow *self)
{
  static const GActionEntry actions[] = {
    { .name = "labels", .activate = show_labels },
    { .name = "attributes", .activate = ask_attributes },
    { .name = "label", .activate = give_label, .parameter_type = "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}

void
monocle_window_enable_labels (MonocleWindow *self,
                              gboolean has_picture,
                              GPtrArray *regions,
                              gboolean has_selected)
{
  monocle_window_enable (self, "attributes", has_picture && find_said_label (self, regions));
  monocle_window_enable (self, "labels", has_picture);
  monocle_window_enable (self, "label", has_picture && has_selected);
  monocle_window_enable (self, "find-labels",
                         has_picture && self->labels
                             && g_list_model_get_n_items (G_LIST_MODEL (self->labels)) > 0);
}
