/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/open-again.h"

#include <glib/gstdio.h>

#include "app/document/work.h"
#include "ui/window.h"

#define MAX_PICTURES 16
#define MAX_BYTES    (64 * 1024)

/* Before all else in the file, once for each start that opened it: what ends every one of them is
 * not opened for ever. */
#define TRIED     '#'
#define MAX_TRIES 3
/* Nothing takes longer to come. */
#define WAIT_US (30 * G_USEC_PER_SEC)

/* What is in the file. */
static char *noted;
/* (nullable) (element-type utf8): what was taken from it and is not shown yet: it would be lost if
 * the next end came before that. */
static GPtrArray *waiting;
static gint64 taken_us;

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
      for (guint i = 0; waiting && uri && i < waiting->len; i++)
        if (g_str_equal (waiting->pdata[i], uri))
          {
            g_ptr_array_remove_index (waiting, i);
            break;
          }
    }
  if (waiting && g_get_monotonic_time () - taken_us > WAIT_US)
    g_clear_pointer (&waiting, g_ptr_array_unref);
  for (guint i = 0; waiting && i < waiting->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) waiting->pdata[i]);
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
  g_autofree char *once_more = NULL;
  g_auto (GStrv) uris = NULL;
  gsize n, n_tries = 0;

  if (!g_file_get_contents (path, &text, &n, NULL))
    return files;
  while (text[n_tries] == TRIED)
    n_tries++;
  if (n > MAX_BYTES || n_tries >= MAX_TRIES || !g_utf8_validate (text, (gssize) n, NULL))
    {
      g_unlink (path);
      return files;
    }
  once_more = g_strdup_printf ("%c%s", TRIED, text);
  if (!g_file_set_contents_full (path, once_more, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL))
    g_unlink (path);
  g_clear_pointer (&waiting, g_ptr_array_unref);
  waiting = g_ptr_array_new_with_free_func (g_free);
  taken_us = g_get_monotonic_time ();
  uris = g_strsplit (text + n_tries, "\n", -1);
  for (guint i = 0; uris[i] && files->len < MAX_PICTURES; i++)
    if (*uris[i])
      {
        g_ptr_array_add (files, g_file_new_for_uri (uris[i]));
        g_ptr_array_add (waiting, g_strdup (uris[i]));
      }
  return files;
}

void
monocle_open_again_forget (void)
{
  g_autofree char *path = dup_path ();

  g_unlink (path);
  g_clear_pointer (&waiting, g_ptr_array_unref);
  g_clear_pointer (&noted, g_free);
}
