/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_homes_ignore_relative:
 *
 * Forgets those of XDG_DATA_HOME and the like that are relative, which the specification of base
 * directories wants to be ignored: what is kept would lie wherever a program was started. GLib
 * takes them as they are.
 *
 * The first thing that a program does: nobody asked for a folder, and there is one thread.
 */
void monocle_homes_ignore_relative (void);

G_END_DECLS
