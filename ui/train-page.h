/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page that teaches a model what was corrected: what there is to learn and what it takes, how
 * far it is, what came of it. It can be closed and opened again at any time.
 */
#pragma once

#include "ui/application.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_TRAIN_PAGE (monocle_train_page_get_type ())
G_DECLARE_FINAL_TYPE (MonocleTrainPage, monocle_train_page, MONOCLE, TRAIN_PAGE, AdwWindow)

GtkWidget *monocle_train_page_new (GtkWindow *parent, MonocleApplication *application);
/* @folders: (array zero-terminated=1): of the pictures that were worked on; nothing where something
 * is under way */
void monocle_train_page_look (MonocleTrainPage *self, const char *const *folders);

G_END_DECLS
