/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/bpe.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/text/merges.h"
#include "engine/text/parts.h"
#include "engine/text/tokenizer-private.h"

#define MAX_MERGES_BYTES (64 * 1024 * 1024)
#define MAX_AFFIX_BYTES  64

/* A merge as the file has it, before the vocabulary is known to hold its parts. */
typedef struct
{
  const char *left, *right;
  gsize left_bytes, right_bytes;
} MergeText;

struct _MonocleBpe
{
  MonocleMerges *merges;
  char *prefix; /* of what goes on a word */
  char *suffix; /* of what ends one */
  char *unknown_token;
  guint32 unknown;         /* stands for characters without a token, or NO_ID */
  gboolean fuses_unknown;  /* one for a whole run of them */
  gboolean falls_back;     /* to the tokens of their bytes */
  gboolean ignores_merges; /* a piece that is a token as a whole is that one */
};

static void
bpe_free (gpointer data)
{
  MonocleBpe *self = data;

  if (self == NULL)
    return;
  monocle_merges_free (self->merges);
  g_free (self->prefix);
  g_free (self->suffix);
  g_free (self->unknown_token);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleBpe, bpe_free)

static MonocleBpe *
bpe_new (void)
{
  MonocleBpe *self = g_new0 (MonocleBpe, 1);

  self->prefix = g_strdup ("");
  self->suffix = g_strdup ("");
  self->unknown = MONOCLE_TOKENIZER_NO_ID;
  return self;
}

/* ---- merges */

static gboolean
add_merge (MonocleBpe *self,
           const MonocleTokenizer *tokenizer,
           const MergeText *merge,
           guint index,
           const char *path,
           GError **error)
{
  gsize skipped = MIN (strlen (self->prefix), merge->right_bytes);
  g_autofree char *left = g_strndup (merge->left, merge->left_bytes);
  g_autofree char *right = g_strndup (merge->right, merge->right_bytes);
  g_autofree char *merged = g_strconcat (left, right + skipped, NULL);
  gint64 left_id = monocle_tokenizer_find (tokenizer, left),
         right_id = monocle_tokenizer_find (tokenizer, right);
  gint64 merged_id = monocle_tokenizer_find (tokenizer, merged);

  if (left_id < 0 || right_id < 0 || merged_id < 0)
    {
      monocle_file_set_error (error, path, "merge %u: “%s” is not in the vocabulary", index,
                              left_id < 0    ? left
                              : right_id < 0 ? right
                                             : merged);
      return FALSE;
    }
  monocle_merges_add (self->merges, (guint32) left_id, (guint32) right_id, (guint32) merged_id);
  return TRUE;
}

/* "a b": exactly one blank, as tokens spell theirs with another character. */
static gboolean
split_merge (const char *line, gsize n_bytes, MergeText *merge)
{
  const char *blank = memchr (line, ' ', n_bytes);

  if (blank == NULL)
    return FALSE;
  *merge = (MergeText){
    .left = line,
    .left_bytes = (gsize) (blank - line),
    .right = blank + 1,
    .right_bytes = n_bytes - (gsize) (blank - line) - 1,
  };
  return merge->left_bytes > 0 && merge->right_bytes > 0
         && memchr (merge->right, ' ', merge->right_bytes) == NULL;
}

/* Either "a b" or ["a", "b"]. */
static gboolean
peek_merge (JsonNode *node, MergeText *merge)
{
  const char *line = monocle_tokenizer_peek_string (node);

  if (line != NULL)
    return split_merge (line, strlen (line), merge);
  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) != 2)
    return FALSE;

  merge->left
      = monocle_tokenizer_peek_string (json_array_get_element (json_node_get_array (node), 0));
  merge->right
      = monocle_tokenizer_peek_string (json_array_get_element (json_node_get_array (node), 1));
  if (merge->left == NULL || merge->right == NULL)
    return FALSE;
  merge->left_bytes = strlen (merge->left);
  merge->right_bytes = strlen (merge->right);
  return merge->left_bytes > 0 && merge->right_bytes > 0;
}

