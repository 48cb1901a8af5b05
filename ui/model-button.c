/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/model-button.h"

#include <glib/gi18n.h>

#include "app/models/device-list.h"
#include "app/models/device-name.h"
#include "app/models/store.h"
#include "ui/low-popover.h"

struct _MonocleModelButton
{
  AdwBin parent_instance;

  GtkScrolledWindow *scrolled;
  GtkMenuButton *button;
  GtkImage *icon;
  GtkWidget *spinner;
  GtkWidget *words;
  GtkLabel *label;
  GtkProgressBar *progress;
  GtkWidget *tag;
  GtkPopover *popover;
  GtkListBox *models;
  GtkListBox *devices;

  MonocleRunner *runner;
  GSettings *settings;
  GSimpleActionGroup *actions;
  gboolean compact;
  gboolean lists_devices;
};

G_DEFINE_FINAL_TYPE (MonocleModelButton, monocle_model_button, ADW_TYPE_BIN)

static void
update (MonocleModelButton *self)
{
  MonocleRunnerState state = monocle_runner_get_state (self->runner);
  MonocleDevice *device = monocle_runner_get_device (self->runner);
  g_autofree char *title = monocle_runner_dup_model_title (self->runner);
  g_autofree char *name
      = device ? monocle_device_name_shorten (monocle_device_get_name (device)) : NULL;
  g_autofree char *text = NULL, *tooltip = NULL;
  MonocleDevice *checking = monocle_runner_get_checking (self->runner);
  gboolean is_loading = state == MONOCLE_RUNNER_LOADING;
  gboolean is_ahead = monocle_runner_get_ahead_fraction (self->runner) < 1;
  gboolean is_software
      = device && monocle_device_get_kind (device) == MONOCLE_DEVICE_SOFTWARE && !is_loading;

  if (checking)
    {
      g_autofree char *shortened = monocle_device_name_shorten (monocle_device_get_name (checking));

      /* Translators: %s is the name of a device */
      text = g_strdup_printf (_ ("Getting %s Ready, Once"), shortened);
    }
  else if (is_loading)
    /* Translators: %s is the name of a model */
    text = g_strdup_printf (_ ("Loading %s"), title);
  else if (state == MONOCLE_RUNNER_FAILED)
    text = g_strdup (_ ("No Model"));
  else if (name)
    text = g_strdup_printf ("%s · %s", title, name);
  else
    text = g_strdup (title);
  gtk_label_set_text (self->label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), is_loading || is_ahead);
  gtk_progress_bar_set_fraction (self->progress,
                                 is_ahead ? monocle_runner_get_ahead_fraction (self->runner)
                                          : monocle_runner_get_fraction (self->runner));
  gtk_widget_set_visible (self->tag, is_software);
  gtk_image_set_from_icon_name (self->icon, state == MONOCLE_RUNNER_FAILED
                                                ? "dialog-warning-symbolic"
                                                : "monocle-model-symbolic");
  /* The tag says enough where there is room for one thing. */
  gtk_widget_set_visible (GTK_WIDGET (self->icon), self->compact && !is_software && !is_loading);
  gtk_widget_set_visible (self->spinner, self->compact && is_loading);
  gtk_widget_set_visible (self->words, !self->compact);
  gtk_menu_button_set_always_show_arrow (self->button, !self->compact);

  if (device && monocle_runner_get_model (self->runner))
    tooltip = g_strdup_printf (
        /* Translators: model, device, kind of device, precision of the weights */
        _ ("%s on %s (%s), %s"), title, monocle_device_get_name (device),
        monocle_device_get_kind_name (device),
        monocle_model_get_precision_name (monocle_runner_get_model (self->runner)));
  if (tooltip && is_ahead)
    {
      g_autofree char *plain = g_steal_pointer (&tooltip);

      /* Translators: below model and device: what the device does while nobody asks it */
      tooltip = g_strdup_printf ("%s\n%s", plain, _ ("Preparing for questions"));
    }
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tooltip ? tooltip : text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tooltip ? tooltip : text, -1);
}

/* --- The popover --- */

static void
clear (GtkListBox *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))))
    gtk_list_box_remove (list, row);
}

static void
add_row (GtkListBox *list, const char *title, const char *subtitle, const char *id, gboolean chosen)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *escaped_title = g_markup_escape_text (title, -1);
  g_autofree char *escaped_subtitle = g_markup_escape_text (subtitle, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), escaped_title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped_subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  if (chosen)
    {
      GtkWidget *mark = gtk_image_new_from_icon_name ("object-select-symbolic");

      adw_action_row_add_suffix (ADW_ACTION_ROW (row), mark);
      gtk_accessible_update_property (GTK_ACCESSIBLE (mark), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("In use"), -1);
    }
  g_object_set_data_full (G_OBJECT (row), "id", g_strdup (id), g_free);
  gtk_list_box_append (list, row);
}

