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

static gboolean
is_number (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node)
         && (json_node_get_value_type (node) == G_TYPE_INT64
             || json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

gboolean
monocle_cli_region_read_json (JsonNode *node, MonocleBox *region)
{
  float *const sides[] = { &region->x1, &region->y1, &region->x2, &region->y2 };
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (!array || json_array_get_length (array) != G_N_ELEMENTS (sides))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      if (!is_number (json_array_get_element (array, i)))
        return FALSE;
      *sides[i] = (float) json_array_get_double_element (array, i);
    }
  return TRUE;
}
