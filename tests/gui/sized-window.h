/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A window of a size that was remembered.
 */
#pragma once

#include "tests/gui/harness.h"

G_BEGIN_DECLS

static inline MonocleWindow *
open_with_size (int width, int height)
{
  gui_close_all ();
  g_settings_set_int (gui_get_settings (), "window-width", width);
  g_settings_set_int (gui_get_settings (), "window-height", height);
  return gui_open_sample ("1-park.png");
}

static inline void
reset_size (void)
{
  gui_close_all ();
  g_settings_reset (gui_get_settings (), "window-width");
  g_settings_reset (gui_get_settings (), "window-height");
}

G_END_DECLS
