/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looks the tables of Open Images over: what each is, its first row says, so that names of files
 * and folders may be those of the set itself or of tools. Tables have millions of rows in any
 * order: they are mapped, and what is kept is which rows belong to which picture.
 */
#include "config.h"

#include "app/exchange/open-images-tables.h"

#include <string.h>

/* Tables of masks call the sides of boxes otherwise. */
static const char *const columns[MONOCLE_N_COLUMNS][2] = {
  [MONOCLE_COLUMN_PICTURE] = { "ImageID" },       [MONOCLE_COLUMN_LABEL] = { "LabelName" },
  [MONOCLE_COLUMN_X_MIN] = { "XMin", "BoxXMin" }, [MONOCLE_COLUMN_X_MAX] = { "XMax", "BoxXMax" },
  [MONOCLE_COLUMN_Y_MIN] = { "YMin", "BoxYMin" }, [MONOCLE_COLUMN_Y_MAX] = { "YMax", "BoxYMax" },
  [MONOCLE_COLUMN_SOURCE] = { "Source" },         [MONOCLE_COLUMN_CONFIDENCE] = { "Confidence" },
  [MONOCLE_COLUMN_GROUP] = { "IsGroupOf" },       [MONOCLE_COLUMN_MASK] = { "MaskPath" },
  [MONOCLE_COLUMN_SUBSET] = { "Subset" },         [MONOCLE_COLUMN_OCCLUDED] = { "IsOccluded" },
  [MONOCLE_COLUMN_TRUNCATED] = { "IsTruncated" }, [MONOCLE_COLUMN_DEPICTION] = { "IsDepiction" },
  [MONOCLE_COLUMN_INSIDE] = { "IsInside" },
};

gboolean
monocle_open_images_fail (const MonocleTable *table, guint line, const char *what, GError **error)
{
  return monocle_file_set_error (error, table->path, "line %u: %s", line, what);
}

/* --- What a table is --- */

static MonocleTableKind
find_kind (const MonocleCsvRow *row, guint at[MONOCLE_N_COLUMNS])
{
  for (guint i = 0; i < MONOCLE_N_COLUMNS; i++)
    {
      at[i] = monocle_csv_row_find (row, columns[i][0]);
      if (at[i] == G_MAXUINT && columns[i][1])
        at[i] = monocle_csv_row_find (row, columns[i][1]);
    }
  if (at[MONOCLE_COLUMN_PICTURE] == G_MAXUINT)
    /* Classes have mostly no first row: their codes begin so. */
    return (row->n_fields == 2 && *monocle_csv_row_get (row, 0) == '/')
                   || monocle_csv_row_find (row, "DisplayName") == 1
               ? MONOCLE_TABLE_CLASSES
               : MONOCLE_TABLE_NONE;
  if (at[MONOCLE_COLUMN_LABEL] == G_MAXUINT)
    return at[MONOCLE_COLUMN_SUBSET] != G_MAXUINT
                   || monocle_csv_row_find (row, "OriginalURL") != G_MAXUINT
               ? MONOCLE_TABLE_PICTURES
               : MONOCLE_TABLE_NONE;
  for (guint i = MONOCLE_COLUMN_X_MIN; i <= MONOCLE_COLUMN_Y_MAX; i++)
    if (at[i] == G_MAXUINT)
      return at[MONOCLE_COLUMN_CONFIDENCE] != G_MAXUINT && at[MONOCLE_COLUMN_MASK] == G_MAXUINT
                 ? MONOCLE_TABLE_TAGS
                 : MONOCLE_TABLE_NONE;
  return at[MONOCLE_COLUMN_MASK] != G_MAXUINT ? MONOCLE_TABLE_MASKS : MONOCLE_TABLE_BOXES;
}

static MonocleTableKind
peek_kind (const char *path)
{
  g_autofree char *text = monocle_exchange_peek (path);
  g_auto (MonocleCsvRow) row = { 0 };
  guint at[MONOCLE_N_COLUMNS], n_lines;

  monocle_csv_row_init (&row);
  return monocle_csv_row_read (&row, text, strlen (text), &n_lines) > 0 ? find_kind (&row, at)
                                                                        : MONOCLE_TABLE_NONE;
}

