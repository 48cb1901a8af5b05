/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/manifest.h"

#include <string.h>

#include "app/base/error.h"
#include "app/models/hub.h"

/* Larger than any model that a machine could hold. */
#define MAX_SIZE  (G_GINT64_CONSTANT (1) << 44)
#define MAX_NAME  200
#define MAX_FILES 1000

static void
file_free (gpointer data)
{
  MonocleManifestFile *file = data;

  g_free (file->name);
  g_free (file->sha256);
  g_free (file->address);
  g_free (file->text);
  g_free (file);
}

MonocleManifest *
monocle_manifest_new (void)
{
  MonocleManifest *self = g_atomic_rc_box_new0 (MonocleManifest);

  self->files = g_ptr_array_new_with_free_func (file_free);
  return self;
}

MonocleManifest *
monocle_manifest_ref (MonocleManifest *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  MonocleManifest *self = data;

  g_free (self->id);
  g_free (self->title);
  g_free (self->repository);
  g_free (self->revision);
  g_free (self->asked);
  g_free (self->licence);
  g_free (self->licence_url);
  g_ptr_array_unref (self->files);
}

void
monocle_manifest_unref (MonocleManifest *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, clear);
}

/* Of the last file: where it comes from, unless from the repository. */
static void
set_source (MonocleManifest *self, const char *address, const char *text)
{
  MonocleManifestFile *file = self->files->pdata[self->files->len - 1];

  file->address = g_strdup (address);
  file->text = g_strdup (text);
}

MonocleManifest *
monocle_manifest_copy (const MonocleManifest *self)
{
  MonocleManifest *copy = monocle_manifest_new ();

  copy->id = g_strdup (self->id);
  copy->title = g_strdup (self->title);
  copy->repository = g_strdup (self->repository);
  copy->revision = g_strdup (self->revision);
  copy->asked = g_strdup (self->asked);
  copy->licence = g_strdup (self->licence);
  copy->licence_url = g_strdup (self->licence_url);
  for (guint i = 0; i < self->files->len; i++)
    {
      const MonocleManifestFile *file = self->files->pdata[i];

      if (monocle_manifest_add (copy, file->name, file->size, file->sha256, file->name, NULL))
        set_source (copy, file->address, file->text);
    }
  return copy;
}

gboolean
monocle_manifest_is_plain_name (const char *name)
{
  if (!*name || *name == '.' || strlen (name) > MAX_NAME || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *p = name; *p; p++)
    if (g_ascii_iscntrl (*p) || *p == '/' || *p == '\\')
      return FALSE;
  return TRUE;
}

/* What can be part of an address as it stands, and of a file's name. */
static gboolean
is_word (const char *word, gsize length)
{
  if (length == 0 || length > MAX_NAME || *word == '.' || *word == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (word[i]) && !strchr ("-_.", word[i]))
      return FALSE;
  return !g_strstr_len (word, (gssize) length, "..");
}

gboolean
monocle_manifest_is_repository (const char *name)
{
  const char *slash = strchr (name, '/');

  return slash && is_word (name, (gsize) (slash - name)) && is_word (slash + 1, strlen (slash + 1));
}

/* Where it can be read in two ways there is another repository that would be called the same. */
char *
monocle_manifest_make_id (const char *repository)
{
  g_auto (GStrv) words = g_strsplit (repository, "/", 2);
  g_autofree char *id = g_strconcat (words[0], "--", words[1], NULL);
  g_autofree char *hash = NULL;

  if (strstr (id, "--") == g_strrstr (id, "--"))
    return g_steal_pointer (&id);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, repository, -1);
  return g_strdup_printf ("%s-%.8s", id, hash);
}

gboolean
monocle_manifest_is_revision (const char *name)
{
  return is_word (name, strlen (name));
}

MonocleManifestFile *
monocle_manifest_find (const MonocleManifest *self, const char *name)
{
  for (guint i = 0; i < self->files->len; i++)
    {
      MonocleManifestFile *file = self->files->pdata[i];

      if (g_str_equal (file->name, name))
        return file;
    }
  return NULL;
}

