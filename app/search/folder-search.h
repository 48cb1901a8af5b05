/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one window looks for in a folder, and what was found: words and pictures, wanted or not; or
 * which pictures are alike.
 * Asks anew whenever that changes, and whenever more was indexed; an older answer stays until the
 * next one is there.
 *
 * Signals:
 *   changed: state or findings are others
 *   pictures-changed: the pictures that are looked for are others
 */
#pragma once

#include "app/search/finder.h"

G_BEGIN_DECLS

/**
 * MonocleFolderSearchState:
 * @MONOCLE_FOLDER_SEARCH_EMPTY: nothing is looked for
 * @MONOCLE_FOLDER_SEARCH_UNCLEAR: only something that is not wanted was said
 * @MONOCLE_FOLDER_SEARCH_ASKING: the first answer is on its way
 * @MONOCLE_FOLDER_SEARCH_DONE: there are findings
 * @MONOCLE_FOLDER_SEARCH_FAILED: monocle_folder_search_get_error()
 */
typedef enum
{
  MONOCLE_FOLDER_SEARCH_EMPTY,
  MONOCLE_FOLDER_SEARCH_UNCLEAR,
  MONOCLE_FOLDER_SEARCH_ASKING,
  MONOCLE_FOLDER_SEARCH_DONE,
  MONOCLE_FOLDER_SEARCH_FAILED,
} MonocleFolderSearchState;

#define MONOCLE_TYPE_FOLDER_SEARCH (monocle_folder_search_get_type ())
G_DECLARE_FINAL_TYPE (MonocleFolderSearch, monocle_folder_search, MONOCLE, FOLDER_SEARCH, GObject)

MonocleFolderSearch *monocle_folder_search_new (MonocleFinder *finder);

/* @directories: (array zero-terminated=1) (nullable): absolute; what is there is looked at as well.
 * The same ones again: what is new in them. */
void monocle_folder_search_set_directories (MonocleFolderSearch *self,
                                            const char *const *directories);
/* (transfer none) (nullable) */
const char *const *monocle_folder_search_get_directories (MonocleFolderSearch *self);

/* As monocle_search_read_words() has it. */
void monocle_folder_search_set_text (MonocleFolderSearch *self, const char *text);

/* @name: what a person reads */
void monocle_folder_search_add_picture (MonocleFolderSearch *self,
                                        MonocleImage *image,
                                        const char *name);
void monocle_folder_search_remove_picture (MonocleFolderSearch *self, guint i);
void monocle_folder_search_set_wanted (MonocleFolderSearch *self, guint i, gboolean is_wanted);
guint monocle_folder_search_get_n_pictures (MonocleFolderSearch *self);
/* (transfer none): and its @name, whether it @is_wanted */
MonocleImage *monocle_folder_search_get_picture (MonocleFolderSearch *self,
                                                 guint i,
                                                 const char **name,
                                                 gboolean *is_wanted);

/* Whether pictures that are alike are looked for, until there are words or pictures again. */
void monocle_folder_search_set_duplicates (MonocleFolderSearch *self, gboolean finds_duplicates);
gboolean monocle_folder_search_get_duplicates (MonocleFolderSearch *self);

/* Once more, after an error. */
void monocle_folder_search_ask (MonocleFolderSearch *self);

MonocleFolderSearchState monocle_folder_search_get_state (MonocleFolderSearch *self);
const GError *monocle_folder_search_get_error (MonocleFolderSearch *self); /* (nullable) */
/* (transfer none) (nullable): the last answer, also of a question that was put before */
const MonocleFindings *monocle_folder_search_get_findings (MonocleFolderSearch *self);

G_END_DECLS
