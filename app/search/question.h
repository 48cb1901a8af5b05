/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is looked for: words and pictures, of which some are wanted and others are not, come to one
 * vector.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_search_read_words:
 * @text: as a person types it: "a dog on grass -cat + snow"
 * @wanted: (element-type utf8): what is looked for is added
 * @unwanted: (element-type utf8): what is not, behind a minus
 *
 * A sign counts at the beginning and behind a blank: "t-shirt" is one word.
 */
void monocle_search_read_words (const char *text, GPtrArray *wanted, GPtrArray *unwanted);

/**
 * monocle_search_cut:
 * @region: within the picture
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST where it is empty or not within it.
 *
 * Returns: (transfer full) (nullable): that part of it, in whole pixels around it
 */
MonocleImage *monocle_search_cut (MonocleImage *image, const MonocleBox *region, GError **error);

/* Adds a vector to what was looked for until now (from 0), or takes it away. What comes out has to
 * be normalised. */
void monocle_search_blend (float *sum, const float *vector, guint n_dims, gboolean is_wanted);

G_END_DECLS
