/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/params.h"

#include <string.h>

struct _MonocleParams
{
  GPtrArray *params; /* of MonocleParam */
  GHashTable *names; /* of char *, a part's, to MonocleParam */
  GPtrArray *buffers;
  MonocleParamsPlace place;
  gpointer loader;
};

static void
param_free (gpointer data)
{
  MonocleParam *param = data;

  for (guint i = 0; i < param->n_parts; i++)
    g_free (param->names[i]);
  g_free (param->pieces);
  g_free (param);
}

MonocleParams *
monocle_params_new (void)
{
  MonocleParams *self = g_new0 (MonocleParams, 1);

  self->params = g_ptr_array_new_with_free_func (param_free);
  self->names = g_hash_table_new (g_str_hash, g_str_equal);
  self->buffers = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_vk_buffer_free);

  return self;
}

void
monocle_params_free (MonocleParams *self)
{
  if (!self)
    return;

  g_hash_table_unref (self->names);
  g_ptr_array_unref (self->params);
  g_ptr_array_unref (self->buffers);
  g_free (self);
}

void
monocle_params_set_loader (MonocleParams *self, MonocleParamsPlace place, gpointer loader)
{
  self->place = place;
  self->loader = loader;
}

void
monocle_params_take_buffer (MonocleParams *self, MonocleVkBuffer *buffer)
{
  g_ptr_array_add (self->buffers, buffer);
}

static MonocleParam *
add (MonocleParams *self, const MonocleParamShape *shape, const char *const *names, guint n_names)
{
  MonocleParam *param = g_new0 (MonocleParam, 1);

  g_assert (n_names >= 1 && n_names <= MONOCLE_PARAM_MAX_PARTS);
  /* Whoever asks for what was not loaded asks for something else than when it was declared. */
  g_assert (self->place);
  g_assert (shape->n_others == 0 || shape->form == MONOCLE_PARAM_MATRIX
            || shape->form == MONOCLE_PARAM_VECTOR);

  param->shape = *shape;
  param->n_parts = n_names;
  param->n_pieces = 1;
  param->pieces = g_new0 (MonocleTensor, 1);
  param->pieces->n_dims = shape->k == 1 ? 1 : 2;
  param->pieces->dims[0] = monocle_param_count_rows_before (param, n_names);
  param->pieces->dims[1] = shape->k == 1 ? 0 : shape->k;
  for (guint i = 0; i < n_names; i++)
    {
      param->names[i] = g_strdup (names[i]);
      g_hash_table_insert (self->names, param->names[i], param);
    }
  g_ptr_array_add (self->params, param);
  self->place (param, self->loader);

  return param;
}

const MonocleParam *
monocle_params_get (MonocleParams *self,
                    const MonocleParamShape *shape,
                    const char *const *names,
                    guint n_names)
{
  const MonocleParam *param = g_hash_table_lookup (self->names, names[0]);

  if (!param)
    return add (self, shape, names, n_names);

  g_assert (param->n_parts == n_names && param->shape.form == shape->form
            && param->shape.n == shape->n && param->shape.n_others == shape->n_others
            && param->shape.k == shape->k);
  return param;
}

const MonocleParam *
monocle_params_find (MonocleParams *self, const char *name, guint *part)
{
  const MonocleParam *param = g_hash_table_lookup (self->names, name);

  for (*part = 0; param && !g_str_equal (param->names[*part], name); (*part)++)
    ;
  return param;
}

guint
monocle_params_get_n (MonocleParams *self)
{
  return self->params->len;
}

const MonocleParam *
monocle_params_get_nth (MonocleParams *self, guint i)
{
  return self->params->pdata[i];
}

/* --- stored and used ---------------------------------------------------------------------- */

guint
monocle_param_count_rows (const MonocleParam *param, guint part)
{
  return part > 0 && param->shape.n_others > 0 ? param->shape.n_others : param->shape.n;
}

guint
monocle_param_count_rows_before (const MonocleParam *param, guint part)
{
  guint n = 0;

  for (guint i = 0; i < part; i++)
    n += monocle_param_count_rows (param, i);
  return n;
}

