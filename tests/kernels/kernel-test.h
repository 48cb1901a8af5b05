/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bench on which one kernel is tried: a device buffer that is poison (NaN, largest integers)
 * except where inputs lie, and that is compared whole afterwards, so that no kernel reads or writes
 * beside its tensors unseen.
 *
 *   kernel_test_begin (t, "m %u", m);
 *   x = kernel_test_add_input (t, store, &x_values, 2, m, k);
 *   y = kernel_test_add_output (t, store, 2, m, n);
 *   monocle_op_... (t->commands, ...);
 *   monocle_reference_... (..., expected);
 *   kernel_test_check (t, &y, expected, limit);
 *   kernel_test_end (t);
 */
#pragma once

#include "arena.h"
#include "engine/nn/ops.h"

G_BEGIN_DECLS

#define KERNEL_TEST_BYTES ((gsize) 64 << 20)

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleKernelId kernel;        /* whose case this is: must be among those that ran */
  MonocleFormatId store, weight; /* of the build that is tried */
  guint32 seed;

  MonocleVkBuffer *buffer;
  Arena arena;
  MonocleCommands *commands;
  GRand *random;
  char *label;       /* of the shape being tried */
  guint8 *image;     /* host copy of the buffer: what to upload, then what should be there */
  guint8 *after;     /* what is there */
  GPtrArray *packed; /* MonocleTensor, with values: packed weights, written by tensor.c */
  GPtrArray *values; /* what belongs to this shape */
  GArray *outputs;   /* MonocleTensor */
  gboolean ran;
  double ran_ms; /* the driver's compiler included */
  gboolean saw_kernel;
  GString *report; /* (nullable): failures are written here and fail no test */
} KernelTest;

void kernel_test_init (KernelTest *t, MonocleVkGpu *gpu, guint32 seed);
void kernel_test_clear (KernelTest *t);
void kernel_test_start_case (KernelTest *t, MonocleKernelId kernel, MonocleVkFormats formats);
void kernel_test_finish_case (KernelTest *t);

void kernel_test_begin (KernelTest *t, const char *format, ...) G_GNUC_PRINTF (2, 3);
void kernel_test_end (KernelTest *t);

/* Random values in [-1, 1), rounded as the format rounds; they live until the end. Dimensions
 * follow. */
MonocleTensor
kernel_test_add_input (KernelTest *t, MonocleFormatId format, float **values, guint n_dims, ...);
/* The same, times @scale plus @offset. */
MonocleTensor kernel_test_add_scaled (KernelTest *t,
                                      MonocleFormatId format,
                                      float scale,
                                      float offset,
                                      float **values,
                                      guint n_dims,
                                      ...);
/* A matrix [n, k] in the packed layout; @values are in rows. */
MonocleTensor
kernel_test_add_packed (KernelTest *t, MonocleFormatId format, float **values, guint n, guint k);
/* Integers below @below; @values may be changed until the first check. */
MonocleTensor
kernel_test_add_integers (KernelTest *t, guint32 below, guint32 **values, guint n_dims, ...);
/* Poison, which the op must replace. */
MonocleTensor kernel_test_add_output (KernelTest *t, MonocleFormatId format, guint n_dims, ...);
/* An input that may be written. */
void kernel_test_allow_writing (KernelTest *t, const MonocleTensor *tensor);

float *kernel_test_new_floats (KernelTest *t, gsize n);

/* Writes values that were changed after they were added. */
void kernel_test_set_floats (KernelTest *t, const MonocleTensor *tensor, const float *values);
void kernel_test_set_integers (KernelTest *t, const MonocleTensor *tensor, const guint32 *values);

/* Runs the recording, if it has not run. */
void kernel_test_run (KernelTest *t);
void kernel_test_check (KernelTest *t, const MonocleTensor *y, const float *expected, double limit);
void kernel_test_check_integers (KernelTest *t, const MonocleTensor *y, const guint32 *expected);
const guint8 *kernel_test_get_bytes (KernelTest *t, const MonocleTensor *y);

/* ||got - expected|| / ||expected||, infinite where only one is a number; @worst is the index of
 * the largest difference. */
double kernel_test_compare (const float *got, const float *expected, gsize n, gsize *worst);

/* Fails the running test, saying kernel, shape, seed and device. */
void kernel_test_fail (KernelTest *t, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Of a sum of float products; of a result rounded to the store format. */
double kernel_test_get_limit (KernelTest *t);

G_END_DECLS
