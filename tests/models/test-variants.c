/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files as people have them, other than the published ones: settings that change answers, ids as
 * lists, token tables that are stored apart, tensors in every type and tensors too many, what
 * several versions of the reference library write. Answers are those of the reference
 * (fixtures/variants.json, fixtures/saved), or of the same model before it was changed.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/checkpoint/checkpoint.h"
#include "engine/models/florence2/tasks.h"
#include "engine/run/model-private.h"
#include "model-test.h"

#define MODEL "models/native-96"
#define TABLE "model.language_model.shared.weight"
#define BIAS  "model.language_model.encoder.layernorm_embedding.bias"

static JsonObject *variants;

static char *
describe_ids (const guint32 *ids, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? " " : "", ids[i]);
  return g_string_free (text, FALSE);
}

static char *
describe_array (JsonArray *array)
{
  guint n = json_array_get_length (array);
  g_autofree guint32 *ids = g_new (guint32, n);

  for (guint i = 0; i < n; i++)
    ids[i] = (guint32) json_array_get_int_element (array, i);
  return describe_ids (ids, n);
}

/* The answer to the fixture's question. */
static char *
answer (MonocleModel *model, guint max_tokens)
{
  g_autofree char *image = test_fixture (json_object_get_string_member (variants, "image"));
  g_autoptr (MonocleSession) session = test_open_image (model, image);
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

static char *
answer_from (const char *folder)
{
  g_autoptr (MonocleModel) model = test_load_or_die (folder, MONOCLE_PRECISION_F32);

  return answer (model, (guint) json_object_get_int_member (variants, "max_new_tokens"));
}

static char *
get_plain_answer (void)
{
  JsonArray *cases = json_object_get_array_member (variants, "settings");

  return describe_array (
      json_object_get_array_member (json_array_get_object_element (cases, 0), "ids"));
}

static TestFolder *
copy_model (void)
{
  g_autofree char *source = test_fixture (MODEL);
  TestFolder *folder = test_folder_new ();

  test_link_model (source, folder);
  return folder;
}

static void
check (const char *what, const char *got, const char *expected)
{
  if (g_strcmp0 (got, expected) != 0)
    g_test_fail_printf ("%s: %s, expected %s", what, got, expected);
}

/* Members of @changes replace those of @object; null takes them away. */
static void
change (JsonObject *object, JsonObject *changes)
{
  g_autoptr (GList) names = json_object_get_members (changes);

  for (GList *l = names; l; l = l->next)
    json_object_set_member (object, l->data,
                            json_node_copy (json_object_get_member (changes, l->data)));
}

static void
change_file (const char *folder, const char *name, const char *changes)
{
  g_autoptr (JsonObject) object = test_read_json (folder, name);
  g_autoptr (JsonNode) node = json_from_string (changes, NULL);

  g_assert_nonnull (node);
  change (object, json_node_get_object (node));
  test_write_json (folder, name, object);
}

/* ---- settings */

static void
test_settings (void)
{
  JsonArray *cases = json_object_get_array_member (variants, "settings");

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      JsonObject *settings = json_object_get_object_member (item, "generation");
      g_autoptr (TestFolder) folder = copy_model ();
      g_autoptr (JsonObject) generation = test_read_json (folder, "generation_config.json");
      g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), settings);
      g_autofree char *name = json_to_string (node, FALSE);
      g_autofree char *expected = describe_array (json_object_get_array_member (item, "ids"));
      g_autofree char *got = NULL;

      change (generation, settings);
      json_object_set_int_member (generation, "num_beams",
                                  json_object_get_int_member (item, "num_beams"));
      test_write_json (folder, "generation_config.json", generation);
      got = answer_from (folder);
      check (name, got, expected);
    }
}

/* Past the places that the decoder's cache has at first. */
static void
test_long (void)
{
  JsonObject *item = json_object_get_object_member (variants, "long");
  g_autofree char *source = test_fixture (json_object_get_string_member (item, "model"));
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (JsonObject) generation = NULL;
  g_autoptr (MonocleModel) model = NULL;
  g_autofree char *expected = describe_array (json_object_get_array_member (item, "ids"));
  g_autofree char *got = NULL;

  test_link_model (source, folder);
  generation = test_read_json (folder, "generation_config.json");
  change (generation, json_object_get_object_member (item, "generation"));
  test_write_json (folder, "generation_config.json", generation);
  model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  got = answer (model, (guint) json_object_get_int_member (item, "max_new_tokens"));
  check ("long", got, expected);
}

