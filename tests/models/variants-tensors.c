/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tensors in every type, tables that are stored apart, and tensors too many: the weights of the
 * model, written anew.
 */
#include "config.h"

#include <glib/gstdio.h>

#include "engine/checkpoint/checkpoint.h"
#include "variants.h"

#define TABLE "model.language_model.shared.weight"
#define BIAS  "model.language_model.encoder.layernorm_embedding.bias"

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
  g_autofree char *source = test_fixture (VARIANTS_MODEL);
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
      g_autofree char *expected
          = variants_describe_array (json_object_get_array_member (item, "ids"));
      g_autoptr (TestFolder) folder = variants_copy_model ();
      Writer writer = copy_tensors (checkpoint, NULL);
      g_autofree char *got = NULL, *notes = NULL;

      for (guint j = 0; j < G_N_ELEMENTS (places); j++)
        if (json_object_has_member (factors, places[j].use))
          put_scaled (&writer, places[j].name, shared,
                      json_object_get_double_member (factors, places[j].use));
      write_checkpoint (&writer, folder);
      got = variants_answer_from (folder);
      variants_check ("tables", got, expected);
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
      g_autoptr (TestFolder) folder = variants_copy_model ();
      Writer writer = copy_tensors (checkpoint, BIAS);
      g_autoptr (GByteArray) ones = g_byte_array_new ();
      g_autofree char *got = NULL;

      for (gsize j = 0; j < n; j++)
        g_byte_array_append (ones, types[i].one, (guint) types[i].size);
      put_tensor (&writer, BIAS, types[i].type, bias, ones->data, ones->len);
      write_checkpoint (&writer, folder);
      got = variants_answer_from (folder);
      if (!expected)
        expected = g_strdup (got);
      variants_check (types[i].type, got, expected);
    }
}

/* Tensors that no part of the model reads: buffers of old versions in silence, others are named. */
static void
test_left_over (void)
{
  static const gint64 positions[] = { 0, 1 };
  g_autoptr (MonocleCheckpoint) checkpoint = open_source ();
  g_autofree char *expected = variants_get_plain_answer ();
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
      g_autoptr (TestFolder) folder = variants_copy_model ();
      Writer writer = copy_tensors (checkpoint, NULL);
      g_autofree char *got = NULL;

      put_tensor (&writer, cases[i].name, "I64", &pair, positions, sizeof positions);
      put_tensor (&writer, "empty.position_ids", "F32", &none, positions, 0);
      write_checkpoint (&writer, folder);
      got = variants_answer_from (folder);
      variants_check (cases[i].name, got, expected);
      variants_expect_notes (folder, cases[i].words);
    }
}

void
variants_add_tensors (void)
{
  g_test_add_func ("/variants/tables", test_tables);
  g_test_add_func ("/variants/types", test_types);
  g_test_add_func ("/variants/left-over", test_left_over);
}
