/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/next-frames-drawn.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/base/output.h"
#include "app/cli/out.h"
#include "app/cli/wait.h"
#include "app/world/strip.h"

/* Frames ahead of which tables speak. */
static const guint horizons[] = { 1, 2, 4, 8, 16 };

/* Of futures, beside the likeliest way. */
#define MOST_ROWS 3

#define SCALE 2

/* (transfer full) (nullable) */
static MonocleDrawnFrames *
draw (MonocleModel *model,
      MonocleImage *seen,
      const MonocleTracks *tracks,
      const float *places,
      guint n,
      GError **error)
{
  const MonocleFrameRequest request = { .seen = seen, .tracks = tracks, .places = places, .n = n };
  MonocleCliWait wait = { 0 };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_model_draw_frames_async (model, &request, monocle_cli_wait_get_cancellable (),
                                   monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  return monocle_model_draw_frames_finish (model, result, error);
}

/* --- one scene ---------------------------------------------------------------------------- */

static GPtrArray *
add_row (GPtrArray *rows, MonocleImage *first)
{
  GPtrArray *row = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_image_unref);

  g_ptr_array_add (row, monocle_image_ref (first));
  g_ptr_array_add (rows, row);
  return row;
}

static gboolean
write_strip (const MonocleDrawnFrames *drawn,
             MonocleImage *seen,
             guint n_seen,
             guint n_ways,
             const MonocleWorldFilm *film,
             const char *path,
             GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  const guint n_frames = drawn->frames->len / n_ways;
  g_autoptr (GBytes) png = NULL;

  for (guint way = 0; way < n_ways; way++)
    {
      GPtrArray *row = add_row (rows, drawn->seen);

      for (guint t = 0; t < n_frames; t++)
        g_ptr_array_add (row, monocle_image_ref (drawn->frames->pdata[way * n_frames + t]));
    }
  if (film)
    {
      GPtrArray *row = add_row (rows, seen);

      for (guint t = n_seen; t < n_seen + n_frames; t++)
        g_ptr_array_add (
            row, monocle_world_frame_draw (&film->scene, (const double (*)[2]) film->places[t]));
    }
  png = monocle_world_strip_png (rows, SCALE);
  return monocle_output_write (path, g_bytes_get_data (png, NULL), g_bytes_get_size (png), error);
}

gboolean
monocle_cli_next_frames_draw (MonocleModel *model,
                              MonocleImage *seen,
                              const MonocleTracks *tracks,
                              const MonocleFutures *futures,
                              const MonocleWorldFilm *film,
                              const char *path,
                              GError **error)
{
  const gsize n_way = (gsize) futures->n_frames * futures->n_things * 2;
  const guint n_ways = 1 + MIN (futures->n_futures, MOST_ROWS);
  g_autofree float *places = g_new (float, n_ways *n_way);
  g_autoptr (MonocleDrawnFrames) drawn = NULL;
  guint side;
  double least;

  memcpy (places, futures->likeliest, n_way * sizeof *places);
  for (guint k = 1; k < n_ways; k++)
    memcpy (places + k * n_way, monocle_futures_get_drawn (futures, k - 1), n_way * sizeof *places);
  drawn = draw (model, seen, tracks, places, n_ways * futures->n_frames, error);
  if (!drawn)
    return FALSE;
  monocle_model_get_frames (model, &side, &least);
  if (drawn->frames->len > 0)
    return write_strip (drawn, seen, tracks->n_frames, n_ways, film, path, error);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               _ ("this does not look like the frames that this model draws (it comes back at "
                  "%.1f dB, at least %.1f)"),
               drawn->decibels, least);
  return FALSE;
}

/* --- many --------------------------------------------------------------------------------- */

/* Decibels at which a frame that happened comes back. */
static gboolean
measure_back (MonocleModel *model,
              const MonocleWorldFilm *film,
              const MonocleTracks *tracks,
              guint frame,
              double *decibels,
              GError **error)
{
  g_autoptr (MonocleImage) truth
      = monocle_world_frame_draw (&film->scene, (const double (*)[2]) film->places[frame]);
  g_autoptr (MonocleDrawnFrames) back = draw (model, truth, tracks, NULL, 0, error);

  if (!back)
    return FALSE;
  *decibels = back->decibels;
  return TRUE;
}

