/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/ask-all-words.h"

#include <glib/gi18n.h>

#include "app/document/query.h"
#include "ui/figures.h"

char *
monocle_ask_all_dup_question (const MonocleAskPlan *plan)
{
  g_autofree char *title
      = monocle_query_dup_task_title (plan->task, *plan->language ? plan->language : NULL);

  /* Translators: what is asked, and with which words: Find by Name: red car */
  return plan->text && *plan->text ? g_strdup_printf (_ ("%s: %s"), title, plan->text)
                                   : g_steal_pointer (&title);
}

static char *
describe_end (MonocleAskAll *self)
{
  const guint n_answered = g_list_model_get_n_items (monocle_ask_all_get_results (self));
  const guint n_failed = g_list_model_get_n_items (monocle_ask_all_get_errors (self));
  const guint n_left = monocle_ask_all_get_total (self) - n_answered - n_failed;
  g_autofree char *answered
      = g_strdup_printf (ngettext ("%u answered", "%u answered", n_answered), n_answered);
  g_autofree char *failed
      = n_failed > 0 ? g_strdup_printf (ngettext (", %u failed", ", %u failed", n_failed), n_failed)
                     : g_strdup ("");
  g_autofree char *left
      = n_left > 0 ? g_strdup_printf (ngettext (", %u not asked", ", %u not asked", n_left), n_left)
                   : g_strdup ("");

  return g_strconcat (answered, failed, left, NULL);
}

char *
monocle_ask_all_dup_progress (MonocleAskAll *self)
{
  const guint n_done = monocle_ask_all_get_done (self), n = monocle_ask_all_get_total (self);
  const double rate = monocle_ask_all_get_rate (self);
  const double seconds = monocle_ask_all_get_remaining (self);
  g_autofree char *left = NULL;

  if (!monocle_ask_all_is_active (self))
    return describe_end (self);
  if (monocle_ask_all_get_state (self) == MONOCLE_ASK_ALL_PAUSED)
    /* Translators: pictures */
    return g_strdup_printf (_ ("%u of %u, paused"), n_done, n);
  if (rate <= 0)
    /* Translators: pictures */
    return g_strdup_printf (_ ("%u of %u"), n_done, n);
  left = monocle_figures_dup_time_left ((gint64) MIN (seconds + 1, G_MAXINT));
  /* Translators: pictures: 12 of 200, 3.2 a second, 2 min left */
  return g_strdup_printf (_ ("%u of %u, %.1f a second, %s"), n_done, n, rate, left);
}

double
monocle_ask_all_get_fraction (MonocleAskAll *self)
{
  const guint n = monocle_ask_all_get_total (self);

  return n > 0 ? (double) monocle_ask_all_get_done (self) / n : 0;
}
