/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the page share: world-page.c; world-page-open.c: frames of the person's own.
 */
#pragma once

#include "ui/world-page.h"
#include "ui/world-view.h"

G_BEGIN_DECLS

struct _MonocleWorldPage
{
  AdwWindow parent_instance;

  GtkInfoBar *guard;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkOrientable *parts;
  AdwClamp *controls;
  MonocleWorldView *view;
  GtkButton *play;
  GtkLabel *frame;
  GtkWidget *work;
  GtkLabel *doing;
  GtkWidget *stopped;
  GtkLabel *words;
  AdwComboRow *kind;
  GtkAdjustment *number_range, *futures_range, *ahead_range;
  GtkWidget *film_rows;
  GtkAdjustment *from_range, *rate_range;
  GtkSwitch *truth, *drawn;
  GtkWidget *truth_row;
  AdwActionRow *drawn_row;
  AdwStatusPage *failed;

  MonocleWorldStage *stage;
  MonocleRunner *runner;
  GCancellable *watching;   /* (nullable): frames of the person's own */
  guint watched, n_watched; /* which frame is looked at, and of how many */
  GPtrArray *files;         /* (nullable) (element-type GFile): where the person's own are from */
  gboolean is_film;
  guint pick_source; /* another part of the film was chosen just now */
  guint play_source;
  guint play_end; /* the frame where it ends */
  gboolean is_updating;
};

/* Shows what there is now. */
void monocle_world_page_update (MonocleWorldPage *self);

/* --- world-page-open.c --- */

/* Adds its action and takes what is dropped. */
void monocle_world_page_class_add_open (GtkWidgetClass *klass);
void monocle_world_page_init_open (MonocleWorldPage *self);
/* Of frames that are being looked at, nothing comes any more. */
void monocle_world_page_stop_watching (MonocleWorldPage *self);
/* Nor is there any film of which another part could be looked at. */
void monocle_world_page_forget_frames (MonocleWorldPage *self);

G_END_DECLS
