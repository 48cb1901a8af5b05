/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What lies on a picture. See overlay.h.
 */
#include "config.h"

#include "app/draw/overlay.h"

#include <math.h>

#include "app/draw/overlay-private.h"

#define DIMMED_ALPHA 0.35

const MonocleColour monocle_overlay_casing_colour = { 0.06, 0.06, 0.09 };
const MonocleColour monocle_overlay_white = { 1, 1, 1 };

static const char *const style_ids[] = {
  [MONOCLE_OVERLAY_STYLE_BOX] = "box",   [MONOCLE_OVERLAY_STYLE_CORNERS] = "corners",
  [MONOCLE_OVERLAY_STYLE_MASK] = "mask", [MONOCLE_OVERLAY_STYLE_SPOTLIGHT] = "spotlight",
  [MONOCLE_OVERLAY_STYLE_BLUR] = "blur",
};

const char *
monocle_overlay_style_get_id (MonocleOverlayStyle style)
{
  g_return_val_if_fail ((guint) style < G_N_ELEMENTS (style_ids), style_ids[0]);
  return style_ids[style];
}

gboolean
monocle_overlay_style_find (const char *id, MonocleOverlayStyle *style)
{
  for (guint i = 0; i < G_N_ELEMENTS (style_ids); i++)
    if (g_strcmp0 (id, style_ids[i]) == 0)
      {
        *style = (MonocleOverlayStyle) i;
        return TRUE;
      }
  return FALSE;
}

/* --- What there is to draw --- */

static MonocleColour
brighten (MonocleColour colour)
{
  return (MonocleColour){ 0.75 * colour.red + 0.25, 0.75 * colour.green + 0.25,
                          0.75 * colour.blue + 0.25 };
}

static double
get_size (const MonocleOverlayThing *thing)
{
  return thing->bounds.width * thing->bounds.height;
}

/* Large ones first, so that they do not lie on small ones; what is hovered or selected and the
 * regions on top, these in their order. */
static int
compare_things (gconstpointer a, gconstpointer b)
{
  const MonocleOverlayThing *p = a, *q = b;
  gboolean p_region = monocle_overlay_is_region (p->item);
  gboolean q_region = monocle_overlay_is_region (q->item);
  gboolean p_first = !monocle_overlay_thing_is_emphasised (p);
  gboolean q_first = !monocle_overlay_thing_is_emphasised (q);

  if (p_region != q_region)
    return p_region ? 1 : -1;
  if (p_region)
    return 0;
  if (p_first != q_first)
    return p_first ? -1 : 1;
  return get_size (p) > get_size (q) ? -1 : get_size (p) < get_size (q) ? 1 : 0;
}

static GArray *
list_things (const MonocleOverlayItem *items, guint n_items, const MonocleOverlayOptions *options)
{
  GArray *things = g_array_sized_new (FALSE, FALSE, sizeof (MonocleOverlayThing), n_items);

  for (guint i = 0; i < n_items; i++)
    {
      MonocleOverlayThing thing = { .item = &items[i] };

      if (!monocle_overlay_measure (items[i].shape, &options->to_surface, &thing.bounds))
        continue;
      thing.colour = items[i].colour == MONOCLE_OVERLAY_PLAIN
                         ? monocle_overlay_white
                         : monocle_palette_get (items[i].colour);
      if (items[i].emphasis & MONOCLE_EMPHASIS_HOVERED)
        thing.colour = brighten (thing.colour);
      thing.alpha = CLAMP (items[i].alpha, 0, 1);
      if (items[i].emphasis & MONOCLE_EMPHASIS_DIMMED)
        thing.alpha *= DIMMED_ALPHA;
      g_array_append_val (things, thing);
    }
  g_array_sort (things, compare_things);
  return things;
}

/* With some room for lines and what is beside them. */
static gboolean
is_visible (const MonocleOverlayThing *thing, const MonocleOverlayCanvas *canvas)
{
  const MonocleRect *view = &canvas->options->visible, *r = &thing->bounds;
  double slack = 2 * (canvas->line + canvas->casing);

  return r->x - slack < view->x + view->width && r->x + r->width + slack > view->x
         && r->y - slack < view->y + view->height && r->y + r->height + slack > view->y;
}

/* --- In order --- */

static void
draw_shapes (const MonocleOverlayCanvas *canvas, GArray *things)
{
  MonocleOverlayStyle style = canvas->options->style;

  /* All of them before any line, which would be hidden by the next. */
  if (style == MONOCLE_OVERLAY_STYLE_BLUR)
    for (guint i = 0; i < things->len; i++)
      {
        const MonocleOverlayThing *thing = &g_array_index (things, MonocleOverlayThing, i);

        if (!monocle_overlay_is_region (thing->item) && !monocle_overlay_is_line (thing->item)
            && is_visible (thing, canvas))
          monocle_overlay_draw_blur (canvas, thing);
      }

  for (guint i = 0; i < things->len; i++)
    {
      const MonocleOverlayThing *thing = &g_array_index (things, MonocleOverlayThing, i);

      if (is_visible (thing, canvas))
        monocle_overlay_draw_shape (canvas, thing);
    }
}

static MonocleOverlayCanvas
get_canvas (const MonocleOverlayOptions *options, const MonocleImage *image, cairo_t *cr)
{
  const cairo_matrix_t *m = &options->to_surface;
  MonocleOverlayCanvas canvas = { .options = options, .image = image, .cr = cr };

  canvas.line = options->line_px > 0 ? options->line_px
                                     : MAX (1.5, options->font_px * MONOCLE_OVERLAY_LINE_WIDTH);
  canvas.casing
      = MAX (0.7, canvas.line * (MONOCLE_OVERLAY_CASING_WIDTH / MONOCLE_OVERLAY_LINE_WIDTH));
  canvas.straight = (m->xy == 0.0 && m->yx == 0.0) || (m->xx == 0.0 && m->yy == 0.0);
  return canvas;
}

void
monocle_overlay_draw (const MonocleOverlayItem *items,
                      guint n_items,
                      const MonocleOverlayOptions *options,
                      const MonocleImage *image,
                      cairo_t *cr)
{
  const MonocleOverlayCanvas canvas = get_canvas (options, image, cr);
  g_autoptr (GArray) things = NULL;

  g_return_if_fail (items != NULL || n_items == 0);

  things = list_things (items, n_items, options);
  cairo_save (cr);
  if (options->style == MONOCLE_OVERLAY_STYLE_SPOTLIGHT && options->part != MONOCLE_OVERLAY_THINGS)
    monocle_overlay_draw_spotlight (&canvas, things);
  if (options->part != MONOCLE_OVERLAY_GROUND)
    {
      draw_shapes (&canvas, things);
      if (options->show_labels)
        monocle_overlay_draw_labels (&canvas, things);
    }
  cairo_restore (cr);
}

void
monocle_overlay_cut (const MonocleOverlayItem *items,
                     guint n_items,
                     const MonocleOverlayOptions *options,
                     cairo_t *cr)
{
  const MonocleOverlayCanvas canvas = get_canvas (options, NULL, cr);
  g_autoptr (GArray) things = NULL;

  g_return_if_fail (items != NULL || n_items == 0);

  things = list_things (items, n_items, options);
  cairo_save (cr);
  monocle_overlay_cut_out (&canvas, things);
  cairo_restore (cr);
}
