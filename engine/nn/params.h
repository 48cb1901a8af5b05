/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameters of a model, by name: what formulas ask for as they are written, where each lies on
 * the device, and how it was stored. Formulas declare: the first that names a parameter says its
 * form and its shape, a loader (checkpoint/weights) finds a place for it then and fills it later.
 * The names stay, for whoever reads, changes or writes parameters.
 */
#pragma once

#include "engine/nn/tensor.h"

G_BEGIN_DECLS

/**
 * MonocleParamForm:
 * @MONOCLE_PARAM_VECTOR: [n], in F32
 * @MONOCLE_PARAM_ROW: stored as [1, n], used as [n], in F32
 * @MONOCLE_PARAM_MATRIX: [n, k]
 * @MONOCLE_PARAM_TRANSPOSED: stored as [k, n], used as [n, k]
 * @MONOCLE_PARAM_CONVOLUTION: stored as [n, channels, kernel, kernel], used as a matrix [n, k] with
 *   columns ordered (ky, kx, channel) and padded with zeros to a multiple of 4
 * @MONOCLE_PARAM_FRAMES: the same stored as [n, channels, frames, kernel, kernel], of which the sum
 *   over the frames is used: they are all the same picture
 * @MONOCLE_PARAM_KERNEL: that of a convolution stored as [kernel, kernel, channels, n], as flax has
 * it
 * @MONOCLE_PARAM_SPREAD: that of a transposed convolution whose patches do not overlap, stored as
 *   [k, channels, kernel, kernel], used as a matrix [n, k] with rows ordered (ky, kx, channel)
 * @MONOCLE_PARAM_REPEATED: stored as [channels], used as [n], again and again, in F32
 * @MONOCLE_PARAM_DEPTHWISE: stored as [k, 1, 3, 3], used as [n = 9, k]
 * @MONOCLE_PARAM_TABLE: [n, k], in as many pieces of rows as one storage binding allows
 *
 * How a parameter is stored, and what becomes of it. Columns k are multiples of 4.
 */
typedef enum
{
  MONOCLE_PARAM_VECTOR,
  MONOCLE_PARAM_ROW,
  MONOCLE_PARAM_MATRIX,
  MONOCLE_PARAM_TRANSPOSED,
  MONOCLE_PARAM_CONVOLUTION,
  MONOCLE_PARAM_FRAMES,
  MONOCLE_PARAM_KERNEL,
  MONOCLE_PARAM_SPREAD,
  MONOCLE_PARAM_REPEATED,
  MONOCLE_PARAM_DEPTHWISE,
  MONOCLE_PARAM_TABLE,
} MonocleParamForm;

/**
 * MonocleParamUse:
 * @MONOCLE_PARAM_FOR_MANY_ROWS: a matrix for products with many rows
 * @MONOCLE_PARAM_FOR_FEW_ROWS: a matrix for products with few rows, or one that is looked up
 */
typedef enum
{
  MONOCLE_PARAM_FOR_MANY_ROWS,
  MONOCLE_PARAM_FOR_FEW_ROWS,
} MonocleParamUse;

#define MONOCLE_PARAM_MAX_PARTS 4
#define MONOCLE_PARAM_MAX_DIMS  5

/* What formulas say of a parameter. */
typedef struct
{
  MonocleParamForm form;
  MonocleParamUse use;
  guint n, k;             /* of one part; k 1 for vectors */
  guint n_others;         /* of each part but the first, of vectors and matrices; 0: n as well */
  guint channels, kernel; /* of a convolution, of what is repeated */
  guint frames;           /* of a convolution that is stored for several */
} MonocleParamShape;

/**
 * MonocleParam:
 * @names: (array length=n_parts): of its parts, stored apart and used one below the other
 * @pieces: (array length=n_pieces): where it lies; one but for tables
 */
typedef struct
{
  MonocleParamShape shape;
  char *names[MONOCLE_PARAM_MAX_PARTS];
  guint n_parts;
  MonocleTensor *pieces;
  guint n_pieces;
} MonocleParam;

typedef struct _MonocleParams MonocleParams;

/* Called once for each parameter; finds a place for it, or keeps what is wrong with it. Sets the
 * format, layout and offset of the pieces, of which there is one with its dimensions. */
typedef void (*MonocleParamsPlace) (MonocleParam *param, gpointer loader);

MonocleParams *monocle_params_new (void);
void monocle_params_free (MonocleParams *self);

/* Who is told of new parameters; %NULL: nobody, there are no new ones from now on. */
void monocle_params_set_loader (MonocleParams *self, MonocleParamsPlace place, gpointer loader);
/* @buffer: (transfer full): that parameters lie in */
void monocle_params_take_buffer (MonocleParams *self, MonocleVkBuffer *buffer);

/* (transfer none): the parameter of these names, which is new or was declared just so. */
const MonocleParam *monocle_params_get (MonocleParams *self,
                                        const MonocleParamShape *shape,
                                        const char *const *names,
                                        guint n_names);

/* (transfer none) (nullable): the one of which @name is a part. @part: (out): which one */
const MonocleParam *monocle_params_find (MonocleParams *self, const char *name, guint *part);
/* (transfer none): in the order in which they were declared */
guint monocle_params_get_n (MonocleParams *self);
const MonocleParam *monocle_params_get_nth (MonocleParams *self, guint i);

/* Rows of a part as it is used, and of those before it; of all parts where @part is their number.
 */
guint monocle_param_count_rows (const MonocleParam *param, guint part);
guint monocle_param_count_rows_before (const MonocleParam *param, guint part);

/* The dimensions of a part as it is stored. */
void monocle_param_get_stored_dims (const MonocleParam *param,
                                    guint part,
                                    guint *n_dims,
                                    guint64 dims[MONOCLE_PARAM_MAX_DIMS]);

/* From a part as stored to its rows as used, [n, k], and back. */
void
monocle_param_from_stored (const MonocleParam *param, guint part, const float *stored, float *used);
void
monocle_param_to_stored (const MonocleParam *param, guint part, const float *used, float *stored);

/* (transfer full) (nullable): the numbers of a part, read from the device, as they are stored. */
float *monocle_param_read (const MonocleParam *param, guint part, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleParams, monocle_params_free)

G_END_DECLS
