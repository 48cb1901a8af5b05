/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/image-tiles.h"

#include <math.h>
#include <string.h>

#include "app/pictures/picture.h"
#include "ui/chequerboard.h"
#include "ui/image-levels.h"

/* From this size on levels are worked out in a thread. */
#define LARGE_PIXELS (4 * 1024 * 1024)
/* The level that is there at once is at most this long. */
#define COARSE_PX 1024
/* Textures that are kept though they are out of view: panning back and forth needs them again. */
#define SPARE_TEXTURES 12
/* From this many device pixels for one of the picture on its pixels are squares. */
#define SQUARES_FROM 2.0

typedef struct
{
  GdkTexture *texture;
  guint64 used;

  /* Where the processor draws: */
  cairo_surface_t *surface; /* (nullable): the texture, as large as it is seen */
  GskRenderNode *node;      /* (nullable): that, where it is seen */
} Tile;

struct _MonocleImageTiles
{
  GObject parent_instance;

  MonocleImage *image;
  MonocleImageLevel levels[MONOCLE_IMAGE_MAX_LEVELS];
  guint n_levels;
  guint n_wanted;
  GdkTexture *coarse;
  GHashTable *tiles; /* gint64 key -> Tile */
  guint64 n_draws;
  gboolean for_processor; /* what is drawn last */
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
clear_scaled (Tile *tile)
{
  g_clear_pointer (&tile->surface, cairo_surface_destroy);
  g_clear_pointer (&tile->node, gsk_render_node_unref);
}

static void
tile_free (gpointer data)
{
  Tile *tile = data;

  g_object_unref (tile->texture);
  clear_scaled (tile);
  g_free (tile);
}

/* --- Levels --- */

static void
build_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  MonocleImageLevels *pyramid = monocle_image_levels_build (data, cancellable);

  if (g_task_return_error_if_cancelled (task))
    monocle_image_levels_free (pyramid);
  else
    g_task_return_pointer (task, pyramid, (GDestroyNotify) monocle_image_levels_free);
}

static void
take_levels (MonocleImageTiles *self, MonocleImageLevels *pyramid)
{
  for (guint i = self->n_levels; i < pyramid->n_levels; i++)
    {
      self->levels[i] = pyramid->levels[i];
      pyramid->levels[i].pixels = NULL;
    }
  self->n_levels = MAX (self->n_levels, pyramid->n_levels);
}

static void
on_built (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MonocleImageTiles *self = MONOCLE_IMAGE_TILES (source);
  MonocleImageLevels *pyramid = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!pyramid)
    return;
  take_levels (self, pyramid);
  if (self->n_levels == self->n_wanted)
    g_clear_object (&self->coarse);
  monocle_image_levels_free (pyramid);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* @pixels: (transfer full) */
static GdkTexture *
take_texture (guint8 *pixels, guint width, guint height, guint n_channels)
{
  const gsize stride = (gsize) width * n_channels;
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, stride * height);

  return gdk_memory_texture_new (
      (int) width, (int) height,
      n_channels == 4 ? GDK_MEMORY_R8G8B8A8_PREMULTIPLIED : GDK_MEMORY_R8G8B8, bytes, stride);
}

/* A small version of a large picture, of a few pixels out of many: quick, and soon replaced. */
static GdkTexture *
sample_coarse (MonocleImage *image)
{
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);
  guint step = (MAX (width, height) + COARSE_PX - 1) / COARSE_PX;
  guint w = (width + step - 1) / step, h = (height + step - 1) / step;
  const guint n_channels = monocle_image_levels_count_channels (image);
  guint8 *small = g_malloc (n_channels * (gsize) w * h), *to = small;

  for (guint y = 0; y < h; y++)
    for (guint x = 0; x < w; x++, to += n_channels)
      {
        guint sums[4] = { 2, 2, 2, 2 };
        guint8 scratch[4];

        for (guint i = 0; i < 4; i++)
          {
            const guint px = MIN (x * step + (i % 2 ? 3 * step / 4 : step / 4), width - 1);
            const guint py = MIN (y * step + (i / 2 ? 3 * step / 4 : step / 4), height - 1);
            const guint8 *pixel = monocle_image_levels_read_first (image, px, py, 1, scratch);

            for (guint c = 0; c < n_channels; c++)
              sums[c] += pixel[c];
          }
        for (guint c = 0; c < n_channels; c++)
          to[c] = (guint8) (sums[c] / 4);
      }
  return take_texture (small, w, h, n_channels);
}

