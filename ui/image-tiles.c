/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/image-tiles.h"

#include <math.h>

#include "app/picture.h"

#define TILE_PX 1024
/* From this size on levels are worked out in a thread. */
#define LARGE_PIXELS (4 * 1024 * 1024)
/* The level that is there at once is at most this long. */
#define COARSE_PX  1024
#define MAX_LEVELS 18
/* Textures that are kept though they are out of view: panning back and forth needs them again. */
#define SPARE_TEXTURES 24
/* From this many device pixels for one of the picture on its pixels are squares. */
#define SQUARES_FROM 2.0

typedef struct
{
  guint width, height;
  GBytes *bytes; /* RGB8 without padding */
} Level;

typedef struct
{
  GdkTexture *texture;
  guint64 used;
} Tile;

struct _MonocleImageTiles
{
  GObject parent_instance;

  MonocleImage *image;
  Level levels[MAX_LEVELS];
  guint n_levels;
  guint n_wanted;
  GdkTexture *coarse;
  GHashTable *tiles; /* gint64 key -> Tile */
  guint64 n_draws;
  GCancellable *cancellable;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleImageTiles, monocle_image_tiles, G_TYPE_OBJECT)

static void
tile_free (gpointer data)
{
  Tile *tile = data;

  g_object_unref (tile->texture);
  g_free (tile);
}

/* --- Levels --- */

typedef struct
{
  MonocleImage *image;
  Level levels[MAX_LEVELS];
  guint n_levels;
} Pyramid;

static void
pyramid_free (Pyramid *pyramid)
{
  for (guint i = 0; i < pyramid->n_levels; i++)
    g_clear_pointer (&pyramid->levels[i].bytes, g_bytes_unref);
  monocle_image_unref (pyramid->image);
  g_free (pyramid);
}

static GBytes *
share_pixels (MonocleImage *image)
{
  return g_bytes_new_with_free_func (
      monocle_image_get_pixels (image),
      3 * (gsize) monocle_image_get_width (image) * monocle_image_get_height (image),
      (GDestroyNotify) monocle_image_unref, monocle_image_ref (image));
}

/* Averages of two by two pixels; at an odd edge those that are there count twice. NULL when there
 * is no memory, or nobody wants it any more. */
static GBytes *
halve (const Level *from, guint width, guint height, GCancellable *cancellable)
{
  const guint8 *pixels = g_bytes_get_data (from->bytes, NULL);
  gsize stride = 3 * (gsize) from->width;
  guint8 *halved = g_try_malloc_n ((gsize) width * height, 3);
  guint8 *to = halved;

  if (!halved)
    return NULL;
  for (guint y = 0; y < height; y++)
    {
      const guint8 *a = pixels + MIN (2 * y, from->height - 1) * stride;
      const guint8 *b = pixels + MIN (2 * y + 1, from->height - 1) * stride;

      if (y % 256 == 0 && g_cancellable_is_cancelled (cancellable))
        {
          g_free (halved);
          return NULL;
        }
      for (guint x = 0; x < width; x++, to += 3)
        {
          gsize left = 3 * (gsize) MIN (2 * x, from->width - 1);
          gsize right = 3 * (gsize) MIN (2 * x + 1, from->width - 1);

          for (guint c = 0; c < 3; c++)
            to[c] = (guint8) ((a[left + c] + a[right + c] + b[left + c] + b[right + c] + 2) / 4);
        }
    }
  return g_bytes_new_take (halved, 3 * (gsize) width * height);
}

static guint
count_levels (guint width, guint height)
{
  guint n = 1;

  while (MAX (width, height) > TILE_PX / 2 && n < MAX_LEVELS)
    {
      width = MAX (1, (width + 1) / 2);
      height = MAX (1, (height + 1) / 2);
      n++;
    }
  return n;
}

