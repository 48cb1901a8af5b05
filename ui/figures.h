/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How numbers are said, the same everywhere in the window: scores and shares in percent, durations
 * in seconds; and folders.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @score: 0 to 1. Returns: (transfer full): "91 %" */
char *monocle_figures_dup_percent (double score);

/**
 * monocle_figures_dup_duration:
 * @ms: milliseconds
 *
 * Returns: (transfer full) (nullable): "2.4 s"; %NULL for what has not begun, as nothing takes no
 *   time at all
 */
char *monocle_figures_dup_duration (double ms);

/* (transfer full): "2 min left" */
char *monocle_figures_dup_time_left (gint64 seconds);

/* @path: of a folder. Returns: (transfer full): with the home folder in short: "~/Pictures" */
char *monocle_figures_dup_folder (const char *path);

/* Lets @scale, from 0 to 1, show its value in percent. */
void monocle_figures_show_percent (GtkScale *scale);

G_END_DECLS
