/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conversations. What was said is written down anew for each answer, as the family's template has
 * it, with answers as the tokens that they were written in; what of it has to be read is found by
 * parts/causal-talk.
 */
#include "config.h"

#include "engine/base/error.h"
#include "engine/models/causal-asking.h"
#include "engine/nn/cache.h"
#include "engine/text/loops.h"

/* Parts of the context that an answer should have left, and that are left once turns are forgotten,
 * so that this does not happen in each turn again. */
#define PART_FOR_ANSWER 8
#define PART_MADE_FREE  4

/* Words of a turn that are compiled for, if they come to that. */
#define USUAL_WORDS 32

MonocleCausalTalk *
monocle_causal_asker_open_talk (MonocleCausalAsker *self, GError **error)
{
  /* Room for a picture and some turns, so that it need not grow at once. */
  const MonocleCausalDecoderSize size
      = { .n_questions = 1, .n_beams = 1, .n_candidates = 1, .first_places = MONOCLE_CAUSAL_CHUNK };
  MonocleCausalDecoder *decoder = monocle_causal_decoder_new (
      self->causal, self->params, self->gpu, MONOCLE_FORMAT_F32, &size, self->seen, error);

  return decoder ? monocle_causal_talk_new (decoder) : NULL;
}

gboolean
monocle_causal_asker_compile_talk (MonocleCausalTalk *talk,
                                   guint n_picture,
                                   MonocleCommands *vision,
                                   GCancellable *cancellable,
                                   MonocleVkCompileProgress progress,
                                   gpointer user_data,
                                   GError **error)
{
  MonocleCausalDecoder *decoder = monocle_causal_talk_get_decoder (talk);
  MonocleCommands *recordings[4] = { vision };

  /* Who has something to lose has all that he needs. */
  return monocle_causal_decoder_get_length (decoder) > 0
         || (monocle_causal_decoder_get_recordings (decoder, n_picture, USUAL_WORDS, recordings + 1,
                                                    error)
             && monocle_vk_compile (recordings, G_N_ELEMENTS (recordings), cancellable, progress,
                                    user_data, error));
}

/* --- what is said ------------------------------------------------------------------------- */

static MonocleCausalPiece *
add_piece (GPtrArray *pieces, GArray *ids)
{
  MonocleCausalPiece *piece = g_new0 (MonocleCausalPiece, 1);

  piece->ids = ids;
  g_ptr_array_add (pieces, piece);
  return piece;
}

void
monocle_causal_pieces_add_ids (GPtrArray *pieces, const guint32 *ids, guint n)
{
  MonocleCausalPiece *last = pieces->len > 0 ? pieces->pdata[pieces->len - 1] : NULL;

  if (!last || last->look > 0)
    last = add_piece (pieces, g_array_new (FALSE, FALSE, sizeof (guint32)));
  g_array_append_vals (last->ids, ids, n);
}

void
monocle_causal_pieces_add_apart (GPtrArray *pieces, GArray *ids)
{
  add_piece (pieces, ids);
}

void
monocle_causal_pieces_add_picture (GPtrArray *pieces, GArray *ids, guint64 look, gconstpointer seen)
{
  MonocleCausalPiece *piece = add_piece (pieces, ids);

  piece->look = look;
  piece->seen = seen;
}

static guint
count_tokens (const GPtrArray *pieces)
{
  guint n = 0;

  for (guint i = 0; i < pieces->len; i++)
    n += ((const MonocleCausalPiece *) pieces->pdata[i])->ids->len;
  return n;
}

/* --- answering ---------------------------------------------------------------------------- */

typedef struct
{
  MonocleCausalAsker *asker;
  MonocleCausalTalk *talk;
  const MonocleFamilyTalk *asked;
  MonocleFamilyReply *reply;
  GPtrArray *pieces; /* of MonocleCausalPiece */
  guint n_tokens, n_room;
  MonocleGenerationConfig search;
  GCancellable *halt; /* cancelled by the person, or where an answer goes round in circles */
  guint n_unlooped;   /* tokens of such an answer that are kept; 0: it does not */
  guint n_ended;      /* of one that is as long as it may be, thoughts and all; 0: it is not */
  gint64 start;
} Talking;

static void
talking_clear (Talking *self)
{
  g_clear_pointer (&self->pieces, g_ptr_array_unref);
  g_clear_object (&self->halt);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Talking, talking_clear)

