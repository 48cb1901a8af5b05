/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/bart-course.h"

#include <math.h>
#include <string.h>

#include "engine/base/error.h"
#include "engine/models/parts/bart-step.h"
#include "engine/nn/formulas.h"
#include "engine/nn/plan.h"
#include "engine/vk/staging.h"

/* Answers that go through at once, at most. */
#define MOST_AT_ONCE 8
/* Lengths are rounded up to a part of themselves, so that few different ones occur. */
#define MIN_STEP 4

/* Answers of up to so many tokens; to learn from them, or to judge. */
typedef struct
{
  guint n_tokens, n_texts;
  gboolean judges;

  MonocleGraph *graph;
  MonoclePlan *plan;
  MonocleVkBuffer *buffer;
  MonocleCommands *commands;
  MonocleBartLesson lesson;
  MonocleValue losses, best, banned, n_banned;
} Pass;

struct _MonocleBartCourse
{
  const MonocleBart *bart;
  MonocleParams *params;
  MonocleVkGpu *gpu;
  MonocleBartCourseSettings settings;

  MonocleBartTrain *train;
  MonocleLora *lora;
  gboolean has_memory; /* lora has, for the layers that the first pass asked for */
  GPtrArray *passes;

  MonocleGraph *learning;
  MonoclePlan *learning_plan;
  MonocleVkBuffer *learning_buffer;
  MonocleCommands *learn;
  MonocleValue adamw, squares;
};

static void
pass_free (gpointer data)
{
  Pass *pass = data;

  monocle_commands_free (pass->commands);
  monocle_vk_buffer_free (pass->buffer);
  monocle_plan_free (pass->plan);
  monocle_graph_free (pass->graph);
  g_free (pass);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pass, pass_free)

void
monocle_bart_course_free (MonocleBartCourse *self)
{
  if (!self)
    return;

  g_ptr_array_unref (self->passes);
  monocle_commands_free (self->learn);
  monocle_vk_buffer_free (self->learning_buffer);
  monocle_plan_free (self->learning_plan);
  monocle_graph_free (self->learning);
  monocle_lora_free (self->lora);
  monocle_bart_train_free (self->train);
  g_free (self);
}

MonocleLora *
monocle_bart_course_get_lora (MonocleBartCourse *self)
{
  return self->lora;
}

MonocleScope
monocle_bart_course_get_head (MonocleBartCourse *self)
{
  return monocle_bart_train_get_head (self->train);
}

/* --- passes ------------------------------------------------------------------------------- */

static Pass *
write_pass (MonocleBartCourse *self, guint n_tokens, guint n_texts, gboolean judges)
{
  const guint n_rows = n_texts * n_tokens;
  const MonocleDims rows = MONOCLE_DIMS (n_rows);
  Pass *pass = g_new0 (Pass, 1);
  MonocleGraph *g = pass->graph = monocle_graph_new ("answers", MONOCLE_FORMAT_F32);
  g_autoptr (MonocleGradients) gradients = monocle_gradients_new (g);
  MonocleValue logits;

  pass->n_tokens = n_tokens;
  pass->n_texts = n_texts;
  pass->judges = judges;
  pass->lesson = (MonocleBartLesson){
    .n_texts = n_texts,
    .ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32, rows),
    .places = monocle_input (g, "places", MONOCLE_FORMAT_U32, rows),
    .labels = monocle_input (g, "labels", MONOCLE_FORMAT_U32, rows),
    .states
    = monocle_input (g, "states", MONOCLE_FORMAT_F32,
                     MONOCLE_DIMS (n_texts * self->settings.n_states, self->bart->config.d_model)),
    .lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n_texts)),
  };
  monocle_graph_set_params (g, self->params, MONOCLE_PARAM_FOR_FEW_ROWS);
  pass->losses = monocle_bart_train (self->train, self->lora, gradients, &pass->lesson, &logits);
  monocle_keep (g, pass->losses);
  if (!judges)
    {
      monocle_gradients_walk (gradients, pass->losses);
      return pass;
    }
  pass->banned = monocle_input (g, "banned", MONOCLE_FORMAT_U32, MONOCLE_DIMS (n_rows, 2));
  pass->n_banned = monocle_input (g, "n_banned", MONOCLE_FORMAT_U32, rows);
  pass->best = monocle_top_k (g, logits, monocle_bart_logits_bias (g, self->bart), pass->banned,
                              pass->n_banned, 1);
  monocle_keep (g, pass->best);
  return pass;
}

/* Numbers are made of integers, so that every machine has the same. */
static void
draw (guint64 *state, double bound, float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

      z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
      z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
      z ^= z >> 31;
      values[i] = (float) (((double) (z >> 11) / (G_GUINT64_CONSTANT (1) << 52) - 1) * bound);
    }
}

