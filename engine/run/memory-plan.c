/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/memory-plan-private.h"

#include "engine/base/error.h"
#include "engine/nn/cache.h"
#include "engine/run/device-private.h"
#include "engine/run/engine-private.h"
#include "engine/text/generate.h"
#include "engine/vk/budget.h"
#include "engine/vk/paper.h"

/* Of the picture that is asked about. Most models make theirs of any; those that keep the sides in
 * proportion have the largest ones of pictures that are about so much wider than high. */
#define WIDTH  80
#define HEIGHT 48

/* The first task that takes what is there, which is the one that most people mean. */
static const MonocleTask *
find_task (const MonocleModelInfo *model, MonocleTaskTakes takes)
{
  for (guint i = 0; i < model->tasks->len; i++)
    if (((const MonocleTask *) model->tasks->pdata[i])->takes == takes)
      return model->tasks->pdata[i];
  return NULL;
}

/* (transfer full) (nullable): one for each region; of a family that takes no words they are none */
static GPtrArray *
write_prompts (const MonocleModelInfo *model, const MonocleTask *task, guint n, GError **error)
{
  g_autoptr (GPtrArray) prompts = g_ptr_array_new_with_free_func (g_free);
  const MonocleBox region = { WIDTH / 4, HEIGHT / 4, WIDTH / 2, HEIGHT / 2 };
  const gboolean takes_region = (task->takes & MONOCLE_TAKES_REGION) != 0;
  const char *text = task->takes & MONOCLE_TAKES_TEXT ? "a thing" : NULL;

  for (guint i = 0; i < n; i++)
    {
      char *prompt = NULL;

      if (model->family->write_prompt)
        {
          prompt = model->family->write_prompt (task, text, takes_region ? &region : NULL, WIDTH,
                                                HEIGHT, error);
          if (!prompt)
            return NULL;
        }
      g_ptr_array_add (prompts, prompt);
    }
  return g_steal_pointer (&prompts);
}

/* (transfer full) (nullable): of all of them; nothing where the model looks at one after the other,
 * as it does where its shapes allow nothing else. The first ones of a batch are looked at alone. */
static GPtrArray *
look_together (const MonocleModelInfo *model,
               gpointer data,
               MonocleImage *image,
               guint n,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GPtrArray) features = g_ptr_array_new ();
  g_autofree MonocleImage **images = NULL;
  MonocleFamilyFacts facts = { 0 };
  MonocleFamilyTiming timing = { 0 };
  g_autoptr (GError) problem = NULL;

  model->family->get_facts (data, &facts);
  n = MIN (n, facts.n_together);
  if (n <= 1 || !model->family->prepare_together)
    return g_steal_pointer (&features);
  images = g_new (MonocleImage *, n);
  for (guint i = 0; i < n; i++)
    images[i] = image;
  g_ptr_array_set_size (features, (int) n);
  if (model->family->prepare_together (data, images, n, cancellable, features->pdata, &timing,
                                       &problem))
    return g_steal_pointer (&features);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  g_debug ("Not side by side: %s", problem->message);
  g_ptr_array_set_size (features, 0);
  return g_steal_pointer (&features);
}

