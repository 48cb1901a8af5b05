/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models in OFA's shape that draw pictures of words, and do nothing else: no picture is read, and
 * an answer is all codes that one is made of, drawn by chance, the same of the same seed. They know
 * no words but those that are tokens: whoever says others is told which.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/models/ofa/private.h"

#include "engine/answer/result-private.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"
#include "engine/models/parts/causal-answer.h"
#include "engine/models/parts/stages.h"

#define PROMPT " what is the complete image? caption: "

/* What stands beside words. */
#define MARKS ".,;:!?"

/* How pictures are drawn where nobody says it. */
static const MonocleSampling usual_sampling
    = { .temperature = 1, .top_p = MONOCLE_SAMPLING_PICTURE_TOP_P };

static const MonocleTask draw_task = {
  .id = "generate",
  .tag = "",
  .title = N_ ("Draw a Picture"),
  .description = N_ ("Draws what you describe, whatever image is open"),
  .kind = MONOCLE_TASK_DRAW,
  .takes = MONOCLE_TAKES_TEXT,
  .gives = MONOCLE_GIVES_PICTURE,
  .max_tokens = 1024,
  .ignores_image = TRUE,
  .write_reference = monocle_task_write_generated_text,
};

static void
list_tasks (GPtrArray *tasks)
{
  g_ptr_array_add (tasks, (gpointer) &draw_task);
}

/* --- words -------------------------------------------------------------------------------- */

static char *
write_prompt (const MonocleTask *task,
              const char *text,
              const MonocleBox *region,
              guint width,
              guint height,
              GError **error)
{
  g_autofree char *words = monocle_ofa_clean (text);

  if (*words)
    return g_strconcat (PROMPT, words, NULL);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               "%s needs words, and there are none in the text", task->id);
  return NULL;
}

static gboolean
is_known (const MonocleOfa *self, const char *word)
{
  g_autofree char *text = g_strconcat (" ", word, NULL);
  g_autoptr (GArray) ids = monocle_tokenizer_encode (self->tokenizer, text, MONOCLE_SPECIALS_NONE);

  return ids->len == 1 && g_array_index (ids, guint32, 0) < self->tokens.first_code;
}

/* A word without what stands beside it. */
static char *
strip_marks (const char *word)
{
  const gsize before = strspn (word, MARKS);
  gsize length = strlen (word + before);

  while (length > 0 && strchr (MARKS, word[before + length - 1]))
    length--;
  return g_strndup (word + before, length);
}

/* Errors: BAD_REQUEST, which names those that it does not know. */
static gboolean
check_words (const MonocleOfa *self, const char *prompt, GError **error)
{
  const char *caption = g_str_has_prefix (prompt, PROMPT) ? prompt + strlen (PROMPT) : prompt;
  g_auto (GStrv) words = g_strsplit (caption, " ", -1);
  g_autoptr (GString) unknown = g_string_new (NULL);

  for (guint i = 0; words[i]; i++)
    {
      g_autofree char *word = strip_marks (words[i]);
      g_autofree char *quoted = g_strdup_printf ("“%s”", word);

      if (*word && !is_known (self, word) && !strstr (unknown->str, quoted))
        g_string_append_printf (unknown, "%s%s", unknown->len > 0 ? ", " : "", quoted);
    }
  if (unknown->len == 0)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               "The model was never taught the words %s, and would draw anything for them",
               unknown->str);
  return FALSE;
}

/* --- questions ---------------------------------------------------------------------------- */

/* Some pictures on their way through generation, one after the other. */
typedef struct
{
  MonocleCrossAsking cross; /* the first: what writes */
  MonocleGuided guided;     /* around that, where it is led */
  MonocleOfa *model;
  MonocleFamilyQuestion one; /* for one of them, and beside it what it is led away from */
  const char *both[2];
  MonocleDrawingShown shown;
} Asking;

static void
asking_clear (Asking *asking)
{
  monocle_guided_clear (&asking->guided);
  monocle_drawing_shown_clear (&asking->shown);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asking, asking_clear)

