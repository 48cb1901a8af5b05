/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/tokenizer-private.h"

#include <string.h>

#include "engine/base/utf8.h"

typedef struct
{
  const char *text; /* as the files spell it; NULL: no such token */
  gsize offset;
  guint32 n_bytes;
  guint8 special;
} Entry;

/* NULL: no such token. */
static const Entry *
find_entry (const MonocleTokenizer *self, guint32 id)
{
  const Entry *entry = id < self->entries->len ? &g_array_index (self->entries, Entry, id) : NULL;

  return entry != NULL && entry->text != NULL ? entry : NULL;
}

/* A text under way. What is between two added tokens goes down one function after the other. */
typedef struct
{
  const MonocleTokenizer *self;
  const char *text; /* where the part that is looked at begins */
  gboolean is_first;
  GArray *ids;
} Encoding;

MonocleTokenizer *
monocle_tokenizer_new (void)
{
  MonocleTokenizer *self = g_new0 (MonocleTokenizer, 1);

  self->texts = g_string_chunk_new (64 * 1024);
  self->ids = g_hash_table_new (g_str_hash, g_str_equal);
  self->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  self->bytes = g_byte_array_new ();
  self->added = monocle_added_tokens_new ();
  self->normaliser = monocle_normaliser_new ();
  self->splitter = monocle_splitter_new ();
  self->decoder = monocle_token_decoder_new ();
  monocle_template_init (&self->around);
  return self;
}

void
monocle_tokenizer_free (MonocleTokenizer *self)
{
  if (self == NULL)
    return;
  if (self->state != NULL)
    self->model->free (self->state);
  g_hash_table_unref (self->ids);
  g_string_chunk_free (self->texts);
  g_array_unref (self->entries);
  g_byte_array_unref (self->bytes);
  monocle_added_tokens_free (self->added);
  monocle_normaliser_free (self->normaliser);
  monocle_splitter_free (self->splitter);
  monocle_token_decoder_free (self->decoder);
  monocle_template_clear (&self->around);
  g_free (self);
}

/* What stands for @id in a text. */
static void
set_entry (MonocleTokenizer *self, const char *text, guint32 id)
{
  gsize offset = self->bytes->len;

  monocle_token_decoder_spell (self->decoder, text, self->bytes);
  if (id >= self->entries->len)
    g_array_set_size (self->entries, id + 1);
  g_array_index (self->entries, Entry, id) = (Entry){
    .text = text,
    .offset = offset,
    .n_bytes = (guint32) (self->bytes->len - offset),
  };
}

void
monocle_tokenizer_set_token (MonocleTokenizer *self, const char *token, guint32 id)
{
  char *text = g_string_chunk_insert (self->texts, token);

  g_return_if_fail (id < MONOCLE_TOKENIZER_MAX_IDS);

  set_entry (self, text, id);
  g_hash_table_replace (self->ids, text, GUINT_TO_POINTER (id));
}

/* A token that is looked for late reads as the normaliser leaves it, as in the reference. */
void
monocle_tokenizer_set_added (MonocleTokenizer *self,
                             const char *token,
                             const MonocleAddedToken *added)
{
  gboolean keeps_start;
  g_autofree char *normalised
      = added->early ? g_strdup (token)
                     : monocle_normaliser_apply (self->normaliser, token, &keeps_start);

  monocle_tokenizer_set_token (self, token, added->id);
  if (!g_str_equal (normalised, token))
    set_entry (self, g_string_chunk_insert (self->texts, normalised), added->id);
  g_array_index (self->entries, Entry, added->id).special = added->special;
  self->added_bytes += strlen (normalised);
  if (normalised[0] != '\0')
    monocle_added_tokens_add (self->added, normalised, added);
}

gboolean
monocle_tokenizer_append_bytes (const MonocleTokenizer *self,
                                const char *text,
                                gsize n_bytes,
                                GArray *ids)
{
  guint n = ids->len;

  for (gsize i = 0; i < n_bytes; i++)
    {
      char name[8];
      g_snprintf (name, sizeof name, "<0x%02X>", (guint8) text[i]);
      gint64 found = monocle_tokenizer_find (self, name);
      guint32 id = (guint32) found;

      if (found < 0)
        {
          g_array_set_size (ids, n);
          return FALSE;
        }
      g_array_append_val (ids, id);
    }
  return TRUE;
}

guint
monocle_tokenizer_add_tokens (MonocleTokenizer *self, const char *const *tokens, guint n_tokens)
{
  guint n_added = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < n_tokens; i++)
    {
      if (g_hash_table_contains (self->ids, tokens[i])
          || self->entries->len >= MONOCLE_TOKENIZER_MAX_IDS)
        continue;

      MonocleAddedToken added = { .id = self->entries->len, .special = TRUE, .early = TRUE };
      monocle_tokenizer_set_added (self, tokens[i], &added);
      n_added++;
    }
  return n_added;
}

