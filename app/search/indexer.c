/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/indexer.h"

#include <string.h>

#include "app/pictures/source.h"
#include "app/search/content.h"
#include "app/search/crawl.h"
#include "app/search/drawn.h"
#include "app/search/fingerprint.h"
#include "app/search/index-file.h"
#include "app/search/parts.h"

/* Pictures that go through the model together; as many are lost where it is killed. */
#define BATCH 8

/* Files that are no pictures, or lie elsewhere now, are written down together. */
#define MANY 256

/* Nobody reads faster. */
#define MIN_INTERVAL_US (50 * 1000)

struct _MonocleIndexer
{
  GObject parent_instance;

  MonocleModel *model;
  gboolean has_regions, has_drawn;
  MonocleIndexCounts counts; /* as the caller's context knows them */
  gboolean has_counts;
};

enum
{
  PROGRESS,
  GROWN,
  NOTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleIndexer, monocle_indexer, G_TYPE_OBJECT)

/* Of the thread. */
typedef struct
{
  GTask *task;
  GStrv directories;
  GStrv unread; /* (nullable): folders below them that could not be read */
  GMainContext *context;

  MonocleIndex *index;
  MonocleRegions *regions;            /* (nullable): parts are not looked at */
  MonocleRegions *own;                /* (nullable): of what people drew, likewise */
  MonocleDrawn *drawn;                /* where that is */
  GArray *entries;                    /* of MonocleIndexEntry: to be appended */
  GPtrArray *images;                  /* of those that have no vector yet, in their order */
  GHashTable *moved;                  /* paths that files have left */
  MonocleIndexCounts counts, pending; /* pending: of the entries that are to be appended */
  gint64 said_at_us;
} Job;

static void
clear_entry (gpointer data)
{
  g_free (((MonocleIndexEntry *) data)->path);
}

static Job *
job_new (GTask *task, const char *const *directories)
{
  Job *job = g_new0 (Job, 1);

  job->task = task;
  job->directories = g_strdupv ((char **) directories);
  job->context = g_main_context_new ();
  job->entries = g_array_new (FALSE, FALSE, sizeof (MonocleIndexEntry));
  g_array_set_clear_func (job->entries, clear_entry);
  job->moved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  job->images = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
  return job;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_strfreev (job->directories);
  g_strfreev (job->unread);
  g_main_context_unref (job->context);
  g_clear_pointer (&job->index, monocle_index_free);
  g_clear_pointer (&job->regions, monocle_regions_free);
  g_clear_pointer (&job->own, monocle_regions_free);
  monocle_drawn_free (job->drawn);
  g_array_unref (job->entries);
  g_ptr_array_unref (job->images);
  g_hash_table_unref (job->moved);
  g_free (job);
}

/* --- what is said meanwhile --- */

typedef struct
{
  MonocleIndexer *self;
  guint signal;
  guint done, all; /* of progress; done of a note is its kind */
  char *path;      /* (nullable): of a note */
  MonocleIndexCounts counts;
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  g_object_unref (news->self);
  g_free (news->path);
  g_free (news);
}

static gboolean
tell (gpointer data)
{
  News *news = data;

  news->self->counts = news->counts;
  news->self->has_counts = TRUE;
  if (news->signal == PROGRESS)
    g_signal_emit (news->self, signals[PROGRESS], 0, news->done, news->all);
  else if (news->signal == NOTED)
    g_signal_emit (news->self, signals[NOTED], 0, (int) news->done, news->path);
  else
    g_signal_emit (news->self, signals[GROWN], 0);
  return G_SOURCE_REMOVE;
}

