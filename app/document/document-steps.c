/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person does to a document, as edits: each says what there was and what there is to be, and
 * is made by monocle_document_make().
 */
#include "config.h"

#include <string.h>

#include "app/document/attributes.h"
#include "app/document/document-private.h"
#include "app/document/id.h"

/* Within this time moves of the same things are one step. */
#define NUDGE_US G_USEC_PER_SEC

static guint
count_items (GListModel *list)
{
  return g_list_model_get_n_items (list);
}

/* --- Answers --- */

void
monocle_document_remove_query (MonocleDocument *self, MonocleQuery *query)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_DELETE);
  guint position;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  if (g_list_store_find (G_LIST_STORE (monocle_document_get_queries (self)), query, &position))
    monocle_edit_add (edit, MONOCLE_CHANGE_QUERY, monocle_query_get_id (query), position,
                      g_variant_new ("()"), NULL);
  monocle_document_make (self, edit);
}

void
monocle_document_clear_queries (MonocleDocument *self)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_CLEAR);
  GListModel *queries;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  queries = monocle_document_get_queries (self);
  for (guint i = 0; i < count_items (queries); i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      /* Each is the first one when it goes. */
      monocle_edit_add (edit, MONOCLE_CHANGE_QUERY, monocle_query_get_id (query), 0,
                        g_variant_new ("()"), NULL);
    }
  monocle_document_make (self, edit);
}

gboolean
monocle_document_correct (MonocleDocument *self, MonocleQuery *query, guint place, const char *text)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_CORRECT);
  const char *said, *before;

  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), FALSE);
  g_return_val_if_fail (MONOCLE_IS_QUERY (query), FALSE);
  g_return_val_if_fail (text, FALSE);

  said = monocle_query_get_said (query, place);
  if (!said || monocle_query_is_active (query) || strlen (text) > MONOCLE_CORRECTION_MAX_BYTES
      || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  if (g_str_equal (text, said))
    text = "";
  before = monocle_query_get_correction (query, place);
  if (g_strcmp0 (before ? before : "", text) != 0)
    monocle_edit_add (edit, MONOCLE_CHANGE_WORDS, monocle_query_get_id (query), place,
                      g_variant_new_string (before ? before : ""), g_variant_new_string (text));
  monocle_document_make (self, edit);
  return TRUE;
}

/* --- Regions --- */

/* (transfer full): @shape where @way leads; masks stay masks of the picture */
static MonocleShape *
transform (MonocleDocument *self, const MonocleShape *shape, const MonocleMatrix *way)
{
  return monocle_reshape_transform (shape, way, monocle_document_get_width (self),
                                    monocle_document_get_height (self));
}

/* Behind those that are there, and those that @edit adds before it. */
static void
add_new (MonocleDocument *self, MonocleEdit *edit, MonocleAnnotation *region)
{
  monocle_document_know (self, monocle_annotation_get_id (region), region);
  monocle_edit_add (edit, MONOCLE_CHANGE_REGION, monocle_annotation_get_id (region), G_MAXUINT32,
                    NULL, monocle_annotation_store (region));
}

void
monocle_document_add_region (MonocleDocument *self, MonocleAnnotation *region)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_DRAW);

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (MONOCLE_IS_ANNOTATION (region));

  add_new (self, edit, region);
  monocle_document_make (self, edit);
}

static void
add_removals (MonocleDocument *self, MonocleEdit *edit, GPtrArray *regions)
{
  GListModel *list = monocle_document_get_regions (self);
  guint n_gone = 0;

  for (guint i = 0; i < count_items (list); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (list, i);

      if (g_ptr_array_find (regions, region, NULL))
        monocle_edit_add (edit, MONOCLE_CHANGE_REGION, monocle_annotation_get_id (region),
                          i - n_gone++, monocle_annotation_store (region), NULL);
    }
}

void
monocle_document_set_label (MonocleDocument *self, GPtrArray *regions, const char *label)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_RENAME);

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (regions && label);

  for (guint i = 0; i < regions->len; i++)
    {
      MonocleAnnotation *region = regions->pdata[i];
      g_autoptr (GVariant) before = NULL;
      guint position;

      if (!g_list_store_find (G_LIST_STORE (monocle_document_get_regions (self)), region, &position)
          || g_str_equal (monocle_annotation_get_label (region), label))
        continue;
      before = g_variant_ref_sink (monocle_annotation_store (region));
      monocle_annotation_set_label (region, label);
      monocle_edit_add (edit, MONOCLE_CHANGE_REGION, monocle_annotation_get_id (region), 0, before,
                        monocle_annotation_store (region));
    }
  monocle_document_make (self, edit);
}

