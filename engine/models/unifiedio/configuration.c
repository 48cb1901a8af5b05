/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/unifiedio/configuration.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/models/parts/model-config.h"

/* Far above any published model. */
#define MAX_WIDTH  16384
#define MAX_HEADS  256
#define MAX_LAYERS 256
#define MAX_TOKENS (1 << 20)
#define MAX_PLACES 4096

/* What codes stand for is a square of so many pixels a side. */
#define LEVELS 5

typedef struct
{
  const MonocleCheckpoint *checkpoint;
  GError **error;
  gboolean failed; /* the first one is told */
} Reader;

gboolean
monocle_unifiedio_config_probe (JsonObject *root)
{
  return monocle_config_has_type (root, "unified-io");
}

static void
refuse (Reader *r, const char *name, const char *what)
{
  g_autoptr (GError) worded = NULL;

  if (r->failed)
    return;
  r->failed = TRUE;
  /* A shape is the file's: made printable as everywhere. */
  monocle_file_set_error (&worded, monocle_checkpoint_get_path (r->checkpoint), "tensor “%s” %s",
                          name, what);
  g_set_error_literal (r->error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                       worded->message);
}

/* One dimension of a tensor of @n_dims, which is 1 to @most. Once one was refused all are 1. */
static guint
read_dim (Reader *r, const char *name, guint n_dims, guint at, guint most)
{
  const MonocleCheckpointTensor *tensor
      = r->failed ? NULL : monocle_checkpoint_find (r->checkpoint, name);

  if (tensor && tensor->n_dims == n_dims && tensor->dims[at] >= 1 && tensor->dims[at] <= most)
    return (guint) tensor->dims[at];
  refuse (r, name, tensor ? "has a shape that Unified-IO's cannot have" : "is not there");
  return 1;
}

static gboolean
has (const Reader *r, const char *format, guint a, guint b)
{
  g_autofree char *name = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  name = g_strdup_printf (format, a, b);
#pragma GCC diagnostic pop
  return monocle_checkpoint_find (r->checkpoint, name) != NULL;
}

/* --- the language model ------------------------------------------------------------------- */

static guint
count_layers (const Reader *r)
{
  guint n = 0;

  while (n < MAX_LAYERS && has (r, "encoder.layers_%u.mlp.wi_0.kernel", n, 0))
    n++;
  return n;
}

static void
read_language (Reader *r, MonocleUnifiedioConfig *config, guint n_codes)
{
  const guint n_patches = MONOCLE_UNIFIEDIO_PATCHES * MONOCLE_UNIFIEDIO_PATCHES;
  const guint n_tokens = read_dim (r, "token_embedder.embedding", 2, 0, MAX_TOKENS);
  const guint n_places = read_dim (r, "encoder.position_embedding.embedding", 2, 0, MAX_PLACES);
  const guint channels = read_dim (r, "encoder.layers_0.attention.query.kernel", 2, 1, MAX_WIDTH);

  *config = (MonocleUnifiedioConfig){
    .d_model = read_dim (r, "token_embedder.embedding", 2, 1, MAX_WIDTH),
    .n_heads = read_dim (r, "encoder.relpos_bias.rel_embedding", 2, 0, MAX_HEADS),
    .n_layers = count_layers (r),
    .hidden = read_dim (r, "encoder.layers_0.mlp.wi_0.kernel", 2, 1, MAX_WIDTH),
    .n_segments = read_dim (r, "encoder.segment_embedding.embedding", 2, 0, MAX_PLACES),
  };
  if (n_tokens <= n_codes)
    refuse (r, "token_embedder.embedding", "has no more rows than there are codes of pictures");
  if (n_places <= n_patches)
    refuse (r, "encoder.position_embedding.embedding", "has no places of words");
  if (channels % (4 * config->n_heads) != 0 || config->d_model % 4 != 0 || config->hidden % 4 != 0)
    refuse (r, "encoder.layers_0.attention.query.kernel",
            "and its heads: widths must be multiples of 4");
  if (config->n_segments < 2)
    refuse (r, "encoder.segment_embedding.embedding", "has no row for pictures");
  if (r->failed)
    return;
  config->head_width = channels / config->n_heads;
  config->n_codes = n_codes;
  config->n_words = n_tokens - n_codes;
  config->n_text_places = n_places - n_patches;
}

/* --- pictures of codes -------------------------------------------------------------------- */

static void
read_levels (Reader *r, MonocleVqganConfig *vqgan)
{
  for (guint i = 0; i < LEVELS; i++)
    {
      g_autofree char *name = g_strdup_printf (
          MONOCLE_UNIFIEDIO_VQGAN ".decoder.up_%u_block_0.conv1.kernel", LEVELS - 1 - i);
      const guint n = read_dim (r, name, 4, 3, MAX_WIDTH);

      if (i == 0)
        vqgan->channels = n;
      if (n % vqgan->channels != 0 || n % 32 != 0)
        refuse (r, name, "has channels that are no multiple of 32, or of the finest level's");
      if (r->failed)
        return;
      vqgan->multiples[i] = n / vqgan->channels;
      vqgan->attends[i]
          = has (r, MONOCLE_UNIFIEDIO_VQGAN ".decoder.up_%u_attn_%u.q.kernel", LEVELS - 1 - i, 0);
    }
}

static void
read_vqgan (Reader *r, MonocleVqganConfig *vqgan)
{
  static const char codes[] = MONOCLE_UNIFIEDIO_VQGAN ".quantize.embedding";
  static const char first[] = MONOCLE_UNIFIEDIO_VQGAN ".decoder.conv_in.kernel";

  *vqgan = (MonocleVqganConfig){
    .names = MONOCLE_VQGAN_NAMES_JOINED,
    .is_flax = TRUE,
    .codes = "quantize.embedding",
    .n_levels = LEVELS,
    .n_codes = read_dim (r, codes, 2, 0, MAX_TOKENS),
    .code_width = read_dim (r, codes, 2, 1, MAX_WIDTH),
    .z_channels = read_dim (r, first, 4, 2, MAX_WIDTH),
  };
  while (vqgan->n_blocks < MAX_LAYERS
         && has (r, MONOCLE_UNIFIEDIO_VQGAN ".decoder.up_0_block_%u.conv1.kernel",
                 vqgan->n_blocks + 1, 0))
    vqgan->n_blocks++;
  if (vqgan->code_width % 4 != 0 || vqgan->z_channels % 4 != 0)
    refuse (r, codes, "has a width that is no multiple of 4");
  read_levels (r, vqgan);
}

gboolean
monocle_unifiedio_config_read (MonocleUnifiedioConfig *config,
                               MonocleVqganConfig *vqgan,
                               const MonocleCheckpoint *checkpoint,
                               GError **error)
{
  Reader reader = { .checkpoint = checkpoint, .error = error };

  read_vqgan (&reader, vqgan);
  read_language (&reader, config, vqgan->n_codes);
  return !reader.failed;
}
