/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/image-loader-private.h"

#include <glib/gi18n.h>

#include "app/base/data-dir.h"
#include "app/base/error.h"
#include "app/pictures/source.h"
#include "ui/recent-files.h"
#include "ui/texture-image.h"

/* Beside a picture of more pixels none is read ahead: the next one is likely as large, and both
 * need not fit into memory. */
#define MAX_AHEAD_PIXELS (64 * 1024 * 1024)

struct _MonocleImageLoader
{
  GObject parent_instance;

  MonocleFolder *folder;
  GHashTable *documents; /* key -> MonocleDocument: those with work that are not shown */

  MonocleDocument *document; /* (nullable): shown */
  char *document_key;        /* (nullable): of a pasted one there is none */

  MonocleFolderItem *item; /* (nullable): shown, being loaded or broken */
  guint position;          /* of it, or where it was */
  gboolean item_is_gone;   /* its file was taken away; what is at its place now comes next */

  GFile *awaited;            /* (nullable): to be shown as soon as the folder has it */
  gboolean remembers;        /* what is loaded goes to the recent files */
  gboolean is_loading;       /* as it was notified last */
  GCancellable *cancellable; /* (nullable): of the load under way */

  GCancellable *ahead_cancellable; /* (nullable): of the one that is read ahead */
  char *ahead_key;
  MonocleImage *ahead_image; /* (nullable): when it is there */
  guint ahead_n_pages;

  guint update_source;       /* the list has changed: what that means is told soon */
  gboolean position_changed; /* not told yet */
  guint n_items;             /* as they were notified last */
  gboolean can_next, can_previous;
};

enum
{
  PROP_0,
  PROP_DOCUMENT,
  PROP_LOADING,
  PROP_POSITION,
  PROP_N_ITEMS,
  PROP_FOLDER,
  PROP_CAN_NEXT,
  PROP_CAN_PREVIOUS,
  N_PROPS
};

enum
{
  FAILED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleImageLoader, monocle_image_loader, G_TYPE_OBJECT)

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

/* --- What is notified --- */

static gboolean
can_next (MonocleImageLoader *self)
{
  return self->item
         && self->position + (self->item_is_gone ? 0 : 1) < monocle_image_loader_get_n_items (self);
}

static gboolean
can_previous (MonocleImageLoader *self)
{
  return self->item && self->position > 0;
}

static void
notify_boolean (MonocleImageLoader *self, gboolean *known, gboolean value, guint property)
{
  if (*known == value)
    return;
  *known = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
update (MonocleImageLoader *self)
{
  const guint n = monocle_image_loader_get_n_items (self);

  g_clear_handle_id (&self->update_source, g_source_remove);
  g_object_freeze_notify (G_OBJECT (self));
  if (self->position_changed)
    {
      self->position_changed = FALSE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_POSITION]);
    }
  if (n != self->n_items)
    {
      self->n_items = n;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
    }
  notify_boolean (self, &self->is_loading, self->cancellable || self->awaited, PROP_LOADING);
  notify_boolean (self, &self->can_next, can_next (self), PROP_CAN_NEXT);
  notify_boolean (self, &self->can_previous, can_previous (self), PROP_CAN_PREVIOUS);
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
on_update_due (gpointer data)
{
  MonocleImageLoader *self = data;

  self->update_source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

/* A large folder's list changes ten thousand times while it fills. */
static void
update_soon (MonocleImageLoader *self)
{
  if (self->update_source == 0)
    self->update_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_update_due, self, NULL);
}

/* Told by update(). */
static void
set_position (MonocleImageLoader *self, guint position)
{
  if (position == self->position)
    return;
  self->position = position;
  self->position_changed = TRUE;
}

/* The same place is another one when what was there is gone. Told by update(). */
static void
set_gone (MonocleImageLoader *self, gboolean gone)
{
  self->position_changed |= gone != self->item_is_gone;
  self->item_is_gone = gone;
}

/* Takes the place of the document that is shown. @document: (transfer full) (nullable); @key:
 * (transfer full) (nullable) */
static void
show (MonocleImageLoader *self, MonocleDocument *document, char *key)
{
  g_autoptr (MonocleDocument) before = self->document;
  g_autofree char *before_key = self->document_key;

  self->document = document;
  self->document_key = key;
  if (key)
    g_hash_table_remove (self->documents, key);
  if (before == document)
    return;
  if (before && before_key && monocle_document_has_work (before))
    g_hash_table_insert (self->documents, g_strdup (before_key), g_object_ref (before));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DOCUMENT]);
  /* When nobody shows it any more. */
  if (before && before_key)
    monocle_document_drop_image (before);
}

