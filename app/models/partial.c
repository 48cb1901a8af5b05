/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/partial.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/base/error.h"
#include "app/models/folder.h"
#include "app/models/store.h"

#define JOURNAL "download.json"
#define LOCK    "lock"
#define MODEL   "model"
#define PART    ".part"
#define FORMAT  1

struct _MonoclePartial
{
  char *directory;
  char *model;
  char *address;
  int lock_fd;

  GMutex mutex; /* below */
  MonocleManifest *manifest;
  GHashTable *etags; /* (element-type utf8 utf8) */
  gboolean listed;
};

/* -1: somebody else holds it, or there is no such folder. */
static int
take_lock (const char *directory, int *fault)
{
  g_autofree char *path = g_build_filename (directory, LOCK, NULL);
  int fd = g_open (path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);

  *fault = errno;
  if (fd < 0)
    return -1;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  *fault = errno;
  close (fd);
  return -1;
}

static gboolean
set_lock_error (GError **error, const char *directory, int fault)
{
  if (fault != EWOULDBLOCK)
    return monocle_app_error_set_write (error, directory, fault);
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BUSY,
               "%s: another program is downloading this model", directory);
  return FALSE;
}

/* --- The journal --- */

static GHashTable *
new_etags (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static gboolean
read_etags (JsonObject *root, const char *path, GHashTable *etags, GError **error)
{
  g_autoptr (GList) names = NULL;
  JsonObject *object = NULL;

  if (!monocle_json_get_object (root, path, "etags", MONOCLE_JSON_OPTIONAL, &object, error))
    return FALSE;
  names = object ? json_object_get_members (object) : NULL;
  for (GList *l = names; l; l = l->next)
    {
      const char *etag = NULL;

      if (!monocle_json_get_string (object, path, l->data, MONOCLE_JSON_OPTIONAL, &etag, error))
        return FALSE;
      if (etag)
        g_hash_table_insert (etags, g_strdup (l->data), g_strdup (etag));
    }
  return TRUE;
}

typedef struct
{
  MonocleManifest *manifest;
  char *address;
  gboolean listed;
  GHashTable *etags;
} Journal;

static void
journal_clear (Journal *journal)
{
  g_clear_pointer (&journal->manifest, monocle_manifest_unref);
  g_clear_pointer (&journal->etags, g_hash_table_unref);
  g_clear_pointer (&journal->address, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Journal, journal_clear)

static gboolean
read_journal (Journal *journal, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, JOURNAL, NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  const char *address = NULL;

  *journal = (Journal){ .etags = new_etags () };
  if (!root
      || !monocle_json_get_string (root, path, "address", MONOCLE_JSON_REQUIRED, &address, error)
      || !monocle_json_get_bool (root, path, "listed", MONOCLE_JSON_REQUIRED, &journal->listed,
                                 error)
      || !read_etags (root, path, journal->etags, error))
    return FALSE;
  journal->address = g_strdup (address);
  journal->manifest = monocle_manifest_read (root, path, error);
  return journal->manifest != NULL;
}

/* With the mutex held. */
static gboolean
write_journal (MonoclePartial *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->directory, JOURNAL, NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GHashTableIter iter;
  gpointer name, etag;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "format");
  json_builder_add_int_value (builder, FORMAT);
  json_builder_set_member_name (builder, "address");
  json_builder_add_string_value (builder, self->address);
  json_builder_set_member_name (builder, "listed");
  json_builder_add_boolean_value (builder, self->listed);
  monocle_manifest_write (self->manifest, builder);
  json_builder_set_member_name (builder, "etags");
  json_builder_begin_object (builder);
  g_hash_table_iter_init (&iter, self->etags);
  while (g_hash_table_iter_next (&iter, &name, &etag))
    {
      json_builder_set_member_name (builder, name);
      json_builder_add_string_value (builder, etag);
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return monocle_manifest_write_json (builder, path, error);
}

MonocleManifest *
monocle_partial_peek (const char *directory, char **address, GError **error)
{
  g_auto (Journal) journal = { 0 };

  if (!read_journal (&journal, directory, error))
    return NULL;
  if (address)
    *address = g_steal_pointer (&journal.address);
  return g_steal_pointer (&journal.manifest);
}

gboolean
monocle_partial_is_busy (const char *directory)
{
  int fault, fd = take_lock (directory, &fault);

  if (fd >= 0)
    close (fd);
  return fd < 0 && fault == EWOULDBLOCK;
}

static guint64
measure_file (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 && S_ISREG (status.st_mode) ? (guint64) status.st_size : 0;
}

guint64
monocle_partial_measure (const char *directory, const MonocleManifest *manifest)
{
  guint64 size = 0;

  for (guint i = 0; i < manifest->files->len; i++)
    {
      const MonocleManifestFile *file = manifest->files->pdata[i];
      g_autofree char *part_name = g_strconcat (file->name, PART, NULL);
      g_autofree char *part = g_build_filename (directory, part_name, NULL);
      g_autofree char *whole = g_build_filename (directory, MODEL, file->name, NULL);

      size += measure_file (part) + measure_file (whole);
    }
  return size;
}

/* --- Opening --- */

/* Whether what is there are parts of what is wanted now. */
static gboolean
is_of (const Journal *journal, const MonocleManifest *wanted)
{
  if (g_strcmp0 (journal->manifest->repository, wanted->repository) != 0
      || (g_strcmp0 (journal->manifest->asked, wanted->revision) != 0
          && g_strcmp0 (journal->manifest->revision, wanted->revision) != 0))
    return FALSE;
  for (guint i = 0; i < wanted->files->len; i++)
    {
      const MonocleManifestFile *pin = wanted->files->pdata[i];
      const MonocleManifestFile *file = monocle_manifest_find (journal->manifest, pin->name);

      if (!file || (pin->sha256 && g_strcmp0 (pin->sha256, file->sha256) != 0))
        return FALSE;
    }
  return TRUE;
}

static void
take_up (MonoclePartial *self, const MonocleManifest *wanted)
{
  g_auto (Journal) journal = { 0 };

  if (read_journal (&journal, self->directory, NULL) && is_of (&journal, wanted))
    {
      self->listed = journal.listed;
      self->etags = g_steal_pointer (&journal.etags);
      self->manifest = g_steal_pointer (&journal.manifest);
      return;
    }
  monocle_folder_empty (self->directory, LOCK);
  self->etags = new_etags ();
  self->manifest = monocle_manifest_copy (wanted);
  g_free (self->manifest->asked);
  self->manifest->asked = g_strdup (wanted->revision);
}

/* What the program was writing there when it ended is none of the model's files. */
static void
remove_strangers (MonoclePartial *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->model, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (self->model, name, NULL);

      if (!monocle_manifest_find (self->manifest, name))
        g_unlink (path);
    }
}

MonoclePartial *
monocle_partial_open (const MonocleManifest *wanted, const char *address, GError **error)
{
  g_autofree char *store = monocle_model_store_get_directory ();
  g_autofree char *directory = monocle_model_store_dup_partial (wanted->id);
  MonoclePartial *self;
  int fault = 0, lock_fd;

  monocle_folder_sweep (store);
  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      monocle_app_error_set_write (error, directory, errno);
      return NULL;
    }
  lock_fd = take_lock (directory, &fault);
  if (lock_fd < 0)
    {
      set_lock_error (error, directory, fault);
      return NULL;
    }

  self = g_new0 (MonoclePartial, 1);
  g_mutex_init (&self->mutex);
  self->lock_fd = lock_fd;
  self->directory = g_steal_pointer (&directory);
  self->model = g_build_filename (self->directory, MODEL, NULL);
  self->address = g_strdup (address);
  take_up (self, wanted);
  remove_strangers (self);
  if (g_mkdir_with_parents (self->model, 0755) != 0)
    monocle_app_error_set_write (error, self->model, errno);
  else if (write_journal (self, error))
    return self;
  monocle_partial_close (self);
  return NULL;
}

