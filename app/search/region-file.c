/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/region-file.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app/search/growing-file.h"

/* Shorter sides show nothing. */
#define MIN_SIDE 16

/* Contents that nobody has any more, before the file is written anew. */
#define MIN_DEAD 256

typedef struct
{
  guint8 digest[MONOCLE_INDEX_DIGEST_BYTES];
  guint64 vectors;
  guint32 width, height, n, stamp;
} Record;

G_STATIC_ASSERT (sizeof (Record) == 40);

struct _MonocleRegions
{
  MonocleGrowingFile file;
  guint n_dims;
  guint64 n_records;    /* in the file, whether they count or not */
  GHashTable *contents; /* GBytes of a digest -> MonocleRegionRows */
};

static char *
dup_path (const char *index, const char *ending)
{
  g_autofree char *stem = g_strndup (
      index, strlen (index) - (g_str_has_suffix (index, ".index") ? strlen (".index") : 0));

  return g_strconcat (stem, ending, NULL);
}

char *
monocle_regions_dup_path (const char *index)
{
  return dup_path (index, ".regions");
}

char *
monocle_regions_dup_path_of_drawn (const char *index)
{
  return dup_path (index, ".drawn");
}

/* --- the parts --- */

static void
divide (GArray *boxes, guint width, guint height, guint n_by_side, double share)
{
  const guint w = (guint) lround (share * width), h = (guint) lround (share * height);

  if (MIN (w, h) < MIN_SIDE)
    return;
  for (guint i = 0; i < n_by_side * n_by_side; i++)
    {
      const double right = (double) (i % n_by_side) / (n_by_side - 1);
      const double down = (double) (i / n_by_side) / (n_by_side - 1);
      const float x = (float) round (right * (width - w)), y = (float) round (down * (height - h));
      const MonocleBox box = { x, y, x + (float) w, y + (float) h };

      g_array_append_val (boxes, box);
    }
}

GArray *
monocle_regions_divide (guint width, guint height)
{
  GArray *boxes = g_array_new (FALSE, FALSE, sizeof (MonocleBox));

  divide (boxes, width, height, 2, 0.6);
  divide (boxes, width, height, 3, 0.4);
  return boxes;
}

/* --- reading --- */

static guint64
get_vector_bytes (const MonocleRegions *self)
{
  return (guint64) self->n_dims * sizeof (guint16);
}

static MonocleGrowingKind
get_kind (const MonocleRegions *self)
{
  return (MonocleGrowingKind){ .mark = "monocle-region 1",
                               .number = self->n_dims,
                               .vector_bytes = get_vector_bytes (self),
                               .wrong = "it holds no regions of this version",
                               .busy = _ ("another program is indexing with this model") };
}

static MonocleRegionRows *
rows_new (guint n)
{
  MonocleRegionRows *rows = g_malloc0 (sizeof *rows + n * sizeof *rows->boxes);

  rows->n = n;
  return rows;
}

/* @rows: (transfer full) */
static void
learn (MonocleRegions *self, const guint8 *digest, MonocleRegionRows *rows)
{
  self->n_records++;
  g_hash_table_replace (self->contents, g_bytes_new (digest, MONOCLE_INDEX_DIGEST_BYTES), rows);
}

/* Whether they lie in the picture. */
static gboolean
are_boxes (const MonocleRegionRows *rows)
{
  for (guint i = 0; i < rows->n; i++)
    if (rows->boxes[i].x1 >= rows->boxes[i].x2 || rows->boxes[i].y1 >= rows->boxes[i].y2
        || rows->boxes[i].x2 > (float) rows->width || rows->boxes[i].y2 > (float) rows->height)
      return FALSE;
  return TRUE;
}

