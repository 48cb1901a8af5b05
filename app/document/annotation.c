/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/annotation.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/document/turn.h"

struct _MonocleAnnotation
{
  GObject parent_instance;

  MonocleObject object;
  guint number;
  guint colour;
  int region;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleAnnotation, monocle_annotation, G_TYPE_OBJECT)

static void
monocle_annotation_finalize (GObject *object)
{
  MonocleAnnotation *self = MONOCLE_ANNOTATION (object);

  for (guint i = 0; i < self->object.n_polygons; i++)
    g_free (self->object.polygons[i].points);
  g_free (self->object.polygons);
  g_free (self->object.label);
  G_OBJECT_CLASS (monocle_annotation_parent_class)->finalize (object);
}

static void
monocle_annotation_class_init (MonocleAnnotationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_annotation_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_annotation_init (MonocleAnnotation *self)
{
}

MonocleAnnotation *
monocle_annotation_new (const MonocleObject *object, guint number, guint colour, int region)
{
  MonocleAnnotation *self;

  g_return_val_if_fail (object, NULL);

  self = g_object_new (MONOCLE_TYPE_ANNOTATION, NULL);
  self->object = *object;
  self->object.label = g_strdup (object->label ? object->label : "");
  self->object.polygons = g_new0 (MonoclePolygon, object->n_polygons + 1);
  for (guint i = 0; i < object->n_polygons; i++)
    {
      const MonoclePolygon *polygon = &object->polygons[i];

      self->object.polygons[i].n_points = polygon->n_points;
      self->object.polygons[i].points
          = g_memdup2 (polygon->points, (gsize) polygon->n_points * 2 * sizeof (float));
    }
  self->number = number;
  self->colour = colour;
  self->region = region;

  return self;
}

const MonocleObject *
monocle_annotation_get_object (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), NULL);

  return &self->object;
}

const char *
monocle_annotation_get_label (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), NULL);

  return self->object.label;
}

char *
monocle_annotation_dup_title (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), NULL);

  if (*self->object.label)
    return g_strdup (self->object.label);

  /* Translators: of an object that has no name; the number is its place in the list. */
  return g_strdup_printf (_ ("Object %u"), self->number);
}

float
monocle_annotation_get_score (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), NAN);

  return *self->object.label ? self->object.score : NAN;
}

guint
monocle_annotation_get_number (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), 0);

  return self->number;
}

void
monocle_annotation_set_number (MonocleAnnotation *self, guint number)
{
  g_return_if_fail (MONOCLE_IS_ANNOTATION (self));

  if (self->number == number)
    return;

  self->number = number;
  g_signal_emit (self, signals[CHANGED], 0);
}

guint
monocle_annotation_get_colour (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), 0);

  return self->colour;
}

void
monocle_annotation_set_colour (MonocleAnnotation *self, guint colour)
{
  g_return_if_fail (MONOCLE_IS_ANNOTATION (self));

  if (self->colour == colour)
    return;

  self->colour = colour;
  g_signal_emit (self, signals[CHANGED], 0);
}

int
monocle_annotation_get_region (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), -1);

  return self->region;
}

void
monocle_annotation_rotate (MonocleAnnotation *self, guint quarters, guint width, guint height)
{
  g_return_if_fail (MONOCLE_IS_ANNOTATION (self));

  if (quarters % 4 == 0)
    return;

  monocle_turn_object (&self->object, quarters, width, height);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
move_points (float *points, guint n_points, double dx, double dy)
{
  for (guint i = 0; i < n_points; i++)
    {
      points[2 * i] = (float) ((double) points[2 * i] + dx);
      points[2 * i + 1] = (float) ((double) points[2 * i + 1] + dy);
    }
}

void
monocle_annotation_move (MonocleAnnotation *self, double dx, double dy)
{
  MonocleObject *object;

  g_return_if_fail (MONOCLE_IS_ANNOTATION (self));

  object = &self->object;
  object->box = (MonocleBox){ (float) ((double) object->box.x1 + dx),
                              (float) ((double) object->box.y1 + dy),
                              (float) ((double) object->box.x2 + dx),
                              (float) ((double) object->box.y2 + dy) };
  move_points (object->quad, 4, dx, dy);
  for (guint i = 0; i < object->n_polygons; i++)
    move_points (object->polygons[i].points, object->polygons[i].n_points, dx, dy);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- Its shape as outlines --- */

typedef struct
{
  const float *points;
  guint n_points;
} Outline;

static guint
count_outlines (const MonocleObject *object)
{
  return object->shape == MONOCLE_SHAPE_POLYGONS ? object->n_polygons : 1;
}

/* @corners: room for those of a box */
static Outline
get_outline (const MonocleObject *object, guint index, float corners[8])
{
  const MonocleBox *box = &object->box;

  switch (object->shape)
    {
    case MONOCLE_SHAPE_QUAD:
      return (Outline){ object->quad, 4 };
    case MONOCLE_SHAPE_POLYGONS:
      return (Outline){ object->polygons[index].points, object->polygons[index].n_points };
    case MONOCLE_SHAPE_BOX:
    default:
      corners[0] = corners[6] = box->x1;
      corners[1] = corners[3] = box->y1;
      corners[2] = corners[4] = box->x2;
      corners[5] = corners[7] = box->y2;
      return (Outline){ corners, 4 };
    }
}

MonocleRect
monocle_annotation_get_bounds (MonocleAnnotation *self)
{
  double x1 = INFINITY, y1 = INFINITY, x2 = -INFINITY, y2 = -INFINITY;
  float corners[8];

  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), (MonocleRect){ 0 });

  for (guint i = 0; i < count_outlines (&self->object); i++)
    {
      Outline outline = get_outline (&self->object, i, corners);

      for (guint k = 0; k < outline.n_points; k++)
        {
          x1 = fmin (x1, (double) outline.points[2 * k]);
          x2 = fmax (x2, (double) outline.points[2 * k]);
          y1 = fmin (y1, (double) outline.points[2 * k + 1]);
          y2 = fmax (y2, (double) outline.points[2 * k + 1]);
        }
    }

  if (!(x1 <= x2 && y1 <= y2))
    return (MonocleRect){ 0 };
  return (MonocleRect){ x1, y1, x2 - x1, y2 - y1 };
}

