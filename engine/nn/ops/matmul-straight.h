/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Products on software devices that read at addresses: matmul_straight for many rows,
 * matvec_straight for few.
 */
#pragma once

#include "engine/nn/ops/matmul-private.h"

G_BEGIN_DECLS

/* For the variants of a product, which @call is. */
gboolean monocle_matmul_straight_suits (const MonocleVkTraits *traits, gconstpointer call);
void monocle_matmul_straight_record (MonocleCommands *commands, gconstpointer call);
gboolean monocle_matvec_straight_suits (const MonocleVkTraits *traits, gconstpointer call);
void monocle_matvec_straight_record (MonocleCommands *commands, gconstpointer call);

G_END_DECLS
