/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --temperature, --top-k, --top-p, --min-p and --seed: answers that are drawn instead of searched
 * for. Any of them asks for it.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleCliSampling:
 * @temperature, @top_k, @top_p, @min_p, @seed: (nullable): the options as they were given
 * @is_on: whether any was; after monocle_cli_sampling_read()
 * @settings: what they say; after monocle_cli_sampling_read()
 *
 * Zeroed at first.
 */
typedef struct
{
  char *temperature, *top_k, *top_p, *min_p, *seed;
  gboolean is_on;
  MonocleSampling settings;
} MonocleCliSampling;

void monocle_cli_sampling_clear (MonocleCliSampling *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCliSampling, monocle_cli_sampling_clear)

/* A seed is a number of 32 bits, so that all who read JSON read the same one. */
#define MONOCLE_CLI_SAMPLING_ENTRIES(self)                                                         \
  { "temperature",                                                                                 \
    0,                                                                                             \
    0,                                                                                             \
    G_OPTION_ARG_FILENAME,                                                                         \
    &(self)->temperature,                                                                          \
    N_ ("Draw tokens: below 1 closer to the likeliest, above 1 further away (default: 1)"),        \
    N_ ("T") },                                                                                    \
      { "top-k",                                                                                   \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_FILENAME,                                                                     \
        &(self)->top_k,                                                                            \
        N_ ("Draw from the K likeliest tokens (default: 32)"),                                     \
        N_ ("K") },                                                                                \
      { "top-p",                                                                                   \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_FILENAME,                                                                     \
        &(self)->top_p,                                                                            \
        N_ ("Draw from the likeliest tokens that together have the share P (default: 1)"),         \
        N_ ("P") },                                                                                \
      { "min-p",                                                                                   \
        0,                                                                                         \
        0,                                                                                         \
        G_OPTION_ARG_FILENAME,                                                                     \
        &(self)->min_p,                                                                            \
        N_ ("Draw from tokens at least P times as likely as the likeliest (default: 0)"),          \
        N_ ("P") },                                                                                \
  {                                                                                                \
    "seed", 0, 0, G_OPTION_ARG_FILENAME, &(self)->seed,                                            \
        N_ ("Draw the same again (default: another each time)"), N_ ("N")                          \
  }

/**
 * monocle_cli_sampling_read:
 * @self: options as they were given
 * @verb: whose they are
 * @num_beams: what --beams says; 0 where it was not given
 *
 * Reads them. Without --seed one is chosen, and a note on stderr says which.
 *
 * Returns: whether they are well formed; says on stderr if not
 */
gboolean monocle_cli_sampling_read (MonocleCliSampling *self, const char *verb, guint num_beams);

G_END_DECLS
