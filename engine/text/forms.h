/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unicode normalisation forms in time that grows with the text: g_utf8_normalize() sorts the marks
 * of a character by swapping, which takes minutes for a text that is all marks.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * monocle_forms_normalise:
 * @text: valid UTF-8
 * @mode: the form
 *
 * Returns: (transfer full): @text in this form
 *
 * Source: Unicode Standard Annex 15.
 */
char *monocle_forms_normalise (const char *text, GNormalizeMode mode);

G_END_DECLS
