/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of a picture from the work of a person on it: what is their own, and what was
 * answered.
 */
#pragma once

#include "app/exchange/sample.h"
#include "app/json/work-file.h"

G_BEGIN_DECLS

/* @task: (nullable): of the answer that @annotation is of */
void monocle_kept_add_annotation (MonocleSample *sample,
                                  MonocleAnnotation *annotation,
                                  const MonocleTask *task);
/* What an answer says of the whole picture, of its regions, or what it most likely is. */
void monocle_kept_add_words (MonocleSample *sample, MonocleQuery *query);

/**
 * monocle_kept_add_work:
 * @notes: (nullable): what is left out
 *
 * What is the person's own and has a name, and what the newest answer says.
 */
void
monocle_kept_add_work (MonocleSample *sample, const MonocleWorkFile *work, MonocleNotes *notes);

G_END_DECLS
