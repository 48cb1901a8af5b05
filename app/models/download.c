/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/download.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/base/error.h"
#include "app/models/hub.h"
#include "app/models/store.h"
#include "app/models/transfer.h"

#define TICK_MS 250
/* How much of the speed is that of the last moment. */
#define NEW_SPEED 0.15

struct _MonocleDownload
{
  GObject parent_instance;

  MonocleManifest *wanted;
  gboolean complete;
  char *address, *host, *token;
  MonoclePatience patience;
  gboolean is_running;

  /* What is shown. */
  MonocleDownloadState state;
  guint64 received_bytes, total_bytes;
  double speed;
  gint64 ticked_us;
  gint64 ticked_bytes;
  gboolean speed_is_known;
  guint tick;

  GMutex mutex; /* below: written by the threads */
  MonocleDownloadState now;
  gint64 count, fresh; /* all bytes, and those that came over the wire */
  MonocleManifest *known;
};

G_DEFINE_FINAL_TYPE (MonocleDownload, monocle_download, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_RECEIVED_BYTES,
  PROP_TOTAL_BYTES,
  PROP_SPEED,
  PROP_REMAINING_S,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* --- Names --- */

static gboolean
fail_name (GError **error, const MonocleCatalogue *catalogue, const char *name)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < monocle_catalogue_get_n (catalogue); i++)
    g_string_append_printf (known, "%s%s", i ? ", " : "",
                            monocle_catalogue_get (catalogue, i)->manifest->id);
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
               "%s: there is no such model to be downloaded; there are %s, and any repository as "
               "OWNER/NAME",
               name, known->str);
  return FALSE;
}

/* "owner/name@revision" */
static MonocleManifest *
name_repository (const char *name)
{
  g_autoptr (MonocleManifest) manifest = monocle_manifest_new ();
  const char *at = strchr (name, '@');

  manifest->repository = at ? g_strndup (name, (gsize) (at - name)) : g_strdup (name);
  manifest->revision = g_strdup (at ? at + 1 : "main");
  if (!monocle_manifest_is_repository (manifest->repository)
      || !monocle_manifest_is_revision (manifest->revision))
    return NULL;
  manifest->id = monocle_manifest_make_id (manifest->repository);
  manifest->title = g_strdup (manifest->repository);
  return g_steal_pointer (&manifest);
}

/* One that lies there half done: it is still the same that is wanted. */
static gboolean
take_half_done (MonocleDownload *self, const char *name, char **address)
{
  g_autofree char *directory = NULL;

  if (!monocle_manifest_is_plain_name (name))
    return FALSE;
  directory = monocle_model_store_dup_partial (name);
  self->wanted = monocle_partial_peek (directory, address, NULL);
  if (!self->wanted || !self->wanted->repository || !self->wanted->revision)
    {
      g_clear_pointer (&self->wanted, monocle_manifest_unref);
      g_clear_pointer (address, g_free);
      return FALSE;
    }
  self->complete = self->wanted->files->len > 0;
  return TRUE;
}

static gboolean
find (MonocleDownload *self,
      const MonocleCatalogue *catalogue,
      const char *name,
      char **address,
      GError **error)
{
  const MonocleCatalogueModel *row = monocle_catalogue_find (catalogue, name);

  if (row)
    {
      self->wanted = monocle_manifest_ref (row->manifest);
      self->complete = row->complete;
      return TRUE;
    }
  self->wanted = name_repository (name);
  if (self->wanted && g_str_has_suffix (self->wanted->id, MONOCLE_PARTIAL_SUFFIX))
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                   _ ("“%s” cannot be the name of a model."), self->wanted->id);
      return FALSE;
    }
  return self->wanted || take_half_done (self, name, address) || fail_name (error, catalogue, name);
}

MonocleDownload *
monocle_download_new (const MonocleCatalogue *catalogue,
                      const char *name,
                      const char *address,
                      GError **error)
{
  g_autoptr (MonocleDownload) self = g_object_new (MONOCLE_TYPE_DOWNLOAD, NULL);
  g_autofree char *before = NULL;
  g_autoptr (GUri) uri = NULL;

  if (!find (self, catalogue, name, &before, error))
    return NULL;
  if (!address || !*address)
    address = before ? before : monocle_catalogue_get_address (catalogue);
  if (!monocle_hub_check_address (address, error))
    return NULL;
  self->address = g_strdup (address);
  uri = g_uri_parse (address, G_URI_FLAGS_PARSE_RELAXED, NULL);
  self->host = g_strdup (g_uri_get_host (uri));
  self->total_bytes = self->complete ? monocle_manifest_get_size (self->wanted) : 0;
  return g_steal_pointer (&self);
}

