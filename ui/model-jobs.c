/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/model-jobs.h"

#include <glib/gi18n.h>

#include "app/base/error.h"
#include "app/models/manifest.h"
#include "app/models/store.h"
#include "app/models/token.h"
#include "app/models/verify.h"

/* Longer than it takes to stop; what does not is cut off, which it survives. */
#define STOP_US (2 * G_USEC_PER_SEC)

struct _MonocleModelJobs
{
  GObject parent_instance;

  GSettings *settings;
  MonocleCatalogue *catalogue;
  GHashTable *jobs; /* id -> MonocleModelJob */
  char *token, *token_host;
};

enum
{
  CHANGED,
  PROGRESS,
  ENDED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleModelJobs, monocle_model_jobs, G_TYPE_OBJECT)

/* --- One job --- */

static void
clear_job (gpointer data)
{
  MonocleModelJob *job = data;

  g_free (job->id);
  g_free (job->title);
  g_clear_object (&job->download);
  g_clear_object (&job->cancellable);
  g_clear_error (&job->error);
}

static void
release_job (gpointer job)
{
  g_rc_box_release_full (job, clear_job);
}

/* Takes the place of what failed there. */
static MonocleModelJob *
add_job (MonocleModelJobs *self, MonocleModelJobKind kind, const char *id, const char *title)
{
  MonocleModelJob *job = g_rc_box_new0 (MonocleModelJob);

  job->kind = kind;
  job->id = g_strdup (id);
  job->title = g_strdup (title);
  job->owner = self;
  job->cancellable = g_cancellable_new ();
  g_hash_table_replace (self->jobs, job->id, job);
  return job;
}

static gboolean
is_running (MonocleModelJobs *self, const char *id)
{
  const MonocleModelJob *job = g_hash_table_lookup (self->jobs, id);

  return job && job->is_running;
}

/* Both live until it ends. */
static MonocleModelJob *
begin (MonocleModelJob *job)
{
  job->is_running = TRUE;
  g_object_ref (job->owner);
  g_rc_box_acquire (job);
  g_signal_emit (job->owner, signals[CHANGED], 0);
  return job;
}

/* @error: (transfer full) (nullable); @words: (nullable): what is said of it */
static void
end (MonocleModelJob *job, GError *error, const char *words)
{
  MonocleModelJobs *self = job->owner;
  gboolean is_stopped = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  job->is_running = FALSE;
  if (error && !is_stopped)
    job->error = g_steal_pointer (&error);
  g_clear_error (&error);
  /* What rests in the middle is known by what lies on the disk. */
  if (!job->error && g_hash_table_lookup (self->jobs, job->id) == job)
    g_hash_table_remove (self->jobs, job->id);
  g_signal_emit (self, signals[CHANGED], 0);
  if (job->error || words)
    g_signal_emit (self, signals[ENDED], 0, job, words);
  release_job (job);
  g_object_unref (self);
}

static void
note_progress (double fraction, gpointer data)
{
  MonocleModelJob *job = data;

  job->fraction = fraction;
  g_signal_emit (job->owner, signals[PROGRESS], 0, job->id);
}

/* --- Downloads --- */

const MonocleCatalogue *
monocle_model_jobs_get_catalogue (MonocleModelJobs *self, GError **error)
{
  g_return_val_if_fail (MONOCLE_IS_MODEL_JOBS (self), NULL);

  if (!self->catalogue)
    self->catalogue = monocle_catalogue_load (error);
  return self->catalogue;
}

static char *
dup_address (MonocleModelJobs *self)
{
  const MonocleCatalogue *catalogue = monocle_model_jobs_get_catalogue (self, NULL);
  g_autofree char *mirror = g_settings_get_string (self->settings, "mirror");

  if (*mirror)
    return g_steal_pointer (&mirror);
  return catalogue ? g_strdup (monocle_catalogue_get_address (catalogue)) : NULL;
}

char *
monocle_model_jobs_dup_host (MonocleModelJobs *self)
{
  g_autofree char *address = NULL;
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (MONOCLE_IS_MODEL_JOBS (self), NULL);

  address = dup_address (self);
  uri = address ? g_uri_parse (address, G_URI_FLAGS_PARSE_RELAXED, NULL) : NULL;
  return uri ? g_strdup (g_uri_get_host (uri)) : NULL;
}

