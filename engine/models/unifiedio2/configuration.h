/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The config.json of a Unified-IO 2, bounded.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/layers.h"
#include "engine/models/parts/vqgan.h"

G_BEGIN_DECLS

/**
 * MonocleUnifiedio2Tower:
 * @channels: of its tokens
 * @layers: what it is piled up of
 * @rows, @columns: of patches
 * @side: of a patch, in pixels or bins
 * @patch: numbers of one
 * @n_places: rows of its table of places, those of its own tokens among them
 *
 * What makes rows of a picture, or of a sound.
 */
typedef struct
{
  guint channels;
  MonocleLayersConfig layers;
  guint rows, columns, side, patch;
  guint n_places;
} MonocleUnifiedio2Tower;

/**
 * MonocleUnifiedio2Config:
 * @d_model: width
 * @n_heads, @head_width: of attention
 * @hidden: of perceptrons
 * @n_encoder_layers, @n_decoder_layers: of either half
 * @n_words, @n_pieces: of the tables of texts and of pictures
 * @n_text_places: of the longest text, read or written
 * @step: between patches, where codes of a picture are 1 apart
 * @image, @audio: what makes rows
 * @hears: whether there is something to make rows of sounds
 * @n_codes: of a side of a picture that is written
 * @vqgan: makes pixels of codes
 */
typedef struct
{
  guint d_model, n_heads, head_width, hidden;
  guint n_encoder_layers, n_decoder_layers;
  guint n_words, n_pieces, n_text_places;
  double step;
  MonocleUnifiedio2Tower image, audio;
  gboolean hears;
  guint n_codes;
  MonocleVqganConfig vqgan;
} MonocleUnifiedio2Config;

/* Whether it is one: such files have no type, but these sections. */
gboolean monocle_unifiedio2_config_probe (JsonObject *root);

/**
 * monocle_unifiedio2_config_parse:
 * @config: (out caller-allocates)
 * @root: the file
 * @path: its name, for errors
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, and %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL where it asks
 * for what is not done here.
 */
gboolean monocle_unifiedio2_config_parse (MonocleUnifiedio2Config *config,
                                          JsonObject *root,
                                          const char *path,
                                          GError **error);
gboolean monocle_unifiedio2_config_load (MonocleUnifiedio2Config *config,
                                         const char *directory,
                                         GError **error);

G_END_DECLS
