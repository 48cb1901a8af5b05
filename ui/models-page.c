/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "ui/error-dialog.h"
#include "ui/model-row.h"
#include "ui/models-page-private.h"
#include "ui/spoken-names.h"

G_DEFINE_FINAL_TYPE (MonocleModelsPage, monocle_models_page, MONOCLE_TYPE_PREFERENCES_PARENT)

GtkWindow *
monocle_models_page_get_window (MonocleModelsPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

void
monocle_models_page_show_error (MonocleModelsPage *self, const GError *error)
{
  monocle_error_dialog_show (monocle_models_page_get_window (self), NULL, MONOCLE_ATTEMPT_GET,
                             error);
}

/* --- The lists --- */

MonocleModelRow *
monocle_models_page_find_row (MonocleModelsPage *self, const char *id)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (g_str_equal (monocle_model_row_get_id (self->rows->pdata[i]), id))
      return self->rows->pdata[i];
  return NULL;
}

MonocleStoredModel *
monocle_models_page_find_model (MonocleModelsPage *self, const char *id)
{
  for (guint i = 0; i < self->models->len; i++)
    if (g_str_equal (((MonocleStoredModel *) self->models->pdata[i])->id, id))
      return self->models->pdata[i];
  return NULL;
}

static void
add_row (MonocleModelsPage *self, AdwPreferencesGroup *group, GtkWidget *row)
{
  const MonocleModelJob *job
      = monocle_model_jobs_find (self->jobs, monocle_model_row_get_id (MONOCLE_MODEL_ROW (row)));

  if (job)
    monocle_model_row_show_job (MONOCLE_MODEL_ROW (row), job);
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
}

static gboolean
is_used (MonocleModelsPage *self, const MonocleStoredModel *model)
{
  g_autofree char *chosen = g_settings_get_string (self->settings, "model");

  return g_str_equal (chosen, model->setting) || g_str_equal (chosen, model->id);
}

static void
fill_installed (MonocleModelsPage *self)
{
  const MonocleCatalogue *catalogue = monocle_model_jobs_get_catalogue (self->jobs, NULL);

  g_clear_pointer (&self->models, g_ptr_array_unref);
  self->models = monocle_model_store_list ();
  for (guint i = 0; i < self->models->len; i++)
    {
      const MonocleStoredModel *model = self->models->pdata[i];
      const MonocleCatalogueModel *known
          = catalogue ? monocle_catalogue_find (catalogue, model->id) : NULL;
      const char *about = model->shipped ? _ (model->shipped->about) : known ? known->about : NULL;

      add_row (self, self->installed,
               monocle_model_row_new_installed (model, about, is_used (self, model)));
    }
}

/* What lies on the disk half done, and what is done to models that are in no list yet. */
static void
fill_coming (MonocleModelsPage *self)
{
  g_autoptr (GPtrArray) parts = monocle_model_store_list_parts ();
  g_autoptr (GPtrArray) jobs = monocle_model_jobs_list (self->jobs);
  guint before = self->rows->len;

  for (guint i = 0; i < parts->len; i++)
    if (!monocle_models_page_find_model (self, ((MonocleStoredPart *) parts->pdata[i])->id))
      add_row (self, self->coming, monocle_model_row_new_part (parts->pdata[i]));
  for (guint i = 0; i < jobs->len; i++)
    {
      const MonocleModelJob *job = jobs->pdata[i];

      if (!monocle_models_page_find_row (self, job->id))
        add_row (self, self->coming, monocle_model_row_new_job (job));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->coming), self->rows->len > before);
}

static void
fill_available (MonocleModelsPage *self)
{
  const MonocleCatalogue *catalogue = monocle_model_jobs_get_catalogue (self->jobs, NULL);
  g_autofree char *host = monocle_model_jobs_dup_host (self->jobs);
  g_autofree char *text = NULL;

  for (guint i = 0; catalogue && i < monocle_catalogue_get_n (catalogue); i++)
    {
      const MonocleCatalogueModel *model = monocle_catalogue_get (catalogue, i);

      if (!monocle_models_page_find_row (self, model->manifest->id))
        add_row (self, self->available, monocle_model_row_new_available (model, self->device));
    }
  /* Translators: %s is the name of a server */
  text = g_strdup_printf (_ ("Downloads come from %s. It is asked for nothing before you choose."),
                          host ? host : "");
  adw_preferences_group_set_description (self->available, host ? text : "");
}

/* (transfer full) (nullable): of the row with the keyboard. */
static char *
dup_focused (MonocleModelsPage *self)
{
  GtkWindow *window = monocle_models_page_get_window (self);
  GtkWidget *focus = window ? gtk_window_get_focus (window) : NULL;
  GtkWidget *row = focus ? gtk_widget_get_ancestor (focus, MONOCLE_TYPE_MODEL_ROW) : NULL;

  return row ? g_strdup (monocle_model_row_get_id (MONOCLE_MODEL_ROW (row))) : NULL;
}

