/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/serve/exchange.h"

#include <math.h>
#include <string.h>

#include "app/pictures/source.h"

static void
question_free (gpointer data)
{
  MonocleServeQuestion *question = data;

  g_clear_pointer (&question->picture, g_bytes_unref);
  g_clear_error (&question->fault);
  g_free (question->name);
  g_ptr_array_unref (question->requests);
  g_clear_pointer (&question->image, monocle_image_unref);
  g_ptr_array_unref (question->runs);
  g_free (question);
}

MonocleServeExchange *
monocle_serve_exchange_new (const MonocleServeApi *api)
{
  MonocleServeExchange *self = g_new0 (MonocleServeExchange, 1);

  self->api = api;
  self->questions = g_ptr_array_new_with_free_func (question_free);
  return self;
}

void
monocle_serve_exchange_free (MonocleServeExchange *self)
{
  g_ptr_array_unref (self->questions);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  if (self->destroy)
    self->destroy (self->data);
  g_free (self);
}

gboolean
monocle_serve_bad_request (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error,
                     g_error_new_valist (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                                         format, arguments));
  va_end (arguments);
  return FALSE;
}

MonocleServeQuestion *
monocle_serve_exchange_add (MonocleServeExchange *self)
{
  MonocleServeQuestion *question = g_new0 (MonocleServeQuestion, 1);

  question->requests = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_request_free);
  question->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_run_free);
  g_ptr_array_add (self->questions, question);
  return question;
}

JsonObject *
monocle_serve_exchange_parse (MonocleServeExchange *self, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (self->body, &size);

  return monocle_json_parse (size > 0 ? text : "", size, "request", error);
}

GBytes *
monocle_serve_decode_picture (const char *text, GError **error)
{
  const char *data = text;
  guchar *bytes;
  gsize size;

  if (g_str_has_prefix (text, "data:"))
    {
      data = strstr (text, ";base64,");
      data = data ? data + strlen (";base64,") : "";
    }
  bytes = g_base64_decode (data, &size);
  if (size == 0)
    {
      g_free (bytes);
      monocle_serve_bad_request (error, "the picture is not base64");
      return NULL;
    }
  return g_bytes_new_take (bytes, size);
}

double
monocle_serve_exchange_get_min_score (MonocleServeExchange *self)
{
  return isnan (self->min_score) ? monocle_model_get_lowest_score (self->model) : self->min_score;
}

MonocleResult *
monocle_serve_exchange_take_result (MonocleServeExchange *self, const MonocleRun *run, guint i)
{
  return monocle_result_filter (run->results->pdata[i],
                                monocle_serve_exchange_get_min_score (self));
}

/* --- asking --- */

typedef struct
{
  MonocleServeExchange *exchange;
  guint next; /* question */
  MonocleSession *session;
} Asking;

static void ask_next (GTask *task);

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  g_clear_object (&asking->session);
  g_free (asking);
}

static MonocleServeQuestion *
get_question (const Asking *asking)
{
  return asking->exchange->questions->pdata[asking->next];
}

/* Of this question, or of the call. */
static void
take_fault (GTask *task, GError *error)
{
  Asking *asking = g_task_get_task_data (task);
  MonocleServeQuestion *question = get_question (asking);

  if (asking->exchange->is_strict || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  if (question->fault != error)
    {
      g_clear_error (&question->fault);
      question->fault = error;
    }
  asking->next++;
  ask_next (task);
}

static void ask_request (GTask *task);

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Asking *asking = g_task_get_task_data (task);
  GError *error = NULL;
  MonocleRun *run = monocle_session_run_finish (MONOCLE_SESSION (source), result, &error);

  /* Half an answer is none. */
  if (run && run->stopped)
    {
      g_clear_pointer (&run, monocle_run_free);
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped");
    }
  if (!run)
    {
      take_fault (task, error);
      return;
    }
  g_ptr_array_add (get_question (asking)->runs, run);
  ask_request (task);
}

static void
ask_request (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);
  MonocleServeQuestion *question = get_question (asking);

  if (question->runs->len == question->requests->len)
    {
      g_clear_object (&asking->session);
      asking->next++;
      ask_next (task);
      return;
    }
  monocle_session_run_async (asking->session, question->requests->pdata[question->runs->len],
                             g_task_get_cancellable (task), NULL, NULL, on_answered, task);
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const MonocleServeQuestion *question = data;
  GError *error = NULL;
  MonocleImage *image
      = monocle_image_source_load_bytes (question->picture, "picture", 0, NULL, &error);

  if (image)
    g_task_return_pointer (task, image, (GDestroyNotify) monocle_image_unref);
  else
    g_task_return_error (task, error);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Asking *asking = g_task_get_task_data (task);
  MonocleServeQuestion *question = get_question (asking);
  GError *error = NULL;

  question->image = g_task_propagate_pointer (G_TASK (result), &error);
  if (!question->image)
    {
      take_fault (task, error);
      return;
    }
  /* It is not looked at any more. */
  g_clear_pointer (&question->picture, g_bytes_unref);
  asking->session = monocle_session_new (asking->exchange->model, question->image);
  ask_request (task);
}

static void
ask_next (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);
  MonocleServeQuestion *question;
  g_autoptr (GTask) opening = NULL;

  g_clear_object (&asking->session);
  if (asking->next == asking->exchange->questions->len)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  question = get_question (asking);
  if (question->fault)
    {
      take_fault (task, asking->exchange->is_strict ? g_steal_pointer (&question->fault)
                                                    : question->fault);
      return;
    }
  opening = g_task_new (NULL, g_task_get_cancellable (task), on_opened, task);
  g_task_set_task_data (opening, question, NULL);
  g_task_run_in_thread (opening, open_in_thread);
}

void
monocle_serve_exchange_ask_async (MonocleServeExchange *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Asking *asking = g_new0 (Asking, 1);

  asking->exchange = self;
  g_task_set_task_data (task, asking, asking_free);
  ask_next (task);
}

gboolean
monocle_serve_exchange_ask_finish (MonocleServeExchange *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
