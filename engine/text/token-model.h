/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kinds of models that make tokens of a piece of text: a row each in tokenizer-read.c.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleTokenModel:
 * @type: as the file names it
 * @read: reads vocabulary and options of the "model" of a tokenizer.json; (transfer full)
 * (nullable)
 * @finish: called once the added tokens are there; may be %NULL
 * @encode: appends the tokens of a piece, which is not empty and ends with a NUL
 * @free: takes %NULL
 */
typedef struct
{
  const char *type;
  gpointer (*read) (MonocleTokenizer *self, JsonObject *model, const char *path, GError **error);
  gboolean (*finish) (gpointer state,
                      const MonocleTokenizer *self,
                      const char *path,
                      GError **error);
  void (*encode) (gconstpointer state,
                  const MonocleTokenizer *self,
                  const char *piece,
                  gsize n_bytes,
                  GArray *ids);
  void (*free) (gpointer state);
} MonocleTokenModel;

G_END_DECLS
