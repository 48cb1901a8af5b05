/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/sessions.h"

#include <glib/gi18n-lib.h>

#include "app/pictures/source.h"
#include "app/train/ask.h"

struct _MonocleTrainSessions
{
  MonocleModel *model;
  GPtrArray *paths;
  MonocleNotes *notes;
  guint first;         /* of those that are there */
  GPtrArray *sessions; /* (element-type MonocleSession) (nullable elements) */
};

static void
clear_session (gpointer session)
{
  if (session)
    g_object_unref (session);
}

MonocleTrainSessions *
monocle_train_sessions_new (MonocleModel *model, GPtrArray *paths, MonocleNotes *notes)
{
  MonocleTrainSessions *self = g_new0 (MonocleTrainSessions, 1);

  self->model = g_object_ref (model);
  self->paths = g_ptr_array_ref (paths);
  self->notes = notes;
  self->sessions = g_ptr_array_new_with_free_func (clear_session);
  return self;
}

void
monocle_train_sessions_free (MonocleTrainSessions *self)
{
  if (!self)
    return;

  g_ptr_array_unref (self->sessions);
  g_ptr_array_unref (self->paths);
  g_object_unref (self->model);
  g_free (self);
}

MonocleImage *
monocle_train_load (const char *path, MonocleNotes *notes)
{
  g_autoptr (MonocleImage) image = monocle_image_source_load_path (path, NULL);

  if (!image && notes)
    monocle_notes_add (notes, _ ("pictures that cannot be read are left out"));
  return g_steal_pointer (&image);
}

/* The set that the picture is of: which pictures are looked at in one go depends on nothing else.
 */
static gboolean
look (MonocleTrainSessions *self, guint number, GCancellable *cancellable, GError **error)
{
  const guint n_together = monocle_model_get_n_together (self->model);
  g_autoptr (GPtrArray) seen = g_ptr_array_new ();

  self->first = number / n_together * n_together;
  g_ptr_array_set_size (self->sessions, 0);
  for (guint i = self->first; i < MIN (self->first + n_together, self->paths->len); i++)
    {
      g_autoptr (MonocleImage) image = monocle_train_load (self->paths->pdata[i], self->notes);
      MonocleSession *session = image ? monocle_session_new (self->model, image) : NULL;

      g_ptr_array_add (self->sessions, session);
      if (session)
        g_ptr_array_add (seen, session);
    }
  return monocle_train_ask_look ((MonocleSession *const *) seen->pdata, seen->len, cancellable,
                                 error);
}

gboolean
monocle_train_sessions_get (MonocleTrainSessions *self,
                            guint number,
                            GCancellable *cancellable,
                            MonocleSession **session,
                            GError **error)
{
  if ((number < self->first || number - self->first >= self->sessions->len)
      && !look (self, number, cancellable, error))
    return FALSE;
  *session = self->sessions->pdata[number - self->first];
  return TRUE;
}
