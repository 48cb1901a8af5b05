/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The family's side of generation: how its questions begin, what its answers may be, and how they
 * are read. Words are searched for, or drawn, for several questions at once; a picture is drawn for
 * one after the other, from all codes there are, and the same of the same seed.
 */
#include "config.h"

#include "engine/models/unifiedio2/private.h"

#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/models/parts/causal-answer.h"

/* How far a picture that is made of words is led away from one of nothing. */
#define GUIDANCE 10

/* Boxes that overlap more are the same one twice. */
#define MOST_OVERLAP 0.8

/* Some questions about an image on their way through generation. */
typedef struct
{
  MonocleCrossAsking cross; /* the first: what writes */
  MonocleGuided guided;     /* around that, where it is led */
  MonocleUnifiedio2 *model;
  const MonocleFamilyQuestion *question;
  MonocleFamilyQuestion one; /* what is asked of it at once: that, or a picture and its other */
  const char *both[2];
  const MonocleUnifiedio2Manner *manner;
  gboolean draws; /* a picture */
  MonocleLogitsConfig logits;
  MonocleSampling usual;
  MonocleDrawingShown shown;
} Asking;

static void
asking_clear (Asking *asking)
{
  monocle_guided_clear (&asking->guided);
  monocle_logits_config_clear (&asking->logits);
  monocle_drawing_shown_clear (&asking->shown);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asking, asking_clear)

static guint
count_codes (const Asking *asking)
{
  return asking->model->config.n_codes * asking->model->config.n_codes;
}

/* --- what answers may be ------------------------------------------------------------------ */

/* Of pictures codes alone. */
static void
ban (guint question, const guint32 *ids, guint n_ids, GArray *ranges, gpointer user_data)
{
  const Asking *asking = user_data;
  const guint32 after = MONOCLE_UNIFIEDIO2_FIRST_CODE + asking->model->config.vqgan.n_codes;
  const MonocleIdRange before = { 0, MONOCLE_UNIFIEDIO2_FIRST_CODE - 1 };
  const MonocleIdRange behind = { after, G_MAXUINT32 };

  if (!asking->draws)
    return;
  g_array_append_val (ranges, before);
  if (after < asking->model->config.n_pieces)
    g_array_append_val (ranges, behind);
}

/* --- reading answers ---------------------------------------------------------------------- */

/* (transfer full) (nullable): what @n codes stand for, and grey below them */
static MonocleImage *
draw (Asking *asking, const guint32 *ids, guint n, GError **error)
{
  return monocle_drawing_draw_part (&asking->model->drawing, ids, MONOCLE_UNIFIEDIO2_FIRST_CODE, n,
                                    asking->question->cancellable, error);
}

/* (transfer full) (nullable): what becomes of a picture that is drawn */
static MonocleImage *
uncover (Asking *asking, MonocleImage *drawn, GError **error)
{
  const MonocleDrawingCover cover = monocle_unifiedio2_find_cover (
      asking->question->width, asking->question->height, monocle_image_get_width (drawn));
  const MonocleUnifiedio2Form form = asking->manner->form;
  g_autoptr (MonocleImage) grey = form == MONOCLE_UNIFIEDIO2_GREY
                                      ? monocle_unifiedio2_drop_colours (drawn, error)
                                      : monocle_image_ref (drawn);

  if (!grey || form == MONOCLE_UNIFIEDIO2_NEW)
    return g_steal_pointer (&grey);
  return monocle_drawing_uncover (grey, &cover, form != MONOCLE_UNIFIEDIO2_PHOTO, error);
}

/* Shows another row, where that takes little of the time; what fails then fails in the end. */
static void
show_more (Asking *asking, const guint32 *ids, guint n)
{
  g_autoptr (MonocleImage) drawn = NULL;

  if (asking->manner->form == MONOCLE_UNIFIEDIO2_MASK
      || !monocle_drawing_is_worth_showing (&asking->model->drawing, n, asking->shown.at_us))
    return;
  drawn = draw (asking, ids, n, NULL);
  monocle_drawing_shown_take (&asking->shown, drawn ? uncover (asking, drawn, NULL) : NULL);
}

/* (transfer full) (nullable): what a picture comes to */
static MonocleResult *
read_picture (Asking *asking, const char *prompt, const guint32 *ids, guint n_ids)
{
  const MonocleFamilyQuestion *question = asking->question;
  g_autoptr (MonocleResult) result = NULL;
  g_autoptr (MonocleImage) drawn = NULL, shown = NULL;

  if (n_ids < count_codes (asking))
    {
      result = monocle_drawing_shown_read (&asking->shown);
      monocle_result_set_well_formed (result, FALSE);
      return g_steal_pointer (&result);
    }
  result = monocle_result_new ();
  drawn = draw (asking, ids, n_ids, &asking->cross.error);
  if (!drawn)
    return NULL;
  if (asking->manner->form == MONOCLE_UNIFIEDIO2_MASK)
    {
      g_autofree char *words = monocle_unifiedio2_task_find_words (question->task, prompt);

      monocle_unifiedio2_add_mask (result, drawn, words, question->width, question->height);
      return g_steal_pointer (&result);
    }
  shown = uncover (asking, drawn, &asking->cross.error);
  if (!shown)
    return NULL;
  monocle_result_take_picture (result, g_steal_pointer (&shown));
  return g_steal_pointer (&result);
}

