/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/train/tutor-private.h"

/* Whether it asks for everything that there is on the picture. */
static gboolean
is_of_all (const MonocleTrainExample *example)
{
  return example->objects && !example->text && !example->has_region;
}

static gboolean
is_complete (const MonocleTrainPicture *picture)
{
  for (guint i = 0; i < picture->examples->len; i++)
    if (is_of_all (picture->examples->pdata[i]))
      return TRUE;
  return FALSE;
}

MonocleTutorFacts *
monocle_tutor_facts_new (const MonocleTrainSet *set)
{
  MonocleTutorFacts *self = g_new0 (MonocleTutorFacts, 1);

  self->counts = monocle_train_count_labels (set);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < set->pictures->len; i++)
    {
      const MonocleTrainPicture *picture = set->pictures->pdata[i];

      if (picture->examples->len == 0)
        continue;
      self->n_pictures++;
      self->n_complete += is_complete (picture);
      self->n_held_out += picture->is_held_out;
      if (picture->is_held_out)
        self->n_held_out_examples += picture->examples->len;
      else
        self->n_examples += picture->examples->len;
    }
  for (guint i = 0; i < monocle_notes_get_n (set->notes); i++)
    {
      guint64 n;
      const char *note = monocle_notes_get (set->notes, i, &n);

      /* Translators: what is left out, and how often: "crowds are left out (3)" */
      g_ptr_array_add (self->notes,
                       g_strdup_printf (_ ("%s (%u)"), note, (guint) MIN (n, G_MAXUINT)));
    }
  return self;
}

void
monocle_tutor_facts_free (MonocleTutorFacts *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->counts);
  g_ptr_array_unref (self->notes);
  g_free (self);
}
