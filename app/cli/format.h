/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --format: text for people, one JSON object a line for programs.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define MONOCLE_CLI_FORMAT_ENTRY(name)                                                             \
  { "format",   'f',                                                                               \
    0,          G_OPTION_ARG_FILENAME,                                                             \
    name,       N_ ("How to print: text, or one JSON object a line"),                              \
    "text|json" }

/**
 * monocle_cli_format_read:
 * @verb: whose option it is
 * @name: (nullable): as given; %NULL for text
 * @json: (out): whether it is JSON
 *
 * Returns: whether there is such a format; says on stderr if not
 */
gboolean monocle_cli_format_read (const char *verb, const char *name, gboolean *json);

/* Prints what @builder holds in one line. */
void monocle_cli_format_print (JsonBuilder *builder);

/* How many of something there were: a member of a report. */
typedef struct
{
  const char *key;
  guint n;
} MonocleCliCount;

/* Adds an object of them. */
void
monocle_cli_format_add_counts (JsonBuilder *builder, const MonocleCliCount *counts, guint n_counts);

G_END_DECLS
