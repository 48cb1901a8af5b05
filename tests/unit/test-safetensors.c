/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * io/safetensors and io/checkpoint: files built byte by byte, the tiny models, and every way in
 * which a header can lie.
 */
#include "config.h"

#include <math.h>

#include "engine/checkpoint/checkpoint-private.h"
#include "engine/base/json.h"
#include "engine/checkpoint/safetensors.h"
#include "io-files.h"

/* A whole file of @header and @data_bytes bytes that count up. */
static GByteArray *
make_file (const char *header, gsize data_bytes)
{
  GByteArray *file = g_byte_array_new ();
  put_number (file, strlen (header), 8);
  put_text (file, header);
  for (gsize i = 0; i < data_bytes; i++)
    put_number (file, i, 1);
  return file;
}

static MonocleCheckpoint *
read_bytes (const void *data, gsize size, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  /* A copy of the exact size, so that a sanitizer sees a read beyond the end. */
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_memdup2 (data, size), size);
  if (!monocle_safetensors_read (checkpoint, bytes, "f.safetensors", error))
    return NULL;
  return g_steal_pointer (&checkpoint);
}

static void
refuse (const char *header, gsize data_bytes, const char *what)
{
  g_autoptr (GByteArray) file = make_file (header, data_bytes);
  g_autoptr (GError) error = NULL;
  g_assert_null (read_bytes (file->data, file->len, &error));
  check_file_error (&error, "f.safetensors: ", what);
}

static void
test_read (void)
{
  g_autoptr (GByteArray) file
      = make_file ("{\"__metadata__\":{\"format\":\"pt\"},"
                   "\"b\":{\"dtype\":\"F16\",\"shape\":[2,1,3],\"data_offsets\":[8,20]},"
                   "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                   "\"scalar\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[20,28]},"
                   "\"void\":{\"dtype\":\"BF16\",\"shape\":[0,7],\"data_offsets\":[28,28]}}   ",
                   28);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = read_bytes (file->data, file->len, &error);
  const MonocleCheckpointTensor *a, *b, *scalar, *empty;

  g_assert_no_error (error);
  g_assert_cmpuint (monocle_checkpoint_get_n_tensors (checkpoint), ==, 4);
  g_assert_null (monocle_checkpoint_find (checkpoint, "__metadata__"));
  a = monocle_checkpoint_find (checkpoint, "a");
  b = monocle_checkpoint_find (checkpoint, "b");
  scalar = monocle_checkpoint_find (checkpoint, "scalar");
  empty = monocle_checkpoint_find (checkpoint, "void");
  g_assert_true (monocle_checkpoint_get_tensor (checkpoint, 0) == b);
  g_assert_cmpstr (a->name, ==, "a");
  g_assert_cmpint (a->dtype, ==, MONOCLE_DTYPE_F32);
  g_assert_cmpuint (a->size_bytes, ==, 8);
  g_assert_cmpint (a->data[0], ==, 0);
  g_assert_cmpint (b->dtype, ==, MONOCLE_DTYPE_F16);
  g_assert_cmpuint (b->n_dims, ==, 3);
  g_assert_cmpuint (b->dims[2], ==, 3);
  g_assert_cmpint (b->data[0], ==, 8);
  g_assert_cmpint (scalar->dtype, ==, MONOCLE_DTYPE_I64);
  g_assert_cmpuint (monocle_checkpoint_tensor_get_n_elements (scalar), ==, 1);
  g_assert_cmpuint (monocle_checkpoint_tensor_get_n_elements (empty), ==, 0);
}

