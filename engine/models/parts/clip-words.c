/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/clip-words.h"

#include <string.h>

#include "engine/answer/vector.h"
#include "engine/base/error.h"

/* Vectors of texts are small; more than this were not asked for by a person. */
#define MAX_KNOWN 16384

struct _MonocleClipWords
{
  MonocleClipWordsConfig config;
  const MonocleCheckpointTensor *table;
  GPtrArray *passes; /* (element-type MonocleClipPass): for one and for many, of each length */
  GHashTable *known; /* text to the vector that it came to */
};

static guint
find_end (const GArray *ids, guint end_id)
{
  const guint32 *values = (const guint32 *) (gconstpointer) ids->data;
  guint largest = 0;

  for (guint i = 0; i < ids->len; i++)
    {
      if (end_id != MONOCLE_CLIP_END_LARGEST && values[i] == end_id)
        return i;
      if (values[i] > values[largest])
        largest = i;
    }
  return end_id == MONOCLE_CLIP_END_LARGEST ? largest : 0;
}

GArray *
monocle_clip_words_tokenize (
    MonocleTokenizer *tokenizer, const char *text, guint most, guint end_id, guint *pick)
{
  GArray *ids = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_WRAP);

  if (ids->len > most)
    {
      g_array_index (ids, guint32, most - 1) = g_array_index (ids, guint32, ids->len - 1);
      g_array_set_size (ids, most);
    }
  *pick = find_end (ids, end_id);
  return ids;
}

/* For one and for many, of few tokens and of as many as there can be. */
static void
write_passes (MonocleClipWords *self, MonocleParams *params)
{
  const MonocleClipWordsConfig *config = &self->config;
  guint longest = config->text.n_positions;

  for (guint n = 1; n <= MONOCLE_CLIP_BATCH; n += MONOCLE_CLIP_BATCH - 1)
    {
      if (config->few_tokens > 0 && longest > config->few_tokens)
        g_ptr_array_add (self->passes,
                         monocle_clip_pass_new_text (params, config->scope, &config->text,
                                                     &config->last, n, config->few_tokens));
      g_ptr_array_add (self->passes,
                       monocle_clip_pass_new_text (params, config->scope, &config->text,
                                                   &config->last, n, longest));
    }
}

MonocleClipWords *
monocle_clip_words_new (const MonocleClipWordsConfig *config,
                        MonocleWeights *weights,
                        GError **error)
{
  g_autoptr (MonocleClipWords) self = g_new0 (MonocleClipWords, 1);
  MonocleScope table
      = monocle_scope_enter (config->scope, "text_model.embeddings.token_embedding.weight");

  self->config = *config;
  self->passes = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_clip_pass_free);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->table
      = monocle_weights_leave (weights, table.path, config->n_words, config->text.channels, error);
  if (!self->table)
    return NULL;
  write_passes (self, monocle_weights_get_params (weights));
  return g_steal_pointer (&self);
}

void
monocle_clip_words_free (MonocleClipWords *self)
{
  if (!self)
    return;

  g_ptr_array_unref (self->passes);
  g_hash_table_unref (self->known);
  g_free (self);
}

GPtrArray *
monocle_clip_words_get_passes (MonocleClipWords *self)
{
  return self->passes;
}

gboolean
monocle_clip_words_compile (MonocleClipWords *self,
                            MonocleCommands *const *others,
                            guint n_others,
                            GCancellable *cancellable,
                            MonocleVkCompileProgress progress,
                            gpointer user_data,
                            GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (guint i = 0; i < n_others; i++)
    g_ptr_array_add (all, others[i]);
  for (guint i = 0; i < self->passes->len; i++)
    g_ptr_array_add (all, ((MonocleClipPass *) self->passes->pdata[i])->recording.commands);
  return monocle_vk_compile ((MonocleCommands *const *) all->pdata, all->len, cancellable, progress,
                             user_data, error);
}

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
read_texts (MonocleClipWords *self, const char *const *texts, guint n, GArray *read, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      Text text = { .index = i };

      text.ids = self->config.tokenize (self->config.owner, texts[i], &text.pick);
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
choose_pass (MonocleClipWords *self, guint n_tokens, gboolean many)
{
  MonocleClipPass *found = NULL;

  for (guint i = 0; i < self->passes->len; i++)
    {
      MonocleClipPass *pass = self->passes->pdata[i];

      if (pass->n_tokens >= n_tokens && (pass->n == 1 || many)
          && (!found || pass->n > found->n
              || (pass->n == found->n && pass->n_tokens < found->n_tokens)))
        found = pass;
    }
  g_assert (found);
  return found;
}

static gboolean
embed_batch (MonocleClipWords *self,
             MonocleClipPass *pass,
             const Text *texts,
             guint n,
             GCancellable *cancellable,
             float *rows,
             GError **error)
{
  gsize c = self->config.text.channels, n_dims = self->config.last.n_dims;
  g_autofree float *input = g_new0 (float, pass->n * pass->n_tokens * c);
  g_autofree float *vectors = g_new (float, pass->n *n_dims);
  g_autofree guint32 *picks = g_new0 (guint32, pass->n);

  /* What is behind the end of a text is seen by nothing before it, and may be anything. */
  for (guint i = 0; i < n; i++)
    {
      picks[i] = i * pass->n_tokens + texts[i].pick;
      for (guint k = 0; k < texts[i].ids->len; k++)
        monocle_checkpoint_tensor_read_f32 (self->table,
                                            g_array_index (texts[i].ids, guint32, k) * (guint64) c,
                                            c, input + (i * pass->n_tokens + k) * c);
    }
  if (!monocle_clip_pass_run (pass, input, picks, NULL, cancellable, NULL, NULL, vectors, error)
      || !monocle_engine_error_check_numbers (vectors, n * n_dims, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    memcpy (rows + texts[i].index * n_dims, vectors + i * n_dims, n_dims * sizeof (float));
  return TRUE;
}

gboolean
monocle_clip_words_embed (MonocleClipWords *self,
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

const float *
monocle_clip_words_find (MonocleClipWords *self, const char *text)
{
  return g_hash_table_lookup (self->known, text);
}

gboolean
monocle_clip_words_learn (MonocleClipWords *self,
                          const char *const *texts,
                          guint n,
                          GCancellable *cancellable,
                          GError **error)
{
  guint n_dims = self->config.last.n_dims;
  g_autoptr (GPtrArray) new = g_ptr_array_new ();
  g_autofree float *rows = NULL;

  if (g_hash_table_size (self->known) + n > MAX_KNOWN)
    g_hash_table_remove_all (self->known);
  for (guint i = 0; i < n; i++)
    if (!g_hash_table_contains (self->known, texts[i]))
      g_ptr_array_add (new, (gpointer) texts[i]);
  rows = g_new (float, (gsize) new->len *n_dims);
  if (!monocle_clip_words_embed (self, (const char *const *) new->pdata, new->len, cancellable,
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
