/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hashed-unifiedio.h"

#include <math.h>
#include <string.h>

#include "hashed-ofa.h"
#include "hashed-vqgan.h"

/* --- what there is ------------------------------------------------------------------------ */

static void
add (GPtrArray *shapes, const char *scope, const char *name, guint rows, guint columns)
{
  g_autofree char *full = g_strconcat (scope, name, NULL);

  tensor_shapes_add (shapes, full, columns > 0 ? 2 : 1, (guint[]){ rows, columns });
}

static void
add_attention (GPtrArray *shapes,
               const MonocleUnifiedioConfig *config,
               const char *layer,
               const char *name)
{
  static const char *const parts[] = { ".query.kernel", ".key.kernel", ".value.kernel" };
  g_autofree char *scope = g_strconcat (layer, name, NULL);
  const guint channels = config->n_heads * config->head_width;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    add (shapes, scope, parts[i], config->d_model, channels);
  add (shapes, scope, ".out.kernel", channels, config->d_model);
}

static void
add_layer (GPtrArray *shapes,
           const MonocleUnifiedioConfig *config,
           const char *half,
           guint index,
           gboolean is_cross)
{
  g_autofree char *layer = g_strdup_printf ("%slayers_%u.", half, index);

  add_attention (shapes, config, layer, is_cross ? "self_attention" : "attention");
  add (shapes, layer,
       is_cross ? "pre_self_attention_layer_norm.scale" : "pre_attention_layer_norm.scale",
       config->d_model, 0);
  if (is_cross)
    {
      add_attention (shapes, config, layer, "encoder_decoder_attention");
      add (shapes, layer, "pre_cross_attention_layer_norm.scale", config->d_model, 0);
    }
  add (shapes, layer, "pre_mlp_layer_norm.scale", config->d_model, 0);
  add (shapes, layer, "mlp.wi_0.kernel", config->d_model, config->hidden);
  add (shapes, layer, "mlp.wi_1.kernel", config->d_model, config->hidden);
  add (shapes, layer, "mlp.wo.kernel", config->hidden, config->d_model);
}

static void
add_half (GPtrArray *shapes,
          const MonocleUnifiedioConfig *config,
          const char *half,
          const char *const *places,
          guint n_places,
          const char *const *norms,
          guint n_norms)
{
  add (shapes, half, "relpos_bias.rel_embedding", config->n_heads,
       MONOCLE_UNIFIEDIO_TEXT_DISTANCES);
  add (shapes, half, "relpos_bias.image_rel_embedding", config->n_heads,
       MONOCLE_UNIFIEDIO_IMAGE_DISTANCES);
  for (guint i = 0; i < n_places; i++)
    add (shapes, half, places[i], config->d_model, config->n_heads * config->head_width);
  for (guint i = 0; i < n_norms; i++)
    add (shapes, half, norms[i], config->d_model, 0);
  for (guint i = 0; i < config->n_layers; i++)
    add_layer (shapes, config, half, i, g_str_equal (half, "decoder."));
}

GPtrArray *
hashed_unifiedio_list (const MonocleUnifiedioConfig *config)
{
  static const char *const read_places[]
      = { "position_q_linear.kernel", "position_k_linear.kernel" };
  static const char *const written_places[]
      = { "self_position_q_linear.kernel", "self_position_k_linear.kernel",
          "cross_position_q_linear.kernel", "cross_position_k_linear.kernel" };
  static const char *const read_norms[]
      = { "txt_emb_pre_ln.scale", "img_emb_pre_ln.scale", "pe_pre_ln.scale", "encoder_norm.scale" };
  static const char *const written_norms[]
      = { "pre_ln.scale", "pe_pre_ln.scale", "decoder_norm.scale" };
  GPtrArray *shapes = tensor_shapes_new ();
  const guint d = config->d_model;

  add (shapes, "", "token_embedder.embedding", config->n_words + config->n_codes, d);
  add (shapes, "encoder.", "position_embedding.embedding", config->n_text_places + 576, d);
  add (shapes, "encoder.", "segment_embedding.embedding", config->n_segments, d);
  add (shapes, "encoder.", "image_projection.kernel", MONOCLE_UNIFIEDIO_PATCH, d);
  add (shapes, "decoder.", "position_embedding.embedding",
       config->n_text_places + MONOCLE_UNIFIEDIO_CODES * MONOCLE_UNIFIEDIO_CODES, d);
  add (shapes, "decoder.", "segments_embedding.embedding", config->n_segments, d);
  add_half (shapes, config, "encoder.", read_places, G_N_ELEMENTS (read_places), read_norms,
            G_N_ELEMENTS (read_norms));
  add_half (shapes, config, "decoder.", written_places, G_N_ELEMENTS (written_places),
            written_norms, G_N_ELEMENTS (written_norms));
  return shapes;
}

