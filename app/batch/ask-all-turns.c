/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pictures on their way: read and brought to the model's size in threads, asked about, and what
 * came of it.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/base/trouble.h"
#include "app/batch/ask-all-private.h"
#include "app/document/work.h"
#include "app/models/identity.h"
#include "app/pictures/source.h"
#include "app/search/noted.h"

/* Pictures that are anywhere between reading and answered, beside those that are looked at side by
 * side. */
#define MAX_OPEN 5

/* Of what is read: large pictures are not kept waiting. */
#define MAX_READ_PIXELS (64.0 * 1024 * 1024)

/* One that the model works on, and one that it goes on with at once. */
#define MAX_ASKED 2

/* A picture on its way: read, got ready, asked about. */
typedef struct
{
  MonocleAskAll *owner; /* held, as long as a thread is at it */
  MonocleAskItem *item;
  guint index;
  gboolean is_ready;
  MonocleImage *image; /* (nullable): once it is read */
  char *digest;
  MonocleStamp stamp;
  MonocleModel *model;       /* (nullable): while it is got ready for that */
  MonocleDocument *document; /* (nullable): while it is asked about */
  MonocleQuery *query;       /* (nullable) */
  gulong answered;           /* the handler of that */
} Turn;

static double
count_pixels (MonocleImage *image)
{
  return image ? (double) monocle_image_get_width (image) * monocle_image_get_height (image) : 0;
}

/* The pixels of a picture that nobody looks at go. */
static void
let_go_of_document (Turn *turn)
{
  if (turn->query)
    g_clear_signal_handler (&turn->answered, turn->query);
  g_clear_object (&turn->query);
  if (turn->document)
    monocle_document_drop_image (turn->document);
  g_clear_object (&turn->document);
}

static void
turn_free (Turn *turn)
{
  let_go_of_document (turn);
  turn->owner->n_pixels -= count_pixels (turn->image);
  g_clear_pointer (&turn->image, monocle_image_unref);
  g_clear_object (&turn->model);
  g_free (turn->digest);
  g_object_unref (turn->item);
  g_object_unref (turn->owner);
  g_free (turn);
}

static void
pass_over (MonocleAskAll *self, Turn *turn, MonocleAttempt attempt, const GError *error)
{
  MonocleTrouble trouble = monocle_trouble_describe (attempt, error);
  /* Of a picture that cannot be asked about, in a list of such, it says why. */
  const char *problem
      = attempt == MONOCLE_ATTEMPT_SHOW && trouble.advice ? trouble.advice : trouble.what;

  monocle_ask_all_pass (self, turn->index, NULL, problem ? problem : error->message);
}

/* --- What comes next --- */

static void advance (MonocleAskAll *self);

static gboolean
on_advance (gpointer data)
{
  MonocleAskAll *self = data;

  self->source = 0;
  g_object_ref (self);
  advance (self);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

void
monocle_ask_all_advance (MonocleAskAll *self)
{
  if (self->source == 0)
    self->source = g_idle_add_full (G_PRIORITY_DEFAULT, on_advance, self, NULL);
}

/* @turn is gone then. */
static void
remove_turn (MonocleAskAll *self, Turn *turn)
{
  g_ptr_array_remove (self->open, turn);
  turn_free (turn);
  monocle_ask_all_advance (self);
}

/* --- Asking --- */

/* Whether @query is an answer to what is asked, of the model that is. */
static gboolean
is_answer (MonocleAskAll *self, MonocleQuery *query)
{
  const char *digest = monocle_query_get_model_digest (query);
  guint n_regions;

  monocle_query_get_regions (query, &n_regions);
  return n_regions == 0 && monocle_query_get_state (query) == MONOCLE_QUERY_DONE
         && monocle_task_is_same (monocle_query_get_task (query), self->plan->task)
         && g_strcmp0 (monocle_query_get_request_text (query), self->plan->text) == 0
         && g_str_equal (monocle_query_get_settings (query)->language, self->plan->language)
         && (!self->plan->asks_again
             || g_date_time_to_unix (monocle_query_get_created (query))
                    >= self->plan->begun / G_USEC_PER_SEC)
         && (!digest || g_strcmp0 (digest, self->identity) == 0);
}

/* (transfer full) (nullable): what the picture has already: of another time, or of a run that ended
 * before it could say so */
static MonocleQuery *
find_answer (MonocleAskAll *self, MonocleDocument *document)
{
  GListModel *queries = monocle_document_get_queries (document);

  for (guint i = g_list_model_get_n_items (queries); i-- > 0;)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      if (is_answer (self, query))
        return g_steal_pointer (&query);
    }
  return NULL;
}