/* From @low to @high within 0..@side, at least a pixel. */
static void
cut_side (double low, double high, guint side, float *from, float *to)
{
  low = CLAMP (low, 0, (double) side - 1);
  high = CLAMP (high, low + 1, (double) side);
  *from = (float) low;
  *to = (float) high;
}

MonocleBox
monocle_annotation_get_box (MonocleAnnotation *self, guint width, guint height)
{
  MonocleRect bounds = monocle_annotation_get_bounds (self);
  MonocleBox box = { 0 };

  cut_side (bounds.x, bounds.x + bounds.width, MAX (width, 1), &box.x1, &box.x2);
  cut_side (bounds.y, bounds.y + bounds.height, MAX (height, 1), &box.y1, &box.y2);

  return box;
}

/* Distance of (x, y) from the line between two points. */
static double
measure_distance (const float *a, const float *b, double x, double y)
{
  const double ax = (double) a[0], ay = (double) a[1];
  const double dx = (double) b[0] - ax, dy = (double) b[1] - ay;
  const double length = dx * dx + dy * dy;
  double t = length > 0 ? ((x - ax) * dx + (y - ay) * dy) / length : 0;

  t = CLAMP (t, 0, 1);
  return hypot (x - ax - t * dx, y - ay - t * dy);
}

/* How an edge changes the winding number of (x, y): a ray to the right crosses it upwards,
 * downwards or not. */
static int
count_winding (const float *a, const float *b, double x, double y)
{
  const double ax = (double) a[0], ay = (double) a[1], bx = (double) b[0], by = (double) b[1];
  const double side = (bx - ax) * (y - ay) - (x - ax) * (by - ay);

  if (ay <= y)
    return by > y && side > 0 ? 1 : 0;
  return by <= y && side < 0 ? -1 : 0;
}

gboolean
monocle_annotation_hit (MonocleAnnotation *self, double x, double y, double slack)
{
  float corners[8];
  int winding = 0;

  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), FALSE);

  for (guint i = 0; i < count_outlines (&self->object); i++)
    {
      Outline outline = get_outline (&self->object, i, corners);

      for (guint k = 0; k < outline.n_points; k++)
        {
          const float *a = outline.points + 2 * k;
          const float *b = outline.points + 2 * ((k + 1) % outline.n_points);

          if (measure_distance (a, b, x, y) <= slack)
            return TRUE;
          winding += count_winding (a, b, x, y);
        }
    }

  return winding != 0;
}

double
monocle_annotation_get_area (MonocleAnnotation *self)
{
  float corners[8];
  double area = 0;

  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), 0);

  for (guint i = 0; i < count_outlines (&self->object); i++)
    {
      Outline outline = get_outline (&self->object, i, corners);
      double twice = 0;

      for (guint k = 0; k < outline.n_points; k++)
        {
          const float *a = outline.points + 2 * k;
          const float *b = outline.points + 2 * ((k + 1) % outline.n_points);

          twice += (double) a[0] * (double) b[1] - (double) b[0] * (double) a[1];
        }
      area += fabs (twice) / 2;
    }

  return area;
}

char *
monocle_annotation_dup_position (MonocleAnnotation *self, guint width, guint height)
{
  /* Rows from the top, columns from the left. */
  static const char *const names[3][3] = {
    { NC_ ("position", "top left"), NC_ ("position", "top"), NC_ ("position", "top right") },
    { NC_ ("position", "left"), NC_ ("position", "centre"), NC_ ("position", "right") },
    { NC_ ("position", "bottom left"), NC_ ("position", "bottom"),
      NC_ ("position", "bottom right") },
  };
  MonocleRect bounds = monocle_annotation_get_bounds (self);
  double x = 3 * (bounds.x + bounds.width / 2) / MAX (width, 1);
  double y = 3 * (bounds.y + bounds.height / 2) / MAX (height, 1);

  return g_strdup (g_dpgettext2 (GETTEXT_PACKAGE, "position",
                                 names[(int) CLAMP (y, 0, 2)][(int) CLAMP (x, 0, 2)]));
}
