/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/folder-search.h"

#include <string.h>

#include "app/search/question.h"

/* Nobody looks at more. */
#define MAX_FINDINGS 5000

/* While the index grows: how often its new part is searched, for a part of the time at most. */
#define MIN_PAUSE_MS 1000
#define PAUSE_FACTOR 10

typedef struct
{
  MonocleImage *image;
  char *name;
  gboolean is_wanted;
  float *vector;       /* (nullable) */
  MonocleModel *model; /* (nullable): whose it is */
} Picture;

struct _MonocleFolderSearch
{
  GObject parent_instance;

  MonocleFinder *finder;
  GStrv directories; /* (nullable) */
  char *text;
  GPtrArray *pictures; /* of Picture */
  gboolean finds_duplicates;

  MonocleFolderSearchState state;
  GError *error;
  MonocleFindings *findings;
  GCancellable *cancellable; /* (nullable): of what is asked */
  float *vector;             /* (nullable): what is looked for */
  gboolean is_text;          /* it is of one text */
  GStrv words, unwanted;     /* (nullable): that may have been read in pictures */
  MonocleIndexReader *reader;
  gboolean has_grown; /* since the last answer */
  guint pause_source;
  gint64 asked_at_us;
};

enum
{
  CHANGED,
  PICTURES_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleFolderSearch, monocle_folder_search, G_TYPE_OBJECT)

static void
picture_free (gpointer data)
{
  Picture *picture = data;

  monocle_image_unref (picture->image);
  g_clear_object (&picture->model);
  g_free (picture->name);
  g_free (picture->vector);
  g_free (picture);
}

static void
set_state (MonocleFolderSearch *self, MonocleFolderSearchState state, const GError *error)
{
  g_clear_error (&self->error);
  self->error = error ? g_error_copy (error) : NULL;
  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- What is found --- */

static void find (MonocleFolderSearch *self);

/* Whether it is known what is looked for, and where. */
static gboolean
can_find (MonocleFolderSearch *self)
{
  return self->reader && self->directories && (self->vector || self->finds_duplicates);
}

static gboolean
on_paused (gpointer data)
{
  MonocleFolderSearch *self = data;

  self->pause_source = 0;
  if (self->has_grown && can_find (self) && !self->cancellable)
    find (self);
  return G_SOURCE_REMOVE;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleFolderSearch) self = data;
  g_autoptr (GError) error = NULL;
  MonocleFindings *findings = monocle_index_reader_find_finish (result, &error);
  gint64 took_ms = (g_get_monotonic_time () - self->asked_at_us) / 1000;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (!findings)
    {
      set_state (self, MONOCLE_FOLDER_SEARCH_FAILED, error);
      return;
    }
  g_clear_pointer (&self->findings, monocle_findings_free);
  self->findings = findings;
  g_clear_handle_id (&self->pause_source, g_source_remove);
  self->pause_source
      = g_timeout_add ((guint) MAX (MIN_PAUSE_MS, PAUSE_FACTOR * took_ms), on_paused, self);
  set_state (self, MONOCLE_FOLDER_SEARCH_DONE, NULL);
}

static void
find (MonocleFolderSearch *self)
{
  self->has_grown = FALSE;
  self->asked_at_us = g_get_monotonic_time ();
  if (!self->cancellable)
    self->cancellable = g_cancellable_new ();
  if (self->finds_duplicates)
    monocle_index_reader_compare_async (self->reader, (const char *const *) self->directories,
                                        MAX_FINDINGS, self->cancellable, on_found,
                                        g_object_ref (self));
  else
    monocle_index_reader_find_async (
        self->reader,
        &(MonocleIndexQuestion){ .vector = self->vector,
                                 .is_text = self->is_text,
                                 .has_regions = monocle_finder_get_regions (self->finder),
                                 .words = (const char *const *) self->words,
                                 .unwanted = (const char *const *) self->unwanted,
                                 .directories = (const char *const *) self->directories,
                                 .top = MAX_FINDINGS },
        self->cancellable, on_found, g_object_ref (self));
}

static void
on_grown (MonocleFolderSearch *self)
{
  self->has_grown = TRUE;
  if (can_find (self) && !self->cancellable && self->pause_source == 0)
    find (self);
}

/* --- What is looked for --- */

