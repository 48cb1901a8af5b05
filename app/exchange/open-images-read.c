/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads the tables of Open Images: of boxes, masks, names of whole pictures, classes and pictures;
 * those of the set itself, and as tools lay them out.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "app/exchange/cut.h"
#include "app/exchange/open-images-tables.h"

/* A mask belongs to the box that is the same but for so much, in parts of a side. */
#define SAME_BOX 1e-3

static void
table_free (gpointer data)
{
  MonocleTable *table = data;

  g_free (table->path);
  g_clear_pointer (&table->bytes, g_bytes_unref);
  g_free (table);
}

static void
picture_clear (gpointer data)
{
  g_free (((MonocleTablePicture *) data)->id);
}

static void
reader_clear (MonocleTables *self)
{
  g_ptr_array_unref (self->tables);
  g_hash_table_unref (self->names);
  g_array_unref (self->pictures);
  g_hash_table_unref (self->by_id);
  g_array_unref (self->runs);
  g_hash_table_unref (self->files);
  monocle_csv_row_clear (&self->row);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MonocleTables, reader_clear)

/* --- Pictures --- */

/* By all ends of their paths: "images/train/a/b.png" is "a/b", and "b". */
static void
list_pictures (MonocleTables *self)
{
  const char *path = self->source->path;
  g_autofree char *folder
      = g_file_test (path, G_FILE_TEST_IS_DIR) ? g_strdup (path) : g_path_get_dirname (path);
  const char *root = self->source->images ? self->source->images : folder;
  g_autoptr (GPtrArray) names = monocle_exchange_list_files (root, NULL, NULL);

  for (guint i = 0; names && i < names->len; i++)
    {
      g_autofree char *stem = monocle_exchange_strip_extension (names->pdata[i]);

      if (g_str_has_prefix (stem, "masks/") || strstr (stem, "/masks/"))
        continue;
      for (const char *end = stem; end; end = strchr (end, '/') ? strchr (end, '/') + 1 : NULL)
        if (!g_hash_table_contains (self->files, end))
          g_hash_table_insert (self->files, g_strdup (end),
                               g_build_filename (root, names->pdata[i], NULL));
    }
}

static MonocleSample *
make_sample (const MonocleTables *self, const MonocleTablePicture *picture)
{
  g_autofree char *last = g_path_get_basename (picture->id);
  g_autofree char *parted
      = g_strconcat (monocle_sample_split_get_name (picture->split), "/", picture->id, NULL);
  const char *file = g_hash_table_lookup (self->files, parted);
  const char *dot;
  g_autofree char *name = NULL;
  MonocleSample *sample;

  if (!file)
    file = g_hash_table_lookup (self->files, picture->id);
  if (!file)
    file = g_hash_table_lookup (self->files, last);
  dot = file ? strrchr (file, '.') : NULL;
  /* All of the set itself are. */
  name = g_strconcat (picture->id, dot ? dot : ".jpg", NULL);
  sample = monocle_sample_new (name);
  sample->path = g_strdup (file);
  sample->split = picture->split;
  return sample;
}

/* --- Rows --- */

static gboolean
read_label (const MonocleTables *self,
            const MonocleTable *table,
            guint line,
            const char **label,
            GError **error)
{
  gpointer number;

  *label = monocle_csv_row_get (&self->row, table->at[MONOCLE_COLUMN_LABEL]);
  if (g_hash_table_lookup_extended (self->names, *label, NULL, &number))
    *label = monocle_labels_get (self->source->labels, GPOINTER_TO_UINT (number))->name;
  return strlen (*label) <= MONOCLE_EXCHANGE_MAX_LABEL_BYTES
         || monocle_open_images_fail (table, line, "a name is too long", error);
}

/* NaN of what people say. */
static gboolean
read_score (
    const MonocleTables *self, const MonocleTable *table, guint line, double *score, GError **error)
{
  const char *text = monocle_csv_row_get (&self->row, table->at[MONOCLE_COLUMN_CONFIDENCE]);
  gboolean is_machine = strcmp (monocle_csv_row_get (&self->row, table->at[MONOCLE_COLUMN_SOURCE]),
                                MONOCLE_OPEN_IMAGES_MACHINE)
                        == 0;

  *score = NAN;
  if (!*text)
    return TRUE;
  if (!monocle_exchange_read_number (text, score))
    return monocle_open_images_fail (table, line, "\"Confidence\" is no number", error);
  /* Negative: nobody knows. */
  if (*score < 0 || (*score >= 1 && !is_machine))
    *score = NAN;
  return TRUE;
}

