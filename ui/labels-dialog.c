/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/labels-dialog.h"

#include <glib/gi18n.h>

#include "app/base/trouble.h"
#include "app/document/rename.h"
#include "app/document/work-index.h"
#include "app/labels/label-file.h"
#include "app/labels/label-import.h"
#include "ui/dialogs.h"
#include "ui/error-dialog.h"
#include "ui/figures.h"
#include "ui/label-row.h"

struct _MonocleLabelsDialog
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  AdwEntryRow *entry;
  GtkListBox *list;

  MonocleLabelSet *set;
  GListModel *pictures;
  GHashTable *uses; /* how often names are used there */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (MonocleLabelsDialog, monocle_labels_dialog, ADW_TYPE_WINDOW)

static void
say (MonocleLabelsDialog *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* --- Names --- */

/* Why @name was not taken. */
static void
say_refused (MonocleLabelsDialog *self, const char *name)
{
  g_autofree char *clean = monocle_label_clean (name);
  g_autofree char *text = NULL;

  if (!clean)
    text = g_strdup_printf (_ ("A label has 1 to %u characters"), MONOCLE_LABEL_MAX_CHARACTERS);
  else if (monocle_label_set_find (self->set, clean))
    text = g_strdup_printf (_ ("“%s” is there already"), clean);
  else
    text = g_strdup_printf (_ ("There are no more than %u labels"), MONOCLE_LABEL_SET_MAX);
  say (self, text);
}

static void
on_add (MonocleLabelsDialog *self)
{
  const char *name = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  if (monocle_label_set_add (self->set, name))
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  else
    say_refused (self, name);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/* --- Where they are used --- */

/* As it was called. */
static void
on_renamed_back (MonocleLabelsDialog *self, MonocleLabelItem *label)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)); i++)
    if (monocle_label_row_get_label (MONOCLE_LABEL_ROW (row)) == label)
      monocle_label_row_reset (MONOCLE_LABEL_ROW (row));
}

static char *
describe_use (const MonocleNameUse *use)
{
  g_autofree char *things
      = g_strdup_printf (ngettext ("%u object", "%u objects", use->n_things), use->n_things);
  g_autofree char *pictures
      = g_strdup_printf (ngettext ("%u picture", "%u pictures", use->n_pictures), use->n_pictures);

  /* Translators: how many objects have a label, on how many pictures: "12 objects on 3 pictures" */
  return g_strdup_printf (_ ("%s on %s"), things, pictures);
}

static void
show_use (MonocleLabelsDialog *self, MonocleLabelRow *row)
{
  const char *name = monocle_label_item_get_name (monocle_label_row_get_label (row));
  const MonocleNameUse *use = g_hash_table_lookup (self->uses, name);
  g_autofree char *text = use ? describe_use (use) : NULL;

  monocle_label_row_set_use (row, text);
}

static void
count_uses (MonocleLabelsDialog *self)
{
  GtkListBoxRow *row;

  g_clear_pointer (&self->uses, g_hash_table_unref);
  self->uses = monocle_rename_count (self->pictures);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)); i++)
    show_use (self, MONOCLE_LABEL_ROW (row));
}

/* What a question about a name is about. */
typedef struct
{
  MonocleLabelsDialog *self;
  MonocleLabelItem *label;
  char *from, *to;
} Renaming;

static void
renaming_free (gpointer data, GClosure *closure)
{
  Renaming *renaming = data;

  g_object_unref (renaming->self);
  g_object_unref (renaming->label);
  g_free (renaming->from);
  g_free (renaming->to);
  g_free (renaming);
}

static void
on_renamed_everywhere (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleLabelsDialog) self = data;
  g_autoptr (GError) error = NULL;
  MonocleNameUse use;
  g_autofree char *where = NULL;
  g_autofree char *text = NULL;
  const gboolean is_good = monocle_rename_finish (result, &use, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  where = describe_use (&use);
  text = g_strdup_printf (_ ("Renamed: %s"), where);
  say (self, text);
  if (!is_good)
    monocle_error_dialog_show (GTK_WINDOW (self), NULL, MONOCLE_ATTEMPT_WRITE, error);
}

