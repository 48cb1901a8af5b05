/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/device-check.h"

#include <math.h>
#include <string.h>

#include "app/models/device-memory.h"
#include "app/models/store.h"

/* A yellow star on blue: its rays reach from one of these radii to the other. */
#define SIDE   256
#define MIDDLE 128
#define INNER  40
#define OUTER  90

/* Of the box that the model should give; it knows drawings, but guesses where edges are. */
#define LEAST_OVERLAP 0.8

/* Where of the whole the operations are done, and the model is there. */
#define OPERATIONS_DONE 0.6
#define MODEL_DONE      0.8

typedef struct
{
  MonocleDevice *device;
  MonoclePrecision precision;
  MonocleProgress progress;
  gpointer progress_data;
  double from, to;  /* of the whole, what goes on now */
  MonocleRect star; /* where it is in the picture */
} Check;

static void
check_free (gpointer data)
{
  Check *check = data;

  g_object_unref (check->device);
  g_free (check);
}

static void
on_progress (double fraction, gpointer user_data)
{
  Check *check = user_data;

  if (check->progress)
    check->progress (check->from + fraction * (check->to - check->from), check->progress_data);
}

/* Keeps what was found, but not that something else went wrong on the way. */
static void
end (GTask *task, GError *error)
{
  const Check *check = g_task_get_task_data (task);

  if (!error)
    monocle_device_memory_keep (check->device, check->precision, NULL);
  else if (g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_WRONG_RESULTS))
    monocle_device_memory_keep (check->device, check->precision, error->message);

  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* --- the known answer --------------------------------------------------------------------- */

static gboolean
is_in_star (int x, int y)
{
  const double dx = x + 0.5 - MIDDLE, dy = y + 0.5 - MIDDLE;
  const double turn = atan2 (dx, -dy) / (2 * G_PI / 5);
  const double from_ray = fabs (turn - floor (turn + 0.5)); /* 0 at a point, 0.5 between two */

  return hypot (dx, dy) < INNER + (OUTER - INNER) * (1 - 2 * from_ray);
}

/* @place: (out): where the star is */
static MonocleImage *
draw_star (MonocleRect *place, GError **error)
{
  static const guint8 star[] = { 250, 200, 30 }, sky[] = { 120, 180, 235 };
  guint8 *pixels = g_malloc (SIDE * SIDE * 3);
  int left = SIDE, top = SIDE, right = 0, bottom = 0;

  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      {
        const gboolean inside = is_in_star (x, y);

        memcpy (pixels + (y * SIDE + x) * 3, inside ? star : sky, 3);
        if (inside)
          {
            left = MIN (left, x);
            top = MIN (top, y);
            right = MAX (right, x + 1);
            bottom = MAX (bottom, y + 1);
          }
      }
  *place = (MonocleRect){ left, top, right - left, bottom - top };
  return monocle_image_new_take_pixels (SIDE, SIDE, pixels, error);
}

static gboolean
finds_star (const MonocleResult *result, const MonocleRect *star)
{
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleBox box = monocle_shape_get_box (monocle_result_get_object (result, i)->shape);
      const MonocleRect found = { box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1 };

      if (monocle_rect_get_overlap (&found, star) >= LEAST_OVERLAP)
        return TRUE;
    }
  return FALSE;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  const Check *check = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MonocleRun) run
      = monocle_session_run_finish (MONOCLE_SESSION (source), result, &error);

  if (run && run->stopped)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
  else if (run && !finds_star (run->results->pdata[0], &check->star))
    g_set_error (&error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_WRONG_RESULTS,
                 "%s computes wrongly: the default model does not find a star in a picture of one",
                 monocle_device_get_name (check->device));
  end (task, error);
}

static void
on_update (const MonocleUpdate *update, gpointer user_data)
{
  if (update->fraction >= 0)
    on_progress (update->fraction, user_data);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (MonocleModel) model = monocle_model_load_finish (result, &error);
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (MonocleSession) session = NULL;
  MonocleRequest request = { .num_beams = 1 };

  /* A model that is damaged says nothing of the device. */
  if (g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE)
      || g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL))
    g_clear_error (&error);
  if (model)
    {
      request.task = monocle_tasks_find_kind (monocle_model_list_tasks (model), MONOCLE_TASK_FIND,
                                              MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_ANYTHING);
      image = draw_star (&check->star, &error);
    }
  if (!image || !request.task)
    {
      end (task, error);
      return;
    }

  check->from = MODEL_DONE;
  check->to = 1;
  session = monocle_session_new (model, image);
  monocle_session_run_async (session, &request, g_task_get_cancellable (task), on_update, check,
                             on_answered, task);
}

/* --- all of it ---------------------------------------------------------------------------- */

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autofree char *directory = NULL;
  GError *error = NULL;

  if (monocle_selftest_finish (result, &error))
    directory = monocle_model_store_find (NULL, NULL);
  if (!directory)
    {
      end (task, error);
      return;
    }

  check->from = OPERATIONS_DONE;
  check->to = MODEL_DONE;
  monocle_model_load_async (directory, check->device, check->precision,
                            g_task_get_cancellable (task), on_progress, check, on_loaded, task);
}

void
monocle_device_check_async (MonocleDevice *device,
                            MonoclePrecision precision,
                            GCancellable *cancellable,
                            MonocleProgress progress,
                            gpointer progress_data,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Check *check = g_new0 (Check, 1);

  check->device = g_object_ref (device);
  check->precision = precision;
  check->progress = progress;
  check->progress_data = progress_data;
  check->to = OPERATIONS_DONE;
  g_task_set_source_tag (task, monocle_device_check_async);
  g_task_set_task_data (task, check, check_free);
  monocle_selftest_async (device, precision, cancellable, on_progress, check, on_tested, task);
}

gboolean
monocle_device_check_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
