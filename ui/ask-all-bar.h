/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bar of every window that says how far a question about many pictures is, for as long as it
 * is, and how it ended until somebody saw that.
 */
#pragma once

#include <adwaita.h>

#include "app/batch/ask-all.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_ASK_ALL_BAR (monocle_ask_all_bar_get_type ())
G_DECLARE_FINAL_TYPE (MonocleAskAllBar, monocle_ask_all_bar, MONOCLE, ASK_ALL_BAR, AdwBin)

/* Once. */
void monocle_ask_all_bar_follow (MonocleAskAllBar *self, MonocleAskAll *all);

G_END_DECLS
