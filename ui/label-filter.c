/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/label-filter.h"

#include <glib/gi18n.h>

#include "ui/colour-chip.h"
#include "ui/low-popover.h"

struct _MonocleLabelFilter
{
  GtkPopover parent_instance;

  GtkScrolledWindow *scrolled;
  GtkButton *show_all;
  GtkListBox *list;

  MonoclePresentation *presentation;
};

G_DEFINE_FINAL_TYPE (MonocleLabelFilter, monocle_label_filter, GTK_TYPE_POPOVER)

/* A label of the answer; case does not count. */
typedef struct
{
  char *label;
  guint colour;
  guint count;
} Entry;

static void
entry_free (Entry *entry)
{
  g_free (entry->label);
  g_free (entry);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *entry_a = *(const Entry *const *) a;
  const Entry *entry_b = *(const Entry *const *) b;

  return g_utf8_collate (entry_a->label, entry_b->label);
}

/* (transfer full) (element-type Entry) */
static GPtrArray *
collect_entries (GListModel *annotations)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = g_list_model_get_n_items (annotations);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (annotations, i);
      const char *label = monocle_annotation_get_label (annotation);
      char *folded = g_utf8_casefold (label, -1);
      Entry *entry = g_hash_table_lookup (seen, folded);

      if (!entry)
        {
          entry = g_new0 (Entry, 1);
          entry->label = g_strdup (label);
          entry->colour = monocle_annotation_get_colour (annotation);
          g_ptr_array_add (entries, entry);
          g_hash_table_insert (seen, folded, entry);
        }
      else
        g_free (folded);
      entry->count++;
    }
  g_ptr_array_sort (entries, compare_entries);
  return entries;
}

/* --- Rows --- */

static void
update_eye (GtkToggleButton *eye)
{
  gboolean shown = gtk_toggle_button_get_active (eye);
  const char *label = g_object_get_data (G_OBJECT (eye), "title");
  g_autofree char *text = g_strdup_printf (shown ? _ ("Hide “%s”") : _ ("Show “%s”"), label);

  gtk_button_set_icon_name (GTK_BUTTON (eye),
                            shown ? "view-reveal-symbolic" : "view-conceal-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (eye), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (eye), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
update_show_all (MonocleLabelFilter *self)
{
  gtk_widget_set_sensitive (
      GTK_WIDGET (self->show_all),
      self->presentation && monocle_presentation_get_n_hidden_labels (self->presentation) > 0);
}

static void
on_toggled (MonocleLabelFilter *self, GtkToggleButton *eye)
{
  update_eye (eye);
  monocle_presentation_set_label_hidden (self->presentation,
                                         g_object_get_data (G_OBJECT (eye), "label"),
                                         !gtk_toggle_button_get_active (eye));
  update_show_all (self);
}

static void
on_row_activated (MonocleLabelFilter *self, GtkListBoxRow *row)
{
  GtkToggleButton *eye = g_object_get_data (G_OBJECT (row), "eye");

  gtk_toggle_button_set_active (eye, !gtk_toggle_button_get_active (eye));
}

static void
add_row (MonocleLabelFilter *self, const Entry *entry)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *chip = monocle_colour_chip_new ();
  const char *name = *entry->label ? entry->label : _ ("Without label");
  GtkWidget *title = gtk_label_new (name);
  GtkWidget *eye = gtk_toggle_button_new ();

  monocle_colour_chip_set (MONOCLE_COLOUR_CHIP (chip), (int) entry->colour, entry->count);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (title), 24);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_set_tooltip_text (title, name);
  gtk_widget_add_css_class (eye, "flat");
  g_object_set_data_full (G_OBJECT (eye), "label", g_strdup (entry->label), g_free);
  g_object_set_data_full (G_OBJECT (eye), "title", g_strdup (name), g_free);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (eye), !monocle_presentation_is_label_hidden (
                                                             self->presentation, entry->label));
  update_eye (GTK_TOGGLE_BUTTON (eye));
  g_signal_connect_swapped (eye, "toggled", G_CALLBACK (on_toggled), self);

  gtk_box_append (GTK_BOX (box), chip);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), eye);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data (G_OBJECT (row), "eye", eye);
  gtk_list_box_append (self->list, row);
}

static void
fill (MonocleLabelFilter *self)
{
  MonocleQuery *query
      = self->presentation ? monocle_presentation_get_query (self->presentation) : NULL;
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)))
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  if (query)
    {
      g_autoptr (GPtrArray) entries = collect_entries (monocle_query_get_annotations (query));

      for (guint i = 0; i < entries->len; i++)
        add_row (self, entries->pdata[i]);
    }
  update_show_all (self);
}

static void
on_show_all (MonocleLabelFilter *self)
{
  monocle_presentation_show_all_labels (self->presentation);
  fill (self);
}

/* --- Public --- */

void
monocle_label_filter_set_presentation (MonocleLabelFilter *self, MonoclePresentation *presentation)
{
  g_return_if_fail (MONOCLE_IS_LABEL_FILTER (self));
  g_set_object (&self->presentation, presentation);
}

/* --- Lifecycle --- */

static void
monocle_label_filter_map (GtkWidget *widget)
{
  fill (MONOCLE_LABEL_FILTER (widget));
  GTK_WIDGET_CLASS (monocle_label_filter_parent_class)->map (widget);
}

static void
monocle_label_filter_dispose (GObject *object)
{
  g_clear_object (&MONOCLE_LABEL_FILTER (object)->presentation);

  G_OBJECT_CLASS (monocle_label_filter_parent_class)->dispose (object);
}

static void
monocle_label_filter_class_init (MonocleLabelFilterClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_label_filter_dispose;
  widget_class->map = monocle_label_filter_map;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/label-filter.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleLabelFilter, scrolled);
  gtk_widget_class_bind_template_child (widget_class, MonocleLabelFilter, show_all);
  gtk_widget_class_bind_template_child (widget_class, MonocleLabelFilter, list);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
monocle_label_filter_init (MonocleLabelFilter *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  monocle_low_popover_follow (GTK_POPOVER (self), self->scrolled);
}

GtkWidget *
monocle_label_filter_new (void)
{
  return g_object_new (MONOCLE_TYPE_LABEL_FILTER, NULL);
}