/* 1, -2, 0.5, 65504 in each type, at an odd address, read as both. */
static void
test_convert (void)
{
  static const float values[] = { 1.0f, -2.0f, 0.5f, 65504.0f };
  static const guint16 halves[] = { 0x3c00, 0xc000, 0x3800, 0x7bff };
  static const guint16 brains[] = { 0x3f80, 0xc000, 0x3f00, 0x4780 };
  g_autoptr (GByteArray) file
      = make_file ("{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                   "\"f\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[1,17]},"
                   "\"h\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[17,25]},"
                   "\"b\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[25,33]}}",
                   1);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  const char *names[] = { "f", "h", "b" };

  put (file, values, sizeof values);
  put (file, halves, sizeof halves);
  put (file, brains, sizeof brains);
  checkpoint = read_bytes (file->data, file->len, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_find (checkpoint, names[i]);
      float wide[4] = { 0 };
      guint16 narrow[4] = { 0 };
      monocle_checkpoint_tensor_read_f32 (tensor, 0, 3, wide);
      monocle_checkpoint_tensor_read_f16 (tensor, 0, 3, narrow);
      g_assert_cmpmem (wide, 12, values, 12);
      g_assert_cmpmem (narrow, 6, halves, 6);
      monocle_checkpoint_tensor_read_f32 (tensor, 3, 1, wide);
      monocle_checkpoint_tensor_read_f16 (tensor, 3, 1, narrow);
      /* bfloat16 has no 65504; its 65536 is beyond the halves. */
      g_assert_cmpfloat (wide[0], ==, i == 2 ? 65536.0f : 65504.0f);
      g_assert_cmphex (narrow[0], ==, i == 2 ? 0x7c00 : 0x7bff);
      monocle_checkpoint_tensor_read_f32 (tensor, 4, 0, NULL);
    }
}

/* More bfloat16 than one buffer of the conversion holds. */
static void
test_convert_many (void)
{
  enum
  {
    N = 5000
  };
  g_autofree char *header = g_strdup_printf (
      "{\"b\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}", N, 2 * N);
  g_autoptr (GByteArray) file = make_file (header, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  g_autofree guint16 *narrow = g_new0 (guint16, N);

  for (guint i = 0; i < N; i++)
    put_number (file, 0x3f80 + i % 128, 2); /* 1 + k/128 */
  checkpoint = read_bytes (file->data, file->len, &error);
  g_assert_no_error (error);
  monocle_checkpoint_tensor_read_f16 (monocle_checkpoint_find (checkpoint, "b"), 3, N - 3, narrow);
  for (guint i = 3; i < N; i++)
    g_assert_cmphex (narrow[i - 3], ==, 0x3c00 + i % 128 * 8);
}

static void
test_lies (void)
{
#define ONE(dtype, shape, offsets)                                                                 \
  "{\"t\":{\"dtype\":" dtype ",\"shape\":" shape ",\"data_offsets\":" offsets "}}"
  refuse ("{", 0, "bad JSON");
  refuse ("[]", 0, "expected an object");
  refuse ("{\"t\":1}", 0, "\"t\": expected an object");
  refuse ("{\"t\":{}}", 0, "\"dtype\" is missing");
  refuse (ONE ("\"F31\"", "[1]", "[0,4]"), 4, "\"F31\" is not known");
  refuse (ONE ("7", "[1]", "[0,4]"), 4, "expected a string");
  refuse (ONE ("\"F32\"", "[-1]", "[0,4]"), 4, "\"shape\" is -1");
  refuse (ONE ("\"F32\"", "[1.5]", "[0,4]"), 4, "expected an integer");
  refuse (ONE ("\"F32\"", "[1,1,1,1,1,1,1,1,1]", "[0,4]"), 4, "more than 8 dimensions");
  refuse (ONE ("\"F32\"", "[4611686018427387904]", "[0,0]"), 0, "too large");
  refuse (ONE ("\"F32\"", "[4294967296,4294967296]", "[0,0]"), 0, "too large");
  refuse (ONE ("\"F32\"", "[0,4294967296,4294967296]", "[0,0]"), 0, "too large");
  refuse (ONE ("\"F32\"", "[1]", "[0,4,8]"), 4, "no pair");
  refuse (ONE ("\"F32\"", "[1]", "[0]"), 4, "no pair");
  refuse (ONE ("\"F32\"", "[1]", "[0,8]"), 4, "outside of the file");
  refuse (ONE ("\"F32\"", "[1]", "[4,0]"), 4, "outside of the file");
  refuse (ONE ("\"F32\"", "[1]", "[-4,0]"), 4, "data_offsets\" is -4");
  refuse (ONE ("\"F32\"", "[1]", "[0,99999999999999999999]"), 4, "t");
  refuse (ONE ("\"F32\"", "[2]", "[0,4]"), 4, "has 4 bytes, its shape and type need 8");
  refuse (ONE ("\"F32\"", "[1]", "[4,8]"), 8, "unused bytes before");
  refuse (ONE ("\"F32\"", "[1]", "[0,4]"), 5, "1 bytes after the last tensor");
  refuse ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
          "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
          12, "overlaps");
  refuse (ONE ("\"F32\\nx\"", "[1]", "[0,4]"), 4, "F32?x");
#undef ONE
}

