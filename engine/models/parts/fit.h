/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures keep their shape: the shorter side is brought to one size, unless the longer one would
 * become too long.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/picture/preprocess.h"

G_BEGIN_DECLS

/**
 * MonocleFit:
 * @settings: what else is done to pictures
 * @shortest: what the shorter side is brought to, in pixels
 * @longest: what the longer side does not exceed
 */
typedef struct
{
  MonoclePreprocessSettings settings;
  guint shortest, longest;
} MonocleFit;

/**
 * monocle_fit_load:
 * @self: (inout): with the sides where the files say nothing
 * @directory: a model directory
 * @said: (out) (transfer full) (optional): all that they say
 * @error: return location
 *
 * Padding is left to whoever wants it.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE, %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL.
 */
gboolean
monocle_fit_load (MonocleFit *self, const char *directory, JsonObject **said, GError **error);

/* The size that a picture is brought to. */
void monocle_fit_get_size (const MonocleFit *self, guint *width, guint *height);

G_END_DECLS
