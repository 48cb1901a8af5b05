/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adapters on the tiny models: what becomes of the tensors, in double precision beside it; both
 * layouts of names; what is refused.
 */
#include "config.h"

#include "engine/engine.h"
#include "engine/models/family.h"
#include "tests/unit/adapter-fixture.h"

#define NATIVE   "base_model.model.model.language_model."
#define ORIGINAL "base_model.model.language_model.model."
#define QUERY    "decoder.layers.0.self_attn.q_proj"
#define LORA                                                                                       \
  "{\"peft_type\":\"LORA\",\"r\":4,\"lora_alpha\":8,\"base_model_name_or_path\":\"native-96\""

typedef struct
{
  char *folder;
  char *models[2]; /* native, original */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = new_folder ();
  self->models[0] = fixture ("models/native-96");
  self->models[1] = fixture ("models/original-96");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->models[0]);
  g_free (self->models[1]);
}

static MonocleCheckpoint *
open_with (Fixture *self, guint model, gboolean adapted, GError **error)
{
  return monocle_family_open_checkpoint (&monocle_family_florence2, self->models[model],
                                         adapted ? self->folder : NULL, error);
}

static float *
read_tensor (MonocleCheckpoint *checkpoint, const char *name, gsize *n)
{
  const MonocleCheckpointTensor *tensor = monocle_checkpoint_find (checkpoint, name);
  float *values;

  g_assert_nonnull (tensor);
  *n = monocle_checkpoint_tensor_get_n_elements (tensor);
  values = g_new (float, *n);
  monocle_checkpoint_tensor_read_f32 (tensor, 0, *n, values);
  return values;
}

static void
refuse (Fixture *self, const char *what)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (open_with (self, 0, TRUE, &error));
  g_assert_nonnull (error);
  if (!strstr (error->message, what) || strchr (error->message, '\n'))
    g_error ("expected \"%s\", got \"%s\"", what, error->message);
}

/* [rows, columns] + scale B A, where A and B are those of the seeds 1 and 2. */
static double
expect (const float *before, guint64 row, guint64 column, guint64 columns, guint rank, double scale)
{
  double sum = (double) before[row * columns + column];

  for (guint r = 0; r < rank; r++)
    sum += scale * (double) adapter_number (2, row * rank + r)
           * (double) adapter_number (1, r * columns + column);
  return sum;
}

static void
compare_product (
    Fixture *self, guint model, const char *name, guint64 columns, guint rank, double scale)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) plain = open_with (self, model, FALSE, &error);
  g_autoptr (MonocleCheckpoint) learnt = open_with (self, model, TRUE, &error);
  g_autofree float *before = NULL, *after = NULL;
  double moved = 0;
  gsize n;

  g_assert_no_error (error);
  before = read_tensor (plain, name, &n);
  after = read_tensor (learnt, name, &n);
  for (gsize i = 0; i < n; i++)
    {
      const double wanted = expect (before, i / columns, i % columns, columns, rank, scale);

      g_assert_cmpfloat_with_epsilon ((double) after[i], wanted, 1e-6);
      moved = MAX (moved, fabs (wanted - (double) before[i]));
    }
  g_assert_cmpfloat (moved, >, 0.1);
}

/* A part that begins and ends in the middle of rows is the same as the whole. */
static void
compare_parts (Fixture *self, const char *name)
{
  g_autoptr (MonocleCheckpoint) learnt = open_with (self, 0, TRUE, NULL);
  const MonocleCheckpointTensor *tensor = monocle_checkpoint_find (learnt, name);
  g_autofree float *whole = NULL, *part = NULL;
  g_autofree guint16 *halves = NULL;
  gsize n;

  whole = read_tensor (learnt, name, &n);
  part = g_new (float, n);
  halves = g_new (guint16, n);
  for (gsize first = 0; first < n; first += 37)
    {
      const gsize n_here = MIN (75, n - first);

      monocle_checkpoint_tensor_read_f32 (tensor, first, n_here, part);
      g_assert_cmpmem (part, 4 * n_here, whole + first, 4 * n_here);
      monocle_checkpoint_tensor_read_f16 (tensor, first, n_here, halves);
      for (gsize i = 0; i < n_here; i++)
        {
          guint16 wanted;

          monocle_half_narrow (whole + first + i, 1, &wanted);
          g_assert_cmpuint (halves[i], ==, wanted);
        }
    }
  g_assert_null (monocle_checkpoint_tensor_get_format (tensor));
}

