/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes into and out of device buffers: directly where the host sees them, else through staging.
 */
#pragma once

#include "engine/vk/memory.h"

G_BEGIN_DECLS

MonocleVkStaging *monocle_vk_staging_new (MonocleVkGpu *gpu);
void monocle_vk_staging_free (MonocleVkStaging *staging);

/* Host pointer to write [offset, offset + size) of the buffer through: the buffer itself where it
 * is mapped, else staging. end() makes the bytes visible to kernels. At most
 * MONOCLE_VK_STAGING_BYTES at a time: there are devices with little memory for this. */
#define MONOCLE_VK_STAGING_BYTES (8 << 20)
gpointer
monocle_vk_upload_begin (MonocleVkBuffer *buffer, guint64 offset, gsize size, GError **error);
gboolean
monocle_vk_upload_end (MonocleVkBuffer *buffer, guint64 offset, gsize size, GError **error);

gboolean monocle_vk_upload (
    MonocleVkBuffer *buffer, guint64 offset, gconstpointer data, gsize size, GError **error);
gboolean monocle_vk_download (
    MonocleVkBuffer *buffer, guint64 offset, gpointer data, gsize size, GError **error);

G_END_DECLS
