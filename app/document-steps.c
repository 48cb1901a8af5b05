/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The changes of a document that can be undone. A step knows how to take itself back and again; as
 * steps are taken back in reverse order only, each finds the document as it left it.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/document-private.h"

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
monocle_document_add_region (MonocleDocument *self, MonocleRegion *region)
{
  ListStep *step;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (MONOCLE_IS_REGION (region));

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

/* --- A region that has another place --- */

/* Within this time nudges of one region are one step. */
#define NUDGE_US G_USEC_PER_SEC

typedef struct
{
  MonocleRegion *region;
  MonocleBox before, after;
  gint64 time_us;
} MoveStep;

static void
move_step_free (gpointer data)
{
  MoveStep *step = data;

  g_object_unref (step->region);
  g_free (step);
}

static void
take_move_step (gpointer data, gboolean forward)
{
  MoveStep *step = data;

  monocle_region_set_box (step->region, forward ? &step->after : &step->before);
}

static gboolean
same_box (const MonocleBox *a, const MonocleBox *b)
{
  return !(a->x1 < b->x1 || a->x1 > b->x1 || a->y1 < b->y1 || a->y1 > b->y1 || a->x2 < b->x2
           || a->x2 > b->x2 || a->y2 < b->y2 || a->y2 > b->y2);
}

void
monocle_document_move_region (MonocleDocument *self,
                              MonocleRegion *region,
                              const MonocleBox *before)
{
  const gint64 now = g_get_monotonic_time ();
  MonocleBox after;
  MoveStep *step;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (MONOCLE_IS_REGION (region));
  g_return_if_fail (before);

  after = monocle_region_get_box (region);
  if (same_box (before, &after))
    return;

  step = monocle_undo_peek (monocle_document_get_undo (self), take_move_step);
  if (step && step->region == region && now - step->time_us < NUDGE_US)
    {
      step->after = after;
      step->time_us = now;
      return;
    }

  step = g_new0 (MoveStep, 1);
  step->region = g_object_ref (region);
  step->before = *before;
  step->after = after;
  step->time_us = now;
  monocle_undo_push (monocle_document_get_undo (self), _ ("Move Region"), take_move_step, step,
                     move_step_free);
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
