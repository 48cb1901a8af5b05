/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys that work wherever the focus is. Those that text entries want are bindings of the window,
 * text itself goes to the prompt.
 */
#include "config.h"

#include "ui/application-private.h"
#include "ui/window.h"

static const struct
{
  const char *action;
  const char *accels[5];
} accelerators[] = {
  { "app.new-window", { "<Control>n" } },
  { "app.preferences", { "<Control>comma" } },
  { "app.models", { "<Control>m" } },
  { "app.help", { "F1" } },
  { "app.quit", { "<Control>q" } },
  { "win.show-help-overlay", { "<Control>question" } },
  { "win.open", { "<Control>o" } },
  { "win.open-folder", { "<Control><Alt>o" } },
  { "win.close", { "<Control>w" } },
  { "win.copy-text", { "<Control><Shift>c" } },
  { "win.save", { "<Control>s" } },
  { "win.save-as", { "<Control><Shift>s" } },
  { "win.export", { "<Control>e" } },
  { "win.print", { "<Control>p" } },
  { "win.keep", { "<Control>k" } },
  { "win.keep-all", { "<Control><Shift>k" } },
  { "win.keep-above", { "<Control><Alt>k" } },
  { "win.cut-hole", { "<Control>h" } },
  { "win.simplify", { "<Control>i" } },
  { "win.rotate-regions(1.0)", { "<Alt>period" } },
  { "win.rotate-regions(-1.0)", { "<Alt>comma" } },
  { "win.rotate-regions(15.0)", { "<Alt><Shift>period", "<Alt>greater" } },
  { "win.rotate-regions(-15.0)", { "<Alt><Shift>comma", "<Alt>less" } },
  { "win.merge", { "<Control>j" } },
  { "win.split", { "<Control><Shift>j" } },
  { "win.labels", { "<Control><Shift>l" } },
  { "win.done", { "F8" } },
  { "win.done-next", { "<Shift>F8" } },
  { "win.go-to", { "<Control>g" } },
  { "win.previous", { "<Alt>Left" } },
  { "win.next", { "<Alt>Right" } },
  { "win.first", { "<Alt>Home" } },
  { "win.last", { "<Alt>End" } },
  { "win.zoom-in", { "<Control>plus", "<Control>equal", "<Control>KP_Add" } },
  { "win.zoom-out", { "<Control>minus", "<Control>KP_Subtract" } },
  { "win.zoom-fit", { "<Control>0", "<Control>KP_0" } },
  { "win.zoom-100", { "<Control>1", "<Control>KP_1" } },
  { "win.zoom-200", { "<Control>2", "<Control>KP_2" } },
  { "win.tool::select", { "<Alt>1", "<Alt>KP_1" } },
  { "win.tool::region", { "<Alt>2", "<Alt>KP_2" } },
  { "win.tool::polygon", { "<Alt>3", "<Alt>KP_3" } },
  { "win.tool::hand", { "<Alt>4", "<Alt>KP_4" } },
  { "win.tool::brush", { "<Alt>5", "<Alt>KP_5" } },
  { "win.tool::eraser", { "<Alt>6", "<Alt>KP_6" } },
  { "win.tool::line", { "<Alt>7", "<Alt>KP_7" } },
  { "win.tool::points", { "<Alt>8", "<Alt>KP_8" } },
  { "win.brush-larger", { "<Alt>Up", "<Control>bracketright" } },
  { "win.brush-smaller", { "<Alt>Down", "<Control>bracketleft" } },
  { "win.rotate-right", { "<Control>r" } },
  { "win.rotate-left", { "<Control><Shift>r" } },
  { "win.run", { "<Control>Return", "<Control>KP_Enter" } },
  { "win.run-again", { "<Control><Shift>Return", "<Control><Shift>KP_Enter" } },
  { "win.stop", { "<Control>period" } },
  { "win.choose-task", { "<Control>t" } },
  { "win.focus-prompt", { "<Control>l" } },
  { "win.talk", { "<Control><Shift>t" } },
  { "win.search", { "<Control>f" } },
  { "win.toggle-panel", { "F9" } },
  { "win.properties", { "<Alt>Return" } },
  { "win.open-with", { "<Control><Shift>o" } },
  { "win.show-filmstrip", { "<Control>F9" } },
  { "win.toggle-fullscreen", { "F11" } },
};

void
monocle_application_set_accelerators (GtkApplication *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (self, accelerators[i].action, accelerators[i].accels);
  monocle_window_set_label_keys (self);
}
