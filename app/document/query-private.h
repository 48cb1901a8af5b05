/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What query.c (what was asked), query-facts.c (by what it is answered, and how), query-run.c
 * (how far it is) and query-answer.c (what came back) share.
 */
#pragma once

#include "app/document/query-objects.h"
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
  MonocleRun *run;    /* (nullable) */
  char *text;         /* (nullable) */
};

/* What answers: before it runs. */
void monocle_query_set_model (MonocleQuery *self, MonocleModel *model);
/* The answers so far, or %NULL; @complete: nothing is to come any more. */
void monocle_query_set_results (MonocleQuery *self, GPtrArray *results, gboolean complete);

G_END_DECLS
