/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/wordpiece.h"

#include <string.h>

#include "engine/base/json.h"
#include "engine/text/parts.h"
#include "engine/text/tokenizer-private.h"

#define MAX_PREFIX_BYTES 64
#define MAX_WORD         1024

typedef struct
{
  char *prefix; /* of what goes on a word */
  char *unknown_token;
  guint32 unknown;
  gint64 longest; /* a word of more characters is unknown */
} WordPiece;

static void
word_piece_free (gpointer data)
{
  WordPiece *self = data;

  if (self == NULL)
    return;
  g_free (self->prefix);
  g_free (self->unknown_token);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WordPiece, word_piece_free)

static gpointer
word_piece_read (MonocleTokenizer *tokenizer, JsonObject *model, const char *path, GError **error)
{
  g_autoptr (WordPiece) self = g_new0 (WordPiece, 1);
  const char *prefix = "##", *unknown = "[UNK]";

  self->longest = 100;
  if (!monocle_parts_get_text (model, path, "continuing_subword_prefix", MONOCLE_JSON_OPTIONAL,
                               MAX_PREFIX_BYTES, &prefix, error)
      || !monocle_json_get_string (model, path, "unk_token", MONOCLE_JSON_OPTIONAL, &unknown, error)
      || !monocle_json_get_int (model, path, "max_input_chars_per_word", MONOCLE_JSON_OPTIONAL, 0,
                                MAX_WORD, &self->longest, error))
    return NULL;
  self->prefix = g_strdup (prefix);
  self->unknown_token = g_strdup (unknown);
  return monocle_tokenizer_read_vocabulary (tokenizer, model, path, error) ? g_steal_pointer (&self)
                                                                           : NULL;
}

static gboolean
word_piece_finish (gpointer state,
                   const MonocleTokenizer *tokenizer,
                   const char *path,
                   GError **error)
{
  WordPiece *self = state;

  return monocle_tokenizer_read_unknown (tokenizer, self->unknown_token, &self->unknown, path,
                                         error);
}

static void
word_piece_encode (gconstpointer state,
                   const MonocleTokenizer *tokenizer,
                   const char *piece,
                   gsize n_bytes,
                   GArray *ids)
{
  const WordPiece *self = state;
  g_autoptr (GString) token = g_string_new (NULL);
  guint n = ids->len;
  gsize end = 0;

  if (g_utf8_strlen (piece, (gssize) n_bytes) > self->longest)
    {
      g_array_append_val (ids, self->unknown);
      return;
    }
  for (gsize start = 0; start < n_bytes; start = end)
    {
      gint64 id = -1;

      for (end = n_bytes; end > start && id < 0;)
        {
          g_string_assign (token, start > 0 ? self->prefix : "");
          g_string_append_len (token, piece + start, (gssize) (end - start));
          id = monocle_tokenizer_find (tokenizer, token->str);
          if (id < 0)
            end = (gsize) (g_utf8_prev_char (piece + end) - piece);
        }
      /* What cannot be cut is unknown as a whole. */
      if (id < 0)
        {
          g_array_set_size (ids, n);
          g_array_append_val (ids, self->unknown);
          return;
        }
      guint32 value = (guint32) id;
      g_array_append_val (ids, value);
    }
}

const MonocleTokenModel monocle_wordpiece = {
  .type = "WordPiece",
  .read = word_piece_read,
  .finish = word_piece_finish,
  .encode = word_piece_encode,
  .free = word_piece_free,
};