/* A list of one id is that id, wherever there is one. */
static void
test_lists (void)
{
  static const char *const keys[]
      = { "eos_token_id",        "bos_token_id",           "pad_token_id",
          "forced_bos_token_id", "decoder_start_token_id", "forced_eos_token_id" };
  static const char *const files[] = { "generation_config.json", "config.json" };
  g_autofree char *expected = get_plain_answer ();

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (TestFolder) folder = copy_model ();
      g_autoptr (JsonObject) root = test_read_json (folder, files[i]);
      JsonObject *object = i == 0 ? root : json_object_get_object_member (root, "text_config");
      g_autofree char *got = NULL;

      for (guint j = 0; j < G_N_ELEMENTS (keys); j++)
        if (json_object_has_member (object, keys[j]))
          {
            JsonArray *list = json_array_new ();

            json_array_add_int_element (list, json_object_get_int_member (object, keys[j]));
            json_object_set_array_member (object, keys[j], list);
          }
      test_write_json (folder, files[i], root);
      got = answer_from (folder);
      check (files[i], got, expected);
    }
}

static void
test_refused_settings (void)
{
  static const struct
  {
    const char *changes, *words;
  } cases[] = {
    { "{\"decoder_start_token_id\": [2, 3]}", "“decoder_start_token_id” has 2 ids" },
    { "{\"eos_token_id\": [2, \"3\"]}", "eos_token_id" },
    { "{\"eos_token_id\": [2, 70000]}", "70000" },
    { "{\"eos_token_id\": [2, 3, 4, 5, 6, 7, 8, 9, 10]}", "at most 8" },
    { "{\"repetition_penalty\": 0}", "repetition_penalty" },
    { "{\"repetition_penalty\": -1.5}", "repetition_penalty" },
    { "{\"suppress_tokens\": \"all\"}", "suppress_tokens" },
    { "{\"bad_words_ids\": [[1.5]]}", "bad_words_ids" },
    { "{\"min_length\": -1}", "min_length" },
    { "{\"exponential_decay_length_penalty\": [3]}", "exponential_decay_length_penalty" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestFolder) folder = copy_model ();
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleModel) model = NULL;

      change_file (folder, "generation_config.json", cases[i].changes);
      model = test_load (folder, MONOCLE_PRECISION_F32, &error);
      g_assert_null (model);
      if (!strstr (error->message, cases[i].words)
          || !strstr (error->message, "generation_config.json"))
        g_test_fail_printf ("%s: “%s”", cases[i].changes, error->message);
    }
}

/* Exactly these notes, each about a file of the model. */
static void
expect_notes (const char *folder, const char *words)
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

/* What is not followed is said; what does nothing is not. */
static void
test_notes (void)
{
  static const struct
  {
    const char *changes, *words;
  } cases[] = {
    { "{\"do_sample\": true, \"temperature\": 0.7}", "“do_sample” is not followed" },
    { "{\"num_beam_groups\": 3}", "“num_beam_groups” is not followed" },
    { "{\"encoder_repetition_penalty\": 1.2}", "“encoder_repetition_penalty” is not followed" },
    { "{\"num_return_sequences\": 2}", "“num_return_sequences” is not followed" },
    { "{\"stop_strings\": [\"x\"]}", "“stop_strings” is not followed" },
    { "{\"sequence_bias\": [[[5], 1.0]]}", "“sequence_bias” is not followed" },
    { "{\"max_new_tokens\": 7}", "after 7 tokens" },
    { "{\"max_length\": 8}", "after 7 tokens" },
    { "{\"do_sample\": false, \"num_beam_groups\": 1, \"diversity_penalty\": 0.0, \"temperature\": "
      "1.0, \"max_length\": 20, \"stop_strings\": null, \"sequence_bias\": [], \"guidance_scale\": "
      "1, \"num_return_sequences\": 1, \"use_cache\": true, \"top_k\": 50}",
      NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestFolder) folder = copy_model ();

      change_file (folder, "generation_config.json", cases[i].changes);
      expect_notes (folder, cases[i].words);
    }
}

