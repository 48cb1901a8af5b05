/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/render.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <pango/pangocairo.h>

#include "app/label-layout.h"
#include "app/palette.h"

/* All lengths are multiples of the font size, so that a picture looks the same at every size. */
#define LINE_WIDTH      0.17
#define CASING_WIDTH    0.07
#define LABEL_PADDING_X 0.40
#define LABEL_PADDING_Y 0.14
#define LABEL_RADIUS    0.28
#define LABEL_MAX_WIDTH 24.0
#define STRIP_PADDING   1.1
#define STRIP_FONT      1.15
#define MIN_FONT_PX     9.0
/* From this many labels on they get smaller, down to a part of their size. */
#define CROWD        30.0
#define CROWDED_FONT 0.72

#define BOX_FILL     0.10
#define QUAD_FILL    0.16
#define POLYGON_FILL 0.38
/* An answer about a region goes onto the region when it is this short, into the strip otherwise. */
#define SHORT_ANSWER_CHARS 28

static const MonocleColour casing_colour = { 0.06, 0.06, 0.09 };
static const MonocleColour region_colour = { 1, 1, 1 };

/* One thing that is drawn: an object of a result, or a region that was asked about. */
typedef struct
{
  const MonocleObject *object;
  const MonocleBox *region;
  MonocleRect bounds;
  MonocleColour colour;
  char *markup;
} Item;

static void
item_clear (Item *item)
{
  g_free (item->markup);
}

/* Font size in pixels: grows a little slower than the picture, as large ones are looked at from
 * further away, and leaves room in panoramas. */
static double
choose_font_px (const MonocleScene *scene)
{
  double width = monocle_image_get_width (scene->image);
  double height = monocle_image_get_height (scene->image);
  double size = 14.5 * pow (sqrt (width * height) / 600, 0.9);

  return MAX (MIN_FONT_PX, MIN (size, MIN (width, height) / 9));
}

static PangoLayout *
new_layout (cairo_t *cr, double font_px)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string ("Sans");
  cairo_font_options_t *options = cairo_font_options_create ();

  pango_font_description_set_absolute_size (font, font_px * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);

  /* The same line breaks on every surface. */
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (pango_layout_get_context (layout), options);
  cairo_font_options_destroy (options);
  pango_layout_context_changed (layout);

  return layout;
}

/* --- What there is to draw --- */

static MonocleRect
bounds_of_points (const float *points, guint n_points)
{
  double x1 = points[0], y1 = points[1], x2 = x1, y2 = y1;

  for (guint i = 1; i < n_points; i++)
    {
      x1 = MIN (x1, points[2 * i]);
      y1 = MIN (y1, points[2 * i + 1]);
      x2 = MAX (x2, points[2 * i]);
      y2 = MAX (y2, points[2 * i + 1]);
    }
  return (MonocleRect){ x1, y1, x2 - x1, y2 - y1 };
}

/* Models do write boxes whose right lies left of their left. */
static MonocleRect
bounds_of_box (const MonocleBox *box)
{
  return bounds_of_points (&box->x1, 2);
}