static gboolean
looks_like_table (const char *path)
{
  return peek_kind (path) != MONOCLE_TABLE_NONE;
}

gboolean
monocle_open_images_recognise (const char *path)
{
  g_autoptr (GPtrArray) files = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return monocle_exchange_has_extension (path, "csv")
           && peek_kind (path) > MONOCLE_TABLE_PICTURES;
  files = monocle_exchange_list_alike (path, "csv", looks_like_table);
  for (guint i = 0; i < files->len; i++)
    if (peek_kind (files->pdata[i]) > MONOCLE_TABLE_PICTURES)
      return TRUE;
  return FALSE;
}

/* --- Looking over --- */

/* The next row of a table; an empty line is none. Returns: whether there is one */
static gboolean
next_row (MonocleTables *self,
          const MonocleTable *table,
          gsize *at,
          guint *line,
          guint *step,
          GError **error)
{
  gsize size, n;
  const char *text = g_bytes_get_data (table->bytes, &size);

  *line += *step;
  *step = 0;
  while (*at < size)
    {
      n = monocle_csv_row_read (&self->row, text + *at, size - *at, step);
      if (n == 0)
        return monocle_open_images_fail (table, *line, "quotation marks do not end", error);
      if (!g_utf8_validate_len (text + *at, n, NULL))
        return monocle_open_images_fail (table, *line, "not valid UTF-8", error);
      *at += n;
      if (self->row.n_fields > 1 || *monocle_csv_row_get (&self->row, 0))
        return TRUE;
      *line += *step;
      *step = 0;
    }
  return FALSE;
}

static guint
add_picture (MonocleTables *self,
             const MonocleTable *table,
             guint line,
             MonocleSampleSplit split,
             GError **error)
{
  const char *id = monocle_csv_row_get (&self->row, table->at[MONOCLE_COLUMN_PICTURE]);
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_id, id));
  g_autofree char *where = NULL;
  MonocleTablePicture picture = { NULL, split };

  if (number > 0)
    return number;
  where = g_strdup_printf ("%s: line %u", table->path, line);
  picture.id = monocle_exchange_dup_name (id, where, error);
  if (!picture.id)
    return 0;
  g_array_append_val (self->pictures, picture);
  g_hash_table_insert (self->by_id, g_strdup (id), GUINT_TO_POINTER (self->pictures->len));
  return self->pictures->len;
}

static gboolean
look_over_classes (MonocleTables *self, const MonocleTable *table, GError **error)
{
  GError *problem = NULL;
  guint line = 1, step = 0;
  gsize at = 0;

  while (next_row (self, table, &at, &line, &step, &problem))
    {
      const char *code = monocle_csv_row_get (&self->row, 0);
      const char *name = monocle_csv_row_get (&self->row, 1);

      if (line == 1 && strcmp (name, "DisplayName") == 0)
        continue;
      if (strlen (name) > MONOCLE_EXCHANGE_MAX_LABEL_BYTES)
        return monocle_open_images_fail (table, line, "a name is too long", error);
      g_hash_table_insert (self->names, g_strdup (code),
                           GUINT_TO_POINTER (monocle_labels_add (self->source->labels, name)));
    }
  if (problem)
    g_propagate_error (error, problem);
  return problem == NULL;
}

