/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the config.json of a model says of its causal language model, and its generation_config.json
 * of how answers end, bounded.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/models/parts/causal.h"

G_BEGIN_DECLS

/**
 * MonocleCausalText:
 * @channels, @hidden, @n_layers, @n_heads: of the layers
 * @n_kv_heads, @head_width: 0: as many as of queries, an even share of the channels
 * @n_words, @n_positions: of tokens
 * @epsilon: of normalisations
 * @base: of the turns
 * @activation: of the gates
 * @has_axes: whether whoever reads it knows turns of several axes, which old files call a type
 *
 * As it is written down.
 */
typedef struct
{
  gint64 channels, hidden, n_layers, n_heads, n_kv_heads, head_width;
  gint64 n_words, n_positions;
  double epsilon, base;
  const char *activation;
  gboolean has_axes;
} MonocleCausalText;

/**
 * monocle_causal_text_read:
 * @t: (inout): what it is where nothing is said
 * @section: what says it; what is read belongs to it
 * @where: its name, for errors
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean monocle_causal_text_read (MonocleCausalText *t,
                                   JsonObject *section,
                                   const char *where,
                                   GError **error);

/**
 * monocle_causal_text_take:
 * @written: what was read
 * @activation: what its activation means
 * @where: name of the section, for errors
 * @text: (out caller-allocates): the dimensions; what is not written there is 0
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean monocle_causal_text_take (const MonocleCausalText *written,
                                   MonocleActivation activation,
                                   const char *where,
                                   MonocleCausalConfig *text,
                                   GError **error);

/**
 * MonocleCausalEnds:
 * @ids: (element-type guint32): what ends an answer
 * @pad: what is fed where an answer has ended
 */
typedef struct
{
  GArray *ids;
  guint pad;
} MonocleCausalEnds;

/* Adds to @ends what generation_config.json says; it need not be there. One end more than that has
 * room in a search. Errors: BAD_FILE, UNSUPPORTED_MODEL. */
gboolean monocle_causal_ends_read (MonocleCausalEnds *ends,
                                   guint n_words,
                                   const char *directory,
                                   GError **error);
/* The same of what such a file holds. */
gboolean monocle_causal_ends_take (
    MonocleCausalEnds *ends, guint n_words, JsonObject *root, const char *path, GError **error);

G_END_DECLS