static Pyramid *
build_pyramid (MonocleImage *image, GCancellable *cancellable)
{
  Pyramid *pyramid = g_new0 (Pyramid, 1);
  guint n = count_levels (monocle_image_get_width (image), monocle_image_get_height (image));

  pyramid->image = monocle_image_ref (image);
  pyramid->levels[0] = (Level){ monocle_image_get_width (image), monocle_image_get_height (image),
                                share_pixels (image) };
  pyramid->n_levels = 1;
  while (pyramid->n_levels < n)
    {
      const Level *from = &pyramid->levels[pyramid->n_levels - 1];
      Level *to = &pyramid->levels[pyramid->n_levels];

      to->width = MAX (1, (from->width + 1) / 2);
      to->height = MAX (1, (from->height + 1) / 2);
      to->bytes = halve (from, to->width, to->height, cancellable);
      if (!to->bytes)
        break;
      pyramid->n_levels++;
    }
  return pyramid;
}

static void
build_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Pyramid *pyramid = build_pyramid (data, cancellable);

  if (g_task_return_error_if_cancelled (task))
    pyramid_free (pyramid);
  else
    g_task_return_pointer (task, pyramid, (GDestroyNotify) pyramid_free);
}

static void
take_levels (MonocleImageTiles *self, Pyramid *pyramid)
{
  for (guint i = self->n_levels; i < pyramid->n_levels; i++)
    {
      self->levels[i] = pyramid->levels[i];
      self->levels[i].bytes = g_bytes_ref (pyramid->levels[i].bytes);
    }
  self->n_levels = MAX (self->n_levels, pyramid->n_levels);
}

static void
on_built (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MonocleImageTiles *self = MONOCLE_IMAGE_TILES (source);
  Pyramid *pyramid = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!pyramid)
    return;
  take_levels (self, pyramid);
  if (self->n_levels == self->n_wanted)
    g_clear_object (&self->coarse);
  pyramid_free (pyramid);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* A small version of a large picture, of a few pixels out of many: quick, and soon replaced. */
static GdkTexture *
sample_coarse (MonocleImage *image)
{
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  guint step = (MAX (width, height) + COARSE_PX - 1) / COARSE_PX;
  guint w = (width + step - 1) / step, h = (height + step - 1) / step;
  const guint8 *pixels = monocle_image_get_pixels (image);
  guint8 *small = g_malloc (3 * (gsize) w * h), *to = small;
  g_autoptr (GBytes) bytes = NULL;

  for (guint y = 0; y < h; y++)
    for (guint x = 0; x < w; x++, to += 3)
      for (guint c = 0; c < 3; c++)
        {
          guint sum = 0;

          for (guint i = 0; i < 4; i++)
            {
              gsize px = MIN (x * step + (i % 2 ? 3 * step / 4 : step / 4), width - 1);
              gsize py = MIN (y * step + (i / 2 ? 3 * step / 4 : step / 4), height - 1);

              sum += pixels[3 * (py * width + px) + c];
            }
          to[c] = (guint8) ((sum + 2) / 4);
        }
  bytes = g_bytes_new_take (small, 3 * (gsize) w * h);
  return gdk_memory_texture_new ((int) w, (int) h, GDK_MEMORY_R8G8B8, bytes, 3 * (gsize) w);
}

MonocleImageTiles *
monocle_image_tiles_new (MonocleImage *image)
{
  MonocleImageTiles *self = g_object_new (MONOCLE_TYPE_IMAGE_TILES, NULL);
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);

  self->image = monocle_image_ref (image);
  self->n_wanted = count_levels (width, height);
  if ((guint64) width * height <= LARGE_PIXELS)
    {
      Pyramid *pyramid = build_pyramid (image, NULL);

      take_levels (self, pyramid);
      pyramid_free (pyramid);
    }
  else
    {
      g_autoptr (GTask) task = NULL;

      self->levels[0] = (Level){ width, height, share_pixels (image) };
      self->n_levels = 1;
      self->coarse = sample_coarse (image);
      self->cancellable = g_cancellable_new ();
      task = g_task_new (self, self->cancellable, on_built, NULL);
      g_task_set_task_data (task, monocle_image_ref (image), (GDestroyNotify) monocle_image_unref);
      g_task_run_in_thread (task, build_in_thread);
    }
  return self;
}

