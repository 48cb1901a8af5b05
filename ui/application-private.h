/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the application share: application.c, application-models.c,
 * application-ask-all.c, application-train.c, application-world.c.
 */
#pragma once

#include "ui/application.h"

G_BEGIN_DECLS

/* Whether the person is at one of the windows, which need no notification then. */
gboolean monocle_application_is_in_front (void);
/* Adds the actions; once. */
void monocle_application_add_models (MonocleApplication *self);
/* (transfer full) */
MonocleModelJobs *monocle_application_make_model_jobs (MonocleApplication *self);

/* --- application-ask-all.c --- */

/* (transfer full): adds its actions; once */
MonocleAskAll *monocle_application_make_ask_all (MonocleApplication *self);

/* --- application-train.c --- */

/* (transfer full): adds its actions; once */
MonocleTutor *monocle_application_make_tutor (MonocleApplication *self);

/* --- application-sketch.c --- */

/* Adds its action; once. */
void monocle_application_add_sketch (MonocleApplication *self);

/* --- application-world.c --- */

/* Adds its action; once. */
void monocle_application_add_world (MonocleApplication *self);

G_END_DECLS
