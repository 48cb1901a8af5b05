/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/document.h"

#include "app/document/document-private.h"
#include "app/document/turn.h"

enum
{
  PROP_0,
  PROP_IMAGE,
  PROP_NAME,
  PROP_TROUBLE,
  PROP_SAVED,
  PROP_DONE,
  PROP_ASKING,
  N_PROPS
};

enum
{
  KEPT,
  CLOSING,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleDocument, monocle_document, G_TYPE_OBJECT)

static void
monocle_document_dispose (GObject *object)
{
  MonocleDocument *self = MONOCLE_DOCUMENT (object);

  monocle_document_close (self);
  g_clear_handle_id (&self->keep_source, g_source_remove);
  /* Its steps lead back here. */
  monocle_undo_clear (self->undo);
  G_OBJECT_CLASS (monocle_document_parent_class)->dispose (object);
}

static void
monocle_document_finalize (GObject *object)
{
  MonocleDocument *self = MONOCLE_DOCUMENT (object);

  g_clear_object (&self->file);
  g_free (self->name);
  g_free (self->digest);
  g_free (self->saved_path);
  g_free (self->saved_digest);
  g_clear_pointer (&self->image, monocle_image_unref);
  g_object_unref (self->regions);
  g_object_unref (self->queries);
  g_object_unref (self->talk);
  g_clear_handle_id (&self->asking_source, g_source_remove);
  g_clear_object (&self->asking);
  g_clear_pointer (&self->interrupted, g_variant_unref);
  g_object_unref (self->undo);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->kept);
  g_clear_error (&self->trouble);
  G_OBJECT_CLASS (monocle_document_parent_class)->finalize (object);
}

static void
monocle_document_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleDocument *self = MONOCLE_DOCUMENT (object);

  switch (id)
    {
    case PROP_IMAGE:
      g_value_set_boxed (value, self->image);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_TROUBLE:
      g_value_set_boxed (value, self->trouble);
      break;
    case PROP_SAVED:
      g_value_set_boolean (value, monocle_document_is_saved (self));
      break;
    case PROP_DONE:
      g_value_set_boolean (value, self->is_done);
      break;
    case PROP_ASKING:
      g_value_set_object (value, self->asking);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_document_class_init (MonocleDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = monocle_document_dispose;
  object_class->finalize = monocle_document_finalize;
  object_class->get_property = monocle_document_get_property;

  properties[PROP_IMAGE] = g_param_spec_boxed ("image", NULL, NULL, MONOCLE_TYPE_IMAGE, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_TROUBLE] = g_param_spec_boxed ("trouble", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_SAVED] = g_param_spec_boolean ("saved", NULL, NULL, FALSE, flags);
  properties[PROP_DONE] = g_param_spec_boolean ("done", NULL, NULL, FALSE, flags);
  properties[PROP_ASKING] = g_param_spec_object ("asking", NULL, NULL, MONOCLE_TYPE_SAID, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[KEPT] = g_signal_new ("kept", MONOCLE_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  signals[CLOSING] = g_signal_new ("closing", MONOCLE_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

/* What came may be whole already, or be so later. */
static void
on_queries_changed (
    GListModel *queries, guint position, guint removed, guint added, MonocleDocument *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      g_signal_handlers_disconnect_by_func (query, monocle_document_keep_answers, self);
      g_signal_connect_object (query, "notify::state", G_CALLBACK (monocle_document_keep_answers),
                               self, G_CONNECT_SWAPPED);
    }
  if (added > 0)
    monocle_document_keep_answers (self);
}

static void
monocle_document_init (MonocleDocument *self)
{
  self->regions = g_list_store_new (MONOCLE_TYPE_ANNOTATION);
  self->queries = g_list_store_new (MONOCLE_TYPE_QUERY);
  self->talk = g_list_store_new (MONOCLE_TYPE_SAID);
  self->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->kept = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->stamp = MONOCLE_STAMP_UNKNOWN;
  self->undo = monocle_undo_new (monocle_document_take_step, self);
  g_signal_connect_object (self->queries, "items-changed", G_CALLBACK (on_queries_changed), self,
                           0);
}

MonocleDocument *
monocle_document_new (GFile *file, const char *name, MonocleImage *image)
{
  MonocleDocument *self;

  g_return_val_if_fail (!file || G_IS_FILE (file), NULL);
  g_return_val_if_fail (name && image, NULL);

  self = g_object_new (MONOCLE_TYPE_DOCUMENT, NULL);
  g_set_object (&self->file, file);
  self->name = g_strdup (name);
  self->image = monocle_image_ref (image);
  self->width = monocle_image_get_width (image);
  self->height = monocle_image_get_height (image);

  return self;
}

GFile *
monocle_document_get_file (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return self->file;
}

const char *
monocle_document_get_name (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return self->name;
}

void
monocle_document_set_digest (MonocleDocument *self, const char *digest, guint page)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  g_free (self->digest);
  self->digest = g_strdup (digest);
  self->page = page;
}

const char *
monocle_document_get_digest (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return self->digest;
}

guint
monocle_document_get_page (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), 0);

  return self->page;
}

guint
monocle_document_get_width (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), 0);

  return self->width;
}

guint
monocle_document_get_height (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), 0);

  return self->height;
}

guint
monocle_document_get_rotation (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), 0);

  return self->rotation;
}

guint
monocle_document_get_shown_width (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), 0);

  return self->rotation % 2 ? self->height : self->width;
}