/* As end(); what was given up goes, with what came before. */
static void
end_download (MonocleModelJob *job, GError *error, const char *words)
{
  g_autofree char *discarded = job->is_discarded && !words ? g_strdup (job->id) : NULL;
  g_autofree char *title = g_strdup (job->title);
  g_autoptr (MonocleModelJobs) self = g_object_ref (job->owner);

  end (job, error, words);
  if (discarded)
    monocle_model_jobs_remove (self, discarded, title);
}

static void
on_downloaded (GObject *source, GAsyncResult *result, gpointer data)
{
  MonocleModelJob *job = data;
  GError *error = NULL;
  g_autofree char *directory
      = monocle_download_run_finish (MONOCLE_DOWNLOAD (source), result, &error);
  g_autofree char *words = NULL;

  g_signal_handlers_disconnect_by_data (job->download, job);
  if (directory)
    /* Translators: %s is the name of a model */
    words = g_strdup_printf (_ ("%s is ready."), job->title);
  end_download (job, error, words);
}

static void
on_download_moved (MonocleModelJob *job)
{
  g_signal_emit (job->owner, signals[PROGRESS], 0, job->id);
}

static void
run_download (MonocleModelJob *job)
{
  g_signal_connect_swapped (job->download, "notify::state", G_CALLBACK (on_download_moved), job);
  g_signal_connect_swapped (job->download, "notify::remaining-s", G_CALLBACK (on_download_moved),
                            job);
  monocle_download_run_async (job->download, job->cancellable, on_downloaded, job);
}

static void
on_token_found (GObject *source, GAsyncResult *result, gpointer data)
{
  MonocleModelJob *job = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = monocle_token_lookup_finish (result, &error);

  if (g_cancellable_is_cancelled (job->cancellable))
    {
      end_download (job, NULL, NULL);
      return;
    }
  /* Most repositories want none: those that do will say so. */
  if (token)
    monocle_model_jobs_set_token (job->owner, monocle_download_get_host (job->download), token);
  monocle_download_set_token (job->download, token);
  run_download (job);
}

/* The model in @directory has the name that the download would get: the same one, or which other
 * one. */
static void
set_taken_error (GError **error, MonocleDownload *download, const char *directory)
{
  const char *title = monocle_download_get_title (download);
  g_autoptr (MonocleManifest) manifest = monocle_manifest_load (directory, NULL);
  const char *repository = manifest ? manifest->repository : NULL;
  const char *revision = repository && manifest->asked ? manifest->asked : NULL;
  g_autofree char *same = repository ? monocle_download_find_there (download, NULL) : NULL;
  g_autofree char *name = g_path_get_basename (directory);
  g_autofree char *other = NULL;

  if (same)
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                   _ ("%s is among your models already."), title);
      return;
    }
  other = revision ? g_strdup_printf ("%s@%s", repository, revision)
                   : g_strdup (repository ? repository : name);
  g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
               /* Translators: two models; the first one is wanted, the second one is there */
               _ ("%s would take the place of “%s”, which is among your models already."), title,
               other);
}

gboolean
monocle_model_jobs_download (MonocleModelJobs *self, const char *name, GError **error)
{
  g_autofree char *mirror = NULL, *there = NULL, *token_host = NULL;
  g_autoptr (MonocleDownload) download = NULL;
  const MonocleCatalogue *catalogue;
  MonocleModelJob *job;
  const char *id;

  g_return_val_if_fail (MONOCLE_IS_MODEL_JOBS (self), FALSE);

  catalogue = monocle_model_jobs_get_catalogue (self, error);
  mirror = g_settings_get_string (self->settings, "mirror");
  token_host = g_settings_get_string (self->settings, "token-host");
  download = catalogue ? monocle_download_new (catalogue, name, mirror, error) : NULL;
  if (!download)
    return FALSE;
  id = monocle_download_get_id (download);
  if (is_running (self, id))
    return TRUE;
  there = monocle_model_store_find_stored (id);
  if (there)
    {
      set_taken_error (error, download, there);
      return FALSE;
    }

  job = add_job (self, MONOCLE_MODEL_JOB_DOWNLOAD, id, monocle_download_get_title (download));
  job->download = g_steal_pointer (&download);
  begin (job);
  if (g_strcmp0 (self->token_host, monocle_download_get_host (job->download)) == 0)
    monocle_download_set_token (job->download, self->token);
  else if (g_str_equal (token_host, monocle_download_get_host (job->download)))
    {
      monocle_token_lookup_async (token_host, job->cancellable, on_token_found, job);
      return TRUE;
    }
  run_download (job);
  return TRUE;
}

