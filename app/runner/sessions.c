/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/runner/sessions.h"

#include <string.h>

/* A session keeps a picture in memory, and what the model saw of it on the device. */
#define MAX_KEPT 3

typedef struct
{
  MonocleSessions *owner;
  MonocleDocument *document; /* (nullable): not owned: when it goes, so does this */
  MonocleSession *session;
} Kept;

struct _MonocleSessions
{
  GPtrArray *kept; /* of Kept, last used first */
};

static void on_document_gone (gpointer data, GObject *document);

static Kept *
kept_new (MonocleSessions *owner, MonocleDocument *document, MonocleSession *session)
{
  Kept *kept = g_new0 (Kept, 1);

  kept->owner = owner;
  kept->document = document;
  kept->session = session;
  if (document)
    g_object_weak_ref (G_OBJECT (document), on_document_gone, kept);

  return kept;
}

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  if (kept->document)
    g_object_weak_unref (G_OBJECT (kept->document), on_document_gone, kept);
  g_object_unref (kept->session);
  g_free (kept);
}

static void
on_document_gone (gpointer data, GObject *document)
{
  Kept *kept = data;

  kept->document = NULL;
  g_ptr_array_remove (kept->owner->kept, kept);
}

MonocleSessions *
monocle_sessions_new (void)
{
  MonocleSessions *self = g_new0 (MonocleSessions, 1);

  self->kept = g_ptr_array_new_with_free_func (kept_free);
  return self;
}

void
monocle_sessions_free (MonocleSessions *self)
{
  if (!self)
    return;

  g_ptr_array_unref (self->kept);
  g_free (self);
}

/* A picture that was read again has the same pixels elsewhere, unless its file was changed. */
static gboolean
same_image (MonocleImage *a, MonocleImage *b)
{
  const guint width = monocle_image_get_width (a), height = monocle_image_get_height (a);
  const guint8 *alpha_a = monocle_image_get_alpha (a), *alpha_b = monocle_image_get_alpha (b);

  if (a == b)
    return TRUE;
  if (!alpha_a != !alpha_b)
    return FALSE;
  return width == monocle_image_get_width (b) && height == monocle_image_get_height (b)
         && memcmp (monocle_image_get_pixels (a), monocle_image_get_pixels (b),
                    (gsize) width * height * 3)
                == 0
         && (!alpha_a || memcmp (alpha_a, alpha_b, (gsize) width * height) == 0);
}

static gboolean
fits (const Kept *kept, MonocleModel *model, MonocleDocument *document, MonocleImage *image)
{
  return kept->document == document && monocle_session_get_model (kept->session) == model
         && same_image (monocle_session_get_image (kept->session), image);
}

MonocleSession *
monocle_sessions_open (MonocleSessions *self,
                       MonocleModel *model,
                       MonocleDocument *document,
                       MonocleImage *image)
{
  Kept *kept = NULL;

  for (guint i = 0; i < self->kept->len && !kept; i++)
    if (fits (self->kept->pdata[i], model, document, image))
      kept = g_ptr_array_steal_index (self->kept, i);

  if (!kept)
    kept = kept_new (self, document, monocle_session_new (model, image));
  g_ptr_array_insert (self->kept, 0, kept);
  if (self->kept->len > MAX_KEPT)
    g_ptr_array_set_size (self->kept, MAX_KEPT);

  return g_object_ref (kept->session);
}

gboolean
monocle_sessions_has (MonocleSessions *self,
                      MonocleModel *model,
                      MonocleDocument *document,
                      MonocleImage *image)
{
  for (guint i = 0; i < self->kept->len; i++)
    if (fits (self->kept->pdata[i], model, document, image))
      return TRUE;
  return FALSE;
}

void
monocle_sessions_forget (MonocleSessions *self, MonocleDocument *document)
{
  for (guint i = self->kept->len; i > 0; i--)
    if (((Kept *) self->kept->pdata[i - 1])->document == document)
      g_ptr_array_remove_index (self->kept, i - 1);
}

void
monocle_sessions_clear (MonocleSessions *self)
{
  g_ptr_array_set_size (self->kept, 0);
}

guint
monocle_sessions_count (MonocleSessions *self)
{
  return self->kept->len;
}
