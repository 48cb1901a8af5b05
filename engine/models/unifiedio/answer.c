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
  MonocleCrossAsking cross; /* the first: what generation is given */
  MonocleUnifiedio *model;
  const MonocleUnifiedioSeen *seen; /* (nullable): while it is compiled */
  MonocleFamilyQuestion one;        /* of them, where a picture is drawn for each; else all */
  const MonocleUnifiedioManner *manner;
  MonocleDrawingShown shown;
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
                                    asking->one.cancellable, error);
}

/* (transfer full) (nullable): what becomes of a picture that is drawn */
static MonocleImage *
uncover (Asking *asking, MonocleImage *drawn, GError **error)
{
  const MonocleUnifiedioDrawn kind = asking->manner->drawn;
  const MonocleDrawingCover cover
      = monocle_unifiedio_find_cover (asking->one.width, asking->one.height);

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
  const MonocleFamilyQuestion *question = &asking->one;
  g_autoptr (MonocleResult) result = NULL;
  g_autoptr (MonocleImage) drawn = NULL, shown = NULL;
  g_autofree char *words = monocle_unifiedio_task_find_words (question->task, prompt);

  if (n_ids < N_CODES)
    {
      result = monocle_drawing_shown_read (&asking->shown);
      monocle_result_set_well_formed (result, FALSE);
      return g_steal_pointer (&result);
    }
  result = monocle_result_new ();
  drawn = draw (asking, ids + n_ids - N_CODES, N_CODES, &asking->cross.error);
  if (!drawn)
    return NULL;
  if (asking->manner->drawn == MONOCLE_UNIFIEDIO_DRAWN_MASKS)
    {
      monocle_unifiedio_add_masks (result, drawn, words, question->width, question->height);
      return g_steal_pointer (&result);
    }
  shown = uncover (asking, drawn, &asking->cross.error);
  if (!shown)
    return NULL;
  monocle_result_take_picture (result, g_steal_pointer (&shown));
  return g_steal_pointer (&result);
}

static MonocleResult *
read_answer (MonocleCrossAsking *cross,
             guint question,
             MonocleCrossExtent extent,
             const guint32 *ids,
             const float *log_probs,
             guint n_ids)
{
  Asking *asking = (Asking *) cross;
  const MonocleUnifiedio *self = asking->model;
  const char *prompt = cross->question->prompts[question];
  const gboolean whole = extent != MONOCLE_CROSS_CERTAIN;
  MonocleResult *result;

  /* Behind the start, and what a picture begins with. */
  if (asking->manner->drawn && !whole && n_ids > 2)
    show_more (asking, ids + 2, n_ids - 2);
  if (asking->manner->drawn)
    result = whole ? read_picture (asking, prompt, ids + 1, n_ids - 1)
                   : monocle_drawing_shown_read (&asking->shown);
  else
    {
      g_autofree char *words = monocle_unifiedio_task_find_words (cross->question->task, prompt);
      const MonocleUnifiedioAnswer answer = {
        .tokenizer = self->tokenizer,
        .tokens = &self->tokens,
        .form = asking->manner->form,
        .words = words,
        .whole = whole,
        .ids = ids + 1,
        .log_probs = log_probs + 1,
        .n_ids = n_ids - 1,
        .width = cross->question->width,
        .height = cross->question->height,
      };

      result = monocle_unifiedio_parse (&answer);
    }
  if (!result)
    return NULL;
  monocle_causal_answer_set_tokens (result, self->tokenizer, ids, log_probs, n_ids);
  return result;
}

/* --- questions ---------------------------------------------------------------------------- */

static void
plan_search (Asking *asking)
{
  const MonocleUnifiedio *self = asking->model;
  const MonocleFamilyQuestion *question = &asking->one;
  const gboolean draws = asking->manner->drawn != MONOCLE_UNIFIEDIO_DRAWN_NONE;

  /* The start token counts, and the last token is never fed. */
  asking->cross.search = (MonocleGenerationConfig){
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

/* Of @asking->one. */
static MonocleGeneration
plan (Asking *asking, MonocleUnifiedioWriting *writing)
{
  MonocleGeneration generation;

  asking->manner = monocle_unifiedio_task_get_manner (asking->one.task);
  asking->cross.asker = &writing->asker;
  asking->cross.question = &asking->one;
  asking->cross.image = writing->asker.n_image ? &asking->model->patches : NULL;
  plan_search (asking);
  generation = monocle_cross_asking_plan (&asking->cross);
  generation.ban = ban;
  if (asking->manner->drawn)
    monocle_drawing_plan (&generation, &usual_sampling, NULL, 0);
  return generation;
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
  Asking asking = { .model = self, .one = *question };
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
  generation = plan (&asking, writing);
  return monocle_cross_asking_compile (&asking.cross, &generation, recordings,
                                       writing->kind == MONOCLE_UNIFIEDIO_PICTURE ? 2 : 1, progress,
                                       error);
}

/* All that @asking->one asks, of what is shown. */
static gboolean
generate (Asking *asking, MonocleUnifiedioWriting *writing, const guint *hidden, GError **error)
{
  const MonocleUnifiedioSeen *seen = asking->one.task->ignores_image ? NULL : asking->seen;
  MonocleGeneration generation;

  if (!monocle_unifiedio_show (asking->model, writing, seen, hidden, error))
    return FALSE;
  generation = plan (asking, writing);
  return monocle_cross_asking_generate (&asking->cross, &generation, error);
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
  Asking asking = { .cross = { .answer = answer, .read = read_answer },
                    .model = self,
                    .seen = features,
                    .one = *question };

  if (writing->kind == MONOCLE_UNIFIEDIO_TEXT)
    return generate (&asking, writing, NULL, error);
  for (guint i = 0; i < question->n_prompts; i++)
    {
      guint edges[4];
      gboolean done;
      const gboolean hides
          = manner->hides_region && monocle_unifiedio_find_region (question->prompts[i], edges);

      monocle_drawing_shown_begin (&asking.shown);
      asking.cross.first = i;
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
