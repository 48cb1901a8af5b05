/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/batch/batch.h"

#include <math.h>

#include "app/json/answer.h"
#include "app/json/text.h"
#include "app/pictures/source.h"

/* Pictures that are anywhere between reading and writing, beside those that are encoded side by
 * side. */
#define MAX_OPEN 6

/* Of what is read: large pictures are not kept waiting. */
#define MAX_READ_PIXELS (64.0 * 1024 * 1024)

/* One that the device works on, and one that it goes on with at once. */
#define MAX_ASKED 2

/* The rate is that of so many. */
#define N_TIMES 32

/* More losses of the device with no answer in between will not get better. */
#define MAX_LOSSES 3

struct _MonocleBatch
{
  GObject parent_instance;

  MonocleModel *model;
  GPtrArray *requests;
  double min_score;
  GPtrArray *pictures;
  GPtrArray *unanswered; /* of those, when it was made */
  MonocleBatchStore *store;

  GTask *task;     /* (nullable): while it runs */
  GError *error;   /* (nullable): what ends it before all is done */
  guint next;      /* of those that were not answered */
  GQueue read;     /* of Item: that can be asked about, in their order */
  guint n_open;    /* Items */
  guint n_reading; /* of those: that cannot be asked about yet */
  gboolean looks;  /* pictures are encoded side by side */
  guint n_asked;   /* with the device */
  double n_pixels; /* of those that are read */
  guint n_losses;  /* in a row */
  MonocleBatchCounts counts;
  gint64 times[N_TIMES]; /* when the last ones were done; a ring */
  guint n_times;
};

enum
{
  PROGRESS,
  FAILED,
  PARTIAL,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleBatch, monocle_batch, G_TYPE_OBJECT)

/* A picture on its way. */
typedef struct
{
  MonocleBatch *batch;
  const MonocleBatchPicture *picture;
  MonocleImage *image;     /* (nullable): once it is read */
  MonocleSession *session; /* (nullable): while it is asked about */
  guint n_asked;           /* requests */
  GString *answers;
} Item;

static void advance (MonocleBatch *self);

static GCancellable *
get_cancellable (MonocleBatch *self)
{
  return g_task_get_cancellable (self->task);
}

static double
count_pixels (MonocleImage *image)
{
  return image ? (double) monocle_image_get_width (image) * monocle_image_get_height (image) : 0;
}

static void
item_free (Item *item)
{
  MonocleBatch *self = item->batch;

  self->n_open--;
  self->n_pixels -= count_pixels (item->image);
  g_clear_object (&item->session);
  g_clear_pointer (&item->image, monocle_image_unref);
  g_string_free (item->answers, TRUE);
  g_object_unref (self);
  g_free (item);
}

/* --- how far it is --- */

static void
note_time (MonocleBatch *self)
{
  self->times[self->n_times++ % N_TIMES] = g_get_monotonic_time ();
}

static double
measure_rate (const MonocleBatch *self)
{
  guint n = MIN (self->n_times, N_TIMES);
  gint64 first, last;

  if (n < 2)
    return 0;
  last = self->times[(self->n_times - 1) % N_TIMES];
  first = self->times[(self->n_times - n) % N_TIMES];
  return last > first ? (n - 1) * 1e6 / (double) (last - first) : 0;
}

static void
fail (MonocleBatch *self, GError *error)
{
  if (self->error)
    g_error_free (error);
  else
    self->error = error;
}

static void
pass_over (Item *item, const GError *error)
{
  MonocleBatch *self = item->batch;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->counts.n_failed++;
  note_time (self);
  g_signal_emit (self, signals[FAILED], 0, item->picture->path, error);
  g_signal_emit (self, signals[PROGRESS], 0);
}

/* --- writing --- */

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Item *item = data;
  g_autoptr (GBytes) bytes = g_bytes_new_static (item->answers->str, item->answers->len);
  GError *error = NULL;

  if (monocle_batch_store_write (item->batch->store, item->picture, bytes, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Item *item = user_data;
  g_autoptr (MonocleBatch) self = g_object_ref (item->batch);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      self->counts.n_answered++;
      note_time (self);
      g_signal_emit (self, signals[PROGRESS], 0);
    }
  else
    fail (self, error);
  item_free (item);
  advance (self);
}

/* What was answered is not lost by a stop. */
static void
write_answers (Item *item)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_written, item);

  item->batch->n_pixels -= count_pixels (item->image);
  g_clear_object (&item->session);
  g_clear_pointer (&item->image, monocle_image_unref);
  g_task_set_task_data (task, item, NULL);
  g_task_run_in_thread (task, write_in_thread);
}

/* --- asking --- */

static double
choose_min_score (const MonocleBatch *self)
{
  return isnan (self->min_score) ? monocle_model_get_lowest_score (self->model) : self->min_score;
}

