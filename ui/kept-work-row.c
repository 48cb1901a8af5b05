/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/kept-work-row.h"

#include <glib/gi18n.h>

#include "app/document/work-index.h"
#include "app/document/work.h"
#include "ui/dialogs.h"
#include "ui/error-dialog.h"

struct _MonocleKeptWorkRow
{
  AdwActionRow parent_instance;

  GtkWidget *button;
};

G_DEFINE_FINAL_TYPE (MonocleKeptWorkRow, monocle_kept_work_row, ADW_TYPE_ACTION_ROW)

static void
update (MonocleKeptWorkRow *self)
{
  guint64 n_bytes;
  const guint n = monocle_work_index_count (monocle_work_index_get_default (), &n_bytes);
  g_autofree char *size = g_format_size_full (n_bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *text = NULL;

  if (n > 0)
    /* Translators: how many pictures something was done to, and how much room that takes */
    text = g_strdup_printf (ngettext ("%u picture, %s", "%u pictures, %s", n), n, size);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text ? text : _ ("Nothing yet"));
  gtk_widget_set_sensitive (self->button, n_bytes > 0);
}

static void
on_response (GtkWidget *dialog, const char *response, MonocleKeptWorkRow *self)
{
  g_autoptr (GError) error = NULL;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (g_str_equal (response, "delete") && !monocle_work_forget_all (&error))
    monocle_error_dialog_show (GTK_WINDOW (root), NULL, MONOCLE_ATTEMPT_WRITE, error);
  update (self);
}

static void
on_clicked (MonocleKeptWorkRow *self)
{
  guint64 n_bytes;
  const guint n = monocle_work_index_count (monocle_work_index_get_default (), &n_bytes);
  g_autofree char *body = g_strdup_printf (
      ngettext (
          "What was drawn on %u picture, named, answered and marked as done is lost for good. "
          "The picture itself stays.",
          "What was drawn on %u pictures, named, answered and marked as done is lost for good. "
          "The pictures themselves stay.",
          n),
      n);
  GtkWidget *dialog = monocle_dialogs_new_alert (_ ("Delete All Kept Work?"), body, NULL);

  monocle_dialogs_add_response (dialog, "cancel", _ ("_Cancel"), TRUE);
  monocle_dialogs_add_response (dialog, "delete", _ ("_Delete"), FALSE);
  monocle_dialogs_mark_destructive (dialog, "delete");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, 0);
  monocle_dialogs_present (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))));
}

static void
monocle_kept_work_row_class_init (MonocleKeptWorkRowClass *klass)
{
}

static void
monocle_kept_work_row_init (MonocleKeptWorkRow *self)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ ("_Kept Work"));
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (self), TRUE);
  self->button = gtk_button_new_with_mnemonic (_ ("_Delete…"));
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (on_clicked), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), self->button);
  g_signal_connect_object (monocle_work_index_get_default (), "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}
