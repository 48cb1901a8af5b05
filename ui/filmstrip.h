/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filmstrip: the pictures of a loader's folder as a row of small ones, the current one marked,
 * those that something was done to with a dot, those that are done with a tick. A menu at its start
 * chooses which are shown, and a bar above says so while not all are. Hidden while there is only
 * one.
 *
 * Property: loader (MonocleImageLoader).
 */
#pragma once

#include "ui/image-loader.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_FILMSTRIP (monocle_filmstrip_get_type ())
G_DECLARE_FINAL_TYPE (MonocleFilmstrip, monocle_filmstrip, MONOCLE, FILMSTRIP, GtkWidget)

GtkWidget *monocle_filmstrip_new (void);
/* @loader: (nullable) */
void monocle_filmstrip_set_loader (MonocleFilmstrip *self, MonocleImageLoader *loader);

/* (transfer none) (nullable): what leads straight to a picture, while it is seen */
GtkWidget *monocle_filmstrip_get_jump_button (MonocleFilmstrip *self);

G_END_DECLS
