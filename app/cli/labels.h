/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --labels, --template and --each: names to choose among, of tasks that rank those that they are
 * given.
 */
#pragma once

#include "app/cli/cli.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleCliLabels:
 * @file: (nullable): --labels
 * @wording: (nullable): --template; UTF-8 after monocle_cli_labels_read()
 * @each: --each
 *
 * Zeroed at first.
 */
typedef struct
{
  char *file, *wording;
  gboolean each;
} MonocleCliLabels;

void monocle_cli_labels_clear (MonocleCliLabels *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCliLabels, monocle_cli_labels_clear)

#define MONOCLE_CLI_LABELS_ENTRIES(self)                                                           \
  { "labels",                                                                                      \
    'L',                                                                                           \
    0,                                                                                             \
    G_OPTION_ARG_FILENAME,                                                                         \
    &(self)->file,                                                                                 \
    N_ ("File of labels, one a line, instead of --text"),                                          \
    N_ ("FILE") },                                                                                 \
      { "template",                                                                                \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_FILENAME,                                                                     \
        &(self)->wording,                                                                          \
        N_ ("What labels are put into (default: as the model says)"),                              \
        N_ ("\"a photo of a {}\"") },                                                              \
  {                                                                                                \
    "each", 0, 0, G_OPTION_ARG_NONE, &(self)->each,                                                \
        N_ ("Judge each label by itself, instead of picking one of them"), NULL                    \
  }

/**
 * monocle_cli_labels_read:
 * @self: options as they were given
 * @verb: whose they are
 * @text: (inout) (nullable): what --text says, or the labels of the file
 *
 * Returns: what became of it; says on stderr if not
 */
MonocleCliStatus monocle_cli_labels_read (MonocleCliLabels *self, const char *verb, char **text);

/* (transfer none) (nullable): the task of that name, or the one that judges each label by itself */
const MonocleTask *monocle_cli_labels_find_task (const MonocleCliLabels *self,
                                                 const GPtrArray *tasks,
                                                 const char *name,
                                                 MonocleTaskTakes takes);

G_END_DECLS