void
monocle_partial_close (MonoclePartial *self)
{
  if (!self)
    return;
  close (self->lock_fd);
  g_mutex_clear (&self->mutex);
  g_clear_pointer (&self->manifest, monocle_manifest_unref);
  g_clear_pointer (&self->etags, g_hash_table_unref);
  g_free (self->address);
  g_free (self->model);
  g_free (self->directory);
  g_free (self);
}

MonocleManifest *
monocle_partial_get_manifest (MonoclePartial *self)
{
  return self->manifest;
}

gboolean
monocle_partial_set_manifest (MonoclePartial *self, const MonocleManifest *manifest, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  g_autofree char *asked = g_strdup (self->manifest->asked);

  monocle_manifest_unref (self->manifest);
  self->manifest = monocle_manifest_copy (manifest);
  g_free (self->manifest->asked);
  self->manifest->asked = g_steal_pointer (&asked);
  self->listed = TRUE;
  return write_journal (self, error);
}

gboolean
monocle_partial_is_listed (MonoclePartial *self)
{
  return self->listed;
}

/* --- Files --- */

char *
monocle_partial_dup_part (MonoclePartial *self, const char *name)
{
  g_autofree char *part = g_strconcat (name, PART, NULL);

  return g_build_filename (self->directory, part, NULL);
}

