/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Things found by words or by an example: OWL-ViT (Minderer et al. 2022, arXiv 2205.06230) and
 * OWLv2 (2023, arXiv 2306.09683). The towers are those of CLIP; each place of a picture says where
 * its thing is and what it is, in the space of the words. That is kept: all questions after the
 * first cost a few words.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "engine/base/error.h"
#include "engine/checkpoint/weights.h"
#include "engine/models/owl/private.h"
#include "engine/models/loading.h"

/* Most things are named by fewer, and somebody waits for the boxes. */
#define FEW_TOKENS 8

static void
owl_unload (gpointer model)
{
  MonocleOwl *self = model;

  if (!self)
    return;
  monocle_recording_clear (&self->gaze.recording);
  g_clear_pointer (&self->words, monocle_clip_words_free);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->tokenizer, monocle_tokenizer_free);
  g_clear_pointer (&self->checkpoint, monocle_checkpoint_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_clear_pointer (&self->example, monocle_image_unref);
  g_clear_pointer (&self->example_view, monocle_owl_view_free);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleOwl, owl_unload)

/* --- loading --- */

/* As CLIP reads a text, and cut to fewer tokens; what ends it has the largest id there is. */
GArray *
monocle_owl_tokenize (gconstpointer owner, const char *text, guint *pick)
{
  const MonocleOwl *self = owner;

  return monocle_clip_words_tokenize (self->tokenizer, text, self->config.text.n_positions,
                                      MONOCLE_CLIP_END_LARGEST, pick);
}

/* Comparing whole pictures with texts is no part of finding. */
static void
ignore_rest (const MonocleOwl *self, MonocleWeights *weights)
{
  static const char *const names[] = { "logit_scale", "visual_projection.weight" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strjoin (".", self->config.root, names[i], NULL);

      monocle_weights_ignore (weights, name);
    }
}

static gboolean
declare (gpointer model, MonocleWeights *weights, GError **error)
{
  MonocleOwl *self = model;
  const MonocleOwlConfig *config = &self->config;
  const MonocleClipWordsConfig words = {
    .scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, config->root),
    .text = config->text,
    .last = { .projection = "text_projection", .n_dims = config->n_dims },
    .n_words = config->n_words,
    .few_tokens = FEW_TOKENS,
    .tokenize = monocle_owl_tokenize,
    .owner = self,
  };

  ignore_rest (self, weights);
  self->words = monocle_clip_words_new (&words, weights, error);
  if (!self->words)
    return FALSE;
  monocle_owl_gaze_write (self, monocle_weights_get_params (weights));
  return monocle_weights_check (weights, error);
}

/* What the towers take, one after the other. */
static gboolean
plan (gpointer model, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error)
{
  MonocleOwl *self = model;

  return monocle_recording_plan (&self->gaze.recording, gpu, bytes, largest, error)
         && monocle_clip_passes_plan (monocle_clip_words_get_passes (self->words), gpu, bytes,
                                      largest, error);
}

static gboolean
record (gpointer model, GError **error)
{
  MonocleOwl *self = model;

  return monocle_owl_gaze_record (self, error)
         && monocle_clip_passes_record (monocle_clip_words_get_passes (self->words), self->gpu,
                                        self->buffer, error);
}

/* (transfer full) (nullable): all that its files say, and nothing on a device */
static MonocleOwl *
read_files (const char *directory, GError **error)
{
  g_autoptr (MonocleOwl) self = g_new0 (MonocleOwl, 1);

  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->checkpoint = monocle_checkpoint_open (directory, error);
  if (!self->checkpoint || !monocle_owl_config_load (&self->config, directory, error)
      || !monocle_owl_load_preprocess (self, directory, error))
    return NULL;
  self->tokenizer = monocle_tokenizer_load (directory, error);
  return self->tokenizer ? g_steal_pointer (&self) : NULL;
}

static gboolean
owl_check (const char *directory, GError **error)
{
  g_autoptr (MonocleOwl) self = read_files (directory, error);
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self)
    return FALSE;
  weights = monocle_weights_new (self->checkpoint, NULL, FALSE, NULL);
  return declare (self, weights, error);
}

