/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/next-frames.h"

#include <glib/gi18n.h>

#include "app/cli/format.h"
#include "app/cli/out.h"

/* Frames ahead of which tables speak. */
static const guint horizons[] = { 1, 2, 4, 8, 16 };

static const struct
{
  const char *key, *title;
} ways[MONOCLE_WORLD_N_WAYS] = {
  [MONOCLE_WORLD_LIKELIEST] = { "likeliest", N_ ("likeliest") },
  [MONOCLE_WORLD_MEAN] = { "mean", N_ ("mean of the futures") },
  [MONOCLE_WORLD_BEST] = { "best", N_ ("best of the futures") },
  [MONOCLE_WORLD_FIRST_GUESS + MONOCLE_WORLD_GUESS_STILL] = { "still", N_ ("nothing moves") },
  [MONOCLE_WORLD_FIRST_GUESS + MONOCLE_WORLD_GUESS_SPEED] = { "speed", N_ ("constant speed") },
  [MONOCLE_WORLD_FIRST_GUESS + MONOCLE_WORLD_GUESS_PULL]
  = { "pull", N_ ("speed and known gravity") },
  [MONOCLE_WORLD_FIRST_GUESS + MONOCLE_WORLD_GUESS_WALLS]
  = { "walls", N_ ("and reflecting walls") },
};

/* --- numbers ------------------------------------------------------------------------------ */

static void
add_number (JsonBuilder *builder, const char *key, double value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_double_value (builder, value);
}

static void
add_count (JsonBuilder *builder, const char *key, guint value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, value);
}

