/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench --profile and --trace: which kernels the time goes to, beside what the device could do.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleCliProfile:
 * @profile: (nullable): what times; %NULL: nothing was asked for
 * @steps: (element-type MonocleTimedStep): of the runs that are measured
 * @flops: what a large product reaches, a second; 0: not known
 * @bytes: what long sums reach, a second; 0: not known
 *
 * Zeroed at first.
 */
typedef struct
{
  MonocleProfile *profile;
  GArray *steps;
  double flops, bytes;
} MonocleCliProfile;

void monocle_cli_profile_clear (MonocleCliProfile *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCliProfile, monocle_cli_profile_clear)

/* Leaves out all that ended by now. */
gboolean monocle_cli_profile_skip (MonocleCliProfile *self, GError **error);
/* Takes the steps since, and measures what the device reaches. */
gboolean monocle_cli_profile_end (MonocleCliProfile *self, GError **error);

/* The kernels, those that take longest first; the figures are those of one of @n_runs. */
void monocle_cli_profile_print (const MonocleCliProfile *self, guint n_runs);
/* The same as members of the object that is being built. */
void
monocle_cli_profile_add_json (const MonocleCliProfile *self, JsonBuilder *builder, guint n_runs);

/* Writes every step as an event of the format that Chrome's tracing, Perfetto and speedscope read.
 * Errors: those of monocle_output_write(). */
gboolean
monocle_cli_profile_write_trace (const MonocleCliProfile *self, const char *path, GError **error);

G_END_DECLS