static gboolean
read_sides (const MonocleTables *self,
            const MonocleTable *table,
            guint line,
            double sides[4],
            GError **error)
{
  for (guint i = 0; i < 4; i++)
    if (!monocle_exchange_read_number (
            monocle_csv_row_get (&self->row, table->at[MONOCLE_COLUMN_X_MIN + i]), &sides[i])
        || fabs (sides[i]) > 1e6)
      return monocle_open_images_fail (table, line, "a side of a box is no number", error);
  return sides[0] <= sides[1] && sides[2] <= sides[3]
             ? TRUE
             : monocle_open_images_fail (table, line, "a box has a negative width or height",
                                         error);
}

static MonocleSampleObject *
add_box (MonocleSample *sample, const char *label, const double sides[4])
{
  return monocle_sample_add_edges (sample, label, sides[0] * sample->width,
                                   sides[2] * sample->height, sides[1] * sample->width,
                                   sides[3] * sample->height);
}

static void
read_flags (const MonocleTables *self, const MonocleTable *table, MonocleSampleObject *object)
{
  static const char *const names[] = { "occluded", "truncated", "depiction", "inside" };

  object->is_crowd
      = strcmp (monocle_csv_row_get (&self->row, table->at[MONOCLE_COLUMN_GROUP]), "1") == 0;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (monocle_csv_row_get (&self->row, table->at[MONOCLE_COLUMN_OCCLUDED + i]), "1") == 0)
      monocle_sample_object_add_attribute (object, names[i], "1");
}

/* (transfer full) (nullable): of its picture's size; the set has masks of others. */
static MonocleShape *
load_mask (const char *path, const MonocleSample *sample, GError **error)
{
  g_autoptr (MonocleImage) image = monocle_image_new_from_file (path, error);
  g_autoptr (MonocleMaskRuns) runs = NULL;
  g_autofree guint8 *pixels = NULL;
  guint width, height;

  if (!image)
    return NULL;
  width = monocle_image_get_width (image);
  height = monocle_image_get_height (image);
  pixels = g_malloc ((gsize) sample->width * sample->height);
  for (guint y = 0; y < sample->height; y++)
    {
      const guint8 *line = monocle_image_get_pixels (image)
                           + (gsize) ((guint64) y * height / sample->height) * width * 3;

      for (guint x = 0; x < sample->width; x++)
        pixels[(gsize) y * sample->width + x] = line[(guint64) x * width / sample->width * 3] > 0;
    }
  runs = monocle_cut_paste (&(MonocleCut){ 0, 0, sample->width, sample->height, pixels },
                            sample->width, sample->height);
  return monocle_shape_new_mask (runs);
}

