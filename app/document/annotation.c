/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/annotation.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/document/attributes.h"
#include "app/document/id.h"

struct _MonocleAnnotation
{
  GObject parent_instance;

  guint64 id; /* of regions */
  MonocleOrigin origin;
  MonocleObject object;
  guint number;
  guint colour;
  int region;
  MonocleAnnotation *source; /* (nullable) */
  GVariant *attributes;      /* (nullable) */
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

  monocle_shape_unref (self->object.shape);
  g_free (self->object.label);
  g_free (self->object.text);
  g_clear_object (&self->source);
  g_clear_pointer (&self->attributes, g_variant_unref);
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
  self->origin = MONOCLE_ORIGIN_RUN;
  self->object = *object;
  self->object.label = g_strdup (object->label ? object->label : "");
  self->object.text = g_strdup (object->text);
  self->object.shape = monocle_shape_ref (object->shape);
  self->number = number;
  self->colour = colour;
  self->region = region;

  return self;
}

/* @shape: (transfer full) */
static MonocleAnnotation *
new_own (guint64 id, MonocleShape *shape, const char *label)
{
  MonocleAnnotation *self = g_object_new (MONOCLE_TYPE_ANNOTATION, NULL);

  self->id = id;
  self->origin = MONOCLE_ORIGIN_PERSON;
  self->object.label = g_strdup (label);
  self->object.shape = shape;
  self->object.score = NAN;
  self->region = -1;
  return self;
}

MonocleAnnotation *
monocle_annotation_new_region (const MonocleBox *box, MonocleAnnotation *source)
{
  MonocleAnnotation *self;

  g_return_val_if_fail (box, NULL);
  g_return_val_if_fail (!source || MONOCLE_IS_ANNOTATION (source), NULL);

  self = new_own (monocle_id_new (), monocle_shape_new_box (box), "");
  g_set_object (&self->source, source);

  return self;
}

MonocleAnnotation *
monocle_annotation_new_shape (MonocleShape *shape)
{
  g_return_val_if_fail (shape, NULL);

  return new_own (monocle_id_new (), monocle_shape_ref (shape), "");
}

MonocleAnnotation *
monocle_annotation_new_kept (MonocleAnnotation *object)
{
  MonocleAnnotation *self;

  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (object), NULL);

  self
      = new_own (monocle_id_new (), monocle_shape_ref (object->object.shape), object->object.label);
  self->colour = object->colour;
  self->attributes = object->attributes ? g_variant_ref (object->attributes) : NULL;
  return self;
}

guint64
monocle_annotation_get_id (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), 0);

  return self->id;
}

MonocleOrigin
monocle_annotation_get_origin (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), MONOCLE_ORIGIN_PERSON);

  return self->origin;
}

MonocleAnnotation *
monocle_annotation_get_source (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), NULL);

  return self->source;
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

  if (self->origin == MONOCLE_ORIGIN_PERSON)
    /* Translators: of a region that has no name; the number is its place among the others. */
    return g_strdup_printf (_ ("Region %u"), self->number);
  /* Translators: of an object that has no name; the number is its place in the list. */
  return g_strdup_printf (_ ("Object %u"), self->number);
}

float
monocle_annotation_get_score (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), NAN);

  return *self->object.label ? self->object.score : NAN;
}

void
monocle_annotation_set_label (MonocleAnnotation *self, const char *label)
{
  g_return_if_fail (MONOCLE_IS_ANNOTATION (self));
  g_return_if_fail (label);

  if (g_str_equal (self->object.label, label))
    return;

  g_free (self->object.label);
  self->object.label = g_strdup (label);
  g_signal_emit (self, signals[CHANGED], 0);
}

GVariant *
monocle_annotation_get_attributes (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), NULL);

  return self->attributes;
}

void
monocle_annotation_set_attributes (MonocleAnnotation *self, GVariant *attributes)
{
  GVariant *before;

  g_return_if_fail (MONOCLE_IS_ANNOTATION (self));

  before = self->attributes;
  if (monocle_attributes_equal (before, attributes))
    return;
  self->attributes = attributes ? g_variant_ref (attributes) : NULL;
  g_clear_pointer (&before, g_variant_unref);
  g_signal_emit (self, signals[CHANGED], 0);
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
monocle_annotation_set_shape (MonocleAnnotation *self, MonocleShape *shape)
{
  MonocleShape *before;

  g_return_if_fail (MONOCLE_IS_ANNOTATION (self));
  g_return_if_fail (shape);

  before = self->object.shape;
  if (monocle_shape_equal (before, shape))
    return;
  self->object.shape = monocle_shape_ref (shape);
  monocle_shape_unref (before);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
monocle_annotation_set_found (MonocleAnnotation *self, const MonocleObject *object)
{
  g_return_if_fail (MONOCLE_IS_ANNOTATION (self));
  g_return_if_fail (object);

  self->object.score = object->score;
  monocle_annotation_set_shape (self, object->shape);
}

MonocleShape *
monocle_annotation_get_shape (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), NULL);

  return self->object.shape;
}

