/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/chat.h"

#include "app/models/identity.h"

struct _MonocleChat
{
  MonocleChatLookFunc look;
  gpointer look_data;
  MonocleConversation *conversation; /* (nullable) */
  GPtrArray *heard;                  /* of MonocleSaid: its turns */
  GArray *shown;                     /* of MonocleShown: of the question that was begun */
};

static void
clear_shown (gpointer shown)
{
  monocle_image_unref (((MonocleShown *) shown)->image);
}

MonocleChat *
monocle_chat_new (MonocleChatLookFunc look, gpointer data)
{
  MonocleChat *self = g_new0 (MonocleChat, 1);

  self->look = look;
  self->look_data = data;
  self->heard = g_ptr_array_new_with_free_func (g_object_unref);
  self->shown = g_array_new (FALSE, TRUE, sizeof (MonocleShown));
  g_array_set_clear_func (self->shown, clear_shown);
  return self;
}

void
monocle_chat_free (MonocleChat *self)
{
  if (!self)
    return;
  g_clear_object (&self->conversation);
  g_ptr_array_unref (self->heard);
  g_array_unref (self->shown);
  g_free (self);
}

/* What the engine's question and that of a person have in common; @self has what is shown. */
static gboolean
fill_question (MonocleChat *self, MonocleSaid *said, MonocleTurnQuestion *question, GError **error)
{
  const MonocleSaidQuestion *asked = monocle_said_get_question (said);
  MonocleModel *model = monocle_conversation_get_model (self->conversation);

  g_array_set_size (self->shown, 0);
  for (guint i = 0; i < asked->n_shown; i++)
    {
      const MonocleSaidShown *what = &asked->shown[i];
      MonocleShown shown = { .image = self->look (what, self->look_data, error),
                             .is_region = what->is_region,
                             .detail = monocle_model_choose_detail (model, asked->detail) };

      if (!shown.image)
        return FALSE;
      if (what->is_region)
        {
          const gboolean lies = what->rotation % 2 != 0;
          const guint width = monocle_image_get_width (shown.image);
          const guint height = monocle_image_get_height (shown.image);
          const MonocleMatrix turn
              = monocle_matrix_turn (what->rotation, lies ? height : width, lies ? width : height);

          shown.region = monocle_matrix_map_box (&turn, &what->region);
        }
      g_array_append_val (self->shown, shown);
    }
  *question = (MonocleTurnQuestion){
    .text = asked->text,
    .shown = (const MonocleShown *) (gpointer) self->shown->data,
    .n_shown = self->shown->len,
    .max_tokens = asked->max_tokens,
    .sampling = asked->is_drawn ? &asked->sampling : NULL,
  };
  return TRUE;
}

/* Of another model tokens would be other words. */
static gboolean
is_by (const MonocleSaidFacts *facts, MonocleModel *model)
{
  const char *digest = monocle_identity_get (model);

  return facts->digest && digest ? g_str_equal (facts->digest, digest)
                                 : g_strcmp0 (facts->model, monocle_model_get_name (model)) == 0;
}

static gboolean
tell (MonocleChat *self, MonocleSaid *said, GError **error)
{
  const MonocleSaidFacts *facts = monocle_said_get_facts (said);
  const gboolean is_own = is_by (facts, monocle_conversation_get_model (self->conversation));
  MonocleTurnQuestion question;

  if (!fill_question (self, said, &question, error)
      || !monocle_conversation_add (self->conversation, &question, monocle_said_get_answer (said),
                                    is_own ? facts->ids : NULL, is_own ? facts->n_ids : 0, error))
    return FALSE;
  g_ptr_array_add (self->heard, g_object_ref (said));
  return TRUE;
}

gboolean
monocle_chat_catch_up (
    MonocleChat *self, MonocleModel *model, GListModel *turns, guint n_turns, GError **error)
{
  guint n_same = 0;

  g_return_val_if_fail (self && MONOCLE_IS_MODEL (model), FALSE);
  g_return_val_if_fail (n_turns <= g_list_model_get_n_items (turns), FALSE);

  if (!self->conversation || monocle_conversation_get_model (self->conversation) != model)
    {
      g_clear_object (&self->conversation);
      g_ptr_array_set_size (self->heard, 0);
      self->conversation = monocle_conversation_new (model);
    }
  while (n_same < n_turns && n_same < self->heard->len)
    {
      g_autoptr (MonocleSaid) said = g_list_model_get_item (turns, n_same);

      if (said != self->heard->pdata[n_same])
        break;
      n_same++;
    }
  monocle_conversation_truncate (self->conversation, n_same);
  g_ptr_array_set_size (self->heard, (int) n_same);
  for (guint i = n_same; i < n_turns; i++)
    {
      g_autoptr (MonocleSaid) said = g_list_model_get_item (turns, i);

      if (!tell (self, said, error))
        return FALSE;
    }
  return TRUE;
}

MonocleConversation *
monocle_chat_begin (MonocleChat *self,
                    MonocleModel *model,
                    GListModel *turns,
                    guint n_turns,
                    MonocleSaid *said,
                    MonocleTurnQuestion *question,
                    GError **error)
{
  return monocle_chat_catch_up (self, model, turns, n_turns, error)
                 && fill_question (self, said, question, error)
             ? self->conversation
             : NULL;
}

void
monocle_chat_end (MonocleChat *self, MonocleSaid *said, const MonocleReply *reply)
{
  g_return_if_fail (self && self->conversation);

  g_ptr_array_add (self->heard, g_object_ref (said));
  monocle_said_finish (said, reply, monocle_conversation_get_n_places (self->conversation));
}
