/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/region-answers.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/colour-chip.h"

struct _MonocleRegionAnswers
{
  AdwBin parent_instance;

  GtkListView *list;

  MonocleQuery *query;
  GtkStringList *texts; /* one for each region, empty while there is none */
};

enum
{
  REVEAL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleRegionAnswers, monocle_region_answers, ADW_TYPE_BIN)

/* --- Rows --- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *chip = monocle_colour_chip_new ();
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *correct = gtk_button_new_from_icon_name ("document-edit-symbolic");

  gtk_widget_add_css_class (correct, "flat");
  gtk_widget_set_valign (correct, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (correct, _ ("Correct the Text"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (correct), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Correct the text"), -1);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (chip, GTK_ALIGN_START);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), chip);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), correct);
  gtk_list_item_set_child (item, box);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *chip = gtk_widget_get_first_child (box);
  GtkWidget *label = gtk_widget_get_next_sibling (chip);
  GtkWidget *correct = gtk_widget_get_next_sibling (label);
  GtkWidget *row = gtk_widget_get_parent (box);
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));
  guint number = gtk_list_item_get_position (item) + 1;
  /* Translators: read out: number of a region and the answer about it */
  g_autofree char *description = g_strdup_printf (_ ("Region %u: %s"), number, text);

  monocle_colour_chip_set (MONOCLE_COLOUR_CHIP (chip), -1, number);
  gtk_widget_set_visible (correct, *text != '\0');
  gtk_actionable_set_action_target (GTK_ACTIONABLE (correct), "u", number - 1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (correct), "answer.correct");
  gtk_label_set_label (GTK_LABEL (label), *text ? text : "…");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row ? row : box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  description, -1);
}

/* The region is shown as an object would be. */
static void
on_activate (MonocleRegionAnswers *self, guint position)
{
  guint n_regions;
  const MonocleBox *regions;
  g_autoptr (MonocleAnnotation) annotation = NULL;

  if (!self->query)
    return;
  regions = monocle_query_get_regions (self->query, &n_regions);
  if (position >= n_regions)
    return;
  annotation = monocle_annotation_new_region (&regions[position], NULL);
  g_signal_emit (self, signals[REVEAL], 0, annotation);
}

/* --- Public --- */

void
monocle_region_answers_set_query (MonocleRegionAnswers *self, MonocleQuery *query)
{
  guint n_regions = 0;
  guint n_rows;

  g_return_if_fail (MONOCLE_IS_REGION_ANSWERS (self));

  g_set_object (&self->query, query);
  if (query)
    monocle_query_get_regions (query, &n_regions);

  n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->texts));
  if (n_rows > n_regions)
    gtk_string_list_splice (self->texts, n_regions, n_rows - n_regions, NULL);
  for (guint i = 0; i < n_regions; i++)
    {
      const char *text = monocle_query_get_region_text (query, i);
      const char *old = i < n_rows ? gtk_string_list_get_string (self->texts, i) : NULL;

      text = text ? text : "";
      if (g_strcmp0 (text, old) != 0)
        gtk_string_list_splice (self->texts, i, old ? 1 : 0, (const char *const[]){ text, NULL });
    }
}

/* --- Lifecycle --- */

static void
monocle_region_answers_dispose (GObject *object)
{
  MonocleRegionAnswers *self = MONOCLE_REGION_ANSWERS (object);

  g_clear_object (&self->query);
  g_clear_object (&self->texts);

  G_OBJECT_CLASS (monocle_region_answers_parent_class)->dispose (object);
}

static void
monocle_region_answers_class_init (MonocleRegionAnswersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = monocle_region_answers_dispose;

  signals[REVEAL] = g_signal_new ("reveal", MONOCLE_TYPE_REGION_ANSWERS, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, MONOCLE_TYPE_ANNOTATION);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/region-answers.ui");
  gtk_widget_class_bind_template_child (widget_class, MonocleRegionAnswers, list);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
monocle_region_answers_init (MonocleRegionAnswers *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->texts = gtk_string_list_new (NULL);
  selection
      = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->texts))));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, selection);
}

GtkWidget *
monocle_region_answers_new (void)
{
  return g_object_new (MONOCLE_TYPE_REGION_ANSWERS, NULL);
}
