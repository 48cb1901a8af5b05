/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/batch/format.h"

#include "app/exchange/answers.h"
#include "app/models/folder.h"

/* The answers as if they were in a format of their own, which is read. */
typedef struct
{
  MonocleExchangeFormat format; /* first */
  const MonocleBatchFormat *batch;
} Answers;

static gboolean
read_picture (const Answers *self,
              const MonocleBatchPicture *picture,
              MonocleExchangeSource *source,
              MonocleExchangeTake take,
              gpointer user_data,
              GError **error)
{
  g_autofree char *path = monocle_batch_store_dup_path (self->batch->store, picture);
  g_autoptr (MonocleSample) sample = monocle_sample_new (picture->name);
  g_autoptr (GBytes) bytes = NULL;
  const char *text;
  gsize size;

  if (!monocle_batch_store_has (self->batch->store, picture))
    return TRUE;
  bytes = monocle_file_read (path, MONOCLE_EXCHANGE_MAX_BYTES, error);
  if (!bytes)
    return FALSE;
  sample->path = g_strdup (picture->path);
  text = g_bytes_get_data (bytes, &size);
  return monocle_answers_read (text, size, path, self->batch->tasks, sample, source->notes, error)
         && take (sample, user_data, error);
}

static gboolean
read_answers (const MonocleExchangeFormat *format,
              MonocleExchangeSource *source,
              MonocleExchangeTake take,
              gpointer user_data,
              GError **error)
{
  const Answers *self = (const Answers *) format;

  for (guint i = 0; i < self->batch->pictures->len; i++)
    if (!read_picture (self, self->batch->pictures->pdata[i], source, take, user_data, error))
      return FALSE;
  return TRUE;
}

gboolean
monocle_batch_format_write (const MonocleBatchFormat *self,
                            MonocleNotes *notes,
                            MonocleExchangeCounts *counts,
                            GError **error)
{
  const Answers answers = { { .id = "answers", .read = read_answers }, self };
  g_autofree char *parent = g_path_get_dirname (self->output);
  g_autofree char *aside = monocle_folder_make_aside (parent);
  const char *inputs[] = { parent, NULL };
  const MonocleExchangeJob job = {
    .from = &answers.format,
    .inputs = inputs,
    .to = self->to,
    .output = aside,
    .progress = self->progress,
    .progress_data = self->progress_data,
    .cancellable = self->cancellable,
  };

  return monocle_exchange_convert (&job, notes, counts, error)
         && monocle_folder_put (aside, self->output, TRUE, error);
}

/* --- Before --- */

static const double corners[] = { 0, 0, 8, 1, 7, 8, 1, 7 };

/* One of all that may come back. */
static void
add_typical (MonocleSample *sample, const MonocleTask *task)
{
  MonocleSampleObject *object;

  if (task->gives & (MONOCLE_GIVES_BOXES | MONOCLE_GIVES_PLACES | MONOCLE_GIVES_OBJECTS))
    monocle_sample_add_edges (sample, "x", 0, 0, 8, 8)->score = 1;
  if (task->gives & (MONOCLE_GIVES_OUTLINES | MONOCLE_GIVES_OBJECTS))
    {
      object = monocle_sample_add_shape (sample, "x", monocle_sample_ring (corners, 4));
      object->score = 1;
    }
  if (task->gives & MONOCLE_GIVES_TEXTS)
    {
      object = monocle_sample_add_shape (sample, "", monocle_shape_new_quad (corners));
      object->score = 1;
      object->text = g_strdup ("x");
    }
  if (task->gives & MONOCLE_GIVES_PAGE)
    {
      object = monocle_sample_add_edges (sample, "x", 0, 0, 8, 8);
      object->score = 1;
      object->text = g_strdup ("x");
    }
  if (task->gives & MONOCLE_GIVES_RANKS)
    g_ptr_array_add (sample->tags, g_strdup ("x"));
  if ((task->gives & MONOCLE_GIVES_TEXT) && (task->takes & MONOCLE_TAKES_REGION))
    monocle_sample_add_edges (sample, "", 0, 0, 8, 8)->text = g_strdup ("x");
  else if (task->gives & MONOCLE_GIVES_TEXT)
    g_ptr_array_add (sample->captions, g_strdup ("x"));
}

MonocleNotes *
monocle_batch_format_foresee (const MonocleExchangeFormat *to, const GPtrArray *tasks)
{
  MonocleNotes *notes = monocle_notes_new ();
  g_autoptr (MonocleSample) sample = monocle_sample_new ("x");

  sample->width = sample->height = 8;
  for (guint i = 0; i < tasks->len; i++)
    add_typical (sample, tasks->pdata[i]);
  monocle_exchange_foresee (to, sample, notes);
  return notes;
}
