/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/transfer.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/base/error.h"
#include "app/models/folder.h"
#include "app/models/hub.h"
#include "app/models/store.h"

#define N_THREADS 4
/* Lists of large repositories have a few hundred kilobytes. */
#define MAX_LIST_BYTES (16 * 1024 * 1024)

/* What the threads of one run share. */
typedef struct
{
  const MonocleTransfer *transfer;
  MonoclePartial *partial;
  GCancellable *stop; /* of all, when one of them fails or the person stops it */

  GMutex mutex; /* below */
  GQueue names;
  GError *error;
} Shared;

/* --- Which files --- */

static gboolean
list (const MonocleTransfer *self,
      MonoclePartial *partial,
      GCancellable *cancellable,
      GError **error)
{
  const MonocleManifest *wanted = monocle_partial_get_manifest (partial);
  g_autoptr (MonocleHttp) http = NULL;
  g_autoptr (MonocleManifest) listed = NULL;
  g_autoptr (GBytes) text = NULL;
  g_autofree char *address = NULL;

  if (self->complete || monocle_partial_is_listed (partial))
    return TRUE;

  self->stage (MONOCLE_TRANSFER_LISTING, self->user_data);
  address = monocle_hub_dup_list_address (self->address, wanted->repository, wanted->revision);
  http = monocle_http_new (self->token, self->patience.timeout_s);
  text = monocle_fetch_text (http, &self->patience, address, MAX_LIST_BYTES, cancellable, error);
  if (!text)
    return FALSE;
  listed = monocle_hub_read_list (g_bytes_get_data (text, NULL), g_bytes_get_size (text), address,
                                  wanted, error);
  return listed && monocle_partial_set_manifest (partial, listed, error);
}

/* --- Room --- */

/* What is still to come has to fit on the disk. */
static gboolean
check_room (MonoclePartial *partial, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (monocle_partial_get_model (partial));
  const MonocleManifest *manifest = monocle_partial_get_manifest (partial);
  guint64 size = monocle_manifest_get_size (manifest);
  guint64 there = monocle_partial_measure (directory, manifest);

  return monocle_folder_check_room (directory, size > there ? size - there : 0, error);
}

/* --- Files --- */

/* What the catalogue says itself. */
static gboolean
write_known (Shared *shared, const MonocleManifestFile *file, GError **error)
{
  const MonocleTransfer *self = shared->transfer;
  g_autofree char *part = monocle_partial_dup_part (shared->partial, file->name);
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, file->text, -1);
  g_autoptr (GError) problem = NULL;

  if (!g_file_set_contents (part, file->text, -1, &problem))
    {
      g_set_error_literal (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_WRITE, problem->message);
      return FALSE;
    }
  self->count ((gint64) strlen (file->text), FALSE, self->user_data);
  return monocle_partial_finish_file (shared->partial, file->name, sha256, error);
}

/* Who is asked elsewhere is told no token. */
static gboolean
fetch (Shared *shared, MonocleHttp *http, const char *name, GError **error)
{
  const MonocleTransfer *self = shared->transfer;
  const MonocleManifest *manifest = monocle_partial_get_manifest (shared->partial);
  const MonocleManifestFile *file = monocle_manifest_find (manifest, name);
  g_autoptr (MonocleHttp) elsewhere
      = file->address ? monocle_http_new (NULL, self->patience.timeout_s) : NULL;
  g_autofree char *whole = monocle_partial_dup_whole (shared->partial, name);
  g_autofree char *address
      = file->address ? g_strdup (file->address)
                      : monocle_hub_dup_file_address (self->address, manifest->repository,
                                                      manifest->revision, name);
  const MonocleFetch job = {
    .partial = shared->partial,
    .http = elsewhere ? elsewhere : http,
    .patience = &self->patience,
    .address = address,
    .name = name,
    .count = self->count,
    .user_data = self->user_data,
  };
  GStatBuf status;

  /* Verified before it got there. */
  if (g_lstat (whole, &status) == 0 && S_ISREG (status.st_mode))
    {
      self->count (status.st_size, FALSE, self->user_data);
      return TRUE;
    }
  if (file->text)
    return write_known (shared, file, error);
  return monocle_fetch_file (&job, shared->stop, error);
}

static const char *
take_name (Shared *shared)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&shared->mutex);

  return shared->error ? NULL : g_queue_pop_head (&shared->names);
}

