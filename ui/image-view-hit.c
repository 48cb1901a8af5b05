/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: what is below the pointer. See image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

#define HIT_SLACK    4.0 /* logical pixels beside something that still count as on it */
#define HANDLE_SLACK 8.0
#define SNAP_PX      6.0

MonocleAnnotation *
monocle_image_view_find_object (MonocleImageView *self, double x, double y)
{
  GListModel *objects = G_LIST_MODEL (monocle_presentation_get_objects (self->presentation));
  guint n = g_list_model_get_n_items (objects);
  MonocleAnnotation *found = NULL;
  double px, py, smallest = INFINITY;

  monocle_image_view_to_upright (self, x, y, &px, &py);
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

gboolean
monocle_image_view_is_on_line (MonocleImageView *self,
                               MonocleAnnotation *region,
                               double x,
                               double y)
{
  double px, py;

  monocle_image_view_to_upright (self, x, y, &px, &py);
  return monocle_shape_find_edge (monocle_annotation_get_shape (region), px, py, NULL)
         <= HIT_SLACK / self->zoom;
}

MonocleAnnotation *
monocle_image_view_find_region (MonocleImageView *self, double x, double y, gboolean anywhere)
{
  GtkSelectionModel *regions = monocle_presentation_get_regions (self->presentation);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (regions));
  const double slack = HIT_SLACK / self->zoom;
  MonocleAnnotation *found = NULL;
  double px, py, smallest = INFINITY;

  monocle_image_view_to_upright (self, x, y, &px, &py);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (G_LIST_MODEL (regions), i);
      const MonocleShape *shape = monocle_annotation_get_shape (region);
      double area;

      if (!monocle_shape_hit (shape, px, py, slack))
        continue;
      area = monocle_shape_get_area (shape);
      if (area < smallest
          && (anywhere || gtk_selection_model_is_selected (regions, i)
              || monocle_image_view_is_on_line (self, region, x, y)))
        {
          found = region; /* the list holds it */
          smallest = area;
        }
    }
  return found;
}

/* What has a name is something in the picture, as objects are: of these the smallest is meant. A
 * region without one is a part of the picture that something can lie in; only its line is in front
 * of objects. */
void
monocle_image_view_find (MonocleImageView *self,
                         double x,
                         double y,
                         MonocleAnnotation **object,
                         MonocleAnnotation **region)
{
  double area;

  *object = monocle_image_view_find_object (self, x, y);
  *region = monocle_image_view_find_region (self, x, y, TRUE);
  if (!*object || !*region)
    return;
  area = monocle_shape_get_area (monocle_annotation_get_shape (*object));
  if (*monocle_annotation_get_label (*region)
      && monocle_shape_get_area (monocle_annotation_get_shape (*region)) <= area)
    *object = NULL;
  else
    {
      *region = monocle_image_view_find_region (self, x, y, FALSE);
      if (*region && monocle_image_view_is_on_line (self, *region, x, y))
        *object = NULL;
      else
        *region = NULL;
    }
}

/* The border, where that is near. */
static double
snap_to_side (double at, double side, double reach)
{
  if (at <= reach)
    return 0;
  return at >= side - reach ? side : at;
}

void
monocle_image_view_snap (
    MonocleImageView *self, MonocleAnnotation *but, double x, double y, double *px, double *py)
{
  GListModel *regions = G_LIST_MODEL (monocle_presentation_get_regions (self->presentation));
  const double width = monocle_document_get_width (self->document);
  const double height = monocle_document_get_height (self->document);
  const double reach = SNAP_PX / self->zoom;
  double nearest = self->ctrl_held ? -1 : reach, at_x, at_y;

  monocle_image_view_to_upright (self, x, y, &at_x, &at_y);
  *px = CLAMP (at_x, 0, width);
  *py = CLAMP (at_y, 0, height);
  if (self->ctrl_held)
    return;
  *px = snap_to_side (*px, width, reach);
  *py = snap_to_side (*py, height, reach);
  for (guint i = 0; i < g_list_model_get_n_items (regions); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, i);
      const MonocleShape *shape = monocle_annotation_get_shape (region);
      guint index, n;
      const double distance
          = region == but ? INFINITY : monocle_shape_find_point (shape, at_x, at_y, &index);

      if (distance > nearest)
        continue;
      nearest = distance;
      *px = CLAMP (monocle_shape_get_points (shape, &n)[2 * index], 0, width);
      *py = CLAMP (monocle_shape_get_points (shape, &n)[2 * index + 1], 0, height);
    }
}

gboolean
monocle_image_view_has_handles (MonocleImageView *self)
{
  return self->tool != MONOCLE_TOOL_HAND && self->tool != MONOCLE_TOOL_POINTS
         && !monocle_image_view_has_brush (self) && !self->space_held;
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
  if (monocle_image_view_get_edited (self)) /* has its points instead */
    return -1;
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
