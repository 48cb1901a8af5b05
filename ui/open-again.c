/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/open-again.h"

#include <glib/gstdio.h>

#include "app/document/work.h"
#include "ui/window.h"

#define MAX_PICTURES 16
#define MAX_BYTES    (64 * 1024)

/* What is in the file. */
static char *noted;

static char *
dup_path (void)
{
  g_autofree char *folder = monocle_work_dup_folder ();

  return g_build_filename (folder, "open", NULL);
}

static char *
list_open (GtkApplication *application)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (GList *item = gtk_application_get_windows (application); item; item = item->next)
    {
      MonoclePresentation *presentation
          = MONOCLE_IS_WINDOW (item->data) ? monocle_window_get_presentation (item->data) : NULL;
      MonocleDocument *document
          = presentation ? monocle_presentation_get_document (presentation) : NULL;
      GFile *file = document ? monocle_document_get_file (document) : NULL;
      g_autofree char *uri = file ? g_file_get_uri (file) : NULL;

      if (uri)
        g_string_append_printf (text, "%s\n", uri);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
monocle_open_again_note (GtkApplication *application)
{
  g_autofree char *text = NULL;
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (GTK_IS_APPLICATION (application));

  text = list_open (application);
  if (g_strcmp0 (text, noted ? noted : "") == 0)
    return;
  path = dup_path ();
  folder = g_path_get_dirname (path);
  g_mkdir_with_parents (folder, 0700);
  /* Nobody misses it after a power cut, and every picture that is gone through would wait for it.
   */
  /* Every picture that is gone through comes here: none waits for a disk, and a power cut forgets
   * it. */
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error))
    g_debug ("%s", error->message);
  g_free (noted);
  noted = g_steal_pointer (&text);
}

GPtrArray *
monocle_open_again_take (void)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *path = dup_path ();
  g_autofree char *text = NULL;
  g_auto (GStrv) uris = NULL;
  gsize n;

  if (!g_file_get_contents (path, &text, &n, NULL))
    return files;
  g_unlink (path);
  if (n > MAX_BYTES || !g_utf8_validate (text, (gssize) n, NULL))
    return files;
  uris = g_strsplit (text, "\n", -1);
  for (guint i = 0; uris[i] && files->len < MAX_PICTURES; i++)
    if (*uris[i])
      g_ptr_array_add (files, g_file_new_for_uri (uris[i]));
  return files;
}

void
monocle_open_again_forget (void)
{
  g_autofree char *path = dup_path ();

  g_unlink (path);
  g_clear_pointer (&noted, g_free);
}
