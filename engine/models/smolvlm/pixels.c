/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture to views: it is brought to one size, which enlarges small ones, stretched to whole
 * views, cut, and all of it becomes one more.
 */
#include "config.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/models/smolvlm/private.h"

/* Nothing is brought to more, whatever is asked for. */
#define MAX_SIDE 4096

/* So many each way have tokens that say where they are. */
#define MAX_VIEWS 6

static gboolean
read_edge (JsonObject *root, const char *path, const char *key, gint64 *edge, GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: %s", path, key);
  JsonObject *object = NULL;

  return monocle_json_get_object (root, path, key, MONOCLE_JSON_REQUIRED, &object, error)
         && monocle_json_get_int (object, where, "longest_edge", MONOCLE_JSON_REQUIRED, 1, MAX_SIDE,
                                  edge, error);
}

/* Everything else is read as of any preprocessor; views have the size already, and a single picture
 * is not padded. */
static gboolean
read_rest (
    MonocleSmolvlmPixels *pixels, guint side, JsonObject *root, const char *path, GError **error)
{
  JsonObject *size = json_object_new ();

  json_object_set_int_member (size, "width", side);
  json_object_set_int_member (size, "height", side);
  json_object_set_object_member (root, "size", size);
  json_object_set_boolean_member (root, "do_pad", FALSE);
  if (!monocle_json_has (root, "resample"))
    json_object_set_int_member (root, "resample", MONOCLE_RESAMPLE_LANCZOS);
  return monocle_preprocess_parse (&pixels->settings, root, path, error);
}

gboolean
monocle_smolvlm_load_pixels (MonocleSmolvlm *self, const char *directory, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonObject) root = monocle_preprocess_find_settings (directory, &path, error);

  return root && monocle_smolvlm_read_pixels (self, root, path, error);
}

gboolean
monocle_smolvlm_read_pixels (MonocleSmolvlm *self,
                             JsonObject *root,
                             const char *path,
                             GError **error)
{
  MonocleSmolvlmPixels *pixels = &self->pixels;
  gint64 longest = 0, side = 0;

  pixels->splits = TRUE;
  if (!read_edge (root, path, "size", &longest, error)
      || !read_edge (root, path, "max_image_size", &side, error)
      || !monocle_json_get_bool (root, path, "do_image_splitting", MONOCLE_JSON_OPTIONAL,
                                 &pixels->splits, error)
      || !read_rest (pixels, (guint) side, root, path, error))
    return FALSE;
  pixels->longest = (guint) longest;
  if (!pixels->settings.do_resize)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                 "%s: “do_resize” must be true in this kind of model", path);
  else if (side != self->config.side)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                 "%s: the preprocessor makes views of %u x %u, the model takes %u x %u", path,
                 (guint) side, (guint) side, self->config.side, self->config.side);
  else if (longest > MAX_VIEWS * side)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                 "%s: pictures of %u pixels are more than %d views of %u", path, pixels->longest,
                 MAX_VIEWS, (guint) side);
  else
    {
      /* They are cut to it. */
      pixels->settings.do_resize = FALSE;
      return TRUE;
    }
  return FALSE;
}

static guint
count_whole (double side, guint view)
{
  return MAX ((guint) ceil (side / view), 1);
}

/* The reference's arithmetic, but for @most, in its order: the shape of what was brought to one
 * size decides, and that was rounded to even sides. */
MonocleSmolvlmGrid
monocle_smolvlm_plan_views (const MonocleSmolvlmPixels *pixels, guint width, guint height)
{
  const guint view = pixels->settings.width;
  const gboolean is_wide = width >= height;
  MonocleSmolvlmGrid grid = { .rows = 0 };
  guint *longer = is_wide ? &grid.first_width : &grid.first_height;
  guint *shorter = is_wide ? &grid.first_height : &grid.first_width;
  double shape = (double) width / height;
  guint side;

  *longer = pixels->longest;
  if (pixels->most > 0)
    *longer = MIN (*longer, view * MIN (pixels->most, count_whole (MAX (width, height), view)));
  side = (guint) (is_wide ? *longer / shape : *longer * shape);
  *shorter = MAX (side + side % 2, 1);
  grid.width = grid.height = view;
  if (!pixels->splits)
    return grid;

  shape = (double) grid.first_width / grid.first_height;
  if (grid.first_width >= grid.first_height)
    {
      grid.width = count_whole (grid.first_width, view) * view;
      grid.height = count_whole ((guint) (grid.width / shape), view) * view;
    }
  else
    {
      grid.height = count_whole (grid.first_height, view) * view;
      grid.width = count_whole ((guint) (grid.height * shape), view) * view;
    }
  if (grid.width > view || grid.height > view)
    {
      grid.rows = grid.height / view;
      grid.columns = grid.width / view;
    }
  return grid;
}

guint
monocle_smolvlm_count_views (const MonocleSmolvlmGrid *grid)
{
  return grid->rows * grid->columns + 1;
}

guint
monocle_smolvlm_count_most_views (const MonocleSmolvlmPixels *pixels)
{
  MonocleSmolvlmPixels all = *pixels;
  MonocleSmolvlmGrid square;

  all.most = 0;
  square = monocle_smolvlm_plan_views (&all, 1, 1);
  return monocle_smolvlm_count_views (&square);
}

GPtrArray *
monocle_smolvlm_cut_views (const MonocleSmolvlmPixels *pixels,
                           const MonocleSmolvlmGrid *grid,
                           MonocleImage *image,
                           GError **error)
{
  const MonocleResample resample = pixels->settings.resample;
  const guint view = pixels->settings.width;
  g_autoptr (GPtrArray) views
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);
  g_autoptr (MonocleImage) opaque = monocle_image_on_white (image, error);
  g_autoptr (MonocleImage) first = NULL;
  g_autoptr (MonocleImage) whole = NULL;
  MonocleImage *all;

  if (opaque)
    first = monocle_preprocess_resize (opaque, grid->first_width, grid->first_height, resample,
                                       error);
  if (first)
    whole = monocle_preprocess_resize (first, grid->width, grid->height, resample, error);
  if (!whole)
    return NULL;
  for (guint i = 0; i < grid->rows * grid->columns; i++)
    {
      const MonocleResizePart part = {
        .all_width = grid->width,
        .all_height = grid->height,
        .x = i % grid->columns * view,
        .y = i / grid->columns * view,
        .width = view,
        .height = view,
      };
      MonocleImage *cut = monocle_preprocess_resize_part (whole, &part, resample, error);

      if (!cut)
        return NULL;
      g_ptr_array_add (views, cut);
    }
  all = monocle_preprocess_resize (whole, view, view, resample, error);
  if (!all)
    return NULL;
  g_ptr_array_add (views, all);
  return g_steal_pointer (&views);
}
