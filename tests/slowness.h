/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much longer than alone something takes, where it is promised within a time.
 */
#pragma once

#include <glib.h>
#include <stdio.h>

G_BEGIN_DECLS

/* At least 1: those that want a processor now or wanted one in the last minute, to each of them. */
static inline double
test_get_slowness (void)
{
  g_autofree char *text = NULL;
  double load = 0;
  guint n_now = 0;

  if (g_file_get_contents ("/proc/loadavg", &text, NULL, NULL))
    sscanf (text, "%lf %*f %*f %u/", &load, &n_now);
  return MAX (1, MAX (load, n_now) / g_get_num_processors ());
}

G_END_DECLS