/* Each merge makes a token. */
static gboolean
check_n_merges (guint n, const char *path, GError **error)
{
  if (n < MONOCLE_TOKENIZER_MAX_IDS)
    return TRUE;
  monocle_file_set_error (error, path, "there are more than %u merges", MONOCLE_TOKENIZER_MAX_IDS);
  return FALSE;
}

static gboolean
read_merges (MonocleBpe *self,
             const MonocleTokenizer *tokenizer,
             JsonArray *merges,
             const char *path,
             GError **error)
{
  guint n = json_array_get_length (merges);

  if (!check_n_merges (n, path, error))
    return FALSE;
  self->merges = monocle_merges_new (n);
  for (guint i = 0; i < n; i++)
    {
      MergeText merge;

      if (!peek_merge (json_array_get_element (merges, i), &merge))
        {
          monocle_file_set_error (error, path, "merge %u is not a pair of tokens", i);
          return FALSE;
        }
      if (!add_merge (self, tokenizer, &merge, i, path, error))
        return FALSE;
    }
  return TRUE;
}

GBytes *
monocle_bpe_read_file (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_read (path, MAX_MERGES_BYTES, error);
  gsize size = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  const char *what = bytes != NULL ? monocle_file_recognise (text, size) : NULL;

  if (what != NULL)
    {
      monocle_file_set_error (error, path, "is %s", what);
      return NULL;
    }
  return g_steal_pointer (&bytes);
}

static gboolean
read_lines (MonocleBpe *self, const MonocleTokenizer *tokenizer, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_bpe_read_file (path, error);
  gsize size = 0;
  guint n = 1, index = 0;

  if (bytes == NULL)
    return FALSE;

  const char *text = g_bytes_get_data (bytes, &size);
  for (gsize i = 0; i < size; i++)
    n += text[i] == '\n' ? 1 : 0;
  if (!check_n_merges (n, path, error))
    return FALSE;
  self->merges = monocle_merges_new (n);

  for (const char *line = text, *end = text + size; line < end;)
    {
      const char *stop = memchr (line, '\n', (gsize) (end - line));
      gsize length = (gsize) ((stop != NULL ? stop : end) - line);
      gsize step = length + 1;
      MergeText merge;

      if (length > 0 && line[length - 1] == '\r')
        length--;
      if (length > 0 && !g_str_has_prefix (line, "#version"))
        {
          if (!split_merge (line, length, &merge))
            {
              monocle_file_set_error (error, path, "merge %u is not a pair of tokens", index);
              return FALSE;
            }
          if (!add_merge (self, tokenizer, &merge, index++, path, error))
            return FALSE;
        }
      line += MIN (step, (gsize) (end - line));
    }
  return TRUE;
}

MonocleBpe *
monocle_bpe_read_text (const MonocleTokenizer *self, const char *path, GError **error)
{
  g_autoptr (MonocleBpe) bpe = bpe_new ();

  return read_lines (bpe, self, path, error) ? g_steal_pointer (&bpe) : NULL;
}

/* ---- options */

static gboolean
read_affix (JsonObject *model, const char *key, char **affix, const char *path, GError **error)
{
  const char *text = "";

  if (!monocle_parts_get_text (model, path, key, MONOCLE_JSON_OPTIONAL, MAX_AFFIX_BYTES, &text,
                               error))
    return FALSE;
  g_free (*affix);
  *affix = g_strdup (text);
  return TRUE;
}

