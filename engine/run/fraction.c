/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/fraction.h"

struct _MonocleFraction
{
  MonoclePost *post;
  MonocleProgress progress;
  gpointer user_data;
};

typedef struct
{
  double fraction;
  MonocleProgress progress;
  gpointer user_data;
} Message;

static void
deliver (gpointer data, gpointer task_data)
{
  const Message *message = data;

  message->progress (message->fraction, message->user_data);
}

MonocleFraction *
monocle_fraction_new (GTask *task, MonocleProgress progress, gpointer user_data)
{
  MonocleFraction *self;

  if (!progress)
    return NULL;
  self = g_new0 (MonocleFraction, 1);
  self->post = monocle_post_new (task, deliver, g_free);
  self->progress = progress;
  self->user_data = user_data;
  return self;
}

void
monocle_fraction_free (MonocleFraction *self)
{
  if (!self)
    return;

  monocle_post_unref (self->post);
  g_free (self);
}

void
monocle_fraction_send (MonocleFraction *self, double fraction)
{
  Message *message;

  if (!self)
    return;
  message = g_new (Message, 1);
  *message = (Message){ fraction, self->progress, self->user_data };
  monocle_post_send (self->post, message);
}
