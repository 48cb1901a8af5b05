/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file is one message of protocol buffers: numbered fields, each a number or a run of bytes.
 */
#include "config.h"

#include "engine/text/sentencepiece.h"

#include <math.h>
#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/text/parts.h"

#define MAX_FILE_BYTES  (64 * 1024 * 1024)
#define MAX_PIECES      (1u << 20)
#define MAX_PIECE_BYTES 512

/* How a field lies in a message. */
enum
{
  WIRE_NUMBER = 0,
  WIRE_64_BITS = 1,
  WIRE_BYTES = 2,
  WIRE_32_BITS = 5,
};

/* Fields that are read: of the file, of a piece, of how it was made, of how texts are normalised.
 */
enum
{
  FIELD_PIECE = 1,
  FIELD_TRAINER = 2,
  FIELD_NORMALISER = 3,
  PIECE_TEXT = 1,
  PIECE_SCORE = 2,
  PIECE_TYPE = 3,
  TRAINER_MODEL = 3,
  TRAINER_BYTES = 35,
  NORMALISER_TABLE = 2,
  NORMALISER_TRIMS = 4,
  NORMALISER_MARKS = 5,
};

enum
{
  MODEL_PAIRS = 2,
};

enum
{
  TYPE_NORMAL = 1,
  TYPE_UNKNOWN = 2,
};

/* --- the file's form ---------------------------------------------------------------------- */

typedef struct
{
  const guint8 *at, *end;
} Message;

typedef struct
{
  guint64 key, number; /* of 32 bits too, as they are */
  Message bytes;
} Field;

static gboolean
read_number (Message *message, guint64 *number)
{
  *number = 0;
  for (guint shift = 0; shift < 64 && message->at < message->end; shift += 7)
    {
      const guint8 byte = *message->at++;

      *number |= (guint64) (byte & 0x7f) << shift;
      if (!(byte & 0x80))
        return TRUE;
    }
  return FALSE;
}

static gboolean
take (Message *message, guint64 n, Message *bytes)
{
  if (n > (guint64) (message->end - message->at))
    return FALSE;
  *bytes = (Message){ message->at, message->at + n };
  message->at += n;
  return TRUE;
}

/* FALSE at the end, and where the form is broken, which is told apart by what is left. */
static gboolean
read_field (Message *message, Field *field)
{
  const Message before = *message;
  guint64 tag, n;
  gboolean done = FALSE;

  *field = (Field){ 0 };
  if (message->at == message->end)
    return FALSE;
  if (read_number (message, &tag))
    {
      field->key = tag >> 3;
      switch (tag & 7)
        {
        case WIRE_NUMBER:
          done = read_number (message, &field->number);
          break;
        case WIRE_64_BITS:
          done = take (message, 8, &field->bytes);
          break;
        case WIRE_BYTES:
          done = read_number (message, &n) && take (message, n, &field->bytes);
          break;
        case WIRE_32_BITS:
          done = take (message, 4, &field->bytes);
          break;
        default:
          break;
        }
    }
  if (!done)
    *message = before;
  return done;
}

static float
to_float (const Message *bytes)
{
  guint32 word = 0;
  float value;

  if (bytes->end - bytes->at != 4)
    return 0;
  memcpy (&word, bytes->at, sizeof word);
  word = GUINT32_FROM_LE (word);
  memcpy (&value, &word, sizeof value);
  return value;
}

/* --- pieces ------------------------------------------------------------------------------- */

typedef struct
{
  char *text;
  float score;
  guint64 type;
} Piece;

typedef struct
{
  const char *name;
  GError **error;
  GArray *pieces;    /* of Piece, by their ids */
  GHashTable *known; /* texts to 1 + id */
  gboolean falls_back, trims, marks;
  guint64 model;
  gboolean has_table;
} Reader;

static void
piece_clear (gpointer data)
{
  g_free (((Piece *) data)->text);
}

