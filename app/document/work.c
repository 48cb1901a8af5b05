/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/work.h"

#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>

#include "app/document/journal.h"
#include "app/document/work-index.h"

/* What is done in quick succession is summed up once. */
#define SUM_UP_MS 300

#define TALLY "monocle-tally"

/* Work -> MonocleDocument, not owned: those that are open. */
static GHashTable *open_documents;

char *
monocle_work_dup_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "monocle", "work", NULL);
}

/* What the work is called. */
static char *
dup_name (const MonocleWorkKey *key)
{
  return key->page > 0 ? g_strdup_printf ("%s-%u", key->digest, key->page) : g_strdup (key->digest);
}

/* A few hundred folders, as file managers and file systems like it. */
char *
monocle_work_dup_journal (const char *work)
{
  g_autofree char *folder = monocle_work_dup_folder ();
  const char group[] = { work[0], work[1], '\0' };
  g_autofree char *name = g_strconcat (work, ".journal", NULL);

  return g_build_filename (folder, group, name, NULL);
}

/* --- Summed up --- */

/* Beside each open document. */
typedef struct
{
  MonocleDocument *document; /* not held: it goes with it */
  char *work;
  guint page;
  gboolean is_borrowed; /* which file it is is not known */
  guint source;
} Tally;

static void
tally_free (Tally *tally)
{
  g_clear_handle_id (&tally->source, g_source_remove);
  g_free (tally->work);
  g_free (tally);
}

/* (transfer full) (nullable): the work on what its file was before, as long as nobody decided, and
 * the person has nothing of their own here; @tally: (nullable) */
static char *
dup_former (MonocleDocument *document, Tally *tally, guint *n_own)
{
  GFile *file = monocle_document_get_file (document);

  return tally && file && g_list_model_get_n_items (monocle_document_get_regions (document)) == 0
             ? monocle_work_index_dup_former (monocle_work_index_get_default (), file, tally->page,
                                              tally->work, n_own)
             : NULL;
}

/* Only pictures with work are noted: which ones are looked at is nobody's business. */
static void
sum_up (Tally *tally)
{
  MonocleWorkIndex *index = monocle_work_index_get_default ();
  GFile *file = monocle_document_get_file (tally->document);
  const MonocleStamp *stamp = monocle_document_get_stamp (tally->document);
  g_autofree char *path = monocle_work_dup_journal (tally->work);
  g_autofree char *former = dup_former (tally->document, tally, NULL);

  /* As long as nobody decided what becomes of what it was before, that is not forgotten. */
  if (!tally->is_borrowed && file && monocle_stamp_is_known (stamp) && !former)
    monocle_work_index_note_picture (index, file, tally->page, stamp, tally->work);
  monocle_work_index_note (index, tally->work, path, monocle_summary_new (tally->document));
}

static gboolean
on_sum_up_due (gpointer data)
{
  Tally *tally = data;

  tally->source = 0;
  sum_up (tally);
  return G_SOURCE_REMOVE;
}

static void
on_kept (MonocleDocument *document, Tally *tally)
{
  if (tally->source == 0)
    tally->source = g_timeout_add (SUM_UP_MS, on_sum_up_due, tally);
}

static void
on_closing (MonocleDocument *document, Tally *tally)
{
  if (tally->source == 0)
    return;
  g_clear_handle_id (&tally->source, g_source_remove);
  sum_up (tally);
}

/* What was done already is known under this file from now on, too. */
static void
start_tally (MonocleDocument *document, guint page, const char *work, gboolean is_borrowed)
{
  Tally *tally = g_new0 (Tally, 1);

  tally->is_borrowed = is_borrowed;
  tally->document = document;
  tally->work = g_strdup (work);
  tally->page = page;
  g_object_set_data_full (G_OBJECT (document), TALLY, tally, (GDestroyNotify) tally_free);
  g_signal_connect (document, "kept", G_CALLBACK (on_kept), tally);
  g_signal_connect (document, "closing", G_CALLBACK (on_closing), tally);
  if (monocle_document_has_work (document) && !monocle_document_get_trouble (document))
    on_kept (document, tally);
}

/* --- Open --- */

static void
on_gone (gpointer work, GObject *document)
{
  if (g_hash_table_lookup (open_documents, work) == (gpointer) document)
    g_hash_table_remove (open_documents, work);
  g_free (work);
}

static gboolean
is_of (MonocleDocument *document, GFile *file)
{
  GFile *other = monocle_document_get_file (document);

  return file && other ? g_file_equal (file, other) : file == other;
}

