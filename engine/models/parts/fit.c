/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures keep their shape: the shorter side is brought to one size, unless the longer one would
 * become too long.
 */
#include "config.h"

#include "engine/models/parts/fit.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"

/* The largest that anything was published with is 1,333. */
#define MAX_SIDE 4096

/* Old files say it in two numbers, one of them alone. */
static gboolean
read_sides (MonocleFit *self, JsonObject *root, const char *path, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: size", path);
  JsonNode *node = json_object_get_member (root, "size");
  gint64 shortest = self->shortest, longest = self->longest;
  JsonObject *size = NULL;

  if (node && JSON_NODE_HOLDS_VALUE (node))
    {
      if (!monocle_json_get_int (root, path, "size", MONOCLE_JSON_REQUIRED, 1, MAX_SIDE, &shortest,
                                 error))
        return FALSE;
    }
  else if (!monocle_json_get_object (root, path, "size", MONOCLE_JSON_OPTIONAL, &size, error))
    return FALSE;
  if (size
      && (!monocle_json_get_int (size, where, "shortest_edge", MONOCLE_JSON_REQUIRED, 1, MAX_SIDE,
                                 &shortest, error)
          || !monocle_json_get_int (size, where, "longest_edge", MONOCLE_JSON_REQUIRED, 1, MAX_SIDE,
                                    &longest, error)))
    return FALSE;
  if (!size
      && !monocle_json_get_int (root, path, "max_size", MONOCLE_JSON_OPTIONAL, 1, MAX_SIDE,
                                &longest, error))
    return FALSE;
  self->shortest = (guint) shortest;
  self->longest = (guint) longest;
  return TRUE;
}

/* Everything else is read as of any preprocessor; a single picture is not padded. */
static gboolean
read_rest (MonocleFit *self, JsonObject *root, const char *path, GError **error)
{
  JsonObject *any = json_object_new ();

  json_object_set_int_member (any, "width", 1);
  json_object_set_int_member (any, "height", 1);
  json_object_set_object_member (root, "size", any);
  json_object_set_boolean_member (root, "do_pad", FALSE);
  if (!monocle_json_has (root, "resample"))
    json_object_set_int_member (root, "resample", MONOCLE_RESAMPLE_BILINEAR);
  if (!monocle_preprocess_parse (&self->settings, root, path, error))
    return FALSE;
  if (self->settings.do_resize)
    return TRUE;
  monocle_file_set_error (error, path, "key \"do_resize\": expected true");
  return FALSE;
}

gboolean
monocle_fit_load (MonocleFit *self, const char *directory, JsonObject **said, GError **error)
{
  g_autofree char *own = g_build_filename (directory, "preprocessor_config.json", NULL);
  g_autofree char *shared = g_build_filename (directory, "processor_config.json", NULL);
  const char *path = monocle_file_exists (shared) ? shared : own;
  g_autoptr (JsonObject) file = monocle_json_load (path, error);
  JsonObject *root = file;

  if (!file
      || !monocle_json_get_object (file, path, "image_processor", MONOCLE_JSON_OPTIONAL, &root,
                                   error)
      || !read_sides (self, root, path, error) || !read_rest (self, root, path, error))
    return FALSE;
  if (said)
    *said = json_object_ref (root);
  return TRUE;
}

/* The reference's arithmetic, in its order. */
void
monocle_fit_get_size (const MonocleFit *self, guint *width, guint *height)
{
  guint *shorter = *width < *height ? width : height, *longer = shorter == width ? height : width;
  const double least = *shorter, most = *longer;
  double side = self->shortest;
  gboolean is_limited = most / least * side > self->longest;

  if (is_limited)
    side = self->longest * least / most;
  /* What has that size already is left as it is. */
  if ((guint) rint (side) != (guint) least)
    *longer = MAX (1, (guint) (side * most / least));
  *shorter = MAX (1, (guint) rint (side));
}
