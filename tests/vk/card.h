/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tests ask the card that is not there; found by name, since it is loaded before the program.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes taken from a heap of the card. */
guint64 card_get_used (guint heap);
typedef guint64 (*CardGetUsed) (guint heap);

G_END_DECLS
