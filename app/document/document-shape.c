/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person does to the shapes of what lies on the picture, as edits: merged, split, moved, and
 * made another in many ways.
 */
#include "config.h"

#include "app/document/document-private.h"

/* Within this time the same done to the same things is one step. */
#define NUDGE_US G_USEC_PER_SEC

static guint
count_items (GListModel *list)
{
  return g_list_model_get_n_items (list);
}

/* --- One of several, several of one --- */

/* In the order in which they lie on the picture. (transfer full) (element-type MonocleAnnotation)
 */
static GPtrArray *
sort_regions (MonocleDocument *self, GPtrArray *regions)
{
  GListModel *list = monocle_document_get_regions (self);
  GPtrArray *sorted = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < count_items (list); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (list, i);

      if (g_ptr_array_find (regions, region, NULL))
        g_ptr_array_add (sorted, g_steal_pointer (&region));
    }
  return sorted;
}

MonocleAnnotation *
monocle_document_merge (MonocleDocument *self, GPtrArray *regions)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_MERGE);
  g_autoptr (GPtrArray) sorted = NULL;
  g_autoptr (GPtrArray) shapes = g_ptr_array_new ();
  g_autoptr (MonocleShape) merged = NULL;
  g_autoptr (GVariant) before = NULL;
  MonocleAnnotation *first;
  const char *label = "";

  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);
  g_return_val_if_fail (regions, NULL);

  sorted = sort_regions (self, regions);
  for (guint i = 0; i < sorted->len; i++)
    {
      label = *label ? label : monocle_annotation_get_label (sorted->pdata[i]);
      g_ptr_array_add (shapes, monocle_annotation_get_shape (sorted->pdata[i]));
    }
  if (sorted->len >= 2)
    merged = monocle_parts_merge (shapes, monocle_document_get_width (self),
                                  monocle_document_get_height (self));
  if (!merged)
    return NULL;

  first = sorted->pdata[0];
  before = g_variant_ref_sink (monocle_annotation_store (first));
  monocle_annotation_set_shape (first, merged);
  if (!g_str_equal (monocle_annotation_get_label (first), label))
    monocle_annotation_set_label (first, label);
  monocle_edit_add (edit, MONOCLE_CHANGE_REGION, monocle_annotation_get_id (first), 0, before,
                    monocle_annotation_store (first));
  g_ptr_array_remove_index (sorted, 0);
  monocle_document_add_removals (self, edit, sorted);
  monocle_document_make (self, edit);
  return first;
}

guint
monocle_document_split (MonocleDocument *self, GPtrArray *regions)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_SPLIT);
  g_autoptr (GPtrArray) sorted = NULL;
  guint n_more = 0;

  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), 0);
  g_return_val_if_fail (regions, 0);

  sorted = sort_regions (self, regions);
  for (guint i = 0; i < sorted->len; i++)
    {
      MonocleAnnotation *region = sorted->pdata[i];
      g_autoptr (GPtrArray) parts = monocle_parts_split (monocle_annotation_get_shape (region));
      g_autoptr (GVariant) before = g_variant_ref_sink (monocle_annotation_store (region));

      if (parts->len < 2)
        continue;
      monocle_annotation_set_shape (region, parts->pdata[0]);
      monocle_edit_add (edit, MONOCLE_CHANGE_REGION, monocle_annotation_get_id (region), 0, before,
                        monocle_annotation_store (region));
      for (guint k = 1; k < parts->len; k++, n_more++)
        {
          g_autoptr (MonocleAnnotation) part = monocle_annotation_new_kept (region);

          monocle_annotation_set_shape (part, parts->pdata[k]);
          monocle_document_add_new (self, edit, part);
        }
    }
  monocle_document_make (self, edit);
  return n_more;
}

/* --- Another place --- */

/* (nullable): the answer that has @annotation */
static MonocleQuery *
find_query (MonocleDocument *self, MonocleAnnotation *annotation, guint *object)
{
  GListModel *queries = monocle_document_get_queries (self);

  for (guint i = count_items (queries); i-- > 0;)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      *object = monocle_query_find_object (query, annotation);
      if (*object > 0)
        return query; /* the list keeps it */
    }
  return NULL;
}

/* What @annotation is, which @edit will say as it is to be; FALSE of things that are not in the
 * document. */
