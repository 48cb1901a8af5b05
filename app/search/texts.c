/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/texts.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/search/growing-file.h"

#define MAX_PATH 65536
#define MAX_TEXT (1 << 20)
/* Records beside those that still say something, from which on the file is written anew. */
#define SPARE_RECORDS 1000
#define BLOCK_BYTES   (1 << 20)

typedef struct
{
  guint8 digest[MONOCLE_INDEX_DIGEST_BYTES];
  guint8 model[MONOCLE_INDEX_DIGEST_BYTES];
  guint64 size;
  gint64 mtime;
  guint32 path_bytes, text_bytes;
} Record;

G_STATIC_ASSERT (sizeof (Record) == 56);

/* What is known of a file. */
typedef struct
{
  guint64 size;
  gint64 mtime;
  guint8 digest[MONOCLE_INDEX_DIGEST_BYTES];
  guint8 model[MONOCLE_INDEX_DIGEST_BYTES];
} File;

/* What is known of a content. */
typedef struct
{
  guint8 model[MONOCLE_INDEX_DIGEST_BYTES];
  char *text;
} Content;

struct _MonocleTexts
{
  MonocleGrowingFile file;
  GHashTable *files;    /* path -> File */
  GHashTable *contents; /* GBytes of a digest -> Content */
  guint64 n_records;    /* of the file */
};

static void
content_free (gpointer data)
{
  g_free (((Content *) data)->text);
  g_free (data);
}

char *
monocle_texts_dup_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "monocle", "index", "read.texts", NULL);
}

static MonocleGrowingKind
get_kind (void)
{
  return (MonocleGrowingKind){ .mark = "monocle-texts 1\n",
                               .wrong = "it holds no texts of this version",
                               .busy = _ ("another program is reading pictures") };
}

/* --- reading --- */

static void
learn (MonocleTexts *self, const MonocleText *text)
{
  File file = { .size = text->size, .mtime = text->mtime };
  Content content = { .text = g_strdup (text->text) };

  self->n_records++;
  memcpy (file.digest, text->digest, sizeof file.digest);
  memcpy (file.model, text->model, sizeof file.model);
  memcpy (content.model, text->model, sizeof content.model);
  g_hash_table_replace (self->files, g_strdup (text->path), g_memdup2 (&file, sizeof file));
  g_hash_table_replace (self->contents, g_bytes_new (text->digest, sizeof text->digest),
                        g_memdup2 (&content, sizeof content));
}

/* Learns the records of a block: of one that was forged none behind the first that cannot be. */
static gboolean
read_records (gpointer texts, const MonocleGrowingBlock *block)
{
  MonocleTexts *self = texts;
  guint64 at = 0;

  for (guint i = 0; i < block->n_records; i++)
    {
      g_autofree char *path = NULL, *words = NULL;
      MonocleText text;
      Record record;

      if (block->record_bytes - at < sizeof record)
        return FALSE;
      memcpy (&record, block->records + at, sizeof record);
      at += sizeof record;
      record.path_bytes = GUINT32_FROM_LE (record.path_bytes);
      record.text_bytes = GUINT32_FROM_LE (record.text_bytes);
      if (record.path_bytes == 0 || record.path_bytes > MAX_PATH || record.text_bytes > MAX_TEXT
          || block->record_bytes - at < (guint64) record.path_bytes + record.text_bytes)
        return FALSE;
      path = g_strndup ((const char *) block->records + at, record.path_bytes);
      at += record.path_bytes;
      if (!g_utf8_validate_len ((const char *) block->records + at, record.text_bytes, NULL))
        return FALSE;
      words = g_strndup ((const char *) block->records + at, record.text_bytes);
      at += record.text_bytes;
      text = (MonocleText){ .path = path,
                            .size = GUINT64_FROM_LE (record.size),
                            .mtime = GINT64_FROM_LE (record.mtime),
                            .text = words };
      memcpy (text.digest, record.digest, sizeof text.digest);
      memcpy (text.model, record.model, sizeof text.model);
      learn (self, &text);
    }
  return at == block->record_bytes;
}

void
monocle_texts_free (MonocleTexts *self)
{
  if (!self)
    return;

  monocle_growing_file_clear (&self->file);
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->contents);
  g_free (self);
}

const char *
monocle_texts_get_set_aside (MonocleTexts *self)
{
  return self->file.set_aside;
}

guint
monocle_texts_get_n (MonocleTexts *self)
{
  return g_hash_table_size (self->contents);
}

gboolean
monocle_texts_is_read (
    MonocleTexts *self, const char *path, guint64 size, gint64 mtime, const guint8 *model)
{
  const File *file = g_hash_table_lookup (self->files, path);

  return file && file->size == size && file->mtime == mtime
         && memcmp (file->model, model, sizeof file->model) == 0;
}

const char *
monocle_texts_find (MonocleTexts *self, const guint8 *digest, const guint8 *model)
{
  g_autoptr (GBytes) key = g_bytes_new_static (digest, MONOCLE_INDEX_DIGEST_BYTES);
  const Content *content = g_hash_table_lookup (self->contents, key);

  return content && (!model || memcmp (content->model, model, sizeof content->model) == 0)
             ? content->text
             : NULL;
}

/* --- growing --- */

/* As much of a text as there is room for, in whole characters. */
static gsize
measure (const char *text)
{
  gsize n = strlen (text);

  return n <= MAX_TEXT ? n : (gsize) (g_utf8_find_prev_char (text, text + MAX_TEXT) - text);
}

