/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person did to pictures, as examples: what is their own and has a name, and what they wrote
 * in place of what an answer said.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/document/work.h"
#include "app/exchange/kept.h"
#include "app/exchange/source.h"
#include "app/train/set.h"

/* (transfer full) (nullable): the file's SHA-256, by which its work is called. */
static char *
dup_digest (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_map (path, error);

  return bytes ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes) : NULL;
}

/* A person's own words in place of the model's, of the picture or of its regions. */
static void
add_corrections (MonocleTrainSet *self, MonocleTrainPicture *picture, MonocleQuery *query)
{
  const MonocleTask *asked = monocle_query_get_task (query);
  const MonocleTask *task = monocle_tasks_find (self->tasks, asked->id);
  g_autoptr (GArray) places = monocle_query_list_corrected (query);
  guint n_regions;
  const MonocleBox *regions = monocle_query_get_regions (query, &n_regions);

  /* Objects are regions: see above. */
  if (!task || task->gives != MONOCLE_GIVES_TEXT)
    return;
  for (guint i = 0; i < places->len; i++)
    {
      const guint place = g_array_index (places, guint, i);
      const char *words = monocle_query_get_correction (query, place);
      MonocleTrainExample *example = monocle_train_example_new (
          task, task->kind == MONOCLE_TASK_ANSWER && words ? words : NULL);

      example->words = g_strdup (words);
      example->text = g_strdup (monocle_query_get_request_text (query));
      if (place < n_regions)
        {
          example->has_region = TRUE;
          example->region = regions[place];
        }
      monocle_train_set_add (self, picture, example);
    }
}

/* Objects of an answer that a person gave another name, as regions of that name. */
static void
add_relabelled (MonocleSample *sample, MonocleQuery *query)
{
  GListModel *found = monocle_query_get_annotations (query);

  if (!monocle_task_gives_objects (monocle_query_get_task (query)))
    return;
  for (guint i = 0; i < g_list_model_get_n_items (found); i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (found, i);

      if (monocle_query_get_correction (query, monocle_query_find_object (query, annotation)))
        monocle_kept_add_annotation (sample, annotation, monocle_query_get_task (query));
    }
}

static void
add_document (MonocleTrainSet *self, const char *path, MonocleDocument *document)
{
  g_autoptr (MonocleWorkFile) work = monocle_work_file_new_of (document);
  g_autoptr (MonocleSample) sample = monocle_sample_new ("");
  MonocleTrainPicture *picture = monocle_train_set_get_picture (self, path);

  if (work->rotation != 0)
    {
      /* The model saw it turned, and will; places are those of the file. */
      monocle_notes_add (self->notes, _ ("pictures that were turned are left out"));
      return;
    }
  sample->path = g_strdup (path);
  sample->width = work->width;
  sample->height = work->height;
  for (guint i = 0; i < work->annotations->len; i++)
    monocle_kept_add_annotation (sample, work->annotations->pdata[i], NULL);
  for (guint i = 0; i < work->queries->len; i++)
    add_relabelled (sample, work->queries->pdata[i]);
  monocle_train_set_add_sample (self, sample, work->is_done);
  for (guint i = 0; i < work->queries->len; i++)
    add_corrections (self, picture, work->queries->pdata[i]);
}

gboolean
monocle_train_set_read_work (MonocleTrainSet *self, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) names = monocle_exchange_list_files (folder, NULL, error);

  for (guint i = 0; names && i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
      g_autofree char *digest = dup_digest (path, NULL);
      g_autofree char *journal = digest ? monocle_work_dup_journal (digest) : NULL;
      g_autoptr (MonocleDocument) document = NULL;
      MonocleTrainPicture *picture;

      if (!digest)
        continue;
      if (g_file_test (journal, G_FILE_TEST_EXISTS))
        document = monocle_document_new_read (journal, error);
      if (g_file_test (journal, G_FILE_TEST_EXISTS) && !document)
        return FALSE;
      if (document)
        add_document (self, path, document);
      picture = monocle_train_set_get_picture (self, path);
      if (picture->examples->len == 0)
        g_ptr_array_add (self->others, g_strdup (path));
    }
  return names != NULL;
}
