/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The family's side of generation: how its questions begin, what its answers may be, and how they
 * are read. Words are searched for, or drawn, for several questions at once; a picture is drawn for
 * one after the other, from all codes there are, and the same of the same seed.
 */
#include "config.h"

#include "engine/models/unifiedio/private.h"

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/models/parts/causal-answer.h"

#define N_CODES (MONOCLE_UNIFIEDIO_CODES * MONOCLE_UNIFIEDIO_CODES)

/* How pictures are drawn where nobody says it: as the published tasks do it. */
static const MonocleSampling usual_sampling
    = { .temperature = 1, .top_p = MONOCLE_SAMPLING_PICTURE_TOP_P };

/* Some questions about an image on their way through generation. */
typedef struct
{
  MonocleCrossAsking cross; /* what generation is given */
  MonocleUnifiedio *model;
  const MonocleUnifiedioSeen *seen; /* (nullable): while it is compiled */
  const MonocleFamilyQuestion *question;
  MonocleFamilyQuestion one; /* that one of them, where a picture is drawn for each */
  guint first;               /* which it is */
  const MonocleUnifiedioManner *manner;
  MonocleGenerationConfig search;
  MonocleFamilyAnswer *answer;
  MonocleDrawingShown shown;
  GError *error; /* of drawing */
} Asking;

/* --- what answers may be ------------------------------------------------------------------ */

/* Codes, or all else. */
static void
ban (guint question, const guint32 *ids, guint n_ids, GArray *ranges, gpointer user_data)
{
  const Asking *asking = user_data;
  const MonocleUnifiedioConfig *config = &asking->model->config;
  const MonocleIdRange words = { 0, config->n_words - 1 };
  const MonocleIdRange codes = { config->n_words, config->n_words + config->n_codes - 1 };

  g_array_append_val (ranges, *(asking->manner->drawn ? &words : &codes));
}

/* --- reading answers ---------------------------------------------------------------------- */

/* (transfer full) (nullable): what the first @n codes come to */
static MonocleImage *
draw (Asking *asking, const guint32 *ids, guint n, GError **error)
{
  MonocleUnifiedio *self = asking->model;

  return monocle_drawing_draw_part (&self->drawing, ids, self->config.n_words, n,
                                    asking->question->cancellable, error);
}

/* (transfer full) (nullable): what becomes of a picture that is drawn */
static MonocleImage *
uncover (Asking *asking, MonocleImage *drawn, GError **error)
{
  const MonocleUnifiedioDrawn kind = asking->manner->drawn;
  const MonocleDrawingCover cover
      = monocle_unifiedio_find_cover (asking->question->width, asking->question->height);

  return kind == MONOCLE_UNIFIEDIO_DRAWN_NEW
             ? monocle_image_ref (drawn)
             : monocle_drawing_uncover (drawn, &cover, kind == MONOCLE_UNIFIEDIO_DRAWN_MAP, error);
}

/* Shows another row, where that takes little of the time; what fails then fails in the end.
 * @ids: of codes */
static void
show_more (Asking *asking, const guint32 *ids, guint n)
{
  g_autoptr (MonocleImage) drawn = NULL;

  if (asking->manner->drawn == MONOCLE_UNIFIEDIO_DRAWN_MASKS
      || !monocle_drawing_is_worth_showing (&asking->model->drawing, n, asking->shown.at_us))
    return;
  drawn = draw (asking, ids, n, NULL);
  monocle_drawing_shown_take (&asking->shown, drawn ? uncover (asking, drawn, NULL) : NULL);
}

/* (transfer full) (nullable): what a picture comes to, once all of it is there */
static MonocleResult *
read_picture (Asking *asking, const char *prompt, const guint32 *ids, guint n_ids)
{
  const MonocleFamilyQuestion *question = asking->question;
  g_autoptr (MonocleResult) result = monocle_drawing_shown_read (&asking->shown);
  g_autoptr (MonocleImage) drawn = NULL, shown = NULL;
  g_autofree char *words = monocle_unifiedio_task_find_words (question->task, prompt);

  if (n_ids < N_CODES)
    {
      monocle_result_set_well_formed (result, FALSE);
      return g_steal_pointer (&result);
    }
  monocle_result_unref (result);
  result = monocle_result_new ();
  drawn = draw (asking, ids + n_ids - N_CODES, N_CODES, &asking->error);
  if (!drawn)
    return NULL;
  if (asking->manner->drawn == MONOCLE_UNIFIEDIO_DRAWN_MASKS)
    {
      monocle_unifiedio_add_masks (result, drawn, words, question->width, question->height);
      return g_steal_pointer (&result);
    }
  shown = uncover (asking, drawn, &asking->error);
  if (!shown)
    return NULL;
  monocle_result_take_picture (result, g_steal_pointer (&shown));
  return g_steal_pointer (&result);
}