void
monocle_image_loader_refuse (MonocleImageLoader *self, const char *name, const GError *error)
{
  g_signal_emit (self, signals[FAILED], 0, name, error);
}

/* --- Reading --- */

static void on_loaded (GObject *source, GAsyncResult *result, gpointer data);

static void
cancel_ahead (MonocleImageLoader *self)
{
  if (self->ahead_cancellable)
    g_cancellable_cancel (self->ahead_cancellable);
  g_clear_object (&self->ahead_cancellable);
  g_clear_pointer (&self->ahead_key, g_free);
  g_clear_pointer (&self->ahead_image, monocle_image_unref);
}

static void
cancel_load (MonocleImageLoader *self)
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

  if (can_next (self) && pixels <= MAX_AHEAD_PIXELS)
    next = g_list_model_get_item (G_LIST_MODEL (self->folder),
                                  self->position + (self->item_is_gone ? 0 : 1));
  key = next ? monocle_folder_item_dup_key (next) : NULL;
  if (key && g_strcmp0 (key, self->ahead_key) == 0)
    return;
  cancel_ahead (self);
  if (!next)
    return;
  self->ahead_key = g_steal_pointer (&key);
  self->ahead_cancellable = g_cancellable_new ();
  read_item (self, next, self->ahead_cancellable);
}

static void
take_image (MonocleImageLoader *self, MonocleFolderItem *item, MonocleImage *image, guint n_pages)
{
  g_autofree char *key = monocle_folder_item_dup_key (item);
  GFile *file = monocle_folder_item_get_file (item);
  MonocleDocument *document = g_strcmp0 (key, self->document_key) == 0
                                  ? self->document
                                  : g_hash_table_lookup (self->documents, key);

  if (n_pages > 1)
    monocle_folder_set_pages (self->folder, file, n_pages);
  if (document)
    {
      g_object_ref (document);
      monocle_document_set_image (document, image);
    }
  else
    document = monocle_document_new (file, monocle_folder_item_get_name (item), image);
  if (self->remembers)
    monocle_recent_files_add (file);
  self->remembers = FALSE;
  show (self, document, g_steal_pointer (&key));
  update (self);
  read_ahead (self);
}

static void
fail (MonocleImageLoader *self, const char *name, const GError *error)
{
  self->remembers = FALSE;
  show (self, NULL, NULL);
  update (self);
  monocle_image_loader_refuse (self, name, error);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (MonocleImageLoader) self = g_weak_ref_get (&call->loader);
  g_autoptr (GError) error = NULL;
  guint n_pages;
  g_autoptr (MonocleImage) image = monocle_image_source_load_finish (result, &n_pages, &error);

  if (!self)
    return;
  if (call->cancellable == self->ahead_cancellable)
    {
      /* One that cannot be read says so when it is wanted. */
      g_clear_object (&self->ahead_cancellable);
      self->ahead_image = g_steal_pointer (&image);
      self->ahead_n_pages = n_pages;
    }
  else if (call->cancellable == self->cancellable)
    {
      g_clear_object (&self->cancellable);
      if (image)
        take_image (self, call->item, image, n_pages);
      else
        {
          fail (self, monocle_folder_item_get_name (call->item), error);
          read_ahead (self);
        }
    }
}

