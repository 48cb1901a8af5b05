/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The device that a person chose, in this program or long ago. What is remembered is a UUID; such a
 * device may be gone: a card taken out, a driver that names it anew.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_device_choice_find:
 * @wanted: as monocle_device_find() takes it
 * @error: return location for an error
 *
 * As monocle_device_find(), but of a UUID that no device has any more the device that is there
 * instead. Numbers and names are somebody's words now, and must fit.
 *
 * Returns: (transfer full) (nullable): the device; monocle_device_choice_is_met() tells
 */
MonocleDevice *monocle_device_choice_find (const char *wanted, GError **error);

/* Whether @device is what @wanted asks for: %FALSE where it had to stand in. */
gboolean monocle_device_choice_is_met (const char *wanted, MonocleDevice *device);

G_END_DECLS
