/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows in which one of several is chosen: what is chosen stays readable beside the row's words.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* @row: of strings; the words of such a row take whatever room there is, and leave three letters of
 * what is chosen in a narrow window: here they leave it some more */
void monocle_choice_keep_readable (AdwComboRow *row);

G_END_DECLS
