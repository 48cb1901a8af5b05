/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the models page share: models-page.c (the lists and what is done with their
 * rows), models-page-add.c (by repository, folder, file or drop), models-page-source.c (who is
 * asked, and with which token).
 */
#pragma once

#include "ui/model-jobs.h"
#include "ui/models-page.h"
#include "ui/preferences.h"

G_BEGIN_DECLS

struct _MonocleModelsPage
{
  MonoclePreferencesParent parent_instance;

  AdwPreferencesGroup *coming;
  AdwPreferencesGroup *installed;
  AdwPreferencesGroup *available;
  AdwEntryRow *repository;
  AdwEntryRow *mirror;
  AdwEntryRow *token;
  GtkWidget *forget_token;

  GSettings *settings;
  MonocleModelJobs *jobs;
  GPtrArray *rows;   /* of the three groups, not held */
  GPtrArray *models; /* (element-type MonocleStoredModel): what the rows speak of */
  GCancellable *cancellable;
};

GtkWindow *monocle_models_page_get_window (MonocleModelsPage *self);
/* What did not work, in a dialog. */
void monocle_models_page_show_error (MonocleModelsPage *self, const GError *error);

/* --- models-page-add.c --- */

void monocle_models_page_class_bind_add (GtkWidgetClass *widget_class);
void monocle_models_page_init_add (MonocleModelsPage *self);

/* --- models-page-source.c --- */

void monocle_models_page_class_bind_source (GtkWidgetClass *widget_class);
/* Once the settings are there. */
void monocle_models_page_init_source (MonocleModelsPage *self);

G_END_DECLS
