/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/failure-view.h"

#include "app/base/error.h"
#include "app/base/trouble.h"
#include "ui/error-dialog.h"

struct _MonocleFailureView
{
  AdwBin parent_instance;

  GtkLabel *message;
  GtkLabel *advice;
  AdwBin *details;
  GtkWidget *models;
};

G_DEFINE_FINAL_TYPE (MonocleFailureView, monocle_failure_view, ADW_TYPE_BIN)

static char *
format_details (MonocleQuery *query, const GError *error)
{
  const char *model = monocle_query_get_model_name (query);
  const char *device = monocle_query_get_device_name (query);
  const char *precision = monocle_query_get_precision_name (query);

  /* For a report, so it stays as it is in every language. */
  return g_strdup_printf ("%s (%s, %d)\ntask: %s\nmodel: %s\ndevice: %s\nprecision: %s",
                          error->message, g_quark_to_string (error->domain), error->code,
                          monocle_query_get_task (query)->id, model ? model : "-",
                          device ? device : "-", precision ? precision : "-");
}

/* Whether another model would give an answer. */
static gboolean
is_of_model (const GError *error)
{
  return g_error_matches (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL)
         || g_error_matches (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_UNSUPPORTED_TASK)
         || g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
}

void
monocle_failure_view_set_query (MonocleFailureView *self, MonocleQuery *query)
{
  const GError *error;
  MonocleTrouble trouble;
  g_autofree char *details = NULL;

  g_return_if_fail (MONOCLE_IS_FAILURE_VIEW (self));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  error = monocle_query_get_error (query);
  g_return_if_fail (error != NULL);

  trouble = monocle_trouble_describe (MONOCLE_ATTEMPT_ASK, error);
  details = format_details (query, error);
  gtk_label_set_label (self->message, trouble.what);
  gtk_label_set_label (self->advice, trouble.advice);
  adw_bin_set_child (self->details, monocle_error_new_details (details, 32));
  gtk_widget_set_visible (self->models, is_of_model (error));
}

static void
monocle_failure_view_class_init (MonocleFailureViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/failure-view.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleFailureView, message);
  gtk_widget_class_bind_template_child (widget_class, MonocleFailureView, advice);
  gtk_widget_class_bind_template_child (widget_class, MonocleFailureView, details);
  gtk_widget_class_bind_template_child (widget_class, MonocleFailureView, models);
}

static void
monocle_failure_view_init (MonocleFailureView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
monocle_failure_view_new (void)
{
  return g_object_new (MONOCLE_TYPE_FAILURE_VIEW, NULL);
}
