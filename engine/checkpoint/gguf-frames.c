/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/checkpoint/gguf-frames.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/checkpoint/checkpoint-private.h"

#define N_FRAMES 2
#define N_DIMS   4

/* Of a frame; those of published models have a hundredth of it. */
#define MAX_NUMBERS (1u << 26)

static gboolean
is_frame (const MonocleCheckpointTensor *tensor)
{
  return tensor && tensor->n_dims == N_DIMS && tensor->dtype != MONOCLE_DTYPE_OTHER
         && monocle_checkpoint_tensor_get_n_elements (tensor) <= MAX_NUMBERS;
}

/* (transfer full): a channel's frames one behind the other */
static GBytes *
join (const MonocleCheckpointTensor *const *frames)
{
  const guint64 n = monocle_checkpoint_tensor_get_n_elements (frames[0]);
  const guint64 area = frames[0]->dims[2] * frames[0]->dims[3];
  g_autofree float *one = g_new (float, n);
  float *all = g_new (float, N_FRAMES *n);

  for (guint f = 0; f < N_FRAMES; f++)
    {
      monocle_checkpoint_tensor_read_f32 (frames[f], 0, n, one);
      for (guint64 at = 0; at < n; at += area)
        memcpy (all + N_FRAMES * at + f * area, one + at, area * sizeof *all);
    }
  return g_bytes_new_take (all, N_FRAMES * n * sizeof *all);
}

gboolean
monocle_gguf_frames_join (MonocleCheckpoint *checkpoint, const char *name, GError **error)
{
  g_autofree char *second = g_strconcat (name, ".1", NULL);
  g_autofree char *both = g_strconcat (name, MONOCLE_GGUF_FRAMES, NULL);
  const MonocleCheckpointTensor *frames[N_FRAMES]
      = { monocle_checkpoint_find (checkpoint, name),
          monocle_checkpoint_find (checkpoint, second) };
  MonocleCheckpointTensor tensor = { .name = both, .n_dims = N_DIMS + 1 };
  g_autoptr (GBytes) bytes = NULL;

  if (!is_frame (frames[0]) || !is_frame (frames[1])
      || memcmp (frames[0]->dims, frames[1]->dims, N_DIMS * sizeof *tensor.dims) != 0)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: tensors “%s” and “%s” are not there, or not both a frame of one shape",
                   monocle_checkpoint_get_path (checkpoint), name, second);
      return FALSE;
    }
  bytes = join (frames);
  tensor.data = g_bytes_get_data (bytes, &tensor.size_bytes);
  tensor.dims[0] = frames[0]->dims[0];
  tensor.dims[1] = frames[0]->dims[1];
  tensor.dims[2] = N_FRAMES;
  tensor.dims[3] = frames[0]->dims[2];
  tensor.dims[4] = frames[0]->dims[3];
  monocle_checkpoint_keep (checkpoint, bytes);
  return monocle_checkpoint_add (checkpoint, &tensor, monocle_checkpoint_get_path (checkpoint),
                                 error);
}
