/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/cross-asking.h"

#include "engine/base/error.h"
#include "engine/vk/staging.h"

/* Prompts are padded to a multiple of this, so that few different sizes occur. */
#define ROWS_MULTIPLE 16

/* The encoder's memory is at most so many times as large as what is computed in it. */
#define MAX_EXCESS 4

/* Recordings of a family, the encoder's, and the decoder's. */
#define MAX_RECORDINGS 8

void
monocle_cross_prompts_clear (MonocleCrossPrompts *self)
{
  g_clear_pointer (&self->ids, g_free);
  g_clear_pointer (&self->lengths, g_free);
}

void
monocle_cross_asker_clear (MonocleCrossAsker *self)
{
  g_clear_pointer (&self->decoder, monocle_cross_decoder_free);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
}

gboolean
monocle_cross_asker_read (const MonocleCrossAsker *self,
                          const char *const *texts,
                          guint n,
                          MonocleCrossPrompts *prompts,
                          GError **error)
{
  const guint alignment = MONOCLE_TENSOR_ALIGNMENT / sizeof (guint32);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  guint longest = 0;

  for (guint i = 0; i < n; i++)
    {
      GArray *ids = monocle_tokenizer_encode (self->tokenizer, texts[i], MONOCLE_SPECIALS_WRAP);

      g_ptr_array_add (all, ids);
      if (ids->len > self->most_tokens)
        {
          g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                       "The text is too long: %u tokens, the model takes %u", ids->len,
                       self->most_tokens);
          return FALSE;
        }
      longest = MAX (longest, ids->len);
    }

  prompts->n_prompts = n;
  prompts->n_rows
      = MIN ((self->n_image + longest + ROWS_MULTIPLE - 1) / ROWS_MULTIPLE * ROWS_MULTIPLE,
             self->n_image + self->most_tokens);
  prompts->stride = (prompts->n_rows - self->n_image + alignment - 1) / alignment * alignment;
  prompts->ids = g_new (guint32, (gsize) n * prompts->stride);
  prompts->lengths = g_new (guint32, n);
  for (guint i = 0; i < n; i++)
    {
      const GArray *ids = all->pdata[i];

      for (guint j = 0; j < prompts->stride; j++)
        prompts->ids[i * prompts->stride + j]
            = j < ids->len ? g_array_index (ids, guint32, j) : self->pad;
      prompts->lengths[i] = self->n_image + ids->len;
    }
  return TRUE;
}

/* --- the encoder -------------------------------------------------------------------------- */

/* The encoder's work for some prompts, with the decoder behind it. */
typedef struct
{
  MonocleGraph *graph;
  MonoclePlan *plan;
  MonocleCommands *commands;
  MonocleCrossInputs inputs;
} Encoding;

static void
encoding_clear (Encoding *encoding)
{
  g_clear_pointer (&encoding->commands, monocle_commands_free);
  g_clear_pointer (&encoding->plan, monocle_plan_free);
  g_clear_pointer (&encoding->graph, monocle_graph_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Encoding, encoding_clear)

/* What many prompts took is not kept for few. */
static gboolean
ensure_buffer (MonocleCrossAsker *self, guint64 size, GError **error)
{
  if (self->buffer && self->buffer->size >= size && self->buffer->size / MAX_EXCESS <= size)
    return TRUE;

  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  self->buffer
      = monocle_vk_buffer_new (self->gpu, size, MONOCLE_VK_USE_DEVICE, "text activations", error);
  return self->buffer != NULL;
}

static gboolean
ensure_decoder (MonocleCrossAsker *self, const MonocleCrossDecoderSize *size, GError **error)
{
  MonocleCrossModel model;

  if (self->decoder && monocle_cross_decoder_has_size (self->decoder, size))
    return TRUE;

  model = self->verbs->get_decoder (self->family);
  g_clear_pointer (&self->decoder, monocle_cross_decoder_free);
  self->decoder
      = monocle_cross_decoder_new (&model, self->params, self->gpu, self->format, size, error);
  return self->decoder != NULL;
}

/* The formulas; the decoder is there. */
static void
encoding_write (Encoding *encoding,
                MonocleCrossAsker *self,
                const MonocleTensor *image,
                const MonocleCrossPrompts *prompts)
{
  MonocleGraph *g = encoding->graph = monocle_graph_new (self->verbs->title, self->format);
  MonocleValue places = { 0 }, states;

  monocle_graph_set_params (g, self->params, MONOCLE_PARAM_FOR_MANY_ROWS);
  encoding->inputs = (MonocleCrossInputs){
    .image = image ? monocle_outside (g, image) : (MonocleValue) 0,
    .ids = monocle_input (g, "ids", MONOCLE_FORMAT_U32,
                          MONOCLE_DIMS (prompts->n_prompts, prompts->stride)),
    .lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (prompts->n_prompts)),
    .n_rows = prompts->n_rows,
  };
  states = self->verbs->encode (g, self->family, &encoding->inputs, &places);
  monocle_name (g, states, MONOCLE_CROSS_STATES);
  monocle_cross_decoder_keep_states (self->decoder, g, states);
  if (self->verbs->get_decoder (self->family).place_width > 0)
    monocle_cross_decoder_keep_places (self->decoder, g, places);
}

