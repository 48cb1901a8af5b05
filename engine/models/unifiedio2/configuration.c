/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/unifiedio2/configuration.h"

#include <math.h>

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"

/* Far above any published model; what they guard against is a product that overflows. */
#define MAX_WIDTH  16384
#define MAX_HEADS  256
#define MAX_LAYERS 256
#define MAX_WORDS  (1 << 20)
#define MAX_PLACES 4096
#define MAX_SIDE   4096

/* Norms of the towers: of pictures, and of sounds. */
#define IMAGE_EPSILON 1e-5f
#define AUDIO_EPSILON 1e-6f

/* Tokens of the tower of sounds that are no patches, and its patches. */
#define AUDIO_PLACES 514

static const MonocleLayerNames names = {
  .norm_attention = "ln_1",
  .attention = "attn",
  .parts = { "query_in_proj", "key_in_proj", "value_in_proj" },
  .attention_end = "attn.out_proj",
  .norm_perceptron = "ln_2",
  .perceptron = "mlp.fc1",
  .perceptron_end = "mlp.fc2",
};

gboolean
monocle_unifiedio2_config_probe (JsonObject *root)
{
  return monocle_json_has (root, "t5_config") && monocle_json_has (root, "image_vit_cfg")
         && monocle_json_has (root, "image_vqgan");
}

/* A section, and the first thing that is wrong with it. */
typedef struct
{
  JsonObject *root, *section;
  const char *path;
  char *where;
  GError **error;
  gboolean failed;
} Reader;

static void
enter (Reader *r, const char *name)
{
  g_free (r->where);
  r->where = g_strdup_printf ("%s: %s", r->path, name);
  r->section = NULL;
  if (!r->failed)
    r->failed = !monocle_json_get_object (r->root, r->path, name, MONOCLE_JSON_REQUIRED,
                                          &r->section, r->error);
}

static void
refuse (Reader *r, const char *what)
{
  if (!r->failed)
    monocle_config_refuse (r->where, what, r->error);
  r->failed = TRUE;
}

/* 1 once anything was wrong. */
static guint
read_number (Reader *r, const char *key, guint least, guint most)
{
  gint64 value = 1;

  if (!r->failed)
    r->failed = !monocle_json_get_int (r->section, r->where, key, MONOCLE_JSON_REQUIRED, least,
                                       most, &value, r->error);
  return r->failed ? 1 : (guint) value;
}

static void
read_two (Reader *r, const char *key, guint *numbers)
{
  g_autoptr (GArray) values = NULL;

  numbers[0] = numbers[1] = 1;
  if (!r->failed)
    r->failed = !monocle_json_get_ints (r->section, r->where, key, MONOCLE_JSON_REQUIRED, 1,
                                        MAX_SIDE, &values, r->error);
  if (r->failed)
    return;
  if (values->len != 2)
    {
      refuse (r, "sides must be two numbers");
      return;
    }
  for (guint i = 0; i < 2; i++)
    numbers[i] = (guint) g_array_index (values, gint64, i);
}

static void
want_flag (Reader *r, JsonObject *object, const char *key, gboolean wanted, const char *what)
{
  gboolean value = wanted;

  if (!r->failed)
    r->failed
        = !monocle_json_get_bool (object, r->where, key, MONOCLE_JSON_OPTIONAL, &value, r->error);
  if (value != wanted)
    refuse (r, what);
}

static void
want_text (Reader *r, const char *key, const char *wanted, const char *what)
{
  const char *value = wanted;

  if (!r->failed)
    r->failed = !monocle_json_get_string (r->section, r->where, key, MONOCLE_JSON_OPTIONAL, &value,
                                          r->error);
  if (!g_str_equal (value, wanted))
    refuse (r, what);
}

/* @wanted: (array zero-terminated=1) */
static void
want_texts (Reader *r, const char *key, const char *const *wanted, const char *what)
{
  g_auto (GStrv) values = NULL;

  if (!r->failed)
    r->failed = !monocle_json_get_strings (r->section, r->where, key, MONOCLE_JSON_OPTIONAL,
                                           &values, r->error);
  if (values && !g_strv_equal ((const char *const *) values, wanted))
    refuse (r, what);
}

/* --- the language model ------------------------------------------------------------------- */

