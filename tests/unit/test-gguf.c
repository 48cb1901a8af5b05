/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GGUF: a file of the reference's writer with every kind of value and of block, files built here,
 * and the hostile ones.
 */
#include "config.h"

#include <math.h>

#include "engine/checkpoint/blocks.h"
#include "engine/checkpoint/checkpoint-private.h"
#include "engine/checkpoint/gguf.h"
#include "tests/unit/gguf-file.h"

static MonocleGguf *
parse (const GByteArray *file, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (file->data, file->len);

  return monocle_gguf_parse (bytes, "f.gguf", error);
}

static MonocleGguf *
open_fixture (void)
{
  g_autofree char *path = fixture ("gguf/blocks.gguf");
  g_autoptr (GError) error = NULL;
  MonocleGguf *gguf = monocle_gguf_open (path, &error);

  g_assert_no_error (error);
  return gguf;
}

static void
test_values (void)
{
  static const struct
  {
    const char *key;
    gint64 value;
  } integers[] = {
    { "a.u8", 255 },
    { "a.i8", -128 },
    { "a.u16", 65535 },
    { "a.i16", -32768 },
    { "a.u32", 4294967295 },
    { "a.i32", -2147483648 },
    { "a.u64", G_GINT64_CONSTANT (9007199254740993) },
    { "a.i64", G_GINT64_CONSTANT (-9007199254740993) },
  };
  g_autoptr (MonocleGguf) gguf = open_fixture ();
  JsonObject *settings = monocle_gguf_get_settings (gguf);
  g_auto (GStrv) texts = NULL;
  g_autoptr (GArray) listed = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (integers); i++)
    g_assert_cmpint (json_object_get_int_member (settings, integers[i].key), ==, integers[i].value);
  g_assert_cmpfloat (json_object_get_double_member (settings, "a.f32"), ==, (double) 0.1f);
  g_assert_cmpfloat (json_object_get_double_member (settings, "a.f64"), ==, 0.1);
  g_assert_true (json_object_get_boolean_member (settings, "a.bool"));
  g_assert_cmpstr (json_object_get_string_member (settings, "a.text"), ==, "gr\xc3\xbcn");
  g_assert_cmpfloat (
      json_array_get_double_element (json_object_get_array_member (settings, "a.numbers"), 1), ==,
      0.25);

  texts = monocle_gguf_dup_texts (gguf, "a.texts", 3, &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (texts, ((const char *const[]){ "a", "",
                                                   "\xc4\xa0"
                                                   "b",
                                                   NULL }));
  listed = monocle_gguf_dup_integers (gguf, "a.integers", 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (listed->len, ==, 3);
  g_assert_cmpint (g_array_index (listed, gint64, 1), ==, -2);

  g_assert_null (monocle_gguf_dup_texts (gguf, "a.texts", 2, &error));
  check_file_error (&error, monocle_gguf_get_path (gguf), "3 are more than the 2");
  g_assert_null (monocle_gguf_dup_texts (gguf, "a.integers", 9, &error));
  check_file_error (&error, monocle_gguf_get_path (gguf), "expected a list of texts");
  g_assert_null (monocle_gguf_dup_integers (gguf, "a.numbers", 9, &error));
  check_file_error (&error, monocle_gguf_get_path (gguf), "expected a list of integers");
}

/* All of it, then from and to the middle of blocks. */
static void
check_blocks (const MonocleCheckpoint *checkpoint, const char *kind)
{
  g_autofree char *name = g_strconcat (kind, ".numbers", NULL);
  const MonocleCheckpointTensor *blocks = monocle_checkpoint_find (checkpoint, kind);
  const MonocleCheckpointTensor *numbers = monocle_checkpoint_find (checkpoint, name);
  guint64 n = monocle_checkpoint_tensor_get_n_elements (numbers);
  g_autofree float *expected = g_new (float, n);
  g_autofree float *got = g_new (float, n);

  g_assert_cmpuint (monocle_checkpoint_tensor_get_n_elements (blocks), ==, n);
  monocle_checkpoint_tensor_read_f32 (numbers, 0, n, expected);
  monocle_checkpoint_tensor_read_f32 (blocks, 0, n, got);
  for (guint64 i = 0; i < n; i++)
    if (memcmp (&got[i], &expected[i], sizeof *got) != 0 && got[i] != expected[i])
      g_error ("%s: number %u is %g, expected %g", kind, (guint) i, (double) got[i],
               (double) expected[i]);
  for (guint64 first = 0; first < n; first += 13)
    for (guint64 run = 1; run <= n - first; run += 29)
      {
        got[run] = 7;
        monocle_checkpoint_tensor_read_f32 (blocks, first, run - 1, got);
        for (guint64 i = 0; i + 1 < run; i++)
          g_assert_cmpfloat (got[i], ==, expected[first + i]);
      }
}

static void
test_blocks (void)
{
  static const char *const kinds[] = { "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "IQ4_NL",
                                       "Q4_K", "Q5_K", "Q6_K", "F32",  "F16",  "BF16" };
  g_autoptr (MonocleGguf) gguf = open_fixture ();
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  g_autoptr (GError) error = NULL;
  guint16 halves[3];

  g_assert_true (monocle_gguf_add_tensors (gguf, checkpoint, &error));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    check_blocks (checkpoint, kinds[i]);

  monocle_checkpoint_tensor_read_f16 (monocle_checkpoint_find (checkpoint, "halves"), 0, 3, halves);
  g_assert_cmphex (halves[0], ==, 0x3c00);
  g_assert_cmphex (halves[1], ==, 0xc000);
  g_assert_cmphex (halves[2], ==, 0x7bff);
}

/* On a device kinds of 4 bits are the same numbers, but for products, which halves hold: they are
 * off by 2^-11 of themselves at most. */
static void
test_in_4_bits (void)
{
  static const MonocleDtype kinds[]
      = { MONOCLE_DTYPE_Q4_0, MONOCLE_DTYPE_Q4_1, MONOCLE_DTYPE_Q4_K };
  g_autoptr (MonocleGguf) gguf = open_fixture ();
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  guint n_kinds = 0;

  g_assert_true (monocle_gguf_add_tensors (gguf, checkpoint, NULL));
  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (checkpoint); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, i);
      const guint64 n = monocle_checkpoint_tensor_get_n_elements (tensor);
      const gboolean is_exact = tensor->dtype != MONOCLE_DTYPE_Q4_K;
      float expected[256], got[256];
      guint8 blocks[256 / 32 * 20];

      if (!monocle_blocks_has_q4 (tensor->dtype))
        continue;
      g_assert_cmpint (tensor->dtype, ==, kinds[n_kinds++]);
      g_assert_cmpuint (n, <=, 256);
      monocle_checkpoint_tensor_read_f32 (tensor, 0, n, expected);
      monocle_blocks_to_q4 (tensor->dtype, tensor->data, n, blocks);
      monocle_formats[MONOCLE_FORMAT_Q4].widen (blocks, n, got);
      for (guint64 first = 0; first < n; first += 32)
        {
          float least = expected[first], most = expected[first];

          for (guint j = 0; j < 32; j++)
            {
              least = MIN (least, expected[first + j]);
              most = MAX (most, expected[first + j]);
            }
          for (guint j = 0; j < 32; j++)
            g_assert_cmpfloat (fabsf (got[first + j] - expected[first + j]), <=,
                               is_exact ? 0 : (MAX (fabsf (least), fabsf (most)) * 2) / 1024);
        }
    }
  g_assert_cmpuint (n_kinds, ==, G_N_ELEMENTS (kinds));
}

