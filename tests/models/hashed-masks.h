/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network of PaliGemma's masks with weights that a formula makes of their names.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* FNV-1a of a name, and of it a number from -1 to 1 for each element. */
guint32 hashed_masks_hash (const char *name);
double hashed_masks_element (guint32 hash, guint32 i);

/* Writes vae-oid.npz into a folder. @broken: (nullable): an array of one number too many */
void hashed_masks_write (const char *folder, const char *broken);

G_END_DECLS
