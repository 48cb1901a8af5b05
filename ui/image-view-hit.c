/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: what is below the pointer. See image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

#define HIT_SLACK    4.0 /* logical pixels beside something that still count as on it */
#define HANDLE_SLACK 8.0

MonocleAnnotation *
monocle_image_view_find_object (MonocleImageView *self, double x, double y)
{
  GListModel *objects = G_LIST_MODEL (monocle_presentation_get_objects (self->presentation));
  guint n = g_list_model_get_n_items (objects);
  MonocleAnnotation *found = NULL;
  const MonocleMatrix matrix = monocle_image_view_get_matrix (self);
  const MonocleMatrix back = monocle_matrix_invert (&matrix);
  double px = x, py = y, smallest = INFINITY;

  monocle_matrix_map (&back, &px, &py);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (objects, i);
      const MonocleShape *shape = monocle_annotation_get_shape (annotation);
      double area;

      if (!monocle_shape_hit (shape, px, py, HIT_SLACK / self->zoom))
        continue;
      area = monocle_shape_get_area (shape);
      if (!found || area < smallest)
        {
          found = annotation; /* the list holds it */
          smallest = area;
        }
    }
  return found;
}

MonocleRect
monocle_image_view_rect_of_region (MonocleImageView *self, MonocleAnnotation *region)
{
  const MonocleRect in_picture = monocle_annotation_get_bounds (region);
  MonocleRect rect;

  monocle_image_view_to_widget (self, &in_picture, &rect);
  return rect;
}

static gboolean
is_within (const MonocleRect *r, double x, double y, double slack)
{
  return x >= r->x - slack && x <= r->x + r->width + slack && y >= r->y - slack
         && y <= r->y + r->height + slack;
}

gboolean
monocle_image_view_is_on_border (const MonocleRect *r, double x, double y)
{
  const MonocleRect inner
      = { r->x + HIT_SLACK, r->y + HIT_SLACK, r->width - 2 * HIT_SLACK, r->height - 2 * HIT_SLACK };

  return is_within (r, x, y, HIT_SLACK)
         && (inner.width <= 0 || inner.height <= 0 || !is_within (&inner, x, y, 0));
}

MonocleAnnotation *
monocle_image_view_find_region (MonocleImageView *self, double x, double y, gboolean anywhere)
{
  GtkSelectionModel *regions = monocle_presentation_get_regions (self->presentation);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (regions));
  MonocleAnnotation *found = NULL;
  double smallest = INFINITY;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (G_LIST_MODEL (regions), i);
      MonocleRect rect = monocle_image_view_rect_of_region (self, region);

      if (rect.width * rect.height < smallest
          && (anywhere || gtk_selection_model_is_selected (regions, i)
                  ? is_within (&rect, x, y, HIT_SLACK)
                  : monocle_image_view_is_on_border (&rect, x, y)))
        {
          found = region; /* the list holds it */
          smallest = rect.width * rect.height;
        }
    }
  return found;
}

gboolean
monocle_image_view_has_handles (MonocleImageView *self)
{
  return self->tool != MONOCLE_TOOL_HAND && !self->space_held;
}

int
monocle_image_view_find_handle (MonocleImageView *self,
                                double x,
                                double y,
                                MonocleAnnotation **region)
{
  g_autoptr (GPtrArray) selected = NULL;

  if (!monocle_image_view_has_handles (self))
    return -1;
  selected = monocle_presentation_get_selected_regions (self->presentation);
  for (guint i = 0; i < selected->len; i++)
    {
      MonocleRect rect = monocle_image_view_rect_of_region (self, selected->pdata[i]);

      for (guint handle = 0; handle < MONOCLE_N_HANDLES; handle++)
        {
          double hx, hy;

          monocle_image_view_get_handle (&rect, handle, &hx, &hy);
          if (monocle_image_view_has_handle (&rect, handle)
              && MAX (fabs (x - hx), fabs (y - hy)) <= HANDLE_SLACK)
            {
              *region = selected->pdata[i]; /* the list holds it */
              return (int) handle;
            }
        }
    }
  return -1;
}
