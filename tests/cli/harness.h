/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs monocle-cli as a person would: arguments in; exit status, standard output and errors out.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * Outcome:
 * @status: exit status; -1 when a signal ended the program
 * @out: standard output
 * @errors: (array zero-terminated=1): lines of stderr that are errors
 */
typedef struct
{
  int status;
  char *out;
  GStrv errors;
} Outcome;

void outcome_free (Outcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Outcome, outcome_free)

/* g_test_init(), and the program's path from the arguments. */
void harness_init (int *argc, char ***argv);
const char *harness_get_program (void);

Outcome *harness_run (const char *first, ...) G_GNUC_NULL_TERMINATED;
Outcome *harness_run_v (const char *const *arguments);
/* A script in which "$@" is the program with its arguments: for pipes, limits, environments. */
Outcome *harness_run_shell (const char *script, const char *first, ...) G_GNUC_NULL_TERMINATED;

/* The run did what was asked, and complained of nothing. */
void harness_assert_done (const Outcome *outcome);
/* The run failed with that status and one error line that holds @words; it printed nothing. */
void harness_assert_refused (const Outcome *outcome, int status, const char *words);

/* (element-type JsonObject): one for each line of standard output. */
GPtrArray *harness_parse_lines (const Outcome *outcome);

/* A path inside tests/fixtures. */
char *harness_fixture (const char *path);
JsonNode *harness_load_json (const char *fixture);

/* An empty folder of its own, taken away with all that is in it. */
typedef char TemporaryFolder;
TemporaryFolder *harness_make_folder (void);
void harness_remove_folder (TemporaryFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TemporaryFolder, harness_remove_folder)

/**
 * HarnessFiles:
 * @model: a tiny one of random weights
 * @a, @b: pictures
 * @folder: for what is written
 */
typedef struct
{
  char *model, *a, *b;
  TemporaryFolder *folder;
} HarnessFiles;

typedef struct
{
  const char *path;
  void (*test) (HarnessFiles *files, gconstpointer data);
} HarnessTest;

/* Each has files of its own. Returns: the status of the program */
int harness_run_tests (const HarnessTest *tests, guint n_tests);

G_END_DECLS
