/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/index-file.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/search/growing-file.h"

#define MAX_PATH 65536

/* Vectors that no longer count, beside those that do, before the file is written anew. */
#define MIN_DEAD 256

typedef struct
{
  guint64 size;
  gint64 mtime;
  guint8 digest[MONOCLE_INDEX_DIGEST_BYTES];
  guint64 vector;
  guint32 path_bytes, state;
  gint64 taken;
} Record;

G_STATIC_ASSERT (sizeof (Record) == 56);

struct _MonocleIndex
{
  MonocleGrowingFile file;
  guint n_dims;
  guint64 n_vectors;   /* in the file, whether they count or not */
  GPtrArray *entries;  /* as they were learnt; those that are gone go with the next list */
  GHashTable *paths;   /* path -> MonocleIndexEntry that is not gone */
  GHashTable *digests; /* GBytes -> path, which may be gone by now */
  GPtrArray *list;     /* (nullable): in the order of paths: until another is learnt */
};

gint64
monocle_index_entry_get_date (const MonocleIndexEntry *entry)
{
  return entry->taken != 0 ? entry->taken : entry->mtime;
}

static guint64
get_vector_bytes (const MonocleIndex *self)
{
  return (guint64) self->n_dims * sizeof (guint16);
}

static void
entry_free (gpointer data)
{
  g_free (((MonocleIndexEntry *) data)->path);
  g_free (data);
}

/* --- what is known --- */

static void
learn (MonocleIndex *self, const MonocleIndexEntry *entry)
{
  MonocleIndexEntry *known = g_hash_table_lookup (self->paths, entry->path);

  g_clear_pointer (&self->list, g_ptr_array_unref);
  if (entry->state == MONOCLE_INDEX_GONE)
    {
      if (known)
        {
          known->state = MONOCLE_INDEX_GONE;
          g_hash_table_remove (self->paths, entry->path);
        }
      return;
    }
  if (known)
    {
      char *path = known->path;

      *known = *entry;
      known->path = path;
    }
  else
    {
      known = g_memdup2 (entry, sizeof *entry);
      known->path = g_strdup (entry->path);
      g_ptr_array_add (self->entries, known);
      g_hash_table_insert (self->paths, known->path, known);
    }
  if (entry->state == MONOCLE_INDEX_SEEN)
    g_hash_table_replace (self->digests, g_bytes_new (entry->digest, sizeof entry->digest),
                          g_strdup (entry->path));
}

/* Learns the records of a block, all of them or none. */
static gboolean
read_records (gpointer index, const MonocleGrowingBlock *block)
{
  MonocleIndex *self = index;
  const guint8 *bytes = block->records;
  const guint64 size = block->record_bytes, end = block->end;
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  guint64 at = 0;

  for (guint i = 0; i < block->n_records; i++)
    {
      Record record;
      MonocleIndexEntry entry;

      if (size - at < sizeof record)
        return FALSE;
      memcpy (&record, bytes + at, sizeof record);
      at += sizeof record;
      entry = (MonocleIndexEntry){
        .state = GUINT32_FROM_LE (record.state),
        .size = GUINT64_FROM_LE (record.size),
        .mtime = GINT64_FROM_LE (record.mtime),
        .taken = GINT64_FROM_LE (record.taken),
        .vector = GUINT64_FROM_LE (record.vector),
      };
      record.path_bytes = GUINT32_FROM_LE (record.path_bytes);
      if (record.path_bytes == 0 || record.path_bytes > MAX_PATH || size - at < record.path_bytes
          || memchr (bytes + at, 0, record.path_bytes) || entry.state > MONOCLE_INDEX_UNREADABLE)
        return FALSE;
      if (entry.state == MONOCLE_INDEX_SEEN
          && (entry.vector % 2 != 0 || entry.vector < MONOCLE_GROWING_FILE_HEADER
              || get_vector_bytes (self) > end || entry.vector > end - get_vector_bytes (self)))
        return FALSE;
      memcpy (entry.digest, record.digest, sizeof entry.digest);
      entry.path = g_strndup ((const char *) bytes + at, record.path_bytes);
      at += record.path_bytes;
      g_ptr_array_add (entries, g_memdup2 (&entry, sizeof entry));
    }
  if (at != size)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    learn (self, entries->pdata[i]);
  self->n_vectors += block->n_vectors;
  return TRUE;
}

static MonocleGrowingKind
get_kind (const MonocleIndex *self)
{
  return (MonocleGrowingKind){ .mark = "monocle-index 2\n",
                               .number = self->n_dims,
                               .vector_bytes = get_vector_bytes (self),
                               .wrong = "it is no index of this version",
                               .busy = _ ("another program is indexing with this model") };
}

