/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Codes to a picture, of models that draw: config.json says how, under "vqgan", in the words of the
 * first implementation; how far codes are led by words says generation_config.json.
 */
#include "config.h"

#include "engine/models/ofa/private.h"

#include <math.h>

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/vk/staging.h"

#define SCOPE "vqgan"

#define MAX_CHANNELS 4096
#define MAX_BLOCKS   16
#define MAX_CODES    (1 << 16)

/* Of what others call so: 1 leads nowhere. */
#define MAX_GUIDANCE_SCALE 100

/* --- shape -------------------------------------------------------------------------------- */

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

static gboolean
read_shape (MonocleOfa *self, JsonObject *object, const char *path, GError **error)
{
  MonocleVqganConfig *vqgan = &self->vqgan;

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
  if (monocle_vqgan_get_patch (vqgan) != MONOCLE_OFA_CODE_PIXELS)
    return monocle_config_refuse (path, "“ch_mult” must have four numbers: a code is 8 pixels wide",
                                  error);
  if (vqgan->n_codes >= self->config.n_words)
    return monocle_config_refuse (path, "“n_embed” must be less than “vocab_size”", error);
  return TRUE;
}

/* Errors: BAD_FILE. */
static gboolean
read_guidance (MonocleOfa *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "generation_config.json", NULL);
  g_autoptr (JsonObject) root = NULL;
  double scale = 1;

  if (!monocle_file_exists (path))
    return TRUE;
  root = monocle_json_load (path, error);
  if (!root
      || !monocle_json_get_double (root, path, "guidance_scale", MONOCLE_JSON_OPTIONAL, &scale,
                                   error))
    return FALSE;
  if (scale < 1 || scale > MAX_GUIDANCE_SCALE)
    return monocle_config_refuse (path, "“guidance_scale” must be 1 to 100", error);
  self->guidance = scale - 1;
  return TRUE;
}

gboolean
monocle_ofa_drawing_read (MonocleOfa *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) root = monocle_json_load (path, error);
  g_autofree char *where = g_strconcat (path, ": " SCOPE, NULL);
  JsonObject *object = NULL;

  self->vqgan = (MonocleVqganConfig){ .names = MONOCLE_VQGAN_NAMES_DOTTED,
                                      .codes = "quantize.embed.weight" };
  return root && monocle_json_get_object (root, path, SCOPE, MONOCLE_JSON_REQUIRED, &object, error)
         && read_shape (self, object, where, error) && read_guidance (self, directory, error);
}

/* --- drawing ------------------------------------------------------------------------------ */

void
monocle_ofa_drawing_write (MonocleOfa *self, MonocleParams *params)
{
  const guint side = self->config.code_side;
  MonocleGraph *g = self->drawing.graph = monocle_graph_new ("drawing", MONOCLE_FORMAT_F32);
  MonocleValue x;

  monocle_graph_set_params (g, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  x = monocle_vqgan_decode (
      g, monocle_scope_enter (MONOCLE_SCOPE_ROOT, SCOPE), &self->vqgan,
      monocle_input (g, "codes", MONOCLE_FORMAT_U32, MONOCLE_DIMS (side * side)), side, side);
  monocle_name (g, x, "drawn");
  monocle_keep (g, x);
}

gboolean
monocle_ofa_drawing_record (MonocleOfa *self, GError **error)
{
  const MonocleRecordingTensor tensors[] = { { "codes", &self->codes }, { "drawn", &self->drawn } };

  return monocle_recording_record (&self->drawing, self->gpu, self->buffer, "drawing", tensors,
                                   G_N_ELEMENTS (tensors), error);
}

/* -1 to 1, and what lies outside of it. */
static guint8
to_byte (float value)
{
  return isnan (value) ? 0 : (guint8) lroundf (CLAMP ((value + 1) / 2, 0.0f, 1.0f) * 255);
}

float *
monocle_ofa_draw_values (MonocleOfa *self,
                         const guint32 *codes,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autofree float *values = g_new (float, monocle_tensor_get_n_elements (&self->drawn));

  if (!monocle_vk_upload (self->codes.buffer, self->codes.offset, codes,
                          monocle_tensor_get_size_bytes (&self->codes), error)
      || !monocle_commands_submit (self->drawing.commands, cancellable, NULL, NULL, error)
      || !monocle_tensor_read (&self->drawn, values, error))
    return NULL;
  return g_steal_pointer (&values);
}

MonocleImage *
monocle_ofa_draw (MonocleOfa *self, const guint32 *codes, GCancellable *cancellable, GError **error)
{
  g_autofree float *values = monocle_ofa_draw_values (self, codes, cancellable, error);
  const guint side = self->config.code_side * MONOCLE_OFA_CODE_PIXELS;
  const gsize n = (gsize) 3 * side * side;
  guint8 *pixels;

  if (!values)
    return NULL;
  pixels = g_malloc (n);
  for (gsize i = 0; i < n; i++)
    pixels[i] = to_byte (values[i]);
  return monocle_image_new_take_pixels (side, side, pixels, error);
}
