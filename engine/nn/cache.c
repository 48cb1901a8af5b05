/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/nn/cache.h"

#include <string.h>

/* Everything whose size depends on the number of places. The table is kept twice: the host writes
 * its own, and each step copies it to the device's. */
typedef struct
{
  guint n_places;
  MonocleVkBuffer *buffer, *table, *host_table;
  MonocleTensor *keys, *values;   /* [layers] of [rows, places, width] */
  MonocleTensor ancestors, place; /* in the table */
} Places;

struct _MonocleCache
{
  MonocleVkGpu *gpu;
  MonocleCacheSize size;
  guint *lengths; /* [rows] */
  Places places;
};

static void
places_clear (Places *places)
{
  g_clear_pointer (&places->buffer, monocle_vk_buffer_free);
  g_clear_pointer (&places->table, monocle_vk_buffer_free);
  g_clear_pointer (&places->host_table, monocle_vk_buffer_free);
  g_clear_pointer (&places->keys, g_free);
  g_clear_pointer (&places->values, g_free);
}

/* Sets the shape and the place of each, and returns the bytes that all take. */
static guint64
put_keys (const MonocleCacheSize *size, Places *places)
{
  const MonocleTensor shape = {
    .dims = { size->n_rows, places->n_places, size->width },
    .n_dims = 3,
    .format = size->format,
    .name = "keys and values",
  };
  guint64 end = 0;

  for (guint i = 0; i < size->n_layers; i++)
    {
      places->keys[i] = places->values[i] = shape;
      end = monocle_tensor_put_at (&places->keys[i], end);
      end = monocle_tensor_put_at (&places->values[i], end);
    }
  return end;
}

static guint64
put_table (const MonocleCacheSize *size, Places *places)
{
  guint64 end;

  places->place = (MonocleTensor){
    .dims = { size->n_rows }, .n_dims = 1, .format = MONOCLE_FORMAT_U32, .name = "place"
  };
  places->ancestors = (MonocleTensor){ .dims = { size->n_rows, places->n_places },
                                       .n_dims = 2,
                                       .format = MONOCLE_FORMAT_U32,
                                       .name = "ancestors" };
  end = monocle_tensor_put_at (&places->place, 0);
  return monocle_tensor_put_at (&places->ancestors, end);
}

static gboolean
places_init (MonocleCache *self, Places *places, guint n_places, GError **error)
{
  const MonocleCacheSize *size = &self->size;
  guint64 bytes, table_bytes;

  memset (places, 0, sizeof *places);
  places->n_places = n_places;
  places->keys = g_new0 (MonocleTensor, size->n_layers);
  places->values = g_new0 (MonocleTensor, size->n_layers);
  bytes = put_keys (size, places);
  table_bytes = put_table (size, places);

  places->buffer
      = monocle_vk_buffer_new (self->gpu, bytes, MONOCLE_VK_USE_DEVICE, "key-value cache", error);
  if (places->buffer)
    places->table = monocle_vk_buffer_new (self->gpu, table_bytes, MONOCLE_VK_USE_DEVICE,
                                           "key-value table", error);
  if (places->table)
    places->host_table = monocle_vk_buffer_new (self->gpu, table_bytes, MONOCLE_VK_USE_UPLOAD,
                                                "key-value table", error);
  if (!places->host_table)
    return FALSE;

  memset (places->host_table->mapped, 0, places->host_table->size);
  for (guint i = 0; i < size->n_layers; i++)
    places->keys[i].buffer = places->values[i].buffer = places->buffer;
  places->place.buffer = places->ancestors.buffer = places->table;
  return TRUE;
}

MonocleCache *
monocle_cache_new (MonocleVkGpu *gpu, const MonocleCacheSize *size, GError **error)
{
  g_autoptr (MonocleCache) self = g_new0 (MonocleCache, 1);
  guint first = size->first_places > 0 ? size->first_places : MONOCLE_CACHE_FIRST_PLACES;

  g_assert (size->n_rows > 0 && size->most_places > 0);

  self->gpu = gpu;
  self->size = *size;
  self->lengths = g_new0 (guint, size->n_rows);
  if (!places_init (self, &self->places, MIN (first, size->most_places), error))
    return NULL;

  return g_steal_pointer (&self);
}

void
monocle_cache_free (MonocleCache *self)
{
  if (!self)
    return;

  places_clear (&self->places);
  g_free (self->lengths);
  g_free (self);
}

guint
monocle_cache_get_n_places (const MonocleCache *self)
{
  return self->places.n_places;
}

guint
monocle_cache_get_length (const MonocleCache *self, guint row)
{
  g_assert (row < self->size.n_rows);

  return self->lengths[row];
}

const MonocleTensor *
monocle_cache_get_keys (const MonocleCache *self, guint layer)
{
  return &self->places.keys[layer];
}

const MonocleTensor *
monocle_cache_get_values (const MonocleCache *self, guint layer)
{
  return &self->places.values[layer];
}

const MonocleTensor *
monocle_cache_get_ancestors (const MonocleCache *self)
{
  return &self->places.ancestors;
}

const MonocleTensor *
monocle_cache_get_place (const MonocleCache *self)
{
  return &self->places.place;
}

void
monocle_cache_record (MonocleCache *self, MonocleCommands *commands)
{
  Places *places = &self->places;

  monocle_commands_copy (commands, places->host_table, 0, places->table, 0, places->table->size);
}

/* --- the table ---------------------------------------------------------------------------- */

static guint32 *
get_ancestors (const Places *places, guint row)
{
  return (guint32 *) (places->host_table->mapped + places->ancestors.offset)
         + (gsize) row * places->n_places;
}

static guint
get_longest (const MonocleCache *self)
{
  guint longest = 0;

  for (guint j = 0; j < self->size.n_rows; j++)
    longest = MAX (longest, self->lengths[j]);
  return longest;
}

