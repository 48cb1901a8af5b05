/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/preferences.h"

#include <glib/gi18n.h>

#include "app/models/device-check.h"
#include "app/models/device-list.h"
#include "app/models/device-memory.h"
#include "app/models/store.h"
#include "app/draw/overlay.h"
#include "ui/choice.h"
#include "ui/figures.h"
#include "ui/kept-work-row.h"
#include "ui/spoken-names.h"

struct _MonoclePreferences
{
  MonoclePreferencesParent parent_instance;

  AdwComboRow *model_row;
  AdwComboRow *device_row;
  AdwActionRow *check_row;
  GtkProgressBar *check_progress;
  GtkButton *check_button;
  GtkWidget *trust_row;
  GtkSwitch *trust_switch;
  AdwComboRow *precision_row;
  GtkSpinButton *beams;
  AdwComboRow *style_row;
  GtkScale *opacity;
  GtkSwitch *labels;
  GtkSwitch *dashes;
  GtkSwitch *reopen;
  GtkSwitch *wheel;
  GtkSwitch *names;
  GtkScale *threshold;

  GSettings *settings;
  /* What the rows of the two lists stand for, in their order. */
  GPtrArray *model_ids;
  GPtrArray *device_ids;
  GPtrArray *devices; /* (nullable) (element-type MonocleDevice): once they are known */
  GCancellable *cancellable;
  GCancellable *checking; /* (nullable): while the device is checked */
  gboolean is_filling;
};

G_DEFINE_FINAL_TYPE (MonoclePreferences, monocle_preferences, MONOCLE_TYPE_PREFERENCES_PARENT)

static const char *const precision_ids[] = { "auto", "f32", "f16", "q8", "q4" };

/* --- Lists that are made, not fixed --- */

static void
select_id (AdwComboRow *row, GPtrArray *ids, const char *id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_str_equal (ids->pdata[i], id))
      {
        adw_combo_row_set_selected (row, i);
        return;
      }
}

static gboolean
has_id (GPtrArray *ids, const char *id)
{
  return g_ptr_array_find_with_equal_func (ids, id, g_str_equal, NULL);
}

static void
fill_models (MonoclePreferences *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  g_autoptr (GPtrArray) models = monocle_model_store_list ();
  g_autofree char *chosen = g_settings_get_string (self->settings, "model");

  self->is_filling = TRUE;
  g_ptr_array_set_size (self->model_ids, 0);
  for (guint i = 0; i < models->len; i++)
    {
      MonocleStoredModel *model = models->pdata[i];

      gtk_string_list_append (titles, model->title);
      g_ptr_array_add (self->model_ids, g_strdup (model->setting));
    }
  if (!has_id (self->model_ids, chosen))
    {
      g_autofree char *title = monocle_model_store_dup_title (chosen);

      gtk_string_list_append (titles, title);
      g_ptr_array_add (self->model_ids, g_strdup (chosen));
    }
  adw_combo_row_set_model (self->model_row, G_LIST_MODEL (titles));
  select_id (self->model_row, self->model_ids, chosen);
  self->is_filling = FALSE;
}

/* (transfer none) (nullable): the device that is chosen; of Automatic the one that it means. */
static MonocleDevice *
get_chosen_device (MonoclePreferences *self)
{
  guint selected = adw_combo_row_get_selected (self->device_row);
  guint i = selected > 0 ? selected - 1 : 0;

  return self->devices && i < self->devices->len ? self->devices->pdata[i] : NULL;
}

static const char *
describe_verdict (MonocleVerdict verdict)
{
  switch (verdict)
    {
    case MONOCLE_VERDICT_RIGHT:
      return C_ ("self-check", "right");
    case MONOCLE_VERDICT_WRONG:
      return C_ ("self-check", "wrong");
    case MONOCLE_VERDICT_UNKNOWN:
    default:
      return C_ ("self-check", "not checked yet");
    }
}

