/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/picture.h"

#include <cairo.h>

/* Told apart by whoever sees few colours, too: dark to light. */
static const double colours[][3]
    = { { 0.11, 0.44, 0.85 }, { 0.90, 0.38, 0.00 }, { 0.18, 0.60, 0.30 } };

static void
choose (cairo_t *cr, guint thing, double alpha)
{
  const double *colour = colours[thing % G_N_ELEMENTS (colours)];

  cairo_set_source_rgba (cr, colour[0], colour[1], colour[2], alpha);
}

static const float *
get_place (const float *places, const MonocleTracks *tracks, guint frame, guint thing)
{
  return places + ((gsize) frame * tracks->n_things + thing) * 2;
}

/* Of one thing through frames, from where the pen is. */
static void
draw_path (
    cairo_t *cr, const MonocleTracks *tracks, const float *places, guint n_frames, guint thing)
{
  for (guint t = 0; t < n_frames; t++)
    {
      const float *place = get_place (places, tracks, t, thing);

      cairo_line_to (cr, (double) place[0], (double) place[1]);
    }
  cairo_stroke (cr);
}

static void
draw_thing (cairo_t *cr, const MonocleTracks *tracks, const float *place, guint thing, double alpha)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, (double) place[0], (double) place[1], (double) tracks->radii[thing], 0, 2 * G_PI);
  choose (cr, thing, alpha);
  cairo_fill (cr);
}

static void
draw_futures (cairo_t *cr,
              const MonocleTracks *tracks,
              const MonocleFutures *futures,
              const MonocleTracks *truth,
              guint thing)
{
  const double dashes[] = { 0.012, 0.012 };
  const float *last = get_place (tracks->places, tracks, tracks->n_frames - 1, thing);

  cairo_set_line_width (cr, 0.004);
  choose (cr, thing, 0.35);
  for (guint k = 0; k < futures->n_futures; k++)
    {
      cairo_move_to (cr, (double) last[0], (double) last[1]);
      draw_path (cr, tracks, monocle_futures_get_drawn (futures, k), futures->n_frames, thing);
    }
  cairo_set_line_width (cr, 0.01);
  choose (cr, thing, 1);
  cairo_move_to (cr, (double) last[0], (double) last[1]);
  draw_path (cr, tracks, futures->likeliest, futures->n_frames, thing);
  if (!truth)
    return;
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_move_to (cr, (double) last[0], (double) last[1]);
  draw_path (cr, tracks, get_place (truth->places, tracks, tracks->n_frames, 0), futures->n_frames,
             thing);
  cairo_set_dash (cr, NULL, 0, 0);
}

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
monocle_world_draw (const MonocleTracks *tracks,
                    const MonocleFutures *futures,
                    const MonocleWorldFilm *film,
                    guint side)
{
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) side, (int) side);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (MonocleTracks) truth
      = film ? monocle_world_film_show (film, MONOCLE_WORLD_N_FRAMES) : NULL;
  GByteArray *file = g_byte_array_new ();

  cairo_scale (cr, side, side);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < tracks->n_things; i++)
    {
      draw_thing (cr, tracks, get_place (tracks->places, tracks, tracks->n_frames - 1, i), i, 0.6);
      draw_thing (cr, tracks, get_place (futures->likeliest, tracks, futures->n_frames - 1, i), i,
                  0.2);
      cairo_set_line_width (cr, 0.01);
      choose (cr, i, 0.5);
      cairo_new_path (cr);
      draw_path (cr, tracks, tracks->places, tracks->n_frames, i);
      draw_futures (cr, tracks, futures, truth, i);
    }
  cairo_destroy (cr);
  cairo_surface_write_to_png_stream (surface, append, file);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (file);
}
