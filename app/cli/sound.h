/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --sound: what is heard, of tasks about sounds.
 */
#pragma once

#include "app/cli/cli.h"

G_BEGIN_DECLS

/**
 * MonocleCliSound:
 * @file, @start: as they were given
 * @from: where it begins, in seconds
 * @sound: (nullable): once it was opened
 *
 * The options, and what they say; zeroed at first.
 */
typedef struct
{
  char *file, *start;
  double from;
  MonocleSound *sound;
} MonocleCliSound;

void monocle_cli_sound_clear (MonocleCliSound *self);

/* clang-format off */
#define MONOCLE_CLI_SOUND_ENTRIES(self)                                                            \
  { "sound", 0, 0, G_OPTION_ARG_FILENAME, &(self)->file,                                           \
    N_ ("Sound, or a film, for tasks about sounds: four seconds of it are heard"), N_ ("FILE") },   \
  { "sound-from", 0, 0, G_OPTION_ARG_FILENAME, &(self)->start,                                     \
    N_ ("Where in it those begin, in seconds (default: 0)"), N_ ("SECONDS") }
/* clang-format on */

/* Reads the options of the verb @verb; says on stderr what is wrong with them. */
MonocleCliStatus monocle_cli_sound_read (MonocleCliSound *self, const char *verb);

/* Reads the file, if there is one; says on stderr what is wrong with it. */
MonocleCliStatus monocle_cli_sound_open (MonocleCliSound *self);

G_END_DECLS
