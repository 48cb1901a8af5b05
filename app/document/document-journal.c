/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A document and its journal: what is done goes into it as it is done, what was done comes out of
 * it.
 */
#include "config.h"

#include "app/document/document-private.h"
#include "app/document/id.h"

/* Answers are put into it so long after they are whole: what is asked while words are typed gives
 * way to the next before. */
#define KEEP_MS 400

/* --- Away --- */

static void
write_record (MonocleDocument *self, MonocleRecordType type, GVariant *content)
{
  g_autoptr (GVariant) owned = content ? g_variant_ref_sink (content) : NULL;

  if (!self->journal || monocle_journal_append (self->journal, type, owned, &self->trouble))
    return;
  /* What comes after it would make no sense without it. */
  g_clear_pointer (&self->journal, monocle_journal_close);
  g_object_notify (G_OBJECT (self), "trouble");
}

/* Whose picture it is: for those who find the file. */
GVariant *
monocle_document_store_picture (MonocleDocument *self)
{
  GVariantDict picture;

  g_variant_dict_init (&picture, NULL);
  g_variant_dict_insert (&picture, "width", "u", self->width);
  g_variant_dict_insert (&picture, "height", "u", self->height);
  if (self->file)
    {
      g_autofree char *uri = g_file_get_uri (self->file);

      g_variant_dict_insert (&picture, "uri", "s", uri);
    }
  if (self->file && monocle_stamp_is_known (&self->stamp))
    {
      g_variant_dict_insert (&picture, "size", "x", self->stamp.size);
      g_variant_dict_insert (&picture, "modified", "x", self->stamp.modified);
    }
  return g_variant_dict_end (&picture);
}

void
monocle_document_write (MonocleDocument *self, MonocleRecordType type, GVariant *content)
{
  g_autoptr (GVariant) owned = content ? g_variant_ref_sink (content) : NULL;

  if (type != MONOCLE_RECORD_SAVED && type != MONOCLE_RECORD_ANSWER
      && type != MONOCLE_RECORD_ASKING)
    monocle_document_count (self);
  if (!self->journal || self->is_replaying)
    return;
  if (monocle_journal_is_empty (self->journal))
    write_record (self, MONOCLE_RECORD_PICTURE, monocle_document_store_picture (self));
  write_record (self, type, owned);
  monocle_document_compact (self, FALSE);
  if (self->journal)
    g_signal_emit_by_name (self, "kept");
}

void
monocle_document_write_answer (MonocleDocument *self, MonocleQuery *query)
{
  const guint64 id = monocle_query_get_id (query);

  if (!g_hash_table_add (self->kept, monocle_id_dup (id)))
    return;
  monocle_document_write (self, MONOCLE_RECORD_ANSWER,
                          g_variant_new ("(t@a{sv})", id, monocle_query_store (query)));
}

static void
write_answers (MonocleDocument *self)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queries));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (G_LIST_MODEL (self->queries), i);

      if (monocle_query_is_whole (query))
        monocle_document_write_answer (self, query);
    }
}

static gboolean
on_keep_due (gpointer data)
{
  MonocleDocument *self = data;

  self->keep_source = 0;
  write_answers (self);
  return G_SOURCE_REMOVE;
}

void
monocle_document_keep_answers (MonocleDocument *self)
{
  monocle_document_count (self);
  if (self->journal && !self->is_replaying && self->keep_source == 0)
    self->keep_source = g_timeout_add (KEEP_MS, on_keep_due, self);
}

void
monocle_document_drop_answer (MonocleDocument *self, MonocleQuery *query)
{
  const guint64 id = monocle_query_get_id (query);

  if (g_hash_table_remove (self->kept, &id))
    monocle_document_write (self, MONOCLE_RECORD_DROP, g_variant_new_uint64 (id));
}

void
monocle_document_flush (MonocleDocument *self)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  if (!self->journal)
    return;
  g_clear_handle_id (&self->keep_source, g_source_remove);
  write_answers (self);
  monocle_document_flush_asking (self);
}

