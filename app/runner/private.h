/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the runner share: runner has the object, runner-load the model, runner-queue
 * the queries.
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

/* A model on its way. */
typedef struct
{
  MonocleRunner *runner; /* (nullable): not owned; NULL: nobody waits for it any more */
  GCancellable *cancellable;
} MonocleRunnerLoad;

/* A query, from being handed over to its end. */
typedef struct
{
  MonocleRunner *runner; /* (nullable): not owned; NULL before it runs, and once that is gone */
  MonocleDocument *document;
  MonocleQuery *query;
  MonocleImage *image; /* in case the document drops its own, turned by @rotation */
  guint rotation;
  MonocleMatrix turn; /* from the upright picture to the one that the model sees */
  GCancellable *cancellable;
  gboolean was_lost; /* with its device, once */
} MonocleRunnerJob;

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
  MonocleRunnerLoad *load;
  MonocleRunnerJob *job;
  GQueue waiting; /* of MonocleRunnerJob */
  gboolean was_busy;

  char *tasks_directory; /* (nullable): which model the tasks were read of */
  GPtrArray *tasks;      /* (nullable) (element-type MonocleTask) */
};

typedef enum
{
  MONOCLE_RUNNER_PROP_0,
  MONOCLE_RUNNER_PROP_STATE,
  MONOCLE_RUNNER_PROP_FRACTION,
  MONOCLE_RUNNER_PROP_MODEL,
  MONOCLE_RUNNER_PROP_QUERY,
  MONOCLE_RUNNER_PROP_BUSY,
  MONOCLE_RUNNER_N_PROPS
} MonocleRunnerProperty;

/* --- runner --- */

void monocle_runner_notify (MonocleRunner *self, MonocleRunnerProperty property);
void monocle_runner_emit_device_lost (MonocleRunner *self);
void monocle_runner_emit_noted (MonocleRunner *self, const char *text);

/* --- runner-load --- */

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

/* --- runner-queue --- */

/* Does what comes next, if there is nothing under way. */
void monocle_runner_advance (MonocleRunner *self);
/* Notifies `busy` if that changed. */
void monocle_runner_check_busy (MonocleRunner *self);
void monocle_runner_fail_waiting (MonocleRunner *self, const GError *error);
/* Stops what runs, whose end no longer comes here, and what waits. */
void monocle_runner_let_go_of_queries (MonocleRunner *self);

G_END_DECLS
