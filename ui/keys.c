/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/keys.h"

/* Those that work wherever the focus is. */
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
  { "win.teach", { "<Control><Shift>m" } },
  { "app.what-happens-next", { "<Control><Shift>h" } },
  { "win.done", { "F8" } },
  { "win.done-next", { "<Shift>F8" } },
  { "win.go-to", { "<Control>g" } },
  { "win.first", { "<Alt>Home", "<Alt>KP_Home" } },
  { "win.last", { "<Alt>End", "<Alt>KP_End" } },
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

/* Where text runs from the right, the next picture is to the left. */
static const char *const leftwards[] = { "<Alt>Left", "<Alt>KP_Left", NULL };
static const char *const rightwards[] = { "<Alt>Right", "<Alt>KP_Right", NULL };

/* Those that entries, text views and scrolling take first: they come to the window only when nobody
 * else wants them. Of several for an action menus show the last. */
static const struct
{
  guint key;
  GdkModifierType modifiers;
  const char *action;
  gboolean is_for_text; /* an entry has a use for it */
} bindings[] = {
  { GDK_KEY_c, GDK_CONTROL_MASK, "win.copy", TRUE },
  { GDK_KEY_v, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.paste", TRUE },
  { GDK_KEY_v, GDK_CONTROL_MASK, "win.paste", TRUE },
  { GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", TRUE },
  { GDK_KEY_y, GDK_CONTROL_MASK, "win.redo", TRUE },
  { GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.redo", TRUE },
  { GDK_KEY_a, GDK_CONTROL_MASK, "win.select-all", TRUE },
  { GDK_KEY_a, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.select-none", TRUE },
  { GDK_KEY_KP_Delete, 0, "win.delete", TRUE },
  { GDK_KEY_Delete, 0, "win.delete", TRUE },
  { GDK_KEY_Delete, GDK_CONTROL_MASK, "win.trash", TRUE },
  { GDK_KEY_KP_Delete, GDK_CONTROL_MASK, "win.trash", TRUE },
  { GDK_KEY_d, GDK_CONTROL_MASK, "win.duplicate", FALSE },
  { GDK_KEY_F2, 0, "win.rename", FALSE },
  { GDK_KEY_F2, GDK_CONTROL_MASK, "win.attributes", FALSE },
  { GDK_KEY_Page_Up, 0, "win.previous", FALSE },
  { GDK_KEY_Page_Down, 0, "win.next", FALSE },
  { GDK_KEY_Home, 0, "win.first", TRUE },
  { GDK_KEY_End, 0, "win.last", TRUE },
};

void
monocle_keys_set_accels (GtkApplication *application)
{
  const gboolean mirrored = gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL;

  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (application, accelerators[i].action,
                                           accelerators[i].accels);
  gtk_application_set_accels_for_action (application, "win.previous",
                                         mirrored ? rightwards : leftwards);
  gtk_application_set_accels_for_action (application, "win.next",
                                         mirrored ? leftwards : rightwards);
}

void
monocle_keys_add_bindings (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (bindings); i++)
    gtk_widget_class_add_binding_action (widget_class, bindings[i].key, bindings[i].modifiers,
                                         bindings[i].action, NULL);
}

char *
monocle_keys_dup_action (GtkApplication *application, guint key, GdkModifierType modifiers)
{
  g_autofree char *accel = gtk_accelerator_name (gdk_keyval_to_lower (key), modifiers);
  g_auto (GStrv) actions = gtk_application_get_actions_for_accel (application, accel);

  if (actions[0])
    return g_strdup (actions[0]);
  for (guint i = 0; i < G_N_ELEMENTS (bindings); i++)
    if (bindings[i].key == key && bindings[i].modifiers == modifiers && !bindings[i].is_for_text)
      return g_strdup (bindings[i].action);
  return NULL;
}