static void
check_switches (Reader *r)
{
  static const char *const turned[] = { "text_pos_emb", "image_pos_emb", "audio_pos_emb" };
  static const char *const gated[] = { "silu", "linear", NULL };

  want_flag (r, r->section, "qk_norm", TRUE, "“qk_norm” must be true");
  want_flag (r, r->section, "logits_via_embedding", TRUE, "“logits_via_embedding” must be true");
  want_texts (r, "mlp_activations", gated, "“mlp_activations” must be “silu” and “linear”");
  want_text (r, "image_tokenizer_type", "vqgan", "“image_tokenizer_type” must be “vqgan”");
  for (guint i = 0; i < G_N_ELEMENTS (turned); i++)
    want_text (r, turned[i], "llama_rope", "places must be “llama_rope”");
  if (read_number (r, "decoder_xattention_internval", 1, MAX_LAYERS) != 1)
    refuse (r, "“decoder_xattention_internval” must be 1");
}

static void
read_grid (Reader *r, const char *size_key, const char *patch_key, MonocleUnifiedio2Tower *tower)
{
  const guint side = read_number (r, patch_key, 1, MAX_SIDE);
  guint size[2];

  read_two (r, size_key, size);
  tower->rows = size[0] / side;
  tower->columns = size[1] / side;
  if (tower->rows == 0 || tower->columns == 0 || tower->rows * tower->columns > MAX_PLACES)
    refuse (r, "pictures and sounds must be of one patch at least, and of 4096 at most");
  tower->side = side;
}

static void
read_language (Reader *r, MonocleUnifiedio2Config *config)
{
  double written, seen;

  enter (r, "t5_config");
  config->d_model = read_number (r, "emb_dim", 4, MAX_WIDTH);
  config->n_heads = read_number (r, "num_heads", 1, MAX_HEADS);
  config->head_width = read_number (r, "head_dim", 4, MAX_WIDTH);
  config->hidden = read_number (r, "mlp_dim", 4, 4 * MAX_WIDTH);
  config->n_encoder_layers = read_number (r, "num_encoder_layers", 1, MAX_LAYERS);
  config->n_decoder_layers = read_number (r, "num_decoder_layers", 1, MAX_LAYERS);
  config->n_words = read_number (r, "vocab_size", 4, MAX_WORDS);
  config->n_pieces = read_number (r, "image_vocab_size", 4, MAX_WORDS);
  config->n_text_places = MIN (read_number (r, "encoder_max_text_length", 1, MAX_PLACES),
                               read_number (r, "decoder_max_text_length", 1, MAX_PLACES));
  written = read_number (r, "decoder_max_image_length", 1, MAX_PLACES);
  seen = read_number (r, "encoder_max_image_length", 1, MAX_PLACES);
  config->step = sqrt (written / seen);
  read_grid (r, "default_image_vit_size", "image_vit_patch_size", &config->image);
  read_grid (r, "default_audio_vit_size", "audio_vit_patch_size", &config->audio);
  check_switches (r);
  if (config->image.rows != config->image.columns)
    refuse (r, "“default_image_vit_size” must be a square");
  if (config->d_model != config->n_heads * config->head_width)
    refuse (r, "“emb_dim” must be “num_heads” times “head_dim”");
  if (config->head_width % 4 != 0 || config->hidden % 4 != 0)
    refuse (r, "“head_dim” and “mlp_dim” must be multiples of 4");
}

/* --- towers ------------------------------------------------------------------------------- */

static void
read_tower (Reader *r, const char *name, guint n_numbers, MonocleUnifiedio2Tower *tower)
{
  const guint side = tower->side;
  guint n_heads;

  enter (r, name);
  tower->channels = read_number (r, "emb_dim", 4, MAX_WIDTH);
  n_heads = read_number (r, "num_heads", 1, MAX_HEADS);
  tower->layers = (MonocleLayersConfig){
    .names = &names,
    .n_layers = read_number (r, "num_layers", 2, MAX_LAYERS),
    .n_heads = n_heads,
    .hidden = read_number (r, "mlp_dim", 4, 4 * MAX_WIDTH),
  };
  if (side != read_number (r, "patch_size", 1, MAX_SIDE))
    refuse (r, "“patch_size” must be that of the language model");
  if (tower->channels % (4 * n_heads) != 0 || tower->layers.hidden % 4 != 0
      || side * side * n_numbers % 4 != 0)
    refuse (r, "widths of heads, “mlp_dim” and patches must be multiples of 4");
  tower->patch = side * side * n_numbers;
}

