/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/result-private.h"

#include <math.h>

struct _MonocleResult
{
  gatomicrefcount references;
  MonocleAnswer answer;
  GArray *objects; /* MonocleObject */
  char *text;
  char *generated_text;
  guint32 *ids;
  guint n_ids;
  float score;
};

G_DEFINE_BOXED_TYPE (MonocleResult, monocle_result, monocle_result_ref, monocle_result_unref)

static void
clear_object (gpointer data)
{
  MonocleObject *object = data;

  g_free (object->label);
  monocle_shape_unref (object->shape);
}

MonocleResult *
monocle_result_new (MonocleAnswer answer, const guint32 *ids, guint n_ids)
{
  MonocleResult *self = g_new0 (MonocleResult, 1);

  g_atomic_ref_count_init (&self->references);
  self->answer = answer;
  self->objects = g_array_new (FALSE, FALSE, sizeof (MonocleObject));
  g_array_set_clear_func (self->objects, clear_object);
  self->generated_text = g_strdup ("");
  self->ids = g_memdup2 (ids, n_ids * sizeof (guint32));
  self->n_ids = n_ids;
  self->score = NAN;
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
  g_array_unref (self->objects);
  g_free (self->text);
  g_free (self->generated_text);
  g_free (self->ids);
  g_free (self);
}

MonocleResult *
monocle_result_transform (MonocleResult *self, const MonocleMatrix *matrix)
{
  MonocleResult *there = monocle_result_new (self->answer, self->ids, self->n_ids);

  monocle_result_take_generated_text (there, g_strdup (self->generated_text));
  monocle_result_take_text (there, g_strdup (self->text));
  there->score = self->score;
  for (guint i = 0; i < self->objects->len; i++)
    {
      MonocleObject object = g_array_index (self->objects, MonocleObject, i);

      object.label = g_strdup (object.label);
      object.shape = monocle_shape_transform (object.shape, matrix);
      monocle_result_take_object (there, &object);
    }
  return there;
}

void
monocle_result_take_generated_text (MonocleResult *self, char *text)
{
  g_free (self->generated_text);
  self->generated_text = text;
}

void
monocle_result_take_text (MonocleResult *self, char *text)
{
  g_free (self->text);
  self->text = text;
}

void
monocle_result_set_score (MonocleResult *self, float score)
{
  self->score = score;
}

void
monocle_result_take_object (MonocleResult *self, const MonocleObject *object)
{
  g_array_append_vals (self->objects, object, 1);
}

MonocleAnswer
monocle_result_get_answer (const MonocleResult *self)
{
  return self->answer;
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

  return &g_array_index (self->objects, MonocleObject, index);
}

const char *
monocle_result_get_text (const MonocleResult *self)
{
  return self->text;
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
