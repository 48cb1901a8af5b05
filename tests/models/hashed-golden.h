/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How goldens of models whose weights are hashes are read, and held against what was computed.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <math.h>

G_BEGIN_DECLS

/* (transfer full) (array length=n) */
static inline guint32 *
hashed_golden_read_ids (JsonObject *golden, const char *key, guint *n)
{
  JsonArray *array = json_object_get_array_member (golden, key);
  guint32 *ids = g_new (guint32, json_array_get_length (array));

  *n = json_array_get_length (array);
  for (guint i = 0; i < *n; i++)
    ids[i] = (guint32) json_array_get_int_element (array, i);
  return ids;
}

/* As many of @found as are wanted. */
static inline void
hashed_golden_check_part (const char *what, const float *found, JsonArray *wanted, double bound)
{
  for (guint i = 0; i < json_array_get_length (wanted); i++)
    {
      const double number = json_array_get_double_element (wanted, i);

      if (!(fabs ((double) found[i] - number) <= bound))
        g_error ("%s: element %u is %.8g, expected %.8g", what, i, (double) found[i], number);
    }
}

G_END_DECLS
