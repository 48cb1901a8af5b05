/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network of PaliGemma's masks with weights that a formula makes of their names.
 */
#pragma once

#include "hashed-number.h"

G_BEGIN_DECLS

/* Writes vae-oid.npz into a folder. @broken: (nullable): an array of one number too many */
void hashed_masks_write (const char *folder, const char *broken);

G_END_DECLS
