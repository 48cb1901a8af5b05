/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all windows search with: a model that makes vectors, the index of what it has seen, and who
 * looks at the pictures of folders meanwhile. The runner's model is used where it makes vectors,
 * else the first that is here and does.
 *
 * Properties, notified: state (MonocleFinderState as int, read-only), regions (boolean: parts of
 * pictures are looked at as well, and found).
 * Signals:
 *   progress: monocle_finder_get_progress() says something else
 *   grown: more can be found than before
 *
 * Nothing here blocks.
 */
#pragma once

#include "app/runner/runner.h"
#include "app/search/reader.h"

G_BEGIN_DECLS

/**
 * MonocleFinderState:
 * @MONOCLE_FINDER_EMPTY: not opened yet
 * @MONOCLE_FINDER_NO_MODEL: no model here makes vectors
 * @MONOCLE_FINDER_LOADING: one is on its way
 * @MONOCLE_FINDER_READY: it is there
 * @MONOCLE_FINDER_FAILED: it could not be loaded: monocle_finder_get_error()
 */
typedef enum
{
  MONOCLE_FINDER_EMPTY,
  MONOCLE_FINDER_NO_MODEL,
  MONOCLE_FINDER_LOADING,
  MONOCLE_FINDER_READY,
  MONOCLE_FINDER_FAILED,
} MonocleFinderState;

/**
 * MonocleFinderPhase:
 * @MONOCLE_FINDER_IDLE: nothing was looked at yet
 * @MONOCLE_FINDER_INDEXING: pictures are being looked at
 * @MONOCLE_FINDER_STOPPED: by the person
 * @MONOCLE_FINDER_DONE: all were looked at
 * @MONOCLE_FINDER_BROKEN: an error ended it
 */
typedef enum
{
  MONOCLE_FINDER_IDLE,
  MONOCLE_FINDER_INDEXING,
  MONOCLE_FINDER_STOPPED,
  MONOCLE_FINDER_DONE,
  MONOCLE_FINDER_BROKEN,
} MonocleFinderPhase;

/**
 * MonocleFinderProgress:
 * @done: files that were looked at
 * @all: that there are; 0 while they are looked for
 * @n_unreadable: that are no pictures, or cannot be read
 * @error: (nullable): what ended it
 */
typedef struct
{
  MonocleFinderPhase phase;
  guint done, all, n_unreadable;
  GError *error;
} MonocleFinderProgress;

#define MONOCLE_TYPE_FINDER (monocle_finder_get_type ())
G_DECLARE_FINAL_TYPE (MonocleFinder, monocle_finder, MONOCLE, FINDER, GObject)

MonocleFinder *monocle_finder_new (MonocleRunner *runner);

/* As the runner is configured; of what is loaded from now on. */
void monocle_finder_configure (MonocleFinder *self,
                               const char *device,
                               MonoclePrecision precision,
                               gboolean is_trusted);

/**
 * monocle_finder_open:
 *
 * Looks for a model and loads it, where none is there or on its way. To be called again when there
 * may be another one.
 */
void monocle_finder_open (MonocleFinder *self);
/* The same, from the beginning: after an error, such as that its device was lost. */
void monocle_finder_reload (MonocleFinder *self);
/* At the end of the program: stops all that runs, of which nobody hears any more. */
void monocle_finder_shut (MonocleFinder *self);
/* Who searches holds it; a while after nobody does, the model goes. */
void monocle_finder_hold (MonocleFinder *self);
void monocle_finder_release (MonocleFinder *self);

MonocleFinderState monocle_finder_get_state (MonocleFinder *self);
/* (nullable): why it failed */
const GError *monocle_finder_get_error (MonocleFinder *self);
/* (transfer none) (nullable) */
MonocleModel *monocle_finder_get_model (MonocleFinder *self);
/* (transfer none) (nullable): finds in what the model has seen */
MonocleIndexReader *monocle_finder_get_reader (MonocleFinder *self);

/**
 * monocle_finder_index:
 * @directories: (array zero-terminated=1): absolute
 *
 * Looks at their pictures in the background, as soon as the model is there and after what was asked
 * for before.
 */
void monocle_finder_index (MonocleFinder *self, const char *const *directories);
/* What is looked at from now on, and found. */
void monocle_finder_set_regions (MonocleFinder *self, gboolean has_regions);
gboolean monocle_finder_get_regions (MonocleFinder *self);
/* What was looked at until now stays. */
void monocle_finder_stop (MonocleFinder *self);
const MonocleFinderProgress *monocle_finder_get_progress (MonocleFinder *self);

G_END_DECLS