/* It comes again later. */
static void
take_back (MonocleAskAll *self, Turn *turn)
{
  monocle_document_replace_query (turn->document, turn->query, NULL);
  let_go_of_document (turn);
}

/* Nobody can be asked any more. */
static gboolean
is_of_device (const GError *error)
{
  return g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST);
}

static void
take_failure (MonocleAskAll *self, Turn *turn)
{
  g_autoptr (GError) error = g_error_copy (monocle_query_get_error (turn->query));
  gboolean is_hopeless
      = monocle_runner_get_state (self->runner) == MONOCLE_RUNNER_FAILED || is_of_device (error);

  take_back (self, turn);
  if (is_hopeless)
    {
      monocle_ask_all_set_state (self, MONOCLE_ASK_ALL_PAUSED,
                                 monocle_trouble_describe (MONOCLE_ATTEMPT_LOAD, error).what);
      return;
    }
  pass_over (self, turn, MONOCLE_ATTEMPT_ASK, error);
  remove_turn (self, turn);
}

/* What was read is found by a search from now on. */
static void
note_text (MonocleAskAll *self, Turn *turn)
{
  GPtrArray *results = monocle_query_get_results (turn->query);
  const char *path = g_file_peek_path (monocle_ask_item_get_file (turn->item));

  /* Pages of a document are no pictures of their own there. */
  if (self->plan->task->kind == MONOCLE_TASK_READ && path && results && results->len == 1
      && monocle_ask_item_get_page (turn->item) == 0)
    monocle_noted_keep_async (path, &turn->stamp, turn->digest, self->identity, results->pdata[0],
                              NULL, NULL);
}

static void
on_state (MonocleQuery *query, GParamSpec *pspec, Turn *turn)
{
  g_autoptr (MonocleAskAll) self = g_object_ref (turn->owner);

  if (monocle_query_is_active (query))
    return;
  if (monocle_query_get_state (query) == MONOCLE_QUERY_DONE)
    {
      g_autofree char *summary = monocle_query_dup_summary (query);

      /* With its picture first: whoever is ended in between finds it there. */
      monocle_document_flush (turn->document);
      note_text (self, turn);
      monocle_ask_all_pass (self, turn->index, summary, NULL);
      remove_turn (self, turn);
    }
  else if (monocle_query_get_state (query) == MONOCLE_QUERY_FAILED)
    take_failure (self, turn);
  else
    {
      take_back (self, turn);
      /* By a person who saw it on its picture, unless that is what a pause did. */
      monocle_ask_all_pause (self);
    }
}

/* (transfer full): the same content may be open by another name */
static MonocleDocument *
open_document (Turn *turn)
{
  const MonocleWorkKey key = { .digest = turn->digest,
                               .page = monocle_ask_item_get_page (turn->item),
                               .stamp = turn->stamp };
  MonocleDocument *document = monocle_work_ref_open (&key);

  if (document && !monocle_document_get_image (document))
    monocle_document_set_image (document, turn->image);
  return document
             ? document
             : monocle_work_open (monocle_ask_item_get_file (turn->item),
                                  monocle_ask_item_get_name (turn->item), turn->image, &key, NULL);
}

/* Whether its turn is over, since there is nothing to ask. */
static gboolean
is_settled (MonocleAskAll *self, Turn *turn)
{
  const GError *trouble = monocle_document_get_trouble (turn->document);
  g_autoptr (MonocleQuery) known = trouble ? NULL : find_answer (self, turn->document);
  g_autofree char *summary = known ? monocle_query_dup_summary (known) : NULL;

  if (trouble)
    pass_over (self, turn, MONOCLE_ATTEMPT_WRITE, trouble);
  else if (known)
    monocle_ask_all_pass (self, turn->index, summary, NULL);
  return trouble || known;
}