void
monocle_model_jobs_set_token (MonocleModelJobs *self, const char *host, const char *token)
{
  g_return_if_fail (MONOCLE_IS_MODEL_JOBS (self));

  g_free (self->token);
  g_free (self->token_host);
  self->token = g_strdup (token);
  self->token_host = token ? g_strdup (host) : NULL;
}

/* --- Importing, checking, removing --- */

static void
on_imported (GObject *source, GAsyncResult *result, gpointer data)
{
  MonocleModelJob *job = data;
  GError *error = NULL;
  g_autofree char *directory = monocle_import_run_finish (result, &error);
  g_autofree char *words = NULL;

  if (directory)
    words = g_strdup_printf (_ ("%s is ready."), job->title);
  end (job, error, words);
}

void
monocle_model_jobs_import (MonocleModelJobs *self, MonocleImport *import, MonocleImportHow how)
{
  g_autoptr (MonocleImport) owned = import;
  MonocleModelJob *job;

  g_return_if_fail (MONOCLE_IS_MODEL_JOBS (self));

  if (is_running (self, import->id))
    return;
  job = begin (add_job (self, MONOCLE_MODEL_JOB_IMPORT, import->id, import->id));
  monocle_import_run_async (import, NULL, how, job->cancellable, note_progress, job, on_imported,
                            job);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer data)
{
  MonocleModelJob *job = data;
  GError *error = NULL;
  g_autoptr (MonocleVerdict) verdict = monocle_verify_finish (result, &error);
  g_autofree char *words = NULL;

  if (verdict && verdict->faults->len > 0)
    {
      g_ptr_array_add (verdict->faults, NULL);
      words = g_strjoinv ("\n", (char **) verdict->faults->pdata);
      g_set_error_literal (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, words);
      g_clear_pointer (&words, g_free);
    }
  else if (verdict && verdict->n_hashed > 0)
    words = g_strdup_printf (
        /* Translators: name of a model, how many files */
        ngettext ("%s is whole: %u file has the bytes that it came with.",
                  "%s is whole: %u files have the bytes that they came with.", verdict->n_hashed),
        job->title, verdict->n_hashed);
  else if (verdict)
    words = g_strdup_printf (
        _ ("%s goes together. There are no checksums to compare its bytes with."), job->title);
  end (job, error, words);
}

void
monocle_model_jobs_verify (MonocleModelJobs *self,
                           const char *id,
                           const char *title,
                           const char *directory)
{
  /* Whoever lists models does so anew when it begins. */
  g_autofree char *own = g_strdup (directory);
  MonocleModelJob *job;

  g_return_if_fail (MONOCLE_IS_MODEL_JOBS (self));

  if (is_running (self, id))
    return;
  job = begin (add_job (self, MONOCLE_MODEL_JOB_VERIFY, id, title));
  monocle_verify_async (own, job->cancellable, note_progress, job, on_verified, job);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  MonocleModelJob *job = data;
  GError *error = NULL;
  guint64 freed = 0;
  gboolean is_done = monocle_model_store_remove_finish (result, &freed, &error);
  g_autofree char *size = g_format_size (freed);
  g_autofree char *words = NULL;

  if (is_done && freed > 0)
    /* Translators: name of a model, size on the disk */
    words = g_strdup_printf (_ ("%s was removed: %s are free again."), job->title, size);
  else if (is_done)
    words = g_strdup_printf (_ ("%s was removed from the list."), job->title);
  /* A download that was given up before anything came. */
  else if (g_error_matches (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL))
    g_clear_error (&error);
  end (job, error, words);
}