/* [frames][things][x, y]: shares of the side */
static void
add_places (JsonBuilder *builder, const float *places, guint n_frames, guint n_things)
{
  json_builder_begin_array (builder);
  for (guint t = 0; t < n_frames; t++)
    {
      json_builder_begin_array (builder);
      for (guint i = 0; i < n_things; i++)
        {
          json_builder_begin_array (builder);
          for (guint axis = 0; axis < 2; axis++)
            json_builder_add_double_value (builder, (double) *places++);
          json_builder_end_array (builder);
        }
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

static void
add_errors (JsonBuilder *builder, const double errors[MONOCLE_WORLD_N_WAYS], gboolean has_drawn)
{
  for (guint way = 0; way < MONOCLE_WORLD_N_WAYS; way++)
    if (has_drawn || (way != MONOCLE_WORLD_MEAN && way != MONOCLE_WORLD_BEST))
      add_number (builder, ways[way].key, errors[way]);
}

/* A line of a table. */
static void
print_line (const char *title, const double *values, guint n)
{
  /* Columns count characters, not bytes. */
  const int missing = MAX (28 - (int) g_utf8_strlen (title, -1), 1);

  monocle_cli_out ("  %s%*s", title, missing, "");
  for (guint i = 0; i < n; i++)
    monocle_cli_out (" %7.2f", values[i]);
  monocle_cli_out ("\n");
}

static guint
print_head (guint n_frames)
{
  guint n = 0;

  monocle_cli_out ("  %-28s", "");
  for (; n < G_N_ELEMENTS (horizons) && horizons[n] <= n_frames; n++)
    monocle_cli_out (" %7u", horizons[n]);
  monocle_cli_out ("\n");
  return n;
}

/* --- one scene ---------------------------------------------------------------------------- */

/* Means of all things. */
static void
get_errors (const MonocleTracks *tracks,
            const MonocleFutures *futures,
            const MonocleWorldFilm *film,
            guint ahead,
            double means[MONOCLE_WORLD_N_WAYS])
{
  for (guint way = 0; way < MONOCLE_WORLD_N_WAYS; way++)
    means[way] = 0;
  for (guint i = 0; i < tracks->n_things; i++)
    {
      double errors[MONOCLE_WORLD_N_WAYS];

      monocle_world_judge_compare (film, tracks->n_frames, futures, i, ahead, errors);
      for (guint way = 0; way < MONOCLE_WORLD_N_WAYS; way++)
        means[way] += errors[way] / tracks->n_things;
    }
}

static void
print_json (const MonocleTracks *tracks,
            const MonocleFutures *futures,
            const MonocleWorldFilm *film,
            const char *name,
            gboolean is_known)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (MonocleTracks) truth
      = film ? monocle_world_film_show (film, MONOCLE_WORLD_N_FRAMES) : NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "scene");
  json_builder_add_string_value (builder, name);
  add_count (builder, "things", tracks->n_things);
  add_number (builder, "surprise", futures->surprise);
  json_builder_set_member_name (builder, "known");
  json_builder_add_boolean_value (builder, is_known);
  json_builder_set_member_name (builder, "seen");
  add_places (builder, tracks->places, tracks->n_frames, tracks->n_things);
  json_builder_set_member_name (builder, "likeliest");
  add_places (builder, futures->likeliest, futures->n_frames, futures->n_things);
  json_builder_set_member_name (builder, "futures");
  json_builder_begin_array (builder);
  for (guint k = 0; k < futures->n_futures; k++)
    add_places (builder, monocle_futures_get_drawn (futures, k), futures->n_frames,
                futures->n_things);
  json_builder_end_array (builder);
  if (film)
    {
      json_builder_set_member_name (builder, "truth");
      add_places (builder, truth->places + (gsize) tracks->n_frames * tracks->n_things * 2,
                  futures->n_frames, tracks->n_things);
      json_builder_set_member_name (builder, "errors");
      json_builder_begin_array (builder);
      for (guint ahead = 1; ahead <= futures->n_frames; ahead++)
        {
          double errors[MONOCLE_WORLD_N_WAYS];

          get_errors (tracks, futures, film, ahead, errors);
          json_builder_begin_object (builder);
          add_count (builder, "ahead", ahead);
          add_errors (builder, errors, futures->n_futures > 0);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

static void
print_errors (const MonocleTracks *tracks,
              const MonocleFutures *futures,
              const MonocleWorldFilm *film)
{
  double table[MONOCLE_WORLD_N_WAYS][G_N_ELEMENTS (horizons)];
  guint n;

  monocle_cli_out ("%s\n",
                   _ ("How far that is from what happens, in per cent of the side, by frames:"));
  n = print_head (futures->n_frames);
  for (guint i = 0; i < n; i++)
    {
      double errors[MONOCLE_WORLD_N_WAYS];

      get_errors (tracks, futures, film, horizons[i], errors);
      for (guint way = 0; way < MONOCLE_WORLD_N_WAYS; way++)
        table[way][i] = errors[way];
    }
  for (guint way = 0; way < MONOCLE_WORLD_N_WAYS; way++)
    if (futures->n_futures > 0 || (way != MONOCLE_WORLD_MEAN && way != MONOCLE_WORLD_BEST))
      print_line (_ (ways[way].title), table[way], n);
}

void
monocle_cli_next_frames_print (const MonocleTracks *tracks,
                               const MonocleFutures *futures,
                               const MonocleWorldFilm *film,
                               const char *name,
                               gboolean is_known,
                               gboolean json)
{
  if (json)
    {
      print_json (tracks, futures, film, name, is_known);
      return;
    }
  monocle_cli_out ("%s: ", name);
  monocle_cli_out (ngettext ("%u thing, %u frames seen, %u foreseen, surprise %.2f\n",
                             "%u things, %u frames seen, %u foreseen, surprise %.2f\n",
                             tracks->n_things),
                   tracks->n_things, tracks->n_frames, futures->n_frames, futures->surprise);
  monocle_cli_out ("%s\n", _ ("Likeliest, in per cent of the side from the upper left:"));
  for (guint t = 0; t < futures->n_frames; t++)
    {
      monocle_cli_out ("  %3u ", t + 1);
      for (guint i = 0; i < 2 * tracks->n_things; i++)
        monocle_cli_out ("%s%6.1f", i % 2 == 0 ? "  " : " ",
                         100 * (double) futures->likeliest[t * 2 * tracks->n_things + i]);
      monocle_cli_out ("\n");
    }
  if (film)
    print_errors (tracks, futures, film);
}

/* --- many --------------------------------------------------------------------------------- */

static MonocleWorldTally
get_tally (const MonocleWorldJudge *judge, guint ahead, guint which)
{
  return which == MONOCLE_WORLD_N_WHICH ? monocle_world_judge_sum (judge, ahead)
                                        : judge->tallies[ahead - 1][which];
}

static gboolean
has_drawn (const MonocleWorldJudge *judge)
{
  return monocle_world_judge_sum (judge, 1).spread2 > 0;
}

static void
add_tally (JsonBuilder *builder, const MonocleWorldTally *tally, gboolean is_drawn)
{
  double means[MONOCLE_WORLD_N_WAYS];
  const double n = MAX (tally->n, 1);

  json_builder_begin_object (builder);
  add_count (builder, "n", tally->n);
  for (guint way = 0; way < MONOCLE_WORLD_N_WAYS; way++)
    means[way] = tally->errors[way] / n;
  add_errors (builder, means, is_drawn);
  if (is_drawn)
    {
      add_number (builder, "inside", tally->n_inside / n);
      add_number (builder, "spread", tally->spread / n);
      add_number (builder, "correlation", monocle_world_tally_correlate (tally));
    }
  json_builder_end_object (builder);
}

static void
print_judge_json (const MonocleWorldJudge *judge, guint n_frames, guint n_refused)
{
  static const char *const keys[] = { "quiet", "event", "all" };
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_count (builder, "scenes", judge->n_films);
  add_number (builder, "surprise", judge->surprise / MAX (judge->n_films, 1));
  add_count (builder, "refused", n_refused);
  json_builder_set_member_name (builder, "ahead");
  json_builder_begin_array (builder);
  for (guint ahead = 1; ahead <= n_frames; ahead++)
    {
      json_builder_begin_object (builder);
      add_count (builder, "frames", ahead);
      for (guint which = 0; which <= MONOCLE_WORLD_N_WHICH; which++)
        {
          const MonocleWorldTally tally = get_tally (judge, ahead, which);

          json_builder_set_member_name (builder, keys[which]);
          add_tally (builder, &tally, has_drawn (judge));
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  monocle_cli_format_print (builder);
}

static void
print_part (const MonocleWorldJudge *judge, guint n_frames, guint which, const char *title)
{
  const gboolean is_drawn = has_drawn (judge);
  double rows[MONOCLE_WORLD_N_WAYS + 4][G_N_ELEMENTS (horizons)];
  guint n, k = MONOCLE_WORLD_N_WAYS;

  monocle_cli_out ("%s\n", title);
  n = print_head (n_frames);
  for (guint i = 0; i < n; i++)
    {
      const MonocleWorldTally tally = get_tally (judge, horizons[i], which);
      const double count = MAX (tally.n, 1);

      for (guint way = 0; way < MONOCLE_WORLD_N_WAYS; way++)
        rows[way][i] = tally.errors[way] / count;
      rows[k][i] = 100 * tally.n_inside / count;
      rows[k + 1][i] = tally.spread / count;
      rows[k + 2][i] = monocle_world_tally_correlate (&tally);
      rows[k + 3][i] = tally.n;
    }
  for (guint way = 0; way < MONOCLE_WORLD_N_WAYS; way++)
    if (is_drawn || (way != MONOCLE_WORLD_MEAN && way != MONOCLE_WORLD_BEST))
      print_line (_ (ways[way].title), rows[way], n);
  if (is_drawn)
    {
      print_line (_ ("inside the 90 % ellipse, %"), rows[k], n);
      print_line (_ ("spread of the futures"), rows[k + 1], n);
      print_line (_ ("spread with error, correlation"), rows[k + 2], n);
    }
  print_line (_ ("things"), rows[k + 3], n);
}

void
monocle_cli_next_frames_print_judge (const MonocleWorldJudge *judge,
                                     guint n_frames,
                                     guint n_refused,
                                     gboolean json)
{
  if (json)
    {
      print_judge_json (judge, n_frames, n_refused);
      return;
    }
  monocle_cli_out (ngettext ("%u scene, mean surprise %.3f, %u refused\n",
                             "%u scenes, mean surprise %.3f, %u refused\n", judge->n_films),
                   judge->n_films, judge->surprise / MAX (judge->n_films, 1), n_refused);
  monocle_cli_out ("%s\n", _ ("Errors in per cent of the side, by frames ahead"));
  print_part (judge, n_frames, MONOCLE_WORLD_N_WHICH, _ ("All things"));
  print_part (judge, n_frames, MONOCLE_WORLD_EVENT,
              _ ("Those that bounced, were met or thrown before"));
  print_part (judge, n_frames, MONOCLE_WORLD_QUIET, _ ("Those to which nothing happened"));
}
