/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/work-index.h"

#include "app/document/work-index-private.h"
#include "app/document/work.h"

/* What comes within this time is told together. */
#define TELL_MS 100

/* What the thread and who waits for it share. */
typedef struct
{
  gatomicrefcount references;
  char *folder;
  GCancellable *cancellable;
  GAsyncQueue *batches;
  MonocleWorkIndex *index; /* (nullable): not held; NULL once nobody waits any more */
} Reading;

struct _MonocleWorkIndex
{
  GObject parent_instance;

  Reading *reading;
  GThread *thread;
  MonocleJournal *journal; /* (nullable): not there yet, or it cannot be written */
  gboolean is_loaded;      /* what is in the file is known */
  double fraction;
  GHashTable *works;    /* name -> MonocleIndexWork */
  GHashTable *pictures; /* URI and page -> MonocleIndexPicture */
  /* (element-type utf8): names that were noted here: newer than what the thread says of them */
  GHashTable *noted_works, *noted_pictures, *forgotten;
  guint tell_source;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static MonocleWorkIndex *default_index;

G_DEFINE_FINAL_TYPE (MonocleWorkIndex, monocle_work_index, G_TYPE_OBJECT)

/* --- What is known --- */

void
monocle_index_work_free (MonocleIndexWork *self)
{
  monocle_summary_free (self->summary);
  g_free (self->work);
  g_free (self);
}

void
monocle_index_picture_free (MonocleIndexPicture *self)
{
  g_free (self->picture);
  g_free (self->work);
  g_free (self);
}

GHashTable *
monocle_index_works_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                (GDestroyNotify) monocle_index_work_free);
}

GHashTable *
monocle_index_pictures_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                (GDestroyNotify) monocle_index_picture_free);
}

void
monocle_index_batch_free (MonocleIndexBatch *self)
{
  g_clear_pointer (&self->works, g_hash_table_unref);
  g_clear_pointer (&self->pictures, g_hash_table_unref);
  g_clear_pointer (&self->gone, g_ptr_array_unref);
  monocle_journal_close (self->journal);
  g_free (self);
}

static gboolean
tell (gpointer data)
{
  MonocleWorkIndex *self = data;

  self->tell_source = 0;
  g_signal_emit (self, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
tell_soon (MonocleWorkIndex *self)
{
  if (self->tell_source == 0)
    self->tell_source = g_timeout_add (TELL_MS, tell, self);
}

/* --- What the thread found --- */

/* It only saves work: where it cannot be written it is read from the journals the next time. */
static void
check_written (MonocleWorkIndex *self, gboolean is_written)
{
  if (!is_written)
    g_clear_pointer (&self->journal, monocle_journal_close);
}

static void
put_work (MonocleWorkIndex *self, MonocleIndexWork *work, gboolean is_stored)
{
  if (!is_stored && self->journal)
    check_written (self, monocle_index_append_work (self->journal, work));
  g_hash_table_replace (self->works, work->work, work);
}

static void
put_picture (MonocleWorkIndex *self, MonocleIndexPicture *picture, gboolean is_stored)
{
  if (!is_stored && self->journal)
    check_written (self, monocle_index_append_picture (self->journal, picture));
  g_hash_table_replace (self->pictures, picture->picture, picture);
}

static void
put_gone (MonocleWorkIndex *self, const char *work)
{
  if (self->journal)
    check_written (self, monocle_index_append_gone (self->journal, work));
  g_hash_table_remove (self->works, work);
}

/* What was noted before the file was there. Here as everywhere pictures come before their work: of
 * a file that ends early no work is known then of which the picture is not. */
static void
write_noted (MonocleWorkIndex *self)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, self->noted_pictures);
  while (self->journal && g_hash_table_iter_next (&iter, &name, NULL))
    if ((value = g_hash_table_lookup (self->pictures, name)))
      check_written (self, monocle_index_append_picture (self->journal, value));
  g_hash_table_iter_init (&iter, self->noted_works);
  while (self->journal && g_hash_table_iter_next (&iter, &name, NULL))
    if ((value = g_hash_table_lookup (self->works, name)))
      check_written (self, monocle_index_append_work (self->journal, value));
  g_hash_table_iter_init (&iter, self->forgotten);
  while (self->journal && g_hash_table_iter_next (&iter, &name, NULL))
    check_written (self, monocle_index_append_gone (self->journal, name));
}

