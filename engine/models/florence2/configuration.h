/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Florence-2's dimensions and settings, read from a model directory. Both published forms of
 * `config.json` are understood; nothing about any one size is fixed here.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/bart.h"
#include "engine/models/parts/davit.h"
#include "engine/text/logits.h"

G_BEGIN_DECLS

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

/* Names of the tensors, and with them what the files beside them mean. */
typedef enum
{
  MONOCLE_FLORENCE2_ORIGINAL, /* as first published */
  MONOCLE_FLORENCE2_NATIVE,   /* as in transformers */
} MonocleFlorence2Layout;

typedef struct
{
  MonocleFlorence2Layout layout;
  MonocleDavitConfig vision;
  MonocleProjectorConfig projector;
  MonocleBartConfig text;
  gboolean tied;                      /* one token table for all */
  MonocleGenerationConfig generation; /* max_length 0: up to the request */
  MonocleLogitsConfig logits;
  guint usual_tokens;           /* new tokens of an answer, if the request does not say; 0: any */
  gboolean constrained_grammar; /* answers are held to what can be read */
  GPtrArray *notes; /* (element-type utf8): what the files ask for and does not happen */
} MonocleFlorence2Config;

gboolean monocle_florence2_config_load (MonocleFlorence2Config *config,
                                        const char *directory,
                                        MonocleFlorence2Layout layout,
                                        GError **error);
void monocle_florence2_config_clear (MonocleFlorence2Config *config);

/* Whether a config.json is of this family. */
gboolean monocle_florence2_config_probe (JsonObject *root);

/* florence2-generation.c: how answers are searched. @text: the configuration's text_config. */
gboolean monocle_florence2_generation_load (MonocleFlorence2Config *config,
                                            const char *directory,
                                            JsonObject *text,
                                            const char *text_name,
                                            GError **error);

G_END_DECLS