static gboolean
store (MonocleDocument *self, MonocleAnnotation *annotation, MonocleChange *change)
{
  MonocleQuery *query;
  guint object, position;

  if (g_list_store_find (G_LIST_STORE (monocle_document_get_regions (self)), annotation, &position))
    *change = (MonocleChange){ .kind = MONOCLE_CHANGE_REGION,
                               .id = monocle_annotation_get_id (annotation),
                               .before = monocle_annotation_store (annotation) };
  else if ((query = find_query (self, annotation, &object)))
    *change = (MonocleChange){ .kind = MONOCLE_CHANGE_OBJECT,
                               .id = monocle_query_get_id (query),
                               .place = object,
                               .before = monocle_query_store_object (query, object) };
  else
    return FALSE;
  g_variant_ref_sink (change->before);
  return TRUE;
}

/* Takes @annotation from @before to @after, where it is left. */
static void
add_move (MonocleDocument *self,
          MonocleEdit *edit,
          MonocleAnnotation *annotation,
          MonocleShape *before,
          MonocleShape *after)
{
  MonocleChange was, is;

  monocle_annotation_set_shape (annotation, before);
  if (!store (self, annotation, &was))
    return;
  monocle_annotation_set_shape (annotation, after);
  store (self, annotation, &is);
  monocle_edit_add (edit, was.kind, was.id, was.place, was.before, is.before);
  g_variant_unref (was.before);
  g_variant_unref (is.before);
}

/* What is left of a shape when all of it is erased is no shape: the region goes. */
static gboolean
is_gone (const MonocleShape *before, const MonocleShape *after)
{
  return monocle_shape_is_empty (after) && !monocle_shape_is_empty (before);
}

void
monocle_document_note_shapes (MonocleDocument *self,
                              MonocleVerb verb,
                              GPtrArray *regions,
                              GPtrArray *before,
                              gboolean goes_on)
{
  g_autoptr (MonocleEdit) edit = NULL;
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (regions && before && regions->len == before->len);

  edit = monocle_edit_new (verb);
  for (guint i = 0; i < regions->len; i++)
    {
      MonocleAnnotation *region = regions->pdata[i];
      g_autoptr (MonocleShape) after = monocle_shape_ref (monocle_annotation_get_shape (region));

      if (is_gone (before->pdata[i], after))
        {
          monocle_annotation_set_shape (region, before->pdata[i]);
          g_ptr_array_add (gone, region);
        }
      else if (!monocle_shape_equal (before->pdata[i], after))
        add_move (self, edit, region, before->pdata[i], after);
    }
  monocle_document_add_removals (self, edit, gone);
  monocle_document_make_longer (self, edit, goes_on ? NUDGE_US : 0);
}

void
monocle_document_note_shape (MonocleDocument *self,
                             MonocleVerb verb,
                             MonocleAnnotation *region,
                             MonocleShape *before,
                             gboolean goes_on)
{
  g_autoptr (GPtrArray) regions = g_ptr_array_new ();
  g_autoptr (GPtrArray) shapes = g_ptr_array_new ();

  g_return_if_fail (MONOCLE_IS_ANNOTATION (region));
  g_return_if_fail (before);

  g_ptr_array_add (regions, region);
  g_ptr_array_add (shapes, before);
  monocle_document_note_shapes (self, verb, regions, shapes, goes_on);
}

void
monocle_document_note_cut (MonocleDocument *self,
                           MonocleQuery *query,
                           double before,
                           gboolean goes_on)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_CUT);

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  if (before == monocle_query_get_cut (query))
    return;
  monocle_edit_add (edit, MONOCLE_CHANGE_CUT, monocle_query_get_id (query), 0,
                    g_variant_new_double (before),
                    g_variant_new_double (monocle_query_get_cut (query)));
  monocle_document_make_longer (self, edit, goes_on ? NUDGE_US : 0);
}

void
monocle_document_move (MonocleDocument *self, GPtrArray *annotations, double dx, double dy)
{
  const MonocleMatrix way = { .xx = 1, .yy = 1, .x0 = dx, .y0 = dy };
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_MOVE);

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (annotations);

  if (dx == 0.0 && dy == 0.0)
    return;
  for (guint i = 0; i < annotations->len; i++)
    {
      MonocleAnnotation *annotation = annotations->pdata[i];
      g_autoptr (MonocleShape) here = monocle_shape_ref (monocle_annotation_get_shape (annotation));
      g_autoptr (MonocleShape) there = monocle_document_transform (self, here, &way);

      add_move (self, edit, annotation, here, there);
    }
  monocle_document_make_longer (self, edit, NUDGE_US);
}
