/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/base/homes.h"

void
monocle_homes_ignore_relative (void)
{
  static const char *const names[] = { "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME",
                                       "XDG_STATE_HOME", "XDG_RUNTIME_DIR" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *path = g_getenv (names[i]);

      if (path && !g_path_is_absolute (path))
        g_unsetenv (names[i]);
    }
}