static void
ask (MonocleAskAll *self, Turn *turn)
{
  turn->document = open_document (turn);
  if (is_settled (self, turn))
    {
      remove_turn (self, turn);
      return;
    }
  turn->query = monocle_query_new (self->plan->task, self->plan->text, NULL, 0, NULL);
  monocle_query_set_language (turn->query, self->plan->language);
  turn->answered = g_signal_connect (turn->query, "notify::state", G_CALLBACK (on_state), turn);
  monocle_runner_run_behind (self->runner, turn->document, turn->query);
}

/* --- Reading --- */

static void
get_ready_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Turn *turn = data;

  if (turn->model)
    monocle_model_get_ready (turn->model, turn->image);
  g_task_return_boolean (task, TRUE);
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  Turn *turn = data;
  g_autoptr (MonocleAskAll) self = g_object_ref (turn->owner);

  turn->is_ready = TRUE;
  g_clear_object (&turn->model);
  if (g_ptr_array_find (self->open, turn, NULL))
    monocle_ask_all_advance (self);
  else
    turn_free (turn);
}

static void
get_ready (Turn *turn)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_ready, turn);

  g_task_set_task_data (task, turn, NULL);
  g_task_run_in_thread (task, get_ready_in_thread);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Turn *turn = data;
  g_autoptr (MonocleAskAll) self = g_object_ref (turn->owner);
  g_autoptr (GError) error = NULL;

  turn->stamp = monocle_image_source_load_get_stamp (result);
  turn->image = monocle_image_source_load_finish (result, NULL, &turn->digest, &error);
  self->n_pixels += count_pixels (turn->image);
  if (!g_ptr_array_find (self->open, turn, NULL))
    turn_free (turn);
  else if (turn->image)
    {
      g_set_object (&turn->model, monocle_runner_get_model (self->runner));
      get_ready (turn);
    }
  else
    {
      pass_over (self, turn, MONOCLE_ATTEMPT_SHOW, error);
      remove_turn (self, turn);
    }
}

static void
begin_reading (MonocleAskAll *self, guint index)
{
  Turn *turn = g_new0 (Turn, 1);

  turn->owner = g_object_ref (self);
  turn->item = g_object_ref (self->plan->items->pdata[index]);
  turn->index = index;
  g_ptr_array_add (self->open, turn);
  monocle_image_source_load_async (monocle_ask_item_get_file (turn->item),
                                   monocle_ask_item_get_page (turn->item), self->cancellable,
                                   on_read, turn);
}

/* --- One after the other --- */

void
monocle_ask_all_let_go_of_turns (MonocleAskAll *self)
{
  g_autoptr (GPtrArray) open = g_steal_pointer (&self->open);

  self->open = g_ptr_array_new ();
  for (guint i = 0; i < open->len; i++)
    {
      Turn *turn = open->pdata[i];

      if (turn->query)
        {
          g_autoptr (MonocleQuery) query = g_object_ref (turn->query);
          g_autoptr (MonocleDocument) document = g_object_ref (turn->document);

          g_clear_signal_handler (&turn->answered, query);
          monocle_runner_stop_query (self->runner, query);
          monocle_document_replace_query (document, query, NULL);
        }
      if (turn->is_ready)
        turn_free (turn);
    }
}

static gboolean
is_waiting (const Turn *turn)
{
  return turn->query && monocle_query_get_state (turn->query) == MONOCLE_QUERY_WAITING;
}

void
monocle_ask_all_hold_turns (MonocleAskAll *self)
{
  for (guint i = 0; i < self->open->len; i++)
    if (is_waiting (self->open->pdata[i]))
      monocle_runner_stop_query (self->runner, ((Turn *) self->open->pdata[i])->query);
}

/* Answers of two models are not mixed without a word. */
static gboolean
is_other_model (MonocleAskAll *self)
{
  MonocleModel *model = monocle_runner_get_model (self->runner);

  return self->identity && model && g_strcmp0 (self->identity, monocle_identity_get (model)) != 0;
}

