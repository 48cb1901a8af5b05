/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What to call a device where there is little room.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_device_name_shorten:
 * @name: as its driver calls it: "llvmpipe (LLVM 15.0.6, 256 bits)"
 *
 * Returns: (transfer full): without what stands in brackets behind it, which is about the driver:
 *   "llvmpipe"
 */
char *monocle_device_name_shorten (const char *name);

G_END_DECLS
