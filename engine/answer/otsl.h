/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table while its cells are read one after the other: `fcel` one with words, `ecel` an empty one,
 * `ched`, `rhed` and `srow` heads, `lcel`, `ucel` and `xcel` parts of the cell on the left, above
 * or both, `nl` the end of a row.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MonocleOtsl MonocleOtsl;

MonocleOtsl *monocle_otsl_new (void);
void monocle_otsl_free (MonocleOtsl *self);

/* Whether @name is one of these. */
gboolean monocle_otsl_is_cell (const char *name);
void monocle_otsl_take (MonocleOtsl *self, const char *name);
gboolean monocle_otsl_has_cells (const MonocleOtsl *self);
/* (transfer none) (nullable): the words of the cell that is read, as Markdown */
GString *monocle_otsl_get_cell (const MonocleOtsl *self);
void monocle_otsl_end_cell (MonocleOtsl *self);

/* (transfer full): as Markdown; what a cell that spans others says is said in each of them */
char *monocle_otsl_write (const MonocleOtsl *self);

G_END_DECLS
