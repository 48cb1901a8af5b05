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

  /* A word that is broken gets no hyphen, which would be read as the model's. */
  g_string_append_printf (
      markup, "<span insert_hyphens=\"false\"><span size=\"78%%\" alpha=\"62%%\">%s</span>", title);
  for (guint i = 0; i < self->n_texts; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (self->texts[i] ? self->texts[i] : "", -1);
      g_autofree char *escaped = g_markup_escape_text (valid, -1);

      g_string_append_c (markup, '\n');
      if (self->is_numbered)
        g_string_append_printf (markup, "<span alpha=\"62%%\">%u</span>\u2002", i + 1);
      g_string_append (markup, *escaped ? escaped : "\u2013");
    }
  g_string_append (markup, "</span>");
  return g_string_free (markup, FALSE);
}

/* Of no surface, whose scale would tell in it: the same lines on all of them. */
static PangoLayout *
new_layout (const MonocleTextStrip *self)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  PangoLayout *layout;
  PangoFontDescription *font = pango_font_description_from_string ("Sans");
  cairo_font_options_t *options = cairo_font_options_create ();
  g_autofree char *markup = format_markup (self);
  double width = MAX (self->width - 2 * self->font_px * PADDING_X, self->font_px);

  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);

  layout = pango_layout_new (context);
  g_object_unref (context);
  pango_font_description_set_absolute_size (font, self->font_px * FONT * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);

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
  g_autoptr (PangoLayout) layout = new_layout (self);

  return get_height (self, layout);
}

void
monocle_text_strip_draw (const MonocleTextStrip *self, double y, cairo_t *cr)
{
  g_autoptr (PangoLayout) layout = new_layout (self);

  cairo_rectangle (cr, 0, y, self->width, get_height (self, layout));
  cairo_set_source_rgb (cr, 0.985, 0.985, 0.98);
  cairo_fill (cr);
  cairo_move_to (cr, self->font_px * PADDING_X, y + self->font_px * PADDING_Y);
  cairo_set_source_rgb (cr, 0.06, 0.06, 0.09);
  pango_cairo_show_layout (cr, layout);
}