static void
add_answer (Item *item, const MonocleRequest *request, const MonocleRun *run, guint i)
{
  MonocleBatch *self = item->batch;
  double min_score = choose_min_score (self);
  g_autoptr (MonocleResult) result = monocle_result_filter (run->results->pdata[i], min_score);
  g_autoptr (GFile) file = g_file_new_for_path (item->picture->path);
  const MonocleAnswerFacts facts
      = { .image = item->picture->path, .file = file, .min_score = min_score };
  g_autoptr (JsonNode) node
      = monocle_answer_json_build_run (&facts, self->model, item->image, request, run, i, result);
  g_autofree char *text = monocle_json_text (node);

  g_string_append_printf (item->answers, "%s\n", text);
}

/* Of one picture another may still be answered, unless the device is gone for good. */
static void
take_failure (Item *item, const GError *error)
{
  MonocleBatch *self = item->batch;

  if (!g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST))
    self->n_losses = 0;
  else if (++self->n_losses == MAX_LOSSES)
    fail (self, g_error_copy (error));
  pass_over (item, error);
}

static void ask (Item *item);

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Item *item = user_data;
  g_autoptr (MonocleBatch) self = g_object_ref (item->batch);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleRun) run
      = monocle_session_run_finish (MONOCLE_SESSION (source), result, &error);
  gboolean is_whole = run && !run->stopped;

  if (is_whole)
    {
      const MonocleRequest *request = self->requests->pdata[item->n_asked++];

      self->n_losses = 0;
      for (guint i = 0; i < run->results->len; i++)
        add_answer (item, request, run, i);
    }
  if (is_whole && item->n_asked < self->requests->len)
    {
      ask (item);
      return;
    }
  self->n_asked--;
  if (is_whole)
    write_answers (item);
  else
    {
      if (error)
        take_failure (item, error);
      item_free (item);
    }
  advance (self);
}

static void
ask (Item *item)
{
  MonocleBatch *self = item->batch;

  if (!item->session)
    item->session = monocle_session_new (self->model, item->image);
  monocle_session_run_async (item->session, self->requests->pdata[item->n_asked],
                             get_cancellable (self), NULL, NULL, on_answered, item);
}

/* --- several side by side --- */

/* Those that are encoded, each with its session. */
typedef struct
{
  MonocleBatch *batch;
  GPtrArray *items; /* of Item: theirs is the batch's */
} Set;

/* What is wrong with a picture, or the device, each question says for itself. */
static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Set *set = user_data;
  g_autoptr (MonocleBatch) self = set->batch;
  g_autoptr (GError) error = NULL;

  if (!monocle_together_look_finish (result, &error))
    g_debug ("Not encoded ahead: %s", error->message);
  self->looks = FALSE;
  for (guint i = 0; i < set->items->len; i++)
    ask (set->items->pdata[i]);
  g_ptr_array_unref (set->items);
  g_free (set);
  advance (self);
}

static void
look (MonocleBatch *self, guint n)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new ();
  const MonocleRequest *first = self->requests->pdata[0];
  Set *set = g_new0 (Set, 1);

  set->batch = g_object_ref (self);
  set->items = g_ptr_array_new ();
  self->looks = TRUE;
  for (guint i = 0; i < n; i++)
    {
      Item *item = g_queue_pop_head (&self->read);

      item->session = monocle_session_new (self->model, item->image);
      g_ptr_array_add (set->items, item);
      g_ptr_array_add (sessions, item->session);
      self->n_asked++;
    }
  monocle_together_look_async ((MonocleSession *const *) sessions->pdata, n, first->detail,
                               MONOCLE_TOGETHER_AS_QUICKER, get_cancellable (self), on_looked, set);
}

/* A whole set, where the model has such; what is left at the end, or where more would be too much
 * in memory, goes on as it is. */
static void
ask_next (MonocleBatch *self)
{
  const guint n_together = monocle_model_get_n_together (self->model);

  if (n_together == 1)
    while (self->n_asked < MAX_ASKED && self->read.length > 0)
      {
        self->n_asked++;
        ask (g_queue_pop_head (&self->read));
      }
  else if (!self->looks && self->n_asked < MAX_ASKED && self->read.length > 0
           && (self->read.length >= n_together || self->n_reading == 0))
    look (self, MIN (self->read.length, n_together));
}

/* --- reading --- */

static void
get_ready_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Item *item = data;

  monocle_model_get_ready (item->batch->model, item->image);
  g_task_return_boolean (task, TRUE);
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Item *item = user_data;
  g_autoptr (MonocleBatch) self = g_object_ref (item->batch);

  self->n_reading--;
  g_queue_push_tail (&self->read, item);
  advance (self);
}