/* --- products ----------------------------------------------------------------------------- */

static void
write_query (Fixture *self, const char *beginning, const char *config)
{
  AdapterFile file = adapter_begin ();
  g_autofree char *a = g_strconcat (beginning, QUERY ".lora_A.weight", NULL);
  g_autofree char *b = g_strconcat (beginning, QUERY ".lora_B.weight", NULL);

  adapter_add (&file, a, "4,32", 128, 1);
  adapter_add (&file, b, "32,4", 128, 2);
  adapter_write (&file, self->folder, config);
}

/* Names of either layout on models of either; with a word in them, and without what PEFT adds. */
static void
test_layouts (Fixture *self, gconstpointer data)
{
  static const char *const beginnings[]
      = { NATIVE, ORIGINAL, "base_model.model.text_model.", "model.language_model." };
  static const char *const names[]
      = { "model.language_model." QUERY ".weight", "language_model.model." QUERY ".weight" };

  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    for (guint model = 0; model < 2; model++)
      {
        if (i == 2)
          continue; /* of neither: refused below */
        write_query (self, beginnings[i], LORA "}");
        compare_product (self, model, names[model], 32, 4, 2.0);
      }
  compare_parts (self, names[0]);
  write_query (self, beginnings[2], LORA "}");
  refuse (self, "the model has none of this name");
}

static void
test_scales (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *config;
    double scale;
  } cases[] = {
    { LORA "}", 2.0 },
    { LORA ",\"use_rslora\":true}", 4.0 },
    { LORA ",\"alpha_pattern\":{\"q_proj\":2}}", 0.5 },
    { LORA ",\"alpha_pattern\":{\"q_proj\":2,\"self_attn.q_proj\":4.0}}", 1.0 },
    { LORA ",\"alpha_pattern\":{\"^model.language_model." QUERY "\":12}}", 3.0 },
    { LORA ",\"alpha_pattern\":{\"proj\":2,\"k_proj\":2}}", 2.0 },
    { LORA ",\"use_dora\":false,\"layer_replication\":null,\"lora_bias\":false}", 2.0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      write_query (self, NATIVE, cases[i].config);
      compare_product (self, 0, "model.language_model." QUERY ".weight", 32, 4, cases[i].scale);
    }
}

static void
test_convolution (Fixture *self, gconstpointer data)
{
  AdapterFile file = adapter_begin ();

  adapter_add (&file, "base_model.model.model.vision_tower.convs.0.conv.lora_A.default.weight",
               "2,3,7,7", 294, 1);
  adapter_add (&file, "base_model.model.model.vision_tower.convs.0.conv.lora_B.default.weight",
               "8,2,1,1", 16, 2);
  adapter_write (&file, self->folder, LORA "}");
  compare_product (self, 0, "model.vision_tower.convs.0.conv.weight", 147, 2, 4.0);
  compare_product (self, 1, "vision_tower.convs.0.proj.weight", 147, 2, 4.0);
}

/* Rows as long as the magnitudes say. */
static void
test_dora (Fixture *self, gconstpointer data)
{
  AdapterFile file = adapter_begin ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) plain = NULL, learnt = NULL;
  g_autofree float *before = NULL, *after = NULL;
  gsize n;

  adapter_add (&file, NATIVE QUERY ".lora_A.weight", "4,32", 128, 1);
  adapter_add (&file, NATIVE QUERY ".lora_B.weight", "32,4", 128, 2);
  adapter_add (&file, NATIVE QUERY ".lora_magnitude_vector", "32", 32, 3);
  adapter_write (&file, self->folder, LORA ",\"use_dora\":true}");
  plain = open_with (self, 0, FALSE, &error);
  learnt = open_with (self, 0, TRUE, &error);
  g_assert_no_error (error);
  before = read_tensor (plain, "model.language_model." QUERY ".weight", &n);
  after = read_tensor (learnt, "model.language_model." QUERY ".weight", &n);
  for (guint64 row = 0; row < 32; row++)
    {
      double squares = 0;

      for (guint64 k = 0; k < 32; k++)
        squares += pow (expect (before, row, k, 32, 4, 2.0), 2);
      for (guint64 k = 0; k < 32; k++)
        g_assert_cmpfloat_with_epsilon ((double) after[row * 32 + k],
                                        (double) adapter_number (3, row)
                                            * expect (before, row, k, 32, 4, 2.0) / sqrt (squares),
                                        1e-6);
    }
}

/* --- tables and heads --------------------------------------------------------------------- */

