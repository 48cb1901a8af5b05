/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/batch/store.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/base/error.h"
#include "app/base/output.h"
#include "app/json/text.h"

#define ENDING ".jsonl"

/* What is longer nobody here wrote. */
#define MAX_QUESTION_BYTES (16 * 1024 * 1024)

struct _MonocleBatchStore
{
  char *folder;
};

void
monocle_batch_store_free (MonocleBatchStore *self)
{
  g_free (self->folder);
  g_free (self);
}

static gboolean
make_folder (const char *folder, GError **error)
{
  return g_mkdir_with_parents (folder, 0777) == 0
         || monocle_app_error_set_write (error, folder, errno);
}

/* @question: (transfer none): in one line, as the file has it */
static gboolean
is_same_question (const char *path, const char *question, GError **error)
{
  g_autofree char *kept = NULL;
  GStatBuf status;
  gsize size;

  if (g_stat (path, &status) == 0 && status.st_size > MAX_QUESTION_BYTES)
    size = 0;
  else if (!g_file_get_contents (path, &kept, &size, error))
    return FALSE;
  if (kept && size == strlen (question) && memcmp (kept, question, size) == 0)
    return TRUE;
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
               _ ("%s holds answers to another question, or of another model"), path);
  return FALSE;
}

static gboolean
keep_question (const char *path, JsonNode *node, GError **error)
{
  g_autofree char *text = monocle_json_text (node);
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  g_autofree char *shown = g_filename_display_name (path);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return is_same_question (path, line, error);
  if (monocle_output_write (path, line, strlen (line), error))
    return TRUE;
  g_prefix_error (error, "%s: ", shown);
  return FALSE;
}

MonocleBatchStore *
monocle_batch_store_open (const char *folder, JsonNode *question, GError **error)
{
  g_autofree char *path = g_build_filename (folder, MONOCLE_BATCH_QUESTION_FILE, NULL);
  MonocleBatchStore *self;

  if (!make_folder (folder, error) || !keep_question (path, question, error))
    return NULL;
  self = g_new0 (MonocleBatchStore, 1);
  self->folder = g_strdup (folder);
  return self;
}

char *
monocle_batch_store_dup_path (MonocleBatchStore *self, const MonocleBatchPicture *picture)
{
  g_autofree char *name = g_strconcat (picture->name, ENDING, NULL);

  return g_build_filename (self->folder, name, NULL);
}

/* Where that cannot be told, the answer is taken to be newer. */
static gboolean
is_newer (const GStatBuf *picture, const GStatBuf *answer)
{
  return picture->st_mtim.tv_sec > answer->st_mtim.tv_sec
         || (picture->st_mtim.tv_sec == answer->st_mtim.tv_sec
             && picture->st_mtim.tv_nsec > answer->st_mtim.tv_nsec);
}

gboolean
monocle_batch_store_has (MonocleBatchStore *self, const MonocleBatchPicture *picture)
{
  g_autofree char *path = monocle_batch_store_dup_path (self, picture);
  GStatBuf answer, now;

  return g_stat (path, &answer) == 0 && S_ISREG (answer.st_mode)
         && (g_stat (picture->path, &now) != 0 || !is_newer (&now, &answer));
}

gboolean
monocle_batch_store_write (MonocleBatchStore *self,
                           const MonocleBatchPicture *picture,
                           GBytes *answers,
                           GError **error)
{
  g_autofree char *path = monocle_batch_store_dup_path (self, picture);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *shown = g_filename_display_name (path);
  gsize size;
  const void *data = g_bytes_get_data (answers, &size);

  if (!make_folder (folder, error))
    return FALSE;
  if (monocle_output_write (path, data, size, error))
    return TRUE;
  g_prefix_error (error, "%s: ", shown);
  return FALSE;
}
