/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Offers work of the picture that lies in a file: nothing is done with it before somebody says so.
 *
 * Signal `closed`: nobody wants it.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_WORK_BAR (monocle_work_bar_get_type ())
G_DECLARE_FINAL_TYPE (MonocleWorkBar, monocle_work_bar, MONOCLE, WORK_BAR, AdwBin)

/**
 * monocle_work_bar_offer:
 * @name: (nullable): of the file; %NULL: there is nothing to offer
 * @has_work: whether the picture has work already, which would give way
 */
void monocle_work_bar_offer (MonocleWorkBar *self, const char *name, gboolean has_work);

G_END_DECLS
