/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One op, all its sides beside each other: a row of this type lies at the end of each file of ops/,
 * with the function that appends it to a graph. The graph asks it for shapes, the planner for what
 * it needs and may overwrite, a recording for its kernels, and evaluation on the host for the plain
 * C that says what is right.
 */
#pragma once

#include "engine/nn/tensor.h"
#include "engine/vk/commands.h"

G_BEGIN_DECLS

typedef struct _MonocleGraph MonocleGraph;
typedef struct _MonocleGradients MonocleGradients;

/* What is computed at one place of a graph; 0: nothing, where an op can do without. */
typedef guint MonocleValue;

/**
 * MonocleCall:
 * @args: the op's own arguments
 * @inputs: (array length=n_inputs): %NULL where an input is not given
 * @output: (nullable): %NULL while shapes are inferred
 * @scratch: (nullable): of the op's scratch_bytes
 *
 * An op with its arguments. Buffers are there only while recording.
 */
typedef struct
{
  gconstpointer args;
  const MonocleTensor *const *inputs;
  guint n_inputs;
  const MonocleTensor *output;
  const MonocleTensor *scratch;
} MonocleCall;

/**
 * MonocleBackCall:
 * @gradient: that of @output; 0 where @output is the losses
 *
 * An op as it stands in a graph, for the way back (gradients.h).
 */
typedef struct
{
  gconstpointer args;
  const MonocleValue *inputs;
  guint n_inputs;
  MonocleValue output, gradient;
} MonocleBackCall;

#define MONOCLE_OP_INPUT(i) (1u << (i))

/**
 * MonocleOp:
 * @name: for messages
 * @args_size: bytes of its arguments, which a graph keeps
 * @infer: dimensions and element of the output; or what does not fit, in one line
 * @scratch_bytes: (nullable): memory that it needs on this device while it runs
 * @record: its kernels
 * @reference: the same in plain C; @inputs and @output are in the elements of the tensors, matrices
 *   by rows
 * @backward: (nullable): appends what makes the gradients of the inputs that are wanted out of that
 *   of the output, and hands them on; %NULL: not trained through
 * @in_place: inputs that the output may be written over, element by element
 * @by_rows: inputs of which each row of the output needs only the same row, where each input that
 *   is not among them is needed whole: such ops can be done by slices
 * @writes: inputs that it changes besides its output (a cache); they lie outside of the graph
 * @updates: 1 + the input of which the output is a new state: it always lies in the same place. 0:
 *   none
 */
typedef struct
{
  const char *name;
  gsize args_size;
  gboolean (*infer) (const MonocleCall *call, MonocleTensor *output, GError **error);
  guint64 (*scratch_bytes) (const MonocleCall *call, MonocleVkGpu *gpu);
  void (*record) (const MonocleCall *call, MonocleCommands *commands);
  void (*reference) (const MonocleCall *call, gconstpointer const *inputs, gpointer output);
  void (*backward) (MonocleGradients *gradients, const MonocleBackCall *call);
  guint in_place;
  guint by_rows;
  guint writes;
  guint updates;
} MonocleOp;

/* For infer(): sets @error to what does not fit, with the op's name left to the graph, and returns
 * FALSE. */
gboolean monocle_op_misfit (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* For infer(): dimensions of the same rank as @like, the last one @columns. */
void monocle_op_shape_like (MonocleTensor *output, const MonocleTensor *like, guint columns);

G_END_DECLS
