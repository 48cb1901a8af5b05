/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journal of a document as short as it can be: it grows with all that is done, also with what
 * was taken back, done again a moment later, or deleted since.
 *
 * What is dropped while the picture is open: nothing that can be reached: steps that were taken
 * back and did not come again as something else was done since, all but the last of steps that went
 * on, taking back and making again, answers that are gone.
 *
 * What is dropped when it is opened, besides: the oldest steps of earlier times, of more than
 * HISTORY_STEPS or HISTORY_BYTES. What they did stays; it cannot be taken back any more.
 *
 * The other journal is made from the file alone, in a document of its own, and is read before it
 * takes the place of the first: one that would say anything else is not used. Neither is anything
 * touched that a later version wrote.
 */
#include "config.h"

#include "app/document/document-private.h"
#include "app/document/id.h"

/* Shorter ones are left alone, and those that did not grow so many times since they were short,
 * unless they have many steps of earlier times. */
#define OPENED_BYTES  (64 * 1024)
#define OPENED_TIMES  2
#define SESSION_BYTES (1024 * 1024)
#define SESSION_TIMES 4

/* Of earlier times: what can be taken back, and as much that can be made again. */
#define HISTORY_STEPS 1000
#define HISTORY_BYTES (16 * 1024 * 1024)

typedef struct
{
  MonocleDocument *scratch; /* what the file says */
  guint64 n_bytes;          /* of the file */
  guint n_steps, n_back, n_again;
  gboolean opens;
} Compaction;

/* --- What is kept --- */

/* How many of the @n steps from @from on, in that direction. */
static guint
count_kept (Compaction *self, guint from, guint n, int direction)
{
  gsize n_bytes = 0;
  guint n_kept = 0;

  while (n_kept < n && n_kept < HISTORY_STEPS && n_bytes <= HISTORY_BYTES)
    {
      const guint at = direction < 0 ? from - n_kept : from + n_kept;
      g_autoptr (GVariant) stored
          = g_variant_ref_sink (monocle_edit_store (monocle_undo_get (self->scratch->undo, at)));

      n_bytes += g_variant_get_size (stored);
      n_kept++;
    }
  return n_kept;
}

static void
choose_steps (Compaction *self)
{
  self->n_back = self->n_steps = monocle_undo_count (self->scratch->undo, &self->n_again);
  if (!self->opens)
    return;
  self->n_back = count_kept (self, self->n_steps - 1, self->n_steps, -1);
  self->n_again = count_kept (self, self->n_steps, self->n_again, 1);
}

static MonocleEdit *
get_kept (Compaction *self, guint index)
{
  return monocle_undo_get (self->scratch->undo, self->n_steps - self->n_back + index);
}

/* --- As records --- */

static gboolean
write_answer (MonocleJournal *fresh, MonocleQuery *query, GError **error)
{
  return monocle_journal_append (
      fresh, MONOCLE_RECORD_ANSWER,
      g_variant_new ("(t@a{sv})", monocle_query_get_id (query), monocle_query_store (query)),
      error);
}

