/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/world-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "ui/texture-image.h"

/* Where there is little room; a low window shows no less than this and scrolls. */
#define LEAST_SIDE   40
#define LEAST_HEIGHT 320
#define NATURAL_SIDE 420

/* A drag that is shorter than this is none, in pixels. */
#define LEAST_DRAG 6

/* What an arrow key adds to a throw, as a share of the side: a step in which throws are told. */
#define STEP      (1.0 / 8 / MONOCLE_WORLD_SIDE)
#define FAR_STEPS 4

struct _MonocleWorldView
{
  GtkWidget parent_instance;

  MonocleWorldStage *stage;
  MonocleImage *image;          /* (nullable): of which there is a texture */
  GdkTexture *texture;          /* (nullable) */
  guint thing;                  /* that is aimed with by keys */
  int held;                     /* the one below the button; -1: none */
  const MonocleTracks *held_of; /* which is in these, as long as they are shown */
  double x, y;                  /* where that was pressed */
};

G_DEFINE_FINAL_TYPE (MonocleWorldView, monocle_world_view, GTK_TYPE_WIDGET)

/* --- drawing ------------------------------------------------------------------------------ */

/* The square in the middle of what there is. */
static graphene_rect_t
get_square (MonocleWorldView *self)
{
  const int width = gtk_widget_get_width (GTK_WIDGET (self));
  const int height = gtk_widget_get_height (GTK_WIDGET (self));
  const int side = MIN (width, height);

  return GRAPHENE_RECT_INIT ((float) ((width - side) / 2), (float) ((height - side) / 2),
                             (float) side, (float) side);
}

/* A frame of the person's own, on the floor of the square; of those ahead there is none, so that
 * the last one steps back. */
static void
draw_frame (MonocleWorldView *self,
            GtkSnapshot *snapshot,
            MonocleImage *image,
            const graphene_rect_t *square,
            gboolean is_ahead)
{
  const float width = (float) monocle_image_get_width (image);
  const float height = (float) monocle_image_get_height (image);
  const float scale = square->size.width / MAX (width, height);

  if (self->image != image)
    {
      g_clear_object (&self->texture);
      g_clear_pointer (&self->image, monocle_image_unref);
      self->image = monocle_image_ref (image);
      self->texture = monocle_texture_of_image (image);
    }
  if (!self->texture)
    return;
  gtk_snapshot_push_opacity (snapshot, is_ahead ? 0.3 : 1);
  gtk_snapshot_append_texture (
      snapshot, self->texture,
      &GRAPHENE_RECT_INIT (square->origin.x + (square->size.width - width * scale) / 2,
                           square->origin.y + square->size.width - height * scale, width * scale,
                           height * scale));
  gtk_snapshot_pop (snapshot);
}

static void
monocle_world_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MonocleWorldView *self = MONOCLE_WORLD_VIEW (widget);
  const graphene_rect_t square = get_square (self);
  MonocleWorldPainting painting;
  MonocleImage *image;
  GskRoundedRect corners;
  cairo_t *cr;

  if (!self->stage || square.size.width < 1)
    return;
  painting = monocle_world_stage_get_painting (self->stage);
  painting.is_dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  painting.has_numbers = TRUE;
  gsk_rounded_rect_init_from_rect (&corners, &square, 12);
  gtk_snapshot_push_rounded_clip (snapshot, &corners);
  image = monocle_world_stage_get_image (self->stage);
  painting.is_clear = image != NULL;
  if (image && !painting.drawn)
    draw_frame (self, snapshot, image, &square, painting.frame >= painting.tracks->n_frames);
  cr = gtk_snapshot_append_cairo (snapshot, &square);
  cairo_translate (cr, (double) square.origin.x, (double) square.origin.y);
  cairo_scale (cr, (double) square.size.width, (double) square.size.width);
  monocle_world_paint (cr, &painting);
  cairo_destroy (cr);
  gtk_snapshot_pop (snapshot);
}

static GtkSizeRequestMode
monocle_world_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
monocle_world_view_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
  *minimum = LEAST_SIDE;
  *natural = NATURAL_SIDE;
  if (orientation == GTK_ORIENTATION_HORIZONTAL || for_size < 0)
    return;
  *natural = MAX (for_size, LEAST_SIDE);
  *minimum = MIN (*natural, LEAST_HEIGHT);
}

/* --- the pointer -------------------------------------------------------------------------- */

/* As shares of the side. */
static void
locate (MonocleWorldView *self, double x, double y, double *share_x, double *share_y)
{
  const graphene_rect_t square = get_square (self);

  *share_x = (x - (double) square.origin.x) / MAX ((double) square.size.width, 1);
  *share_y = (y - (double) square.origin.y) / MAX ((double) square.size.width, 1);
}

