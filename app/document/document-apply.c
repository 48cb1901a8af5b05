/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Edits made and taken back. Nothing is trusted: an edit may come from a file, speak of things that
 * are not there any more, and say nonsense of them; what cannot be done is passed over.
 */
#include "config.h"

#include "app/document/document-private.h"
#include "app/document/id.h"
#include "app/document/query-objects.h"
#include "app/draw/palette.h"

/* --- Things by their ids --- */

void
monocle_document_know (MonocleDocument *self, guint64 id, gpointer thing)
{
  g_hash_table_insert (self->known, monocle_id_dup (id), g_object_ref (thing));
}

/* Of that id in the list; @position: (out) */
static gboolean
find_in (GListStore *list, gpointer thing, guint *position)
{
  return thing && g_list_store_find (list, thing, position);
}

static void
insert_into (GListStore *list, gpointer thing, guint place)
{
  g_list_store_insert (list, MIN (place, g_list_model_get_n_items (G_LIST_MODEL (list))), thing);
}

/* --- Looks of regions --- */

void
monocle_document_number_regions (MonocleDocument *self)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->regions));
  g_autofree const char **labels = g_new0 (const char *, n + 1);
  g_autofree guint *colours = g_new0 (guint, n + 1);
  g_autoptr (GPtrArray) regions = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (regions, g_list_model_get_item (G_LIST_MODEL (self->regions), i));
      labels[i] = monocle_annotation_get_label (regions->pdata[i]);
    }
  monocle_palette_assign (labels, n, colours);
  monocle_palette_keep (labels, n, colours);
  for (guint i = 0; i < n; i++)
    {
      monocle_annotation_set_number (regions->pdata[i], i + 1);
      monocle_annotation_set_colour (regions->pdata[i], colours[i]);
    }
}

void
monocle_document_recolour (MonocleDocument *self)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queries));

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  monocle_document_number_regions (self);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (G_LIST_MODEL (self->queries), i);

      monocle_query_recolour (query);
    }
}

/* --- Kinds of changes --- */

static void
apply_to_region (MonocleDocument *self, const MonocleChange *change, GVariant *state)
{
  MonocleAnnotation *region = g_hash_table_lookup (self->known, &change->id);
  g_autoptr (MonocleAnnotation) fresh = NULL;
  guint position;

  if (region && !MONOCLE_IS_ANNOTATION (region))
    return;
  if (!state)
    {
      if (find_in (self->regions, region, &position))
        g_list_store_remove (self->regions, position);
      return;
    }
  if (!region)
    {
      region = fresh = monocle_annotation_new_stored (change->id, state);
      if (!region)
        {
          self->n_unread++;
          return;
        }
      monocle_document_know (self, change->id, region);
    }
  else if (!monocle_annotation_restore (region, state))
    return;
  if (!find_in (self->regions, region, &position))
    insert_into (self->regions, region, change->place);
}

static void
apply_to_query (MonocleDocument *self, const MonocleChange *change, GVariant *state)
{
  MonocleQuery *query = g_hash_table_lookup (self->known, &change->id);
  guint position;

  /* One that was never whole is not in the journal. */
  if (!query || !MONOCLE_IS_QUERY (query))
    return;
  if (find_in (self->queries, query, &position))
    {
      if (!state)
        g_list_store_remove (self->queries, position);
    }
  else if (state)
    insert_into (self->queries, query, change->place);
}

/* Returns: (transfer none) (nullable): whose list has to follow */
static MonocleQuery *
apply_to_object (MonocleDocument *self, const MonocleChange *change, GVariant *state)
{
  MonocleQuery *query = g_hash_table_lookup (self->known, &change->id);

  if (!query || !MONOCLE_IS_QUERY (query) || !state
      || !g_variant_is_of_type (state, G_VARIANT_TYPE (MONOCLE_STORED_OBJECT)))
    return NULL;
  monocle_query_restore_object (query, change->place, state);
  return query;
}

static void
apply_words (MonocleDocument *self, const MonocleChange *change, GVariant *state)
{
  MonocleQuery *query = g_hash_table_lookup (self->known, &change->id);
  const char *text;

  if (!query || !MONOCLE_IS_QUERY (query) || !state
      || !g_variant_is_of_type (state, G_VARIANT_TYPE_STRING))
    return;
  text = g_variant_get_string (state, NULL);
  monocle_query_correct (query, change->place, *text ? text : NULL);
}

static void
apply_turn (MonocleDocument *self, GVariant *state)
{
  if (state && g_variant_is_of_type (state, G_VARIANT_TYPE_UINT32))
    monocle_document_turn (self, (4 + g_variant_get_uint32 (state) % 4 - self->rotation) % 4);
}

static void
apply_cut (MonocleDocument *self, const MonocleChange *change, GVariant *state)
{
  MonocleQuery *query = g_hash_table_lookup (self->known, &change->id);
  const double cut = state && g_variant_is_of_type (state, G_VARIANT_TYPE_DOUBLE)
                         ? g_variant_get_double (state)
                         : 0;

  if (query && MONOCLE_IS_QUERY (query) && monocle_query_takes_cut (cut))
    monocle_query_set_cut (query, cut);
}

