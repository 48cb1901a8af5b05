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

MonocleShape *
monocle_document_transform (MonocleDocument *self,
                            const MonocleShape *shape,
                            const MonocleMatrix *way)
{
  return monocle_reshape_transform (shape, way, monocle_document_get_width (self),
                                    monocle_document_get_height (self));
}

void
monocle_document_add_new (MonocleDocument *self, MonocleEdit *edit, MonocleAnnotation *region)
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

  monocle_document_add_new (self, edit, region);
  monocle_document_make (self, edit);
}

void
monocle_document_add_removals (MonocleDocument *self, MonocleEdit *edit, GPtrArray *regions)
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
      g_autoptr (MonocleShape) there
          = monocle_document_transform (self, monocle_annotation_get_shape (copy), &way);

      monocle_annotation_set_shape (copy, there);
      monocle_document_add_new (self, edit, copy);
    }
  monocle_document_make (self, edit);
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

  monocle_document_add_removals (self, edit, regions);
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
        monocle_document_add_new (self, edit, own);
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
      there = monocle_document_transform (self, monocle_annotation_get_shape (copy), &way);
      monocle_annotation_set_shape (copy, there);
      monocle_document_add_new (self, edit, copy);
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