static void
reader_clear (Reader *r)
{
  g_clear_pointer (&r->known, g_hash_table_unref);
  g_clear_pointer (&r->pieces, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static gboolean
refuse_form (const Reader *r)
{
  return monocle_file_set_error (r->error, r->name,
                                 "not a model of SentencePiece, or a part of one");
}

static gboolean
read_piece (Reader *r, Message message)
{
  Piece piece = { .type = TYPE_NORMAL };
  const guint id = r->pieces->len;
  Field field;

  while (read_field (&message, &field))
    if (field.key == PIECE_TEXT && !piece.text)
      {
        const gsize n = (gsize) (field.bytes.end - field.bytes.at);

        if (n == 0 || n > MAX_PIECE_BYTES
            || !g_utf8_validate_len ((const char *) field.bytes.at, n, NULL))
          break;
        piece.text = g_strndup ((const char *) field.bytes.at, n);
      }
    else if (field.key == PIECE_SCORE)
      piece.score = to_float (&field.bytes);
    else if (field.key == PIECE_TYPE)
      piece.type = field.number;
  if (message.at != message.end || !piece.text || !isfinite (piece.score) || id == MAX_PIECES)
    {
      g_free (piece.text);
      return refuse_form (r);
    }
  g_array_append_val (r->pieces, piece);
  if (g_hash_table_insert (r->known, piece.text, GUINT_TO_POINTER (1 + id)))
    return TRUE;
  return monocle_file_set_error (r->error, r->name, "piece “%s” is there twice", piece.text);
}

static gboolean
read_settings (Reader *r, Message message, gboolean is_trainer)
{
  Field field;

  while (read_field (&message, &field))
    if (is_trainer && field.key == TRAINER_MODEL)
      r->model = field.number;
    else if (is_trainer && field.key == TRAINER_BYTES)
      r->falls_back = field.number != 0;
    else if (!is_trainer && field.key == NORMALISER_TABLE)
      r->has_table = field.bytes.at != field.bytes.end;
    else if (!is_trainer && field.key == NORMALISER_TRIMS)
      r->trims = field.number != 0;
    else if (!is_trainer && field.key == NORMALISER_MARKS)
      r->marks = field.number != 0;
  return message.at == message.end || refuse_form (r);
}

static gboolean
read_all (Reader *r, Message message)
{
  Field field;

  while (read_field (&message, &field))
    {
      const gboolean is_settings = field.key == FIELD_TRAINER || field.key == FIELD_NORMALISER;

      if (!field.bytes.at)
        continue;
      if ((field.key == FIELD_PIECE && !read_piece (r, field.bytes))
          || (is_settings && !read_settings (r, field.bytes, field.key == FIELD_TRAINER)))
        return FALSE;
    }
  return (message.at == message.end && r->pieces->len > 0) || refuse_form (r);
}

static gboolean
check_kind (const Reader *r)
{
  if (r->model != MODEL_PAIRS)
    return monocle_parts_unsupported (r->error, r->name,
                                      "a model of SentencePiece that is not of byte pairs");
  if (r->has_table || r->trims || !r->marks)
    return monocle_parts_unsupported (
        r->error, r->name, "a model of SentencePiece that changes more of a text than its blanks");
  return TRUE;
}

/* --- as tokenizer.json has it ------------------------------------------------------------- */

typedef struct
{
  guint whole, left; /* pieces */
  gsize at;          /* where the second half begins in the whole */
  float score;
} Pair;

static int
compare_pairs (gconstpointer a, gconstpointer b)
{
  const Pair *first = a, *second = b;

  if (first->score > second->score || first->score < second->score)
    return first->score > second->score ? -1 : 1;
  if (first->whole != second->whole)
    return first->whole < second->whole ? -1 : 1;
  return first->at < second->at ? -1 : first->at > second->at ? 1 : 0;
}

/* All that a piece can be made of. */
static void
add_pairs (const Reader *r, guint whole, GArray *pairs)
{
  const Piece *piece = &g_array_index (r->pieces, Piece, whole);

  if (piece->type != TYPE_NORMAL)
    return;
  for (const char *at = g_utf8_next_char (piece->text); *at; at = g_utf8_next_char (at))
    {
      const gsize n = (gsize) (at - piece->text);
      char left[MAX_PIECE_BYTES + 1];
      Pair pair = { .whole = whole, .at = n, .score = piece->score };

      memcpy (left, piece->text, n);
      left[n] = '\0';
      pair.left = GPOINTER_TO_UINT (g_hash_table_lookup (r->known, left));
      if (pair.left == 0 || !g_hash_table_contains (r->known, at))
        continue;
      pair.left--;
      g_array_append_val (pairs, pair);
    }
}

static JsonArray *
list_merges (const Reader *r)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  JsonArray *merges = json_array_new ();

  /* Whoever reads them refuses that many. */
  for (guint i = 0; i < r->pieces->len && pairs->len <= MAX_PIECES; i++)
    add_pairs (r, i, pairs);
  g_array_sort (pairs, compare_pairs);
  for (guint i = 0; i < pairs->len; i++)
    {
      const Pair *pair = &g_array_index (pairs, Pair, i);
      JsonArray *both = json_array_sized_new (2);

      json_array_add_string_element (both, g_array_index (r->pieces, Piece, pair->left).text);
      json_array_add_string_element (both,
                                     g_array_index (r->pieces, Piece, pair->whole).text + pair->at);
      json_array_add_array_element (merges, both);
    }
  return merges;
}

static JsonObject *
describe (const Reader *r)
{
  JsonObject *model = json_object_new (), *vocabulary = json_object_new ();

  for (guint i = 0; i < r->pieces->len; i++)
    {
      const Piece *piece = &g_array_index (r->pieces, Piece, i);

      json_object_set_int_member (vocabulary, piece->text, i);
      if (piece->type == TYPE_UNKNOWN)
        json_object_set_string_member (model, "unk_token", piece->text);
    }
  json_object_set_string_member (model, "type", "BPE");
  json_object_set_object_member (model, "vocab", vocabulary);
  json_object_set_array_member (model, "merges", list_merges (r));
  json_object_set_boolean_member (model, "fuse_unk", TRUE);
  json_object_set_boolean_member (model, "byte_fallback", r->falls_back);
  return model;
}

JsonObject *
monocle_sentencepiece_parse (const guint8 *bytes, gsize n_bytes, const char *name, GError **error)
{
  g_auto (Reader) reader = {
    .name = name,
    .error = error,
    .pieces = g_array_new (FALSE, FALSE, sizeof (Piece)),
    .known = g_hash_table_new (g_str_hash, g_str_equal),
    /* Unless the file says otherwise. */
    .model = 1,
    .trims = TRUE,
    .marks = TRUE,
  };

  g_array_set_clear_func (reader.pieces, piece_clear);
  return read_all (&reader, (Message){ bytes, bytes + n_bytes }) && check_kind (&reader)
             ? describe (&reader)
             : NULL;
}

JsonObject *
monocle_sentencepiece_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_read (path, MAX_FILE_BYTES, error);
  gsize n = 0;
  const guint8 *data = bytes ? g_bytes_get_data (bytes, &n) : NULL;

  return data ? monocle_sentencepiece_parse (data, n, path, error) : NULL;
}
