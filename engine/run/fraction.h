/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far the worker is with a task, told where its caller waits.
 */
#pragma once

#include "engine/base/post.h"
#include "engine/run/model.h"

G_BEGIN_DECLS

typedef struct _MonocleFraction MonocleFraction;

/* (nullable): %NULL where nobody wants to know. Belongs to the data of @task, as a post does. */
MonocleFraction *monocle_fraction_new (GTask *task, MonocleProgress progress, gpointer user_data);
void monocle_fraction_free (MonocleFraction *self);

/* From the worker. @self: (nullable) */
void monocle_fraction_send (MonocleFraction *self, double fraction);

G_END_DECLS
