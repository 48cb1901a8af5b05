/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/tokenizer-private.h"

#include <string.h>

#include "engine/text/pieces.h"
#include "engine/base/utf8.h"

/* Characters that stand for bytes in the files: 256 plus the 68 bytes that have no printable
 * character. */
#define N_BYTE_CHARACTERS 324

typedef struct
{
  gsize offset;
  guint32 n_bytes;
  guint8 known;
  guint8 special;
} Entry;

typedef struct
{
  const MonocleTokenizer *self;
  GArray *ids;
  GArray *piece; /* scratch */
} Encoding;

static gboolean
stands_for_itself (guint c)
{
  return (c >= 33 && c <= 126) || (c >= 161 && c <= 172) || (c >= 174 && c <= 255);
}

/* Radford et al. 2019, encoder.py, bytes_to_unicode(). */
static gunichar
byte_to_character (guint8 byte)
{
  gunichar c = 256;

  if (stands_for_itself (byte))
    return byte;
  for (guint b = 0; b < byte; b++)
    c += stands_for_itself (b) ? 0 : 1;
  return c;
}

static gint
character_to_byte (gunichar c)
{
  static gsize ready = 0;
  static gint16 bytes[N_BYTE_CHARACTERS];

  if (g_once_init_enter (&ready))
    {
      for (guint i = 0; i < N_BYTE_CHARACTERS; i++)
        bytes[i] = -1;
      for (guint byte = 0; byte < 256; byte++)
        bytes[byte_to_character ((guint8) byte)] = (gint16) byte;
      g_once_init_leave (&ready, 1);
    }
  return c < N_BYTE_CHARACTERS ? bytes[c] : -1;
}

MonocleTokenizer *
monocle_tokenizer_new (void)
{
  MonocleTokenizer *self = g_new0 (MonocleTokenizer, 1);

  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  self->bytes = g_byte_array_new ();
  self->added = monocle_added_tokens_new ();
  self->before = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->after = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->unknown = MONOCLE_TOKENIZER_NO_ID;
  monocle_tokenizer_find_byte_ids (self);
  return self;
}

void
monocle_tokenizer_free (MonocleTokenizer *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->ids);
  g_array_unref (self->entries);
  g_byte_array_unref (self->bytes);
  monocle_merges_free (self->merges);
  monocle_added_tokens_free (self->added);
  g_array_unref (self->before);
  g_array_unref (self->after);
  g_free (self);
}

void
monocle_tokenizer_set_token (MonocleTokenizer *self, const char *token, guint32 id)
{
  gsize offset = self->bytes->len;
  gboolean is_spelled = g_utf8_validate (token, -1, NULL);

  g_return_if_fail (id < MONOCLE_TOKENIZER_MAX_IDS);

  for (const char *c = token; *c != '\0' && is_spelled; c = g_utf8_next_char (c))
    {
      gint byte = character_to_byte (g_utf8_get_char (c));
      guint8 value = (guint8) byte;

      is_spelled = byte >= 0;
      if (is_spelled)
        g_byte_array_append (self->bytes, &value, 1);
    }
  /* A token that is not spelled in byte characters stands for itself. */
  if (!is_spelled)
    {
      g_byte_array_set_size (self->bytes, (guint) offset);
      g_byte_array_append (self->bytes, (const guint8 *) token, (guint) strlen (token));
    }

  if (id >= self->entries->len)
    g_array_set_size (self->entries, id + 1);
  g_array_index (self->entries, Entry, id) = (Entry){
    .offset = offset,
    .n_bytes = (guint32) (self->bytes->len - offset),
    .known = TRUE,
  };
  g_hash_table_replace (self->ids, g_strdup (token), GUINT_TO_POINTER (id));
}

void
monocle_tokenizer_set_added (MonocleTokenizer *self,
                             const char *token,
                             const MonocleAddedToken *added)
{
  monocle_tokenizer_set_token (self, token, added->id);
  g_array_index (self->entries, Entry, added->id).special = added->special;
  monocle_added_tokens_add (self->added, token, added);
  self->added_bytes += strlen (token);
}