MonocleImageTiles *
monocle_image_tiles_new (MonocleImage *image)
{
  MonocleImageTiles *self = g_object_new (MONOCLE_TYPE_IMAGE_TILES, NULL);
  guint width = monocle_image_get_width (image), height = monocle_image_get_height (image);

  self->image = monocle_image_ref (image);
  self->n_wanted = monocle_image_levels_count (width, height);
  if ((guint64) width * height <= LARGE_PIXELS)
    {
      MonocleImageLevels *pyramid = monocle_image_levels_build (image, NULL);

      take_levels (self, pyramid);
      monocle_image_levels_free (pyramid);
    }
  else
    {
      g_autoptr (GTask) task = NULL;

      self->levels[0] = (MonocleImageLevel){ width, height, NULL };
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

/* Pixels that are there already, in rows of @stride bytes; the texture keeps the picture. */
static GdkTexture *
borrow_texture (MonocleImage *image, const guint8 *pixels, guint width, guint height, gsize stride)
{
  const gsize size = (height - 1) * stride + 3 * (gsize) width;
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (
      pixels, size, (GDestroyNotify) monocle_image_unref, monocle_image_ref (image));

  return gdk_memory_texture_new ((int) width, (int) height, GDK_MEMORY_R8G8B8, bytes, stride);
}

/* Copies what level @level has of the rectangle, or works it out. */
static GdkTexture *
make_texture (
    MonocleImageTiles *self, guint level, guint left, guint top, guint width, guint height)
{
  const MonocleImageLevel *from = &self->levels[level];
  const guint n_channels = monocle_image_levels_count_channels (self->image);
  const gsize row_bytes = (gsize) width * n_channels;
  /* Of the picture, for a tile of the second level. */
  const guint n_halved = MIN (2 * width, self->levels[0].width - (level == 1 ? 2 * left : 0));
  g_autofree guint8 *scratch = g_malloc (2 * (gsize) n_halved * n_channels);
  guint8 *pixels = g_malloc (row_bytes * height);

  for (guint y = 0; y < height; y++)
    {
      guint8 *to = pixels + y * row_bytes;

      if (level == 0)
        memcpy (to, monocle_image_levels_read_first (self->image, left, top + y, width, scratch),
                row_bytes);
      else if (level == 1)
        monocle_image_levels_read_second (self->image, 2 * left, top + y, n_halved, scratch, to);
      else
        memcpy (to, from->pixels + ((gsize) (top + y) * from->width + left) * n_channels,
                row_bytes);
    }
  return take_texture (pixels, width, height, n_channels);
}

static Tile *
get_tile (MonocleImageTiles *self, guint level, guint column, guint row)
{
  gint64 key = (gint64) level << 40 | (gint64) column << 20 | row;
  Tile *tile = g_hash_table_lookup (self->tiles, &key);

  if (!tile)
    {
      const MonocleImageLevel *from = &self->levels[level];
      guint x = column * MONOCLE_IMAGE_TILE_PX, y = row * MONOCLE_IMAGE_TILE_PX;
      guint width = MIN (MONOCLE_IMAGE_TILE_PX, from->width - x),
            height = MIN (MONOCLE_IMAGE_TILE_PX, from->height - y);

      tile = g_new0 (Tile, 1);
      if (level == 0 && !monocle_image_get_alpha (self->image))
        tile->texture = borrow_texture (
            self->image, monocle_image_get_pixels (self->image) + 3 * ((gsize) y * from->width + x),
            width, height, 3 * (gsize) from->width);
      else
        tile->texture = make_texture (self, level, x, y, width, height);
      g_hash_table_insert (self->tiles, g_memdup2 (&key, sizeof key), tile);
    }
  tile->used = self->n_draws;
  return tile;
}

/* (transfer full): @texture in other sizes. */
static cairo_surface_t *
scale_texture (GdkTexture *texture, MonocleImage *image, int width, int height)
{
  const int own_width = gdk_texture_get_width (texture);
  const int own_height = gdk_texture_get_height (texture);
  cairo_surface_t *own = monocle_picture_new_empty (image, (guint) own_width, (guint) own_height);
  cairo_surface_t *scaled;
  cairo_t *cr;

  if (cairo_surface_status (own) != CAIRO_STATUS_SUCCESS)
    return own;
  gdk_texture_download (texture, cairo_image_surface_get_data (own),
                        (gsize) cairo_image_surface_get_stride (own));
  cairo_surface_mark_dirty (own);
  if (width == own_width && height == own_height)
    return own;

  scaled = monocle_picture_new_empty (image, (guint) width, (guint) height);
  cr = cairo_create (scaled);
  cairo_scale (cr, (double) width / own_width, (double) height / own_height);
  cairo_set_source_surface (cr, own, 0, 0);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (own);
  return scaled;
}

static gboolean
has_size (const Tile *tile, int width, int height)
{
  return tile->surface && cairo_image_surface_get_width (tile->surface) == width
         && cairo_image_surface_get_height (tile->surface) == height;
}

/* The processor would copy and scale all of a texture for each frame that shows a bit of it. */
static GskRenderNode *
get_node (MonocleImageTiles *self, Tile *tile, const graphene_rect_t *at, int scale_factor)
{
  const int width = (int) lroundf (at->size.width * (float) scale_factor);
  const int height = (int) lroundf (at->size.height * (float) scale_factor);
  graphene_rect_t there;
  cairo_t *cr;

  if (tile->node)
    gsk_render_node_get_bounds (tile->node, &there);
  if (tile->node && has_size (tile, width, height) && graphene_rect_equal (&there, at))
    return tile->node;

  g_clear_pointer (&tile->node, gsk_render_node_unref);
  if (!has_size (tile, width, height))
    {
      clear_scaled (tile);
      tile->surface = scale_texture (tile->texture, self->image, width, height);
      cairo_surface_set_device_scale (tile->surface, scale_factor, scale_factor);
    }
  tile->node = gsk_cairo_node_new (at);
  cr = gsk_cairo_node_get_draw_context (tile->node);
  cairo_set_source_surface (cr, tile->surface, (double) at->origin.x, (double) at->origin.y);
  cairo_paint (cr);
  cairo_destroy (cr);
  return tile->node;
}

static void
draw_tile (MonocleImageTiles *self,
           Tile *tile,
           GtkSnapshot *snapshot,
           const graphene_rect_t *at,
           int scale_factor)
{
  if (self->for_processor)
    gtk_snapshot_append_node (snapshot, get_node (self, tile, at, scale_factor));
  else
    gtk_snapshot_append_texture (snapshot, tile->texture, at);
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
            clear_scaled (value);
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
  const MonocleImageLevel *from = &self->levels[level];
  double sx = picture->width / from->width, sy = picture->height / from->height;
  double left = MAX (0, (visible->x - picture->x) / sx);
  double top = MAX (0, (visible->y - picture->y) / sy);
  double right = MIN (from->width, (visible->x + visible->width - picture->x) / sx);
  double bottom = MIN (from->height, (visible->y + visible->height - picture->y) / sy);

  if (left >= right || top >= bottom)
    return;
  for (guint row = (guint) top / MONOCLE_IMAGE_TILE_PX; row * MONOCLE_IMAGE_TILE_PX < bottom; row++)
    for (guint column = (guint) left / MONOCLE_IMAGE_TILE_PX;
         column * MONOCLE_IMAGE_TILE_PX < right; column++)
      {
        double x1 = snap (picture->x + sx * column * MONOCLE_IMAGE_TILE_PX, scale_factor);
        double y1 = snap (picture->y + sy * row * MONOCLE_IMAGE_TILE_PX, scale_factor);
        double x2 = snap (picture->x + sx * MIN ((column + 1) * MONOCLE_IMAGE_TILE_PX, from->width),
                          scale_factor);
        double y2 = snap (picture->y + sy * MIN ((row + 1) * MONOCLE_IMAGE_TILE_PX, from->height),
                          scale_factor);

        /* A line of pixels of a long picture seen from afar is still a line. */
        x2 = MAX (x2, x1 + 1.0 / scale_factor);
        y2 = MAX (y2, y1 + 1.0 / scale_factor);
        draw_tile (
            self, get_tile (self, level, column, row), snapshot,
            &GRAPHENE_RECT_INIT ((float) x1, (float) y1, (float) (x2 - x1), (float) (y2 - y1)),
            scale_factor);
      }
}

/* GTK 4.8 has no texture node with another filter than linear. */
static void
draw_squares (MonocleImageTiles *self,
              GtkSnapshot *snapshot,
              const MonocleRect *picture,
              const MonocleRect *visible)
{
  const MonocleImageLevel *from = &self->levels[0];
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
  surface = monocle_picture_new_empty (self->image, (guint) (right - left), (guint) (bottom - top));
  monocle_picture_fill (self->image, (guint) left, (guint) top, surface);
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

/* What is seen through the picture. */
static void
draw_ground (GtkSnapshot *snapshot, const MonocleRect *picture, const MonocleRect *visible)
{
  const graphene_rect_t all = GRAPHENE_RECT_INIT ((float) picture->x, (float) picture->y,
                                                  (float) picture->width, (float) picture->height);
  const graphene_rect_t view = GRAPHENE_RECT_INIT ((float) visible->x, (float) visible->y,
                                                   (float) visible->width, (float) visible->height);
  graphene_rect_t seen;

  if (graphene_rect_intersection (&all, &view, &seen))
    monocle_chequerboard_draw (snapshot, &seen);
}

void
monocle_image_tiles_snapshot (MonocleImageTiles *self,
                              GtkSnapshot *snapshot,
                              const MonocleRect *picture,
                              const MonocleRect *visible,
                              int scale_factor,
                              GskRenderer *renderer)
{
  double zoom = scale_factor * picture->width / monocle_image_get_width (self->image);
  guint level = 0;

  g_return_if_fail (MONOCLE_IS_IMAGE_TILES (self));

  self->n_draws++;
  self->for_processor = renderer && GSK_IS_CAIRO_RENDERER (renderer);
  if (monocle_image_get_alpha (self->image))
    draw_ground (snapshot, picture, visible);
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
    g_free (self->levels[i].pixels);
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
