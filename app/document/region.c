/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/region.h"

struct _MonocleRegion
{
  GObject parent_instance;

  MonocleBox box;
  MonocleAnnotation *source; /* (nullable) */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleRegion, monocle_region, G_TYPE_OBJECT)

static void
monocle_region_finalize (GObject *object)
{
  MonocleRegion *self = MONOCLE_REGION (object);

  g_clear_object (&self->source);
  G_OBJECT_CLASS (monocle_region_parent_class)->finalize (object);
}

static void
monocle_region_class_init (MonocleRegionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_region_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_region_init (MonocleRegion *self)
{
}

MonocleRegion *
monocle_region_new (const MonocleBox *box, MonocleAnnotation *source)
{
  MonocleRegion *self;

  g_return_val_if_fail (box, NULL);
  g_return_val_if_fail (!source || MONOCLE_IS_ANNOTATION (source), NULL);

  self = g_object_new (MONOCLE_TYPE_REGION, NULL);
  self->box = *box;
  g_set_object (&self->source, source);

  return self;
}

MonocleBox
monocle_region_get_box (MonocleRegion *self)
{
  g_return_val_if_fail (MONOCLE_IS_REGION (self), (MonocleBox){ 0 });

  return self->box;
}

static gboolean
same (float a, float b)
{
  return !(a < b) && !(a > b);
}

void
monocle_region_set_box (MonocleRegion *self, const MonocleBox *box)
{
  g_return_if_fail (MONOCLE_IS_REGION (self));
  g_return_if_fail (box);

  if (same (self->box.x1, box->x1) && same (self->box.y1, box->y1) && same (self->box.x2, box->x2)
      && same (self->box.y2, box->y2))
    return;

  self->box = *box;
  g_signal_emit (self, signals[CHANGED], 0);
}

MonocleAnnotation *
monocle_region_get_source (MonocleRegion *self)
{
  g_return_val_if_fail (MONOCLE_IS_REGION (self), NULL);

  return self->source;
}
