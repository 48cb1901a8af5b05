/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writes a model.safetensors: names and shapes first, then values, or a hole where none matter.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CHECKPOINT_MAX_DIMS 5

typedef struct
{
  char *name;
  guint n_dims;
  guint dims[CHECKPOINT_MAX_DIMS];
} TensorShape;

/* A list of shapes; the strings are its own. */
GPtrArray *tensor_shapes_new (void);
void tensor_shapes_add (GPtrArray *shapes, const char *name, guint n_dims, const guint *dims);
/* "128x3x7x7" */
void tensor_shapes_add_text (GPtrArray *shapes, const char *name, const char *dims);
guint64 tensor_shape_get_n_elements (const TensorShape *shape);

typedef void (*TensorFill) (const TensorShape *shape, float *values, gpointer user_data);

/* F32 tensors in the order of @shapes. Without @fill the data is a hole, which reads as zeros. */
void
checkpoint_file_write (const char *folder, GPtrArray *shapes, TensorFill fill, gpointer user_data);

G_END_DECLS