MonocleAnnotation *
monocle_annotation_new_own (guint64 id, MonocleShape *shape, const char *label)
{
  g_return_val_if_fail (id != 0 && shape && label, NULL);

  return new_own (id, monocle_shape_ref (shape), label);
}

/* --- As values --- */

/* A dictionary: what is not known is passed over, what is missing is empty. */
#define SHAPE      MONOCLE_ANNOTATION_SHAPE
#define LABEL      MONOCLE_ANNOTATION_LABEL
#define ATTRIBUTES "attributes"

GVariant *
monocle_annotation_store (MonocleAnnotation *self)
{
  GVariantBuilder state;

  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), NULL);

  g_variant_builder_init (&state, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&state, "{sv}", SHAPE, monocle_shape_store (self->object.shape));
  if (*self->object.label)
    g_variant_builder_add (&state, "{sv}", LABEL,
                           g_variant_new_take_string (g_utf8_make_valid (self->object.label, -1)));
  if (self->attributes)
    g_variant_builder_add (&state, "{sv}", ATTRIBUTES, self->attributes);
  return g_variant_builder_end (&state);
}

/* (transfer full) (nullable) */
static GVariant *
read_attributes (GVariant *state)
{
  g_autoptr (GVariant) stored = g_variant_lookup_value (state, ATTRIBUTES, G_VARIANT_TYPE_VARDICT);

  return monocle_attributes_clean (stored);
}

/* (transfer full) (nullable); @label: (out) (transfer none) */
static MonocleShape *
read_state (GVariant *state, const char **label)
{
  g_autoptr (GVariant) shape = NULL;

  if (!g_variant_is_of_type (state, G_VARIANT_TYPE_VARDICT))
    return NULL;
  *label = "";
  g_variant_lookup (state, LABEL, "&s", label);
  shape = g_variant_lookup_value (state, SHAPE, G_VARIANT_TYPE (MONOCLE_STORED_SHAPE));
  return shape ? monocle_shape_restore (shape) : NULL;
}

gboolean
monocle_annotation_restore (MonocleAnnotation *self, GVariant *state)
{
  g_autoptr (MonocleShape) shape = NULL;
  g_autoptr (GVariant) attributes = NULL;
  const char *label;

  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), FALSE);
  g_return_val_if_fail (state, FALSE);

  shape = read_state (state, &label);
  if (!shape)
    return FALSE;
  attributes = read_attributes (state);
  monocle_annotation_set_attributes (self, attributes);
  monocle_annotation_set_shape (self, shape);
  monocle_annotation_set_label (self, label);
  return TRUE;
}

MonocleAnnotation *
monocle_annotation_new_stored (guint64 id, GVariant *state)
{
  const char *label;
  MonocleShape *shape;
  MonocleAnnotation *self;

  g_return_val_if_fail (state, NULL);

  shape = read_state (state, &label);
  if (!shape)
    return NULL;
  self = new_own (id, shape, label);
  self->attributes = read_attributes (state);
  return self;
}

/* --- Where it is --- */

MonocleRect
monocle_annotation_get_bounds (MonocleAnnotation *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANNOTATION (self), (MonocleRect){ 0 });

  return monocle_shape_get_bounds (self->object.shape);
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

char *
monocle_annotation_dup_position (MonocleAnnotation *self,
                                 const MonocleMatrix *turn,
                                 guint width,
                                 guint height)
{
  /* Rows from the top, columns from the left. */
  static const char *const names[3][3] = {
    { NC_ ("position", "top left"), NC_ ("position", "top"), NC_ ("position", "top right") },
    { NC_ ("position", "left"), NC_ ("position", "centre"), NC_ ("position", "right") },
    { NC_ ("position", "bottom left"), NC_ ("position", "bottom"),
      NC_ ("position", "bottom right") },
  };
  MonocleRect upright = monocle_annotation_get_bounds (self);
  MonocleRect bounds = monocle_matrix_map_rect (turn, &upright);
  double x = 3 * (bounds.x + bounds.width / 2) / MAX (width, 1);
  double y = 3 * (bounds.y + bounds.height / 2) / MAX (height, 1);

  return g_strdup (g_dpgettext2 (GETTEXT_PACKAGE, "position",
                                 names[(int) CLAMP (y, 0, 2)][(int) CLAMP (x, 0, 2)]));
}
