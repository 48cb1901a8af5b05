/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/broken-page.h"

#include "app/base/trouble.h"
#include "ui/error-dialog.h"

struct _MonocleBrokenPage
{
  AdwBin parent_instance;

  AdwStatusPage *page;
  AdwBin *details;
};

G_DEFINE_FINAL_TYPE (MonocleBrokenPage, monocle_broken_page, ADW_TYPE_BIN)

void
monocle_broken_page_set_error (MonocleBrokenPage *self, const char *name, const GError *error)
{
  MonocleTrouble trouble;
  g_autofree char *details = NULL;
  g_autofree char *description = NULL;

  g_return_if_fail (MONOCLE_IS_BROKEN_PAGE (self));
  g_return_if_fail (error != NULL);

  details = monocle_error_dup_details (name, error);
  trouble = monocle_trouble_describe (MONOCLE_ATTEMPT_SHOW, error);
  description = g_markup_escape_text (trouble.advice, -1);
  adw_status_page_set_title (self->page, trouble.what);
  adw_status_page_set_description (self->page, description);
  adw_bin_set_child (self->details, monocle_error_new_details (details, 60));
}

void
monocle_broken_page_set_compact (MonocleBrokenPage *self, gboolean compact)
{
  g_return_if_fail (MONOCLE_IS_BROKEN_PAGE (self));

  if (compact)
    gtk_widget_add_css_class (GTK_WIDGET (self->page), "compact");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->page), "compact");
}

static void
monocle_broken_page_class_init (MonocleBrokenPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/broken-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleBrokenPage, page);
  gtk_widget_class_bind_template_child (widget_class, MonocleBrokenPage, details);
}

static void
monocle_broken_page_init (MonocleBrokenPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
