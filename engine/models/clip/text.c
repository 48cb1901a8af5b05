/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts to vectors.
 */
#include "config.h"

#include <string.h>

#include "engine/answer/vector.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"
#include "engine/models/clip/private.h"

/* Vectors of texts are small; more than this were not asked for by a person. */
#define MAX_KNOWN 16384

/* --- what is read --- */

static gboolean
is_letter_next (const char *p)
{
  return *p && g_unichar_isalpha (g_utf8_get_char (p));
}

/* As Python lowers it: a sigma at the end of a word is another one. */
static void
append_lower (GString *out, gunichar c, gboolean follows_letter, const char *next)
{
  if (c == 0x0130)
    g_string_append (out, "i\xcc\x87");
  else if (c == 0x03A3 && follows_letter && !is_letter_next (next))
    g_string_append_unichar (out, 0x03C2);
  else
    g_string_append_unichar (out, g_unichar_tolower (c));
}

/* What SigLIP was taught on: lower case, no punctuation, single blanks. The tokenizer's own files
 * do not say so. */
static char *
clean (const char *text, gboolean splits_underscores)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean follows_letter = FALSE;

  for (const char *p = text, *next; *p; p = next)
    {
      gunichar c = g_utf8_get_char (p);

      next = g_utf8_next_char (p);
      if (monocle_utf8_is_blank (c) || (c == '_' && splits_underscores))
        {
          if (out->len > 0 && out->str[out->len - 1] != ' ')
            g_string_append_c (out, ' ');
          follows_letter = FALSE;
        }
      else if (c >= 0x80 || !g_ascii_ispunct ((char) c))
        {
          append_lower (out, c, follows_letter, next);
          follows_letter = g_unichar_isalpha (c);
        }
    }
  if (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static GArray *
tokenize_siglip (MonocleClip *self, const char *text, guint *pick)
{
  guint n = self->config.text.n_positions;
  guint32 end = (guint32) self->end_id;
  g_autofree char *words = clean (text, self->pad_id != end);
  GArray *ids = monocle_tokenizer_encode (self->tokenizer, words, MONOCLE_SPECIALS_NONE);

  g_array_set_size (ids, MIN (ids->len, n - 1));
  g_array_append_val (ids, end);
  /* There is no mask: what a text is filled up with takes part, and the vector is taken there. */
  while (ids->len < n)
    g_array_append_val (ids, self->pad_id);
  *pick = n - 1;
  return ids;
}

/* Old files say 2 and mean the largest id of the vocabulary. */
static guint
find_end (const GArray *ids, guint end_id)
{
  const guint32 *values = (const guint32 *) (gconstpointer) ids->data;
  guint largest = 0;

  for (guint i = 0; i < ids->len; i++)
    {
      if (end_id != 2 && values[i] == end_id)
        return i;
      if (values[i] > values[largest])
        largest = i;
    }
  return end_id == 2 ? largest : 0;
}

GArray *
monocle_clip_tokenize (MonocleClip *self, const char *text, guint *pick)
{
  guint n = self->config.text.n_positions;
  GArray *ids;

  if (self->config.is_siglip)
    return tokenize_siglip (self, text, pick);
  ids = monocle_tokenizer_encode (self->tokenizer, text, MONOCLE_SPECIALS_WRAP);
  if (ids->len > n)
    {
      g_array_index (ids, guint32, n - 1) = g_array_index (ids, guint32, ids->len - 1);
      g_array_set_size (ids, n);
    }
  *pick = find_end (ids, self->config.end_id);
  return ids;
}

/* --- what it comes to --- */

typedef struct
{
  guint index; /* among the texts */
  GArray *ids;
  guint pick;
} Text;

static void
clear_text (gpointer data)
{
  g_array_unref (((Text *) data)->ids);
}

/* The shorter first: they go through the tower together. */
static int
compare_texts (gconstpointer a, gconstpointer b)
{
  const Text *x = a, *y = b;

  if (x->ids->len != y->ids->len)
    return x->ids->len < y->ids->len ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static gboolean
read_texts (MonocleClip *self, const char *const *texts, guint n, GArray *read, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      Text text = { .index = i };

      text.ids = monocle_clip_tokenize (self, texts[i], &text.pick);
      g_array_append_val (read, text);
      if (text.ids->len == 0)
        {
          g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                       "“%.80s” has no tokens", texts[i]);
          return FALSE;
        }
      for (guint k = 0; k < text.ids->len; k++)
        if (g_array_index (text.ids, guint32, k) >= self->config.n_words)
          {
            g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                         "the tokenizer has a token %u, the model's table ends at %u",
                         g_array_index (text.ids, guint32, k), self->config.n_words - 1);
            return FALSE;
          }
    }
  g_array_sort (read, compare_texts);
  return TRUE;
}