static gboolean
is_sha256 (const char *text)
{
  gsize n = strspn (text, "0123456789abcdefABCDEF");

  return n == 64 && text[n] == '\0';
}

gboolean
monocle_manifest_add (MonocleManifest *self,
                      const char *name,
                      guint64 size,
                      const char *sha256,
                      const char *where,
                      GError **error)
{
  MonocleManifestFile *file;

  if (!monocle_manifest_is_plain_name (name))
    return monocle_file_set_error (error, where, "“%s” is no name that a model's file may have",
                                   name);
  if (monocle_manifest_find (self, name))
    return monocle_file_set_error (error, where, "“%s” comes twice", name);
  if (size > MAX_SIZE)
    return monocle_file_set_error (error, where, "“%s” is said to have %" G_GUINT64_FORMAT " bytes",
                                   name, size);
  if (sha256 && !is_sha256 (sha256))
    return monocle_file_set_error (error, where, "“%s” of “%s” is no SHA-256", sha256, name);
  if (self->files->len >= MAX_FILES)
    return monocle_file_set_error (error, where, "more than %d files", MAX_FILES);

  file = g_new0 (MonocleManifestFile, 1);
  file->name = g_strdup (name);
  file->size = size;
  file->sha256 = sha256 ? g_ascii_strdown (sha256, -1) : NULL;
  g_ptr_array_add (self->files, file);
  return TRUE;
}

guint64
monocle_manifest_get_size (const MonocleManifest *self)
{
  guint64 size = 0;

  for (guint i = 0; i < self->files->len; i++)
    size += ((const MonocleManifestFile *) self->files->pdata[i])->size;
  return size;
}

guint
monocle_manifest_count_hashes (const MonocleManifest *self)
{
  guint n = 0;

  for (guint i = 0; i < self->files->len; i++)
    n += ((const MonocleManifestFile *) self->files->pdata[i])->sha256 != NULL;
  return n;
}

/* --- JSON --- */

static gboolean
read_text (JsonObject *object,
           const char *where,
           const char *key,
           gboolean required,
           char **text,
           GError **error)
{
  const char *value = NULL;

  if (!monocle_json_get_string (object, where, key,
                                required ? MONOCLE_JSON_REQUIRED : MONOCLE_JSON_OPTIONAL, &value,
                                error))
    return FALSE;
  *text = g_strdup (value);
  return TRUE;
}

static gboolean
read_file (MonocleManifest *self, JsonNode *node, const char *where, GError **error)
{
  JsonObject *object;
  const char *name = NULL, *sha256 = NULL, *address = NULL, *text = NULL;
  gint64 size = 0;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return monocle_file_set_error (error, where, "a file is no object");
  object = json_node_get_object (node);
  if (!monocle_json_get_string (object, where, "name", MONOCLE_JSON_REQUIRED, &name, error)
      || !monocle_json_get_int (object, where, "size", MONOCLE_JSON_OPTIONAL, 0, MAX_SIZE, &size,
                                error)
      || !monocle_json_get_string (object, where, "sha256", MONOCLE_JSON_OPTIONAL, &sha256, error)
      || !monocle_json_get_string (object, where, "address", MONOCLE_JSON_OPTIONAL, &address, error)
      || !monocle_json_get_string (object, where, "text", MONOCLE_JSON_OPTIONAL, &text, error)
      || (address && !monocle_hub_check_address (address, error))
      || !monocle_manifest_add (self, name, (guint64) size, sha256, where, error))
    return FALSE;
  set_source (self, address, text);
  return TRUE;
}

