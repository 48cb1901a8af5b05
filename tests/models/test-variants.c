/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files as people have them, other than the published ones: here the configuration, and what
 * several versions of the reference library write; settings and tensors are in variants-settings
 * and variants-tensors. Answers are those of the reference (fixtures/variants.json,
 * fixtures/saved), or of the same model before it was changed.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "engine/models/florence2/tasks.h"
#include "variants.h"

JsonObject *variants;

static char *
describe_ids (const guint32 *ids, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? " " : "", ids[i]);
  return g_string_free (text, FALSE);
}

char *
variants_describe_array (JsonArray *array)
{
  guint n = json_array_get_length (array);
  g_autofree guint32 *ids = g_new (guint32, n);

  for (guint i = 0; i < n; i++)
    ids[i] = (guint32) json_array_get_int_element (array, i);
  return describe_ids (ids, n);
}

/* The answer to the fixture's question. */
char *
variants_answer (MonocleModel *model, guint max_tokens)
{
  g_autoptr (MonocleSession) session
      = test_open_fixture (model, json_object_get_string_member (variants, "image"));
  const MonocleRequest request
      = { .task = monocle_florence2_find_task (json_object_get_string_member (variants, "task")),
          .max_tokens = max_tokens };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run = test_run (session, &request, &error);
  const guint32 *ids;
  guint n;

  g_assert_no_error (error);
  ids = monocle_result_get_token_ids (run->results->pdata[0], &n);
  return describe_ids (ids, n);
}

char *
variants_answer_from (const char *folder)
{
  g_autoptr (MonocleModel) model = test_load_or_die (folder, MONOCLE_PRECISION_F32);

  return variants_answer (model, (guint) json_object_get_int_member (variants, "max_new_tokens"));
}

char *
variants_get_plain_answer (void)
{
  JsonArray *cases = json_object_get_array_member (variants, "settings");

  return variants_describe_array (
      json_object_get_array_member (json_array_get_object_element (cases, 0), "ids"));
}

TestFolder *
variants_copy_model (void)
{
  g_autofree char *source = test_fixture (VARIANTS_MODEL);
  TestFolder *folder = test_folder_new ();

  test_link_model (source, folder);
  return folder;
}

void
variants_check (const char *what, const char *got, const char *expected)
{
  if (g_strcmp0 (got, expected) != 0)
    g_test_fail_printf ("%s: %s, expected %s", what, got, expected);
}

/* Members of @changes replace those of @object; null takes them away. */
void
variants_change (JsonObject *object, JsonObject *changes)
{
  g_autoptr (GList) names = json_object_get_members (changes);

  for (GList *l = names; l; l = l->next)
    json_object_set_member (object, l->data,
                            json_node_copy (json_object_get_member (changes, l->data)));
}

void
variants_change_file (const char *folder, const char *name, const char *changes)
{
  g_autoptr (JsonObject) object = test_read_json (folder, name);
  g_autoptr (JsonNode) node = json_from_string (changes, NULL);

  g_assert_nonnull (node);
  variants_change (object, json_node_get_object (node));
  test_write_json (folder, name, object);
}

/* Exactly these notes, each about a file of the model. */
void
variants_expect_notes (const char *folder, const char *words)
{
  g_autoptr (MonocleModel) model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  const char *const *notes = monocle_model_get_notes (model);
  guint n = g_strv_length ((char **) notes);

  if (!words)
    {
      if (n > 0)
        g_test_fail_printf ("noted without need: “%s”", notes[0]);
      return;
    }
  if (n != 1 || !g_str_has_prefix (notes[0], folder) || !strstr (notes[0], words))
    g_test_fail_printf ("expected one note with “%s”, got %u, “%s”", words, n,
                        n > 0 ? notes[0] : "");
}

/* The tensors say which layout it is. */
static void
test_layout (void)
{
  g_autoptr (TestFolder) folder = variants_copy_model ();
  g_autoptr (JsonObject) config = test_read_json (folder, "config.json");
  JsonObject *vision = json_object_get_object_member (config, "vision_config");
  g_autofree char *expected = variants_get_plain_answer ();
  static const char *const types[] = { NULL, "davit" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *got = NULL;

      if (types[i])
        json_object_set_string_member (vision, "model_type", types[i]);
      else
        json_object_remove_member (vision, "model_type");
      test_write_json (folder, "config.json", config);
      got = variants_answer_from (folder);
      variants_check ("layout", got, expected);
    }
}

