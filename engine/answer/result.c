/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/result-private.h"

#include <math.h>

struct _MonocleResult
{
  gatomicrefcount references;
  GArray *parts;      /* MonoclePart */
  GPtrArray *objects; /* of MonocleObject: those among the parts */
  char *generated_text;
  guint32 *ids;
  guint n_ids;
  float score;
  gboolean is_well_formed;
};

G_DEFINE_BOXED_TYPE (MonocleResult, monocle_result, monocle_result_ref, monocle_result_unref)

static void
object_free (MonocleObject *object)
{
  monocle_shape_unref (object->shape);
  g_free (object->label);
  g_free (object->text);
  g_free (object);
}

static void
clear_part (gpointer data)
{
  MonoclePart *part = data;

  switch (part->kind)
    {
    case MONOCLE_PART_TEXT:
      g_free ((char *) part->text);
      break;
    case MONOCLE_PART_OBJECT:
      object_free ((MonocleObject *) part->object);
      break;
    case MONOCLE_PART_RANK:
      g_free ((char *) part->rank);
      break;
    case MONOCLE_PART_PICTURE:
      monocle_image_unref (part->picture);
      break;
    case MONOCLE_PART_VECTOR:
      g_free ((float *) part->vector.values);
      break;
    case MONOCLE_PART_HEAT:
      monocle_heat_unref (part->heat);
      break;
    default:
      g_assert_not_reached ();
    }
}

MonocleResult *
monocle_result_new (void)
{
  MonocleResult *self = g_new0 (MonocleResult, 1);

  g_atomic_ref_count_init (&self->references);
  self->parts = g_array_new (FALSE, FALSE, sizeof (MonoclePart));
  g_array_set_clear_func (self->parts, clear_part);
  self->objects = g_ptr_array_new ();
  self->score = NAN;
  self->is_well_formed = TRUE;
  return self;
}

