/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models that the catalogue does not know: by the name of a repository, a folder, a file or the two
 * of llama.cpp, a drop.
 * What is on the disk is looked at first, and what there is of it said.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/models-page-private.h"

/* --- By repository --- */

static gboolean
is_repository (const char *name)
{
  const char *at = strchr (name, '@');
  g_autofree char *repository = at ? g_strndup (name, (gsize) (at - name)) : g_strdup (name);

  return monocle_manifest_is_repository (repository)
         && (!at || monocle_manifest_is_revision (at + 1));
}

static void
on_repository_applied (MonocleModelsPage *self)
{
  g_autofree char *name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->repository)));
  g_autoptr (GError) error = NULL;

  g_strstrip (name);
  if (!*name)
    return;
  if (!is_repository (name))
    {
      g_autofree char *text = g_strdup_printf (
          _ ("“%s” is no repository: those are written OWNER/NAME or OWNER/NAME@REVISION."), name);

      monocle_dialogs_add_toast (GTK_WIDGET (self), text);
    }
  else if (monocle_model_jobs_download (self->jobs, name, &error))
    gtk_editable_set_text (GTK_EDITABLE (self->repository), "");
  else
    monocle_models_page_show_error (self, error);
}

/* --- What there is of it --- */

static char *
join_names (const GPtrArray *names)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *name = g_filename_display_name (names->pdata[i]);

      g_string_append_printf (text, "%s%s", i ? ", " : "", name);
    }
  return g_string_free (text, FALSE);
}

static void
add_line (GtkWidget *box, const char *heading, const char *text)
{
  g_autoptr (PangoAttrList) attributes = NULL;
  g_autofree char *markup = NULL;
  GtkWidget *label;

  if (!text || !*text)
    return;
  label = gtk_label_new (NULL);
  markup = g_markup_printf_escaped ("<b>%s</b> %s", heading, text);
  attributes = pango_attr_list_new ();
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 50);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_focusable (label, FALSE);
  gtk_box_append (GTK_BOX (box), label);
}

/* What is missing, what is there, what nobody reads. */
static GtkWidget *
make_report (const MonocleImport *import)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  g_autofree char *files = join_names (import->files);
  g_autofree char *unknown = join_names (import->unknown);

  add_line (box, _ ("Missing:"), import->missing);
  add_line (box, _ ("Wrong:"), import->problem);
  add_line (box, _ ("There:"), files);
  add_line (box, _ ("Unknown, and left behind:"), unknown);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 240);
  return scroller;
}

static void choose_other (MonocleModelsPage *self, const MonocleImport *import);

static void
on_import_response (GtkWidget *dialog, const char *response, MonocleModelsPage *self)
{
  MonocleImport *import = g_object_steal_data (G_OBJECT (dialog), "import");

  if (g_str_equal (response, "copy") || g_str_equal (response, "reference"))
    monocle_model_jobs_import (self->jobs, import,
                               g_str_equal (response, "copy") ? MONOCLE_IMPORT_COPY
                                                              : MONOCLE_IMPORT_REFERENCE);
  else
    {
      if (g_str_equal (response, "other"))
        choose_other (self, import);
      monocle_import_free (import);
    }
}

