/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * io/torch with its archive and its pickle machine: archives built byte by byte, real ones that
 * torch.save wrote (the tiny models), and the hostile ones.
 */
#include "config.h"

#include <math.h>

#include "engine/checkpoint/checkpoint-private.h"
#include "engine/base/json.h"
#include "engine/checkpoint/torch.h"
#include "pickle-fixture.h"

typedef gboolean (*ReadContainer) (MonocleCheckpoint *, GBytes *, const char *, GError **);

static MonocleCheckpoint *
read_bytes_with (ReadContainer read, const void *data, gsize size, GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_memdup2 (data, size), size);
  if (!read (checkpoint, bytes, "f.bin", error))
    return NULL;
  return g_steal_pointer (&checkpoint);
}

static MonocleCheckpoint *
read_bytes (const void *data, gsize size, GError **error)
{
  return read_bytes_with (monocle_torch_read, data, size, error);
}

/* An archive of @pickle and one storage "0" of twelve floats 0..11. */
static MonocleCheckpoint *
read_pickle_with (ReadContainer read, const GByteArray *pickle, gboolean zip64, GError **error)
{
  g_auto (Archive) archive;
  float values[12];
  for (guint i = 0; i < 12; i++)
    values[i] = (float) i;
  archive_init (&archive, zip64);
  add_entry (&archive, "archive/data.pkl", pickle->data, pickle->len);
  add_entry (&archive, "archive/byteorder", "little", 6);
  add_entry (&archive, "archive/data/0", values, sizeof values);
  add_entry (&archive, "archive/version", "3\n", 2);
  finish_archive (&archive);
  return read_bytes_with (read, archive.file->data, archive.file->len, error);
}

static MonocleCheckpoint *
read_pickle (const GByteArray *pickle, gboolean zip64, GError **error)
{
  return read_pickle_with (monocle_torch_read, pickle, zip64, error);
}

static void
check_values (const MonocleCheckpointTensor *tensor, const float *expected, gsize n)
{
  float values[64];
  g_assert_nonnull (tensor);
  g_assert_cmpuint (monocle_checkpoint_tensor_get_n_elements (tensor), ==, n);
  g_assert_cmpuint (tensor->size_bytes, ==, 4 * n);
  monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
  g_assert_cmpmem (values, 4 * n, expected, 4 * n);
}

