/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of the preferences: how much of what was done to pictures is kept, and a button that
 * deletes all of it once it was said what is lost.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_KEPT_WORK_ROW (monocle_kept_work_row_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleKeptWorkRow, monocle_kept_work_row, MONOCLE, KEPT_WORK_ROW, AdwActionRow)

G_END_DECLS
