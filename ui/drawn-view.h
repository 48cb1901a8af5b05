/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that was drawn, and what becomes of it: saved, dragged away, asked about itself, drawn
 * once more.
 */
#pragma once

#include <adwaita.h>

#include "app/document/query.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_DRAWN_VIEW (monocle_drawn_view_get_type ())
G_DECLARE_FINAL_TYPE (MonocleDrawnView, monocle_drawn_view, MONOCLE, DRAWN_VIEW, AdwBin)

/* @picture: (nullable): what is shown. @query: whose answer it is */
void
monocle_drawn_view_set_picture (MonocleDrawnView *self, MonocleImage *picture, MonocleQuery *query);

G_END_DECLS
