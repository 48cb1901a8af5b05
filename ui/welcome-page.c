/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/welcome-page.h"

#include <string.h>

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/base/data-dir.h"
#include "app/models/store.h"
#include "ui/figures.h"
#include "ui/recent-files.h"
#include "ui/thumbnail.h"

#define MAX_SAMPLES 6
#define MAX_RECENT  6
#define SAMPLE_SIDE 88
#define RECENT_SIDE 40

struct _MonocleWelcomePage
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkWidget *models;
  GtkWidget *samples_part;
  GtkFlowBox *samples;
  GtkWidget *recent_part;
  GtkListBox *recent;
};

G_DEFINE_FINAL_TYPE (MonocleWelcomePage, monocle_welcome_page, GTK_TYPE_WIDGET)

/* --- Samples --- */

/* The file is "3-street.png"; the folder's order is the order here. */
static char *
get_sample_title (const char *name)
{
  static const char *const known[] = {
    N_ ("Park"), N_ ("Fruit"), N_ ("Street"), N_ ("Desk"), N_ ("Animals"), N_ ("Shop"),
  };
  const char *start = name;
  g_autofree char *title = NULL;
  char *dot;

  while (g_ascii_isdigit (*start) || *start == '-')
    start++;
  title = g_filename_display_name (start);
  dot = strrchr (title, '.');
  if (dot)
    *dot = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_ascii_strcasecmp (title, known[i]) == 0)
      return g_strdup (_ (known[i]));
  return g_steal_pointer (&title);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list_samples (const char *folder)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".png") || g_str_has_suffix (name, ".jpg"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static void
add_sample (MonocleWelcomePage *self, const char *path, const char *title)
{
  GtkWidget *thumbnail = monocle_thumbnail_new (SAMPLE_SIDE, SAMPLE_SIDE);
  GtkWidget *label = gtk_label_new (title);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *child = gtk_flow_box_child_new ();
  g_autoptr (GFile) file = g_file_new_for_path (path);

  monocle_thumbnail_set_file (MONOCLE_THUMBNAIL (thumbnail), file, 0);
  gtk_widget_set_halign (thumbnail, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (label, "caption");
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), thumbnail);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "sample");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.open-path");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", path);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), button);
  /* The button takes the focus. */
  gtk_widget_set_focusable (child, FALSE);
  gtk_flow_box_append (self->samples, child);
}

static void
fill_samples (MonocleWelcomePage *self)
{
  g_autofree char *folder = g_build_filename (monocle_data_dir_get (), "samples", NULL);
  g_autoptr (GPtrArray) names = list_samples (folder);

  for (guint i = 0; i < names->len && i < MAX_SAMPLES; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
      g_autofree char *title = get_sample_title (names->pdata[i]);

      add_sample (self, path, title);
    }
  gtk_widget_set_visible (self->samples_part, names->len > 0);
}

/* --- Recent files --- */

/* Where it is. */
static char *
describe_folder (GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *path = folder ? g_file_get_path (folder) : NULL;

  return path ? monocle_figures_dup_folder (path) : g_strdup ("");
}

static void
add_recent (MonocleWelcomePage *self, GFile *file)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *thumbnail = monocle_thumbnail_new (RECENT_SIDE, RECENT_SIDE);
  g_autofree char *target = monocle_recent_files_dup_target (file);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base);
  g_autofree char *folder = describe_folder (file);

  monocle_thumbnail_set_file (MONOCLE_THUMBNAIL (thumbnail), file, 0);
  gtk_widget_set_valign (thumbnail, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (thumbnail, 6);
  gtk_widget_set_margin_bottom (thumbnail, 6);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), thumbnail);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), folder);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-path");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", target);
  gtk_list_box_append (self->recent, row);
}

static void
fill_recent (MonocleWelcomePage *self)
{
  g_autoptr (GPtrArray) files = monocle_recent_files_list (MAX_RECENT);

  for (guint i = 0; i < files->len; i++)
    add_recent (self, files->pdata[i]);
  gtk_widget_set_visible (self->recent_part, files->len > 0);
}

/* --- Models --- */

/* Whoever has one knows where they come from. */
static void
update_models (MonocleWelcomePage *self)
{
  g_autoptr (GPtrArray) models = monocle_model_store_list ();
  gboolean has_own = FALSE;

  for (guint i = 0; i < models->len; i++)
    has_own |= !((MonocleStoredModel *) models->pdata[i])->shipped;
  gtk_widget_set_visible (self->models, !has_own);
}

/* --- While it is seen --- */

static void
clear_recent (MonocleWelcomePage *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->recent, 0)))
    gtk_list_box_remove (self->recent, GTK_WIDGET (row));
}

static void
clear_samples (MonocleWelcomePage *self)
{
  GtkFlowBoxChild *child;

  while ((child = gtk_flow_box_get_child_at_index (self->samples, 0)))
    gtk_flow_box_remove (self->samples, GTK_WIDGET (child));
}

static void
on_recent_changed (MonocleWelcomePage *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  clear_recent (self);
  fill_recent (self);
}

static void
monocle_welcome_page_map (GtkWidget *widget)
{
  MonocleWelcomePage *self = MONOCLE_WELCOME_PAGE (widget);

  update_models (self);
  fill_samples (self);
  fill_recent (self);
  GTK_WIDGET_CLASS (monocle_welcome_page_parent_class)->map (widget);
}

/* The pictures are in nobody's way when others are looked at. */
static void
monocle_welcome_page_unmap (GtkWidget *widget)
{
  MonocleWelcomePage *self = MONOCLE_WELCOME_PAGE (widget);

  GTK_WIDGET_CLASS (monocle_welcome_page_parent_class)->unmap (widget);
  clear_samples (self);
  clear_recent (self);
}

static void
monocle_welcome_page_dispose (GObject *object)
{
  MonocleWelcomePage *self = MONOCLE_WELCOME_PAGE (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (monocle_welcome_page_parent_class)->dispose (object);
}

static void
monocle_welcome_page_class_init (MonocleWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_welcome_page_dispose;
  widget_class->map = monocle_welcome_page_map;
  widget_class->unmap = monocle_welcome_page_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleWelcomePage, scroller);
  gtk_widget_class_bind_template_child (widget_class, MonocleWelcomePage, models);
  gtk_widget_class_bind_template_child (widget_class, MonocleWelcomePage, samples_part);
  gtk_widget_class_bind_template_child (widget_class, MonocleWelcomePage, samples);
  gtk_widget_class_bind_template_child (widget_class, MonocleWelcomePage, recent_part);
  gtk_widget_class_bind_template_child (widget_class, MonocleWelcomePage, recent);
}

static void
monocle_welcome_page_init (MonocleWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed",
                           G_CALLBACK (on_recent_changed), self, G_CONNECT_SWAPPED);
}

GtkWidget *
monocle_welcome_page_new (void)
{
  return g_object_new (MONOCLE_TYPE_WELCOME_PAGE, NULL);
}
