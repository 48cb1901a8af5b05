/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/pictures/folder-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (MonocleFolderItem, monocle_folder_item, G_TYPE_OBJECT)

static void
monocle_folder_item_finalize (GObject *object)
{
  MonocleFolderItem *self = MONOCLE_FOLDER_ITEM (object);

  g_clear_object (&self->file);
  g_free (self->name);
  g_free (self->sort_key);
  G_OBJECT_CLASS (monocle_folder_item_parent_class)->finalize (object);
}

static void
monocle_folder_item_class_init (MonocleFolderItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_folder_item_finalize;
}

static void
monocle_folder_item_init (MonocleFolderItem *self)
{
}

MonocleFolderItem *
monocle_folder_item_new (GFile *file, const MonocleStamp *stamp, guint group)
{
  MonocleFolderItem *self = g_object_new (MONOCLE_TYPE_FOLDER_ITEM, NULL);
  g_autofree char *base = g_file_get_basename (file);

  self->file = g_object_ref (file);
  self->name = base ? g_filename_display_name (base) : g_file_get_uri (file);
  self->sort_key = g_utf8_collate_key_for_filename (self->name, -1);
  self->stamp = *stamp;
  self->group = group;
  return self;
}

void
monocle_folder_item_set_page (MonocleFolderItem *self, guint page)
{
  g_autofree char *base = g_file_get_basename (self->file);
  g_autofree char *name = base ? g_filename_display_name (base) : g_file_get_uri (self->file);

  self->page = page;
  g_free (self->name);
  /* Translators: a file and a page of it: paper.pdf, page 3 */
  self->name = g_strdup_printf (_ ("%s, page %u"), name, page + 1);
}

MonocleFolderItem *
monocle_folder_item_new_of (GFile *file, guint page)
{
  MonocleFolderItem *self;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self = monocle_folder_item_new (file, &MONOCLE_STAMP_UNKNOWN, 0);
  if (page > 0)
    monocle_folder_item_set_page (self, page);
  return self;
}

GFile *
monocle_folder_item_get_file (MonocleFolderItem *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_ITEM (self), NULL);

  return self->file;
}

const char *
monocle_folder_item_get_name (MonocleFolderItem *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_ITEM (self), NULL);

  return self->name;
}

guint
monocle_folder_item_get_page (MonocleFolderItem *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_ITEM (self), 0);

  return self->page;
}

const MonocleStamp *
monocle_folder_item_get_stamp (MonocleFolderItem *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_ITEM (self), NULL);

  return &self->stamp;
}

char *
monocle_folder_item_dup_key (MonocleFolderItem *self)
{
  g_autofree char *uri = NULL;

  g_return_val_if_fail (MONOCLE_IS_FOLDER_ITEM (self), NULL);

  uri = g_file_get_uri (self->file);
  return g_strdup_printf ("%s#page=%u", uri, self->page);
}

int
monocle_folder_item_compare (gconstpointer a, gconstpointer b)
{
  const MonocleFolderItem *one = *(MonocleFolderItem *const *) a;
  const MonocleFolderItem *two = *(MonocleFolderItem *const *) b;
  int order;

  if (one->group != two->group)
    return one->group < two->group ? -1 : 1;
  order = strcmp (one->sort_key, two->sort_key);
  if (order == 0 && one->file != two->file && !g_file_equal (one->file, two->file))
    {
      g_autofree char *first = g_file_get_uri (one->file);
      g_autofree char *second = g_file_get_uri (two->file);

      order = strcmp (first, second);
    }
  if (order == 0 && one->page != two->page)
    order = one->page < two->page ? -1 : 1;
  return order;
}