/* --- opening --- */

gboolean
monocle_index_are_numbers (const guint16 *row, gsize n)
{
  /* What is not finite in 16 bits has all bits of the exponent. */
  for (gsize i = 0; i < n; i++)
    if ((GUINT16_FROM_LE (row[i]) & 0x7c00) == 0x7c00)
      return FALSE;
  return TRUE;
}

static gboolean
forget_damaged (gpointer path, gpointer data, gpointer index)
{
  MonocleIndexEntry *entry = data;

  if (entry->state != MONOCLE_INDEX_SEEN
      || monocle_index_are_numbers (monocle_index_get_vector (index, entry),
                                    ((const MonocleIndex *) index)->n_dims))
    return FALSE;
  entry->state = MONOCLE_INDEX_GONE;
  return TRUE;
}

MonocleIndex *
monocle_index_open (const char *path, guint n_dims, gboolean writes, GError **error)
{
  g_autoptr (MonocleIndex) self = g_new0 (MonocleIndex, 1);
  MonocleGrowingKind kind;

  g_return_val_if_fail (n_dims > 0, NULL);

  self->n_dims = n_dims;
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->paths = g_hash_table_new (g_str_hash, g_str_equal);
  self->digests
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, g_free);
  kind = get_kind (self);
  if (!monocle_growing_file_open (&self->file, path, writes, &kind, error)
      || !monocle_growing_file_read (&self->file, &kind, read_records, self, error))
    return NULL;
  /* Pictures whose vectors are damaged are looked at again. */
  if (writes)
    g_hash_table_foreach_remove (self->paths, forget_damaged, self);
  return g_steal_pointer (&self);
}

void
monocle_index_free (MonocleIndex *self)
{
  if (!self)
    return;

  monocle_growing_file_clear (&self->file);
  g_clear_pointer (&self->list, g_ptr_array_unref);
  g_hash_table_unref (self->paths);
  g_hash_table_unref (self->digests);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

/* --- asking --- */

const char *
monocle_index_get_set_aside (MonocleIndex *self)
{
  return self->file.set_aside;
}

const MonocleIndexEntry *
monocle_index_find (MonocleIndex *self, const char *path)
{
  return g_hash_table_lookup (self->paths, path);
}

const MonocleIndexEntry *
monocle_index_find_content (MonocleIndex *self, const guint8 *digest)
{
  g_autoptr (GBytes) key = g_bytes_new_static (digest, MONOCLE_INDEX_DIGEST_BYTES);
  const char *path = g_hash_table_lookup (self->digests, key);
  const MonocleIndexEntry *entry = path ? monocle_index_find (self, path) : NULL;

  return entry && entry->state == MONOCLE_INDEX_SEEN
                 && memcmp (entry->digest, digest, MONOCLE_INDEX_DIGEST_BYTES) == 0
             ? entry
             : NULL;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const MonocleIndexEntry *const *) a)->path,
                 (*(const MonocleIndexEntry *const *) b)->path);
}

/* Those that are gone. */
static void
drop_gone (MonocleIndex *self)
{
  GPtrArray *left;

  if (self->entries->len == g_hash_table_size (self->paths))
    return;

  left = g_ptr_array_new_full (g_hash_table_size (self->paths), entry_free);
  for (guint i = 0; i < self->entries->len; i++)
    {
      MonocleIndexEntry *entry = self->entries->pdata[i];

      if (entry->state == MONOCLE_INDEX_GONE)
        entry_free (entry);
      else
        g_ptr_array_add (left, entry);
    }
  g_ptr_array_set_free_func (self->entries, NULL);
  g_ptr_array_unref (self->entries);
  self->entries = left;
}

GPtrArray *
monocle_index_list (MonocleIndex *self)
{
  guint n = 1;

  /* Putting them into order takes longer than a search does. */
  if (self->list)
    return g_ptr_array_ref (self->list);

  drop_gone (self);
  self->list = g_ptr_array_copy (self->entries, NULL, NULL);
  g_ptr_array_set_free_func (self->list, NULL);
  /* Mostly they are already: folders are looked through in this order. */
  while (n < self->list->len
         && compare_paths (&self->list->pdata[n - 1], &self->list->pdata[n]) < 0)
    n++;
  if (n < self->list->len)
    g_ptr_array_sort (self->list, compare_paths);
  return g_ptr_array_ref (self->list);
}

