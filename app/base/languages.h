/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What languages are called, and which one somebody speaks.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): in the language of the system, as it is written within a sentence; of a code
 * that nobody knows the code */
char *monocle_language_dup_name (const char *code);
/* (transfer full): the same as it is written in a list */
char *monocle_language_dup_title (const char *code);

/* (transfer none) (nullable): the one of @languages (array zero-terminated=1) (nullable) that is
 * the system's, else what is usual; %NULL where there are none */
const char *monocle_language_choose (const char *const *languages);

G_END_DECLS
