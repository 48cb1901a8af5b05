/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Undo and redo as a stack of edits that were already made, without end. Properties: can-undo,
 * can-redo; both are notified after every change, as the titles may be other ones then.
 */
#pragma once

#include "app/document/edit.h"

G_BEGIN_DECLS

#define MONOCLE_TYPE_UNDO (monocle_undo_get_type ())
G_DECLARE_FINAL_TYPE (MonocleUndo, monocle_undo, MONOCLE, UNDO, GObject)

/* Takes @edit back (@forward FALSE) or makes it again (TRUE). */
typedef void (*MonocleUndoFunc) (MonocleEdit *edit, gboolean forward, gpointer data);

/* @data: must outlive it, or monocle_undo_clear() is called before that goes */
MonocleUndo *monocle_undo_new (MonocleUndoFunc func, gpointer data);

/* An edit that was made; what could be redone is forgotten. */
void monocle_undo_push (MonocleUndo *self, MonocleEdit *edit);

/**
 * monocle_undo_peek:
 *
 * Returns: (transfer none) (nullable): the last edit, if nothing was taken back since: one that
 * goes on can be replaced by a longer one instead of adding another
 */
MonocleEdit *monocle_undo_peek (MonocleUndo *self);

/* @edit takes the place of the last one, which must be there: see monocle_undo_peek(). */
void monocle_undo_replace (MonocleUndo *self, MonocleEdit *edit);

/* Both return whether there was an edit. */
gboolean monocle_undo_undo (MonocleUndo *self);
gboolean monocle_undo_redo (MonocleUndo *self);
/* (nullable): what would be undone or redone */
const char *monocle_undo_get_undo_title (MonocleUndo *self);
const char *monocle_undo_get_redo_title (MonocleUndo *self);
/* How many edits were made and can be taken back; @n_again: (out): how many can be made again. */
guint monocle_undo_count (MonocleUndo *self, guint *n_again);
/* (transfer none): oldest first, those that can be made again behind */
MonocleEdit *monocle_undo_get (MonocleUndo *self, guint index);
/* Forgets all but the last @n_back that can be taken back, and the next @n_again. */
void monocle_undo_cut (MonocleUndo *self, guint n_back, guint n_again);
/* Forgets all edits. */
void monocle_undo_clear (MonocleUndo *self);

G_END_DECLS