static void
check_views (gboolean zip64)
{
  const gint64 whole[] = { 3, 4 }, rows[] = { 4, 1 }, turned[] = { 4, 3 }, columns[] = { 1, 4 };
  const gint64 four[] = { 4 }, one[] = { 1 }, three_by_one[] = { 3, 1 }, odd[] = { 4, 99 };
  const gint64 two_by_two[] = { 2, 2 }, zero_stride[] = { 0, 1 };
  const float all[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
  const float transposed[] = { 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11 };
  const float repeated[] = { 2, 3, 2, 3 }, column[] = { 1, 5, 9 };
  g_autoptr (GByteArray) p = begin_dict ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  const MonocleCheckpointTensor *t;

  put_string (p, "whole");
  put_tensor (p, "FloatStorage", "0", 12, 0, 2, whole, rows);
  put_string (p, "row");
  put_tensor (p, "FloatStorage", "0", 12, 4, 1, four, one);
  put_string (p, "transposed");
  put_tensor (p, "FloatStorage", "0", 12, 0, 2, turned, columns);
  put_string (p, "column");
  put_tensor (p, "FloatStorage", "0", 12, 1, 2, three_by_one, odd);
  put_string (p, "repeated");
  put_tensor (p, "FloatStorage", "0", 12, 2, 2, two_by_two, zero_stride);
  put_string (p, "scalar");
  put_tensor (p, "FloatStorage", "0", 12, 11, 0, NULL, NULL);
  put_string (p, "parameter");
  put_text (p, "ctorch._utils\n_rebuild_parameter\n");
  put_tensor (p, "FloatStorage", "0", 12, 0, 1, four, one);
  put_text (p, "\x88"
               "ccollections\nOrderedDict\n)R\x87R");
  put_string (p, "longs");
  put_tensor (p, "LongStorage", "0", 6, 2, 1, four, one);
  put_string (p, "epoch");
  put_int (p, -3);
  end_dict (p);

  checkpoint = read_pickle (p, zip64, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_checkpoint_get_n_tensors (checkpoint), ==, 8);
  check_values (monocle_checkpoint_find (checkpoint, "whole"), all, 12);
  check_values (monocle_checkpoint_find (checkpoint, "row"), all + 4, 4);
  check_values (monocle_checkpoint_find (checkpoint, "transposed"), transposed, 12);
  check_values (monocle_checkpoint_find (checkpoint, "column"), column, 3);
  check_values (monocle_checkpoint_find (checkpoint, "repeated"), repeated, 4);
  check_values (monocle_checkpoint_find (checkpoint, "scalar"), all + 11, 1);
  check_values (monocle_checkpoint_find (checkpoint, "parameter"), all, 4);
  t = monocle_checkpoint_find (checkpoint, "longs");
  g_assert_cmpint (t->dtype, ==, MONOCLE_DTYPE_I64);
  g_assert_cmpuint (t->size_bytes, ==, 32);
  /* Views of one storage share its bytes. */
  g_assert_true (monocle_checkpoint_find (checkpoint, "parameter")->data
                 == monocle_checkpoint_find (checkpoint, "whole")->data);
}

static void
test_views (void)
{
  check_views (FALSE);
}

static void
test_zip64 (void)
{
  check_views (TRUE);
}

/* Protocol 4: frames, short strings, memoised globals from the stack. */
static void
test_protocol_4 (void)
{
  g_autoptr (GByteArray) p = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = NULL;
  const float expected[] = { 1, 2 };

#define PUT(text) put (p, text, sizeof text - 1)
  PUT ("\x80\x04\x95\0\0\0\0\0\0\0\0}\x94(\x8c\x01t\x94");
  PUT ("\x8c\x0ctorch._utils\x94\x8c\x12_rebuild_tensor_v2\x94\x93\x94");
  PUT ("((\x8c\x07storage\x94\x8c\x05torch\x94\x8c\x0c"
       "FloatStorage\x94\x93\x94\x8c\x01"
       "0\x94\x8c\x03"
       "cpu\x94K\x0ct\x94Q");
  PUT ("K\x01K\x02\x85\x94K\x01\x85\x94\x89}t\x94R\x94u.");
#undef PUT
  checkpoint = read_pickle (p, FALSE, &error);
  g_assert_no_error (error);
  check_values (monocle_checkpoint_find (checkpoint, "t"), expected, 2);
}

static void
refuse_pickle (const GByteArray *pickle, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (read_pickle (pickle, FALSE, &error));
  check_file_error (&error, "f.bin: ", what);
}

static void
refuse_code (const char *code, gsize size, const char *what)
{
  g_autoptr (GByteArray) p = g_byte_array_new ();
  put (p, code, size);
  refuse_pickle (p, what);
}

static void
test_hostile_pickles (void)
{
#define CODE(text) text, sizeof text - 1
  refuse_code (CODE ("cos\nsystem\n(X\x04\0\0\0echotR."),
               "asks for os.system; only tensors are read");
  refuse_code (CODE ("cposix\nsystem\n."), "asks for posix.system");
  refuse_code (CODE ("c__builtin__\neval\n."), "asks for __builtin__.eval");
  refuse_code (CODE ("\x8c\x08"
                     "builtins\x8c\x04"
                     "exec\x93."),
               "asks for builtins.exec");
  refuse_code (CODE ("ctorch\nload\n."), "asks for torch.load");
  refuse_code (CODE ("cos\nsys"), "ends within");
  refuse_code (CODE ("c"), "ends within");
  refuse_code (CODE ("(S'x'\nios\nsystem\n."), "instruction that no tensor needs");
  refuse_code (CODE (""), "ends within");
  refuse_code (CODE ("\x80\x09."), "unknown protocol");
  refuse_code (CODE ("."), "empty stack");
  refuse_code (CODE ("(."), "ends in a mark");
  refuse_code (CODE ("}"), "ends within");
  refuse_code (CODE ("N."), "no dictionary of tensors");
  refuse_code (CODE ("}."), "holds no tensors");
  refuse_code (CODE ("K."), "ends within");
  refuse_code (CODE ("X\xff\xff\xff\xff"
                     "a."),
               "ends within");
  refuse_code (CODE ("\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
                     "a."),
               "ends within");
  refuse_code (CODE ("U\x01\xff."), "not UTF-8");
  refuse_code (CODE ("t."), "no mark");
  refuse_code (CODE ("}u."), "no mark");
  refuse_code (CODE ("N(NNu."), "no container");
  refuse_code (CODE ("}(Nu."), "key without a value");
  refuse_code (CODE ("NNs."), "empty stack");
  refuse_code (CODE ("h\x01."), "never remembered");
  refuse_code (CODE ("j\x01\0\0\0."), "never remembered");
  refuse_code (CODE ("(q\x01h\x01."), "never remembered");
  refuse_code (CODE ("q\x01."), "empty stack");
  refuse_code (CODE ("NNR."), "calls what is no function");
  refuse_code (CODE ("ccollections\nOrderedDict\nK\x01\x85R."), "does not take");
  refuse_code (CODE ("ctorch\nFloatStorage\n)R."), "does not take");
  refuse_code (CODE ("ctorch._utils\n_rebuild_parameter\n)R."), "does not take");
  refuse_code (CODE ("ctorch._utils\n_rebuild_tensor_v2\n)R."), "in an unknown way");
  refuse_code (CODE ("ctorch._utils\n_rebuild_tensor_v2\n(K\0K\0))\x89}tR."), "in an unknown way");
  refuse_code (CODE (")Q."), "unknown way");
  refuse_code (CODE ("NQ."), "unknown way");
  refuse_code (CODE ("NNb."), "no dictionary");
  refuse_code (CODE ("NN\x93."), "what is no string");
#undef CODE
  {
    /* A container that holds itself must not be walked into. */
    g_autoptr (GByteArray) p = g_byte_array_new ();
    put (p, "}q\x01X\x01\0\0\0ah\x01s.", 13);
    refuse_pickle (p, "holds no tensors");
  }
  {
    g_autoptr (GByteArray) p = g_byte_array_new ();
    g_byte_array_set_size (p, 20 * 1024 * 1024);
    memset (p->data, '(', p->len);
    refuse_pickle (p, "larger than 16 MiB");
    g_byte_array_set_size (p, 1000 * 1000);
    refuse_pickle (p, "ends within");
  }
}

/* What a program that trains leaves: settings as objects, states of optimisers, and the model. */
static GByteArray *
make_run (void)
{
  const gint64 four[] = { 4 }, one[] = { 1 };
  GByteArray *p = g_byte_array_new ();

  put_text (p, "\x80\x02}(");
  put_string (p, "args");
  put_text (p, "cargparse\nNamespace\n)\x81}(");
  put_string (p, "arch");
  put_string (p, "ofa_base");
  put_string (p, "lr");
  put_text (p, "]G........a");
  put_string (p, "choice");
  put_text (p, "cfairseq.dataclass.constants\nDDP_BACKEND_CHOICES\n");
  put_string (p, "legacy");
  put_text (p, "\x85Rub");
  put_string (p, "history");
  put_text (p, "ccollections\ndefaultdict\nc__builtin__\nlist\n\x85R(");
  /* Bytes that are written as a text. */
  put_string (p, "numbers");
  put (p, "c_codecs\nencode\nX\x02\0\0\0\0aX\x06\0\0\0latin1\x86R", 36);
  put_string (p, "bytes");
  put (p,
       "C\x03"
       "a.c",
       5);
  put_text (p, "u");
  put_string (p, "queue");
  put_text (p, "ccollections\ndeque\n]\x85R(K\1K\2e");
  put_string (p, "last_optimizer_state");
  put_text (p, "}(");
  put_int (p, 0);
  put_tensor (p, "FloatStorage", "0", 12, 0, 1, four, one);
  put_text (p, "u");
  put_string (p, "model");
  put_text (p, "ccollections\nOrderedDict\n)R(");
  put_string (p, "t");
  put_tensor (p, "FloatStorage", "0", 12, 4, 1, four, one);
  put_string (p, "version");
  put_int (p, 3);
  put_text (p, "uu.");
  return p;
}

static void
test_runs (void)
{
  static const char hostile[] = "\x80\x02}(X\x05\0\0\0modelcos\nsystem\nX\x10\0\0\0touch "
                                "/tmp/pwned\x85Ru.";
  static const char posing[] = "\x80\x02}(X\x05\0\0\0model}(X\x01\0\0\0tctorch._utils\n"
                               "_rebuild_tensor_v3\n)Ruu.";
  const float expected[] = { 4, 5, 6, 7 };
  g_autoptr (GByteArray) p = make_run ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint
      = read_pickle_with (monocle_torch_read_run, p, FALSE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (monocle_checkpoint_get_n_tensors (checkpoint), ==, 1);
  check_values (monocle_checkpoint_find (checkpoint, "t"), expected, 4);
  refuse_pickle (p, "asks for argparse.Namespace");
  {
    g_autoptr (GByteArray) code = g_byte_array_new ();

    put (code, hostile, sizeof hostile - 1);
    g_assert_null (read_pickle_with (monocle_torch_read_run, code, FALSE, &error));
    check_file_error (&error, "f.bin: ", "no dictionary of tensors");
    g_byte_array_set_size (code, 0);
    put (code, posing, sizeof posing - 1);
    g_assert_null (read_pickle_with (monocle_torch_read_run, code, FALSE, &error));
    check_file_error (&error, "f.bin: ", "holds no tensors");
    g_byte_array_set_size (code, 0);
    put (code, "}.", 2);
    g_assert_null (read_pickle_with (monocle_torch_read_run, code, FALSE, &error));
    check_file_error (&error, "f.bin: ", "no dictionary “model”");
    g_byte_array_set_size (code, 0);
    put (code, "N(NNu.", 6);
    g_assert_null (read_pickle_with (monocle_torch_read_run, code, FALSE, &error));
    check_file_error (&error, "f.bin: ", "no container");
  }
}

static void
refuse_tensor (gint64 n,
               gint64 offset,
               guint n_dims,
               const gint64 *dims,
               const gint64 *strides,
               const char *what)
{
  g_autoptr (GByteArray) p = begin_dict ();
  put_string (p, "t");
  put_tensor (p, "FloatStorage", "0", n, offset, n_dims, dims, strides);
  end_dict (p);
  refuse_pickle (p, what);
}

static void
test_lying_tensors (void)
{
  const gint64 three[] = { 3, 4 }, rows[] = { 4, 1 }, huge[] = { G_MAXINT64, 4 },
               big[] = { 1 << 30, 1 << 30 };
  const gint64 none[] = { 0, 0 }, negative[] = { -4, 1 }, thirteen[] = { 13 }, one[] = { 1 };
  const gint64 many[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, two[] = { 2, 2 },
               far[] = { G_MAXINT64, G_MAXINT64 };
  const gint64 wide[] = { 10000, 10000 };

  refuse_tensor (12, 1, 2, three, rows, "outside of its storage");
  refuse_tensor (11, 0, 2, three, rows, "outside of its storage");
  refuse_tensor (13, 0, 2, three, rows, "storage is truncated");
  refuse_tensor (G_MAXINT64, 0, 2, three, rows, "storage is truncated");
  refuse_tensor (-1, 0, 2, three, rows, "unknown way");
  refuse_tensor (12, -1, 2, three, rows, "unknown way");
  refuse_tensor (12, G_MAXINT64, 2, three, rows, "outside of its storage");
  refuse_tensor (12, 0, 1, thirteen, one, "outside of its storage");
  refuse_tensor (12, 0, 2, huge, rows, "too large");
  refuse_tensor (12, 0, 2, big, none, "larger than the file");
  refuse_tensor (12, 0, 2, wide, none, "larger than the file");
  refuse_tensor (12, 0, 2, negative, rows, "sizes that are no numbers");
  refuse_tensor (12, 0, 2, three, negative, "sizes that are no numbers");
  refuse_tensor (12, 0, 2, two, far, "outside of its storage");
  refuse_tensor (12, 0, 9, many, many, "unknown way");
  {
    g_autoptr (GByteArray) p = begin_dict ();
    put_string (p, "t");
    put_tensor (p, "FloatStorage", "1", 12, 0, 2, three, rows);
    end_dict (p);
    refuse_pickle (p, "no \"archive/data/1\"");
  }
  {
    g_autoptr (GByteArray) p = begin_dict ();
    for (guint i = 0; i < 2; i++)
      {
        put_string (p, "t");
        put_tensor (p, "FloatStorage", "0", 12, 0, 2, three, rows);
      }
    end_dict (p);
    refuse_pickle (p, "\"t\" is there twice");
  }
  {
    /* Copies that multiply a storage: each is small, together they are more than the file. */
    g_autoptr (GByteArray) p = begin_dict ();
    const gint64 dims[] = { 2, 6 }, strides[] = { 1, 2 };
    for (guint i = 0; i < 400; i++)
      {
        g_autofree char *name = g_strdup_printf ("t%u", i);
        put_string (p, name);
        if (i == 0)
          put_text (p, "ctorch._utils\n_rebuild_tensor_v2\n(");
        if (i == 0)
          {
            put_storage (p, "FloatStorage", "0", 12);
            put_int (p, 0);
            put_ints (p, dims, 2);
            put_ints (p, strides, 2);
            put_text (p, "\x89}tRq\x09");
          }
        else
          put_text (p, "h\x09");
      }
    end_dict (p);
    refuse_pickle (p, "larger than the file");
  }
}

static void
refuse_archive (const Archive *archive, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (read_bytes (archive->file->data, archive->file->len, &error));
  check_file_error (&error, "f.bin: ", what);
}

static void
test_bad_archives (void)
{
  static const char legacy[] = "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.";
  g_autoptr (GError) error = NULL;

  g_assert_null (read_bytes (legacy, sizeof legacy - 1, &error));
  check_file_error (&error, "f.bin: ", "format of before 1.6");
  g_assert_null (read_bytes ("some text", 9, &error));
  check_file_error (&error, "f.bin: ", "no PyTorch checkpoint");
  g_assert_null (read_bytes ("PK\3\4", 4, &error));
  check_file_error (&error, "f.bin: ", "truncated");
  {
    g_auto (Archive) a;
    archive_init (&a, FALSE);
    add_entry (&a, "readme.txt", "x", 1);
    finish_archive (&a);
    refuse_archive (&a, "no data.pkl");
  }
  {
    g_auto (Archive) a;
    archive_init (&a, FALSE);
    add_entry_of (&a, "a/data.pkl", "x", 1, 0, 8);
    finish_archive (&a);
    refuse_archive (&a, "compressed or encrypted");
  }
  {
    g_auto (Archive) a;
    archive_init (&a, FALSE);
    add_entry_of (&a, "a/data.pkl", "x", 1, 1, 0);
    finish_archive (&a);
    refuse_archive (&a, "compressed or encrypted");
  }
  {
    g_auto (Archive) a;
    archive_init (&a, FALSE);
    add_entry (&a, "a/data.pkl", "}.", 2);
    add_entry (&a, "a/byteorder", "big", 3);
    finish_archive (&a);
    refuse_archive (&a, "big-endian");
  }
  {
    g_auto (Archive) a;
    archive_init (&a, FALSE);
    add_entry (&a, "a/data.pkl", "}.", 2);
    add_entry (&a, "a/data.pkl", "}.", 2);
    finish_archive (&a);
    refuse_archive (&a, "directory is corrupt");
  }
}

/* Every prefix of a good file is bad. */
static void
test_truncated (void)
{
  const gint64 dims[] = { 12 }, strides[] = { 1 };
  float values[12] = { 0 };
  for (guint zip64 = 0; zip64 < 2; zip64++)
    {
      g_autoptr (GByteArray) p = begin_dict ();
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleCheckpoint) whole = NULL;
      g_auto (Archive) a;

      put_string (p, "t");
      put_tensor (p, "FloatStorage", "0", 12, 0, 1, dims, strides);
      end_dict (p);
      archive_init (&a, zip64 == 1);
      add_entry (&a, "archive/data.pkl", p->data, p->len);
      add_entry (&a, "archive/data/0", values, sizeof values);
      finish_archive (&a);
      whole = read_bytes (a.file->data, a.file->len, &error);
      g_assert_no_error (error);
      for (gsize size = 0; size < a.file->len; size++)
        {
          g_assert_null (read_bytes (a.file->data, size, &error));
          check_file_error (&error, "f.bin: ", "");
        }
      /* And of its pickle. */
      for (gsize size = 0; size < p->len; size++)
        {
          g_autoptr (GByteArray) cut = g_byte_array_new ();
          put (cut, p->data, size);
          refuse_pickle (cut, "");
        }
    }
}

/* Written by torch.save; the tied names are views of one storage. */
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
      g_autofree char *folder = fixture (json_object_get_string_member (model, "model"));
      g_autoptr (MonocleCheckpoint) checkpoint = NULL;
      g_autoptr (GHashTable) distinct = g_hash_table_new (NULL, NULL);

      if (!g_str_equal (json_object_get_string_member (model, "container"), "bin"))
        continue;
      checkpoint = monocle_checkpoint_open (folder, &error);
      g_assert_no_error (error);
      for (guint t = 0; t < monocle_checkpoint_get_n_tensors (checkpoint); t++)
        {
          const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, t);
          guint64 n = monocle_checkpoint_tensor_get_n_elements (tensor);
          g_autofree float *values = g_new (float, n + 1);
          g_hash_table_add (distinct, (gpointer) tensor->data);
          if (tensor->dtype == MONOCLE_DTYPE_OTHER)
            continue;
          monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
          for (guint64 e = 0; e < n; e++)
            g_assert_true (isfinite (values[e]));
        }
      g_assert_cmpuint (g_hash_table_size (distinct), ==,
                        (guint) json_object_get_int_member (model, "tensors"));
      n_seen++;
    }
  g_assert_cmpuint (n_seen, >=, 2);
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
  return monocle_torch_read (checkpoint, bytes, path, error);
}

static void
test_bad_files (void)
{
  check_bad_files ("torch", read_bad);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/torch/views", test_views);
  g_test_add_func ("/engine/torch/zip64", test_zip64);
  g_test_add_func ("/engine/torch/protocol-4", test_protocol_4);
  g_test_add_func ("/engine/torch/hostile-pickles", test_hostile_pickles);
  g_test_add_func ("/engine/torch/runs", test_runs);
  g_test_add_func ("/engine/torch/lying-tensors", test_lying_tensors);
  g_test_add_func ("/engine/torch/bad-archives", test_bad_archives);
  g_test_add_func ("/engine/torch/truncated", test_truncated);
  g_test_add_func ("/engine/torch/bad-files", test_bad_files);
  g_test_add_func ("/engine/torch/models", test_models);
  return g_test_run ();
}