static void
fill_models (MonocleModelButton *self)
{
  g_autoptr (GPtrArray) models = monocle_model_store_list ();
  g_autofree char *chosen = g_settings_get_string (self->settings, "model");
  gboolean found = FALSE;

  clear (self->models);
  for (guint i = 0; i < models->len; i++)
    {
      MonocleStoredModel *model = models->pdata[i];
      g_autofree char *size = g_format_size (model->size_bytes);
      gboolean is_chosen = g_str_equal (chosen, model->setting) || g_str_equal (chosen, model->id);

      found |= is_chosen;
      add_row (self->models, model->title, size, model->setting, is_chosen);
    }
  if (!found && *chosen)
    {
      g_autofree char *title = monocle_model_store_dup_title (chosen);

      add_row (self->models, title, chosen, chosen, TRUE);
    }
}

static void
show_devices (MonocleModelButton *self, GPtrArray *devices)
{
  g_autofree char *chosen = g_settings_get_string (self->settings, "device");

  clear (self->devices);
  add_row (self->devices, _ ("Automatic"), _ ("A graphics card before the processor"), "auto",
           g_str_equal (chosen, "auto") || !*chosen);
  for (guint i = 0; devices && i < devices->len; i++)
    add_row (self->devices, monocle_device_get_name (devices->pdata[i]),
             monocle_device_get_kind_name (devices->pdata[i]),
             monocle_device_get_uuid (devices->pdata[i]),
             g_str_equal (chosen, monocle_device_get_uuid (devices->pdata[i])));
}

static void
on_devices_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MonocleModelButton) self = data;
  g_autoptr (GPtrArray) devices = monocle_device_list_finish (result, NULL);

  self->lists_devices = FALSE;
  if (self->settings)
    show_devices (self, devices);
}

static void
fill_devices (MonocleModelButton *self)
{
  if (self->lists_devices)
    return;
  self->lists_devices = TRUE;
  monocle_device_list_async (NULL, on_devices_listed, g_object_ref (self));
}

static void
on_popover_shown (GtkPopover *popover, MonocleModelButton *self)
{
  fill_models (self);
  fill_devices (self);
}

static void
on_model_activated (GtkListBox *list, GtkListBoxRow *row, MonocleModelButton *self)
{
  g_settings_set_string (self->settings, "model", g_object_get_data (G_OBJECT (row), "id"));
  gtk_popover_popdown (self->popover);
}

static void
on_device_activated (GtkListBox *list, GtkListBoxRow *row, MonocleModelButton *self)
{
  g_settings_set_string (self->settings, "device", g_object_get_data (G_OBJECT (row), "id"));
  gtk_popover_popdown (self->popover);
}

/* --- Public --- */

void
monocle_model_button_set_runner (MonocleModelButton *self,
                                 MonocleRunner *runner,
                                 GSettings *settings)
{
  static const char *const watched[]
      = { "notify::state", "notify::fraction", "notify::model", "notify::ahead" };
  g_autoptr (GAction) precision = NULL;

  g_return_if_fail (MONOCLE_IS_MODEL_BUTTON (self));
  g_return_if_fail (self->runner == NULL);

  self->runner = g_object_ref (runner);
  self->settings = g_object_ref (settings);
  precision = g_settings_create_action (settings, "precision");
  g_action_map_add_action (G_ACTION_MAP (self->actions), precision);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (runner, watched[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
monocle_model_button_set_compact (MonocleModelButton *self, gboolean compact)
{
  g_return_if_fail (MONOCLE_IS_MODEL_BUTTON (self));

  if (compact == self->compact)
    return;
  self->compact = compact;
  if (self->runner)
    update (self);
}

static void
monocle_model_button_dispose (GObject *object)
{
  MonocleModelButton *self = MONOCLE_MODEL_BUTTON (object);

  g_clear_object (&self->runner);
  g_clear_object (&self->settings);
  g_clear_object (&self->actions);

  G_OBJECT_CLASS (monocle_model_button_parent_class)->dispose (object);
}

static void
monocle_model_button_class_init (MonocleModelButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_model_button_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/model-button.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleModelButton, scrolled);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelButton, button);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelButton, icon);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelButton, spinner);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelButton, words);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelButton, label);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelButton, progress);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelButton, tag);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelButton, popover);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelButton, models);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelButton, devices);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_shown);
  gtk_widget_class_bind_template_callback (widget_class, on_model_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_device_activated);
}

static void
monocle_model_button_init (MonocleModelButton *self)
{
  /* Before there are children: they look for their actions where there are some by then. */
  self->actions = g_simple_action_group_new ();
  gtk_widget_insert_action_group (GTK_WIDGET (self), "model", G_ACTION_GROUP (self->actions));
  gtk_widget_init_template (GTK_WIDGET (self));
  monocle_low_popover_follow (self->popover, self->scrolled);
}
