/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * monocle-cli run: what run-options.c reads and run.c does.
 */
#pragma once

#include "app/cli/cli.h"
#include "app/cli/pages.h"
#include "app/cli/question.h"

G_BEGIN_DECLS

/* What the options say, checked. */
typedef struct
{
  MonocleCliQuestion question;
  gboolean json;
  GStrv images;
  guint n_images;
  MonocleCliPages pages; /* of those that are documents */
  GStrv outputs;         /* (nullable): of --annotate */
  GStrv maps;            /* (nullable): of --heat, likewise */
  GStrv drawn;           /* (nullable): of --out, likewise, as many of each as there are samples */
  guint n_samples;       /* pictures of each question that draws; 1: as usual */
  gboolean is_blank;     /* no image is named, and none is needed: there is one of no meaning */
} MonocleCliRunJob;

void monocle_cli_run_job_clear (MonocleCliRunJob *job);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCliRunJob, monocle_cli_run_job_clear)

/* Reads them; says on stderr what is wrong with them. */
MonocleCliStatus monocle_cli_run_read_options (MonocleCliRunJob *job, int argc, char **argv);

G_END_DECLS
