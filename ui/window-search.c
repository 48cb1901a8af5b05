/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's search of the folder that is open: a page that takes the picture's place, and what
 * leads there and back.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/search/crawl.h"
#include "app/search/question.h"
#include "ui/ask-subject.h"
#include "ui/figures.h"
#include "ui/window-private.h"

/* --- Which folders --- */

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Without those that lie in another one. @paths: in their order */
static GStrv
take_outer (GPtrArray *paths)
{
  g_autoptr (GStrvBuilder) outer = g_strv_builder_new ();
  const char *last[] = { NULL, NULL };

  for (guint i = 0; i < paths->len; i++)
    {
      if (last[0] && monocle_crawl_contains (last, paths->pdata[i]))
        continue;
      last[0] = paths->pdata[i];
      g_strv_builder_add (outer, last[0]);
    }
  return g_strv_builder_end (outer);
}

GStrv
monocle_window_list_folders (MonocleWindow *self)
{
  GListModel *folder = monocle_image_loader_get_folder (self->loader);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer path;

  for (guint i = 0; i < g_list_model_get_n_items (folder); i++)
    {
      g_autoptr (MonocleFolderItem) item = g_list_model_get_item (folder, i);
      g_autoptr (GFile) parent = g_file_get_parent (monocle_folder_item_get_file (item));
      char *directory = parent ? g_file_get_path (parent) : NULL;

      if (directory)
        g_hash_table_add (seen, directory);
    }
  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    g_ptr_array_add (paths, path);
  g_ptr_array_sort (paths, compare_paths);
  return take_outer (paths);
}

static const char *const *
get_searched (MonocleWindow *self)
{
  return monocle_folder_search_get_directories (monocle_search_page_get_search (self->search_page));
}

char *
monocle_window_describe_searched (MonocleWindow *self)
{
  const char *const *directories = get_searched (self);
  guint n = directories ? g_strv_length ((char **) directories) : 0;

  if (n == 0)
    return NULL;
  if (n == 1)
    return monocle_figures_dup_folder (directories[0]);
  return g_strdup_printf (ngettext ("%u folder", "%u folders", n), n);
}

/* --- There and back --- */

static void
show_search (MonocleWindow *self)
{
  g_auto (GStrv) directories = monocle_window_list_folders (self);

  self->is_searching = TRUE;
  monocle_window_update_page (self);
  monocle_search_page_set_directories (self->search_page, (const char *const *) directories);
  monocle_window_update_page (self);
  monocle_search_page_focus (self->search_page);
}

static void
hide_search (MonocleWindow *self)
{
  if (!self->is_searching)
    return;
  self->is_searching = FALSE;
  monocle_window_update_page (self);
  if (monocle_presentation_get_document (self->presentation) && !self->failure)
    gtk_widget_grab_focus (GTK_WIDGET (monocle_canvas_get_view (self->canvas)));
}

void
monocle_window_leave_search (MonocleWindow *self)
{
  if (!self->is_searching)
    return;
  /* Opened for it to be searched. */
  if (!get_searched (self))
    {
      if (!monocle_image_loader_is_loading (self->loader))
        show_search (self);
    }
  else if (monocle_image_loader_is_loading (self->loader))
    hide_search (self);
}

gboolean
monocle_window_leave_by_key (MonocleWindow *self, guint keyval)
{
  if (keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  hide_search (self);
  return GDK_EVENT_STOP;
}

void
monocle_window_update_search (MonocleWindow *self)
{
  gboolean has_folder = monocle_image_loader_get_n_items (self->loader) > 0;

  /* Where there is no room for it in the header it is in the bar below, but for the way back. */
  gtk_widget_set_visible (self->search_button, (has_folder && !self->narrow) || self->is_searching);
  gtk_widget_set_visible (GTK_WIDGET (self->model_button), !self->is_searching);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->search_button), self->is_searching);
  monocle_search_page_set_narrow (self->search_page, self->narrow);
}

static void
on_button_toggled (MonocleWindow *self)
{
  gboolean is_wanted = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->search_button));

  if (is_wanted == self->is_searching)
    return;
  if (is_wanted)
    show_search (self);
  else
    hide_search (self);
}

static void
on_opened (MonocleSearchPage *page, GFile *file, MonocleWindow *self)
{
  MonocleFolder *folder = MONOCLE_FOLDER (monocle_image_loader_get_folder (self->loader));
  MonocleFolderItem *item = monocle_folder_find (folder, file, 0, NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  hide_search (self);
  if (item)
    monocle_image_loader_open_item (self->loader, item);
  else
    {
      g_ptr_array_add (files, g_object_ref (file));
      monocle_image_loader_open_files (self->loader, files);
    }
}

/* --- Actions --- */

/* The same key leads there, to the words, and back. */
static void
search (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  if (!self->is_searching)
    show_search (self);
  else if (monocle_search_page_is_typing (self->search_page))
    hide_search (self);
  else
    monocle_search_page_focus (self->search_page);
}

/* Each of the parts of the picture that are selected, else all of it. */
static void
add_pictures (MonocleWindow *self, gboolean has_parts)
{
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);
  MonocleFolderSearch *folder_search = monocle_search_page_get_search (self->search_page);
  MonocleImage *image = monocle_document_get_image (document);
  const char *name = monocle_document_get_name (document);
  g_autoptr (GPtrArray) parts = monocle_presentation_get_selected_regions (self->presentation);
  guint n = 0;

  if (parts->len == 0)
    {
      g_ptr_array_unref (parts);
      parts = monocle_presentation_get_selected_objects (self->presentation);
    }
  for (guint i = 0; has_parts && i < parts->len; i++)
    {
      MonocleBox box
          = monocle_annotation_get_box (parts->pdata[i], monocle_document_get_width (document),
                                        monocle_document_get_height (document));
      g_autoptr (MonocleImage) part = monocle_search_cut (image, &box, NULL);
      const char *label = monocle_annotation_get_label (parts->pdata[i]);

      if (!part)
        continue;
      n++;
      monocle_folder_search_add_picture (folder_search, part, *label ? label : _ ("Region"));
    }
  if (n == 0)
    monocle_folder_search_add_picture (folder_search, image, name);
}

/* From the picture it is another search; in the search one more picture. */
static void
search_similar (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  if (!self->is_searching)
    {
      monocle_search_page_clear (self->search_page);
      show_search (self);
    }
  add_pictures (self, g_str_equal (g_action_get_name (G_ACTION (action)), "search-similar"));
}

static const GActionEntry actions[] = {
  { .name = "search", .activate = search },
  { .name = "search-similar", .activate = search_similar },
  { .name = "search-similar-picture", .activate = search_similar },
};

void
monocle_window_prepare_search (MonocleWindow *self, MonocleFinder *finder)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  monocle_search_page_set_finder (self->search_page, finder);
  g_signal_connect_object (self->search_page, "opened", G_CALLBACK (on_opened), self, 0);
  g_signal_connect_object (self->search_page, "left", G_CALLBACK (hide_search), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search_button, "toggled", G_CALLBACK (on_button_toggled), self,
                           G_CONNECT_SWAPPED);
}
