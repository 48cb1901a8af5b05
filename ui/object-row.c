/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/object-row.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/document/asked.h"
#include "app/document/attributes.h"
#include "ui/colour-chip.h"
#include "ui/figures.h"

struct _MonocleObjectRow
{
  GtkWidget parent_instance;

  MonocleColourChip *chip;
  GtkLabel *title;
  GtkLabel *details;
  GtkLevelBar *level;
  GtkLabel *score;

  MonoclePresentation *presentation;
  MonocleAnnotation *annotation;
  MonocleDocument *document; /* whose picture it lies on */
};

G_DEFINE_FINAL_TYPE (MonocleObjectRow, monocle_object_row, GTK_TYPE_WIDGET)

/* (transfer full): @words with what a person said of it behind, to be read out */
static char *
add_said (MonocleObjectRow *self, char *words)
{
  g_autofree char *owned = words;
  g_autofree char *said
      = monocle_attributes_format (monocle_annotation_get_attributes (self->annotation));

  return said ? g_strconcat (owned, ", ", said, NULL) : g_steal_pointer (&owned);
}

char *
monocle_object_row_dup_description (MonocleObjectRow *self)
{
  g_autofree char *title = NULL;
  g_autofree char *position = NULL;
  float score;
  int percent;

  g_return_val_if_fail (MONOCLE_IS_OBJECT_ROW (self), NULL);

  if (!self->annotation)
    return g_strdup ("");
  title = monocle_annotation_dup_title (self->annotation);
  if (self->document)
    {
      const MonocleMatrix turn = monocle_document_get_turn (self->document);

      position = monocle_annotation_dup_position (
          self->annotation, &turn, monocle_document_get_shown_width (self->document),
          monocle_document_get_shown_height (self->document));
    }
  else
    position = g_strdup ("");
  score = monocle_annotation_get_score (self->annotation);
  if (isnan (score))
    /* Translators: read out: label of an object, where it is */
    return add_said (self, g_strdup_printf (C_ ("object", "%s, %s"), title, position));
  percent = (int) lround ((double) score * 100);
  /* Translators: read out: label of an object, score, where it is */
  return g_strdup_printf (ngettext ("%s, %d percent, %s", "%s, %d percent, %s", (gulong) percent),
                          title, percent, position);
}

/* (transfer full) (nullable): what there is to say besides its name */
static char *
dup_details (MonocleObjectRow *self, MonocleQuery *query)
{
  const guint place = query && monocle_query_is_corrected (query)
                          ? monocle_query_find_object (query, self->annotation)
                          : 0;

  if (place > 0 && monocle_query_get_correction (query, place))
    return g_strdup_printf (_ ("The model said: %s"), monocle_query_get_said (query, place));
  if (monocle_annotation_get_object (self->annotation)->text)
    return g_strdup (monocle_annotation_get_object (self->annotation)->text);
  return monocle_attributes_format (monocle_annotation_get_attributes (self->annotation));
}

static void
update (MonocleObjectRow *self)
{
  g_autofree char *title = monocle_annotation_dup_title (self->annotation);
  g_autofree char *description = monocle_object_row_dup_description (self);
  float score = monocle_annotation_get_score (self->annotation);
  gboolean has_score = !isnan (score);
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  g_autofree char *details = dup_details (self, query);

  if (query && monocle_query_is_suggestion (query, self->annotation))
    gtk_widget_add_css_class (GTK_WIDGET (self->title), "suggestion");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->title), "suggestion");
  monocle_colour_chip_set (self->chip, (int) monocle_annotation_get_colour (self->annotation),
                           monocle_annotation_get_number (self->annotation));
  gtk_label_set_label (self->title, title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title),
                               g_utf8_strlen (title, -1) > 16 ? title : NULL);
  gtk_label_set_label (self->details, details ? details : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->details), details);
  gtk_widget_set_visible (GTK_WIDGET (self->details), details != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->level), has_score);
  gtk_widget_set_visible (GTK_WIDGET (self->score), has_score);
  if (has_score)
    {
      double value = CLAMP ((double) score, 0, 1);
      g_autofree char *text = monocle_figures_dup_percent (value);

      gtk_label_set_label (self->score, text);
      gtk_level_bar_set_value (self->level, value);
    }
  /* The list's own row is what has the focus. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (item ? item : GTK_WIDGET (self)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
}

static void
update_hovered (MonocleObjectRow *self)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));
  gboolean hovered = self->annotation
                     && monocle_presentation_get_hovered (self->presentation) == self->annotation;

  /* The list's own row is what a pointer lights up. */
  if (!item)
    return;
  if (hovered)
    gtk_widget_add_css_class (item, "hovered");
  else
    gtk_widget_remove_css_class (item, "hovered");
}

static void
on_enter (MonocleObjectRow *self)
{
  if (self->annotation)
    monocle_presentation_set_hovered (self->presentation, self->annotation);
}

/* The next row may have been entered already. */
static void
on_leave (MonocleObjectRow *self)
{
  if (self->annotation && monocle_presentation_get_hovered (self->presentation) == self->annotation)
    monocle_presentation_set_hovered (self->presentation, NULL);
}

void
monocle_object_row_bind (MonocleObjectRow *self,
                         MonoclePresentation *presentation,
                         MonocleAnnotation *annotation)
{
  MonocleDocument *document;

  g_return_if_fail (MONOCLE_IS_OBJECT_ROW (self));
  g_return_if_fail (!annotation || presentation);

  if (self->annotation)
    g_signal_handlers_disconnect_by_data (self->annotation, self);
  if (self->presentation)
    g_signal_handlers_disconnect_by_data (self->presentation, self);
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->annotation, annotation);
  if (!annotation)
    presentation = NULL;
  g_set_object (&self->presentation, presentation);
  document = presentation ? monocle_presentation_get_document (presentation) : NULL;
  g_set_object (&self->document, document);
  /* Turned, it lies elsewhere. */
  if (self->document)
    g_signal_connect_swapped (self->document, "notify::image", G_CALLBACK (update), self);
  if (annotation)
    {
      g_signal_connect_swapped (annotation, "changed", G_CALLBACK (update), self);
      g_signal_connect_swapped (presentation, "notify::hovered", G_CALLBACK (update_hovered), self);
      update (self);
    }
  update_hovered (self);
}

MonocleAnnotation *
monocle_object_row_get_annotation (MonocleObjectRow *self)
{
  g_return_val_if_fail (MONOCLE_IS_OBJECT_ROW (self), NULL);
  return self->annotation;
}

static void
monocle_object_row_dispose (GObject *object)
{
  MonocleObjectRow *self = MONOCLE_OBJECT_ROW (object);
  GtkWidget *child;

  monocle_object_row_bind (self, NULL, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (monocle_object_row_parent_class)->dispose (object);
}

static void
monocle_object_row_class_init (MonocleObjectRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = monocle_object_row_dispose;

  g_type_ensure (MONOCLE_TYPE_COLOUR_CHIP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/monocle/Monocle/ui/object-row.ui");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectRow, chip);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectRow, title);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectRow, details);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectRow, level);
  gtk_widget_class_bind_template_child (widget_class, MonocleObjectRow, score);
}

static void
monocle_object_row_init (MonocleObjectRow *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* A score is neither good nor bad: no colours for high and low. */
  gtk_level_bar_remove_offset_value (self->level, GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (self->level, GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (self->level, GTK_LEVEL_BAR_OFFSET_FULL);

  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

GtkWidget *
monocle_object_row_new (void)
{
  return g_object_new (MONOCLE_TYPE_OBJECT_ROW, NULL);
}
