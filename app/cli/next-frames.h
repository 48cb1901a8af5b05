/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What monocle-cli next-frames prints: futures of one scene, and the measures of many.
 */
#pragma once

#include "app/world/film.h"
#include "app/world/judge.h"

G_BEGIN_DECLS

/**
 * monocle_cli_next_frames_print:
 * @tracks: what was seen
 * @futures: what may follow
 * @film: (nullable): what did follow, where that is known
 * @name: of what was asked about
 * @is_known: whether the model knows such scenes
 * @json: how
 */
void monocle_cli_next_frames_print (const MonocleTracks *tracks,
                                    const MonocleFutures *futures,
                                    const MonocleWorldFilm *film,
                                    const char *name,
                                    gboolean is_known,
                                    gboolean json);

/* @n_refused: of the films, those that do not look like what the model knows */
void monocle_cli_next_frames_print_judge (const MonocleWorldJudge *judge,
                                          guint n_frames,
                                          guint n_refused,
                                          gboolean json);

G_END_DECLS
