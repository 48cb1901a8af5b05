/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Devices that can run models.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_DEVICE (monocle_device_get_type ())

/* The library's own files have the engine's declaration. */
#ifndef MONOCLE_INSIDE
/**
 * MonocleDevice:
 *
 * Something that computes: a graphics card, graphics inside the processor, or Vulkan on the
 * processor itself, which is slow.
 */
G_DECLARE_FINAL_TYPE (MonocleDevice, monocle_device, MONOCLE, DEVICE, GObject)
#endif

/**
 * monocle_device_list:
 * @error: return location for an error
 *
 * What there is. This starts drivers, which may take a second.
 *
 * Returns: (transfer container) (element-type MonocleDevice): at least one device, the one to
 * prefer first
 */
GPtrArray *monocle_device_list (GError **error);

/**
 * monocle_device_get_name:
 * @self: a device
 *
 * Returns: its name, as its driver says it
 */
const char *monocle_device_get_name (MonocleDevice *self);

/**
 * monocle_device_get_driver:
 * @self: a device
 *
 * Returns: the driver and its version, such as `radv Mesa 22.3.6`
 */
const char *monocle_device_get_driver (MonocleDevice *self);

/**
 * monocle_device_get_uuid:
 * @self: a device
 *
 * Returns: 32 hexadecimal digits, the same in every run: what settings should remember
 */
const char *monocle_device_get_uuid (MonocleDevice *self);

/**
 * monocle_device_get_kind_name:
 * @self: a device
 *
 * Returns: `discrete GPU`, `integrated GPU`, `virtual GPU`, `software (CPU)` or `other`
 */
const char *monocle_device_get_kind_name (MonocleDevice *self);

/**
 * monocle_device_get_memory_bytes:
 * @self: a device
 *
 * Returns: its memory in bytes; of a software device that of the machine
 */
guint64 monocle_device_get_memory_bytes (MonocleDevice *self);

/**
 * monocle_device_get_has_f16:
 * @self: a device
 *
 * Returns: whether models can be kept in 16 bits there, which takes half the memory
 */
gboolean monocle_device_get_has_f16 (MonocleDevice *self);

G_END_DECLS
