/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/search-chip.h"

#include <glib/gi18n.h>

#include "ui/texture-image.h"

#define HEIGHT 24
/* Longer names make a chip wider than a narrow window. */
#define NAME_CHARACTERS 16

struct _MonocleSearchChip
{
  AdwBin parent_instance;

  gboolean is_wanted;
};

enum
{
  TURNED,
  REMOVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MonocleSearchChip, monocle_search_chip, ADW_TYPE_BIN)

static void
on_turned (MonocleSearchChip *self)
{
  g_signal_emit (self, signals[TURNED], 0, !self->is_wanted);
}

static void
on_removed (MonocleSearchChip *self)
{
  g_signal_emit (self, signals[REMOVED], 0);
}

static GtkWidget *
create_button (MonocleSearchChip *self, const char *icon, const char *tooltip, GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip,
                                  -1);
  g_signal_connect_swapped (button, "clicked", callback, self);
  return button;
}

static GtkWidget *
create_picture (MonocleImage *image)
{
  g_autoptr (GdkTexture) texture = monocle_texture_of_image (image);
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
  int width = (int) (HEIGHT * monocle_image_get_width (image) / monocle_image_get_height (image));

  gtk_widget_set_size_request (picture, CLAMP (width, HEIGHT / 2, 2 * HEIGHT), HEIGHT);
  gtk_widget_set_halign (picture, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_accessible_update_state (GTK_ACCESSIBLE (picture), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  return picture;
}

GtkWidget *
monocle_search_chip_new (MonocleImage *image, const char *name, gboolean is_wanted)
{
  MonocleSearchChip *self = g_object_new (MONOCLE_TYPE_SEARCH_CHIP, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3), *label = gtk_label_new (name);

  self->is_wanted = is_wanted;
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), NAME_CHARACTERS);
  gtk_widget_set_margin_start (label, 3);
  gtk_box_append (GTK_BOX (box),
                  create_button (self, is_wanted ? "list-add-symbolic" : "list-remove-symbolic",
                                 is_wanted ? _ ("Like This Picture. Click for Unlike It")
                                           : _ ("Unlike This Picture. Click for Like It"),
                                 G_CALLBACK (on_turned)));
  gtk_box_append (GTK_BOX (box), create_picture (image));
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box),
                  create_button (self, "window-close-symbolic", _ ("Do Not Look for This Picture"),
                                 G_CALLBACK (on_removed)));
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_tooltip_text (label, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return GTK_WIDGET (self);
}

static void
monocle_search_chip_class_init (MonocleSearchChipClass *klass)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "searchchip");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);

  signals[TURNED] = g_signal_new ("turned", MONOCLE_TYPE_SEARCH_CHIP, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[REMOVED] = g_signal_new ("removed", MONOCLE_TYPE_SEARCH_CHIP, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
monocle_search_chip_init (MonocleSearchChip *self)
{
}
