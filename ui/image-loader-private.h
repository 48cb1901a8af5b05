/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What image-loader.c (which picture is shown) offers image-loader-input.c (clipboard and drops).
 */
#pragma once

#include "ui/image-loader.h"

G_BEGIN_DECLS

/* Emits `failed`; nothing else changes. */
void monocle_image_loader_refuse (MonocleImageLoader *self, const char *name, const GError *error);

G_END_DECLS