static gboolean
find_edges (const guint *bins, gconstpointer user_data, double *edges)
{
  const Asking *asking = user_data;

  return monocle_unifiedio2_unbin_box (bins, asking->question->width, asking->question->height,
                                       monocle_unifiedio2_get_side (&asking->model->config), edges);
}

/* @whole: whether no more comes */
static MonocleResult *
read_words (Asking *asking,
            const char *prompt,
            gboolean whole,
            const guint32 *ids,
            const float *log_probs,
            guint n_ids)
{
  const MonocleUnifiedio2 *self = asking->model;
  const MonocleUnifiedio2Form form = asking->manner->form;
  g_autofree char *words = monocle_unifiedio2_task_find_words (asking->question->task, prompt);
  const MonocleExtraAnswer answer = {
    .tokenizer = self->tokenizer,
    .places = &monocle_unifiedio2_places,
    .first_place = self->tokens.first_place,
    .end = self->tokens.end,
    .are_boxes = form != MONOCLE_UNIFIEDIO2_WORDS,
    .words = *words ? words : NULL,
    .whole = whole,
    .ids = ids,
    .log_probs = log_probs,
    .n_ids = n_ids,
    .most_overlap = MOST_OVERLAP,
    .find_edges = find_edges,
    .user_data = asking,
  };
  MonocleResult *result = monocle_extra_answer_parse (&answer);

  /* One box, and nothing besides. */
  if (whole && form == MONOCLE_UNIFIEDIO2_BOX
      && (n_ids != 5 || ids[4] != self->tokens.end || monocle_result_get_n_parts (result) != 1))
    monocle_result_set_well_formed (result, FALSE);
  return result;
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
  const char *prompt = cross->question->prompts[question];
  const gboolean whole = extent != MONOCLE_CROSS_CERTAIN;
  MonocleResult *result;

  if (asking->draws && !whole)
    show_more (asking, ids + 1, n_ids - 1);
  if (!asking->draws)
    result = read_words (asking, prompt, whole, ids + 1, log_probs + 1, n_ids - 1);
  else
    result = whole ? read_picture (asking, prompt, ids + 1, n_ids - 1)
                   : monocle_drawing_shown_read (&asking->shown);
  if (result && asking->draws)
    monocle_result_set_tokens (result, ids, n_ids, g_strdup (""));
  else if (result)
    monocle_causal_answer_set_tokens (result, asking->model->tokenizer, ids, log_probs, n_ids);
  return result;
}

/* --- questions ---------------------------------------------------------------------------- */

static void
plan_search (Asking *asking)
{
  const MonocleUnifiedio2Config *config = &asking->model->config;
  const MonocleFamilyQuestion *question = asking->question;

  /* The start token counts, and the last token is never fed. */
  asking->cross.search = (MonocleGenerationConfig){
    .num_beams = asking->draws || question->sampling ? 1 : MAX (question->num_beams, 1),
    .max_length = asking->draws ? count_codes (asking) + 1
                                : MIN (question->max_tokens, config->n_text_places) + 1,
    .forced_bos = -1,
    .forced_eos = -1,
    .eos = { asking->model->tokens.end },
    .n_eos = asking->draws ? 0 : 1,
    .pad = asking->model->tokens.start,
    .decoder_start = asking->model->tokens.start,
    .early_stopping = MONOCLE_EARLY_STOPPING_TRUE,
    .length_penalty = 0,
    .vocab_size = asking->draws ? config->n_pieces : config->n_words,
  };
}

/* What is the same for all questions. */
static void
plan (Asking *asking, MonocleUnifiedio2 *model, const MonocleFamilyQuestion *question)
{
  const guint32 first = model->tokens.first_place;

  asking->model = model;
  asking->question = question;
  asking->one = *question;
  asking->cross.question = &asking->one;
  asking->cross.read = read_answer;
  asking->manner = monocle_unifiedio2_task_get_manner (question->task);
  asking->draws = monocle_unifiedio2_task_get_kind (question->task) == MONOCLE_UNIFIEDIO2_PICTURE;
  asking->usual = (MonocleSampling){ .temperature = asking->manner->temperature,
                                     .top_p = asking->manner->top_p };
  monocle_logits_config_init (&asking->logits);
  if (asking->manner->share > 0)
    {
      asking->logits.together_share = asking->manner->share;
      asking->logits.together = (MonocleIdRange){ first, first + MONOCLE_UNIFIEDIO2_N_BINS - 1 };
    }
  plan_search (asking);
}

