/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names and shapes: the published models have exactly the tensors that the engine expects, in both
 * layouts; and a tensor that is missing, left over or of another shape is named. The checkpoints
 * are holes as large as the real ones, and no case here gets as far as reading them.
 */
#include "config.h"

#include "checkpoint-file.h"
#include "model-test.h"

#define EXTRA         "nobody.expects.this"
#define TINY_ORIGINAL "models/original-132"
#define TINY_NATIVE   "models/native-96"

/* A published model: its list of tensors, and where its configuration is. */
typedef struct
{
  const char *list;
  const char *directory;
  const char *config; /* (nullable): config.json instead of the one in @directory */
  gboolean native;
  const char *positions; /* (nullable): rows of the position tables instead of those in the list */
} Published;

static const Published published[] = {
  { "tensors_base.tsv.gz", "original-base", NULL, FALSE, NULL },
  { "tensors_large.tsv.gz", "original-large-1k", NULL, FALSE, NULL },
  { "tensors_large.tsv.gz", "original-large-1k", "original-large-4k", FALSE, "4098" },
  { "tensors_large.tsv.gz", "native-large", NULL, TRUE, "4098" },
};

static char *
read_zipped (const char *name)
{
  g_autofree char *relative = g_build_filename ("florence-2", name, NULL);
  g_autofree char *path = test_fixture (relative);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) raw = G_INPUT_STREAM (g_file_read (file, NULL, &error));
  g_autoptr (GZlibDecompressor) unzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  g_assert_no_error (error);
  stream = g_converter_input_stream_new (raw, G_CONVERTER (unzip));
  g_output_stream_splice (out, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);

  return g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (out)),
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (out)));
}

/* Rows: original name, shape, native name, native shape, note. */
static GPtrArray *
read_list (const Published *model)
{
  g_autofree char *text = read_zipped (model->list);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  GPtrArray *shapes = tensor_shapes_new ();

  for (guint i = 1; lines[i]; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);
      const char *name = cells[model->native ? 2 : 0];
      g_autofree char *dims = g_strdup (cells[model->native ? 3 : 1]);

      g_assert_cmpuint (g_strv_length (cells), ==, 5);
      if (g_str_equal (name, "-") || strstr (cells[4], "absent from published"))
        continue;
      if (model->positions && strstr (name, "embed_positions"))
        {
          g_autofree char *width = g_strdup (strchr (dims, 'x'));

          g_free (dims);
          dims = g_strconcat (model->positions, width, NULL);
        }
      tensor_shapes_add_text (shapes, name, dims);
    }

  return shapes;
}

static void
link_file (const char *from_folder, const char *name, const char *to_folder)
{
  g_autofree char *from = g_build_filename (from_folder, name, NULL);
  g_autofree char *to = g_build_filename (to_folder, name, NULL);
  g_autoptr (GFile) link = g_file_new_for_path (to);
  g_autoptr (GError) error = NULL;

  g_file_make_symbolic_link (link, from, NULL, &error);
  g_assert_no_error (error);
}

/* That a model with these tensors is refused, for one reason. */
static void
expect_refusal (const char *folder, GPtrArray *shapes, const char *name, const char *why)
{
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (GError) error = NULL;

  checkpoint_file_write (folder, shapes, NULL, NULL);
  model = test_load (folder, MONOCLE_PRECISION_F32, &error);
  g_assert_null (model);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
  if (!strstr (error->message, name) || !strstr (error->message, "model.safetensors"))
    g_test_fail_printf ("%s %s: “%s”", why, name, error->message);
  g_assert_null (strchr (error->message, '\n'));
}

/* The list with one tensor exchanged for an unknown one: these two are all there is to complain
 * about, so every other one of the list is expected with its shape, and no other is. */
