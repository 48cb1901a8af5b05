/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In which language a task answers, of those that it has: the system's, or one of them. It is not
 * there where the task has none.
 *
 * Properties: chosen (string, read-write: a code; empty: the system's language). What a task lacks
 * stays chosen for others.
 */
#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_LANGUAGE_CHOOSER (monocle_language_chooser_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleLanguageChooser, monocle_language_chooser, MONOCLE, LANGUAGE_CHOOSER, AdwBin)

GtkWidget *monocle_language_chooser_new (void);

/* @task: (nullable): what is going to be asked */
void monocle_language_chooser_set_task (MonocleLanguageChooser *self, const MonocleTask *task);

/**
 * monocle_language_chooser_get_language:
 *
 * Returns: (transfer none) (nullable): in which the task is to answer; %NULL: it has no languages
 */
const char *monocle_language_chooser_get_language (MonocleLanguageChooser *self);

/* (transfer none) (nullable): the same where there is no chooser: of @task what @chosen means */
const char *monocle_language_chooser_find (const MonocleTask *task, const char *chosen);

G_END_DECLS