/* Numbers in 4 bits are off by half a step at most, of a line from the least to the largest, and
 * less in the mean than on that line. */
static void
test_rounded_to_4_bits (void)
{
  const MonocleFormat *format = &monocle_formats[MONOCLE_FORMAT_Q4];
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  double error = 0, plain = 0;

  for (guint i = 0; i < 200; i++)
    {
      float numbers[32], back[32], least = 0, most = 0, step;
      guint8 block[20];

      for (guint j = 0; j < 32; j++)
        {
          numbers[j] = (float) (g_rand_double (random) + g_rand_double (random)
                                + g_rand_double (random) - 1.5);
          least = MIN (least, numbers[j]);
          most = MAX (most, numbers[j]);
        }
      format->narrow (numbers, 32, block);
      format->widen (block, 32, back);
      step = (most - least) / 15;
      for (guint j = 0; j < 32; j++)
        {
          const float on_line = roundf ((numbers[j] - least) / step) * step + least;

          error += pow ((double) (back[j] - numbers[j]), 2);
          plain += pow ((double) (on_line - numbers[j]), 2);
        }
    }
  g_test_message ("squares of errors: %g, of the plain line %g", error, plain);
  g_assert_cmpfloat (error, <, 0.95 * plain);
  g_assert_cmpfloat (error, >, 0.5 * plain);

  /* No number is none of 32, and what is all the same stays so. */
  {
    float numbers[64] = { 0 }, back[64];
    guint8 blocks[40];

    for (guint i = 32; i < 64; i++)
      numbers[i] = -0.25f;
    format->narrow (numbers, 64, blocks);
    format->widen (blocks, 64, back);
    g_assert_cmpmem (back, sizeof back, numbers, sizeof numbers);
    numbers[3] = NAN;
    numbers[40] = INFINITY;
    format->narrow (numbers, 64, blocks);
    format->widen (blocks, 64, back);
    g_assert_true (isnan (back[0]) && isnan (back[32]));
  }
}

