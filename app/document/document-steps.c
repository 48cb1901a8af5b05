/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The changes of a document that can be undone. A step knows how to take itself back and again; as
 * steps are taken back in reverse order only, each finds the document as it left it.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/document/document-private.h"

/* --- Items taken off a list, or put onto it --- */

typedef struct
{
  GListStore *list;
  GPtrArray *items;
  GArray *positions; /* of guint, rising: where they were */
  gboolean adds;
} ListStep;

static void
list_step_free (gpointer data)
{
  ListStep *step = data;

  g_object_unref (step->list);
  g_ptr_array_unref (step->items);
  g_array_unref (step->positions);
  g_free (step);
}

static ListStep *
list_step_new (GListModel *list, gboolean adds)
{
  ListStep *step = g_new0 (ListStep, 1);

  step->list = g_object_ref (G_LIST_STORE (list));
  step->items = g_ptr_array_new_with_free_func (g_object_unref);
  step->positions = g_array_new (FALSE, FALSE, sizeof (guint));
  step->adds = adds;

  return step;
}

static void
list_step_add (ListStep *step, gpointer item, guint position)
{
  g_ptr_array_add (step->items, g_object_ref (item));
  g_array_append_val (step->positions, position);
}

static void
insert_items (ListStep *step)
{
  for (guint i = 0; i < step->items->len; i++)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (step->list));

      g_list_store_insert (step->list, MIN (g_array_index (step->positions, guint, i), n),
                           step->items->pdata[i]);
    }
}

static void
remove_items (ListStep *step)
{
  guint position;

  for (guint i = 0; i < step->items->len; i++)
    if (g_list_store_find (step->list, step->items->pdata[i], &position))
      g_list_store_remove (step->list, position);
}

static void
take_list_step (gpointer data, gboolean forward)
{
  ListStep *step = data;

  if (forward == step->adds)
    insert_items (step);
  else
    remove_items (step);
}

static void
do_list_step (MonocleDocument *self, const char *title, ListStep *step)
{
  if (step->items->len == 0)
    {
      list_step_free (step);
      return;
    }

  take_list_step (step, TRUE);
  monocle_undo_push (monocle_document_get_undo (self), title, take_list_step, step, list_step_free);
}

void
monocle_document_remove_query (MonocleDocument *self, MonocleQuery *query)
{
  ListStep *step;
  guint position;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  step = list_step_new (monocle_document_get_queries (self), FALSE);
  if (g_list_store_find (step->list, query, &position))
    list_step_add (step, query, position);
  do_list_step (self, _ ("Delete Answer"), step);
}

void
monocle_document_clear_queries (MonocleDocument *self)
{
  ListStep *step;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  step = list_step_new (monocle_document_get_queries (self), FALSE);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->list)); i++)
    {
      g_autoptr (GObject) query = g_list_model_get_item (G_LIST_MODEL (step->list), i);

      list_step_add (step, query, i);
    }
  do_list_step (self, _ ("Delete All Answers"), step);
}

void
monocle_document_add_region (MonocleDocument *self, MonocleAnnotation *region)
{
  ListStep *step;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (MONOCLE_IS_ANNOTATION (region));

  step = list_step_new (monocle_document_get_regions (self), TRUE);
  list_step_add (step, region, g_list_model_get_n_items (G_LIST_MODEL (step->list)));
  do_list_step (self, _ ("Draw Region"), step);
}

void
monocle_document_remove_regions (MonocleDocument *self, GPtrArray *regions)
{
  ListStep *step;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (regions);

  step = list_step_new (monocle_document_get_regions (self), FALSE);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->list)); i++)
    {
      g_autoptr (GObject) region = g_list_model_get_item (G_LIST_MODEL (step->list), i);

      if (g_ptr_array_find (regions, region, NULL))
        list_step_add (step, region, i);
    }
  do_list_step (self, ngettext ("Delete Region", "Delete Regions", step->items->len), step);
}

/* --- Regions and objects that have another place --- */

/* Within this time nudges of the same things are one step. */
#define NUDGE_US G_USEC_PER_SEC

typedef struct
{
  GPtrArray *items;          /* of MonocleAnnotation */
  GPtrArray *before, *after; /* of MonocleShape: of each */
  gint64 time_us;
} MoveStep;

static void
move_step_free (gpointer data)
{
  MoveStep *step = data;

  g_ptr_array_unref (step->items);
  g_ptr_array_unref (step->before);
  g_ptr_array_unref (step->after);
  g_free (step);
}

static void
take_move_step (gpointer data, gboolean forward)
{
  MoveStep *step = data;
  const GPtrArray *shapes = forward ? step->after : step->before;

  for (guint i = 0; i < step->items->len; i++)
    monocle_annotation_set_shape (step->items->pdata[i], shapes->pdata[i]);
}

static gboolean
same_items (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (a->pdata[i] != b->pdata[i])
      return FALSE;
  return TRUE;
}

static const char *
name_move (GPtrArray *items)
{
  guint n_regions = 0, n_objects;

  for (guint i = 0; i < items->len; i++)
    n_regions += monocle_annotation_get_origin (items->pdata[i]) == MONOCLE_ORIGIN_PERSON;
  n_objects = items->len - n_regions;
  if (n_objects == 0)
    return ngettext ("Move Region", "Move Regions", n_regions);
  if (n_regions == 0)
    return ngettext ("Move Object", "Move Objects", n_objects);
  return _ ("Move Objects and Regions");
}

