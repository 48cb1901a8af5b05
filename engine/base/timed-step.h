/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one thing that a device did took.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleTimedStep:
 * @recording: what it is part of; as @kernel and @formats it lives for ever
 * @kernel: its name; "copy": no kernel
 * @formats: of activations and weights, such as "f32" or "f32 f16"
 * @start_ms: on the device's clock, from the first step of all
 * @ms: from the end of the step before it to its own
 * @flops: multiplications and additions of its product or attention; 0: not counted
 * @bytes: of all that it is bound to, each once; 0: not counted
 */
typedef struct
{
  const char *recording, *kernel, *formats;
  double start_ms, ms;
  double flops;
  guint64 bytes;
} MonocleTimedStep;

G_END_DECLS
