/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/query-objects.h"

#include <math.h>

#include "app/draw/palette.h"

/* An object of the answer, shown or hidden. */
typedef struct
{
  guint id; /* stays when what it holds grows */
  gboolean hidden;
  MonocleResult *result;
  const MonocleObject *object; /* of @result: as the model says it */
  guint region;                /* index of @result */
  MonocleAnnotation *annotation;
} Slot;

struct _MonocleQueryObjects
{
  GPtrArray *slots; /* of Slot, by region and place in the answer */
  GListStore *list;
  guint last_id;
};

static void
slot_free (gpointer data)
{
  Slot *slot = data;

  monocle_result_unref (slot->result);
  g_object_unref (slot->annotation);
  g_free (slot);
}

MonocleQueryObjects *
monocle_query_objects_new (void)
{
  MonocleQueryObjects *self = g_new0 (MonocleQueryObjects, 1);

  self->slots = g_ptr_array_new_with_free_func (slot_free);
  self->list = g_list_store_new (MONOCLE_TYPE_ANNOTATION);

  return self;
}

void
monocle_query_objects_free (MonocleQueryObjects *self)
{
  if (!self)
    return;

  g_ptr_array_unref (self->slots);
  g_object_unref (self->list);
  g_free (self);
}

GListModel *
monocle_query_objects_get_list (MonocleQueryObjects *self)
{
  return G_LIST_MODEL (self->list);
}

/* --- Whether two objects say the same --- */

static gboolean
same_object (const MonocleObject *a, const MonocleObject *b)
{
  return g_strcmp0 (a->label, b->label) == 0 && g_strcmp0 (a->text, b->text) == 0
         && isnan (a->score) == isnan (b->score) && !(a->score < b->score || a->score > b->score)
         && monocle_shape_equal (a->shape, b->shape);
}

/* --- From one answer to the next --- */

static gboolean
is_same (const Slot *old, const MonocleObject *object)
{
  return old && same_object (old->object, object);
}

/* Moves the old slot that holds @object out of @old: the one at its place, or any, as the final
 * answer may have more or fewer objects before it. */
static Slot *
take_same (Slot **old, guint n_old, guint index, const MonocleObject *object)
{
  if (index < n_old && is_same (old[index], object))
    return g_steal_pointer (&old[index]);
  for (guint i = 0; i < n_old; i++)
    if (is_same (old[i], object))
      return g_steal_pointer (&old[i]);

  return NULL;
}

static Slot *
add_slot (MonocleQueryObjects *self, const MonocleObject *object, int region)
{
  Slot *slot = g_new0 (Slot, 1);

  slot->id = ++self->last_id;
  slot->annotation = monocle_annotation_new (object, 0, 0, region);

  return slot;
}

/* Lays @result onto the slots of its region, @old, which are taken apart; what remains of them is
 * gone from the answer. */
static void
lay (MonocleQueryObjects *self,
     MonocleResult *result,
     guint region,
     gboolean of_regions,
     Slot **old,
     guint n_old)
{
  const guint n = monocle_result_get_n_objects (result), first = self->slots->len;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->slots, take_same (old, n_old, i, monocle_result_get_object (result, i)));

  for (guint i = 0; i < n; i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      Slot *slot = self->slots->pdata[first + i];

      if (!slot)
        {
          slot = add_slot (self, object, of_regions ? (int) region : -1);
          self->slots->pdata[first + i] = slot;
          /* It grew: whether it is hidden is said of it as it was before. */
          if (i < n_old && old[i])
            {
              slot->id = old[i]->id;
              slot->hidden = old[i]->hidden;
            }
        }
      g_clear_pointer (&slot->result, monocle_result_unref);
      slot->result = monocle_result_ref (result);
      slot->object = object;
      slot->region = region;
    }
}

/* @complete: the answer is, and its labels keep their colours */
static void
deal_colours (MonocleQueryObjects *self, gboolean complete)
{
  const guint n = self->slots->len;
  g_autofree const char **labels = g_new0 (const char *, n + 1);
  g_autofree guint *colours = g_new0 (guint, n + 1);

  for (guint i = 0; i < n; i++)
    labels[i] = monocle_annotation_get_label (((Slot *) self->slots->pdata[i])->annotation);
  monocle_palette_assign (labels, n, colours);
  if (complete)
    monocle_palette_keep (labels, n, colours);

  /* As in render: objects without a label get one colour each. */
  for (guint i = 0; i < n; i++)
    monocle_annotation_set_colour (((Slot *) self->slots->pdata[i])->annotation,
                                   *labels[i] ? colours[i] : i);
}

