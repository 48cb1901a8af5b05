/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Florence-2: Xiao et al. 2023, arXiv 2311.06242. Puts the parts together: image to pixels, DaViT,
 * the projector, BART's encoder with the prompt, search over BART's decoder, and the parser.
 *
 * Memory: the model owns weights, the activations of the vision tower and one decoder; an image costs
 * only its projected tokens.
 */
#include "config.h"

#include <math.h>

#include "engine/error.h"
#include "engine/io/npy.h"
#include "engine/io/preprocess.h"
#include "engine/models/bart-decoder.h"
#include "engine/models/bart-encoder.h"
#include "engine/models/davit.h"
#include "engine/models/family.h"
#include "engine/models/florence2-tasks.h"
#include "engine/models/florence2-names.h"
#include "engine/nn/ops.h"
#include "engine/text/parse.h"

/* Questions answered side by side. More would only take memory: the weights are read once for all of
 * them already. */
#define MAX_BATCH 8

/* Prompts are padded to a multiple of this, so that few different sizes occur. */
#define ROWS_MULTIPLE 16

#define PROJECTOR_EPSILON 1e-5f

typedef struct
{
  MonocleTensor columns, rows;   /* position tables [P, C / 2] */
  MonocleTensor projection;      /* [D, C] */
  MonocleLinear norm;
} Projector;

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleFlorence2Config config;
  MonoclePreprocessSettings preprocess;
  MonocleTokenizer *tokenizer;
  MonocleElement element;        /* of activations */
  guint n_image;                 /* tokens of an image */
  guint64 n_parameters;

  GPtrArray *weights;            /* of MonocleVkBuffer */
  MonocleDavit *davit;
  Projector projector;
  MonocleBart *bart;

  /* Pixels to projected tokens, recorded once. */
  MonocleVkBuffer *vision_buffer;
  MonocleCommands *vision;
  MonocleTensor pixels;          /* [H, W, 3] */
  MonocleTensor temporal;        /* [C] */
  MonocleTensor tower;           /* [rows, columns, C] */
  MonocleTensor image;           /* [N, D] */

  MonocleVkBuffer *text_buffer;  /* the encoder's activations; grows */
  MonocleBartDecoder *decoder;   /* of the last question's size */
} Florence2;

typedef struct
{
  MonocleVkBuffer *buffer;
  MonocleTensor image;           /* [N, D] */
} Features;

static void
florence2_unload (gpointer model)
{
  Florence2 *self = model;

  if (!self)
    return;

  g_clear_pointer (&self->decoder, monocle_bart_decoder_free);
  g_clear_pointer (&self->vision, monocle_commands_free);
  g_clear_pointer (&self->vision_buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->text_buffer, monocle_vk_buffer_free);
  g_clear_pointer (&self->weights, g_ptr_array_unref);
  g_clear_pointer (&self->davit, monocle_davit_free);
  g_clear_pointer (&self->bart, monocle_bart_free);
  g_clear_pointer (&self->tokenizer, monocle_tokenizer_free);
  g_free (self);
}

static guint
get_feature_width (Florence2 *self)
{
  return self->config.vision.dims[self->config.vision.n_stages - 1];
}

static void
declare_projector (Florence2 *self, MonocleWeights *weights)
{
  guint width = get_feature_width (self), d = self->config.text.d_model;
  guint half = width / 2, n = self->config.projector.n_positions;
  const MonocleCheckpointTensor *temporal;

  monocle_weights_add_matrix (weights, &self->projector.rows, MONOCLE_WEIGHT_ROWS, n, half,
                              "image_pos_embed.row_embeddings.weight");
  monocle_weights_add_matrix (weights, &self->projector.columns, MONOCLE_WEIGHT_ROWS, n, width - half,
                              "image_pos_embed.column_embeddings.weight");
  if (self->config.native_layout)
    monocle_weights_add_matrix (weights, &self->projector.projection, MONOCLE_WEIGHT_PRODUCT, d, width,
                                "image_projection");
  else
    monocle_weights_add_transposed (weights, &self->projector.projection, d, width, "image_projection");
  monocle_linear_declare_norm (&self->projector.norm, weights, d, "image_proj_norm");

  /* A cosine table, which is computed: it follows from its shape. */
  temporal = monocle_weights_find (weights, "visual_temporal_embed.pos_idx_to_embed");
  if (temporal)
    monocle_weights_ignore (weights, temporal->name);
}

