/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What query.c (what was asked), query-facts.c (by what it is answered, and how), query-run.c (how
 * far it is), query-answer.c (what came back) and query-corrections.c (what a person wrote instead)
 * share.
 */
#pragma once

#include "app/document/query-objects.h"
#include "app/document/query-stored.h"
#include "app/document/query.h"

G_BEGIN_DECLS

struct _MonocleQuery
{
  GObject parent_instance;

  guint64 id;
  const MonocleTask *task;
  char *prompt;              /* (nullable) */
  GArray *regions;           /* of MonocleBox */
  MonocleAnnotation *source; /* (nullable) */
  GDateTime *created;

  MonocleQueryState state;
  MonocleStage stage;
  double fraction;
  guint n_done, n_steps;
  guint n_tokens;
  gboolean is_stopping;
  gint64 start_us, end_us; /* 0: not yet */
  guint tick;              /* source, while it runs */
  GError *error;

  char *model_name, *device_name, *precision_name, *driver_name, *model_digest;
  MonocleQuerySettings settings;

  guint rotation; /* of the picture when it was asked */
  MonocleQueryObjects *objects;
  GPtrArray *results; /* (nullable) */
  double cut;         /* of their heat maps; 0: where the model cuts them */
  MonocleRun *run;    /* (nullable) */
  char *text;         /* (nullable) */

  GHashTable *corrections; /* (nullable): what a person wrote instead: place -> text */
};

/* What answers: before it runs. */
void monocle_query_set_model (MonocleQuery *self, MonocleModel *model);
/* The answers so far, or %NULL; @complete: nothing is to come any more. */
void monocle_query_set_results (MonocleQuery *self, GPtrArray *results, gboolean complete);

/* Answers in words, together, are others: notifies `text`. */
void monocle_query_update_text (MonocleQuery *self);

/* --- query-corrections.c --- */

/* (transfer floating): all of them, to be kept in a file; and the way back, after its results. */
GVariant *monocle_query_store_corrections (MonocleQuery *self);
void monocle_query_restore_corrections (MonocleQuery *self, GVariant *stored);

G_END_DECLS