/* A byte order mark is no harm; of what is, the cause is named and not something that follows. */
static void
test_config_causes (void)
{
  g_autofree char *source = test_fixture (VARIANTS_MODEL "/config.json");
  g_autofree char *text = NULL, *marked = NULL, *half = NULL, *got = NULL, *path = NULL;
  g_autofree char *expected = variants_get_plain_answer ();
  g_autoptr (TestFolder) folder = variants_copy_model ();
  const struct
  {
    const char *text, *words;
  } cases[] = {
    { NULL, "cut off" }, /* half of it */
    { "\xff\xfe{", "UTF-16" },
    { "version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer" },
    { "<html>", "a web page" },
    { "{\"model_type\": \"blip\"}", "its “model_type” is “blip”, expected “florence2”" },
    { "{\"text_config\": {}}", "does not say its “model_type”, expected “florence2”" },
  };

  g_assert_true (g_file_get_contents (source, &text, NULL, NULL));
  marked = g_strconcat ("\xef\xbb\xbf", text, NULL);
  half = g_strndup (text, 500);
  path = g_build_filename (folder, "config.json", NULL);
  g_remove (path);
  g_assert_true (g_file_set_contents (path, marked, -1, NULL));
  got = variants_answer_from (folder);
  variants_check ("byte order mark", got, expected);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleModel) model = NULL;

      g_assert_true (g_file_set_contents (path, i == 0 ? half : cases[i].text, -1, NULL));
      model = test_load (folder, MONOCLE_PRECISION_F32, &error);
      g_assert_null (model);
      if (!g_str_has_prefix (error->message, path) || !strstr (error->message, cases[i].words))
        g_test_fail_printf ("expected “%s”, got “%s”", cases[i].words, error->message);
    }
}

/* What the computation would have to do otherwise. */
static void
test_refused_architecture (void)
{
  static const struct
  {
    const char *part, *changes, *words;
  } cases[] = {
    { "text_config", "{\"activation_function\": \"relu\"}", "relu" },
    { "text_config", "{\"scale_embedding\": true}", "scaled" },
    { "text_config", "{\"static_position_embeddings\": true}", "positions" },
    { "text_config", "{\"model_type\": \"mbart\"}", "mbart" },
    { "vision_config", "{\"activation_function\": \"silu\"}", "silu" },
    { "vision_config", "{\"qkv_bias\": false}", "qkv" },
    { "vision_config", "{\"image_pos_embed\": {\"type\": \"sine\"}}", "sine" },
    { "vision_config", "{\"visual_temporal_embedding\": {\"type\": \"LEARNED\"}}", "LEARNED" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestFolder) folder = variants_copy_model ();
      g_autoptr (JsonObject) config = test_read_json (folder, "config.json");
      g_autoptr (JsonNode) changes = json_from_string (cases[i].changes, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleModel) model = NULL;

      variants_change (json_object_get_object_member (config, cases[i].part),
                       json_node_get_object (changes));
      test_write_json (folder, "config.json", config);
      model = test_load (folder, MONOCLE_PRECISION_F32, &error);
      g_assert_null (model);
      if (!strstr (error->message, cases[i].words) || !strstr (error->message, "config.json"))
        g_test_fail_printf ("%s: “%s”", cases[i].changes, error->message);
    }
}

/* What versions of the reference library write beside weights and tokenizer. */
static void
test_saved (gconstpointer data)
{
  g_autofree char *relative = g_build_filename ("saved", data, NULL);
  g_autofree char *saved = test_fixture (relative);
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *source = test_fixture (VARIANTS_MODEL);
  g_autoptr (JsonObject) expected = test_read_json (saved, "answer.json");
  g_autofree char *ids = variants_describe_array (json_object_get_array_member (expected, "ids"));
  g_autofree char *got = NULL;

  test_link_model (saved, folder);
  for (const char *const *name
       = (const char *const[]){ "model.safetensors", "tokenizer.json", NULL };
       *name; name++)
    {
      g_autofree char *from = g_build_filename (source, *name, NULL);
      g_autofree char *absolute = g_canonicalize_filename (from, NULL);
      g_autofree char *to = g_build_filename (folder, *name, NULL);
      g_autoptr (GFile) link = g_file_new_for_path (to);

      g_assert_true (g_file_make_symbolic_link (link, absolute, NULL, NULL));
    }
  got = variants_answer_from (folder);
  variants_check (data, got, ids);
  variants_expect_notes (folder, NULL);
}

int
main (int argc, char *argv[])
{
  static const char *const versions[] = { "4.56.2", "4.57.6", "5.0.0", "5.24.0" };
  g_autofree char *fixtures = NULL;
  g_autoptr (MonocleModel) keeper = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  fixtures = test_fixture (".");
  variants = test_read_json (fixtures, "variants.json");
  variants_add_settings ();
  g_test_add_func ("/variants/layout", test_layout);
  g_test_add_func ("/variants/config-causes", test_config_causes);
  g_test_add_func ("/variants/refused-architecture", test_refused_architecture);
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autofree char *path = g_strconcat ("/variants/saved/", versions[i], NULL);

      g_test_add_data_func (path, versions[i], test_saved);
    }
  variants_add_tensors ();

  /* Keeps the device open from one test to the next. */
  keeper = test_load_fixture (VARIANTS_MODEL, MONOCLE_PRECISION_F32);
  status = g_test_run ();
  g_clear_object (&keeper);
  json_object_unref (variants);
  return test_end (status);
}
