/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture with things on it, and a hand that points at them: in pixels of the upright picture,
 * wherever the view shows them.
 */
#pragma once

#include "tests/gui/harness.h"
#include "ui/image-view.h"

G_BEGIN_DECLS

MonocleImageView *gui_get_view (MonocleWindow *window);

/* An answer with those objects, as if the model had given it. (transfer none) */
MonocleQuery *
gui_answer_by_hand (MonocleWindow *window, const MonocleObject *objects, guint n_objects);

/* Regions of the document, which holds them. */
MonocleAnnotation *gui_add_region (MonocleWindow *window, float x1, float y1, float x2, float y2);
MonocleAnnotation *gui_get_region (MonocleWindow *window, guint index);
guint gui_count_regions (MonocleWindow *window);
/* Those and no others. */
void gui_select_regions (MonocleWindow *window, guint first, guint n);
/* Within 3 pixels: the pointer goes by those of the screen. */
void gui_assert_region (MonocleAnnotation *region, double x1, double y1, double x2, double y2);

/* Where a point of the picture is in the view. */
void gui_locate (MonocleWindow *window, double x, double y, double *view_x, double *view_y);
void gui_click_at (MonocleWindow *window, double x, double y, int button);
/* With a key held: "shift"; %NULL for none. */
void gui_drag_at (MonocleWindow *window, const char *key, double x, double y, double dx, double dy);

/* Takes back the last step, which the menu of the window has to call @title. */
void gui_undo (MonocleWindow *window, const char *title);

/* The menu of what lies there. */
GtkWidget *gui_open_menu (MonocleWindow *window, double x, double y);
void gui_close_menu (MonocleWindow *window);

G_END_DECLS
