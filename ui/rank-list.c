/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/rank-list.h"

#include <math.h>

#include "app/document/rank-text.h"

struct _MonocleRankList
{
  AdwBin parent_instance;

  GtkListBox *list;

  MonocleResult *result;
};

G_DEFINE_FINAL_TYPE (MonocleRankList, monocle_rank_list, ADW_TYPE_BIN)

static GtkWidget *
create_label (const char *text, float xalign)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  return label;
}

static GtkWidget *
create_row (const MonoclePart *part)
{
  g_autofree char *percent = monocle_rank_text_format_score (part);
  g_autofree char *spoken = g_strdup_printf ("%s, %s", part->rank, percent);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *name = create_label (part->rank, 0);
  GtkWidget *score = create_label (percent, 1);
  GtkWidget *bar = gtk_progress_bar_new ();

  gtk_label_set_wrap (GTK_LABEL (name), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (name), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_set_valign (score, GTK_ALIGN_START);
  gtk_widget_add_css_class (score, "numeric");
  gtk_widget_add_css_class (score, "dim-label");
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar), CLAMP ((double) part->probability, 0, 1));
  gtk_widget_set_visible (bar, !isnan (part->probability));
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_attach (GTK_GRID (grid), name, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), score, 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), bar, 0, 1, 2, 1);
  gtk_widget_set_margin_top (grid, 9);
  gtk_widget_set_margin_bottom (grid, 9);
  gtk_widget_set_margin_start (grid, 12);
  gtk_widget_set_margin_end (grid, 12);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), grid);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

void
monocle_rank_list_set_result (MonocleRankList *self, MonocleResult *result)
{
  GtkListBoxRow *row;

  g_return_if_fail (MONOCLE_IS_RANK_LIST (self));

  if (self->result == result)
    return;
  g_clear_pointer (&self->result, monocle_result_unref);
  self->result = result ? monocle_result_ref (result) : NULL;
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)))
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; result && i < monocle_result_get_n_parts (result); i++)
    {
      const MonoclePart *part = monocle_result_get_part (result, i);

      if (part->kind == MONOCLE_PART_RANK)
        gtk_list_box_append (self->list, create_row (part));
    }
}

static void
monocle_rank_list_finalize (GObject *object)
{
  g_clear_pointer (&MONOCLE_RANK_LIST (object)->result, monocle_result_unref);

  G_OBJECT_CLASS (monocle_rank_list_parent_class)->finalize (object);
}

static void
monocle_rank_list_class_init (MonocleRankListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_rank_list_finalize;

  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/org/monocle/Monocle/ui/rank-list.ui");
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), MonocleRankList, list);
}

static void
monocle_rank_list_init (MonocleRankList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