static gboolean
ask (const MonocleModelInfo *model,
     gpointer data,
     MonocleVkPaper *paper,
     const MonocleMemoryQuestion *wanted,
     GCancellable *cancellable,
     GError **error)
{
  const MonocleFamily *family = model->family;
  const MonocleTaskTakes takes
      = wanted->n_regions > 0 ? MONOCLE_TAKES_REGION : MONOCLE_TAKES_NOTHING;
  const MonocleTask *task = find_task (model, takes);
  g_autoptr (MonocleImage) image
      = monocle_image_new_take_pixels (WIDTH, HEIGHT, g_malloc0 (WIDTH * HEIGHT * 3), error);
  g_autoptr (GPtrArray) prompts = NULL, results = NULL, others = NULL;
  MonocleFamilyQuestion question = {
    .num_beams = wanted->num_beams,
    .max_tokens = wanted->max_tokens > 0 ? wanted->max_tokens : MONOCLE_CACHE_FIRST_PLACES,
    .width = WIDTH,
    .height = HEIGHT,
    .cancellable = cancellable,
  };
  MonocleFamilyAnswer answer = { NULL };
  MonocleFamilyTiming timing;
  gpointer features;
  gboolean done;

  /* What takes no region is asked as often; what takes nothing but words is asked with some. */
  task = task ? task : find_task (model, MONOCLE_TAKES_NOTHING);
  task = task ? task : find_task (model, MONOCLE_TAKES_TEXT);
  if (!task || !image)
    return image != NULL;
  /* Of more there are so many at once. */
  prompts = write_prompts (model, task, CLAMP (wanted->n_regions, 1, MONOCLE_GENERATE_MAX_BATCH),
                           error);
  if (!prompts)
    return FALSE;
  question.task = task;
  question.prompts = (const char *const *) prompts->pdata;
  question.n_prompts = prompts->len;
  answer.results = results = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);

  if (!family->compile (data, &question, NULL, error))
    return FALSE;
  features = family->prepare (data, image, cancellable, NULL, NULL, &timing, error);
  if (!features)
    return FALSE;
  paper->is_asking = FALSE;
  others = look_together (model, data, image, wanted->n_pictures, cancellable, error);
  paper->is_asking = TRUE;
  done = others && monocle_family_answer (family, data, features, &question, &answer, error);
  for (guint i = 0; others && i < others->len; i++)
    family->discard (data, others->pdata[i]);
  family->discard (data, features);
  return done;
}

/* --- conversations ------------------------------------------------------------------------ */

/* Of which a picture has as many tokens as most that are talked about. */
#define TALK_WIDTH  1280
#define TALK_HEIGHT 960

/* A question of so many words, each a token at least, is answered. */
static gboolean
say (const MonocleFamily *family,
     gpointer data,
     gpointer features,
     guint n_words,
     GCancellable *cancellable,
     GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const MonocleFamilyTurn turn = { .features = &features, .n_features = 1, .answer = "" };
  MonocleFamilyTurn turns[] = { turn };
  const MonocleFamilyTalk asked
      = { .turns = turns, .n_turns = 1, .max_tokens = 1, .cancellable = cancellable };
  MonocleFamilyReply reply = { .n_kept = 0 };
  gpointer talk = family->open_talk (data, error);
  gboolean done;

  if (!talk)
    return FALSE;
  for (guint i = 0; i < n_words; i++)
    g_string_append (text, " a");
  turns[0].text = text->str;
  done = family->talk (data, talk, &asked, &reply, error);
  if (done)
    {
      monocle_result_unref (reply.result);
      g_array_unref (reply.ids);
    }
  family->close_talk (data, talk);
  return done;
}

/* Where a text is as long as a model reads, half of it is tried. */
static gboolean
talk (const MonocleModelInfo *model,
      gpointer data,
      guint n_words,
      GCancellable *cancellable,
      GError **error)
{
  const MonocleFamily *family = model->family;
  g_autoptr (MonocleImage) image = monocle_image_new_take_pixels (
      TALK_WIDTH, TALK_HEIGHT, g_malloc0 (TALK_WIDTH * TALK_HEIGHT * 3), error);
  MonocleFamilyTiming timing;
  gpointer features
      = image ? family->prepare (data, image, cancellable, NULL, NULL, &timing, error) : NULL;
  g_autoptr (GError) problem = NULL;
  gboolean done = FALSE;

  if (!features)
    return FALSE;
  for (; n_words > 0 && !done; n_words /= 2)
    {
      g_clear_error (&problem);
      done = say (family, data, features, n_words, cancellable, &problem);
      if (!done
          && !g_error_matches (problem, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST))
        break;
    }
  family->discard (data, features);
  if (!done && problem)
    g_propagate_error (error, g_steal_pointer (&problem));
  return done;
}

/* --- all of it ---------------------------------------------------------------------------- */

