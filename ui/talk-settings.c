/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/talk-settings.h"

#include "ui/low-popover.h"

struct _MonocleTalkSettings
{
  GtkPopover parent_instance;

  GtkScrolledWindow *scrolled;
  GtkSwitch *drawn;
  GtkWidget *temperature;
  GtkWidget *top_k;
  GtkWidget *top_p;
  GtkSwitch *fixed;
  GtkWidget *seed;
  GtkWidget *max_tokens;
  GtkDropDown *detail;
};

G_DEFINE_FINAL_TYPE (MonocleTalkSettings, monocle_talk_settings, GTK_TYPE_POPOVER)

static gboolean
to_index (GValue *value, GVariant *variant, gpointer user_data)
{
  MonocleDetail detail;

  if (!monocle_detail_find (g_variant_get_string (variant, NULL), &detail))
    return FALSE;
  g_value_set_uint (value, detail);
  return TRUE;
}

static GVariant *
to_name (const GValue *value, const GVariantType *type, gpointer user_data)
{
  const guint index = g_value_get_uint (value);

  return index < MONOCLE_N_DETAILS
             ? g_variant_new_string (monocle_detail_get_name ((MonocleDetail) index))
             : NULL;
}

void
monocle_talk_settings_bind (MonocleTalkSettings *self, GSettings *settings)
{
  const struct
  {
    const char *key, *property;
    gpointer widget;
  } bindings[] = {
    { "talk-drawn", "active", self->drawn },
    { "talk-temperature", "value", self->temperature },
    { "talk-top-k", "value", self->top_k },
    { "talk-top-p", "value", self->top_p },
    { "talk-fixed", "active", self->fixed },
    { "talk-seed", "value", self->seed },
    { "talk-max-tokens", "value", self->max_tokens },
  };

  g_return_if_fail (MONOCLE_IS_TALK_SETTINGS (self));

  for (guint i = 0; i < G_N_ELEMENTS (bindings); i++)
    g_settings_bind (settings, bindings[i].key, bindings[i].widget, bindings[i].property,
                     G_SETTINGS_BIND_DEFAULT);
  g_settings_bind_with_mapping (settings, "talk-detail", self->detail, "selected",
                                G_SETTINGS_BIND_DEFAULT, to_index, to_name, NULL, NULL);
}

void
monocle_talk_settings_read (GSettings *settings, MonocleSaidQuestion *question)
{
  MonocleSampling *sampling = &question->sampling;
  g_autofree char *detail = NULL;

  g_return_if_fail (question != NULL);

  *sampling = MONOCLE_SAMPLING_PLAIN;
  sampling->seed = g_random_int_range (0, G_MAXINT32);
  if (!settings)
    return;
  detail = g_settings_get_string (settings, "talk-detail");
  monocle_detail_find (detail, &question->detail);
  question->max_tokens = (guint) g_settings_get_int (settings, "talk-max-tokens");
  question->is_drawn = g_settings_get_boolean (settings, "talk-drawn");
  sampling->temperature = g_settings_get_double (settings, "talk-temperature");
  sampling->top_k = (guint) g_settings_get_int (settings, "talk-top-k");
  sampling->top_p = g_settings_get_double (settings, "talk-top-p");
  if (g_settings_get_boolean (settings, "talk-fixed"))
    sampling->seed = (guint64) g_settings_get_int (settings, "talk-seed");
}

static void
monocle_talk_settings_class_init (MonocleTalkSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/talk-settings.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkSettings, scrolled);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkSettings, drawn);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkSettings, temperature);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkSettings, top_k);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkSettings, top_p);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkSettings, fixed);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkSettings, seed);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkSettings, max_tokens);
  gtk_widget_class_bind_template_child (widget_class, MonocleTalkSettings, detail);
}

static void
monocle_talk_settings_init (MonocleTalkSettings *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  monocle_low_popover_follow (GTK_POPOVER (self), self->scrolled);
}
