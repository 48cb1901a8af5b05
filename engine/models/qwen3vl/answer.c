/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The family's side of generation: how its questions and its conversations are written, and how its
 * answers are read.
 */
#include "config.h"

#include "engine/answer/result-private.h"
#include "engine/models/qwen3vl/parse.h"
#include "engine/models/qwen3vl/private.h"

/* --- what is asked ------------------------------------------------------------------------ */

static gboolean
show (gpointer model, MonocleCausalDecoder *decoder, gconstpointer features, GError **error)
{
  const MonocleQwen3vlSeen *seen = features;

  monocle_causal_decoder_set_shape (decoder, seen->n_rows, seen->n_columns);
  return monocle_qwen3vl_show (model, features, error);
}

static GArray *
write_question (gpointer model, const char *prompt)
{
  const MonocleQwen3vl *self = model;
  g_autofree char *text = g_strconcat (prompt, MONOCLE_QWEN3VL_ANSWERS,
                                       self->thinks ? MONOCLE_QWEN3VL_THOUGHTS : NULL, NULL);

  return monocle_qwen3vl_write_words (model, text);
}

GArray *
monocle_qwen3vl_write_beginning (const MonocleQwen3vl *self, guint n_tokens)
{
  GArray *ids = monocle_qwen3vl_write_start (self);
  g_autoptr (GArray) picture = monocle_qwen3vl_write_picture (self, n_tokens);

  return g_array_append_vals (ids, picture->data, picture->len);
}

/* --- what is said ------------------------------------------------------------------------- */

static void
add_words (const MonocleQwen3vl *self, GPtrArray *pieces, const char *words)
{
  g_autoptr (GArray) ids = monocle_qwen3vl_write_words (self, words);

  monocle_causal_pieces_add_ids (pieces, (const guint32 *) ids->data, ids->len);
}

static void
add_pictures (const MonocleQwen3vl *self, GPtrArray *pieces, const MonocleFamilyTurn *turn)
{
  for (guint i = 0; i < turn->n_features; i++)
    {
      const MonocleQwen3vlSeen *seen = turn->features[i];
      GArray *ids = monocle_qwen3vl_write_picture (self, seen->n_rows * seen->n_columns);

      monocle_causal_pieces_add_picture (pieces, ids, seen->look, seen);
    }
}

static GPtrArray *
write_turns (gpointer model, const MonocleFamilyTalk *asked, guint n_forgotten)
{
  const MonocleQwen3vl *self = model;
  GPtrArray *pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_causal_piece_free);

  g_autoptr (GArray) start = monocle_qwen3vl_write_start (self);

  monocle_causal_pieces_add_ids (pieces, (const guint32 *) start->data, start->len);
  for (guint i = 0; i < n_forgotten; i++)
    add_pictures (self, pieces, &asked->turns[i]);
  for (guint i = n_forgotten; i < asked->n_turns; i++)
    {
      const MonocleFamilyTurn *turn = &asked->turns[i];
      g_autofree char *words = g_strconcat (turn->text, MONOCLE_QWEN3VL_ANSWERS, NULL);

      add_pictures (self, pieces, turn);
      add_words (self, pieces, words);
      if (i + 1 == asked->n_turns)
        break;
      /* What was thought before is not repeated. */
      if (turn->ids || !*turn->answer)
        monocle_causal_pieces_add_ids (pieces, turn->ids, turn->n_ids);
      else
        add_words (self, pieces, turn->answer);
      add_words (self, pieces, MONOCLE_QWEN3VL_GOES_ON);
    }
  if (self->thinks)
    monocle_causal_pieces_add_apart (pieces,
                                     monocle_qwen3vl_write_words (self, MONOCLE_QWEN3VL_THOUGHTS));
  return pieces;
}

/* --- what is answered --------------------------------------------------------------------- */

/* All bytes of the tokens that say something, and where each ends. */
static GByteArray *
spell (const MonocleTokenizer *tokenizer, const guint32 *ids, guint n, gsize *ends)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    {
      gsize n_bytes = 0;
      const guint8 *token = monocle_tokenizer_get_bytes (tokenizer, ids[i], &n_bytes);

      if (token && !monocle_tokenizer_is_special (tokenizer, ids[i]))
        g_byte_array_append (bytes, token, (guint) n_bytes);
      ends[i] = bytes->len;
    }
  return bytes;
}

/* What was asked about, as far as its places matter. */
typedef struct
{
  guint width, height;
  guint n_rows, n_columns; /* tokens */
} Picture;

/* Objects of a question about a picture, and what else was written. Who asked for objects is not
 * shown how they were written down. */