/* Of a text that fits. */
static void
append_record (GByteArray *records, const MonocleText *text)
{
  Record record = { .size = GUINT64_TO_LE (text->size), .mtime = GINT64_TO_LE (text->mtime) };
  const gsize n_path = strlen (text->path), n_text = strlen (text->text);

  memcpy (record.digest, text->digest, sizeof record.digest);
  memcpy (record.model, text->model, sizeof record.model);
  record.path_bytes = GUINT32_TO_LE ((guint32) n_path);
  record.text_bytes = GUINT32_TO_LE ((guint32) n_text);
  g_byte_array_append (records, (const guint8 *) &record, sizeof record);
  g_byte_array_append (records, (const guint8 *) text->path, (guint) n_path);
  g_byte_array_append (records, (const guint8 *) text->text, (guint) n_text);
}

static gboolean
write_block (MonocleGrowingFile *file, const GByteArray *records, guint n, GError **error)
{
  const MonocleGrowingKind kind = get_kind ();
  guint64 place;

  return monocle_growing_file_prepare (file, &kind, &place, error)
         && monocle_growing_file_append (file, NULL, 0, records, n, error);
}

gboolean
monocle_texts_append (MonocleTexts *self, const MonocleText *text, GError **error)
{
  g_autoptr (GByteArray) records = g_byte_array_new ();
  g_autofree char *valid = g_utf8_make_valid (text->text, -1);
  MonocleText kept = *text;

  g_return_val_if_fail (self->file.fd >= 0, FALSE);

  valid[measure (valid)] = '\0';
  kept.text = valid;
  append_record (records, &kept);
  if (!write_block (&self->file, records, 1, error))
    return FALSE;
  learn (self, &kept);
  return TRUE;
}

/* --- written anew --- */

/* What is known of each file, with the text of what is in it; what no file has any more is left
 * out. */
static gboolean
copy_into (MonocleTexts *self, MonocleGrowingFile *to)
{
  g_autoptr (GByteArray) records = g_byte_array_new ();
  GHashTableIter iter;
  gpointer path, value;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, &path, &value))
    {
      const File *file = value;
      MonocleText text = { .path = path, .size = file->size, .mtime = file->mtime };

      memcpy (text.digest, file->digest, sizeof text.digest);
      memcpy (text.model, file->model, sizeof text.model);
      text.text = monocle_texts_find (self, file->digest, NULL);
      append_record (records, &text);
      n++;
      if (records->len < BLOCK_BYTES)
        continue;
      if (!write_block (to, records, n, NULL))
        return FALSE;
      g_byte_array_set_size (records, 0);
      n = 0;
    }
  return n == 0 || write_block (to, records, n, NULL);
}

/* Takes nothing away before the other is whole: what cannot be written stays as long as it is. */
static void
compact (MonocleTexts *self)
{
  const MonocleGrowingKind kind = get_kind ();
  const guint n = g_hash_table_size (self->files);
  g_autofree char *other = NULL, *gone = NULL;
  MonocleGrowingFile to = { .fd = -1, .lock = -1 };

  if (self->n_records <= 2 * (guint64) n + SPARE_RECORDS)
    return;
  other = monocle_growing_file_clear_way (&self->file);
  if (monocle_growing_file_open (&to, other, TRUE, &kind, NULL) && copy_into (self, &to)
      && monocle_growing_file_replace (&self->file, &to, NULL))
    self->n_records = n;
  monocle_growing_file_clear (&to);
  gone = monocle_growing_file_clear_way (&self->file);
}

MonocleTexts *
monocle_texts_open (const char *path, gboolean writes, GError **error)
{
  const MonocleGrowingKind kind = get_kind ();
  g_autoptr (MonocleTexts) self = g_new0 (MonocleTexts, 1);

  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->contents = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                          (GDestroyNotify) g_bytes_unref, content_free);
  if (!monocle_growing_file_open (&self->file, path, writes, &kind, error)
      || !monocle_growing_file_read (&self->file, &kind, read_records, self, error))
    return NULL;
  if (writes)
    compact (self);
  return g_steal_pointer (&self);
}

/* --- words --- */

char *
monocle_texts_fold (const char *text)
{
  g_autofree char *plain = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *folded = plain ? g_utf8_casefold (plain, -1) : g_strdup ("");

  /* Folding may take apart what was one letter. */
  return g_utf8_normalize (folded, -1, G_NORMALIZE_ALL_COMPOSE);
}

static gboolean
is_part_of_word (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c);
}

static void
split (GStrvBuilder *words, const char *text)
{
  g_autofree char *folded = monocle_texts_fold (text);
  const char *start = NULL;

  for (const char *p = folded;; p = g_utf8_next_char (p))
    {
      gboolean is_part = is_part_of_word (g_utf8_get_char (p));

      if (is_part && !start)
        start = p;
      else if (!is_part && start)
        {
          g_autofree char *word = g_strndup (start, (gsize) (p - start));

          g_strv_builder_add (words, word);
          start = NULL;
        }
      if (!*p)
        return;
    }
}

GStrv
monocle_texts_split (const char *const *texts, guint n)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; i < n; i++)
    split (words, texts[i]);
  return g_strv_builder_end (words);
}

/* Whether a word may end between them. Those who write wide signs put no blanks between words. */
static gboolean
is_border (gunichar before, gunichar after)
{
  return !is_part_of_word (before) || !is_part_of_word (after) || g_unichar_iswide (before)
         || g_unichar_iswide (after);
}

gboolean
monocle_texts_has_word (const char *folded, const char *word)
{
  gsize n = strlen (word);
  gunichar first = g_utf8_get_char (word);
  gunichar last = g_utf8_get_char (g_utf8_prev_char (word + n));

  for (const char *p = strstr (folded, word); p; p = strstr (g_utf8_next_char (p), word))
    if ((p == folded || is_border (g_utf8_get_char (g_utf8_prev_char (p)), first))
        && is_border (last, g_utf8_get_char (p + n)))
      return TRUE;
  return FALSE;
}