/* Tower tokens to the language model's width: positions, pooling, product, norm. image [N, D]. */
static void
record_projector (Florence2 *self,
                  MonocleCommands *commands,
                  MonocleArena *arena,
                  const MonocleTensor *tower,
                  const MonocleTensor *image)
{
  const MonocleProjectorConfig *config = &self->config.projector;
  guint n_tokens = tower->dims[0] * tower->dims[1], width = tower->dims[2];
  gsize row_bytes = width * monocle_element_get_size (tower->element);
  MonocleTensor positioned
      = monocle_arena_alloc_3d (arena, "positioned", tower->element, tower->dims[0], tower->dims[1], width);
  MonocleTensor mean = monocle_arena_alloc_2d (arena, "mean", tower->element, 1, width);
  MonocleTensor pooled = monocle_arena_alloc_2d (arena, "pooled", tower->element, image->dims[0], width);
  MonocleTensor flat = monocle_tensor_reshape (&positioned, 2, (guint[]){ n_tokens, width });
  guint row = 0;

  monocle_op_image_positions (
      commands, tower, &self->projector.columns, &self->projector.rows, &self->temporal, &positioned);
  monocle_op_mean_rows (commands, &flat, &mean);
  for (guint i = 0; i < config->n_sources; i++)
    {
      const MonocleTensor *source = config->sources[i] == MONOCLE_FEATURES_TOKENS ? &flat : &mean;

      if (commands)
        monocle_commands_copy (commands,
                               source->buffer,
                               source->offset,
                               pooled.buffer,
                               pooled.offset + row * row_bytes,
                               source->dims[0] * row_bytes);
      row += source->dims[0];
    }
  monocle_op_matmul (
      commands, &pooled, &self->projector.projection, NULL, NULL, MONOCLE_ACTIVATION_NONE, image);
  monocle_op_layer_norm (
      commands, image, &self->projector.norm.weight, &self->projector.norm.bias, PROJECTOR_EPSILON, image);
}

static guint
count_image_tokens (Florence2 *self, guint n_tokens)
{
  guint n = 0;

  for (guint i = 0; i < self->config.projector.n_sources; i++)
    n += self->config.projector.sources[i] == MONOCLE_FEATURES_TOKENS ? n_tokens : 1;

  return n;
}

static void
record_vision (Florence2 *self, MonocleCommands *commands, MonocleArena *arena)
{
  self->pixels = monocle_arena_alloc_3d (
      arena, "pixels", self->element, self->preprocess.height, self->preprocess.width, 3);
  self->temporal = monocle_arena_alloc_1d (arena, "temporal", MONOCLE_ELEMENT_F32, get_feature_width (self));
  self->image = monocle_arena_alloc_2d (arena, "image", self->element, self->n_image, self->config.text.d_model);
  self->tower = monocle_davit_record (self->davit, commands, arena, self->gpu, &self->pixels);
  record_projector (self, commands, arena, &self->tower, &self->image);
}

static gboolean
write_temporal (Florence2 *self, GError **error)
{
  guint width = get_feature_width (self);
  g_autofree float *row = g_new0 (float, width);

  /* Row 0 of the cosine table: sin 0 on even channels, cos 0 on odd ones. */
  for (guint i = 1; i < width; i += 2)
    row[i] = 1;

  return monocle_tensor_write (&self->temporal, row, error);
}

/* Whether the tower's grid fits the tables, and what its activations take. */
static gboolean
measure_vision (Florence2 *self, const char *directory, guint64 *size_bytes, GError **error)
{
  const MonocleProjectorConfig *projector = &self->config.projector;
  guint64 limit = self->gpu->info.limits.maxStorageBufferRange;
  MonocleArena arena = MONOCLE_ARENA_MEASURE;
  guint rows, columns;

  if (!monocle_davit_get_grid (self->davit, self->preprocess.height, self->preprocess.width, &rows, &columns)
      || rows > projector->n_positions || columns > projector->n_positions)
    {
      g_set_error (error,
                   MONOCLE_ENGINE_ERROR,
                   MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: images of %u x %u pixels do not fit the model's %u positions",
                   directory,
                   self->preprocess.width,
                   self->preprocess.height,
                   projector->n_positions);
      return FALSE;
    }

  self->n_image = count_image_tokens (self, rows * columns);
  if (self->n_image + 2 > self->config.text.n_positions)
    {
      g_set_error (error,
                   MONOCLE_ENGINE_ERROR,
                   MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: %u image tokens do not fit the language model's %u positions",
                   directory,
                   self->n_image,
                   self->config.text.n_positions);
      return FALSE;
    }

  record_vision (self, NULL, &arena);
  if (arena.largest_bytes > limit)
    {
      g_set_error (error,
                   MONOCLE_ENGINE_ERROR,
                   MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
                   "%s: images of %u x %u pixels need %.1f MiB in one piece, %s allows %.1f MiB",
                   directory,
                   self->preprocess.width,
                   self->preprocess.height,
                   (double) arena.largest_bytes / (1 << 20),
                   self->gpu->info.name,
                   (double) limit / (1 << 20));
      return FALSE;
    }

  *size_bytes = monocle_arena_get_peak_bytes (&arena);
  return TRUE;
}

