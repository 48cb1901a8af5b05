/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a format of other programs cannot say, and what becomes of it, in words.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/exchange/format.h"

G_BEGIN_DECLS

/* @notes: (nullable): a line each; the label is hidden where there is nothing to say
 * @has_counts: whether it is said how often */
void monocle_losses_show (GtkLabel *label, const MonocleNotes *notes, gboolean has_counts);

G_END_DECLS
