/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is open, kept in a file for as long as the application runs: should it end otherwise than by
 * being told to, the next start opens the same pictures.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A window shows something else now, or nothing. */
void monocle_open_again_note (GtkApplication *application);

/**
 * monocle_open_again_take:
 *
 * To be called once, at the start. Until it is shown, or not to be, it stays what was open; what
 * ended three starts before is not tried again.
 *
 * Returns: (transfer full) (element-type GFile): what was open when the application ended without
 *   being told to; empty after an orderly end
 */
GPtrArray *monocle_open_again_take (void);

/* The end is an orderly one, or something else is wanted. */
void monocle_open_again_forget (void);

G_END_DECLS