/* What is known of the device that is chosen, and what can be done about it. */
static void
show_check (MonoclePreferences *self)
{
  MonocleDevice *device = get_chosen_device (self);
  gboolean is_chosen = adw_combo_row_get_selected (self->device_row) > 0;
  g_auto (GStrv) trusted = g_settings_get_strv (self->settings, "trusted-devices");
  g_autofree char *text = NULL;
  MonocleVerdict f32 = MONOCLE_VERDICT_UNKNOWN, f16 = MONOCLE_VERDICT_UNKNOWN;

  if (device)
    {
      f32 = monocle_device_memory_recall (device, MONOCLE_PRECISION_F32, NULL);
      f16 = monocle_device_memory_recall (device, MONOCLE_PRECISION_F16, NULL);
    }
  if (device && monocle_device_get_has_f16 (device))
    /* Translators: what two checks came to: "right", "wrong" or "not checked yet" */
    text = g_strdup_printf (_ ("In 32 bits: %s. In 16 bits: %s."), describe_verdict (f32),
                            describe_verdict (f16));
  else if (device)
    text = g_strdup_printf (_ ("In 32 bits: %s."), describe_verdict (f32));
  adw_action_row_set_subtitle (self->check_row, text ? text : "");
  gtk_widget_set_sensitive (GTK_WIDGET (self->check_row), device != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->check_progress), self->checking != NULL);
  gtk_button_set_label (self->check_button, self->checking ? _ ("_Stop") : _ ("C_heck"));

  self->is_filling = TRUE;
  gtk_widget_set_visible (
      self->trust_row, is_chosen && (f32 == MONOCLE_VERDICT_WRONG || f16 == MONOCLE_VERDICT_WRONG));
  gtk_switch_set_active (
      self->trust_switch,
      device && g_strv_contains ((const char *const *) trusted, monocle_device_get_uuid (device)));
  self->is_filling = FALSE;
}

/* What there is no room for in the list. */
static void
describe_device (MonoclePreferences *self)
{
  MonocleDevice *device = get_chosen_device (self);
  g_autofree char *budget = NULL, *memory = NULL, *text = NULL;

  if (device)
    {
      memory
          = g_format_size_full (monocle_device_get_memory_bytes (device), G_FORMAT_SIZE_IEC_UNITS);
      budget
          = g_format_size_full (monocle_device_get_budget_bytes (device), G_FORMAT_SIZE_IEC_UNITS);
      /* Translators: driver and its version, memory of a device, what Monocle may have of it */
      text = g_strdup_printf (_ ("%s. Memory: %s, of which Monocle may use %s"),
                              monocle_device_get_driver (device), memory, budget);
    }
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->device_row), text ? text : "");
  show_check (self);
}

static void
show_devices (MonoclePreferences *self, GPtrArray *devices)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  g_autofree char *chosen = g_settings_get_string (self->settings, "device");

  self->devices = devices ? g_ptr_array_ref (devices) : NULL;
  self->is_filling = TRUE;
  gtk_string_list_append (titles, _ ("Automatic"));
  g_ptr_array_add (self->device_ids, g_strdup ("auto"));
  for (guint i = 0; devices && i < devices->len; i++)
    {
      g_autofree char *title
          = g_strdup_printf ("%s, %s", monocle_device_get_name (devices->pdata[i]),
                             monocle_device_get_kind_name (devices->pdata[i]));

      gtk_string_list_append (titles, title);
      g_ptr_array_add (self->device_ids, g_strdup (monocle_device_get_uuid (devices->pdata[i])));
    }
  if (*chosen && !has_id (self->device_ids, chosen))
    {
      gtk_string_list_append (titles, _ ("A device that is not there now"));
      g_ptr_array_add (self->device_ids, g_strdup (chosen));
    }
  adw_combo_row_set_model (self->device_row, G_LIST_MODEL (titles));
  select_id (self->device_row, self->device_ids, chosen);
  gtk_widget_set_sensitive (GTK_WIDGET (self->device_row), TRUE);
  self->is_filling = FALSE;
  describe_device (self);
}

static void
on_devices_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = monocle_device_list_finish (result, &error);

  /* Cancelled: the window is gone. */
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_devices (data, devices);
}

static void
fill_devices (MonoclePreferences *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->device_row), FALSE);
  self->cancellable = g_cancellable_new ();
  monocle_device_list_async (self->cancellable, on_devices_listed, self);
}

/* --- "Check This Device" --- */

