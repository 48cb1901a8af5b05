/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tasks of a model that can be asked everything.
 */
#pragma once

#include "engine/engine.h"

/* (transfer none) (element-type MonocleTask) */
static inline GPtrArray *
all_tasks (void)
{
  static GPtrArray *tasks;

  if (!tasks)
    tasks = monocle_model_guess_tasks ();
  return tasks;
}