MonocleResult *
monocle_result_ref (MonocleResult *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
monocle_result_unref (MonocleResult *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  g_ptr_array_unref (self->objects);
  g_array_unref (self->parts);
  g_free (self->generated_text);
  g_free (self->ids);
  g_free (self);
}

void
monocle_result_set_tokens (MonocleResult *self, const guint32 *ids, guint n_ids, char *text)
{
  g_free (self->ids);
  g_free (self->generated_text);
  self->ids = g_memdup2 (ids, n_ids * sizeof (guint32));
  self->n_ids = n_ids;
  self->generated_text = text;
}

void
monocle_result_set_score (MonocleResult *self, float score)
{
  self->score = score;
}

void
monocle_result_set_object_score (MonocleResult *self, guint index, float score)
{
  g_return_if_fail (index < self->objects->len);

  ((MonocleObject *) self->objects->pdata[index])->score = score;
}

void
monocle_result_set_well_formed (MonocleResult *self, gboolean is_well_formed)
{
  self->is_well_formed = is_well_formed;
}

static void
add_part (MonocleResult *self, MonoclePart part)
{
  if (part.kind != MONOCLE_PART_RANK)
    part.score = part.probability = NAN;
  g_array_append_val (self->parts, part);
}

void
monocle_result_take_text (MonocleResult *self, char *text)
{
  add_part (self, (MonoclePart){ .kind = MONOCLE_PART_TEXT, .text = text });
}

void
monocle_result_take_object (MonocleResult *self, const MonocleObject *object)
{
  MonocleObject *copy = g_memdup2 (object, sizeof *object);

  g_ptr_array_add (self->objects, copy);
  add_part (self, (MonoclePart){ .kind = MONOCLE_PART_OBJECT, .object = copy });
}

void
monocle_result_add_rank (MonocleResult *self, const char *name, float score, float probability)
{
  add_part (self, (MonoclePart){ .kind = MONOCLE_PART_RANK,
                                 .score = score,
                                 .probability = probability,
                                 .rank = g_strdup (name) });
}

void
monocle_result_take_picture (MonocleResult *self, MonocleImage *picture)
{
  add_part (self, (MonoclePart){ .kind = MONOCLE_PART_PICTURE, .picture = picture });
}

void
monocle_result_add_vector (MonocleResult *self, const float *values, guint n)
{
  const MonocleVector vector = { g_memdup2 (values, n * sizeof *values), n };

  add_part (self, (MonoclePart){ .kind = MONOCLE_PART_VECTOR, .vector = vector });
}

void
monocle_result_take_heat (MonocleResult *self, MonocleHeat *heat)
{
  add_part (self, (MonoclePart){ .kind = MONOCLE_PART_HEAT, .heat = heat });
}

/* @matrix: (nullable): where its shape goes */
static void
copy_part (MonocleResult *to, const MonoclePart *part, const MonocleMatrix *matrix)
{
  MonocleObject object;

  switch (part->kind)
    {
    case MONOCLE_PART_TEXT:
      monocle_result_take_text (to, g_strdup (part->text));
      break;
    case MONOCLE_PART_OBJECT:
      object = *part->object;
      object.label = g_strdup (object.label);
      object.text = g_strdup (object.text);
      object.shape = matrix ? monocle_shape_transform (object.shape, matrix)
                            : monocle_shape_ref (object.shape);
      monocle_result_take_object (to, &object);
      break;
    case MONOCLE_PART_RANK:
      monocle_result_add_rank (to, part->rank, part->score, part->probability);
      break;
    case MONOCLE_PART_PICTURE:
      monocle_result_take_picture (to, monocle_image_ref (part->picture));
      break;
    case MONOCLE_PART_VECTOR:
      monocle_result_add_vector (to, part->vector.values, part->vector.n);
      break;
    case MONOCLE_PART_HEAT:
      monocle_result_take_heat (to, matrix ? monocle_heat_turn (part->heat, matrix)
                                           : monocle_heat_ref (part->heat));
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Without the parts. */
static MonocleResult *
new_like (const MonocleResult *self)
{
  MonocleResult *there = monocle_result_new ();

  monocle_result_set_tokens (there, self->ids, self->n_ids, g_strdup (self->generated_text));
  there->score = self->score;
  there->is_well_formed = self->is_well_formed;
  return there;
}

/* @lowest_score: objects below it are left out; @matrix: as above */
static MonocleResult *
copy (const MonocleResult *self, double lowest_score, const MonocleMatrix *matrix)
{
  MonocleResult *there = new_like (self);

  for (guint i = 0; i < self->parts->len; i++)
    {
      const MonoclePart *part = &g_array_index (self->parts, MonoclePart, i);

      if (part->kind != MONOCLE_PART_OBJECT || !((double) part->object->score < lowest_score))
        copy_part (there, part, matrix);
    }
  return there;
}

MonocleResult *
monocle_result_filter (const MonocleResult *self, double lowest_score)
{
  return copy (self, lowest_score, NULL);
}

MonocleResult *
monocle_result_transform (const MonocleResult *self, const MonocleMatrix *matrix)
{
  return copy (self, -INFINITY, matrix);
}

/* --- Heat maps --- */

gboolean
monocle_result_has_heat (const MonocleResult *self)
{
  for (guint i = 0; i < self->parts->len; i++)
    if (g_array_index (self->parts, MonoclePart, i).kind == MONOCLE_PART_HEAT)
      return TRUE;
  return FALSE;
}

/* (nullable): what the model made of a map */
static const MonocleObject *
find_object (const MonocleResult *self, const char *label)
{
  for (guint i = 0; i < self->objects->len; i++)
    if (g_str_equal (((const MonocleObject *) self->objects->pdata[i])->label, label))
      return self->objects->pdata[i];
  return NULL;
}

static MonocleObject
cut (const MonocleHeat *heat, double threshold)
{
  double mean;
  g_autoptr (MonocleMaskRuns) runs = monocle_heat_cut (heat, threshold, &mean);

  return (MonocleObject){ .label = g_strdup (heat->label),
                          .shape = monocle_shape_new_mask (runs),
                          .score = (float) mean };
}

MonocleResult *
monocle_result_cut (const MonocleResult *self, double threshold)
{
  MonocleResult *there = new_like (self);

  for (guint i = 0; i < self->parts->len; i++)
    {
      const MonoclePart *part = &g_array_index (self->parts, MonoclePart, i);
      const MonocleObject *said;
      MonocleObject object;

      if (part->kind != MONOCLE_PART_OBJECT)
        copy_part (there, part, NULL);
      if (part->kind != MONOCLE_PART_HEAT)
        continue;
      said = isnan (threshold) ? find_object (self, part->heat->label) : NULL;
      object = said ? (MonocleObject){ g_strdup (said->label), monocle_shape_ref (said->shape),
                                       said->score } /* Above certainty there is nothing. */
                    : cut (part->heat, isnan (threshold) ? 2 : threshold);
      monocle_result_take_object (there, &object);
    }
  return there;
}

guint
monocle_result_get_n_parts (const MonocleResult *self)
{
  return self->parts->len;
}

const MonoclePart *
monocle_result_get_part (const MonocleResult *self, guint index)
{
  g_return_val_if_fail (index < self->parts->len, NULL);

  return &g_array_index (self->parts, MonoclePart, index);
}

guint
monocle_result_get_n_objects (const MonocleResult *self)
{
  return self->objects->len;
}

const MonocleObject *
monocle_result_get_object (const MonocleResult *self, guint index)
{
  g_return_val_if_fail (index < self->objects->len, NULL);

  return self->objects->pdata[index];
}

const char *
monocle_result_get_text (const MonocleResult *self)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      const MonoclePart *part = &g_array_index (self->parts, MonoclePart, i);

      if (part->kind == MONOCLE_PART_TEXT)
        return part->text;
    }
  return NULL;
}

const char *
monocle_result_get_generated_text (const MonocleResult *self)
{
  return self->generated_text;
}

const guint32 *
monocle_result_get_token_ids (const MonocleResult *self, guint *n_ids)
{
  if (n_ids != NULL)
    *n_ids = self->n_ids;
  return self->ids;
}

float
monocle_result_get_score (const MonocleResult *self)
{
  return self->score;
}

gboolean
monocle_result_is_well_formed (const MonocleResult *self)
{
  return self->is_well_formed;
}
