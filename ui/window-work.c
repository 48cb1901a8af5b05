/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Work of the picture that lies in files: opened by itself, dropped, or beside the picture. What a
 * person opens is there at once where nothing else is; all else is offered in a bar.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "ui/dialogs.h"
#include "ui/error-dialog.h"
#include "ui/window-private.h"

/* --- What is offered --- */

static void
withdraw (MonocleWindow *self)
{
  g_clear_pointer (&self->offered, monocle_work_file_free);
  g_clear_object (&self->offered_file);
  g_clear_pointer (&self->offered_digest, g_free);
  monocle_work_bar_offer (self->work_bar, NULL, FALSE);
}

/* @work: (transfer full); @digest: (transfer full): of the bytes of @file */
static void
hold (MonocleWindow *self, MonocleWorkFile *work, GFile *file, char *digest)
{
  withdraw (self);
  self->offered = work;
  self->offered_file = g_object_ref (file);
  self->offered_digest = digest;
}

static void
offer (MonocleWindow *self)
{
  MonocleDocument *document = monocle_window_get_document (self);
  g_autofree char *base = g_file_get_basename (self->offered_file);
  g_autofree char *name = g_filename_display_name (base);

  monocle_work_bar_offer (self->work_bar, name, monocle_document_has_work (document));
}

/* The document becomes what is offered, in one step; from now on it is saved there. */
static void
take (MonocleWindow *self)
{
  MonocleDocument *document = monocle_window_get_document (self);
  g_autoptr (GArray) takes = monocle_work_file_list_takes (self->offered, document);
  g_autofree char *path = g_file_get_path (self->offered_file);

  monocle_document_take (document, MONOCLE_VERB_OPEN, takes, self->offered->queries,
                         self->offered->talk->len > 0 ? self->offered->talk : NULL,
                         self->offered->rotation, self->offered->is_done);
  if (path)
    monocle_document_set_saved (document, path, self->offered_digest);
  withdraw (self);
  monocle_window_show_undo_toast (self, _ ("Work opened"));
}

static void
open_offered (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  if (self->offered && monocle_window_get_document (self))
    take (self);
}

static void
compare_offered (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autofree char *base = self->offered ? g_file_get_basename (self->offered_file) : NULL;
  g_autofree char *name = base ? g_filename_display_name (base) : NULL;

  if (name && monocle_window_get_document (self))
    monocle_window_compare_versions (self, self->offered, name);
}

/* --- As it comes --- */

static gboolean
says_the_same (const MonocleWorkFile *work, MonocleDocument *document)
{
  g_autoptr (MonocleWorkFile) here = monocle_work_file_new_of (document);

  return monocle_work_file_equal (work, here);
}

/* The person opened it, and its picture is shown. */
static void
receive (MonocleWindow *self)
{
  MonocleDocument *document = monocle_window_get_document (self);
  g_autofree char *path = NULL;

  if (!says_the_same (self->offered, document))
    {
      if (monocle_document_has_work (document))
        offer (self);
      else
        take (self);
      return;
    }
  path = g_file_get_path (self->offered_file);
  if (path)
    monocle_document_set_saved (document, path, self->offered_digest);
  withdraw (self);
  monocle_window_show_toast (self, _ ("The same work is here already"));
}

/* @text: (transfer full) */
static void
tell (MonocleWindow *self, const char *title, char *text)
{
  g_autofree char *owned = text;
  GtkWidget *dialog = monocle_dialogs_new_alert (title, owned, NULL);

  monocle_dialogs_add_response (dialog, "close", _ ("_Close"), TRUE);
  monocle_dialogs_present (dialog, GTK_WINDOW (self));
}

static void
tell_other (MonocleWindow *self, const char *name)
{
  tell (
      self, _ ("This Is Work of Another Picture"),
      /* Translators: %s is the name of a file. */
      g_strdup_printf (_ ("%s is not the picture that it was made of: it has other bytes."), name));
}

