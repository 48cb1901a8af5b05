/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes from another version of the work, as one edit.
 */
#include "config.h"

#include "app/document/document-private.h"
#include "app/document/id.h"

static void
clear_take (gpointer data)
{
  MonocleTake *take = data;

  g_clear_object (&take->here);
  g_clear_object (&take->there);
}

GArray *
monocle_takes_new (void)
{
  GArray *takes = g_array_new (FALSE, FALSE, sizeof (MonocleTake));

  g_array_set_clear_func (takes, clear_take);
  return takes;
}

void
monocle_takes_add (GArray *takes, MonocleAnnotation *here, MonocleAnnotation *there)
{
  const MonocleTake take
      = { here ? g_object_ref (here) : NULL, there ? g_object_ref (there) : NULL };

  g_return_if_fail (here || there);

  g_array_append_val (takes, take);
}

/* (nullable): what is called so and lies on the picture */
static MonocleAnnotation *
find_shown (MonocleDocument *self, guint64 id)
{
  gpointer thing = g_hash_table_lookup (self->known, &id);

  return MONOCLE_IS_ANNOTATION (thing) && g_list_store_find (self->regions, thing, NULL) ? thing
                                                                                         : NULL;
}

static void
add_change (MonocleDocument *self, MonocleEdit *edit, const MonocleTake *take)
{
  MonocleAnnotation *here
      = take->here ? take->here : find_shown (self, monocle_annotation_get_id (take->there));
  guint position = 0;

  if (here && !g_list_store_find (self->regions, here, &position))
    return;
  monocle_edit_add (edit, MONOCLE_CHANGE_REGION,
                    monocle_annotation_get_id (here ? here : take->there),
                    here ? position : G_MAXUINT32, here ? monocle_annotation_store (here) : NULL,
                    take->there ? monocle_annotation_store (take->there) : NULL);
}

static int
compare_changes (gconstpointer a, gconstpointer b, gpointer data)
{
  MonocleDocument *self = data;
  const MonocleTake *left = a, *right = b;
  guint at_left = 0, at_right = 0;

  /* From the end, so that places say what they say before all of it. */
  if (!left->here || !right->here)
    return !left->here - !right->here;
  g_list_store_find (self->regions, left->here, &at_left);
  g_list_store_find (self->regions, right->here, &at_right);
  return at_left < at_right ? 1 : at_left > at_right ? -1 : 0;
}

/* @n_added: (inout): before it. Its place is said, as others may be asked before it comes again. */
static void
add_query (MonocleDocument *self, MonocleEdit *edit, MonocleQuery *query, guint *n_added)
{
  const guint64 id = monocle_query_get_id (query);
  gpointer known = g_hash_table_lookup (self->known, &id);

  if (known && (!MONOCLE_IS_QUERY (known) || g_list_store_find (self->queries, known, NULL)))
    return;
  if (!known)
    {
      monocle_document_know (self, id, query);
      monocle_document_write_answer (self, query);
    }
  monocle_edit_add (edit, MONOCLE_CHANGE_QUERY, id,
                    g_list_model_get_n_items (G_LIST_MODEL (self->queries)) + (*n_added)++, NULL,
                    g_variant_new ("()"));
}

static gboolean
is_talk (MonocleDocument *self, GPtrArray *talk)
{
  gboolean is_same = talk->len == g_list_model_get_n_items (G_LIST_MODEL (self->talk));

  for (guint i = 0; is_same && i < talk->len; i++)
    {
      g_autoptr (MonocleSaid) said = g_list_model_get_item (G_LIST_MODEL (self->talk), i);

      is_same = monocle_said_get_id (said) == monocle_said_get_id (talk->pdata[i]);
    }
  return is_same;
}

void
monocle_document_take (MonocleDocument *self,
                       MonocleVerb verb,
                       GArray *takes,
                       GPtrArray *queries,
                       GPtrArray *talk,
                       guint rotation,
                       gboolean is_done)
{
  g_autoptr (MonocleEdit) edit = NULL;
  g_autoptr (GArray) ordered = g_array_new (FALSE, FALSE, sizeof (MonocleTake));
  guint n_added = 0;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (takes);

  edit = monocle_edit_new (verb);
  g_array_append_vals (ordered, takes->data, takes->len);
  g_array_sort_with_data (ordered, compare_changes, self);
  for (guint i = 0; i < ordered->len; i++)
    add_change (self, edit, &g_array_index (ordered, MonocleTake, i));
  for (guint i = 0; queries && i < queries->len; i++)
    add_query (self, edit, queries->pdata[i], &n_added);
  if (talk && !is_talk (self, talk))
    monocle_document_add_talk (self, edit, 0, talk);
  if (rotation % 4 != self->rotation)
    monocle_edit_add (edit, MONOCLE_CHANGE_TURN, 0, 0, g_variant_new_uint32 (self->rotation),
                      g_variant_new_uint32 (rotation % 4));
  if (is_done != monocle_document_is_done (self))
    monocle_edit_add (edit, MONOCLE_CHANGE_DONE, 0, 0, g_variant_new_boolean (!is_done),
                      g_variant_new_boolean (is_done));
  monocle_document_make (self, edit);
}