/* What the model has of a layer. */
static float *
read_param (const MonocleBartCourse *self,
            const MonocleLoraLayer *layer,
            const char *what,
            GError **error)
{
  g_autofree char *name = g_strconcat (layer->name, ".", what, NULL);
  guint part;
  const MonocleParam *param = monocle_params_find (self->params, name, &part);

  return monocle_param_read (param, part, error);
}

static gboolean
copy_layer (const MonocleBartCourse *self,
            const MonocleLoraLayer *layer,
            float *values,
            GError **error)
{
  const guint n_outputs = layer->a.dims[0];
  g_autofree float *weight = read_param (self, layer, "weight", error);
  g_autofree float *bias = weight ? read_param (self, layer, "bias", error) : NULL;
  float *learnt_bias = values + monocle_lora_get_first (self->lora, &layer->b);

  if (!bias)
    return FALSE;
  memcpy (values + monocle_lora_get_first (self->lora, &layer->a), weight,
          monocle_tensor_get_size_bytes (&layer->a));
  for (guint i = 0; i < n_outputs; i++)
    learnt_bias[(gsize) i * MONOCLE_LORA_BIAS_COLUMNS] = bias[i];
  return TRUE;
}

/* Begins as PEFT does: A within 1 / sqrt (inputs), B 0; rows and whole weights are what they are.
 */
static gboolean
begin_learning (MonocleBartCourse *self, GError **error)
{
  const guint n = monocle_lora_get_n (self->lora);
  g_autofree float *values = g_new0 (float, n);
  guint64 state = self->settings.seed;

  for (guint i = 0; i < monocle_lora_get_n_layers (self->lora); i++)
    {
      const MonocleLoraLayer *layer = monocle_lora_get_layer (self->lora, i);

      if (layer->kind == MONOCLE_LORA_PRODUCT)
        draw (&state, 1 / sqrt ((double) layer->a.dims[1]),
              values + monocle_lora_get_first (self->lora, &layer->a),
              monocle_tensor_get_n_elements (&layer->a));
      else if (layer->kind == MONOCLE_LORA_WHOLE && !copy_layer (self, layer, values, error))
        return FALSE;
    }
  return monocle_tensor_write (monocle_lora_get_state (self->lora, MONOCLE_LORA_LEARNT), values,
                               error);
}

/* What a step does, once all layers are known. */
static gboolean
record_learning (MonocleBartCourse *self, GError **error)
{
  MonocleGraph *g = self->learning = monocle_graph_new ("learning", MONOCLE_FORMAT_F32);

  self->adamw = monocle_input (g, "settings", MONOCLE_FORMAT_F32, MONOCLE_DIMS (MONOCLE_ADAMW_N));
  self->squares = monocle_lora_sum_squares (self->lora, g);
  monocle_keep (g, self->squares);
  monocle_lora_learn (self->lora, g, self->adamw);
  self->learning_plan = monocle_graph_plan (g, self->gpu, MONOCLE_PLAN_DEFAULT, error);
  if (!self->learning_plan)
    return FALSE;
  self->learning_buffer
      = monocle_vk_buffer_new (self->gpu, monocle_plan_get_bytes (self->learning_plan),
                               MONOCLE_VK_USE_DEVICE, "learning", error);
  if (!self->learning_buffer)
    return FALSE;
  self->learn = monocle_commands_new (self->gpu, "learning");
  monocle_plan_place (self->learning_plan, self->learning_buffer);
  monocle_plan_record (self->learning_plan, self->learn);
  return TRUE;
}

static gboolean
ensure_memory (MonocleBartCourse *self, GError **error)
{
  if (self->has_memory)
    return TRUE;
  self->has_memory = monocle_lora_alloc (self->lora, self->gpu, error)
                     && begin_learning (self, error) && record_learning (self, error);
  return self->has_memory;
}

static gboolean
place_pass (MonocleBartCourse *self, Pass *pass, GError **error)
{
  pass->buffer = monocle_vk_buffer_new (self->gpu, monocle_plan_get_bytes (pass->plan),
                                        MONOCLE_VK_USE_DEVICE, "answers", error);
  if (!pass->buffer)
    return FALSE;
  pass->commands = monocle_commands_new (self->gpu, "answers");
  monocle_plan_place (pass->plan, pass->buffer);
  monocle_plan_record (pass->plan, pass->commands);
  return TRUE;
}