/* (transfer full) (nullable): the picture of @work, which lies beside its file */
static GFile *
find_picture (const MonocleWorkFile *work, GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *stem
      = g_strndup (base, strlen (base) - MIN (strlen (base), strlen (MONOCLE_WORK_FILE_ENDING)));
  const char *const names[] = { work->name, stem };

  for (guint i = 0; folder && i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GFile) picture = NULL;

      /* What a file says leads into no other folder. */
      if (!names[i] || !*names[i] || strchr (names[i], '/') || g_str_equal (names[i], base))
        continue;
      picture = g_file_get_child (folder, names[i]);
      if (g_file_query_file_type (picture, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_REGULAR)
        return g_steal_pointer (&picture);
    }
  return NULL;
}

static gboolean
is_shown (MonocleWindow *self, GFile *picture)
{
  MonocleDocument *document = monocle_window_get_document (self);
  GFile *file = document ? monocle_document_get_file (document) : NULL;

  return file && g_file_equal (file, picture);
}

/* @work: (transfer full); @digest: (transfer full) */
static void
open_picture (MonocleWindow *self, MonocleWorkFile *work, GFile *file, char *digest)
{
  g_autoptr (GFile) picture = find_picture (work, file);
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  hold (self, work, file, digest);
  if (picture && !is_shown (self, picture))
    {
      g_set_object (&self->awaited_picture, picture);
      g_ptr_array_add (files, picture);
      monocle_image_loader_open_files (self->loader, files);
      return;
    }
  if (picture)
    tell_other (self, monocle_document_get_name (monocle_window_get_document (self)));
  else
    tell (self, _ ("The Picture of This Work Is Not Here"),
          /* Translators: %s is the name of a file. */
          g_strdup_printf (_ ("It is called %s. Open it first, and then its work."),
                           work->name ? work->name : _ ("something else")));
  withdraw (self);
}

/* (transfer full) (nullable) */
static MonocleWorkFile *
finish_reading (GFile *file, GAsyncResult *result, char **digest, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base);
  gsize size;

  if (!g_file_load_contents_finish (file, result, &text, &size, NULL, error))
    return NULL;
  *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, size);
  return monocle_work_file_parse (text, size, name, error);
}

static gboolean
can_use (MonocleWindow *self)
{
  return self->loader && gtk_widget_get_realized (GTK_WIDGET (self));
}

static void
on_work_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL;
  g_autoptr (MonocleWorkFile) work = finish_reading (G_FILE (source), result, &digest, &error);
  MonocleDocument *document = can_use (self) ? monocle_window_get_document (self) : NULL;

  if (!can_use (self))
    return;
  if (!work)
    monocle_error_dialog_show (GTK_WINDOW (self), _ ("The Work Could Not Be Opened"),
                               MONOCLE_ATTEMPT_SHOW, error);
  else if (document && monocle_work_file_is_of (work, document))
    {
      hold (self, g_steal_pointer (&work), G_FILE (source), g_steal_pointer (&digest));
      receive (self);
    }
  else
    open_picture (self, g_steal_pointer (&work), G_FILE (source), g_steal_pointer (&digest));
}

static void
on_version_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *base = g_file_get_basename (G_FILE (source));
  g_autofree char *name = g_filename_display_name (base);
  g_autoptr (MonocleWorkFile) work = finish_reading (G_FILE (source), result, &digest, &error);
  MonocleDocument *document = can_use (self) ? monocle_window_get_document (self) : NULL;

  if (!document || !monocle_document_get_image (document))
    return;
  if (!work)
    monocle_error_dialog_show (GTK_WINDOW (self), _ ("The Work Could Not Be Opened"),
                               MONOCLE_ATTEMPT_SHOW, error);
  else if (monocle_work_file_is_of (work, document))
    monocle_window_compare_versions (self, work, name);
  else
    tell_other (self, monocle_document_get_name (document));
}

void
monocle_window_read_version (MonocleWindow *self, GFile *file)
{
  g_file_load_contents_async (file, NULL, on_version_read, g_object_ref (self));
}

static void
on_work_wanted (MonocleImageLoader *loader, GFile *file, MonocleWindow *self)
{
  g_file_load_contents_async (file, NULL, on_work_read, g_object_ref (self));
}

/* --- Beside the picture --- */

