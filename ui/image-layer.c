/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/image-layer.h"

#include <math.h>
#include <string.h>

struct _MonocleImageLayer
{
  GskRenderNode *node; /* (nullable) */

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

void
monocle_image_layer_free (MonocleImageLayer *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->node, gsk_render_node_unref);
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

  return mine->style == options->style && is_same (mine->opacity, options->opacity)
         && is_same (mine->font_px, options->font_px) && is_same (mine->line_px, options->line_px)
         && mine->show_labels == options->show_labels && mine->dashes == options->dashes
         && mine->thin_out == options->thin_out && mine->quarters == options->quarters
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
static GskRenderNode *
draw (MonocleImageLayer *self)
{
  const MonocleRect *area = &self->options.area;
  const int width = (int) ceil (self->bounds.width * self->scale);
  const int height = (int) ceil (self->bounds.height * self->scale);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  GskRenderNode *node;
  cairo_t *cr;

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_destroy (surface);
      return NULL;
    }
  cairo_surface_set_device_scale (surface, self->scale, self->scale);
  cr = cairo_create (surface);
  cairo_translate (cr, -self->bounds.x, -self->bounds.y);
  cairo_rectangle (cr, area->x, area->y, area->width, area->height);
  cairo_clip (cr);
  monocle_overlay_draw ((const MonocleOverlayItem *) (gpointer) self->items->data, self->items->len,
                        &self->options, self->image, cr);
  cairo_destroy (cr);
  node = gsk_cairo_node_new (&GRAPHENE_RECT_INIT ((float) self->bounds.x, (float) self->bounds.y,
                                                  (float) self->bounds.width,
                                                  (float) self->bounds.height));
  /* Of a texture as a whole a copy would be made for each frame that shows a part of it. */
  cr = gsk_cairo_node_get_draw_context (node);
  cairo_set_source_surface (cr, surface, self->bounds.x, self->bounds.y);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return node;
}

gboolean
monocle_image_layer_snapshot (MonocleImageLayer *self,
                              const MonocleOverlayItem *items,
                              guint n_items,
                              const MonocleOverlayOptions *options,
                              MonocleImage *image,
                              const MonocleRect *bounds,
                              int scale,
                              GtkSnapshot *snapshot)
{
  gboolean is_new = !self->node || self->image != image || self->scale != scale
                    || !is_same_rect (&self->bounds, bounds) || !has_options (self, options)
                    || !has_items (self, items, n_items);

  if (n_items == 0)
    {
      g_clear_pointer (&self->node, gsk_render_node_unref);
      return FALSE;
    }
  if (is_new)
    {
      remember (self, items, n_items, options, image);
      self->bounds = *bounds;
      self->scale = scale;
      g_clear_pointer (&self->node, gsk_render_node_unref);
      self->node = draw (self);
    }
  if (self->node)
    gtk_snapshot_append_node (snapshot, self->node);
  return is_new;
}
