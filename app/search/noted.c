/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/noted.h"

#include <string.h>

#include "app/base/error.h"

typedef struct
{
  char *path, *words;
  guint64 size;
  gint64 mtime;
  guint8 content[MONOCLE_INDEX_DIGEST_BYTES], model[MONOCLE_INDEX_DIGEST_BYTES];
} Note;

static GMutex one_at_a_time;

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->path);
  g_free (note->words);
  g_free (note);
}

char *
monocle_noted_join (const MonocleResult *result)
{
  g_autoptr (GString) text = g_string_new (monocle_result_get_text (result));

  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      const char *label = object->label;

      /* Pieces of a page have words of their own, which are in the text. */
      if (object->text)
        continue;
      if (text->len > 0)
        g_string_append_c (text, '\n');
      g_string_append (text, label ? label : "");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The first bytes of a digest in hexadecimal. Returns: whether it is one */
static gboolean
read_digest (const char *text, guint8 *digest)
{
  if (!text || strlen (text) < 2 * MONOCLE_INDEX_DIGEST_BYTES)
    return FALSE;
  for (guint i = 0; i < MONOCLE_INDEX_DIGEST_BYTES; i++)
    {
      const int high = g_ascii_xdigit_value (text[2 * i]);
      const int low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      digest[i] = (guint8) (16 * high + low);
    }
  return TRUE;
}

static gboolean
keep (const Note *note, GError **error)
{
  g_autofree char *path = monocle_texts_dup_path ();
  g_autoptr (MonocleTexts) texts = monocle_texts_open (path, TRUE, error);
  MonocleText text
      = { .path = note->path, .size = note->size, .mtime = note->mtime, .text = note->words };

  if (!texts)
    return FALSE;
  memcpy (text.digest, note->content, sizeof text.digest);
  memcpy (text.model, note->model, sizeof text.model);
  return monocle_texts_append (texts, &text, error);
}

static void
keep_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  gboolean is_kept;

  g_mutex_lock (&one_at_a_time);
  is_kept = keep (data, &error);
  g_mutex_unlock (&one_at_a_time);
  if (is_kept)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
monocle_noted_keep_async (const char *path,
                          const MonocleStamp *stamp,
                          const char *content,
                          const char *model,
                          const MonocleResult *result,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Note *note = g_new0 (Note, 1);

  g_task_set_task_data (task, note, note_free);
  note->path = g_strdup (path);
  note->words = monocle_noted_join (result);
  note->size = (guint64) MAX (stamp->size, 0);
  note->mtime = stamp->modified;
  if (monocle_stamp_is_known (stamp) && read_digest (content, note->content)
      && read_digest (model, note->model))
    g_task_run_in_thread (task, keep_in_thread);
  else
    g_task_return_new_error (task, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE,
                             "%s is no picture that can be known again", path);
}

gboolean
monocle_noted_keep_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
