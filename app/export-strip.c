/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/export-private.h"

#include <pango/pangocairo.h>

/* Multiples of the font size of labels. */
#define PADDING       1.1
#define FONT          1.15
#define TITLE_PADDING 0.75

static PangoLayout *
layout_strip (const MonocleExportJob *job, cairo_t *cr)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string ("Sans");
  cairo_font_options_t *options = cairo_font_options_create ();
  g_autofree char *title = g_markup_escape_text (job->strip_title, -1);
  g_autofree char *valid = g_utf8_make_valid (job->strip, -1);
  g_autofree char *text = g_markup_escape_text (valid, -1);
  g_autofree char *markup
      = g_strdup_printf ("<span size=\"78%%\" alpha=\"62%%\">%s</span>\n%s", title, text);
  double width = MAX (job->out_width - 2 * job->font_px * PADDING, job->font_px);

  pango_font_description_set_absolute_size (font, job->font_px * FONT * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);

  /* The same line breaks on every surface, at every scale: it is measured on another one. */
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (pango_layout_get_context (layout), options);
  cairo_font_options_destroy (options);
  pango_cairo_context_set_resolution (pango_layout_get_context (layout), 96);
  pango_layout_context_changed (layout);

  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_line_spacing (layout, 1.12f);
  pango_layout_set_width (layout, (int) MIN (width * PANGO_SCALE, G_MAXINT));
  pango_layout_set_markup (layout, markup, -1);

  return layout;
}

double
monocle_export_strip_draw (const MonocleExportJob *job, double y, cairo_t *cr)
{
  g_autoptr (Surface) scratch = NULL;
  g_autoptr (Context) measuring = NULL;
  g_autoptr (PangoLayout) layout = NULL;
  PangoRectangle extents;
  double padding = job->font_px * PADDING * TITLE_PADDING;

  if (!cr)
    {
      scratch = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
      measuring = cairo_create (scratch);
    }
  layout = layout_strip (job, cr ? cr : measuring);
  pango_layout_get_extents (layout, NULL, &extents);
  if (cr)
    {
      cairo_rectangle (cr, 0, y, job->out_width, job->strip_height);
      cairo_set_source_rgb (cr, 0.985, 0.985, 0.98);
      cairo_fill (cr);
      cairo_move_to (cr, job->font_px * PADDING, y + padding);
      cairo_set_source_rgb (cr, 0.06, 0.06, 0.09);
      pango_cairo_show_layout (cr, layout);
    }

  return (double) extents.height / PANGO_SCALE + 2 * padding;
}
