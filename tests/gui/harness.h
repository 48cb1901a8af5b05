/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drives the real application inside the test's own process: starts it, waits for what should
 * happen, finds widgets, looks at pixels. Tests say what a person does; this knows how.
 */
#pragma once

#include <adwaita.h>

#include "ui/window.h"

G_BEGIN_DECLS

/* g_test_init(), GTK, and the application's own set-up. Animations are off. `--pictures FOLDER` in
 * front of all other arguments keeps what gui_keep_picture() is told of. */
void gui_init (int *argc, char ***argv);
/* Before gui_run(): there is somebody who shows notifications; harness-notifications.c. */
void gui_serve_notifications (void);
extern guint gui_n_notifications;
/* Runs the tests inside of the running application; the exit status. */
int gui_run (void);
/* What comes after the tests, for programs that are none. */
void gui_end (void);
GtkApplication *gui_get_application (void);
GSettings *gui_get_settings (void);

/* Ends the test with what was waited for when it does not come within ten minutes, which
 * shaders may take on a machine that does other things as well. */
typedef gboolean (*GuiPredicate) (gpointer data);
void gui_wait_for (const char *what, GuiPredicate predicate, gpointer data);
/* Lets the main loop run for so long, and everything happen that is due by then. */
void gui_wait_ms (guint ms);
/* Lets everything that is due happen, and frames be drawn, however busy the machine is. What
 * threads and other programs do is waited for. */
void gui_settle (void);

/* A window on a picture of data/samples, or on any; closes those that were there, and forgets what
 * was done to pictures. */
MonocleWindow *gui_open_sample (const char *name);
MonocleWindow *gui_open_path (const char *path);
MonocleWindow *gui_open_empty (void);
/* The same, with what was done. */
MonocleWindow *gui_open_again (const char *path);
void gui_forget_work (void);
void gui_close_all (void);
/* (nullable) */
MonocleDocument *gui_get_document (MonocleWindow *window);

/* Paths: a sample, a fixture of tests/fixtures, a fresh folder (removed at exit). */
char *gui_sample (const char *name);
char *gui_fixture (const char *name);
char *gui_temporary (const char *name);
/* A folder with all that is in it. */
void gui_remove (const char *path);

/* The first widget of that type below @root (itself included), visible ones only. */
gpointer gui_find (gpointer root, GType type);
/* The first whose label, title or text holds @text. */
GtkWidget *gui_find_text (gpointer root, const char *text);
/* (element-type GtkWidget): all of that type, mapped or not */
GPtrArray *gui_find_all (gpointer root, GType type);
gboolean gui_has_text (gpointer root, const char *text);
void gui_wait_for_text (gpointer root, const char *text);

/* (nullable): the dialog that is open; harness-dialog.c */
GtkWidget *gui_find_dialog (MonocleWindow *window);
void gui_close_dialog (GtkWidget *dialog);
/* Unfolds the details below @root, which must be folded away, and takes what their button copies.
 */
char *gui_copy_details (gpointer root);

/* Presses what a person would press: activates the action; it has to be there and enabled. */
void gui_act (MonocleWindow *window, const char *action, const char *parameter);
gboolean gui_can_act (MonocleWindow *window, const char *action);

/* Asks and waits for the answer. */
MonocleQuery *gui_ask (MonocleWindow *window, const char *task, const char *text);
void gui_wait_done (MonocleQuery *query);

/* As a window manager does it, of which there is none. */
void gui_set_fullscreen (MonocleWindow *window, gboolean fullscreen);

/* What the window shows, its popovers included, as RGBA (cairo's ARGB32); harness-picture.c. */
cairo_surface_t *gui_take_picture (GtkWindow *window, int scale);
void gui_write_picture (GtkWindow *window, int scale, const char *path);
/* When all that is due has happened: of the window that @widget is in, where pictures are kept. */
void gui_keep_picture (gpointer widget, const char *name);
void gui_keep_pictures_in (const char *folder);
/* A pixel of the picture of @widget, 0xRRGGBB. */
guint32 gui_get_pixel (cairo_surface_t *picture, int x, int y);

/* Real input through the X server, in coordinates of @widget; harness-input.c. %FALSE where xdotool
 * is missing. */
gboolean gui_has_input (void);
/* The same for a test that is nothing without it: it is skipped. */
gboolean gui_lacks_input (void);
/* Above the other windows, as far as the pointer is concerned. */
void gui_raise (MonocleWindow *window);
void gui_click (GtkWidget *widget, double x, double y, int button);
/* The button is let go while a frame is made, which knows of it before the event has come. */
void gui_click_in_frame (GtkWidget *widget, double x, double y);
void gui_drag (GtkWidget *widget, double x1, double y1, double x2, double y2);
/* One after the other, as fast as a quick hand: each from a corner to that across from it. */
void gui_drag_many (GtkWidget *widget, const GdkRectangle *ways, guint n);
/* With a key held: "shift". */
void gui_drag_with (const char *key, GtkWidget *widget, double x1, double y1, double x2, double y2);
void gui_point (GtkWidget *widget, double x, double y); /* and nothing else */
void gui_move (GtkWidget *widget, double x, double y);
/* Over the middle of @widget; downwards where @steps is above 0. */
void gui_wheel (GtkWidget *widget, int steps);
/* Lets go of @value over @widget itself, as its drop target hears it. Returns: whether it took it.
 */
gboolean gui_drop (GtkWidget *widget, const GValue *value);
void gui_type (GtkWindow *window, const char *keys); /* xdotool's names: "ctrl+Return", "r e d" */

G_END_DECLS