void
monocle_document_set_attribute (MonocleDocument *self,
                                GPtrArray *regions,
                                const char *name,
                                GVariant *value)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_SAY);
  g_autoptr (GVariant) owned = value ? g_variant_ref_sink (value) : NULL;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (regions && name);

  for (guint i = 0; i < regions->len; i++)
    {
      MonocleAnnotation *region = regions->pdata[i];
      GVariant *there = monocle_annotation_get_attributes (region);
      g_autoptr (GVariant) attributes = monocle_attributes_put (there, name, owned);
      g_autoptr (GVariant) before = NULL;
      guint position;

      if (!g_list_store_find (G_LIST_STORE (monocle_document_get_regions (self)), region, &position)
          || monocle_attributes_equal (there, attributes))
        continue;
      before = g_variant_ref_sink (monocle_annotation_store (region));
      monocle_annotation_set_attributes (region, attributes);
      monocle_edit_add (edit, MONOCLE_CHANGE_REGION, monocle_annotation_get_id (region), 0, before,
                        monocle_annotation_store (region));
    }
  monocle_document_make (self, edit);
}

void
monocle_document_duplicate (MonocleDocument *self, GPtrArray *regions, double dx, double dy)
{
  const MonocleMatrix way = { .xx = 1, .yy = 1, .x0 = dx, .y0 = dy };
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_DUPLICATE);

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (regions);

  for (guint i = 0; i < regions->len; i++)
    {
      g_autoptr (MonocleAnnotation) copy = monocle_annotation_new_kept (regions->pdata[i]);
      g_autoptr (MonocleShape) there = transform (self, monocle_annotation_get_shape (copy), &way);

      monocle_annotation_set_shape (copy, there);
      add_new (self, edit, copy);
    }
  monocle_document_make (self, edit);
}

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
  add_removals (self, edit, sorted);
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
          add_new (self, edit, part);
        }
    }
  monocle_document_make (self, edit);
  return n_more;
}

/* --- Objects of an answer --- */

/* Hides @annotation. Returns: whether it is an object of @query that is shown */
static gboolean
add_hiding (MonocleEdit *edit, MonocleQuery *query, MonocleAnnotation *annotation)
{
  const guint object = monocle_query_find_object (query, annotation);
  g_autoptr (GVariant) before = NULL;
  g_autoptr (GVariant) moved = NULL;
  gboolean is_hidden;

  if (object == 0)
    return FALSE;
  before = g_variant_ref_sink (monocle_query_store_object (query, object));
  g_variant_get (before, "(b@m" MONOCLE_STORED_SHAPE ")", &is_hidden, &moved);
  if (is_hidden)
    return FALSE;
  monocle_edit_add (edit, MONOCLE_CHANGE_OBJECT, monocle_query_get_id (query), object, before,
                    g_variant_new ("(b@m" MONOCLE_STORED_SHAPE ")", TRUE, moved));
  return TRUE;
}

void
monocle_document_remove (MonocleDocument *self,
                         GPtrArray *regions,
                         MonocleQuery *query,
                         GPtrArray *annotations)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_DELETE);

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (regions && annotations);
  g_return_if_fail (!query || MONOCLE_IS_QUERY (query));

  add_removals (self, edit, regions);
  for (guint i = 0; query && i < annotations->len; i++)
    add_hiding (edit, query, annotations->pdata[i]);
  monocle_document_make (self, edit);
}

void
monocle_document_remove_regions (MonocleDocument *self, GPtrArray *regions)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  monocle_document_remove (self, regions, NULL, none);
}

void
monocle_document_remove_annotations (MonocleDocument *self,
                                     MonocleQuery *query,
                                     GPtrArray *annotations)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  monocle_document_remove (self, none, query, annotations);
}

