/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: heat maps over the picture. See image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

/* What is certain lets so much of the picture through. */
#define OPACITY 0.75

/* From dark to light, through hues that people with any sight tell apart. */
static const guint8 ramp[][3]
    = { { 68, 1, 84 }, { 59, 82, 139 }, { 33, 145, 140 }, { 94, 201, 98 }, { 253, 231, 37 } };

/* Of several maps, which a file may have of several sizes, what is likeliest. */
static guint16
get_level (MonocleQuery *query, const MonocleHeat *first, gsize at)
{
  const MonocleHeat *heat;
  guint16 level = 0;

  for (guint i = 0; (heat = monocle_query_get_heat (query, i)); i++)
    if (heat->columns == first->columns && heat->rows == first->rows)
      level = MAX (level, heat->levels[at]);
  return level;
}

/* Premultiplied: the less likely, the more of the picture is seen. */
static void
colour (double likely, guint8 pixel[4])
{
  const double place = likely * (G_N_ELEMENTS (ramp) - 1), alpha = OPACITY * pow (likely, 0.7);
  const guint before = MIN ((guint) place, (guint) G_N_ELEMENTS (ramp) - 2);

  for (guint i = 0; i < 3; i++)
    pixel[i] = (guint8) lround (
        alpha * (ramp[before][i] + (ramp[before + 1][i] - ramp[before][i]) * (place - before)));
  pixel[3] = (guint8) lround (alpha * 255);
}

static GdkTexture *
make_texture (MonocleQuery *query)
{
  const MonocleHeat *first = monocle_query_get_heat (query, 0);
  const gsize n = (gsize) first->columns * first->rows;
  guint8 *pixels = g_malloc (4 * n);
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; i < n; i++)
    colour (get_level (query, first, i) / 65535.0, pixels + 4 * i);
  bytes = g_bytes_new_take (pixels, 4 * n);
  return gdk_memory_texture_new ((int) first->columns, (int) first->rows,
                                 GDK_MEMORY_R8G8B8A8_PREMULTIPLIED, bytes,
                                 4 * (gsize) first->columns);
}

void
monocle_image_view_draw_heat (MonocleImageView *self, GtkSnapshot *snapshot)
{
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  MonocleHeat *heat = query && monocle_presentation_get_show_heat (self->presentation)
                              && monocle_query_can_cut (query)
                          ? monocle_query_get_heat (query, 0)
                          : NULL;
  const MonocleMatrix way = monocle_image_view_get_matrix (self);
  const double scale = hypot (way.xx, way.yx);

  if (heat != self->heat)
    {
      g_clear_object (&self->heat_texture);
      g_clear_pointer (&self->heat, monocle_heat_unref);
      self->heat = heat ? monocle_heat_ref (heat) : NULL;
    }
  if (!heat)
    return;
  if (!self->heat_texture)
    self->heat_texture = make_texture (query);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) way.x0, (float) way.y0));
  gtk_snapshot_rotate (snapshot, 90.0f * (float) monocle_document_get_rotation (self->document));
  gtk_snapshot_scale (snapshot, (float) scale, (float) scale);
  gtk_snapshot_append_texture (
      snapshot, self->heat_texture,
      &GRAPHENE_RECT_INIT (0, 0, (float) heat->width, (float) heat->height));
  gtk_snapshot_restore (snapshot);
}
