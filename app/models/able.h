/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_able_list_stored:
 * @task: a task's name or tag, or a kind of tasks
 * @takes: what there is to give it
 *
 * Returns: (transfer full) (element-type utf8): the ids of models that are here and can be asked
 * that; "" is the default one
 */
GPtrArray *monocle_able_list_stored (const char *task, MonocleTaskTakes takes);

/* (transfer full) (element-type utf8): the same of the catalogue, whether they are here or not; by
 * their families, which is all that is known of them */
GPtrArray *monocle_able_list_known (const char *task, MonocleTaskTakes takes);

G_END_DECLS
