/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens next: a scene, where a model says its balls go, what happens indeed, and throwing.
 */
#pragma once

#include "app/world/stage.h"
#include "ui/application.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_WORLD_PAGE (monocle_world_page_get_type ())
G_DECLARE_FINAL_TYPE (MonocleWorldPage, monocle_world_page, MONOCLE, WORLD_PAGE, AdwWindow)

GtkWidget *monocle_world_page_new (GtkWindow *parent, MonocleApplication *application);

/* (transfer none) */
MonocleWorldStage *monocle_world_page_get_stage (MonocleWorldPage *self);

G_END_DECLS
