/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much simpler the outlines of the regions that are selected are to be: the canvas shows what
 * would become of them, and how many points that are, until it is applied or given up. One step.
 */
#pragma once

#include "ui/image-view.h"
#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_SIMPLIFY_BAR (monocle_simplify_bar_get_type ())
G_DECLARE_FINAL_TYPE (MonocleSimplifyBar, monocle_simplify_bar, MONOCLE, SIMPLIFY_BAR, GtkBox)

/* Whether there is anything about it that could be simpler. */
gboolean monocle_simplify_bar_takes (const MonocleShape *shape);

/* Once: where it is shown. */
void monocle_simplify_bar_set_view (MonocleSimplifyBar *self, MonocleImageView *view);
/* Shows itself, has the focus, and is about what is selected. What is applied by the person, or by
 * turning to something else, is done; Escape gives up. */
void monocle_simplify_bar_begin (MonocleSimplifyBar *self, MonoclePresentation *presentation);

G_END_DECLS
