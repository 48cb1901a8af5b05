/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The conversation about a document's picture. What was answered is there by an edit, so that
 * asking otherwise can be taken back like anything else; what is being asked is not there yet.
 */
#include "config.h"

#include "app/document/document-private.h"

GListModel *
monocle_document_get_talk (MonocleDocument *self)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  return G_LIST_MODEL (self->talk);
}

MonocleSaid *
monocle_document_get_asking (MonocleDocument *self, guint *n_before)
{
  g_return_val_if_fail (MONOCLE_IS_DOCUMENT (self), NULL);

  /* Something may have been taken back meanwhile. */
  if (n_before)
    *n_before = MIN (self->n_before, g_list_model_get_n_items (G_LIST_MODEL (self->talk)));
  return self->asking;
}

void
monocle_document_set_asking (MonocleDocument *self, MonocleSaid *said, guint n_before)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (!said || MONOCLE_IS_SAID (said));

  self->n_before = n_before;
  if (g_set_object (&self->asking, said))
    g_object_notify (G_OBJECT (self), "asking");
}

void
monocle_document_add_talk (MonocleDocument *self,
                           MonocleEdit *edit,
                           guint n_before,
                           GPtrArray *talk)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->talk));

  /* From the end, so that places say what they say. */
  for (guint i = n; i > n_before; i--)
    {
      g_autoptr (MonocleSaid) said = g_list_model_get_item (G_LIST_MODEL (self->talk), i - 1);

      monocle_edit_add (edit, MONOCLE_CHANGE_SAID, monocle_said_get_id (said), i - 1,
                        monocle_said_store (said), NULL);
    }
  for (guint i = 0; i < talk->len; i++)
    {
      const guint64 id = monocle_said_get_id (talk->pdata[i]);

      if (!g_hash_table_contains (self->known, &id))
        monocle_document_know (self, id, talk->pdata[i]);
      monocle_edit_add (edit, MONOCLE_CHANGE_SAID, id, MIN (n, n_before) + i, NULL,
                        monocle_said_store (talk->pdata[i]));
    }
}

void
monocle_document_say (MonocleDocument *self, MonocleSaid *said, guint n_before)
{
  g_autoptr (MonocleEdit) edit = NULL;
  g_autoptr (GPtrArray) talk = g_ptr_array_new ();
  guint n;

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (monocle_said_get_state (said) == MONOCLE_SAID_WHOLE);

  n = g_list_model_get_n_items (G_LIST_MODEL (self->talk));
  edit = monocle_edit_new (n_before < n ? MONOCLE_VERB_ASK_AGAIN : MONOCLE_VERB_ASK);
  g_ptr_array_add (talk, said);
  monocle_document_add_talk (self, edit, n_before, talk);
  monocle_document_make (self, edit);
}

void
monocle_document_clear_talk (MonocleDocument *self)
{
  g_autoptr (MonocleEdit) edit = monocle_edit_new (MONOCLE_VERB_CLEAR_TALK);
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));

  monocle_document_add_talk (self, edit, 0, nothing);
  monocle_document_make (self, edit);
}