static MonocleResult *
read_answer (const MonocleQwen3vl *self,
             const Picture *picture,
             gboolean wants_objects,
             gboolean whole,
             const guint32 *ids,
             const float *log_probs,
             guint n_ids)
{
  const gboolean is_older = self->config.is_older;
  const guint first = 1 + monocle_qwen3vl_count_thoughts ((gpointer) self, ids + 1, n_ids - 1);
  MonocleResult *result = monocle_result_new ();
  char *text = monocle_causal_decode (self->tokenizer, ids + first, n_ids - first, whole);
  g_autofree gsize *ends = g_new (gsize, n_ids);
  g_autoptr (GByteArray) bytes = spell (self->tokenizer, ids + first, n_ids - first, ends);
  const MonocleQwen3vlAnswer answer = {
    .bytes = bytes->data,
    .n_bytes = bytes->len,
    .ends = ends,
    .log_probs = log_probs + first,
    .n_ids = n_ids - first,
    .whole = whole,
    .width = picture->width,
    .height = picture->height,
    .across = is_older ? picture->n_columns * self->pixels.side : MONOCLE_QWEN3VL_PARTS,
    .down = is_older ? picture->n_rows * self->pixels.side : MONOCLE_QWEN3VL_PARTS,
  };
  gboolean is_cut = FALSE;
  const gboolean has_places
      = picture->width > 0 && monocle_qwen3vl_parse (&answer, result, &is_cut) && wants_objects;

  monocle_causal_answer_set_tokens (result, self->tokenizer, ids, log_probs, n_ids);
  monocle_result_set_well_formed (result, !whole || (*text && !(has_places && is_cut)));
  if (has_places)
    g_free (text);
  else
    monocle_result_take_text (result, text);
  return result;
}

/* The picture that was shown last. */
static const MonocleQwen3vlSeen *
find_shown (const MonocleFamilyTalk *talk)
{
  for (guint i = talk->n_turns; i-- > 0;)
    if (talk->turns[i].n_features > 0)
      return talk->turns[i].features[talk->turns[i].n_features - 1];
  return NULL;
}

static MonocleResult *
read_any (gpointer model,
          const MonocleFamilyQuestion *question,
          const MonocleFamilyTalk *talk,
          gboolean whole,
          const guint32 *ids,
          const float *log_probs,
          guint n_ids)
{
  const MonocleQwen3vl *self = model;
  const MonocleQwen3vlSeen *shown = question ? NULL : find_shown (talk);
  Picture picture = { 0 };

  if (question)
    picture = (Picture){ question->width, question->height, self->n_rows, self->n_columns };
  else if (shown)
    picture = (Picture){ shown->width, shown->height, shown->n_rows, shown->n_columns };
  return read_answer (self, &picture, question && question->task->kind == MONOCLE_TASK_FIND, whole,
                      ids, log_probs, n_ids);
}

const MonocleCausalAskingVerbs monocle_qwen3vl_asking = {
  .show = show,
  .write_question = write_question,
  .write_turns = write_turns,
  .count_thoughts = monocle_qwen3vl_count_thoughts,
  .read = read_any,
};

/* --- of the family's table ---------------------------------------------------------------- */

gboolean
monocle_qwen3vl_compile (gpointer model,
                         const MonocleFamilyQuestion *question,
                         MonocleVkCompileProgress progress,
                         GError **error)
{
  MonocleQwen3vl *self = model;
  const guint side = self->pixels.side;
  g_autoptr (GArray) beginning = NULL;
  MonocleQwen3vlPass *pass;
  guint width, height;

  if (!monocle_qwen3vl_fit (&self->pixels, question->width, question->height, &width, &height,
                            error))
    return FALSE;
  pass = monocle_qwen3vl_find_pass (self, width, height, error);
  if (!pass)
    return FALSE;
  beginning = monocle_qwen3vl_write_beginning (self, width / side * (height / side));
  return monocle_causal_asker_compile (&self->asker,
                                       &(MonocleCausalSubject){ .beginning = beginning }, question,
                                       pass->recording.commands, progress, error);
}

gboolean
monocle_qwen3vl_generate (gpointer model,
                          gpointer features,
                          const MonocleFamilyQuestion *question,
                          MonocleFamilyAnswer *answer,
                          GError **error)
{
  MonocleQwen3vl *self = model;
  const MonocleQwen3vlSeen *seen = features;
  g_autoptr (GArray) beginning
      = monocle_qwen3vl_write_beginning (self, seen->n_rows * seen->n_columns);
  const MonocleCausalSubject subject = { seen->look, seen, beginning };

  self->n_rows = seen->n_rows;
  self->n_columns = seen->n_columns;
  return monocle_causal_asker_generate (&self->asker, &subject, question, answer, error);
}