/* Whether what it says can be used as a name and in an address. */
static gboolean
check_words (const MonocleManifest *self, const char *where, GError **error)
{
  if (!monocle_manifest_is_plain_name (self->id))
    return monocle_file_set_error (error, where, "“%s” is no name of a model", self->id);
  if (self->repository && !monocle_manifest_is_repository (self->repository))
    return monocle_file_set_error (error, where, "“%s” is no repository, expected OWNER/NAME",
                                   self->repository);
  if (self->revision && !monocle_manifest_is_revision (self->revision))
    return monocle_file_set_error (error, where, "“%s” is no revision", self->revision);
  if (self->licence_url && !g_str_has_prefix (self->licence_url, "https://"))
    return monocle_file_set_error (error, where, "“%s” is no address of a licence",
                                   self->licence_url);
  return TRUE;
}

MonocleManifest *
monocle_manifest_read (JsonObject *object, const char *where, GError **error)
{
  g_autoptr (MonocleManifest) self = monocle_manifest_new ();
  JsonObject *licence = NULL;
  JsonArray *files = NULL;

  if (!read_text (object, where, "id", TRUE, &self->id, error)
      || !read_text (object, where, "title", FALSE, &self->title, error)
      || !read_text (object, where, "repository", FALSE, &self->repository, error)
      || !read_text (object, where, "revision", FALSE, &self->revision, error)
      || !read_text (object, where, "asked", FALSE, &self->asked, error)
      || !monocle_json_get_object (object, where, "licence", MONOCLE_JSON_OPTIONAL, &licence, error)
      || (licence
          && (!read_text (licence, where, "name", TRUE, &self->licence, error)
              || !read_text (licence, where, "url", FALSE, &self->licence_url, error)))
      || !check_words (self, where, error)
      || !monocle_json_get_array (object, where, "files", MONOCLE_JSON_REQUIRED, &files, error))
    return NULL;

  for (guint i = 0; i < json_array_get_length (files); i++)
    if (!read_file (self, json_array_get_element (files, i), where, error))
      return NULL;
  return g_steal_pointer (&self);
}

static void
write_text (JsonBuilder *builder, const char *key, const char *text)
{
  if (!text)
    return;
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, text);
}

void
monocle_manifest_write (const MonocleManifest *self, JsonBuilder *builder)
{
  write_text (builder, "id", self->id);
  write_text (builder, "title", self->title);
  write_text (builder, "repository", self->repository);
  write_text (builder, "revision", self->revision);
  write_text (builder, "asked", self->asked);
  if (self->licence)
    {
      json_builder_set_member_name (builder, "licence");
      json_builder_begin_object (builder);
      write_text (builder, "name", self->licence);
      write_text (builder, "url", self->licence_url);
      json_builder_end_object (builder);
    }
  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->files->len; i++)
    {
      const MonocleManifestFile *file = self->files->pdata[i];

      json_builder_begin_object (builder);
      write_text (builder, "name", file->name);
      if (file->size)
        {
          json_builder_set_member_name (builder, "size");
          json_builder_add_int_value (builder, (gint64) file->size);
        }
      write_text (builder, "sha256", file->sha256);
      write_text (builder, "address", file->address);
      write_text (builder, "text", file->text);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

MonocleManifest *
monocle_manifest_load (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, MONOCLE_MANIFEST_FILE, NULL);
  g_autoptr (JsonObject) root = NULL;

  if (!monocle_file_exists (path))
    return NULL;
  root = monocle_json_load (path, error);
  return root ? monocle_manifest_read (root, path, error) : NULL;
}

gboolean
monocle_manifest_write_json (JsonBuilder *builder, const char *path, GError **error)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = NULL;
  g_autoptr (GError) problem = NULL;
  gsize length;

  json_generator_set_pretty (generator, TRUE);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, &length);
  if (g_file_set_contents (path, text, (gssize) length, &problem))
    return TRUE;
  g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE, problem->message);
  return FALSE;
}

gboolean
monocle_manifest_save (const MonocleManifest *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, MONOCLE_MANIFEST_FILE, NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "format");
  json_builder_add_int_value (builder, 1);
  monocle_manifest_write (self, builder);
  json_builder_end_object (builder);
  return monocle_manifest_write_json (builder, path, error);
}
