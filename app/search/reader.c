/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/reader.h"

#include <glib/gstdio.h>
#include <math.h>

#include "app/search/duplicates.h"
#include "app/search/fingerprint.h"

/* Parts of pictures, as they were when they were read last. */
typedef struct
{
  MonocleRegions *file; /* (nullable) */
  guint64 inode;
  goffset size;
} Parts;

struct _MonocleIndexReader
{
  gatomicrefcount ref_count;
  MonocleModel *model;

  GMutex mutex;        /* of what follows: one search at a time */
  char *path;          /* (nullable): until it was needed */
  MonocleIndex *index; /* (nullable) */
  guint64 file;        /* which it was, and as large */
  goffset size;
  MonocleTexts *texts; /* (nullable) */
  guint64 texts_file;
  goffset texts_size;
  Parts regions, drawn;
};

typedef struct
{
  MonocleIndexReader *reader;
  float *vector; /* (nullable): duplicates are */
  gboolean is_text, has_regions;
  GStrv words, unwanted; /* (nullable) */
  GStrv directories;
  guint top;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  monocle_index_reader_unref (search->reader);
  g_free (search->vector);
  g_strfreev (search->words);
  g_strfreev (search->unwanted);
  g_strfreev (search->directories);
  g_free (search);
}

static void
clear_finding (gpointer data)
{
  MonocleFinding *finding = data;

  g_free (finding->path);
  g_free (finding->read);
}

void
monocle_findings_free (MonocleFindings *self)
{
  if (!self)
    return;

  g_array_unref (self->found);
  g_free (self);
}

static MonocleFindings *
findings_new (void)
{
  MonocleFindings *self = g_new0 (MonocleFindings, 1);

  self->found = g_array_new (FALSE, FALSE, sizeof (MonocleFinding));
  g_array_set_clear_func (self->found, clear_finding);
  return self;
}

/* Has the index as it is now: %NULL without an error where there is none yet. */
static MonocleIndex *
open_index (MonocleIndexReader *self, GError **error)
{
  GStatBuf status;

  if (!self->path && !(self->path = monocle_search_find_index (self->model, error)))
    return NULL;
  if (g_stat (self->path, &status) < 0 || status.st_size == 0)
    return NULL;
  if (self->index && self->file == status.st_ino && self->size == status.st_size)
    return self->index;
  g_clear_pointer (&self->index, monocle_index_free);
  self->index
      = monocle_index_open (self->path, monocle_model_get_n_dims (self->model), FALSE, error);
  self->file = status.st_ino;
  self->size = status.st_size;
  return self->index;
}

/* Has what was read as it is now: without what nobody can read, pictures are found all the same. */
static MonocleTexts *
open_texts (MonocleIndexReader *self)
{
  g_autofree char *path = monocle_texts_dup_path ();
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  if (g_stat (path, &status) < 0)
    return NULL;
  if (self->texts_file == status.st_ino && self->texts_size == status.st_size)
    return self->texts;
  g_clear_pointer (&self->texts, monocle_texts_free);
  self->texts = monocle_texts_open (path, FALSE, &error);
  if (error)
    g_debug ("%s", error->message);
  self->texts_file = status.st_ino;
  self->texts_size = status.st_size;
  return self->texts;
}

/* Likewise of parts of pictures. @path: (transfer full) */
static MonocleRegions *
open_parts (MonocleIndexReader *self, Parts *parts, char *path)
{
  g_autofree char *own = path;
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  if (g_stat (own, &status) < 0)
    return NULL;
  if (parts->inode == status.st_ino && parts->size == status.st_size)
    return parts->file;
  g_clear_pointer (&parts->file, monocle_regions_free);
  parts->file = monocle_regions_open (own, monocle_model_get_n_dims (self->model), FALSE, &error);
  if (error)
    g_debug ("%s", error->message);
  parts->inode = status.st_ino;
  parts->size = status.st_size;
  return parts->file;
}

static MonocleRect
get_region (const MonocleSearchHit *hit)
{
  const MonocleBox *box = hit->region;
  const double width = box ? hit->rows->width : 1, height = box ? hit->rows->height : 1;

  return box ? (MonocleRect){ (double) box->x1 / width, (double) box->y1 / height,
                              (double) (box->x2 - box->x1) / width,
                              (double) (box->y2 - box->y1) / height }
             : (MonocleRect){ 0 };
}

static MonocleFindings *
find (Search *search, MonocleIndex *index)
{
  MonocleIndexReader *reader = search->reader;
  MonocleRegions *regions
      = search->has_regions
            ? open_parts (reader, &reader->regions, monocle_regions_dup_path (reader->path))
            : NULL;
  MonocleRegions *drawn
      = search->has_regions
            ? open_parts (reader, &reader->drawn, monocle_regions_dup_path_of_drawn (reader->path))
            : NULL;
  MonocleFindings *findings = findings_new ();
  MonocleSearchHits hits;

  monocle_search_rank (
      index,
      &(MonocleSearchQuery){ .vector = search->vector,
                             .n_dims = monocle_model_get_n_dims (search->reader->model),
                             .model = search->is_text ? search->reader->model : NULL,
                             .directories = (const char *const *) search->directories,
                             .regions = regions,
                             .drawn = drawn,
                             .texts = search->words ? open_texts (search->reader) : NULL,
                             .words = (const char *const *) search->words,
                             .unwanted = (const char *const *) search->unwanted,
                             .top = search->top },
      &hits);
  findings->n = hits.n;
  findings->n_fit = hits.n_fit;
  findings->n_sure = hits.n_sure;
  for (guint i = 0; i < hits.hits->len; i++)
    {
      const MonocleSearchHit *hit = &g_array_index (hits.hits, MonocleSearchHit, i);
      const MonocleFinding finding = { g_strdup (hit->entry->path),
                                       monocle_index_entry_get_date (hit->entry),
                                       hit->fit,
                                       hit->probability,
                                       hit->band,
                                       g_strdup (hit->read),
                                       get_region (hit),
                                       -1 };

      g_array_append_val (findings->found, finding);
    }
  g_array_unref (hits.hits);
  return findings;
}