void
monocle_models_page_fill (MonocleModelsPage *self)
{
  g_autofree char *focused = dup_focused (self);
  MonocleModelRow *row;

  while (self->rows->len > 0)
    {
      GtkWidget *last = g_ptr_array_steal_index (self->rows, self->rows->len - 1);

      adw_preferences_group_remove (
          ADW_PREFERENCES_GROUP (gtk_widget_get_ancestor (last, ADW_TYPE_PREFERENCES_GROUP)), last);
    }
  fill_installed (self);
  fill_coming (self);
  fill_available (self);
  monocle_models_page_show_memory (self);
  row = focused ? monocle_models_page_find_row (self, focused) : NULL;
  if (row)
    gtk_widget_child_focus (GTK_WIDGET (row), GTK_DIR_TAB_FORWARD);
}

static void
on_progress (MonocleModelJobs *jobs, const char *id, MonocleModelsPage *self)
{
  MonocleModelRow *row = monocle_models_page_find_row (self, id);
  const MonocleModelJob *job = monocle_model_jobs_find (jobs, id);

  if (row && job)
    monocle_model_row_show_job (row, job);
}

/* What failed stands in its row. */
static void
on_ended (MonocleModelJobs *jobs,
          const MonocleModelJob *job,
          const char *words,
          MonocleModelsPage *self)
{
  if (words)
    monocle_dialogs_add_toast (GTK_WIDGET (self), words);
}

/* --- What is done with a row --- */

static void
use (GtkWidget *widget, const char *action, GVariant *id)
{
  MonocleModelsPage *self = MONOCLE_MODELS_PAGE (widget);
  const MonocleStoredModel *model
      = monocle_models_page_find_model (self, g_variant_get_string (id, NULL));

  if (model)
    g_settings_set_string (self->settings, "model", model->setting);
}

static void
get (GtkWidget *widget, const char *action, GVariant *id)
{
  MonocleModelsPage *self = MONOCLE_MODELS_PAGE (widget);
  g_autoptr (GError) error = NULL;

  if (!monocle_model_jobs_download (self->jobs, g_variant_get_string (id, NULL), &error))
    monocle_models_page_show_error (self, error);
}

static void
stop (GtkWidget *widget, const char *action, GVariant *id)
{
  monocle_model_jobs_stop (MONOCLE_MODELS_PAGE (widget)->jobs, g_variant_get_string (id, NULL));
}

static void
dismiss (GtkWidget *widget, const char *action, GVariant *id)
{
  monocle_model_jobs_dismiss (MONOCLE_MODELS_PAGE (widget)->jobs, g_variant_get_string (id, NULL));
}

static void
verify (GtkWidget *widget, const char *action, GVariant *id)
{
  MonocleModelsPage *self = MONOCLE_MODELS_PAGE (widget);
  const MonocleStoredModel *model
      = monocle_models_page_find_model (self, g_variant_get_string (id, NULL));

  if (model)
    monocle_model_jobs_verify (self->jobs, model->id, model->title, model->directory);
}

static void
show_details (GtkWidget *widget, const char *action, GVariant *id)
{
  MonocleModelsPage *self = MONOCLE_MODELS_PAGE (widget);
  const MonocleModelJob *job
      = monocle_model_jobs_find (self->jobs, g_variant_get_string (id, NULL));

  if (job && job->error)
    monocle_models_page_show_error (self, job->error);
}

/* --- Removing --- */

static void
on_remove_response (GtkWidget *dialog, const char *response, MonocleModelsPage *self)
{
  const char *id = g_object_get_data (G_OBJECT (dialog), "id");
  const MonocleStoredModel *model = monocle_models_page_find_model (self, id);
  const MonocleModelJob *job = monocle_model_jobs_find (self->jobs, id);
  g_autofree char *title = g_strdup (model ? model->title : job ? job->title : id);

  if (!g_str_equal (response, "remove"))
    return;
  /* What answers is not what is taken away. */
  if (model && is_used (self, model))
    g_settings_reset (self->settings, "model");
  monocle_model_jobs_remove (self->jobs, id, title);
}

static void
confirm (MonocleModelsPage *self,
         const char *id,
         const char *heading,
         const char *body,
         const char *label)
{
  GtkWidget *dialog = monocle_dialogs_new_alert (heading, body, NULL);

  g_object_set_data_full (G_OBJECT (dialog), "id", g_strdup (id), g_free);
  monocle_dialogs_add_response (dialog, "cancel", _ ("_Cancel"), TRUE);
  monocle_dialogs_add_response (dialog, "remove", label, FALSE);
  monocle_dialogs_mark_destructive (dialog, "remove");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_remove_response), self, 0);
  monocle_dialogs_present (dialog, monocle_models_page_get_window (self));
}