/* A question, on its way to the model. */
typedef struct
{
  MonocleFolderSearch *search;
  MonocleModel *model;
  guint n_wanted, n_texts; /* the wanted ones first */
  GPtrArray *pictures;     /* of Picture, not owned: those that had no vector */
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->search);
  g_object_unref (question->model);
  g_ptr_array_unref (question->pictures);
  g_free (question);
}

static void
keep_vector (Picture *picture, MonocleModel *model, const float *vector)
{
  g_free (picture->vector);
  picture->vector = g_memdup2 (vector, monocle_model_get_n_dims (model) * sizeof *vector);
  g_set_object (&picture->model, model);
}

static void
blend (MonocleFolderSearch *self, const Question *question, const MonocleVectors *vectors)
{
  g_free (self->vector);
  self->vector = g_new0 (float, vectors->n_dims);
  for (guint i = 0; i < question->n_texts; i++)
    monocle_search_blend (self->vector, vectors->values + (gsize) i * vectors->n_dims,
                          vectors->n_dims, i < question->n_wanted);
  for (guint i = 0; i < self->pictures->len; i++)
    {
      const Picture *picture = self->pictures->pdata[i];

      monocle_search_blend (self->vector, picture->vector, vectors->n_dims, picture->is_wanted);
    }
  monocle_vector_normalise (self->vector, vectors->n_dims);
  self->is_text = question->n_texts == 1 && self->pictures->len == 0;
}

static void
on_embedded (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  g_autoptr (MonocleFolderSearch) self = g_object_ref (question->search);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleVectors) vectors = monocle_model_embed_finish (question->model, result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (vectors)
        {
          for (guint i = 0; i < question->pictures->len; i++)
            keep_vector (question->pictures->pdata[i], question->model,
                         vectors->values + (gsize) (question->n_texts + i) * vectors->n_dims);
          blend (self, question, vectors);
          find (self);
        }
      else
        {
          g_clear_object (&self->cancellable);
          set_state (self, MONOCLE_FOLDER_SEARCH_FAILED, error);
        }
    }
  question_free (question);
}

static void
embed (MonocleFolderSearch *self, GPtrArray *texts, guint n_wanted)
{
  g_autoptr (GPtrArray) images = g_ptr_array_new ();
  Question *question = g_new0 (Question, 1);

  question->search = g_object_ref (self);
  question->model = g_object_ref (monocle_finder_get_model (self->finder));
  question->n_wanted = n_wanted;
  question->n_texts = texts->len;
  question->pictures = g_ptr_array_new ();
  for (guint i = 0; i < self->pictures->len; i++)
    {
      Picture *picture = self->pictures->pdata[i];

      if (picture->model == question->model)
        continue;
      g_ptr_array_add (question->pictures, picture);
      g_ptr_array_add (images, picture->image);
    }
  monocle_model_embed_async (question->model,
                             &(MonocleEmbedding){ .texts = (const char *const *) texts->pdata,
                                                  .n_texts = texts->len,
                                                  .images = (MonocleImage *const *) images->pdata,
                                                  .n_images = images->len },
                             self->cancellable, on_embedded, question);
}

static void
forget_question (MonocleFolderSearch *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->vector, g_free);
  g_clear_handle_id (&self->pause_source, g_source_remove);
}

static gboolean
has_wanted_picture (MonocleFolderSearch *self)
{
  for (guint i = 0; i < self->pictures->len; i++)
    if (((const Picture *) self->pictures->pdata[i])->is_wanted)
      return TRUE;
  return FALSE;
}

/* Whether the model is there; else it is asked as soon as it is. */
static gboolean
begin_asking (MonocleFolderSearch *self)
{
  g_clear_pointer (&self->reader, monocle_index_reader_unref);
  if (!monocle_finder_get_model (self->finder))
    return FALSE;
  self->reader = monocle_index_reader_ref (monocle_finder_get_reader (self->finder));
  self->cancellable = g_cancellable_new ();
  return TRUE;
}