static void
read_towers (Reader *r, MonocleUnifiedio2Config *config)
{
  read_tower (r, "image_vit_cfg", 3, &config->image);
  config->image.n_places = read_number (r, "num_pos", 2, MAX_PLACES);
  config->image.layers.epsilon = IMAGE_EPSILON;
  config->image.layers.activation = MONOCLE_ACTIVATION_GELU;
  want_flag (r, r->root, "use_image_vit", TRUE, "“use_image_vit” must be true");
  read_tower (r, "audio_vit_cfg", 1, &config->audio);
  config->audio.n_places = AUDIO_PLACES;
  config->audio.layers.epsilon = AUDIO_EPSILON;
  config->audio.layers.activation = MONOCLE_ACTIVATION_GELU_TANH;
}

/* --- pictures of codes -------------------------------------------------------------------- */

static void
read_levels (Reader *r, MonocleVqganConfig *vqgan)
{
  const guint side = read_number (r, "resolution", 1, MAX_SIDE);
  g_autoptr (GArray) multiples = NULL;
  g_autoptr (GArray) attended = NULL;

  if (!r->failed)
    r->failed = !monocle_json_get_ints (r->section, r->where, "ch_mult", MONOCLE_JSON_REQUIRED, 1,
                                        64, &multiples, r->error)
                || !monocle_json_get_ints (r->section, r->where, "attn_resolutions",
                                           MONOCLE_JSON_REQUIRED, 1, MAX_SIDE, &attended, r->error);
  if (r->failed)
    return;
  if (multiples->len < 1 || multiples->len > MONOCLE_VQGAN_MAX_LEVELS)
    {
      refuse (r, "“ch_mult” must be 1 to 8 numbers");
      return;
    }
  vqgan->n_levels = multiples->len;
  for (guint i = 0; i < vqgan->n_levels; i++)
    {
      vqgan->multiples[i] = (guint) g_array_index (multiples, gint64, i);
      for (guint k = 0; k < attended->len; k++)
        vqgan->attends[i] |= g_array_index (attended, gint64, k) == side >> i;
    }
}

static void
read_vqgan (Reader *r, MonocleUnifiedio2Config *config)
{
  MonocleVqganConfig *vqgan = &config->vqgan;
  guint size[2], patch[2];

  enter (r, "image_vqgan");
  *vqgan = (MonocleVqganConfig){
    .names = MONOCLE_VQGAN_NAMES_JOINED,
    .codes = "quantize.embedding.weight",
    .channels = read_number (r, "ch", 32, MAX_WIDTH),
    .n_blocks = read_number (r, "num_res_blocks", 1, 64),
    .z_channels = read_number (r, "z_channels", 4, MAX_WIDTH),
    .n_codes = read_number (r, "n_embed", 1, MAX_WORDS),
    .code_width = read_number (r, "embed_dim", 4, MAX_WIDTH),
  };
  want_flag (r, r->section, "double_z", FALSE, "“double_z” must be false");
  read_levels (r, vqgan);
  read_two (r, "default_input_size", size);
  read_two (r, "patch_size", patch);
  config->n_codes = size[0] / patch[0];
  if (size[0] != size[1] || patch[0] != patch[1] || config->n_codes == 0 || config->n_codes > 64
      || (!r->failed && patch[0] != monocle_vqgan_get_patch (vqgan)))
    refuse (r, "pictures must be squares of at most 64 codes a side, as large as “ch_mult” has it");
  if (vqgan->channels % 32 != 0 || vqgan->z_channels % 4 != 0 || vqgan->code_width % 4 != 0)
    refuse (r, "“ch” must be a multiple of 32, “z_channels” and “embed_dim” of 4");
  if (config->n_pieces < vqgan->n_codes + 2)
    refuse (r, "there are more codes than “image_vocab_size” has room for");
}

gboolean
monocle_unifiedio2_config_parse (MonocleUnifiedio2Config *config,
                                 JsonObject *root,
                                 const char *path,
                                 GError **error)
{
  Reader reader = { .root = root, .path = path, .error = error };

  *config = (MonocleUnifiedio2Config){ 0 };
  read_language (&reader, config);
  read_towers (&reader, config);
  read_vqgan (&reader, config);
  g_free (reader.where);
  return !reader.failed;
}

gboolean
monocle_unifiedio2_config_load (MonocleUnifiedio2Config *config,
                                const char *directory,
                                GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);

  return root && monocle_unifiedio2_config_parse (config, root, path, error);
}