void
monocle_tokenizer_place_tokens (MonocleTokenizer *self,
                                guint32 first,
                                const char *const *tokens,
                                guint n_tokens,
                                gboolean strips_right)
{
  g_return_if_fail (first <= MONOCLE_TOKENIZER_MAX_IDS - n_tokens);

  for (guint i = 0; i < n_tokens; i++)
    {
      const MonocleAddedToken added = { .id = first + i,
                                        .special = TRUE,
                                        .early = TRUE,
                                        .strip_left = TRUE,
                                        .strip_right = strips_right };

      monocle_tokenizer_set_added (self, tokens[i], &added);
    }
}

static void
encode_pieces (Encoding *encoding, const char *text, gsize n_bytes, gboolean is_first)
{
  const MonocleTokenizer *self = encoding->self;
  g_auto (MonocleSplit) pieces;
  gsize start = 0;

  monocle_split_init (&pieces);
  monocle_splitter_apply (self->splitter, text, n_bytes, is_first, &pieces);
  for (guint i = 0; i < pieces.ends->len; i++)
    {
      gsize end = g_array_index (pieces.ends, gsize, i);

      self->model->encode (self->state, self, pieces.text->str + start, end - start, encoding->ids);
      start = end + 1;
    }
}

static void
append_id (Encoding *encoding, gint64 id)
{
  guint32 value = (guint32) id;

  g_array_append_val (encoding->ids, value);
}

/* A part of a normalised text. */
static void
encode_late (gint64 id, const char *text, gsize n_bytes, gpointer user_data)
{
  Encoding *encoding = user_data;

  if (id >= 0)
    append_id (encoding, id);
  else
    encode_pieces (encoding, text, n_bytes, encoding->is_first && text == encoding->text);
}

/* A part of the text as it came. */
static void
encode_early (gint64 id, const char *text, gsize n_bytes, gpointer user_data)
{
  const Encoding *outer = user_data;
  Encoding encoding = *outer;

  if (id >= 0)
    {
      append_id (&encoding, id);
      return;
    }
  g_autofree char *part = g_strndup (text, n_bytes);
  gboolean keeps_start;
  g_autofree char *normalised
      = monocle_normaliser_apply (outer->self->normaliser, part, &keeps_start);
  encoding.is_first = text == outer->text && keeps_start;
  encoding.text = normalised;
  monocle_added_tokens_split (outer->self->added, MONOCLE_ADDED_TOKENS_LATE, normalised,
                              strlen (normalised), encode_late, &encoding);
}

GArray *
monocle_tokenizer_encode (const MonocleTokenizer *self, const char *text, MonocleSpecials specials)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  gsize n_bytes = strlen (text);
  g_autoptr (GString) repaired = NULL;

  g_return_val_if_fail (n_bytes < G_MAXINT32 / 4, ids);

  if (!g_utf8_validate (text, (gssize) n_bytes, NULL))
    {
      repaired = g_string_new (NULL);
      monocle_utf8_repair ((const guint8 *) text, n_bytes, repaired, NULL);
      text = repaired->str;
      n_bytes = repaired->len;
    }

  Encoding encoding = { .self = self, .text = text, .ids = ids };
  if (specials == MONOCLE_SPECIALS_WRAP)
    g_array_append_vals (ids, self->around.before->data, self->around.before->len);
  monocle_added_tokens_split (self->added, MONOCLE_ADDED_TOKENS_EARLY, text, n_bytes, encode_early,
                              &encoding);
  if (specials == MONOCLE_SPECIALS_WRAP)
    g_array_append_vals (ids, self->around.after->data, self->around.after->len);
  return ids;
}

static char *
join_bytes (const MonocleTokenizer *self, const guint32 *ids, gsize n_ids)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n_ids; i++)
    {
      gsize n = 0;
      const guint8 *token = monocle_tokenizer_get_bytes (self, ids[i], &n);

      if (token != NULL)
        g_byte_array_append (bytes, token, (guint) n);
    }
  monocle_utf8_repair (bytes->data, bytes->len, text, NULL);
  return g_string_free (text, FALSE);
}

char *
monocle_tokenizer_decode (const MonocleTokenizer *self, const guint32 *ids, gsize n_ids)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new ();

  if (monocle_token_decoder_joins_bytes (self->decoder))
    return join_bytes (self, ids, n_ids);
  for (gsize i = 0; i < n_ids; i++)
    {
      const Entry *entry = find_entry (self, ids[i]);

      if (entry != NULL)
        g_ptr_array_add (tokens, (gpointer) entry->text);
    }
  return monocle_token_decoder_apply (self->decoder, tokens);
}

const guint8 *
monocle_tokenizer_get_bytes (const MonocleTokenizer *self, guint32 id, gsize *length)
{
  const Entry *entry = find_entry (self, id);

  *length = entry != NULL ? entry->n_bytes : 0;
  return entry != NULL ? self->bytes->data + entry->offset : NULL;
}

gint64
monocle_tokenizer_find (const MonocleTokenizer *self, const char *token)
{
  gpointer id = NULL;

  if (!g_hash_table_lookup_extended (self->ids, token, NULL, &id))
    return -1;
  return GPOINTER_TO_UINT (id);
}

gboolean
monocle_tokenizer_is_special (const MonocleTokenizer *self, guint32 id)
{
  const Entry *entry = find_entry (self, id);

  return entry != NULL && entry->special;
}

guint
monocle_tokenizer_get_vocab_size (const MonocleTokenizer *self)
{
  return self->entries->len;
}
