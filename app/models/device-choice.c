/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/device-choice.h"

#include <string.h>

#define UUID_DIGITS 32

static gboolean
is_uuid (const char *wanted)
{
  return strlen (wanted) == UUID_DIGITS && strspn (wanted, "0123456789abcdefABCDEF") == UUID_DIGITS;
}

MonocleDevice *
monocle_device_choice_find (const char *wanted, GError **error)
{
  g_autoptr (GError) gone = NULL;
  MonocleDevice *device = monocle_device_find (wanted, &gone);

  if (!device && is_uuid (wanted))
    return monocle_device_find ("auto", error);
  if (!device)
    g_propagate_error (error, g_steal_pointer (&gone));
  return device;
}

gboolean
monocle_device_choice_is_met (const char *wanted, MonocleDevice *device)
{
  return !is_uuid (wanted) || g_ascii_strcasecmp (wanted, monocle_device_get_uuid (device)) == 0;
}
