/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What window.c (layout and state) and window-actions.c (what can be done) share.
 */
#pragma once

#include "ui/canvas.h"
#include "ui/filmstrip.h"
#include "ui/image-loader.h"
#include "ui/model-button.h"
#include "ui/side-panel.h"
#include "ui/welcome-page.h"
#include "ui/window.h"

G_BEGIN_DECLS

struct _MonocleWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkRevealer *header_revealer;
  AdwHeaderBar *header;
  GtkWidget *browse_buttons;
  GtkSpinner *loading_spinner;
  AdwWindowTitle *title;
  AdwSplitButton *export_button;
  MonocleModelButton *model_button;
  GtkInfoBar *info_bar;
  GtkLabel *info_label;
  GtkButton *info_button;
  AdwFlap *flap;
  GtkStack *stack;
  MonocleWelcomePage *welcome;
  MonocleCanvas *canvas;
  AdwStatusPage *broken;
  GtkRevealer *filmstrip_revealer;
  MonocleFilmstrip *filmstrip;
  MonocleSidePanel *side_panel;

  GSettings *settings;
  MonocleRunner *runner;
  MonoclePresentation *presentation;
  MonocleImageLoader *loader;
  GSignalGroup *undo_signals;

  GError *failure; /* why the picture cannot be shown */
  char *failed_name;
  GError *trouble; /* what the info bar speaks of */
  guint spinner_source;
  gboolean folded;
};

/* Adds the actions; once. */
void monocle_window_add_actions (MonocleWindow *self);
/* Greys what cannot be done now. */
void monocle_window_update_actions (MonocleWindow *self);
/* The keys that text entries want first, for the class. */
void monocle_window_class_add_bindings (GtkWidgetClass *widget_class);

void monocle_window_show_toast (MonocleWindow *self, const char *text);
/* The same with a button that activates @action. */
void monocle_window_show_toast_with (MonocleWindow *self,
                                     const char *text,
                                     const char *button,
                                     const char *action,
                                     GVariant *target);

G_END_DECLS
