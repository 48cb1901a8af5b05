/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * io/npy: what it writes is what NumPy writes, and it reads it back; bad files.
 */
#include "config.h"

#include "engine/checkpoint/npy.h"
#include "io-files.h"

static void
test_bytes (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *path = g_build_filename (folder, "a.npy", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  const guint64 dims[] = { 2, 3 };
  const float values[6] = { 1, -2, 3.5f, 0, 1e-30f, 65504 };
  gsize size;

  monocle_npy_write_f32 (path, dims, 2, values, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  g_assert_cmpuint (size, ==, 128 + 24);
  g_assert_cmpmem (contents, 10, "\x93NUMPY\x01\x00\x76\x00", 10);
  g_assert_true (g_str_has_prefix (
      contents + 10, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }  "));
  g_assert_cmpint (contents[127], ==, '\n');
  g_assert_cmpmem (contents + 128, 24, values, 24);
  remove_folder (folder);
}

static void
test_round_trip (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *path = g_build_filename (folder, "a.npy", NULL);
  const gint64 ids[] = { 0, -1, G_MAXINT64, 51288, 2 };
  const float values[24] = { 1, 2, 3 };
  const guint64 shapes[][4] = { { 24 }, { 1, 24 }, { 2, 3, 4 }, { 1, 2, 3, 4 } };

  for (guint n_dims = 1; n_dims <= 4; n_dims++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleNpy) array = NULL;
      monocle_npy_write_f32 (path, shapes[n_dims - 1], n_dims, values, &error);
      g_assert_no_error (error);
      array = monocle_npy_read (path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (array->type, ==, MONOCLE_NPY_F32);
      g_assert_cmpuint (array->n_dims, ==, n_dims);
      g_assert_cmpmem (array->dims, 8 * n_dims, shapes[n_dims - 1], 8 * n_dims);
      g_assert_cmpmem (array->f32, 4 * array->n_elements, values, sizeof values);
      g_assert_null (array->i64);
    }
  {
    const guint64 five = 5, none[] = { 3, 0 };
    g_autoptr (GError) error = NULL;
    g_autoptr (MonocleNpy) array = NULL, scalar = NULL, empty = NULL;
    monocle_npy_write_i64 (path, &five, 1, ids, &error);
    array = monocle_npy_read (path, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (array->i64, 8 * array->n_elements, ids, sizeof ids);
    monocle_npy_write_f32 (path, NULL, 0, values, &error);
    scalar = monocle_npy_read (path, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (scalar->n_dims, ==, 0);
    g_assert_cmpuint (scalar->n_elements, ==, 1);
    monocle_npy_write_f32 (path, none, 2, NULL, &error);
    empty = monocle_npy_read (path, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (empty->n_elements, ==, 0);
  }
  remove_folder (folder);
}

static void
refuse (const char *folder, const char *header, gsize data_bytes, const char *what)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  put (file, "\x93NUMPY\x01\x00", 8);
  put_number (file, strlen (header), 2);
  put_text (file, header);
  for (gsize i = 0; i < data_bytes; i++)
    put_number (file, 0, 1);
  path = write_file (folder, "bad.npy", file->data, file->len);
  g_assert_null (monocle_npy_read (path, &error));
  check_file_error (&error, path, what);
}

static void
test_bad (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *short_path = write_file (folder, "short.npy", "\x93NUMPY", 6);
  g_autofree char *lying_path = write_file (folder, "lying.npy", "\x93NUMPY\x01\x00\xff\xff{}", 12);
  g_autofree char *gone = g_build_filename (folder, "no", "a.npy", NULL);
  g_autoptr (GError) error = NULL;
  const guint64 one = 1;
  const float value = 0;

  refuse (folder, "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", 8, "expected <f4");
  refuse (folder, "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8, "expected <f4");
  refuse (folder, "{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", 4, "expected <f4");
  refuse (folder, "{'descr': '<f4', 'fortran_order': False, 'shape': (1", 4, "expected <f4");
  refuse (folder, "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 4, "expected <f4");
  refuse (folder, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", 4,
          "expected");
  refuse (folder, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 4, "has 4 bytes");
  refuse (folder, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 5, "has 5 bytes");
  refuse (folder, "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2), }",
          4, "has 4");
  refuse (folder, "'shape'", 0, "expected");
  refuse (folder, "", 0, "expected");
  g_assert_null (monocle_npy_read (short_path, &error));
  check_file_error (&error, short_path, "is no NumPy file");
  g_assert_null (monocle_npy_read (lying_path, &error));
  check_file_error (&error, lying_path, "truncated");

  /* A failed write leaves nothing behind. */
  g_assert_false (monocle_npy_write_f32 (gone, &one, 1, &value, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_false (g_file_test (gone, G_FILE_TEST_EXISTS));
  remove_folder (folder);
}

/* One that NumPy wrote. */
static void
test_numpy (void)
{
  g_autofree char *path = fixture ("golden/native-96/input_ids.npy");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleNpy) array = monocle_npy_read (path, &error);
  gint64 sum = 0;
  g_assert_no_error (error);
  g_assert_cmpint (array->type, ==, MONOCLE_NPY_I64);
  g_assert_cmpuint (array->n_dims, ==, 2);
  g_assert_cmpuint (array->dims[0], ==, 1);
  for (gsize i = 0; i < array->n_elements; i++)
    sum += array->i64[i];
  g_assert_cmpint (array->i64[0], ==, 0);
  g_assert_cmpint (array->i64[array->n_elements - 1], ==, 2);
  g_assert_cmpint (sum, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/npy/bytes", test_bytes);
  g_test_add_func ("/engine/npy/round-trip", test_round_trip);
  g_test_add_func ("/engine/npy/bad", test_bad);
  g_test_add_func ("/engine/npy/numpy", test_numpy);
  return g_test_run ();
}
