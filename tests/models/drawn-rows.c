/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "drawn-rows.h"

#include "device-test.h"

/* What was told of a picture that is being written. */
typedef struct
{
  guint side, n_shown, last;
  GCancellable *stop; /* (nullable): once something is shown */
} Watch;

static void
watch (guint index, guint n_certain, MonocleResult *partial, gpointer user_data)
{
  Watch *self = user_data;
  MonocleImage *picture;
  const guint8 *end;

  if (monocle_result_get_n_parts (partial) == 0)
    return;
  picture = monocle_result_get_part (partial, 0)->picture;
  g_assert_cmpuint (monocle_image_get_width (picture), ==, self->side);
  end = monocle_image_get_pixels (picture) + 3 * ((gsize) self->side * self->side - 1);
  g_assert_true (end[0] == 128 && end[1] == 128 && end[2] == 128);
  g_assert_cmpuint (n_certain, >, self->last);
  self->last = n_certain;
  self->n_shown++;
  if (self->stop)
    g_cancellable_cancel (self->stop);
}

void
drawn_rows_check (const DrawnRows *self, gboolean is_stopped)
{
  MonocleVkGpu *gpu = test_open_gpu ();
  const MonocleFamilyLoad load = { .directory = self->folder, .gpu = gpu };
  g_autoptr (GError) error = NULL;
  gpointer model = self->family->load (&load, &error);
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();
  g_autoptr (GPtrArray) results
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_result_unref);
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  Watch watched = { .side = self->side, .stop = is_stopped ? stop : NULL };
  MonocleFamilyAnswer answer = { .results = results };
  MonocleFamilyQuestion question = { .prompts = &self->prompt,
                                     .n_prompts = 1,
                                     .width = 10,
                                     .height = 10,
                                     .cancellable = stop,
                                     .partial = watch,
                                     .user_data = &watched };

  g_assert_no_error (error);
  self->family->list_tasks (tasks);
  question.task = monocle_tasks_find (tasks, "generate");
  if (self->find_drawing)
    self->find_drawing (model)->cost_us = 1;
  g_assert_true (self->family->generate (model, NULL, &question, &answer, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (watched.n_shown, >, 0);
  g_assert_cmpint (answer.stopped, ==, is_stopped);
  g_assert_cmpuint (results->len, ==, 1);
  g_assert_cmpint (monocle_result_is_well_formed (results->pdata[0]), ==, !is_stopped);
  g_assert_cmpuint (monocle_result_get_n_parts (results->pdata[0]), ==, 1);
  self->family->unload (model);
  monocle_vk_gpu_close (gpu);
}
