/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/image-loader-private.h"

#include <glib/gi18n.h>

#include "app/base/error.h"
#include "app/json/work-file.h"

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
  WORK,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleImageLoader, monocle_image_loader, G_TYPE_OBJECT)

/* --- What is notified --- */

gboolean
monocle_image_loader_can_next (MonocleImageLoader *self)
{
  return self->item
         && self->position + (self->item_is_gone ? 0 : 1) < monocle_image_loader_get_n_items (self);
}

gboolean
monocle_image_loader_can_previous (MonocleImageLoader *self)
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

void
monocle_image_loader_update (MonocleImageLoader *self)
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
  notify_boolean (self, &self->can_next, monocle_image_loader_can_next (self), PROP_CAN_NEXT);
  notify_boolean (self, &self->can_previous, monocle_image_loader_can_previous (self),
                  PROP_CAN_PREVIOUS);
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
on_update_due (gpointer data)
{
  MonocleImageLoader *self = data;

  self->update_source = 0;
  monocle_image_loader_update (self);
  return G_SOURCE_REMOVE;
}

/* A large folder's list changes ten thousand times while it fills. */
static void
update_soon (MonocleImageLoader *self)
{
  if (self->update_source == 0)
    self->update_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_update_due, self, NULL);
}

void
monocle_image_loader_set_position (MonocleImageLoader *self, guint position)
{
  if (position == self->position)
    return;
  self->position = position;
  self->position_changed = TRUE;
}

void
monocle_image_loader_set_gone (MonocleImageLoader *self, gboolean gone)
{
  self->position_changed |= gone != self->item_is_gone;
  self->item_is_gone = gone;
}

void
monocle_image_loader_show (MonocleImageLoader *self, MonocleDocument *document, char *key)
{
  g_autoptr (MonocleDocument) before = self->document;
  g_autofree char *before_key = self->document_key;

  self->document = document;
  self->document_key = key;
  if (key)
    g_hash_table_remove (self->documents, key);
  if (before == document)
    return;
  if (document)
    monocle_document_show (document);
  if (before && !before_key && monocle_document_is_unkept (before))
    /* Found by no file, but not to be lost without a word. */
    before_key = g_strdup_printf ("pasted %p", (void *) before);
  if (before && before_key && monocle_document_has_work (before))
    g_hash_table_insert (self->documents, g_strdup (before_key), g_object_ref (before));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DOCUMENT]);
  /* When nobody here shows it any more. */
  if (before)
    {
      monocle_document_leave (before);
      monocle_document_drop_image (before);
    }
}

void
monocle_image_loader_refuse (MonocleImageLoader *self, const char *name, const GError *error)
{
  g_signal_emit (self, signals[FAILED], 0, name, error);
}

/* --- The folder --- */

/* Whatever is filtered: it is what is looked at from now on. */
static void
open_in_folder (MonocleImageLoader *self, MonocleFolderItem *item, gboolean again)
{
  guint position;

  monocle_folder_view_set_current (self->view, item);
  if (monocle_folder_view_find (self->view, monocle_folder_item_get_file (item),
                                monocle_folder_item_get_page (item), &position))
    monocle_image_loader_open_at (self, position, again);
}

static gboolean
open_awaited (MonocleImageLoader *self)
{
  MonocleFolderItem *item
      = self->awaited ? monocle_folder_find (self->folder, self->awaited, 0, NULL) : NULL;

  if (!item)
    return FALSE;
  open_in_folder (self, item, TRUE);
  return TRUE;
}

static void
on_folder_changed (MonocleImageLoader *self)
{
  open_awaited (self);
}

static void
on_items_changed (
    GListModel *view, guint position, guint removed, guint added, MonocleImageLoader *self)
{
  if (self->item)
    {
      const guint n = g_list_model_get_n_items (view);
      guint at;

      if (monocle_folder_view_find (self->view, monocle_folder_item_get_file (self->item),
                                    monocle_folder_item_get_page (self->item), &at))
        monocle_image_loader_set_gone (self, FALSE);
      else
        {
          at = self->position;
          if (at >= position + removed)
            at = at - removed + added;
          at = MIN (at, n);
          monocle_image_loader_set_gone (self, TRUE);
        }
      monocle_image_loader_set_position (self, at);
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
      monocle_image_loader_open_at (self, 0, TRUE);
      return;
    }
  awaited = g_steal_pointer (&self->awaited);
  base = g_file_get_basename (awaited);
  name = base ? g_filename_display_name (base) : g_file_get_uri (awaited);
  error = g_error_new_literal (MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE,
                               _ ("There are no pictures in this folder."));
  monocle_image_loader_fail (self, name, error);
}

/* Nothing is in the folder any more, and nothing is under way. */
static void
forget_folder (MonocleImageLoader *self)
{
  monocle_image_loader_cancel_load (self);
  monocle_image_loader_cancel_ahead (self);
  g_clear_object (&self->item);
  monocle_folder_view_set_current (self->view, NULL);
  monocle_image_loader_set_gone (self, FALSE);
  self->remembers = FALSE;
  monocle_image_loader_set_position (self, 0);
}

