/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of flax, built byte by byte: arrays in maps of maps, in chunks, among what is no array; and
 * the hostile ones.
 */
#include "config.h"

#include "engine/checkpoint/checkpoint-private.h"
#include "engine/checkpoint/msgpack.h"
#include "tests/unit/io-files.h"

static MonocleCheckpoint *
read_bytes (const GByteArray *file, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  g_autoptr (GBytes) bytes = g_bytes_new (file->data, file->len);

  return monocle_msgpack_read (checkpoint, bytes, "f.msgpack", error)
             ? g_steal_pointer (&checkpoint)
             : NULL;
}

static void
put_map (GByteArray *to, guint n)
{
  const guint8 short_form = (guint8) (0x80 | n), long_form[] = { 0xde, 0, (guint8) n };

  if (n < 16)
    put (to, &short_form, 1);
  else
    put (to, long_form, sizeof long_form);
}

static void
put_string (GByteArray *to, const char *text)
{
  const gsize n = strlen (text);
  const guint8 short_form = (guint8) (0xa0 | n), long_form[] = { 0xd9, (guint8) n };

  if (n < 32)
    put (to, &short_form, 1);
  else
    put (to, long_form, sizeof long_form);
  put (to, text, n);
}

/* An extension of type 1: [shape, type, bytes]. @n: bytes that it says it has */
static void
put_array (GByteArray *to,
           const char *type,
           const guint8 *dims,
           guint n_dims,
           gconstpointer data,
           guint8 n)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  const guint8 three = 0x93, shape = (guint8) (0x90 | n_dims), bytes[] = { 0xc4, n };
  guint8 head[3] = { 0xc7, 0, 1 };

  put (body, &three, 1);
  put (body, &shape, 1);
  for (guint i = 0; i < n_dims; i++)
    put (body, &dims[i], 1);
  put_string (body, type);
  put (body, bytes, sizeof bytes);
  put (body, data, n);
  head[1] = (guint8) body->len;
  put (to, head, sizeof head);
  put (to, body->data, body->len);
}

static void
check_values (MonocleCheckpoint *checkpoint, const char *name, const float *expected, guint n)
{
  const MonocleCheckpointTensor *tensor = monocle_checkpoint_find (checkpoint, name);
  g_autofree float *values = g_new (float, n);

  g_assert_nonnull (tensor);
  g_assert_cmpuint (monocle_checkpoint_tensor_get_n_elements (tensor), ==, n);
  monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
  g_assert_cmpmem (values, n * sizeof *values, expected, n * sizeof *values);
}

static void
test_maps (void)
{
  static const float numbers[] = { 1, 2, 3, 4, 5, 6 };
  static const guint16 halves[] = { 0x3c00, 0xc000 };
  static const float widened[] = { 1, -2 };
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  g_autoptr (GError) error = NULL;

  put_map (file, 3);
  put_string (file, "encoder");
  put_map (file, 2);
  put_string (file, "layers_0");
  put_map (file, 1);
  put_string (file, "kernel");
  put_array (file, "float32", (const guint8[]){ 2, 3 }, 2, numbers, sizeof numbers);
  put_string (file, "a name of more than thirty-one bytes");
  put_array (file, "bfloat16", (const guint8[]){ 1, 2 }, 2, "\x80\x3f\x00\xc0", 4);
  put_string (file, "halves");
  put_array (file, "float16", (const guint8[]){ 2 }, 1, halves, sizeof halves);
  /* What is no array: numbers of all kinds, nothing, texts, a list, another extension. */
  put_string (file, "others");
  put_map (file, 7);
  put_string (file, "a");
  put (file, "\xcb\0\0\0\0\0\0\0\0", 9);
  put_string (file, "b");
  put (file, "\xd3\xff\xff\xff\xff\xff\xff\xff\xff", 9);
  put_string (file, "c");
  put (file, "\xc0", 1);
  put_string (file, "d");
  put (file, "\x93\xc2\xff\xa1x", 5);
  put_string (file, "e");
  put (file,
       "\xd6\x03"
       "abcd",
       6);
  put_string (file, "f");
  put (file, "\xdb\0\0\0\x02hi", 7);
  put_string (file, "g");
  put (file, "\xcd\x01\x02", 3);

  checkpoint = read_bytes (file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_checkpoint_get_n_tensors (checkpoint), ==, 3);
  check_values (checkpoint, "encoder.layers_0.kernel", numbers, 6);
  check_values (checkpoint, "encoder.a name of more than thirty-one bytes", widened, 2);
  check_values (checkpoint, "halves", widened, 2);
  g_assert_cmpuint (monocle_checkpoint_find (checkpoint, "encoder.layers_0.kernel")->dims[1], ==,
                    3);

  /* Whatever is missing at its end. */
  while (file->len > 0)
    {
      g_byte_array_set_size (file, file->len - 1);
      g_assert_null (read_bytes (file, &error));
      check_file_error (&error, "f.msgpack: ", "");
    }
}

