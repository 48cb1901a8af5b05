/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a window shows in place of a picture that cannot be shown: its name, what is wrong with it,
 * details that can be copied, and a way on. Activates win.open.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_BROKEN_PAGE (monocle_broken_page_get_type ())
G_DECLARE_FINAL_TYPE (MonocleBrokenPage, monocle_broken_page, MONOCLE, BROKEN_PAGE, AdwBin)

/* @name: of the picture, as in titles */
void monocle_broken_page_set_error (MonocleBrokenPage *self, const char *name, const GError *error);

/* Where there is little room. */
void monocle_broken_page_set_compact (MonocleBrokenPage *self, gboolean compact);

G_END_DECLS