/* In the context of the caller, before it hears of the end. */
static void
post (Job *job, guint signal, guint done, guint all, const char *path)
{
  News *news = g_new (News, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  *news = (News){ g_object_ref (g_task_get_source_object (job->task)),
                  signal,
                  done,
                  all,
                  g_strdup (path),
                  job->counts };
  g_source_set_priority (source, g_task_get_priority (job->task));
  g_source_set_callback (source, tell, news, news_free);
  g_source_attach (source, g_task_get_context (job->task));
}

static void
note (Job *job, MonocleIndexNote kind, const char *path)
{
  post (job, NOTED, kind, 0, path);
}

static void
say_progress (Job *job, guint done, guint all)
{
  gint64 now = g_get_monotonic_time ();

  if (done > 0 && done < all && now - job->said_at_us < MIN_INTERVAL_US)
    return;
  job->said_at_us = now;
  post (job, PROGRESS, done, all, NULL);
}

/* --- what is new --- */

static void
take_entry (Job *job, MonocleIndexEntry entry)
{
  entry.path = g_strdup (entry.path);
  g_array_append_val (job->entries, entry);
}

static void
count_pending (Job *job)
{
  job->counts.n_new += job->pending.n_new;
  job->counts.n_changed += job->pending.n_changed;
  job->counts.n_moved += job->pending.n_moved;
  job->counts.n_gone += job->pending.n_gone;
  job->counts.n_unreadable += job->pending.n_unreadable;
  job->pending = (MonocleIndexCounts){ 0 };
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer kept)
{
  *(GAsyncResult **) kept = g_object_ref (result);
}

/* (transfer full) (nullable) */
static MonocleVectors *
embed (Job *job, const GPtrArray *images, GError **error)
{
  MonocleModel *model = ((MonocleIndexer *) g_task_get_source_object (job->task))->model;
  const MonocleEmbedding embedding
      = { .images = (MonocleImage *const *) images->pdata, .n_images = images->len };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_model_embed_async (model, &embedding, g_task_get_cancellable (job->task), keep_result,
                             &result);
  while (!result)
    g_main_context_iteration (job->context, TRUE);
  return monocle_model_embed_finish (model, result, error);
}

/* Looks at what has been gathered, and writes it down. */
static gboolean
write_batch (Job *job, GError **error)
{
  g_autoptr (MonocleVectors) vectors = NULL;

  if (job->entries->len == 0)
    return TRUE;
  if (job->images->len > 0 && !(vectors = embed (job, job->images, error)))
    return FALSE;
  if (!monocle_index_append (job->index, (const MonocleIndexEntry *) (gpointer) job->entries->data,
                             job->entries->len, vectors ? vectors->values : NULL, error))
    return FALSE;
  g_array_set_size (job->entries, 0);
  g_ptr_array_set_size (job->images, 0);
  count_pending (job);
  post (job, GROWN, 0, 0, NULL);
  return TRUE;
}

/* Of content that is known, from here or from elsewhere, nothing need be computed. */
static void
take_known (Job *job, MonocleIndexEntry *entry, const MonocleIndexEntry *content)
{
  const MonocleIndexEntry *known = monocle_index_find (job->index, entry->path);

  entry->state = MONOCLE_INDEX_SEEN;
  entry->vector = content->vector;
  if (known && known != content)
    job->pending.n_changed++;
  else if (!known && g_file_test (content->path, G_FILE_TEST_EXISTS))
    job->pending.n_new++;
  else if (!known)
    {
      job->pending.n_moved++;
      g_hash_table_add (job->moved, g_strdup (content->path));
    }
  take_entry (job, *entry);
}

/* (transfer full) (nullable) */
static MonocleImage *
open_picture (Job *job, const char *path)
{
  MonocleImage *image = monocle_image_source_load_path (path, NULL);

  if (image && monocle_image_is_partial (image))
    note (job, MONOCLE_INDEX_PARTIAL, path);
  return image;
}

/* --- its parts --- */

static MonocleVectors *
embed_parts (const GPtrArray *images, gpointer job, GError **error)
{
  return embed (job, images, error);
}

static MonocleParts
get_parts (Job *job, MonocleRegions *file)
{
  const MonocleIndexer *self = g_task_get_source_object (job->task);

  return (MonocleParts){ file, monocle_model_get_n_dims (self->model), embed_parts, job };
}

/* @image: (nullable): it is read where it is needed */
static gboolean
look_closer (Job *job, const char *path, const guint8 *digest, MonocleImage *image, GError **error)
{
  const MonoclePartsPicture picture = { path, digest, image };
  const MonocleParts regions = get_parts (job, job->regions), own = get_parts (job, job->own);

  return (!job->regions || monocle_parts_divide (&regions, &picture, &job->counts.n_divided, error))
         && (!job->own
             || monocle_parts_look_at_drawn (&own, &picture, job->drawn, &job->counts.n_drawn,
                                             error));
}

static gboolean
look_at (Job *job, const MonocleCrawlFile *file, GError **error)
{
  const MonocleIndexEntry *known = monocle_index_find (job->index, file->path), *content;
  GCancellable *cancellable = g_task_get_cancellable (job->task);
  MonocleIndexEntry entry = { .path = file->path, .size = file->size, .mtime = file->mtime };
  MonocleImage *image = NULL;
  gboolean is_read;

  if (known && known->size == file->size && known->mtime == file->mtime)
    {
      job->counts.n_unreadable += known->state == MONOCLE_INDEX_UNREADABLE;
      return known->state != MONOCLE_INDEX_SEEN
             || look_closer (job, file->path, known->digest, NULL, error);
    }
  entry.state = MONOCLE_INDEX_UNREADABLE;
  is_read = monocle_search_read_content (file->path, cancellable, entry.digest, &entry.taken);
  if (is_read)
    {
      content = monocle_index_find_content (job->index, entry.digest);
      if (content)
        {
          take_known (job, &entry, content);
          if (!look_closer (job, file->path, entry.digest, NULL, error))
            return FALSE;
          return job->entries->len < MANY || write_batch (job, error);
        }
      image = open_picture (job, file->path);
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_clear_pointer (&image, monocle_image_unref);
      return FALSE;
    }
  if (image)
    {
      entry.state = MONOCLE_INDEX_SEEN;
      g_ptr_array_add (job->images, image);
      if (!look_closer (job, file->path, entry.digest, image, error))
        return FALSE;
      *(known ? &job->pending.n_changed : &job->pending.n_new) += 1;
    }
  else
    {
      note (job, MONOCLE_INDEX_LEFT_OUT, file->path);
      /* What nobody could read may be a picture: it is tried again. */
      if (!is_read)
        {
          job->counts.n_unreadable++;
          return TRUE;
        }
      job->pending.n_unreadable++;
    }
  take_entry (job, entry);
  return (job->images->len < BATCH && job->entries->len < MANY) || write_batch (job, error);
}

/* --- what is gone --- */

static int
compare_with_path (gconstpointer path, gconstpointer file)
{
  return strcmp (path, (*(const MonocleCrawlFile *const *) file)->path);
}

/* Of these folders alone, as far as they could be read: of others nothing is known now. */
static gboolean
forget_gone (Job *job, const GPtrArray *files, GError **error)
{
  g_autoptr (GPtrArray) known = monocle_index_list (job->index);

  for (guint i = 0; i < known->len; i++)
    {
      const MonocleIndexEntry *entry = known->pdata[i];

      if (!monocle_crawl_contains ((const char *const *) job->directories, entry->path)
          || monocle_crawl_contains ((const char *const *) job->unread, entry->path)
          || (files->len > 0
              && bsearch (entry->path, files->pdata, files->len, sizeof (gpointer),
                          compare_with_path)))
        continue;
      take_entry (job, (MonocleIndexEntry){ .path = entry->path, .state = MONOCLE_INDEX_GONE });
      job->pending.n_gone += !g_hash_table_contains (job->moved, entry->path);
    }
  return write_batch (job, error);
}

/* --- the thread --- */

static gboolean
look_at_all (Job *job, const GPtrArray *files, GError **error)
{
  for (guint i = 0; i < files->len; i++)
    {
      if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (job->task), error))
        return FALSE;
      say_progress (job, i, files->len);
      if (!look_at (job, files->pdata[i], error))
        return FALSE;
    }
  if (!write_batch (job, error))
    return FALSE;
  say_progress (job, files->len, files->len);
  return TRUE;
}

