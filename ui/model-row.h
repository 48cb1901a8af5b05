/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One model on the models page: installed, to be had, or half here. What can be done with it are
 * the page's actions `models.*`, with its id.
 */
#pragma once

#include <adwaita.h>

#include "app/models/memory-need.h"
#include "app/models/store.h"
#include "ui/model-jobs.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_MODEL_ROW (monocle_model_row_get_type ())
G_DECLARE_FINAL_TYPE (MonocleModelRow, monocle_model_row, MONOCLE, MODEL_ROW, AdwPreferencesRow)

/* @about: (nullable): what it is good at */
GtkWidget *monocle_model_row_new_installed (const MonocleStoredModel *model,
                                            const char *about,
                                            gboolean is_used);
/* @device: (nullable): that answers now */
GtkWidget *monocle_model_row_new_available (const MonocleCatalogueModel *model,
                                            MonocleDevice *device);
GtkWidget *monocle_model_row_new_part (const MonocleStoredPart *part);
/* Of which nothing is on the disk yet. */
GtkWidget *monocle_model_row_new_job (const MonocleModelJob *job);

const char *monocle_model_row_get_id (MonocleModelRow *self);

/* Of memory. @device: (nullable): of which that is */
void monocle_model_row_show_need (MonocleModelRow *self,
                                  const MonocleMemoryNeed *need,
                                  MonocleDevice *device);

/* What is being done with it, or why that failed. */
void monocle_model_row_show_job (MonocleModelRow *self, const MonocleModelJob *job);

G_END_DECLS
