/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A picture that a model drew as a file, which says how it came to be.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleDrawnFacts:
 * @model: what drew it
 * @task: what was asked
 * @text: (nullable): in which words
 * @seed: where chance began
 */
typedef struct
{
  const char *model;
  const char *task;
  const char *text;
  guint64 seed;
} MonocleDrawnFacts;

/**
 * monocle_drawn_png_encode:
 * @picture: what was drawn
 * @facts: become text in the file
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a PNG
 */
GBytes *
monocle_drawn_png_encode (MonocleImage *picture, const MonocleDrawnFacts *facts, GError **error);

/* (transfer none) (nullable): the first picture of an answer */
MonocleImage *monocle_drawn_find (const MonocleResult *result);

G_END_DECLS