void
monocle_folder_search_ask (MonocleFolderSearch *self)
{
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) unwanted = g_ptr_array_new_with_free_func (g_free);
  guint n_wanted;

  g_return_if_fail (MONOCLE_IS_FOLDER_SEARCH (self));

  forget_question (self);
  if (self->finds_duplicates && self->directories)
    {
      if (begin_asking (self))
        find (self);
      set_state (self, self->findings ? MONOCLE_FOLDER_SEARCH_DONE : MONOCLE_FOLDER_SEARCH_ASKING,
                 NULL);
      return;
    }
  monocle_search_read_words (self->text, wanted, unwanted);
  n_wanted = wanted->len;
  g_strfreev (self->words);
  self->words = monocle_texts_split ((const char *const *) wanted->pdata, n_wanted);
  g_strfreev (self->unwanted);
  self->unwanted = monocle_texts_split ((const char *const *) unwanted->pdata, unwanted->len);
  if (!self->directories || n_wanted + unwanted->len + self->pictures->len == 0)
    {
      g_clear_pointer (&self->findings, monocle_findings_free);
      set_state (self, MONOCLE_FOLDER_SEARCH_EMPTY, NULL);
      return;
    }
  if (n_wanted == 0 && !has_wanted_picture (self))
    {
      g_clear_pointer (&self->findings, monocle_findings_free);
      set_state (self, MONOCLE_FOLDER_SEARCH_UNCLEAR, NULL);
      return;
    }
  g_ptr_array_extend_and_steal (wanted, g_steal_pointer (&unwanted));
  if (begin_asking (self))
    embed (self, wanted, n_wanted);
  set_state (self, self->findings ? MONOCLE_FOLDER_SEARCH_DONE : MONOCLE_FOLDER_SEARCH_ASKING,
             NULL);
}

/* --- The question's parts --- */

void
monocle_folder_search_set_directories (MonocleFolderSearch *self, const char *const *directories)
{
  gboolean is_same;

  g_return_if_fail (MONOCLE_IS_FOLDER_SEARCH (self));

  is_same = directories && self->directories
            && g_strv_equal ((const char *const *) self->directories, directories);
  if (directories && directories[0])
    monocle_finder_index (self->finder, directories);
  if (is_same)
    return;
  g_strfreev (self->directories);
  self->directories = directories && directories[0] ? g_strdupv ((char **) directories) : NULL;
  g_clear_pointer (&self->findings, monocle_findings_free);
  monocle_folder_search_ask (self);
}

const char *const *
monocle_folder_search_get_directories (MonocleFolderSearch *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_SEARCH (self), NULL);

  return (const char *const *) self->directories;
}

/* What was found is of another kind. */
static void
leave_duplicates (MonocleFolderSearch *self)
{
  if (self->finds_duplicates)
    g_clear_pointer (&self->findings, monocle_findings_free);
  self->finds_duplicates = FALSE;
}

void
monocle_folder_search_set_duplicates (MonocleFolderSearch *self, gboolean finds_duplicates)
{
  g_return_if_fail (MONOCLE_IS_FOLDER_SEARCH (self));

  if (self->finds_duplicates == !!finds_duplicates)
    return;
  self->finds_duplicates = !!finds_duplicates;
  g_clear_pointer (&self->findings, monocle_findings_free);
  monocle_folder_search_ask (self);
}

gboolean
monocle_folder_search_get_duplicates (MonocleFolderSearch *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_SEARCH (self), FALSE);

  return self->finds_duplicates;
}

void
monocle_folder_search_set_text (MonocleFolderSearch *self, const char *text)
{
  g_return_if_fail (MONOCLE_IS_FOLDER_SEARCH (self));
  g_return_if_fail (text != NULL);

  if (g_str_equal (self->text, text))
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  leave_duplicates (self);
  monocle_folder_search_ask (self);
}

static void
pictures_changed (MonocleFolderSearch *self)
{
  g_signal_emit (self, signals[PICTURES_CHANGED], 0);
  monocle_folder_search_ask (self);
}

void
monocle_folder_search_add_picture (MonocleFolderSearch *self, MonocleImage *image, const char *name)
{
  Picture *picture;

  g_return_if_fail (MONOCLE_IS_FOLDER_SEARCH (self));
  g_return_if_fail (image && name);

  picture = g_new0 (Picture, 1);
  picture->image = monocle_image_ref (image);
  picture->name = g_strdup (name);
  picture->is_wanted = TRUE;
  g_ptr_array_add (self->pictures, picture);
  leave_duplicates (self);
  pictures_changed (self);
}

void
monocle_folder_search_remove_picture (MonocleFolderSearch *self, guint i)
{
  g_return_if_fail (MONOCLE_IS_FOLDER_SEARCH (self));
  g_return_if_fail (i < self->pictures->len);

  /* What is asked right now must not find it gone. */
  forget_question (self);
  g_ptr_array_remove_index (self->pictures, i);
  pictures_changed (self);
}

