/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How families fill a result, and the session calibrates it, before anybody else sees it.
 */
#pragma once

#include "engine/answer/result.h"

G_BEGIN_DECLS

/* Without parts and tokens, well formed. */
MonocleResult *monocle_result_new (void);
/* What was written: the ids are copied, the text (transfer full). */
void monocle_result_set_tokens (MonocleResult *self, const guint32 *ids, guint n_ids, char *text);
void monocle_result_set_score (MonocleResult *self, float score);
/* 0 to 1, or NaN. */
void monocle_result_set_object_score (MonocleResult *self, guint index, float score);
void monocle_result_set_well_formed (MonocleResult *self, gboolean is_well_formed);

/* Parts, each behind those before it. */

/* (transfer full) */
void monocle_result_take_text (MonocleResult *self, char *text);
/* Owns label and shape of @object from here on. */
void monocle_result_take_object (MonocleResult *self, const MonocleObject *object);
void
monocle_result_add_rank (MonocleResult *self, const char *name, float score, float probability);
/* (transfer full) */
void monocle_result_take_picture (MonocleResult *self, MonocleImage *picture);
void monocle_result_add_vector (MonocleResult *self, const float *values, guint n);
/* (transfer full) */
void monocle_result_take_heat (MonocleResult *self, MonocleHeat *heat);

G_END_DECLS
