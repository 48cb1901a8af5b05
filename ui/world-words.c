/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/world-words.h"

#include <glib/gi18n.h>

#include "app/models/device-name.h"

/* Spread, in per cent of the side: what is below it is said so. */
#define SAME   2.0
#define LITTLE 6.0
#define MUCH   15.0

char *
monocle_world_words_dup_frame (MonocleWorldStage *stage)
{
  const guint n_seen = monocle_world_stage_count_seen (stage);
  const guint frame = monocle_world_stage_get_frame (stage);

  if (frame < n_seen)
    return g_strdup_printf (_ ("Frame %u of %u"), frame + 1, n_seen);
  return g_strdup_printf (ngettext ("%u frame ahead", "%u frames ahead", frame + 1 - n_seen),
                          frame + 1 - n_seen);
}

/* How far futures are from their mean. */
static char *
dup_spread (double spread)
{
  if (spread < SAME)
    return g_strdup_printf (
        _ ("the futures are nearly the same, %.1f %% of the side around their mean."), spread);
  if (spread < LITTLE)
    return g_strdup_printf (
        _ ("the futures differ a little, %.1f %% of the side around their mean."), spread);
  if (spread < MUCH)
    return g_strdup_printf (_ ("the futures differ much, %.1f %% of the side around their mean."),
                            spread);
  return g_strdup_printf (
      _ ("it may be almost anywhere, %.1f %% of the side around the mean of the futures."), spread);
}

static void
add_throw (GString *text, MonocleWorldStage *stage)
{
  const MonocleThrow *thrown = &monocle_world_stage_get_tracks (stage)->thrown;

  if (thrown->frame < 0)
    return;
  g_string_append_c (text, '\n');
  if (monocle_world_stage_is_thrown (stage))
    g_string_append_printf (text, _ ("Ball %u is thrown."), thrown->thing + 1);
  else
    g_string_append_printf (text, _ ("The model is told that ball %u is thrown after frame %d."),
                            thrown->thing + 1, thrown->frame + 1);
}

char *
monocle_world_words_dup_outlook (MonocleWorldStage *stage)
{
  GString *text = g_string_new (NULL);
  g_autofree char *spread = NULL;
  MonocleWorldOutlook outlook;
  guint ahead;

  if (!monocle_world_stage_look (stage, &ahead, &outlook))
    return g_string_free (text, FALSE);
  /* Translators: what follows is a sentence that goes on. */
  g_string_append_printf (text, ngettext ("%u frame ahead:", "%u frames ahead:", ahead), ahead);
  g_string_append_c (text, ' ');
  spread = monocle_world_stage_get_futures (stage) > 1
               ? dup_spread (outlook.spread)
               : g_strdup (_ ("one future, which says nothing of how sure that is."));
  g_string_append (text, spread);
  if (outlook.likeliest >= 0)
    {
      g_string_append_c (text, '\n');
      g_string_append_printf (text,
                              _ ("The likeliest way is %.1f %% of the side from what happens; at "
                                 "constant speed it would be %.1f %%."),
                              outlook.likeliest, outlook.speed);
    }
  add_throw (text, stage);
  return g_string_free (text, FALSE);
}

char *
monocle_world_words_dup_drawn (MonocleWorldStage *stage)
{
  MonocleSeer *seer = monocle_world_stage_get_seer (stage);
  const MonocleDrawnFrames *drawn = monocle_seer_get_drawn (seer);
  const double least = monocle_seer_get_least_decibels (seer);

  if (!monocle_world_stage_get_drawn (stage))
    return g_strdup (_ ("Its own frames, of 32 × 32 pixels"));
  if (monocle_seer_is_drawing (seer))
    return g_strdup (_ ("Drawing"));
  if (monocle_seer_get_state (seer) == MONOCLE_SEER_DONE && least < 0)
    return g_strdup (_ ("This model draws no frames"));
  if (!drawn)
    return g_strdup (_ ("None are drawn"));
  if (drawn->frames->len == 0)
    return g_strdup_printf (_ ("None are drawn: the last frame is unlike those that it knows. It "
                               "comes back from its codes at %.1f dB, and %.0f dB is the least."),
                            drawn->decibels, least);
  return g_strdup_printf (
      _ ("The last frame comes back from its codes at %.1f dB; from %.0f dB on it draws."),
      drawn->decibels, least);
}

char *
monocle_world_words_dup_doing (MonocleSeer *seer)
{
  MonocleDevice *checking = monocle_seer_get_checking (seer);
  g_autofree char *name = NULL;

  if (monocle_seer_is_drawing (seer))
    return g_strdup (_ ("Drawing"));
  if (!checking)
    return g_strdup (monocle_seer_get_state (seer) == MONOCLE_SEER_LOADING ? _ ("Loading the model")
                                                                           : _ ("Looking ahead"));
  name = monocle_device_name_shorten (monocle_device_get_name (checking));
  return g_strdup_printf (_ ("Getting %s ready, once"), name);
}

char *
monocle_world_words_dup_watching (guint frame, guint n_frames)
{
  if (frame == 0)
    return g_strdup (_ ("Reading the frames"));
  return g_strdup_printf (_ ("Looking at frame %u of %u"), frame, n_frames);
}

const char *
monocle_world_words_get_kind (MonocleWorldKind kind)
{
  switch (kind)
    {
    case MONOCLE_WORLD_HEAVY:
      return _ ("With more gravity than it learnt");
    case MONOCLE_WORLD_BLOCKED:
      return _ ("Such as it learnt, with a box or a ramp");
    case MONOCLE_WORLD_TURNING:
      return _ ("Such as it never saw: it should say so");
    case MONOCLE_WORLD_USUAL:
    case MONOCLE_WORLD_N_KINDS:
    default:
      return _ ("Such as it learnt, but none of those");
    }
}
