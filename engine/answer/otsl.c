/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/otsl.h"

#include "engine/answer/markdown.h"

/* Longer words of a cell are not said once more. */
#define MAX_REPEATED 256

struct _MonocleOtsl
{
  GPtrArray *rows; /* of GPtrArray of GString */
  gboolean is_row_open, is_cell_open;
};

static void
free_cell (gpointer cell)
{
  g_string_free (cell, TRUE);
}

MonocleOtsl *
monocle_otsl_new (void)
{
  MonocleOtsl *self = g_new0 (MonocleOtsl, 1);

  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  return self;
}

void
monocle_otsl_free (MonocleOtsl *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->rows);
  g_free (self);
}

gboolean
monocle_otsl_is_cell (const char *name)
{
  static const char *const names[]
      = { "fcel", "ecel", "ched", "rhed", "srow", "lcel", "ucel", "xcel", "nl", NULL };

  return g_strv_contains (names, name);
}

/* (nullable) */
static GPtrArray *
get_row (const MonocleOtsl *self, guint above)
{
  return self->rows->len > above ? self->rows->pdata[self->rows->len - 1 - above] : NULL;
}

/* (nullable): what is in the cell that the next one belongs to */
static const GString *
find_spanning (const MonocleOtsl *self, gboolean is_above)
{
  const GPtrArray *row = get_row (self, 0), *above = get_row (self, 1);
  const GString *cell = NULL;

  if (is_above)
    cell = above && row->len < above->len ? above->pdata[row->len] : NULL;
  else if (row->len > 0)
    cell = row->pdata[row->len - 1];
  return cell && cell->len <= MAX_REPEATED ? cell : NULL;
}

void
monocle_otsl_take (MonocleOtsl *self, const char *name)
{
  const gboolean is_above = g_str_equal (name, "ucel");
  const gboolean is_part = is_above || g_str_equal (name, "lcel") || g_str_equal (name, "xcel");
  const GString *spanning;

  self->is_cell_open = FALSE;
  if (g_str_equal (name, "nl"))
    {
      self->is_row_open = FALSE;
      return;
    }
  if (!self->is_row_open)
    g_ptr_array_add (self->rows, g_ptr_array_new_with_free_func (free_cell));
  self->is_row_open = TRUE;
  spanning = is_part ? find_spanning (self, is_above) : NULL;
  g_ptr_array_add (get_row (self, 0), g_string_new (spanning ? spanning->str : NULL));
  self->is_cell_open = !is_part;
}

gboolean
monocle_otsl_has_cells (const MonocleOtsl *self)
{
  return self->rows->len > 0;
}

GString *
monocle_otsl_get_cell (const MonocleOtsl *self)
{
  const GPtrArray *row = get_row (self, 0);

  return self->is_cell_open ? row->pdata[row->len - 1] : NULL;
}

void
monocle_otsl_end_cell (MonocleOtsl *self)
{
  self->is_cell_open = FALSE;
}

char *
monocle_otsl_write (const MonocleOtsl *self)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const GPtrArray *row = self->rows->pdata[i];
      GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);

      for (guint k = 0; k < row->len; k++)
        g_ptr_array_add (cells, g_strstrip (g_strdup (((GString *) row->pdata[k])->str)));
      g_ptr_array_add (rows, cells);
    }
  return monocle_markdown_write_table (rows);
}