static gboolean
bounds_of_object (const MonocleObject *object, MonocleRect *bounds)
{
  gboolean any = FALSE;

  switch (object->shape)
    {
    case MONOCLE_SHAPE_BOX:
      *bounds = bounds_of_box (&object->box);
      return TRUE;

    case MONOCLE_SHAPE_QUAD:
      *bounds = bounds_of_points (object->quad, 4);
      return TRUE;

    case MONOCLE_SHAPE_POLYGONS:
      for (guint i = 0; i < object->n_polygons; i++)
        if (object->polygons[i].n_points > 0)
          {
            MonocleRect one
                = bounds_of_points (object->polygons[i].points, object->polygons[i].n_points);

            if (any)
              {
                double right = MAX (bounds->x + bounds->width, one.x + one.width);
                double bottom = MAX (bounds->y + bounds->height, one.y + one.height);

                bounds->x = MIN (bounds->x, one.x);
                bounds->y = MIN (bounds->y, one.y);
                bounds->width = right - bounds->x;
                bounds->height = bottom - bounds->y;
              }
            else
              *bounds = one;
            any = TRUE;
          }
      return any;

    default:
      g_return_val_if_reached (FALSE);
    }
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

static gboolean
answers_are_short (const MonocleScene *scene)
{
  for (guint i = 0; i < scene->results->len; i++)
    {
      const char *text = monocle_result_get_text (scene->results->pdata[i]);

      if (text && (g_utf8_strlen (text, -1) > SHORT_ANSWER_CHARS || strchr (text, '\n')))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_strip (const MonocleScene *scene)
{
  gboolean any_text = FALSE;

  for (guint i = 0; i < scene->results->len; i++)
    any_text |= monocle_result_get_text (scene->results->pdata[i]) != NULL;

  return any_text && (scene->n_regions == 0 || !answers_are_short (scene));
}

static void
add_regions (const MonocleScene *scene, GArray *items)
{
  gboolean strip = has_strip (scene);

  for (guint i = 0; i < scene->n_regions; i++)
    {
      MonocleResult *result = i < scene->results->len ? scene->results->pdata[i] : NULL;
      const char *text = result ? monocle_result_get_text (result) : NULL;
      Item item = { .region = &scene->regions[i], .bounds = bounds_of_box (&scene->regions[i]) };

      item.colour = text ? monocle_palette_get (i) : region_colour;
      if (text && *text && !strip)
        item.markup = format_markup (text, monocle_result_get_score (result));
      else if (scene->n_regions > 1)
        item.markup = g_strdup_printf ("%u", i + 1);
      g_array_append_val (items, item);
    }
}

static void
add_objects (const MonocleScene *scene, GArray *items)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  g_autofree guint *colours = NULL;
  guint first = items->len, number = 0;

  for (guint i = 0; i < scene->results->len; i++)
    for (guint j = 0; j < monocle_result_get_n_objects (scene->results->pdata[i]); j++)
      {
        const MonocleObject *object = monocle_result_get_object (scene->results->pdata[i], j);
        Item item = { .object = object };

        if (!bounds_of_object (object, &item.bounds))
          continue;
        number++;
        if (*object->label)
          item.markup = format_markup (object->label, object->score);
        else
          {
            g_autofree char *name = g_strdup_printf ("%u", number);

            item.markup = format_markup (name, object->score);
          }
        g_ptr_array_add (labels, object->label);
        g_array_append_val (items, item);
      }

  /* Objects without a label get one colour each, the others one for each label. */
  colours = g_new0 (guint, labels->len + 1);
  monocle_palette_assign ((const char *const *) labels->pdata, labels->len, colours);
  for (guint i = first; i < items->len; i++)
    {
      Item *item = &g_array_index (items, Item, i);

      item->colour = monocle_palette_get (*item->object->label ? colours[i - first] : i - first);
    }
}

/* --- Shapes --- */

static void
trace_polygon (cairo_t *cr, const float *points, guint n_points)
{
  for (guint i = 0; i < n_points; i++)
    cairo_line_to (cr, (double) points[2 * i], (double) points[2 * i + 1]);
  cairo_close_path (cr);
  cairo_new_sub_path (cr);
}

static void
trace_rounded (cairo_t *cr, MonocleRect r, double radius)
{
  radius = MIN (radius, MIN (r.width, r.height) / 2);
  cairo_new_sub_path (cr);
  cairo_arc (cr, r.x + r.width - radius, r.y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, r.x + r.width - radius, r.y + r.height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, r.x + radius, r.y + r.height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, r.x + radius, r.y + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

static void
set_colour (cairo_t *cr, MonocleColour colour, double alpha)
{
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, alpha);
}

/* Fills and strokes the path: a dark casing below the line keeps it visible on light pictures. */
static void
paint_path (cairo_t *cr, MonocleColour colour, double fill, double font_px, gboolean dashed)
{
  double line = MAX (1.5, font_px * LINE_WIDTH);
  double casing = MAX (0.7, font_px * CASING_WIDTH);

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_WINDING);
  if (fill > 0)
    {
      set_colour (cr, colour, fill);
      cairo_fill_preserve (cr);
    }
  set_colour (cr, casing_colour, 0.55);
  cairo_set_line_width (cr, line + 2 * casing);
  cairo_stroke_preserve (cr);
  if (dashed)
    cairo_set_dash (cr, (const double[]){ font_px * 0.55, font_px * 0.4 }, 2, 0);
  set_colour (cr, colour, 1);
  cairo_set_line_width (cr, line);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

/* Keeps the whole line of a box visible at the edges of the picture. */
static void
trace_bounds (cairo_t *cr, const MonocleScene *scene, MonocleRect r, double font_px)
{
  double inset = MAX (1.5, font_px * LINE_WIDTH) / 2;
  double right = monocle_image_get_width (scene->image) - inset;
  double bottom = monocle_image_get_height (scene->image) - inset;
  double x1 = CLAMP (r.x, inset, right), x2 = CLAMP (r.x + r.width, inset, right);
  double y1 = CLAMP (r.y, inset, bottom), y2 = CLAMP (r.y + r.height, inset, bottom);

  trace_rounded (cr, (MonocleRect){ x1, y1, x2 - x1, y2 - y1 }, font_px * 0.2);
}

static void
draw_shape (cairo_t *cr, const MonocleScene *scene, const Item *item, double font_px)
{
  const MonocleObject *object = item->object;

  cairo_new_path (cr);
  if (item->region)
    {
      trace_bounds (cr, scene, item->bounds, font_px);
      paint_path (cr, item->colour, 0, font_px, TRUE);
      return;
    }

  switch (object->shape)
    {
    case MONOCLE_SHAPE_BOX:
      trace_bounds (cr, scene, item->bounds, font_px);
      paint_path (cr, item->colour, BOX_FILL, font_px, FALSE);
      break;

    case MONOCLE_SHAPE_QUAD:
      trace_polygon (cr, object->quad, 4);
      paint_path (cr, item->colour, QUAD_FILL, font_px, FALSE);
      break;

    case MONOCLE_SHAPE_POLYGONS:
      for (guint i = 0; i < object->n_polygons; i++)
        trace_polygon (cr, object->polygons[i].points, object->polygons[i].n_points);
      paint_path (cr, item->colour, POLYGON_FILL, font_px * 0.8, FALSE);
      break;

    default:
      g_return_if_reached ();
    }
}

/* --- Labels --- */

static int
compare_size (gconstpointer a, gconstpointer b)
{
  MonocleRect p = ((const Item *) a)->bounds, q = ((const Item *) b)->bounds;
  double difference = q.width * q.height - p.width * p.height;

  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

static void
draw_label (
    cairo_t *cr, PangoLayout *layout, const Item *item, const MonocleLabel *label, double font_px)
{
  MonocleRect plate = { label->x, label->y, label->width, label->height };
  MonocleColour ink = { 1, 1, 1 };
  double casing = MAX (0.7, font_px * CASING_WIDTH);

  if (monocle_palette_text_is_dark (item->colour))
    ink = casing_colour;

  cairo_new_path (cr);
  trace_rounded (cr, plate, font_px * LABEL_RADIUS);
  set_colour (cr, casing_colour, 0.55);
  cairo_set_line_width (cr, 2 * casing);
  cairo_stroke_preserve (cr);
  set_colour (cr, item->colour, 0.96);
  cairo_fill (cr);

  set_colour (cr, ink, 1);
  cairo_move_to (cr, plate.x + font_px * LABEL_PADDING_X, plate.y + font_px * LABEL_PADDING_Y);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_labels (cairo_t *cr, const MonocleScene *scene, GArray *items, double font_px)
{
  double width = monocle_image_get_width (scene->image);
  double height = monocle_image_get_height (scene->image);
  double inset = MAX (0.7, font_px * CASING_WIDTH);
  g_autoptr (GPtrArray) layouts = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree MonocleLabel *labels = g_new0 (MonocleLabel, items->len + 1);
  g_autofree guint *owners = g_new0 (guint, items->len + 1);
  guint n_labels = 0;

  font_px = MAX (font_px * CLAMP (sqrt (CROWD / MAX (items->len, 1)), CROWDED_FONT, 1),
                 MIN (font_px, MIN_FONT_PX));
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = &g_array_index (items, Item, i);
      g_autoptr (PangoLayout) layout = NULL;
      PangoRectangle extents;
      double room
          = MIN (font_px * LABEL_MAX_WIDTH, width - 2 * inset) - 2 * font_px * LABEL_PADDING_X;

      if (!item->markup)
        continue;
      layout = new_layout (cr, font_px);
      pango_layout_set_single_paragraph_mode (layout, TRUE);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_width (layout, -1);
      pango_layout_set_markup (layout, item->markup, -1);
      pango_layout_get_extents (layout, NULL, &extents);
      if (extents.width > MAX (room, font_px) * PANGO_SCALE)
        {
          pango_layout_set_width (layout, MAX (room, font_px) * PANGO_SCALE);
          pango_layout_get_extents (layout, NULL, &extents);
        }

      labels[n_labels] = (MonocleLabel){
        .object = item->bounds,
        .width = (double) extents.width / PANGO_SCALE + 2 * font_px * LABEL_PADDING_X,
        .height = (double) extents.height / PANGO_SCALE + 2 * font_px * LABEL_PADDING_Y,
      };
      owners[n_labels++] = i;
      g_ptr_array_add (layouts, g_steal_pointer (&layout));
    }

  for (guint i = 0; i < n_labels; i++)
    {
      labels[i].object.x -= inset;
      labels[i].object.y -= inset;
    }
  monocle_label_layout_place (labels, n_labels, width - 2 * inset, height - 2 * inset);
  for (guint i = 0; i < n_labels; i++)
    {
      labels[i].x += inset;
      labels[i].y += inset;
      draw_label (cr, layouts->pdata[i], &g_array_index (items, Item, owners[i]), &labels[i],
                  font_px);
    }
}

/* --- The strip of text --- */

static PangoLayout *
layout_strip (cairo_t *cr, const MonocleScene *scene, double font_px)
{
  double width = monocle_image_get_width (scene->image);
  PangoLayout *layout = new_layout (cr, font_px * STRIP_FONT);
  g_autoptr (GString) markup = g_string_new (NULL);
  g_autofree char *title = g_markup_escape_text (_ (scene->task->title), -1);

  g_string_append_printf (markup, "<span size=\"78%%\" alpha=\"62%%\">%s</span>", title);
  for (guint i = 0; i < scene->results->len; i++)
    {
      const char *text = monocle_result_get_text (scene->results->pdata[i]);
      g_autofree char *escaped = g_markup_escape_text (text ? text : "", -1);

      g_string_append_c (markup, '\n');
      if (scene->n_regions > 1)
        g_string_append_printf (markup, "<span alpha=\"62%%\">%u</span>\u2002", i + 1);
      g_string_append (markup, *escaped ? escaped : "\u2013");
    }

  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_line_spacing (layout, 1.12f);
  pango_layout_set_width (layout, MAX (width - 2 * font_px * STRIP_PADDING, font_px) * PANGO_SCALE);
  pango_layout_set_markup (layout, markup->str, -1);

  return layout;
}

guint
monocle_render_measure_strip (const MonocleScene *scene)
{
  double font_px = choose_font_px (scene);
  cairo_surface_t *surface;
  cairo_t *cr;
  PangoRectangle extents;

  if (!has_strip (scene))
    return 0;

  surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cr = cairo_create (surface);
  {
    g_autoptr (PangoLayout) layout = layout_strip (cr, scene, font_px);

    pango_layout_get_extents (layout, NULL, &extents);
  }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return (guint) ceil ((double) extents.height / PANGO_SCALE + 2 * font_px * STRIP_PADDING * 0.75);
}

static void
draw_strip (cairo_t *cr, const MonocleScene *scene, double font_px)
{
  double width = monocle_image_get_width (scene->image);
  double top = monocle_image_get_height (scene->image);
  g_autoptr (PangoLayout) layout = layout_strip (cr, scene, font_px);

  cairo_rectangle (cr, 0, top, width, monocle_render_measure_strip (scene));
  cairo_set_source_rgb (cr, 0.985, 0.985, 0.98);
  cairo_fill (cr);
  cairo_move_to (cr, font_px * STRIP_PADDING, top + font_px * STRIP_PADDING * 0.75);
  set_colour (cr, casing_colour, 1);
  pango_cairo_show_layout (cr, layout);
}

void
monocle_render_draw (const MonocleScene *scene, cairo_surface_t *picture, cairo_t *cr)
{
  double font_px = choose_font_px (scene);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (Item));

  g_array_set_clear_func (items, (GDestroyNotify) item_clear);
  add_objects (scene, items);
  /* Large ones first, so that they do not lie on small ones. */
  g_array_sort (items, compare_size);
  add_regions (scene, items);

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, monocle_image_get_width (scene->image),
                   monocle_image_get_height (scene->image));
  cairo_clip (cr);
  if (picture)
    {
      cairo_set_source_surface (cr, picture, 0, 0);
      cairo_paint (cr);
    }
  for (guint i = 0; i < items->len; i++)
    draw_shape (cr, scene, &g_array_index (items, Item, i), font_px);
  draw_labels (cr, scene, items, font_px);
  cairo_restore (cr);

  if (has_strip (scene))
    draw_strip (cr, scene, font_px);
}