/* The model's own length counts where nobody asks for another one. */
static void
test_usual_length (void)
{
  g_autoptr (TestFolder) folder = copy_model ();
  g_autoptr (MonocleModel) model = NULL;
  g_autofree char *image = test_fixture ("images/a.png");
  g_autoptr (MonocleSession) session = NULL;
  MonocleRequest request = { .task = monocle_florence2_find_task ("<OD>") };
  static const guint expected[] = { 8, 13 };

  change_file (folder, "generation_config.json", "{\"max_new_tokens\": 7}");
  model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  session = test_open_image (model, image);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleRun) run = test_run (session, &request, &error);
      guint n;

      g_assert_no_error (error);
      monocle_result_get_token_ids (run->results->pdata[0], &n);
      g_assert_cmpuint (n, ==, expected[i]);
      request.max_tokens = 12;
    }
}

/* ---- configuration */

/* The tensors say which layout it is. */
static void
test_layout (void)
{
  g_autoptr (TestFolder) folder = copy_model ();
  g_autoptr (JsonObject) config = test_read_json (folder, "config.json");
  JsonObject *vision = json_object_get_object_member (config, "vision_config");
  g_autofree char *expected = get_plain_answer ();
  static const char *const types[] = { NULL, "davit" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *got = NULL;

      if (types[i])
        json_object_set_string_member (vision, "model_type", types[i]);
      else
        json_object_remove_member (vision, "model_type");
      test_write_json (folder, "config.json", config);
      got = answer_from (folder);
      check ("layout", got, expected);
    }
}

/* A byte order mark is no harm; of what is, the cause is named and not something that follows. */
static void
test_config_causes (void)
{
  g_autofree char *source = test_fixture (MODEL "/config.json");
  g_autofree char *text = NULL, *marked = NULL, *half = NULL, *got = NULL, *path = NULL;
  g_autofree char *expected = get_plain_answer ();
  g_autoptr (TestFolder) folder = copy_model ();
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
  got = answer_from (folder);
  check ("byte order mark", got, expected);

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
      g_autoptr (TestFolder) folder = copy_model ();
      g_autoptr (JsonObject) config = test_read_json (folder, "config.json");
      g_autoptr (JsonNode) changes = json_from_string (cases[i].changes, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleModel) model = NULL;

      change (json_object_get_object_member (config, cases[i].part),
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
  g_autofree char *source = test_fixture (MODEL);
  g_autoptr (JsonObject) expected = test_read_json (saved, "answer.json");
  g_autofree char *ids = describe_array (json_object_get_array_member (expected, "ids"));
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
  got = answer_from (folder);
  check (data, got, ids);
  expect_notes (folder, NULL);
}

/* ---- tensors */

/* A checkpoint that is written anew. */
typedef struct
{
  GString *header;
  GByteArray *data;
} Writer;

static void
put_tensor (Writer *self,
            const char *name,
            const char *type,
            const MonocleCheckpointTensor *shape,
            const void *values,
            gsize size)
{
  g_string_append_printf (self->header, "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[",
                          self->header->len > 1 ? "," : "", name, type);
  for (guint i = 0; shape && i < shape->n_dims; i++)
    g_string_append_printf (self->header, "%s%" G_GUINT64_FORMAT, i > 0 ? "," : "", shape->dims[i]);
  g_string_append_printf (self->header, "],\"data_offsets\":[%u,%u]}", self->data->len,
                          self->data->len + (guint) size);
  g_byte_array_append (self->data, values, (guint) size);
}

static void
put_scaled (Writer *self, const char *name, const MonocleCheckpointTensor *tensor, double factor)
{
  gsize n = monocle_checkpoint_tensor_get_n_elements (tensor);
  g_autofree float *values = g_new (float, n);

  monocle_checkpoint_tensor_read_f32 (tensor, 0, n, values);
  for (gsize i = 0; i < n; i++)
    values[i] *= (float) factor;
  put_tensor (self, name, "F32", tensor, values, n * sizeof *values);
}

static void
write_checkpoint (Writer *self, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  guint64 length;

  g_string_append_c (self->header, '}');
  while (self->header->len % 8 != 0)
    g_string_append_c (self->header, ' ');
  length = GUINT64_TO_LE (self->header->len);
  g_byte_array_append (file, (const guint8 *) &length, sizeof length);
  g_byte_array_append (file, (const guint8 *) self->header->str, (guint) self->header->len);
  g_byte_array_append (file, self->data->data, self->data->len);
  g_remove (path);
  g_assert_true (g_file_set_contents (path, (const char *) file->data, file->len, NULL));
  g_string_free (self->header, TRUE);
  g_byte_array_unref (self->data);
}

static MonocleCheckpoint *
open_source (void)
{
  g_autofree char *source = test_fixture (MODEL);
  g_autoptr (GError) error = NULL;
  MonocleCheckpoint *checkpoint = monocle_checkpoint_open (source, &error);

  g_assert_no_error (error);
  return checkpoint;
}

/* All tensors but @without. */
static Writer
copy_tensors (const MonocleCheckpoint *checkpoint, const char *without)
{
  Writer writer = { g_string_new ("{"), g_byte_array_new () };

  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (checkpoint); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (checkpoint, i);

      if (g_strcmp0 (tensor->name, without) != 0)
        put_scaled (&writer, tensor->name, tensor, 1);
    }
  return writer;
}

