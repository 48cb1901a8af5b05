/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a GGUF file, of which then every list is asked for and every number read.
 */
#include "config.h"

#include "fuzz.h"

#include "engine/checkpoint/checkpoint-private.h"
#include "engine/checkpoint/gguf.h"

static void
read_tensor (const MonocleCheckpointTensor *tensor)
{
  const guint64 n = monocle_checkpoint_tensor_get_n_elements (tensor);
  float numbers[100];
  guint sum = 0;

  for (gsize b = 0; b < tensor->size_bytes; b++)
    sum += tensor->data[b];
  g_assert (sum <= G_MAXUINT);
  for (guint64 i = 0; i < n; i += G_N_ELEMENTS (numbers))
    monocle_checkpoint_tensor_read_f32 (tensor, i, MIN (n - i, G_N_ELEMENTS (numbers)), numbers);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const keys[] = { "a.texts", "a.integers", "a.numbers", "a" };
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleGguf) gguf = monocle_gguf_parse (bytes, "f", &error);

  if (!gguf)
    {
      fuzz_check_error (error, "f: ");
      return 0;
    }
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GArray) integers = monocle_gguf_dup_integers (gguf, keys[i], 1000, NULL);
      g_auto (GStrv) texts = monocle_gguf_dup_texts (gguf, keys[i], 1000, &error);

      if (!texts)
        fuzz_check_error (error, "f: ");
      g_clear_error (&error);
    }
  g_assert (monocle_gguf_add_tensors (gguf, checkpoint, NULL));
  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (checkpoint); i++)
    read_tensor (monocle_checkpoint_get_tensor (checkpoint, i));
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char file[] = "GGUF\x03\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0"
                             "\x01\0\0\0\0\0\0\0a\x09\0\0\0\x08\0\0\0\x01\0\0\0\0\0\0\0"
                             "\x02\0\0\0\0\0\0\0bc"
                             "\x01\0\0\0\0\0\0\0d\x04\0\0\0\x07\0\0\0"
                             "\x01\0\0\0\0\0\0\0t\x02\0\0\0\x02\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0"
                             "\0\0\0\0\0\0\0\0\0\0\0\0"
                             "................................................................";

  fuzz_add_seed (seeds, file, sizeof file - 1);
}