void
monocle_tokenizer_find_byte_ids (MonocleTokenizer *self)
{
  for (guint byte = 0; byte < 256; byte++)
    {
      char name[7] = { 0 };

      g_unichar_to_utf8 (byte_to_character ((guint8) byte), name);
      gint64 id = monocle_tokenizer_find (self, name);
      self->byte_ids[byte] = id >= 0 ? (guint32) id : MONOCLE_TOKENIZER_NO_ID;
    }
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

/* The token that a piece is as a whole, or -1. */
static gint64
find_piece (const MonocleTokenizer *self, const char *text, gsize n_bytes)
{
  g_autoptr (GString) spelled = g_string_sized_new (2 * n_bytes);

  for (gsize i = 0; i < n_bytes; i++)
    g_string_append_unichar (spelled, byte_to_character ((guint8) text[i]));
  return monocle_tokenizer_find (self, spelled->str);
}

/* The tokens of single bytes; where one has none it is left out, or unknown. */
static void
spell_piece (Encoding *encoding, const char *text, gsize n_bytes)
{
  const MonocleTokenizer *self = encoding->self;
  gboolean was_unknown = FALSE;

  g_array_set_size (encoding->piece, 0);
  for (gsize i = 0; i < n_bytes; i++)
    {
      guint32 id = self->byte_ids[(guint8) text[i]];
      gboolean is_unknown = id == MONOCLE_TOKENIZER_NO_ID;

      if (is_unknown)
        id = was_unknown && self->fuses_unknown ? MONOCLE_TOKENIZER_NO_ID : self->unknown;
      was_unknown = is_unknown;
      if (id != MONOCLE_TOKENIZER_NO_ID)
        g_array_append_val (encoding->piece, id);
    }
}

static void
encode_piece (Encoding *encoding, const char *text, gsize n_bytes)
{
  gint64 whole = encoding->self->ignores_merges ? find_piece (encoding->self, text, n_bytes) : -1;

  if (whole >= 0)
    {
      guint32 id = (guint32) whole;

      g_array_append_val (encoding->ids, id);
      return;
    }
  spell_piece (encoding, text, n_bytes);

  guint32 *ids = (guint32 *) (gpointer) encoding->piece->data;
  gsize n = monocle_merges_apply (encoding->self->merges, ids, encoding->piece->len);
  g_array_append_vals (encoding->ids, ids, (guint) n);
}

static void
encode_part (gint64 id, const char *text, gsize n_bytes, gpointer user_data)
{
  Encoding *encoding = user_data;
  g_autofree char *led = NULL;

  if (id >= 0)
    {
      guint32 token = (guint32) id;

      g_array_append_val (encoding->ids, token);
      return;
    }

  if (encoding->self->lead_with_space && text[0] != ' ')
    {
      led = g_strdup_printf (" %.*s", (int) n_bytes, text);
      text = led;
      n_bytes++;
    }
  for (gsize i = 0, n; i < n_bytes; i += n)
    {
      n = encoding->self->keeps_whole ? n_bytes - i : monocle_pieces_next (text + i, n_bytes - i);
      encode_piece (encoding, text + i, n);
    }
}

GArray *
monocle_tokenizer_encode (const MonocleTokenizer *self, const char *text, MonocleSpecials specials)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) piece = g_array_new (FALSE, FALSE, sizeof (guint32));
  Encoding encoding = { .self = self, .ids = ids, .piece = piece };
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

  if (specials == MONOCLE_SPECIALS_WRAP)
    g_array_append_vals (ids, self->before->data, self->before->len);
  monocle_added_tokens_split (self->added, text, n_bytes, encode_part, &encoding);
  if (specials == MONOCLE_SPECIALS_WRAP)
    g_array_append_vals (ids, self->after->data, self->after->len);
  return ids;
}

char *
monocle_tokenizer_decode (const MonocleTokenizer *self, const guint32 *ids, gsize n_ids)
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

const guint8 *
monocle_tokenizer_get_bytes (const MonocleTokenizer *self, guint32 id, gsize *length)
{
  *length = 0;
  if (id >= self->entries->len || !g_array_index (self->entries, Entry, id).known)
    return NULL;

  const Entry *entry = &g_array_index (self->entries, Entry, id);
  *length = entry->n_bytes;
  return self->bytes->data + entry->offset;
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
  return id < self->entries->len && g_array_index (self->entries, Entry, id).special;
}

guint
monocle_tokenizer_get_vocab_size (const MonocleTokenizer *self)
{
  return self->entries->len;
}
