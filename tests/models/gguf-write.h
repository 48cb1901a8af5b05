/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all fixtures have in common that are written as GGUF files.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/checkpoint/checkpoint.h"
#include "tests/unit/gguf-file.h"

G_BEGIN_DECLS

/* A part of a name, which becomes another. */
typedef struct
{
  const char *from, *to;
} GgufChange;

JsonObject *gguf_load_json (const char *folder, const char *name);

/* (transfer full): in this order, each once */
char *gguf_change (const char *name, const GgufChange *changes, guint n);

/* Stored as @type where rows allow; lists of numbers always as they are. */
void gguf_add_values (GgufFile *file,
                      const char *name,
                      guint type,
                      const guint64 *dims,
                      guint n_dims,
                      const float *values);

/* An integer of an object, where it has it. */
void gguf_add_member (GgufFile *file, const char *key, JsonObject *from, const char *member);
double gguf_get_theta (JsonObject *text);
/* Mean and deviation, of what a preprocessor_config.json holds. */
void gguf_add_colours (GgufFile *file, JsonObject *pixels);
/* That of @source, whose @n tokens are cut by @splitter. */
void gguf_add_tokenizer (GgufFile *file, const char *source, const char *splitter, guint n);

void gguf_write (const GgufFile *file, const char *folder, const char *name);

/* A model that is refused with those words. */
void gguf_check_refused (const char *path, const char *words);

G_END_DECLS
