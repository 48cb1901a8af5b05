/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The family's side of generation: how its questions begin, and how its answers are read.
 */
#include "config.h"

#include "engine/answer/result-private.h"
#include "engine/models/parts/rows.h"
#include "engine/models/smolvlm/private.h"

/* --- what is asked ------------------------------------------------------------------------ */

static gboolean
show (gpointer model, MonocleCausalDecoder *decoder, gconstpointer features, GError **error)
{
  const MonocleSmolvlm *self = model;
  const MonocleSmolvlmSeen *seen = features;

  return monocle_rows_copy (&seen->rows, self->gpu, "image rows", self->seen_buffer, 0, error);
}

static GArray *
write_question (gpointer model, const char *prompt)
{
  return monocle_smolvlm_write_question (model, prompt);
}

/* A page that is hard to read is written in circles now and then, up to the last token. */
static gboolean
watches (const MonocleFamilyQuestion *question)
{
  return monocle_docling_has_task (question->task);
}

/* --- what is answered --------------------------------------------------------------------- */

static MonocleResult *
read_text (const MonocleSmolvlm *self,
           gboolean whole,
           const guint32 *ids,
           const float *log_probs,
           guint n_ids)
{
  MonocleResult *result = monocle_result_new ();
  char *text = monocle_causal_decode (self->tokenizer, ids + 1, n_ids - 1, whole);

  monocle_causal_answer_set_tokens (result, self->tokenizer, ids, log_probs, n_ids);
  monocle_result_set_well_formed (result, !whole || *text);
  monocle_result_take_text (result, text);
  return result;
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
  return question && monocle_docling_has_task (question->task)
             ? monocle_docling_read_answer (model, question, whole, ids, log_probs, n_ids)
             : read_text (model, whole, ids, log_probs, n_ids);
}

const MonocleCausalAskingVerbs monocle_smolvlm_asking = {
  .show = show,
  .write_question = write_question,
  .watches = watches,
  .write_turns = monocle_smolvlm_write_turns,
  .read = read_any,
};

/* --- of the family's table ---------------------------------------------------------------- */

gboolean
monocle_smolvlm_compile (gpointer model,
                         const MonocleFamilyQuestion *question,
                         MonocleVkCompileProgress progress,
                         GError **error)
{
  MonocleSmolvlm *self = model;
  const MonocleSmolvlmGrid grid
      = monocle_smolvlm_plan_views (&self->pixels, question->width, question->height);
  g_autoptr (GArray) beginning = monocle_smolvlm_write_beginning (self, &grid);

  return monocle_causal_asker_compile (&self->asker,
                                       &(MonocleCausalSubject){ .beginning = beginning }, question,
                                       self->sight.recording.commands, progress, error);
}

gboolean
monocle_smolvlm_generate (gpointer model,
                          gpointer features,
                          const MonocleFamilyQuestion *question,
                          MonocleFamilyAnswer *answer,
                          GError **error)
{
  MonocleSmolvlm *self = model;
  const MonocleSmolvlmSeen *seen = features;
  g_autoptr (GArray) beginning = monocle_smolvlm_write_beginning (self, &seen->grid);
  const MonocleCausalSubject subject = { seen->look, seen, beginning };

  return monocle_causal_asker_generate (&self->asker, &subject, question, answer, error);
}
