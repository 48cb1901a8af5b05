/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a PyTorch checkpoint, every tensor of which is then read to its last byte. The same
 * bytes are taken for a bare pickle as well, which random bytes seldom reach through an archive.
 */
#include "config.h"

#include "fuzz.h"

#include "engine/checkpoint/checkpoint-private.h"
#include "engine/checkpoint/torch.h"
#include "engine/checkpoint/unpickle.h"

/* What was read goes somewhere, so that it is read. */
static volatile guint sum;

static void
read_archive (const guint8 *data,
              gsize size,
              gboolean (*read) (MonocleCheckpoint *, GBytes *, const char *, GError **))
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;

  if (!read (checkpoint, bytes, "f", &error))
    {
      fuzz_check_error (error, "f: ");
      return;
    }
  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (checkpoint); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, i);
      for (gsize b = 0; b < tensor->size_bytes; b++)
        sum += tensor->data[b];
    }
}

static void
read_pickle (const guint8 *data, gsize size, MonoclePickleOthers others)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonoclePickle) pickle = monocle_pickle_load (data, size, others, "f", &error);

  if (pickle == NULL)
    fuzz_check_error (error, "f: ");
  else
    g_assert (monocle_pickle_get_root (pickle) != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  read_archive (data, size, monocle_torch_read);
  read_archive (data, size, monocle_torch_read_run);
  read_pickle (data, size, MONOCLE_PICKLE_REFUSE_OTHERS);
  read_pickle (data, size, MONOCLE_PICKLE_PASS_OVER_OTHERS);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char pickle[] = "\x80\x02"
                               "ccollections\nOrderedDict\nq\0)Rq\1(X\1\0\0\0tq\2ctorch._utils\n_"
                               "rebuild_tensor_v2\nq\3((X\7\0\0\0"
                               "storageq\4ctorch\nFloatStorage\nq\5X\1\0\0\0000q\6X\3\0\0\0cpuq\7K"
                               "\x0ctq\x08QK\0K\3K\4\x86q\x09K\4K\1\x86q\x0a"
                               "\x89h\0)Rtq\x0bRq\x0cu}X\x09\0\0\0_metadataq\x0dh\0)Rsb.";
  static const char small[]
      = "\x80\x04\x95\x10\0\0\0\0\0\0\0}\x94(\x8c\1a\x94K\1\x8a\2\xff\xff]\x94(K\1K\2e"
        "a\x85\x94)\x87h\0NMab\x88\x89J....G........u.";
  fuzz_add_seed (seeds, pickle, sizeof pickle - 1);
  fuzz_add_seed (seeds, small, sizeof small - 1);
}