char *
monocle_partial_dup_whole (MonoclePartial *self, const char *name)
{
  return g_build_filename (self->model, name, NULL);
}

const char *
monocle_partial_get_model (MonoclePartial *self)
{
  return self->model;
}

char *
monocle_partial_dup_etag (MonoclePartial *self, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return g_strdup (g_hash_table_lookup (self->etags, name));
}

gboolean
monocle_partial_set_etag (MonoclePartial *self, const char *name, const char *etag, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (g_strcmp0 (g_hash_table_lookup (self->etags, name), etag) == 0)
    return TRUE;
  if (etag)
    g_hash_table_insert (self->etags, g_strdup (name), g_strdup (etag));
  else
    g_hash_table_remove (self->etags, name);
  return write_journal (self, error);
}

gboolean
monocle_partial_finish_file (MonoclePartial *self,
                             const char *name,
                             const char *sha256,
                             GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autofree char *part = monocle_partial_dup_part (self, name);
  g_autofree char *whole = monocle_partial_dup_whole (self, name);
  MonocleManifestFile *file = monocle_manifest_find (self->manifest, name);
  GStatBuf status;

  if (g_rename (part, whole) != 0)
    return monocle_app_error_set_write (error, part, errno);
  g_hash_table_remove (self->etags, name);
  if (g_stat (whole, &status) == 0)
    file->size = (guint64) status.st_size;
  g_free (file->sha256);
  file->sha256 = g_strdup (sha256);
  return write_journal (self, error);
}

char *
monocle_partial_install (MonoclePartial *self, GError **error)
{
  g_autofree char *store = g_path_get_dirname (self->directory);
  g_autofree char *target = g_build_filename (store, self->manifest->id, NULL);

  if (!monocle_manifest_save (self->manifest, self->model, error)
      || !monocle_folder_put (self->model, target, TRUE, error))
    return NULL;
  monocle_folder_remove (self->directory, NULL, NULL);
  return g_steal_pointer (&target);
}

gboolean
monocle_partial_discard (MonoclePartial *self, GError **error)
{
  return monocle_folder_remove (self->directory, NULL, error);
}

gboolean
monocle_partial_remove (const char *directory, guint64 *freed, GError **error)
{
  int fault, fd = take_lock (directory, &fault);
  gboolean done;

  if (fd < 0)
    return set_lock_error (error, directory, fault);
  done = monocle_folder_remove (directory, freed, error);
  close (fd);
  return done;
}
