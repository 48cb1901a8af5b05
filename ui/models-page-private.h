/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the models page share: models-page.c (the lists and what is done with their
 * rows), models-page-add.c (by repository, folder, file or drop), models-page-source.c (who is
 * asked, and with which token), models-page-memory.c (what they need of the device).
 */
#pragma once

#include "ui/model-jobs.h"
#include "ui/model-row.h"
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
  GPtrArray *rows;       /* of the three groups, not held */
  GPtrArray *models;     /* (element-type MonocleStoredModel): what the rows speak of */
  MonocleDevice *device; /* (nullable): that answers now */
  GHashTable *needs;     /* id -> (nullable) MonocleMemoryNeed: of @device; NULL: not known yet */
  GCancellable *cancellable;
};

GtkWindow *monocle_models_page_get_window (MonocleModelsPage *self);
/* What did not work, in a dialog. */
void monocle_models_page_show_error (MonocleModelsPage *self, const GError *error);
/* Makes all rows anew. */
void monocle_models_page_fill (MonocleModelsPage *self);
/* (nullable) */
MonocleModelRow *monocle_models_page_find_row (MonocleModelsPage *self, const char *id);
/* (nullable): one that is here */
MonocleStoredModel *monocle_models_page_find_model (MonocleModelsPage *self, const char *id);

/* --- models-page-add.c --- */

void monocle_models_page_class_bind_add (GtkWidgetClass *widget_class);
void monocle_models_page_init_add (MonocleModelsPage *self);

/* --- models-page-source.c --- */

void monocle_models_page_class_bind_source (GtkWidgetClass *widget_class);
/* Once the settings are there. */
void monocle_models_page_init_source (MonocleModelsPage *self);

/* --- models-page-memory.c --- */

void monocle_models_page_init_memory (MonocleModelsPage *self, MonocleRunner *runner);
/* In the rows of those that are here, as soon as it is known. */
void monocle_models_page_show_memory (MonocleModelsPage *self);

G_END_DECLS
