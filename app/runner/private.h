/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the runner share: runner has the object, load the model, queue what is asked,
 * queries, talk and submit who asks, look and ahead what is done in between.
 */
#pragma once

#include "app/runner/runner.h"
#include "app/runner/sessions.h"

G_BEGIN_DECLS

/* What decides which model is loaded where. */
typedef struct
{
  char *model; /* (nullable): the default */
  char *device;
  MonoclePrecision precision;
  gboolean is_trusted;
} MonocleRunnerConfig;

/* A model on its way, what is compiled for it, or pictures that it looks at ahead of questions. */
typedef struct
{
  MonocleRunner *runner; /* (nullable): not owned; NULL: nobody waits for it any more */
  GCancellable *cancellable;
} MonocleRunnerLoad;

/* What is asked once, from being handed over to its end; the first member of what its class knows
 * of it. */
typedef struct _MonocleRunnerJob MonocleRunnerJob;
typedef gboolean (*MonocleRunnerJobFunc) (const MonocleRunnerJob *job, gconstpointer data);

typedef struct
{
  /* Its turn has come, and it runs by itself until monocle_runner_end_job(); %NULL: it is a
   * question about a picture, as the two below say. Returns: whether it runs; @error is handed to
   * @end else */
  gboolean (*start) (MonocleRunnerJob *job, GError **error);
  /* Its turn has come. (transfer full) (nullable): what it is about, as the model shall see it */
  MonocleImage *(*get_image) (MonocleRunnerJob *job, GError **error);
  /* It runs. (transfer full): on which session; what @request points to stays until the end. */
  MonocleSession *(*begin) (MonocleRunnerJob *job, MonocleImage *image, MonocleRequest *request);
  /* (nullable): it waits and gives way. (transfer full) (nullable): on which session it will run,
   * and with which detail; kept as that of the job where its picture is looked at ahead */
  MonocleSession *(*open_ahead) (MonocleRunnerJob *job, MonocleDetail *detail);
  void (*update) (MonocleRunnerJob *job, const MonocleUpdate *update);
  /* It runs and was told to stop. */
  void (*stopping) (MonocleRunnerJob *job);
  /* The device was lost: it waits again. */
  void (*requeue) (MonocleRunnerJob *job);
  /* Its end, also of one that never ran; frees it. @run: (transfer full) (nullable): not with
   * @error, which is set then */
  void (*end) (MonocleRunnerJob *job, MonocleRun *run, const GError *error);
} MonocleRunnerJobClass;

struct _MonocleRunnerJob
{
  const MonocleRunnerJobClass *klass;
  MonocleRunner *runner; /* (nullable): not owned; NULL once that is gone */
  GCancellable *cancellable;
  gboolean was_lost;       /* with its device, once */
  gboolean gives_way;      /* to all that does not */
  MonocleSession *session; /* (nullable): its picture is looked at ahead, or was */
};

/* A document's conversation as the model hears it; talk. */
typedef struct _MonocleRunnerChat MonocleRunnerChat;

struct _MonocleRunner
{
  GObject parent_instance;

  MonocleRunnerConfig wanted;
  MonocleRunnerConfig current; /* there, or on its way; not while the state is EMPTY */
  guint num_beams;

  MonocleRunnerState state;
  double fraction;
  MonocleDevice *checking; /* (nullable): while it is */
  GError *error;
  MonocleModel *model;
  MonocleSessions *sessions;
  MonocleRunnerChat *chat; /* (nullable): the last conversation that something was said in */
  MonocleRunnerLoad *load;
  MonocleRunnerJob *job;
  MonocleRunnerLoad *look; /* (nullable): nothing begins meanwhile */
  GQueue waiting;          /* of MonocleRunnerJob */
  gboolean was_busy;

  MonocleRunnerLoad *ahead; /* (nullable): while it compiles for the model that is there */
  guint ahead_source;       /* before that */
  double ahead_fraction;
  gboolean is_prepared; /* all is compiled, or what is not will not be */