/* Brought to the model's size while the device is at the pictures before. */
static void
get_ready (Item *item)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_ready, item);

  g_task_set_task_data (task, item, NULL);
  g_task_run_in_thread (task, get_ready_in_thread);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Item *item = user_data;
  g_autoptr (MonocleBatch) self = g_object_ref (item->batch);
  g_autoptr (GError) error = NULL;

  item->image = monocle_image_source_load_finish (result, NULL, NULL, &error);
  if (item->image)
    {
      self->n_pixels += count_pixels (item->image);
      if (monocle_image_is_partial (item->image))
        g_signal_emit (self, signals[PARTIAL], 0, item->picture->path);
      get_ready (item);
    }
  else
    {
      self->n_reading--;
      pass_over (item, error);
      item_free (item);
    }
  advance (self);
}

static void
begin_reading (MonocleBatch *self, const MonocleBatchPicture *picture)
{
  Item *item = g_new0 (Item, 1);
  g_autoptr (GFile) file = g_file_new_for_path (picture->path);

  item->batch = g_object_ref (self);
  item->picture = picture;
  item->answers = g_string_new (NULL);
  self->n_open++;
  self->n_reading++;
  monocle_image_source_load_async (file, 0, get_cancellable (self), on_read, item);
}

/* --- what comes next --- */

static void
end (MonocleBatch *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (self->error)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
let_go_of_read (MonocleBatch *self)
{
  Item *item;

  while ((item = g_queue_pop_head (&self->read)))
    item_free (item);
}

static void
advance (MonocleBatch *self)
{
  /* One set that the device works on, and one that is read. */
  const guint max_open = MAX_OPEN + 2 * (monocle_model_get_n_together (self->model) - 1);

  if (!self->task)
    return;
  if (!self->error)
    g_cancellable_set_error_if_cancelled (get_cancellable (self), &self->error);
  if (self->error)
    let_go_of_read (self);
  else
    {
      while (self->n_open < max_open && self->n_pixels < MAX_READ_PIXELS
             && self->next < self->unanswered->len)
        begin_reading (self, self->unanswered->pdata[self->next++]);
      ask_next (self);
    }
  if (self->n_open == 0 && (self->error || self->next == self->unanswered->len))
    end (self);
}

/* --- the object --- */

static gboolean
begin (gpointer user_data)
{
  advance (user_data);
  return G_SOURCE_REMOVE;
}

void
monocle_batch_run_async (MonocleBatch *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (MONOCLE_IS_BATCH (self));
  g_return_if_fail (!self->task);

  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, monocle_batch_run_async);
  /* What was there at a stop is written; its end is told by advance(). */
  g_task_set_check_cancellable (self->task, FALSE);
  g_idle_add_full (G_PRIORITY_DEFAULT, begin, g_object_ref (self), g_object_unref);
}

gboolean
monocle_batch_run_finish (MonocleBatch *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

MonocleBatchCounts
monocle_batch_get_counts (MonocleBatch *self)
{
  MonocleBatchCounts counts = { 0 };

  g_return_val_if_fail (MONOCLE_IS_BATCH (self), counts);

  counts = self->counts;
  counts.rate = measure_rate (self);
  return counts;
}

static void
monocle_batch_finalize (GObject *object)
{
  MonocleBatch *self = MONOCLE_BATCH (object);

  g_object_unref (self->model);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->unanswered);
  g_ptr_array_unref (self->pictures);
  monocle_batch_store_free (self->store);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (monocle_batch_parent_class)->finalize (object);
}

static void
monocle_batch_class_init (MonocleBatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_batch_finalize;

  signals[PROGRESS] = g_signal_new ("progress", MONOCLE_TYPE_BATCH, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", MONOCLE_TYPE_BATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
  signals[PARTIAL] = g_signal_new ("partial", MONOCLE_TYPE_BATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
monocle_batch_init (MonocleBatch *self)
{
  g_queue_init (&self->read);
  self->unanswered = g_ptr_array_new ();
}

/* The only look at what is answered already: what is not is asked about. */
static void
find_unanswered (MonocleBatch *self)
{
  for (guint i = 0; i < self->pictures->len; i++)
    if (!monocle_batch_store_has (self->store, self->pictures->pdata[i]))
      g_ptr_array_add (self->unanswered, self->pictures->pdata[i]);
  self->counts.n_all = self->pictures->len;
  self->counts.n_known = self->pictures->len - self->unanswered->len;
}

MonocleBatch *
monocle_batch_new (MonocleModel *model,
                   GPtrArray *requests,
                   double min_score,
                   GPtrArray *pictures,
                   MonocleBatchStore *store)
{
  MonocleBatch *self = g_object_new (MONOCLE_TYPE_BATCH, NULL);

  self->model = g_object_ref (model);
  self->requests = g_ptr_array_ref (requests);
  self->min_score = min_score;
  self->pictures = g_ptr_array_ref (pictures);
  self->store = store;
  find_unanswered (self);
  return self;
}