char *
monocle_download_find_there (MonocleDownload *self, GError **error)
{
  const MonocleManifest *wanted = self->wanted;
  g_autofree char *directory = monocle_model_store_find_stored (wanted->id);
  g_autoptr (MonocleManifest) there = NULL;

  if (!directory || !monocle_model_store_is_model (directory))
    return NULL;
  there = monocle_manifest_load (directory, NULL);
  /* Where it came from may not be known. */
  if (!there || !there->repository
      || (g_ascii_strcasecmp (there->repository, wanted->repository) == 0
          && (!there->asked || g_str_equal (there->asked, wanted->revision)
              || g_strcmp0 (there->revision, wanted->revision) == 0)))
    return g_steal_pointer (&directory);
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
               "%s: what is here is %s, revision %s, and not revision %s of %s; --again gets that "
               "in its place",
               wanted->id, there->repository,
               there->asked      ? there->asked
               : there->revision ? there->revision
                                 : "?",
               wanted->revision, wanted->repository);
  return NULL;
}

/* --- Properties --- */

void
monocle_download_set_token (MonocleDownload *self, const char *token)
{
  g_free (self->token);
  self->token = token && *token ? g_strdup (token) : NULL;
}

void
monocle_download_set_patience (MonocleDownload *self, const MonoclePatience *patience)
{
  self->patience = *patience;
}

const char *
monocle_download_get_id (MonocleDownload *self)
{
  return self->wanted->id;
}

const char *
monocle_download_get_title (MonocleDownload *self)
{
  return self->wanted->title ? self->wanted->title : self->wanted->id;
}

const char *
monocle_download_get_host (MonocleDownload *self)
{
  return self->host;
}

MonocleManifest *
monocle_download_dup_manifest (MonocleDownload *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return monocle_manifest_ref (self->known ? self->known : self->wanted);
}

MonocleDownloadState
monocle_download_get_state (MonocleDownload *self)
{
  return self->state;
}

guint64
monocle_download_get_received_bytes (MonocleDownload *self)
{
  return self->received_bytes;
}

guint64
monocle_download_get_total_bytes (MonocleDownload *self)
{
  return self->total_bytes;
}

guint64
monocle_download_get_speed (MonocleDownload *self)
{
  return (guint64) MAX (self->speed, 0);
}

gint64
monocle_download_get_remaining_s (MonocleDownload *self)
{
  if (self->speed < 1 || self->total_bytes < self->received_bytes)
    return -1;
  return (gint64) ((double) (self->total_bytes - self->received_bytes) / self->speed + 0.5);
}

