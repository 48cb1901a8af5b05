/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/colour-chip.h"

#include "app/draw/palette.h"

/* Pixels: room left and right of the number, above and below it, radius of the corners. */
#define PADDING_X 5
#define PADDING_Y 1
#define RADIUS    5

struct _MonocleColourChip
{
  GtkWidget parent_instance;

  PangoLayout *layout;
  int colour;
  guint number;
};

G_DEFINE_FINAL_TYPE (MonocleColourChip, monocle_colour_chip, GTK_TYPE_WIDGET)

/* As wide as two digits, so that the rows of a list line up. */
static int
get_min_width (MonocleColourChip *self)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), "00");
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

static void
ensure_layout (MonocleColourChip *self)
{
  g_autofree char *text = NULL;

  if (self->layout)
    return;
  text = self->number > 0 ? g_strdup_printf ("%u", self->number) : g_strdup ("");
  self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
}

static void
monocle_colour_chip_measure (GtkWidget *widget,
                             GtkOrientation orientation,
                             int for_size,
                             int *minimum,
                             int *natural,
                             int *minimum_baseline,
                             int *natural_baseline)
{
  MonocleColourChip *self = MONOCLE_COLOUR_CHIP (widget);
  int width, height;

  ensure_layout (self);
  pango_layout_get_pixel_size (self->layout, &width, &height);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = MAX (width, get_min_width (self)) + 2 * PADDING_X;
  else
    *minimum = *natural = height + 2 * PADDING_Y;
}

static void
monocle_colour_chip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MonocleColourChip *self = MONOCLE_COLOUR_CHIP (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  GskRoundedRect outline;
  GdkRGBA text_colour;
  GdkRGBA border_colour;
  int text_width, text_height;

  gsk_rounded_rect_init_from_rect (&outline, &bounds, RADIUS);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &text_colour);
  border_colour = text_colour;
  border_colour.alpha *= 0.3f;

  if (self->colour >= 0)
    {
      MonocleColour colour = monocle_palette_get ((guint) self->colour);

      gtk_snapshot_push_rounded_clip (snapshot, &outline);
      gtk_snapshot_append_color (
          snapshot, &(GdkRGBA){ (float) colour.red, (float) colour.green, (float) colour.blue, 1 },
          &bounds);
      gtk_snapshot_pop (snapshot);
      text_colour = monocle_palette_text_is_dark (colour) ? (GdkRGBA){ 0, 0, 0, 0.87f }
                                                          : (GdkRGBA){ 1, 1, 1, 1 };
    }
  /* Yellow on white and blue on black need an edge. */
  gtk_snapshot_append_border (
      snapshot, &outline, (float[4]){ 1, 1, 1, 1 },
      (GdkRGBA[4]){ border_colour, border_colour, border_colour, border_colour });

  ensure_layout (self);
  pango_layout_get_pixel_size (self->layout, &text_width, &text_height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (width - text_width) / 2,
                                                          (float) (height - text_height) / 2));
  gtk_snapshot_append_layout (snapshot, self->layout, &text_colour);
  gtk_snapshot_restore (snapshot);
}

static void
forget_layout (MonocleColourChip *self)
{
  g_clear_object (&self->layout);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/* Another font size. */
static void
monocle_colour_chip_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (monocle_colour_chip_parent_class)->css_changed (widget, change);
  forget_layout (MONOCLE_COLOUR_CHIP (widget));
}

static void
monocle_colour_chip_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (monocle_colour_chip_parent_class)->system_setting_changed (widget, setting);
  forget_layout (MONOCLE_COLOUR_CHIP (widget));
}

static void
monocle_colour_chip_dispose (GObject *object)
{
  g_clear_object (&MONOCLE_COLOUR_CHIP (object)->layout);

  G_OBJECT_CLASS (monocle_colour_chip_parent_class)->dispose (object);
}

static void
monocle_colour_chip_class_init (MonocleColourChipClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = monocle_colour_chip_dispose;
  widget_class->measure = monocle_colour_chip_measure;
  widget_class->snapshot = monocle_colour_chip_snapshot;
  widget_class->css_changed = monocle_colour_chip_css_changed;
  widget_class->system_setting_changed = monocle_colour_chip_system_setting_changed;
  gtk_widget_class_set_css_name (widget_class, "colour-chip");
  /* What it says, its row says in words. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
monocle_colour_chip_init (MonocleColourChip *self)
{
  self->colour = -1;
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption-heading");
  gtk_widget_add_css_class (GTK_WIDGET (self), "numeric");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
monocle_colour_chip_new (void)
{
  return g_object_new (MONOCLE_TYPE_COLOUR_CHIP, NULL);
}

void
monocle_colour_chip_set (MonocleColourChip *self, int colour, guint number)
{
  g_return_if_fail (MONOCLE_IS_COLOUR_CHIP (self));

  if (self->colour == colour && self->number == number)
    return;
  if (self->number != number)
    forget_layout (self);
  self->colour = colour;
  self->number = number;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