/* @whole: whether no more comes */
static MonocleResult *
read_answer (Asking *asking,
             guint question,
             gboolean whole,
             const guint32 *ids,
             const float *log_probs,
             guint n_ids)
{
  const MonocleUnifiedio *self = asking->model;
  const char *prompt = asking->question->prompts[asking->first + question];
  MonocleResult *result;

  if (asking->manner->drawn)
    result = whole ? read_picture (asking, prompt, ids + 1, n_ids - 1)
                   : monocle_drawing_shown_read (&asking->shown);
  else
    {
      g_autofree char *words = monocle_unifiedio_task_find_words (asking->question->task, prompt);
      const MonocleUnifiedioAnswer answer = {
        .tokenizer = self->tokenizer,
        .tokens = &self->tokens,
        .form = asking->manner->form,
        .words = words,
        .whole = whole,
        .ids = ids + 1,
        .log_probs = log_probs + 1,
        .n_ids = n_ids - 1,
        .width = asking->question->width,
        .height = asking->question->height,
      };

      result = monocle_unifiedio_parse (&answer);
    }
  if (!result)
    return NULL;
  monocle_causal_answer_set_tokens (result, self->tokenizer, ids, log_probs, n_ids);
  return result;
}

static void
tell_certain (guint question,
              gboolean whole,
              const guint32 *ids,
              const float *log_probs,
              guint n_ids,
              gpointer user_data)
{
  Asking *asking = user_data;
  g_autoptr (MonocleResult) partial = NULL;

  /* Behind the start, and what a picture begins with. */
  if (asking->manner->drawn && n_ids > 2)
    show_more (asking, ids + 2, n_ids - 2);
  partial = read_answer (asking, question, FALSE, ids, log_probs, n_ids);
  asking->question->partial (asking->first + question, n_ids - 1, partial,
                             asking->question->user_data);
}

static void
tell_done (guint question,
           gboolean whole,
           const guint32 *ids,
           const float *log_probs,
           guint n_ids,
           gpointer user_data)
{
  Asking *asking = user_data;
  MonocleResult *result = read_answer (asking, question, TRUE, ids, log_probs, n_ids);

  if (result)
    g_ptr_array_add (asking->answer->results, result);
}

/* --- questions ---------------------------------------------------------------------------- */

static void
plan_search (Asking *asking)
{
  const MonocleUnifiedio *self = asking->model;
  const MonocleFamilyQuestion *question = asking->question;
  const gboolean draws = asking->manner->drawn != MONOCLE_UNIFIEDIO_DRAWN_NONE;

  /* The start token counts, and the last token is never fed. */
  asking->search = (MonocleGenerationConfig){
    .num_beams = draws || question->sampling ? 1 : MAX (question->num_beams, 1),
    .max_length = draws ? N_CODES + 2 : MIN (question->max_tokens, self->config.n_text_places) + 1,
    .forced_bos = draws ? (gint) self->tokens.picture : -1,
    .forced_eos = -1,
    .eos = { self->tokens.end },
    .n_eos = draws ? 0 : 1,
    .pad = self->tokens.pad,
    .decoder_start = self->tokens.pad,
    .early_stopping = MONOCLE_EARLY_STOPPING_TRUE,
    .length_penalty = 0,
    .vocab_size = self->config.n_words + self->config.n_codes,
  };
}

static MonocleGeneration
plan (Asking *asking)
{
  const MonocleFamilyQuestion *question = asking->question;
  gboolean draws;

  asking->manner = monocle_unifiedio_task_get_manner (question->task);
  draws = asking->manner->drawn != MONOCLE_UNIFIEDIO_DRAWN_NONE;
  plan_search (asking);
  return (MonocleGeneration){
    .decoder = &monocle_cross_asking_decoder,
    .decoder_self = &asking->cross,
    .n_questions = question->n_prompts,
    .search = &asking->search,
    .sampling = draws && !question->sampling ? &usual_sampling : question->sampling,
    .draws_from_all = draws,
    .ban = ban,
    .certain = question->partial ? tell_certain : NULL,
    .done = tell_done,
    .user_data = asking,
    .cancellable = question->cancellable,
    .n_at_once = asking->answer ? &asking->answer->n_at_once : NULL,
  };
}

