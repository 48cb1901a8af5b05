/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/index-read.h"

#include <string.h>

#include "app/base/error.h"
#include "app/cli/format.h"
#include "app/cli/out.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/models/identity.h"
#include "app/pictures/source.h"
#include "app/search/content.h"
#include "app/search/crawl.h"
#include "app/search/noted.h"

typedef struct
{
  MonocleModel *model;
  const MonocleTask *task;
  guint8 digest[MONOCLE_INDEX_DIGEST_BYTES]; /* of the model */
  MonocleTexts *texts;
  guint n_read, n_known, n_unreadable;
} Reading;

/* (transfer full) (nullable): what is written in a picture */
static char *
ask (const Reading *self, MonocleImage *image, GError **error)
{
  g_autoptr (MonocleSession) session = monocle_session_new (self->model, image);
  const MonocleRequest request = { .task = self->task };
  g_autoptr (MonocleRun) run = monocle_cli_wait_for_run (session, &request, error);

  return run ? monocle_noted_join (run->results->pdata[0]) : NULL;
}

static gboolean
leave_out (Reading *self, const char *path)
{
  monocle_cli_index_note (FALSE, path);
  self->n_unreadable++;
  return TRUE;
}

/* What is left out is noted, and no error. */
static gboolean
read_file (Reading *self, const MonocleCrawlFile *file, GError **error)
{
  MonocleText text = { .path = file->path, .size = file->size, .mtime = file->mtime };
  GCancellable *cancellable = monocle_cli_wait_get_cancellable ();
  g_autoptr (MonocleImage) image = NULL;
  g_autofree char *words = NULL;
  gboolean is_known;
  gint64 taken;

  is_known = monocle_texts_is_read (self->texts, file->path, file->size, file->mtime, self->digest);
  self->n_known += is_known;
  if (is_known)
    return TRUE;
  if (!monocle_search_read_content (file->path, cancellable, text.digest, &taken))
    return !g_cancellable_set_error_if_cancelled (cancellable, error)
           && leave_out (self, file->path);
  memcpy (text.model, self->digest, sizeof text.model);
  words = g_strdup (monocle_texts_find (self->texts, text.digest, self->digest));
  is_known = words != NULL;
  if (!is_known && !(image = monocle_image_source_load_path (file->path, NULL)))
    return leave_out (self, file->path);
  if (image && monocle_image_is_partial (image))
    monocle_cli_index_note (TRUE, file->path);
  if (!is_known)
    words = ask (self, image, error);
  text.text = words;
  if (!words || !monocle_texts_append (self->texts, &text, error))
    return FALSE;
  *(is_known ? &self->n_known : &self->n_read) += 1;
  return TRUE;
}

static gboolean
read_all (Reading *self, const char *const *directories, GError **error)
{
  g_auto (GStrv) unread = NULL;
  g_autoptr (GPtrArray) files
      = monocle_crawl (directories, &unread, monocle_cli_wait_get_cancellable (), error);
  gboolean is_done = files != NULL;

  for (guint i = 0; files && unread[i]; i++)
    monocle_cli_index_note (FALSE, unread[i]);
  for (guint i = 0; is_done && i < files->len; i++)
    {
      monocle_cli_progress_show ((double) i / files->len, _ ("reading %u of %u"), i, files->len);
      is_done = !g_cancellable_set_error_if_cancelled (monocle_cli_wait_get_cancellable (), error)
                && read_file (self, files->pdata[i], error);
    }
  monocle_cli_progress_clear ();
  return is_done;
}

static void
print_report (const Reading *self, gboolean json)
{
  const MonocleCliCount counts[] = { { "read", self->n_read },
                                     { "known", self->n_known },
                                     { "unreadable", self->n_unreadable },
                                     { "texts", monocle_texts_get_n (self->texts) } };
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!json)
    {
      monocle_cli_out (_ ("%u read, %u known, %u unreadable; %u texts can be searched\n"),
                       self->n_read, self->n_known, self->n_unreadable,
                       monocle_texts_get_n (self->texts));
      return;
    }
  monocle_cli_format_add_counts (builder, counts, G_N_ELEMENTS (counts));
  monocle_cli_format_print (builder);
}

/* With places the pieces are told apart. */
static const MonocleTask *
find_task (const GPtrArray *tasks, GError **error)
{
  static const MonocleTaskGives gives[]
      = { MONOCLE_GIVES_TEXTS, MONOCLE_GIVES_TEXT, MONOCLE_GIVES_PAGE };
  const MonocleTask *task = NULL;

  for (guint i = 0; !task && i < G_N_ELEMENTS (gives); i++)
    task = monocle_tasks_find_kind (tasks, MONOCLE_TASK_READ, MONOCLE_TAKES_NOTHING, gives[i]);
  if (!task)
    g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_UNSUPPORTED_TASK,
                         _ ("this model does not read text: name one that does with --model"));
  return task;
}

gboolean
monocle_cli_index_check_reads (const MonocleCliModel *model, GError **error)
{
  g_autoptr (GPtrArray) tasks = monocle_cli_model_list_tasks (model, NULL);

  return !tasks || find_task (tasks, error);
}

static gboolean
identify (Reading *self, GError **error)
{
  g_autoptr (GChecksum) sum
      = monocle_identity_compute (monocle_model_get_directory (self->model), error);

  if (sum)
    monocle_search_take_digest (sum, self->digest);
  return sum != NULL;
}

MonocleCliStatus
monocle_cli_index_read (MonocleModel *model, const char *const *directories, gboolean json)
{
  g_autofree char *path = monocle_texts_dup_path ();
  g_autoptr (MonocleTexts) texts = NULL;
  g_autoptr (GError) error = NULL;
  Reading self = { .model = model, .task = find_task (monocle_model_list_tasks (model), &error) };

  if (!self.task || !identify (&self, &error))
    return monocle_cli_report (NULL, error);
  self.texts = texts = monocle_texts_open (path, TRUE, &error);
  if (!texts)
    return monocle_cli_report (NULL, error);
  if (monocle_texts_get_set_aside (texts))
    monocle_cli_index_note (FALSE, monocle_texts_get_set_aside (texts));
  read_all (&self, directories, &error);
  print_report (&self, json);
  return error ? monocle_cli_report (NULL, error) : MONOCLE_CLI_DONE;
}