static guint
count_codes (const MonocleOfa *self)
{
  return self->config.code_side * self->config.code_side;
}

/* All but codes. */
static void
ban (guint question, const guint32 *ids, guint n_ids, GArray *ranges, gpointer user_data)
{
  const Asking *asking = user_data;
  const MonocleIdRange words = { 0, asking->model->tokens.first_code - 1 };

  g_array_append_val (ranges, words);
}

/* (transfer full) (nullable): what @n codes stand for, and grey below them */
static MonocleImage *
draw (Asking *asking, const guint32 *ids, guint n, GError **error)
{
  MonocleOfa *self = asking->model;

  return monocle_drawing_draw_part (&self->drawing, ids, self->tokens.first_code, n,
                                    asking->one.cancellable, error);
}

/* Shows another row, where that takes little of the time; what fails then fails in the end. */
static void
show_more (Asking *asking, const guint32 *ids, guint n)
{
  if (monocle_drawing_is_worth_showing (&asking->model->drawing, n, asking->shown.at_us))
    monocle_drawing_shown_take (&asking->shown, draw (asking, ids, n, NULL));
}

/* (transfer full) (nullable): @ids: behind the start */
static MonocleResult *
read_picture (Asking *asking, const guint32 *ids, guint n_ids)
{
  MonocleResult *result;
  MonocleImage *drawn;

  if (n_ids != count_codes (asking->model))
    {
      result = monocle_drawing_shown_read (&asking->shown);
      monocle_result_set_well_formed (result, FALSE);
      return result;
    }
  drawn = draw (asking, ids, n_ids, &asking->cross.error);
  if (!drawn)
    return NULL;
  result = monocle_result_new ();
  monocle_result_take_picture (result, drawn);
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
  MonocleResult *result;

  if (extent == MONOCLE_CROSS_CERTAIN)
    show_more (asking, ids + 1, n_ids - 1);
  result = extent == MONOCLE_CROSS_CERTAIN ? monocle_drawing_shown_read (&asking->shown)
                                           : read_picture (asking, ids + 1, n_ids - 1);
  if (result)
    monocle_causal_answer_set_tokens (result, asking->model->tokenizer, ids, log_probs, n_ids);
  return result;
}

/* Of one picture. */
static MonocleGeneration
plan (Asking *asking, const char *prompt)
{
  MonocleOfa *self = asking->model;
  const gboolean is_guided = self->guidance > 0;
  MonocleGeneration generation;

  monocle_drawing_shown_clear (&asking->shown);
  asking->shown.at_us = 0;
  asking->both[0] = prompt;
  /* As captions that were left out in training. */
  asking->both[1] = PROMPT;
  asking->one.prompts = asking->both;
  asking->one.n_prompts = is_guided ? 2 : 1;
  asking->cross.asker = &self->asker;
  asking->cross.question = &asking->one;
  asking->cross.search = (MonocleGenerationConfig){
    .num_beams = 1,
    /* The start counts, and the last token is never fed. */
    .max_length = count_codes (self) + 1,
    .forced_bos = -1,
    .forced_eos = -1,
    .pad = self->tokens.pad,
    .decoder_start = self->tokens.start,
    .early_stopping = MONOCLE_EARLY_STOPPING_TRUE,
    .vocab_size = self->config.n_words,
  };
  generation = monocle_cross_asking_plan (&asking->cross);
  generation.ban = ban;
  monocle_drawing_plan (&generation, &usual_sampling, is_guided ? &asking->guided : NULL,
                        self->guidance);
  return generation;
}

static gboolean
compile (gpointer model,
         const MonocleFamilyQuestion *question,
         MonocleVkCompileProgress progress,
         GError **error)
{
  MonocleOfa *self = model;
  g_auto (Asking) asking = { .model = self, .one = *question };
  MonocleCommands *recordings[] = { self->placing.commands, self->drawing.recording.commands };
  const MonocleGeneration generation = plan (&asking, question->prompts[0]);

  return monocle_cross_asking_compile (&asking.cross, &generation, recordings,
                                       G_N_ELEMENTS (recordings), progress, error);
}

