/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/thumbnail.h"

#include "app/pictures/source.h"
#include "ui/chequerboard.h"
#include "ui/texture-image.h"

#define RADIUS       6.0f
#define FRAME_WIDTH  3.0f
#define DOT_SIDE     10.0f
#define TICK_SIDE    18.0f
#define DOT_MARGIN   5.0f
#define ICON_SIDE    24
#define GROUND_ALPHA 0.08f
/* Of the longest side, as a wide picture is cut to a square. */
#define SPARE 2

struct _MonocleThumbnail
{
  GtkWidget parent_instance;

  int width, height;
  GtkWidget *icon; /* while there is no picture */
  GdkTexture *texture;
  GCancellable *cancellable;
  gboolean has_alpha;
  gboolean is_current;
  MonocleThumbnailMark mark;
  MonocleRect region; /* empty: none */
};

enum
{
  PROP_0,
  PROP_CURRENT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MonocleThumbnail, monocle_thumbnail, GTK_TYPE_WIDGET)

/* --- Drawing --- */

static void
monocle_thumbnail_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  MonocleThumbnail *self = MONOCLE_THUMBNAIL (widget);
  int least;

  /* A child has to be measured before it is allocated. */
  gtk_widget_measure (self->icon, orientation, -1, &least, NULL, NULL, NULL);
  *minimum = *natural
      = MAX (least, orientation == GTK_ORIENTATION_HORIZONTAL ? self->width : self->height);
}

static void
monocle_thumbnail_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_size_allocate (MONOCLE_THUMBNAIL (widget)->icon,
                            &(GtkAllocation){ 0, 0, width, height }, baseline);
}

static GdkRGBA
get_accent (GtkWidget *widget)
{
  GdkRGBA colour = { 0.21f, 0.52f, 0.89f, 1 };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "accent_bg_color",
                                  &colour);
  return colour;
}

/* As far as it is seen. @place: where all of the picture is */
static void
draw_region (MonocleThumbnail *self,
             GtkSnapshot *snapshot,
             const graphene_rect_t *bounds,
             const graphene_rect_t *place)
{
  const GdkRGBA accent = get_accent (GTK_WIDGET (self)), white = { 1, 1, 1, 0.9f };
  graphene_rect_t region
      = GRAPHENE_RECT_INIT (place->origin.x + (float) self->region.x * place->size.width,
                            place->origin.y + (float) self->region.y * place->size.height,
                            (float) self->region.width * place->size.width,
                            (float) self->region.height * place->size.height);
  GskRoundedRect outer, inner;

  if (!graphene_rect_intersection (&region, bounds, &region))
    return;
  gsk_rounded_rect_init_from_rect (&outer, &region, 2);
  inner = outer;
  gsk_rounded_rect_shrink (&inner, 2, 2, 2, 2);
  gtk_snapshot_append_border (snapshot, &outer, (const float[]){ 2, 2, 2, 2 },
                              (const GdkRGBA[]){ accent, accent, accent, accent });
  gtk_snapshot_append_border (snapshot, &inner, (const float[]){ 1, 1, 1, 1 },
                              (const GdkRGBA[]){ white, white, white, white });
}

static void
draw_picture (MonocleThumbnail *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  const float width = (float) gdk_texture_get_width (self->texture);
  const float height = (float) gdk_texture_get_height (self->texture);
  const float scale = MAX (bounds->size.width / width, bounds->size.height / height);
  const graphene_rect_t place = GRAPHENE_RECT_INIT ((bounds->size.width - width * scale) / 2,
                                                    (bounds->size.height - height * scale) / 2,
                                                    width * scale, height * scale);

  if (self->has_alpha)
    monocle_chequerboard_draw (snapshot, bounds);
  gtk_snapshot_append_texture (snapshot, self->texture, &place);
  if (self->region.width > 0)
    draw_region (self, snapshot, bounds, &place);
}

static void
draw_frame (GtkWidget *widget, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  const GdkRGBA accent = get_accent (widget);
  const GdkRGBA white = { 1, 1, 1, 0.9f };
  GskRoundedRect outer, inner;

  /* A thin line of white inside the frame: it shows on a picture of its own colour. */
  gsk_rounded_rect_init_from_rect (&outer, bounds, RADIUS);
  inner = outer;
  gsk_rounded_rect_shrink (&inner, FRAME_WIDTH, FRAME_WIDTH, FRAME_WIDTH, FRAME_WIDTH);
  gtk_snapshot_append_border (snapshot, &inner, (const float[]){ 1, 1, 1, 1 },
                              (const GdkRGBA[]){ white, white, white, white });
  gtk_snapshot_append_border (snapshot, &outer,
                              (const float[]){ FRAME_WIDTH, FRAME_WIDTH, FRAME_WIDTH, FRAME_WIDTH },
                              (const GdkRGBA[]){ accent, accent, accent, accent });
}

/* In the middle of a disc of so many pixels. */
static void
draw_tick (GtkSnapshot *snapshot, const graphene_rect_t *place)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, place);
  const double x = (double) place->origin.x, y = (double) place->origin.y;
  const double side = (double) place->size.width;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, side / 8);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_move_to (cr, x + side * 0.29, y + side * 0.52);
  cairo_line_to (cr, x + side * 0.44, y + side * 0.67);
  cairo_line_to (cr, x + side * 0.72, y + side * 0.36);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
