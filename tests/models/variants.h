/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tiny model that is changed in one thing, and its answer to one question; test-variants.c.
 */
#pragma once

#include <string.h>

#include "model-test.h"

G_BEGIN_DECLS

#define VARIANTS_MODEL "models/native-96"

/* fixtures/variants.json */
extern JsonObject *variants;

void variants_add_settings (void);
void variants_add_tensors (void);

/* A copy of the model, as links; the files are replaced one by one. */
TestFolder *variants_copy_model (void);
/* Members of @changes replace those of @object; null takes them away. */
void variants_change (JsonObject *object, JsonObject *changes);
void variants_change_file (const char *folder, const char *name, const char *changes);

/* The ids of an answer as text: of the fixture's question, asked of a model, of the model in a
 * folder, or of the model as it was. */
char *variants_describe_array (JsonArray *array);
char *variants_answer (MonocleModel *model, guint max_tokens);
char *variants_answer_from (const char *folder);
char *variants_get_plain_answer (void);
void variants_check (const char *what, const char *got, const char *expected);

/* What loading the model notes: nothing, or once and with @words (nullable). */
void variants_expect_notes (const char *folder, const char *words);

G_END_DECLS