/* Answers that are not shown, but may come again. */
static gboolean
write_hidden_answers (Compaction *self, MonocleJournal *fresh, GError **error)
{
  g_autoptr (GHashTable) written
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < self->n_back + self->n_again; i++)
    {
      MonocleEdit *edit = get_kept (self, i);

      for (guint k = 0; k < monocle_edit_get_n_changes (edit); k++)
        {
          const guint64 id = monocle_edit_get_change (edit, k)->id;
          gpointer thing = g_hash_table_lookup (self->scratch->known, &id);

          if (!thing || !MONOCLE_IS_QUERY (thing)
              || g_list_store_find (self->scratch->queries, thing, NULL)
              || !g_hash_table_add (written, monocle_id_dup (id)))
            continue;
          if (!write_answer (fresh, thing, error)
              || !monocle_journal_append (fresh, MONOCLE_RECORD_DROP, g_variant_new_uint64 (id),
                                          error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
write_answers (Compaction *self, MonocleJournal *fresh, GError **error)
{
  GListModel *queries = G_LIST_MODEL (self->scratch->queries);

  for (guint i = 0; i < g_list_model_get_n_items (queries); i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      if (!write_answer (fresh, query, error))
        return FALSE;
    }
  return TRUE;
}

/* What lies on the picture, a record each: none is longer than one that could be written before. */
static gboolean
write_base (Compaction *self, MonocleJournal *fresh, GError **error)
{
  MonocleDocument *scratch = self->scratch;
  GListModel *regions = G_LIST_MODEL (scratch->regions);
  g_autoptr (MonocleEdit) rest = monocle_edit_new (MONOCLE_VERB_OPEN);

  for (guint i = 0; i < g_list_model_get_n_items (regions); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, i);
      g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_OPEN);

      monocle_edit_add (edit, MONOCLE_CHANGE_REGION, monocle_annotation_get_id (region), i, NULL,
                        monocle_annotation_store (region));
      if (!monocle_journal_append (fresh, MONOCLE_RECORD_BASE, monocle_edit_store (edit), error))
        return FALSE;
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (scratch->talk)); i++)
    {
      g_autoptr (MonocleSaid) said = g_list_model_get_item (G_LIST_MODEL (scratch->talk), i);
      g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_OPEN);

      monocle_edit_add (edit, MONOCLE_CHANGE_SAID, monocle_said_get_id (said), i, NULL,
                        monocle_said_store (said));
      if (!monocle_journal_append (fresh, MONOCLE_RECORD_BASE, monocle_edit_store (edit), error))
        return FALSE;
    }
  monocle_edit_add (rest, MONOCLE_CHANGE_TURN, 0, 0, g_variant_new_uint32 (0),
                    g_variant_new_uint32 (scratch->rotation));
  monocle_edit_add (rest, MONOCLE_CHANGE_DONE, 0, 0, g_variant_new_boolean (FALSE),
                    g_variant_new_boolean (scratch->is_done));
  return monocle_journal_append (fresh, MONOCLE_RECORD_BASE, monocle_edit_store (rest), error);
}

static gboolean
write_steps (Compaction *self, MonocleJournal *fresh, GError **error)
{
  for (guint i = 0; i < self->n_back + self->n_again; i++)
    if (!monocle_journal_append (fresh, MONOCLE_RECORD_EDIT,
                                 monocle_edit_store (get_kept (self, i)), error))
      return FALSE;
  for (guint i = 0; i < self->n_again; i++)
    if (!monocle_journal_append (fresh, MONOCLE_RECORD_UNDO, NULL, error))
      return FALSE;
  return TRUE;
}

static gboolean
write_asking (Compaction *self, MonocleJournal *fresh, GError **error)
{
  return !self->scratch->interrupted
         || monocle_journal_append (fresh, MONOCLE_RECORD_ASKING, self->scratch->interrupted,
                                    error);
}

/* What was done after it is not in that file: so it comes before or behind all else. */
static gboolean
write_saved (Compaction *self, MonocleJournal *fresh, gboolean is_saved, GError **error)
{
  MonocleDocument *scratch = self->scratch;

  return !scratch->saved_path || monocle_document_is_saved (scratch) != is_saved
         || monocle_journal_append (
             fresh, MONOCLE_RECORD_SAVED,
             g_variant_new ("(^ays)", scratch->saved_path, scratch->saved_digest), error);
}

/* --- Looked at again --- */

/* (transfer full): all that there is, of two documents the same if these are */
static GVariant *
store_all (MonocleDocument *self)
{
  GVariantBuilder things;

  g_variant_builder_init (&things, G_VARIANT_TYPE ("a(tv)"));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->regions)); i++)
    {
      g_autoptr (MonocleAnnotation) region
          = g_list_model_get_item (G_LIST_MODEL (self->regions), i);

      g_variant_builder_add (&things, "(tv)", monocle_annotation_get_id (region),
                             monocle_annotation_store (region));
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queries)); i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (G_LIST_MODEL (self->queries), i);

      g_variant_builder_add (&things, "(tv)", monocle_query_get_id (query),
                             monocle_query_store (query));
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->talk)); i++)
    {
      g_autoptr (MonocleSaid) said = g_list_model_get_item (G_LIST_MODEL (self->talk), i);

      g_variant_builder_add (&things, "(tv)", monocle_said_get_id (said),
                             monocle_said_store (said));
    }
  return g_variant_ref_sink (
      g_variant_new ("(a(tv)ubbssmv)", &things, self->rotation, self->is_done,
                     monocle_document_is_saved (self), self->saved_path ? self->saved_path : "",
                     self->saved_digest ? self->saved_digest : "", self->interrupted));
}