/* The first that is long enough, of those for one text or for many. */
static MonocleClipPass *
choose_pass (MonocleClip *self, guint n_tokens, gboolean many)
{
  MonocleClipPass *found = NULL;

  for (guint i = 0; i < self->texts->len; i++)
    {
      MonocleClipPass *pass = self->texts->pdata[i];

      if (pass->n_tokens >= n_tokens && (pass->n == 1 || many)
          && (!found || pass->n > found->n
              || (pass->n == found->n && pass->n_tokens < found->n_tokens)))
        found = pass;
    }
  g_assert (found);
  return found;
}

static gboolean
embed_batch (MonocleClip *self,
             MonocleClipPass *pass,
             const Text *texts,
             guint n,
             GCancellable *cancellable,
             float *rows,
             GError **error)
{
  gsize c = self->config.text.channels, n_dims = self->config.n_dims;
  g_autofree float *input = g_new0 (float, pass->n * pass->n_tokens * c);
  g_autofree float *vectors = g_new (float, pass->n *n_dims);
  g_autofree guint32 *picks = g_new0 (guint32, pass->n);

  /* What is behind the end of a text is seen by nothing before it, and may be anything. */
  for (guint i = 0; i < n; i++)
    {
      picks[i] = i * pass->n_tokens + texts[i].pick;
      for (guint k = 0; k < texts[i].ids->len; k++)
        monocle_checkpoint_tensor_read_f32 (self->words,
                                            g_array_index (texts[i].ids, guint32, k) * (guint64) c,
                                            c, input + (i * pass->n_tokens + k) * c);
    }
  if (!monocle_clip_pass_run (pass, input, picks, NULL, cancellable, NULL, NULL, vectors, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    memcpy (rows + texts[i].index * n_dims, vectors + i * n_dims, n_dims * sizeof (float));
  return TRUE;
}

gboolean
monocle_clip_embed_texts (MonocleClip *self,
                          const char *const *texts,
                          guint n,
                          GCancellable *cancellable,
                          float *rows,
                          GError **error)
{
  g_autoptr (GArray) read = g_array_new (FALSE, FALSE, sizeof (Text));

  g_array_set_clear_func (read, clear_text);
  if (!read_texts (self, texts, n, read, error))
    return FALSE;
  for (guint first = 0, done; first < n; first += done)
    {
      const Text *batch = &g_array_index (read, Text, first);
      /* Half a batch takes longer than the same texts one by one. */
      gboolean many = n - first > MONOCLE_CLIP_BATCH / 2;
      guint longest = batch[MIN (n - first, many ? MONOCLE_CLIP_BATCH : 1) - 1].ids->len;
      MonocleClipPass *pass = choose_pass (self, longest, many);

      done = MIN (pass->n, n - first);
      if (!embed_batch (self, pass, batch, done, cancellable, rows, error))
        return FALSE;
    }
  return TRUE;
}

/* --- what is remembered --- */

const float *
monocle_clip_find_text (MonocleClip *self, const char *text)
{
  return g_hash_table_lookup (self->known, text);
}

gboolean
monocle_clip_learn_texts (
    MonocleClip *self, const char *const *texts, guint n, GCancellable *cancellable, GError **error)
{
  guint n_dims = self->config.n_dims;
  g_autoptr (GPtrArray) new = g_ptr_array_new ();
  g_autofree float *rows = NULL;

  if (g_hash_table_size (self->known) + n > MAX_KNOWN)
    g_hash_table_remove_all (self->known);
  for (guint i = 0; i < n; i++)
    if (!g_hash_table_contains (self->known, texts[i]))
      g_ptr_array_add (new, (gpointer) texts[i]);
  rows = g_new (float, (gsize) new->len *n_dims);
  if (!monocle_clip_embed_texts (self, (const char *const *) new->pdata, new->len, cancellable,
                                 rows, error))
    return FALSE;
  for (guint i = 0; i < new->len; i++)
    {
      float *row = rows + (gsize) i * n_dims;

      monocle_vector_normalise (row, n_dims);
      g_hash_table_insert (self->known, g_strdup (new->pdata[i]),
                           g_memdup2 (row, n_dims * sizeof *row));
    }
  return TRUE;
}