static void
keep_error (Shared *shared, GError *error)
{
  g_mutex_lock (&shared->mutex);
  if (shared->error)
    g_error_free (error);
  else
    shared->error = error;
  g_mutex_unlock (&shared->mutex);
  g_cancellable_cancel (shared->stop);
}

static gpointer
work (gpointer data)
{
  Shared *shared = data;
  g_autoptr (MonocleHttp) http
      = monocle_http_new (shared->transfer->token, shared->transfer->patience.timeout_s);
  const char *name;

  while ((name = take_name (shared)))
    {
      GError *error = NULL;

      if (!fetch (shared, http, name, &error))
        keep_error (shared, error);
    }
  return NULL;
}

/* All that are in the queue. */
static gboolean
fetch_queue (Shared *shared, GError **error)
{
  GThread *threads[N_THREADS];
  guint n = MIN (g_queue_get_length (&shared->names), N_THREADS);

  for (guint i = 0; i < n; i++)
    threads[i] = g_thread_new ("download", work, shared);
  for (guint i = 0; i < n; i++)
    g_thread_join (threads[i]);
  if (!shared->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&shared->error));
  return FALSE;
}

/* What can never become a model is of no use to anybody. Takes @problem. */
static gboolean
give_up (const MonocleTransfer *self, MonoclePartial *partial, GError *problem, GError **error)
{
  const char *model = monocle_partial_get_model (partial);
  const char *what = problem->message;

  /* Where it lay meanwhile says nothing to anybody. */
  if (g_str_has_prefix (what, model))
    what += strlen (model) + strspn (what + strlen (model), "/: ");
  g_set_error (error, problem->domain, problem->code, "%s: what comes is no whole model: %s",
               self->wanted->repository, what);
  g_error_free (problem);
  monocle_partial_discard (partial, NULL);
  return FALSE;
}

static void
on_stopped (GCancellable *cancellable, gpointer stop)
{
  g_cancellable_cancel (stop);
}

/* The settings first: whether it is a model of a kind that can be loaded is in there, and known
 * before the weights come. */
static gboolean
fetch_all (Shared *shared, GError **error)
{
  const MonocleManifest *manifest = monocle_partial_get_manifest (shared->partial);
  const MonocleManifestFile *settings = monocle_manifest_find (manifest, "config.json");
  g_autoptr (GPtrArray) tasks = NULL;
  GError *problem = NULL;

  if (settings)
    g_queue_push_tail (&shared->names, settings->name);
  if (!fetch_queue (shared, error))
    return FALSE;
  tasks = monocle_model_peek_tasks (monocle_partial_get_model (shared->partial), &problem);
  if (!tasks)
    return give_up (shared->transfer, shared->partial, problem, error);
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const MonocleManifestFile *file = manifest->files->pdata[i];

      if (file != settings)
        g_queue_push_tail (&shared->names, file->name);
    }
  return fetch_queue (shared, error);
}

static gboolean
fetch_files (const MonocleTransfer *self,
             MonoclePartial *partial,
             GCancellable *cancellable,
             GError **error)
{
  Shared shared = { .transfer = self, .partial = partial, .stop = g_cancellable_new () };
  gulong id = cancellable ? g_cancellable_connect (cancellable, G_CALLBACK (on_stopped),
                                                   g_object_ref (shared.stop), g_object_unref)
                          : 0;
  gboolean done;

  self->stage (MONOCLE_TRANSFER_FETCHING, self->user_data);
  g_mutex_init (&shared.mutex);
  g_queue_init (&shared.names);
  done = fetch_all (&shared, error);
  if (id)
    g_cancellable_disconnect (cancellable, id);
  g_queue_clear (&shared.names);
  g_mutex_clear (&shared.mutex);
  g_object_unref (shared.stop);
  return done;
}

static char *
install (const MonocleTransfer *self, MonoclePartial *partial, GError **error)
{
  GError *problem = NULL;

  self->stage (MONOCLE_TRANSFER_CHECKING, self->user_data);
  if (monocle_model_check (monocle_partial_get_model (partial), &problem))
    return monocle_partial_install (partial, error);
  give_up (self, partial, problem, error);
  return NULL;
}

char *
monocle_transfer_run (const MonocleTransfer *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (MonoclePartial) partial = monocle_partial_open (self->wanted, self->address, error);

  if (!partial || !list (self, partial, cancellable, error))
    return NULL;
  self->know (monocle_partial_get_manifest (partial), self->user_data);
  if (!check_room (partial, error) || !fetch_files (self, partial, cancellable, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return install (self, partial, error);
}
