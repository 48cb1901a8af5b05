/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How text/parse fills a result, and the session calibrates it, before anybody else sees it.
 */
#pragma once

#include "engine/answer/result.h"

G_BEGIN_DECLS

MonocleResult *monocle_result_new (MonocleAnswer answer, const guint32 *ids, guint n_ids);
void monocle_result_take_generated_text (MonocleResult *self, char *text);
void monocle_result_take_text (MonocleResult *self, char *text);
void monocle_result_set_score (MonocleResult *self, float score);
/* 0 to 1, or NaN. */
void monocle_result_set_object_score (MonocleResult *self, guint index, float score);
/* Owns label and shape of @object from here on. */
void monocle_result_take_object (MonocleResult *self, const MonocleObject *object);

G_END_DECLS
