/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conversations, written down as the reference's template has them.
 */
#include "config.h"

#include "engine/models/smolvlm/private.h"

gpointer
monocle_smolvlm_open_talk (gpointer model, GError **error)
{
  MonocleSmolvlm *self = model;

  return monocle_causal_asker_open_talk (&self->asker, error);
}

gpointer
monocle_smolvlm_fork_talk (gpointer model, gpointer talk, GError **error)
{
  return monocle_causal_talk_fork (talk, error);
}

void
monocle_smolvlm_close_talk (gpointer model, gpointer talk)
{
  monocle_causal_talk_free (talk);
}

gboolean
monocle_smolvlm_compile_talk (gpointer model,
                              gpointer talk,
                              GCancellable *cancellable,
                              MonocleVkCompileProgress progress,
                              gpointer user_data,
                              GError **error)
{
  MonocleSmolvlm *self = model;

  return monocle_causal_asker_compile_talk (talk, self->config.n_seen,
                                            self->sight.recording.commands, cancellable, progress,
                                            user_data, error);
}

gboolean
monocle_smolvlm_talk (gpointer model,
                      gpointer talk,
                      const MonocleFamilyTalk *asked,
                      MonocleFamilyReply *reply,
                      GError **error)
{
  MonocleSmolvlm *self = model;

  return monocle_causal_asker_talk (&self->asker, talk, asked, reply, error);
}

/* --- what is said ------------------------------------------------------------------------- */

static void
add_words (const MonocleSmolvlm *self, GPtrArray *pieces, const char *words)
{
  g_autoptr (GArray) ids = monocle_smolvlm_write_words (self, words);

  monocle_causal_pieces_add_ids (pieces, (const guint32 *) ids->data, ids->len);
}

static void
add_pictures (const MonocleSmolvlm *self, GPtrArray *pieces, const MonocleFamilyTurn *turn)
{
  for (guint i = 0; i < turn->n_features; i++)
    {
      const MonocleSmolvlmSeen *seen = turn->features[i];

      monocle_causal_pieces_add_picture (pieces, monocle_smolvlm_write_picture (self, &seen->grid),
                                         seen->look, seen);
    }
}

/* An answer can begin with a blank, which is not shown. */
static void
add_answer (const MonocleSmolvlm *self, GPtrArray *pieces, const MonocleFamilyTurn *turn)
{
  g_autofree char *words = NULL;

  if (turn->ids || !*turn->answer)
    {
      monocle_causal_pieces_add_ids (pieces, turn->ids, turn->n_ids);
      return;
    }
  words = g_strconcat (self->turns->blank, turn->answer, NULL);
  add_words (self, pieces, words);
}

GPtrArray *
monocle_smolvlm_write_turns (gpointer model, const MonocleFamilyTalk *asked, guint n_forgotten)
{
  const MonocleSmolvlm *self = model;
  GPtrArray *pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_causal_piece_free);

  add_words (self, pieces, self->turns->begins);
  for (guint i = 0; i < n_forgotten; i++)
    add_pictures (self, pieces, &asked->turns[i]);
  for (guint i = n_forgotten; i < asked->n_turns; i++)
    {
      const MonocleFamilyTurn *turn = &asked->turns[i];
      const MonocleCausalPiece *last;
      g_autofree char *words = NULL;

      add_pictures (self, pieces, turn);
      last = pieces->pdata[pieces->len - 1];
      words = g_strconcat (last->look > 0 ? "" : self->turns->blank, turn->text,
                           self->turns->answers, NULL);
      add_words (self, pieces, words);
      if (i + 1 == asked->n_turns)
        break;
      add_answer (self, pieces, turn);
      add_words (self, pieces, self->turns->goes_on);
    }
  return pieces;
}
