/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of which one is to be given: as models were tuned whose questions have a few thousand.
 */
#include "config.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/models/ofa/private.h"

/* Those of the published task are 3129, in 30 kB. */
#define MAX_BYTES   (1 << 20)
#define MAX_ANSWERS (1 << 16)

MonocleOfaTrie *
monocle_ofa_make_trie (const MonocleOfa *self, const char *const *answers)
{
  MonocleOfaTrie *trie = monocle_ofa_trie_new (self->tokens.end);

  /* They are written as words inside of a text are: behind a blank. */
  for (guint i = 0; answers[i]; i++)
    {
      g_autofree char *text = g_strconcat (" ", answers[i], NULL);
      g_autoptr (GArray) ids
          = monocle_tokenizer_encode (self->tokenizer, text, MONOCLE_SPECIALS_NONE);

      monocle_ofa_trie_add (trie, (const guint32 *) ids->data, ids->len);
    }
  return trie;
}

/* (transfer full) (nullable): its lines that are not empty */
static GStrv
read_lines (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_read (path, MAX_BYTES, error);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  gsize size;
  guint n = 0;

  if (!bytes)
    return NULL;
  size = g_bytes_get_size (bytes);
  if (!g_utf8_validate_len (g_bytes_get_data (bytes, NULL), size, NULL))
    {
      monocle_file_set_error (error, path, "is no list of answers: UTF-8, a line each");
      return NULL;
    }
  text = g_strndup (g_bytes_get_data (bytes, NULL), size);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    if (*g_strstrip (lines[i]))
      {
        g_strv_builder_add (found, lines[i]);
        n++;
      }
  if (n == 0 || n > MAX_ANSWERS)
    {
      monocle_file_set_error (error, path, "has %u answers, expected 1 to %u", n, MAX_ANSWERS);
      return NULL;
    }
  return g_strv_builder_end (found);
}

gboolean
monocle_ofa_load_answers (MonocleOfa *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, MONOCLE_OFA_ANSWERS_FILE, NULL);
  g_auto (GStrv) lines = NULL;

  if (!monocle_file_exists (path))
    return TRUE;
  lines = read_lines (path, error);
  if (lines)
    self->answers = monocle_ofa_make_trie (self, (const char *const *) lines);
  return lines != NULL;
}