/* What is stored on a device in 8 bits is what the reference makes of the same numbers. */
static void
test_quantised (void)
{
  const MonocleFormat *format = &monocle_formats[MONOCLE_FORMAT_Q8];
  g_autoptr (MonocleGguf) gguf = open_fixture ();
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  const MonocleCheckpointTensor *weights, *expected;
  float numbers[128];
  guint8 blocks[4 * 34];

  g_assert_true (monocle_gguf_add_tensors (gguf, checkpoint, NULL));
  weights = monocle_checkpoint_find (checkpoint, "weights");
  expected = monocle_checkpoint_find (checkpoint, "weights.q8_0");
  g_assert_true (monocle_checkpoint_tensor_get_format (expected) == format);
  g_assert_cmpuint (expected->n_dims, ==, 2);
  g_assert_cmpuint (expected->dims[0], ==, 2);
  g_assert_cmpuint (expected->dims[1], ==, 64);
  monocle_checkpoint_tensor_read_f32 (weights, 0, 128, numbers);
  format->narrow (numbers, 128, blocks);
  g_assert_cmpmem (blocks, sizeof blocks, expected->data, expected->size_bytes);

  /* No number is none of 32, and nothing is cast to what it cannot be. */
  numbers[3] = NAN;
  numbers[40] = INFINITY;
  format->narrow (numbers, 128, blocks);
  format->widen (blocks, 128, numbers);
  g_assert_true (isnan (numbers[0]) && isnan (numbers[32]) && !isnan (numbers[96]));
}

/* A small whole file. */
static void
build (GgufFile *file)
{
  static const float numbers[] = { 1, 2, 3, 4, 5, 6 };

  gguf_file_init (file);
  gguf_add_text (file, "general.architecture", "llama");
  gguf_add_u32 (file, "llama.block_count", 30);
  gguf_add_list (file, "tokens", GGUF_TEXT, 2);
  gguf_put_text (file->keys, "a");
  gguf_put_text (file->keys, "bc");
  gguf_add_tensor (file, "a", GGUF_TENSOR_F32, (const guint64[]){ 2, 3 }, 2, numbers,
                   sizeof numbers);
  gguf_add_tensor (file, "b", GGUF_TENSOR_F32, (const guint64[]){ 3 }, 1, numbers, 12);
}

