/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the window share: window.c (pages and state), window-layout.c (sizes),
 * window-settings.c, window-trouble.c (what is wrong), window-offer.c (models), window-actions.c
 * (what can be done) with window-open.c, window-ask.c, window-own.c, window-share.c and
 * window-file.c, window-labels.c, window-search.c (the folder's search), window-toasts.c (what is
 * said in passing).
 */
#pragma once

#include "app/json/work-file.h"
#include "app/labels/label-set.h"
#include "ui/ask-all-bar.h"
#include "ui/train-bar.h"
#include "ui/broken-page.h"
#include "ui/canvas.h"
#include "ui/changed-bar.h"
#include "ui/filmstrip.h"
#include "ui/image-loader.h"
#include "ui/live-ask.h"
#include "ui/model-button.h"
#include "ui/search-page.h"
#include "ui/side-panel.h"
#include "ui/welcome-page.h"
#include "ui/window.h"
#include "ui/work-bar.h"

G_BEGIN_DECLS

struct _MonocleWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwFlap *header_flap;
  AdwHeaderBar *header;
  AdwSplitButton *open_button;
  GMenu *recent_menu;
  GMenu *steps_menu;
  const char *undo_title, *redo_title; /* (nullable): as it says */
  GtkWidget *browse_buttons;
  GtkWidget *search_button;
  GtkSpinner *loading_spinner;
  AdwWindowTitle *title;
  AdwSplitButton *export_button;
  GtkWidget *panel_button;
  MonocleModelButton *model_button;
  GtkMenuButton *primary_button;
  GtkInfoBar *info_bar;
  MonocleChangedBar *changed_bar;
  GtkLabel *info_title;
  GtkLabel *info_label;
  GtkWidget *preferences_button;
  GtkWidget *details_button;
  MonocleWorkBar *work_bar;
  MonocleAskAllBar *ask_all_bar;
  MonocleTrainBar *train_bar;
  AdwFlap *flap;
  GtkStack *stack;
  MonocleWelcomePage *welcome;
  MonocleCanvas *canvas;
  MonocleBrokenPage *broken;
  MonocleSearchPage *search_page;
  AdwFlap *strip_flap;
  MonocleFilmstrip *filmstrip;
  MonocleSidePanel *side_panel;
  GtkWidget *narrow_bar;
  GtkWidget *narrow_browse_buttons;
  GtkWidget *narrow_panel_button;

  GSettings *settings;
  GSignalGroup *kept_signals; /* of the document */
  GSignalGroup *done_signals; /* the same */
  gboolean closes_anyway;     /* what is not kept is lost */
  MonocleRunner *runner;
  MonoclePresentation *presentation;
  MonocleImageLoader *loader;
  MonocleLiveAsk *live;
  MonocleLabelSet *labels; /* of the folder of the picture */
  GSignalGroup *undo_signals;
  AdwToast *undo_toast;     /* not held */
  AdwToast *partial_toast;  /* weak: says that some of the picture is missing */
  MonocleWorkFile *offered; /* (nullable): work from a file, of the picture or one to come */
  GFile *offered_file;
  char *offered_digest;
  GFile *awaited_picture; /* (nullable): that it is of, on its way */
  MonocleDocument *other; /* (nullable): another version of it, which it is compared with */
  char *other_name;
  GListModel *versions;         /* (nullable) (element-type MonocleVersionPair) */
  MonocleDocument *left_behind; /* the last pasted picture that was asked about */

  GPtrArray *asked; /* (nullable): what waits for the picture to be there */

  GError *failure; /* why the picture cannot be shown */
  char *failed_name;
  GError *trouble; /* what the info bar speaks of */
  gboolean is_device_missing;
  gboolean is_searching; /* the search takes the picture's place */
  guint spinner_source;
  gboolean folded; /* the side panel lies over the picture */
  gboolean narrow; /* or takes its place */
  gboolean low;    /* there is no room for the filmstrip */
  double pointer_x, pointer_y;
  double wheel; /* turned, of the step to the next picture */
};

/* --- window.c --- */

/* Shows what there is now: page, panels, title, actions. */
void monocle_window_update_page (MonocleWindow *self);

/* --- window-layout.c --- */

