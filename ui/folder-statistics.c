/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/folder-statistics.h"

#include <glib/gi18n.h>

#include "app/document/folder-tally.h"
#include "ui/share-bar.h"

/* More are in what is copied. */
#define MAX_LABELS 40

struct _MonocleFolderStatistics
{
  AdwWindow parent_instance;

  GtkWidget *reading;
  GtkProgressBar *progress;
  AdwPreferencesGroup *pictures_group;
  AdwPreferencesGroup *labels_group;
  AdwPreferencesGroup *sizes_group;
  AdwToastOverlay *toasts;

  GListModel *pictures;
  MonocleFolderTally *tally;
  GPtrArray *rows; /* (element-type GtkWidget): those that are there, not held */
};

G_DEFINE_FINAL_TYPE (MonocleFolderStatistics, monocle_folder_statistics, ADW_TYPE_WINDOW)

/* @most: what a whole bar is */
static void
add_row (MonocleFolderStatistics *self,
         AdwPreferencesGroup *group,
         const char *title,
         guint n,
         guint most)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *number = g_strdup_printf ("%u", n);
  g_autofree char *spoken = NULL;
  g_autofree char *escaped = g_markup_escape_text (title, -1);
  GtkWidget *label = gtk_label_new (number);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), escaped);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_label_set_width_chars (GTK_LABEL (label), 6);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             monocle_share_bar_new (most > 0 ? (double) n / most : 0));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  spoken = g_strdup_printf ("%s: %s", title, number);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  adw_preferences_group_add (group, row);
  g_object_set_data (G_OBJECT (row), "group", group);
  g_ptr_array_add (self->rows, row);
}

static void
clear_rows (MonocleFolderStatistics *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (g_object_get_data (self->rows->pdata[i], "group"),
                                  self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
}

static void
add_labels (MonocleFolderStatistics *self)
{
  GHashTable *labels = self->tally->sum->own_labels;
  g_autoptr (GPtrArray) names = monocle_folder_tally_sort (labels);
  guint most = 0;

  for (guint i = 0; i < MIN (names->len, MAX_LABELS); i++)
    {
      const char *name = names->pdata[i];
      const guint n = GPOINTER_TO_UINT (g_hash_table_lookup (labels, name));

      most = MAX (most, n);
      add_row (self, self->labels_group, *name ? name : _ ("Without a label"), n, most);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->labels_group), names->len > 0);
}

static void
add_sizes (MonocleFolderStatistics *self)
{
  const guint *sizes = self->tally->sum->sizes;
  guint most = 0;

  for (guint i = 0; i < MONOCLE_SUMMARY_SIZES; i++)
    most = MAX (most, sizes[i]);
  for (guint i = 0; i < MONOCLE_SUMMARY_SIZES; i++)
    {
      g_autofree char *title = monocle_folder_tally_dup_size (i);

      add_row (self, self->sizes_group, title, sizes[i], most);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->sizes_group), most > 0);
}

static void
update (MonocleFolderStatistics *self)
{
  const double fraction = monocle_work_index_get_fraction (monocle_work_index_get_default ());
  const MonocleFolderTally *tally;

  g_clear_pointer (&self->tally, monocle_folder_tally_free);
  tally = self->tally = monocle_folder_tally_new (self->pictures);
  clear_rows (self);
  gtk_widget_set_visible (self->reading, fraction < 1);
  gtk_progress_bar_set_fraction (self->progress, fraction);
  add_row (self, self->pictures_group, _ ("Pictures"), tally->n_pictures, tally->n_pictures);
  add_row (self, self->pictures_group, _ ("Worked on"), tally->n_worked, tally->n_pictures);
  add_row (self, self->pictures_group, C_ ("pictures", "Done"), tally->n_done, tally->n_pictures);
  add_labels (self);
  add_sizes (self);
}

static void
copy (MonocleFolderStatistics *self, char *(*format) (const MonocleFolderTally *tally))
{
  g_autofree char *text = format (self->tally);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Statistics copied")));
}

static void
copy_text (GtkWidget *widget, const char *action, GVariant *parameter)
{
  copy (MONOCLE_FOLDER_STATISTICS (widget), monocle_folder_tally_format_text);
}

static void
copy_csv (GtkWidget *widget, const char *action, GVariant *parameter)
{
  copy (MONOCLE_FOLDER_STATISTICS (widget), monocle_folder_tally_format_csv);
}

static void
monocle_folder_statistics_dispose (GObject *object)
{
  MonocleFolderStatistics *self = MONOCLE_FOLDER_STATISTICS (object);

  g_clear_pointer (&self->tally, monocle_folder_tally_free);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->pictures);
  G_OBJECT_CLASS (monocle_folder_statistics_parent_class)->dispose (object);
}

static void
monocle_folder_statistics_class_init (MonocleFolderStatisticsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_folder_statistics_dispose;
  gtk_widget_class_install_action (widget_class, "statistics.copy-text", NULL, copy_text);
  gtk_widget_class_install_action (widget_class, "statistics.copy-csv", NULL, copy_csv);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/folder-statistics.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderStatistics, reading);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderStatistics, progress);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderStatistics, pictures_group);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderStatistics, labels_group);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderStatistics, sizes_group);
  gtk_widget_class_bind_template_child (widget_class, MonocleFolderStatistics, toasts);
}

static void
monocle_folder_statistics_init (MonocleFolderStatistics *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
monocle_folder_statistics_new (GtkWindow *parent, GListModel *pictures)
{
  MonocleFolderStatistics *self
      = g_object_new (MONOCLE_TYPE_FOLDER_STATISTICS, "transient-for", parent, NULL);

  g_return_val_if_fail (G_IS_LIST_MODEL (pictures), NULL);

  self->pictures = g_object_ref (pictures);
  g_signal_connect_object (pictures, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (monocle_work_index_get_default (), "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
