/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Qwen3-VL: Bai et al. 2025, arXiv 2511.21631. A tower makes rows of a picture of any size, which a
 * language model reads as it reads words, where they are in the picture included; its first layers
 * are given what the tower had in the middle. It writes words, and places as JSON.
 *
 * Qwen2.5-VL: Bai et al. 2025, arXiv 2502.13923. Most layers of its tower see windows, and nothing
 * of them is given to the language model but the end.
 *
 * Memory: the model owns weights, the activations of the largest picture and one decoder with its
 * cache; a picture costs only its rows.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/checkpoint/gguf-pair.h"
#include "engine/models/parts/room.h"
#include "engine/models/qwen3vl/private.h"

/* The table of places of a picture's patches, of which those of each picture are made here. */
#define POSITIONS "model.visual.pos_embed.weight"

/* Of a picture that is compiled for before there is one. */
#define USUAL_WIDTH  640
#define USUAL_HEIGHT 480

static void
qwen3vl_unload (gpointer model)
{
  MonocleQwen3vl *self = model;

  if (!self)
    return;
  monocle_causal_asker_clear (&self->asker);
  g_clear_pointer (&self->passes, g_ptr_array_unref);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->seen_buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->params, monocle_params_free);
  g_clear_pointer (&self->tokenizer, monocle_tokenizer_free);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_clear_pointer (&self->directory, g_free);
  g_clear_pointer (&self->positions, g_free);
  monocle_qwen3vl_config_clear (&self->config);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleQwen3vl, qwen3vl_unload)

static char *
rename_older (const char *name)
{
  static const char *const prefixes[][2]
      = { { "model.visual.", "visual." }, { "model.language_model.", "model." } };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i][0]))
      return g_strconcat (prefixes[i][1], name + strlen (prefixes[i][0]), NULL);
  return g_strdup (name);
}

/* Old files of Qwen2.5-VL have shorter names. */
static gboolean
read_folder (MonocleQwen3vl *self,
             const char *directory,
             const MonocleCheckpoint *files,
             GError **error)
{
  if (monocle_checkpoint_find (files, "visual.patch_embed.proj.weight"))
    self->rename = rename_older;
  return monocle_qwen3vl_config_load (&self->config, directory, error)
         && monocle_qwen3vl_load_pixels (self, directory, error)
         && (self->tokenizer = monocle_tokenizer_load (directory, error));
}

/* (transfer full) (nullable): all that its files say, and nothing on a device */
static MonocleQwen3vl *
read_files (const char *directory, const MonocleCheckpoint *files, GError **error)
{
  const gboolean is_pair = monocle_gguf_pair_is_one (directory);
  g_autoptr (MonocleQwen3vl) self = g_new0 (MonocleQwen3vl, 1);

  self->directory = g_strdup (directory);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->passes = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_qwen3vl_pass_free);
  if (!(is_pair ? monocle_qwen3vl_read_gguf : read_folder) (self, directory, files, error)
      || !monocle_qwen3vl_check_tokens (self, error))
    return NULL;
  if (!is_pair)
    monocle_qwen3vl_load_template (self, directory);
  return g_steal_pointer (&self);
}

/* The largest picture there is, as square as it can be. */
static MonocleQwen3vlPass *
new_largest (const MonocleQwen3vl *self, MonocleParams *params)
{
  const guint n = monocle_qwen3vl_count_most_tokens (&self->pixels);
  const guint n_rows = MAX ((guint) sqrt (n), 1);

  return monocle_qwen3vl_pass_new (&self->config, params, n_rows * self->config.factor,
                                   (n + n_rows - 1) / n_rows * self->config.factor);
}

static gboolean
read_positions (MonocleQwen3vl *self, MonocleWeights *weights, GError **error)
{
  const guint64 n = (guint64) self->config.side * self->config.side;
  g_autofree char *name = self->rename ? self->rename (POSITIONS) : g_strdup (POSITIONS);
  const MonocleCheckpointTensor *table
      = monocle_weights_leave (weights, name, n, self->config.channels, error);

  if (!table)
    return FALSE;
  self->positions = g_new (float, n * self->config.channels);
  monocle_checkpoint_tensor_read_f32 (table, 0, n * self->config.channels, self->positions);
  return TRUE;
}

