/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tokens that are put around those of a text: the "post_processor" of a tokenizer.json.
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * MonocleTemplate:
 * @before: (element-type guint32): ids before the text
 * @after: (element-type guint32): ids after it
 */
typedef struct
{
  GArray *before;
  GArray *after;
} MonocleTemplate;

void monocle_template_init (MonocleTemplate *self);
void monocle_template_clear (MonocleTemplate *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleTemplate, monocle_template_clear)

/**
 * monocle_template_read:
 * @self: (inout): empty
 * @root: a tokenizer.json
 * @path: the file in errors
 *
 * Errors: BAD_FILE, UNSUPPORTED_MODEL.
 */
gboolean
monocle_template_read (MonocleTemplate *self, JsonObject *root, const char *path, GError **error);

G_END_DECLS
