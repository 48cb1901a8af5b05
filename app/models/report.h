/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a bug report needs: versions, devices, drivers, self-checks, settings. No names of files, no
 * words that somebody asked for, nothing that tells one machine from another of its kind. It is for
 * whoever helps, so it is not translated.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_report_write:
 * @devices: (nullable) (element-type MonocleDevice): those there are
 * @error: (nullable): why there are none
 *
 * Returns: (transfer full): some lines
 */
char *monocle_report_write (GPtrArray *devices, const GError *error);

G_END_DECLS
