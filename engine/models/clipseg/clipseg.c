/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Outlines by words: Lüddecke and Ecker 2021, arXiv 2112.10003. CLIP sees the picture and reads the
 * words; a small decoder listens to several layers of what is seen, changed by what is read, and
 * says for each pixel whether it belongs to it.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "engine/base/error.h"
#include "engine/models/clipseg/private.h"
#include "engine/models/loading.h"

/* Most texts are shorter than this, and a tower takes as long as its longest. */
#define FEW_TOKENS 16

static void
clipseg_unload (gpointer model)
{
  MonocleClipseg *self = model;

  if (!self)
    return;
  monocle_recording_clear (&self->look.recording);
  monocle_recording_clear (&self->mark.recording);
  g_clear_pointer (&self->words, monocle_clip_words_free);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->tokenizer, monocle_tokenizer_free);
  g_clear_pointer (&self->checkpoint, monocle_checkpoint_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  for (guint i = 0; i < G_N_ELEMENTS (self->factors); i++)
    {
      g_free (self->factors[i]);
      g_free (self->terms[i]);
    }
  g_free (self->positions);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleClipseg, clipseg_unload)

/* --- loading ------------------------------------------------------------------------------ */

/* As CLIP reads a text. */
static GArray *
tokenize (gconstpointer owner, const char *text, guint *pick)
{
  const MonocleClipseg *self = owner;

  return monocle_clip_words_tokenize (self->tokenizer, text, self->config.text.n_positions,
                                      self->config.end_id, pick);
}

/* Comparing whole pictures with texts is no part of outlining, nor are the layers above the last
 * that the decoder listens to. */
static void
ignore_rest (MonocleWeights *weights)
{
  monocle_weights_ignore_below (weights, "clip.vision_model.");
  monocle_weights_ignore_below (weights, "clip.visual_projection.");
  monocle_weights_ignore_below (weights, "clip.logit_scale");
}

static gboolean
declare (gpointer model, MonocleWeights *weights, GError **error)
{
  MonocleClipseg *self = model;
  const MonocleClipsegConfig *config = &self->config;
  const MonocleClipWordsConfig words = {
    .scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "clip"),
    .text = config->text,
    .last = { .projection = "text_projection", .n_dims = config->n_dims },
    .n_words = config->n_words,
    .few_tokens = FEW_TOKENS,
    .tokenize = tokenize,
    .owner = self,
  };

  ignore_rest (weights);
  self->words = monocle_clip_words_new (&words, weights, error);
  if (!self->words || !monocle_clipseg_read_positions (self, weights, error)
      || !monocle_clipseg_read_factors (self, weights, error))
    return FALSE;
  monocle_clipseg_look_write (self, monocle_weights_get_params (weights));
  monocle_clipseg_mark_write (self, monocle_weights_get_params (weights));
  return monocle_weights_check (weights, error);
}

/* What all of them take, one after the other. */
static gboolean
plan (gpointer model, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error)
{
  MonocleClipseg *self = model;

  return monocle_recording_plan (&self->look.recording, gpu, bytes, largest, error)
         && monocle_recording_plan (&self->mark.recording, gpu, bytes, largest, error)
         && monocle_clip_passes_plan (monocle_clip_words_get_passes (self->words), gpu, bytes,
                                      largest, error);
}

static gboolean
record (gpointer model, GError **error)
{
  MonocleClipseg *self = model;

  return monocle_clipseg_look_record (self, error) && monocle_clipseg_mark_record (self, error)
         && monocle_clip_passes_record (monocle_clip_words_get_passes (self->words), self->gpu,
                                        self->buffer, error);
}

/* How large pictures are is said by the preprocessor alone. */
static gboolean
take_size (MonocleClipseg *self, const char *directory, GError **error)
{
  const MonoclePreprocessSettings *s = &self->preprocess;
  MonocleClipVisionConfig *vision = &self->config.vision;
  guint n = s->width / vision->patch;

  vision->rows = vision->columns = n;
  if (s->width == s->height && n > 0 && s->width % vision->patch == 0 && n * n < 65536)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: the preprocessor makes images of %u x %u, the model takes squares of whole "
               "patches of %u",
               directory, s->width, s->height, vision->patch);
  return FALSE;
}

