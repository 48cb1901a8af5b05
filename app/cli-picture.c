/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli-picture.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "app/image-source.h"

MonocleImage *
monocle_cli_picture_open (const char *path, GError **error)
{
  MonocleImage *image = monocle_image_source_load_path (path, error);

  if (image && monocle_image_is_partial (image))
    {
      g_autofree char *name = g_filename_display_name (path);

      fprintf (stderr,
               _ ("monocle-cli: note: %s: the file is damaged or ends early: what is there is "
                  "used\n"),
               name);
    }
  return image;
}
