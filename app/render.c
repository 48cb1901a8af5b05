/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/render.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <pango/pangocairo.h>

#include "app/overlay.h"

/* Multiples of the font size, as the overlay's are. */
#define STRIP_PADDING 1.1
#define STRIP_FONT    1.15
#define MIN_FONT_PX   9.0
/* An answer about a region goes onto the region when it is this short, into the strip otherwise. */
#define SHORT_ANSWER_CHARS 28

static const MonocleColour ink_colour = { 0.06, 0.06, 0.09 };

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

/* @texts: holds what labels borrow */
static void
add_regions (const MonocleScene *scene, GArray *items, GPtrArray *texts)
{
  gboolean strip = has_strip (scene);

  for (guint i = 0; i < scene->n_regions; i++)
    {
      MonocleResult *result = i < scene->results->len ? scene->results->pdata[i] : NULL;
      const char *text = result ? monocle_result_get_text (result) : NULL;
      MonocleOverlayItem item = {
        .region = &scene->regions[i], .colour = MONOCLE_OVERLAY_PLAIN, .score = NAN, .alpha = 1
      };

      if (text)
        item.colour = i;
      if (text && *text && !strip)
        {
          item.label = text;
          item.score = monocle_result_get_score (result);
        }
      else if (scene->n_regions > 1)
        {
          g_ptr_array_add (texts, g_strdup_printf ("%u", i + 1));
          item.label = texts->pdata[texts->len - 1];
        }
      g_array_append_val (items, item);
    }
}

/* An outline without points cannot be drawn, and takes no number. */
static gboolean
has_shape (const MonocleObject *object)
{
  if (object->shape != MONOCLE_SHAPE_POLYGONS)
    return TRUE;
  for (guint i = 0; i < object->n_polygons; i++)
    if (object->polygons[i].n_points > 0)
      return TRUE;
  return FALSE;
}

static void
add_objects (const MonocleScene *scene, GArray *items, GPtrArray *texts)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  g_autofree guint *colours = NULL;

  for (guint i = 0; i < scene->results->len; i++)
    for (guint j = 0; j < monocle_result_get_n_objects (scene->results->pdata[i]); j++)
      {
        const MonocleObject *object = monocle_result_get_object (scene->results->pdata[i], j);
        MonocleOverlayItem item = { .object = object, .score = object->score, .alpha = 1 };

        if (!has_shape (object))
          continue;
        g_ptr_array_add (labels, object->label);
        item.label = object->label;
        if (!*object->label)
          {
            g_ptr_array_add (texts, g_strdup_printf ("%u", labels->len));
            item.label = texts->pdata[texts->len - 1];
          }
        g_array_append_val (items, item);
      }

  /* Objects without a label get one colour each, the others one for each label. */
  colours = g_new0 (guint, labels->len + 1);
  monocle_palette_assign ((const char *const *) labels->pdata, labels->len, colours);
  for (guint i = 0; i < items->len; i++)
    {
      MonocleOverlayItem *item = &g_array_index (items, MonocleOverlayItem, i);

      item->colour = *item->object->label ? colours[i] : i;
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
  cairo_set_source_rgb (cr, ink_colour.red, ink_colour.green, ink_colour.blue);
  pango_cairo_show_layout (cr, layout);
}

void
monocle_render_draw (const MonocleScene *scene, cairo_surface_t *picture, cairo_t *cr)
{
  const MonocleRect area
      = { 0, 0, monocle_image_get_width (scene->image), monocle_image_get_height (scene->image) };
  MonocleOverlayOptions options = {
    .style = MONOCLE_OVERLAY_STYLE_BOX,
    .opacity = MONOCLE_OVERLAY_OPACITY,
    .font_px = choose_font_px (scene),
    .show_labels = TRUE,
    .area = area,
    .visible = area,
  };
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (MonocleOverlayItem));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  cairo_matrix_init_identity (&options.to_surface);
  add_objects (scene, items, texts);
  add_regions (scene, items, texts);

  cairo_save (cr);
  cairo_rectangle (cr, area.x, area.y, area.width, area.height);
  cairo_clip (cr);
  if (picture)
    {
      cairo_set_source_surface (cr, picture, 0, 0);
      cairo_paint (cr);
    }
  monocle_overlay_draw ((const MonocleOverlayItem *) (gpointer) items->data, items->len, &options,
                        scene->image, cr);
  cairo_restore (cr);

  if (has_strip (scene))
    draw_strip (cr, scene, options.font_px);
}
