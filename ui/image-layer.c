/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/image-layer.h"

#include <math.h>
#include <string.h>

struct _MonocleImageLayer
{
  GskRenderNode *node;        /* (nullable) */
  GskRenderNode *ground_node; /* (nullable): the dimming, where what moves is cut out of it */
  cairo_surface_t *ground;    /* (nullable): the same */

  /* What it shows. */
  GArray *items; /* of MonocleOverlayItem; shapes and labels are its own */
  MonocleOverlayOptions options;
  MonocleImage *image; /* (nullable) */
  MonocleRect bounds;
  int scale;
};

static void
clear_item (gpointer data)
{
  MonocleOverlayItem *item = data;

  monocle_shape_unref ((MonocleShape *) item->shape);
  g_free ((char *) item->label);
}

MonocleImageLayer *
monocle_image_layer_new (void)
{
  MonocleImageLayer *self = g_new0 (MonocleImageLayer, 1);

  self->items = g_array_new (FALSE, FALSE, sizeof (MonocleOverlayItem));
  g_array_set_clear_func (self->items, clear_item);
  return self;
}

static void
clear (MonocleImageLayer *self)
{
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_clear_pointer (&self->ground_node, gsk_render_node_unref);
  g_clear_pointer (&self->ground, cairo_surface_destroy);
}

void
monocle_image_layer_free (MonocleImageLayer *self)
{
  if (!self)
    return;
  clear (self);
  g_clear_pointer (&self->image, monocle_image_unref);
  g_array_unref (self->items);
  g_free (self);
}

/* --- Whether it is the same --- */

/* Numbers that are copied, not counted: no number is as no number. */
static gboolean
is_same (double a, double b)
{
  return !(a < b) && !(a > b) && isnan (a) == isnan (b);
}

static gboolean
is_same_rect (const MonocleRect *a, const MonocleRect *b)
{
  return is_same (a->x, b->x) && is_same (a->y, b->y) && is_same (a->width, b->width)
         && is_same (a->height, b->height);
}

static gboolean
is_same_matrix (const cairo_matrix_t *a, const cairo_matrix_t *b)
{
  return is_same (a->xx, b->xx) && is_same (a->xy, b->xy) && is_same (a->yx, b->yx)
         && is_same (a->yy, b->yy) && is_same (a->x0, b->x0) && is_same (a->y0, b->y0);
}

static gboolean
has_options (MonocleImageLayer *self, const MonocleOverlayOptions *options)
{
  const MonocleOverlayOptions *mine = &self->options;

  return mine->style == options->style && mine->part == options->part
         && is_same (mine->opacity, options->opacity) && is_same (mine->font_px, options->font_px)
         && is_same (mine->line_px, options->line_px) && mine->show_labels == options->show_labels
         && mine->dashes == options->dashes && mine->thin_out == options->thin_out
         && mine->quarters == options->quarters
         && is_same_matrix (&mine->to_surface, &options->to_surface)
         && is_same_rect (&mine->area, &options->area)
         && is_same_rect (&mine->visible, &options->visible);
}

/* Shapes never change: the same one is the same place. */
static gboolean
has_items (MonocleImageLayer *self, const MonocleOverlayItem *items, guint n_items)
{
  if (self->items->len != n_items)
    return FALSE;
  for (guint i = 0; i < n_items; i++)
    {
      const MonocleOverlayItem *a = &g_array_index (self->items, MonocleOverlayItem, i);
      const MonocleOverlayItem *b = &items[i];

      if (a->shape != b->shape || a->role != b->role || a->colour != b->colour
          || a->emphasis != b->emphasis || !is_same ((double) a->score, (double) b->score)
          || !is_same (a->alpha, b->alpha) || g_strcmp0 (a->label, b->label) != 0)
        return FALSE;
    }
  return TRUE;
}

static void
remember (MonocleImageLayer *self,
          const MonocleOverlayItem *items,
          guint n_items,
          const MonocleOverlayOptions *options,
          MonocleImage *image)
{
  g_array_set_size (self->items, 0);
  for (guint i = 0; i < n_items; i++)
    {
      MonocleOverlayItem item = items[i];

      item.shape = monocle_shape_ref (item.shape);
      item.label = g_strdup (item.label);
      g_array_append_val (self->items, item);
    }
  self->options = *options;
  g_clear_pointer (&self->image, monocle_image_unref);
  self->image = image ? monocle_image_ref (image) : NULL;
}

/* --- Drawn --- */

/* As pixels: whoever draws a frame need not go through all that is there again. */
static cairo_surface_t *
draw (MonocleImageLayer *self, MonocleOverlayPart part)
{
  MonocleOverlayOptions options = self->options;
  const MonocleRect *area = &options.area;
  const int width = (int) ceil (self->bounds.width * self->scale);
  const int height = (int) ceil (self->bounds.height * self->scale);
  cairo_surface_t *surface = cairo_image_surface_create (
      part == MONOCLE_OVERLAY_GROUND ? CAIRO_FORMAT_A8 : CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr;

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_destroy (surface);
      return NULL;
    }
  options.part = part;
  cairo_surface_set_device_scale (surface, self->scale, self->scale);
  cr = cairo_create (surface);
  cairo_translate (cr, -self->bounds.x, -self->bounds.y);
  cairo_rectangle (cr, area->x, area->y, area->width, area->height);
  cairo_clip (cr);
  monocle_overlay_draw ((const MonocleOverlayItem *) (gpointer) self->items->data, self->items->len,
                        &options, self->image, cr);
  cairo_destroy (cr);
  return surface;
}

static graphene_rect_t
get_rect (MonocleImageLayer *self)
{
  return GRAPHENE_RECT_INIT ((float) self->bounds.x, (float) self->bounds.y,
                             (float) self->bounds.width, (float) self->bounds.height);
}

