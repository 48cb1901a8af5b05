/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names and shapes: the published models have exactly the tensors that the engine expects, in both
 * layouts; and a tensor that is missing, left over or of another shape is named. The checkpoints
 * are holes as large as the real ones, and no case here gets as far as reading them.
 */
#include "config.h"

#include "model-test.h"
#include "published-shapes.h"

#define EXTRA         "nobody.expects.this"
#define TINY_ORIGINAL "models/original-132"
#define TINY_NATIVE   "models/native-96"

static const PublishedShapes published[]
    = { PUBLISHED_BASE, PUBLISHED_LARGE, PUBLISHED_LARGE_4K, PUBLISHED_LARGE_NATIVE };

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
  const PublishedShapes *model = data;
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) shapes = published_shapes_read (model);
  TensorShape *first = shapes->pdata[0];
  g_autofree char *name = first->name;

  published_shapes_link (model, folder);
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

/* --- heads with names of their own -------------------------------------------------------- */

/**
 * Head:
 * @list: of the tensors of a published model
 * @config: what its config.json says, but for @n_names names
 * @pixels: its preprocessor_config.json
 * @n_parameters: 0: not known
 */
typedef struct
{
  const char *list, *config, *pixels;
  guint n_names;
  guint64 n_parameters;
} Head;

#define STATISTICS                                                                                 \
  "\"image_mean\": [0.485, 0.456, 0.406], \"image_std\": [0.229, 0.224, 0.225], "                  \
  "\"do_resize\": true, \"do_normalize\": true"

static const Head heads[] = {
  { "eomt-small-640",
    "\"model_type\": \"eomt\", \"hidden_size\": 384, \"num_hidden_layers\": 12, "
    "\"num_attention_heads\": 6, \"num_blocks\": 3",
    "{\"size\": {\"shortest_edge\": 640, \"longest_edge\": 640}, \"do_pad\": true, " STATISTICS "}",
    133, 23975942 },
  { "detr-resnet-50", "\"model_type\": \"detr\"",
    "{\"size\": 800, \"max_size\": 1333, " STATISTICS "}", 91, 0 },
};

static GPtrArray *
read_list (const char *name)
{
  g_autofree char *relative = g_strdup_printf ("shapes/%s.tsv", name);
  g_autofree char *path = test_fixture (relative);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *shapes = tensor_shapes_new ();

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i]; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);

      g_assert_cmpuint (g_strv_length (cells), ==, 2);
      tensor_shapes_add_text (shapes, cells[0], cells[1]);
    }
  return shapes;
}

static void
write_settings (const Head *head, const char *folder)
{
  g_autoptr (GString) config = g_string_new (NULL);
  g_autofree char *to = g_build_filename (folder, "config.json", NULL);
  g_autofree char *beside = g_build_filename (folder, "preprocessor_config.json", NULL);

  g_string_append_printf (config, "{%s, \"id2label\": {", head->config);
  for (guint i = 0; i < head->n_names; i++)
    g_string_append_printf (config, "%s\"%u\": \"name %u\"", i > 0 ? ", " : "", i, i);
  g_string_append (config, "}}");
  g_assert_true (g_file_set_contents (to, config->str, -1, NULL));
  g_assert_true (g_file_set_contents (beside, head->pixels, -1, NULL));
}

/* All of them are used, and no other is asked for. */
static void
test_head (gconstpointer data)
{
  const Head *head = data;
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (GPtrArray) shapes = read_list (head->list);
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (GError) error = NULL;

  write_settings (head, folder);
  checkpoint_file_write (folder, shapes, NULL, NULL);
  model = test_load (folder, MONOCLE_PRECISION_F32, &error);
  g_assert_no_error (error);
  g_assert_null (monocle_model_get_notes (model)[0]);
  if (head->n_parameters > 0)
    g_assert_cmpuint (monocle_model_get_n_parameters (model), ==, head->n_parameters);
}

int
main (int argc, char *argv[])
{
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
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tensors/heads/%s", heads[i].list);

      g_test_add_data_func (path, &heads[i], test_head);
    }
  g_test_add_data_func ("/tensors/each/original", TINY_ORIGINAL, test_each_tensor);
  g_test_add_data_func ("/tensors/each/native", TINY_NATIVE, test_each_tensor);

  /* Keeps the device open from one test to the next. */
  keeper = test_load_fixture (TINY_NATIVE, MONOCLE_PRECISION_F32);
  status = g_test_run ();
  g_clear_object (&keeper);
  return test_end (status);
}
