/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas page: the picture, a second one beside it while two answers are compared, and what
 * floats over them: tools, zoom, the bar beside the regions that are selected. The floating bars
 * fade when the pointer rests.
 *
 * Uses the actions win.tool, win.zoom-in, win.zoom-out, win.zoom-fit, win.zoom-100, win.zoom-200.
 */
#pragma once

#include <adwaita.h>

#include "ui/image-view.h"
#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_CANVAS (monocle_canvas_get_type ())
G_DECLARE_FINAL_TYPE (MonocleCanvas, monocle_canvas, MONOCLE, CANVAS, AdwBin)

void monocle_canvas_set_presentation (MonocleCanvas *self, MonoclePresentation *presentation);
/* (transfer none): the picture that is worked on */
MonocleImageView *monocle_canvas_get_view (MonocleCanvas *self);

/* Beside it the same picture with what lies on it in another version; @other: (nullable): none;
 * @name: of that one. An answer that is pinned takes its place. */
void monocle_canvas_show_other (MonocleCanvas *self, MonocleDocument *other, const char *name);
/* Selects something of that. (nullable) */
void monocle_canvas_select_other (MonocleCanvas *self, MonocleAnnotation *annotation);

/* Asks how much simpler the outlines of the regions that are selected are to be. */
void monocle_canvas_simplify (MonocleCanvas *self);

/* What was just drawn is being given its name: what is drawn next may begin where the bar beside it
 * would be. Each is ended once. */
void monocle_canvas_begin_naming (MonocleCanvas *self);
void monocle_canvas_end_naming (MonocleCanvas *self);

/* Fewer buttons float over it. */
void monocle_canvas_set_narrow (MonocleCanvas *self, gboolean narrow);
/* In fullscreen: what floats goes whenever nobody moves, and the picture has all of the room. */
void monocle_canvas_set_immersed (MonocleCanvas *self, gboolean immersed);

G_END_DECLS