static void
open_at (MonocleImageLoader *self, guint position, gboolean again)
{
  g_autoptr (MonocleFolderItem) item
      = g_list_model_get_item (G_LIST_MODEL (self->folder), position);
  g_autofree char *key = NULL;

  if (!item)
    return;
  cancel_load (self);
  g_set_object (&self->item, item);
  set_gone (self, FALSE);
  g_object_freeze_notify (G_OBJECT (self));
  set_position (self, position);
  key = monocle_folder_item_dup_key (item);
  if (self->document && g_strcmp0 (key, self->document_key) == 0 && !again)
    read_ahead (self);
  else if (g_strcmp0 (key, self->ahead_key) == 0 && self->ahead_image && !again)
    {
      g_autoptr (MonocleImage) image = g_steal_pointer (&self->ahead_image);

      take_image (self, item, image, self->ahead_n_pages);
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
  update (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/* --- The folder --- */

static gboolean
open_awaited (MonocleImageLoader *self)
{
  guint position;

  if (!self->awaited || !monocle_folder_find (self->folder, self->awaited, 0, &position))
    return FALSE;
  open_at (self, position, TRUE);
  return TRUE;
}

static void
on_items_changed (
    GListModel *folder, guint position, guint removed, guint added, MonocleImageLoader *self)
{
  if (!open_awaited (self) && self->item)
    {
      const guint n = g_list_model_get_n_items (folder);
      guint at;

      if (monocle_folder_find (self->folder, monocle_folder_item_get_file (self->item),
                               monocle_folder_item_get_page (self->item), &at))
        set_gone (self, FALSE);
      else
        {
          at = self->position;
          if (at >= position + removed)
            at = at - removed + added;
          at = MIN (at, n);
          set_gone (self, TRUE);
        }
      set_position (self, at);
    }
  update_soon (self);
}

static void
on_folder_ready (MonocleFolder *folder, gboolean found, MonocleImageLoader *self)
{
  g_autoptr (GFile) awaited = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;

  if (!self->awaited || open_awaited (self))
    return;
  if (found)
    {
      open_at (self, 0, TRUE);
      return;
    }
  awaited = g_steal_pointer (&self->awaited);
  base = g_file_get_basename (awaited);
  name = base ? g_filename_display_name (base) : g_file_get_uri (awaited);
  error = g_error_new_literal (MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                               _ ("There are no pictures in this folder."));
  fail (self, name, error);
}

/* Nothing is in the folder any more, and nothing is under way. */
static void
forget_folder (MonocleImageLoader *self)
{
  cancel_load (self);
  cancel_ahead (self);
  g_clear_object (&self->item);
  set_gone (self, FALSE);
  self->remembers = FALSE;
  set_position (self, 0);
}

void
monocle_image_loader_open_files (MonocleImageLoader *self, GPtrArray *files)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));
  g_return_if_fail (files != NULL);

  if (files->len == 0)
    return;
  forget_folder (self);
  self->remembers = TRUE;
  self->awaited = g_object_ref (files->pdata[0]);
  update (self);
  monocle_folder_open (self->folder, files);
}

void
monocle_image_loader_open_item (MonocleImageLoader *self, MonocleFolderItem *item)
{
  guint position;

  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));
  g_return_if_fail (MONOCLE_IS_FOLDER_ITEM (item));

  if (monocle_folder_find (self->folder, monocle_folder_item_get_file (item),
                           monocle_folder_item_get_page (item), &position))
    open_at (self, position, FALSE);
}

void
monocle_image_loader_next (MonocleImageLoader *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));

  if (can_next (self))
    open_at (self, self->position + (self->item_is_gone ? 0 : 1), FALSE);
}

void
monocle_image_loader_previous (MonocleImageLoader *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));

  if (can_previous (self))
    open_at (self, self->position - 1, FALSE);
}

void
monocle_image_loader_first (MonocleImageLoader *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));

  open_at (self, 0, FALSE);
}

void
monocle_image_loader_last (MonocleImageLoader *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));

  if (monocle_image_loader_get_n_items (self) > 0)
    open_at (self, monocle_image_loader_get_n_items (self) - 1, FALSE);
}

/* --- Pictures without a file --- */

static void
clear_folder (MonocleImageLoader *self)
{
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  forget_folder (self);
  monocle_folder_open (self->folder, nothing);
}

/* Takes @document. */
static void
show_alone (MonocleImageLoader *self, MonocleDocument *document)
{
  g_object_freeze_notify (G_OBJECT (self));
  clear_folder (self);
  show (self, document, NULL);
  update (self);
  g_object_thaw_notify (G_OBJECT (self));
}

void
monocle_image_loader_open_document (MonocleImageLoader *self, MonocleDocument *document)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));
  g_return_if_fail (monocle_document_get_file (document) == NULL);

  cancel_load (self);
  show_alone (self, g_object_ref (document));
}

void
monocle_image_loader_close (MonocleImageLoader *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));

  show_alone (self, NULL);
}

static void
take_pasted (MonocleImageLoader *self, Call *call, MonocleImage *image, const GError *error)
{
  if (call->cancellable != self->cancellable)
    return;
  g_clear_object (&self->cancellable);
  if (!image)
    {
      /* What is shown is no worse for it. */
      update (self);
      monocle_image_loader_refuse (self, _ ("Pasted picture"), error);
      return;
    }
  show_alone (self, monocle_document_new (NULL, _ ("Pasted picture"), image));
}

static void
on_bytes_decoded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (MonocleImageLoader) self = g_weak_ref_get (&call->loader);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_source_decode_finish (result, &error);

  if (self)
    take_pasted (self, call, image, error);
}

void
monocle_image_loader_open_bytes (MonocleImageLoader *self, GBytes *bytes)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));
  g_return_if_fail (bytes != NULL);

  cancel_load (self);
  self->cancellable = g_cancellable_new ();
  update (self);
  monocle_image_source_decode_async (bytes, _ ("Pasted picture"), self->cancellable,
                                     on_bytes_decoded, call_new (self, self->cancellable, NULL));
}