static MonocleDocument *
open_new (
    GFile *file, const char *name, MonocleImage *image, const MonocleWorkKey *key, const char *work)
{
  MonocleDocument *document = monocle_document_new (file, name, image);
  g_autofree char *path = monocle_work_dup_journal (work);

  monocle_document_set_digest (document, key->digest, key->page);
  monocle_document_set_stamp (document, &key->stamp);
  monocle_document_keep_in (document, path);
  start_tally (document, key->page, work, FALSE);
  g_hash_table_insert (open_documents, g_strdup (work), document);
  g_object_weak_ref (G_OBJECT (document), on_gone, g_strdup (work));
  return document;
}

MonocleDocument *
monocle_work_open (GFile *file,
                   const char *name,
                   MonocleImage *image,
                   const MonocleWorkKey *key,
                   MonocleDocument *leaving)
{
  MonocleDocument *document;
  g_autofree char *work = NULL;

  g_return_val_if_fail (!file || G_IS_FILE (file), NULL);
  g_return_val_if_fail (name && image, NULL);
  g_return_val_if_fail (!key || (key->digest && strlen (key->digest) > 2), NULL);

  if (!key)
    return monocle_document_new (file, name, image);
  if (!open_documents)
    open_documents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  work = dup_name (key);
  document = g_hash_table_lookup (open_documents, work);
  if (document && is_of (document, file))
    {
      if (!monocle_document_get_image (document))
        monocle_document_set_image (document, image);
      return g_object_ref (document);
    }
  /* The same picture under another name takes the work over, unless somebody is at the first. */
  if (document && monocle_document_get_n_shown (document) == (document == leaving)
      && !monocle_document_is_active (document))
    monocle_document_close (document);
  return open_new (file, name, image, key, work);
}

MonocleDocument *
monocle_work_ref_open (const MonocleWorkKey *key)
{
  g_autofree char *work = NULL;
  MonocleDocument *document;

  g_return_val_if_fail (key && key->digest, NULL);

  work = dup_name (key);
  document = open_documents ? g_hash_table_lookup (open_documents, work) : NULL;
  return document ? g_object_ref (document) : NULL;
}

MonocleDocument *
monocle_work_borrow (const char *work, GError **error)
{
  g_autoptr (MonocleDocument) document = NULL;
  g_autofree char *path = NULL;

  g_return_val_if_fail (work && strlen (work) > 2, NULL);

  document = open_documents ? g_hash_table_lookup (open_documents, work) : NULL;
  if (document)
    return g_object_ref (g_steal_pointer (&document));
  path = monocle_work_dup_journal (work);
  document = monocle_document_new_kept (path, error);
  if (document)
    start_tally (document, 0, work, TRUE);
  return g_steal_pointer (&document);
}

/* --- What the file was before --- */

gboolean
monocle_work_has_former (MonocleDocument *document, guint *n_own)
{
  g_autofree char *former = NULL;

  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (document), FALSE);
  g_return_val_if_fail (n_own, FALSE);

  former = dup_former (document, g_object_get_data (G_OBJECT (document), TALLY), n_own);
  return former != NULL;
}

gboolean
monocle_work_use_former (MonocleDocument *document, GError **error)
{
  g_autofree char *former = NULL;
  g_autofree char *path = NULL;
  g_autoptr (MonocleDocument) other = NULL;

  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (document), FALSE);

  former = dup_former (document, g_object_get_data (G_OBJECT (document), TALLY), NULL);
  if (!former)
    return TRUE;
  path = monocle_work_dup_journal (former);
  other = monocle_document_new_read (path, error);
  if (!other)
    return FALSE;
  monocle_work_leave_former (document);
  monocle_document_take_over (document, other);
  return TRUE;
}

void
monocle_work_leave_former (MonocleDocument *document)
{
  Tally *tally;
  GFile *file;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (document));

  tally = g_object_get_data (G_OBJECT (document), TALLY);
  file = monocle_document_get_file (document);
  if (tally && file)
    monocle_work_index_note_picture (monocle_work_index_get_default (), file, tally->page,
                                     monocle_document_get_stamp (document), tally->work);
}

/* --- Forgotten --- */

static gboolean
fail (GError **error, const char *path)
{
  const int number = errno;
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s: %s", name,
               g_strerror (number));
  return FALSE;
}

static void
ignore_record (MonocleRecordType type, GVariant *content, gpointer data)
{
}

/* Also what was set aside of it, or left by a program that was killed. */
static gboolean
delete_journal (const char *path, GError **error)
{
  static const char *const more[] = { MONOCLE_JOURNAL_DAMAGED, MONOCLE_JOURNAL_FRESH };

  for (guint i = 0; i < G_N_ELEMENTS (more); i++)
    {
      g_autofree char *other = g_strconcat (path, more[i], NULL);

      g_unlink (other);
    }
  return g_unlink (path) == 0 || errno == ENOENT || fail (error, path);
}