/* (transfer full) (nullable): of the record that begins there */
static MonocleRegionRows *
read_record (MonocleRegions *self, const MonocleGrowingBlock *block, guint64 *at, guint8 *digest)
{
  g_autofree MonocleRegionRows *rows = NULL;
  Record record;

  if (block->record_bytes - *at < sizeof record)
    return NULL;
  memcpy (&record, block->records + *at, sizeof record);
  *at += sizeof record;
  memcpy (digest, record.digest, sizeof record.digest);
  record.n = GUINT32_FROM_LE (record.n);
  record.vectors = GUINT64_FROM_LE (record.vectors);
  if (record.n > MONOCLE_REGIONS_MAX || block->record_bytes - *at < record.n * 4 * sizeof (guint32)
      || record.vectors % 2 != 0 || record.vectors < MONOCLE_GROWING_FILE_HEADER
      || record.n * get_vector_bytes (self) > block->end
      || record.vectors > block->end - record.n * get_vector_bytes (self))
    return NULL;
  rows = rows_new (record.n);
  rows->width = GUINT32_FROM_LE (record.width);
  rows->height = GUINT32_FROM_LE (record.height);
  rows->stamp = GUINT32_FROM_LE (record.stamp);
  rows->vectors = record.vectors;
  for (guint i = 0; i < rows->n; i++)
    {
      guint32 edges[4];

      memcpy (edges, block->records + *at, sizeof edges);
      *at += sizeof edges;
      rows->boxes[i]
          = (MonocleBox){ (float) GUINT32_FROM_LE (edges[0]), (float) GUINT32_FROM_LE (edges[1]),
                          (float) GUINT32_FROM_LE (edges[2]), (float) GUINT32_FROM_LE (edges[3]) };
    }
  return are_boxes (rows) ? g_steal_pointer (&rows) : NULL;
}

/* Learns the records of a block: of one that was forged none behind the first that cannot be. */
static gboolean
read_records (gpointer regions, const MonocleGrowingBlock *block)
{
  MonocleRegions *self = regions;
  guint64 at = 0;

  for (guint i = 0; i < block->n_records; i++)
    {
      guint8 digest[MONOCLE_INDEX_DIGEST_BYTES];
      MonocleRegionRows *rows = read_record (self, block, &at, digest);

      if (!rows)
        return FALSE;
      learn (self, digest, rows);
    }
  return at == block->record_bytes;
}

static gboolean
is_damaged (gpointer digest, gpointer data, gpointer regions)
{
  const MonocleRegionRows *rows = data;

  return rows->n > 0
         && !monocle_index_are_numbers (monocle_regions_get_vector (regions, rows, 0),
                                        (gsize) rows->n
                                            * ((const MonocleRegions *) regions)->n_dims);
}

MonocleRegions *
monocle_regions_open (const char *path, guint n_dims, gboolean writes, GError **error)
{
  g_autoptr (MonocleRegions) self = g_new0 (MonocleRegions, 1);
  MonocleGrowingKind kind;

  g_return_val_if_fail (n_dims > 0, NULL);

  self->n_dims = n_dims;
  self->contents
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, g_free);
  kind = get_kind (self);
  if (!monocle_growing_file_open (&self->file, path, writes, &kind, error)
      || !monocle_growing_file_read (&self->file, &kind, read_records, self, error))
    return NULL;
  /* Those are looked at again. */
  if (writes)
    g_hash_table_foreach_remove (self->contents, is_damaged, self);
  return g_steal_pointer (&self);
}

void
monocle_regions_free (MonocleRegions *self)
{
  if (!self)
    return;

  monocle_growing_file_clear (&self->file);
  g_hash_table_unref (self->contents);
  g_free (self);
}

const char *
monocle_regions_get_set_aside (MonocleRegions *self)
{
  return self->file.set_aside;
}

const MonocleRegionRows *
monocle_regions_find (MonocleRegions *self, const guint8 *digest)
{
  g_autoptr (GBytes) key = g_bytes_new_static (digest, MONOCLE_INDEX_DIGEST_BYTES);

  return g_hash_table_lookup (self->contents, key);
}

gboolean
monocle_regions_can_read (MonocleRegions *self, const MonocleRegionRows *rows)
{
  return rows->vectors + rows->n * get_vector_bytes (self)
         <= g_mapped_file_get_length (self->file.map);
}

const guint16 *
monocle_regions_get_vector (MonocleRegions *self, const MonocleRegionRows *rows, guint part)
{
  const char *bytes = g_mapped_file_get_contents (self->file.map);
  const guint64 at = rows->vectors + part * get_vector_bytes (self);

  g_assert (part < rows->n);
  g_assert (at + get_vector_bytes (self) <= g_mapped_file_get_length (self->file.map));
  return (const guint16 *) (gconstpointer) (bytes + at);
}

/* --- growing --- */

