/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/region.h"

#include <errno.h>
#include <math.h>

gboolean
monocle_cli_region_read (const char *text, MonocleBox *region)
{
  double sides[4];
  const char *p = text;

  for (guint i = 0; i < 4; i++)
    {
      char *end;

      if (i > 0 && *p++ != ',')
        return FALSE;
      errno = 0;
      sides[i] = g_ascii_strtod (p, &end);
      if (end == p || errno != 0 || !isfinite (sides[i])
          || fabs (sides[i]) > MONOCLE_IMAGE_MAX_SIDE)
        return FALSE;
      p = end;
    }

  *region = (MonocleBox){ (float) sides[0], (float) sides[1], (float) sides[2], (float) sides[3] };
  return *p == '\0';
}
