/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How closely pictures are looked at, by models that can take them in pieces: each piece is a
 * picture of its own to them, and takes its time and its place in what they read.
 */
#pragma once

#include "engine/run/model.h"

G_BEGIN_DECLS

/**
 * MonocleDetail:
 * @MONOCLE_DETAIL_AUTO: as the model's files say; for programs, as suits the device
 * @MONOCLE_DETAIL_GLANCE: all at once
 * @MONOCLE_DETAIL_NORMAL: in up to two pieces a side, and no more than its pixels fill
 * @MONOCLE_DETAIL_FINE: in as many as the model's files say
 */
typedef enum
{
  MONOCLE_DETAIL_AUTO,
  MONOCLE_DETAIL_GLANCE,
  MONOCLE_DETAIL_NORMAL,
  MONOCLE_DETAIL_FINE,
} MonocleDetail;

#define MONOCLE_N_DETAILS (MONOCLE_DETAIL_FINE + 1)

/* "auto", "glance", "normal", "fine". */
const char *monocle_detail_get_name (MonocleDetail detail);
/* @detail: (out): of that name. Returns: whether there is one */
gboolean monocle_detail_find (const char *name, MonocleDetail *detail);

/* What AUTO is where nobody knows better: all of it. */
static inline MonocleDetail
monocle_detail_settle (MonocleDetail detail)
{
  return detail == MONOCLE_DETAIL_AUTO ? MONOCLE_DETAIL_FINE : detail;
}

/* Whether the model makes a difference; whether a model of that directory would, by its settings
 * alone: as monocle_model_peek_tasks(). */
gboolean monocle_model_has_details (MonocleModel *self);
gboolean monocle_model_peek_details (const char *directory);

/**
 * monocle_model_choose_detail:
 * @self: a model
 * @wanted: what a person said
 *
 * Returns: the same; of AUTO what suits the model's device: a glance where it is the processor, all
 *   of it where it is a card. AUTO where the model makes no difference
 */
MonocleDetail monocle_model_choose_detail (MonocleModel *self, MonocleDetail wanted);

G_END_DECLS
