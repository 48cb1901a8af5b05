/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/failure-view.h"

#include <glib/gi18n.h>

#include "app/error.h"

struct _MonocleFailureView
{
  AdwBin parent_instance;

  GtkLabel *message;
  GtkLabel *advice;
  GtkLabel *details;
  GtkExpander *expander;
};

G_DEFINE_FINAL_TYPE (MonocleFailureView, monocle_failure_view, ADW_TYPE_BIN)

/* What a person can do about it. */
static const char *
get_advice (const GError *error)
{
  if (g_error_matches (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_MODEL)
      || g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL)
      || g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE))
    return _ ("Choose another model in Preferences.");
  if (g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_NO_DEVICE))
    return _ ("Choose another device in Preferences.");
  if (g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY))
    return _ (
        "Choose another device or 16-bit precision in Preferences, or ask about fewer regions "
        "at once.");
  if (g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST))
    return _ ("The device is opened again. Ask once more.");
  if (g_error_matches (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST))
    return _ ("Ask with other words or another region.");
  return _ ("Ask once more. If it happens again, choose another device in Preferences.");
}

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

static void
on_copy (MonocleFailureView *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_label (self->details));
}

void
monocle_failure_view_set_query (MonocleFailureView *self, MonocleQuery *query)
{
  const GError *error;
  g_autofree char *details = NULL;

  g_return_if_fail (MONOCLE_IS_FAILURE_VIEW (self));
  g_return_if_fail (MONOCLE_IS_QUERY (query));

  error = monocle_query_get_error (query);
  g_return_if_fail (error != NULL);

  details = format_details (query, error);
  gtk_label_set_label (self->message, error->message);
  gtk_label_set_label (self->advice, get_advice (error));
  gtk_label_set_label (self->details, details);
  gtk_expander_set_expanded (self->expander, FALSE);
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
  gtk_widget_class_bind_template_child (widget_class, MonocleFailureView, expander);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
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