/* Of a table the halves lie the other way. */
static void
test_table (Fixture *self, gconstpointer data)
{
  AdapterFile file = adapter_begin ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) plain = NULL, learnt = NULL;
  g_autofree float *before = NULL, *after = NULL;
  gsize n;

  adapter_add (&file, NATIVE "shared.lora_embedding_A", "2,1408", 2816, 1);
  adapter_add (&file, NATIVE "shared.lora_embedding_B", "32,2", 64, 2);
  adapter_write (&file, self->folder, LORA "}");
  plain = open_with (self, 0, FALSE, &error);
  learnt = open_with (self, 0, TRUE, &error);
  g_assert_no_error (error);
  before = read_tensor (plain, "model.language_model.shared.weight", &n);
  after = read_tensor (learnt, "model.language_model.shared.weight", &n);
  for (guint64 row = 0; row < 1408; row++)
    for (guint64 k = 0; k < 32; k++)
      {
        double wanted = (double) before[row * 32 + k];

        for (guint r = 0; r < 2; r++)
          wanted += 4 * (double) adapter_number (1, r * 1408 + row)
                    * (double) adapter_number (2, k * 2 + r);
        g_assert_cmpfloat_with_epsilon ((double) after[row * 32 + k], wanted, 1e-6);
      }
}

/* Rows of a head that is one with the input's table: the input keeps its own. */
static void
test_head (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *name, *head, *table;
  } cases[] = {
    { "base_model.model.lm_head", "lm_head.weight", "model.language_model.shared.weight" },
    { "base_model.model.language_model.lm_head", "language_model.lm_head.weight",
      "language_model.model.shared.weight" },
  };

  for (guint i = 0; i < 4; i++)
    {
      const guint model = i / 2, named = i % 2;
      AdapterFile file = adapter_begin ();
      g_autofree char *name
          = g_strconcat (cases[named].name, ".token_adapter.trainable_tokens_delta", NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleCheckpoint) plain = open_with (self, model, FALSE, &error);
      g_autoptr (MonocleCheckpoint) learnt = NULL;
      g_autofree float *before = NULL, *after = NULL, *table = NULL;
      gsize n;

      adapter_add (&file, name, "3,32", 96, 5);
      adapter_write (&file, self->folder,
                     LORA ",\"trainable_token_indices\":{\"lm_head\":[9,3,300]}}");
      learnt = open_with (self, model, TRUE, &error);
      g_assert_no_error (error);
      before = read_tensor (plain, cases[model].table, &n);
      table = read_tensor (learnt, cases[model].table, &n);
      g_assert_cmpmem (table, 4 * n, before, 4 * n);
      after = read_tensor (learnt, cases[model].head, &n);
      for (gsize k = 0; k < n; k++)
        {
          const gsize row = k / 32, at = row == 9 ? 0 : row == 3 ? 1 : row == 300 ? 2 : 3;
          const float wanted = at < 3 ? adapter_number (5, at * 32 + k % 32) : before[k];

          g_assert_cmpfloat ((double) after[k], ==, (double) wanted);
        }
    }
}

static void
test_replaced (Fixture *self, gconstpointer data)
{
  AdapterFile file = adapter_begin ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) learnt = NULL;
  g_autofree float *norm = NULL, *bias = NULL;
  gsize n;

  adapter_add (&file, NATIVE "decoder.layers.0.self_attn_layer_norm.modules_to_save.default.weight",
               "32", 32, 7);
  adapter_add (&file, NATIVE QUERY ".base_layer.bias", "32", 32, 8);
  adapter_write (&file, self->folder, LORA ",\"bias\":\"lora_only\"}");
  learnt = open_with (self, 1, TRUE, &error);
  g_assert_no_error (error);
  norm = read_tensor (learnt, "language_model.model.decoder.layers.0.self_attn_layer_norm.weight",
                      &n);
  bias = read_tensor (learnt, "language_model.model." QUERY ".bias", &n);
  for (guint i = 0; i < 32; i++)
    {
      g_assert_cmpfloat ((double) norm[i], ==, (double) adapter_number (7, i));
      g_assert_cmpfloat ((double) bias[i], ==, (double) adapter_number (8, i));
    }
}

/* --- what is refused ---------------------------------------------------------------------- */