/* Those of @mine that are newer go where the others are. */
static void
move_noted (GHashTable *mine, GHashTable *noted, GHashTable *others)
{
  GHashTableIter iter;
  gpointer name, key, value;

  g_hash_table_iter_init (&iter, noted);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (g_hash_table_steal_extended (mine, name, &key, &value))
      g_hash_table_replace (others, key, value);
}

/* What the file says, which may be much: the tables are taken as they are. */
static void
take_stored (MonocleWorkIndex *self, MonocleIndexBatch *batch)
{
  GHashTableIter iter;
  gpointer name;

  move_noted (self->works, self->noted_works, batch->works);
  move_noted (self->pictures, self->noted_pictures, batch->pictures);
  g_hash_table_iter_init (&iter, self->forgotten);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_remove (batch->works, name);
  g_hash_table_unref (self->works);
  g_hash_table_unref (self->pictures);
  self->works = g_steal_pointer (&batch->works);
  self->pictures = g_steal_pointer (&batch->pictures);
  self->is_loaded = TRUE;
  self->journal = g_steal_pointer (&batch->journal);
  write_noted (self);
}

/* What was found in journals that the file does not know of. */
static void
take_found (MonocleWorkIndex *self, MonocleIndexBatch *batch)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, batch->pictures);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      MonocleIndexPicture *picture = value;

      /* What is known is what was there last; a journal tells what was there first. */
      if (g_hash_table_contains (self->pictures, picture->picture))
        continue;
      g_hash_table_iter_steal (&iter);
      put_picture (self, picture, FALSE);
    }
  g_hash_table_iter_init (&iter, batch->works);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      MonocleIndexWork *work = value;

      if (g_hash_table_contains (self->noted_works, work->work)
          || g_hash_table_contains (self->forgotten, work->work))
        continue;
      g_hash_table_iter_steal (&iter);
      put_work (self, work, FALSE);
    }
  for (guint i = 0; batch->gone && i < batch->gone->len; i++)
    if (!g_hash_table_contains (self->noted_works, batch->gone->pdata[i]))
      put_gone (self, batch->gone->pdata[i]);
}

static void
take_batch (MonocleWorkIndex *self, MonocleIndexBatch *batch)
{
  if (batch->is_stored)
    take_stored (self, batch);
  else
    take_found (self, batch);
  self->fraction = batch->fraction;
  tell_soon (self);
}

/* --- The thread --- */

static void
reading_unref (Reading *reading)
{
  MonocleIndexBatch *batch;

  if (!g_atomic_ref_count_dec (&reading->references))
    return;
  while ((batch = g_async_queue_try_pop (reading->batches)))
    monocle_index_batch_free (batch);
  g_async_queue_unref (reading->batches);
  g_object_unref (reading->cancellable);
  g_free (reading->folder);
  g_free (reading);
}

static Reading *
reading_ref (Reading *reading)
{
  g_atomic_ref_count_inc (&reading->references);
  return reading;
}

static gboolean
on_given (gpointer data)
{
  Reading *reading = data;
  MonocleIndexBatch *batch;

  while (reading->index && (batch = g_async_queue_try_pop (reading->batches)))
    {
      take_batch (reading->index, batch);
      monocle_index_batch_free (batch);
    }
  return G_SOURCE_REMOVE;
}

static void
give (MonocleIndexBatch *batch, gpointer data)
{
  Reading *reading = data;

  g_async_queue_push (reading->batches, batch);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_given, reading_ref (reading),
                   (GDestroyNotify) reading_unref);
}

static gpointer
read_in_thread (gpointer data)
{
  Reading *reading = data;

  monocle_index_read (reading->folder, reading->cancellable, give, reading);
  reading_unref (reading);
  return NULL;
}

/* --- Asked --- */

static void
describe (const MonocleIndexWork *work, MonocleWorkEntry *entry)
{
  entry->work = work->work;
  entry->summary = work->summary;
  entry->worked = work->stamp.modified;
  entry->n_bytes = (guint64) MAX (work->stamp.size, 0);
}

