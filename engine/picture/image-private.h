/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What preprocess keeps with a picture.
 */
#pragma once

#include "engine/picture/image.h"

G_BEGIN_DECLS

/* @made: (transfer full): goes with the picture; where there is something already, that stays. On
 * any thread; @made_free is always the same. */
void monocle_image_take_made (MonocleImage *self, gpointer made, GDestroyNotify made_free);
/* (transfer none) (nullable) */
gconstpointer monocle_image_get_made (MonocleImage *self);

G_END_DECLS
