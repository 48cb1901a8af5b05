/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run found, as typed parts: text, objects with their shapes in pixels of the image that was
 * asked about, names with their ranks, pictures, vectors, heat maps. Immutable and counted, so it
 * crosses threads freely. Made by the model families.
 */
#pragma once

#include <glib-object.h>

#include "engine/answer/heat.h"
#include "engine/answer/shape.h"
#include "engine/answer/task.h"
#include "engine/picture/image.h"

G_BEGIN_DECLS

/**
 * MonocleObject:
 * @label: UTF-8, can be empty
 * @shape: where it is
 * @score: exp of the mean log-probability of the tokens of its label, or of its locations when it
 * has none, 0..1; NaN where the log-probabilities were not given. Where the model says what its
 * scores are worth, how likely the object is right.
 * @text: (nullable): what is written there, as Markdown, of a piece of a page; %NULL of others
 */
typedef struct _MonocleObject
{
  char *label;
  MonocleShape *shape;
  float score;
  char *text;
} MonocleObject;

/**
 * MonoclePartKind:
 * @MONOCLE_PART_TEXT: words
 * @MONOCLE_PART_OBJECT: something that lies on the picture
 * @MONOCLE_PART_RANK: a name, and how well it fits
 * @MONOCLE_PART_PICTURE: a picture
 * @MONOCLE_PART_VECTOR: where the picture lies in a space of the model's
 * @MONOCLE_PART_HEAT: how likely something is where; the object of its label is what that comes to
 */
typedef enum
{
  MONOCLE_PART_TEXT,
  MONOCLE_PART_OBJECT,
  MONOCLE_PART_RANK,
  MONOCLE_PART_PICTURE,
  MONOCLE_PART_VECTOR,
  MONOCLE_PART_HEAT,
} MonoclePartKind;

typedef struct
{
  const float *values;
  guint n;
} MonocleVector;

/**
 * MonoclePart:
 * @kind: which of the following is there
 * @score: of a rank how well it fits, in the model's own terms, which need not be 0..1; NaN of
 *   others: objects have their own
 * @probability: of a rank how likely it is the right one, among those that were to be ranked or by
 *   itself, as the task says; NaN where that means nothing
 * @text: UTF-8
 * @object: it
 * @rank: a name; ranks come with the likeliest first
 * @picture: it
 * @vector: it
 * @heat: it
 */
typedef struct
{
  MonoclePartKind kind;
  float score;
  float probability;
  union
  {
    const char *text;
    const MonocleObject *object;
    const char *rank;
    MonocleImage *picture;
    MonocleVector vector;
    MonocleHeat *heat;
  };
} MonoclePart;

#define MONOCLE_TYPE_RESULT (monocle_result_get_type ())

GType monocle_result_get_type (void);
MonocleResult *monocle_result_ref (MonocleResult *self);
void monocle_result_unref (MonocleResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleResult, monocle_result_unref)

/**
 * monocle_result_get_n_parts:
 *
 * Returns: number of parts
 */
guint monocle_result_get_n_parts (const MonocleResult *self);

/**
 * monocle_result_get_part:
 *
 * Returns: (transfer none): part @index, in the order in which the model gave them
 */
const MonoclePart *monocle_result_get_part (const MonocleResult *self, guint index);

/**
 * monocle_result_get_n_objects:
 *
 * Returns: number of parts that are objects
 */
guint monocle_result_get_n_objects (const MonocleResult *self);

/**
 * monocle_result_get_object:
 *
 * Returns: (transfer none): object @index, in the order in which the model wrote them
 */
const MonocleObject *monocle_result_get_object (const MonocleResult *self, guint index);

/**
 * monocle_result_get_text:
 *
 * Returns: (transfer none) (nullable): the first part that is text, without the model's markers and
 * surrounding blanks; %NULL where there is none
 */
const char *monocle_result_get_text (const MonocleResult *self);

/**
 * monocle_result_get_generated_text:
 *
 * Returns: (transfer none) (nullable): all that the model wrote, special tokens included; %NULL of
 * one that does not write
 */
const char *monocle_result_get_generated_text (const MonocleResult *self);

/**
 * monocle_result_get_token_ids:
 * @n_ids: (out): how many; 0 of a model that does not write
 *
 * Returns: (transfer none) (array length=n_ids): the ids, start id first
 */
const guint32 *monocle_result_get_token_ids (const MonocleResult *self, guint *n_ids);

/**
 * monocle_result_get_score:
 *
 * Returns: exp of the mean log-probability of all generated tokens, or the probability of the first
 * rank, 0..1; NaN where there is none. Of a text whose model says what its scores are worth, how
 * likely it is right.
 */
float monocle_result_get_score (const MonocleResult *self);

/**
 * monocle_result_is_well_formed:
 *
 * Returns: whether all that the model wrote is a sentence of the form that its task asks for. An
 *   answer in words is one if it says something and holds no places; an empty list of boxes is one.
 */
gboolean monocle_result_is_well_formed (const MonocleResult *self);

/**
 * monocle_result_filter:
 * @lowest_score: 0 to 1
 *
 * Returns: (transfer full): the same without the objects whose score is lower; those that have none
 *   stay, and so does all that the model wrote
 */
MonocleResult *monocle_result_filter (const MonocleResult *self, double lowest_score);

/**
 * monocle_result_has_heat:
 *
 * Returns: whether a part is a heat map
 */
gboolean monocle_result_has_heat (const MonocleResult *self);

/**
 * monocle_result_cut:
 * @threshold: 0 to 1; NaN: where the model cut them
 *
 * Returns: (transfer full): the same with an object for each heat map, in their order: what of it
 * is at least as likely, which may be nothing
 */
MonocleResult *monocle_result_cut (const MonocleResult *self, double threshold);

/**
 * monocle_result_transform:
 * @matrix: where points go
 *
 * Returns: (transfer full): the same with all shapes there: what was found in a turned picture, in
 *   the upright one. The tokens still speak of the picture that the model saw.
 */
MonocleResult *monocle_result_transform (const MonocleResult *self, const MonocleMatrix *matrix);

G_END_DECLS
