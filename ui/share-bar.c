/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/share-bar.h"

#define WIDTH        140
#define HEIGHT       10
#define RADIUS       3.0f
#define TROUGH_ALPHA 0.1f
/* What is there is seen. */
#define LEAST_WIDTH 2.0f

struct _MonocleShareBar
{
  GtkWidget parent_instance;

  double share;
};

G_DEFINE_FINAL_TYPE (MonocleShareBar, monocle_share_bar, GTK_TYPE_WIDGET)

static void
fill (GtkSnapshot *snapshot, const graphene_rect_t *place, const GdkRGBA *colour)
{
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, place, RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, colour, place);
  gtk_snapshot_pop (snapshot);
}

static void
monocle_share_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  const double share = MONOCLE_SHARE_BAR (widget)->share;
  const float width = (float) gtk_widget_get_width (widget);
  const float height = (float) gtk_widget_get_height (widget);
  const float length = share > 0 ? MAX ((float) share * width, LEAST_WIDTH) : 0;
  const gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA trough, accent;

  gtk_style_context_get_color (style, &trough);
  if (!gtk_style_context_lookup_color (style, "accent_bg_color", &accent))
    accent = trough;
  trough.alpha *= TROUGH_ALPHA;
  fill (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height), &trough);
  if (length > 0)
    fill (snapshot, &GRAPHENE_RECT_INIT (rtl ? width - length : 0, 0, length, height), &accent);
}

static void
monocle_share_bar_class_init (MonocleShareBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = monocle_share_bar_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
monocle_share_bar_init (MonocleShareBar *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self), WIDTH, HEIGHT);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
monocle_share_bar_new (double share)
{
  MonocleShareBar *self = g_object_new (MONOCLE_TYPE_SHARE_BAR, NULL);

  self->share = CLAMP (share, 0, 1);
  return GTK_WIDGET (self);
}
