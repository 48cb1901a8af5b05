/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is read aloud of an answer as it comes: whole sentences.
 */
#pragma once

#include "app/document/said.h"

G_BEGIN_DECLS

/**
 * monocle_talk_spoken_take:
 * @said: as far as it is answered
 * @n_spoken: (inout): bytes of the answer that were read
 *
 * Returns: (transfer full) (nullable): what is to be read next; %NULL: nothing yet
 */
char *monocle_talk_spoken_take (MonocleSaid *said, gsize *n_spoken);

G_END_DECLS