static void
on_rename_response (GtkWidget *alert, const char *response, gpointer data)
{
  Renaming *renaming = data;
  MonocleLabelsDialog *self = renaming->self;

  /* Closed meanwhile. */
  if (!self->set)
    return;
  if (!g_str_equal (response, "label") && !g_str_equal (response, "all"))
    on_renamed_back (self, renaming->label);
  else if (!monocle_label_set_rename (self->set, renaming->label, renaming->to))
    say_refused (self, renaming->to);
  else if (g_str_equal (response, "all"))
    monocle_rename_async (self->pictures, renaming->from,
                          monocle_label_item_get_name (renaming->label), self->cancellable,
                          on_renamed_everywhere, g_object_ref (self));
}

/* Its things keep the old name, or get the new one. */
static void
ask_where (MonocleLabelsDialog *self,
           MonocleLabelItem *label,
           const char *to,
           const MonocleNameUse *use)
{
  g_autofree char *where = describe_use (use);
  g_autofree char *heading
      = g_strdup_printf (_ ("Rename “%s” Everywhere?"), monocle_label_item_get_name (label));
  g_autofree char *body = g_strdup_printf (
      _ ("It is the name of %s. Each picture can be taken back with Undo."), where);
  GtkWidget *alert = monocle_dialogs_new_alert (heading, body, NULL);
  Renaming *renaming = g_new0 (Renaming, 1);

  renaming->self = g_object_ref (self);
  renaming->label = g_object_ref (label);
  renaming->from = g_strdup (monocle_label_item_get_name (label));
  renaming->to = g_strdup (to);
  monocle_dialogs_add_response (alert, "cancel", _ ("_Cancel"), FALSE);
  monocle_dialogs_add_response (alert, "label", _ ("Only the _Label"), FALSE);
  monocle_dialogs_add_response (alert, "all", _ ("_Rename All"), TRUE);
  g_signal_connect_data (alert, "response", G_CALLBACK (on_rename_response), renaming,
                         renaming_free, 0);
  monocle_dialogs_present (alert, GTK_WINDOW (self));
}

static void
on_join_response (GtkWidget *alert, const char *response, gpointer data)
{
  Renaming *renaming = data;
  MonocleLabelsDialog *self = renaming->self;
  MonocleLabelItem *into = self->set ? monocle_label_set_find (self->set, renaming->to) : NULL;

  if (!self->set)
    return;
  on_renamed_back (self, renaming->label);
  /* Either may be gone, or another one, meanwhile. */
  if (!g_str_equal (response, "merge") || !into || into == renaming->label
      || monocle_label_set_find (self->set, renaming->from) != renaming->label)
    return;
  monocle_label_set_join (self->set, renaming->label, into);
  monocle_rename_async (self->pictures, renaming->from, renaming->to, self->cancellable,
                        on_renamed_everywhere, g_object_ref (self));
}

/* Two labels become one, in the set and on the pictures. */
static void
ask_to_join (MonocleLabelsDialog *self, MonocleLabelItem *label, MonocleLabelItem *into)
{
  const char *from = monocle_label_item_get_name (label);
  const char *to = monocle_label_item_get_name (into);
  const MonocleNameUse nowhere = { 0 };
  const MonocleNameUse *use = g_hash_table_lookup (self->uses, from);
  const MonocleNameUse *use_into = g_hash_table_lookup (self->uses, to);
  g_autofree char *where = describe_use (use ? use : &nowhere);
  g_autofree char *where_into = describe_use (use_into ? use_into : &nowhere);
  g_autofree char *heading = g_strdup_printf (_ ("Merge “%s” into “%s”?"), from, to);
  /* Translators: names and how often each is there: "12 objects on 3 pictures" */
  g_autofree char *body = g_strdup_printf (
      _ ("“%s” is the name of %s, “%s” of %s. All of them are called “%s” then, and can be asked "
         "about all that either could. Each picture can be taken back with Undo, the label "
         "cannot."),
      from, where, to, where_into, to);
  GtkWidget *alert = monocle_dialogs_new_alert (heading, body, NULL);
  Renaming *renaming = g_new0 (Renaming, 1);

  renaming->self = g_object_ref (self);
  renaming->label = g_object_ref (label);
  renaming->from = g_strdup (from);
  renaming->to = g_strdup (to);
  monocle_dialogs_add_response (alert, "cancel", _ ("_Cancel"), FALSE);
  monocle_dialogs_add_response (alert, "merge", _ ("_Merge"), TRUE);
  g_signal_connect_data (alert, "response", G_CALLBACK (on_join_response), renaming, renaming_free,
                         0);
  monocle_dialogs_present (alert, GTK_WINDOW (self));
}