static gboolean
generate (gpointer model,
          gpointer features,
          const MonocleFamilyQuestion *question,
          MonocleFamilyAnswer *answer,
          GError **error)
{
  MonocleOfa *self = model;
  g_auto (Asking) asking
      = { .cross = { .answer = answer, .read = read_answer }, .model = self, .one = *question };

  /* On paper nothing is drawn, and whoever measures what it would take has words for all models. */
  for (guint i = 0; i < question->n_prompts; i++)
    if (!self->gpu->paper && !check_words (self, question->prompts[i], error))
      return FALSE;
  for (guint i = 0; i < question->n_prompts && !answer->stopped; i++)
    {
      const MonocleGeneration generation = plan (&asking, question->prompts[i]);

      asking.cross.first = i;
      if (!monocle_cross_asking_generate (&asking.cross, &generation, error))
        return FALSE;
    }
  /* Those that were not begun. */
  while (answer->results->len < question->n_prompts)
    g_ptr_array_add (answer->results, monocle_result_new ());
  return TRUE;
}

/* --- the family --------------------------------------------------------------------------- */

/* No picture is looked at. */
static gpointer
prepare (gpointer model,
         MonocleImage *image,
         GCancellable *cancellable,
         MonocleFamilyProgress progress,
         gpointer user_data,
         MonocleFamilyTiming *timing,
         GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_new0 (MonocleSeen, 1);
}

static void
get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleOfa *self = model;

  facts->n_parameters = self->n_parameters;
  facts->num_beams = 1;
  facts->max_tokens = count_codes (self);
  facts->notes = (const char *const *) self->notes->pdata;
}

static gboolean
write_picture (MonocleOfa *self,
               const guint32 *ids,
               const char *directory,
               GCancellable *cancellable,
               GError **error)
{
  const guint n = count_codes (self), side = self->drawing.side;
  const guint64 dims[] = { 1, side, side, 3 };
  g_autofree float *values = NULL;
  g_autofree guint32 *codes = g_new (guint32, n);

  for (guint i = 0; i < n; i++)
    codes[i] = ids[i] >= self->tokens.first_code ? ids[i] - self->tokens.first_code : 0;
  values = monocle_drawing_compute (&self->drawing, codes, cancellable, error);
  return values
         && monocle_stage_write (directory, "picture.npy", dims, G_N_ELEMENTS (dims), values,
                                 error);
}

/* The picture too, where all of one is there. */
static gboolean
inspect (gpointer model,
         MonocleImage *image,
         const char *prompt,
         const guint32 *decoder_ids,
         guint n_decoder_ids,
         const char *directory,
         GCancellable *cancellable,
         GError **error)
{
  MonocleOfa *self = model;
  const guint most = count_codes (self) + 1, n_words = self->config.n_words;
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  const MonocleCrossStages stages = { NULL, &prompts, decoder_ids, n_decoder_ids, n_words };

  return monocle_cross_check_ids (decoder_ids, n_decoder_ids, most, n_words, error)
         && monocle_cross_asker_read (&self->asker, &prompt, 1, &prompts, error)
         && monocle_cross_asker_write_stages (&self->asker, &stages, directory, cancellable, error)
         && (n_decoder_ids < most
             || write_picture (self, decoder_ids + 1, directory, cancellable, error));
}

const MonocleFamily monocle_family_ofa_drawing = {
  .id = "ofa-drawing",
  .title = "OFA, drawing",
  .probe = monocle_ofa_config_probe_drawing,
  .check = monocle_ofa_check,
  .load = monocle_ofa_load,
  .unload = monocle_ofa_unload,
  .get_facts = get_facts,
  .list_tasks = list_tasks,
  .write_prompt = write_prompt,
  .compile = compile,
  .prepare = prepare,
  .discard = monocle_seen_discard,
  .generate = generate,
  .inspect = inspect,
};
