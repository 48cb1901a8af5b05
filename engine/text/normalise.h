/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is done to a text before it is split: the "normalizer" of a tokenizer.json. One step after
 * the other, each a row of the table in normalise.c.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _MonocleNormaliser MonocleNormaliser;

MonocleNormaliser *monocle_normaliser_new (void);
void monocle_normaliser_free (MonocleNormaliser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleNormaliser, monocle_normaliser_free)

/**
 * monocle_normaliser_read:
 * @self: without steps
 * @root: a tokenizer.json
 * @path: the file in errors
 *
 * Errors: BAD_FILE, UNSUPPORTED_MODEL.
 */
gboolean monocle_normaliser_read (MonocleNormaliser *self,
                                  JsonObject *root,
                                  const char *path,
                                  GError **error);

/**
 * monocle_normaliser_apply:
 * @self: a normaliser
 * @text: valid UTF-8
 * @keeps_start: (out): whether the result begins with what @text begins with, not with something
 *   further on
 *
 * Returns: (transfer full): @text after all steps
 */
char *
monocle_normaliser_apply (const MonocleNormaliser *self, const char *text, gboolean *keeps_start);

G_END_DECLS
