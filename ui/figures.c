/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/figures.h"

#include <glib/gi18n.h>

/* What rounds to less would be said as nothing. */
#define LEAST_MS 50

char *
monocle_figures_dup_percent (double score)
{
  /* Translators: a share in percent */
  return g_strdup_printf (C_ ("share", "%.0f %%"), CLAMP (score, 0, 1) * 100);
}

char *
monocle_figures_dup_duration (double ms)
{
  if (ms <= 0)
    return NULL;
  if (ms < LEAST_MS)
    /* Translators: seconds; less than a tenth of one */
    return g_strdup (C_ ("duration", "< 0.1 s"));
  /* Translators: seconds */
  return g_strdup_printf (C_ ("duration", "%.1f s"), ms / 1000);
}

char *
monocle_figures_dup_time_left (gint64 seconds)
{
  if (seconds < 60)
    /* Translators: seconds */
    return g_strdup_printf (_ ("%d s left"), (int) seconds);
  if (seconds < 3600)
    /* Translators: minutes */
    return g_strdup_printf (_ ("%d min left"), (int) (seconds / 60));
  /* Translators: hours and minutes */
  return g_strdup_printf (_ ("%d h %d min left"), (int) MIN (seconds / 3600, 9999),
                          (int) (seconds / 60 % 60));
}

char *
monocle_figures_dup_folder (const char *path)
{
  g_autoptr (GFile) home = g_file_new_for_path (g_get_home_dir ());
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autofree char *inside = g_file_get_relative_path (home, folder);
  g_autofree char *shown = inside                        ? g_build_filename ("~", inside, NULL)
                           : g_file_equal (folder, home) ? g_strdup ("~")
                                                         : g_strdup (path);

  return g_filename_display_name (shown);
}

static char *
format_percent (GtkScale *scale, double value, gpointer data)
{
  return monocle_figures_dup_percent (value);
}

void
monocle_figures_show_percent (GtkScale *scale)
{
  gtk_scale_set_draw_value (scale, TRUE);
  gtk_scale_set_format_value_func (scale, format_percent, NULL, NULL);
}
