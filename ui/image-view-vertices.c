/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The canvas: the points of one outline, in place of the handles around it. See
 * image-view-private.h.
 */
#include "config.h"

#include <math.h>

#include "ui/image-view-private.h"

#define VERTEX_SLACK 8.0 /* logical pixels */
#define EDGE_SLACK   4.0

/* --- Whose they are --- */

MonocleAnnotation *
monocle_image_view_get_editable (MonocleImageView *self)
{
  g_autoptr (GPtrArray) selected = NULL;

  if (!self->presentation || !self->image)
    return NULL;
  selected = monocle_presentation_get_selected_regions (self->presentation);
  if (selected->len != 1
      || !monocle_reshape_can_edit (monocle_annotation_get_shape (selected->pdata[0])))
    return NULL;
  return selected->pdata[0]; /* the list holds it */
}

/* Undone, deleted, or another one selected meanwhile: there are none any more. */
MonocleAnnotation *
monocle_image_view_get_edited (MonocleImageView *self)
{
  guint n;

  if (self->edited && monocle_image_view_get_editable (self) != self->edited)
    monocle_image_view_set_edited (self, NULL);
  if (!self->edited)
    return NULL;
  monocle_shape_get_points (monocle_annotation_get_shape (self->edited), &n);
  if (self->vertex >= (int) n)
    self->vertex = -1;
  return self->edited;
}

void
monocle_image_view_set_edited (MonocleImageView *self, MonocleAnnotation *region)
{
  g_set_object (&self->edited, region);
  self->vertex = -1;
  self->nudges = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
monocle_image_view_edit_vertices (MonocleImageView *self)
{
  MonocleAnnotation *region
      = monocle_image_view_get_edited (self) ? NULL : monocle_image_view_get_editable (self);

  if (!region && !self->edited)
    return FALSE;
  monocle_image_view_set_edited (self, region);
  return TRUE;
}

/* --- What is there --- */

static const double *
get_vertex (MonocleImageView *self, guint index)
{
  guint n;

  return monocle_shape_get_points (monocle_annotation_get_shape (self->edited), &n) + 2 * index;
}

int
monocle_image_view_find_vertex (MonocleImageView *self, double x, double y)
{
  guint index;
  double px, py;

  if (!monocle_image_view_has_handles (self) || !monocle_image_view_get_edited (self))
    return -1;
  monocle_image_view_to_upright (self, x, y, &px, &py);
  if (monocle_shape_find_point (monocle_annotation_get_shape (self->edited), px, py, &index)
      > VERTEX_SLACK / self->zoom)
    return -1;
  return (int) index;
}

int
monocle_image_view_find_edge (MonocleImageView *self, double x, double y)
{
  guint edge;
  double px, py;

  if (self->tool != MONOCLE_TOOL_SELECT || self->space_held
      || !monocle_image_view_get_edited (self))
    return -1;
  monocle_image_view_to_upright (self, x, y, &px, &py);
  if (monocle_shape_find_edge (monocle_annotation_get_shape (self->edited), px, py, &edge)
      > EDGE_SLACK / self->zoom)
    return -1;
  return (int) edge;
}

/* --- What becomes of it --- */

/* @shape: (transfer full) (nullable): what the region is to be: one step, or the same one where
 * @goes_on */
static gboolean
reshape (MonocleImageView *self, MonocleVerb verb, MonocleShape *shape, gboolean goes_on)
{
  g_autoptr (MonocleShape) before = NULL;
  g_autoptr (MonocleShape) after = shape;

  if (!after)
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return FALSE;
    }
  before = monocle_shape_ref (monocle_annotation_get_shape (self->edited));
  monocle_annotation_set_shape (self->edited, after);
  monocle_document_note_shape (self->document, verb, self->edited, before, goes_on);
  self->nudges = FALSE;
  return TRUE;
}

void
monocle_image_view_add_vertex (MonocleImageView *self, guint edge, double x, double y)
{
  const MonocleShape *shape = monocle_annotation_get_shape (self->edited);
  double px, py;
  guint index;

  monocle_image_view_snap (self, self->edited, x, y, &px, &py);
  reshape (self, MONOCLE_VERB_ADD_POINT, monocle_reshape_add_point (shape, edge, px, py, &index),
           FALSE);
  self->vertex = (int) index;
}

void
monocle_image_view_pull_vertex (MonocleImageView *self, guint edge)
{
  g_autoptr (MonocleShape) shape = NULL;
  guint index;

  if (!monocle_image_view_get_edited (self))
    return;
  shape = monocle_reshape_add_point (self->before, edge, get_vertex (self, edge)[0],
                                     get_vertex (self, edge)[1], &index);
  monocle_annotation_set_shape (self->edited, shape);
  self->vertex = (int) index;
}

void
monocle_image_view_drag_vertex (MonocleImageView *self, double x, double y)
{
  g_autoptr (MonocleShape) shape = NULL;
  double px, py;

  if (!monocle_image_view_get_edited (self) || self->vertex < 0)
    return;
  monocle_image_view_snap (self, self->edited, x, y, &px, &py);
  shape = monocle_reshape_move_point (monocle_annotation_get_shape (self->edited),
                                      (guint) self->vertex, px, py);
  monocle_annotation_set_shape (self->edited, shape);
}