typedef struct
{
  MonoclePreferences *self; /* owned */
  MonocleDevice *device;
  MonoclePrecision precision;
  GCancellable *cancellable;
} Check;

static void
on_check_progress (double fraction, gpointer user_data)
{
  Check *check = user_data;

  if (check->self->checking == check->cancellable)
    gtk_progress_bar_set_fraction (check->self->check_progress, fraction);
}

static void
check_free (Check *check)
{
  g_object_unref (check->self);
  g_object_unref (check->device);
  g_object_unref (check->cancellable);
  g_free (check);
}

/* 16 bits after 32, where the device has them. */
static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Check *check = user_data;
  g_autoptr (MonoclePreferences) self = g_object_ref (check->self);
  g_autoptr (GError) error = NULL;
  gboolean is_right = monocle_device_check_finish (result, &error);

  if (is_right && check->precision == MONOCLE_PRECISION_F32
      && monocle_device_get_has_f16 (check->device))
    {
      check->precision = MONOCLE_PRECISION_F16;
      monocle_device_check_async (check->device, check->precision, check->cancellable,
                                  on_check_progress, check, on_checked, check);
    }
  else
    {
      if (self->checking == check->cancellable)
        g_clear_object (&self->checking);
      check_free (check);
    }
  if (!self->settings)
    return;

  if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    monocle_dialogs_add_toast (GTK_WIDGET (self), error->message);
  show_check (self);
}

static void
on_check_clicked (GtkButton *button, MonoclePreferences *self)
{
  Check *check;

  if (self->checking)
    {
      g_cancellable_cancel (self->checking);
      return;
    }

  check = g_new0 (Check, 1);
  self->checking = g_cancellable_new ();
  check->self = g_object_ref (self);
  check->device = g_object_ref (get_chosen_device (self));
  check->precision = MONOCLE_PRECISION_F32;
  check->cancellable = g_object_ref (self->checking);
  gtk_progress_bar_set_fraction (self->check_progress, 0);
  monocle_device_check_async (check->device, check->precision, check->cancellable,
                              on_check_progress, check, on_checked, check);
  show_check (self);
}

/* The person's word, for this device alone. */
static void
on_trust_switched (GtkSwitch *button, GParamSpec *pspec, MonoclePreferences *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  MonocleDevice *device = get_chosen_device (self);
  g_auto (GStrv) before = NULL, after = NULL;

  if (self->is_filling || !device)
    return;
  before = g_settings_get_strv (self->settings, "trusted-devices");
  for (guint i = 0; before[i]; i++)
    if (!g_str_equal (before[i], monocle_device_get_uuid (device)))
      g_strv_builder_add (builder, before[i]);
  if (gtk_switch_get_active (button))
    g_strv_builder_add (builder, monocle_device_get_uuid (device));
  after = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, "trusted-devices", (const char *const *) after);
}

static void
on_model_selected (AdwComboRow *row, GParamSpec *pspec, MonoclePreferences *self)
{
  guint selected = adw_combo_row_get_selected (row);

  if (!self->is_filling && selected < self->model_ids->len)
    g_settings_set_string (self->settings, "model", self->model_ids->pdata[selected]);
}

static void
on_device_selected (AdwComboRow *row, GParamSpec *pspec, MonoclePreferences *self)
{
  guint selected = adw_combo_row_get_selected (row);

  if (self->is_filling || selected >= self->device_ids->len)
    return;
  g_settings_set_string (self->settings, "device", self->device_ids->pdata[selected]);
  describe_device (self);
}

static void
on_precision_selected (AdwComboRow *row, GParamSpec *pspec, MonoclePreferences *self)
{
  guint selected = adw_combo_row_get_selected (row);

  if (!self->is_filling && selected < G_N_ELEMENTS (precision_ids))
    g_settings_set_string (self->settings, "precision", precision_ids[selected]);
}

static void
on_style_selected (AdwComboRow *row, GParamSpec *pspec, MonoclePreferences *self)
{
  guint selected = adw_combo_row_get_selected (row);

  if (!self->is_filling && selected <= MONOCLE_OVERLAY_STYLE_BLUR)
    g_settings_set_string (self->settings, "style",
                           monocle_overlay_style_get_id ((MonocleOverlayStyle) selected));
}