void
monocle_folder_search_set_wanted (MonocleFolderSearch *self, guint i, gboolean is_wanted)
{
  Picture *picture;

  g_return_if_fail (MONOCLE_IS_FOLDER_SEARCH (self));
  g_return_if_fail (i < self->pictures->len);

  picture = self->pictures->pdata[i];
  if (picture->is_wanted == !!is_wanted)
    return;
  picture->is_wanted = !!is_wanted;
  pictures_changed (self);
}

guint
monocle_folder_search_get_n_pictures (MonocleFolderSearch *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_SEARCH (self), 0);

  return self->pictures->len;
}

MonocleImage *
monocle_folder_search_get_picture (MonocleFolderSearch *self,
                                   guint i,
                                   const char **name,
                                   gboolean *is_wanted)
{
  const Picture *picture;

  g_return_val_if_fail (MONOCLE_IS_FOLDER_SEARCH (self), NULL);
  g_return_val_if_fail (i < self->pictures->len, NULL);

  picture = self->pictures->pdata[i];
  *name = picture->name;
  *is_wanted = picture->is_wanted;
  return picture->image;
}

/* --- The object --- */

MonocleFolderSearchState
monocle_folder_search_get_state (MonocleFolderSearch *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_SEARCH (self), MONOCLE_FOLDER_SEARCH_EMPTY);

  return self->state;
}

const GError *
monocle_folder_search_get_error (MonocleFolderSearch *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_SEARCH (self), NULL);

  return self->error;
}

const MonocleFindings *
monocle_folder_search_get_findings (MonocleFolderSearch *self)
{
  g_return_val_if_fail (MONOCLE_IS_FOLDER_SEARCH (self), NULL);

  return self->findings;
}

static void
monocle_folder_search_dispose (GObject *object)
{
  forget_question (MONOCLE_FOLDER_SEARCH (object));
  G_OBJECT_CLASS (monocle_folder_search_parent_class)->dispose (object);
}

static void
monocle_folder_search_finalize (GObject *object)
{
  MonocleFolderSearch *self = MONOCLE_FOLDER_SEARCH (object);

  g_clear_pointer (&self->reader, monocle_index_reader_unref);
  g_clear_object (&self->finder);
  g_strfreev (self->directories);
  g_strfreev (self->words);
  g_strfreev (self->unwanted);
  g_free (self->text);
  g_ptr_array_unref (self->pictures);
  g_clear_error (&self->error);
  monocle_findings_free (self->findings);
  G_OBJECT_CLASS (monocle_folder_search_parent_class)->finalize (object);
}

static void
monocle_folder_search_class_init (MonocleFolderSearchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = monocle_folder_search_dispose;
  object_class->finalize = monocle_folder_search_finalize;

  signals[CHANGED] = g_signal_new ("changed", MONOCLE_TYPE_FOLDER_SEARCH, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PICTURES_CHANGED] = g_signal_new ("pictures-changed", MONOCLE_TYPE_FOLDER_SEARCH,
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_folder_search_init (MonocleFolderSearch *self)
{
  self->text = g_strdup ("");
  self->pictures = g_ptr_array_new_with_free_func (picture_free);
}

/* What waited for the model, or was about another one. */
static void
on_finder_changed (MonocleFolderSearch *self)
{
  if (monocle_finder_get_model (self->finder))
    monocle_folder_search_ask (self);
}

/* There is more to look at, or less counts. */
static void
on_regions_changed (MonocleFolderSearch *self)
{
  if (self->directories && monocle_finder_get_regions (self->finder))
    monocle_finder_index (self->finder, (const char *const *) self->directories);
  on_grown (self);
}

MonocleFolderSearch *
monocle_folder_search_new (MonocleFinder *finder)
{
  MonocleFolderSearch *self = g_object_new (MONOCLE_TYPE_FOLDER_SEARCH, NULL);

  self->finder = g_object_ref (finder);
  g_signal_connect_object (finder, "notify::state", G_CALLBACK (on_finder_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (finder, "notify::regions", G_CALLBACK (on_regions_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (finder, "grown", G_CALLBACK (on_grown), self, G_CONNECT_SWAPPED);
  return self;
}