static void
put_chunked (GByteArray *file, guint8 rows, const char *second)
{
  static const float first[] = { 1, 2 }, last[] = { 3, 4 };

  put_map (file, 1);
  put_string (file, "table");
  put_map (file, 3);
  put_string (file, "__msgpack_chunked_array__");
  put (file, "\xc3", 1);
  put_string (file, "shape");
  put_map (file, 2);
  put_string (file, "0");
  put (file, &rows, 1);
  put_string (file, "1");
  put (file, "\x02", 1);
  put_string (file, "chunks");
  put_map (file, 2);
  put_string (file, "0");
  put_array (file, "float32", (const guint8[]){ 2 }, 1, first, sizeof first);
  put_string (file, "1");
  put_array (file, second, (const guint8[]){ 2 }, 1, last, sizeof last);
}

static void
test_chunks (void)
{
  static const float numbers[] = { 1, 2, 3, 4 };
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  g_autoptr (GError) error = NULL;

  put_chunked (file, 2, "float32");
  checkpoint = read_bytes (file, &error);
  g_assert_no_error (error);
  check_values (checkpoint, "table", numbers, 4);
  g_byte_array_set_size (file, 0);
  put_chunked (file, 3, "float32");
  g_assert_null (read_bytes (file, &error));
  check_file_error (&error, "f.msgpack: ", "“table”: has more or fewer bytes");
  g_byte_array_set_size (file, 0);
  put_chunked (file, 2, "int32");
  g_assert_null (read_bytes (file, &error));
  check_file_error (&error, "f.msgpack: ", "several types");
}

static void
refuse (gconstpointer data, gsize size, const char *what)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  put (file, data, size);
  g_assert_null (read_bytes (file, &error));
  check_file_error (&error, "f.msgpack: ", what);
}

static void
test_hostile (void)
{
#define CODE(text) text, sizeof text - 1
  refuse (CODE (""), "ends in the middle");
  refuse (CODE ("\x80"), "no arrays");
  refuse (CODE ("\x01"), "no arrays");
  refuse (CODE ("\x80\x80"), "more than one");
  refuse (CODE ("\x81\x01\x01"), "no text");
  refuse (CODE ("\x81\xa0\x01"), "no text");
  refuse (CODE ("\x81\xa1\xff\x01"), "no text");
  refuse (CODE ("\xdf\xff\xff\xff\xff\xa1"
                "a"),
          "ends in the middle");
  refuse (CODE ("\xdd\xff\xff\xff\xff\x01"), "ends in the middle");
  refuse (CODE ("\x81\xa1"
                "a\xc6\xff\xff\xff\xff"
                "abc"),
          "ends in the middle");
  refuse (CODE ("\x81\xa1"
                "a\xc9\xff\xff\xff\xff\x01"
                "abc"),
          "ends in the middle");
  refuse (CODE ("\x81\xa1"
                "a\xd5\x01\x80\x80"),
          "“a”: is no array");
  refuse (CODE ("\x81\xa1"
                "a\xc7\x0b\x01\x93\x91\xff\xa4"
                "bool\xc4\x01"
                "a"),
          "no numbers");
  refuse (CODE ("\x81\xa1"
                "a\xc7\x0b\x01\x93\x91\x01\xa4"
                "what\xc4\x01"
                "a"),
          "not known");
  refuse (CODE ("\x81\xa1"
                "a\xc7\x0b\x01\x93\x91\x02\xa4"
                "bool\xc4\x01"
                "a"),
          "more or fewer");
  refuse (CODE ("\x81\xa1"
                "a\xc7\x13\x01\x93\x91\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xa4"
                "bool\xc4\x01"
                "a"),
          "more or fewer");
  refuse (CODE ("\x82\xa1"
                "a\xc7\x0b\x01\x93\x91\x01\xa4"
                "bool\xc4\x01"
                "a\xa1"
                "a\xc7\x0b\x01\x93\x91\x01\xa4"
                "bool\xc4\x01"
                "a"),
          "twice");
#undef CODE
  {
    /* Maps in maps, and lists in lists. */
    g_autoptr (GByteArray) file = g_byte_array_new ();

    for (guint i = 0; i < 100000; i++)
      put (file,
           "\x81\xa1"
           "a",
           3);
    refuse (file->data, file->len, "too deep");
    g_byte_array_set_size (file, 100000);
    memset (file->data, 0x91, file->len);
    refuse (file->data, file->len, "too deep");
  }
  {
    g_autoptr (GByteArray) file = g_byte_array_new ();

    put (file, "\x81\xda\x08\x00", 4);
    g_byte_array_set_size (file, 4 + 0x800);
    memset (file->data + 4, 'a', 0x800);
    put (file, "\x01", 1);
    refuse (file->data, file->len, "too long");
  }
}

/* In a folder, where nothing else is. */
static void
test_folder (void)
{
  static const float numbers[] = { 1, 2 };
  g_autofree char *folder = new_folder ();
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autofree char *path = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  g_autoptr (GError) error = NULL;

  put_map (file, 1);
  put_string (file, "a");
  put_array (file, "float32", (const guint8[]){ 2 }, 1, numbers, sizeof numbers);
  path = write_file (folder, "small.msgpack", file->data, file->len);
  checkpoint = monocle_checkpoint_open (folder, &error);
  g_assert_no_error (error);
  check_values (checkpoint, "a", numbers, 2);
  g_assert_cmpstr (monocle_checkpoint_get_path (checkpoint), ==, path);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/msgpack/maps", test_maps);
  g_test_add_func ("/engine/msgpack/chunks", test_chunks);
  g_test_add_func ("/engine/msgpack/hostile", test_hostile);
  g_test_add_func ("/engine/msgpack/folder", test_folder);
  return g_test_run ();
}