/* Follows the width of the window, which is realized. */
void monocle_window_watch_surface (MonocleWindow *self);
void monocle_window_restore_size (MonocleWindow *self);
void monocle_window_save_size (MonocleWindow *self);
/* The side panel, wherever it lies. */
void monocle_window_show_panel (MonocleWindow *self, gboolean shown);
gboolean monocle_window_is_panel_shown (MonocleWindow *self);
void monocle_window_update_fullscreen (MonocleWindow *self);
/* Shows the side panel and the filmstrip where there is something for them and room. */
void monocle_window_update_panels (MonocleWindow *self);
void monocle_window_pointer_moved (MonocleWindow *self, double x, double y);
/* In fullscreen, where the header comes first; else GTK does it. */
gboolean monocle_window_open_menu (MonocleWindow *self);

/* --- window-settings.c --- */

void monocle_window_bind_settings (MonocleWindow *self);
/* @document: (nullable) */
void monocle_window_remember_picture (MonocleWindow *self, MonocleDocument *document);

/* --- window-trouble.c --- */

/* Says what is wrong with the runner, if something is. */
void monocle_window_update_trouble (MonocleWindow *self);
void monocle_window_say_device_lost (MonocleWindow *self);
/* After the window became narrow, or wide. */
void monocle_window_update_info_buttons (MonocleWindow *self);
void monocle_window_show_trouble (MonocleWindow *self);
void monocle_window_close_info (MonocleWindow *self);
/* What is done otherwise than usual, for want of memory. */
void monocle_window_say_noted (MonocleWindow *self, const char *text);
/* That there are models for photographs. Returns: %FALSE where there is trouble to speak of. */
gboolean monocle_window_offer_models (MonocleWindow *self);

/* --- window-offer.c --- */

/* The action of who asks for a model for photographs, and who looks whether there is one. Once. */
void monocle_window_add_offer (MonocleWindow *self);

/* --- window-open.c, window-ask.c, window-share.c, window-file.c --- */

/* Add the actions; window-actions.c calls them. */
void monocle_window_add_open_actions (MonocleWindow *self);
void monocle_window_add_ask_actions (MonocleWindow *self);
void monocle_window_add_share_actions (MonocleWindow *self);
/* Has the actions for what the model can be asked; when it is another one. */
void monocle_window_update_offers (MonocleWindow *self);
/* @has_subject: regions are there, or objects selected */
void monocle_window_enable_asking (MonocleWindow *self, gboolean has_picture, gboolean has_subject);
/* A key that nobody else wants: text goes to the prompt, wherever it is typed. */
gboolean monocle_window_start_typing (MonocleWindow *self,
                                      GtkEventControllerKey *keys,
                                      guint keyval,
                                      GdkModifierType state);
void monocle_window_add_file_actions (MonocleWindow *self);

/* --- window-shape.c --- */

void monocle_window_add_shape_actions (MonocleWindow *self);
/* @regions: those that are selected */
void monocle_window_enable_shaping (MonocleWindow *self, GPtrArray *regions);
/* (transfer full) (nullable): of the picture that is shown, or cannot be */
GFile *monocle_window_dup_file (MonocleWindow *self);
/* Whether something was asked about the picture that is not answered yet. */
gboolean monocle_window_is_waiting (MonocleWindow *self);

/* --- window-search.c --- */

/* Once; adds the actions, which others then ask for. */
void monocle_window_prepare_search (MonocleWindow *self, MonocleFinder *finder);
/* Follows whether it is shown, and which folder is open. */
void monocle_window_update_search (MonocleWindow *self);
/* A picture that is being opened takes its place; nothing where there was none before. */
void monocle_window_leave_search (MonocleWindow *self);
/* A key that nobody else wants, while it is shown. */
gboolean monocle_window_leave_by_key (MonocleWindow *self, guint keyval);
/* (transfer full): where the pictures that are open lie, as far as that is here */
GStrv monocle_window_list_folders (MonocleWindow *self);
/* (transfer full) (nullable): which folder is searched */
char *monocle_window_describe_searched (MonocleWindow *self);

/* --- window-actions.c --- */

