/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/conversation-private.h"

#include <math.h>

#include "engine/base/error.h"
#include "engine/run/model-private.h"

/* Something that was shown, and what the model saw of it. */
typedef struct
{
  gatomicrefcount ref_count;
  MonocleShown shown;
  MonocleLoaded *loaded;
  gpointer features;
} Seen;

struct _MonocleTalk
{
  gatomicrefcount ref_count;
  MonocleTalk *origin;   /* (nullable): until the first question */
  MonocleLoaded *loaded; /* (nullable): that all of it was made with */
  gpointer data;         /* (nullable): the family's */
  GPtrArray *seen;       /* of Seen */
};

static Seen *
seen_ref (Seen *seen)
{
  g_atomic_ref_count_inc (&seen->ref_count);
  return seen;
}

static void
seen_unref (Seen *seen)
{
  if (!g_atomic_ref_count_dec (&seen->ref_count))
    return;
  if (seen->features)
    monocle_loaded_discard (seen->loaded, seen->features);
  monocle_loaded_unref (seen->loaded);
  monocle_image_unref (seen->shown.image);
  g_free (seen);
}

MonocleTalk *
monocle_talk_new (MonocleTalk *origin)
{
  MonocleTalk *self = g_new0 (MonocleTalk, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->origin = origin ? monocle_talk_ref (origin) : NULL;
  self->seen = g_ptr_array_new_with_free_func ((GDestroyNotify) seen_unref);
  return self;
}

MonocleTalk *
monocle_talk_ref (MonocleTalk *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
drop (MonocleTalk *self)
{
  g_ptr_array_set_size (self->seen, 0);
  if (self->data)
    monocle_loaded_close_talk (self->loaded, g_steal_pointer (&self->data));
  g_clear_pointer (&self->loaded, monocle_loaded_unref);
}

void
monocle_talk_unref (MonocleTalk *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  drop (self);
  g_clear_pointer (&self->origin, monocle_talk_unref);
  g_ptr_array_unref (self->seen);
  g_free (self);
}

/* What another conversation has becomes this one's as well. */
static gboolean
take_origin (MonocleTalk *self, const MonocleFamily *family, gpointer model, GError **error)
{
  MonocleTalk *origin = self->origin;

  /* One that was never asked is as empty as this one, unless it goes on from another. */
  while (origin && !origin->data)
    origin = origin->origin;
  if (!origin || origin->loaded != self->loaded)
    return TRUE;
  self->data = family->fork_talk (model, origin->data, error);
  for (guint i = 0; self->data && i < origin->seen->len; i++)
    g_ptr_array_add (self->seen, seen_ref (origin->seen->pdata[i]));
  return self->data != NULL;
}

static gboolean
ensure_data (MonocleTalk *self, MonocleModel *model, gpointer model_data, GError **error)
{
  const MonocleFamily *family = monocle_model_get_family (model);
  MonocleLoaded *loaded = monocle_model_get_loaded (model);

  /* What was read and seen with a device that is lost is lost as well. */
  if (self->loaded != loaded)
    drop (self);
  if (self->data)
    return TRUE;
  if (!self->loaded)
    self->loaded = monocle_loaded_ref (loaded);
  if (!take_origin (self, family, model_data, error))
    return FALSE;
  g_clear_pointer (&self->origin, monocle_talk_unref);
  if (!self->data)
    self->data = family->open_talk (model_data, error);
  return self->data != NULL;
}

/* --- what is shown ------------------------------------------------------------------------ */

static gboolean
is_same (const MonocleShown *a, const MonocleShown *b)
{
  return a->image == b->image && a->detail == b->detail && a->is_region == b->is_region
         && (!a->is_region
             || (a->region.x1 == b->region.x1 && a->region.y1 == b->region.y1
                 && a->region.x2 == b->region.x2 && a->region.y2 == b->region.y2));
}

static Seen *
find_seen (const MonocleTalk *self, const MonocleShown *shown)
{
  for (guint i = 0; i < self->seen->len; i++)
    if (is_same (&((Seen *) self->seen->pdata[i])->shown, shown))
      return self->seen->pdata[i];
  return NULL;
}

/* (transfer full) (nullable): a region is a picture of its own; all pixels that it touches */
static MonocleImage *
cut (const MonocleShown *shown, GError **error)
{
  MonocleImage *all = shown->image;
  g_autoptr (MonocleImage) opaque = NULL;
  guint width = monocle_image_get_width (all), height = monocle_image_get_height (all);
  guint x1, y1, x2, y2;

  if (!shown->is_region)
    return monocle_image_ref (all);
  opaque = monocle_image_on_white (all, error);
  if (!opaque)
    return NULL;
  x1 = (guint) CLAMP (floorf (shown->region.x1), 0, (float) (width - 1));
  y1 = (guint) CLAMP (floorf (shown->region.y1), 0, (float) (height - 1));
  x2 = MIN (width, (guint) CLAMP (ceilf (shown->region.x2), (float) x1 + 1, (float) width));
  y2 = MIN (height, (guint) CLAMP (ceilf (shown->region.y2), (float) y1 + 1, (float) height));
  return monocle_image_new_from_pixels (
      x2 - x1, y2 - y1, (gsize) 3 * width,
      monocle_image_get_pixels (opaque) + ((gsize) y1 * width + x1) * 3, error);
}

static gboolean
look (MonocleTalk *self,
      const MonocleTalkJob *job,
      gpointer model_data,
      const MonocleShown *shown,
      MonocleFamilyTiming *timing,
      GError **error)
{
  g_autoptr (MonocleImage) image = cut (shown, error);
  MonocleFamilyTiming now = { 0 };
  Seen *seen;
  gpointer features;

  if (!image)
    return FALSE;
  monocle_model_set_detail (job->model, model_data, shown->detail);
  features = monocle_model_get_family (job->model)
                 ->prepare (model_data, image, job->cancellable, job->encoded, job->user_data, &now,
                            error);
  timing->preprocess_ms += now.preprocess_ms;
  timing->encode_ms += now.encode_ms;
  if (!features)
    return FALSE;
  seen = g_new0 (Seen, 1);
  g_atomic_ref_count_init (&seen->ref_count);
  seen->shown = *shown;
  monocle_image_ref (seen->shown.image);
  seen->loaded = monocle_loaded_ref (self->loaded);
  seen->features = features;
  g_ptr_array_add (self->seen, seen);
  return TRUE;
}

static gboolean
look_at_all (MonocleTalk *self,
             const MonocleTalkJob *job,
             gpointer model_data,
             MonocleFamilyTiming *timing,
             GError **error)
{
  for (guint i = 0; i < job->turns->len; i++)
    {
      guint n;
      const MonocleShown *shown = monocle_turn_get_shown (job->turns->pdata[i], &n);

      for (guint k = 0; k < n; k++)
        if (!find_seen (self, &shown[k]) && !look (self, job, model_data, &shown[k], timing, error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
is_shown (const GPtrArray *turns, const MonocleShown *what)
{
  for (guint i = 0; i < turns->len; i++)
    {
      guint n;
      const MonocleShown *shown = monocle_turn_get_shown (turns->pdata[i], &n);

      for (guint k = 0; k < n; k++)
        if (is_same (&shown[k], what))
          return TRUE;
    }
  return FALSE;
}

/* What is shown no more. */
static void
prune (MonocleTalk *self, const GPtrArray *turns)
{
  for (guint i = self->seen->len; i > 0; i--)
    if (!is_shown (turns, &((Seen *) self->seen->pdata[i - 1])->shown))
      g_ptr_array_remove_index (self->seen, i - 1);
}

/* --- answering ---------------------------------------------------------------------------- */

static void
turn_clear (gpointer turn)
{
  g_free (((MonocleFamilyTurn *) turn)->features);
}

/* (transfer full) (element-type MonocleFamilyTurn) */
static GArray *
describe_turns (const MonocleTalk *self, const GPtrArray *turns)
{
  GArray *described = g_array_new (FALSE, TRUE, sizeof (MonocleFamilyTurn));

  g_array_set_clear_func (described, turn_clear);
  for (guint i = 0; i < turns->len; i++)
    {
      const MonocleReply *reply = monocle_turn_get_reply (turns->pdata[i]);
      MonocleFamilyTurn turn = { .text = monocle_turn_get_text (turns->pdata[i]) };
      const MonocleShown *shown = monocle_turn_get_shown (turns->pdata[i], &turn.n_features);

      turn.features = g_new (gpointer, turn.n_features);
      for (guint k = 0; k < turn.n_features; k++)
        turn.features[k] = find_seen (self, &shown[k])->features;
      if (reply)
        {
          turn.answer = monocle_result_get_text (reply->result);
          turn.ids = reply->ids;
          turn.n_ids = reply->n_ids;
        }
      g_array_append_val (described, turn);
    }
  return described;
}

static MonocleReply *
answer (MonocleTalk *self, const MonocleTalkJob *job, gpointer model_data, GError **error)
{
  g_autoptr (GArray) turns = describe_turns (self, job->turns);
  const MonocleFamilyTalk asked = {
    .turns = (const MonocleFamilyTurn *) (gpointer) turns->data,
    .n_turns = turns->len,
    .n_forgotten = job->n_forgotten,
    .max_tokens = job->max_tokens,
    .sampling = job->sampling,
    .cancellable = job->cancellable,
    .partial = job->partial,
    .user_data = job->user_data,
  };
  MonocleFamilyReply given = { 0 };
  MonocleReply *reply;

  if (!monocle_model_get_family (job->model)->talk (model_data, self->data, &asked, &given, error))
    return NULL;
  reply = g_new0 (MonocleReply, 1);
  reply->result = given.result;
  reply->n_ids = given.ids->len;
  reply->ids = (guint32 *) (gpointer) g_array_free (given.ids, FALSE);
  reply->end = given.end;
  reply->n_forgotten = given.n_forgotten;
  reply->n_kept = given.n_kept;
  reply->n_read = given.n_read;
  reply->n_written = given.n_written;
  reply->first_ms = given.first_ms;
  return reply;
}

static double
get_ms_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1000;
}

MonocleReply *
monocle_talk_answer (MonocleTalk *self,
                     MonocleWorker *worker,
                     const MonocleTalkJob *job,
                     GError **error)
{
  const MonocleFamily *family = monocle_model_get_family (job->model);
  MonocleFamilyTiming timing = { 0 };
  gint64 start;
  double compile_ms;
  gpointer model;
  MonocleReply *reply;

  job->preparing (job->user_data);
  if (g_cancellable_set_error_if_cancelled (job->cancellable, error)
      || !(model = monocle_model_ensure_data (job->model, worker, job->cancellable, error))
      || !ensure_data (self, job->model, model, error))
    return NULL;
  start = g_get_monotonic_time ();
  if (!family->compile_talk (model, self->data, job->cancellable, job->compiled, job->user_data,
                             error))
    return NULL;
  compile_ms = get_ms_since (start);
  prune (self, job->turns);
  if (!look_at_all (self, job, model, &timing, error))
    return NULL;
  start = g_get_monotonic_time ();
  reply = answer (self, job, model, error);
  if (!reply)
    return NULL;
  reply->compile_ms = compile_ms;
  reply->preprocess_ms = timing.preprocess_ms;
  reply->encode_ms = timing.encode_ms;
  reply->decode_ms = get_ms_since (start);
  return reply;
}