static void
test_published (gconstpointer data)
{
  const Published *model = data;
  g_autofree char *relative = g_build_filename ("florence-2", model->directory, NULL);
  g_autofree char *directory = test_fixture (relative);
  g_autofree char *config_relative
      = g_build_filename ("florence-2", model->config ? model->config : model->directory, NULL);
  g_autofree char *config = test_fixture (config_relative);
  g_autofree char *florence = test_fixture ("florence-2");
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) shapes = read_list (model);
  TensorShape *first = shapes->pdata[0];
  g_autofree char *name = first->name;

  link_file (config, "config.json", folder);
  link_file (directory, "preprocessor_config.json", folder);
  link_file (directory, "generation_config.json", folder);
  link_file (florence, "tokenizer.json", folder);

  first->name = g_strdup (EXTRA);
  expect_refusal (folder, shapes, name, "missing");
  expect_refusal (folder, shapes, "1 tensor: “" EXTRA "”", "left over");
}

/* What the tiny model's files hold. */
static GPtrArray *
list_tiny (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "model.safetensors", NULL);
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GList) names = NULL;
  JsonObject *header;
  GPtrArray *shapes = tensor_shapes_new ();
  guint64 length;

  g_assert_nonnull (file);
  memcpy (&length, g_mapped_file_get_contents (file), sizeof length);
  g_assert_true (json_parser_load_from_data (
      parser, g_mapped_file_get_contents (file) + sizeof length, GUINT64_FROM_LE (length), NULL));
  header = json_node_get_object (json_parser_get_root (parser));
  names = json_object_get_members (header);
  for (GList *l = names; l; l = l->next)
    {
      JsonArray *array;
      guint dims[CHECKPOINT_MAX_DIMS] = { 0 };

      if (g_str_equal (l->data, "__metadata__"))
        continue;
      array
          = json_object_get_array_member (json_object_get_object_member (header, l->data), "shape");
      for (guint i = 0; i < json_array_get_length (array); i++)
        dims[i] = json_array_get_int_element (array, i);
      tensor_shapes_add (shapes, l->data, json_array_get_length (array), dims);
    }

  return shapes;
}

/* What can be computed or taken as zero. */
static gboolean
is_optional (const char *name)
{
  return g_str_has_suffix (name, "visual_temporal_embed.pos_idx_to_embed")
         || g_str_has_suffix (name, "final_logits_bias");
}

/* Each tensor of a tiny model in turn: left out, and of another shape. */
static void
test_each_tensor (gconstpointer data)
{
  g_autofree char *directory = test_fixture (data);
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) shapes = list_tiny (directory);
  guint n_checked = 0;

  test_link_model (directory, folder);
  for (guint i = 0; i < shapes->len; i++)
    {
      TensorShape *shape = shapes->pdata[i];
      g_autofree char *name = shape->name;

      if (!is_optional (name))
        {
          shape->name = g_strdup (EXTRA);
          expect_refusal (folder, shapes, name, "missing");
          g_free (shape->name);
          n_checked++;
        }
      shape->name = g_steal_pointer (&name);
      if (g_str_has_suffix (shape->name, "pos_idx_to_embed"))
        continue;
      shape->dims[shape->n_dims - 1]++;
      expect_refusal (folder, shapes, shape->name, "wrongly shaped");
      shape->dims[shape->n_dims - 1]--;
    }
  g_assert_cmpuint (n_checked, >, 100);
}

int
main (int argc, char *argv[])
{
  g_autofree char *tiny = NULL;
  g_autoptr (MonocleModel) keeper = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (published); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/tensors/published/%s",
                             published[i].config ? published[i].config : published[i].directory);

      g_test_add_data_func (path, &published[i], test_published);
    }
  g_test_add_data_func ("/tensors/each/original", TINY_ORIGINAL, test_each_tensor);
  g_test_add_data_func ("/tensors/each/native", TINY_NATIVE, test_each_tensor);

  /* Keeps the device open from one test to the next. */
  tiny = test_fixture (TINY_NATIVE);
  keeper = test_load_or_die (tiny, MONOCLE_PRECISION_F32);
  status = g_test_run ();
  g_clear_object (&keeper);
  return test_end (status);
}
