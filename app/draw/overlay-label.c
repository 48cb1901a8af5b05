/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plates with the names of objects. See overlay-private.h; where they go is label-layout's trade.
 */
#include "config.h"

#include <math.h>

#include "app/draw/overlay-private.h"

#define LABEL_PADDING_X 0.40
#define LABEL_PADDING_Y 0.14
#define LABEL_RADIUS    0.28
#define LABEL_MAX_WIDTH 24.0
/* Of the plate of what is selected. */
#define SELECTED_RIM 1.5
#define MIN_FONT_PX  9.0
/* From this many labels on they get smaller, down to a part of their size. */
#define CROWD        30.0
#define CROWDED_FONT 0.72
/* Plates keep so far off a region that is selected. */
#define HANDLES 0.5
/* When plates thin out: objects smaller than this many times the font have none; plates take up no
 * more than a part of what is seen, the largest objects' first; and none lies on another with more
 * than a part of it. */
#define THIN_OUT     0.9
#define THIN_ROOM    0.12
#define THIN_COVERED 0.05

static PangoContext *
new_context (cairo_t *cr, double font_px)
{
  PangoContext *context = pango_cairo_create_context (cr);
  PangoFontDescription *font = pango_font_description_from_string ("Sans");
  cairo_font_options_t *options = cairo_font_options_create ();

  pango_font_description_set_absolute_size (font, font_px * PANGO_SCALE);
  pango_context_set_font_description (context, font);
  pango_font_description_free (font);

  /* The same widths on every surface. */
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);

  return context;
}

static char *
format_markup (const char *label, float score)
{
  g_autofree char *escaped = g_markup_escape_text (label, -1);

  if (isnan (score))
    return g_steal_pointer (&escaped);
  return g_strdup_printf ("%s%s<span alpha=\"75%%\">%.0f%%</span>", escaped,
                          *escaped ? "\u2002" : "", 100 * (double) score);
}

static PangoLayout *
new_layout (PangoContext *context, const MonocleOverlayItem *item, double room)
{
  PangoLayout *layout = pango_layout_new (context);
  g_autofree char *markup = format_markup (item->label, item->score);
  int width;

  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, -1);
  pango_layout_set_markup (layout, markup, -1);
  pango_layout_get_size (layout, &width, NULL);
  if (width > room * PANGO_SCALE)
    pango_layout_set_width (layout, (int) (room * PANGO_SCALE));
  return layout;
}

static void
draw_plate (const MonocleOverlayCanvas *canvas,
            PangoLayout *layout,
            const MonocleOverlayThing *thing,
            const MonocleLabel *label,
            double font_px)
{
  MonocleRect plate = { label->x, label->y, label->width, label->height };
  MonocleColour ink = monocle_overlay_white;
  double casing = MAX (0.7, font_px * MONOCLE_OVERLAY_CASING_WIDTH);
  cairo_t *cr = canvas->cr;

  if (monocle_palette_text_is_dark (thing->colour))
    ink = monocle_overlay_casing_colour;

  cairo_new_path (cr);
  monocle_overlay_trace_rounded (cr, plate, font_px * LABEL_RADIUS);
  monocle_overlay_set_colour (cr, monocle_overlay_casing_colour, 0.55);
  if (thing->item->emphasis & MONOCLE_EMPHASIS_SELECTED)
    {
      cairo_set_line_width (cr, 2 * (casing + SELECTED_RIM));
      cairo_stroke_preserve (cr);
      monocle_overlay_set_colour (cr, monocle_overlay_white, 1);
      cairo_set_line_width (cr, 2 * SELECTED_RIM);
    }
  else
    cairo_set_line_width (cr, 2 * casing);
  cairo_stroke_preserve (cr);
  monocle_overlay_set_colour (cr, thing->colour, 0.96);
  cairo_fill (cr);

  monocle_overlay_set_colour (cr, ink, 1);
  cairo_move_to (cr, plate.x + font_px * LABEL_PADDING_X, plate.y + font_px * LABEL_PADDING_Y);
  pango_cairo_show_layout (cr, layout);
}

/* A plate fades as a whole: the score's own alpha would not follow, and the casing would shine
 * through. */
static void
draw_label (const MonocleOverlayCanvas *canvas,
            PangoLayout *layout,
            const MonocleOverlayThing *thing,
            const MonocleLabel *label,
            double font_px)
{
  const double around = 2 * (SELECTED_RIM + font_px * MONOCLE_OVERLAY_CASING_WIDTH);
  cairo_t *cr = canvas->cr;

  if (thing->alpha >= 1)
    {
      draw_plate (canvas, layout, thing, label, font_px);
      return;
    }
  cairo_save (cr);
  /* A group is as large as the clip. */
  cairo_rectangle (cr, floor (label->x - around), floor (label->y - around),
                   ceil (label->width + 2 * around) + 1, ceil (label->height + 2 * around) + 1);
  cairo_clip (cr);
  cairo_push_group (cr);
  draw_plate (canvas, layout, thing, label, font_px);
  cairo_pop_group_to_source (cr);
  cairo_paint_with_alpha (cr, thing->alpha);
  cairo_restore (cr);
}

/* The part of @a that is in @b; where there is none, the nearest edge of @b. */
static MonocleRect
cut (MonocleRect a, MonocleRect b)
{
  double x1 = CLAMP (a.x, b.x, b.x + b.width), y1 = CLAMP (a.y, b.y, b.y + b.height);
  double x2 = CLAMP (a.x + a.width, b.x, b.x + b.width);
  double y2 = CLAMP (a.y + a.height, b.y, b.y + b.height);

  return (MonocleRect){ x1, y1, x2 - x1, y2 - y1 };
}

