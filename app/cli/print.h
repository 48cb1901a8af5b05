/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run found, on standard output: lines for people or JSON for programs.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleCliAnswer:
 * @path: (nullable): the image's name as it was given; %NULL: there is none
 * @session: what ran
 * @request: what was asked
 * @run: what it gave
 * @min_score: objects with a lower score are left out of it
 * @from: (nullable): the name of the picture that the regions lie in, as it was given
 * @page: of a document, from 1; 0: none was named
 * @drawn: (nullable): where a picture that was drawn will be
 * @sound: (nullable): the name of what was heard, as it was given
 * @sound_from: where in it that begins, in seconds
 */
typedef struct
{
  const char *path;
  MonocleSession *session;
  const MonocleRequest *request;
  const MonocleRun *run;
  double min_score;
  const char *from;
  guint page;
  const char *drawn;
  const char *sound;
  double sound_from;
} MonocleCliAnswer;

/* Lists objects in columns, text as it is; several regions one after the other with their numbers.
 */
void monocle_cli_print_text (const MonocleCliAnswer *answer);

/**
 * monocle_cli_print_more:
 * @partial: (nullable): what is certain of an answer
 * @printed: (inout): what is printed of it; empty at first
 *
 * Prints a text as it comes, where that goes on.
 */
void monocle_cli_print_more (const MonocleResult *partial, GString *printed);

/* The rest of an answer that was printed as it came, and the end of its line. Only for a text. */
void monocle_cli_print_rest (const MonocleResult *result, const char *printed);

/* One object a line, one line for each result; the keys are listed in app/README.md. */
void monocle_cli_print_json (const MonocleCliAnswer *answer);

G_END_DECLS
