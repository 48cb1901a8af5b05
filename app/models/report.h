/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a bug report needs: versions, devices, drivers, self-checks, the memory that the model needs
 * beside what may be used, settings. No names of files, no
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
 * Planning the memory takes a moment; on any thread.
 *
 * Returns: (transfer full): some lines
 */
char *monocle_report_write (GPtrArray *devices, const GError *error);

/* The same in a thread, which asks for the devices first. */
void monocle_report_write_async (GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) */
char *monocle_report_write_finish (GAsyncResult *result);

G_END_DECLS