/* (transfer full) (nullable) */
static char *
find_mask (const MonocleTables *self,
           const MonocleTable *table,
           const MonocleSample *sample,
           const char *name)
{
  const char first[] = { g_ascii_toupper (*name), '\0' };
  const char *split = monocle_sample_split_get_name (sample->split);
  g_autofree char *beside = g_path_get_dirname (table->path);
  g_autofree char *above = g_path_get_dirname (beside);
  const char *const places[][3] = {
    { above, "masks", split }, { above, "masks", "" },     { beside, "masks", split },
    { beside, "masks", "" },   { beside, "masks", first }, { beside, "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path
          = g_build_filename (places[i][0], places[i][1], places[i][2], name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  monocle_notes_add (self->source->notes, _ ("masks that are not there are boxes"));
  return NULL;
}

/* The object whose mask that is, or a new one. */
static MonocleSampleObject *
find_object (MonocleSample *sample, const char *label, const double sides[4])
{
  for (guint i = 0; i < sample->objects->len; i++)
    {
      MonocleSampleObject *object = sample->objects->pdata[i];
      const MonocleRect *box = &object->box;

      if (!object->shape && strcmp (object->label, label) == 0
          && fabs (box->x / sample->width - sides[0]) < SAME_BOX
          && fabs ((box->x + box->width) / sample->width - sides[1]) < SAME_BOX
          && fabs (box->y / sample->height - sides[2]) < SAME_BOX
          && fabs ((box->y + box->height) / sample->height - sides[3]) < SAME_BOX)
        return object;
    }
  return add_box (sample, label, sides);
}

static gboolean
read_mask (const MonocleTables *self,
           const MonocleTable *table,
           guint line,
           MonocleSample *sample,
           GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s: line %u", table->path, line);
  g_autofree char *name = monocle_exchange_dup_name (
      monocle_csv_row_get (&self->row, table->at[MONOCLE_COLUMN_MASK]), where, error);
  g_autofree char *path = NULL;
  MonocleSampleObject *object;
  double sides[4];
  const char *label;

  if (!name || !read_label (self, table, line, &label, error)
      || !read_sides (self, table, line, sides, error))
    return FALSE;
  object = find_object (sample, label, sides);
  path = find_mask (self, table, sample, name);
  if (!path)
    return TRUE;
  object->shape = load_mask (path, sample, error);
  return object->shape != NULL;
}

static gboolean
read_row (const MonocleTables *self,
          const MonocleTable *table,
          guint line,
          MonocleSample *sample,
          GError **error)
{
  MonocleSampleObject *object;
  double sides[4], score;
  const char *label;

  if (table->kind != MONOCLE_TABLE_TAGS && !monocle_exchange_measure (sample, table->path, error))
    return FALSE;
  if (table->kind == MONOCLE_TABLE_MASKS)
    return read_mask (self, table, line, sample, error);
  if (!read_label (self, table, line, &label, error)
      || !read_score (self, table, line, &score, error))
    return FALSE;
  if (table->kind == MONOCLE_TABLE_TAGS)
    {
      /* 0: somebody looked, and it is not so. */
      if (!(score <= 0))
        g_ptr_array_add (sample->tags, g_strdup (label));
      return TRUE;
    }
  if (!read_sides (self, table, line, sides, error))
    return FALSE;
  object = add_box (sample, label, sides);
  object->score = score;
  read_flags (self, table, object);
  return TRUE;
}

static gboolean
read_run (MonocleTables *self, const MonocleTableRun *run, MonocleSample *sample, GError **error)
{
  const MonocleTable *table = self->tables->pdata[run->table];
  const char *text = g_bytes_get_data (table->bytes, NULL);
  gsize at = run->start;
  guint line = run->line, n_lines;

  for (; at < run->start + run->size; line += n_lines)
    {
      at += monocle_csv_row_read (&self->row, text + at, run->start + run->size - at, &n_lines);
      if ((self->row.n_fields > 1 || *monocle_csv_row_get (&self->row, 0))
          && !read_row (self, table, line, sample, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
monocle_open_images_read (const MonocleExchangeFormat *format,
                          MonocleExchangeSource *source,
                          MonocleExchangeTake take,
                          gpointer user_data,
                          GError **error)
{
  g_auto (MonocleTables) self = { source };
  guint at = 0;

  self.tables = g_ptr_array_new_with_free_func (table_free);
  self.names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.pictures = g_array_new (FALSE, FALSE, sizeof (MonocleTablePicture));
  g_array_set_clear_func (self.pictures, picture_clear);
  self.by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.runs = g_array_new (FALSE, FALSE, sizeof (MonocleTableRun));
  self.files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  monocle_csv_row_init (&self.row);
  if (!monocle_open_images_look_over (&self, error))
    return FALSE;
  list_pictures (&self);
  for (guint i = 0; i < self.pictures->len; i++)
    {
      g_autoptr (MonocleSample) sample
          = make_sample (&self, &g_array_index (self.pictures, MonocleTablePicture, i));

      for (; at < self.runs->len && g_array_index (self.runs, MonocleTableRun, at).picture == i;
           at++)
        if (!read_run (&self, &g_array_index (self.runs, MonocleTableRun, at), sample, error))
          return FALSE;
      if (!take (sample, user_data, error))
        return FALSE;
    }
  return TRUE;
}
