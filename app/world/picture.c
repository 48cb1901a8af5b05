/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/world/picture.h"

#include <math.h>
#include <string.h>

#include "app/world/frame.h"

#define THIN  0.004
#define THICK 0.01
#define HEAD  0.03

/* Lines of futures, near and far. */
#define NEAR_ALPHA 0.6
#define FAR_ALPHA  0.12

#define NUMBER_SIZE 0.055

/* Told apart by whoever sees few colours, too: dark to light. */
static const double colours[][3]
    = { { 0.11, 0.44, 0.85 }, { 0.90, 0.38, 0.00 }, { 0.18, 0.60, 0.30 } };
static const double bright_colours[][3]
    = { { 0.38, 0.63, 0.92 }, { 1.00, 0.64, 0.28 }, { 0.34, 0.89, 0.54 } };

/* What is drawn with; @thing: of which one. */
typedef struct
{
  cairo_t *cr;
  const MonocleWorldPainting *painting;
  const MonocleTracks *tracks;
  guint thing;
} Brush;

static void
choose (const Brush *brush, double alpha)
{
  const guint *own = brush->painting->colours;
  const double *colour = own ? monocle_world_colours[own[brush->thing] % MONOCLE_WORLD_N_COLOURS]
                         : brush->painting->is_dark
                             ? bright_colours[brush->thing % G_N_ELEMENTS (bright_colours)]
                             : colours[brush->thing % G_N_ELEMENTS (colours)];

  cairo_set_source_rgba (brush->cr, colour[0], colour[1], colour[2], alpha);
}

/* Of what is written and dashed. */
static void
choose_ink (const Brush *brush)
{
  const double ink = brush->painting->is_dark ? 1 : 0;

  cairo_set_source_rgb (brush->cr, ink, ink, ink);
}

static const float *
get_place (const Brush *brush, const float *places, guint frame)
{
  return places + ((gsize) frame * brush->tracks->n_things + brush->thing) * 2;
}

/* The last one that was seen. */
static const float *
get_last (const Brush *brush)
{
  return get_place (brush, brush->tracks->places, brush->tracks->n_frames - 1);
}

/* --- ways --------------------------------------------------------------------------------- */

/* Through frames, from where the pen is. */
static void
draw_path (const Brush *brush, const float *places, guint n_frames)
{
  for (guint t = 0; t < n_frames; t++)
    {
      const float *place = get_place (brush, places, t);

      cairo_line_to (brush->cr, (double) place[0], (double) place[1]);
    }
  cairo_stroke (brush->cr);
}

/* The same, ever fainter. */
static void
draw_fading (const Brush *brush, const float *places, guint n_frames)
{
  const float *from = get_last (brush);

  for (guint t = 0; t < n_frames; t++)
    {
      const float *place = get_place (brush, places, t);
      const double share = n_frames > 1 ? (double) t / (n_frames - 1) : 0;

      choose (brush, NEAR_ALPHA + (FAR_ALPHA - NEAR_ALPHA) * share);
      cairo_move_to (brush->cr, (double) from[0], (double) from[1]);
      cairo_line_to (brush->cr, (double) place[0], (double) place[1]);
      cairo_stroke (brush->cr);
      from = place;
    }
}

static void
move_to_last (const Brush *brush)
{
  const float *last = get_last (brush);

  cairo_move_to (brush->cr, (double) last[0], (double) last[1]);
}

static void
set_dashes (cairo_t *cr, gboolean is_dashed)
{
  const double dashes[] = { 0.012, 0.018 };

  cairo_set_dash (cr, dashes, is_dashed ? G_N_ELEMENTS (dashes) : 0, 0);
}