static gboolean
can_answer (MonocleAskAll *self)
{
  const MonocleTask *task = monocle_runner_find_task (self->runner, self->plan->task);

  if (task)
    self->plan->task = task;
  return task != NULL;
}

void
monocle_ask_all_follow_runner (MonocleAskAll *self)
{
  const MonocleRunnerState state = monocle_runner_get_state (self->runner);
  const char *notice = NULL;

  if (self->state != MONOCLE_ASK_ALL_RUNNING)
    return;
  if (state == MONOCLE_RUNNER_FAILED)
    notice
        = monocle_trouble_describe (MONOCLE_ATTEMPT_LOAD, monocle_runner_get_error (self->runner))
              .what;
  else if (state == MONOCLE_RUNNER_READY && !can_answer (self))
    notice = _ ("The model that is in use cannot answer this");
  else if (state == MONOCLE_RUNNER_READY && is_other_model (self))
    notice = _ ("Another model is in use since");
  if (notice)
    {
      monocle_ask_all_set_state (self, MONOCLE_ASK_ALL_PAUSED, notice);
      monocle_ask_all_hold_turns (self);
    }
}

/* Whether the model is there that answers; else it may come. */
static gboolean
has_model (MonocleAskAll *self)
{
  MonocleModel *model = monocle_runner_get_model (self->runner);

  if (monocle_runner_get_state (self->runner) == MONOCLE_RUNNER_EMPTY)
    monocle_runner_load (self->runner);
  if (monocle_runner_get_state (self->runner) != MONOCLE_RUNNER_READY || !model)
    return FALSE;
  if (!self->identity)
    self->identity = g_strdup (monocle_identity_get (model));
  return TRUE;
}

static guint
count_asked (MonocleAskAll *self)
{
  guint n = 0;

  for (guint i = 0; i < self->open->len; i++)
    n += ((Turn *) self->open->pdata[i])->query != NULL;
  return n;
}

/* Pictures that the model looks at side by side: one set that it works on, and one that waits, may
 * come on top. */
static guint
count_beside (MonocleAskAll *self)
{
  return 2 * (monocle_model_get_n_together (monocle_runner_get_model (self->runner)) - 1);
}

/* Two files of the same content are one picture. */
static gboolean
is_in_hand (MonocleAskAll *self, const Turn *turn)
{
  for (guint i = 0; i < self->open->len; i++)
    {
      const Turn *other = self->open->pdata[i];

      if (other->document && g_strcmp0 (other->digest, turn->digest) == 0
          && monocle_ask_item_get_page (other->item) == monocle_ask_item_get_page (turn->item))
        return TRUE;
    }
  return FALSE;
}

/* (nullable): the next that can be asked about, in their order */
static Turn *
find_ready (MonocleAskAll *self)
{
  for (guint i = 0; i < self->open->len; i++)
    {
      Turn *turn = self->open->pdata[i];

      if (turn->is_ready && !turn->document && !is_in_hand (self, turn))
        return turn;
    }
  return NULL;
}

static void
read_next (MonocleAskAll *self)
{
  while (self->next < self->plan->items->len
         && monocle_ask_item_is_passed (self->plan->items->pdata[self->next]))
    self->next++;
  if (self->next < self->plan->items->len)
    begin_reading (self, self->next++);
}

static void
advance (MonocleAskAll *self)
{
  guint n_beside;
  Turn *turn;

  if (self->state == MONOCLE_ASK_ALL_RUNNING)
    monocle_ask_all_follow_runner (self);
  if (self->state != MONOCLE_ASK_ALL_RUNNING || !has_model (self))
    return;
  n_beside = count_beside (self);
  /* One at a time: of those that are answered already the window has some time for others. */
  if (count_asked (self) < MAX_ASKED + n_beside && (turn = find_ready (self)))
    {
      ask (self, turn);
      monocle_ask_all_advance (self);
    }
  else if (self->open->len < MAX_OPEN + n_beside && self->n_pixels < MAX_READ_PIXELS
           && self->next < self->plan->items->len)
    {
      read_next (self);
      monocle_ask_all_advance (self);
    }
  else if (self->open->len == 0)
    monocle_ask_all_end (self, MONOCLE_ASK_ALL_DONE);
}