/* --- A folder of the person's choice --- */

static void
on_folder_chosen (GtkNativeDialog *dialog, int response, MonoclePreferences *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = folder ? g_file_get_path (folder) : NULL;

      if (path && (monocle_model_store_is_model (path) || monocle_adapter_is_one (path)))
        {
          g_settings_set_string (self->settings, "model", path);
          fill_models (self);
        }
      else
        monocle_dialogs_add_toast (GTK_WIDGET (self),
                                   _ ("There is no model in that folder: config.json is missing."));
    }
  gtk_native_dialog_destroy (dialog);
}

static void
on_choose_clicked (GtkButton *button, MonoclePreferences *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Choose a Model"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
      GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Choose"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_folder_chosen), self, 0);
  g_signal_connect (dialog, "response", G_CALLBACK (g_object_unref), NULL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* --- Lifecycle --- */

static void
monocle_preferences_dispose (GObject *object)
{
  MonoclePreferences *self = MONOCLE_PREFERENCES (object);

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->model_ids, g_ptr_array_unref);
  g_clear_pointer (&self->device_ids, g_ptr_array_unref);
  g_clear_pointer (&self->devices, g_ptr_array_unref);

  G_OBJECT_CLASS (monocle_preferences_parent_class)->dispose (object);
}

static void
monocle_preferences_class_init (MonoclePreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_preferences_dispose;

  g_type_ensure (MONOCLE_TYPE_KEPT_WORK_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, model_row);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, device_row);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, check_row);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, check_progress);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, check_button);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, trust_row);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, trust_switch);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, precision_row);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, beams);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, style_row);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, opacity);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, labels);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, dashes);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, reopen);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, wheel);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, names);
  gtk_widget_class_bind_template_child (widget_class, MonoclePreferences, threshold);
  gtk_widget_class_bind_template_callback (widget_class, on_model_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_device_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_check_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_trust_switched);
  gtk_widget_class_bind_template_callback (widget_class, on_precision_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_style_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_clicked);
}

static void
monocle_preferences_init (MonoclePreferences *self)
{
  self->model_ids = g_ptr_array_new_with_free_func (g_free);
  self->device_ids = g_ptr_array_new_with_free_func (g_free);
  self->is_filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  monocle_choice_keep_readable (self->model_row);
  monocle_choice_keep_readable (self->device_row);
  monocle_choice_keep_readable (self->precision_row);
  monocle_choice_keep_readable (self->style_row);
  monocle_figures_show_percent (self->opacity);
  monocle_figures_show_percent (self->threshold);
  monocle_dialogs_set_size (GTK_WIDGET (self), 580, 620);
}

static void
show_settings (MonoclePreferences *self)
{
  g_autofree char *precision = g_settings_get_string (self->settings, "precision");
  g_autofree char *style_id = g_settings_get_string (self->settings, "style");
  MonocleOverlayStyle style;

  self->is_filling = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (precision_ids); i++)
    if (g_str_equal (precision, precision_ids[i]))
      adw_combo_row_set_selected (self->precision_row, i);
  if (monocle_overlay_style_find (style_id, &style))
    adw_combo_row_set_selected (self->style_row, style);
  self->is_filling = FALSE;

  g_settings_bind (self->settings, "beams", gtk_spin_button_get_adjustment (self->beams), "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "opacity", gtk_range_get_adjustment (GTK_RANGE (self->opacity)),
                   "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "show-labels", self->labels, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "dashes", self->dashes, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "reopen", self->reopen, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "wheel-browses", self->wheel, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "name-drawn", self->names, "active", G_SETTINGS_BIND_DEFAULT);
}

GtkWidget *
monocle_preferences_new (MonocleApplication *application)
{
  MonoclePreferences *self = g_object_new (MONOCLE_TYPE_PREFERENCES, NULL);

  self->settings = g_object_ref (monocle_application_get_settings (application));
  fill_models (self);
  fill_devices (self);
  show_settings (self);
  monocle_threshold_bind (monocle_application_get_threshold (application),
                          gtk_range_get_adjustment (GTK_RANGE (self->threshold)), "value");
  monocle_spoken_names_clean (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
