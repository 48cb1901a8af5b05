/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Florence-2's dimensions and settings, read from a model directory. Both published forms of
 * `config.json` are understood; nothing about any one size is fixed here.
 */
#pragma once

#include "engine/text/search.h"

G_BEGIN_DECLS

#define MONOCLE_DAVIT_MAX_STAGES 8

/* DaViT: Ding et al. 2022, arXiv 2204.03645. */
typedef struct
{
  guint n_stages;
  guint dims[MONOCLE_DAVIT_MAX_STAGES];
  guint depths[MONOCLE_DAVIT_MAX_STAGES];
  guint heads[MONOCLE_DAVIT_MAX_STAGES];
  guint groups[MONOCLE_DAVIT_MAX_STAGES];
  guint patch_size[MONOCLE_DAVIT_MAX_STAGES];
  guint patch_stride[MONOCLE_DAVIT_MAX_STAGES];
  guint patch_padding[MONOCLE_DAVIT_MAX_STAGES];
  guint patch_prenorm[MONOCLE_DAVIT_MAX_STAGES]; /* LayerNorm before the convolution, else after */
  guint hidden[MONOCLE_DAVIT_MAX_STAGES];        /* width inside the perceptron */
  guint in_channels;
  guint window;
} MonocleDavitConfig;

/* Which pooled forms of the tower's tokens go to the language model, in order. */
typedef enum
{
  MONOCLE_FEATURES_SPATIAL_AVERAGE, /* one token: the mean over the image */
  MONOCLE_FEATURES_TOKENS,          /* all tokens: the mean over frames, of which there is one */
} MonocleFeatures;

typedef struct
{
  MonocleFeatures sources[4];
  guint n_sources;
  guint n_positions; /* rows and columns that the position table has */
  guint n_frames;    /* rows of the temporal table */
} MonocleProjectorConfig;

/* BART: Lewis et al. 2019, arXiv 1910.13461. */
typedef struct
{
  guint d_model;
  guint encoder_layers, encoder_heads, encoder_hidden;
  guint decoder_layers, decoder_heads, decoder_hidden;
  guint vocab_size;
  guint n_positions; /* longest sequence; the tables have two rows more */
} MonocleBartConfig;

typedef struct
{
  gboolean native_layout; /* names as in transformers, else as first published */
  MonocleDavitConfig vision;
  MonocleProjectorConfig projector;
  MonocleBartConfig text;
  MonocleGenerationConfig generation; /* max_length 0: up to the request */
  gboolean constrained_grammar;       /* answers are held to what can be read */
} MonocleFlorence2Config;

gboolean monocle_florence2_config_load (MonocleFlorence2Config *config,
                                        const char *directory,
                                        GError **error);

/* Whether a model directory is of this family. */
gboolean monocle_florence2_config_probe (const char *directory);

G_END_DECLS
