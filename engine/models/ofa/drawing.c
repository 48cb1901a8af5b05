/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Codes to a picture, of models that draw: config.json says how, under "vqgan", in the words of the
 * first implementation; how far codes are led by words says generation_config.json.
 */
#include "config.h"

#include "engine/models/ofa/private.h"

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/vqgan-config.h"

#define SCOPE "vqgan"

/* Of what others call so: 1 leads nowhere. */
#define MAX_GUIDANCE_SCALE 100

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

void
monocle_ofa_drawing_write (MonocleOfa *self, MonocleParams *params)
{
  monocle_drawing_write (&self->drawing, params, monocle_scope_enter (MONOCLE_SCOPE_ROOT, SCOPE),
                         &self->vqgan, self->config.code_side);
}