guint
monocle_document_get_shown_height (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), 0);

  return self->rotation % 2 ? self->width : self->height;
}

MonocleMatrix
monocle_document_get_turn (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), MONOCLE_MATRIX_IDENTITY);

  return monocle_matrix_turn (self->rotation, self->width, self->height);
}

GListModel *
monocle_document_get_regions (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return G_LIST_MODEL (self->regions);
}

GListModel *
monocle_document_get_queries (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return G_LIST_MODEL (self->queries);
}

MonocleUndo *
monocle_document_get_undo (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return self->undo;
}

gboolean
monocle_document_has_work (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), FALSE);

  return g_list_model_get_n_items (G_LIST_MODEL (self->regions)) > 0
         || g_list_model_get_n_items (G_LIST_MODEL (self->queries)) > 0
         || g_list_model_get_n_items (G_LIST_MODEL (self->talk)) > 0 || self->is_done;
}

gboolean
monocle_document_is_done (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), FALSE);

  return self->is_done;
}

void
monocle_document_put_done (MonocleDocument *self, gboolean done)
{
  if (self->is_done == !!done)
    return;
  self->is_done = !!done;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DONE]);
}

void
monocle_document_set_stamp (MonocleDocument *self, const MonocleStamp *stamp)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (stamp && !self->journal);

  self->stamp = *stamp;
}

const MonocleStamp *
monocle_document_get_stamp (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return &self->stamp;
}

/* --- The pixels --- */

MonocleImage *
monocle_document_get_image (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return self->image;
}

/* @image: (transfer full) (nullable) */
static void
take_image (MonocleDocument *self, MonocleImage *image)
{
  g_clear_pointer (&self->image, monocle_image_unref);
  self->image = image;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IMAGE]);
}

void
monocle_document_show (MonocleDocument *self)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  self->n_shown++;
}

void
monocle_document_leave (MonocleDocument *self)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (self->n_shown > 0);

  self->n_shown--;
}

void
monocle_document_drop_image (MonocleDocument *self)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  if (self->file && self->image && self->n_shown == 0)
    take_image (self, NULL);
}

guint
monocle_document_get_n_shown (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), 0);

  return self->n_shown;
}

gboolean
monocle_document_is_active (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), FALSE);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queries)); i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (G_LIST_MODEL (self->queries), i);

      if (monocle_query_is_active (query))
        return TRUE;
    }
  return self->asking && monocle_said_is_active (self->asking);
}

const GError *
monocle_document_get_trouble (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return self->trouble;
}

static void
drop_work (MonocleDocument *self)
{
  monocle_document_close (self);
  monocle_undo_clear (self->undo);
  g_hash_table_remove_all (self->known);
  g_hash_table_remove_all (self->kept);
  g_list_store_remove_all (self->regions);
  g_list_store_remove_all (self->queries);
  g_list_store_remove_all (self->talk);
  monocle_document_set_asking (self, NULL, 0);
  g_clear_pointer (&self->saved_path, g_free);
  g_clear_pointer (&self->saved_digest, g_free);
  monocle_document_put_done (self, FALSE);
}

void
monocle_document_forget (MonocleDocument *self)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  drop_work (self);
  monocle_document_turn (self, 4 - self->rotation);
}

static void
start_afresh (MonocleDocument *self, MonocleImage *image)
{
  drop_work (self);
  self->rotation = 0;
  self->width = monocle_image_get_width (image);
  self->height = monocle_image_get_height (image);
}

void
monocle_document_set_image (MonocleDocument *self, MonocleImage *image)
{
  g_autoptr (GError) error = NULL;
  MonocleImage *turned;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (image);

  g_object_freeze_notify (G_OBJECT (self));
  if (monocle_image_get_width (image) != self->width
      || monocle_image_get_height (image) != self->height)
    start_afresh (self, image);

  turned = monocle_turn_image (image, self->rotation, &error);
  if (!turned)
    g_warning ("%s: %s", self->name, error->message);
  take_image (self, turned);
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
monocle_document_turn (MonocleDocument *self, guint quarters)
{
  g_autoptr (GError) error = NULL;
  MonocleImage *turned = NULL;

  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), FALSE);

  if (quarters % 4 == 0)
    return FALSE;
  if (self->image && !(turned = monocle_turn_image (self->image, quarters, &error)))
    {
      g_warning ("%s: %s", self->name, error->message);
      return FALSE;
    }

  self->rotation = (self->rotation + quarters) % 4;
  if (turned)
    take_image (self, turned);

  return TRUE;
}

void
monocle_document_add_query (MonocleDocument *self, MonocleQuery *query)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  monocle_document_know (self, monocle_query_get_id (query), query);
  g_list_store_append (self->queries, query);
}

void
monocle_document_replace_query (MonocleDocument *self, MonocleQuery *query, MonocleQuery *by)
{
  guint position, n_additions = by != NULL;
  gboolean is_there;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  is_there = query && g_list_store_find (self->queries, query, &position);
  if (is_there)
    {
      const guint64 id = monocle_query_get_id (query);

      monocle_document_drop_answer (self, query);
      g_hash_table_remove (self->known, &id);
    }
  else
    position = g_list_model_get_n_items (G_LIST_MODEL (self->queries));
  if (by)
    monocle_document_know (self, monocle_query_get_id (by), by);
  g_list_store_splice (self->queries, position, is_there, (gpointer *) &by, n_additions);
}
