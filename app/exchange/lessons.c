/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines of lessons, read and written: a picture, a question and the answer that a model is to
 * learn. How places are written in answers is a family's own affair: see engine/models/lessons.h.
 */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/text-file.h"
#include "app/json/text.h"

/* A file, in which lines of a picture may be anywhere. */
typedef struct
{
  gsize start, size;
  guint picture, line;
} Line;

typedef struct
{
  MonocleExchangeSource *source;
  const char *path;
  MonocleSampleSplit split;
  GBytes *bytes;
  GPtrArray *pictures; /* names */
  GHashTable *by_name; /* name -> number + 1 */
  GArray *lines;
} Reader;

static void
reader_clear (Reader *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_ptr_array_unref (self->pictures);
  g_hash_table_unref (self->by_name);
  g_array_unref (self->lines);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

/* --- Reading --- */

static gboolean
looks_like_lessons (const char *path)
{
  g_autofree char *text = monocle_exchange_peek (path);
  char *end = strchr (text, '\n');

  if (end)
    *end = '\0';
  return strstr (text, "\"image\"") && strstr (text, "\"prefix\"") && strstr (text, "\"suffix\"");
}

static gboolean
recognise (const char *path)
{
  g_autoptr (GPtrArray) files = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return looks_like_lessons (path);
  files = monocle_exchange_list_alike (path, "jsonl", looks_like_lessons);
  return files->len > 0;
}

/* (transfer full) (nullable) */
static JsonObject *
parse_line (const Reader *self, const Line *line, char **where, GError **error)
{
  const char *text = g_bytes_get_data (self->bytes, NULL);

  *where = g_strdup_printf ("%s: line %u", self->path, line->line);
  return monocle_json_parse (text + line->start, line->size, *where, error);
}

static gboolean
look_over_line (Reader *self, Line *line, GError **error)
{
  g_autofree char *where = NULL;
  g_autoptr (JsonObject) object = parse_line (self, line, &where, error);
  g_autofree char *name = NULL;
  const char *image = NULL;

  if (!object
      || !monocle_json_get_string (object, where, "image", MONOCLE_JSON_REQUIRED, &image, error))
    return FALSE;
  name = monocle_exchange_dup_name (image, where, error);
  if (!name)
    return FALSE;
  line->picture = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, name));
  if (line->picture == 0)
    {
      g_ptr_array_add (self->pictures, name);
      line->picture = self->pictures->len;
      g_hash_table_insert (self->by_name, g_steal_pointer (&name),
                           GUINT_TO_POINTER (line->picture));
    }
  g_array_append_vals (self->lines, line, 1);
  return TRUE;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const Line *left = a, *right = b;

  if (left->picture != right->picture)
    return left->picture < right->picture ? -1 : 1;
  return left->line < right->line ? -1 : left->line > right->line;
}

static gboolean
look_over (Reader *self, GError **error)
{
  gsize size;
  const char *text;
  guint number = 1;

  self->bytes = monocle_file_map (self->path, error);
  if (!self->bytes)
    return FALSE;
  text = g_bytes_get_data (self->bytes, &size);
  for (gsize at = 0; at < size; number++)
    {
      const char *end = memchr (text + at, '\n', size - at);
      Line line = { at, (end ? (gsize) (end - text) : size) - at, 0, number };
      gsize blank = 0;

      at += line.size + 1;
      while (blank < line.size && g_ascii_isspace (text[line.start + blank]))
        blank++;
      if (blank < line.size && !look_over_line (self, &line, error))
        return FALSE;
    }
  g_array_sort (self->lines, compare_lines);
  return TRUE;
}