void
monocle_image_tiles_stop (MonocleImageTiles *self)
{
  g_return_if_fail (MONOCLE_IS_IMAGE_TILES (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->coarse);
  g_hash_table_remove_all (self->tiles);
}

/* --- Drawing --- */

static GdkTexture *
get_tile (MonocleImageTiles *self, guint level, guint column, guint row)
{
  gint64 key = (gint64) level << 40 | (gint64) column << 20 | row;
  Tile *tile = g_hash_table_lookup (self->tiles, &key);

  if (!tile)
    {
      const Level *from = &self->levels[level];
      guint x = column * TILE_PX, y = row * TILE_PX;
      guint width = MIN (TILE_PX, from->width - x), height = MIN (TILE_PX, from->height - y);
      gsize stride = 3 * (gsize) from->width;
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (from->bytes, y * stride + 3 * (gsize) x,
                                                        (height - 1) * stride + 3 * (gsize) width);

      tile = g_new0 (Tile, 1);
      tile->texture
          = gdk_memory_texture_new ((int) width, (int) height, GDK_MEMORY_R8G8B8, part, stride);
      g_hash_table_insert (self->tiles, g_memdup2 (&key, sizeof key), tile);
    }
  tile->used = self->n_draws;
  return tile->texture;
}

/* Lets go of what has been out of view for long. */
static void
drop_tiles (MonocleImageTiles *self)
{
  GHashTableIter iter;
  gpointer value;
  guint64 oldest = G_MAXUINT64;
  guint n_spare = 0;

  do
    {
      n_spare = 0;
      oldest = G_MAXUINT64;
      g_hash_table_iter_init (&iter, self->tiles);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        if (((Tile *) value)->used < self->n_draws)
          {
            n_spare++;
            oldest = MIN (oldest, ((Tile *) value)->used);
          }
      if (n_spare <= SPARE_TEXTURES)
        return;
      g_hash_table_iter_init (&iter, self->tiles);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        if (((Tile *) value)->used == oldest)
          g_hash_table_iter_remove (&iter);
    }
  while (n_spare > SPARE_TEXTURES);
}

/* On the pixels of the screen, so that tiles meet without a seam. */
static double
snap (double at, int scale_factor)
{
  return round (at * scale_factor) / scale_factor;
}

static void
draw_level (MonocleImageTiles *self,
            guint level,
            GtkSnapshot *snapshot,
            const MonocleRect *picture,
            const MonocleRect *visible,
            int scale_factor)
{
  const Level *from = &self->levels[level];
  double sx = picture->width / from->width, sy = picture->height / from->height;
  double left = MAX (0, (visible->x - picture->x) / sx);
  double top = MAX (0, (visible->y - picture->y) / sy);
  double right = MIN (from->width, (visible->x + visible->width - picture->x) / sx);
  double bottom = MIN (from->height, (visible->y + visible->height - picture->y) / sy);

  if (left >= right || top >= bottom)
    return;
  for (guint row = (guint) top / TILE_PX; row * TILE_PX < bottom; row++)
    for (guint column = (guint) left / TILE_PX; column * TILE_PX < right; column++)
      {
        double x1 = snap (picture->x + sx * column * TILE_PX, scale_factor);
        double y1 = snap (picture->y + sy * row * TILE_PX, scale_factor);
        double x2
            = snap (picture->x + sx * MIN ((column + 1) * TILE_PX, from->width), scale_factor);
        double y2 = snap (picture->y + sy * MIN ((row + 1) * TILE_PX, from->height), scale_factor);

        /* A line of pixels of a long picture seen from afar is still a line. */
        x2 = MAX (x2, x1 + 1.0 / scale_factor);
        y2 = MAX (y2, y1 + 1.0 / scale_factor);
        gtk_snapshot_append_texture (
            snapshot, get_tile (self, level, column, row),
            &GRAPHENE_RECT_INIT ((float) x1, (float) y1, (float) (x2 - x1), (float) (y2 - y1)));
      }
}

/* GTK 4.8 has no texture node with another filter than linear. */
static void
draw_squares (MonocleImageTiles *self,
              GtkSnapshot *snapshot,
              const MonocleRect *picture,
              const MonocleRect *visible)
{
  const Level *from = &self->levels[0];
  double sx = picture->width / from->width, sy = picture->height / from->height;
  double left = floor (MAX (0, (visible->x - picture->x) / sx));
  double top = floor (MAX (0, (visible->y - picture->y) / sy));
  double right = ceil (MIN (from->width, (visible->x + visible->width - picture->x) / sx));
  double bottom = ceil (MIN (from->height, (visible->y + visible->height - picture->y) / sy));
  double x1, y1, x2, y2;
  cairo_surface_t *surface;
  cairo_t *cr;

  if (left >= right || top >= bottom)
    return;
  surface
      = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (right - left), (int) (bottom - top));
  monocle_picture_fill (
      monocle_image_get_pixels (self->image) + 3 * ((gsize) top * from->width + (gsize) left),
      3 * (gsize) from->width, (guint) (right - left), (guint) (bottom - top), surface);
  x1 = MAX (visible->x, picture->x + sx * left);
  y1 = MAX (visible->y, picture->y + sy * top);
  x2 = MIN (visible->x + visible->width, picture->x + sx * right);
  y2 = MIN (visible->y + visible->height, picture->y + sy * bottom);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT ((float) x1, (float) y1, (float) (x2 - x1), (float) (y2 - y1)));
  cairo_translate (cr, picture->x + sx * left, picture->y + sy * top);
  cairo_scale (cr, sx, sy);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

