/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The family's side of being taught: the tower and the projector stay as they are, and unless it is
 * to learn too the encoder, so what they make of a picture and a question is computed once and
 * kept; the decoder learns.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/answer/places.h"
#include "engine/base/error.h"
#include "engine/models/florence2/names.h"
#include "engine/models/florence2/private.h"
#include "engine/models/florence2/tasks.h"
#include "engine/models/parts/bart-course.h"
#include "engine/models/parts/bart-encoder.h"

/* Of what is kept of all examples together. */
#define MAX_KEPT_BYTES (G_GUINT64_CONSTANT (2) << 30)
/* Rows of the head that learn, at most: those that come most often. */
#define MAX_ROWS 256

/* Source: Loshchilov and Hutter 2019, arXiv 1711.05101; the betas of section 10 of what was tried.
 */
#define BETA1        0.9
#define BETA2        0.98
#define DECAY        0.01f
#define LARGEST_NORM 1.0f

typedef struct
{
  float *states;
  guint n_states;
  GArray *ids; /* (element-type guint32) */
  gboolean is_old;
} Example;

typedef struct
{
  MonocleFlorence2 *model;
  MonocleTrainingMethod method;
  GPtrArray *examples;
  guint64 kept_bytes;
  guint rank;
  MonocleBartCourse *course; /* once it began */
  GArray *rows;              /* (element-type guint32): of the head, ascending */
} Training;

static void
example_free (gpointer data)
{
  Example *example = data;

  g_free (example->states);
  g_clear_pointer (&example->ids, g_array_unref);
  g_free (example);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Example, example_free)

static gpointer
train_open (gpointer model, MonocleTrainingMethod method, GError **error)
{
  Training *self = g_new0 (Training, 1);

  self->model = model;
  self->method = method;
  self->examples = g_ptr_array_new_with_free_func (example_free);
  self->rows = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

static void
train_close (gpointer model, gpointer training)
{
  Training *self = training;

  if (!self)
    return;
  monocle_bart_course_free (self->course);
  g_ptr_array_unref (self->examples);
  g_array_unref (self->rows);
  g_free (self);
}

/* --- examples ----------------------------------------------------------------------------- */

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST, message);
  return FALSE;
}

/* (transfer full) (nullable): an answer as the decoder is to write it. */
static GArray *
make_ids (const Training *self,
          const MonocleTrainingExample *example,
          guint width,
          guint height,
          GError **error)
{
  const guint n_vocabulary = self->model->config.text.vocab_size;
  g_autoptr (GArray) ids = NULL;
  g_autofree char *answer = NULL;
  const gint64 unknown = monocle_tokenizer_find (self->model->tokenizer, "<unk>");

  if (example->ids)
    {
      ids = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_array_append_vals (ids, example->ids, example->n_ids);
    }
  else
    {
      answer = monocle_lesson_write_answer (example->task, example->words, example->objects,
                                            example->n_objects, width, height, error);
      if (!answer)
        return NULL;
      ids = monocle_tokenizer_encode (self->model->tokenizer, answer, MONOCLE_SPECIALS_WRAP);
    }
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, guint32, i) >= n_vocabulary
        || (gint64) g_array_index (ids, guint32, i) == unknown)
      {
        refuse (error, "the model has no token for a part of “%s”", answer ? answer : "an answer");
        return NULL;
      }
  if (ids->len == 0 || ids->len > self->model->config.text.n_positions)
    {
      refuse (error, "the answer has %u tokens, the model takes %u", ids->len,
              self->model->config.text.n_positions);
      return NULL;
    }
  return g_steal_pointer (&ids);
}

static gboolean
encode (Training *self,
        const MonocleSeen *features,
        const char *prompt,
        Example *example,
        GCancellable *cancellable,
        GError **error)
{
  MonocleFlorence2 *model = self->model;
  const MonocleCrossDecoderSize one = { .n_beams = 1, .n_candidates = 1 };
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  const gboolean encoder = self->method != MONOCLE_TRAINING_DECODER;
  MonocleTensor states, counted;

  if (!monocle_cross_asker_read (&model->asker, &prompt, 1, &prompts, error)
      || !monocle_cross_asker_encode (&model->asker, &features->rows, &prompts, &one, cancellable,
                                      encoder ? MONOCLE_BART_ENCODER_INPUT : MONOCLE_CROSS_STATES,
                                      &states, error))
    return FALSE;
  counted = monocle_tensor_get_rows (&states, 0, prompts.lengths[0]);
  self->kept_bytes += (guint64) monocle_tensor_get_n_elements (&counted) * sizeof (float);
  if (self->kept_bytes > MAX_KEPT_BYTES)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                   "%u examples are too many for this model: fewer pictures, or views of each",
                   self->examples->len + 1);
      return FALSE;
    }
  example->n_states = prompts.lengths[0];
  example->states = g_new (float, monocle_tensor_get_n_elements (&counted));
  return monocle_tensor_read (&counted, example->states, error);
}

