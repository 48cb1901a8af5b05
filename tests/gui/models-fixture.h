/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of models in the window share: a server on this machine, the models page and its
 * rows, questions and their answers, somebody who shows notifications. `--pictures DIRECTORY` keeps
 * pictures of all states.
 */
#pragma once

#include "tests/download/setup.h"
#include "tests/gui/harness.h"
#include "ui/model-jobs.h"
#include "ui/model-row.h"

G_BEGIN_DECLS

/* Whom the application asks for models; its catalogue has one, whose id is "tiny". */
extern Setup *hub;

/* In place of gui_init() and gui_run(). */
void models_init (int *argc, char ***argv);
int models_run (void);

MonocleModelJobs *get_jobs (void);

/* No windows, no models, settings and server as at first. */
void start_afresh (void);
GtkWidget *open_page (MonocleWindow *window);
/* The page over an empty window, afresh. */
GtkWidget *open_afresh (void);
GtkWidget *wait_page (void);

/* A question or a report that comes up; @what: for whoever waits in vain */
GtkWidget *wait_alert (const char *what);
/* Presses a button of it, once it is there; and waits until it is gone. */
void answer (const char *label);

/* (nullable) */
MonocleModelRow *find_row (GtkWidget *page, const char *id);
/* (nullable): by its label or its tooltip, of what can be seen */
GtkWidget *find_button (gpointer root, const char *label);
void press (gpointer root, const char *label);
/* Begins to download "tiny", so slowly that there is time to look. */
void get_slowly (GtkWidget *page);

/* Until a row says @text, or has a button; until the page says it anywhere. */
void wait_row (GtkWidget *page, const char *id, const char *text);
void wait_button (GtkWidget *page, const char *id, const char *label);
void wait_text (GtkWidget *page, const char *text);

G_END_DECLS