static GPtrArray *
new_shapes (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_shape_unref);
}

/* All of @items have their new places already. Makes the last step longer where that moved the same
 * things a moment ago. @before: (transfer full) */
static void
note_move (MonocleDocument *self, GPtrArray *items, GPtrArray *before)
{
  MonocleUndo *undo = monocle_document_get_undo (self);
  const gint64 now = g_get_monotonic_time ();
  MoveStep *step = monocle_undo_peek (undo, take_move_step);
  gboolean goes_on = step && now - step->time_us < NUDGE_US && same_items (step->items, items);

  if (goes_on)
    g_ptr_array_unref (before);
  else
    {
      step = g_new0 (MoveStep, 1);
      step->items = g_ptr_array_copy (items, (GCopyFunc) g_object_ref, NULL);
      g_ptr_array_set_free_func (step->items, g_object_unref);
      step->before = before;
      step->after = new_shapes ();
    }
  g_ptr_array_set_size (step->after, 0);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (step->after,
                     monocle_shape_ref (monocle_annotation_get_shape (items->pdata[i])));
  step->time_us = now;
  if (!goes_on)
    monocle_undo_push (undo, name_move (items), take_move_step, step, move_step_free);
}

void
monocle_document_note_move (MonocleDocument *self, MonocleAnnotation *region, MonocleShape *before)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  GPtrArray *shapes;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (MONOCLE_IS_ANNOTATION (region));
  g_return_if_fail (before);

  if (monocle_shape_equal (before, monocle_annotation_get_shape (region)))
    return;
  g_ptr_array_add (items, region);
  shapes = new_shapes ();
  g_ptr_array_add (shapes, monocle_shape_ref (before));
  note_move (self, items, shapes);
}

void
monocle_document_move (MonocleDocument *self, GPtrArray *annotations, double dx, double dy)
{
  const MonocleMatrix way = { .xx = 1, .yy = 1, .x0 = dx, .y0 = dy };
  GPtrArray *before;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (annotations);

  if (annotations->len == 0 || (dx == 0.0 && dy == 0.0))
    return;
  before = new_shapes ();
  for (guint i = 0; i < annotations->len; i++)
    {
      MonocleShape *here = monocle_shape_ref (monocle_annotation_get_shape (annotations->pdata[i]));
      g_autoptr (MonocleShape) there = monocle_shape_transform (here, &way);

      g_ptr_array_add (before, here);
      monocle_annotation_set_shape (annotations->pdata[i], there);
    }
  note_move (self, annotations, before);
}

/* --- Objects taken off an answer --- */

typedef struct
{
  MonocleQuery *query;
  GArray *which;
} HideStep;

static void
hide_step_free (gpointer data)
{
  HideStep *step = data;

  g_object_unref (step->query);
  g_array_unref (step->which);
  g_free (step);
}

static void
take_hide_step (gpointer data, gboolean forward)
{
  HideStep *step = data;

  monocle_query_set_hidden (step->query, step->which, forward);
}

void
monocle_document_remove_annotations (MonocleDocument *self,
                                     MonocleQuery *query,
                                     GPtrArray *annotations)
{
  g_autoptr (GArray) which = NULL;
  HideStep *step;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (MONOCLE_IS_QUERY (query));
  g_return_if_fail (annotations);

  which = monocle_query_hide_annotations (query, annotations);
  if (which->len == 0)
    return;

  step = g_new0 (HideStep, 1);
  step->query = g_object_ref (query);
  step->which = g_array_ref (which);
  monocle_undo_push (monocle_document_get_undo (self),
                     ngettext ("Delete Object", "Delete Objects", which->len), take_hide_step, step,
                     hide_step_free);
}

void
monocle_document_remove (MonocleDocument *self,
                         GPtrArray *regions,
                         MonocleQuery *query,
                         GPtrArray *annotations)
{
  MonocleUndo *undo;
  const char *title;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (regions && annotations);

  if (regions->len > 0)
    monocle_document_remove_regions (self, regions);
  if (annotations->len == 0)
    return;
  undo = monocle_document_get_undo (self);
  title = monocle_undo_get_undo_title (undo);
  monocle_document_remove_annotations (self, query, annotations);
  /* Nothing of the answer may have been left to remove. */
  if (regions->len > 0 && monocle_undo_get_undo_title (undo) != title)
    monocle_undo_join (undo, _ ("Delete Objects and Regions"));
}

/* --- The picture turned --- */

typedef struct
{
  MonocleDocument *document; /* which forgets its steps before it goes */
  guint quarters;
} TurnStep;

static void
take_turn_step (gpointer data, gboolean forward)
{
  TurnStep *step = data;

  monocle_document_turn (step->document, forward ? step->quarters : 4 - step->quarters);
}

void
monocle_document_rotate (MonocleDocument *self, guint quarters)
{
  TurnStep *step;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  if (!monocle_document_turn (self, quarters))
    return;

  step = g_new0 (TurnStep, 1);
  step->document = self;
  step->quarters = quarters % 4;
  monocle_undo_push (monocle_document_get_undo (self), _ ("Turn Picture"), take_turn_step, step,
                     g_free);
}
