/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention of many queries on software devices that read at addresses: attention_straight.
 */
#pragma once

#include "engine/nn/op-record.h"
#include "engine/nn/ops/attention.h"

G_BEGIN_DECLS

/* For the variants of attention, which @call is. */
gboolean monocle_attention_straight_suits (const MonocleVkTraits *traits, gconstpointer call);
void monocle_attention_straight_record (MonocleCommands *commands, gconstpointer call);

G_END_DECLS