/* --- The list --- */

/* Of a heat map nothing may be left; what a model says as such is always shown. */
static gboolean
is_nowhere (const Slot *slot)
{
  return monocle_shape_get_mask (slot->object->shape)
         && monocle_shape_is_empty (monocle_annotation_get_shape (slot->annotation));
}

/* What the list has to hold. */
static GPtrArray *
collect_shown (MonocleQueryObjects *self)
{
  GPtrArray *shown = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->slots->len; i++)
    {
      Slot *slot = self->slots->pdata[i];

      if (!slot->hidden && !is_nowhere (slot))
        g_ptr_array_add (shown, g_object_ref (slot->annotation));
    }

  return shown;
}

static GPtrArray *
collect_listed (MonocleQueryObjects *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  GPtrArray *listed = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (listed, g_list_model_get_item (G_LIST_MODEL (self->list), i));

  return listed;
}

static GHashTable *
make_set (GPtrArray *items)
{
  GHashTable *set = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < items->len; i++)
    g_hash_table_add (set, items->pdata[i]);

  return set;
}

static guint
count_missing (GPtrArray *items, guint from, GHashTable *set)
{
  guint n = 0;

  while (from + n < items->len && !g_hash_table_contains (set, items->pdata[from + n]))
    n++;

  return n;
}

/* Removes and adds only what differs: everything else does not even notice. */
static void
update_list (MonocleQueryObjects *self)
{
  g_autoptr (GPtrArray) shown = collect_shown (self);
  g_autoptr (GPtrArray) listed = collect_listed (self);
  g_autoptr (GHashTable) is_shown = make_set (shown);
  g_autoptr (GHashTable) is_listed = make_set (listed);
  guint at = 0, from = 0; /* places in @shown (and the list), and in @listed */

  while (at < shown->len || from < listed->len)
    {
      guint n_gone = count_missing (listed, from, is_shown);
      guint n_new = count_missing (shown, at, is_listed);
      guint position;

      if (n_gone > 0 || n_new > 0)
        {
          g_list_store_splice (self->list, at, n_gone, shown->pdata + at, n_new);
          at += n_new;
          from += n_gone;
        }
      else if (at < shown->len && from < listed->len && shown->pdata[at] == listed->pdata[from])
        {
          at++;
          from++;
        }
      else
        {
          /* Both are in both, in another order: it is moved here. */
          gboolean found = g_ptr_array_find (listed, shown->pdata[at], &position);

          g_assert (found && position >= from);
          g_list_store_remove (self->list, at + position - from);
          g_hash_table_remove (is_listed, shown->pdata[at]);
          g_ptr_array_remove_index (listed, position);
        }
    }
}

static void
renumber (MonocleQueryObjects *self)
{
  for (guint i = 0; i < self->slots->len; i++)
    monocle_annotation_set_number (((Slot *) self->slots->pdata[i])->annotation, i + 1);
}

void
monocle_query_objects_set_results (MonocleQueryObjects *self,
                                   GPtrArray *results,
                                   gboolean of_regions,
                                   gboolean complete)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->slots);
  guint first = 0;

  self->slots = g_ptr_array_new_with_free_func (slot_free);
  for (guint region = 0; results && region < results->len; region++)
    {
      MonocleResult *result = results->pdata[region];
      guint end = first;

      while (end < old->len && ((Slot *) old->pdata[end])->region == region)
        end++;
      if (result)
        lay (self, result, region, of_regions, (Slot **) old->pdata + first, end - first);
      /* What is left of them is freed at the end, what was taken is NULL. */
      first = end;
    }
  g_ptr_array_set_free_func (old, NULL);
  for (guint i = 0; i < old->len; i++)
    g_clear_pointer (&old->pdata[i], slot_free);

  renumber (self);
  deal_colours (self, complete);
  update_list (self);
}

void
monocle_query_objects_recut (MonocleQueryObjects *self, GPtrArray *results)
{
  guint at = 0;

  for (guint i = 0; i < results->len; i++)
    {
      MonocleResult *result = results->pdata[i];

      for (guint k = 0; result && k < monocle_result_get_n_objects (result); k++)
        {
          Slot *slot = self->slots->pdata[at++];

          monocle_result_unref (slot->result);
          slot->result = monocle_result_ref (result);
          slot->object = monocle_result_get_object (result, k);
          monocle_annotation_set_found (slot->annotation, slot->object);
        }
    }
  g_assert (at == self->slots->len);
  update_list (self);
}