static void
test_tensors (void)
{
  g_auto (GgufFile) file = { 0 };
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (MonocleGguf) gguf = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  g_autoptr (GError) error = NULL;
  const MonocleCheckpointTensor *tensor;
  float numbers[3];

  build (&file);
  bytes = gguf_file_end (&file);
  gguf = parse (bytes, &error);
  g_assert_no_error (error);
  g_assert_true (monocle_gguf_add_tensors (gguf, checkpoint, &error));
  tensor = monocle_checkpoint_find (checkpoint, "a");
  g_assert_cmpuint (tensor->dims[0], ==, 2);
  g_assert_cmpuint (tensor->dims[1], ==, 3);
  monocle_checkpoint_tensor_read_f32 (tensor, 2, 3, numbers);
  g_assert_cmpfloat (numbers[0], ==, 3);
  g_assert_cmpfloat (numbers[2], ==, 5);

  /* Two files of one model must not name a tensor twice. */
  g_assert_false (monocle_gguf_add_tensors (gguf, checkpoint, &error));
  check_file_error (&error, "f.gguf", "twice");
}

/* No beginning of a file is a file, and none makes trouble. */
static void
test_cut (void)
{
  g_auto (GgufFile) file = { 0 };
  g_autoptr (GByteArray) bytes = NULL;
  /* The numbers of the last tensor, and what fills up behind them. */
  const guint n_last = 12, n_after = 20;

  build (&file);
  bytes = gguf_file_end (&file);
  for (guint n = bytes->len - 1;; n--)
    {
      g_autoptr (MonocleGguf) gguf = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *exact = g_memdup2 (bytes->data, n);
      g_autoptr (GBytes) cut = g_bytes_new_static (exact, n);

      gguf = monocle_gguf_parse (cut, "f.gguf", &error);
      g_assert_true ((gguf != NULL) == (n >= bytes->len - n_after));
      if (!gguf)
        check_file_error (&error, "f.gguf",
                          n >= bytes->len - n_after - n_last ? "is the download complete?" : "");
      if (n == 0)
        break;
    }
}

static void
check_refused (const GgufFile *file, const char *what)
{
  g_autoptr (GByteArray) bytes = gguf_file_end (file);
  g_autoptr (GError) error = NULL;

  g_assert_null (parse (bytes, &error));
  check_file_error (&error, "f.gguf", what);
}

