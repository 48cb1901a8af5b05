/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model has learnt since, on the command line: asked with it, looked at, made one.
 */
#include "config.h"

#include <string.h>

#include "harness.h"
#include "tests/unit/adapter-fixture.h"

#define LORA                                                                                       \
  "{\"peft_type\":\"LORA\",\"r\":4,\"lora_alpha\":8,\"base_model_name_or_path\":\"%s\","           \
  "\"trainable_token_indices\":{\"lm_head\":[9,3]}}"

/* One that changes what the tiny model answers. */
static char *
make_adapter (const HarnessFiles *files, const char *base)
{
  char *folder = g_build_filename (files->folder, "learnt", NULL);
  g_autofree char *config = g_strdup_printf (LORA, base);
  AdapterFile file = adapter_begin ();

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
#define LAYER "base_model.model.model.language_model.decoder.layers.0."
  adapter_add (&file, LAYER "encoder_attn.q_proj.lora_A.weight", "4,32", 128, 1);
  adapter_add (&file, LAYER "encoder_attn.q_proj.lora_B.weight", "32,4", 128, 2);
  adapter_add (&file, LAYER "fc1.lora_A.weight", "4,32", 128, 3);
  adapter_add (&file, LAYER "fc1.lora_B.weight", "64,4", 256, 4);
#undef LAYER
  adapter_add (&file, "base_model.model.lm_head.token_adapter.trainable_tokens_delta", "2,32", 64,
               5);
  adapter_write (&file, folder, config);
  return folder;
}

static char *
ask (const HarnessFiles *files, const char *model, const char *adapter)
{
  g_autoptr (Outcome) outcome
      = harness_run ("run", "--model", model, "--task", "caption", "--max-tokens", "12", "--format",
                     "json", files->a, adapter ? "--adapter" : NULL, adapter, NULL);
  g_autoptr (GPtrArray) lines = NULL;
  JsonObject *object;

  harness_assert_done (outcome);
  lines = harness_parse_lines (outcome);
  object = lines->pdata[0];
  return g_strdup_printf ("%s %.9f", json_object_get_string_member (object, "generated_text"),
                          json_object_get_double_member (object, "score"));
}

/* The head is no longer one with the other tables, so each is there for readers that are told so.
 */
static void
check_tables (const char *out)
{
  g_autofree char *weights = g_build_filename (out, "model.safetensors", NULL);
  g_autofree char *config = g_build_filename (out, "config.json", NULL);
  g_autofree char *bytes = NULL, *text = NULL;
  guint64 n;

  g_assert_true (g_file_get_contents (weights, &bytes, NULL, NULL));
  g_assert_true (g_file_get_contents (config, &text, NULL, NULL));
  memcpy (&n, bytes, sizeof n);
  g_assert_nonnull (g_strstr_len (bytes + 8, (gssize) n, "lm_head.weight"));
  g_assert_nonnull (g_strstr_len (bytes + 8, (gssize) n, "shared.weight"));
  g_assert_nonnull (g_strstr_len (bytes + 8, (gssize) n, "encoder.embed_tokens.weight"));
  g_assert_nonnull (g_strstr_len (bytes + 8, (gssize) n, "decoder.embed_tokens.weight"));
  g_assert_null (strstr (text, "\"tie_word_embeddings\" : true"));
  g_assert_null (strstr (text, "\"tie_word_embeddings\": true"));
}

/* With it, by it alone, and merged: the same answer, and another than without. */
static void
test_run (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *adapter = make_adapter (files, files->model);
  g_autofree char *out = g_build_filename (files->folder, "one", NULL);
  g_autofree char *plain = ask (files, files->model, NULL);
  g_autofree char *learnt = ask (files, files->model, adapter);
  g_autofree char *alone = ask (files, adapter, NULL);
  g_autofree char *merged = NULL;
  g_autoptr (Outcome) outcome = harness_run ("adapter", "merge", adapter, "--out", out, NULL);

  harness_assert_done (outcome);
  check_tables (out);
  merged = ask (files, out, NULL);
  g_assert_cmpstr (learnt, !=, plain);
  g_assert_cmpstr (alone, ==, learnt);
  g_assert_cmpstr (merged, ==, learnt);
}

static void
test_look (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *adapter = make_adapter (files, files->model);
  g_autoptr (Outcome) info = harness_run ("adapter", "info", adapter, "--format", "json", NULL);
  g_autoptr (Outcome) check = harness_run ("adapter", "check", adapter, NULL);
  g_autoptr (GPtrArray) lines = NULL;
  JsonObject *facts;

  harness_assert_done (info);
  harness_assert_done (check);
  lines = harness_parse_lines (info);
  facts = lines->pdata[0];
  g_assert_cmpstr (json_object_get_string_member (facts, "base"), ==, files->model);
  g_assert_cmpint (json_object_get_int_member (facts, "matrices"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (facts, "rows"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (facts, "parameters"), ==, 704);
}

static void
test_bad (HarnessFiles *files, gconstpointer data)
{
  g_autofree char *adapter = make_adapter (files, "/nowhere/model");
  g_autoptr (Outcome) nameless = harness_run ("adapter", "check", adapter, NULL);
  g_autoptr (Outcome) nowhere
      = harness_run ("run", "--task", "caption", "--adapter", adapter, files->a, NULL);
  g_autoptr (Outcome) missing = harness_run ("adapter", "info", files->folder, NULL);
  g_autoptr (Outcome) merge = harness_run ("adapter", "merge", adapter, NULL);
  g_autoptr (Outcome) there = harness_run ("adapter", "merge", adapter, "--model", files->model,
                                           "--out", files->folder, NULL);
  g_autoptr (Outcome) word = harness_run ("adapter", "sing", adapter, NULL);

  harness_assert_refused (nameless, 1, "/nowhere/model");
  harness_assert_refused (nowhere, 1, "/nowhere/model");
  harness_assert_refused (missing, 1, "adapter_config.json");
  harness_assert_refused (merge, 2, "--out");
  harness_assert_refused (there, 1, "is there already");
  harness_assert_refused (word, 2, "sing");
}

int
main (int argc, char **argv)
{
  static const HarnessTest tests[] = {
    { "/cli/adapter/run", test_run },
    { "/cli/adapter/look", test_look },
    { "/cli/adapter/bad", test_bad },
  };

  harness_init (&argc, &argv);
  return harness_run_tests (tests, G_N_ELEMENTS (tests));
}
