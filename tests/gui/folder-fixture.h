/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder of pictures, open in a window, and something to do there.
 */
#pragma once

#include "tests/gui/harness.h"
#include "ui/filmstrip.h"

#define N_PICTURES 6

typedef struct
{
  MonocleWindow *window;
  const char *name;
} Expected;

static inline gboolean
shows (gpointer data)
{
  Expected *expected = data;
  MonocleDocument *document = gui_get_document (expected->window);

  return document && monocle_document_get_image (document)
         && g_str_equal (monocle_document_get_name (document), expected->name);
}

static inline void
expect (MonocleWindow *window, const char *name)
{
  gui_wait_for (name, shows, &(Expected) { window, name });
  gui_settle ();
}

static inline MonocleFilmstrip *
find_strip (MonocleWindow *window)
{
  return gui_find (window, MONOCLE_TYPE_FILMSTRIP);
}

/* The names of what the strip shows, without what they have in common. */
static inline char *
list_shown (MonocleWindow *window)
{
  GtkListView *list = gui_find (find_strip (window), GTK_TYPE_LIST_VIEW);
  GListModel *items = G_LIST_MODEL (gtk_list_view_get_model (list));
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (items, i);

      g_string_append_c (text, monocle_folder_item_get_name (item)[strlen ("picture ")]);
    }
  return g_string_free (text, FALSE);
}

static inline gboolean
strip_shows (gpointer data)
{
  Expected *expected = data;
  g_autofree char *shown = list_shown (expected->window);

  return g_str_equal (shown, expected->name);
}

static inline void
expect_strip (MonocleWindow *window, const char *numbers)
{
  gui_wait_for (numbers, strip_shows, &(Expected) { window, numbers });
  gui_settle ();
}

/* A folder of six pictures that differ, and a window on the first. */
static inline MonocleWindow *
open_folder (char **folder)
{
  g_autofree char *sample = gui_sample ("1-park.png");
  g_autofree char *bytes = NULL;
  g_autofree char *first = NULL;
  MonocleWindow *window;
  gsize n;

  *folder = gui_temporary (NULL);
  g_assert_true (g_file_get_contents (sample, &bytes, &n, NULL));
  for (guint i = 1; i <= N_PICTURES; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/picture %u.png", *folder, i);
      g_autofree char *more = g_malloc0 (n + i);

      /* What is behind the end of a picture makes another file of it. */
      memcpy (more, bytes, n);
      g_assert_true (g_file_set_contents (path, more, (gssize) (n + i), NULL));
    }
  first = g_build_filename (*folder, "picture 1.png", NULL);
  window = gui_open_path (first);
  /* The others come a moment later. */
  expect_strip (window, "123456");
  return window;
}

static inline void
draw (MonocleWindow *window)
{
  const MonocleBox box = { 60, 340, 270, 580 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_document_add_region (gui_get_document (window), region);
}

static inline guint
count_own (MonocleWindow *window)
{
  return g_list_model_get_n_items (monocle_document_get_regions (gui_get_document (window)));
}