static void
test_settings (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *config, *what;
  } cases[] = {
    { "{}", "peft_type" },
    { "{\"peft_type\":\"IA3\",\"lora_alpha\":1}", "“IA3” are not known" },
    { "{\"peft_type\":\"LORA\"}", "lora_alpha" },
    { "{\"peft_type\":\"LORA\",\"lora_alpha\":\"8\"}", "lora_alpha" },
    { "{\"peft_type\":\"LORA\",\"lora_alpha\":1e300}", "scale is no number" },
    { LORA ",\"fan_in_fan_out\":true}", "fan_in_fan_out" },
    { LORA ",\"megatron_config\":{}}", "megatron_config" },
    { LORA ",\"use_dora\":true}", "do not go together" },
    { "[1]", "adapter_config.json" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      write_query (self, NATIVE, cases[i].config);
      refuse (self, cases[i].what);
    }
}

static void
test_tensors (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *names[2], *shapes[2];
    gsize sizes[2];
    const char *what;
  } cases[] = {
    { { NATIVE QUERY ".lora_A.weight", NULL }, { "4,32", NULL }, { 128, 0 }, "one half" },
    { { NATIVE QUERY ".lora_A.weight", NATIVE QUERY ".lora_B.weight" },
      { "4,32", "32,5" },
      { 128, 160 },
      "ranks 4 and 5" },
    { { NATIVE QUERY ".lora_A.weight", NATIVE QUERY ".lora_B.weight" },
      { "4,31", "32,4" },
      { 124, 128 },
      "made for a matrix [32, 31]" },
    { { NATIVE QUERY ".lora_A.weight", NATIVE QUERY ".lora_B.weight" },
      { "1025,1", "1,1025" },
      { 1025, 1025 },
      "more than 1024" },
    { { NATIVE QUERY ".lora_A.weight", NATIVE QUERY ".lora_A.other.weight" },
      { "4,32", "4,32" },
      { 128, 128 },
      "is there twice" },
    { { NATIVE "decoder.layers.0.self_attn.o_proj.lora_A.weight",
        NATIVE "decoder.layers.0.self_attn.o_proj.lora_B.weight" },
      { "4,32", "32,4" },
      { 128, 128 },
      "o_proj.weight”: the model has none" },
    { { NATIVE QUERY ".strange", NULL }, { "4", NULL }, { 4, 0 }, "what it is for" },
    { { NATIVE QUERY ".bias", NULL }, { "31", NULL }, { 31, 0 }, "another shape" },
    { { NATIVE "decoder.layer_norm.lora_A.weight",
        NATIVE "decoder.layers.0.self_attn_layer_norm.weight" },
      { "4,32", "32" },
      { 128, 32 },
      "one half" },
    { { NATIVE "shared.token_adapter.trainable_tokens_delta", NULL },
      { "2,32", NULL },
      { 64, 0 },
      "do not say which rows" },
    { { "lora_A.weight", NULL }, { "2,32", NULL }, { 64, 0 }, "none of this name" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AdapterFile file = adapter_begin ();

      for (guint k = 0; k < 2 && cases[i].names[k]; k++)
        adapter_add (&file, cases[i].names[k], cases[i].shapes[k], cases[i].sizes[k], k + 1);
      adapter_write (&file, self->folder, LORA "}");
      refuse (self, cases[i].what);
    }
}

static void
test_numbers (Fixture *self, gconstpointer data)
{
  static const char *const rows[] = { "[3,3]", "[3,1408]", "[-1,2]", "[1]", "\"all\"" };
  AdapterFile file = adapter_begin ();
  const float bad[] = { 1, NAN, 2, INFINITY };

  adapter_add_values (&file, NATIVE QUERY ".lora_A.weight", "2,2", bad, 4);
  adapter_write (&file, self->folder, LORA "}");
  refuse (self, "numbers that are none");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *config
          = g_strdup_printf (LORA ",\"trainable_token_indices\":{\"shared\":%s}}", rows[i]);

      file = adapter_begin ();
      adapter_add (&file, NATIVE "shared.token_adapter.trainable_tokens_delta", "2,32", 64, 5);
      adapter_write (&file, self->folder, config);
      refuse (self, i < 2 ? "named twice" : i == 3 ? "name 1 rows" : "trainable_token_indices");
    }
}