void
monocle_model_jobs_remove (MonocleModelJobs *self, const char *id, const char *title)
{
  MonocleModelJob *job;

  g_return_if_fail (MONOCLE_IS_MODEL_JOBS (self));

  job = g_hash_table_lookup (self->jobs, id);
  if (job && job->is_running)
    {
      job->is_discarded = job->kind == MONOCLE_MODEL_JOB_DOWNLOAD;
      g_cancellable_cancel (job->cancellable);
      return;
    }
  job = begin (add_job (self, MONOCLE_MODEL_JOB_REMOVE, id, title));
  monocle_model_store_remove_async (job->id, NULL, on_removed, job);
}

/* --- All of them --- */

const MonocleModelJob *
monocle_model_jobs_find (MonocleModelJobs *self, const char *id)
{
  g_return_val_if_fail (MONOCLE_IS_MODEL_JOBS (self), NULL);

  return g_hash_table_lookup (self->jobs, id);
}

static int
compare_jobs (gconstpointer a, gconstpointer b)
{
  const MonocleModelJob *left = *(MonocleModelJob *const *) a;
  const MonocleModelJob *right = *(MonocleModelJob *const *) b;

  return g_utf8_collate (left->title, right->title);
}

GPtrArray *
monocle_model_jobs_list (MonocleModelJobs *self)
{
  GPtrArray *jobs = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer job;

  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &job))
    g_ptr_array_add (jobs, job);
  g_ptr_array_sort (jobs, compare_jobs);
  return jobs;
}

void
monocle_model_jobs_stop (MonocleModelJobs *self, const char *id)
{
  MonocleModelJob *job;

  g_return_if_fail (MONOCLE_IS_MODEL_JOBS (self));

  job = g_hash_table_lookup (self->jobs, id);
  if (job && job->is_running && job->kind != MONOCLE_MODEL_JOB_REMOVE)
    g_cancellable_cancel (job->cancellable);
}

static gboolean
job_runs (gpointer id, gpointer job, gpointer data)
{
  return ((const MonocleModelJob *) job)->is_running;
}

static gboolean
wake_up (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
monocle_model_jobs_stop_all (MonocleModelJobs *self)
{
  g_autoptr (GPtrArray) jobs = monocle_model_jobs_list (self);
  gint64 late = g_get_monotonic_time () + STOP_US;
  guint tick = g_timeout_add (50, wake_up, NULL);

  for (guint i = 0; i < jobs->len; i++)
    g_cancellable_cancel (((MonocleModelJob *) jobs->pdata[i])->cancellable);
  while (g_hash_table_find (self->jobs, job_runs, NULL) && g_get_monotonic_time () < late)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

void
monocle_model_jobs_dismiss (MonocleModelJobs *self, const char *id)
{
  g_return_if_fail (MONOCLE_IS_MODEL_JOBS (self));

  if (is_running (self, id) || !g_hash_table_remove (self->jobs, id))
    return;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- Lifecycle --- */

static void
monocle_model_jobs_finalize (GObject *object)
{
  MonocleModelJobs *self = MONOCLE_MODEL_JOBS (object);

  g_hash_table_unref (self->jobs);
  g_clear_pointer (&self->catalogue, monocle_catalogue_free);
  g_clear_object (&self->settings);
  g_free (self->token);
  g_free (self->token_host);

  G_OBJECT_CLASS (monocle_model_jobs_parent_class)->finalize (object);
}

static void
monocle_model_jobs_class_init (MonocleModelJobsClass *klass)
{
  GType type = MONOCLE_TYPE_MODEL_JOBS;

  G_OBJECT_CLASS (klass)->finalize = monocle_model_jobs_finalize;
  signals[CHANGED]
      = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PROGRESS] = g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 2, G_TYPE_POINTER, G_TYPE_STRING);
}

static void
monocle_model_jobs_init (MonocleModelJobs *self)
{
  self->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, release_job);
}

MonocleModelJobs *
monocle_model_jobs_new (GSettings *settings)
{
  MonocleModelJobs *self = g_object_new (MONOCLE_TYPE_MODEL_JOBS, NULL);

  self->settings = g_object_ref (settings);
  return self;
}