void
hashed_unifiedio_fill (const TensorShape *shape, float *values, gpointer user_data)
{
  const gboolean is_norm = g_str_has_suffix (shape->name, ".scale");
  const double offset = is_norm ? 1 : 0;
  const double amplitude = is_norm                             ? 0.3
                           : strstr (shape->name, "embedding") ? 0.5
                                                               : sqrt (3.0 / shape->dims[0]);

  for (guint64 i = 0; i < tensor_shape_get_n_elements (shape); i++)
    values[i] = (float) (offset + amplitude * hashed_ofa_number (shape->name, (guint32) i));
}

/* --- as flax writes it -------------------------------------------------------------------- */

static void
put (GByteArray *file, gconstpointer bytes, gsize n)
{
  g_byte_array_append (file, bytes, (guint) n);
}

static void
put_byte (GByteArray *file, guint8 byte)
{
  put (file, &byte, 1);
}

static void
put_u16 (GByteArray *file, guint8 kind, guint16 number)
{
  const guint16 swapped = GUINT16_TO_BE (number);

  put_byte (file, kind);
  put (file, &swapped, sizeof swapped);
}

static void
put_u32 (GByteArray *file, guint8 kind, guint32 number)
{
  const guint32 swapped = GUINT32_TO_BE (number);

  put_byte (file, kind);
  put (file, &swapped, sizeof swapped);
}

static void
put_text (GByteArray *file, const char *text, gsize n)
{
  put_u16 (file, 0xda, (guint16) n);
  put (file, text, n);
}

/* An extension that holds an array: shape, type, bytes. */
static void
put_array (GByteArray *file, const TensorShape *shape)
{
  const gsize n = tensor_shape_get_n_elements (shape);
  g_autofree float *values = g_new (float, n);
  g_autoptr (GByteArray) array = g_byte_array_new ();

  if (g_str_has_prefix (shape->name, MONOCLE_UNIFIEDIO_VQGAN "."))
    hashed_ofa_fill (shape, values, NULL);
  else
    hashed_unifiedio_fill (shape, values, NULL);
  put_byte (array, 0x93);
  put_byte (array, (guint8) (0x90 + shape->n_dims));
  for (guint i = 0; i < shape->n_dims; i++)
    put_u32 (array, 0xce, shape->dims[i]);
  put_text (array, "float32", strlen ("float32"));
  put_u32 (array, 0xc6, (guint32) (n * sizeof *values));
  put (array, values, n * sizeof *values);
  put_u32 (file, 0xc9, array->len);
  put_byte (file, 1);
  put (file, array->data, array->len);
}

static int
compare_shapes (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const TensorShape *const *) a)->name, (*(const TensorShape *const *) b)->name);
}

/* How many of the shapes from @first on, which are sorted, share the key behind @depth bytes. */
static guint
count_alike (const GPtrArray *shapes, guint first, guint end, gsize depth, gsize *length)
{
  const char *name = ((const TensorShape *) shapes->pdata[first])->name + depth;
  guint n = 1;

  *length = strcspn (name, ".");
  while (first + n < end)
    {
      const char *other = ((const TensorShape *) shapes->pdata[first + n])->name + depth;

      if (strcspn (other, ".") != *length || strncmp (name, other, *length) != 0)
        break;
      n++;
    }
  return n;
}

static void
put_map (GByteArray *file, const GPtrArray *shapes, guint first, guint end, gsize depth)
{
  guint16 n_keys = 0;
  gsize length;

  for (guint i = first; i < end; i += count_alike (shapes, i, end, depth, &length))
    n_keys++;
  put_u16 (file, 0xde, n_keys);
  for (guint i = first, n; i < end; i += n)
    {
      const TensorShape *shape = shapes->pdata[i];

      n = count_alike (shapes, i, end, depth, &length);
      put_text (file, shape->name + depth, length);
      if (shape->name[depth + length] == '.')
        put_map (file, shapes, i, i + n, depth + length + 1);
      else
        put_array (file, shape);
    }
}