void
monocle_param_get_stored_dims (const MonocleParam *param,
                               guint part,
                               guint *n_dims,
                               guint64 dims[MONOCLE_PARAM_MAX_DIMS])
{
  const MonocleParamShape *shape = &param->shape;

  *n_dims = 2;
  dims[0] = monocle_param_count_rows (param, part);
  dims[1] = shape->k;
  switch (shape->form)
    {
    case MONOCLE_PARAM_VECTOR:
      *n_dims = 1;
      break;
    case MONOCLE_PARAM_ROW:
      dims[0] = 1;
      dims[1] = shape->n;
      break;
    case MONOCLE_PARAM_TRANSPOSED:
      dims[0] = shape->k;
      dims[1] = shape->n;
      break;
    case MONOCLE_PARAM_CONVOLUTION:
      *n_dims = 4;
      dims[1] = shape->channels;
      dims[2] = dims[3] = shape->kernel;
      break;
    case MONOCLE_PARAM_FRAMES:
      *n_dims = 5;
      dims[1] = shape->channels;
      dims[2] = shape->frames;
      dims[3] = dims[4] = shape->kernel;
      break;
    case MONOCLE_PARAM_KERNEL:
      *n_dims = 4;
      dims[0] = dims[1] = shape->kernel;
      dims[2] = shape->channels;
      dims[3] = shape->n;
      break;
    case MONOCLE_PARAM_SPREAD:
      *n_dims = 4;
      dims[0] = shape->k;
      dims[1] = shape->channels;
      dims[2] = dims[3] = shape->kernel;
      break;
    case MONOCLE_PARAM_REPEATED:
      *n_dims = 1;
      dims[0] = shape->channels;
      break;
    case MONOCLE_PARAM_DEPTHWISE:
      *n_dims = 4;
      dims[0] = shape->k;
      dims[1] = 1;
      dims[2] = dims[3] = 3;
      break;
    case MONOCLE_PARAM_MATRIX:
    case MONOCLE_PARAM_TABLE:
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Where element @j of row @i is stored; G_MAXUINT64: it is padding. */
static guint64
find_stored (const MonocleParamShape *shape, guint64 i, guint64 j)
{
  guint64 area = (guint64) shape->kernel * shape->kernel;

  switch (shape->form)
    {
    case MONOCLE_PARAM_TRANSPOSED:
    case MONOCLE_PARAM_DEPTHWISE:
      return j * shape->n + i;
    case MONOCLE_PARAM_CONVOLUTION:
      if (j >= area * shape->channels)
        return G_MAXUINT64;
      return i * area * shape->channels + j % shape->channels * area + j / shape->channels;
    case MONOCLE_PARAM_FRAMES:
      if (j >= area * shape->channels)
        return G_MAXUINT64;
      return ((i * shape->channels + j % shape->channels) * shape->frames) * area
             + j / shape->channels;
    case MONOCLE_PARAM_KERNEL:
      return j >= area * shape->channels ? G_MAXUINT64 : j * shape->n + i;
    case MONOCLE_PARAM_SPREAD:
      return (j * shape->channels + i % shape->channels) * area + i / shape->channels;
    case MONOCLE_PARAM_REPEATED:
      return i % shape->channels;
    case MONOCLE_PARAM_VECTOR:
    case MONOCLE_PARAM_ROW:
    case MONOCLE_PARAM_MATRIX:
    case MONOCLE_PARAM_TABLE:
      return i * shape->k + j;
    default:
      g_assert_not_reached ();
    }
}

void
monocle_param_from_stored (const MonocleParam *param, guint part, const float *stored, float *used)
{
  const MonocleParamShape *shape = &param->shape;
  guint n = monocle_param_count_rows (param, part);
  guint64 area = (guint64) shape->kernel * shape->kernel;

  for (guint64 i = 0; i < n; i++)
    for (guint64 j = 0; j < shape->k; j++)
      {
        guint64 place = find_stored (shape, i, j);

        used[i * shape->k + j] = place == G_MAXUINT64 ? 0 : stored[place];
        for (guint f = 1; place != G_MAXUINT64 && f < shape->frames; f++)
          used[i * shape->k + j] += stored[place + f * area];
      }
}

void
monocle_param_to_stored (const MonocleParam *param, guint part, const float *used, float *stored)
{
  const MonocleParamShape *shape = &param->shape;
  guint n = monocle_param_count_rows (param, part), n_frames = MAX (shape->frames, 1);
  guint64 area = (guint64) shape->kernel * shape->kernel;

  for (guint64 i = 0; i < n; i++)
    for (guint64 j = 0; j < shape->k; j++)
      {
        guint64 place = find_stored (shape, i, j);

        /* Who knows nothing of frames gives each the same. */
        for (guint f = 0; place != G_MAXUINT64 && f < n_frames; f++)
          stored[place + f * area] = used[i * shape->k + j] / n_frames;
      }
}

float *
monocle_param_read (const MonocleParam *param, guint part, GError **error)
{
  const MonocleParamShape *shape = &param->shape;
  guint64 n_all = (guint64) monocle_param_count_rows_before (param, param->n_parts) * shape->k;
  guint64 first = 0;
  g_autofree float *used = g_new (float, n_all);
  float *stored;

  for (guint i = 0; i < param->n_pieces; i++)
    {
      if (!monocle_tensor_read (&param->pieces[i], used + first, error))
        return NULL;
      first += monocle_tensor_get_n_elements (&param->pieces[i]);
    }
  stored = g_new (float, (guint64) monocle_param_count_rows (param, part) * shape->k);
  monocle_param_to_stored (
      param, part, used + (guint64) monocle_param_count_rows_before (param, part) * shape->k,
      stored);
  return stored;
}
