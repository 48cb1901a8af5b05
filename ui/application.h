/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The application: one instance for all windows, their settings, and the one runner that answers
 * what they ask, set up from the settings and again whenever they change.
 */
#pragma once

#include <adwaita.h>

#include "app/batch/ask-all.h"
#include "app/runner/runner.h"
#include "app/search/finder.h"
#include "app/train/tutor.h"
#include "ui/model-jobs.h"
#include "ui/threshold.h"

G_BEGIN_DECLS

#define MONOCLE_APPLICATION_ID "org.monocle.Monocle"

#define MONOCLE_TYPE_APPLICATION (monocle_application_get_type ())
G_DECLARE_FINAL_TYPE (MonocleApplication, monocle_application, MONOCLE, APPLICATION, AdwApplication)

MonocleApplication *monocle_application_new (void);

/* (transfer none) */
MonocleRunner *monocle_application_get_runner (MonocleApplication *self);
/* (transfer none) */
GSettings *monocle_application_get_settings (MonocleApplication *self);
/* (transfer none) */
MonocleThreshold *monocle_application_get_threshold (MonocleApplication *self);
/* (transfer none) */
MonocleFinder *monocle_application_get_finder (MonocleApplication *self);
/* (transfer none) */
MonocleAskAll *monocle_application_get_ask_all (MonocleApplication *self);
/* (transfer none) */
MonocleTutor *monocle_application_get_tutor (MonocleApplication *self);
/* (transfer none): made when first asked for */
MonocleModelJobs *monocle_application_get_model_jobs (MonocleApplication *self);

/* Shows the page that teaches what was corrected in @folders. */
void
monocle_application_teach (MonocleApplication *self, GtkWindow *parent, const char *const *folders);

G_END_DECLS