static gboolean
show (gpointer self, gconstpointer seen, GError **error)
{
  const Talking *talking = self;
  const MonocleCausalAsker *asker = talking->asker;

  return asker->verbs->show (asker->model, monocle_causal_talk_get_decoder (talking->talk), seen,
                             error);
}

static gboolean
begin (gpointer self, MonocleDecoderStart *start, GError **error)
{
  Talking *talking = self;
  MonocleCausalDecoder *decoder = monocle_causal_talk_get_decoder (talking->talk);

  return monocle_causal_decoder_set_n_candidates (decoder, start->n_candidates, error)
         && monocle_causal_talk_read (talking->talk, talking->pieces, show, talking,
                                      &talking->reply->n_kept, start->first_tokens,
                                      start->cancellable, error);
}

static gboolean
step (gpointer self, const MonocleDecoderStep *step, MonocleCandidate *candidates, GError **error)
{
  return monocle_causal_talk_step (((Talking *) self)->talk, step, candidates, error);
}

static gboolean
read_logits (gpointer self, float *logits, GError **error)
{
  Talking *talking = self;

  return monocle_causal_decoder_read_logits (monocle_causal_talk_get_decoder (talking->talk),
                                             logits, error);
}

/* Of what was written. */
static guint
count_thoughts (const Talking *self, const guint32 *ids, guint n)
{
  return self->asker->n_thoughts > 0
             ? self->asker->verbs->count_thoughts (self->asker->model, ids, n)
             : 0;
}

static const MonocleDecoder decoder = { .begin = begin, .step = step, .read_logits = read_logits };

/* The first of the ids belongs to the question. */
static void
tell_certain (guint question,
              gboolean whole,
              const guint32 *ids,
              const float *log_probs,
              guint n_ids,
              gpointer user_data)
{
  Talking *self = user_data;
  g_autoptr (MonocleResult) partial = NULL;

  if (n_ids == 1)
    return;
  if (self->reply->first_ms <= 0 && count_thoughts (self, ids + 1, n_ids - 1) < n_ids - 1)
    self->reply->first_ms = (double) (g_get_monotonic_time () - self->start) / 1000;
  self->n_unlooped = monocle_loops_find (ids + 1, n_ids - 1);
  self->n_ended
      = monocle_causal_asker_find_end (self->asker, ids + 1, n_ids - 1, self->asked->max_tokens);
  if (self->n_unlooped > 0 || self->n_ended > 0)
    {
      g_cancellable_cancel (self->halt);
      return;
    }
  if (!self->asked->partial)
    return;
  partial = self->asker->verbs->read (self->asker->model, NULL, self->asked, whole, ids, log_probs,
                                      n_ids);
  self->asked->partial (question, n_ids - 1, partial, self->asked->user_data);
}

/* Tokens of an answer, with what is thought before. */
static guint
count_most (const Talking *self)
{
  return self->asked->max_tokens + self->asker->n_thoughts;
}

static gboolean
is_end (const Talking *self, guint32 id)
{
  for (guint i = 0; i < self->search.n_eos; i++)
    if (self->search.eos[i] == id)
      return TRUE;
  return FALSE;
}

static MonocleReplyEnd
find_end (const Talking *self, gboolean whole, guint32 last, guint n)
{
  if (self->n_unlooped > 0)
    return MONOCLE_REPLY_LOOPED;
  if (n > 0 && is_end (self, last))
    return MONOCLE_REPLY_WHOLE;
  if (self->n_ended > 0)
    return MONOCLE_REPLY_LONG;
  if (!whole)
    return MONOCLE_REPLY_STOPPED;
  return self->n_room < count_most (self) ? MONOCLE_REPLY_FULL : MONOCLE_REPLY_LONG;
}

static void
tell_done (guint question,
           gboolean whole,
           const guint32 *ids,
           const float *log_probs,
           guint n_ids,
           gpointer user_data)
{
  Talking *self = user_data;
  MonocleFamilyReply *reply = self->reply;
  guint n, n_thoughts;

  reply->n_written = n_ids - 1;
  if (self->n_unlooped > 0)
    n_ids = self->n_unlooped + 1;
  else if (self->n_ended > 0)
    n_ids = self->n_ended + 1;
  reply->end = find_end (self, whole, ids[n_ids - 1], n_ids - 1);
  reply->result
      = self->asker->verbs->read (self->asker->model, NULL, self->asked,
                                  reply->end != MONOCLE_REPLY_STOPPED, ids, log_probs, n_ids);
  n = n_ids - (reply->end == MONOCLE_REPLY_WHOLE ? 2 : 1);
  n_thoughts = count_thoughts (self, ids + 1, n);
  reply->ids = g_array_sized_new (FALSE, FALSE, sizeof (guint32), n - n_thoughts);
  g_array_append_vals (reply->ids, ids + 1 + n_thoughts, n - n_thoughts);
}

