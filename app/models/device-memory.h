/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What self-checks of devices came to, kept in the cache folder: a file for each device and
 * precision, which counts as long as driver, program and its shaders are those that were checked.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_VERDICT_UNKNOWN, /* not checked, or with another driver or program */
  MONOCLE_VERDICT_RIGHT,
  MONOCLE_VERDICT_WRONG,
} MonocleVerdict;

/**
 * monocle_device_memory_recall:
 * @precision: how weights are stored; not AUTO
 * @fault: (out) (optional) (transfer full) (nullable): what it computes wrongly, in one line
 *
 * Whatever is in the file, this is one of the three.
 */
MonocleVerdict
monocle_device_memory_recall (MonocleDevice *device, MonoclePrecision precision, char **fault);

/* @fault: (nullable): %NULL: it computes rightly. What cannot be written is checked again. */
void
monocle_device_memory_keep (MonocleDevice *device, MonoclePrecision precision, const char *fault);

G_END_DECLS