gboolean
monocle_memory_plan_on_paper (MonocleMemoryPlan *self,
                              const char *directory,
                              const MonocleModelInfo *model,
                              const MonocleVkGpuInfo *device,
                              MonoclePrecision precision,
                              const MonocleMemoryQuestion *question,
                              GCancellable *cancellable,
                              GError **error)
{
  static const MonocleMemoryQuestion usual = { 0 };
  g_autoptr (MonocleVkGpu) gpu = monocle_vk_paper_open (device);
  const MonocleFamilyLoad load = { .directory = directory,
                                   .adapter = model->adapter,
                                   .gpu = gpu,
                                   .f16 = precision != MONOCLE_PRECISION_F32,
                                   .word_bits = monocle_precision_get_word_bits (precision),
                                   .cancellable = cancellable };
  const guint64 *bytes = gpu->paper->at_peak;
  gpointer data;
  gboolean done;

  if (load.word_bits > 0
      && !monocle_family_check_bits (model->family, directory, load.word_bits, error))
    return FALSE;
  data = model->family->load (&load, error);
  if (!data)
    return FALSE;
  gpu->paper->is_asking = TRUE;
  question = question ? question : &usual;
  done = ask (model, data, gpu->paper, question, cancellable, error);
  self->weights_bytes = bytes[MONOCLE_VK_PURPOSE_WEIGHTS];
  self->workspace_bytes = bytes[MONOCLE_VK_PURPOSE_WORKSPACE];
  self->answer_bytes = bytes[MONOCLE_VK_PURPOSE_ANSWER];
  self->staging_bytes = bytes[MONOCLE_VK_PURPOSE_STAGING];
  self->peak_bytes = monocle_vk_memory_get_peak_bytes (gpu->memory);
  self->own_bytes = monocle_vk_memory_get_own_peak_bytes (gpu->memory);
  self->talk_bytes = self->talk_own_bytes = 0;
  /* Where a conversation cannot be had, what one question takes is known all the same. */
  if (done && question->n_talk_tokens > 0 && model->family->talk
      && talk (model, data, question->n_talk_tokens, cancellable, NULL))
    {
      self->talk_bytes = monocle_vk_memory_get_peak_bytes (gpu->memory) - self->peak_bytes;
      self->talk_own_bytes = monocle_vk_memory_get_own_peak_bytes (gpu->memory) - self->own_bytes;
    }
  if (done)
    done = !g_cancellable_set_error_if_cancelled (cancellable, error);
  model->family->unload (data);
  return done;
}

gboolean
monocle_memory_plan_make (MonocleMemoryPlan *self,
                          const char *directory,
                          MonocleDevice *device,
                          MonoclePrecision precision,
                          const MonocleMemoryQuestion *question,
                          GError **error)
{
  const MonocleVkGpuInfo *info = monocle_device_get_info (device);
  g_auto (MonocleModelInfo) model = { 0 };
  gboolean done;

  g_return_val_if_fail (precision != MONOCLE_PRECISION_AUTO, FALSE);

  if (!monocle_device_check_precision (device, precision, error)
      || !monocle_model_info_load (&model, directory, error))
    return FALSE;

  /* Drivers are asked what memory there is. */
  monocle_engine_hold ();
  monocle_engine_enter ();
  self->free_bytes = monocle_vk_budget_get_free_bytes (info, NULL);
  done = monocle_memory_plan_on_paper (self, directory, &model, info, precision, question, NULL,
                                       error);
  monocle_engine_release ();
  return done;
}

gboolean
monocle_memory_plan_check (const char *directory,
                           const MonocleModelInfo *model,
                           MonocleVkGpu *gpu,
                           MonoclePrecision precision,
                           MonocleModelRoom room,
                           GCancellable *cancellable,
                           GError **error)
{
  static const MonocleMemoryQuestion talked = { .n_talk_tokens = MONOCLE_MEMORY_TALK_TOKENS };
  const MonocleMemoryQuestion *question = room == MONOCLE_MODEL_ROOM_TALK ? &talked : NULL;
  guint64 free_bytes = monocle_vk_budget_get_free_bytes (&gpu->info, gpu->memory);
  g_autofree char *needed = NULL, *left = g_format_size (free_bytes);
  MonocleMemoryPlan plan;
  guint64 own_bytes;

  if (!monocle_memory_plan_on_paper (&plan, directory, model, &gpu->info, precision, question,
                                     cancellable, error))
    return FALSE;
  own_bytes = plan.own_bytes + plan.talk_own_bytes;
  if (own_bytes <= free_bytes)
    return TRUE;

  needed = g_format_size (own_bytes);
  monocle_engine_error_set_shortage (error, own_bytes, free_bytes,
                                     "%s: needs %s of memory with %d-bit weights%s, %s are free on "
                                     "%s",
                                     directory, needed, monocle_precision_get_bits (precision),
                                     plan.talk_own_bytes > 0 ? " and a conversation" : "", left,
                                     gpu->info.name);
  return FALSE;
}