/* (transfer full) (nullable): the largest picture, whose formulas name all of the tower */
static MonocleQwen3vlPass *
declare (MonocleQwen3vl *self, MonocleWeights *weights, GError **error)
{
  g_autoptr (MonocleQwen3vlPass) largest = new_largest (self, monocle_weights_get_params (weights));

  if (monocle_gguf_pair_is_one (self->directory))
    monocle_qwen3vl_ignore_frames (weights);
  if (!monocle_graph_check (largest->recording.graph, error)
      || !monocle_causal_declare (&self->causal, &self->config.text, weights,
                                  monocle_scope_enter (MONOCLE_SCOPE_ROOT, "model.language_model"),
                                  monocle_scope_enter (MONOCLE_SCOPE_ROOT, "lm_head"), error))
    {
      g_prefix_error (error, "%s: ", self->directory);
      return NULL;
    }
  return monocle_weights_check (weights, error)
                 && (self->config.side == 0 || read_positions (self, weights, error))
             ? g_steal_pointer (&largest)
             : NULL;
}

static gboolean
qwen3vl_check (const char *directory, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_qwen3vl_open_checkpoint (directory, error);
  g_autoptr (MonocleQwen3vl) self = checkpoint ? read_files (directory, checkpoint, error) : NULL;
  g_autoptr (MonocleWeights) weights = NULL;
  g_autoptr (MonocleQwen3vlPass) largest = NULL;

  if (!self)
    return FALSE;
  weights = monocle_weights_new (checkpoint, NULL, FALSE, self->rename);
  largest = declare (self, weights, error);
  return largest != NULL;
}

/* Pictures of any size have room in what the largest one takes, which is there from now on: what a
 * model takes does not depend on what it is shown. */
static gboolean
make_room (MonocleQwen3vl *self, guint64 n_bytes, GError **error)
{
  self->buffer = monocle_vk_buffer_new (self->gpu, n_bytes, MONOCLE_VK_USE_DEVICE,
                                        "vision activations", error);
  self->n_bytes = self->buffer ? n_bytes : 0;
  return self->buffer && monocle_qwen3vl_alloc_seen (self, error);
}

static gboolean
build (MonocleQwen3vl *self,
       MonocleCheckpoint *checkpoint,
       const MonocleFamilyLoad *load,
       GError **error)
{
  g_autoptr (MonocleWeights) weights
      = monocle_weights_new (checkpoint, load->gpu, load->f16, self->rename);
  g_autoptr (MonocleQwen3vlPass) largest = NULL;
  guint64 n_bytes = 0, piece = 0;

  monocle_weights_set_word_bits (weights, load->word_bits);
  largest = declare (self, weights, error);
  if (!largest)
    return FALSE;
  self->n_parameters = monocle_weights_get_n_parameters (weights);
  monocle_weights_note_unused (weights, self->notes);
  if (!monocle_recording_plan (&largest->recording, load->gpu, &n_bytes, &piece, error))
    {
      g_prefix_error (error, "%s: ", load->directory);
      return FALSE;
    }
  if (!monocle_room_check_piece (load->gpu, load->directory,
                                 largest->n_columns * self->config.patch,
                                 largest->n_rows * self->config.patch, piece, error))
    return FALSE;
  self->params
      = monocle_weights_upload (weights, load->cancellable, load->progress, load->user_data, error);
  return self->params && make_room (self, n_bytes, error);
}

