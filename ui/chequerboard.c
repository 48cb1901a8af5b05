/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/chequerboard.h"

#include <math.h>

#define SQUARE_PX 8
#define LIGHT     0xf2
#define DARK      0xcc

/* As gdk-pixbuf takes it. */
#define PACK(grey) ((guint32) (grey) << 16 | (grey) << 8 | (grey))

static void
add_square (GtkSnapshot *snapshot, guint grey, float x, float y, float side)
{
  const float value = (float) grey / 255.0f;

  gtk_snapshot_append_color (snapshot, &(const GdkRGBA){ value, value, value, 1 },
                             &GRAPHENE_RECT_INIT (x, y, side, side));
}

void
monocle_chequerboard_draw (GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  /* It stays where it is while a picture is moved over it. */
  const float x = floorf (bounds->origin.x / (2 * SQUARE_PX)) * 2 * SQUARE_PX;
  const float y = floorf (bounds->origin.y / (2 * SQUARE_PX)) * 2 * SQUARE_PX;

  gtk_snapshot_push_repeat (snapshot, bounds,
                            &GRAPHENE_RECT_INIT (x, y, 2 * SQUARE_PX, 2 * SQUARE_PX));
  add_square (snapshot, LIGHT, x, y, 2 * SQUARE_PX);
  add_square (snapshot, DARK, x + SQUARE_PX, y, SQUARE_PX);
  add_square (snapshot, DARK, x, y + SQUARE_PX, SQUARE_PX);
  gtk_snapshot_pop (snapshot);
}

GdkPixbuf *
monocle_chequerboard_put_below (GdkPixbuf *pixbuf)
{
  if (!gdk_pixbuf_get_has_alpha (pixbuf))
    return g_object_ref (pixbuf);
  return gdk_pixbuf_composite_color_simple (pixbuf, gdk_pixbuf_get_width (pixbuf),
                                            gdk_pixbuf_get_height (pixbuf), GDK_INTERP_NEAREST, 255,
                                            SQUARE_PX, PACK (LIGHT), PACK (DARK));
}
