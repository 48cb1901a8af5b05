/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads YOLO's sets: which folders they have, and which picture belongs to which file of labels.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/base/yaml.h"
#include "app/exchange/yolo-lines.h"

typedef struct
{
  MonocleYoloKind kind;
  MonocleExchangeSource *source;
  MonocleExchangeTake take;
  gpointer user_data;
  char *root;
  gboolean has_names;
  GHashTable *read;      /* folders of pictures that were read */
  GHashTable *elsewhere; /* (nullable): of --images: stem -> name below it */
} Reader;

static void
reader_clear (Reader *self)
{
  g_free (self->root);
  g_clear_pointer (&self->read, g_hash_table_unref);
  g_clear_pointer (&self->elsewhere, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

/* --- The set --- */

/* (transfer full) (nullable): the file that describes the set. */
static char *
find_description (const char *path)
{
  static const char *const names[] = { "data.yaml", "dataset.yaml", "data.yml" };
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return monocle_exchange_has_extension (path, "yaml")
                   || monocle_exchange_has_extension (path, "yml")
               ? g_strdup (path)
               : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *file = g_build_filename (path, names[i], NULL);

      if (g_file_test (file, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&file);
    }
  dir = g_dir_open (path, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    if (monocle_exchange_has_extension (name, "yaml"))
      return g_build_filename (path, name, NULL);
  return NULL;
}

gboolean
monocle_yolo_recognise_oriented (const char *path)
{
  g_autofree char *file = find_description (path);
  g_autofree char *text = file ? monocle_exchange_peek (file) : NULL;

  return text && g_str_has_prefix (text, MONOCLE_YOLO_ORIENTED_MARK);
}

static gboolean
looks_like_line (const char *path)
{
  g_autofree char *text = monocle_exchange_peek (path);
  g_autoptr (GArray) numbers = NULL;
  char *end = strchr (text, '\n');

  if (end)
    *end = '\0';
  numbers = monocle_exchange_read_numbers (text, " \t\r");
  return numbers
         && (numbers->len == 5 || numbers->len == 6 || (numbers->len >= 7 && numbers->len % 2));
}

gboolean
monocle_yolo_recognise (const char *path)
{
  g_autofree char *file = find_description (path);
  g_autofree char *labels = g_build_filename (path, "labels", NULL);
  g_autoptr (GPtrArray) texts = NULL;

  if (file)
    {
      g_autofree char *text = monocle_yaml_load (file, NULL);
      g_autoptr (MonocleYamlEntry) entry = NULL;

      return text && monocle_yaml_read (text, file, "names", &entry, NULL) && entry;
    }
  texts = monocle_exchange_list_files (g_file_test (labels, G_FILE_TEST_IS_DIR) ? labels : path,
                                       "txt", NULL);
  for (guint i = 0; texts && i < MIN (texts->len, 100); i++)
    {
      g_autofree char *text = g_build_filename (
          g_file_test (labels, G_FILE_TEST_IS_DIR) ? labels : path, texts->pdata[i], NULL);

      if (looks_like_line (text))
        return TRUE;
    }
  return FALSE;
}

static gboolean
add_names (Reader *self, const char *where, const MonocleYamlEntry *names, GError **error)
{
  guint n = names ? names->values->len : 0;
  g_autofree const char **ordered = g_new0 (const char *, n + 1);

  if (n > 0 && names->kind == MONOCLE_YAML_TEXT)
    return monocle_yaml_fail (where, names->line, "\"names\": expected a list", error);
  for (guint i = 0; i < n; i++)
    {
      guint64 number = i;

      if (names->kind == MONOCLE_YAML_MAP
          && (!g_ascii_string_to_unsigned (names->keys->pdata[i], 10, 0, n - 1, &number, NULL)
              || ordered[number]))
        return monocle_file_set_error (error, where,
                                       "\"names\": class \"%s\" is no number below %u",
                                       (char *) names->keys->pdata[i], n);
      ordered[number] = names->values->pdata[i];
    }
  for (guint i = 0; i < n; i++)
    {
      if (strlen (ordered[i]) > MONOCLE_EXCHANGE_MAX_LABEL_BYTES)
        return monocle_file_set_error (error, where, "\"names\": a name is too long");
      /* Two classes of one name would make one of the numbers wrong. */
      if (monocle_labels_add (self->source->labels, ordered[i]) != i)
        return monocle_file_set_error (error, where,
                                       "\"names\": \"%s\" comes twice, or in another order than "
                                       "in the set before",
                                       ordered[i]);
    }
  self->has_names = n > 0;
  return TRUE;
}

static gboolean
add_names_file (Reader *self, GError **error)
{
  static const char *const names[] = { "classes.txt", "obj.names", "labels.txt" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->root, names[i], NULL);
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *text = NULL;
      g_auto (GStrv) lines = NULL;

      if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      bytes = monocle_file_read (path, MONOCLE_EXCHANGE_MAX_BYTES, error);
      if (!bytes)
        return FALSE;
      text = g_utf8_make_valid (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
      lines = g_strsplit (text, "\n", -1);
      for (guint k = 0; lines[k]; k++)
        if (*g_strstrip (lines[k]))
          monocle_labels_add (self->source->labels, lines[k]);
      self->has_names = TRUE;
      return TRUE;
    }
  return TRUE;
}

/* --- Pictures and their labels --- */

/* (transfer full): "images/train" -> "labels/train"; itself where there is no such part. */
static char *
make_labels_folder (const char *images)
{
  g_auto (GStrv) parts = g_strsplit (images, "/", -1);

  for (guint i = g_strv_length (parts); i > 0; i--)
    if (strcmp (parts[i - 1], "images") == 0)
      {
        g_free (parts[i - 1]);
        parts[i - 1] = g_strdup ("labels");
        break;
      }
  return g_strjoinv ("/", parts);
}

static void
list_elsewhere (Reader *self)
{
  g_autoptr (GPtrArray) names = self->source->images
                                    ? monocle_exchange_list_files (self->source->images, NULL, NULL)
                                    : NULL;

  self->elsewhere = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = names ? names->len : 0; i > 0; i--)
    {
      char *name = names->pdata[i - 1];
      char *stem = monocle_exchange_strip_extension (name);
      g_autofree char *last = g_path_get_basename (stem);

      if (!g_hash_table_contains (self->elsewhere, last))
        g_hash_table_insert (self->elsewhere, g_strdup (last), g_strdup (name));
      g_hash_table_insert (self->elsewhere, stem, g_strdup (name));
    }
}

/* @name: (nullable): of the picture in its folder, where there is one */
static MonocleSample *
make_sample (const Reader *self, const char *stem, const char *name, const char *folder)
{
  g_autofree char *last = g_path_get_basename (stem);
  const char *other = g_hash_table_lookup (self->elsewhere, stem);
  MonocleSample *sample;

  if (!other)
    other = g_hash_table_lookup (self->elsewhere, last);
  if (!name && !other)
    {
      /* Nobody knows; most are. */
      g_autofree char *guess = g_strconcat (stem, ".jpg", NULL);

      return monocle_sample_new (guess);
    }
  if (name)
    {
      sample = monocle_sample_new (name);
      sample->path = g_build_filename (folder, name, NULL);
    }
  else
    {
      const char *dot = strrchr (other, '.');
      g_autofree char *made = g_strconcat (stem, dot ? dot : "", NULL);

      sample = monocle_sample_new (made);
      sample->path = g_build_filename (self->source->images, other, NULL);
    }
  return sample;
}

static gboolean
read_labels (const Reader *self, const char *path, MonocleSample *sample, GError **error)
{
  GStatBuf status;
  g_autoptr (GBytes) bytes = NULL;
  const char *text;
  gsize size;

  /* No objects: no file, or an empty one. */
  if (g_stat (path, &status) != 0 || status.st_size == 0)
    return TRUE;
  bytes = monocle_file_read (path, MONOCLE_EXCHANGE_MAX_BYTES, error);
  if (!bytes || !monocle_exchange_measure (sample, path, error))
    return FALSE;
  text = g_bytes_get_data (bytes, &size);
  return monocle_yolo_read_lines (text, size, path, self->kind, sample, self->source->labels,
                                  self->has_names, error);
}

/* Of pictures and of labels those whose names are the same but for the extension belong together.
 */
static GPtrArray *
list_stems (const char *images, const char *labels, GHashTable *pictures)
{
  g_autoptr (GPtrArray) names = monocle_exchange_list_files (images, NULL, NULL);
  g_autoptr (GPtrArray) texts = monocle_exchange_list_files (labels, "txt", NULL);
  GPtrArray *stems = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; names && i < names->len; i++)
    {
      char *stem = monocle_exchange_strip_extension (names->pdata[i]);

      g_ptr_array_add (stems, stem);
      g_hash_table_insert (pictures, stem, names->pdata[i]);
      names->pdata[i] = NULL;
    }
  for (guint i = 0; texts && i < texts->len; i++)
    {
      g_autofree char *stem = monocle_exchange_strip_extension (texts->pdata[i]);

      if (!g_hash_table_contains (pictures, stem) && strcmp (stem, "classes") != 0
          && strcmp (stem, "labels") != 0 && !g_str_has_prefix (stem, "README"))
        g_ptr_array_add (stems, g_steal_pointer (&stem));
    }
  return stems;
}

static int
compare_stems (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* @below: folder of pictures below the root */
static gboolean
read_folder (Reader *self, const char *below, MonocleSampleSplit split, GError **error)
{
  g_autofree char *labels_below = make_labels_folder (below);
  g_autofree char *images = g_build_filename (self->root, below, NULL);
  g_autofree char *labels = g_build_filename (self->root, labels_below, NULL);
  g_autoptr (GHashTable) pictures = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GPtrArray) stems = NULL;

  if (!g_hash_table_add (self->read, g_strdup (below)))
    return TRUE;
  if (!g_file_test (images, G_FILE_TEST_IS_DIR) && !g_file_test (labels, G_FILE_TEST_IS_DIR))
    return monocle_file_set_error (error, images, "there is no such folder, and no %s",
                                   labels_below);
  stems = list_stems (images, labels, pictures);
  g_ptr_array_sort (stems, compare_stems);
  for (guint i = 0; i < stems->len; i++)
    {
      const char *stem = stems->pdata[i];
      g_autofree char *file = g_strconcat (labels, "/", stem, ".txt", NULL);
      g_autoptr (MonocleSample) sample
          = make_sample (self, stem, g_hash_table_lookup (pictures, stem), images);

      sample->split = split;
      if (!read_labels (self, file, sample, error) || !self->take (sample, self->user_data, error))
        return FALSE;
    }
  return TRUE;
}

/* A folder, or a text file that names pictures, of which the folders are read. */
static gboolean
read_part (Reader *self,
           const char *description,
           const char *value,
           MonocleSampleSplit split,
           GError **error)
{
  g_autofree char *name = NULL, *path = NULL, *text = NULL;
  g_auto (GStrv) lines = NULL;

  while (g_str_has_prefix (value, "../"))
    value += strlen ("../");
  if (strcmp (value, ".") == 0)
    return read_folder (self, "", split, error);
  name = monocle_exchange_dup_name (value, description, error);
  if (!name)
    return FALSE;
  while (g_str_has_suffix (name, "/"))
    name[strlen (name) - 1] = '\0';
  if (!monocle_exchange_has_extension (name, "txt"))
    return read_folder (self, name, split, error);
  path = g_build_filename (self->root, name, NULL);
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return monocle_file_set_error (error, path, "cannot be read");
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    {
      g_autofree char *picture = NULL, *folder = NULL;

      if (!*g_strstrip (lines[i]))
        continue;
      picture = monocle_exchange_dup_name (lines[i], path, error);
      folder = picture ? g_path_get_dirname (picture) : NULL;
      if (!folder || !read_folder (self, strcmp (folder, ".") ? folder : "", split, error))
        return FALSE;
    }
  return TRUE;
}

/* Mostly where it was on another machine; what is not here is beside the file. */
static void
find_root (Reader *self, const char *description, const MonocleYamlEntry *path)
{
  const char *below = path && path->values->len > 0 ? path->values->pdata[0] : NULL;
  g_autofree char *inner = NULL;

  self->root = g_path_get_dirname (description);
  if (!below || strcmp (below, ".") == 0 || g_path_is_absolute (below) || strstr (below, ".."))
    return;
  inner = g_build_filename (self->root, below, NULL);
  if (!g_file_test (inner, G_FILE_TEST_IS_DIR))
    return;
  g_free (self->root);
  self->root = g_steal_pointer (&inner);
}

/* Of one kind: what the pictures are for. @any: (out) whether there are such */
static gboolean
read_split (Reader *self,
            const char *description,
            const char *text,
            MonocleSampleSplit split,
            gboolean *any,
            GError **error)
{
  g_autoptr (MonocleYamlEntry) entry = NULL;

  if (!monocle_yaml_read (text, description, monocle_sample_split_get_name (split), &entry, error))
    return FALSE;
  for (guint i = 0; entry && i < entry->values->len; i++)
    {
      const char *value = entry->values->pdata[i];

      if (!*value || strcmp (value, "null") == 0 || strcmp (value, "~") == 0)
        continue;
      *any = TRUE;
      if (!read_part (self, description, value, split, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_described (Reader *self, const char *description, GError **error)
{
  g_autofree char *text = monocle_yaml_load (description, error);
  g_autoptr (MonocleYamlEntry) names = NULL, path = NULL;
  gboolean any = FALSE;

  if (!text || !monocle_yaml_read (text, description, "names", &names, error)
      || !monocle_yaml_read (text, description, "path", &path, error)
      || !add_names (self, description, names, error))
    return FALSE;
  find_root (self, description, path);
  for (guint i = MONOCLE_SAMPLE_TRAIN; i < MONOCLE_SAMPLE_N_SPLITS; i++)
    if (!read_split (self, description, text, (MonocleSampleSplit) i, &any, error))
      return FALSE;
  return any
         || monocle_file_set_error (error, description, "names no \"train\", \"val\" or \"test\"");
}

gboolean
monocle_yolo_read (const MonocleExchangeFormat *format,
                   MonocleExchangeSource *source,
                   MonocleExchangeTake take,
                   gpointer user_data,
                   GError **error)
{
  g_auto (Reader) self = { monocle_yolo_get_kind (format), source, take, user_data };
  g_autofree char *description = find_description (source->path);
  g_autofree char *images = NULL, *labels = NULL;

  self.read = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  list_elsewhere (&self);
  if (description)
    return read_described (&self, description, error);
  if (!g_file_test (source->path, G_FILE_TEST_IS_DIR))
    return monocle_file_set_error (error, source->path, "expected a folder or its data.yaml");
  self.root = g_strdup (source->path);
  images = g_build_filename (self.root, "images", NULL);
  labels = g_build_filename (self.root, "labels", NULL);
  return add_names_file (&self, error)
         && read_folder (&self,
                         g_file_test (images, G_FILE_TEST_IS_DIR)
                                 || g_file_test (labels, G_FILE_TEST_IS_DIR)
                             ? "images"
                             : "",
                         MONOCLE_SAMPLE_WHOLE, error);
}