static void
test_family (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  write_query (self, NATIVE, LORA "}");
  g_assert_true (monocle_model_check_adapter (self->models[0], self->folder, &error));
  g_assert_no_error (error);
  g_assert_null (
      monocle_family_open_checkpoint (&monocle_family_vit, self->models[0], self->folder, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
}

/* --- merged ------------------------------------------------------------------------------- */

static void
round_as_stored (const MonocleCheckpointTensor *tensor, float *values)
{
  const MonocleFormat *format = monocle_checkpoint_tensor_get_format (tensor);
  const gsize n = monocle_checkpoint_tensor_get_n_elements (tensor);
  g_autofree guint32 *stored = g_new (guint32, n);

  format->narrow (values, n, stored);
  format->widen (stored, n, values);
}

/* Those that @learnt does not have are tables of the input, as the one that it has. */
static void
check_tables (const MonocleCheckpoint *merged, const MonocleCheckpoint *learnt)
{
  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (merged); i++)
    {
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_get_tensor (merged, i);
      const MonocleCheckpointTensor *stored = NULL;

      if (monocle_checkpoint_find (learnt, tensor->name))
        continue;
      g_assert_true (g_str_has_suffix (tensor->name, ".embed_tokens.weight")
                     || g_str_has_suffix (tensor->name, ".shared.weight"));
      for (guint k = 0; k < monocle_checkpoint_get_n_tensors (learnt) && !stored; k++)
        {
          const MonocleCheckpointTensor *other = monocle_checkpoint_get_tensor (learnt, k);

          if (g_str_has_suffix (other->name, ".embed_tokens.weight")
              || g_str_has_suffix (other->name, ".shared.weight"))
            stored = other;
        }
      g_assert_nonnull (stored);
      g_assert_cmpmem (tensor->data, tensor->size_bytes, stored->data, stored->size_bytes);
    }
}

/* Every tensor of the written model is what the adapted one is read as. */
static void
test_merge (Fixture *self, gconstpointer data)
{
  AdapterFile file = adapter_begin ();
  g_autofree char *out = NULL, *config = NULL, *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) learnt = NULL, merged = NULL;

  adapter_add (&file, NATIVE QUERY ".lora_A.weight", "4,32", 128, 1);
  adapter_add (&file, NATIVE QUERY ".lora_B.weight", "32,4", 128, 2);
  adapter_add (&file, "base_model.model.lm_head.token_adapter.trainable_tokens_delta", "3,32", 96,
               5);
  adapter_write (&file, self->folder, LORA ",\"trainable_token_indices\":{\"lm_head\":[9,3,300]}}");
  for (guint model = 0; model < 2; model++)
    {
      g_free (out);
      out = g_strconcat (self->folder, "-merged", NULL);
      g_assert_true (monocle_model_merge (self->models[model], self->folder, out, NULL, &error));
      g_assert_no_error (error);
      g_assert_false (monocle_model_merge (self->models[model], self->folder, out, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
      g_clear_error (&error);
      learnt = open_with (self, model, TRUE, &error);
      merged = monocle_checkpoint_open (out, &error);
      g_assert_no_error (error);
      /* The head is its own now, and the two tables of the input that were one with it are there.
       */
      g_assert_cmpuint (monocle_checkpoint_get_n_tensors (merged), ==,
                        monocle_checkpoint_get_n_tensors (learnt) + 2);
      check_tables (merged, learnt);
      for (guint i = 0; i < monocle_checkpoint_get_n_tensors (learnt); i++)
        {
          const char *name = monocle_checkpoint_get_tensor (learnt, i)->name;
          g_autofree float *a = NULL, *b = NULL;
          gsize n, n_merged;

          a = read_tensor (learnt, name, &n);
          b = read_tensor (merged, name, &n_merged);
          round_as_stored (monocle_checkpoint_find (merged, name), a);
          g_assert_cmpmem (a, 4 * n, b, 4 * n_merged);
        }
      g_free (config);
      config = g_build_filename (out, "config.json", NULL);
      g_free (text);
      g_assert_true (g_file_get_contents (config, &text, NULL, NULL));
      g_assert_null (strstr (text, "\"tie_word_embeddings\" : true"));
      g_assert_null (strstr (text, "\"tie_word_embeddings\": true"));
      g_clear_pointer (&learnt, monocle_checkpoint_free);
      g_clear_pointer (&merged, monocle_checkpoint_free);
      remove_folder (out);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/adapter/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("layouts", test_layouts);
  ADD ("scales", test_scales);
  ADD ("convolution", test_convolution);
  ADD ("dora", test_dora);
  ADD ("table", test_table);
  ADD ("head", test_head);
  ADD ("replaced", test_replaced);
  ADD ("settings", test_settings);
  ADD ("tensors", test_tensors);
  ADD ("numbers", test_numbers);
  ADD ("family", test_family);
  ADD ("merge", test_merge);
#undef ADD
  return g_test_run ();
}