draw_mark (MonocleThumbnail *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  const gboolean is_tick = self->mark == MONOCLE_THUMBNAIL_TICK;
  const float side = is_tick ? TICK_SIDE : DOT_SIDE;
  const GdkRGBA accent = get_accent (widget);
  const GdkRGBA white = { 1, 1, 1, 1 };
  const graphene_rect_t place = GRAPHENE_RECT_INIT (
      rtl ? DOT_MARGIN : bounds->size.width - DOT_MARGIN - side, DOT_MARGIN, side, side);
  GskRoundedRect dot;

  gsk_rounded_rect_init_from_rect (&dot, &place, side / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &dot);
  gtk_snapshot_append_color (snapshot, &accent, &place);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &dot, (const float[]){ 1.5f, 1.5f, 1.5f, 1.5f },
                              (const GdkRGBA[]){ white, white, white, white });
  if (is_tick)
    draw_tick (snapshot, &place);
}

static void
monocle_thumbnail_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MonocleThumbnail *self = MONOCLE_THUMBNAIL (widget);
  const graphene_rect_t bounds
      = GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  GskRoundedRect shape;
  GdkRGBA ground;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ground);
  ground.alpha *= GROUND_ALPHA;
  gsk_rounded_rect_init_from_rect (&shape, &bounds, RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, &ground, &bounds);
  if (self->texture)
    draw_picture (self, snapshot, &bounds);
  else
    gtk_widget_snapshot_child (widget, self->icon, snapshot);
  gtk_snapshot_pop (snapshot);
  if (self->is_current)
    draw_frame (widget, snapshot, &bounds);
  if (self->mark != MONOCLE_THUMBNAIL_PLAIN)
    draw_mark (self, snapshot, &bounds);
}

/* --- Reading --- */

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_source_thumbnail_finish (result, &error);
  MonocleThumbnail *self = data;

  /* It may be gone, or show another file by now. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (image)
    {
      self->texture = monocle_texture_of_image (image);
      self->has_alpha = monocle_image_get_alpha (image) != NULL;
    }
  else
    gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), "image-missing-symbolic");
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
monocle_thumbnail_set_file (MonocleThumbnail *self, GFile *file, guint page)
{
  g_return_if_fail (MONOCLE_IS_THUMBNAIL (self));
  g_return_if_fail (!file || G_IS_FILE (file));

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->texture);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), "image-x-generic-symbolic");
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (!file)
    return;
  self->cancellable = g_cancellable_new ();
  monocle_image_source_thumbnail_async (file, page,
                                        (guint) (SPARE * MAX (self->width, self->height)
                                                 * gtk_widget_get_scale_factor (GTK_WIDGET (self))),
                                        self->cancellable, on_loaded, self);
}

void
monocle_thumbnail_set_mark (MonocleThumbnail *self, MonocleThumbnailMark mark)
{
  g_return_if_fail (MONOCLE_IS_THUMBNAIL (self));

  if (self->mark == mark)
    return;
  self->mark = mark;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
monocle_thumbnail_set_region (MonocleThumbnail *self, const MonocleRect *region)
{
  g_return_if_fail (MONOCLE_IS_THUMBNAIL (self));

  self->region = region ? *region : (MonocleRect){ 0 };
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- The class --- */

static void
monocle_thumbnail_dispose (GObject *object)
{
  MonocleThumbnail *self = MONOCLE_THUMBNAIL (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->icon, gtk_widget_unparent);
  G_OBJECT_CLASS (monocle_thumbnail_parent_class)->dispose (object);
}

static void
monocle_thumbnail_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CURRENT)
    g_value_set_boolean (value, MONOCLE_THUMBNAIL (object)->is_current);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_thumbnail_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MonocleThumbnail *self = MONOCLE_THUMBNAIL (object);

  if (id != PROP_CURRENT)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (self->is_current == g_value_get_boolean (value))
    return;
  self->is_current = g_value_get_boolean (value);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (object, pspec);
}

static void
monocle_thumbnail_class_init (MonocleThumbnailClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = monocle_thumbnail_dispose;
  object_class->get_property = monocle_thumbnail_get_property;
  object_class->set_property = monocle_thumbnail_set_property;
  widget_class->measure = monocle_thumbnail_measure;
  widget_class->size_allocate = monocle_thumbnail_size_allocate;
  widget_class->snapshot = monocle_thumbnail_snapshot;
  gtk_widget_class_set_css_name (widget_class, "thumbnail");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);

  properties[PROP_CURRENT]
      = g_param_spec_boolean ("current", NULL, NULL, FALSE,
                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
monocle_thumbnail_init (MonocleThumbnail *self)
{
  self->icon = gtk_image_new_from_icon_name ("image-x-generic-symbolic");
  gtk_image_set_pixel_size (GTK_IMAGE (self->icon), ICON_SIDE);
  gtk_widget_add_css_class (self->icon, "dim-label");
  gtk_widget_set_parent (self->icon, GTK_WIDGET (self));
}

GtkWidget *
monocle_thumbnail_new (int width, int height)
{
  MonocleThumbnail *self = g_object_new (MONOCLE_TYPE_THUMBNAIL, NULL);

  g_return_val_if_fail (width > 0 && height > 0, NULL);

  self->width = width;
  self->height = height;
  return GTK_WIDGET (self);
}
