/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hashed-qwen25vl.h"

#include <math.h>
#include <string.h>

#include "hashed-ofa.h"
#include "model-test.h"

void
hashed_qwen25vl_fill (const TensorShape *shape, float *values, gpointer user_data)
{
  const char *name = shape->name;
  const guint64 n = tensor_shape_get_n_elements (shape);
  const double offset = strstr (name, "norm") || strstr (name, "ln_q") ? 1 : 0;
  double scale = 0.3;

  if (strstr (name, "embed_tokens"))
    scale = 1;
  else if (shape->n_dims > 1)
    scale = sqrt (6.0 * shape->dims[0] / (double) n);
  for (guint64 i = 0; i < n; i++)
    values[i] = (float) (offset + scale * hashed_ofa_number (name, (guint32) i));
}

static void
write_json (const char *folder, const char *name, JsonNode *node)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = json_to_string (node, FALSE);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
copy_file (const char *folder, const char *name)
{
  g_autofree char *source = test_fixture ("qwen3vl");
  g_autofree char *from = g_build_filename (source, name, NULL);
  g_autofree char *to = g_build_filename (folder, name, NULL);
  g_autofree char *contents = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (from, &contents, &n, NULL));
  g_assert_true (g_file_set_contents (to, contents, (gssize) n, NULL));
}

/* (transfer full): the names that newer programs save are longer */
static char *
lengthen (const char *name)
{
  if (g_str_has_prefix (name, "visual."))
    return g_strconcat ("model.", name, NULL);
  return g_str_has_prefix (name, "model.")
             ? g_strconcat ("model.language_model", strchr (name, '.'), NULL)
             : g_strdup (name);
}

static void
fill_long (const TensorShape *shape, float *values, gpointer user_data)
{
  TensorShape published = *shape;
  g_autofree char *words = NULL;

  if (g_str_has_prefix (shape->name, "model.visual."))
    published.name += strlen ("model.");
  else if (g_str_has_prefix (shape->name, "model.language_model."))
    published.name = words
        = g_strconcat ("model.", shape->name + strlen ("model.language_model."), NULL);
  hashed_qwen25vl_fill (&published, values, NULL);
}

/* Heads that make more of each token than tokens are wide, for which there must be room. */
#define WIDE_HEADS 8
#define WIDE_HEAD  128

static void
widen (const char *name, JsonArray *dims)
{
  static const char *const parts[] = { ".q_proj.", ".k_proj.", ".v_proj." };
  const gboolean is_end = strstr (name, ".o_proj.") != NULL;
  gboolean is_part = is_end;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    is_part = is_part || strstr (name, parts[i]);
  if (!is_part)
    return;
  json_array_remove_element (dims, is_end);
  if (is_end || json_array_get_length (dims) == 0)
    json_array_add_int_element (dims, WIDE_HEADS * WIDE_HEAD);
  else
    {
      const gint64 columns = json_array_get_int_element (dims, 0);

      json_array_remove_element (dims, 0);
      json_array_add_int_element (dims, WIDE_HEADS * WIDE_HEAD);
      json_array_add_int_element (dims, columns);
    }
}

static void
widen_config (JsonObject *config)
{
  json_object_set_int_member (config, "num_attention_heads", WIDE_HEADS);
  json_object_set_int_member (config, "num_key_value_heads", WIDE_HEADS);
  json_object_set_int_member (config, "head_dim", WIDE_HEAD);
  json_object_set_int_member (config, "max_position_embeddings", 8192);
}

char *
hashed_qwen25vl_make (gboolean has_long_names, gboolean is_wide)
{
  g_autofree char *source = test_fixture ("qwen25vl");
  g_autoptr (JsonObject) golden = test_read_json (source, "golden.json");
  JsonObject *shapes = json_object_get_object_member (golden, "shapes");
  g_autoptr (GList) names = json_object_get_members (shapes);
  g_autoptr (GPtrArray) list = tensor_shapes_new ();
  char *folder = test_folder_new ();

  for (GList *l = names; l; l = l->next)
    {
      JsonArray *dims = json_object_get_array_member (shapes, l->data);
      g_autofree char *name = has_long_names ? lengthen (l->data) : g_strdup (l->data);
      g_autoptr (GString) text = g_string_new (NULL);

      if (is_wide)
        widen (name, dims);
      for (guint i = 0; i < json_array_get_length (dims); i++)
        g_string_append_printf (text, "%s%d", i > 0 ? "x" : "",
                                (int) json_array_get_int_element (dims, i));
      tensor_shapes_add_text (list, name, text->str);
    }
  checkpoint_file_write (folder, list, has_long_names ? fill_long : hashed_qwen25vl_fill, NULL);
  if (is_wide)
    widen_config (json_object_get_object_member (golden, "config"));
  write_json (folder, "config.json", json_object_get_member (golden, "config"));
  write_json (folder, "preprocessor_config.json",
              json_object_get_member (golden, "preprocessor_config"));
  copy_file (folder, "tokenizer.json");
  copy_file (folder, "generation_config.json");
  return folder;
}
