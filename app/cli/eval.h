/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli eval: what eval.c (options, the set, the report) has asked by eval-ask.c.
 */
#pragma once

#include "app/cli/model.h"
#include "app/eval/out.h"
#include "app/eval/score.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/* What the options say, checked. */
typedef struct
{
  MonocleCliModel model;
  GStrv sets;
  char *images;
  /* (element-type MonocleTask): empty for those that the set asks by itself. */
  GPtrArray *tasks;
  GPtrArray *all_tasks; /* (element-type MonocleTask): of the model */
  guint limit;
  guint num_beams;
  guint max_tokens;
  gboolean json;
  char *out;
} MonocleCliEvalJob;

/* What has been measured so far. */
typedef struct
{
  const MonocleCliEvalJob *job;
  const MonocleEvalSet *set;
  MonocleModel *model;
  MonocleEvalScore *score;
  MonocleEvalOut *out;
  guint n_images;
  guint n_failed;
  GArray *image_ms;
} MonocleCliEvalWork;

/* (element-type MonocleEvalQuestion): those of @task, or all where that is NULL. */
GPtrArray *monocle_cli_eval_list_questions (const MonocleCliEvalJob *job,
                                            const MonocleEvalImage *image,
                                            const MonocleTask *task);

/* All that is asked about @image; an error, also when it was stopped: none of it counts then. */
gboolean
monocle_cli_eval_ask_all (MonocleCliEvalWork *work, const MonocleEvalImage *image, GError **error);

G_END_DECLS