gboolean
monocle_work_index_find (MonocleWorkIndex *self,
                         GFile *file,
                         guint page,
                         const MonocleStamp *stamp,
                         MonocleWorkEntry *entry)
{
  g_autofree char *name = NULL;
  MonocleIndexPicture *picture;
  MonocleIndexWork *work;

  g_return_val_if_fail (MONOCLE_IS_WORK_INDEX (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (file) && stamp && entry, FALSE);

  if (g_hash_table_size (self->pictures) == 0)
    return FALSE;
  name = monocle_index_dup_picture (file, page);
  picture = g_hash_table_lookup (self->pictures, name);
  work = picture && monocle_stamp_agree (&picture->stamp, stamp)
             ? g_hash_table_lookup (self->works, picture->work)
             : NULL;
  if (!work || !monocle_summary_has_work (work->summary))
    return FALSE;
  describe (work, entry);
  return TRUE;
}

void
monocle_work_index_foreach (MonocleWorkIndex *self, MonocleWorkFunc func, gpointer data)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (MONOCLE_IS_WORK_INDEX (self));
  g_return_if_fail (func);

  g_hash_table_iter_init (&iter, self->pictures);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MonocleIndexPicture *picture = value;
      const MonocleIndexWork *work = g_hash_table_lookup (self->works, picture->work);
      MonocleWorkEntry entry;

      if (!work)
        continue;
      describe (work, &entry);
      func (picture->picture, &entry, data);
    }
}

char *
monocle_work_index_dup_former (
    MonocleWorkIndex *self, GFile *file, guint page, const char *work, guint *n_own)
{
  g_autofree char *name = NULL;
  MonocleIndexPicture *picture;
  MonocleIndexWork *former;

  g_return_val_if_fail (MONOCLE_IS_WORK_INDEX (self), NULL);
  g_return_val_if_fail (G_IS_FILE (file) && work, NULL);

  name = monocle_index_dup_picture (file, page);
  picture = g_hash_table_lookup (self->pictures, name);
  former = picture && !g_str_equal (picture->work, work)
               ? g_hash_table_lookup (self->works, picture->work)
               : NULL;
  if (!former || former->summary->n_own == 0)
    return NULL;
  if (n_own)
    *n_own = former->summary->n_own;
  return g_strdup (former->work);
}

double
monocle_work_index_get_fraction (MonocleWorkIndex *self)
{
  g_return_val_if_fail (MONOCLE_IS_WORK_INDEX (self), 1);

  return self->fraction;
}

guint
monocle_work_index_count (MonocleWorkIndex *self, guint64 *n_bytes)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_return_val_if_fail (MONOCLE_IS_WORK_INDEX (self), 0);

  *n_bytes = 0;
  g_hash_table_iter_init (&iter, self->works);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MonocleIndexWork *work = value;

      n += monocle_summary_has_work (work->summary);
      *n_bytes += (guint64) MAX (work->stamp.size, 0);
    }
  return n;
}

/* --- Noted --- */

void
monocle_work_index_note (MonocleWorkIndex *self,
                         const char *name,
                         const char *path,
                         MonocleSummary *summary)
{
  MonocleIndexWork *work;

  g_return_if_fail (MONOCLE_IS_WORK_INDEX (self));
  g_return_if_fail (name && path && summary);

  work = g_new0 (MonocleIndexWork, 1);
  work->work = g_strdup (name);
  work->stamp = monocle_index_stamp_path (path);
  work->summary = summary;
  g_hash_table_add (self->noted_works, g_strdup (name));
  g_hash_table_remove (self->forgotten, name);
  put_work (self, work, !self->is_loaded);
  tell_soon (self);
}

void
monocle_work_index_note_picture (
    MonocleWorkIndex *self, GFile *file, guint page, const MonocleStamp *stamp, const char *work)
{
  g_autofree char *name = NULL;
  MonocleIndexPicture *picture;

  g_return_if_fail (MONOCLE_IS_WORK_INDEX (self));
  g_return_if_fail (G_IS_FILE (file) && stamp && work);

  name = monocle_index_dup_picture (file, page);
  picture = g_hash_table_lookup (self->pictures, name);
  if (picture && g_str_equal (picture->work, work) && monocle_stamp_equal (&picture->stamp, stamp))
    return;
  g_hash_table_add (self->noted_pictures, g_strdup (name));
  picture = g_new0 (MonocleIndexPicture, 1);
  picture->picture = g_steal_pointer (&name);
  picture->work = g_strdup (work);
  picture->stamp = *stamp;
  put_picture (self, picture, !self->is_loaded);
  tell_soon (self);
}