/* @import: (transfer full) */
static void
report (MonocleModelsPage *self, MonocleImport *import)
{
  gboolean is_whole = !import->missing && !import->problem;
  g_autofree char *size = g_format_size (import->size_bytes);
  g_autofree char *heading = is_whole ? g_strdup_printf (_ ("Import “%s”?"), import->id)
                                      : g_strdup_printf (_ ("“%s” Cannot Be Imported"), import->id);
  g_autofree char *body
      = is_whole
            /* Translators: size on the disk */
            ? g_strdup_printf (_ ("A copy takes %s and stays when the folder goes. Or the folder "
                                  "is kept where it is, and only known by its name."),
                               size)
            : g_strdup (import->lacks_other
                            ? _ ("A GGUF file of a language model has another beside it that sees "
                                 "for it. If that lies elsewhere, choose it.")
                        : import->missing ? _ ("It is no whole model: something is missing.")
                                          : _ ("All its files are there, but they do not go "
                                               "together."));
  GtkWidget *dialog = monocle_dialogs_new_alert (heading, body, make_report (import));

  g_object_set_data_full (G_OBJECT (dialog), "import", import,
                          (GDestroyNotify) monocle_import_free);
  if (is_whole)
    {
      monocle_dialogs_add_response (dialog, "cancel", _ ("_Cancel"), FALSE);
      monocle_dialogs_add_response (dialog, "reference", _ ("_Keep in Place"), FALSE);
      monocle_dialogs_add_response (dialog, "copy", _ ("C_opy"), FALSE);
    }
  else
    {
      monocle_dialogs_add_response (dialog, "close", _ ("_Close"), TRUE);
      if (import->lacks_other)
        monocle_dialogs_add_response (dialog, "other",
                                      import->sees ? _ ("Choose the _Language Model…")
                                                   : _ ("Choose the File That _Sees…"),
                                      FALSE);
    }
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_import_response), self, 0);
  monocle_dialogs_present (dialog, monocle_models_page_get_window (self));
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  MonocleModelsPage *self = data;
  g_autoptr (GError) error = NULL;
  MonocleImport *import = monocle_import_look_finish (result, &error);

  /* Cancelled: the page is gone. */
  if (import)
    report (self, import);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    monocle_models_page_show_error (self, error);
}

/* --- Folder, file, drop --- */

/* @other: (nullable): the other of two GGUF files */
static void
look_at (MonocleModelsPage *self, GFile *file, const char *other)
{
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (path)
    monocle_import_look_async (path, other, self->cancellable, on_looked, self);
  else
    monocle_dialogs_add_toast (GTK_WIDGET (self),
                               _ ("Only what is on this computer can be imported."));
}

static void
on_chosen (GtkNativeDialog *dialog, int response, MonocleModelsPage *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;

  gtk_native_dialog_destroy (dialog);
  if (file)
    look_at (self, file, g_object_get_data (G_OBJECT (dialog), "other"));
}

static void
choose (MonocleModelsPage *self, GtkFileChooserAction action, const char *title, const char *other)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      title, monocle_models_page_get_window (self), action, _ ("_Choose"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_object_set_data_full (G_OBJECT (dialog), "other", g_strdup (other), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  g_signal_connect (dialog, "response", G_CALLBACK (g_object_unref), NULL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
choose_other (MonocleModelsPage *self, const MonocleImport *import)
{
  choose (self, GTK_FILE_CHOOSER_ACTION_OPEN,
          import->sees ? _ ("Choose the GGUF File of the Language Model")
                       : _ ("Choose the GGUF File That Sees for It"),
          import->path);
}

static void
on_folder_clicked (MonocleModelsPage *self)
{
  choose (self, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("Choose a Folder with a Model"), NULL);
}

static void
on_file_clicked (MonocleModelsPage *self)
{
  choose (self, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Choose a File of a Model"), NULL);
}

static gboolean
is_gguf (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  return name && g_str_has_suffix (name, ".gguf");
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, MonocleModelsPage *self)
{
  g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));
  g_autofree char *other = NULL;

  if (!files)
    return FALSE;
  if (files->next && is_gguf (files->data) && is_gguf (files->next->data))
    other = g_file_get_path (files->next->data);
  look_at (self, files->data, other);
  return TRUE;
}

static void
import_path (GtkWidget *widget, const char *action, GVariant *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (g_variant_get_string (path, NULL));

  look_at (MONOCLE_MODELS_PAGE (widget), file, NULL);
}

void
monocle_models_page_class_bind_add (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, on_repository_applied);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_file_clicked);
  gtk_widget_class_install_action (widget_class, "models.import", "s", import_path);
}

void
monocle_models_page_init_add (MonocleModelsPage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
