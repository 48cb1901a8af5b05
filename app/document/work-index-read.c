/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How it comes to be known what work there is: from the file, then from journals of which that does
 * not know, or which are longer than when it heard of them last. Nothing here is trusted.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "app/document/work-index-private.h"

#define FILE_NAME   "index"
#define ENDING      ".journal"
#define DIGEST_SIZE 64 /* of a SHA-256 in hexadecimal */
/* Records beside those that still say something, from which on the file is written anew. */
#define SPARE_RECORDS 2000
/* Journals that are told of together, and for how long they are waited for. */
#define BATCH_WORKS 200
#define BATCH_US    (200 * 1000)
/* Of the thread that reads them. */
#define NICE 10
/* Files of work that does not say which file it was: larger ones are not read for that. */
#define MAX_IDENTIFIED_BYTES (256 * 1024 * 1024)

/* Numbers of records, apart from those of journals of work. */
enum
{
  RECORD_WORK = 64,
  RECORD_PICTURE = 65,
  RECORD_GONE = 66,
};

#define WORK_TYPE    "(sxx" MONOCLE_STORED_SUMMARY ")"
#define PICTURE_TYPE "(ssxx)"

/* --- What a picture is --- */

char *
monocle_index_dup_picture (GFile *file, guint page)
{
  g_autofree char *uri = g_file_get_uri (file);

  return page > 0 ? g_strdup_printf ("%s#page=%u", uri, page) : g_steal_pointer (&uri);
}

MonocleStamp
monocle_index_stamp_path (const char *path)
{
  struct stat info;

  if (stat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return MONOCLE_STAMP_UNKNOWN;
  return (MonocleStamp){
    .size = info.st_size,
    .modified = (gint64) info.st_mtim.tv_sec * G_USEC_PER_SEC + info.st_mtim.tv_nsec / 1000,
  };
}

/* --- The file --- */

gboolean
monocle_index_append_work (MonocleJournal *journal, const MonocleIndexWork *work)
{
  return monocle_journal_append (journal, (MonocleRecordType) RECORD_WORK,
                                 g_variant_new ("(sxx@" MONOCLE_STORED_SUMMARY ")", work->work,
                                                work->stamp.size, work->stamp.modified,
                                                monocle_summary_store (work->summary)),
                                 NULL);
}

gboolean
monocle_index_append_picture (MonocleJournal *journal, const MonocleIndexPicture *picture)
{
  return monocle_journal_append (journal, (MonocleRecordType) RECORD_PICTURE,
                                 g_variant_new (PICTURE_TYPE, picture->picture, picture->work,
                                                picture->stamp.size, picture->stamp.modified),
                                 NULL);
}

gboolean
monocle_index_append_gone (MonocleJournal *journal, const char *work)
{
  return monocle_journal_append (journal, (MonocleRecordType) RECORD_GONE,
                                 g_variant_new_string (work), NULL);
}

typedef struct
{
  GHashTable *works, *pictures;
  guint n_records;
} Loaded;

static void
load_work (Loaded *self, GVariant *content)
{
  MonocleIndexWork *work = g_new0 (MonocleIndexWork, 1);
  g_autoptr (GVariant) stored = NULL;

  g_variant_get (content, "(sxx@" MONOCLE_STORED_SUMMARY ")", &work->work, &work->stamp.size,
                 &work->stamp.modified, &stored);
  work->summary = monocle_summary_restore (stored);
  if (work->summary)
    g_hash_table_replace (self->works, work->work, work);
  else
    monocle_index_work_free (work);
}

static void
load_picture (Loaded *self, GVariant *content)
{
  MonocleIndexPicture *picture = g_new0 (MonocleIndexPicture, 1);

  g_variant_get (content, PICTURE_TYPE, &picture->picture, &picture->work, &picture->stamp.size,
                 &picture->stamp.modified);
  g_hash_table_replace (self->pictures, picture->picture, picture);
}

static void
on_record (MonocleRecordType type, GVariant *content, gpointer data)
{
  Loaded *self = data;

  self->n_records++;
  if (!content)
    return;
  if (type == (MonocleRecordType) RECORD_WORK
      && g_variant_is_of_type (content, G_VARIANT_TYPE (WORK_TYPE)))
    load_work (self, content);
  else if (type == (MonocleRecordType) RECORD_PICTURE
           && g_variant_is_of_type (content, G_VARIANT_TYPE (PICTURE_TYPE)))
    load_picture (self, content);
  else if (type == (MonocleRecordType) RECORD_GONE
           && g_variant_is_of_type (content, G_VARIANT_TYPE_STRING))
    g_hash_table_remove (self->works, g_variant_get_string (content, NULL));
}

static gboolean
write_anew (MonocleJournal *fresh, gpointer data, GError **error)
{
  const Loaded *self = data;
  GHashTableIter iter;
  gpointer value;
  gboolean is_whole = TRUE;

  g_hash_table_iter_init (&iter, self->pictures);
  while (is_whole && g_hash_table_iter_next (&iter, NULL, &value))
    is_whole = monocle_index_append_picture (fresh, value);
  g_hash_table_iter_init (&iter, self->works);
  while (is_whole && g_hash_table_iter_next (&iter, NULL, &value))
    is_whole = monocle_index_append_work (fresh, value);
  return is_whole;
}

/* Where another program has it open, what is in it is known all the same. */
static MonocleJournal *
load (Loaded *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  MonocleJournal *journal = monocle_journal_open (path, on_record, self, &error);
  guint n;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    monocle_journal_read (path, on_record, self, NULL);
  n = g_hash_table_size (self->works) + g_hash_table_size (self->pictures);
  if (journal && self->n_records > 2 * n + SPARE_RECORDS)
    monocle_journal_rewrite (journal, write_anew, self, NULL);
  return journal;
}

/* --- Journals --- */

/* (transfer full) (nullable): whose journal is called so */
static char *
dup_work (const char *name)
{
  const char *end = name + DIGEST_SIZE;

  if (!g_str_has_suffix (name, ENDING) || strspn (name, "0123456789abcdef") != DIGEST_SIZE)
    return NULL;
  if (*end == '-')
    end += 1 + strspn (end + 1, "0123456789");
  return g_str_equal (end, ENDING) ? g_strndup (name, (gsize) (end - name)) : NULL;
}

static void
list_group (const char *path, GHashTable *journals)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      char *work = dup_work (name);

      if (work)
        g_hash_table_replace (journals, work, g_build_filename (path, name, NULL));
    }
}

