/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/geometry.h"

#include <math.h>

MonocleMatrix
monocle_matrix_turn (guint quarters, double width, double height)
{
  switch (quarters % 4)
    {
    case 1:
      return (MonocleMatrix){ .xy = -1, .yx = 1, .x0 = height };
    case 2:
      return (MonocleMatrix){ .xx = -1, .yy = -1, .x0 = width, .y0 = height };
    case 3:
      return (MonocleMatrix){ .xy = 1, .yx = -1, .y0 = width };
    default:
      return MONOCLE_MATRIX_IDENTITY;
    }
}

MonocleMatrix
monocle_matrix_multiply (const MonocleMatrix *first, const MonocleMatrix *second)
{
  const MonocleMatrix *a = first, *b = second;

  return (MonocleMatrix){ .xx = a->xx * b->xx + a->yx * b->xy,
                          .yx = a->xx * b->yx + a->yx * b->yy,
                          .xy = a->xy * b->xx + a->yy * b->xy,
                          .yy = a->xy * b->yx + a->yy * b->yy,
                          .x0 = a->x0 * b->xx + a->y0 * b->xy + b->x0,
                          .y0 = a->x0 * b->yx + a->y0 * b->yy + b->y0 };
}

MonocleMatrix
monocle_matrix_invert (const MonocleMatrix *self)
{
  const double determinant = self->xx * self->yy - self->xy * self->yx;
  MonocleMatrix back = { .xx = self->yy / determinant,
                         .yx = -self->yx / determinant,
                         .xy = -self->xy / determinant,
                         .yy = self->xx / determinant };

  if (!isnormal (determinant))
    return MONOCLE_MATRIX_IDENTITY;
  back.x0 = -(back.xx * self->x0 + back.xy * self->y0);
  back.y0 = -(back.yx * self->x0 + back.yy * self->y0);
  return back;
}

void
monocle_matrix_map (const MonocleMatrix *self, double *x, double *y)
{
  const double from_x = *x, from_y = *y;

  *x = self->xx * from_x + self->xy * from_y + self->x0;
  *y = self->yx * from_x + self->yy * from_y + self->y0;
}

/* What the range from @low to @high becomes; in the same order where it is only turned round. */
static void
map_range (double scale, double shift, double low, double high, double *from, double *to)
{
  *from = scale * (scale < 0 ? high : low) + shift;
  *to = scale * (scale < 0 ? low : high) + shift;
}

gboolean
monocle_matrix_map_edges (const MonocleMatrix *self, double edges[4])
{
  const double x1 = edges[0], y1 = edges[1], x2 = edges[2], y2 = edges[3];

  if (self->xy == 0.0 && self->yx == 0.0)
    {
      map_range (self->xx, self->x0, x1, x2, &edges[0], &edges[2]);
      map_range (self->yy, self->y0, y1, y2, &edges[1], &edges[3]);
      return TRUE;
    }
  if (self->xx == 0.0 && self->yy == 0.0)
    {
      map_range (self->xy, self->x0, y1, y2, &edges[0], &edges[2]);
      map_range (self->yx, self->y0, x1, x2, &edges[1], &edges[3]);
      return TRUE;
    }
  return FALSE;
}

/* Around the four corners. */
static void
map_around (const MonocleMatrix *self, double edges[4])
{
  double around[4] = { INFINITY, INFINITY, -INFINITY, -INFINITY };

  for (guint i = 0; i < 4; i++)
    {
      double x = edges[i % 2 * 2], y = edges[i / 2 * 2 + 1];

      monocle_matrix_map (self, &x, &y);
      around[0] = MIN (around[0], x);
      around[1] = MIN (around[1], y);
      around[2] = MAX (around[2], x);
      around[3] = MAX (around[3], y);
    }
  for (guint i = 0; i < 4; i++)
    edges[i] = around[i];
}

MonocleBox
monocle_matrix_map_box (const MonocleMatrix *self, const MonocleBox *box)
{
  double edges[4] = { (double) box->x1, (double) box->y1, (double) box->x2, (double) box->y2 };

  if (!monocle_matrix_map_edges (self, edges))
    map_around (self, edges);
  return (MonocleBox){ (float) edges[0], (float) edges[1], (float) edges[2], (float) edges[3] };
}

MonocleRect
monocle_matrix_map_rect (const MonocleMatrix *self, const MonocleRect *rect)
{
  double edges[4] = { rect->x, rect->y, rect->x + rect->width, rect->y + rect->height };

  if (!monocle_matrix_map_edges (self, edges))
    map_around (self, edges);
  return (MonocleRect){ edges[0], edges[1], edges[2] - edges[0], edges[3] - edges[1] };
}

MonocleBox
monocle_rect_to_box (const MonocleRect *self)
{
  return (MonocleBox){ (float) self->x, (float) self->y, (float) (self->x + self->width),
                       (float) (self->y + self->height) };
}

double
monocle_rect_get_overlap (const MonocleRect *a, const MonocleRect *b)
{
  double width = MIN (a->x + a->width, b->x + b->width) - MAX (a->x, b->x);
  double height = MIN (a->y + a->height, b->y + b->height) - MAX (a->y, b->y);
  double shared;

  if (!(width > 0 && height > 0))
    return 0;

  shared = width * height;
  return shared / (a->width * a->height + b->width * b->height - shared);
}
