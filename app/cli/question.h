/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is asked of a model: --task, --text and all that belongs to them, of the verbs that ask.
 */
#pragma once

#include "app/cli/cli.h"
#include "app/cli/labels.h"
#include "app/cli/model.h"
#include "app/cli/detail.h"
#include "app/cli/regions.h"
#include "app/cli/sampling.h"
#include "app/cli/sound.h"

G_BEGIN_DECLS

/**
 * MonocleCliQuestion:
 * @names, @texts, @language, @beams, @most_tokens, @least_score, @threshold,
 * @detail_name: as they were given
 * @tasks: (element-type MonocleTask): of the model that is meant
 * @text: (nullable): all that --text and --labels say
 * @min_score: NaN: as the model says
 * @detail: FINE where none was given
 *
 * The options, and what they say; zeroed at first.
 */
typedef struct
{
  MonocleCliModel model;
  MonocleCliLabels labels;
  MonocleCliRegions regions;
  MonocleCliSampling sampling;
  MonocleCliSound sound; /* of verbs that have its options */
  GStrv names, texts;
  char *language, *beams, *most_tokens, *least_score, *threshold, *detail_name;

  GPtrArray *tasks;
  char *text;
  guint num_beams;
  guint max_tokens;
  double min_score;
  MonocleDetail detail;
} MonocleCliQuestion;

void monocle_cli_question_clear (MonocleCliQuestion *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCliQuestion, monocle_cli_question_clear)

/* clang-format off */
#define MONOCLE_CLI_QUESTION_ENTRIES(self)                                                         \
  { "task", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &(self)->names,                                   \
    N_ ("What to ask; may be repeated"), N_ ("TASK") },                                            \
  { "text", 'T', 0, G_OPTION_ARG_FILENAME_ARRAY, &(self)->texts,                                   \
    N_ ("Text for tasks that take one; labels may be repeated"), N_ ("TEXT") },                    \
  { "language", 0, 0, G_OPTION_ARG_FILENAME, &(self)->language,                                    \
    N_ ("What to answer in, of tasks with languages (default: the system's)"), N_ ("CODE") },      \
  MONOCLE_CLI_LABELS_ENTRIES (&(self)->labels),                                                    \
  MONOCLE_CLI_REGIONS_ENTRIES (&(self)->regions),                                                  \
  { "beams", 'b', 0, G_OPTION_ARG_FILENAME, &(self)->beams,                                        \
    N_ ("Beams of the search (default: as the model says)"), N_ ("N") },                           \
  { "max-tokens", 'n', 0, G_OPTION_ARG_FILENAME, &(self)->most_tokens,                             \
    N_ ("Longest answer in tokens (default: 1024)"), N_ ("N") },                                   \
  { "min-score", 's', 0, G_OPTION_ARG_FILENAME, &(self)->least_score,                              \
    N_ ("Leave out objects with a lower score (default: as the model says; 0: none)"), "0..1" },   \
  { "threshold", 0, 0, G_OPTION_ARG_FILENAME, &(self)->threshold,                                  \
    N_ ("The same as --min-score"), "0..1" },                                                      \
  MONOCLE_CLI_DETAIL_ENTRY (&(self)->detail_name),                                                 \
  MONOCLE_CLI_SAMPLING_ENTRIES (&(self)->sampling)
/* clang-format on */

/* Reads the options of the verb @verb; says on stderr what is wrong with them. */
MonocleCliStatus monocle_cli_question_read (MonocleCliQuestion *self, const char *verb);

/**
 * monocle_cli_question_build:
 * @task: one of @self's
 * @model: is going to be asked
 *
 * Returns: the request, which borrows from @self
 */
MonocleRequest monocle_cli_question_build (const MonocleCliQuestion *self,
                                           const MonocleTask *task,
                                           MonocleModel *model);

G_END_DECLS
