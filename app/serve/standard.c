/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/serve/standard.h"

gboolean
monocle_serve_standard_add (MonocleServeExchange *exchange,
                            MonocleServeQuestion *asked,
                            const MonocleTaskKind *kinds,
                            guint n_kinds,
                            const char *const *labels,
                            GError **error)
{
  const GPtrArray *tasks = monocle_model_list_tasks (exchange->model);
  g_autofree char *lines = labels && labels[0] ? g_strjoinv ("\n", (char **) labels) : NULL;
  MonocleRequest request = { 0 };

  if (exchange->standard)
    {
      g_ptr_array_add (asked->requests, monocle_request_copy (exchange->standard));
      return TRUE;
    }
  for (guint i = 0; i < n_kinds && !request.task; i++)
    {
      /* A task for nothing but the picture knows its own names, of which the caller's are taken. */
      request.task = monocle_tasks_find_kind (tasks, kinds[i], MONOCLE_TAKES_NOTHING,
                                              MONOCLE_GIVES_ANYTHING);
      if (!request.task && lines)
        {
          request.task = monocle_tasks_find_kind (tasks, kinds[i], MONOCLE_TAKES_TEXT,
                                                  MONOCLE_GIVES_ANYTHING);
          request.text = request.task ? lines : NULL;
        }
    }
  if (!request.task)
    {
      monocle_serve_bad_request (error,
                                 "the model has no task for this: start the server with --task");
      return FALSE;
    }
  g_ptr_array_add (asked->requests, monocle_request_copy (&request));
  return TRUE;
}