#define DISMISSED "monocle-dismissed-work"

/* (transfer full) (nullable) */
static GFile *
find_beside (MonocleDocument *document)
{
  GFile *picture = monocle_document_get_file (document);
  g_autoptr (GFile) folder = picture ? g_file_get_parent (picture) : NULL;
  g_autofree char *base = picture ? g_file_get_basename (picture) : NULL;
  g_autofree char *whole = base ? g_strconcat (base, MONOCLE_WORK_FILE_ENDING, NULL) : NULL;
  g_autofree char *stem = base ? monocle_work_file_dup_name (base) : NULL;
  const char *const names[] = { whole, stem };

  for (guint i = 0; folder && i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GFile) file = g_file_get_child (folder, names[i]);

      if (g_file_is_native (file) && g_file_query_exists (file, NULL))
        return g_steal_pointer (&file);
    }
  return NULL;
}

static gboolean
is_known (MonocleDocument *document, const char *digest)
{
  return g_strcmp0 (digest, monocle_document_get_saved_digest (document)) == 0
         || g_strcmp0 (digest, g_object_get_data (G_OBJECT (document), DISMISSED)) == 0;
}

typedef struct
{
  MonocleWindow *window;
  MonocleDocument *document;
} Look;

static void
on_beside_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Look *look = data;
  g_autoptr (MonocleWindow) self = look->window;
  g_autoptr (MonocleDocument) document = look->document;
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL;
  g_autoptr (MonocleWorkFile) work = finish_reading (G_FILE (source), result, &digest, &error);

  /* Nobody asked for it: one that cannot be read says so when it is opened. */
  if (!work || !can_use (self) || document != monocle_window_get_document (self) || self->offered
      || !monocle_work_file_is_of (work, document) || is_known (document, digest)
      || says_the_same (work, document))
    return;
  hold (self, g_steal_pointer (&work), G_FILE (source), g_steal_pointer (&digest));
  offer (self);
}

static void
look_beside (MonocleWindow *self, MonocleDocument *document)
{
  g_autoptr (GFile) file = find_beside (document);
  Look *look;

  if (!file)
    return;
  look = g_new (Look, 1);
  look->window = g_object_ref (self);
  look->document = g_object_ref (document);
  g_file_load_contents_async (file, NULL, on_beside_read, look);
}

static void
on_bar_closed (MonocleWindow *self)
{
  MonocleDocument *document = monocle_window_get_document (self);

  if (document && self->offered_digest)
    g_object_set_data_full (G_OBJECT (document), DISMISSED, g_strdup (self->offered_digest),
                            g_free);
  withdraw (self);
}

void
monocle_window_look_for_work (MonocleWindow *self)
{
  MonocleDocument *document = monocle_window_get_document (self);
  g_autoptr (GFile) awaited = NULL;

  if (self->awaited_picture && !document && monocle_image_loader_is_loading (self->loader))
    return;
  awaited = g_steal_pointer (&self->awaited_picture);
  if (document && awaited && self->offered && is_shown (self, awaited))
    {
      if (monocle_work_file_is_of (self->offered, document))
        {
          receive (self);
          return;
        }
      tell_other (self, monocle_document_get_name (document));
    }
  withdraw (self);
  if (document)
    look_beside (self, document);
}

void
monocle_window_forget_work (MonocleWindow *self)
{
  g_clear_object (&self->versions);
  g_clear_object (&self->other);
  g_clear_pointer (&self->other_name, g_free);
  g_clear_pointer (&self->offered, monocle_work_file_free);
  g_clear_object (&self->offered_file);
  g_clear_pointer (&self->offered_digest, g_free);
  g_clear_object (&self->awaited_picture);
}

static const GActionEntry actions[] = {
  { .name = "open-offered", .activate = open_offered },
  { .name = "compare-offered", .activate = compare_offered },
};

void
monocle_window_add_work_actions (MonocleWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (self->loader, "work", G_CALLBACK (on_work_wanted), self, 0);
  g_signal_connect_object (self->work_bar, "closed", G_CALLBACK (on_bar_closed), self,
                           G_CONNECT_SWAPPED);
}
