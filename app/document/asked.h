/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was asked for by name and what came instead: models that look for words answer with the
 * nearest thing they know rather than with nothing.
 */
#pragma once

#include "app/document/query.h"

G_BEGIN_DECLS

/**
 * monocle_asked_covers:
 * @words: what was to be found: names or a sentence
 * @label: what a model calls an object
 *
 * Whether @label is among @words: one has all words of the other, or their beginnings (dog, dogs),
 * regardless of case and accents; or stands in it as it is, for writing without spaces.
 */
gboolean monocle_asked_covers (const char *words, const char *label);

/**
 * monocle_query_is_suggestion:
 * @annotation: an object of its answer
 *
 * Whether the model was asked to find something by name and calls @annotation something else.
 */
gboolean monocle_query_is_suggestion (MonocleQuery *self, MonocleAnnotation *annotation);

/**
 * monocle_query_dup_suggestions:
 * @objects: (element-type MonocleAnnotation): those of its answer that are shown
 *
 * Returns: (transfer full) (nullable): "No “unicorn” found. The model suggests: trousers",
 *   translated; %NULL where all was asked for
 */
char *monocle_query_dup_suggestions (MonocleQuery *self, GListModel *objects);

G_END_DECLS
