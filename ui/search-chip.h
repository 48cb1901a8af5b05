/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that is looked for: a small one of it, a plus or a minus that can be turned round, and
 * a button to do without it.
 *
 * Signals: `turned` (gboolean is_wanted), `removed`.
 */
#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_SEARCH_CHIP (monocle_search_chip_get_type ())
G_DECLARE_FINAL_TYPE (MonocleSearchChip, monocle_search_chip, MONOCLE, SEARCH_CHIP, AdwBin)

GtkWidget *monocle_search_chip_new (MonocleImage *image, const char *name, gboolean is_wanted);

G_END_DECLS