static void
on_texture_converted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (MonocleImageLoader) self = g_weak_ref_get (&call->loader);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_texture_image_finish (result, &error);

  if (self)
    take_pasted (self, call, image, error);
}

void
monocle_image_loader_open_texture (MonocleImageLoader *self, GdkTexture *texture)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));
  g_return_if_fail (GDK_IS_TEXTURE (texture));

  cancel_load (self);
  self->cancellable = g_cancellable_new ();
  update (self);
  monocle_texture_image_async (texture, self->cancellable, on_texture_converted,
                               call_new (self, self->cancellable, NULL));
}

/* --- What others ask --- */

MonocleDocument *
monocle_image_loader_get_document (MonocleImageLoader *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), NULL);

  return self->document;
}

gboolean
monocle_image_loader_is_loading (MonocleImageLoader *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), FALSE);

  return self->is_loading;
}

GListModel *
monocle_image_loader_get_folder (MonocleImageLoader *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), NULL);

  return G_LIST_MODEL (self->folder);
}

guint
monocle_image_loader_get_position (MonocleImageLoader *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), 0);

  return self->position;
}

gboolean
monocle_image_loader_is_gone (MonocleImageLoader *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), FALSE);

  return self->item_is_gone;
}

guint
monocle_image_loader_get_n_items (MonocleImageLoader *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), 0);

  return g_list_model_get_n_items (G_LIST_MODEL (self->folder));
}

gboolean
monocle_image_loader_has_work (MonocleImageLoader *self, MonocleFolderItem *item)
{
  g_autofree char *key = NULL;
  MonocleDocument *document;

  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), FALSE);
  g_return_val_if_fail (MONOCLE_IS_FOLDER_ITEM (item), FALSE);

  key = monocle_folder_item_dup_key (item);
  document = g_strcmp0 (key, self->document_key) == 0 ? self->document
                                                      : g_hash_table_lookup (self->documents, key);
  return document && monocle_document_has_work (document);
}

/* --- The class --- */

static void
monocle_image_loader_dispose (GObject *object)
{
  MonocleImageLoader *self = MONOCLE_IMAGE_LOADER (object);

  g_clear_handle_id (&self->update_source, g_source_remove);
  cancel_load (self);
  cancel_ahead (self);
  if (self->folder)
    monocle_folder_cancel (self->folder);
  g_clear_object (&self->item);
  g_clear_object (&self->document);
  g_clear_pointer (&self->document_key, g_free);
  g_hash_table_remove_all (self->documents);
  G_OBJECT_CLASS (monocle_image_loader_parent_class)->dispose (object);
}

static void
monocle_image_loader_finalize (GObject *object)
{
  MonocleImageLoader *self = MONOCLE_IMAGE_LOADER (object);

  g_object_unref (self->folder);
  g_hash_table_unref (self->documents);
  G_OBJECT_CLASS (monocle_image_loader_parent_class)->finalize (object);
}

static void
monocle_image_loader_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleImageLoader *self = MONOCLE_IMAGE_LOADER (object);

  switch (id)
    {
    case PROP_DOCUMENT:
      g_value_set_object (value, self->document);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->is_loading);
      break;
    case PROP_POSITION:
      g_value_set_uint (value, self->position);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, monocle_image_loader_get_n_items (self));
      break;
    case PROP_FOLDER:
      g_value_set_object (value, self->folder);
      break;
    case PROP_CAN_NEXT:
      g_value_set_boolean (value, can_next (self));
      break;
    case PROP_CAN_PREVIOUS:
      g_value_set_boolean (value, can_previous (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_image_loader_class_init (MonocleImageLoaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = monocle_image_loader_dispose;
  object_class->finalize = monocle_image_loader_finalize;
  object_class->get_property = monocle_image_loader_get_property;

  properties[PROP_DOCUMENT]
      = g_param_spec_object ("document", NULL, NULL, MONOCLE_TYPE_DOCUMENT, flags);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  properties[PROP_POSITION] = g_param_spec_uint ("position", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_FOLDER] = g_param_spec_object ("folder", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_CAN_NEXT] = g_param_spec_boolean ("can-next", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_PREVIOUS] = g_param_spec_boolean ("can-previous", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[FAILED] = g_signal_new ("failed", MONOCLE_TYPE_IMAGE_LOADER, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
monocle_image_loader_init (MonocleImageLoader *self)
{
  self->folder = monocle_folder_new ();
  self->documents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_signal_connect_object (self->folder, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  g_signal_connect_object (self->folder, "ready", G_CALLBACK (on_folder_ready), self, 0);
}

MonocleImageLoader *
monocle_image_loader_new (void)
{
  return g_object_new (MONOCLE_TYPE_IMAGE_LOADER, NULL);
}
