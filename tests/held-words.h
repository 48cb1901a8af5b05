/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer that goes no further than its first words until it is let: what is to happen in the
 * middle of it does, however fast the model is and however slow whoever looks. One program has it
 * in one file, and is linked with -Wl,--wrap=monocle_updates_answering.
 */
#pragma once

#include "engine/answer/result.h"
#include "engine/run/updates.h"

G_BEGIN_DECLS

static GMutex test_words_mutex;
static GCond test_words_cond;
static gboolean test_words_are_held;

void __real_monocle_updates_answering (MonocleUpdates *self, GPtrArray *partial);
void __wrap_monocle_updates_answering (MonocleUpdates *self, GPtrArray *partial);

static inline gboolean
test_has_words (GPtrArray *partial)
{
  for (guint i = 0; i < partial->len; i++)
    for (guint k = 0; partial->pdata[i] && k < monocle_result_get_n_parts (partial->pdata[i]); k++)
      {
        const MonoclePart *part = monocle_result_get_part (partial->pdata[i], k);

        if (part->kind == MONOCLE_PART_TEXT && part->text && *part->text)
          return TRUE;
      }
  return FALSE;
}

/* On the worker's thread. */
void
__wrap_monocle_updates_answering (MonocleUpdates *self, GPtrArray *partial)
{
  const gboolean has_words = test_has_words (partial);

  __real_monocle_updates_answering (self, partial);
  g_mutex_lock (&test_words_mutex);
  while (has_words && test_words_are_held)
    g_cond_wait (&test_words_cond, &test_words_mutex);
  g_mutex_unlock (&test_words_mutex);
}

static inline void
test_hold_words (gboolean are_held)
{
  g_mutex_lock (&test_words_mutex);
  test_words_are_held = are_held;
  g_cond_broadcast (&test_words_cond);
  g_mutex_unlock (&test_words_mutex);
}

G_END_DECLS