static void
on_renamed (MonocleLabelRow *row, const char *name, MonocleLabelsDialog *self)
{
  MonocleLabelItem *label = monocle_label_row_get_label (row);
  const MonocleNameUse *use = g_hash_table_lookup (self->uses, monocle_label_item_get_name (label));
  g_autofree char *clean = monocle_label_clean (name);
  MonocleLabelItem *there = clean ? monocle_label_set_find (self->set, clean) : NULL;

  if (there && there != label)
    ask_to_join (self, label, there);
  else if (use && clean && !there)
    ask_where (self, label, clean, use);
  else if (!monocle_label_set_rename (self->set, label, name))
    {
      say_refused (self, name);
      monocle_label_row_reset (row);
    }
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  MonocleLabelsDialog *self = data;
  GtkWidget *row = monocle_label_row_new (self->set, item);

  g_signal_connect_object (row, "renamed", G_CALLBACK (on_renamed), self, 0);
  show_use (self, MONOCLE_LABEL_ROW (row));
  return row;
}

static void
update (MonocleLabelsDialog *self)
{
  const gboolean is_some = g_list_model_get_n_items (G_LIST_MODEL (self->set)) > 0;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  gtk_widget_set_visible (GTK_WIDGET (self->list), is_some);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "labels.export", is_some);
  gtk_widget_action_set_enabled (
      GTK_WIDGET (self), "labels.find",
      is_some && g_action_group_get_action_enabled (G_ACTION_GROUP (parent), "find-labels"));
}

/* --- Files --- */

void
monocle_labels_dialog_import (MonocleLabelsDialog *self, GFile *file)
{
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n;

  g_return_if_fail (MONOCLE_IS_LABELS_DIALOG (self));
  g_return_if_fail (G_IS_FILE (file));

  path = g_file_get_path (file);
  if (path)
    labels = monocle_label_import_load (path, &error);
  else
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no local file");
  if (!labels)
    {
      monocle_error_dialog_show (GTK_WINDOW (self), NULL, MONOCLE_ATTEMPT_IMPORT, error);
      return;
    }
  n = monocle_label_set_merge (self->set, labels);
  text = g_strdup_printf (ngettext ("%u label came", "%u labels came", n), n);
  say (self, text);
}

void
monocle_labels_dialog_export (MonocleLabelsDialog *self, GFile *file)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (MONOCLE_IS_LABELS_DIALOG (self));
  g_return_if_fail (G_IS_FILE (file));

  path = g_file_get_path (file);
  if (!path)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no local file");
  else if (monocle_label_file_write (self->set, path, NULL, &error))
    return;
  monocle_error_dialog_show (GTK_WINDOW (self), NULL, MONOCLE_ATTEMPT_WRITE, error);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, MonocleLabelsDialog *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;
  const GtkFileChooserAction action = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (dialog));

  gtk_native_dialog_destroy (dialog);
  if (!file)
    return;
  if (action == GTK_FILE_CHOOSER_ACTION_SAVE)
    monocle_labels_dialog_export (self, file);
  else
    monocle_labels_dialog_import (self, file);
}

