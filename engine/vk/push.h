/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The push constants of each kernel as a struct, its flags and constants. For those who record
 * kernels (nn/ops) alone: the names have no prefix.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef guint32 uint;
#define KERNEL(name, builds, needs, n_storage, n_texel, fields)                                    \
  typedef struct                                                                                   \
  {                                                                                                \
    fields                                                                                         \
  } name##_params;
#include "kernels.def"
#undef KERNEL

enum
{
#define FLAG(name, bit)       name = 1 << bit,
#define CONSTANT(name, value) name = value,
#include "flags.def"
#undef FLAG
#undef CONSTANT
};

G_END_DECLS
