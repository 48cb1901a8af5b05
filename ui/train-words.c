/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/train-words.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/base/error.h"
#include "ui/figures.h"

static char *
describe_rest (MonocleTutor *tutor)
{
  switch (monocle_tutor_get_state (tutor))
    {
    case MONOCLE_TUTOR_DONE:
      return g_strdup (_ ("The model was taught"));
    case MONOCLE_TUTOR_FAILED:
      return g_strdup (_ ("Teaching failed"));
    case MONOCLE_TUTOR_INTERRUPTED:
      return g_strdup (_ ("Teaching was interrupted"));
    case MONOCLE_TUTOR_NONE:
    case MONOCLE_TUTOR_READING:
    case MONOCLE_TUTOR_MEASURING:
    case MONOCLE_TUTOR_READY:
    case MONOCLE_TUTOR_RUNNING:
    case MONOCLE_TUTOR_PAUSED:
    default:
      return g_strdup ("");
    }
}

static char *
describe_stage (const MonocleTrainUpdate *update)
{
  if (!update)
    return g_strdup (_ ("Getting ready"));
  switch (update->stage)
    {
    case MONOCLE_TRAIN_LOOKING:
      return g_strdup_printf (_ ("Looking at picture %u of %u"),
                              MIN (update->n_done + 1, update->n_all), update->n_all);
    case MONOCLE_TRAIN_LEARNING:
      return g_strdup_printf (_ ("Step %u of %u"), update->n_done, update->n_all);
    case MONOCLE_TRAIN_JUDGING:
    default:
      return g_strdup_printf (_ ("Judging answer %u of %u"),
                              MIN (update->n_done + 1, update->n_all), update->n_all);
    }
}

char *
monocle_train_words_dup_progress (MonocleTutor *tutor)
{
  const double seconds = monocle_tutor_get_remaining (tutor);
  g_autofree char *stage = NULL, *left = NULL;

  if (!monocle_tutor_is_active (tutor))
    return describe_rest (tutor);
  stage = describe_stage (monocle_tutor_get_update (tutor));
  if (monocle_tutor_get_state (tutor) == MONOCLE_TUTOR_PAUSED)
    /* Translators: what it was at: "Step 120 of 300, paused" */
    return g_strdup_printf (_ ("%s, paused"), stage);
  if (seconds < 0)
    return g_steal_pointer (&stage);
  left = monocle_figures_dup_time_left ((gint64) MIN (seconds + 1, G_MAXINT));
  /* Translators: what it is at, and how long it takes: "Step 120 of 300, 2 min left" */
  return g_strdup_printf (_ ("%s, %s"), stage, left);
}

char *
monocle_train_words_dup_duration (double seconds)
{
  const double minutes = seconds / 60;

  if (seconds < 90)
    return g_strdup_printf (_ ("About %d s"), (int) MAX (ceil (seconds / 5) * 5, 5));
  if (minutes < 90)
    return g_strdup_printf (_ ("About %d min"), (int) ceil (minutes));
  return g_strdup_printf (_ ("About %.1f h"), minutes / 60);
}

char *
monocle_train_words_dup_held_out (MonocleTutor *tutor)
{
  const GArray *rounds = monocle_tutor_get_rounds (tutor);
  const MonocleTrainEstimate *estimate = monocle_tutor_get_estimate (tutor);
  const double right
      = rounds->len > 0 ? g_array_index (rounds, MonocleTrainPoint, rounds->len - 1).held_out_right
                        : (double) NAN;
  g_autofree char *percent = NULL;

  if (!isfinite (right))
    return g_strdup (estimate && estimate->n_held_out == 0
                         ? _ ("Nothing is held out, so nobody can tell whether it helps.")
                         : "");
  percent = monocle_figures_dup_percent (right);
  if (!estimate)
    return g_strdup_printf (_ ("Of the held-out answers %s are right."), percent);
  return g_strdup_printf (ngettext ("Of %2$u held-out answer %1$s is right.",
                                    "Of %2$u held-out answers %1$s are right.",
                                    estimate->n_held_out),
                          percent, estimate->n_held_out);
}

/* What the application itself refuses is said as it is. */
char *
monocle_train_words_dup_error (MonocleAttempt attempt, const GError *error)
{
  const MonocleTrouble trouble = monocle_trouble_describe (attempt, error);

  if (error->domain == MONOCLE_APP_ERROR)
    return g_strdup (error->message);
  return trouble.advice ? g_strdup_printf ("%s. %s", trouble.what, trouble.advice)
                        : g_strdup (trouble.what);
}