static gboolean
encoding_record (Encoding *encoding,
                 MonocleCrossAsker *self,
                 const MonocleTensor *image,
                 const MonocleCrossPrompts *prompts,
                 const MonocleCrossDecoderSize *wanted,
                 MonoclePlanFlags flags,
                 GError **error)
{
  MonocleCrossDecoderSize size = *wanted;

  size.n_prompts = prompts->n_prompts;
  size.n_states = prompts->n_rows;

  if (!ensure_decoder (self, &size, error))
    {
      /* Whoever asks about fewer next has what this took. */
      g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
      return FALSE;
    }

  encoding_write (encoding, self, image, prompts);
  encoding->plan = monocle_graph_plan (encoding->graph, self->gpu, flags, error);
  if (!encoding->plan || !ensure_buffer (self, monocle_plan_get_bytes (encoding->plan), error))
    return FALSE;

  encoding->commands = monocle_commands_new (self->gpu, self->verbs->title);
  monocle_plan_place (encoding->plan, self->buffer);
  monocle_plan_record (encoding->plan, encoding->commands);
  return TRUE;
}

static gboolean
encoding_upload (const Encoding *encoding, MonocleValue value, const guint32 *data, GError **error)
{
  const MonocleTensor tensor = monocle_plan_get_tensor (encoding->plan, value);

  return monocle_vk_upload (tensor.buffer, tensor.offset, data,
                            monocle_tensor_get_size_bytes (&tensor), error);
}

gboolean
monocle_cross_asker_encode (MonocleCrossAsker *self,
                            const MonocleTensor *image,
                            const MonocleCrossPrompts *prompts,
                            const MonocleCrossDecoderSize *wanted,
                            GCancellable *cancellable,
                            const char *stage,
                            MonocleTensor *kept,
                            GError **error)
{
  g_auto (Encoding) encoding = { NULL };

  if (!encoding_record (&encoding, self, image, prompts, wanted,
                        stage ? MONOCLE_PLAN_KEEP_NAMED : MONOCLE_PLAN_DEFAULT, error)
      || !encoding_upload (&encoding, encoding.inputs.ids, prompts->ids, error)
      || !encoding_upload (&encoding, encoding.inputs.lengths, prompts->lengths, error)
      || (self->verbs->upload && !self->verbs->upload (self->family, encoding.plan, prompts, error))
      || !monocle_commands_submit (encoding.commands, cancellable, NULL, NULL, error))
    return FALSE;

  monocle_cross_decoder_start (self->decoder, prompts->lengths);
  if (stage)
    *kept = monocle_plan_get_tensor (encoding.plan, monocle_graph_find (encoding.graph, stage));
  return TRUE;
}

gboolean
monocle_cross_asker_feed (MonocleCrossAsker *self,
                          const guint32 *ids,
                          guint n,
                          guint n_words,
                          GCancellable *cancellable,
                          float *logits,
                          GError **error)
{
  const guint32 source = 0;
  MonocleCandidate candidate;

  for (guint i = 0; i < n; i++)
    {
      const MonocleDecoderStep one = { .tokens = &ids[i], .sources = &source };

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !monocle_cross_decoder_step (self->decoder, &one, &candidate, error)
          || !monocle_cross_decoder_read_logits (self->decoder, logits + (gsize) i * n_words,
                                                 error))
        return FALSE;
    }
  return TRUE;
}

/* --- questions ---------------------------------------------------------------------------- */

static gboolean
begin (gpointer user_data, MonocleDecoderStart *start, GError **error)
{
  MonocleCrossAsking *self = user_data;
  const MonocleCrossDecoderSize wanted = { .n_beams = start->n_beams,
                                           .n_candidates = start->n_candidates,
                                           .n_more_bans = self->n_more_bans };
  g_auto (MonocleCrossPrompts) prompts = { 0 };

  return monocle_cross_asker_read (self->asker, self->question->prompts + start->first,
                                   start->n_questions, &prompts, error)
         && monocle_cross_asker_encode (self->asker, self->image, &prompts, &wanted,
                                        start->cancellable, NULL, NULL, error);
}

static gboolean
step (gpointer user_data,
      const MonocleDecoderStep *one,
      MonocleCandidate *candidates,
      GError **error)
{
  MonocleCrossAsking *self = user_data;

  return monocle_cross_decoder_step (self->asker->decoder, one, candidates, error);
}

