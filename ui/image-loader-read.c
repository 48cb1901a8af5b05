/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures as they come in: the one that is wanted, the one after it, and those that are pasted.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/document/work.h"
#include "app/pictures/source.h"
#include "ui/image-loader-private.h"
#include "ui/recent-files.h"
#include "ui/texture-image.h"

/* Beside a picture of more pixels none is read ahead: the next one is likely as large, and both
 * need not fit into memory. */
#define MAX_AHEAD_PIXELS (64 * 1024 * 1024)

/* What a load needs to know. Does not keep the loader: a window that closes is gone, though a
 * decoder goes on for a moment. */
typedef struct
{
  GWeakRef loader;
  GCancellable *cancellable; /* tells which load it is */
  MonocleFolderItem *item;   /* (nullable): a pasted picture has none */
} Call;

static Call *
call_new (MonocleImageLoader *self, GCancellable *cancellable, MonocleFolderItem *item)
{
  Call *call = g_new0 (Call, 1);

  g_weak_ref_init (&call->loader, self);
  call->cancellable = g_object_ref (cancellable);
  g_set_object (&call->item, item);
  return call;
}

static void
call_free (Call *call)
{
  g_weak_ref_clear (&call->loader);
  g_object_unref (call->cancellable);
  g_clear_object (&call->item);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* --- Reading --- */

static void on_loaded (GObject *source, GAsyncResult *result, gpointer data);

void
monocle_image_loader_cancel_ahead (MonocleImageLoader *self)
{
  if (self->ahead_cancellable)
    g_cancellable_cancel (self->ahead_cancellable);
  g_clear_object (&self->ahead_cancellable);
  g_clear_pointer (&self->ahead_key, g_free);
  g_clear_pointer (&self->ahead_image, monocle_image_unref);
  g_clear_pointer (&self->ahead_digest, g_free);
}

void
monocle_image_loader_cancel_load (MonocleImageLoader *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->awaited);
}

static void
read_item (MonocleImageLoader *self, MonocleFolderItem *item, GCancellable *cancellable)
{
  monocle_image_source_load_async (monocle_folder_item_get_file (item),
                                   monocle_folder_item_get_page (item), cancellable, on_loaded,
                                   call_new (self, cancellable, item));
}

static void
read_ahead (MonocleImageLoader *self)
{
  g_autoptr (MonocleFolderItem) next = NULL;
  g_autofree char *key = NULL;
  const guint64 pixels = self->document ? (guint64) monocle_document_get_width (self->document)
                                              * monocle_document_get_height (self->document)
                                        : 0;

  if (monocle_image_loader_can_next (self) && pixels <= MAX_AHEAD_PIXELS)
    next = g_list_model_get_item (G_LIST_MODEL (self->view),
                                  self->position + (self->item_is_gone ? 0 : 1));
  key = next ? monocle_folder_item_dup_key (next) : NULL;
  if (key && g_strcmp0 (key, self->ahead_key) == 0)
    return;
  monocle_image_loader_cancel_ahead (self);
  if (!next)
    return;
  self->ahead_key = g_steal_pointer (&key);
  self->ahead_cancellable = g_cancellable_new ();
  read_item (self, next, self->ahead_cancellable);
}

static void
take_image (MonocleImageLoader *self,
            MonocleFolderItem *item,
            MonocleImage *image,
            const char *digest,
            const MonocleStamp *stamp,
            guint n_pages)
{
  g_autofree char *key = monocle_folder_item_dup_key (item);
  GFile *file = monocle_folder_item_get_file (item);
  MonocleDocument *document;

  if (n_pages > 1)
    monocle_folder_set_pages (self->folder, file, n_pages);
  document = monocle_work_open (file, monocle_folder_item_get_name (item), image,
                                &(MonocleWorkKey){ .digest = digest,
                                                   .page = monocle_folder_item_get_page (item),
                                                   .stamp = *stamp },
                                self->document);
  if (self->remembers)
    monocle_recent_files_add (file);
  self->remembers = FALSE;
  monocle_image_loader_show (self, document, g_steal_pointer (&key));
  monocle_image_loader_update (self);
  read_ahead (self);
}

