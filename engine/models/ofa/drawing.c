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
#include "engine/models/parts/vqgan-config.h"
#include "engine/vk/staging.h"

#define SCOPE "vqgan"

/* Of what others call so: 1 leads nowhere. */
#define MAX_GUIDANCE_SCALE 100

/* --- shape -------------------------------------------------------------------------------- */

static gboolean
read_shape (MonocleOfa *self, JsonObject *object, const char *path, GError **error)
{
  if (!monocle_vqgan_config_read (&self->vqgan, object, path, error))
    return FALSE;
  if (monocle_vqgan_get_patch (&self->vqgan) != MONOCLE_OFA_CODE_PIXELS)
    return monocle_config_refuse (path, "“ch_mult” must have four numbers: a code is 8 pixels wide",
                                  error);
  if (self->vqgan.n_codes >= self->config.n_words)
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