guint
monocle_query_objects_get_n_left (MonocleQueryObjects *self)
{
  guint n = 0;

  for (guint i = 0; i < self->slots->len; i++)
    n += !((const Slot *) self->slots->pdata[i])->hidden;
  return n;
}

void
monocle_query_objects_update (MonocleQueryObjects *self)
{
  update_list (self);
}

/* (nullable) */
static Slot *
find_slot (MonocleQueryObjects *self, guint id)
{
  for (guint i = 0; i < self->slots->len; i++)
    if (((Slot *) self->slots->pdata[i])->id == id)
      return self->slots->pdata[i];
  return NULL;
}

const char *
monocle_query_objects_get_said (MonocleQueryObjects *self, guint id)
{
  Slot *slot = find_slot (self, id);

  return slot ? slot->object->label : NULL;
}

void
monocle_query_objects_relabel (MonocleQueryObjects *self, guint id, const char *label)
{
  Slot *slot = find_slot (self, id);

  if (!slot)
    return;
  monocle_annotation_set_label (slot->annotation, label ? label : slot->object->label);
  deal_colours (self, FALSE);
}

void
monocle_query_objects_recolour (MonocleQueryObjects *self)
{
  deal_colours (self, FALSE);
}

/* --- What a person made of them --- */

guint
monocle_query_objects_find (MonocleQueryObjects *self, MonocleAnnotation *annotation)
{
  for (guint i = 0; i < self->slots->len; i++)
    {
      Slot *slot = self->slots->pdata[i];

      if (slot->annotation == annotation)
        return slot->id;
    }
  return 0;
}

static GVariant *
store (const Slot *slot)
{
  MonocleShape *shape = monocle_annotation_get_shape (slot->annotation);
  GVariant *moved
      = monocle_shape_equal (shape, slot->object->shape) ? NULL : monocle_shape_store (shape);

  return g_variant_new ("(b@m" MONOCLE_STORED_SHAPE ")", slot->hidden,
                        g_variant_new_maybe (G_VARIANT_TYPE (MONOCLE_STORED_SHAPE), moved));
}

static void
restore (Slot *slot, GVariant *state)
{
  g_autoptr (GVariant) maybe = NULL;
  g_autoptr (GVariant) stored = NULL;
  g_autoptr (MonocleShape) moved = NULL;

  g_variant_get (state, "(b@m" MONOCLE_STORED_SHAPE ")", &slot->hidden, &maybe);
  stored = g_variant_get_maybe (maybe);
  moved = stored ? monocle_shape_restore (stored) : NULL;
  monocle_annotation_set_shape (slot->annotation, moved ? moved : slot->object->shape);
}

GVariant *
monocle_query_objects_store (MonocleQueryObjects *self, guint id)
{
  Slot *slot = find_slot (self, id);

  return slot ? store (slot) : NULL;
}

void
monocle_query_objects_restore (MonocleQueryObjects *self, guint id, GVariant *state)
{
  Slot *slot = find_slot (self, id);

  g_return_if_fail (g_variant_is_of_type (state, G_VARIANT_TYPE (MONOCLE_STORED_OBJECT)));

  if (slot)
    restore (slot, state);
}

GVariant *
monocle_query_objects_store_all (MonocleQueryObjects *self)
{
  GVariantBuilder all;

  g_variant_builder_init (&all, G_VARIANT_TYPE (MONOCLE_STORED_OBJECTS));
  for (guint i = 0; i < self->slots->len; i++)
    {
      const Slot *slot = self->slots->pdata[i];

      g_variant_builder_add (&all, "(u@" MONOCLE_STORED_OBJECT ")", slot->id, store (slot));
    }
  return g_variant_builder_end (&all);
}

void
monocle_query_objects_restore_all (MonocleQueryObjects *self, GVariant *stored)
{
  const gsize n = g_variant_n_children (stored);

  g_return_if_fail (g_variant_is_of_type (stored, G_VARIANT_TYPE (MONOCLE_STORED_OBJECTS)));

  for (gsize i = 0; i < n && i < self->slots->len; i++)
    {
      Slot *slot = self->slots->pdata[i];
      g_autoptr (GVariant) state = NULL;

      g_variant_get_child (stored, i, "(u@" MONOCLE_STORED_OBJECT ")", &slot->id, &state);
      restore (slot, state);
      self->last_id = MAX (self->last_id, slot->id);
    }
  update_list (self);
}