/* (transfer full): work -> path of its journal */
static GHashTable *
list_journals (const char *folder, GCancellable *cancellable)
{
  GHashTable *journals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)) && !g_cancellable_is_cancelled (cancellable))
    if (strlen (name) == 2)
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        list_group (path, journals);
      }
  return journals;
}

static guint
get_page (const char *work)
{
  return work[DIGEST_SIZE] == '-' ? (guint) g_ascii_strtoull (work + DIGEST_SIZE + 1, NULL, 10) : 0;
}

/* Of a file that has this content; unknown else. */
static MonocleStamp
identify (GFile *file, const char *work, GCancellable *cancellable)
{
  g_autofree char *path = g_file_get_path (file);
  const MonocleStamp stamp = path ? monocle_index_stamp_path (path) : MONOCLE_STAMP_UNKNOWN;
  g_autoptr (GMappedFile) mapped = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *digest = NULL;

  if (!monocle_stamp_is_known (&stamp) || stamp.size > MAX_IDENTIFIED_BYTES
      || !(mapped = g_mapped_file_new (path, FALSE, NULL)))
    return MONOCLE_STAMP_UNKNOWN;
  bytes = g_mapped_file_get_bytes (mapped);
  digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  return g_str_has_prefix (work, digest) ? stamp : MONOCLE_STAMP_UNKNOWN;
}

/* (nullable): NULL where the journal cannot be read */
static MonocleIndexWork *
read_journal (const char *work,
              const char *path,
              const MonocleStamp *stamp,
              MonocleIndexPicture **picture,
              GCancellable *cancellable)
{
  g_autoptr (MonocleDocument) document = monocle_document_new_read (path, NULL);
  GFile *file = document ? monocle_document_get_file (document) : NULL;
  MonocleIndexWork *found;
  MonocleStamp of_file;

  if (!document)
    return NULL;
  found = g_new0 (MonocleIndexWork, 1);
  found->work = g_strdup (work);
  found->stamp = *stamp;
  found->summary = monocle_summary_new (document);
  of_file = *monocle_document_get_stamp (document);
  if (file && !monocle_stamp_is_known (&of_file))
    of_file = identify (file, work, cancellable);
  if (file && monocle_stamp_is_known (&of_file))
    {
      *picture = g_new0 (MonocleIndexPicture, 1);
      (*picture)->picture = monocle_index_dup_picture (file, get_page (work));
      (*picture)->work = g_strdup (work);
      (*picture)->stamp = of_file;
    }
  return found;
}