static char *
join_notes (const char *folder)
{
  g_autoptr (MonocleModel) model = test_load_or_die (folder, MONOCLE_PRECISION_F32);

  return g_strjoinv ("\n", (char **) monocle_model_get_notes (model));
}

/* Each use has the table that is stored for it. */
static void
test_tables (void)
{
  static const struct
  {
    const char *use, *name;
  } places[] = {
    { "encoder", "model.language_model.encoder.embed_tokens.weight" },
    { "decoder", "model.language_model.decoder.embed_tokens.weight" },
    { "head", "lm_head.weight" },
  };
  JsonArray *cases = json_object_get_array_member (variants, "tables");
  g_autoptr (MonocleCheckpoint) checkpoint = open_source ();
  const MonocleCheckpointTensor *shared = monocle_checkpoint_find (checkpoint, TABLE);

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *item = json_array_get_object_element (cases, i);
      JsonObject *factors = json_object_get_object_member (item, "factors");
      g_autofree char *expected = describe_array (json_object_get_array_member (item, "ids"));
      g_autoptr (TestFolder) folder = copy_model ();
      Writer writer = copy_tensors (checkpoint, NULL);
      g_autofree char *got = NULL, *notes = NULL;

      for (guint j = 0; j < G_N_ELEMENTS (places); j++)
        if (json_object_has_member (factors, places[j].use))
          put_scaled (&writer, places[j].name, shared,
                      json_object_get_double_member (factors, places[j].use));
      write_checkpoint (&writer, folder);
      got = answer_from (folder);
      check ("tables", got, expected);
      notes = join_notes (folder);
      g_assert_cmpint (strstr (notes, "token tables") != NULL, ==,
                       json_object_has_member (factors, "decoder")
                           || json_object_has_member (factors, "head"));
      /* The encoder's own is not read, which matters where it is none of the others. */
      g_assert_cmpint (strstr (notes, places[0].name) != NULL, ==,
                       json_object_has_member (factors, "encoder")
                           && !json_object_has_member (factors, "head"));
    }
}