void
monocle_work_index_forget (MonocleWorkIndex *self, const char *work)
{
  g_return_if_fail (MONOCLE_IS_WORK_INDEX (self));
  g_return_if_fail (work);

  g_hash_table_remove (self->noted_works, work);
  g_hash_table_add (self->forgotten, g_strdup (work));
  put_gone (self, work);
  tell_soon (self);
}

void
monocle_work_index_forget_all (MonocleWorkIndex *self)
{
  g_autofree gpointer *works = NULL;

  g_return_if_fail (MONOCLE_IS_WORK_INDEX (self));

  works = g_hash_table_get_keys_as_array (self->works, NULL);
  for (guint i = 0; works[i]; i++)
    {
      /* The name is that of what goes. */
      g_autofree char *work = g_strdup (works[i]);

      monocle_work_index_forget (self, work);
    }
}

/* --- The class --- */

static void
monocle_work_index_dispose (GObject *object)
{
  MonocleWorkIndex *self = MONOCLE_WORK_INDEX (object);

  g_clear_handle_id (&self->tell_source, g_source_remove);
  if (self->reading)
    {
      g_cancellable_cancel (self->reading->cancellable);
      g_thread_join (self->thread);
      /* What it found until then is found faster the next time; and another one can have the file
       * at once. */
      on_given (self->reading);
      self->reading->index = NULL;
    }
  g_clear_pointer (&self->reading, reading_unref);
  g_clear_handle_id (&self->tell_source, g_source_remove);
  g_clear_pointer (&self->journal, monocle_journal_close);
  G_OBJECT_CLASS (monocle_work_index_parent_class)->dispose (object);
}

static void
monocle_work_index_finalize (GObject *object)
{
  MonocleWorkIndex *self = MONOCLE_WORK_INDEX (object);

  g_hash_table_unref (self->works);
  g_hash_table_unref (self->pictures);
  g_hash_table_unref (self->noted_works);
  g_hash_table_unref (self->noted_pictures);
  g_hash_table_unref (self->forgotten);
  G_OBJECT_CLASS (monocle_work_index_parent_class)->finalize (object);
}

static void
monocle_work_index_class_init (MonocleWorkIndexClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = monocle_work_index_dispose;
  object_class->finalize = monocle_work_index_finalize;

  signals[CHANGED] = g_signal_new ("changed", MONOCLE_TYPE_WORK_INDEX, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static GHashTable *
names_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
monocle_work_index_init (MonocleWorkIndex *self)
{
  self->works = monocle_index_works_new ();
  self->pictures = monocle_index_pictures_new ();
  self->noted_works = names_new ();
  self->noted_pictures = names_new ();
  self->forgotten = names_new ();
}

MonocleWorkIndex *
monocle_work_index_new (const char *folder)
{
  MonocleWorkIndex *self;

  g_return_val_if_fail (folder, NULL);

  self = g_object_new (MONOCLE_TYPE_WORK_INDEX, NULL);
  self->reading = g_new0 (Reading, 1);
  g_atomic_ref_count_init (&self->reading->references);
  self->reading->folder = g_strdup (folder);
  self->reading->cancellable = g_cancellable_new ();
  self->reading->batches = g_async_queue_new ();
  self->reading->index = self;
  self->thread = g_thread_new ("work-index", read_in_thread, reading_ref (self->reading));
  return self;
}

MonocleWorkIndex *
monocle_work_index_get_default (void)
{
  if (!default_index)
    {
      g_autofree char *folder = monocle_work_dup_folder ();

      default_index = monocle_work_index_new (folder);
    }
  return default_index;
}

void
monocle_work_index_shut_default (void)
{
  /* Whoever still looks at it does not keep its file. */
  if (default_index)
    g_object_run_dispose (G_OBJECT (default_index));
  g_clear_object (&default_index);
}