static gboolean
read_logits (gpointer user_data, float *logits, GError **error)
{
  MonocleCrossAsking *self = user_data;

  return monocle_cross_decoder_read_logits (self->asker->decoder, logits, error);
}

const MonocleDecoder monocle_cross_asking_decoder
    = { .begin = begin, .step = step, .read_logits = read_logits };

static void
tell_certain (guint question,
              gboolean whole,
              const guint32 *ids,
              const float *log_probs,
              guint n_ids,
              gpointer user_data)
{
  MonocleCrossAsking *self = user_data;
  g_autoptr (MonocleResult) partial
      = self->read (self, question, MONOCLE_CROSS_CERTAIN, ids, log_probs, n_ids);

  self->question->partial (self->first + question, self->counts_start ? n_ids : n_ids - 1, partial,
                           self->question->user_data);
}

static void
tell_done (guint question,
           gboolean whole,
           const guint32 *ids,
           const float *log_probs,
           guint n_ids,
           gpointer user_data)
{
  MonocleCrossAsking *self = user_data;
  MonocleResult *result = self->read (
      self, question, whole ? MONOCLE_CROSS_WHOLE : MONOCLE_CROSS_STOPPED, ids, log_probs, n_ids);

  if (result)
    g_ptr_array_add (self->answer->results, result);
}

MonocleGeneration
monocle_cross_asking_plan (MonocleCrossAsking *self)
{
  const MonocleFamilyQuestion *question = self->question;

  return (MonocleGeneration){
    .decoder = &monocle_cross_asking_decoder,
    .decoder_self = self,
    .n_questions = question->n_prompts,
    .search = &self->search,
    .sampling = question->sampling,
    .certain = question->partial ? tell_certain : NULL,
    .done = tell_done,
    .user_data = self,
    .cancellable = question->cancellable,
    .n_at_once = self->answer ? &self->answer->n_at_once : NULL,
  };
}

gboolean
monocle_cross_asking_generate (MonocleCrossAsking *self,
                               const MonocleGeneration *generation,
                               GError **error)
{
  guint n_tokens = 0;
  const gboolean done = monocle_generate (generation, &self->answer->stopped, &n_tokens, error);

  self->answer->n_tokens += n_tokens;
  if (done && self->error)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }
  g_clear_error (&self->error);
  return done;
}

/* For @n questions from @first on, side by side. */
static gboolean
compile_batch (MonocleCrossAsking *self,
               const MonocleGeneration *generation,
               guint first,
               guint n,
               MonocleCommands *const *others,
               guint n_others,
               MonocleVkCompileProgress progress,
               GError **error)
{
  const MonocleFamilyQuestion *question = self->question;
  const MonocleCrossDecoderSize wanted
      = { .n_beams = generation->search->num_beams,
          .n_candidates = monocle_generation_get_n_candidates (generation),
          .n_more_bans = self->n_more_bans };
  g_auto (MonocleCrossPrompts) prompts = { 0 };
  g_auto (Encoding) encoding = { NULL };
  MonocleCommands *recordings[MAX_RECORDINGS];

  g_return_val_if_fail (n_others + 3 <= MAX_RECORDINGS, FALSE);

  if (!monocle_cross_asker_read (self->asker, question->prompts + first, n, &prompts, error)
      || !encoding_record (&encoding, self->asker, self->image, &prompts, &wanted,
                           MONOCLE_PLAN_DEFAULT, error))
    return FALSE;
  for (guint i = 0; i < n_others; i++)
    recordings[i] = others[i];
  recordings[n_others] = encoding.commands;
  monocle_cross_decoder_get_recordings (self->asker->decoder, recordings + n_others + 1);
  return monocle_vk_compile (recordings, n_others + 3, question->cancellable, progress,
                             question->user_data, error);
}

gboolean
monocle_cross_asking_compile (MonocleCrossAsking *self,
                              const MonocleGeneration *generation,
                              MonocleCommands *const *recordings,
                              guint n_recordings,
                              MonocleVkCompileProgress progress,
                              GError **error)
{
  const guint n_prompts = self->question->n_prompts;
  guint n = MIN (MONOCLE_GENERATE_MAX_BATCH, n_prompts), n_left;
  GError *local = NULL;

  while (!compile_batch (self, generation, 0, n, recordings, n_recordings, progress, &local))
    {
      if (n == 1
          || !g_error_matches (local, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY))
        {
          g_propagate_error (error, local);
          return FALSE;
        }
      g_clear_error (&local);
      n /= 2;
    }

  /* The last ones are fewer. */
  n_left = n_prompts % n;
  return n_left == 0
         || compile_batch (self, generation, n_prompts - n_left, n_left, recordings, n_recordings,
                           progress, error);
}
