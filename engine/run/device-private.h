/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the engine itself knows of a device.
 */
#pragma once

#include "engine/run/model.h"
#include "engine/vk/gpu.h"

G_BEGIN_DECLS

const MonocleVkGpuInfo *monocle_device_get_info (MonocleDevice *self);

/* Whether it can store weights so: all but F32 need 16 bits. Errors:
 * %MONOCLE_ENGINE_ERROR_NO_DEVICE. */
gboolean
monocle_device_check_precision (MonocleDevice *self, MonoclePrecision precision, GError **error);

G_END_DECLS
