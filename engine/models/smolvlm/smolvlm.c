/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SmolVLM and SmolVLM2: Marafioti et al. 2025, arXiv 2504.05299; and what has their layout,
 * Idefics3. A picture is cut into views; a tower and a connector make rows of each, which a small
 * language model reads as it reads words.
 *
 * Memory: the model owns weights, the activations of one view and one decoder with its cache; a
 * picture costs only its rows.
 */
#include "config.h"

#include "engine/base/error.h"
#include "engine/checkpoint/gguf-pair.h"
#include "engine/models/smolvlm/private.h"

/* Operations of the views of a picture that a software device is given: some ten seconds of two
 * cores. */
#define SOFTWARE_MAX_WORK 5e11

void
monocle_smolvlm_unload (gpointer model)
{
  MonocleSmolvlm *self = model;

  if (!self)
    return;
  monocle_causal_asker_clear (&self->asker);
  monocle_recording_clear (&self->sight.recording);
  g_clear_pointer (&self->view_buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->seen_buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->tokenizer, monocle_tokenizer_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  monocle_smolvlm_config_clear (&self->config);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleSmolvlm, monocle_smolvlm_unload)

static gboolean
read_folder (MonocleSmolvlm *self, const char *directory, GError **error)
{
  return monocle_smolvlm_config_load (&self->config, directory, error)
         && monocle_smolvlm_load_pixels (self, directory, error)
         && (self->tokenizer = monocle_tokenizer_load (directory, error));
}

/* (transfer full) (nullable): all that its files say, and nothing on a device */
static MonocleSmolvlm *
read_files (const char *directory, GError **error)
{
  g_autoptr (MonocleSmolvlm) self = g_new0 (MonocleSmolvlm, 1);

  self->notes = g_ptr_array_new_with_free_func (g_free);
  if (!(monocle_gguf_pair_is_one (directory) ? monocle_smolvlm_read_gguf
                                             : read_folder) (self, directory, error)
      || !monocle_smolvlm_check_tokens (self, directory, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
declare (MonocleSmolvlm *self, MonocleWeights *weights, const char *directory, GError **error)
{
  MonocleScope model = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "model.text_model");

  monocle_smolvlm_write_view (self, weights);
  if (!monocle_graph_check (self->sight.recording.graph, error)
      || !monocle_causal_declare (&self->causal, &self->config.text, weights, model,
                                  monocle_scope_enter (MONOCLE_SCOPE_ROOT, "lm_head"), error))
    {
      g_prefix_error (error, "%s: ", directory);
      return FALSE;
    }
  return monocle_weights_check (weights, error);
}

gboolean
monocle_smolvlm_check (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (MonocleSmolvlm) self = checkpoint ? read_files (directory, error) : NULL;
  g_autoptr (MonocleWeights) weights = NULL;

  if (!self)
    return FALSE;
  weights = monocle_weights_new (checkpoint, NULL, FALSE, self->rename);
  return declare (self, weights, directory, error);
}

/* Views cost more than all else: of a picture in many of them a processor would make a minute's
 * work or more. It sees fewer then, of which one is the whole picture. Small print cannot be read
 * so: who has a page read has to wait. */
static void
limit_views (MonocleSmolvlm *self)
{
  const MonocleSmolvlmPixels asked = self->pixels;
  const double work = monocle_smolvlm_count_view_work (&self->config);
  MonocleSmolvlmPixels *pixels = &self->pixels;
  const guint side = self->config.side;

  while (pixels->longest > side
         && monocle_smolvlm_count_most_views (pixels) * work > SOFTWARE_MAX_WORK)
    pixels->longest = (pixels->longest - 1) / side * side;
  if (pixels->longest < asked.longest)
    g_ptr_array_add (
        self->notes,
        g_strdup_printf ("%s: looks at pictures less closely than elsewhere, in %u views at most "
                         "instead of %u",
                         self->gpu->info.name, monocle_smolvlm_count_most_views (pixels),
                         monocle_smolvlm_count_most_views (&asked)));
}

static gboolean
build (MonocleSmolvlm *self,
       MonocleCheckpoint *checkpoint,
       const MonocleFamilyLoad *load,
       GError **error)
{
  g_autoptr (MonocleWeights) weights
      = monocle_weights_new (checkpoint, load->gpu, load->f16, self->rename);
  guint64 bytes = 0;

  monocle_weights_set_word_bits (weights, load->word_bits);
  if (!declare (self, weights, load->directory, error))
    return FALSE;
  self->n_parameters = monocle_weights_get_n_parameters (weights);
  monocle_weights_note_unused (weights, self->notes);
  if (!monocle_smolvlm_plan_view (self, load->directory, &bytes, error))
    return FALSE;
  self->params
      = monocle_weights_upload (weights, load->cancellable, load->progress, load->user_data, error);
  return self->params && monocle_smolvlm_record_view (self, bytes, error);
}

gpointer
monocle_smolvlm_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (load->directory, error);
  g_autoptr (MonocleSmolvlm) self = checkpoint ? read_files (load->directory, error) : NULL;

  if (!self)
    return NULL;
  self->gpu = load->gpu;
  if (self->gpu->traits.software && !monocle_docling_reads_pages (self))
    limit_views (self);
  if (!build (self, checkpoint, load, error))
    return NULL;
  g_ptr_array_add (self->notes, NULL);
  self->asker = (MonocleCausalAsker){ .verbs = &monocle_smolvlm_asking,
                                      .model = self,
                                      .gpu = self->gpu,
                                      .causal = &self->causal,
                                      .params = self->params,
                                      .ends = &self->config.ends,
                                      .seen = &self->seen };
  return g_steal_pointer (&self);
}

void
monocle_smolvlm_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleSmolvlm *self = model;

  facts->n_parameters = self->n_parameters;
  facts->num_beams = 1;
  facts->max_tokens = self->config.text.n_positions;
  facts->notes = (const char *const *) self->notes->pdata;
}

void
monocle_smolvlm_look_in_pieces (gpointer model, guint most)
{
  MonocleSmolvlm *self = model;

  self->pixels.most = most;
}

gpointer
monocle_smolvlm_prepare (gpointer model,
                         MonocleImage *image,
                         GCancellable *cancellable,
                         MonocleFamilyProgress progress,
                         gpointer user_data,
                         MonocleFamilyTiming *timing,
                         GError **error)
{
  return monocle_smolvlm_look (model, image, cancellable, progress, user_data, timing, NULL, error);
}

const MonocleFamily monocle_family_smolvlm = {
  .id = "smolvlm",
  .title = "SmolVLM",
  .probe = monocle_smolvlm_config_probe,
  .check = monocle_smolvlm_check,
  .takes_few_bits = TRUE,
  .load = monocle_smolvlm_load,
  .unload = monocle_smolvlm_unload,
  .get_facts = monocle_smolvlm_get_facts,
  .list_tasks = monocle_smolvlm_list_tasks,
  .write_prompt = monocle_smolvlm_write_prompt,
  .compile = monocle_smolvlm_compile,
  .look_in_pieces = monocle_smolvlm_look_in_pieces,
  .prepare = monocle_smolvlm_prepare,
  .discard = monocle_smolvlm_discard,
  .generate = monocle_smolvlm_generate,
  .open_talk = monocle_smolvlm_open_talk,
  .fork_talk = monocle_smolvlm_fork_talk,
  .close_talk = monocle_smolvlm_close_talk,
  .compile_talk = monocle_smolvlm_compile_talk,
  .talk = monocle_smolvlm_talk,
  .inspect = monocle_smolvlm_inspect,
};