void
monocle_image_loader_fail (MonocleImageLoader *self, const char *name, const GError *error)
{
  self->remembers = FALSE;
  monocle_image_loader_show (self, NULL, NULL);
  monocle_image_loader_update (self);
  monocle_image_loader_refuse (self, name, error);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (MonocleImageLoader) self = g_weak_ref_get (&call->loader);
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL;
  const MonocleStamp stamp = monocle_image_source_load_get_stamp (result);
  guint n_pages;
  g_autoptr (MonocleImage) image
      = monocle_image_source_load_finish (result, &n_pages, &digest, &error);

  if (!self)
    return;
  if (call->cancellable == self->ahead_cancellable)
    {
      /* One that cannot be read says so when it is wanted. */
      g_clear_object (&self->ahead_cancellable);
      self->ahead_image = g_steal_pointer (&image);
      self->ahead_digest = g_steal_pointer (&digest);
      self->ahead_stamp = stamp;
      self->ahead_n_pages = n_pages;
    }
  else if (call->cancellable == self->cancellable)
    {
      g_clear_object (&self->cancellable);
      if (image)
        take_image (self, call->item, image, digest, &stamp, n_pages);
      else
        {
          monocle_image_loader_fail (self, monocle_folder_item_get_name (call->item), error);
          read_ahead (self);
        }
    }
}

void
monocle_image_loader_open_at (MonocleImageLoader *self, guint position, gboolean again)
{
  g_autoptr (MonocleFolderItem) item = g_list_model_get_item (G_LIST_MODEL (self->view), position);
  g_autofree char *key = NULL;

  if (!item)
    return;
  monocle_image_loader_cancel_load (self);
  g_set_object (&self->item, item);
  monocle_image_loader_set_gone (self, FALSE);
  g_object_freeze_notify (G_OBJECT (self));
  /* The one that was looked at until now may leave the list. */
  monocle_folder_view_set_current (self->view, item);
  monocle_folder_view_find (self->view, monocle_folder_item_get_file (item),
                            monocle_folder_item_get_page (item), &position);
  monocle_image_loader_set_position (self, position);
  key = monocle_folder_item_dup_key (item);
  if (self->document && g_strcmp0 (key, self->document_key) == 0 && !again)
    read_ahead (self);
  else if (g_strcmp0 (key, self->ahead_key) == 0 && self->ahead_image && !again)
    {
      g_autoptr (MonocleImage) image = g_steal_pointer (&self->ahead_image);
      g_autofree char *digest = g_steal_pointer (&self->ahead_digest);

      take_image (self, item, image, digest, &self->ahead_stamp, self->ahead_n_pages);
    }
  else if (g_strcmp0 (key, self->ahead_key) == 0 && self->ahead_cancellable && !again)
    {
      self->cancellable = g_steal_pointer (&self->ahead_cancellable);
      g_clear_pointer (&self->ahead_key, g_free);
    }
  else
    {
      self->cancellable = g_cancellable_new ();
      read_item (self, item, self->cancellable);
    }
  monocle_image_loader_update (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/* --- Pictures without a file --- */

static void
take_pasted (MonocleImageLoader *self,
             Call *call,
             MonocleImage *image,
             const char *digest,
             const GError *error)
{
  if (call->cancellable != self->cancellable)
    return;
  g_clear_object (&self->cancellable);
  if (!image)
    {
      /* What is shown is no worse for it. */
      monocle_image_loader_update (self);
      monocle_image_loader_refuse (self, _ ("Pasted picture"), error);
      return;
    }
  monocle_image_loader_show_alone (
      self,
      monocle_work_open (NULL, _ ("Pasted picture"), image,
                         &(MonocleWorkKey){ .digest = digest, .stamp = MONOCLE_STAMP_UNKNOWN },
                         self->document));
}

static void
on_texture_converted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (MonocleImageLoader) self = g_weak_ref_get (&call->loader);
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL;
  g_autoptr (MonocleImage) image = monocle_texture_image_finish (result, &digest, &error);

  if (self)
    take_pasted (self, call, image, digest, error);
}

void
monocle_image_loader_open_texture (MonocleImageLoader *self, GdkTexture *texture)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));
  g_return_if_fail (GDK_IS_TEXTURE (texture));

  monocle_image_loader_cancel_load (self);
  self->cancellable = g_cancellable_new ();
  monocle_image_loader_update (self);
  monocle_texture_image_async (texture, self->cancellable, on_texture_converted,
                               call_new (self, self->cancellable, NULL));
}
