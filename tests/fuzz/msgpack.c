/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a file of flax, every tensor of which is then read to its last byte.
 */
#include "config.h"

#include "fuzz.h"

#include "engine/checkpoint/checkpoint-private.h"
#include "engine/checkpoint/msgpack.h"

/* What was read goes somewhere, so that it is read. */
static volatile guint sum;

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;

  if (!monocle_msgpack_read (checkpoint, bytes, "f", &error))
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
  return 0;
}

#define ARRAY                                                                                      \
  "\xc7\x14\x01\x93\x91\x02\xa7"                                                                   \
  "float32\xc4\x08"                                                                                \
  "abcdefgh"

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char plain[] = "\x82\xa1"
                              "a\x82\xa1"
                              "b" ARRAY "\xa1"
                              "c\x03\xa1"
                              "d\xde\x00\x01\xa1"
                              "e\xd9\x02no";
  static const char chunked[] = "\x81\xa1"
                                "a\x83\xb9"
                                "__msgpack_chunked_array__\xc3\xa5"
                                "shape\x82\xa1"
                                "0\x02\xa1"
                                "1\x02\xa6"
                                "chunks\x82\xa1"
                                "0" ARRAY "\xa1"
                                "1" ARRAY;

  fuzz_add_seed (seeds, plain, sizeof plain - 1);
  fuzz_add_seed (seeds, chunked, sizeof chunked - 1);
}
