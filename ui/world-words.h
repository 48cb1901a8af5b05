/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is said of a scene and of what may follow.
 */
#pragma once

#include "app/world/stage.h"

G_BEGIN_DECLS

/* (transfer full): which frame is seen */
char *monocle_world_words_dup_frame (MonocleWorldStage *stage);
/* (transfer full): what is foreseen, how far from each other futures are, and how right it is;
 * empty: nothing */
char *monocle_world_words_dup_outlook (MonocleWorldStage *stage);
/* (transfer full): of frames that the model draws */
char *monocle_world_words_dup_drawn (MonocleWorldStage *stage);
/* (transfer full): of a seer that is at work */
char *monocle_world_words_dup_doing (MonocleSeer *seer);
/* (transfer full): of frames of the person's own; @frame: which one is looked at, 0: none yet */
char *monocle_world_words_dup_watching (guint frame, guint n_frames);
/* What a kind of scenes is. */
const char *monocle_world_words_get_kind (MonocleWorldKind kind);

G_END_DECLS
