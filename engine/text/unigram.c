/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/unigram.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/text/parts.h"
#include "engine/text/tokenizer-private.h"
#include "engine/text/trie.h"

/* A text is looked at once for each byte of a token that fits; none in use has over 100. */
#define MAX_TOKEN_BYTES 256
/* 128 MiB; a vocabulary of 256,000 tokens takes an eighth. */
#define MAX_NODES (8u << 20)

/* An unknown character costs this much more than the least probable token. */
#define UNKNOWN_PENALTY 10.0

typedef struct
{
  MonocleTrie *trie; /* token -> id */
  GArray *scores;    /* double by id: logarithms of probabilities */
  double least;
  guint32 unknown; /* or NO_ID */
  gboolean falls_back;
} Unigram;

/* The best way to cut the text up to a place: its last token, and where that begins. */
typedef struct
{
  double score;
  gsize start; /* G_MAXSIZE: no way leads here */
  guint32 id;
} Best;

static void
unigram_free (gpointer data)
{
  Unigram *self = data;

  if (self == NULL)
    return;
  monocle_trie_free (self->trie);
  g_array_unref (self->scores);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Unigram, unigram_free)

/* ["▁the", -3.2] */
static gboolean
read_entry (Unigram *self,
            MonocleTokenizer *tokenizer,
            JsonNode *node,
            guint32 id,
            const char *path,
            GError **error)
{
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gboolean is_pair = pair != NULL && json_array_get_length (pair) == 2;
  const char *token
      = is_pair ? monocle_tokenizer_peek_string (json_array_get_element (pair, 0)) : NULL;
  JsonNode *number = is_pair ? json_array_get_element (pair, 1) : NULL;
  GType type = number != NULL && JSON_NODE_HOLDS_VALUE (number) ? json_node_get_value_type (number)
                                                                : G_TYPE_INVALID;
  double score;

  if (token == NULL || (type != G_TYPE_DOUBLE && type != G_TYPE_INT64))
    {
      monocle_file_set_error (error, path, "key \"vocab\": entry %u is no token with its score",
                              id);
      return FALSE;
    }
  if (strlen (token) > MAX_TOKEN_BYTES)
    return monocle_parts_unsupported (
        error, path, "key \"vocab\": token %u is longer than %d bytes", id, MAX_TOKEN_BYTES);
  score = json_node_get_double (number);
  self->least = MIN (self->least, score);
  g_array_append_val (self->scores, score);
  if (token[0] != '\0')
    monocle_trie_set (self->trie, token, id);
  monocle_tokenizer_set_token (tokenizer, token, id);
  if (monocle_trie_get_n_nodes (self->trie) <= MAX_NODES)
    return TRUE;
  monocle_file_set_error (error, path, "the vocabulary is too large");
  return FALSE;
}

static gpointer
unigram_read (MonocleTokenizer *tokenizer, JsonObject *model, const char *path, GError **error)
{
  g_autoptr (Unigram) self = g_new0 (Unigram, 1);
  JsonArray *vocabulary = NULL;
  gint64 unknown = -1;

  self->trie = monocle_trie_new ();
  self->scores = g_array_new (FALSE, FALSE, sizeof (double));
  self->least = G_MAXDOUBLE;
  if (!monocle_json_get_array (model, path, "vocab", MONOCLE_JSON_REQUIRED, &vocabulary, error))
    return NULL;

  guint n = json_array_get_length (vocabulary);
  if (n == 0 || n > MONOCLE_TOKENIZER_MAX_IDS)
    {
      monocle_file_set_error (error, path,
                              n == 0 ? "the vocabulary is empty" : "the vocabulary is too large");
      return NULL;
    }
  if (!monocle_json_get_int (model, path, "unk_id", MONOCLE_JSON_OPTIONAL, 0, (gint64) n - 1,
                             &unknown, error)
      || !monocle_parts_get_flag (model, path, "byte_fallback", &self->falls_back, error))
    return NULL;
  self->unknown = unknown >= 0 ? (guint32) unknown : MONOCLE_TOKENIZER_NO_ID;

  for (guint i = 0; i < n; i++)
    if (!read_entry (self, tokenizer, json_array_get_element (vocabulary, i), i, path, error))
      return NULL;
  return monocle_tokenizer_check_size (tokenizer, path, error) ? g_steal_pointer (&self) : NULL;
}

