/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/work.h"

#include <string.h>

#include "app/document/work-index.h"

/* What is done in quick succession is summed up once. */
#define SUM_UP_MS 300

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
static char *
dup_path (const char *work)
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
  guint source;
} Tally;

static void
tally_free (Tally *tally)
{
  g_clear_handle_id (&tally->source, g_source_remove);
  g_free (tally->work);
  g_free (tally);
}

/* Only pictures with work are noted: which ones are looked at is nobody's business. */
static void
sum_up (Tally *tally)
{
  MonocleWorkIndex *index = monocle_work_index_get_default ();
  GFile *file = monocle_document_get_file (tally->document);
  const MonocleStamp *stamp = monocle_document_get_stamp (tally->document);
  g_autofree char *path = dup_path (tally->work);

  if (file && monocle_stamp_is_known (stamp))
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
start_tally (MonocleDocument *document, const MonocleWorkKey *key, const char *work)
{
  Tally *tally = g_new0 (Tally, 1);

  tally->document = document;
  tally->work = g_strdup (work);
  tally->page = key->page;
  g_object_set_data_full (G_OBJECT (document), "tally", tally, (GDestroyNotify) tally_free);
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
open_new (GFile *file,
          const char *name,
          MonocleImage *image,
          const MonocleWorkKey *key,
          const char *work)
{
  MonocleDocument *document = monocle_document_new (file, name, image);
  g_autofree char *path = dup_path (work);

  monocle_document_set_stamp (document, &key->stamp);
  monocle_document_keep_in (document, path);
  start_tally (document, key, work);
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
