/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How quick a model found itself with pictures side by side.
 */
#pragma once

#include "engine/run/model-private.h"

G_BEGIN_DECLS

typedef struct
{
  MonocleModel *model;
  MonoclePace pace;
  int done; /* atomic */
} TestPace;

static inline void
test_read_pace (MonocleWorker *worker, gpointer data)
{
  TestPace *look = data;

  look->pace = *monocle_loaded_get_pace (monocle_model_get_loaded (look->model));
  g_atomic_int_set (&look->done, TRUE);
}

static inline MonoclePace
test_get_pace (MonocleModel *model)
{
  TestPace look = { .model = model };

  monocle_worker_push (monocle_model_get_worker (model), test_read_pace, &look, NULL);
  while (!g_atomic_int_get (&look.done))
    g_usleep (100);
  return look.pace;
}

G_END_DECLS
