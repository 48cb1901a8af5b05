/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/vqgan-config.h"

#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"

#define MAX_CHANNELS 4096
#define MAX_BLOCKS   16
#define MAX_CODES    (1 << 16)

static gboolean
get_uint (JsonObject *object,
          const char *path,
          const char *key,
          gint64 least,
          gint64 most,
          guint *value,
          GError **error)
{
  gint64 found = 0;

  if (!monocle_json_get_int (object, path, key, MONOCLE_JSON_REQUIRED, least, most, &found, error))
    return FALSE;
  *value = (guint) found;
  return TRUE;
}

static gboolean
read_levels (MonocleVqganConfig *vqgan, JsonObject *object, const char *path, GError **error)
{
  g_autoptr (GArray) multiples = NULL;

  if (!monocle_json_get_ints (object, path, "ch_mult", MONOCLE_JSON_REQUIRED, 1, MAX_CHANNELS,
                              &multiples, error))
    return FALSE;
  if (multiples->len == 0 || multiples->len > MONOCLE_VQGAN_MAX_LEVELS)
    return monocle_config_refuse (path, "“ch_mult” must have 1 to 8 numbers", error);
  vqgan->n_levels = multiples->len;
  for (guint i = 0; i < multiples->len; i++)
    {
      const gint64 multiple = g_array_index (multiples, gint64, i);

      if (vqgan->channels * multiple > MAX_CHANNELS
          || vqgan->channels * multiple % vqgan->n_groups != 0)
        return monocle_config_refuse (
            path, "“ch” times each of “ch_mult” must be a multiple of “num_groups”, and not huge",
            error);
      vqgan->multiples[i] = (guint) multiple;
    }
  return TRUE;
}

gboolean
monocle_vqgan_config_read (MonocleVqganConfig *vqgan,
                           JsonObject *object,
                           const char *path,
                           GError **error)
{
  *vqgan = (MonocleVqganConfig){ .names = MONOCLE_VQGAN_NAMES_DOTTED,
                                 .codes = "quantize.embed.weight" };
  if (!get_uint (object, path, "ch", 1, MAX_CHANNELS, &vqgan->channels, error)
      || !get_uint (object, path, "num_groups", 1, MAX_CHANNELS, &vqgan->n_groups, error)
      || !get_uint (object, path, "num_res_blocks", 0, MAX_BLOCKS, &vqgan->n_blocks, error)
      || !get_uint (object, path, "z_channels", 1, MAX_CHANNELS, &vqgan->z_channels, error)
      || !get_uint (object, path, "embed_dim", 1, MAX_CHANNELS, &vqgan->code_width, error)
      || !get_uint (object, path, "n_embed", 1, MAX_CODES, &vqgan->n_codes, error)
      || !read_levels (vqgan, object, path, error))
    return FALSE;
  if (vqgan->channels % 4 != 0 || vqgan->z_channels % 4 != 0 || vqgan->code_width % 4 != 0)
    return monocle_config_refuse (path, "“ch”, “z_channels” and “embed_dim” must be multiples of 4",
                                  error);
  return TRUE;
}
