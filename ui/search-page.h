/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page that finds pictures of a folder: words and pictures that are looked for, what was found
 * as a grid, how well it has to fit, how far looking at the pictures is. What it shows stays while
 * something else is shown in its place.
 *
 * Signals: `opened` (GFile): a picture is to be shown; `left`: the person wants to go back.
 * Uses the actions win.open-folder, win.search-similar, app.models.
 */
#pragma once

#include <adwaita.h>

#include "app/search/folder-search.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_SEARCH_PAGE (monocle_search_page_get_type ())
G_DECLARE_FINAL_TYPE (MonocleSearchPage, monocle_search_page, MONOCLE, SEARCH_PAGE, AdwBin)

/* Once. */
void monocle_search_page_set_finder (MonocleSearchPage *self, MonocleFinder *finder);
/* (transfer none) (nullable): what is looked for; before there is a finder there is none */
MonocleFolderSearch *monocle_search_page_get_search (MonocleSearchPage *self);

/* @directories: (array zero-terminated=1): none: no folder is open. What was found in a folder
 * stays while folders below it are. */
void monocle_search_page_set_directories (MonocleSearchPage *self, const char *const *directories);
/* Asks for the words, or shows what was found before. */
void monocle_search_page_focus (MonocleSearchPage *self);
/* Whether the keyboard is where words are typed. */
gboolean monocle_search_page_is_typing (MonocleSearchPage *self);
/* Looks for nothing any more. */
void monocle_search_page_clear (MonocleSearchPage *self);
/* Its parts lie below each other rather than beside. */
void monocle_search_page_set_narrow (MonocleSearchPage *self, gboolean narrow);

G_END_DECLS