static gboolean
prepare_vision (Florence2 *self, guint64 size_bytes, GError **error)
{
  MonocleArena arena;

  self->vision_buffer
      = monocle_vk_buffer_new (self->gpu, size_bytes, MONOCLE_VK_USE_DEVICE, "vision activations", error);
  if (!self->vision_buffer)
    return FALSE;

  self->vision = monocle_commands_new (self->gpu, "vision");
  monocle_arena_init (&arena, self->vision_buffer);
  record_vision (self, self->vision, &arena);

  return write_temporal (self, error);
}

/* Whether the model fits the device, before any of it is there. Caches and the text's activations come
 * with the first question and are small beside these. */
static gboolean
check_memory (Florence2 *self, MonocleWeights *weights, const char *directory, guint64 activations, GError **error)
{
  const double mib = 1 << 20;
  guint64 size = monocle_weights_get_size_bytes (weights);
  guint64 available = monocle_vk_gpu_get_available_bytes (self->gpu);

  if (size + activations <= available)
    return TRUE;

  g_set_error (error,
               MONOCLE_ENGINE_ERROR,
               MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
               "%s: the model takes %.1f MiB (weights %.1f, activations %.1f), but %s has only %.1f MiB left",
               directory,
               (double) (size + activations) / mib,
               (double) size / mib,
               (double) activations / mib,
               self->gpu->info.name,
               (double) available / mib);
  return FALSE;
}

static GPtrArray *
load_weights (Florence2 *self, const MonocleFamilyLoad *load, guint64 *activations, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (load->directory, error);
  g_autoptr (MonocleWeights) weights = NULL;

  if (!checkpoint)
    return NULL;

  weights = monocle_weights_new (checkpoint,
                                 load->gpu,
                                 load->precision == MONOCLE_PRECISION_F16,
                                 self->config.native_layout ? monocle_florence2_rename_to_native : NULL);
  monocle_davit_declare (self->davit, weights);
  declare_projector (self, weights);
  monocle_bart_declare (self->bart, weights);
  if (!monocle_weights_check (weights, error))
    return NULL;
  self->n_parameters = monocle_weights_get_n_parameters (weights);

  if (!measure_vision (self, load->directory, activations, error)
      || !check_memory (self, weights, load->directory, *activations, error))
    return NULL;

  return monocle_weights_upload (weights, load->cancellable, load->progress, load->user_data, error);
}

static gpointer
florence2_load (const MonocleFamilyLoad *load, GError **error)
{
  g_autofree char *preprocess_path = g_build_filename (load->directory, "preprocessor_config.json", NULL);
  Florence2 *self = g_new0 (Florence2, 1);
  guint64 activations;

  self->gpu = load->gpu;
  self->element = MONOCLE_ELEMENT_F32;
  if (!monocle_florence2_config_load (&self->config, load->directory, error)
      || !monocle_preprocess_load (&self->preprocess, preprocess_path, error)
      || !(self->tokenizer = monocle_tokenizer_load (load->directory, error)))
    goto fail;

  monocle_florence2_add_tokens (self->tokenizer);
  if (monocle_tokenizer_get_vocab_size (self->tokenizer) > self->config.text.vocab_size)
    {
      g_set_error (error,
                   MONOCLE_ENGINE_ERROR,
                   MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: the tokenizer has %u tokens, the model only %u",
                   load->directory,
                   monocle_tokenizer_get_vocab_size (self->tokenizer),
                   self->config.text.vocab_size);
      goto fail;
    }

  self->davit = monocle_davit_new (&self->config.vision);
  self->bart = monocle_bart_new (&self->config.text);
  self->weights = load_weights (self, load, &activations, error);
  if (!self->weights || !prepare_vision (self, activations, error))
    goto fail;

  return self;

fail:
  florence2_unload (self);
  return NULL;
}

