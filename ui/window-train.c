/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way from the pictures that are open to teaching a model what was corrected on them.
 */
#include "config.h"

#include "ui/window-private.h"

static void
teach (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_auto (GStrv) folders = monocle_window_list_folders (self);

  monocle_application_teach (MONOCLE_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))),
                             GTK_WINDOW (self), (const char *const *) folders);
}

static const GActionEntry actions[] = {
  { .name = "teach", .activate = teach },
};

void
monocle_window_enable_teaching (MonocleWindow *self)
{
  const guint n = g_list_model_get_n_items (monocle_image_loader_get_folder (self->loader));

  monocle_window_enable (self, "teach", n > 0);
}

void
monocle_window_add_train_actions (MonocleWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
