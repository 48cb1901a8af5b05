/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The conversation about a document's picture. What was answered is there by an edit, so that
 * asking otherwise can be taken back like anything else; what is being asked is not there yet. It
 * is in the journal as it comes.
 */
#include "config.h"

#include "app/document/document-private.h"

/* What comes of an answer is put into the journal so long after it came. */
#define KEEP_MS 700

#define ASKING_TYPE "(uta{sv})"

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

/* --- In the journal as it comes --- */

static void
write_asking (MonocleDocument *self)
{
  MonocleSaid *said = self->asking;

  g_clear_handle_id (&self->asking_source, g_source_remove);
  monocle_document_write (self, MONOCLE_RECORD_ASKING,
                          said ? g_variant_new ("(ut@a{sv})", self->n_before,
                                                monocle_said_get_id (said),
                                                monocle_said_store (said))
                               : NULL);
}

static gboolean
on_keep_due (gpointer data)
{
  MonocleDocument *self = data;

  self->asking_source = 0;
  write_asking (self);
  return G_SOURCE_REMOVE;
}

static void
on_answer (MonocleDocument *self)
{
  if (self->journal && self->asking_source == 0)
    self->asking_source = g_timeout_add (KEEP_MS, on_keep_due, self);
}

void
monocle_document_flush_asking (MonocleDocument *self)
{
  if (self->asking_source != 0)
    write_asking (self);
}

static gboolean
put_asking (MonocleDocument *self, MonocleSaid *said, guint n_before)
{
  self->n_before = n_before;
  if (said == self->asking)
    return FALSE;
  g_clear_handle_id (&self->asking_source, g_source_remove);
  if (self->asking)
    g_signal_handlers_disconnect_by_func (self->asking, on_answer, self);
  g_set_object (&self->asking, said);
  if (said)
    g_signal_connect_object (said, "notify::answer", G_CALLBACK (on_answer), self,
                             G_CONNECT_SWAPPED);
  return TRUE;
}

void
monocle_document_set_asking (MonocleDocument *self, MonocleSaid *said, guint n_before)
{
  g_return_if_fail (MONOCLE_IS_DOCUMENT (self));
  g_return_if_fail (!said || MONOCLE_IS_SAID (said));

  if (!put_asking (self, said, n_before))
    return;
  write_asking (self);
  g_object_notify (G_OBJECT (self), "asking");
}

/* (transfer full) (nullable): what was asked then; @n_before: (out) */
static MonocleSaid *
read_asking (MonocleDocument *self, GVariant *content, guint *n_before)
{
  g_autoptr (GVariant) stored = NULL;
  guint64 id;

  if (!content || !g_variant_is_of_type (content, G_VARIANT_TYPE (ASKING_TYPE)))
    return NULL;
  g_variant_get (content, "(ut@a{sv})", n_before, &id, &stored);
  /* The program may have ended when it was answered, and before it was asked no more. */
  return g_hash_table_contains (self->known, &id) ? NULL : monocle_said_new_stored (id, stored);
}

void
monocle_document_recall_asking (MonocleDocument *self)
{
  g_autoptr (GVariant) content = g_steal_pointer (&self->interrupted);
  g_autoptr (MonocleSaid) asked = NULL;
  g_autoptr (MonocleSaid) said = NULL;
  guint n_before = 0;

  asked = read_asking (self, content, &n_before);
  if (!asked)
    return;
  if (*monocle_said_get_answer (asked))
    {
      MonocleSaidFacts facts = *monocle_said_get_facts (asked);

      facts.end = MONOCLE_REPLY_STOPPED;
      said = monocle_said_new_answered (monocle_said_get_id (asked),
                                        monocle_said_get_question (asked),
                                        monocle_said_get_answer (asked), &facts);
      monocle_document_say (self, said, n_before);
    }
  else
    {
      g_autoptr (GError) error
          = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "the program ended before");

      said = monocle_said_new (monocle_said_get_question (asked));
      monocle_said_fail (said, error);
      put_asking (self, said, n_before);
      g_object_notify (G_OBJECT (self), "asking");
    }
}

/* --- What is there --- */

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