/* @number: in the list of tables */
static gboolean
look_over_rows (MonocleTables *self, const MonocleTable *table, guint number, GError **error)
{
  GError *problem = NULL;
  guint line = 1, step = 0;
  gsize at = 0, start = 0;
  gboolean is_first = TRUE;

  for (; next_row (self, table, &at, &line, &step, &problem); start = at, is_first = FALSE)
    {
      MonocleSampleSplit split = table->split;
      MonocleTableRun *last
          = self->runs->len > 0 ? &g_array_index (self->runs, MonocleTableRun, self->runs->len - 1)
                                : NULL;
      guint picture;

      if (is_first)
        continue;
      if (table->kind == MONOCLE_TABLE_PICTURES && table->at[MONOCLE_COLUMN_SUBSET] != G_MAXUINT)
        split = monocle_sample_split_find (
            monocle_csv_row_get (&self->row, table->at[MONOCLE_COLUMN_SUBSET]));
      picture = add_picture (self, table, line, split, error);
      if (picture == 0)
        return FALSE;
      if (table->kind == MONOCLE_TABLE_PICTURES)
        continue;
      if (last && last->picture == picture - 1 && last->table == number
          && last->start + last->size == start)
        last->size = at - last->start;
      else
        {
          const MonocleTableRun run = { picture - 1, number, line, start, at - start };

          g_array_append_val (self->runs, run);
        }
    }
  if (problem)
    g_propagate_error (error, problem);
  return problem == NULL;
}

static int
compare_runs (gconstpointer a, gconstpointer b)
{
  const MonocleTableRun *left = a, *right = b;

  if (left->picture != right->picture)
    return left->picture < right->picture ? -1 : 1;
  if (left->table != right->table)
    return left->table < right->table ? -1 : 1;
  return left->start < right->start ? -1 : left->start > right->start;
}

static int
compare_tables (gconstpointer a, gconstpointer b)
{
  const MonocleTable *left = *(const MonocleTable *const *) a,
                     *right = *(const MonocleTable *const *) b;

  return left->kind != right->kind ? (left->kind < right->kind ? -1 : 1)
                                   : strcmp (left->path, right->path);
}

static gboolean
open_table (MonocleTables *self, const char *path, GError **error)
{
  const char *below = path;
  MonocleTable *table = g_new0 (MonocleTable, 1);
  gsize size;
  const char *text;
  guint n_lines;

  g_ptr_array_add (self->tables, table);
  table->path = g_strdup (path);
  if (g_str_has_prefix (path, self->source->path) && path[strlen (self->source->path)])
    below += strlen (self->source->path);
  table->split = monocle_sample_split_find (below);
  table->bytes = monocle_file_map (path, error);
  if (!table->bytes)
    return FALSE;
  text = g_bytes_get_data (table->bytes, &size);
  if (monocle_csv_row_read (&self->row, text, size, &n_lines) > 0)
    table->kind = find_kind (&self->row, table->at);
  return table->kind != MONOCLE_TABLE_NONE
         || monocle_file_set_error (error, path, "is no table of Open Images");
}

/* A single table is read with the classes beside it. */
static GPtrArray *
list_tables (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GPtrArray) beside = NULL;
  GPtrArray *paths = monocle_exchange_list_alike (path, "csv", looks_like_table);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return paths;
  beside = monocle_exchange_list_alike (folder, "csv", looks_like_table);
  for (guint i = 0; i < beside->len; i++)
    {
      g_autofree char *other = g_path_get_dirname (beside->pdata[i]);

      if (strcmp (other, folder) == 0 && peek_kind (beside->pdata[i]) == MONOCLE_TABLE_CLASSES)
        g_ptr_array_add (paths, g_strdup (beside->pdata[i]));
    }
  return paths;
}

gboolean
monocle_open_images_look_over (MonocleTables *self, GError **error)
{
  g_autoptr (GPtrArray) paths = list_tables (self->source->path);

  for (guint i = 0; i < paths->len; i++)
    if (!open_table (self, paths->pdata[i], error))
      return FALSE;
  if (paths->len == 0)
    return monocle_file_set_error (error, self->source->path, "holds no table of Open Images");
  g_ptr_array_sort (self->tables, compare_tables);
  for (guint i = 0; i < self->tables->len; i++)
    {
      const MonocleTable *table = self->tables->pdata[i];

      if (!(table->kind == MONOCLE_TABLE_CLASSES ? look_over_classes (self, table, error)
                                                 : look_over_rows (self, table, i, error)))
        return FALSE;
    }
  g_array_sort (self->runs, compare_runs);
  return TRUE;
}