static gpointer
qwen3vl_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint
      = monocle_qwen3vl_open_checkpoint (load->directory, error);
  g_autoptr (MonocleQwen3vl) self
      = checkpoint ? read_files (load->directory, checkpoint, error) : NULL;

  if (!self)
    return NULL;
  self->gpu = load->gpu;
  if (self->gpu->traits.software)
    monocle_qwen3vl_limit_pixels (self);
  if (!build (self, checkpoint, load, error))
    return NULL;
  if (self->thinks)
    g_ptr_array_add (self->notes,
                     g_strdup_printf ("%s: it thinks before it answers; what it thinks "
                                      "is no part of the answer, and not shown",
                                      self->directory));
  g_ptr_array_add (self->notes, NULL);
  self->asker
      = (MonocleCausalAsker){ .verbs = &monocle_qwen3vl_asking,
                              .model = self,
                              .gpu = self->gpu,
                              .causal = &self->causal,
                              .params = self->params,
                              .ends = &self->config.ends,
                              .seen = &self->seen,
                              .n_picture = monocle_qwen3vl_count_tokens (&self->pixels),
                              .n_thoughts = self->thinks ? MONOCLE_QWEN3VL_MOST_THOUGHTS : 0 };
  return g_steal_pointer (&self);
}

static void
qwen3vl_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  MonocleQwen3vl *self = model;

  facts->n_parameters = self->n_parameters;
  facts->num_beams = 1;
  facts->max_tokens = self->config.text.n_positions;
  facts->notes = (const char *const *) self->notes->pdata;
}

static gpointer
qwen3vl_prepare (gpointer model,
                 MonocleImage *image,
                 GCancellable *cancellable,
                 MonocleFamilyProgress progress,
                 gpointer user_data,
                 MonocleFamilyTiming *timing,
                 GError **error)
{
  return monocle_qwen3vl_look (model, image, cancellable, progress, user_data, timing, NULL, error);
}

/* --- conversations ------------------------------------------------------------------------ */

static gpointer
qwen3vl_open_talk (gpointer model, GError **error)
{
  MonocleQwen3vl *self = model;

  return monocle_causal_asker_open_talk (&self->asker, error);
}

static gpointer
qwen3vl_fork_talk (gpointer model, gpointer talk, GError **error)
{
  return monocle_causal_talk_fork (talk, error);
}

static void
qwen3vl_close_talk (gpointer model, gpointer talk)
{
  monocle_causal_talk_free (talk);
}

static gboolean
qwen3vl_compile_talk (gpointer model,
                      gpointer talk,
                      GCancellable *cancellable,
                      MonocleVkCompileProgress progress,
                      gpointer user_data,
                      GError **error)
{
  MonocleQwen3vl *self = model;
  const guint side = self->pixels.side;
  MonocleQwen3vlPass *pass;
  guint width, height;

  if (!monocle_qwen3vl_fit (&self->pixels, USUAL_WIDTH, USUAL_HEIGHT, &width, &height, error))
    return FALSE;
  pass = monocle_qwen3vl_find_pass (self, width, height, error);
  return pass
         && monocle_causal_asker_compile_talk (talk, width / side * (height / side),
                                               pass->recording.commands, cancellable, progress,
                                               user_data, error);
}

static gboolean
qwen3vl_talk (gpointer model,
              gpointer talk,
              const MonocleFamilyTalk *asked,
              MonocleFamilyReply *reply,
              GError **error)
{
  MonocleQwen3vl *self = model;

  return monocle_causal_asker_talk (&self->asker, talk, asked, reply, error);
}

const MonocleFamily monocle_family_qwen3vl = {
  .id = "qwen3vl",
  .title = "Qwen-VL",
  .probe = monocle_qwen3vl_config_probe,
  .check = qwen3vl_check,
  .takes_few_bits = TRUE,
  .load = qwen3vl_load,
  .unload = qwen3vl_unload,
  .get_facts = qwen3vl_get_facts,
  .list_tasks = monocle_qwen3vl_list_tasks,
  .write_prompt = monocle_qwen3vl_write_prompt,
  .write_prompt_in = monocle_qwen3vl_write_prompt_in,
  .compile = monocle_qwen3vl_compile,
  .look_in_pieces = monocle_qwen3vl_look_in_pieces,
  .prepare = qwen3vl_prepare,
  .discard = monocle_qwen3vl_discard,
  .generate = monocle_qwen3vl_generate,
  .open_talk = qwen3vl_open_talk,
  .fork_talk = qwen3vl_fork_talk,
  .close_talk = qwen3vl_close_talk,
  .compile_talk = qwen3vl_compile_talk,
  .talk = qwen3vl_talk,
  .inspect = monocle_qwen3vl_inspect,
};
