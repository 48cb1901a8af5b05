/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/threshold.h"

#include <math.h>

#define KEY "threshold"

/* Sliders go in hundredths. */
#define SAME 1e-6

struct _MonocleThreshold
{
  GObject parent_instance;

  GSettings *settings;
  double of_model; /* of the model that was loaded last */
};

G_DEFINE_FINAL_TYPE (MonocleThreshold, monocle_threshold, G_TYPE_OBJECT)

enum
{
  PROP_VALUE = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static double
get_value (MonocleThreshold *self)
{
  g_autoptr (GVariant) chosen = g_settings_get_user_value (self->settings, KEY);

  return chosen ? g_settings_get_double (self->settings, KEY) : self->of_model;
}

static void
choose (MonocleThreshold *self, double value)
{
  /* What follows this object says its own value back. */
  if (fabs (value - get_value (self)) > SAME)
    g_settings_set_double (self->settings, KEY, value);
}

static void
on_setting_changed (MonocleThreshold *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

/* While another model is loaded, the last one's answers are still there. */
static void
on_model_changed (MonocleThreshold *self, GParamSpec *pspec, MonocleRunner *runner)
{
  MonocleModel *model = monocle_runner_get_model (runner);

  if (!model)
    return;
  self->of_model = monocle_model_get_lowest_score (model);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

static void
monocle_threshold_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_VALUE)
    g_value_set_double (value, get_value (MONOCLE_THRESHOLD (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_threshold_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_VALUE)
    choose (MONOCLE_THRESHOLD (object), g_value_get_double (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_threshold_finalize (GObject *object)
{
  MonocleThreshold *self = MONOCLE_THRESHOLD (object);

  g_clear_object (&self->settings);
  G_OBJECT_CLASS (monocle_threshold_parent_class)->finalize (object);
}

static void
monocle_threshold_class_init (MonocleThresholdClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = monocle_threshold_get_property;
  object_class->set_property = monocle_threshold_set_property;
  object_class->finalize = monocle_threshold_finalize;

  properties[PROP_VALUE]
      = g_param_spec_double ("value", NULL, NULL, 0, 1, 0,
                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
monocle_threshold_init (MonocleThreshold *self)
{
}

MonocleThreshold *
monocle_threshold_new (GSettings *settings, MonocleRunner *runner)
{
  MonocleThreshold *self = g_object_new (MONOCLE_TYPE_THRESHOLD, NULL);

  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (on_setting_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (runner, "notify::model", G_CALLBACK (on_model_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
monocle_threshold_bind (MonocleThreshold *self, gpointer object, const char *property)
{
  g_object_bind_property (self, "value", object, property,
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}