static gboolean
read_options (MonocleBpe *self, JsonObject *model, const char *path, GError **error)
{
  const char *unknown = NULL;
  double dropout = 0;

  if (!monocle_parts_get_flag (model, path, "ignore_merges", &self->ignores_merges, error)
      || !monocle_parts_get_flag (model, path, "fuse_unk", &self->fuses_unknown, error)
      || !monocle_parts_get_flag (model, path, "byte_fallback", &self->falls_back, error)
      || !read_affix (model, "continuing_subword_prefix", &self->prefix, path, error)
      || !read_affix (model, "end_of_word_suffix", &self->suffix, path, error)
      || !monocle_json_get_string (model, path, "unk_token", MONOCLE_JSON_OPTIONAL, &unknown, error)
      || !monocle_json_get_double (model, path, "dropout", MONOCLE_JSON_OPTIONAL, &dropout, error))
    return FALSE;
  if (dropout > 0 || dropout < 0)
    return monocle_parts_unsupported (error, path,
                                      "key \"dropout\": it leaves out merges by chance");
  self->unknown_token = g_strdup (unknown);
  return TRUE;
}

static gpointer
bpe_read (MonocleTokenizer *self, JsonObject *model, const char *path, GError **error)
{
  g_autoptr (MonocleBpe) bpe = bpe_new ();
  JsonArray *merges = NULL;

  return read_options (bpe, model, path, error)
                 && monocle_tokenizer_read_vocabulary (self, model, path, error)
                 && monocle_json_get_array (model, path, "merges", MONOCLE_JSON_REQUIRED, &merges,
                                            error)
                 && read_merges (bpe, self, merges, path, error)
             ? g_steal_pointer (&bpe)
             : NULL;
}

static gboolean
bpe_finish (gpointer state, const MonocleTokenizer *self, const char *path, GError **error)
{
  MonocleBpe *bpe = state;

  return bpe->unknown_token == NULL
         || monocle_tokenizer_read_unknown (self, bpe->unknown_token, &bpe->unknown, path, error);
}

/* ---- encoding */

/* The tokens of single characters. An unknown one is held back until what it is fused with has
 * ended: those of bytes go past it, as in the reference. */
static void
spell_piece (const MonocleBpe *self,
             const MonocleTokenizer *tokenizer,
             const char *piece,
             gsize n_bytes,
             GArray *ids)
{
  char symbol[2 * MAX_AFFIX_BYTES + 7];
  gboolean is_held = FALSE;

  for (const char *at = piece, *next; at < piece + n_bytes; at = next)
    {
      next = g_utf8_next_char (at);
      g_snprintf (symbol, sizeof symbol, "%s%.*s%s", at > piece ? self->prefix : "",
                  (int) (next - at), at, *next == '\0' ? self->suffix : "");

      gint64 id = monocle_tokenizer_find (tokenizer, symbol);
      guint32 value = (guint32) id;
      if (id < 0
          && ((self->falls_back
               && monocle_tokenizer_append_bytes (tokenizer, symbol, strlen (symbol), ids))
              || self->unknown == MONOCLE_TOKENIZER_NO_ID))
        continue;
      if (is_held && (id >= 0 || !self->fuses_unknown))
        g_array_append_val (ids, self->unknown);
      is_held = id < 0;
      if (id >= 0)
        g_array_append_val (ids, value);
    }
  if (is_held)
    g_array_append_val (ids, self->unknown);
}

static void
bpe_encode (gconstpointer state,
            const MonocleTokenizer *self,
            const char *piece,
            gsize n_bytes,
            GArray *ids)
{
  const MonocleBpe *bpe = state;
  gint64 whole = bpe->ignores_merges ? monocle_tokenizer_find (self, piece) : -1;
  guint32 id = (guint32) whole;
  guint start = ids->len;

  if (whole >= 0)
    {
      g_array_append_val (ids, id);
      return;
    }
  spell_piece (bpe, self, piece, n_bytes, ids);

  gsize n = monocle_merges_apply (bpe->merges, (guint32 *) (gpointer) ids->data + start,
                                  ids->len - start);
  g_array_set_size (ids, start + (guint) n);
}

const MonocleTokenModel monocle_bpe = {
  .type = "BPE",
  .read = bpe_read,
  .finish = bpe_finish,
  .encode = bpe_encode,
  .free = bpe_free,
};
