/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --region and --from: what is asked about, and the picture that it lies in where that is another
 * one.
 */
#pragma once

#include "app/cli/cli.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleCliRegions:
 * @names: (nullable): --region, as they were given
 * @from: (nullable): --from
 * @boxes: (element-type MonocleBox): after monocle_cli_regions_read()
 * @example: (nullable): the picture of --from; after monocle_cli_regions_open()
 *
 * Zeroed at first.
 */
typedef struct
{
  GStrv names;
  char *from;
  GArray *boxes;
  MonocleImage *example;
} MonocleCliRegions;

void monocle_cli_regions_clear (MonocleCliRegions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCliRegions, monocle_cli_regions_clear)

#define MONOCLE_CLI_REGIONS_ENTRIES(self)                                                          \
  { "region",                                                                                      \
    'r',                                                                                           \
    0,                                                                                             \
    G_OPTION_ARG_FILENAME_ARRAY,                                                                   \
    &(self)->names,                                                                                \
    N_ ("Region in pixels of the upright image; may be repeated"),                                 \
    "X1,Y1,X2,Y2" },                                                                               \
  {                                                                                                \
    "from", 0, 0, G_OPTION_ARG_FILENAME, &(self)->from,                                            \
        N_ ("Look for what is in this picture, in its --region where there is one"), N_ ("FILE")   \
  }

/* Whether the options make sense; says on stderr if not. */
MonocleCliStatus monocle_cli_regions_read (MonocleCliRegions *self, const char *verb);

/* Opens what --from says, and checks that the regions lie in it. */
MonocleCliStatus monocle_cli_regions_open (MonocleCliRegions *self);

/**
 * monocle_cli_regions_fit_task:
 * @self: after monocle_cli_regions_read()
 * @task: what is asked
 * @has_text: whoever writes a region in the model's own words may do so
 *
 * Whether the task has the regions that it takes; says on stderr if not.
 */
MonocleCliStatus monocle_cli_regions_fit_task (const MonocleCliRegions *self,
                                               const char *verb,
                                               const MonocleTask *task,
                                               gboolean has_text);

/* Whether they lie in an image that is asked about, if that is where they lie. */
gboolean monocle_cli_regions_check (const MonocleCliRegions *self,
                                    const MonocleImage *image,
                                    GError **error);

/* Puts them into a request to a task that takes them; the request borrows them. */
void monocle_cli_regions_request (const MonocleCliRegions *self, MonocleRequest *request);

G_END_DECLS
