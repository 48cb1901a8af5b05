/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/checkpoint/gguf-pair.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/base/json.h"

#define SUFFIX ".gguf"
#define PREFIX "mmproj-"

/* More in one folder are no model's. */
#define MAX_FILES 100

static gboolean
is_weights (const char *name)
{
  static const char *const suffixes[] = { ".safetensors", ".bin", ".pt", ".msgpack" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (name, suffixes[i]))
      return TRUE;
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full): paths of the files of a folder that are GGUF by their names, sorted.
 * @has_others: (out): whether there are other weights */
static GPtrArray *
list_files (const char *folder, gboolean *has_others)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  *has_others = FALSE;
  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, SUFFIX) && *name != '.')
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
    else
      *has_others = *has_others || is_weights (name);
  g_ptr_array_sort (paths, compare_names);
  return paths;
}

gboolean
monocle_gguf_pair_is_one (const char *path)
{
  g_autoptr (GPtrArray) paths = NULL;
  gboolean has_others;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_str_has_suffix (path, SUFFIX) && monocle_file_exists (path);
  paths = list_files (path, &has_others);
  return paths->len > 0 && !has_others;
}

void
monocle_gguf_pair_free (MonocleGgufPair *self)
{
  if (!self)
    return;
  monocle_gguf_free (self->text);
  monocle_gguf_free (self->vision);
  g_free (self);
}

/* --- which is which ----------------------------------------------------------------------- */

static gboolean
sees (const MonocleGguf *file)
{
  return json_object_has_member (monocle_gguf_get_settings (file), "clip.vision.embedding_length");
}

/* 0: it does not say. @end: of the key, behind the architecture's name */
static gint64
get_width (const MonocleGguf *file, const char *prefix, const char *end)
{
  g_autofree char *key = g_strconcat (prefix, end, NULL);
  gint64 width = 0;

  monocle_json_get_int (monocle_gguf_get_settings (file), monocle_gguf_get_path (file), key,
                        MONOCLE_JSON_OPTIONAL, 0, G_MAXINT32, &width, NULL);
  return width;
}

static const char *
get_text (const MonocleGguf *file, const char *key)
{
  const char *text = "";

  monocle_json_get_string (monocle_gguf_get_settings (file), "", key, MONOCLE_JSON_OPTIONAL, &text,
                           NULL);
  return text;
}

static const char *
get_projector (const MonocleGguf *vision)
{
  /* Files that hear as well have the second. */
  const char *own = get_text (vision, "clip.vision.projector_type");

  return *own ? own : get_text (vision, "clip.projector_type");
}

/* The kinds of language models that what is called so makes rows for, as far as we know any: of
 * several kinds there are some of one width. */
static const struct
{
  const char *projector, *architecture;
} kin[] = {
  { "idefics3", "llama" },
  { "qwen2.5vl_merger", "qwen2vl" },
  { "qwen3vl_merger", "qwen3vl" },
};

/* (transfer full) (nullable): why the one does not see for the other */
static char *
find_difference (const MonocleGguf *vision, const MonocleGguf *text)
{
  const char *architecture = get_text (text, "general.architecture");
  const char *projector = get_projector (vision);
  const gint64 made = get_width (vision, "clip.vision", ".projection_dim");
  const gint64 read = get_width (text, architecture, ".embedding_length");

  for (guint i = 0; i < G_N_ELEMENTS (kin); i++)
    if (g_str_equal (kin[i].projector, projector)
        && !g_str_equal (kin[i].architecture, architecture))
      return g_strdup_printf ("“%s” sees for language models of the kind “%s”, and it is one of "
                              "the kind “%s”",
                              projector, kin[i].architecture, architecture);
  if (read > 0 && made == read)
    return NULL;
  return g_strdup_printf ("what sees makes rows of %" G_GINT64_FORMAT
                          " numbers, and the language model reads rows of %" G_GINT64_FORMAT,
                          made, read);
}

static gboolean
fits (const MonocleGguf *vision, const MonocleGguf *text)
{
  g_autofree char *difference = find_difference (vision, text);

  return !difference;
}

const char *
monocle_gguf_pair_get_projector (const MonocleGgufPair *self)
{
  return get_projector (self->vision);
}

/* How many bytes two names begin with alike, but for what says that one sees. */
static guint
count_common (const char *vision, const char *text)
{
  g_autofree char *a = g_path_get_basename (vision), *b = g_path_get_basename (text);
  const char *name = g_str_has_prefix (a, PREFIX) ? a + strlen (PREFIX) : a;
  guint n = 0;

  while (name[n] && name[n] == b[n])
    n++;
  return n;
}

static goffset
measure (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 ? (goffset) status.st_size : 0;
}