static gboolean
read_objects (const Reader *self,
              MonocleLessonKind kind,
              const char *answer,
              MonocleSample *sample,
              const char *where,
              GError **error)
{
  g_autoptr (GArray) objects = NULL;

  if (!*answer)
    return TRUE;
  if (!monocle_exchange_measure (sample, where, error))
    return FALSE;
  objects = monocle_lesson_read (kind, answer, sample->width, sample->height);
  if (!objects)
    return monocle_file_set_error (error, where, "\"suffix\" is no answer to \"prefix\"");
  for (guint i = 0; i < objects->len; i++)
    {
      const MonocleLessonObject *from = &g_array_index (objects, MonocleLessonObject, i);
      const double *at = from->corners;
      MonocleSampleObject *to;

      if (strlen (from->words) > MONOCLE_EXCHANGE_MAX_LABEL_BYTES && kind == MONOCLE_LESSON_FIND)
        return monocle_file_set_error (error, where, "a name is too long");
      if (kind == MONOCLE_LESSON_READ)
        {
          to = monocle_sample_add_shape (sample, NULL, monocle_shape_new_quad (at));
          to->text = g_strdup (from->words);
        }
      else
        monocle_sample_add_edges (sample, from->words, at[0], at[1], at[4], at[5]);
    }
  return TRUE;
}

static gboolean
read_line (const Reader *self, const Line *line, MonocleSample *sample, GError **error)
{
  g_autofree char *where = NULL;
  g_autoptr (JsonObject) object = parse_line (self, line, &where, error);
  const char *question = NULL, *answer = NULL;
  MonocleLessonKind kind;

  if (!object
      || !monocle_json_get_string (object, where, "prefix", MONOCLE_JSON_REQUIRED, &question, error)
      || !monocle_json_get_string (object, where, "suffix", MONOCLE_JSON_REQUIRED, &answer, error))
    return FALSE;
  if (!monocle_lesson_find_kind (question, &kind))
    {
      monocle_notes_add (self->source->notes, _ ("questions in words, and answers, are left out"));
      return TRUE;
    }
  if (kind != MONOCLE_LESSON_DESCRIBE)
    return read_objects (self, kind, answer, sample, where, error);
  g_ptr_array_add (sample->captions, g_strdup (answer));
  return TRUE;
}