static int
find (MonocleWorldView *self, double x, double y)
{
  double share_x, share_y;

  locate (self, x, y, &share_x, &share_y);
  return self->stage ? monocle_world_stage_find (self->stage, share_x, share_y) : -1;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, MonocleWorldView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->held = find (self, x, y);
  self->held_of = self->held >= 0 ? monocle_world_stage_get_tracks (self->stage) : NULL;
  self->x = x;
  self->y = y;
  if (self->held < 0)
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
  else
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

/* Other things may have come meanwhile, of which none is held. */
static gboolean
is_holding (MonocleWorldView *self)
{
  return self->held >= 0 && self->stage
         && monocle_world_stage_get_tracks (self->stage) == self->held_of;
}

/* The arrow ends below the pointer. */
static gboolean
get_throw (MonocleWorldView *self, double dx, double dy, double *vx, double *vy)
{
  const double side = (double) get_square (self).size.width * MONOCLE_WORLD_ARROW;

  *vx = dx / MAX (side, 1);
  *vy = dy / MAX (side, 1);
  return is_holding (self) && hypot (dx, dy) >= LEAST_DRAG;
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, MonocleWorldView *self)
{
  double vx, vy;

  if (get_throw (self, dx, dy, &vx, &vy))
    monocle_world_stage_aim (self->stage, (guint) self->held, vx, vy);
  else if (is_holding (self))
    monocle_world_stage_aim_no_more (self->stage);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, MonocleWorldView *self)
{
  const int held = self->held;
  double vx, vy;
  const gboolean is_throw = get_throw (self, dx, dy, &vx, &vy);

  self->held = -1;
  if (is_throw)
    {
      self->thing = (guint) held;
      monocle_world_stage_throw (self->stage, self->thing, vx, vy);
    }
}

static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, MonocleWorldView *self)
{
  self->held = -1;
  if (self->stage)
    monocle_world_stage_aim_no_more (self->stage);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, MonocleWorldView *self)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), self->held >= 0          ? "grabbing"
                                                      : find (self, x, y) >= 0 ? "grab"
                                                                               : NULL);
}

/* --- keys --------------------------------------------------------------------------------- */

/* An aim that was begun, or none. */
static MonocleThrow
get_aim (MonocleWorldView *self)
{
  const guint n = monocle_world_stage_get_tracks (self->stage)->n_things;
  MonocleThrow aim;

  if (!monocle_world_stage_get_aim (self->stage, &aim))
    aim = (MonocleThrow){ .thing = MIN (self->thing, n - 1) };
  return aim;
}

static void
aim (MonocleWorldView *self, double dx, double dy, GdkModifierType state)
{
  const MonocleThrow now = get_aim (self);
  const double step = state & GDK_SHIFT_MASK ? STEP * FAR_STEPS : STEP;

  monocle_world_stage_aim (self->stage, now.thing, now.vx + dx * step, now.vy + dy * step);
}

static void
aim_with_next (MonocleWorldView *self)
{
  const guint n = monocle_world_stage_get_tracks (self->stage)->n_things;
  MonocleThrow now;
  const gboolean was_aiming = monocle_world_stage_get_aim (self->stage, &now);

  self->thing = was_aiming ? (now.thing + 1) % n : MIN (self->thing, n - 1);
  /* Upwards, so that there is something to be seen. */
  monocle_world_stage_aim (self->stage, self->thing, 0, -STEP * FAR_STEPS);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint key,
                guint code,
                GdkModifierType state,
                MonocleWorldView *self)
{
  MonocleThrow now;

  if (!self->stage || state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      aim (self, -1, 0, state);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      aim (self, 1, 0, state);
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      aim (self, 0, -1, state);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      aim (self, 0, 1, state);
      return TRUE;
    case GDK_KEY_n:
    case GDK_KEY_N:
      aim_with_next (self);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      if (!monocle_world_stage_get_aim (self->stage, &now))
        return FALSE;
      monocle_world_stage_throw (self->stage, now.thing, now.vx, now.vy);
      return TRUE;
    case GDK_KEY_Escape:
      if (!monocle_world_stage_get_aim (self->stage, &now))
        return FALSE;
      monocle_world_stage_aim_no_more (self->stage);
      return TRUE;
    default:
      return FALSE;
    }
}

/* --- the class ---------------------------------------------------------------------------- */

void
monocle_world_view_set_stage (MonocleWorldView *self, MonocleWorldStage *stage)
{
  g_return_if_fail (MONOCLE_IS_WORLD_VIEW (self));

  g_set_object (&self->stage, stage);
  g_signal_connect_object (stage, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

static void
monocle_world_view_dispose (GObject *object)
{
  MonocleWorldView *self = MONOCLE_WORLD_VIEW (object);

  g_clear_object (&self->stage);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->image, monocle_image_unref);
  G_OBJECT_CLASS (monocle_world_view_parent_class)->dispose (object);
}

static void
monocle_world_view_class_init (MonocleWorldViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_world_view_dispose;
  widget_class->snapshot = monocle_world_view_snapshot;
  widget_class->measure = monocle_world_view_measure;
  widget_class->get_request_mode = monocle_world_view_get_request_mode;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "worldview");
}

static void
monocle_world_view_init (MonocleWorldView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->held = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("The scene and what may follow"), -1);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
monocle_world_view_new (void)
{
  return g_object_new (MONOCLE_TYPE_WORLD_VIEW, NULL);
}
