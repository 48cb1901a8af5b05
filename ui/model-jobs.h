/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is being done to the person's models: downloads, imports, checks, removals. One a model at a
 * time, whether a window shows it or not. Nobody on the network is asked anything but by
 * monocle_model_jobs_download().
 *
 * Signals: `changed`: another model is there, or something begins or ends; `progress` (string): of
 * the job of that model; `ended` (MonocleModelJob as pointer, string): it is done, in words for the
 * person. What failed is a job that rests, with its error.
 */
#pragma once

#include "app/models/download.h"
#include "app/models/import.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_MODEL_JOB_DOWNLOAD,
  MONOCLE_MODEL_JOB_IMPORT,
  MONOCLE_MODEL_JOB_VERIFY,
  MONOCLE_MODEL_JOB_REMOVE,
} MonocleModelJobKind;

#define MONOCLE_TYPE_MODEL_JOBS (monocle_model_jobs_get_type ())
G_DECLARE_FINAL_TYPE (MonocleModelJobs, monocle_model_jobs, MONOCLE, MODEL_JOBS, GObject)

/**
 * MonocleModelJob:
 * @id: of the model, in the store
 * @title: what a person reads
 * @download: (nullable): of a download
 * @fraction: of anything else: how far it is
 * @is_running: else it failed, or was stopped
 * @error: (nullable): why it failed
 */
typedef struct
{
  MonocleModelJobKind kind;
  char *id, *title;
  MonocleDownload *download;
  double fraction;
  gboolean is_running;
  GError *error;
  /*< private >*/
  MonocleModelJobs *owner;
  GCancellable *cancellable;
  gboolean is_discarded;
} MonocleModelJob;

/* @settings: keys `mirror`, `token-host` */
MonocleModelJobs *monocle_model_jobs_new (GSettings *settings);

/* (transfer none) (nullable): what can be downloaded by its name; read when first asked for */
const MonocleCatalogue *monocle_model_jobs_get_catalogue (MonocleModelJobs *self, GError **error);
/* (transfer full) (nullable): "huggingface.co": who is asked for downloads; %NULL without a
 * catalogue */
char *monocle_model_jobs_dup_host (MonocleModelJobs *self);

/* (transfer none) (nullable) */
const MonocleModelJob *monocle_model_jobs_find (MonocleModelJobs *self, const char *id);
/* (transfer container) (element-type MonocleModelJob): by title */
GPtrArray *monocle_model_jobs_list (MonocleModelJobs *self);

/**
 * monocle_model_jobs_download:
 * @name: see monocle_download_new()
 *
 * Begins, or goes on with what came before. Nothing where it runs already.
 *
 * Errors: those of monocle_download_new(); %MONOCLE_APP_ERROR_BAD_REQUEST for a model that is here.
 */
gboolean monocle_model_jobs_download (MonocleModelJobs *self, const char *name, GError **error);
/* @import: (transfer full): one that can be imported */
void
monocle_model_jobs_import (MonocleModelJobs *self, MonocleImport *import, MonocleImportHow how);
void monocle_model_jobs_verify (MonocleModelJobs *self,
                                const char *id,
                                const char *title,
                                const char *directory);
/* Of a model, or of a download that is not done: one that runs is stopped first. */
void monocle_model_jobs_remove (MonocleModelJobs *self, const char *id, const char *title);

/* Stops what runs. Of a download all that came stays. */
void monocle_model_jobs_stop (MonocleModelJobs *self, const char *id);
/* Stops everything, and waits until it is. */
void monocle_model_jobs_stop_all (MonocleModelJobs *self);
/* Forgets what failed; of a download what came stays. */
void monocle_model_jobs_dismiss (MonocleModelJobs *self, const char *id);

/* @token: (nullable): for downloads from @host, as long as the program runs */
void monocle_model_jobs_set_token (MonocleModelJobs *self, const char *host, const char *token);

G_END_DECLS