static gboolean
read_file (MonocleExchangeSource *source,
           const char *path,
           MonocleExchangeTake take,
           gpointer user_data,
           GError **error)
{
  g_auto (Reader) self = { source, path };
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *last = g_path_get_basename (path);
  const char *below = g_str_has_prefix (path, source->path) ? path + strlen (source->path) : "";
  guint at = 0;

  self.split = monocle_sample_split_find (*below ? below : last);
  self.pictures = g_ptr_array_new ();
  self.by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.lines = g_array_new (FALSE, FALSE, sizeof (Line));
  if (!look_over (&self, error))
    return FALSE;
  for (guint i = 0; i < self.pictures->len; i++)
    {
      g_autoptr (MonocleSample) sample = monocle_sample_new (self.pictures->pdata[i]);

      sample->split = self.split;
      monocle_exchange_source_find_picture (source, sample, folder);
      for (; at < self.lines->len && g_array_index (self.lines, Line, at).picture == i + 1; at++)
        if (!read_line (&self, &g_array_index (self.lines, Line, at), sample, error))
          return FALSE;
      if (!take (sample, user_data, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_all (const MonocleExchangeFormat *format,
          MonocleExchangeSource *source,
          MonocleExchangeTake take,
          gpointer user_data,
          GError **error)
{
  g_autoptr (GPtrArray) files
      = monocle_exchange_list_alike (source->path, format->extension, looks_like_lessons);

  if (files->len == 0)
    return monocle_file_set_error (error, source->path, "holds no lines of lessons");
  for (guint i = 0; i < files->len; i++)
    if (!read_file (source, files->pdata[i], take, user_data, error))
      return FALSE;
  return TRUE;
}

/* --- Writing --- */

static void
append_line (GString *text, const MonocleSample *sample, MonocleLessonKind kind, const char *answer)
{
  g_string_append (text, "{\"image\": ");
  monocle_json_append_string (text, sample->name);
  g_string_append (text, ", \"prefix\": ");
  monocle_json_append_string (text, monocle_lesson_get_question (kind));
  g_string_append (text, ", \"suffix\": ");
  monocle_json_append_string (text, answer);
  g_string_append (text, "}\n");
}

/* What is written there is one thing, what is there another. */
static gboolean
is_of_kind (const MonocleSampleObject *object, MonocleLessonKind kind)
{
  gboolean has_label = *object->label != '\0';

  switch (kind)
    {
    case MONOCLE_LESSON_READ:
      return object->text && *object->text;
    case MONOCLE_LESSON_FIND:
      return has_label;
    case MONOCLE_LESSON_PLACE:
      return !has_label && !(object->text && *object->text);
    case MONOCLE_LESSON_DESCRIBE:
    default:
      return FALSE;
    }
}

static void
fill_corners (const MonocleSampleObject *object, MonocleLessonKind kind, double corners[8])
{
  const MonocleRect *box = &object->box;
  const double right = box->x + box->width, bottom = box->y + box->height;
  const double all[] = { box->x, box->y, right, box->y, right, bottom, box->x, bottom };
  const gboolean is_quad
      = object->shape && monocle_shape_get_kind (object->shape) == MONOCLE_SHAPE_QUAD;
  guint n;

  memcpy (corners,
          is_quad && kind == MONOCLE_LESSON_READ ? monocle_shape_get_points (object->shape, &n)
                                                 : all,
          sizeof all);
}

static void
append_objects (MonocleExchangeTextFile *self,
                GString *text,
                const MonocleSample *sample,
                MonocleLessonKind kind)
{
  g_autoptr (GArray) objects = g_array_new (FALSE, FALSE, sizeof (MonocleLessonObject));
  g_autofree char *answer = NULL;

  for (guint i = 0; i < sample->objects->len; i++)
    {
      const MonocleSampleObject *from = sample->objects->pdata[i];
      MonocleLessonObject to = { kind == MONOCLE_LESSON_READ ? from->text : from->label, { 0 } };

      if (!is_of_kind (from, kind))
        continue;
      if (from->shape && kind != MONOCLE_LESSON_READ)
        monocle_notes_add (self->target->notes, _ ("boxes askew become upright ones around them"));
      fill_corners (from, kind, to.corners);
      g_array_append_val (objects, to);
    }
  if (objects->len == 0)
    return;
  answer = monocle_lesson_write (kind, (const MonocleLessonObject *) (gpointer) objects->data,
                                 objects->len, sample->width, sample->height);
  append_line (text, sample, kind, answer);
}

static gboolean
add (gpointer writer, MonocleSample *sample, GError **error)
{
  MonocleExchangeTextFile *self = writer;
  g_autoptr (GString) text = g_string_new (NULL);

  if (sample->objects->len > 0 && !monocle_exchange_measure (sample, sample->name, error))
    return FALSE;
  for (guint i = 0; i < MONOCLE_LESSON_DESCRIBE; i++)
    append_objects (self, text, sample, (MonocleLessonKind) i);
  for (guint i = 0; i < sample->captions->len; i++)
    append_line (text, sample, MONOCLE_LESSON_DESCRIBE, sample->captions->pdata[i]);
  if (self->target->copies)
    {
      g_autofree char *picture = g_build_filename ("images", sample->name, NULL);

      if (!monocle_exchange_target_copy_picture (self->target, picture, sample, error))
        return FALSE;
    }
  fwrite (text->str, 1, text->len, self->file);
  return TRUE;
}

const MonocleExchangeFormat monocle_exchange_lessons = {
  .id = MONOCLE_LESSONS_ID,
  .title = MONOCLE_LESSONS_TITLE,
  .file = "annotations",
  .extension = "jsonl",
  .can = MONOCLE_EXCHANGE_BOX | MONOCLE_EXCHANGE_QUAD | MONOCLE_EXCHANGE_TEXT
         | MONOCLE_EXCHANGE_CAPTION | MONOCLE_EXCHANGE_NAMELESS,
  .recognise = recognise,
  .read = read_all,
  .begin = monocle_exchange_text_file_begin,
  .add = add,
  .finish = monocle_exchange_text_file_finish,
  .free = monocle_exchange_text_file_free,
};