/* What @self holds, all rows of it, goes to @to, where rows may lie further apart. */
static gboolean
copy_rows (const MonocleCache *self, Places *to, GError **error)
{
  const Places *from = &self->places;
  guint longest = get_longest (self);
  gsize row_bytes = monocle_format_get_bytes (self->size.format, self->size.width);
  g_autoptr (MonocleCommands) commands = monocle_commands_new (self->gpu, "cache");

  if (longest == 0)
    return TRUE;
  monocle_commands_begin_concurrent (commands);
  for (guint i = 0; i < self->size.n_layers; i++)
    for (guint j = 0; j < self->size.n_rows; j++)
      {
        gsize before = j * from->n_places * row_bytes, after = j * to->n_places * row_bytes;

        monocle_commands_copy (commands, from->buffer, from->keys[i].offset + before, to->buffer,
                               to->keys[i].offset + after, longest * row_bytes);
        monocle_commands_copy (commands, from->buffer, from->values[i].offset + before, to->buffer,
                               to->values[i].offset + after, longest * row_bytes);
      }
  monocle_commands_end_concurrent (commands);
  if (!monocle_commands_submit (commands, NULL, NULL, NULL, error))
    return FALSE;
  for (guint j = 0; j < self->size.n_rows; j++)
    memcpy (get_ancestors (to, j), get_ancestors (from, j), self->lengths[j] * sizeof (guint32));
  return TRUE;
}

/* More room: the rows move to their new distances, the table likewise. */
static gboolean
grow (MonocleCache *self, guint n_places, GError **error)
{
  Places bigger;

  if (!places_init (self, &bigger, n_places, error) || !copy_rows (self, &bigger, error))
    {
      places_clear (&bigger);
      return FALSE;
    }
  places_clear (&self->places);
  self->places = bigger;
  return TRUE;
}

static gboolean
ensure_room (MonocleCache *self, guint n_tokens, gboolean *grown, GError **error)
{
  guint needed = get_longest (self) + n_tokens;
  guint n_places = self->places.n_places;

  g_assert (needed <= self->size.most_places);

  *grown = FALSE;
  while (n_places < needed)
    n_places = MIN (2 * n_places, self->size.most_places);
  if (n_places == self->places.n_places)
    return TRUE;

  *grown = grow (self, n_places, error);
  return *grown;
}

/* Each row takes over the table of the row that it continues. */
static void
reorder (MonocleCache *self, const guint32 *sources)
{
  Places *places = &self->places;
  gsize n_before = (gsize) self->size.n_rows * places->n_places;
  g_autofree guint32 *before = g_memdup2 (get_ancestors (places, 0), n_before * sizeof (guint32));

  for (guint j = 0; j < self->size.n_rows; j++)
    {
      g_assert (self->lengths[sources[j]] == self->lengths[j]);
      memcpy (get_ancestors (places, j), before + (gsize) sources[j] * places->n_places,
              self->lengths[j] * sizeof (guint32));
    }
}

gboolean
monocle_cache_prepare (
    MonocleCache *self, guint n_tokens, const guint32 *sources, gboolean *grown, GError **error)
{
  Places *places = &self->places;
  guint32 *place;

  if (!ensure_room (self, n_tokens, grown, error))
    return FALSE;

  if (sources)
    reorder (self, sources);
  place = (guint32 *) (places->host_table->mapped + places->place.offset);
  for (guint j = 0; j < self->size.n_rows; j++)
    {
      guint32 *ancestors = get_ancestors (places, j) + self->lengths[j];

      place[j] = self->lengths[j];
      /* The new ones are the row's own. */
      for (guint i = 0; i < n_tokens; i++)
        ancestors[i] = j;
    }
  return monocle_vk_buffer_flush (places->host_table, places->host_table->size, error);
}

void
monocle_cache_advance (MonocleCache *self, guint n_tokens)
{
  for (guint j = 0; j < self->size.n_rows; j++)
    self->lengths[j] += n_tokens;
}

void
monocle_cache_truncate (MonocleCache *self, guint length)
{
  for (guint j = 0; j < self->size.n_rows; j++)
    self->lengths[j] = MIN (self->lengths[j], length);
}

/* Whether another row holds what @row has written from place @length on. */
static gboolean
is_held (const MonocleCache *self, guint row, guint length)
{
  for (guint j = 0; j < self->size.n_rows; j++)
    for (guint i = length; j != row && i < self->lengths[j]; i++)
      if (get_ancestors (&self->places, j)[i] == row)
        return TRUE;
  return FALSE;
}

void
monocle_cache_truncate_row (MonocleCache *self, guint row, guint length)
{
  g_assert (row < self->size.n_rows && !is_held (self, row, length));

  self->lengths[row] = MIN (self->lengths[row], length);
}

void
monocle_cache_fork (MonocleCache *self, guint from, guint to)
{
  g_assert (from < self->size.n_rows && to < self->size.n_rows && from != to);
  g_assert (!is_held (self, to, self->lengths[from]));

  memcpy (get_ancestors (&self->places, to), get_ancestors (&self->places, from),
          self->lengths[from] * sizeof (guint32));
  self->lengths[to] = self->lengths[from];
}

gboolean
monocle_cache_copy (const MonocleCache *self, MonocleCache *to, GError **error)
{
  g_assert (self->size.n_layers == to->size.n_layers && self->size.n_rows == to->size.n_rows
            && self->size.width == to->size.width && self->size.format == to->size.format
            && self->places.n_places == to->places.n_places);

  if (!copy_rows (self, &to->places, error))
    return FALSE;
  memcpy (to->lengths, self->lengths, self->size.n_rows * sizeof *to->lengths);
  return TRUE;
}