static gboolean
index_all (Job *job, GError **error)
{
  g_autoptr (GPtrArray) files = monocle_crawl ((const char *const *) job->directories, &job->unread,
                                               g_task_get_cancellable (job->task), error);
  g_autoptr (GPtrArray) list = NULL;
  gboolean is_done;

  if (!files)
    return FALSE;
  for (guint i = 0; job->unread[i]; i++)
    note (job, MONOCLE_INDEX_LEFT_OUT, job->unread[i]);
  is_done = look_at_all (job, files, error) && forget_gone (job, files, error);
  list = monocle_index_list (job->index);
  for (guint i = 0; i < list->len; i++)
    job->counts.n_pictures
        += ((const MonocleIndexEntry *) list->pdata[i])->state == MONOCLE_INDEX_SEEN;
  return is_done && monocle_index_compact (job->index, error)
         && (!job->regions || monocle_regions_compact (job->regions, job->index, error))
         && (!job->own || monocle_regions_compact (job->own, job->index, error));
}

/* (transfer full) (nullable). @path: (transfer full) */
static MonocleRegions *
open_regions (Job *job, char *path, GError **error)
{
  MonocleModel *model = ((MonocleIndexer *) g_task_get_source_object (job->task))->model;
  MonocleRegions *regions
      = monocle_regions_open (path, monocle_model_get_n_dims (model), TRUE, error);

  if (regions && monocle_regions_get_set_aside (regions))
    note (job, MONOCLE_INDEX_LEFT_OUT, monocle_regions_get_set_aside (regions));
  g_free (path);
  return regions;
}

