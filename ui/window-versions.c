/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's actions that compare the work with another version of it, of another person or
 * another day, and merge the two: theirs lies beside the own one, and what was chosen of each is
 * one step.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "ui/versions-view.h"
#include "ui/window-private.h"

static void
forget (MonocleWindow *self)
{
  g_clear_object (&self->versions);
  g_clear_object (&self->other);
  g_clear_pointer (&self->other_name, g_free);
}

void
monocle_window_close_versions (MonocleWindow *self)
{
  if (!self->other)
    return;
  forget (self);
  monocle_canvas_show_other (self->canvas, NULL, NULL);
  monocle_side_panel_show_versions (self->side_panel, NULL, NULL);
  monocle_window_update_actions (self);
}

static void
compare (MonocleWindow *self)
{
  g_clear_object (&self->versions);
  self->versions
      = monocle_versions_new (monocle_document_get_regions (monocle_window_get_document (self)),
                              monocle_document_get_regions (self->other));
  monocle_side_panel_show_versions (self->side_panel, self->versions, self->other_name);
}

void
monocle_window_refresh_versions (MonocleWindow *self)
{
  if (self->other && monocle_window_get_document (self))
    compare (self);
}

/* (transfer full): a document of nobody's: nothing that is done to it is kept */
static MonocleDocument *
make_other (MonocleDocument *document, const MonocleWorkFile *work)
{
  MonocleDocument *other = monocle_document_new (monocle_document_get_file (document),
                                                 monocle_document_get_name (document),
                                                 monocle_document_get_image (document));
  g_autoptr (GArray) takes = monocle_work_file_list_takes (work, other);

  monocle_document_take (other, MONOCLE_VERB_OPEN, takes, NULL, NULL, 0, FALSE);
  return other;
}

void
monocle_window_compare_versions (MonocleWindow *self, const MonocleWorkFile *work, const char *name)
{
  MonocleDocument *document = monocle_window_get_document (self);

  /* Both are looked at upright: places are those of the upright picture. */
  if (monocle_document_get_rotation (document) > 0)
    {
      monocle_window_show_toast (self, _ ("Turn the picture upright to compare versions"));
      return;
    }
  forget (self);
  self->other = make_other (document, work);
  self->other_name = g_strdup (name);
  monocle_presentation_set_pinned (self->presentation, NULL);
  monocle_canvas_show_other (self->canvas, self->other, name);
  compare (self);
  monocle_window_show_panel (self, TRUE);
  monocle_window_update_actions (self);
}

static void
on_shown (MonocleWindow *self, MonocleVersionPair *pair)
{
  MonocleAnnotation *here = monocle_version_pair_get_here (pair);
  MonocleAnnotation *there = monocle_version_pair_get_there (pair);

  monocle_presentation_select (self->presentation, here);
  monocle_canvas_select_other (self->canvas, there);
  monocle_image_view_reveal (monocle_window_get_view (self),
                             monocle_annotation_get_bounds (here ? here : there));
}

static void
close_versions (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_window_close_versions (self);
}

static void
merge (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleDocument *document = monocle_window_get_document (self);
  g_autoptr (GArray) takes = self->versions ? monocle_versions_list_takes (self->versions) : NULL;
  g_autofree char *text = NULL;

  if (!takes)
    return;
  if (takes->len == 0)
    {
      monocle_window_show_toast (self, _ ("All stays as it is"));
      monocle_window_close_versions (self);
      return;
    }
  monocle_document_take (document, MONOCLE_VERB_MERGE_VERSIONS, takes, NULL, NULL,
                         monocle_document_get_rotation (document),
                         monocle_document_is_done (document));
  monocle_window_close_versions (self);
  text = g_strdup_printf (ngettext ("%u change taken", "%u changes taken", takes->len), takes->len);
  monocle_window_show_undo_toast (self, text);
}

/* --- Which one --- */

static void
on_file_chosen (GtkNativeDialog *dialog, int response, MonocleWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      monocle_window_read_version (self, file);
    }
  gtk_native_dialog_destroy (dialog);
}

static void
choose_version (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  GFile *picture = monocle_document_get_file (monocle_window_get_document (self));
  g_autoptr (GFile) folder = picture ? g_file_get_parent (picture) : NULL;
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Compare with Another Version"), GTK_WINDOW (self),
                                     GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Compare"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_filter_set_name (filter, _ ("Work of Pictures"));
  gtk_file_filter_add_pattern (filter, "*.json");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  if (folder)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self, 0);
  g_signal_connect (dialog, "response", G_CALLBACK (g_object_unref), NULL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
compare_with (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  g_autoptr (GFile) file = g_file_new_for_path (g_variant_get_string (parameter, NULL));

  monocle_window_read_version (self, file);
}

static const GActionEntry actions[] = {
  { .name = "choose-version", .activate = choose_version },
  { .name = "compare-with", .activate = compare_with, .parameter_type = "s" },
  { .name = "merge-versions", .activate = merge },
  { .name = "close-versions", .activate = close_versions },
};

void
monocle_window_add_version_actions (MonocleWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (monocle_side_panel_get_versions (self->side_panel), "shown",
                           G_CALLBACK (on_shown), self, G_CONNECT_SWAPPED);
}