/* (transfer full) (nullable): as many texts at once as the device can bind, and has room for. */
static Pass *
make_pass (MonocleBartCourse *self, guint n_tokens, gboolean judges, GError **error)
{
  for (guint n_texts = MOST_AT_ONCE;; n_texts /= 2)
    {
      g_autoptr (Pass) pass = write_pass (self, n_tokens, n_texts, judges);
      GError *local = NULL;

      if (!ensure_memory (self, error))
        return NULL;
      pass->plan = monocle_graph_plan (pass->graph, self->gpu, MONOCLE_PLAN_DEFAULT, error);
      if (!pass->plan)
        return NULL;
      if (n_texts > 1
          && monocle_plan_get_largest_bytes (pass->plan) > self->gpu->traits.max_binding_bytes)
        continue;
      if (place_pass (self, pass, &local))
        return g_steal_pointer (&pass);
      if (n_texts == 1
          || !g_error_matches (local, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY))
        {
          g_propagate_error (error, local);
          return NULL;
        }
      g_error_free (local);
    }
}

static guint
round_up (guint n)
{
  guint step = MIN_STEP;

  while (step * 4 < n)
    step *= 2;
  return (n + step - 1) / step * step;
}

static gboolean
write_ids (const Pass *pass, MonocleValue value, gconstpointer data, GError **error)
{
  const MonocleTensor tensor = monocle_plan_get_tensor (pass->plan, value);

  return monocle_vk_upload (tensor.buffer, tensor.offset, data,
                            monocle_tensor_get_size_bytes (&tensor), error);
}

static Pass *
get_pass (MonocleBartCourse *self, guint n_ids, gboolean judges, GError **error)
{
  const guint n_tokens = MIN (round_up (n_ids), self->bart->config.n_positions);
  g_autoptr (Pass) pass = NULL;

  for (guint i = 0; i < self->passes->len; i++)
    {
      Pass *one = self->passes->pdata[i];

      if (one->n_tokens == n_tokens && one->judges == judges)
        return one;
    }
  pass = make_pass (self, n_tokens, judges, error);
  if (!pass)
    return NULL;
  g_ptr_array_add (self->passes, pass);
  return g_steal_pointer (&pass);
}

/* --- answers ------------------------------------------------------------------------------ */

/* Places that nobody uses hold the pass's other inputs' zeros: one state counts, nothing is
 * labelled. */
static gboolean
write_answers (const MonocleBartCourse *self,
               const Pass *pass,
               const MonocleBartAnswer *const *answers,
               guint n,
               GError **error)
{
  const guint n_rows = pass->n_texts * pass->n_tokens, width = self->bart->config.d_model;
  g_autofree guint32 *ids = g_new0 (guint32, n_rows), *places = g_new0 (guint32, n_rows);
  g_autofree guint32 *labels = g_new (guint32, n_rows), *zeros = g_new0 (guint32, 2 * n_rows);
  g_autofree guint32 *lengths = g_new (guint32, pass->n_texts);
  const gsize n_states = (gsize) self->settings.n_states * width;
  g_autofree float *states = g_new0 (float, pass->n_texts *n_states);

  for (guint i = 0; i < pass->n_texts; i++)
    {
      const MonocleBartAnswer *answer = i < n ? answers[i] : NULL;
      const guint n_ids = answer ? answer->n_ids : 0;

      for (guint j = 0; j < pass->n_tokens; j++)
        {
          const guint row = i * pass->n_tokens + j;

          places[row] = j;
          ids[row] = j == 0 ? self->settings.first_id : j <= n_ids ? answer->ids[j - 1] : 0;
          labels[row] = j < n_ids && j >= answer->n_given ? answer->ids[j] : MONOCLE_NO_LABEL;
        }
      lengths[i] = answer ? answer->n_states : 1;
      if (answer)
        memcpy (states + i * n_states, answer->states,
                (gsize) answer->n_states * width * sizeof *states);
    }
  return write_ids (pass, pass->lesson.ids, ids, error)
         && write_ids (pass, pass->lesson.places, places, error)
         && write_ids (pass, pass->lesson.labels, labels, error)
         && write_ids (pass, pass->lesson.lengths, lengths, error)
         && write_ids (pass, pass->lesson.states, states, error)
         && (!pass->judges
             || (write_ids (pass, pass->banned, zeros, error)
                 && write_ids (pass, pass->n_banned, zeros, error)));
}

static gboolean
read_best (const Pass *pass, guint32 *best, GError **error)
{
  const MonocleTensor tensor = monocle_plan_get_tensor (pass->plan, pass->best);

  return monocle_vk_download (tensor.buffer, tensor.offset, best,
                              monocle_tensor_get_size_bytes (&tensor), error);
}

typedef struct
{
  const MonocleBartAnswer *answer;
  guint index;
} Place;

static int
compare_lengths (gconstpointer a, gconstpointer b)
{
  const Place *left = a, *right = b;

  if (left->answer->n_ids != right->answer->n_ids)
    return left->answer->n_ids < right->answer->n_ids ? -1 : 1;
  return left->index < right->index ? -1 : left->index > right->index;
}