/* @label: (nullable): in place of what each is called */
static guint
keep (MonocleDocument *self, MonocleQuery *query, GPtrArray *annotations, const char *label)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_KEEP);
  guint n = 0;

  for (guint i = 0; i < annotations->len; i++)
    if (add_hiding (edit, query, annotations->pdata[i]))
      {
        g_autoptr (MonocleAnnotation) own = monocle_annotation_new_kept (annotations->pdata[i]);

        if (label)
          monocle_annotation_set_label (own, label);
        add_new (self, edit, own);
        n++;
      }
  monocle_document_make (self, edit);
  return n;
}

guint
monocle_document_keep (MonocleDocument *self, MonocleQuery *query, GPtrArray *annotations)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), 0);
  g_return_val_if_fail (MONOCLE_IS_QUERY (query), 0);
  g_return_val_if_fail (annotations, 0);

  return keep (self, query, annotations, NULL);
}

guint
monocle_document_keep_as (MonocleDocument *self,
                          MonocleQuery *query,
                          GPtrArray *annotations,
                          const char *label)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), 0);
  g_return_val_if_fail (MONOCLE_IS_QUERY (query), 0);
  g_return_val_if_fail (annotations && label, 0);

  return keep (self, query, annotations, label);
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

void
monocle_document_note_move (MonocleDocument *self, MonocleAnnotation *region, MonocleShape *before)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_MOVE);
  g_autoptr (MonocleShape) after = NULL;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (MONOCLE_IS_ANNOTATION (region));
  g_return_if_fail (before);

  after = monocle_shape_ref (monocle_annotation_get_shape (region));
  if (monocle_shape_equal (before, after))
    return;
  add_move (self, edit, region, before, after);
  monocle_document_make_longer (self, edit, NUDGE_US);
}

void
monocle_document_note_reshape (MonocleDocument *self,
                               GPtrArray *regions,
                               GPtrArray *before,
                               gboolean goes_on)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_RESHAPE);

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (regions && before && regions->len == before->len);

  for (guint i = 0; i < regions->len; i++)
    {
      g_autoptr (MonocleShape) after
          = monocle_shape_ref (monocle_annotation_get_shape (regions->pdata[i]));

      if (!monocle_shape_equal (before->pdata[i], after))
        add_move (self, edit, regions->pdata[i], before->pdata[i], after);
    }
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
      g_autoptr (MonocleShape) there = transform (self, here, &way);

      add_move (self, edit, annotation, here, there);
    }
  monocle_document_make_longer (self, edit, NUDGE_US);
}

/* --- The picture turned --- */

void
monocle_document_rotate (MonocleDocument *self, guint quarters)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_TURN);
  guint rotation;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  rotation = monocle_document_get_rotation (self);
  if (quarters % 4 == 0 || !monocle_document_turn (self, quarters))
    return;
  monocle_edit_add (edit, MONOCLE_CHANGE_TURN, 0, 0, g_variant_new_uint32 (rotation),
                    g_variant_new_uint32 (monocle_document_get_rotation (self)));
  monocle_document_make (self, edit);
}

/* --- From another picture --- */

guint
monocle_document_take_over (MonocleDocument *self, MonocleDocument *former)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_TAKE_OVER);
  GListModel *regions;
  MonocleMatrix way = MONOCLE_MATRIX_IDENTITY;
  guint n = 0;

  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), 0);
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (former), 0);

  if (former->width > 0 && former->height > 0)
    {
      way.xx = (double) self->width / former->width;
      way.yy = (double) self->height / former->height;
    }
  regions = monocle_document_get_regions (former);
  for (guint i = 0; i < count_items (regions); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, i);
      g_autoptr (GVariant) state = g_variant_ref_sink (monocle_annotation_store (region));
      g_autoptr (MonocleAnnotation) copy = monocle_annotation_new_stored (monocle_id_new (), state);
      g_autoptr (MonocleShape) there = NULL;

      if (!copy)
        continue;
      there = transform (self, monocle_annotation_get_shape (copy), &way);
      monocle_annotation_set_shape (copy, there);
      add_new (self, edit, copy);
      n++;
    }
  monocle_document_make (self, edit);
  return n;
}

/* --- Done --- */

void
monocle_document_set_done (MonocleDocument *self, gboolean done)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_FINISH);
  gboolean is_done;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  is_done = monocle_document_is_done (self);
  if (is_done != !!done)
    monocle_edit_add (edit, MONOCLE_CHANGE_DONE, 0, 0, g_variant_new_boolean (is_done),
                      g_variant_new_boolean (!!done));
  monocle_document_make (self, edit);
}
