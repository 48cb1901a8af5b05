/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scene and what may follow, as a square. A ball that is pressed and dragged is thrown when it is
 * let go; by keys: N chooses a ball, arrows aim (with Shift further), Return throws, Escape gives
 * that up.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/world/stage.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_WORLD_VIEW (monocle_world_view_get_type ())
G_DECLARE_FINAL_TYPE (MonocleWorldView, monocle_world_view, MONOCLE, WORLD_VIEW, GtkWidget)

GtkWidget *monocle_world_view_new (void);

/* What is shown, from now on. */
void monocle_world_view_set_stage (MonocleWorldView *self, MonocleWorldStage *stage);

G_END_DECLS