static MonocleRect
grow (MonocleRect r, double by)
{
  return (MonocleRect){ r.x - by, r.y - by, r.width + 2 * by, r.height + 2 * by };
}

static gboolean
meets (MonocleRect a, MonocleRect b)
{
  return a.x <= b.x + b.width && a.x + a.width >= b.x && a.y <= b.y + b.height
         && a.y + a.height >= b.y;
}

static gboolean
contains (MonocleRect a, MonocleRect b)
{
  return a.x <= b.x && a.y <= b.y && a.x + a.width >= b.x + b.width
         && a.y + a.height >= b.y + b.height;
}

static gboolean
has_plate (const MonocleOverlayCanvas *canvas, const MonocleOverlayThing *thing, double font_px)
{
  double least = THIN_OUT * font_px;

  if (!thing->item->label || !*thing->item->label)
    return FALSE;
  return !canvas->options->thin_out || monocle_overlay_is_region (thing->item)
         || monocle_overlay_thing_is_emphasised (thing)
         || MAX (thing->bounds.width, thing->bounds.height) >= least;
}

static int
compare_objects (gconstpointer a, gconstpointer b)
{
  const MonocleLabel *p = *(const MonocleLabel *const *) a, *q = *(const MonocleLabel *const *) b;
  double p_size = p->object.width * p->object.height, q_size = q->object.width * q->object.height;

  if (!p->first != !q->first)
    return p->first ? -1 : 1;
  return p_size > q_size ? -1 : p_size < q_size ? 1 : 0;
}

/* Takes away plates until the rest leaves room to see what is below. */
static void
thin_out (MonocleLabel *labels, guint n_labels, double room)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  double taken = 0;

  for (guint i = 0; i < n_labels; i++)
    if (labels[i].width > 0)
      g_ptr_array_add (sorted, &labels[i]);
  g_ptr_array_sort (sorted, compare_objects);
  for (guint i = 0; i < sorted->len; i++)
    {
      MonocleLabel *label = sorted->pdata[i];

      taken += label->width * label->height;
      if (taken > room && !label->first && i > 0)
        label->width = label->height = 0;
    }
}

void
monocle_overlay_draw_labels (const MonocleOverlayCanvas *canvas, GArray *things)
{
  const MonocleOverlayOptions *options = canvas->options;
  const gboolean partly = !contains (options->visible, options->area);
  const MonocleRect limits = partly ? cut (options->area, options->visible) : options->area;
  double font_px = options->font_px;
  double inset = MAX (0.7, font_px * MONOCLE_OVERLAY_CASING_WIDTH);
  PangoContext *context;
  g_autoptr (GPtrArray) layouts = g_ptr_array_new ();
  g_autofree MonocleLabel *labels = g_new0 (MonocleLabel, things->len + 1);
  g_autofree guint *owners = g_new0 (guint, things->len + 1);
  guint n_labels = 0;
  double room;

  font_px = MAX (font_px * CLAMP (sqrt (CROWD / MAX (things->len, 1)), CROWDED_FONT, 1),
                 MIN (font_px, MIN_FONT_PX));
  room = MIN (font_px * LABEL_MAX_WIDTH, limits.width - 2 * inset) - 2 * font_px * LABEL_PADDING_X;
  context = new_context (canvas->cr, font_px);

  for (guint i = 0; i < things->len; i++)
    {
      const MonocleOverlayThing *thing = &g_array_index (things, MonocleOverlayThing, i);
      MonocleLabel *label = &labels[n_labels];
      PangoLayout *layout = NULL;

      /* What is named is named in view, as long as a part of it is seen. */
      if (partly && !meets (thing->bounds, limits))
        continue;
      label->object = partly ? cut (thing->bounds, limits) : thing->bounds;
      /* The canvas draws handles there. */
      if (monocle_overlay_is_region (thing->item)
          && thing->item->emphasis & MONOCLE_EMPHASIS_SELECTED)
        label->object = grow (label->object, HANDLES * font_px);
      label->object.x -= limits.x + inset;
      label->object.y -= limits.y + inset;
      if (has_plate (canvas, thing, font_px))
        {
          PangoRectangle extents;

          label->first = monocle_overlay_is_region (thing->item)
                         || monocle_overlay_thing_is_emphasised (thing);
          layout = new_layout (context, thing->item, MAX (room, font_px));
          pango_layout_get_extents (layout, NULL, &extents);
          label->width = (double) extents.width / PANGO_SCALE + 2 * font_px * LABEL_PADDING_X;
          label->height = (double) extents.height / PANGO_SCALE + 2 * font_px * LABEL_PADDING_Y;
        }
      else if (monocle_overlay_is_region (thing->item))
        continue; /* no object that a plate could hide */
      owners[n_labels++] = i;
      g_ptr_array_add (layouts, layout);
    }

  if (options->thin_out)
    thin_out (labels, n_labels, THIN_ROOM * limits.width * limits.height);
  monocle_label_layout_place (labels, n_labels, limits.width - 2 * inset,
                              limits.height - 2 * inset);
  for (guint i = 0; i < n_labels; i++)
    {
      if (!layouts->pdata[i])
        continue;
      labels[i].x += limits.x + inset;
      labels[i].y += limits.y + inset;
      if (labels[i].width > 0
          && (!options->thin_out || labels[i].first || labels[i].covered <= THIN_COVERED))
        draw_label (canvas, layouts->pdata[i],
                    &g_array_index (things, MonocleOverlayThing, owners[i]), &labels[i], font_px);
      g_object_unref (layouts->pdata[i]);
    }
  g_object_unref (context);
}

char *
monocle_overlay_write_order (guint number, const char *label)
{
  return g_strdup_printf ("%u %s", number, label);
}