static void
consider (Best *best, double score, gsize start, guint32 id)
{
  if (best->start == G_MAXSIZE || score > best->score)
    *best = (Best){ .score = score, .start = start, .id = id };
}

/* Viterbi: best[i] is the best way to cut the first i bytes. */
static void
find_best (const Unigram *self, const char *piece, gsize n_bytes, Best *best)
{
  for (gsize i = 0; i <= n_bytes; i++)
    best[i] = (Best){ .start = G_MAXSIZE };
  best[0].start = 0;

  for (gsize at = 0, next; at < n_bytes; at = next)
    {
      guint32 node = MONOCLE_TRIE_ROOT;
      gboolean is_known = FALSE;

      next = (gsize) (g_utf8_next_char (piece + at) - piece);
      for (gsize i = at; i < n_bytes; i++)
        {
          node = monocle_trie_step (self->trie, node, (guint8) piece[i]);
          if (node == MONOCLE_TRIE_NOTHING)
            break;
          guint32 id = monocle_trie_get (self->trie, node);
          if (id == MONOCLE_TRIE_NO_VALUE)
            continue;
          consider (&best[i + 1], best[at].score + g_array_index (self->scores, double, id), at,
                    id);
          is_known |= i + 1 == next;
        }
      if (!is_known)
        consider (&best[next], best[at].score + self->least - UNKNOWN_PENALTY, at, self->unknown);
    }
}

/* What has no token of its own: bytes, or the unknown token. */
static void
append_unknown (const Unigram *self,
                const MonocleTokenizer *tokenizer,
                const char *text,
                gsize n_bytes,
                GArray *ids)
{
  g_autofree char *whole = n_bytes <= MAX_TOKEN_BYTES ? g_strndup (text, n_bytes) : NULL;
  guint32 known = whole != NULL ? monocle_trie_find (self->trie, whole) : MONOCLE_TRIE_NO_VALUE;

  if (known != MONOCLE_TRIE_NO_VALUE)
    {
      g_array_append_val (ids, known);
      return;
    }
  if ((!self->falls_back || !monocle_tokenizer_append_bytes (tokenizer, text, n_bytes, ids))
      && self->unknown != MONOCLE_TOKENIZER_NO_ID)
    g_array_append_val (ids, self->unknown);
}

static void
unigram_encode (gconstpointer state,
                const MonocleTokenizer *tokenizer,
                const char *piece,
                gsize n_bytes,
                GArray *ids)
{
  const Unigram *self = state;
  g_autofree Best *best = g_new (Best, n_bytes + 1);
  g_autofree gsize *ends = NULL;
  gsize n = 0;

  find_best (self, piece, n_bytes, best);
  for (gsize at = n_bytes; at > 0; at = best[at].start)
    n++;
  ends = g_new (gsize, n);
  for (gsize at = n_bytes, i = n; at > 0; at = best[at].start)
    ends[--i] = at;

  for (gsize i = 0, start = 0; i < n; start = ends[i++])
    {
      guint32 id = best[ends[i]].id;

      if (id != self->unknown)
        {
          g_array_append_val (ids, id);
          continue;
        }
      /* A run of unknown ones is one. */
      while (i + 1 < n && best[ends[i + 1]].id == self->unknown)
        i++;
      append_unknown (self, tokenizer, piece + start, ends[i] - start, ids);
    }
}

const MonocleTokenModel monocle_unigram = {
  .type = "Unigram",
  .read = unigram_read,
  .encode = unigram_encode,
  .free = unigram_free,
};
