/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/glimpse.h"

static void
glimpse_free (gpointer data)
{
  MonocleTrainGlimpse *glimpse = data;

  g_free (glimpse->picture);
  g_free (glimpse->before);
  g_free (glimpse->wanted);
  g_free (glimpse);
}

GPtrArray *
monocle_train_glimpses_new (void)
{
  return g_ptr_array_new_with_free_func (glimpse_free);
}

static void
add (GPtrArray *self, const MonocleTrainGlimpse *like)
{
  MonocleTrainGlimpse *glimpse = g_memdup2 (like, sizeof *like);

  glimpse->picture = g_strdup (like->picture);
  glimpse->before = g_strdup (like->before);
  glimpse->wanted = g_strdup (like->wanted);
  g_ptr_array_add (self, glimpse);
}

void
monocle_train_glimpses_add (GPtrArray *self,
                            const char *picture,
                            const MonocleTrainExample *example,
                            const char *before,
                            guint index)
{
  if (!example->words || self->len >= MONOCLE_TRAIN_MAX_GLIMPSES)
    return;
  for (guint i = 0; i < self->len; i++)
    if (g_str_equal (((const MonocleTrainGlimpse *) self->pdata[i])->picture, picture))
      return;
  add (self, &(MonocleTrainGlimpse){ .picture = (char *) picture,
                                     .before = (char *) before,
                                     .wanted = example->words,
                                     .index = index });
}

GPtrArray *
monocle_train_glimpses_copy (const GPtrArray *self)
{
  GPtrArray *copy = monocle_train_glimpses_new ();

  for (guint i = 0; i < self->len; i++)
    add (copy, self->pdata[i]);
  return copy;
}