/* (transfer full) (nullable): all that its files say, and nothing on a device */
static MonocleClipseg *
read_files (const char *directory, GError **error)
{
  g_autoptr (MonocleClipseg) self = g_new0 (MonocleClipseg, 1);

  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->checkpoint = monocle_checkpoint_open (directory, error);
  if (!self->checkpoint || !monocle_clipseg_config_load (&self->config, directory, error)
      || !monocle_preprocess_load_directory (&self->preprocess, directory, error)
      || !take_size (self, directory, error))
    return NULL;
  self->tokenizer = monocle_tokenizer_load (directory, error);
  return self->tokenizer ? g_steal_pointer (&self) : NULL;
}

static gboolean
clipseg_check (const char *directory, GError **error)
{
  g_autoptr (MonocleClipseg) self = read_files (directory, error);
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self)
    return FALSE;
  weights = monocle_weights_new (self->checkpoint, NULL, FALSE, NULL);
  return declare (self, weights, error);
}

static gpointer
clipseg_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleClipseg) self = read_files (load->directory, error);
  MonocleLoading loading;
  guint side;

  if (!self)
    return NULL;
  self->gpu = load->gpu;
  side = monocle_clipseg_get_side (&self->config);
  loading = (MonocleLoading){
    .model = self,
    .width = side,
    .height = side,
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
clipseg_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleClipseg *self = model;

  facts->n_parameters = self->n_parameters;
  facts->notes = (const char *const *) self->notes->pdata;
  facts->pixels = &self->preprocess;
}

/* --- asking ------------------------------------------------------------------------------- */

static gboolean
clipseg_compile (gpointer model,
                 const MonocleFamilyQuestion *question,
                 MonocleVkCompileProgress progress,
                 GError **error)
{
  MonocleClipseg *self = model;
  MonocleCommands *const pictures[]
      = { self->look.recording.commands, self->mark.recording.commands };

  return monocle_clip_words_compile (self->words, pictures, G_N_ELEMENTS (pictures),
                                     question->cancellable, progress, question->user_data, error);
}

static gpointer
clipseg_prepare (gpointer model,
                 MonocleImage *image,
                 GCancellable *cancellable,
                 MonocleFamilyProgress progress,
                 gpointer user_data,
                 MonocleFamilyTiming *timing,
                 GError **error)
{
  return monocle_clipseg_look (model, image, cancellable, progress, user_data, timing, NULL, error);
}

static void
clipseg_discard (gpointer model, gpointer features)
{
  monocle_clipseg_view_free (features);
}

static gboolean
clipseg_generate (gpointer model,
                  gpointer features,
                  const MonocleFamilyQuestion *question,
                  MonocleFamilyAnswer *answer,
                  GError **error)
{
  return monocle_clipseg_outline (model, features, question, answer, error);
}

static const MonocleTask tasks[] = {
  {
      .id = "outline-words",
      .tag = "",
      .title = N_ ("Outline by Words"),
      .description = N_ ("Outlines whatever you name"),
      .kind = MONOCLE_TASK_OUTLINE,
      .takes = MONOCLE_TAKES_TEXT,
      .gives = MONOCLE_GIVES_OUTLINES,
      .is_quick = TRUE,
      .gives_heat = TRUE,
  },
};

static void
clipseg_list_tasks (GPtrArray *list)
{
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_ptr_array_add (list, (gpointer) &tasks[i]);
}

const MonocleFamily monocle_family_clipseg = {
  .id = "clipseg",
  .title = "CLIPSeg",
  .probe = monocle_clipseg_config_probe,
  .check = clipseg_check,
  .load = clipseg_load,
  .unload = clipseg_unload,
  .get_facts = clipseg_get_facts,
  .list_tasks = clipseg_list_tasks,
  .write_prompt = monocle_clipseg_write_prompt,
  .compile = clipseg_compile,
  .prepare = clipseg_prepare,
  .discard = clipseg_discard,
  .generate = clipseg_generate,
  .inspect = monocle_clipseg_inspect,
};