static void
monocle_download_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  MonocleDownload *self = MONOCLE_DOWNLOAD (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_RECEIVED_BYTES:
      g_value_set_uint64 (value, self->received_bytes);
      break;
    case PROP_TOTAL_BYTES:
      g_value_set_uint64 (value, self->total_bytes);
      break;
    case PROP_SPEED:
      g_value_set_uint64 (value, monocle_download_get_speed (self));
      break;
    case PROP_REMAINING_S:
      g_value_set_int64 (value, monocle_download_get_remaining_s (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
monocle_download_finalize (GObject *object)
{
  MonocleDownload *self = MONOCLE_DOWNLOAD (object);

  g_clear_pointer (&self->wanted, monocle_manifest_unref);
  g_clear_pointer (&self->known, monocle_manifest_unref);
  g_free (self->address);
  g_free (self->host);
  g_free (self->token);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (monocle_download_parent_class)->finalize (object);
}

static void
monocle_download_class_init (MonocleDownloadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = monocle_download_get_property;
  object_class->finalize = monocle_download_finalize;

  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, MONOCLE_DOWNLOAD_RESTING,
                                        MONOCLE_DOWNLOAD_FAILED, MONOCLE_DOWNLOAD_RESTING, flags);
  props[PROP_RECEIVED_BYTES]
      = g_param_spec_uint64 ("received-bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_TOTAL_BYTES]
      = g_param_spec_uint64 ("total-bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_SPEED] = g_param_spec_uint64 ("speed", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_REMAINING_S]
      = g_param_spec_int64 ("remaining-s", NULL, NULL, -1, G_MAXINT64, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
monocle_download_init (MonocleDownload *self)
{
  g_mutex_init (&self->mutex);
  self->patience = monocle_patience_default;
}

/* --- Progress --- */

static void
set_state (MonocleDownload *self, MonocleDownloadState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
update_speed (MonocleDownload *self, gint64 bytes)
{
  gint64 now = g_get_monotonic_time ();
  double seconds = (double) (now - self->ticked_us) / G_USEC_PER_SEC;
  double latest = seconds > 0 ? (double) (bytes - self->ticked_bytes) / seconds : 0;

  if (seconds <= 0)
    return;
  self->speed = self->speed_is_known ? (1 - NEW_SPEED) * self->speed + NEW_SPEED * latest : latest;
  self->speed_is_known = TRUE;
  self->ticked_us = now;
  self->ticked_bytes = bytes;
}

/* What the threads did since, as properties. */
static gboolean
on_tick (gpointer data)
{
  MonocleDownload *self = data;
  MonocleDownloadState state;
  gint64 count, fresh;
  guint64 total;

  g_mutex_lock (&self->mutex);
  state = self->now;
  count = self->count;
  fresh = self->fresh;
  total = self->known ? monocle_manifest_get_size (self->known) : self->total_bytes;
  g_mutex_unlock (&self->mutex);

  g_object_freeze_notify (G_OBJECT (self));
  set_state (self, state);
  if (state == MONOCLE_DOWNLOAD_FETCHING)
    update_speed (self, fresh);
  if (self->received_bytes != (guint64) MAX (count, 0))
    {
      self->received_bytes = (guint64) MAX (count, 0);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RECEIVED_BYTES]);
    }
  if (self->total_bytes != total)
    {
      self->total_bytes = total;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TOTAL_BYTES]);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SPEED]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REMAINING_S]);
  g_object_thaw_notify (G_OBJECT (self));
  return G_SOURCE_CONTINUE;
}

static void
note_stage (MonocleTransferStage stage, gpointer data)
{
  static const MonocleDownloadState states[] = {
    [MONOCLE_TRANSFER_LISTING] = MONOCLE_DOWNLOAD_LISTING,
    [MONOCLE_TRANSFER_FETCHING] = MONOCLE_DOWNLOAD_FETCHING,
    [MONOCLE_TRANSFER_CHECKING] = MONOCLE_DOWNLOAD_CHECKING,
  };
  MonocleDownload *self = data;

  g_mutex_lock (&self->mutex);
  self->now = states[stage];
  g_mutex_unlock (&self->mutex);
}

static void
note_bytes (gint64 n, gboolean fresh, gpointer data)
{
  MonocleDownload *self = data;

  g_mutex_lock (&self->mutex);
  self->count += n;
  if (fresh)
    self->fresh += n;
  g_mutex_unlock (&self->mutex);
}

static void
note_manifest (const MonocleManifest *manifest, gpointer data)
{
  MonocleDownload *self = data;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->known, monocle_manifest_unref);
  self->known = monocle_manifest_copy (manifest);
  g_mutex_unlock (&self->mutex);
}

/* --- Running --- */

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  MonocleDownload *self = source;
  const MonocleTransfer transfer = {
    .wanted = self->wanted,
    .complete = self->complete,
    .address = self->address,
    .token = self->token,
    .patience = self->patience,
    .stage = note_stage,
    .count = note_bytes,
    .know = note_manifest,
    .user_data = self,
  };
  GError *error = NULL;
  char *directory = monocle_transfer_run (&transfer, cancellable, &error);

  if (directory)
    g_task_return_pointer (task, directory, g_free);
  else
    g_task_return_error (task, error);
}

static void
on_ran (GObject *object, GAsyncResult *result, gpointer data)
{
  MonocleDownload *self = MONOCLE_DOWNLOAD (object);
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  char *directory = g_task_propagate_pointer (G_TASK (result), &error);
  gboolean stopped = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_clear_handle_id (&self->tick, g_source_remove);
  self->now = directory ? MONOCLE_DOWNLOAD_DONE
              : stopped ? MONOCLE_DOWNLOAD_RESTING
                        : MONOCLE_DOWNLOAD_FAILED;
  on_tick (self);
  self->is_running = FALSE;
  if (directory)
    g_task_return_pointer (task, directory, g_free);
  else
    g_task_return_error (task, error);
}

void
monocle_download_run_async (MonocleDownload *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) running = g_task_new (self, cancellable, on_ran, g_object_ref (task));

  g_return_if_fail (MONOCLE_IS_DOWNLOAD (self) && !self->is_running);

  g_task_set_source_tag (task, monocle_download_run_async);
  /* An answer that is there is given, however late. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_check_cancellable (running, FALSE);
  self->is_running = TRUE;
  self->count = self->fresh = 0;
  self->now = self->complete ? MONOCLE_DOWNLOAD_FETCHING : MONOCLE_DOWNLOAD_LISTING;
  self->speed = 0;
  self->speed_is_known = FALSE;
  self->ticked_us = g_get_monotonic_time ();
  self->ticked_bytes = 0;
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  set_state (self, self->now);
  g_task_run_in_thread (running, run);
}

char *
monocle_download_run_finish (MonocleDownload *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
