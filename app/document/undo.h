/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Undo and redo as a stack of steps that were already taken. Properties: can-undo, can-redo; both
 * are notified after every change, as the titles may be other ones then.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MONOCLE_TYPE_UNDO (monocle_undo_get_type ())
G_DECLARE_FINAL_TYPE (MonocleUndo, monocle_undo, MONOCLE, UNDO, GObject)

/* Takes the step back (@forward FALSE) or again (TRUE). */
typedef void (*MonocleUndoFunc) (gpointer data, gboolean forward);

MonocleUndo *monocle_undo_new (void);

/**
 * monocle_undo_push:
 * @title: what it did, translated, for menus and toasts: "Delete Object"
 * @func: takes it back and again
 * @data: (transfer full): for @func
 * @destroy: frees @data
 *
 * Forgets what could be redone. Keeps the last 200 steps.
 */
void monocle_undo_push (MonocleUndo *self,
                        const char *title,
                        MonocleUndoFunc func,
                        gpointer data,
                        GDestroyNotify destroy);

/**
 * monocle_undo_peek:
 *
 * Returns: (transfer none) (nullable): the data of the last step if that is one of @func and
 * nothing was taken back since: a step that goes on can be made longer instead of adding another
 */
gpointer monocle_undo_peek (MonocleUndo *self, MonocleUndoFunc func);

/**
 * monocle_undo_join:
 * @title: of the two together
 *
 * Makes the last two steps one, where a person did them with one stroke.
 */
void monocle_undo_join (MonocleUndo *self, const char *title);

/* Both return whether there was a step to take. */
gboolean monocle_undo_undo (MonocleUndo *self);
gboolean monocle_undo_redo (MonocleUndo *self);
/* (nullable): what would be undone or redone */
const char *monocle_undo_get_undo_title (MonocleUndo *self);
const char *monocle_undo_get_redo_title (MonocleUndo *self);
/* Forgets all steps. */
void monocle_undo_clear (MonocleUndo *self);

G_END_DECLS