/* --- all of it ---------------------------------------------------------------------------- */

static void
write_down (Talking *self, guint n_forgotten)
{
  self->reply->n_forgotten = n_forgotten;
  g_clear_pointer (&self->pieces, g_ptr_array_unref);
  self->pieces = self->asker->verbs->write_turns (self->asker->model, self->asked, n_forgotten);
  self->n_tokens = count_tokens (self->pieces);
}

/* Others would be taken for rows of a picture. */
static gboolean
check_ids (const Talking *self, GError **error)
{
  for (guint i = 0; i < self->asked->n_turns; i++)
    for (guint k = 0; k < self->asked->turns[i].n_ids; k++)
      if (self->asked->turns[i].ids[k] >= self->asker->causal->config.n_words)
        {
          g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                       "Turn %u: token %u is outside the vocabulary of %u", i + 1,
                       self->asked->turns[i].ids[k], self->asker->causal->config.n_words);
          return FALSE;
        }
  return TRUE;
}

/* Forgets the fewest turns with which no more than @most tokens are left, or all but the last. Each
 * is some tokens, so it is found by halves: all of a long conversation is written down for each
 * try. */
static void
forget (Talking *self, guint most)
{
  guint low = self->reply->n_forgotten, high = self->asked->n_turns - 1;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      write_down (self, middle);
      if (self->n_tokens > most)
        low = middle + 1;
      else
        high = middle;
    }
  if (self->reply->n_forgotten != low)
    write_down (self, low);
}

/* Forgets as many turns as must be. */
static gboolean
fit (Talking *self, GError **error)
{
  const guint most = self->asker->causal->config.n_positions;

  write_down (self, MIN (self->asked->n_forgotten, self->asked->n_turns - 1));
  if (self->n_tokens + MIN (count_most (self), most / PART_FOR_ANSWER) > most)
    forget (self, most - most / PART_MADE_FREE);
  if (self->n_tokens > most)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "There is no room for this: %u tokens with all that is shown, the model takes "
                   "%u",
                   self->n_tokens, most);
      return FALSE;
    }
  self->n_room = most - self->n_tokens + 1;
  return TRUE;
}

static void
cancel_too (GCancellable *cancellable, gpointer halt)
{
  g_cancellable_cancel (halt);
}

static gboolean
answer (Talking *self, GError **error)
{
  const MonocleGeneration generation = {
    .decoder = &decoder,
    .decoder_self = self,
    .n_questions = 1,
    .search = &self->search,
    .sampling = self->asked->sampling,
    .certain = tell_certain,
    .done = tell_done,
    .user_data = self,
    .cancellable = self->halt,
  };
  MonocleCausalDecoder *reader = monocle_causal_talk_get_decoder (self->talk);
  guint64 n_before = monocle_causal_decoder_get_n_fed (reader);
  gboolean stopped, done;
  guint n_steps = 0;
  gulong connection = self->asked->cancellable
                          ? g_cancellable_connect (self->asked->cancellable,
                                                   G_CALLBACK (cancel_too), self->halt, NULL)
                          : 0;

  done = monocle_generate (&generation, &stopped, &n_steps, error);
  g_cancellable_disconnect (self->asked->cancellable, connection);
  /* The first step fed what was left of the question. */
  self->reply->n_read
      = (guint) (monocle_causal_decoder_get_n_fed (reader) - n_before) - n_steps + MIN (n_steps, 1);
  return done;
}

gboolean
monocle_causal_asker_talk (MonocleCausalAsker *asker,
                           MonocleCausalTalk *talk,
                           const MonocleFamilyTalk *asked,
                           MonocleFamilyReply *reply,
                           GError **error)
{
  g_auto (Talking) self = { .asker = asker,
                            .talk = talk,
                            .asked = asked,
                            .reply = reply,
                            .halt = g_cancellable_new (),
                            .start = g_get_monotonic_time () };

  monocle_causal_answer_plan (&asker->causal->config, asker->ends, &self.search);
  self.search.num_beams = 1;
  if (!check_ids (&self, error) || !fit (&self, error))
    return FALSE;
  /* The first one counts, and the last one is never fed. */
  self.search.max_length = MIN (count_most (&self), self.n_room) + 1;
  return answer (&self, error);
}
