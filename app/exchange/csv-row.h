/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables of values between commas, row by row: as spreadsheets write them, with quotation marks
 * around what has commas or line breaks in it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More than any of the tables here has; what is behind is not read. */
#define MONOCLE_CSV_MAX_FIELDS 64

/**
 * MonocleCsvRow:
 * @n_fields: of the row
 *
 * A row, which is read over by the next.
 */
typedef struct
{
  guint n_fields;
  /*< private >*/
  GString *text;
  gsize starts[MONOCLE_CSV_MAX_FIELDS];
} MonocleCsvRow;

void monocle_csv_row_init (MonocleCsvRow *self);
void monocle_csv_row_clear (MonocleCsvRow *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleCsvRow, monocle_csv_row_clear)

/**
 * monocle_csv_row_read:
 * @text: (array length=size): begins with a row
 * @n_lines: (out): how many line breaks are in it
 *
 * An empty line is a row of one empty field.
 *
 * Returns: its length with the line break; 0 where quotation marks do not end, or @size is 0
 */
gsize monocle_csv_row_read (MonocleCsvRow *self, const char *text, gsize size, guint *n_lines);

/* (transfer none): a field; "" of one that the row has not */
const char *monocle_csv_row_get (const MonocleCsvRow *self, guint index);
/* Which field says so, whatever the case of letters; %G_MAXUINT: none. */
guint monocle_csv_row_find (const MonocleCsvRow *self, const char *name);

/* In quotation marks where a comma or a line break would end it. */
void monocle_csv_append_field (GString *text, const char *field);

G_END_DECLS