gboolean
monocle_cli_next_frames_judge_drawn (MonocleModel *model,
                                     const MonocleWorldFilm *film,
                                     const MonocleTracks *tracks,
                                     const MonocleFutures *futures,
                                     MonocleWorldFrameJudge *judge,
                                     GError **error)
{
  const guint n_seen = tracks->n_frames;
  const gsize n_each = (gsize) futures->n_things * 2;
  g_autoptr (MonocleImage) seen
      = monocle_world_frame_draw (&film->scene, (const double (*)[2]) film->places[n_seen - 1]);
  g_autofree float *places = g_new (float, G_N_ELEMENTS (horizons) * n_each);
  g_autoptr (MonocleDrawnFrames) drawn = NULL;
  guint n = 0, side;
  double least;

  for (; n < G_N_ELEMENTS (horizons) && horizons[n] <= futures->n_frames; n++)
    memcpy (places + n * n_each, futures->likeliest + (horizons[n] - 1) * n_each,
            n_each * sizeof *places);
  drawn = draw (model, seen, tracks, places, n, error);
  if (!drawn)
    return FALSE;
  monocle_model_get_frames (model, &side, &least);
  monocle_world_frame_judge_add_seen (judge, film, n_seen, drawn, least);
  for (guint i = 0; i < drawn->frames->len; i++)
    {
      double back;

      if (!measure_back (model, film, tracks, n_seen + horizons[i] - 1, &back, error))
        return FALSE;
      monocle_world_frame_judge_add (judge, film, n_seen, futures, horizons[i],
                                     drawn->frames->pdata[i], back);
    }
  return TRUE;
}

/* --- printing ----------------------------------------------------------------------------- */

static void
print_line (const char *title, const double *values, guint n)
{
  const int missing = MAX (36 - (int) g_utf8_strlen (title, -1), 1);

  monocle_cli_out ("  %s%*s", title, missing, "");
  for (guint i = 0; i < n; i++)
    monocle_cli_out (" %7.2f", values[i]);
  monocle_cli_out ("\n");
}

void
monocle_cli_next_frames_print_drawn (const MonocleWorldFrameJudge *judge, guint n_frames)
{
  static const char *const titles[MONOCLE_WORLD_FRAME_N_WAYS] = {
    [MONOCLE_WORLD_FRAME_DRAWN] = N_ ("drawn by the model, dB"),
    [MONOCLE_WORLD_FRAME_BACK] = N_ ("what happened, as codes and back"),
    [MONOCLE_WORLD_FRAME_PLACES] = N_ ("the model's places, by the program"),
    [MONOCLE_WORLD_FRAME_FIRST_GUESS + MONOCLE_WORLD_GUESS_STILL] = N_ ("nothing moves"),
    [MONOCLE_WORLD_FRAME_FIRST_GUESS + MONOCLE_WORLD_GUESS_SPEED] = N_ ("constant speed"),
    [MONOCLE_WORLD_FRAME_FIRST_GUESS + MONOCLE_WORLD_GUESS_PULL] = N_ ("speed and known gravity"),
    [MONOCLE_WORLD_FRAME_FIRST_GUESS + MONOCLE_WORLD_GUESS_WALLS] = N_ ("and reflecting walls"),
  };
  double rows[MONOCLE_WORLD_FRAME_N_WAYS + 3][G_N_ELEMENTS (horizons)];
  const guint balls = MAX (judge->n_balls, 1), ways = MONOCLE_WORLD_FRAME_N_WAYS;
  guint n = 0;

  for (; n < G_N_ELEMENTS (horizons) && horizons[n] <= n_frames; n++)
    {
      const MonocleWorldFrameTally *tally = &judge->tallies[horizons[n] - 1];
      const double count = MAX (tally->n_balls, 1);

      for (guint way = 0; way < ways; way++)
        rows[way][n] = tally->decibels[way] / MAX (tally->n_frames, 1);
      rows[ways][n] = 100 * tally->off / count / MONOCLE_WORLD_SIDE;
      rows[ways + 1][n] = 100.0 * tally->n_lost / count;
      rows[ways + 2][n] = tally->n_balls;
    }
  monocle_cli_out (_ ("Frames that were seen, as codes and back: %.2f dB, balls %.2f %% of the "
                      "side off, %.2f %% of them lost, %u of %u frames refused\n"),
                   judge->decibels / MAX (judge->n_films, 1),
                   100 * judge->off / balls / MONOCLE_WORLD_SIDE, 100.0 * judge->n_lost / balls,
                   judge->n_unknown, judge->n_films);
  monocle_cli_out ("%s\n", _ ("Frames that follow, beside what happened"));
  monocle_cli_out ("  %-36s", "");
  for (guint i = 0; i < n; i++)
    monocle_cli_out (" %7u", horizons[i]);
  monocle_cli_out ("\n");
  for (guint way = 0; way < ways; way++)
    print_line (_ (titles[way]), rows[way], n);
  print_line (_ ("balls off the model's places, %"), rows[ways], n);
  print_line (_ ("balls lost, %"), rows[ways + 1], n);
  print_line (_ ("balls"), rows[ways + 2], n);
}
