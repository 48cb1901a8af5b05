/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures from words: what somebody describes, drawn a few times by the small model that comes
 * along, and what of it can be taken out.
 */
#pragma once

#include "app/sketch/sketcher.h"
#include "ui/application.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_SKETCH_PAGE (monocle_sketch_page_get_type ())
G_DECLARE_FINAL_TYPE (MonocleSketchPage, monocle_sketch_page, MONOCLE, SKETCH_PAGE, AdwWindow)

GtkWidget *monocle_sketch_page_new (GtkWindow *parent, MonocleApplication *application);

/* (transfer none) */
MonocleSketcher *monocle_sketch_page_get_sketcher (MonocleSketchPage *self);

G_END_DECLS