/* Which of both kinds the answers are of. */
static MonocleUnifiedioWriting *
choose_writing (MonocleUnifiedio *self, const MonocleTask *task)
{
  return &self->writings[monocle_unifiedio_task_get_manner (task)->drawn ? MONOCLE_UNIFIEDIO_PICTURE
                                                                         : MONOCLE_UNIFIEDIO_TEXT];
}

gboolean
monocle_unifiedio_compile (gpointer model,
                           const MonocleFamilyQuestion *question,
                           MonocleVkCompileProgress progress,
                           GError **error)
{
  MonocleUnifiedio *self = model;
  MonocleUnifiedioWriting *writing = choose_writing (self, question->task);
  Asking asking = { .model = self, .question = &asking.one, .one = *question };
  MonocleCommands *recordings[] = { writing->placing.commands, self->drawing.recording.commands };
  MonocleGeneration generation;

  /* Pictures are drawn one after the other. */
  if (writing->kind == MONOCLE_UNIFIEDIO_PICTURE)
    asking.one.n_prompts = 1;
  writing->asker.n_image
      = question->task->ignores_image
            ? 0
            : monocle_unifiedio_count_patches (question->width, question->height);
  self->patches.dims[0] = MAX (writing->asker.n_image, 1);
  asking.cross = (MonocleCrossAsking){ .asker = &writing->asker,
                                       .question = &asking.one,
                                       .image = writing->asker.n_image ? &self->patches : NULL };
  generation = plan (&asking);
  return monocle_cross_asking_compile (&asking.cross, &generation, recordings,
                                       writing->kind == MONOCLE_UNIFIEDIO_PICTURE ? 2 : 1, progress,
                                       error);
}

/* All that @asking->one asks, of what is shown. */
static gboolean
generate (Asking *asking, MonocleUnifiedioWriting *writing, const guint *hidden, GError **error)
{
  MonocleUnifiedio *self = asking->model;
  const MonocleUnifiedioSeen *seen = asking->question->task->ignores_image ? NULL : asking->seen;
  MonocleGeneration generation;
  guint n_tokens = 0;
  gboolean done;

  if (!monocle_unifiedio_show (self, writing, seen, hidden, error))
    return FALSE;
  asking->cross = (MonocleCrossAsking){ .asker = &writing->asker,
                                        .question = &asking->one,
                                        .image = writing->asker.n_image ? &self->patches : NULL };
  generation = plan (asking);
  generation.n_questions = asking->one.n_prompts;
  done = monocle_generate (&generation, &asking->answer->stopped, &n_tokens, error);
  asking->answer->n_tokens += n_tokens;
  if (!done || !asking->error)
    return done;
  g_propagate_error (error, g_steal_pointer (&asking->error));
  return FALSE;
}

gboolean
monocle_unifiedio_generate (gpointer model,
                            gpointer features,
                            const MonocleFamilyQuestion *question,
                            MonocleFamilyAnswer *answer,
                            GError **error)
{
  MonocleUnifiedio *self = model;
  MonocleUnifiedioWriting *writing = choose_writing (self, question->task);
  const MonocleUnifiedioManner *manner = monocle_unifiedio_task_get_manner (question->task);
  Asking asking = {
    .model = self, .seen = features, .question = question, .one = *question, .answer = answer
  };

  if (writing->kind == MONOCLE_UNIFIEDIO_TEXT)
    return generate (&asking, writing, NULL, error);
  for (guint i = 0; i < question->n_prompts; i++)
    {
      guint edges[4];
      gboolean done;
      const gboolean hides
          = manner->hides_region && monocle_unifiedio_find_region (question->prompts[i], edges);

      monocle_drawing_shown_begin (&asking.shown);
      asking.first = i;
      asking.one.prompts = question->prompts + i;
      asking.one.n_prompts = 1;
      done = generate (&asking, writing, hides ? edges : NULL, error);
      monocle_drawing_shown_clear (&asking.shown);
      if (!done)
        return FALSE;
      if (answer->stopped)
        break;
    }
  /* Those that were not begun. */
  while (answer->results->len < question->n_prompts)
    g_ptr_array_add (answer->results, monocle_result_new ());
  return TRUE;
}