gboolean
monocle_work_forget (MonocleDocument *document, GError **error)
{
  Tally *tally;
  g_autofree char *path = NULL;

  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (document), FALSE);

  tally = g_object_get_data (G_OBJECT (document), TALLY);
  /* What another program is at is not ours to delete. */
  if (g_error_matches (monocle_document_get_trouble (document), G_IO_ERROR, G_IO_ERROR_BUSY))
    {
      g_propagate_error (error, g_error_copy (monocle_document_get_trouble (document)));
      return FALSE;
    }
  monocle_document_forget (document);
  if (!tally)
    return TRUE;
  path = monocle_work_dup_journal (tally->work);
  if (!delete_journal (path, error))
    return FALSE;
  monocle_work_index_forget (monocle_work_index_get_default (), tally->work);
  monocle_document_keep_in (document, path);
  return TRUE;
}

MonocleDocument *
monocle_work_find_open (const char *work)
{
  g_return_val_if_fail (work, NULL);

  return open_documents ? g_hash_table_lookup (open_documents, work) : NULL;
}

gboolean
monocle_work_forget_named (const char *work, GError **error)
{
  MonocleDocument *document;
  g_autofree char *path = NULL;
  MonocleJournal *journal;
  g_autoptr (GError) fault = NULL;

  g_return_val_if_fail (work && strlen (work) > 2, FALSE);

  document = monocle_work_find_open (work);
  if (document)
    return monocle_work_forget (document, error);
  path = monocle_work_dup_journal (work);
  /* What another program is at is not ours to delete. */
  journal = monocle_journal_open (path, ignore_record, NULL, &fault);
  if (g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_BUSY))
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return FALSE;
    }
  if (!delete_journal (path, error))
    {
      monocle_journal_close (journal);
      return FALSE;
    }
  monocle_journal_close (journal);
  monocle_work_index_forget (monocle_work_index_get_default (), work);
  return TRUE;
}

/* @path: of a folder with folders of files */
static void
delete_folders (const char *path, guint depth)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      /* What a link leads to is not ours. */
      if (depth > 0 && !g_file_test (inner, G_FILE_TEST_IS_SYMLINK))
        delete_folders (inner, depth - 1);
      else
        g_unlink (inner);
    }
  g_rmdir (path);
}

static void
delete_in_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  delete_folders (path, 1);
  g_task_return_boolean (task, TRUE);
}

/* Out of the way at once, so that what is done next is not taken for what was; deleted in a thread,
 * as that may be much. */
static gboolean
set_aside (GError **error)
{
  g_autofree char *folder = monocle_work_dup_folder ();
  g_autofree char *aside = g_build_filename (folder, "forgotten-XXXXXX", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GTask) task = NULL;
  const char *name;

  if (!dir)
    return TRUE;
  if (!g_mkdtemp (aside))
    return fail (error, folder);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *from = g_build_filename (folder, name, NULL);
      g_autofree char *to = g_build_filename (aside, name, NULL);

      if (strlen (name) == 2 && g_rename (from, to) != 0)
        return fail (error, from);
    }
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_task_data (task, g_steal_pointer (&aside), g_free);
  g_task_run_in_thread (task, delete_in_thread);
  return TRUE;
}

gboolean
monocle_work_forget_all (GError **error)
{
  GHashTableIter iter;
  gpointer document;
  gboolean is_gone = TRUE;

  if (open_documents)
    {
      g_hash_table_iter_init (&iter, open_documents);
      while (g_hash_table_iter_next (&iter, NULL, &document))
        is_gone = monocle_work_forget (document, is_gone ? error : NULL) && is_gone;
    }
  if (is_gone)
    is_gone = set_aside (error);
  monocle_work_index_forget_all (monocle_work_index_get_default ());
  return is_gone;
}

GPtrArray *
monocle_work_list_unkept (void)
{
  GPtrArray *unkept = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer document;

  if (!open_documents)
    return unkept;
  g_hash_table_iter_init (&iter, open_documents);
  while (g_hash_table_iter_next (&iter, NULL, &document))
    if (monocle_document_is_unkept (document))
      g_ptr_array_add (unkept, g_object_ref (document));
  return unkept;
}

void
monocle_work_close_all (void)
{
  GHashTableIter iter;
  gpointer document;

  if (open_documents)
    {
      g_hash_table_iter_init (&iter, open_documents);
      while (g_hash_table_iter_next (&iter, NULL, &document))
        {
          monocle_document_close (document);
          g_hash_table_iter_remove (&iter);
        }
    }
  monocle_work_index_shut_default ();
}
