/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the search page share: search-page.c (what is looked for, what was found),
 * search-page-drop.c (pictures that are dropped there) and search-page-state.c (what is said where
 * nothing was found, and how far looking is).
 */
#pragma once

#include "ui/hit-list.h"
#include "ui/search-page.h"

G_BEGIN_DECLS

struct _MonocleSearchPage
{
  AdwBin parent_instance;

  GtkWidget *bar;
  GtkWidget *question;
  GtkSearchEntry *entry;
  GtkToggleButton *regions; /* whether parts of pictures are looked at */
  GtkToggleButton *duplicates;
  AdwButtonContent *duplicates_content;
  GtkWidget *chips_scroller;
  GtkBox *chips;
  GtkWidget *results_bar;
  GtkToggleButton *sure;
  GtkToggleButton *maybe;
  GtkToggleButton *everything;
  GtkScale *scale;
  GtkAdjustment *reach;
  GtkDropDown *order;
  GtkStack *stack;
  AdwStatusPage *status;
  GtkButton *status_button;
  GtkWidget *details_button;
  GtkSpinner *spinner;
  GtkGridView *grid;
  GtkRevealer *progress;
  GtkLabel *progress_label;
  GtkProgressBar *progress_bar;
  GtkButton *progress_button;

  MonocleFinder *finder;       /* (nullable) */
  MonocleFolderSearch *search; /* (nullable) */
  MonocleHitList *hits;
  GtkSingleSelection *selection;
  GStrv directories; /* (nullable): none is open */
  gboolean is_held;
  gboolean looks_again; /* for pictures of which nothing is known any more */
  gboolean is_updating; /* what the toggles say follows the scale, or what is looked for */
  GError *failure;      /* (nullable): what "Details" are of */
};

/* Shows what is the case now, but for the findings themselves. */
void monocle_search_page_update_state (MonocleSearchPage *self);
void monocle_search_page_update_progress (MonocleSearchPage *self);
/* Before the entry's own target, which would take the name of a file as words. */
void monocle_search_page_add_drop_target (MonocleSearchPage *self);
/* What the buttons of both do. */
void monocle_search_page_do_status (MonocleSearchPage *self);
void monocle_search_page_do_progress (MonocleSearchPage *self);

G_END_DECLS
