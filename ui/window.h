/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A window of the application: one picture at a time, what was asked about it, and everything that
 * can be done with it as `win.` actions (window-actions.c).
 */
#pragma once

#include <adwaita.h>

#include "app/document/query.h"
#include "ui/application.h"
#include "ui/presentation.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_WINDOW (monocle_window_get_type ())
G_DECLARE_FINAL_TYPE (MonocleWindow, monocle_window, MONOCLE, WINDOW, AdwApplicationWindow)

GtkWidget *monocle_window_new (MonocleApplication *application);

/* Once: Control, Alt and a digit give the label that has it. */
void monocle_window_set_label_keys (GtkApplication *application);

/* Whether a picture is open, being read, or could not be read. */
gboolean monocle_window_has_content (MonocleWindow *self);
/* (element-type GFile): pictures and folders */
void monocle_window_open_files (MonocleWindow *self, GPtrArray *files);
/* Opens a picture without a file. */
void monocle_window_open_texture (MonocleWindow *self, GdkTexture *texture);

/* (transfer none): what the window shows */
MonoclePresentation *monocle_window_get_presentation (MonocleWindow *self);
/* Asks @query about the picture that is open; it is shown as it is answered. */
void monocle_window_run_query (MonocleWindow *self, MonocleQuery *query);

/**
 * monocle_window_ask:
 * @queries: (element-type MonocleQuery): questions about the whole picture
 *
 * Asks about the picture that is being opened, as soon as it is there, else about the one that is
 * shown. Returns: whether there is one.
 */
gboolean monocle_window_ask (MonocleWindow *self, GPtrArray *queries);

/* Whether it is in the folder that is open. */
gboolean monocle_window_has_picture (MonocleWindow *self, GFile *file, guint page);
/* Opens it, in its folder if that is open. */
void monocle_window_show_picture (MonocleWindow *self, GFile *file, guint page);

/* Shows the dialog that exports the work on @pictures (element-type MonocleFolderItem), above
 * @parent. */
void monocle_window_export_pictures (MonocleWindow *self, GtkWindow *parent, GListModel *pictures);

/* Says something in passing. @button (nullable) activates @action, with @target (nullable). */
void monocle_window_say (MonocleWindow *self,
                         const char *text,
                         const char *button,
                         const char *action,
                         const char *target);

G_END_DECLS