static void
florence2_get_facts (gpointer model, MonocleFamilyFacts *facts)
{
  Florence2 *self = model;

  facts->n_parameters = self->n_parameters;
  facts->num_beams = self->config.generation.num_beams;
  facts->max_tokens = self->config.text.n_positions;
}

/* Planes of the image to interleaved pixels on the device. */
static gboolean
write_pixels (Florence2 *self, const float *planes, GError **error)
{
  gsize n = (gsize) self->preprocess.height * self->preprocess.width;
  g_autofree float *interleaved = g_new (float, n * 3);

  for (gsize i = 0; i < n; i++)
    for (guint c = 0; c < 3; c++)
      interleaved[i * 3 + c] = planes[c * n + i];

  return monocle_tensor_write (&self->pixels, interleaved, error);
}

static void
log_timing (char *timing)
{
  if (timing)
    g_message ("\n%s", timing);
  g_free (timing);
}

/* The image through the tower; the result stays in the model until the next one. @planes: (out)
 * (optional): the normalised pixels [3, H, W]. */
static gboolean
encode_image (Florence2 *self,
              MonocleImage *image,
              GCancellable *cancellable,
              MonocleFamilyProgress progress,
              gpointer user_data,
              MonocleFamilyTiming *timing,
              float **planes,
              GError **error)
{
  g_autofree float *values = g_new (float, (gsize) 3 * self->preprocess.height * self->preprocess.width);
  gint64 start = g_get_monotonic_time (), middle;

  if (!monocle_preprocess_run (&self->preprocess, image, values, error)
      || !write_pixels (self, values, error))
    return FALSE;

  middle = g_get_monotonic_time ();
  if (!monocle_commands_submit (self->vision, cancellable, progress, user_data, error))
    return FALSE;
  timing->preprocess_ms = (double) (middle - start) / 1000;
  timing->encode_ms = (double) (g_get_monotonic_time () - middle) / 1000;
  log_timing (monocle_commands_describe_timing (self->vision));

  if (planes)
    *planes = g_steal_pointer (&values);
  return TRUE;
}

static void
florence2_discard (gpointer model, gpointer features)
{
  Features *self = features;

  if (!self)
    return;

  monocle_vk_buffer_free (self->buffer);
  g_free (self);
}

static gpointer
florence2_prepare (gpointer model,
                   MonocleImage *image,
                   GCancellable *cancellable,
                   MonocleFamilyProgress progress,
                   gpointer user_data,
                   MonocleFamilyTiming *timing,
                   GError **error)
{
  Florence2 *self = model;
  guint64 size = monocle_tensor_get_size_bytes (&self->image);
  g_autoptr (MonocleCommands) commands = NULL;
  g_autoptr (MonocleVkBuffer) buffer = NULL;
  Features *features;

  if (!encode_image (self, image, cancellable, progress, user_data, timing, NULL, error))
    return NULL;

  buffer = monocle_vk_buffer_new (self->gpu, size, MONOCLE_VK_USE_DEVICE, "image features", error);
  if (!buffer)
    return NULL;
  commands = monocle_commands_new (self->gpu, "image features");
  monocle_commands_copy (commands, self->image.buffer, self->image.offset, buffer, 0, size);
  if (!monocle_commands_submit (commands, NULL, NULL, NULL, error))
    return NULL;

  features = g_new0 (Features, 1);
  features->buffer = g_steal_pointer (&buffer);
  features->image = self->image;
  features->image.buffer = features->buffer;
  features->image.offset = 0;
  return features;
}

/* Prompts in front of the encoder. */
typedef struct
{
  guint n_prompts;
  guint n_rows;           /* of the encoder, for each prompt */
  guint stride;           /* ids of a prompt lie this far apart */
  guint32 *ids;           /* [n_prompts, stride] */
  guint32 *lengths;       /* [n_prompts]: image and text tokens */
} Prompts;