const guint16 *
monocle_index_get_vector (MonocleIndex *self, const MonocleIndexEntry *entry)
{
  const char *bytes = g_mapped_file_get_contents (self->file.map);

  g_assert (entry->state == MONOCLE_INDEX_SEEN);
  g_assert (get_vector_bytes (self) <= g_mapped_file_get_length (self->file.map));
  g_assert (entry->vector <= g_mapped_file_get_length (self->file.map) - get_vector_bytes (self));
  return (const guint16 *) (gconstpointer) (bytes + entry->vector);
}

/* --- growing --- */

static void
append_record (GByteArray *bytes, const MonocleIndexEntry *entry)
{
  Record record = {
    .size = GUINT64_TO_LE (entry->size),
    .mtime = GINT64_TO_LE (entry->mtime),
    .taken = GINT64_TO_LE (entry->taken),
    .vector = GUINT64_TO_LE (entry->vector),
    .path_bytes = GUINT32_TO_LE ((guint32) strlen (entry->path)),
    .state = GUINT32_TO_LE ((guint32) entry->state),
  };

  memcpy (record.digest, entry->digest, sizeof record.digest);
  g_byte_array_append (bytes, (const guint8 *) &record, sizeof record);
  g_byte_array_append (bytes, (const guint8 *) entry->path, (guint) strlen (entry->path));
}

gboolean
monocle_index_append (MonocleIndex *self,
                      const MonocleIndexEntry *entries,
                      guint n,
                      const float *vectors,
                      GError **error)
{
  const MonocleGrowingKind kind = get_kind (self);
  g_autoptr (GByteArray) rows = g_byte_array_new ();
  g_autoptr (GByteArray) records = g_byte_array_new ();
  g_autofree MonocleIndexEntry *placed = g_memdup2 (entries, n * sizeof *entries);
  g_autofree guint16 *row = g_new (guint16, self->n_dims);
  guint n_vectors = 0;
  guint64 place;

  g_return_val_if_fail (self->file.fd >= 0, FALSE);

  if (!monocle_growing_file_prepare (&self->file, &kind, &place, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      if (placed[i].state == MONOCLE_INDEX_SEEN && placed[i].vector == 0)
        {
          placed[i].vector = place + rows->len;
          monocle_half_narrow (vectors + (gsize) n_vectors++ * self->n_dims, self->n_dims, row);
          g_byte_array_append (rows, (const guint8 *) row, (guint) get_vector_bytes (self));
        }
      append_record (records, &placed[i]);
    }
  if (!monocle_growing_file_append (&self->file, rows, n_vectors, records, n, error))
    return FALSE;
  self->n_vectors += n_vectors;
  for (guint i = 0; i < n; i++)
    learn (self, &placed[i]);
  return TRUE;
}

/* --- writing anew --- */

/* All that counts into another file, in blocks. */
static gboolean
copy_into (MonocleIndex *self, MonocleIndex *to, GPtrArray *entries, GError **error)
{
  g_autofree float *vectors = g_new (float, (gsize) MIN_DEAD * self->n_dims);
  g_autoptr (GArray) batch = g_array_new (FALSE, FALSE, sizeof (MonocleIndexEntry));
  guint n_vectors = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      MonocleIndexEntry entry = *(const MonocleIndexEntry *) entries->pdata[i];

      if (entry.state == MONOCLE_INDEX_SEEN)
        monocle_half_widen (monocle_index_get_vector (self, &entry), self->n_dims,
                            vectors + (gsize) n_vectors++ * self->n_dims);
      entry.vector = 0;
      g_array_append_val (batch, entry);
      if (batch->len < MIN_DEAD && i + 1 < entries->len)
        continue;
      if (!monocle_index_append (to, (const MonocleIndexEntry *) (gpointer) batch->data, batch->len,
                                 vectors, error))
        return FALSE;
      g_array_set_size (batch, 0);
      n_vectors = 0;
    }
  return TRUE;
}

gboolean
monocle_index_compact (MonocleIndex *self, GError **error)
{
  g_autoptr (GPtrArray) entries = monocle_index_list (self);
  g_autoptr (MonocleIndex) to = NULL;
  g_autofree char *other = NULL;

  g_return_val_if_fail (self->file.fd >= 0, FALSE);

  if (self->n_vectors < MIN_DEAD || self->n_vectors / 2 <= entries->len)
    return TRUE;
  if (!monocle_growing_file_map_again (&self->file, error))
    return FALSE;
  other = monocle_growing_file_clear_way (&self->file);
  to = monocle_index_open (other, self->n_dims, TRUE, error);
  if (!to || !copy_into (self, to, entries, error)
      || !monocle_growing_file_replace (&self->file, &to->file, error))
    return FALSE;
  self->n_vectors = to->n_vectors;
  return TRUE;
}
