/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tiny models of tests/fixtures/manifest.json and their cases: what stages, answers and batches
 * share.
 */
#pragma once

#include "engine/text/tokenizer.h"
#include "model-test.h"

G_BEGIN_DECLS

/* Largest relative error of a stage. */
#define BOUND_F32 1e-4
#define BOUND_F16 5e-3

/* One tiny model, from the manifest. */
typedef struct
{
  const char *name;
  char *directory, *golden;
  JsonObject *entry; /* borrowed */
} Tiny;

typedef struct
{
  Tiny *tiny;
  MonoclePrecision precision;
} Fixture;

typedef struct
{
  const Fixture *fixture;
  const MonocleTokenizer *tokenizer;
  MonocleSession *sessions[2]; /* of the images */
} Answers;

/* (transfer full): the settings that a request does not carry; cases that share them are run on one
 * model. */
char *tiny_describe_search (JsonObject *settings);
/* The model as it is, where its own settings are those; else a copy with other ones in @folder. */
MonocleModel *tiny_load (const Fixture *fixture, const char *settings, const char *folder);
MonocleTokenizer *tiny_load_tokenizer (const char *directory);
/* (transfer full) (array): token ids */
guint32 *tiny_get_ids (JsonArray *array);
JsonNode *tiny_read_cases (const Tiny *tiny);
const MonocleTask *tiny_get_task (JsonObject *item);
gboolean tiny_is_score_right (double got, double expected, double bound);

/* How the search goes depends neither on the precision nor on the kernels: once is enough for the
 * settings that are not the model's own. */
gboolean tiny_has_every_setting (const Fixture *fixture);

void answers_init (Answers *answers,
                   const Fixture *fixture,
                   const MonocleTokenizer *tokenizer,
                   MonocleModel *model);
void answers_clear (Answers *answers);
MonocleSession *answers_get_session (const Answers *answers, const char *image);
/* Whether @result is what the case @item says, with its scores. */
void
answers_check (const Answers *answers, guint index, JsonObject *item, const MonocleResult *result);

/* Each takes a Fixture. */
void test_answers (gconstpointer data);
void test_batches (gconstpointer data);

G_END_DECLS
