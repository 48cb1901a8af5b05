/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/device-name.h"

#include <string.h>

char *
monocle_device_name_shorten (const char *name)
{
  const char *bracket = strstr (name, " (");

  return bracket && bracket > name ? g_strndup (name, (gsize) (bracket - name)) : g_strdup (name);
}