static void
choose (MonocleLabelsDialog *self, GtkFileChooserAction action)
{
  const gboolean saves = action == GTK_FILE_CHOOSER_ACTION_SAVE;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      saves ? _ ("Export Labels") : _ ("Import Labels"), GTK_WINDOW (self), action,
      saves ? _ ("_Export") : _ ("_Import"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  if (saves)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "labels.json");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
import_labels (GtkWidget *widget, const char *action, GVariant *parameter)
{
  choose (MONOCLE_LABELS_DIALOG (widget), GTK_FILE_CHOOSER_ACTION_OPEN);
}

static void
export_labels (GtkWidget *widget, const char *action, GVariant *parameter)
{
  choose (MONOCLE_LABELS_DIALOG (widget), GTK_FILE_CHOOSER_ACTION_SAVE);
}

static void
find_labels (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (widget));

  gtk_widget_activate_action (GTK_WIDGET (parent), "win.find-labels", NULL);
  gtk_window_close (GTK_WINDOW (widget));
}

/* --- The window --- */

/* Rows that take a text keep Escape to themselves. */
static gboolean
on_early_key_pressed (GtkEventControllerKey *keys,
                      guint keyval,
                      guint keycode,
                      GdkModifierType state,
                      MonocleLabelsDialog *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  GtkWidget *row;

  if (keyval != GDK_KEY_Escape || (focus && gtk_widget_get_native (focus) != GTK_NATIVE (self)))
    return GDK_EVENT_PROPAGATE;
  row = focus ? gtk_widget_get_ancestor (focus, MONOCLE_TYPE_LABEL_ROW) : NULL;
  if (!row || !monocle_label_row_reset (MONOCLE_LABEL_ROW (row)))
    gtk_window_close (GTK_WINDOW (self));
  return GDK_EVENT_STOP;
}

static void
monocle_labels_dialog_dispose (GObject *object)
{
  MonocleLabelsDialog *self = MONOCLE_LABELS_DIALOG (object);

  if (self->list)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  self->list = NULL;
  g_clear_object (&self->set);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->pictures);
  g_clear_pointer (&self->uses, g_hash_table_unref);

  G_OBJECT_CLASS (monocle_labels_dialog_parent_class)->dispose (object);
}

static void
monocle_labels_dialog_class_init (MonocleLabelsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_labels_dialog_dispose;

  gtk_widget_class_install_action (widget_class, "labels.import", NULL, import_labels);
  gtk_widget_class_install_action (widget_class, "labels.export", NULL, export_labels);
  gtk_widget_class_install_action (widget_class, "labels.find", NULL, find_labels);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/labels-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleLabelsDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, MonocleLabelsDialog, title);
  gtk_widget_class_bind_template_child (widget_class, MonocleLabelsDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, MonocleLabelsDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_early_key_pressed);
}

static void
monocle_labels_dialog_init (MonocleLabelsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

GtkWidget *
monocle_labels_dialog_new (GtkWindow *parent,
                           MonocleLabelSet *set,
                           GFile *folder,
                           GListModel *pictures)
{
  MonocleLabelsDialog *self;
  g_autofree char *path = folder ? g_file_get_path (folder) : NULL;
  g_autofree char *subtitle = path ? monocle_figures_dup_folder (path)
                                   : g_strdup (_ ("Of pictures that are in no folder"));

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (MONOCLE_IS_LABEL_SET (set), NULL);

  self = g_object_new (MONOCLE_TYPE_LABELS_DIALOG, "transient-for", parent, NULL);
  self->set = g_object_ref (set);
  self->pictures = g_object_ref (pictures);
  self->uses = monocle_rename_count (pictures);
  g_signal_connect_object (monocle_work_index_get_default (), "changed", G_CALLBACK (count_uses),
                           self, G_CONNECT_SWAPPED);
  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (set), create_row, self, NULL);
  g_signal_connect_object (set, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  return GTK_WIDGET (self);
}