static gboolean
train_add (gpointer training,
           gpointer features,
           const MonocleTrainingExample *example,
           guint width,
           guint height,
           GCancellable *cancellable,
           GError **error)
{
  Training *self = training;
  g_autofree char *prompt = NULL;
  g_autoptr (Example) added = g_new0 (Example, 1);

  g_assert (!self->course);
  prompt = monocle_florence2_write_prompt (example->task, example->text, example->region, width,
                                           height, error);
  added->is_old = example->is_old;
  if (!prompt || !(added->ids = make_ids (self, example, width, height, error))
      || !encode (self, features, prompt, added, cancellable, error))
    return FALSE;
  g_ptr_array_add (self->examples, g_steal_pointer (&added));
  return TRUE;
}

/* --- beginning ---------------------------------------------------------------------------- */

typedef struct
{
  guint32 id;
  guint n;
} Count;

static int
compare_counts (gconstpointer a, gconstpointer b)
{
  const Count *left = a, *right = b;

  if (left->n != right->n)
    return left->n > right->n ? -1 : 1;
  return left->id < right->id ? -1 : left->id > right->id;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const guint32 *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

/* Words of new answers; neither places nor the begin and end of an answer. */
static void
find_rows (Training *self)
{
  const guint n_vocabulary = self->model->config.text.vocab_size;
  g_autofree Count *counts = g_new0 (Count, n_vocabulary);

  for (guint i = 0; i < n_vocabulary; i++)
    counts[i].id = i;
  for (guint i = 0; i < self->examples->len; i++)
    {
      const Example *example = self->examples->pdata[i];

      for (guint j = 0; !example->is_old && j < example->ids->len; j++)
        {
          const guint32 id = g_array_index (example->ids, guint32, j);

          if (!monocle_tokenizer_is_special (self->model->tokenizer, id))
            counts[id].n++;
        }
    }
  for (guint bin = 0; bin < monocle_places_loc.n_bins; bin++)
    {
      g_autofree char *token = monocle_places_write_token (&monocle_places_loc, bin);
      const gint64 id = monocle_tokenizer_find (self->model->tokenizer, token);

      if (id >= 0 && id < n_vocabulary)
        counts[id].n = 0;
    }
  qsort (counts, n_vocabulary, sizeof *counts, compare_counts);
  g_array_set_size (self->rows, 0);
  for (guint i = 0; i < MIN (MAX_ROWS, n_vocabulary) && counts[i].n > 0; i++)
    g_array_append_val (self->rows, counts[i].id);
  g_array_sort (self->rows, compare_ids);
}

static gboolean
train_start (gpointer training, const MonocleTrainingStart *start, GError **error)
{
  static const MonocleBartLearns learns[MONOCLE_N_TRAINING_METHODS] = {
    [MONOCLE_TRAINING_DECODER] = MONOCLE_BART_DECODER_LEARNS,
    [MONOCLE_TRAINING_LORA] = MONOCLE_BART_BOTH_LEARN,
    [MONOCLE_TRAINING_FULL_LANGUAGE] = MONOCLE_BART_ALL_LEARNS,
  };
  Training *self = training;
  MonocleBartCourseSettings settings = {
    .learns = learns[self->method],
    .rank = start->rank,
    .seed = start->seed,
    .first_id = self->model->config.generation.decoder_start,
  };

  g_assert (!self->course);
  if (start->head)
    find_rows (self);
  settings.rows = (const guint32 *) (gpointer) self->rows->data;
  settings.n_rows = self->rows->len;
  for (guint i = 0; i < self->examples->len; i++)
    settings.n_states
        = MAX (settings.n_states, ((const Example *) self->examples->pdata[i])->n_states);
  self->rank = start->rank;
  self->course = monocle_bart_course_new (&self->model->bart, self->model->params, self->model->gpu,
                                          &settings, error);
  return self->course != NULL;
}

/* --- steps -------------------------------------------------------------------------------- */

/* The begin of an answer that the model's settings force: models that were made so never learnt to
 * write it, and would learn little else at first. */
static guint
count_given (const Training *self, const Example *example)
{
  const gint forced = self->model->config.generation.forced_bos;

  return forced >= 0 && example->ids->len > 1
         && g_array_index (example->ids, guint32, 0) == (guint32) forced;
}

static MonocleBartAnswer *
list_answers (const Training *self, const guint *examples, guint n)
{
  MonocleBartAnswer *answers = g_new (MonocleBartAnswer, n);

  for (guint i = 0; i < n; i++)
    {
      const Example *example = self->examples->pdata[examples[i]];

      answers[i] = (MonocleBartAnswer){
        .states = example->states,
        .n_states = example->n_states,
        .ids = (const guint32 *) (gpointer) example->ids->data,
        .n_ids = example->ids->len,
        .n_given = count_given (self, example),
      };
    }
  return answers;
}

static gboolean
train_learn (gpointer training,
             const guint *examples,
             guint n,
             GCancellable *cancellable,
             double *loss,
             guint *n_tokens,
             GError **error)
{
  Training *self = training;
  g_autofree MonocleBartAnswer *answers = list_answers (self, examples, n);
  g_autofree double *losses = g_new0 (double, n);

  if (!monocle_bart_course_learn (self->course, answers, n, cancellable, losses, error))
    return FALSE;
  *loss = 0;
  *n_tokens = 0;
  for (guint i = 0; i < n; i++)
    {
      *loss += losses[i];
      *n_tokens += answers[i].n_ids - answers[i].n_given;
    }
  return TRUE;
}

static gboolean
train_step (
    gpointer training, guint index, double rate, guint n_tokens, double *norm, GError **error)
{
  Training *self = training;
  const MonocleAdamw settings = {
    .rate = (float) rate,
    .decay = DECAY,
    .beta1 = (float) BETA1,
    .beta2 = (float) BETA2,
    .correction1 = (float) (1 - pow (BETA1, index + 1)),
    .correction2 = (float) (1 - pow (BETA2, index + 1)),
    .scale = 1.0f / (float) n_tokens,
    .largest_norm = LARGEST_NORM,
  };

  return monocle_bart_course_step (self->course, &settings, norm, error);
}

static gboolean
train_judge (gpointer training,
             const guint *examples,
             guint n,
             GCancellable *cancellable,
             MonocleTrainingJudged *judged,
             GError **error)
{
  Training *self = training;
  g_autofree MonocleBartAnswer *answers = list_answers (self, examples, n);
  g_autofree double *losses = g_new0 (double, n);
  g_autofree gboolean *right = g_new0 (gboolean, n);

  if (!monocle_bart_course_judge (self->course, answers, n, cancellable, losses, right, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    judged[i]
        = (MonocleTrainingJudged){ losses[i], answers[i].n_ids - answers[i].n_given, right[i] };
  return TRUE;
}

/* --- state -------------------------------------------------------------------------------- */

static guint
train_get_n (gpointer training)
{
  Training *self = training;

  return monocle_lora_get_n (monocle_bart_course_get_lora (self->course));
}

static gboolean
train_read (gpointer training, float *state, GError **error)
{
  Training *self = training;
  MonocleLora *lora = monocle_bart_course_get_lora (self->course);

  for (guint i = 0; i < MONOCLE_LORA_N_STATES; i++)
    if (!monocle_tensor_read (monocle_lora_get_state (lora, (MonocleLoraState) i),
                              state + (gsize) i * monocle_lora_get_n (lora), error))
      return FALSE;
  return TRUE;
}

static gboolean
train_write (gpointer training, const float *state, GError **error)
{
  Training *self = training;
  MonocleLora *lora = monocle_bart_course_get_lora (self->course);

  for (guint i = 0; i < MONOCLE_LORA_N_STATES; i++)
    if (!monocle_tensor_write (monocle_lora_get_state (lora, (MonocleLoraState) i),
                               state + (gsize) i * monocle_lora_get_n (lora), error))
      return FALSE;
  return monocle_lora_forget_gradients (lora, error);
}

/* --- what is learnt ----------------------------------------------------------------------- */

/* (transfer full): a module of the checkpoint's own layout. */
static char *
dup_module (const Training *self, const char *scope)
{
  g_autofree char *weight = g_strconcat (scope, ".weight", NULL), *native = NULL;

  if (self->model->config.layout != MONOCLE_FLORENCE2_NATIVE)
    return g_strdup (scope);
  native = monocle_florence2_rename_to_native (weight);
  return g_strndup (native, strlen (native) - strlen (".weight"));
}

static float *
read_tensor (const MonocleTensor *tensor, GError **error)
{
  g_autofree float *values = g_new (float, monocle_tensor_get_n_elements (tensor));

  return monocle_tensor_read (tensor, values, error) ? g_steal_pointer (&values) : NULL;
}

/* The tensor holds the rows as they are now, whatever PEFT's name for it says. */
static gboolean
add_head (Training *self,
          MonocleTrainingLearnt *learnt,
          const MonocleLoraLayer *layer,
          const char *module,
          GError **error)
{
  const MonocleBart *bart = &self->model->bart;
  const guint width = bart->config.d_model;
  guint part;
  const MonocleParam *param
      = monocle_params_find (self->model->params, bart->tables[MONOCLE_BART_HEAD].path, &part);
  g_autofree float *table = monocle_param_read (param, part, error);
  g_autofree float *values = table ? read_tensor (&layer->a, error) : NULL;

  if (!values)
    return FALSE;
  for (guint i = 0; i < self->rows->len; i++)
    for (guint j = 0; j < width; j++)
      values[(gsize) i * width + j]
          += table[(gsize) g_array_index (self->rows, guint32, i) * width + j];
  learnt->head = g_strdup (module);
  learnt->rows = g_array_ref (self->rows);
  monocle_training_learnt_add (
      learnt, g_strdup_printf ("base_model.model.%s.token_adapter.trainable_tokens_delta", module),
      self->rows->len, width, g_steal_pointer (&values));
  return TRUE;
}

static gboolean
add_product (MonocleTrainingLearnt *learnt,
             const MonocleLoraLayer *layer,
             const char *module,
             GError **error)
{
  g_autofree float *a = read_tensor (&layer->a, error);
  g_autofree float *b = a ? read_tensor (&layer->b, error) : NULL;

  if (!b)
    return FALSE;
  g_ptr_array_add (learnt->modules, g_strdup (module));
  monocle_training_learnt_add (learnt,
                               g_strdup_printf ("base_model.model.%s.lora_A.weight", module),
                               layer->a.dims[0], layer->a.dims[1], g_steal_pointer (&a));
  monocle_training_learnt_add (learnt,
                               g_strdup_printf ("base_model.model.%s.lora_B.weight", module),
                               layer->b.dims[0], layer->b.dims[1], g_steal_pointer (&b));
  return TRUE;
}

/* The module as it is now. */
static gboolean
add_whole (MonocleTrainingLearnt *learnt,
           const MonocleLoraLayer *layer,
           const char *module,
           GError **error)
{
  const guint n_outputs = layer->a.dims[0];
  g_autofree float *weight = read_tensor (&layer->a, error);
  g_autofree float *columns = weight ? read_tensor (&layer->b, error) : NULL;
  g_autofree float *bias = g_new (float, n_outputs);

  if (!columns)
    return FALSE;
  for (guint i = 0; i < n_outputs; i++)
    bias[i] = columns[(gsize) i * MONOCLE_LORA_BIAS_COLUMNS];
  g_ptr_array_add (learnt->wholes, g_strdup (module));
  monocle_training_learnt_add (learnt, g_strdup_printf ("base_model.model.%s.weight", module),
                               n_outputs, layer->a.dims[1], g_steal_pointer (&weight));
  monocle_training_learnt_add (learnt, g_strdup_printf ("base_model.model.%s.bias", module),
                               n_outputs, 0, g_steal_pointer (&bias));
  return TRUE;
}

static gboolean
add_layer (Training *self,
           MonocleTrainingLearnt *learnt,
           const MonocleLoraLayer *layer,
           GError **error)
{
  g_autofree char *module = dup_module (self, layer->name);

  switch (layer->kind)
    {
    case MONOCLE_LORA_ROWS:
      return add_head (self, learnt, layer, module, error);
    case MONOCLE_LORA_WHOLE:
      return add_whole (learnt, layer, module, error);
    case MONOCLE_LORA_PRODUCT:
    default:
      return add_product (learnt, layer, module, error);
    }
}

static MonocleTrainingLearnt *
train_get_learnt (gpointer training, GError **error)
{
  Training *self = training;
  MonocleLora *lora = monocle_bart_course_get_lora (self->course);
  g_autoptr (MonocleTrainingLearnt) learnt = monocle_training_learnt_new ();

  learnt->rank = self->rank;
  for (guint i = 0; i < monocle_lora_get_n_layers (lora); i++)
    if (!add_layer (self, learnt, monocle_lora_get_layer (lora, i), error))
      return NULL;
  return g_steal_pointer (&learnt);
}

const MonocleTraining monocle_florence2_training = {
  .open = train_open,
  .close = train_close,
  .add = train_add,
  .start = train_start,
  .learn = train_learn,
  .step = train_step,
  .judge = train_judge,
  .get_n = train_get_n,
  .read = train_read,
  .write = train_write,
  .get_learnt = train_get_learnt,
};