/* @vectors: [parts, dims] in 16 bits */
static gboolean
write_rows (MonocleRegions *self,
            const guint8 *digest,
            const MonocleRegionRows *rows,
            const GByteArray *vectors,
            GError **error)
{
  const MonocleGrowingKind kind = get_kind (self);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree MonocleRegionRows *known = rows_new (rows->n);
  Record record = { .width = GUINT32_TO_LE (rows->width),
                    .height = GUINT32_TO_LE (rows->height),
                    .n = GUINT32_TO_LE (rows->n),
                    .stamp = GUINT32_TO_LE (rows->stamp) };
  guint64 place;

  if (!monocle_growing_file_prepare (&self->file, &kind, &place, error))
    return FALSE;
  memcpy (record.digest, digest, sizeof record.digest);
  record.vectors = GUINT64_TO_LE (place);
  g_byte_array_append (bytes, (const guint8 *) &record, sizeof record);
  for (guint i = 0; i < rows->n; i++)
    {
      const MonocleBox *box = &rows->boxes[i];
      const guint32 edges[]
          = { GUINT32_TO_LE ((guint32) box->x1), GUINT32_TO_LE ((guint32) box->y1),
              GUINT32_TO_LE ((guint32) box->x2), GUINT32_TO_LE ((guint32) box->y2) };

      g_byte_array_append (bytes, (const guint8 *) edges, sizeof edges);
    }
  if (!monocle_growing_file_append (&self->file, vectors, rows->n, bytes, 1, error))
    return FALSE;
  memcpy (known, rows, sizeof *rows + rows->n * sizeof *rows->boxes);
  known->vectors = place;
  learn (self, digest, g_steal_pointer (&known));
  return TRUE;
}

gboolean
monocle_regions_append (MonocleRegions *self,
                        const guint8 *digest,
                        const MonocleRegionRows *rows,
                        const float *vectors,
                        GError **error)
{
  const gsize n = (gsize) rows->n * self->n_dims;
  g_autoptr (GByteArray) narrow = g_byte_array_new ();

  g_return_val_if_fail (self->file.fd >= 0, FALSE);
  g_return_val_if_fail (rows->n <= MONOCLE_REGIONS_MAX, FALSE);

  g_byte_array_set_size (narrow, (guint) (n * sizeof (guint16)));
  if (n > 0)
    monocle_half_narrow (vectors, (guint) n, (guint16 *) (gpointer) narrow->data);
  return write_rows (self, digest, rows, narrow, error);
}

/* --- writing anew --- */

static gboolean
copy_into (MonocleRegions *self, MonocleRegions *to, MonocleIndex *index, GError **error)
{
  GHashTableIter iter;
  gpointer key, data;

  g_hash_table_iter_init (&iter, self->contents);
  while (g_hash_table_iter_next (&iter, &key, &data))
    {
      const guint8 *digest = g_bytes_get_data (key, NULL);
      const MonocleRegionRows *rows = data;
      g_autoptr (GByteArray) vectors = g_byte_array_new ();

      if (!monocle_index_find_content (index, digest))
        continue;
      if (rows->n > 0)
        g_byte_array_append (vectors, (const guint8 *) monocle_regions_get_vector (self, rows, 0),
                             (guint) (rows->n * get_vector_bytes (self)));
      if (!write_rows (to, digest, rows, vectors, error))
        return FALSE;
    }
  return TRUE;
}

static guint64
count_living (MonocleRegions *self, MonocleIndex *index)
{
  GHashTableIter iter;
  gpointer key;
  guint64 n = 0;

  g_hash_table_iter_init (&iter, self->contents);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    n += monocle_index_find_content (index, g_bytes_get_data (key, NULL)) != NULL;
  return n;
}

gboolean
monocle_regions_compact (MonocleRegions *self, MonocleIndex *index, GError **error)
{
  g_autoptr (MonocleRegions) to = NULL;
  g_autofree char *other = NULL;

  g_return_val_if_fail (self->file.fd >= 0, FALSE);

  if (self->n_records < MIN_DEAD || self->n_records / 2 <= count_living (self, index))
    return TRUE;
  if (!monocle_growing_file_map_again (&self->file, error))
    return FALSE;
  other = monocle_growing_file_clear_way (&self->file);
  to = monocle_regions_open (other, self->n_dims, TRUE, error);
  return to && copy_into (self, to, index, error)
         && monocle_growing_file_replace (&self->file, &to->file, error);
}