static void
prompts_clear (Prompts *prompts)
{
  g_clear_pointer (&prompts->ids, g_free);
  g_clear_pointer (&prompts->lengths, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Prompts, prompts_clear)

static gboolean
prompts_init (Prompts *prompts, Florence2 *self, guint n_image, const char *const *texts, guint n, GError **error)
{
  const guint alignment = MONOCLE_TENSOR_ALIGNMENT / sizeof (guint32);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  guint longest = 0, n_positions = self->config.text.n_positions;

  for (guint i = 0; i < n; i++)
    {
      GArray *prompt = monocle_tokenizer_encode (self->tokenizer, texts[i], MONOCLE_SPECIALS_WRAP);

      g_ptr_array_add (ids, prompt);
      if (prompt->len > n_positions - n_image)
        {
          g_set_error (error,
                       MONOCLE_ENGINE_ERROR,
                       MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                       "The text is too long: %u tokens, the model takes %u",
                       prompt->len,
                       n_positions - n_image);
          return FALSE;
        }
      longest = MAX (longest, prompt->len);
    }

  prompts->n_prompts = n;
  prompts->n_rows
      = MIN ((n_image + longest + ROWS_MULTIPLE - 1) / ROWS_MULTIPLE * ROWS_MULTIPLE, n_positions);
  prompts->stride = (prompts->n_rows - n_image + alignment - 1) / alignment * alignment;
  prompts->ids = g_new (guint32, (gsize) n * prompts->stride);
  prompts->lengths = g_new (guint32, n);
  for (guint i = 0; i < n; i++)
    {
      GArray *prompt = g_ptr_array_index (ids, i);

      for (guint j = 0; j < prompts->stride; j++)
        prompts->ids[i * prompts->stride + j] = j < prompt->len ? g_array_index (prompt, guint32, j)
                                                                : self->config.generation.pad;
      prompts->lengths[i] = n_image + prompt->len;
    }

  return TRUE;
}

typedef struct
{
  MonocleTensor ids, lengths, states;
} EncoderTensors;

static EncoderTensors
record_encoder (Florence2 *self,
                MonocleCommands *commands,
                MonocleArena *arena,
                const MonocleTensor *image,
                const Prompts *prompts)
{
  EncoderTensors tensors;

  tensors.ids = monocle_arena_alloc_2d (arena, "ids", MONOCLE_ELEMENT_U32, prompts->n_prompts, prompts->stride);
  tensors.lengths = monocle_arena_alloc_1d (arena, "lengths", MONOCLE_ELEMENT_U32, prompts->n_prompts);
  tensors.states = monocle_bart_encoder_record (
      self->bart, commands, arena, image, &tensors.ids, &tensors.lengths, prompts->n_rows);

  return tensors;
}

static gboolean
ensure_text_buffer (Florence2 *self, guint64 size, GError **error)
{
  if (self->text_buffer && self->text_buffer->size >= size)
    return TRUE;

  g_clear_pointer (&self->text_buffer, monocle_vk_buffer_free);
  self->text_buffer
      = monocle_vk_buffer_new (self->gpu, size, MONOCLE_VK_USE_DEVICE, "text activations", error);
  return self->text_buffer != NULL;
}

static gboolean
ensure_decoder (Florence2 *self, const MonocleBartDecoderSize *size, GError **error)
{
  if (self->decoder && monocle_bart_decoder_has_size (self->decoder, size))
    return TRUE;

  g_clear_pointer (&self->decoder, monocle_bart_decoder_free);
  self->decoder = monocle_bart_decoder_new (self->bart, self->gpu, self->element, size, error);
  return self->decoder != NULL;
}

/* Encodes the prompts and leaves the decoder at the start of an answer to each. @states: (out)
 * (optional): the encoder's states, until the next question. */
static gboolean
encode_prompts (Florence2 *self,
                const MonocleTensor *image,
                const Prompts *prompts,
                guint n_beams,
                guint n_candidates,
                GCancellable *cancellable,
                MonocleTensor *states,
                GError **error)
{
  const MonocleBartDecoderSize size = { .n_prompts = prompts->n_prompts,
                                        .n_beams = n_beams,
                                        .n_states = prompts->n_rows,
                                        .n_candidates = n_candidates };
  g_autoptr (MonocleCommands) commands = NULL;
  MonocleArena arena = MONOCLE_ARENA_MEASURE;
  EncoderTensors tensors;

  record_encoder (self, NULL, &arena, image, prompts);
  if (!ensure_text_buffer (self, monocle_arena_get_peak_bytes (&arena), error)
      || !ensure_decoder (self, &size, error))
    return FALSE;

  commands = monocle_commands_new (self->gpu, "text encoder");
  monocle_arena_init (&arena, self->text_buffer);
  tensors = record_encoder (self, commands, &arena, image, prompts);
  monocle_bart_decoder_record_states (self->decoder, commands, &tensors.states);

  if (!monocle_vk_upload (self->text_buffer,
                          tensors.ids.offset,
                          prompts->ids,
                          monocle_tensor_get_size_bytes (&tensors.ids),
                          error)
      || !monocle_vk_upload (self->text_buffer,
                             tensors.lengths.offset,
                             prompts->lengths,
                             monocle_tensor_get_size_bytes (&tensors.lengths),
                             error)
      || !monocle_commands_submit (commands, cancellable, NULL, NULL, error))
    return FALSE;

  log_timing (monocle_commands_describe_timing (commands));
  monocle_bart_decoder_start (self->decoder, prompts->lengths);
  if (states)
    *states = tensors.states;
  return TRUE;
}

/* The answers to one batch of prompts while they are being written. */
typedef struct
{
  Florence2 *model;
  const MonocleFamilyQuestion *question;
  guint first;                /* index of the batch's first prompt */
  guint n_prompts;
  guint n_beams;
  guint n_candidates;
  MonocleSearch **searches;   /* [n_prompts] */
  guint *n_certain;           /* [n_prompts]: tokens told so far */
  guint32 *tokens, *sources;  /* [rows] */
  GArray **banned;            /* [rows] of guint32 */
  MonocleCandidate *candidates; /* [rows, n_candidates] */
} Batch;

static void
batch_clear (Batch *batch)
{
  for (guint i = 0; i < batch->n_prompts; i++)
    monocle_search_free (batch->searches[i]);
  for (guint i = 0; i < batch->n_prompts * batch->n_beams; i++)
    g_array_unref (batch->banned[i]);
  g_free (batch->searches);
  g_free (batch->n_certain);
  g_free (batch->tokens);
  g_free (batch->sources);
  g_free (batch->banned);
  g_free (batch->candidates);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

static void
batch_init (Batch *batch,
            Florence2 *model,
            const MonocleFamilyQuestion *question,
            guint first,
            guint n_prompts,
            const MonocleGenerationConfig *generation)
{
  guint rows = n_prompts * generation->num_beams;

  batch->model = model;
  batch->question = question;
  batch->first = first;
  batch->n_prompts = n_prompts;
  batch->n_beams = generation->num_beams;
  batch->searches = g_new0 (MonocleSearch *, n_prompts);
  batch->n_certain = g_new0 (guint, n_prompts);
  batch->tokens = g_new0 (guint32, rows);
  batch->sources = g_new0 (guint32, rows);
  batch->banned = g_new0 (GArray *, rows);
  for (guint i = 0; i < n_prompts; i++)
    batch->searches[i] = monocle_search_new (generation);
  for (guint i = 0; i < rows; i++)
    batch->banned[i] = g_array_new (FALSE, FALSE, sizeof (guint32));
  batch->n_candidates = monocle_search_get_n_candidates (batch->searches[0]);
  batch->candidates = g_new0 (MonocleCandidate, (gsize) rows * batch->n_candidates);
}

static MonocleResult *
parse (const Batch *batch, MonocleParseExtent extent, const guint32 *ids, const float *log_probs, guint n)
{
  const MonocleParseRequest request = {
    .tokenizer = batch->model->tokenizer,
    .answer = batch->question->task->answer,
    .extent = extent,
    .ids = ids,
    .log_probs = log_probs,
    .n_ids = n,
    .width = batch->question->width,
    .height = batch->question->height,
    .ignored_phrases = monocle_florence2_get_ignored_phrases (),
  };

  return monocle_parse (&request);
}

/* Tells what has become certain. */
static void
batch_emit (Batch *batch)
{
  if (!batch->question->partial)
    return;

  for (guint i = 0; i < batch->n_prompts; i++)
    {
      const guint32 *ids;
      const float *log_probs;
      guint n = monocle_search_get_certain (batch->searches[i], &ids, &log_probs);

      if (n > batch->n_certain[i])
        {
          g_autoptr (MonocleResult) partial = parse (batch, MONOCLE_PARSE_PREFIX, ids, log_probs, n);

          batch->n_certain[i] = n;
          batch->question->partial (batch->first + i, n, partial, batch->question->user_data);
        }
    }
}

/* What the next step feeds. Searches that are done keep their rows: they feed padding, and nobody
 * looks at what comes of it. */
static gboolean
batch_collect (Batch *batch, gboolean *needs_logits, guint *n_open)
{
  guint n = batch->n_beams;

  *needs_logits = FALSE;
  *n_open = 0;
  for (guint i = 0; i < batch->n_prompts; i++)
    {
      const MonocleSearch *search = batch->searches[i];
      gboolean done = monocle_search_is_done (search);
      const guint32 *tokens = monocle_search_get_tokens (search);
      const guint32 *sources = monocle_search_get_sources (search);

      for (guint j = 0; j < n; j++)
        {
          batch->tokens[i * n + j] = done ? batch->model->config.generation.pad : tokens[j];
          batch->sources[i * n + j] = i * n + (done ? j : sources[j]);
          g_array_set_size (batch->banned[i * n + j], 0);
          if (!done)
            monocle_search_get_banned (search, j, batch->banned[i * n + j]);
        }
      if (!done)
        {
          (*n_open)++;
          if (!monocle_search_next_is_forced (search))
            *needs_logits = TRUE;
        }
    }

  return *n_open > 0;
}

static void
batch_advance (Batch *batch)
{
  for (guint i = 0; i < batch->n_prompts; i++)
    {
      MonocleSearch *search = batch->searches[i];

      if (monocle_search_is_done (search))
        continue;
      if (monocle_search_next_is_forced (search))
        monocle_search_advance (search, NULL, 0);
      else
        monocle_search_advance (
            search, batch->candidates + (gsize) i * batch->n_beams * batch->n_candidates, batch->n_candidates);
    }
}

static gboolean
batch_run (Batch *batch, MonocleFamilyAnswer *answer, GError **error)
{
  MonocleBartDecoder *decoder = batch->model->decoder;
  const MonocleBartStep step = { .tokens = batch->tokens, .sources = batch->sources, .banned = batch->banned };
  gboolean needs_logits;
  guint n_open;

  while (batch_collect (batch, &needs_logits, &n_open))
    {
      if (g_cancellable_is_cancelled (batch->question->cancellable))
        {
          answer->stopped = TRUE;
          break;
        }
      if (!monocle_bart_decoder_step (decoder, &step, needs_logits ? batch->candidates : NULL, error))
        return FALSE;
      batch_advance (batch);
      batch_emit (batch);
      answer->n_tokens += n_open;
    }

  for (guint i = 0; i < batch->n_prompts; i++)
    {
      g_auto (MonocleHypothesis) best = { NULL };

      monocle_search_get_best (batch->searches[i], &best);
      g_ptr_array_add (answer->results,
                       parse (batch,
                              answer->stopped ? MONOCLE_PARSE_PREFIX : MONOCLE_PARSE_WHOLE,
                              best.ids,
                              best.log_probs,
                              best.n_ids));
    }

  log_timing (monocle_bart_decoder_describe_timing (decoder));
  return TRUE;
}

static gboolean
answer_batch (Florence2 *self,
              Features *features,
              const MonocleFamilyQuestion *question,
              const MonocleGenerationConfig *generation,
              guint first,
              guint n,
              MonocleFamilyAnswer *answer,
              GError **error)
{
  g_auto (Prompts) prompts = { 0 };
  g_auto (Batch) batch = { NULL };

  batch_init (&batch, self, question, first, n, generation);
  return prompts_init (&prompts, self, features->image.dims[0], question->prompts + first, n, error)
         && encode_prompts (self,
                            &features->image,
                            &prompts,
                            generation->num_beams,
                            batch.n_candidates,
                            question->cancellable,
                            NULL,
                            error)
         && batch_run (&batch, answer, error);
}

static gboolean
florence2_generate (gpointer model,
                    gpointer features,
                    const MonocleFamilyQuestion *question,
                    MonocleFamilyAnswer *answer,
                    GError **error)
{
  Florence2 *self = model;
  MonocleGenerationConfig generation = self->config.generation;

  if (question->num_beams > 0)
    generation.num_beams = question->num_beams;
  /* The start token counts, and the last token is never fed, so the table of positions suffices. */
  generation.max_length = MIN (question->max_tokens, self->config.text.n_positions) + 1;

  for (guint first = 0; first < question->n_prompts && !answer->stopped; first += MAX_BATCH)
    if (!answer_batch (self,
                       features,
                       question,
                       &generation,
                       first,
                       MIN (MAX_BATCH, question->n_prompts - first),
                       answer,
                       error))
      return FALSE;

  return TRUE;
}

static gboolean
write_stage (const char *directory, const char *name, const guint64 *dims, const float *values, GError **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  return monocle_npy_write_f32 (path, dims, 3, values, error);
}

/* The first @rows rows of a tensor, as (1, rows, C). */
static gboolean
write_tensor (const char *directory, const char *name, const MonocleTensor *tensor, guint rows, GError **error)
{
  g_autofree float *values = g_new (float, monocle_tensor_get_n_elements (tensor));
  const guint64 dims[] = { 1, rows, tensor->dims[tensor->n_dims - 1] };

  return monocle_tensor_read (tensor, values, error) && write_stage (directory, name, dims, values, error);
}

static gboolean
write_pixel_values (Florence2 *self, const char *directory, const float *planes, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "pixel_values.npy", NULL);
  const guint64 dims[] = { 1, 3, self->preprocess.height, self->preprocess.width };

  return monocle_npy_write_f32 (path, dims, G_N_ELEMENTS (dims), planes, error);
}

static gboolean
write_input_ids (const char *directory, const guint32 *ids, guint n, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "input_ids.npy", NULL);
  g_autofree gint64 *wide = g_new (gint64, n);
  const guint64 dims[] = { 1, n };

  for (guint i = 0; i < n; i++)
    wide[i] = ids[i];

  return monocle_npy_write_i64 (path, dims, G_N_ELEMENTS (dims), wide, error);
}

