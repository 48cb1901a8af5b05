/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/draw/text-strip.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

/* Multiples of the font size, as the overlay's are. */
#define PADDING_X   1.1
#define PADDING_Y   0.825
#define FONT        1.15
#define MIN_FONT_PX 9.0

double
monocle_text_strip_choose_font_px (double width, double height)
{
  double size = 14.5 * pow (sqrt (width * height) / 600, 0.9);

  return MAX (MIN_FONT_PX, MIN (size, MIN (width, height) / 9));
}

gboolean
monocle_text_strip_is_short (const char *text)
{
  return !text
         || (g_utf8_strlen (text, -1) <= MONOCLE_TEXT_STRIP_SHORT_CHARS && !strchr (text, '\n'));
}

static char *
format_markup (const MonocleTextStrip *self)
{
  GString *markup = g_string_new (NULL);
  g_autofree char *title = g_markup_escape_text (self->title, -1);

  g_string_append_printf (markup, "<span size=\"78%%\" alpha=\"62%%\">%s</span>", title);
  for (guint i = 0; i < self->n_texts; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (self->texts[i] ? self->texts[i] : "", -1);
      g_autofree char *escaped = g_markup_escape_text (valid, -1);

      g_string_append_c (markup, '\n');
      if (self->is_numbered)
        g_string_append_printf (markup, "<span alpha=\"62%%\">%u</span>\u2002", i + 1);
      g_string_append (markup, *escaped ? escaped : "\u2013");
    }
  return g_string_free (markup, FALSE);
}

static PangoLayout *
new_layout (const MonocleTextStrip *self, cairo_t *cr)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string ("Sans");
  cairo_font_options_t *options = cairo_font_options_create ();
  g_autofree char *markup = format_markup (self);
  double width = MAX (self->width - 2 * self->font_px * PADDING_X, self->font_px);

  pango_font_description_set_absolute_size (font, self->font_px * FONT * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);

  /* The same line breaks on every surface. */
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (pango_layout_get_context (layout), options);
  cairo_font_options_destroy (options);
  pango_layout_context_changed (layout);

  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_line_spacing (layout, 1.12f);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_markup (layout, markup, -1);

  return layout;
}

static guint
get_height (const MonocleTextStrip *self, PangoLayout *layout)
{
  PangoRectangle extents;

  pango_layout_get_extents (layout, NULL, &extents);
  return (guint) ceil ((double) extents.height / PANGO_SCALE + 2 * self->font_px * PADDING_Y);
}

guint
monocle_text_strip_measure (const MonocleTextStrip *self)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cairo_t *cr = cairo_create (surface);
  PangoLayout *layout = new_layout (self, cr);
  guint height = get_height (self, layout);

  g_object_unref (layout);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return height;
}

void
monocle_text_strip_draw (const MonocleTextStrip *self, double y, cairo_t *cr)
{
  g_autoptr (PangoLayout) layout = new_layout (self, cr);

  /* Measured elsewhere: what is scaled down for a preview lays out a little differently. */
  cairo_rectangle (cr, 0, y, self->width, monocle_text_strip_measure (self));
  cairo_set_source_rgb (cr, 0.985, 0.985, 0.98);
  cairo_fill (cr);
  cairo_move_to (cr, self->font_px * PADDING_X, y + self->font_px * PADDING_Y);
  cairo_set_source_rgb (cr, 0.06, 0.06, 0.09);
  pango_cairo_show_layout (cr, layout);
}