static void
confirm_model (MonocleModelsPage *self, const MonocleStoredModel *model)
{
  g_autofree char *size = g_format_size (model->size_bytes);
  g_autofree char *heading
      = g_strdup_printf (model->is_reference ? _ ("Forget %s?") : _ ("Remove %s?"), model->title);
  g_autofree char *body
      = model->is_reference
            ? g_strdup_printf (_ ("It stays where it is, in %s. Nothing becomes free."),
                               model->directory)
            /* Translators: size on the disk */
            : g_strdup_printf (_ ("%s become free on the disk."), size);

  confirm (self, model->id, heading, body, model->is_reference ? _ ("_Forget") : _ ("_Remove"));
}

static void
confirm_part (MonocleModelsPage *self, const char *id)
{
  g_autoptr (GPtrArray) parts = monocle_model_store_list_parts ();
  g_autofree char *size = NULL, *body = NULL;
  guint64 received = 0;

  for (guint i = 0; i < parts->len; i++)
    if (g_str_equal (((MonocleStoredPart *) parts->pdata[i])->id, id))
      received = ((MonocleStoredPart *) parts->pdata[i])->received_bytes;
  size = g_format_size (received);
  body = g_strdup_printf (_ ("%s that came so far are taken away, and become free on the disk."),
                          size);
  confirm (self, id, _ ("Give This Download Up?"), body, _ ("_Give Up"));
}

static void
remove_one (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MonocleModelsPage *self = MONOCLE_MODELS_PAGE (widget);
  const char *id = g_variant_get_string (parameter, NULL);
  const MonocleStoredModel *model = monocle_models_page_find_model (self, id);

  if (model)
    confirm_model (self, model);
  else
    confirm_part (self, id);
}

/* --- Lifecycle --- */

static void
monocle_models_page_dispose (GObject *object)
{
  MonocleModelsPage *self = MONOCLE_MODELS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->settings);
  g_clear_object (&self->jobs);
  g_clear_object (&self->device);
  g_clear_pointer (&self->needs, g_hash_table_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->models, g_ptr_array_unref);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (monocle_models_page_parent_class)->dispose (object);
}

static void
monocle_models_page_class_init (MonocleModelsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_models_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/models-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleModelsPage, coming);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelsPage, installed);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelsPage, available);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelsPage, repository);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelsPage, mirror);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelsPage, token);
  gtk_widget_class_bind_template_child (widget_class, MonocleModelsPage, forget_token);
  monocle_models_page_class_bind_add (widget_class);
  monocle_models_page_class_bind_source (widget_class);

  gtk_widget_class_install_action (widget_class, "models.use", "s", use);
  gtk_widget_class_install_action (widget_class, "models.get", "s", get);
  gtk_widget_class_install_action (widget_class, "models.stop", "s", stop);
  gtk_widget_class_install_action (widget_class, "models.dismiss", "s", dismiss);
  gtk_widget_class_install_action (widget_class, "models.verify", "s", verify);
  gtk_widget_class_install_action (widget_class, "models.remove", "s", remove_one);
  gtk_widget_class_install_action (widget_class, "models.details", "s", show_details);
}

static void
monocle_models_page_init (MonocleModelsPage *self)
{
  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  monocle_dialogs_set_size (GTK_WIDGET (self), 640, 680);
  monocle_models_page_init_add (self);
}

GtkWidget *
monocle_models_page_new (MonocleApplication *application)
{
  MonocleModelsPage *self = g_object_new (MONOCLE_TYPE_MODELS_PAGE, NULL);

  self->settings = g_object_ref (monocle_application_get_settings (application));
  self->jobs = g_object_ref (monocle_application_get_model_jobs (application));
  monocle_models_page_init_source (self);
  monocle_models_page_init_memory (self, monocle_application_get_runner (application));
  g_signal_connect_object (self->jobs, "changed", G_CALLBACK (monocle_models_page_fill), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->jobs, "progress", G_CALLBACK (on_progress), self, 0);
  g_signal_connect_object (self->jobs, "ended", G_CALLBACK (on_ended), self, 0);
  g_signal_connect_object (self->settings, "changed::model", G_CALLBACK (monocle_models_page_fill),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::mirror", G_CALLBACK (monocle_models_page_fill),
                           self, G_CONNECT_SWAPPED);
  monocle_models_page_fill (self);
  monocle_spoken_names_clean (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