/* Adds the actions; once. */
void monocle_window_add_actions (MonocleWindow *self);
/* Greys what cannot be done now. */
void monocle_window_update_actions (MonocleWindow *self);
MonocleImageView *monocle_window_get_view (MonocleWindow *self);
/* (transfer none) (nullable): the one that is shown */
MonocleDocument *monocle_window_get_document (MonocleWindow *self);
/* An action of the window, which need not be there yet. */
void monocle_window_enable (MonocleWindow *self, const char *name, gboolean enabled);

/* --- window-kept.c --- */

void monocle_window_init_kept (MonocleWindow *self);
/* Another picture is shown. */
void monocle_window_follow_kept (MonocleWindow *self);
/* Whether there is something that would be lost, which a dialog is about then. */
gboolean monocle_window_asks_before_closing (MonocleWindow *self);

/* --- window-save.c, window-work.c --- */

void monocle_window_add_save_actions (MonocleWindow *self);
void monocle_window_add_work_actions (MonocleWindow *self);
/* Another picture is shown, or its work was saved: what lies beside it may be offered. */
void monocle_window_look_for_work (MonocleWindow *self);
/* For dispose. */
void monocle_window_forget_work (MonocleWindow *self);

/* Reads a file of work, and compares with it. */
void monocle_window_read_version (MonocleWindow *self, GFile *file);

/* --- window-versions.c --- */

void monocle_window_add_version_actions (MonocleWindow *self);
/* @name: of its file */
void monocle_window_compare_versions (MonocleWindow *self,
                                      const MonocleWorkFile *work,
                                      const char *name);
/* Something was done meanwhile. */
void monocle_window_refresh_versions (MonocleWindow *self);
void monocle_window_close_versions (MonocleWindow *self);
/* --- window-folder.c --- */

void monocle_window_init_folder (MonocleWindow *self);
void monocle_window_add_folder_actions (MonocleWindow *self);
void monocle_window_enable_folder (MonocleWindow *self, gboolean has_picture);
/* Another picture is shown. */
void monocle_window_follow_done (MonocleWindow *self);

/* --- window-train.c --- */

void monocle_window_add_train_actions (MonocleWindow *self);
void monocle_window_enable_teaching (MonocleWindow *self);

/* --- window-drawn.c --- */

void monocle_window_add_drawn_actions (MonocleWindow *self);

/* --- window-own.c --- */

/* What is the person's own: kept, named, once more. */
void monocle_window_add_own_actions (MonocleWindow *self);
/* Where the first object that is selected is in the list; it, or what came after it, is selected
 * there when it has gone. */
guint monocle_window_find_selected (MonocleWindow *self);
void monocle_window_select_at (MonocleWindow *self, guint position);
/* Whether each of @objects has a score, and there are any. */
gboolean monocle_window_can_keep_above (GPtrArray *objects);
/* Where the thing is on the view, as far as that is in sight: for what points at it. */
GdkRectangle monocle_window_find_place (MonocleWindow *self, MonocleAnnotation *region);

/* --- window-labels.c --- */

void monocle_window_add_label_actions (MonocleWindow *self);
/* Another picture is shown. */
void monocle_window_follow_labels (MonocleWindow *self);
/* @regions: those that are selected */
void monocle_window_enable_labels (MonocleWindow *self,
                                   gboolean has_picture,
                                   GPtrArray *regions,
                                   gboolean has_selected);
/* What is selected gets that name; what a model suggests is kept under it then. */
void monocle_window_give_label (MonocleWindow *self, const char *name);

/* --- window-toasts.c --- */

void monocle_window_show_toast (MonocleWindow *self, const char *text);
/* The same with a button that takes back the step that @text speaks of. */
void monocle_window_show_undo_toast (MonocleWindow *self, const char *text);
/* The same with a button that activates @action. */
void monocle_window_show_toast_with (MonocleWindow *self,
                                     const char *text,
                                     const char *button,
                                     const char *action,
                                     GVariant *target);
/* The step that it would take back is not the last one any more. */
void monocle_window_dismiss_undo_toast (MonocleWindow *self);
/* Says that some of the picture is missing, if it is. */
void monocle_window_show_partial (MonocleWindow *self, MonocleDocument *document);
/* For dispose. */
void monocle_window_forget_toasts (MonocleWindow *self);

G_END_DECLS