/* Every prefix of a good file is bad, and says so. */
static void
test_truncated (void)
{
  g_autoptr (GByteArray) file
      = make_file ("{\"t\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", 12);
  for (gsize size = 0; size < file->len; size++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (read_bytes (file->data, size, &error));
      check_file_error (&error, "f.safetensors: ", "");
    }
}

static void
refuse_folder (const char *folder, const char *file, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = *file != '\0' ? g_build_filename (folder, file, NULL) : g_strdup (folder);
  g_assert_null (monocle_checkpoint_open (folder, &error));
  check_file_error (&error, path, what);
}

/* What people have in place of weights is called by its name. */
static void
test_other_files (void)
{
  static const struct
  {
    const char *bytes;
    gsize size;
    const char *what;
  } cases[] = {
    { "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", 61, "Git LFS pointer" },
    { "<!DOCTYPE html><html></html>", 28, "a web page" },
    { "\n<?xml version=\"1.0\"?><Error/>", 31, "a web page" },
    { "GGUF\3\0\0\0\0\0", 10, "GGUF" },
    { "PK\3\4\0\0\0\0\0\0", 10, "ZIP" },
    { "\0\0\0\0\0\0\0\0\0\0\0\0", 12, "zeros" },
    { "Entry not found", 15, "a header of" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (read_bytes ((const guint8 *) cases[i].bytes, cases[i].size, &error));
      check_file_error (&error, "f.safetensors: ", cases[i].what);
    }
}

/* A file of another precision alone is taken; two are a question; unfinished ones are named. */
static void
test_variant (void)
{
  g_autofree char *folder = new_folder ();
  g_autoptr (GByteArray) part
      = make_file ("{\"t\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", 12);
  g_autofree char *unfinished = write_file (folder, "model.safetensors.incomplete", "x", 1);
  g_autofree char *half = NULL, *other = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  g_autoptr (GError) error = NULL;

  refuse_folder (folder, "", "there is “model.safetensors.incomplete”");
  half = write_file (folder, "model.fp16.safetensors", part->data, part->len);
  checkpoint = monocle_checkpoint_open (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (monocle_checkpoint_get_path (checkpoint), ==, half);
  g_assert_nonnull (monocle_checkpoint_find (checkpoint, "t"));
  other = write_file (folder, "model.bf16.safetensors", part->data, part->len);
  refuse_folder (folder, "", "“model.bf16.safetensors”, “model.fp16.safetensors”");
  remove_folder (folder);
}

static void
test_header_length (void)
{
  const guint64 lengths[] = { 100 * 1000 * 1000 + 1, G_MAXUINT64, G_MAXINT64, 50, 0 };
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GByteArray) file = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      put_number (file, lengths[i], 8);
      put_text (file, "{}");
      g_assert_null (read_bytes (file->data, file->len, &error));
      check_file_error (&error, "f.safetensors: ", "");
    }
}

static void
test_models (void)
{
  g_autofree char *manifest_path = fixture ("manifest.json");
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) manifest = monocle_json_load (manifest_path, &error);
  JsonArray *models;
  guint n_seen = 0;

  g_assert_no_error (error);
  models = json_object_get_array_member (manifest, "models");
  for (guint i = 0; i < json_array_get_length (models); i++)
    {
      JsonObject *model = json_array_get_object_element (models, i);
      const char *container = json_object_get_string_member (model, "container");
      g_autofree char *folder = fixture (json_object_get_string_member (model, "model"));
      g_autoptr (MonocleCheckpoint) checkpoint = NULL;

      if (g_str_equal (container, "bin"))
        continue; /* test-torch */
      checkpoint = monocle_checkpoint_open (folder, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (monocle_checkpoint_get_n_tensors (checkpoint), ==,
                        (guint) json_object_get_int_member (model, "tensors"));
      g_assert_true (
          g_str_has_suffix (monocle_checkpoint_get_path (checkpoint),
                            g_str_equal (container, "sharded") ? "index.json" : ".safetensors"));
      for (guint t = 0; t < monocle_checkpoint_get_n_tensors (checkpoint); t++)
        {
          const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, t);
          guint64 n = monocle_checkpoint_tensor_get_n_elements (tensor);
          g_autofree float *values = g_new (float, n + 1);
          if (tensor->dtype == MONOCLE_DTYPE_OTHER)
            continue;
          monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
          for (guint64 e = 0; e < n; e++)
            g_assert_true (isfinite (values[e]));
        }
      n_seen++;
    }
  g_assert_cmpuint (n_seen, >=, 2);
}

