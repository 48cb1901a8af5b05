/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which model it is, by what is in its files and not by what it is called.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_identity_compute:
 * @directory: of a model
 *
 * The SHA-256 of a model's settings, of how large its weights are, and of samples of them.
 *
 * Returns: (transfer full) (nullable): its digest
 */
GChecksum *monocle_identity_compute (const char *directory, GError **error);

/* (transfer none) (nullable): the same of a model that is loaded, in hexadecimal; %NULL where its
 * files cannot be read any more */
const char *monocle_identity_get (MonocleModel *model);

G_END_DECLS