/* The same numbers in other types are the same model: whatever can hold small integers. */
static void
test_types (void)
{
  static const guint8 i64[] = { 1, 0, 0, 0, 0, 0, 0, 0 };
  static const guint8 i32[] = { 1, 0, 0, 0 };
  static const guint8 i16[] = { 1, 0 };
  static const guint8 f64[] = { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f };
  static const guint8 f32[] = { 0, 0, 0x80, 0x3f };
  static const guint8 f16[] = { 0, 0x3c };
  static const guint8 bf16[] = { 0x80, 0x3f };
  static const guint8 e4m3[] = { 0x38 }, e5m2[] = { 0x3c }, i8[] = { 1 };
  static const struct
  {
    const char *type;
    const guint8 *one;
    gsize size;
  } types[] = {
    { "F32", f32, 4 },      { "F64", f64, 8 },      { "F16", f16, 2 }, { "BF16", bf16, 2 },
    { "F8_E4M3", e4m3, 1 }, { "F8_E5M2", e5m2, 1 }, { "I64", i64, 8 }, { "I32", i32, 4 },
    { "I16", i16, 2 },      { "I8", i8, 1 },        { "U64", i64, 8 }, { "U32", i32, 4 },
    { "U16", i16, 2 },      { "U8", i8, 1 },        { "BOOL", i8, 1 },
  };
  g_autoptr (MonocleCheckpoint) checkpoint = open_source ();
  const MonocleCheckpointTensor *bias = monocle_checkpoint_find (checkpoint, BIAS);
  gsize n = monocle_checkpoint_tensor_get_n_elements (bias);
  g_autofree char *expected = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (TestFolder) folder = copy_model ();
      Writer writer = copy_tensors (checkpoint, BIAS);
      g_autoptr (GByteArray) ones = g_byte_array_new ();
      g_autofree char *got = NULL;

      for (gsize j = 0; j < n; j++)
        g_byte_array_append (ones, types[i].one, (guint) types[i].size);
      put_tensor (&writer, BIAS, types[i].type, bias, ones->data, ones->len);
      write_checkpoint (&writer, folder);
      got = answer_from (folder);
      if (!expected)
        expected = g_strdup (got);
      check (types[i].type, got, expected);
    }
}

/* Tensors that no part of the model reads: buffers of old versions in silence, others are named. */
static void
test_left_over (void)
{
  static const gint64 positions[] = { 0, 1 };
  g_autoptr (MonocleCheckpoint) checkpoint = open_source ();
  g_autofree char *expected = get_plain_answer ();
  const MonocleCheckpointTensor pair = { .n_dims = 1, .dims = { 2 } };
  const MonocleCheckpointTensor none = { .n_dims = 2, .dims = { 0, 4 } };
  static const struct
  {
    const char *name, *words;
  } cases[] = {
    { "model.language_model.encoder.embed_positions.position_ids", NULL },
    { "model.vision_tower.head.weight", "1 tensor: “model.vision_tower.head.weight”" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestFolder) folder = copy_model ();
      Writer writer = copy_tensors (checkpoint, NULL);
      g_autofree char *got = NULL;

      put_tensor (&writer, cases[i].name, "I64", &pair, positions, sizeof positions);
      put_tensor (&writer, "empty.position_ids", "F32", &none, positions, 0);
      write_checkpoint (&writer, folder);
      got = answer_from (folder);
      check (cases[i].name, got, expected);
      expect_notes (folder, cases[i].words);
    }
}

int
main (int argc, char *argv[])
{
  static const char *const versions[] = { "4.56.2", "4.57.6", "5.0.0", "5.24.0" };
  g_autofree char *fixtures = NULL;
  g_autofree char *directory = NULL;
  g_autoptr (MonocleModel) keeper = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  fixtures = test_fixture (".");
  variants = test_read_json (fixtures, "variants.json");
  g_test_add_func ("/variants/settings", test_settings);
  g_test_add_func ("/variants/long", test_long);
  g_test_add_func ("/variants/lists", test_lists);
  g_test_add_func ("/variants/refused-settings", test_refused_settings);
  g_test_add_func ("/variants/notes", test_notes);
  g_test_add_func ("/variants/usual-length", test_usual_length);
  g_test_add_func ("/variants/layout", test_layout);
  g_test_add_func ("/variants/config-causes", test_config_causes);
  g_test_add_func ("/variants/refused-architecture", test_refused_architecture);
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autofree char *path = g_strconcat ("/variants/saved/", versions[i], NULL);

      g_test_add_data_func (path, versions[i], test_saved);
    }
  g_test_add_func ("/variants/tables", test_tables);
  g_test_add_func ("/variants/types", test_types);
  g_test_add_func ("/variants/left-over", test_left_over);

  /* Keeps the device open from one test to the next. */
  directory = test_fixture (MODEL);
  keeper = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  status = g_test_run ();
  g_clear_object (&keeper);
  json_object_unref (variants);
  test_check_validation ();
  return status;
}
