/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs a libFuzzer target without libFuzzer: over the files and folders given, then over so many
 * random mutations of them and of the target's own seed, the same every time. Linked with one
 * target; under clang a target can be built with -fsanitize=fuzzer instead.
 *
 * Usage: fuzz-NAME ITERATIONS [FILE|FOLDER]...
 *        fuzz-NAME FROM-TO [FILE|FOLDER]...   goes on where an earlier run ended: long.sh
 */
#include "config.h"

#include "fuzz.h"

#include <stdio.h>
#include <string.h>

/* Weights are long and their middle teaches nothing. */
#define MAX_SEED_BYTES (64 * 1024)
#define RANDOM_SEED    20260101
/* Mutations from one start of the random numbers: where a run can go on. */
#define BLOCK 1000

/* Numbers and words that parsers stumble over. */
static const guint8 words[][8] = {
  { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
  { 0, 0, 0, 0, 0, 0, 0, 0 },
  { 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f },
  { 0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff },
  { 0, 0, 0, 0x80, 0, 0, 0, 0x80 },
  { '{', '[', '"', ':', ',', ']', '}', '\\' },
  { '-', '1', 'e', '9', '9', '9', '9', '9' },
  { '9', '9', '9', '9', '9', '9', '9', '9' },
  { 'P', 'K', 1, 2, 'P', 'K', 3, 4 },
  { 0xff, 0xc4, 0xff, 0xda, 0xff, 0xd9, 0xff, 0xe1 },
};

static GPtrArray *seeds; /* GByteArray */

static void
run (const guint8 *data, gsize size)
{
  /* A block of the exact size, so that a sanitizer sees the first byte too far. */
  g_autofree guint8 *copy = g_malloc (MAX (size, 1));
  memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
add_seed (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autofree char *data = NULL;
  gsize size;

  if (dir != NULL)
    {
      g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
      const char *name;
      while ((name = g_dir_read_name (dir)) != NULL)
        g_ptr_array_add (paths, g_build_filename (path, name, NULL));
      g_ptr_array_sort (paths, compare_paths);
      for (guint i = 0; i < paths->len; i++)
        add_seed (g_ptr_array_index (paths, i));
    }
  else if (g_file_get_contents (path, &data, &size, NULL) && size > 0)
    {
      GByteArray *seed = g_byte_array_new ();
      run ((const guint8 *) data, size);
      g_byte_array_append (seed, (const guint8 *) data, (guint) MIN (size, MAX_SEED_BYTES));
      g_ptr_array_add (seeds, seed);
    }
}

/* A place in @size bytes; mostly near the front, where headers are, or the end. */
static guint
pick_place (GRand *random, guint size)
{
  switch (g_rand_int_range (random, 0, 4))
    {
    case 0:
      return (guint) g_rand_int_range (random, 0, (gint) MIN (size, 64));
    case 1:
      return size - 1 - (guint) g_rand_int_range (random, 0, (gint) MIN (size, 64));
    default:
      return (guint) g_rand_int_range (random, 0, (gint) size);
    }
}

static void
mutate (GRand *random, GByteArray *input)
{
  const guint8 *word = words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))];
  guint at = pick_place (random, input->len);
  guint n = 1u << g_rand_int_range (random, 0, 4);

  n = MIN (n, input->len - at);
  switch (g_rand_int_range (random, 0, 7))
    {
    case 0: /* a bit */
      input->data[at] ^= (guint8) (1 << g_rand_int_range (random, 0, 8));
      break;
    case 1: /* a byte */
      input->data[at] = (guint8) g_rand_int (random);
      break;
    case 2: /* a small step */
      input->data[at] = (guint8) (input->data[at] + g_rand_int_range (random, -2, 3));
      break;
    case 3: /* a word */
      memcpy (input->data + at, word, n);
      break;
    case 4: /* a cut to the end */
      g_byte_array_set_size (input, MAX (at, 1));
      break;
    case 5: /* some bytes left out */
      if (n < input->len)
        g_byte_array_remove_range (input, at, n);
      break;
    default: /* some bytes from elsewhere */
      memmove (input->data + at, input->data + pick_place (random, input->len - n + 1), n);
    }
}

static void
run_mutation (GRand *random)
{
  const GByteArray *seed
      = g_ptr_array_index (seeds, (guint) g_rand_int_range (random, 0, (gint) seeds->len));
  g_autoptr (GByteArray) input = g_byte_array_new ();

  g_byte_array_append (input, seed->data, seed->len);
  for (int n = g_rand_int_range (random, 1, 6); n > 0 && input->len > 0; n--)
    mutate (random, input);
  run (input->data, input->len);
}

int
main (int argc, char **argv)
{
  g_autoptr (GRand) random = g_rand_new ();
  g_auto (GStrv) ends = g_strsplit (argc > 1 ? argv[1] : "", "-", 2);
  const guint n_ends = g_strv_length (ends);
  const guint64 from = n_ends == 2 ? g_ascii_strtoull (ends[0], NULL, 10) : 0;
  const guint64 to = n_ends > 0 ? g_ascii_strtoull (ends[n_ends - 1], NULL, 10) : 0;

  if (from >= to || from % BLOCK)
    {
      fprintf (stderr, "usage: %s ITERATIONS|FROM-TO [FILE|FOLDER]...\nFROM is a multiple of %d\n",
               argv[0], BLOCK);
      return 2;
    }
  seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  fuzz_add_seeds (seeds);
  for (guint i = 0; i < seeds->len; i++)
    {
      GByteArray *seed = g_ptr_array_index (seeds, i);
      run (seed->data, seed->len);
    }
  for (int i = 2; i < argc; i++)
    add_seed (argv[i]);
  run ((const guint8 *) "", 0);

  for (guint64 i = from; i < to; i++)
    {
      if (i % BLOCK == 0)
        g_rand_set_seed (random, RANDOM_SEED + (guint32) (i / BLOCK));
      run_mutation (random);
    }
  printf ("%" G_GUINT64_FORMAT " mutations of %u seeds\n", to - from, seeds->len);
  g_ptr_array_unref (seeds);
  return 0;
}
