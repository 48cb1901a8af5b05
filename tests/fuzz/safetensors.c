/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a safetensors file, every tensor of which is then read to its last byte.
 */
#include "config.h"

#include "fuzz.h"

#include "engine/checkpoint/checkpoint-private.h"
#include "engine/checkpoint/safetensors.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  guint sum = 0;

  if (!monocle_safetensors_read (checkpoint, bytes, "f", &error))
    {
      fuzz_check_error (error, "f: ");
      return 0;
    }
  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (checkpoint); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, i);
      for (gsize b = 0; b < tensor->size_bytes; b++)
        sum += tensor->data[b];
      g_assert (monocle_checkpoint_find (checkpoint, tensor->name) == tensor);
    }
  return sum == G_MAXUINT ? 0 : 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char file[] = "\x98\0\0\0\0\0\0\0"
                             "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\","
                             "\"shape\":[2],\"data_offsets\":[0,8]},"
                             "\"b\":{\"dtype\":\"F16\",\"shape\":[2,1],\"data_offsets\":[8,12]}}"
                             "abcdefghijkl";
  fuzz_add_seed (seeds, file, sizeof file - 1);
}
