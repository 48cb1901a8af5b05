/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a model of a family is taught: examples are added, each with what the frozen part of the
 * model makes of its picture and its question, which is kept; then steps are made over some of
 * them. A family's table has one of these or none. All functions run on the worker.
 */
#pragma once

#include <gio/gio.h>

#include "engine/answer/task.h"
#include "engine/models/lessons.h"

G_BEGIN_DECLS

/**
 * MonocleTrainingMethod:
 * @MONOCLE_TRAINING_DECODER: what writes the answer: new words, names and forms
 * @MONOCLE_TRAINING_LORA: and what understands picture and question before that
 * @MONOCLE_TRAINING_FULL_LANGUAGE: of both all weights and biases of their products, themselves:
 * for small models, or for thousands of examples
 *
 * What of a model learns.
 */
typedef enum
{
  MONOCLE_TRAINING_DECODER,
  MONOCLE_TRAINING_LORA,
  MONOCLE_TRAINING_FULL_LANGUAGE,
} MonocleTrainingMethod;

#define MONOCLE_N_TRAINING_METHODS (MONOCLE_TRAINING_FULL_LANGUAGE + 1)

/* "decoder", "lora", "full-language" */
const char *monocle_training_method_get_name (MonocleTrainingMethod method);
/* @method: (out): of that name. Returns: whether there is one */
gboolean monocle_training_method_find (const char *name, MonocleTrainingMethod *method);

/**
 * MonocleTrainingExample:
 * @task: what is asked
 * @text: (nullable): for tasks that take one
 * @region: (nullable): in pixels
 * @words: (nullable): the answer of a task that gives words
 * @objects: (array length=n_objects) (nullable): the answer of one that gives objects; may be none
 * @n_objects: how many
 * @ids: (array length=n_ids) (nullable): the answer as the model wrote it, begin and end included,
 *   in place of all that
 * @n_ids: how many
 * @is_old: it is what the model answers anyway: no new words are in it
 */
typedef struct
{
  const MonocleTask *task;
  const char *text;
  const MonocleBox *region;
  const char *words;
  const MonocleLessonObject *objects;
  guint n_objects;
  const guint32 *ids;
  guint n_ids;
  gboolean is_old;
} MonocleTrainingExample;

/**
 * MonocleTrainingStart:
 * @rank: of what is learnt beside each product: a multiple of 4
 * @seed: of what it begins with
 * @head: whether rows of the output's table are learnt too: those of the tokens of new answers
 */
typedef struct
{
  guint rank;
  guint64 seed;
  gboolean head;
} MonocleTrainingStart;

/**
 * MonocleTrainingJudged:
 * @loss: the sum over the tokens of the answer
 * @n_tokens: how many
 * @is_right: every token is the likeliest behind those before it: the model, asked without beams
 *   and without a grammar, would write just this
 */
typedef struct
{
  double loss;
  guint n_tokens;
  gboolean is_right;
} MonocleTrainingJudged;

/**
 * MonocleTrainingTensor:
 * @name: as the PEFT library calls it
 * @n_dims, @dims, @values: its numbers
 *
 * What an adapter's file holds.
 */
typedef struct
{
  char *name;
  guint n_dims;
  guint64 dims[2];
  float *values;
} MonocleTrainingTensor;

/**
 * MonocleTrainingLearnt:
 * @rank: of the products
 * @modules: (element-type utf8): that have one
 * @wholes: (element-type utf8): those that were learnt themselves
 * @tensors: (element-type MonocleTrainingTensor): all of it
 * @head: (nullable): what the output's table is called, where rows of it were learnt
 * @rows: (nullable) (element-type guint32): which
 */
typedef struct
{
  guint rank;
  GPtrArray *modules;
  GPtrArray *wholes;
  GPtrArray *tensors;
  char *head;
  GArray *rows;
} MonocleTrainingLearnt;

typedef struct
{
  gpointer (*open) (gpointer model, MonocleTrainingMethod method, GError **error);
  void (*close) (gpointer model, gpointer training);

  /* Answers as the model would write them: what is wrong with one is
   * %MONOCLE_ENGINE_ERROR_BAD_REQUEST. What is added is called by its number, from 0. */
  gboolean (*add) (gpointer training,
                   gpointer features,
                   const MonocleTrainingExample *example,
                   guint width,
                   guint height,
                   GCancellable *cancellable,
                   GError **error);
  /* Once all examples are there. */
  gboolean (*start) (gpointer training, const MonocleTrainingStart *start, GError **error);

  /* The gradients of examples, added to what there is. @loss, @n_tokens: (out): see
   * MonocleTrainingJudged, of all. */
  gboolean (*learn) (gpointer training,
                     const guint *examples,
                     guint n,
                     GCancellable *cancellable,
                     double *loss,
                     guint *n_tokens,
                     GError **error);
  /* A step along them; then there are none. @index: from 0. @norm: (out): of the gradients, divided
   * by @n_tokens; where that is no number nothing is learnt */
  gboolean (*step) (
      gpointer training, guint index, double rate, guint n_tokens, double *norm, GError **error);
  /* @judged: (out) (array length=n) */
  gboolean (*judge) (gpointer training,
                     const guint *examples,
                     guint n,
                     GCancellable *cancellable,
                     MonocleTrainingJudged *judged,
                     GError **error);

  /* All that a step goes on from: get_n numbers, three times. */
  guint (*get_n) (gpointer training);
  gboolean (*read) (gpointer training, float *state, GError **error);
  gboolean (*write) (gpointer training, const float *state, GError **error);

  /* (transfer full) (nullable) */
  MonocleTrainingLearnt *(*get_learnt) (gpointer training, GError **error);
} MonocleTraining;

MonocleTrainingLearnt *monocle_training_learnt_new (void);
void monocle_training_learnt_free (MonocleTrainingLearnt *self);
/* @name, @values: (transfer full). @columns: 0: of a vector */
void monocle_training_learnt_add (
    MonocleTrainingLearnt *self, char *name, guint rows, guint columns, float *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleTrainingLearnt, monocle_training_learnt_free)

G_END_DECLS