/* Teacher forcing: one step for each given id. */
static gboolean
write_logits (Florence2 *self, const char *directory, const guint32 *ids, guint n, GCancellable *cancellable, GError **error)
{
  guint n_vocabulary = self->config.text.vocab_size;
  g_autofree float *logits = g_new (float, (gsize) n * n_vocabulary);
  const guint64 dims[] = { 1, n, n_vocabulary };
  const guint32 source = 0;
  MonocleCandidate candidate;

  for (guint i = 0; i < n; i++)
    {
      const MonocleBartStep step = { .tokens = &ids[i], .sources = &source };

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !monocle_bart_decoder_step (self->decoder, &step, &candidate, error)
          || !monocle_bart_decoder_read_logits (self->decoder, logits + (gsize) i * n_vocabulary, error))
        return FALSE;
    }

  return write_stage (directory, "logits.npy", dims, logits, error);
}

static gboolean
check_decoder_ids (Florence2 *self, const guint32 *ids, guint n, GError **error)
{
  if (n > self->config.text.n_positions)
    {
      g_set_error (error,
                   MONOCLE_ENGINE_ERROR,
                   MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%u decoder ids, the model takes %u",
                   n,
                   self->config.text.n_positions);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    if (ids[i] >= self->config.text.vocab_size)
      {
        g_set_error (error,
                     MONOCLE_ENGINE_ERROR,
                     MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                     "Decoder id %u is outside the vocabulary of %u",
                     ids[i],
                     self->config.text.vocab_size);
        return FALSE;
      }

  return TRUE;
}

static gboolean
florence2_inspect (gpointer model,
                   MonocleImage *image,
                   const char *prompt,
                   const guint32 *decoder_ids,
                   guint n_decoder_ids,
                   const char *directory,
                   GCancellable *cancellable,
                   GError **error)
{
  Florence2 *self = model;
  g_autofree char *sentence = monocle_task_expand_prompt (prompt, error);
  g_autofree float *planes = NULL;
  g_auto (Prompts) prompts = { 0 };
  MonocleFamilyTiming timing = { 0 };
  MonocleTensor states;
  guint n_image = self->n_image;

  return sentence && check_decoder_ids (self, decoder_ids, n_decoder_ids, error)
         && prompts_init (&prompts, self, n_image, (const char *const *) &sentence, 1, error)
         && encode_image (self, image, cancellable, NULL, NULL, &timing, &planes, error)
         && write_pixel_values (self, directory, planes, error)
         && write_tensor (directory, "vision_features.npy", &self->tower,
                          self->tower.dims[0] * self->tower.dims[1], error)
         && write_tensor (directory, "image_embeds.npy", &self->image, n_image, error)
         && encode_prompts (self, &self->image, &prompts, 1, 1, cancellable, &states, error)
         && write_input_ids (directory, prompts.ids, prompts.lengths[0] - n_image, error)
         && write_tensor (directory, "encoder_states.npy", &states, prompts.lengths[0], error)
         && write_logits (self, directory, decoder_ids, n_decoder_ids, cancellable, error);
}

const MonocleFamily monocle_family_florence2 = {
  .id = "florence2",
  .title = "Florence-2",
  .probe = monocle_florence2_config_probe,
  .load = florence2_load,
  .unload = florence2_unload,
  .get_facts = florence2_get_facts,
  .prepare = florence2_prepare,
  .discard = florence2_discard,
  .generate = florence2_generate,
  .inspect = florence2_inspect,
};