static gboolean
open_index (Job *job, GError **error)
{
  MonocleIndexer *self = g_task_get_source_object (job->task);
  g_autofree char *path = monocle_search_find_index (self->model, error);

  job->index = path ? monocle_index_open (path, monocle_model_get_n_dims (self->model), TRUE, error)
                    : NULL;
  if (!job->index)
    return FALSE;
  if (monocle_index_get_set_aside (job->index))
    note (job, MONOCLE_INDEX_LEFT_OUT, monocle_index_get_set_aside (job->index));
  if (self->has_regions
      && !(job->regions = open_regions (job, monocle_regions_dup_path (path), error)))
    return FALSE;
  if (!self->has_drawn)
    return TRUE;
  job->drawn = monocle_drawn_new ();
  job->own = open_regions (job, monocle_regions_dup_path_of_drawn (path), error);
  return job->own != NULL;
}

static gpointer
run (gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean is_done = FALSE;

  g_main_context_push_thread_default (job->context);
  if (open_index (job, &error))
    {
      is_done = index_all (job, &error);
      post (job, GROWN, 0, 0, NULL);
    }
  /* Before anybody hears of the end, who may begin again. */
  g_clear_pointer (&job->index, monocle_index_free);
  g_clear_pointer (&job->regions, monocle_regions_free);
  g_clear_pointer (&job->own, monocle_regions_free);
  g_main_context_pop_thread_default (job->context);
  if (is_done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  return NULL;
}

/* --- the object --- */

void
monocle_indexer_set_regions (MonocleIndexer *self, gboolean has_regions)
{
  g_return_if_fail (MONOCLE_IS_INDEXER (self));

  self->has_regions = has_regions;
}

void
monocle_indexer_set_drawn (MonocleIndexer *self, gboolean has_drawn)
{
  g_return_if_fail (MONOCLE_IS_INDEXER (self));

  self->has_drawn = has_drawn;
}

void
monocle_indexer_run_async (MonocleIndexer *self,
                           const char *const *directories,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (MONOCLE_IS_INDEXER (self));
  g_return_if_fail (directories != NULL);

  self->has_counts = FALSE;
  g_task_set_source_tag (task, monocle_indexer_run_async);
  g_task_set_task_data (task, job_new (task, directories), job_free);
  /* It may take hours, which no place in a pool is for. */
  g_thread_unref (g_thread_new ("indexer", run, task));
}

gboolean
monocle_indexer_run_finish (MonocleIndexer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

const MonocleIndexCounts *
monocle_indexer_get_counts (MonocleIndexer *self)
{
  g_return_val_if_fail (MONOCLE_IS_INDEXER (self), NULL);

  return self->has_counts ? &self->counts : NULL;
}

static void
monocle_indexer_finalize (GObject *object)
{
  g_object_unref (MONOCLE_INDEXER (object)->model);
  G_OBJECT_CLASS (monocle_indexer_parent_class)->finalize (object);
}

static void
monocle_indexer_class_init (MonocleIndexerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_indexer_finalize;

  signals[PROGRESS] = g_signal_new ("progress", MONOCLE_TYPE_INDEXER, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[GROWN] = g_signal_new ("grown", MONOCLE_TYPE_INDEXER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  signals[NOTED] = g_signal_new ("noted", MONOCLE_TYPE_INDEXER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
}

static void
monocle_indexer_init (MonocleIndexer *self)
{
}

MonocleIndexer *
monocle_indexer_new (MonocleModel *model)
{
  MonocleIndexer *self = g_object_new (MONOCLE_TYPE_INDEXER, NULL);

  self->model = g_object_ref (model);
  return self;
}