void
monocle_image_view_end_vertex_drag (MonocleImageView *self, MonocleShape *before)
{
  guint n_before, n_after;

  if (!monocle_image_view_get_edited (self))
    return;
  monocle_shape_get_points (before, &n_before);
  monocle_shape_get_points (monocle_annotation_get_shape (self->edited), &n_after);
  monocle_document_note_shape (
      self->document, n_after > n_before ? MONOCLE_VERB_ADD_POINT : MONOCLE_VERB_MOVE_POINT,
      self->edited, before, FALSE);
  self->nudges = FALSE;
}

/* --- Keys --- */

static void
reveal_vertex (MonocleImageView *self)
{
  const double *point = get_vertex (self, (guint) self->vertex);

  monocle_image_view_reveal (self, (MonocleRect){ point[0], point[1], 0, 0 });
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
step (MonocleImageView *self, int by)
{
  const MonocleShape *shape = monocle_annotation_get_shape (self->edited);
  guint n;

  monocle_shape_get_points (shape, &n);
  if (n == 0)
    return;
  /* All of them, one outline after the other. */
  self->vertex
      = self->vertex < 0 ? (by > 0 ? 0 : (int) n - 1) : (self->vertex + by + (int) n) % (int) n;
  self->nudges = FALSE;
  reveal_vertex (self);
}

static void
remove_vertex (MonocleImageView *self)
{
  const MonocleShape *shape = monocle_annotation_get_shape (self->edited);
  const guint before = monocle_reshape_step (shape, (guint) self->vertex, -1);
  guint n_before, n_after;

  monocle_shape_get_points (shape, &n_before);
  if (!reshape (self, MONOCLE_VERB_DELETE_POINT,
                monocle_reshape_remove_point (shape, (guint) self->vertex), FALSE))
    return;
  monocle_shape_get_points (monocle_annotation_get_shape (self->edited), &n_after);
  if (n_after + 1 < n_before) /* all of a hole */
    self->vertex = -1;
  else
    self->vertex = before > (guint) self->vertex ? (int) before - 1 : (int) before;
}

/* In the middle of the edge behind the one that is meant. */
static void
insert_vertex (MonocleImageView *self)
{
  const MonocleShape *shape = monocle_annotation_get_shape (self->edited);
  guint edge = (guint) self->vertex, next = monocle_reshape_step (shape, edge, 1), index;
  const double *a, *b;

  if (next < edge && monocle_shape_get_kind (shape) == MONOCLE_SHAPE_LINE) /* at its end */
    next = edge--;
  a = get_vertex (self, edge);
  b = get_vertex (self, next);
  reshape (self, MONOCLE_VERB_ADD_POINT,
           monocle_reshape_add_point (shape, edge, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, &index),
           FALSE);
  self->vertex = (int) index;
  reveal_vertex (self);
}

gboolean
monocle_image_view_nudge_vertex (MonocleImageView *self, double dx, double dy)
{
  const gboolean goes_on = self->nudges;
  const double *point;

  if (self->drag != MONOCLE_DRAG_NONE || !monocle_image_view_get_edited (self) || self->vertex < 0)
    return FALSE;
  point = get_vertex (self, (guint) self->vertex);
  monocle_image_view_turn_back (self, &dx, &dy);
  reshape (self, MONOCLE_VERB_MOVE_POINT,
           monocle_reshape_move_point (
               monocle_annotation_get_shape (self->edited), (guint) self->vertex,
               CLAMP (point[0] + dx, 0, monocle_document_get_width (self->document)),
               CLAMP (point[1] + dy, 0, monocle_document_get_height (self->document))),
           goes_on);
  self->nudges = TRUE;
  reveal_vertex (self);
  return TRUE;
}

gboolean
monocle_image_view_on_key_vertices (MonocleImageView *self, guint keyval, GdkModifierType state)
{
  const gboolean plain = !(state & ~GDK_SHIFT_MASK), has_one = self->vertex >= 0;

  if (!plain)
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Tab:
    case GDK_KEY_KP_Tab:
      step (self, state ? -1 : 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_ISO_Left_Tab:
      step (self, -1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      monocle_image_view_set_edited (self, NULL);
      return GDK_EVENT_STOP;
    default:
      break;
    }
  if (!has_one)
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
      remove_vertex (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Insert:
    case GDK_KEY_KP_Insert:
      insert_vertex (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* --- Drawn --- */

void
monocle_image_view_draw_vertices (MonocleImageView *self, cairo_t *cr)
{
  const MonocleMatrix matrix = monocle_image_view_get_matrix (self);
  guint n;
  const double *points = monocle_shape_get_points (monocle_annotation_get_shape (self->edited), &n);

  for (guint i = 0; i <= n; i++) /* the one that is meant on top */
    {
      const int at = i < n ? (int) i : self->vertex;
      double x, y;

      if (at < 0 || (i < n && at == self->vertex))
        continue;
      x = points[2 * at];
      y = points[2 * at + 1];
      monocle_matrix_map (&matrix, &x, &y);
      if (x > -VERTEX_SLACK && x < gtk_widget_get_width (GTK_WIDGET (self)) + VERTEX_SLACK
          && y > -VERTEX_SLACK && y < gtk_widget_get_height (GTK_WIDGET (self)) + VERTEX_SLACK)
        monocle_image_view_draw_vertex (self, cr, x, y, i == n);
    }
}