/* A picture for one question, and beside it what it is led away from. */
static void
take_one (Asking *asking, guint index)
{
  const gboolean is_guided = asking->manner->is_guided;

  monocle_drawing_shown_begin (&asking->shown);
  asking->cross.first = index;
  asking->both[0] = asking->question->prompts[index];
  asking->both[1] = monocle_unifiedio2_nothing;
  asking->one.prompts = asking->both;
  asking->one.n_prompts = is_guided ? 2 : 1;
}

/* Of @asking->one. */
static MonocleGeneration
write_generation (Asking *asking, MonocleUnifiedio2Writing *writing)
{
  MonocleGeneration generation;

  asking->cross.asker = &writing->asker;
  asking->cross.image = writing->asker.n_image > 0 && writing->seen ? &writing->seen->rows : NULL;
  generation = monocle_cross_asking_plan (&asking->cross);
  generation.logits = &asking->logits;
  generation.ban = ban;
  if (asking->draws)
    monocle_drawing_plan (&generation, &asking->usual,
                          asking->manner->is_guided ? &asking->guided : NULL, GUIDANCE);
  return generation;
}

gboolean
monocle_unifiedio2_compile (gpointer model,
                            const MonocleFamilyQuestion *question,
                            MonocleVkCompileProgress progress,
                            GError **error)
{
  MonocleUnifiedio2 *self = model;
  MonocleUnifiedio2Writing *writing
      = &self->writings[monocle_unifiedio2_task_get_kind (question->task)];
  /* Rows of the shape that a picture of that size will have. */
  MonocleUnifiedio2Seen seen = { .rows = self->organs[MONOCLE_UNIFIEDIO2_IMAGE].rows };
  MonocleCommands *recordings[MONOCLE_UNIFIEDIO2_N_SENSES + 1];
  guint n = 0;
  g_auto (Asking) asking = { 0 };
  MonocleGeneration generation;
  gboolean done;

  plan (&asking, self, question);
  recordings[n++] = self->organs[MONOCLE_UNIFIEDIO2_IMAGE].recording.commands;
  if (question->task->takes & MONOCLE_TAKES_SOUND && self->config.hears)
    recordings[n++] = self->organs[MONOCLE_UNIFIEDIO2_AUDIO].recording.commands;
  if (asking.draws)
    recordings[n++] = self->drawing.recording.commands;
  if (asking.draws)
    take_one (&asking, 0);
  if (!question->task->ignores_image)
    seen.n
        = monocle_unifiedio2_list_patches (&self->config, question->width, question->height, NULL);
  if (question->task->takes & MONOCLE_TAKES_SOUND)
    seen.n += monocle_unifiedio2_count_heard (&self->config, question->sound);
  seen.rows.dims[0] = MAX (seen.n, 1);
  monocle_unifiedio2_writing_show (writing, &seen);
  generation = write_generation (&asking, writing);
  done = monocle_cross_asking_compile (&asking.cross, &generation, recordings, n, progress, error);
  monocle_unifiedio2_writing_show (writing, NULL);
  return done;
}

/* All that @asking->one asks. */
static gboolean
generate (Asking *asking, MonocleUnifiedio2Writing *writing, GError **error)
{
  const MonocleGeneration generation = write_generation (asking, writing);

  return monocle_cross_asking_generate (&asking->cross, &generation, error);
}

gboolean
monocle_unifiedio2_generate (gpointer model,
                             gpointer features,
                             const MonocleFamilyQuestion *question,
                             MonocleFamilyAnswer *answer,
                             GError **error)
{
  MonocleUnifiedio2 *self = model;
  MonocleUnifiedio2Writing *writing
      = &self->writings[monocle_unifiedio2_task_get_kind (question->task)];
  const MonocleUnifiedio2Seen *seen = question->task->ignores_image ? NULL : features;
  MonocleUnifiedio2Seen *heard = NULL;
  g_auto (Asking) asking = { .cross.answer = answer };
  gboolean done = TRUE;

  if (question->sound
      && !(heard
           = monocle_unifiedio2_hear (self, question->sound, seen, question->cancellable, error)))
    return FALSE;
  plan (&asking, self, question);
  monocle_unifiedio2_writing_show (writing, heard ? heard : seen);
  if (!asking.draws)
    done = generate (&asking, writing, error);
  for (guint i = 0; asking.draws && done && !answer->stopped && i < question->n_prompts; i++)
    {
      take_one (&asking, i);
      done = generate (&asking, writing, error);
    }
  monocle_unifiedio2_writing_show (writing, NULL);
  monocle_unifiedio2_discard (self, heard);
  /* Those that were not begun. */
  while (done && answer->results->len < question->n_prompts)
    g_ptr_array_add (answer->results, monocle_result_new ());
  return done;
}