static void
test_folders (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *gone = g_build_filename (folder, "gone", NULL);
  g_autoptr (GByteArray) part
      = make_file ("{\"t\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", 12);
  g_autofree char *shard = write_file (folder, "part.safetensors", part->data, part->len);
  const struct
  {
    const char *index, *file, *what;
  } indexes[] = {
    { "{\"weight_map\":{\"u\":\"part.safetensors\"}}", "model.safetensors.index.json",
      "\"u\" is in none" },
    { "{\"weight_map\":{\"t\":\"gone.safetensors\"}}", "gone.safetensors", "no such file" },
    { "{\"weight_map\":{\"t\":\"../part.safetensors\"}}", "model.safetensors.index.json",
      "no name of a file" },
    { "{\"weight_map\":{\"t\":\"/etc/passwd\"}}", "model.safetensors.index.json",
      "no name of a file" },
    { "{\"weight_map\":{\"t\":\"..\"}}", "model.safetensors.index.json", "no name of a file" },
    { "{\"weight_map\":{\"t\":\"\"}}", "model.safetensors.index.json", "no name of a file" },
    { "{\"weight_map\":{\"t\":5}}", "model.safetensors.index.json", "expected a string" },
    { "{\"weight_map\":{}}", "model.safetensors.index.json", "names no tensors" },
    { "{}", "model.safetensors.index.json", "\"weight_map\" is missing" },
    { "{\"weight_map\":{\"t\":\"model.safetensors.index.json\"}}", "model.safetensors.index.json",
      "" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) good = NULL;

  refuse_folder (gone, "", "no such directory");
  refuse_folder (shard, "", "is no directory");
  refuse_folder (folder, "",
                 "no weights here; looked for model.safetensors, model.safetensors.index.json, "
                 "pytorch_model.bin, pytorch_model.bin.index.json");
  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    {
      g_autofree char *index = write_file (folder, "model.safetensors.index.json", indexes[i].index,
                                           strlen (indexes[i].index));
      refuse_folder (folder, indexes[i].file, indexes[i].what);
    }
  {
    const char *text = "{\"weight_map\":{\"t\":\"part.safetensors\"}}";
    g_autofree char *index
        = write_file (folder, "model.safetensors.index.json", text, strlen (text));
    good = monocle_checkpoint_open (folder, &error);
    g_assert_no_error (error);
    g_assert_nonnull (monocle_checkpoint_find (good, "t"));
  }
  {
    /* A single file wins, even when it is bad. */
    g_autofree char *single = write_file (folder, "model.safetensors", "", 0);
    refuse_folder (folder, "model.safetensors", "is empty");
  }
  remove_folder (folder);
}

static gboolean
read_bad (const char *path, GError **error)
{
  g_autofree char *data = NULL;
  gsize size;
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  bytes = g_bytes_new (data, size);
  return monocle_safetensors_read (checkpoint, bytes, path, error);
}

/* As model.safetensors.index.json of a folder of its own. */
static gboolean
read_bad_index (const char *path, GError **error)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *data = NULL;
  g_autofree char *index = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  index = write_file (folder, "model.safetensors.index.json", data, size);
  checkpoint = monocle_checkpoint_open (folder, error);
  remove_folder (folder);
  return checkpoint != NULL;
}

static void
test_bad_files (void)
{
  check_bad_files ("safetensors", read_bad);
  check_bad_files ("index", read_bad_index);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/safetensors/read", test_read);
  g_test_add_func ("/engine/safetensors/convert", test_convert);
  g_test_add_func ("/engine/safetensors/convert-many", test_convert_many);
  g_test_add_func ("/engine/safetensors/lies", test_lies);
  g_test_add_func ("/engine/safetensors/truncated", test_truncated);
  g_test_add_func ("/engine/safetensors/other-files", test_other_files);
  g_test_add_func ("/engine/checkpoint/variant", test_variant);
  g_test_add_func ("/engine/safetensors/header-length", test_header_length);
  g_test_add_func ("/engine/safetensors/models", test_models);
  g_test_add_func ("/engine/safetensors/bad-files", test_bad_files);
  g_test_add_func ("/engine/checkpoint/folders", test_folders);
  return g_test_run ();
}
