/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a person corrects what a model wrote or read, at the place where that stands: the text, and
 * what the model said where it says something else. Signal `written` (string): the text as it
 * should be. Goes by itself.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/document/document.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_WORDS_POPOVER (monocle_words_popover_get_type ())
G_DECLARE_FINAL_TYPE (
    MonocleWordsPopover, monocle_words_popover, MONOCLE, WORDS_POPOVER, GtkPopover)

/**
 * monocle_words_popover_popup:
 * @parent: what it lies on
 * @at: where the words stand, in pixels of @parent
 * @text: as they are now
 * @said: what the model said
 *
 * Returns: (transfer none): it
 */
MonocleWordsPopover *monocle_words_popover_popup (GtkWidget *parent,
                                                  const GdkRectangle *at,
                                                  const char *text,
                                                  const char *said);

/**
 * monocle_words_popover_correct:
 * @place: see monocle_query_get_correction()
 *
 * The same for what an answer says, which is corrected in @document then; nothing where it says
 * nothing there.
 */
void monocle_words_popover_correct (GtkWidget *parent,
                                    const GdkRectangle *at,
                                    MonocleDocument *document,
                                    MonocleQuery *query,
                                    guint place);

G_END_DECLS