/* Some of them, of which the last is the longest. */
static gboolean
run_pass (MonocleBartCourse *self,
          const Pass *pass,
          const Place *places,
          guint n,
          GCancellable *cancellable,
          double *losses,
          gboolean *right,
          GError **error)
{
  const guint n_rows = pass->n_texts * pass->n_tokens;
  const MonocleTensor tensor = monocle_plan_get_tensor (pass->plan, pass->losses);
  const MonocleBartAnswer *answers[MOST_AT_ONCE];
  g_autofree float *values = g_new (float, n_rows);
  g_autofree guint32 *best = g_new0 (guint32, 2 * n_rows);

  for (guint i = 0; i < n; i++)
    answers[i] = places[i].answer;
  if (!write_answers (self, pass, answers, n, error)
      || !monocle_commands_submit (pass->commands, cancellable, NULL, NULL, error)
      || !monocle_tensor_read (&tensor, values, error)
      || (pass->judges && !read_best (pass, best, error)))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const MonocleBartAnswer *answer = places[i].answer;
      const guint index = places[i].index;

      losses[index] = 0;
      if (right)
        right[index] = TRUE;
      for (guint j = answer->n_given; j < answer->n_ids; j++)
        {
          const guint row = i * pass->n_tokens + j;

          losses[index] += (double) values[row];
          if (right && best[2 * row] != answer->ids[j])
            right[index] = FALSE;
        }
    }
  return TRUE;
}

/* By length, so that little is done for nothing; the order is that of the answers otherwise. */
static gboolean
run_all (MonocleBartCourse *self,
         const MonocleBartAnswer *answers,
         guint n,
         GCancellable *cancellable,
         double *losses,
         gboolean *right,
         GError **error)
{
  g_autofree Place *places = g_new (Place, n);

  for (guint i = 0; i < n; i++)
    places[i] = (Place){ &answers[i], i };
  qsort (places, n, sizeof *places, compare_lengths);
  for (guint i = 0; i < n;)
    {
      guint n_here = MIN (MOST_AT_ONCE, n - i);
      Pass *pass = get_pass (self, places[i + n_here - 1].answer->n_ids, right != NULL, error);

      if (!pass)
        return FALSE;
      n_here = MIN (n_here, pass->n_texts);
      if (!run_pass (self, pass, places + i, n_here, cancellable, losses, right, error))
        return FALSE;
      i += n_here;
    }
  return TRUE;
}

gboolean
monocle_bart_course_learn (MonocleBartCourse *self,
                           const MonocleBartAnswer *answers,
                           guint n,
                           GCancellable *cancellable,
                           double *losses,
                           GError **error)
{
  if (run_all (self, answers, n, cancellable, losses, NULL, error))
    return TRUE;
  monocle_lora_forget_gradients (self->lora, NULL);
  return FALSE;
}

gboolean
monocle_bart_course_judge (MonocleBartCourse *self,
                           const MonocleBartAnswer *answers,
                           guint n,
                           GCancellable *cancellable,
                           double *losses,
                           gboolean *right,
                           GError **error)
{
  return run_all (self, answers, n, cancellable, losses, right, error);
}

gboolean
monocle_bart_course_step (MonocleBartCourse *self,
                          const MonocleAdamw *settings,
                          double *norm,
                          GError **error)
{
  const MonocleTensor adamw = monocle_plan_get_tensor (self->learning_plan, self->adamw);
  const MonocleTensor squares = monocle_plan_get_tensor (self->learning_plan, self->squares);
  float sum;

  if (!monocle_tensor_write (&adamw, (const float *) settings, error)
      || !monocle_commands_submit (self->learn, NULL, NULL, NULL, error)
      || !monocle_tensor_read (&squares, &sum, error))
    return FALSE;
  *norm = sqrt ((double) sum) * (double) settings->scale;
  return TRUE;
}

/* --- beginning ---------------------------------------------------------------------------- */

MonocleBartCourse *
monocle_bart_course_new (const MonocleBart *bart,
                         MonocleParams *params,
                         MonocleVkGpu *gpu,
                         const MonocleBartCourseSettings *settings,
                         GError **error)
{
  g_autoptr (MonocleBartCourse) self = g_new0 (MonocleBartCourse, 1);

  self->bart = bart;
  self->params = params;
  self->gpu = gpu;
  self->settings = *settings;
  self->settings.rows = NULL;
  self->passes = g_ptr_array_new_with_free_func (pass_free);
  self->lora = monocle_lora_new (settings->rank);
  self->train = monocle_bart_train_new (
      bart, params, gpu, settings->learns,
      MOST_AT_ONCE * MAX (bart->config.n_positions, settings->n_states), error);
  if (!self->train
      || (settings->n_rows > 0
          && !monocle_bart_train_open_rows (self->train, gpu, settings->rows, settings->n_rows,
                                            error))
      || !get_pass (self, MIN_STEP, FALSE, error))
    return NULL;
  return g_steal_pointer (&self);
}
