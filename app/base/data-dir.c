/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/base/data-dir.h"

gboolean
monocle_data_dir_is_in_build (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  return program && g_str_has_prefix (program, MONOCLE_BUILD_DIR G_DIR_SEPARATOR_S);
}

const char *
monocle_data_dir_get (void)
{
  const char *named = g_getenv ("MONOCLE_DATA_DIR");

  if (named && *named)
    return named;
  return monocle_data_dir_is_in_build () ? MONOCLE_SOURCE_DATA_DIR : MONOCLE_DATA_DIR;
}
