/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `monocle-cli batch` keeps of a folder and `run --format json` prints: an answer a line, in a
 * file for a picture (NAME.jsonl) or in one for all, picture by picture.
 */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/answers.h"
#include "app/exchange/format.h"
#include "app/json/fields.h"

#define ENDING ".jsonl"

static gboolean
holds_answers (const char *path)
{
  g_autofree char *text = monocle_exchange_peek (path);

  return g_str_has_prefix (text, "{\"image\"") && strstr (text, "\"task\"")
         && strstr (text, "\"device\"");
}

static gboolean
looks_like_answers (const char *path)
{
  return monocle_exchange_has_extension (path, "jsonl") && holds_answers (path);
}

static gboolean
recognise (const char *path)
{
  g_autoptr (GPtrArray) files = NULL;

  /* What `run --format json` prints goes to a file of any name. */
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_file_test (path, G_FILE_TEST_IS_REGULAR) && holds_answers (path);
  files = monocle_exchange_list_alike (path, "jsonl", looks_like_answers);
  return files->len > 0;
}

typedef struct
{
  MonocleExchangeSource *source;
  const char *root;  /* of the set */
  const char *path;  /* of the file */
  const char *below; /* the same, from @root on; NULL: it is the set */
  MonocleExchangeTake take;
  gpointer user_data;
} Reader;

/* Whatever bytes a name has: in answers it is text. */
static gboolean
is_named_as (const char *file, const char *image)
{
  g_autofree char *name = g_path_get_basename (file);
  g_autofree char *image_name = g_path_get_basename (image);
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  return g_str_equal (valid, image_name);
}

/* (transfer full) (nullable): the picture of an answer; a file of one picture lies in the set as
 * that does in its folder, where it is called as that. */
static char *
dup_name (const Reader *self, const char *image, gboolean is_alone, GError **error)
{
  g_autofree char *name = is_alone && self->below && g_str_has_suffix (self->below, ENDING)
                              ? g_strndup (self->below, strlen (self->below) - strlen (ENDING))
                              : NULL;

  if (name && is_named_as (name, image))
    return g_steal_pointer (&name);
  return g_path_is_absolute (image) ? monocle_exchange_dup_last_name (image, self->path, error)
                                    : monocle_exchange_dup_name (image, self->path, error);
}

/* All that was answered about one picture. */
static gboolean
read_picture (const Reader *self,
              const char *image,
              const char *text,
              gsize size,
              gboolean is_alone,
              GError **error)
{
  g_autofree char *name = dup_name (self, image, is_alone, error);
  g_autofree char *where = g_strdup_printf ("%s: %s", self->path, image);
  g_autoptr (MonocleSample) sample = NULL;

  if (!name)
    return FALSE;
  sample = monocle_sample_new (name);
  monocle_exchange_source_find_picture (self->source, sample, self->root);
  if (!sample->path && g_file_test (image, G_FILE_TEST_IS_REGULAR))
    sample->path = g_strdup (image);
  if (!monocle_answers_read (text, size, where, NULL, sample, self->source->notes, error))
    return FALSE;
  for (guint i = 0; i < sample->objects->len; i++)
    monocle_labels_add (self->source->labels,
                        ((const MonocleSampleObject *) sample->objects->pdata[i])->label);
  return self->take (sample, self->user_data, error);
}

/* (transfer full) (nullable): which picture a line is about */
static char *
read_image (const Reader *self, const char *line, gsize length, guint number, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: line %u", self->path, number);
  g_autoptr (JsonObject) row = monocle_json_parse (line, length, where, error);
  const char *image = NULL;

  if (!row || !monocle_json_get_string (row, where, "image", MONOCLE_JSON_REQUIRED, &image, error))
    return NULL;
  return g_strdup (image);
}

static gboolean
read_file (MonocleExchangeSource *source,
           const char *root,
           const char *below,
           MonocleExchangeTake take,
           gpointer user_data,
           GError **error)
{
  g_autofree char *path = g_build_filename (root, below, NULL);
  const Reader reader = { source, root, path, below, take, user_data };
  const Reader *self = &reader;
  g_autoptr (GBytes) bytes = monocle_file_read (path, MONOCLE_EXCHANGE_MAX_BYTES, error);
  gsize size = 0, from = 0;
  const char *text = bytes ? g_bytes_get_data (bytes, &size) : NULL;
  g_autofree char *image = NULL;
  guint number = 1;

  if (!bytes)
    return FALSE;
  for (gsize at = 0; at < size; number++)
    {
      const char *end = memchr (text + at, '\n', size - at);
      const gsize length = (end ? (gsize) (end - text) : size) - at;
      g_autofree char *next
          = length > 0 ? read_image (self, text + at, length, number, error) : NULL;

      if (length > 0 && !next)
        return FALSE;
      if (next && image && !g_str_equal (next, image))
        {
          if (!read_picture (self, image, text + from, at - from, FALSE, error))
            return FALSE;
          from = at;
        }
      if (next)
        {
          g_free (image);
          image = g_steal_pointer (&next);
        }
      at += length + 1;
    }
  return !image || read_picture (self, image, text + from, size - from, from == 0, error);
}

static gboolean
read_all (const MonocleExchangeFormat *format,
          MonocleExchangeSource *source,
          MonocleExchangeTake take,
          gpointer user_data,
          GError **error)
{
  return monocle_exchange_read_files (source, "jsonl", NULL, read_file, take, user_data, error);
}

const MonocleExchangeFormat monocle_exchange_answers = {
  .id = "monocle-answers",
  .title = N_ ("Monocle's Answers"),
  .extension = "jsonl",
  .recognise = recognise,
  .read = read_all,
};
