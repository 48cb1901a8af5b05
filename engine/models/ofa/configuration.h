/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OFA's dimensions and settings. What config.json does not say, the published table of sizes does,
 * by the width of the model: several fine-tuned models came without one.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/resnet.h"

G_BEGIN_DECLS

/* Ids of the text come first; behind them are those of pieces of pictures, and of places last. */
#define MONOCLE_OFA_N_BINS 1000

/* Pixels of a side that a code stands for. */
#define MONOCLE_OFA_CODE_PIXELS 8

/**
 * MonocleOfaConfig:
 * @d_model: width of the language model
 * @encoder_layers, @encoder_heads, @encoder_hidden: of its encoder
 * @decoder_layers, @decoder_heads, @decoder_hidden: of its decoder
 * @n_words: of its vocabulary, with codes and places
 * @n_positions: longest text
 * @token_buckets: distances in a text are told apart up to half of this, then coarser
 * @image_side: longest side of a picture, in places
 * @code_side: side of a picture that is written in codes, in codes
 * @draws: whether it draws pictures of what it reads, and does nothing else: it sees none
 * @backbone: what sees pictures
 */
typedef struct
{
  guint d_model;
  guint encoder_layers, encoder_heads, encoder_hidden;
  guint decoder_layers, decoder_heads, decoder_hidden;
  guint n_words, n_positions;
  guint token_buckets, image_side, code_side;
  gboolean draws;
  MonocleResnetConfig backbone;
} MonocleOfaConfig;

/* Rows of a table of distances in a text, and in a picture. */
guint monocle_ofa_config_count_text_distances (const MonocleOfaConfig *config);
guint monocle_ofa_config_count_image_distances (const MonocleOfaConfig *config);
/* Rows of the table of places in a picture. */
guint monocle_ofa_config_count_image_places (const MonocleOfaConfig *config);

gboolean monocle_ofa_config_probe (JsonObject *root);
/* Whether it is one that draws. */
gboolean monocle_ofa_config_probe_drawing (JsonObject *root);

/**
 * monocle_ofa_config_parse:
 * @config: (out caller-allocates): the configuration
 * @root: a config.json
 * @path: its name, for errors
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean monocle_ofa_config_parse (MonocleOfaConfig *config,
                                   JsonObject *root,
                                   const char *path,
                                   GError **error);
gboolean monocle_ofa_config_load (MonocleOfaConfig *config, const char *directory, GError **error);

G_END_DECLS
