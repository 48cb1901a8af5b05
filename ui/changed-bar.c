/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/changed-bar.h"

#include <glib/gi18n.h>

#include "app/document/work-index.h"
#include "app/document/work.h"
#include "ui/error-dialog.h"

struct _MonocleChangedBar
{
  AdwBin parent_instance;

  GtkLabel *text;

  MonocleDocument *document; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (MonocleChangedBar, monocle_changed_bar, ADW_TYPE_BIN)

static void
update (MonocleChangedBar *self)
{
  guint n = 0;
  const gboolean is_changed = self->document && monocle_work_has_former (self->document, &n);

  if (is_changed)
    {
      g_autofree char *text
          = g_strdup_printf (ngettext ("%u object of yours lies on what it was before.",
                                       "%u objects of yours lie on what it was before.", n),
                             n);

      gtk_label_set_text (self->text, text);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), is_changed);
}

static void
on_use (MonocleChangedBar *self)
{
  g_autoptr (GError) error = NULL;

  if (self->document && !monocle_work_use_former (self->document, &error))
    monocle_error_dialog_show (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL,
                               MONOCLE_ATTEMPT_SHOW, error);
  update (self);
}

static void
on_leave (MonocleChangedBar *self)
{
  if (self->document)
    monocle_work_leave_former (self->document);
  update (self);
}

void
monocle_changed_bar_set_document (MonocleChangedBar *self, MonocleDocument *document)
{
  g_return_if_fail (MONOCLE_IS_CHANGED_BAR (self));
  g_return_if_fail (!document || MONOCLE_IS_DOCUMENT (document));

  g_set_object (&self->document, document);
  update (self);
}

static void
monocle_changed_bar_dispose (GObject *object)
{
  g_clear_object (&MONOCLE_CHANGED_BAR (object)->document);
  G_OBJECT_CLASS (monocle_changed_bar_parent_class)->dispose (object);
}

static void
monocle_changed_bar_class_init (MonocleChangedBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_changed_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/changed-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleChangedBar, text);
  gtk_widget_class_bind_template_callback (widget_class, on_use);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
}

static void
monocle_changed_bar_init (MonocleChangedBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* What the file was before may be known a moment after it is shown. */
  g_signal_connect_object (monocle_work_index_get_default (), "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
}
