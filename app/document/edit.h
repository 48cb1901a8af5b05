/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An edit: one step that a person took, as data. It says of each thing that it touched what that
 * was before and what it is since, so it can be taken back, taken again, kept in a file, and
 * replayed.
 *
 * The changes of an edit are made one after the other, and taken back in reverse order, so the
 * place of each is that in the list as the changes before it left it.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MonocleChangeKind:
 * @MONOCLE_CHANGE_REGION: something that a person drew or kept, by its id; its place in the list;
 *   states are those of monocle_annotation_store()
 * @MONOCLE_CHANGE_OBJECT: an object of an answer: id of the query, and the object's number there;
 *   states are those of monocle_query_store_object()
 * @MONOCLE_CHANGE_QUERY: whether a query is in the list, by its id; its place there; states are
 *   empty
 * @MONOCLE_CHANGE_TURN: the picture's quarter turns, as numbers
 * @MONOCLE_CHANGE_WORDS: what a person wrote in place of an answer's words: id of the query, and
 * the place of monocle_query_get_correction(); states are text, empty for the answer's own
 * @MONOCLE_CHANGE_DONE: whether the person is done with the picture, as booleans
 * @MONOCLE_CHANGE_SAID: a turn of the conversation, by its id; its place there; states are those of
 *   monocle_said_store()
 * @MONOCLE_CHANGE_CUT: where a query's heat maps are cut, by its id; states are numbers
 *
 * Numbers are in files and never change.
 */
typedef enum
{
  MONOCLE_CHANGE_REGION = 0,
  MONOCLE_CHANGE_OBJECT = 1,
  MONOCLE_CHANGE_QUERY = 2,
  MONOCLE_CHANGE_TURN = 3,
  MONOCLE_CHANGE_WORDS = 4,
  MONOCLE_CHANGE_DONE = 5,
  MONOCLE_CHANGE_SAID = 6,
  MONOCLE_CHANGE_CUT = 7,
} MonocleChangeKind;

#define MONOCLE_N_CHANGES (MONOCLE_CHANGE_CUT + 1)

/**
 * MonocleVerb:
 *
 * What the person did, by which a step is named. Numbers are in files and never change.
 */
typedef enum
{
  MONOCLE_VERB_DRAW = 0,
  MONOCLE_VERB_DELETE = 1,
  MONOCLE_VERB_MOVE = 2,
  MONOCLE_VERB_TURN = 3,
  MONOCLE_VERB_KEEP = 4,
  MONOCLE_VERB_RENAME = 5,
  MONOCLE_VERB_DUPLICATE = 6,
  MONOCLE_VERB_CLEAR = 7,
  MONOCLE_VERB_RESHAPE = 8,
  MONOCLE_VERB_MERGE = 9,
  MONOCLE_VERB_SPLIT = 10,
  MONOCLE_VERB_SAY = 11,
  MONOCLE_VERB_CORRECT = 12,
  MONOCLE_VERB_FINISH = 13,
  MONOCLE_VERB_TAKE_OVER = 14,
  MONOCLE_VERB_OPEN = 15,
  MONOCLE_VERB_MERGE_VERSIONS = 16,
  MONOCLE_VERB_PAINT = 17,
  MONOCLE_VERB_ERASE = 18,
  MONOCLE_VERB_ROTATE = 19,
  MONOCLE_VERB_RESIZE = 20,
  MONOCLE_VERB_ADD_POINT = 21,
  MONOCLE_VERB_MOVE_POINT = 22,
  MONOCLE_VERB_DELETE_POINT = 23,
  MONOCLE_VERB_CUT_HOLE = 24,
  MONOCLE_VERB_SIMPLIFY = 25,
  MONOCLE_VERB_TO_OUTLINE = 26,
  MONOCLE_VERB_TO_BOX = 27,
  MONOCLE_VERB_ASK = 28,
  MONOCLE_VERB_ASK_AGAIN = 29,
  MONOCLE_VERB_CLEAR_TALK = 30,
  MONOCLE_VERB_CUT = 31,
} MonocleVerb;

#define MONOCLE_N_VERBS (MONOCLE_VERB_CUT + 1)

/**
 * MonocleChange:
 * @before: (nullable): what it was; %NULL: it was not there
 * @after: (nullable): what it is; %NULL: it is not there
 */
typedef struct
{
  MonocleChangeKind kind;
  guint64 id;
  guint32 place;
  GVariant *before, *after;
} MonocleChange;

typedef struct _MonocleEdit MonocleEdit;

MonocleEdit *monocle_edit_new (MonocleVerb verb);
MonocleEdit *monocle_edit_ref (MonocleEdit *self);
void monocle_edit_unref (MonocleEdit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleEdit, monocle_edit_unref)

/* Only while it is made, by whoever makes it. @before, @after: (transfer floating) (nullable) */
void monocle_edit_add (MonocleEdit *self,
                       MonocleChangeKind kind,
                       guint64 id,
                       guint place,
                       GVariant *before,
                       GVariant *after);

MonocleVerb monocle_edit_get_verb (const MonocleEdit *self);
guint monocle_edit_get_n_changes (const MonocleEdit *self);
const MonocleChange *monocle_edit_get_change (const MonocleEdit *self, guint index);

/**
 * monocle_edit_join:
 * @next: what was done after @self to the same things, in the same order
 *
 * Returns: (transfer full) (nullable): both as one step; %NULL where they are not about the same
 *   things
 */
MonocleEdit *monocle_edit_join (const MonocleEdit *self, const MonocleEdit *next);

/* (transfer none): what it did, translated, for menus and toasts: "Delete Object", "Brush Stroke"
 */
const char *monocle_edit_get_title (const MonocleEdit *self);

/* Verb, and of each change kind, id, place, before and after. */
#define MONOCLE_STORED_EDIT "(ya(ytumvmv))"

/* (transfer floating): of type %MONOCLE_STORED_EDIT */
GVariant *monocle_edit_store (const MonocleEdit *self);
/* (transfer full) (nullable): %NULL where @stored, of that type, is none that is known here */
MonocleEdit *monocle_edit_restore (GVariant *stored);

G_END_DECLS
