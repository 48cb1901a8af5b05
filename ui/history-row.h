/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of the history: when, what was asked, what came back; pin and delete. Reused by the list
 * for one query after the other.
 *
 * Signal: `delete` (MonocleQuery).
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_HISTORY_ROW (monocle_history_row_get_type ())
G_DECLARE_FINAL_TYPE (MonocleHistoryRow, monocle_history_row, MONOCLE, HISTORY_ROW, GtkWidget)

GtkWidget *monocle_history_row_new (void);
/* Both nullable: with %NULL the row lets go of what it showed. */
void monocle_history_row_bind (MonocleHistoryRow *self,
                               MonoclePresentation *presentation,
                               MonocleQuery *query);

G_END_DECLS