void
monocle_document_close (MonocleDocument *self)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  if (!self->journal)
    return;
  monocle_document_flush (self);
  g_signal_emit_by_name (self, "closing");
  g_clear_pointer (&self->journal, monocle_journal_close);
}

/* --- In a file of the person's --- */

void
monocle_document_count (MonocleDocument *self)
{
  if (self->is_replaying || self->n_done++ != self->n_saved || !self->saved_path)
    return;
  g_object_notify (G_OBJECT (self), "saved");
}

static void
set_saved (MonocleDocument *self, const char *path, const char *digest)
{
  g_autofree char *path_before = self->saved_path;
  g_autofree char *digest_before = self->saved_digest;

  self->saved_path = g_strdup (path);
  self->saved_digest = g_strdup (digest);
  self->n_saved = self->n_done;
  g_object_notify (G_OBJECT (self), "saved");
}

void
monocle_document_set_saved (MonocleDocument *self, const char *path, const char *digest)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (path && digest);

  /* What is in the file is in the journal before that says so. */
  monocle_document_flush (self);
  set_saved (self, path, digest);
  monocle_document_write (self, MONOCLE_RECORD_SAVED,
                          g_variant_new ("(^ays)", self->saved_path, self->saved_digest));
}

const char *
monocle_document_get_saved_path (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return self->saved_path;
}

const char *
monocle_document_get_saved_digest (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return self->saved_digest;
}

gboolean
monocle_document_is_saved (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), FALSE);

  return self->saved_path && self->n_saved == self->n_done;
}

gboolean
monocle_document_is_unkept (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), FALSE);

  return self->trouble && monocle_document_has_work (self) && !monocle_document_is_saved (self);
}

/* --- And back --- */

static void
read_answer (MonocleDocument *self, GVariant *content)
{
  g_autoptr (GVariant) stored = NULL;
  g_autoptr (MonocleQuery) query = NULL;
  guint64 id;

  if (!g_variant_is_of_type (content, G_VARIANT_TYPE ("(ta{sv})")))
    return;
  g_variant_get (content, "(t@a{sv})", &id, &stored);
  g_hash_table_add (self->kept, monocle_id_dup (id));
  if (g_hash_table_contains (self->known, &id))
    return;
  query = monocle_query_new_stored (id, stored);
  if (!query)
    {
      self->n_unread++;
      return;
    }
  monocle_document_know (self, id, query);
  g_list_store_append (self->queries, query);
}

static void
read_drop (MonocleDocument *self, GVariant *content)
{
  guint64 id;
  gpointer query;
  guint position;

  if (!g_variant_is_of_type (content, G_VARIANT_TYPE_UINT64))
    return;
  id = g_variant_get_uint64 (content);
  query = g_hash_table_lookup (self->known, &id);
  if (query && g_list_store_find (self->queries, query, &position))
    g_list_store_remove (self->queries, position);
}

static void
read_edit (MonocleDocument *self, GVariant *content, MonocleRecordType type)
{
  g_autoptr (MonocleEdit) edit = NULL;

  if (g_variant_is_of_type (content, G_VARIANT_TYPE (MONOCLE_STORED_EDIT)))
    edit = monocle_edit_restore (content);
  if (!edit)
    self->n_unread++;
  else if (type == MONOCLE_RECORD_BASE)
    monocle_document_replay_base (self, edit);
  else
    monocle_document_replay (self, edit, type == MONOCLE_RECORD_LONGER);
}

static void
read_saved (MonocleDocument *self, GVariant *content)
{
  const char *path, *digest;

  if (!g_variant_is_of_type (content, G_VARIANT_TYPE ("(ays)")))
    return;
  g_variant_get (content, "(^&ay&s)", &path, &digest);
  if (*path)
    set_saved (self, path, digest);
}