void
monocle_image_tiles_snapshot (MonocleImageTiles *self,
                              GtkSnapshot *snapshot,
                              const MonocleRect *picture,
                              const MonocleRect *visible,
                              int scale_factor)
{
  double zoom = scale_factor * picture->width / monocle_image_get_width (self->image);
  guint level = 0;

  g_return_if_fail (MONOCLE_IS_IMAGE_TILES (self));

  self->n_draws++;
  if (zoom >= SQUARES_FROM)
    {
      draw_squares (self, snapshot, picture, visible);
      drop_tiles (self);
      return;
    }

  while (level + 1 < self->n_wanted && zoom * (1 << (level + 1)) <= 1.001)
    level++;
  if (level < self->n_levels)
    draw_level (self, level, snapshot, picture, visible, scale_factor);
  else if (self->coarse)
    gtk_snapshot_append_texture (snapshot, self->coarse,
                                 &GRAPHENE_RECT_INIT ((float) picture->x, (float) picture->y,
                                                      (float) picture->width,
                                                      (float) picture->height));
  else /* There was no memory for it. */
    draw_level (self, self->n_levels - 1, snapshot, picture, visible, scale_factor);
  drop_tiles (self);
}

guint
monocle_image_tiles_get_n_textures (MonocleImageTiles *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_TILES (self), 0);
  return g_hash_table_size (self->tiles) + (self->coarse ? 1 : 0);
}

gboolean
monocle_image_tiles_is_complete (MonocleImageTiles *self)
{
  g_return_val_if_fail (MONOCLE_IS_IMAGE_TILES (self), FALSE);
  return self->n_levels == self->n_wanted;
}

/* --- Lifecycle --- */

static void
monocle_image_tiles_dispose (GObject *object)
{
  MonocleImageTiles *self = MONOCLE_IMAGE_TILES (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->coarse);
  g_hash_table_remove_all (self->tiles);

  G_OBJECT_CLASS (monocle_image_tiles_parent_class)->dispose (object);
}

static void
monocle_image_tiles_finalize (GObject *object)
{
  MonocleImageTiles *self = MONOCLE_IMAGE_TILES (object);

  for (guint i = 0; i < self->n_levels; i++)
    g_bytes_unref (self->levels[i].bytes);
  g_hash_table_unref (self->tiles);
  monocle_image_unref (self->image);

  G_OBJECT_CLASS (monocle_image_tiles_parent_class)->finalize (object);
}

static void
monocle_image_tiles_class_init (MonocleImageTilesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = monocle_image_tiles_dispose;
  object_class->finalize = monocle_image_tiles_finalize;

  signals[CHANGED] = g_signal_new ("changed", MONOCLE_TYPE_IMAGE_TILES, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_image_tiles_init (MonocleImageTiles *self)
{
  self->tiles = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, tile_free);
}
