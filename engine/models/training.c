/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/training.h"

static const char *const methods[MONOCLE_N_TRAINING_METHODS]
    = { "decoder", "lora", "full-language" };

const char *
monocle_training_method_get_name (MonocleTrainingMethod method)
{
  return methods[method];
}

gboolean
monocle_training_method_find (const char *name, MonocleTrainingMethod *method)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (name, methods[i]))
      {
        *method = (MonocleTrainingMethod) i;
        return TRUE;
      }
  return FALSE;
}

static void
tensor_free (gpointer data)
{
  MonocleTrainingTensor *tensor = data;

  g_free (tensor->name);
  g_free (tensor->values);
  g_free (tensor);
}

MonocleTrainingLearnt *
monocle_training_learnt_new (void)
{
  MonocleTrainingLearnt *self = g_new0 (MonocleTrainingLearnt, 1);

  self->modules = g_ptr_array_new_with_free_func (g_free);
  self->wholes = g_ptr_array_new_with_free_func (g_free);
  self->tensors = g_ptr_array_new_with_free_func (tensor_free);
  return self;
}

void
monocle_training_learnt_free (MonocleTrainingLearnt *self)
{
  if (!self)
    return;

  g_ptr_array_unref (self->modules);
  g_ptr_array_unref (self->wholes);
  g_ptr_array_unref (self->tensors);
  g_clear_pointer (&self->rows, g_array_unref);
  g_free (self->head);
  g_free (self);
}

void
monocle_training_learnt_add (
    MonocleTrainingLearnt *self, char *name, guint rows, guint columns, float *values)
{
  MonocleTrainingTensor *tensor = g_new0 (MonocleTrainingTensor, 1);

  tensor->name = name;
  tensor->n_dims = columns > 0 ? 2 : 1;
  tensor->dims[0] = rows;
  tensor->dims[1] = columns;
  tensor->values = values;
  g_ptr_array_add (self->tensors, tensor);
}