typedef struct
{
  GCancellable *cancellable;
  MonocleIndexGive give;
  gpointer data;
  MonocleIndexBatch *batch; /* (nullable): not given yet */
  gint64 given_us;
} Reader;

static MonocleIndexBatch *
get_batch (Reader *self)
{
  if (!self->batch)
    {
      self->batch = g_new0 (MonocleIndexBatch, 1);
      self->batch->works = monocle_index_works_new ();
      self->batch->pictures = monocle_index_pictures_new ();
    }
  return self->batch;
}

static void
give_batch (Reader *self, double fraction)
{
  get_batch (self)->fraction = fraction;
  self->given_us = g_get_monotonic_time ();
  self->give (g_steal_pointer (&self->batch), self->data);
}

static void
read_stale (Reader *self, GHashTable *stale)
{
  const guint n = g_hash_table_size (stale);
  GHashTableIter iter;
  gpointer name, path;
  guint n_read = 0;

  g_hash_table_iter_init (&iter, stale);
  while (g_hash_table_iter_next (&iter, &name, &path)
         && !g_cancellable_is_cancelled (self->cancellable))
    {
      /* As it was before it was read: what is written meanwhile makes it stale again. */
      const MonocleStamp stamp = monocle_index_stamp_path (path);
      MonocleIndexPicture *picture = NULL;
      MonocleIndexWork *work = read_journal (name, path, &stamp, &picture, self->cancellable);

      if (work)
        g_hash_table_replace (get_batch (self)->works, work->work, work);
      if (picture)
        g_hash_table_replace (get_batch (self)->pictures, picture->picture, picture);
      n_read++;
      if (g_hash_table_size (get_batch (self)->works) >= BATCH_WORKS
          || g_get_monotonic_time () - self->given_us >= BATCH_US)
        give_batch (self, (double) n_read / (n + 1));
    }
}

void
monocle_index_read (const char *folder,
                    GCancellable *cancellable,
                    MonocleIndexGive give,
                    gpointer data)
{
  Reader self = {
    .cancellable = cancellable, .give = give, .data = data, .given_us = g_get_monotonic_time ()
  };
  g_autofree char *path = g_build_filename (folder, FILE_NAME, NULL);
  Loaded loaded = { monocle_index_works_new (), monocle_index_pictures_new (), 0 };
  g_autoptr (GHashTable) stamps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  MonocleIndexBatch *first = g_new0 (MonocleIndexBatch, 1);
  g_autoptr (GHashTable) journals = NULL;
  GHashTableIter iter;
  gpointer name, value;

  first->journal = load (&loaded, path);
  first->is_stored = TRUE;
  first->works = loaded.works;
  first->pictures = loaded.pictures;
  /* It is somebody else's when it is given away. */
  g_hash_table_iter_init (&iter, loaded.works);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (stamps, g_strdup (name),
                         g_memdup2 (&((MonocleIndexWork *) value)->stamp, sizeof (MonocleStamp)));
  give (first, data);

  /* What follows may be long, and nobody waits for it: the pictures come first. */
  setpriority (PRIO_PROCESS, (id_t) gettid (), NICE);
  journals = list_journals (folder, cancellable);
  g_hash_table_iter_init (&iter, journals);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const MonocleStamp *known = g_hash_table_lookup (stamps, name);
      const MonocleStamp now = monocle_index_stamp_path (value);

      const gboolean is_known = known && monocle_stamp_equal (known, &now);

      if (monocle_stamp_is_known (&now))
        g_hash_table_remove (stamps, name);
      if (!monocle_stamp_is_known (&now) || is_known)
        g_hash_table_iter_remove (&iter);
    }
  if (g_cancellable_is_cancelled (cancellable))
    return;
  get_batch (&self)->gone = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_iter_init (&iter, stamps);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (self.batch->gone, g_strdup (name));
  read_stale (&self, journals);
  if (!g_cancellable_is_cancelled (cancellable))
    give_batch (&self, 1);
  else
    g_clear_pointer (&self.batch, monocle_index_batch_free);
}