static gboolean
is_same (Compaction *self, GVariant *all, const char *path)
{
  g_autoptr (MonocleDocument) other = monocle_document_new_read (path, NULL);
  g_autoptr (GVariant) all_there = other ? store_all (other) : NULL;
  guint n_again;

  if (!other || !g_variant_equal (all, all_there)
      || monocle_undo_count (other->undo, &n_again) != self->n_back || n_again != self->n_again)
    return FALSE;
  for (guint i = 0; i < self->n_back + self->n_again; i++)
    {
      g_autoptr (GVariant) here = g_variant_ref_sink (monocle_edit_store (get_kept (self, i)));
      g_autoptr (GVariant) there
          = g_variant_ref_sink (monocle_edit_store (monocle_undo_get (other->undo, i)));

      if (!g_variant_equal (here, there))
        return FALSE;
    }
  return TRUE;
}

/* --- All of it --- */

static gboolean
write_all (MonocleJournal *fresh, gpointer data, GError **error)
{
  Compaction *self = data;
  MonocleDocument *scratch = self->scratch;
  g_autoptr (GVariant) all = store_all (scratch);
  guint64 n_short;

  if (!monocle_journal_append (fresh, MONOCLE_RECORD_PICTURE,
                               monocle_document_store_picture (scratch), error)
      || !write_saved (self, fresh, FALSE, error))
    return FALSE;
  for (guint i = 0; i < self->n_back; i++)
    monocle_undo_undo (scratch->undo);
  if (!write_hidden_answers (self, fresh, error) || !write_answers (self, fresh, error)
      || !write_base (self, fresh, error) || !write_steps (self, fresh, error)
      || !write_asking (self, fresh, error) || !write_saved (self, fresh, TRUE, error)
      || !monocle_journal_append (fresh, MONOCLE_RECORD_SHORT, NULL, error))
    return FALSE;
  return (self->n_back < self->n_steps
          || monocle_journal_get_size (fresh, &n_short) <= self->n_bytes / 2)
         && is_same (self, all, monocle_journal_get_path (fresh));
}

/* @n_bytes: (out): of its journal */
static gboolean
is_too_long (MonocleDocument *self, gboolean opens, guint64 *n_bytes)
{
  guint64 n_short;
  guint n_again;

  *n_bytes = monocle_journal_get_size (self->journal, &n_short);
  if (!opens)
    return *n_bytes > MAX (SESSION_BYTES, SESSION_TIMES * n_short);
  return *n_bytes > OPENED_BYTES
         && (*n_bytes > OPENED_TIMES * n_short
             || monocle_undo_count (self->undo, &n_again) > 2 * HISTORY_STEPS);
}

void
monocle_document_compact (MonocleDocument *self, gboolean opens)
{
  Compaction compaction = { .opens = opens };
  g_autoptr (MonocleDocument) scratch = NULL;

  if (!self->journal || !is_too_long (self, opens, &compaction.n_bytes))
    return;
  scratch = monocle_document_new_read (monocle_journal_get_path (self->journal), NULL);
  compaction.scratch = scratch;
  if (scratch && scratch->n_unread == 0)
    {
      choose_steps (&compaction);
      if (monocle_journal_rewrite (self->journal, write_all, &compaction, NULL))
        {
          if (opens)
            monocle_undo_cut (self->undo, compaction.n_back, compaction.n_again);
          return;
        }
    }
  /* Not before it is longer again; where that cannot be written the next record says so. */
  monocle_journal_append (self->journal, MONOCLE_RECORD_SHORT, NULL, NULL);
}
