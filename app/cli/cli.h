/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the verbs of monocle-cli share: the table of verbs, exit statuses, errors on stderr. A verb
 * is a file cli-NAME.c with one function, and a row here.
 */
#pragma once

#include <gio/gio.h>
#include <glib/gi18n.h>

#include "app/cli/model.h"

G_BEGIN_DECLS

#define MONOCLE_CLI_VERBS(VERB)                                                                    \
  VERB (run, N_ ("Ask a model about images, and draw the answers"))                                \
  VERB (chat, N_ ("Talk with a model about images"))                                               \
  VERB (batch, N_ ("Ask the same about thousands of images"))                                      \
  VERB (embed, N_ ("Write vectors of texts and images"))                                           \
  VERB (index, N_ ("Look at the images of folders, so that they can be searched"))                 \
  VERB (search, N_ ("Find indexed images by words and by other images"))                           \
  VERB (teach, N_ ("Teach a model your labels by examples of them"))                               \
  VERB (serve, N_ ("Answer other programs over HTTP"))                                             \
  VERB (inspect, N_ ("Write what every stage of a model computes"))                                \
  VERB (models, N_ ("List, get, check and remove models"))                                         \
  VERB (train, N_ ("Teach a model what was corrected"))                                            \
  VERB (adapter, N_ ("Look at what a model has learnt since, check it, make both one"))            \
  VERB (devices, N_ ("List the devices that can run models"))                                      \
  VERB (selftest, N_ ("Check whether devices compute rightly"))                                    \
  VERB (bench, N_ ("Measure how long a model takes"))                                              \
  VERB (eval, N_ ("Measure how good a model is"))                                                  \
  VERB (convert, N_ ("Convert annotations from one format to another"))                            \
  VERB (compare, N_ ("Say how far two versions of annotations agree"))                             \
  VERB (work, N_ ("Say what is kept of folders of images, and forget it"))

/**
 * MonocleCliStatus:
 * @MONOCLE_CLI_DONE: all is done
 * @MONOCLE_CLI_FAILED: an input or a run failed; stderr says which and why
 * @MONOCLE_CLI_USAGE: wrong usage; nothing was done
 * @MONOCLE_CLI_INTERRUPTED: stopped by SIGINT; what there was by then is printed
 *
 * Exit statuses.
 */
typedef enum
{
  MONOCLE_CLI_DONE = 0,
  MONOCLE_CLI_FAILED = 1,
  MONOCLE_CLI_USAGE = 2,
  MONOCLE_CLI_INTERRUPTED = 130,
} MonocleCliStatus;

#define VERB(name, summary) MonocleCliStatus monocle_cli_##name (int argc, char **argv);
MONOCLE_CLI_VERBS (VERB)
#undef VERB
/* The verb `next-frames`, whose name is none in C. */
MonocleCliStatus monocle_cli_next_frames (int argc, char **argv);
/* The verb `report`, whose name is taken here. */
MonocleCliStatus monocle_cli_report_system (int argc, char **argv);

/**
 * monocle_cli_report:
 * @file: (nullable): what it is about
 * @error: what went wrong
 *
 * Prints `monocle-cli: error: FILE: what` in one line. @file is left out where the message begins
 * with it.
 *
 * Returns: the exit status: failed, or interrupted where @error is a cancellation, which is not
 * printed
 */
MonocleCliStatus monocle_cli_report (const char *file, const GError *error);

/* The worse of two statuses. */
MonocleCliStatus monocle_cli_worst (MonocleCliStatus a, MonocleCliStatus b);

/**
 * monocle_cli_refuse:
 * @verb: whose usage is wrong
 *
 * Prints what is wrong with the usage, and where to read more.
 *
 * Returns: %MONOCLE_CLI_USAGE
 */
MonocleCliStatus monocle_cli_refuse (const char *verb, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/**
 * monocle_cli_parse:
 * @verb: its name
 * @parameters: (nullable): what follows the options in the usage line
 * @summary: one sentence
 * @describe: (nullable): more, below the options; asked for where help is wanted
 * @entries: (array zero-terminated=1): the options
 * @model: (nullable): filled by --model, --device and --precision
 *
 * --help ends the program, with a status that says whether it could be printed. Of a model that is
 * named beside it, it says what that can do.
 *
 * Returns: whether the options are well formed; says on stderr if not
 */
gboolean monocle_cli_parse (const char *verb,
                            const char *parameters,
                            const char *summary,
                            char *(*describe) (const MonocleCliModel *model),
                            const GOptionEntry *entries,
                            MonocleCliModel *model,
                            int *argc,
                            char ***argv);

/**
 * monocle_cli_parse_count:
 * @verb: its name
 * @option: "--limit"
 * @text: (nullable): what it was given
 * @most: the largest number that is allowed
 * @count: (out): the number; stays as it is where the option was not given
 *
 * Returns: whether it is a number from 1 to @most; says on stderr if not
 */
gboolean monocle_cli_parse_count (
    const char *verb, const char *option, const char *text, guint most, guint *count);

/**
 * monocle_cli_read_number:
 * @text: (nullable): what an option was given
 * @least: the smallest number that is allowed
 * @inclusive: whether @least itself is
 * @most: the largest
 * @number: (out): the number; stays as it is where the option was not given
 *
 * Returns: whether it is such a number
 */
gboolean monocle_cli_read_number (
    const char *text, double least, gboolean inclusive, double most, double *number);

/**
 * monocle_cli_dup_text:
 * @argument: words from the command line
 *
 * UTF-8 is taken as it is in every locale: containers and timers run in "C". Other bytes are what
 * the locale says.
 *
 * Returns: (transfer full) (nullable): UTF-8; %NULL where it is none and cannot be made
 */
char *monocle_cli_dup_text (const char *argument);
/* Whether there is anything but blanks in a text. */
gboolean monocle_cli_has_words (const char *text);

G_END_DECLS