static void
take_duplicate (MonocleFindings *findings,
                const MonocleDuplicate *duplicate,
                float near,
                float alike)
{
  MonocleFinding finding = {
    .path = g_strdup (duplicate->entry->path),
    .date = monocle_index_entry_get_date (duplicate->entry),
    .fit = monocle_duplicates_get_fit (duplicate->cosine, near, alike),
    .probability = (double) NAN,
    .joined = monocle_duplicates_get_fit (duplicate->joined, near, alike),
  };

  finding.band = finding.fit >= 2   ? MONOCLE_SEARCH_SURE
                 : finding.fit >= 1 ? MONOCLE_SEARCH_MAYBE
                                    : MONOCLE_SEARCH_REST;
  findings->n_sure += finding.band == MONOCLE_SEARCH_SURE;
  findings->n_fit += finding.band != MONOCLE_SEARCH_REST;
  g_array_append_val (findings->found, finding);
}

/* Whole groups, as many as there is room for. */
static MonocleFindings *
compare (Search *search, MonocleIndex *index, GCancellable *cancellable, GError **error)
{
  MonocleDuplicatesQuery query = { .n_dims = monocle_model_get_n_dims (search->reader->model),
                                   .directories = (const char *const *) search->directories };
  MonocleDuplicates duplicates;
  MonocleFindings *findings;
  guint n;
  float near;

  monocle_duplicates_calibrate (index, query.n_dims, &near, &query.least);
  if (!monocle_search_find_duplicates (index, &query, &duplicates, cancellable, error))
    return NULL;
  n = MIN (duplicates.found->len, search->top);
  while (n > 0 && n < duplicates.found->len
         && g_array_index (duplicates.found, MonocleDuplicate, n).joined >= 0)
    n--;
  findings = findings_new ();
  findings->are_duplicates = TRUE;
  findings->n = duplicates.n;
  for (guint i = 0; i < n; i++)
    take_duplicate (findings, &g_array_index (duplicates.found, MonocleDuplicate, i), near,
                    query.least);
  g_array_unref (duplicates.found);
  return findings;
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Search *search = data;
  GError *error = NULL;
  MonocleFindings *findings = NULL;
  MonocleIndex *index;

  g_mutex_lock (&search->reader->mutex);
  /* The one that it waited for took its time. */
  if (!g_cancellable_set_error_if_cancelled (cancellable, &error))
    {
      index = open_index (search->reader, &error);
      if (!error && !index)
        findings = findings_new ();
      else if (!error)
        findings
            = search->vector ? find (search, index) : compare (search, index, cancellable, &error);
    }
  g_mutex_unlock (&search->reader->mutex);
  if (findings)
    g_task_return_pointer (task, findings, (GDestroyNotify) monocle_findings_free);
  else
    g_task_return_error (task, error);
}

static void
begin (GTask *task, MonocleIndexReader *self, Search search)
{
  search.reader = monocle_index_reader_ref (self);
  search.words = g_strdupv (search.words);
  search.unwanted = g_strdupv (search.unwanted);
  search.directories = g_strdupv (search.directories);
  g_task_set_task_data (task, g_memdup2 (&search, sizeof search), search_free);
  g_task_run_in_thread (task, run);
}

void
monocle_index_reader_find_async (MonocleIndexReader *self,
                                 const MonocleIndexQuestion *question,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  guint n_dims = monocle_model_get_n_dims (self->model);

  g_task_set_source_tag (task, monocle_index_reader_find_async);
  begin (task, self,
         (Search){ .vector = g_memdup2 (question->vector, n_dims * sizeof *question->vector),
                   .is_text = question->is_text,
                   .has_regions = question->has_regions,
                   .words = (char **) question->words,
                   .unwanted = (char **) question->unwanted,
                   .directories = (char **) question->directories,
                   .top = question->top });
}

void
monocle_index_reader_compare_async (MonocleIndexReader *self,
                                    const char *const *directories,
                                    guint top,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, monocle_index_reader_compare_async);
  begin (task, self, (Search){ .directories = (char **) directories, .top = top });
}

MonocleFindings *
monocle_index_reader_find_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

MonocleIndexReader *
monocle_index_reader_new (MonocleModel *model)
{
  MonocleIndexReader *self = g_new0 (MonocleIndexReader, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->model = g_object_ref (model);
  return self;
}

MonocleIndexReader *
monocle_index_reader_ref (MonocleIndexReader *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
monocle_index_reader_unref (MonocleIndexReader *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->index, monocle_index_free);
  g_clear_pointer (&self->texts, monocle_texts_free);
  g_clear_pointer (&self->regions.file, monocle_regions_free);
  g_clear_pointer (&self->drawn.file, monocle_regions_free);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_object_unref (self->model);
  g_free (self);
}
