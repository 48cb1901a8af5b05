/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/ceilings.h"

#include <string.h>

#include "engine/nn/ops.h"
#include "engine/vk/profile.h"
#include "engine/vk/staging.h"

#define N_TRIES 4

/* Large enough that starting and ending do not count, and that nothing of it stays in a cache. */
#define SOFTWARE_SIDE 1024
#define GPU_SIDE      4096
#define N_SUMMED      ((guint) 16 << 20)

/* As f32 0.01, as f16 1: no number that takes longer than others. */
#define FILLING 0x3c

typedef struct
{
  MonocleVkGpu *gpu;
  GCancellable *cancellable;
  MonocleVkBuffer *buffer;
  MonocleTensor tensors[3]; /* of which the last one is written */
} Bench;

/* The fastest of some tries. */
static gboolean
time_commands (const Bench *bench,
               MonocleCommands *commands,
               MonocleTimedStep *best,
               GError **error)
{
  for (guint i = 0; i < N_TRIES; i++)
    {
      g_autoptr (GArray) steps = NULL;

      if (!monocle_commands_submit (commands, bench->cancellable, NULL, NULL, error))
        return FALSE;
      steps = monocle_vk_profile_take (bench->gpu->profile);
      for (guint j = 0; j < steps->len; j++)
        {
          const MonocleTimedStep *step = &g_array_index (steps, MonocleTimedStep, j);

          if (best->ms <= 0 || step->ms < best->ms)
            *best = *step;
        }
    }
  return TRUE;
}

/* Gives the tensors a buffer, those that are read filled. */
static gboolean
allocate (Bench *bench, GError **error)
{
  guint64 size = 0, filled;
  g_autofree guint8 *filling = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bench->tensors); i++)
    size = monocle_tensor_put_at (&bench->tensors[i], size);
  bench->buffer
      = monocle_vk_buffer_new (bench->gpu, size, MONOCLE_VK_USE_DEVICE, "measuring", error);
  if (!bench->buffer)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (bench->tensors); i++)
    bench->tensors[i].buffer = bench->buffer;
  filled = bench->tensors[2].offset;
  filling = g_malloc (filled);
  memset (filling, FILLING, filled);
  return monocle_vk_upload (bench->buffer, 0, filling, filled, error);
}

static MonocleTensor
make_tensor (guint rows, guint columns, MonocleFormatId format)
{
  return (MonocleTensor){ .n_dims = 2, .dims = { rows, columns }, .format = format };
}

static gboolean
measure (Bench *bench,
         void (*record) (const Bench *bench, MonocleCommands *commands),
         MonocleTimedStep *best,
         GError **error)
{
  g_autoptr (MonocleCommands) commands = monocle_commands_new (bench->gpu, "measuring");
  gboolean ok = allocate (bench, error);

  if (ok)
    {
      record (bench, commands);
      ok = time_commands (bench, commands, best, error);
    }
  g_clear_pointer (&commands, monocle_commands_free);
  g_clear_pointer (&bench->buffer, monocle_vk_buffer_free);
  return ok;
}

static void
record_product (const Bench *bench, MonocleCommands *commands)
{
  monocle_op_matmul (commands, &bench->tensors[0], &bench->tensors[1], NULL, NULL,
                     MONOCLE_ACTIVATION_NONE, &bench->tensors[2]);
}

static void
record_sum (const Bench *bench, MonocleCommands *commands)
{
  monocle_op_add (commands, &bench->tensors[0], &bench->tensors[1], &bench->tensors[2]);
}

gboolean
monocle_ceilings_measure (MonocleVkGpu *gpu,
                          gboolean f16,
                          GCancellable *cancellable,
                          MonocleCeilings *ceilings,
                          GError **error)
{
  const guint side = gpu->traits.software ? SOFTWARE_SIDE : GPU_SIDE;
  const MonocleFormatId weight = f16 ? MONOCLE_FORMAT_F16 : MONOCLE_FORMAT_F32;
  const MonocleFormatId store = f16 && monocle_vk_traits_has_narrow_activations (&gpu->traits)
                                    ? MONOCLE_FORMAT_F16
                                    : MONOCLE_FORMAT_F32;
  MonocleTimedStep product = { 0 }, sum = { 0 };
  Bench bench = { .gpu = gpu, .cancellable = cancellable };

  g_assert (gpu->profile);
  *ceilings = (MonocleCeilings){ 0 };
  bench.tensors[0] = bench.tensors[2] = make_tensor (side, side, store);
  bench.tensors[1] = make_tensor (side, side, weight);
  bench.tensors[1].layout = monocle_op_matmul_get_layout (gpu);
  if (!measure (&bench, record_product, &product, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (bench.tensors); i++)
    bench.tensors[i] = make_tensor (N_SUMMED / 1024, 1024, MONOCLE_FORMAT_F32);
  if (!measure (&bench, record_sum, &sum, error))
    return FALSE;
  if (product.ms > 0 && sum.ms > 0)
    *ceilings = (MonocleCeilings){
      .flops = product.flops / product.ms * 1e3,
      .bytes = (double) sum.bytes / sum.ms * 1e3,
    };
  return TRUE;
}