static void
read_record (MonocleRecordType type, GVariant *content, gpointer data)
{
  MonocleDocument *self = data;

  if (type != MONOCLE_RECORD_PICTURE && type != MONOCLE_RECORD_SHORT
      && type != MONOCLE_RECORD_ASKING)
    self->n_done++;
  switch (type)
    {
    case MONOCLE_RECORD_UNDO:
      monocle_undo_undo (self->undo);
      break;
    case MONOCLE_RECORD_REDO:
      monocle_undo_redo (self->undo);
      break;
    case MONOCLE_RECORD_EDIT:
    case MONOCLE_RECORD_LONGER:
    case MONOCLE_RECORD_BASE:
      if (content)
        read_edit (self, content, type);
      break;
    case MONOCLE_RECORD_ANSWER:
      if (content)
        read_answer (self, content);
      break;
    case MONOCLE_RECORD_DROP:
      if (content)
        read_drop (self, content);
      break;
    case MONOCLE_RECORD_SAVED:
      if (content)
        read_saved (self, content);
      break;
    case MONOCLE_RECORD_ASKING:
      g_clear_pointer (&self->interrupted, g_variant_unref);
      self->interrupted = content ? g_variant_ref (content) : NULL;
      break;
    case MONOCLE_RECORD_PICTURE:
    case MONOCLE_RECORD_SHORT:
      break;
    case MONOCLE_RECORD_PLAN:
    case MONOCLE_RECORD_PASSED:
    case MONOCLE_RECORD_PAUSED:
    default:
      self->n_unread++;
      break;
    }
}

void
monocle_document_keep_in (MonocleDocument *self, const char *path)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (path);
  g_return_if_fail (!self->journal && !monocle_document_has_work (self));

  g_clear_error (&self->trouble);
  self->is_replaying = TRUE;
  g_object_freeze_notify (G_OBJECT (self));
  self->journal = monocle_journal_open (path, read_record, self, &self->trouble);
  monocle_document_compact (self, TRUE);
  monocle_document_number_regions (self);
  g_object_notify (G_OBJECT (self), "trouble");
  g_object_thaw_notify (G_OBJECT (self));
  self->is_replaying = FALSE;
  monocle_document_recall_asking (self);
}

/* --- Without its picture --- */

static void
read_picture (MonocleDocument *self, GVariant *content)
{
  const char *uri = NULL;
  guint32 width, height;

  if (!g_variant_is_of_type (content, G_VARIANT_TYPE_VARDICT))
    return;
  if (g_variant_lookup (content, "width", "u", &width)
      && g_variant_lookup (content, "height", "u", &height))
    {
      self->width = width;
      self->height = height;
    }
  if (!g_variant_lookup (content, "size", "x", &self->stamp.size)
      || !g_variant_lookup (content, "modified", "x", &self->stamp.modified))
    self->stamp = MONOCLE_STAMP_UNKNOWN;
  g_clear_object (&self->file);
  if (g_variant_lookup (content, "uri", "&s", &uri))
    self->file = g_file_new_for_uri (uri);
}

static void
read_record_alone (MonocleRecordType type, GVariant *content, gpointer document)
{
  if (type == MONOCLE_RECORD_PICTURE && content)
    read_picture (document, content);
  else
    read_record (type, content, document);
}

MonocleDocument *
monocle_document_new_kept (const char *path, GError **error)
{
  g_autoptr (MonocleDocument) self = NULL;

  g_return_val_if_fail (path, NULL);

  self = g_object_new (MONOCLE_TYPE_DOCUMENT, NULL);
  self->name = g_path_get_basename (path);
  self->is_replaying = TRUE;
  self->journal = monocle_journal_open (path, read_record_alone, self, error);
  self->is_replaying = FALSE;
  return self->journal ? g_steal_pointer (&self) : NULL;
}

MonocleDocument *
monocle_document_new_read (const char *path, GError **error)
{
  g_autoptr (MonocleDocument) self = NULL;

  g_return_val_if_fail (path, NULL);

  self = g_object_new (MONOCLE_TYPE_DOCUMENT, NULL);
  self->name = g_path_get_basename (path);
  self->is_replaying = TRUE;
  if (!monocle_journal_read (path, read_record_alone, self, error))
    return NULL;
  return g_steal_pointer (&self);
}