static void
test_hostile (void)
{
  static const guint64 huge[] = { G_GUINT64_CONSTANT (1) << 32, G_GUINT64_CONSTANT (1) << 32 };
  static const guint64 wide[] = { 4, 33 }, eight[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

#define REFUSED(what, ...)                                                                         \
  {                                                                                                \
    g_auto (GgufFile) file = { 0 };                                                                \
    build (&file);                                                                                 \
    __VA_ARGS__;                                                                                   \
    check_refused (&file, what);                                                                   \
  }
  REFUSED ("twice", gguf_add_u32 (&file, "llama.block_count", 1))
  REFUSED ("twice", gguf_add_text (&file, "tokens", "x"))
  REFUSED ("type 13 is not known", gguf_add_key (&file, "x", 13))
  REFUSED ("list of values of type 9", gguf_add_list (&file, "x", GGUF_LIST, 1))
  REFUSED ("ends in the middle", gguf_add_list (&file, "x", GGUF_U32, G_MAXUINT64 / 2))
  REFUSED ("ends in the middle", gguf_add_list (&file, "x", GGUF_TEXT, G_MAXUINT64))
  REFUSED ("ends in the middle", gguf_add_key (&file, "x", GGUF_TEXT);
           put_number (file.keys, G_MAXUINT64, 8))
  REFUSED ("name of a key has 0", gguf_add_u32 (&file, "", 1))
  REFUSED ("name of a key is no text", gguf_add_u32 (&file, "\xff", 1))
  REFUSED ("general.alignment", gguf_add_u32 (&file, "general.alignment", 0))
  REFUSED ("power of two", gguf_add_u32 (&file, "general.alignment", 48))
  REFUSED ("general.alignment", gguf_add_text (&file, "general.alignment", "32"))
  REFUSED ("does not begin where it may", gguf_add_u32 (&file, "general.alignment", 64))
  REFUSED ("shape is too large", gguf_add_tensor (&file, "c", GGUF_TENSOR_F32, huge, 2, NULL, 0))
  REFUSED ("no whole blocks", gguf_add_tensor (&file, "c", GGUF_TENSOR_Q8_0, wide, 2, NULL, 0))
  REFUSED ("no whole blocks", gguf_add_tensor (&file, "c", GGUF_TENSOR_Q8_0, NULL, 0, NULL, 0))
  REFUSED ("outside of the file", gguf_add_tensor (&file, "c", GGUF_TENSOR_F32, wide, 2, NULL, 0))
  REFUSED ("dimensions", gguf_add_tensor (&file, "c", GGUF_TENSOR_F32, eight, 9, NULL, 0))
  REFUSED ("is of type Q2_K (10), which is not read: take",
           gguf_add_tensor (&file, "c", 10, wide, 2, NULL, 0))
  REFUSED ("is of type unknown (4)", gguf_add_tensor (&file, "c", 4, wide, 2, NULL, 0))
  REFUSED ("there twice", gguf_add_tensor (&file, "a", GGUF_TENSOR_F32, wide, 1, NULL, 0))
  REFUSED ("name of a tensor has 0", file.n_tensors = G_MAXUINT)
  REFUSED ("name of a", file.n_keys = G_MAXUINT)
#undef REFUSED

  put_text (text, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
  g_assert_null (parse (text, &error));
  check_file_error (&error, "f.gguf", "is a");
  g_byte_array_set_size (text, 0);
  put_text (text, "GGUF");
  put_number (text, 0x03000000, 4);
  put_number (text, 0, 16);
  g_assert_null (parse (text, &error));
  check_file_error (&error, "f.gguf", "little-endian");
}

/* Numbers that are none and texts that are none are passed over: nothing of ours asks for them. */
static void
test_passed_over (void)
{
  g_auto (GgufFile) file = { 0 };
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (MonocleGguf) gguf = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) texts = NULL;

  build (&file);
  gguf_add_f32 (&file, "none", NAN);
  gguf_add_text (&file, "bytes", "\xff\xfe");
  gguf_add_list (&file, "list", GGUF_TEXT, 1);
  gguf_put_text (file.keys, "\xff");
  bytes = gguf_file_end (&file);
  gguf = parse (bytes, &error);
  g_assert_no_error (error);
  g_assert_false (json_object_has_member (monocle_gguf_get_settings (gguf), "none"));
  g_assert_false (json_object_has_member (monocle_gguf_get_settings (gguf), "bytes"));
  g_assert_null (monocle_gguf_dup_texts (gguf, "list", 5, &error));
  check_file_error (&error, "f.gguf", "number 0 is no text");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/gguf/values", test_values);
  g_test_add_func ("/engine/gguf/blocks", test_blocks);
  g_test_add_func ("/engine/gguf/quantised", test_quantised);
  g_test_add_func ("/engine/gguf/in-4-bits", test_in_4_bits);
  g_test_add_func ("/engine/gguf/rounded-to-4-bits", test_rounded_to_4_bits);
  g_test_add_func ("/engine/gguf/tensors", test_tensors);
  g_test_add_func ("/engine/gguf/cut", test_cut);
  g_test_add_func ("/engine/gguf/hostile", test_hostile);
  g_test_add_func ("/engine/gguf/passed-over", test_passed_over);
  return g_test_run ();
}