static void
draw_futures (const Brush *brush)
{
  const MonocleFutures *futures = brush->painting->futures;
  const MonocleTracks *truth = brush->painting->truth;
  const guint n = MIN (brush->painting->n_ahead, futures->n_frames);

  cairo_set_line_cap (brush->cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_line_width (brush->cr, THIN);
  for (guint k = 0; k < futures->n_futures; k++)
    draw_fading (brush, monocle_futures_get_drawn (futures, k), n);
  cairo_set_line_cap (brush->cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (brush->cr, THICK);
  choose (brush, 1);
  move_to_last (brush);
  draw_path (brush, futures->likeliest, n);
  if (!truth || truth->n_frames <= brush->tracks->n_frames)
    return;
  set_dashes (brush->cr, TRUE);
  cairo_set_line_width (brush->cr, THICK * 0.8);
  choose_ink (brush);
  move_to_last (brush);
  draw_path (brush, get_place (brush, truth->places, brush->tracks->n_frames) - 2 * brush->thing,
             MIN (n, truth->n_frames - brush->tracks->n_frames));
  set_dashes (brush->cr, FALSE);
}

/* --- things ------------------------------------------------------------------------------- */

static void
trace_thing (const Brush *brush, const float *place)
{
  cairo_new_sub_path (brush->cr);
  cairo_arc (brush->cr, (double) place[0], (double) place[1],
             (double) brush->tracks->radii[brush->thing], 0, 2 * G_PI);
}

static void
draw_thing (const Brush *brush, const float *place, double alpha)
{
  trace_thing (brush, place);
  choose (brush, alpha);
  if (brush->painting->drawn)
    {
      cairo_set_line_width (brush->cr, THIN);
      cairo_stroke (brush->cr);
    }
  else
    cairo_fill (brush->cr);
}

static void
draw_true_thing (const Brush *brush, guint frame)
{
  const MonocleTracks *truth = brush->painting->truth;

  if (!truth || frame >= truth->n_frames)
    return;
  trace_thing (brush, get_place (brush, truth->places, frame));
  choose_ink (brush);
  cairo_set_line_width (brush->cr, THIN);
  set_dashes (brush->cr, TRUE);
  cairo_stroke (brush->cr);
  set_dashes (brush->cr, FALSE);
}

static void
draw_number (const Brush *brush, const float *place)
{
  g_autofree char *text = g_strdup_printf ("%u", brush->thing + 1);
  cairo_text_extents_t extents;

  cairo_select_font_face (brush->cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
  cairo_set_font_size (brush->cr, NUMBER_SIZE);
  cairo_text_extents (brush->cr, text, &extents);
  cairo_move_to (brush->cr, (double) place[0] - extents.x_bearing - extents.width / 2,
                 (double) place[1] - extents.y_bearing - extents.height / 2);
  choose_ink (brush);
  cairo_show_text (brush->cr, text);
}

/* In a frame that nobody has seen: where all futures have it. */
static void
draw_foreseen (const Brush *brush, guint ahead)
{
  const MonocleFutures *futures = brush->painting->futures;

  for (guint k = 0; k < futures->n_futures; k++)
    draw_thing (brush, get_place (brush, monocle_futures_get_drawn (futures, k), ahead - 1),
                0.5 / (futures->n_futures + 1.0));
}

/* Where it is now. */
static const float *
find_now (const Brush *brush)
{
  const guint n_seen = brush->tracks->n_frames, frame = brush->painting->frame;

  return frame < n_seen || !brush->painting->futures
             ? get_place (brush, brush->tracks->places, MIN (frame, n_seen - 1))
             : get_place (brush, brush->painting->futures->likeliest, frame - n_seen);
}

static void
draw_all_of (const Brush *brush)
{
  const MonocleWorldPainting *painting = brush->painting;
  const guint n_seen = brush->tracks->n_frames;
  const gboolean is_last = painting->futures && painting->frame + 1 >= n_seen;
  const gboolean is_ahead = is_last && painting->frame >= n_seen;
  const float *now = find_now (brush);

  cairo_set_line_width (brush->cr, THICK);
  choose (brush, 0.5);
  draw_path (brush, brush->tracks->places, MIN (painting->frame + 1, n_seen));
  if (is_last)
    draw_futures (brush);
  if (is_ahead)
    draw_foreseen (brush, painting->frame + 1 - n_seen);
  draw_thing (brush, now, painting->is_clear ? 0.3 : 0.6);
  if (is_last && !is_ahead && painting->n_ahead > 0)
    {
      const guint end = MIN (painting->n_ahead, painting->futures->n_frames) - 1;

      draw_thing (brush, get_place (brush, painting->futures->likeliest, end), 0.2);
      draw_true_thing (brush, n_seen + end);
    }
  else if (is_ahead)
    draw_true_thing (brush, painting->frame);
  if (painting->has_numbers && brush->tracks->n_things > 1)
    draw_number (brush, now);
}

static void
draw_arrow (const Brush *brush)
{
  const MonocleThrow *arrow = &brush->painting->arrow;
  const float *from = find_now (brush);
  const double dx = arrow->vx * MONOCLE_WORLD_ARROW, dy = arrow->vy * MONOCLE_WORLD_ARROW;
  const double x = (double) from[0] + dx, y = (double) from[1] + dy, angle = atan2 (dy, dx);

  choose_ink (brush);
  cairo_set_line_width (brush->cr, THICK);
  cairo_move_to (brush->cr, (double) from[0], (double) from[1]);
  cairo_line_to (brush->cr, x, y);
  for (int side = -1; side <= 1; side += 2)
    {
      cairo_move_to (brush->cr, x, y);
      cairo_line_to (brush->cr, x - HEAD * cos (angle + side * 0.5),
                     y - HEAD * sin (angle + side * 0.5));
    }
  cairo_stroke (brush->cr);
}

static void
draw_obstacle (cairo_t *cr, const MonocleObstacle *obstacle, gboolean is_dark)
{
  const double grey = is_dark ? 0.45 : 0.6;

  if (obstacle->kind == MONOCLE_OBSTACLE_NONE)
    return;
  if (obstacle->kind == MONOCLE_OBSTACLE_BOX)
    cairo_rectangle (cr, obstacle->left, obstacle->top, obstacle->right - obstacle->left,
                     1 - obstacle->top);
  else
    {
      cairo_move_to (cr, obstacle->left, 1);
      cairo_line_to (cr, obstacle->right, 1);
      cairo_line_to (
          cr, obstacle->kind == MONOCLE_OBSTACLE_RAMP_LEFT ? obstacle->left : obstacle->right,
          obstacle->top);
      cairo_close_path (cr);
    }
  cairo_set_source_rgb (cr, grey, grey, grey);
  cairo_fill (cr);
}

void
monocle_world_paint_image (cairo_t *cr, MonocleImage *image)
{
  const guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  const guint8 *pixels = monocle_image_get_pixels (image);
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, (int) height);
  const int stride = cairo_image_surface_get_stride (surface);
  guint8 *rows = cairo_image_surface_get_data (surface);

  for (guint y = 0; rows && y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        const guint8 *from = pixels + 3 * ((gsize) y * width + x);
        const guint32 pixel = (guint32) from[0] << 16 | (guint32) from[1] << 8 | from[2];

        memcpy (rows + (gsize) y * (gsize) stride + 4 * x, &pixel, sizeof pixel);
      }
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_scale (cr, 1.0 / width, 1.0 / height);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

void
monocle_world_paint (cairo_t *cr, const MonocleWorldPainting *painting)
{
  Brush brush = { .cr = cr, .painting = painting, .tracks = painting->tracks };
  const double paper = painting->is_dark ? 0.12 : 1;

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, 1, 1);
  cairo_clip (cr);
  cairo_set_source_rgb (cr, paper, paper, paper);
  if (painting->drawn)
    monocle_world_paint_image (cr, painting->drawn);
  else if (!painting->is_clear)
    cairo_paint (cr);
  if (!painting->drawn)
    draw_obstacle (cr, &painting->tracks->obstacle, painting->is_dark);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (; brush.thing < brush.tracks->n_things; brush.thing++)
    {
      cairo_new_path (cr);
      draw_all_of (&brush);
    }
  brush.thing = painting->arrow.thing;
  if (painting->arrow.frame >= 0 && brush.thing < brush.tracks->n_things)
    {
      cairo_new_path (cr);
      draw_arrow (&brush);
    }
  cairo_restore (cr);
}

/* --- files -------------------------------------------------------------------------------- */

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
monocle_world_png_of_surface (cairo_surface_t *surface)
{
  GByteArray *file = g_byte_array_new ();

  cairo_surface_write_to_png_stream (surface, append, file);
  return g_byte_array_free_to_bytes (file);
}

GBytes *
monocle_world_paint_png (const MonocleWorldPainting *painting, guint side)
{
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) side, (int) side);
  cairo_t *cr = cairo_create (surface);
  GBytes *png;

  cairo_scale (cr, side, side);
  monocle_world_paint (cr, painting);
  cairo_destroy (cr);
  png = monocle_world_png_of_surface (surface);
  cairo_surface_destroy (surface);
  return png;
}

GBytes *
monocle_world_draw (const MonocleTracks *tracks,
                    const MonocleFutures *futures,
                    const MonocleWorldFilm *film,
                    guint side)
{
  g_autoptr (MonocleTracks) truth
      = film ? monocle_world_film_show (film, MONOCLE_WORLD_N_FRAMES) : NULL;
  const MonocleWorldPainting painting = { .tracks = tracks,
                                          .futures = futures,
                                          .truth = truth,
                                          .frame = tracks->n_frames - 1,
                                          .n_ahead = futures->n_frames,
                                          .arrow.frame = -1 };

  return monocle_world_paint_png (&painting, side);
}
