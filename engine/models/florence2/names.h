/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two layouts of tensor names. Declarations use the original one.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): what the transformers layout calls the tensor @name of the original layout. */
char *monocle_florence2_rename_to_native (const char *name);

G_END_DECLS