  char *tasks_directory; /* (nullable): which model the tasks were read of */
  GPtrArray *tasks;      /* (nullable) (element-type MonocleTask) */
  enum
  {
    TALKS_UNKNOWN,
    TALKS,
    TALKS_NOT,
  } talks; /* whether that model does */
};

typedef enum
{
  MONOCLE_RUNNER_PROP_0,
  MONOCLE_RUNNER_PROP_STATE,
  MONOCLE_RUNNER_PROP_FRACTION,
  MONOCLE_RUNNER_PROP_MODEL,
  MONOCLE_RUNNER_PROP_QUERY,
  MONOCLE_RUNNER_PROP_BUSY,
  MONOCLE_RUNNER_PROP_AHEAD,
  MONOCLE_RUNNER_N_PROPS
} MonocleRunnerProperty;

/* --- runner --- */

void monocle_runner_notify (MonocleRunner *self, MonocleRunnerProperty property);
void monocle_runner_emit_device_lost (MonocleRunner *self);
void monocle_runner_emit_noted (MonocleRunner *self, const char *text);

/* --- load --- */

void monocle_runner_config_set (MonocleRunnerConfig *config,
                                const char *model,
                                const char *device,
                                MonoclePrecision precision,
                                gboolean is_trusted);
void monocle_runner_config_clear (MonocleRunnerConfig *config);
/* Whether something else is wanted than what is there, or on its way. */
gboolean monocle_runner_is_stale (MonocleRunner *self);
void monocle_runner_set_state (MonocleRunner *self, MonocleRunnerState state);
void monocle_runner_begin_load (MonocleRunner *self);
void monocle_runner_cancel_load (MonocleRunner *self);
void monocle_runner_drop_model (MonocleRunner *self);
/* FAILED: what waits fails as well. */
void monocle_runner_give_up (MonocleRunner *self, const GError *error);

/* --- ahead --- */

/* Compiles soon for the model that is there, unless that is done. */
void monocle_runner_get_ahead (MonocleRunner *self);
/* For another model, or other questions, it begins anew. */
void monocle_runner_stop_ahead (MonocleRunner *self);

/* --- look --- */

/* At the pictures of those that come next, all of which give way. Returns: whether it looks */
gboolean monocle_runner_look (MonocleRunner *self);
/* They are looked at another time. */
void monocle_runner_stop_look (MonocleRunner *self);

/* --- talk --- */

/* What the model heard is forgotten; nothing of what was said is. @document: (nullable): of that
 * one alone */
void monocle_runner_forget_chat (MonocleRunner *self, MonocleDocument *document);

/* --- queue --- */

/* At the end of the queue, or before all that gives way to it: nothing begins before
 * monocle_runner_advance(). */
void monocle_runner_push (MonocleRunner *self,
                          MonocleRunnerJob *job,
                          const MonocleRunnerJobClass *klass);
/* One that ran: it is done, or failed. */
void monocle_runner_end_job (MonocleRunnerJob *job, MonocleRun *run, const GError *error);
/* For the ends of jobs: what is of all of them. */
void monocle_runner_job_free (MonocleRunnerJob *job);
/* Those that are wanted (%NULL: all), be they running or waiting. */
void
monocle_runner_stop_jobs (MonocleRunner *self, MonocleRunnerJobFunc is_wanted, gconstpointer data);

/* Does what comes next, if there is nothing under way. */
void monocle_runner_advance (MonocleRunner *self);
/* Notifies `busy` if that changed. */
void monocle_runner_check_busy (MonocleRunner *self);
void monocle_runner_fail_waiting (MonocleRunner *self, const GError *error);
/* Stops what runs, whose end no longer comes here, and what waits. */
void monocle_runner_let_go_of_jobs (MonocleRunner *self);

G_END_DECLS