static gpointer
owl_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleOwl) self = read_files (load->directory, error);
  MonocleLoading loading;

  if (!self)
    return NULL;
  self->gpu = load->gpu;
  loading = (MonocleLoading){
    .model = self,
    .width = self->config.side,
    .height = self->config.side,
    .declare = declare,
    .plan = plan,
    .record = record,
    .n_parameters = &self->n_parameters,
    .notes = self->notes,
    .params = &self->params,
    .buffer = &self->buffer,
  };
  return monocle_loading_run (&loading, self->checkpoint, load, error) ? g_steal_pointer (&self)
                                                                       : NULL;
}

static void
owl_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleOwl *self = model;

  facts->n_parameters = self->n_parameters;
  /* The reference's. */
  facts->lowest_score = 0.1;
  facts->notes = (const char *const *) self->notes->pdata;
  facts->pixels = self->config.is_second ? NULL : &self->preprocess;
}

/* --- asking --- */

static gboolean
owl_compile (gpointer model,
             const MonocleFamilyQuestion *question,
             MonocleVkCompileProgress progress,
             GError **error)
{
  MonocleOwl *self = model;

  return monocle_clip_words_compile (self->words, &self->gaze.recording.commands, 1,
                                     question->cancellable, progress, question->user_data, error);
}

static gpointer
owl_prepare (gpointer model,
             MonocleImage *image,
             GCancellable *cancellable,
             MonocleFamilyProgress progress,
             gpointer user_data,
             MonocleFamilyTiming *timing,
             GError **error)
{
  return monocle_owl_look (model, image, cancellable, progress, user_data, timing, error);
}

static void
owl_discard (gpointer model, gpointer features)
{
  monocle_owl_view_free (features);
}

/* The second family has all of them, the first cannot tell things from none. */
static const MonocleTask tasks[] = {
  {
      .id = "find-words",
      .tag = "",
      .title = N_ ("Find by Words"),
      .description = N_ ("Finds whatever you name, with a box around each"),
      .kind = MONOCLE_TASK_FIND,
      .takes = MONOCLE_TAKES_TEXT,
      .gives = MONOCLE_GIVES_BOXES,
      .is_quick = TRUE,
  },
  {
      .id = "find-like",
      .tag = "",
      .title = N_ ("Find Alike"),
      .description = N_ ("Finds what looks like the thing in the region"),
      .kind = MONOCLE_TASK_FIND,
      .takes = MONOCLE_TAKES_REGION,
      .gives = MONOCLE_GIVES_PLACES,
      .takes_example = TRUE,
  },
  {
      .id = "find-things",
      .tag = "",
      .title = N_ ("Find Things"),
      .description = N_ ("Finds everything that looks like a thing, without naming it"),
      .kind = MONOCLE_TASK_FIND,
      .takes = MONOCLE_TAKES_NOTHING,
      .gives = MONOCLE_GIVES_PLACES,
  },
};

static gboolean
owl_generate (gpointer model,
              gpointer features,
              const MonocleFamilyQuestion *question,
              MonocleFamilyAnswer *answer,
              GError **error)
{
  MonocleOwl *self = model;

  if (question->task == &tasks[0])
    return monocle_owl_find_words (self, features, question, answer, error);
  if (question->task == &tasks[1])
    return monocle_owl_find_like (self, features, question, answer, error);
  monocle_owl_find_things (self, features, answer);
  return TRUE;
}

static void
owl_list_tasks (GPtrArray *list)
{
  for (guint i = 0; i + 1 < G_N_ELEMENTS (tasks); i++)
    g_ptr_array_add (list, (gpointer) &tasks[i]);
}

static void
owl_list_tasks_second (GPtrArray *list)
{
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_ptr_array_add (list, (gpointer) &tasks[i]);
}

#define OWL_VERBS                                                                                  \
  .check = owl_check, .load = owl_load, .unload = owl_unload, .get_facts = owl_get_facts,          \
  .write_prompt = monocle_owl_write_prompt, .compile = owl_compile, .prepare = owl_prepare,        \
  .discard = owl_discard, .generate = owl_generate, .inspect = monocle_owl_inspect

const MonocleFamily monocle_family_owlvit = {
  .id = "owlvit",
  .title = "OWL-ViT",
  .probe = monocle_owl_config_probe,
  .list_tasks = owl_list_tasks,
  OWL_VERBS,
};

const MonocleFamily monocle_family_owlv2 = {
  .id = "owlv2",
  .title = "OWLv2",
  .probe = monocle_owl_config_probe_second,
  .list_tasks = owl_list_tasks_second,
  OWL_VERBS,
};