/* --- a folder ----------------------------------------------------------------------------- */

static void
write_file (const char *folder, const char *name, gconstpointer data, gssize n)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, n, &error);
  g_assert_no_error (error);
}

static void
write_tokenizer (const char *folder)
{
  static const char *const first[] = { "<pad>", "</s>", "<unk>", "▁", "▁the", "▁image" };
  static const char others[] = "abcdefghijklmnopqrstuvwxyzFWT?.,:\\\"0123456789";
  g_autoptr (GString) json = g_string_new ("{\"model\": {\"type\": \"Unigram\", \"unk_id\": 2, "
                                           "\"vocab\": [");
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (first); i++, n++)
    g_string_append_printf (json, "%s[\"%s\", %d]", i > 0 ? ", " : "", first[i], -(int) i / 3);
  for (const char *c = others; *c; c++)
    {
      if (*c == '\\')
        continue;
      g_string_append_printf (json, ", [\"%s%c\", -4.5]", *c == '"' ? "\\" : "", *c);
      n++;
    }
  g_assert_cmpuint (n, ==, HASHED_UNIFIEDIO_PIECES);
  /* As in files of T5: fewer than are wanted, which would have other ids. */
  for (guint i = 0; i < 3; i++)
    g_string_append_printf (json, ", [\"<extra_id_%u>\", 0]", 2 - i);
  g_string_append (json, "]}, \"pre_tokenizer\": {\"type\": \"Metaspace\", \"replacement\": \"▁\", "
                         "\"prepend_scheme\": \"always\"}, \"decoder\": {\"type\": "
                         "\"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": "
                         "\"always\"}, \"post_processor\": {\"type\": "
                         "\"TemplateProcessing\", \"single\": [{\"Sequence\": {\"id\": \"A\", "
                         "\"type_id\": 0}}, {\"SpecialToken\": {\"id\": \"</s>\", "
                         "\"type_id\": 0}}], \"pair\": [], \"special_tokens\": {\"</s>\": "
                         "{\"id\": \"</s>\", \"ids\": [1], \"tokens\": [\"</s>\"]}}}, "
                         "\"added_tokens\": [");
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *name
          = i < 3 ? g_strdup (first[i]) : g_strdup_printf ("<extra_id_%u>", i - 3);

      g_string_append_printf (
          json,
          "%s{\"id\": %u, \"content\": \"%s\", \"single_word\": false, \"lstrip\": false, "
          "\"rstrip\": false, \"normalized\": false, \"special\": true}",
          i > 0 ? ", " : "", i < 3 ? i : HASHED_UNIFIEDIO_PIECES + 5 - i, name);
    }
  g_string_append (json, "]}");
  write_file (folder, "tokenizer.json", json->str, (gssize) json->len);
}

void
hashed_unifiedio_write_model (const char *folder)
{
  const MonocleUnifiedioConfig config = {
    .d_model = 32,
    .n_heads = 3,
    .head_width = 8,
    .n_layers = 2,
    .hidden = 48,
    .n_words = HASHED_UNIFIEDIO_WORDS,
    .n_codes = HASHED_UNIFIEDIO_CODES,
    .n_segments = 2,
    .n_text_places = 256,
  };
  const MonocleVqganConfig vqgan = {
    .names = MONOCLE_VQGAN_NAMES_JOINED,
    .is_flax = TRUE,
    .codes = "quantize.embedding",
    .channels = 32,
    .multiples = { 1, 1, 1, 1, 2 },
    .attends = { FALSE, FALSE, FALSE, FALSE, TRUE },
    .n_levels = 5,
    .n_blocks = 0,
    .z_channels = 8,
    .n_codes = HASHED_UNIFIEDIO_CODES,
    .code_width = 8,
  };
  static const char settings[] = "{\"model_type\": \"unified-io\"}";
  g_autoptr (GPtrArray) shapes = hashed_unifiedio_list (&config);
  g_autoptr (GByteArray) file = g_byte_array_new ();

  hashed_vqgan_list (shapes, MONOCLE_UNIFIEDIO_VQGAN, &vqgan);
  g_ptr_array_sort (shapes, compare_shapes);
  put_map (file, shapes, 0, shapes->len, 0);
  write_file (folder, "config.json", settings, (gssize) strlen (settings));
  write_tokenizer (folder);
  write_file (folder, "tiny_1000k.bin", file->data, (gssize) file->len);
}
