/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Devices that can run models: what a person chooses from. Opening one is the model's business.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MonocleDeviceKind:
 * @MONOCLE_DEVICE_DISCRETE: a graphics card
 * @MONOCLE_DEVICE_INTEGRATED: graphics inside the processor
 * @MONOCLE_DEVICE_VIRTUAL: a graphics card seen from a virtual machine
 * @MONOCLE_DEVICE_SOFTWARE: Vulkan on the processor itself: slow; say so when it is used
 * @MONOCLE_DEVICE_OTHER: none of these
 */
typedef enum
{
  MONOCLE_DEVICE_DISCRETE,
  MONOCLE_DEVICE_INTEGRATED,
  MONOCLE_DEVICE_VIRTUAL,
  MONOCLE_DEVICE_SOFTWARE,
  MONOCLE_DEVICE_OTHER,
} MonocleDeviceKind;

#define MONOCLE_TYPE_DEVICE (monocle_device_get_type ())
G_DECLARE_FINAL_TYPE (MonocleDevice, monocle_device, MONOCLE, DEVICE, GObject)

/**
 * monocle_device_list:
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type MonocleDevice) (nullable): at least one device, the one to
 *   prefer first
 *
 * Errors: %MONOCLE_ENGINE_ERROR_NO_DEVICE.
 */
GPtrArray *monocle_device_list (GError **error);

/**
 * monocle_device_find:
 * @selector: `auto`, a number from the list, a UUID, or a part of the name in any case
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the device
 *
 * Errors: %MONOCLE_ENGINE_ERROR_NO_DEVICE, naming the devices there are.
 */
MonocleDevice *monocle_device_find (const char *selector, GError **error);

guint monocle_device_get_index (MonocleDevice *self);
const char *monocle_device_get_name (MonocleDevice *self);
/* Driver and its version, such as "radv Mesa 22.3.6". */
const char *monocle_device_get_driver (MonocleDevice *self);
/* The two apart. The version is in the driver's own words where it has some. */
const char *monocle_device_get_driver_name (MonocleDevice *self);
const char *monocle_device_get_driver_version (MonocleDevice *self);
/* 32 hexadecimal digits, the same in every run: what settings remember. */
const char *monocle_device_get_uuid (MonocleDevice *self);
MonocleDeviceKind monocle_device_get_kind (MonocleDevice *self);
/* "discrete GPU", "integrated GPU", "virtual GPU", "software (CPU)", "other". */
const char *monocle_device_get_kind_name (MonocleDevice *self);
/* Memory of the device in bytes; for a software device that of the machine. */
guint64 monocle_device_get_memory_bytes (MonocleDevice *self);
/* How much of it this program may have, and how much of that it has: as it was when the devices
 * were listed. */
guint64 monocle_device_get_budget_bytes (MonocleDevice *self);
guint64 monocle_device_get_used_bytes (MonocleDevice *self);
/* Whether 16-bit weights can be used. */
gboolean monocle_device_get_has_f16 (MonocleDevice *self);
/* Vulkan version, such as "1.3.224". */
const char *monocle_device_get_api_version (MonocleDevice *self);

G_END_DECLS