static void
apply_done (MonocleDocument *self, GVariant *state)
{
  if (state && g_variant_is_of_type (state, G_VARIANT_TYPE_BOOLEAN))
    monocle_document_put_done (self, g_variant_get_boolean (state));
}

static void
apply_to_said (MonocleDocument *self, const MonocleChange *change, GVariant *state)
{
  gpointer said = g_hash_table_lookup (self->known, &change->id);
  g_autoptr (MonocleSaid) fresh = NULL;
  guint position;

  if (said && !MONOCLE_IS_SAID (said))
    return;
  if (!state)
    {
      if (find_in (self->talk, said, &position))
        g_list_store_remove (self->talk, position);
      return;
    }
  if (!said)
    {
      said = fresh = monocle_said_new_stored (change->id, state);
      if (!said)
        {
          self->n_unread++;
          return;
        }
      monocle_document_know (self, change->id, said);
    }
  if (!find_in (self->talk, said, &position))
    insert_into (self->talk, said, change->place);
}

/* Makes @edit, or takes it back. */
static void
apply (MonocleDocument *self, MonocleEdit *edit, gboolean forward)
{
  const guint n = monocle_edit_get_n_changes (edit);
  MonocleQuery *touched = NULL;

  for (guint i = 0; i < n; i++)
    {
      const MonocleChange *change = monocle_edit_get_change (edit, forward ? i : n - 1 - i);
      GVariant *state = forward ? change->after : change->before;
      MonocleQuery *query = NULL;

      switch (change->kind)
        {
        case MONOCLE_CHANGE_REGION:
          apply_to_region (self, change, state);
          break;
        case MONOCLE_CHANGE_OBJECT:
          query = apply_to_object (self, change, state);
          break;
        case MONOCLE_CHANGE_QUERY:
          apply_to_query (self, change, state);
          break;
        case MONOCLE_CHANGE_TURN:
          apply_turn (self, state);
          break;
        case MONOCLE_CHANGE_WORDS:
          apply_words (self, change, state);
          break;
        case MONOCLE_CHANGE_CUT:
          apply_cut (self, change, state);
          break;
        case MONOCLE_CHANGE_DONE:
          apply_done (self, state);
          break;
        case MONOCLE_CHANGE_SAID:
          apply_to_said (self, change, state);
          break;
        default:
          break;
        }
      /* Once for all objects of an answer: the list is compared as a whole. */
      if (query && touched && touched != query)
        monocle_query_update_objects (touched);
      if (query)
        touched = query;
    }
  if (touched)
    monocle_query_update_objects (touched);
  /* What is read from a journal looks like something at its end. */
  if (!self->is_replaying)
    monocle_document_number_regions (self);
}

/* --- Steps --- */

void
monocle_document_take_step (MonocleEdit *edit, gboolean forward, gpointer document)
{
  apply (document, edit, forward);
  monocle_document_write (document, forward ? MONOCLE_RECORD_REDO : MONOCLE_RECORD_UNDO, NULL);
}

/* An answer is in the journal before what is done to it: to be taken back it has to be known. */
static void
keep_touched (MonocleDocument *self, MonocleEdit *edit)
{
  for (guint i = 0; i < monocle_edit_get_n_changes (edit); i++)
    {
      gpointer thing = g_hash_table_lookup (self->known, &monocle_edit_get_change (edit, i)->id);

      if (thing && MONOCLE_IS_QUERY (thing) && monocle_query_is_whole (thing))
        monocle_document_write_answer (self, thing);
    }
}

void
monocle_document_make (MonocleDocument *self, MonocleEdit *edit)
{
  if (monocle_edit_get_n_changes (edit) == 0)
    return;
  keep_touched (self, edit);
  apply (self, edit, TRUE);
  monocle_undo_push (self->undo, edit);
  self->edited_us = g_get_monotonic_time ();
  monocle_document_write (self, MONOCLE_RECORD_EDIT, monocle_edit_store (edit));
}

void
monocle_document_replay (MonocleDocument *self, MonocleEdit *edit, gboolean is_longer)
{
  apply (self, edit, TRUE);
  if (is_longer && monocle_undo_peek (self->undo))
    monocle_undo_replace (self->undo, edit);
  else
    monocle_undo_push (self->undo, edit);
}

void
monocle_document_replay_base (MonocleDocument *self, MonocleEdit *edit)
{
  apply (self, edit, TRUE);
}

void
monocle_document_make_longer (MonocleDocument *self, MonocleEdit *edit, gint64 within_us)
{
  MonocleEdit *last = monocle_undo_peek (self->undo);
  const gint64 now = g_get_monotonic_time ();
  g_autoptr (MonocleEdit) both = NULL;

  if (last && now - self->edited_us < within_us
      && monocle_edit_get_verb (last) == monocle_edit_get_verb (edit))
    both = monocle_edit_join (last, edit);
  if (!both)
    {
      monocle_document_make (self, edit);
      return;
    }
  apply (self, both, TRUE);
  monocle_undo_replace (self->undo, both);
  self->edited_us = now;
  monocle_document_write (self, MONOCLE_RECORD_LONGER, monocle_edit_store (both));
}