/* (transfer container): those that are no work */
static GPtrArray *
list_pictures (GPtrArray *files)
{
  GPtrArray *pictures = g_ptr_array_new ();

  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *name = g_file_get_basename (files->pdata[i]);

      if (!name || !monocle_work_file_is_named (name))
        g_ptr_array_add (pictures, files->pdata[i]);
    }
  return pictures;
}

void
monocle_image_loader_open_files (MonocleImageLoader *self, GPtrArray *files)
{
  g_autoptr (GPtrArray) pictures = NULL;

  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));
  g_return_if_fail (files != NULL);

  if (files->len == 0)
    return;
  pictures = list_pictures (files);
  if (pictures->len == 0)
    {
      g_signal_emit (self, signals[WORK], 0, files->pdata[0]);
      return;
    }
  files = pictures;
  forget_folder (self);
  monocle_folder_view_set_filter (self->view, MONOCLE_FOLDER_ALL);
  self->remembers = TRUE;
  self->awaited = g_object_ref (files->pdata[0]);
  monocle_image_loader_update (self);
  monocle_folder_open (self->folder, files);
}

void
monocle_image_loader_open_item (MonocleImageLoader *self, MonocleFolderItem *item)
{
  MonocleFolderItem *there;

  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));
  g_return_if_fail (MONOCLE_IS_FOLDER_ITEM (item));

  there = monocle_folder_find (self->folder, monocle_folder_item_get_file (item),
                               monocle_folder_item_get_page (item), NULL);
  if (there)
    open_in_folder (self, there, FALSE);
}

void
monocle_image_loader_next (MonocleImageLoader *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));

  if (monocle_image_loader_can_next (self))
    monocle_image_loader_open_at (self, self->position + (self->item_is_gone ? 0 : 1), FALSE);
}

void
monocle_image_loader_previous (MonocleImageLoader *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));

  if (monocle_image_loader_can_previous (self))
    monocle_image_loader_open_at (self, self->position - 1, FALSE);
}

void
monocle_image_loader_first (MonocleImageLoader *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));

  monocle_image_loader_open_at (self, 0, FALSE);
}

void
monocle_image_loader_last (MonocleImageLoader *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));

  if (monocle_image_loader_get_n_items (self) > 0)
    monocle_image_loader_open_at (self, monocle_image_loader_get_n_items (self) - 1, FALSE);
}

/* --- Pictures without a file --- */

static void
clear_folder (MonocleImageLoader *self)
{
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  forget_folder (self);
  monocle_folder_open (self->folder, nothing);
}

void
monocle_image_loader_show_alone (MonocleImageLoader *self, MonocleDocument *document)
{
  g_object_freeze_notify (G_OBJECT (self));
  clear_folder (self);
  monocle_image_loader_show (self, document, NULL);
  monocle_image_loader_update (self);
  g_object_thaw_notify (G_OBJECT (self));
}

void
monocle_image_loader_open_document (MonocleImageLoader *self, MonocleDocument *document)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));
  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));
  g_return_if_fail (monocle_document_get_file (document) == NULL);

  monocle_image_loader_cancel_load (self);
  monocle_image_loader_show_alone (self, g_object_ref (document));
}

void
monocle_image_loader_close (MonocleImageLoader *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_LOADER (self));

  monocle_image_loader_show_alone (self, NULL);
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

MonocleFolderView *
monocle_image_loader_get_view (MonocleImageLoader *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_LOADER (self), NULL);

  return self->view;
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

  return g_list_model_get_n_items (G_LIST_MODEL (self->view));
}

/* --- The class --- */

static void
monocle_image_loader_dispose (GObject *object)
{
  MonocleImageLoader *self = MONOCLE_IMAGE_LOADER (object);

  g_clear_handle_id (&self->update_source, g_source_remove);
  monocle_image_loader_cancel_load (self);
  monocle_image_loader_cancel_ahead (self);
  if (self->folder)
    monocle_folder_cancel (self->folder);
  g_clear_object (&self->item);
  if (self->document)
    monocle_document_leave (self->document);
  g_clear_object (&self->document);
  g_clear_pointer (&self->document_key, g_free);
  g_hash_table_remove_all (self->documents);
  G_OBJECT_CLASS (monocle_image_loader_parent_class)->dispose (object);
}

static void
monocle_image_loader_finalize (GObject *object)
{
  MonocleImageLoader *self = MONOCLE_IMAGE_LOADER (object);

  g_object_unref (self->view);
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
      g_value_set_boolean (value, monocle_image_loader_can_next (self));
      break;
    case PROP_CAN_PREVIOUS:
      g_value_set_boolean (value, monocle_image_loader_can_previous (self));
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
  signals[WORK] = g_signal_new ("work", MONOCLE_TYPE_IMAGE_LOADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_FILE);
}

static void
monocle_image_loader_init (MonocleImageLoader *self)
{
  self->folder = monocle_folder_new ();
  self->documents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  /* It hears of changes first. */
  self->view = monocle_folder_view_new (self->folder);
  g_signal_connect_object (self->view, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  g_signal_connect_object (self->folder, "items-changed", G_CALLBACK (on_folder_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "ready", G_CALLBACK (on_folder_ready), self, 0);
}

MonocleImageLoader *
monocle_image_loader_new (void)
{
  return g_object_new (MONOCLE_TYPE_IMAGE_LOADER, NULL);
}
