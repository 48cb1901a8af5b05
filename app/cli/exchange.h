/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What verbs that write formats of other programs share: which format is meant, what is lost in it.
 */
#pragma once

#include "app/cli/cli.h"
#include "app/exchange/format.h"

G_BEGIN_DECLS

/* Whether there is one that can be read, or be written; otherwise that is said.
 * @format: (out) (nullable) */
gboolean monocle_cli_exchange_find (const char *verb,
                                    const char *option,
                                    const char *id,
                                    gboolean read,
                                    const MonocleExchangeFormat **format);

/* On stderr, a line each, how often behind it. */
void monocle_cli_exchange_print_notes (const MonocleExchangeFormat *to, const MonocleNotes *notes);

G_END_DECLS
