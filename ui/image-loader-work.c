/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was done to the pictures that a window goes through: those that are open know themselves, of
 * the others the index of all work does.
 */
#include "config.h"

#include "ui/image-loader-private.h"

/* (nullable): of what is open, or was left with work today */
static MonocleDocument *
find_document (MonocleImageLoader *self, MonocleFolderItem *item)
{
  g_autofree char *key = monocle_folder_item_dup_key (item);

  return g_strcmp0 (key, self->document_key) == 0 ? self->document
                                                  : g_hash_table_lookup (self->documents, key);
}

gboolean
monocle_image_loader_has_work (MonocleImageLoader *self, MonocleFolderItem *item)
{
  MonocleDocument *document;
  MonocleWorkEntry entry;

  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), FALSE);
  g_return_val_if_fail (MONOCLE_IS_FOLDER_ITEM (item), FALSE);

  document = find_document (self, item);
  return document ? monocle_document_has_work (document)
                  : monocle_folder_view_look_up (item, &entry);
}

gboolean
monocle_image_loader_is_done (MonocleImageLoader *self, MonocleFolderItem *item)
{
  MonocleDocument *document;
  MonocleWorkEntry entry;

  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), FALSE);
  g_return_val_if_fail (MONOCLE_IS_FOLDER_ITEM (item), FALSE);

  document = find_document (self, item);
  return document ? monocle_document_is_done (document)
                  : monocle_folder_view_look_up (item, &entry) && entry.summary->is_done;
}

static gboolean
is_unkept (MonocleDocument *document)
{
  return document && monocle_document_get_trouble (document)
         && monocle_document_has_work (document);
}

gboolean
monocle_image_loader_has_unkept (MonocleImageLoader *self)
{
  GHashTableIter iter;
  gpointer document;

  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), FALSE);

  g_hash_table_iter_init (&iter, self->documents);
  while (g_hash_table_iter_next (&iter, NULL, &document))
    if (is_unkept (document))
      return TRUE;
  return is_unkept (self->document);
}

gboolean
monocle_image_loader_next_todo (MonocleImageLoader *self)
{
  guint n;

  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), FALSE);

  n = monocle_image_loader_get_n_items (self);
  for (guint i = self->item_is_gone ? 0 : 1; self->item && i < n + self->item_is_gone; i++)
    {
      g_autoptr (MonocleFolderItem) item
          = g_list_model_get_item (G_LIST_MODEL (self->view), (self->position + i) % n);

      if (item && !monocle_image_loader_is_done (self, item))
        {
          monocle_image_loader_open_item (self, item);
          return TRUE;
        }
    }
  return FALSE;
}
