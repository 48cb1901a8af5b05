/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The process's Vulkan instance, made on first use. With MONOCLE_DEBUG=validate (and sync) the
 * Khronos layer checks every call; its messages go to the log as warnings.
 */
#pragma once

#include <glib.h>
#include <vulkan/vulkan.h>

G_BEGIN_DECLS

VkInstance monocle_vk_instance_get (GError **error);

/* Messages of the validation layer so far: 0 in a clean run. */
guint monocle_vk_instance_get_n_messages (void);

G_END_DECLS