static GskRenderNode *
make_node (MonocleImageLayer *self, cairo_surface_t *surface)
{
  const graphene_rect_t rect = get_rect (self);
  GskRenderNode *node;
  cairo_t *cr;

  if (!surface)
    return NULL;
  node = gsk_cairo_node_new (&rect);
  /* Of a texture as a whole a copy would be made for each frame that shows a part of it. */
  cr = gsk_cairo_node_get_draw_context (node);
  if (cairo_image_surface_get_format (surface) == CAIRO_FORMAT_A8)
    cairo_mask_surface (cr, surface, self->bounds.x, self->bounds.y); /* in black */
  else
    {
      cairo_set_source_surface (cr, surface, self->bounds.x, self->bounds.y);
      cairo_paint (cr);
    }
  cairo_destroy (cr);
  return node;
}

/* What @shape covers of what is drawn, in whole units. */
static MonocleRect
measure (MonocleImageLayer *self, const MonocleShape *shape)
{
  const MonocleRect r = monocle_shape_get_bounds (shape);
  const double corners[4][2] = {
    { r.x, r.y }, { r.x + r.width, r.y }, { r.x, r.y + r.height }, { r.x + r.width, r.y + r.height }
  };
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;

  for (guint i = 0; i < G_N_ELEMENTS (corners); i++)
    {
      double x = corners[i][0], y = corners[i][1];

      cairo_matrix_transform_point (&self->options.to_surface, &x, &y);
      left = MIN (left, x);
      right = MAX (right, x);
      top = MIN (top, y);
      bottom = MAX (bottom, y);
    }
  left = MAX (floor (left) - 1, self->bounds.x);
  top = MAX (floor (top) - 1, self->bounds.y);
  right = MIN (ceil (right) + 1, self->bounds.x + self->bounds.width);
  bottom = MIN (ceil (bottom) + 1, self->bounds.y + self->bounds.height);
  return (MonocleRect){ left, top, right - left, bottom - top };
}

/* There the picture is drawn once more, and the dimming without what is inside of what moves: all
 * around nothing is new, and is not drawn again. */
static void
append_patch (MonocleImageLayer *self,
              const MonocleRect *at,
              const MonocleOverlayItem *moving,
              guint n_moving,
              const MonocleImageGround *ground,
              GtkSnapshot *snapshot)
{
  const graphene_rect_t rect
      = GRAPHENE_RECT_INIT ((float) at->x, (float) at->y, (float) at->width, (float) at->height);
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_A8, (int) at->width * self->scale, (int) at->height * self->scale);
  cairo_t *cr;

  cairo_surface_set_device_scale (surface, self->scale, self->scale);
  cr = cairo_create (surface);
  cairo_translate (cr, -at->x, -at->y);
  cairo_set_source_surface (cr, self->ground, self->bounds.x, self->bounds.y);
  cairo_paint (cr);
  monocle_overlay_cut (moving, n_moving, &self->options, cr);
  cairo_destroy (cr);
  gtk_snapshot_push_clip (snapshot, &rect);
  ground->draw (ground->data, snapshot);
  cr = gtk_snapshot_append_cairo (snapshot, &rect);
  cairo_mask_surface (cr, surface, at->x, at->y);
  cairo_destroy (cr);
  gtk_snapshot_pop (snapshot);
  cairo_surface_destroy (surface);
}

static gboolean
has_object (const MonocleOverlayItem *items, guint n_items)
{
  for (guint i = 0; i < n_items; i++)
    if (items[i].role == MONOCLE_OVERLAY_OBJECT)
      return TRUE;
  return FALSE;
}

static void
draw_anew (MonocleImageLayer *self)
{
  cairo_surface_t *surface = draw (self, self->options.part);

  clear (self);
  self->node = make_node (self, surface);
  g_clear_pointer (&surface, cairo_surface_destroy);
  if (self->options.part == MONOCLE_OVERLAY_THINGS)
    self->ground = draw (self, MONOCLE_OVERLAY_GROUND);
  self->ground_node = make_node (self, self->ground);
}

gboolean
monocle_image_layer_snapshot (MonocleImageLayer *self,
                              const MonocleOverlayItem *items,
                              guint n_items,
                              const MonocleImageGround *ground,
                              const MonocleOverlayOptions *options,
                              MonocleImage *image,
                              const MonocleRect *bounds,
                              int scale,
                              GtkSnapshot *snapshot)
{
  const gboolean splits = options->style == MONOCLE_OVERLAY_STYLE_SPOTLIGHT && ground
                          && has_object (ground->moving, ground->n_moving);
  MonocleOverlayOptions own = *options;
  gboolean is_new;

  own.part = splits ? MONOCLE_OVERLAY_THINGS : MONOCLE_OVERLAY_WHOLE;
  is_new = !self->node || self->image != image || self->scale != scale
           || !is_same_rect (&self->bounds, bounds) || !has_options (self, &own)
           || !has_items (self, items, n_items);

  if (n_items == 0 && !splits)
    {
      clear (self);
      return FALSE;
    }
  if (is_new)
    {
      remember (self, items, n_items, &own, image);
      self->bounds = *bounds;
      self->scale = scale;
      draw_anew (self);
    }
  if (self->ground_node)
    gtk_snapshot_append_node (snapshot, self->ground_node);
  for (guint i = 0; self->ground && i < ground->n_moving; i++)
    {
      const MonocleRect at = measure (self, ground->moving[i].shape);

      if (at.width > 0 && at.height > 0)
        append_patch (self, &at, ground->moving, ground->n_moving, ground, snapshot);
    }
  if (self->node)
    gtk_snapshot_append_node (snapshot, self->node);
  return is_new;
}