static gboolean
is_better (const MonocleGguf *a, const MonocleGguf *b, const MonocleGguf *text)
{
  const char *a_path = monocle_gguf_get_path (a), *b_path = monocle_gguf_get_path (b);
  const char *text_path = monocle_gguf_get_path (text);
  const guint a_common = count_common (a_path, text_path);
  const guint b_common = count_common (b_path, text_path);

  return a_common != b_common ? a_common > b_common : measure (a_path) > measure (b_path);
}

/* --- opening ------------------------------------------------------------------------------ */

/* The file that sees for @self's language model. Those that are bad only count where none fits. */
static gboolean
find_vision (MonocleGgufPair *self, const GPtrArray *paths, GError **error)
{
  const char *text_path = monocle_gguf_get_path (self->text);
  g_autoptr (GError) first = NULL;

  for (guint i = 0; i < paths->len; i++)
    {
      g_autoptr (MonocleGguf) file = NULL;
      g_autoptr (GError) bad = NULL;

      if (g_str_equal (paths->pdata[i], text_path))
        continue;
      file = monocle_gguf_open (paths->pdata[i], &bad);
      if (!file)
        {
          if (!first)
            first = g_steal_pointer (&bad);
        }
      else if (sees (file) && fits (file, self->text)
               && (!self->vision || is_better (file, self->vision, self->text)))
        {
          monocle_gguf_free (self->vision);
          self->vision = g_steal_pointer (&file);
        }
    }
  if (self->vision)
    return TRUE;
  if (first)
    {
      g_propagate_error (error, g_steal_pointer (&first));
      return FALSE;
    }
  return monocle_file_set_error (error, text_path,
                                 "a language model without the file that sees for it: put its "
                                 "mmproj-….gguf beside it");
}

/* (transfer full) (nullable): the only language model of a folder */
static MonocleGguf *
open_only_text (const char *folder, const GPtrArray *paths, GError **error)
{
  g_autoptr (MonocleGguf) found = NULL;

  for (guint i = 0; i < paths->len; i++)
    {
      g_autoptr (MonocleGguf) file = monocle_gguf_open (paths->pdata[i], error);

      if (!file)
        return NULL;
      if (sees (file))
        continue;
      if (found)
        {
          g_autofree char *a = g_path_get_basename (monocle_gguf_get_path (found));
          g_autofree char *b = g_path_get_basename (monocle_gguf_get_path (file));

          monocle_file_set_error (
              error, folder, "has several language models, “%s” and “%s”: name one of them", a, b);
          return NULL;
        }
      found = g_steal_pointer (&file);
    }
  if (!found)
    monocle_file_set_error (error, folder, "has files that see, but no language model");
  return g_steal_pointer (&found);
}

gboolean
monocle_gguf_pair_peek (const char *path, gboolean *does_see, GError **error)
{
  g_autoptr (MonocleGguf) file = monocle_gguf_open (path, error);

  *does_see = file && sees (file);
  return file != NULL;
}

static gboolean
check_is_text (const MonocleGguf *file, GError **error)
{
  return !sees (file)
         || monocle_file_set_error (error, monocle_gguf_get_path (file),
                                    "is the file that sees for a language model: name that one");
}

MonocleGgufPair *
monocle_gguf_pair_open_files (const char *text, const char *vision, GError **error)
{
  g_autoptr (MonocleGgufPair) self = g_new0 (MonocleGgufPair, 1);
  g_autofree char *difference = NULL;
  g_autofree char *name = g_path_get_basename (text);

  self->text = monocle_gguf_open (text, error);
  if (!self->text || !check_is_text (self->text, error)
      || !(self->vision = monocle_gguf_open (vision, error)))
    return NULL;
  if (!sees (self->vision))
    monocle_file_set_error (error, vision,
                            "is no file that sees for a language model, as those are whose names "
                            "begin with “mmproj”");
  else if ((difference = find_difference (self->vision, self->text)))
    monocle_file_set_error (error, vision, "is of another model than “%s”: %s", name, difference);
  else
    return g_steal_pointer (&self);
  return NULL;
}

MonocleGgufPair *
monocle_gguf_pair_open (const char *path, GError **error)
{
  const gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autofree char *folder = is_folder ? g_strdup (path) : g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *file = g_build_filename (folder, name, NULL);
  g_autoptr (MonocleGgufPair) self = g_new0 (MonocleGgufPair, 1);
  g_autoptr (GPtrArray) paths = NULL;
  gboolean has_others;

  paths = list_files (folder, &has_others);
  if (paths->len > MAX_FILES)
    {
      monocle_file_set_error (error, folder, "has more than %d GGUF files", MAX_FILES);
      return NULL;
    }
  self->text = is_folder ? open_only_text (folder, paths, error) : monocle_gguf_open (file, error);
  if (!self->text)
    return NULL;
  if (!check_is_text (self->text, error))
    return NULL;
  return find_vision (self, paths, error) ? g_steal_pointer (&self) : NULL;
}
