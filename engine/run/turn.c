/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/conversation-private.h"

struct _MonocleTurn
{
  gatomicrefcount ref_count;
  char *text;
  MonocleShown *shown;
  guint n_shown;
  MonocleReply *reply;
};

MonocleTurn *
monocle_turn_new (const char *text, const MonocleShown *shown, guint n_shown)
{
  MonocleTurn *self = g_new0 (MonocleTurn, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->text = g_strdup (text);
  self->shown = g_memdup2 (shown, n_shown * sizeof *shown);
  self->n_shown = n_shown;
  for (guint i = 0; i < n_shown; i++)
    {
      monocle_image_ref (shown[i].image);
      self->shown[i].detail = monocle_detail_settle (shown[i].detail);
    }
  return self;
}

MonocleTurn *
monocle_turn_ref (MonocleTurn *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
monocle_turn_unref (MonocleTurn *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < self->n_shown; i++)
    monocle_image_unref (self->shown[i].image);
  g_free (self->shown);
  g_free (self->text);
  monocle_reply_free (self->reply);
  g_free (self);
}

const char *
monocle_turn_get_text (const MonocleTurn *self)
{
  return self->text;
}

const MonocleShown *
monocle_turn_get_shown (const MonocleTurn *self, guint *n)
{
  *n = self->n_shown;
  return self->shown;
}

const MonocleReply *
monocle_turn_get_reply (const MonocleTurn *self)
{
  return self->reply;
}

void
monocle_turn_take_reply (MonocleTurn *self, MonocleReply *reply)
{
  g_assert (!self->reply);
  self->reply = reply;
}

void
monocle_reply_free (MonocleReply *reply)
{
  if (!reply)
    return;
  g_clear_pointer (&reply->result, monocle_result_unref);
  g_free (reply->ids);
  g_free (reply);
}
