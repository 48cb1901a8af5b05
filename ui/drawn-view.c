/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/drawn-view.h"

#include "ui/drawn-provider.h"
#include "ui/texture-image.h"

struct _MonocleDrawnView
{
  AdwBin parent_instance;

  GtkPicture *picture;
  GtkWidget *distances, *directions; /* what its colours stand for */

  MonocleImage *image;
  MonocleQuery *query; /* whose answer it is */
};

G_DEFINE_FINAL_TYPE (MonocleDrawnView, monocle_drawn_view, ADW_TYPE_BIN)

void
monocle_drawn_view_set_picture (MonocleDrawnView *self, MonocleImage *picture, MonocleQuery *query)
{
  const MonocleTaskLegend legend
      = query ? monocle_query_get_task (query)->legend : MONOCLE_LEGEND_NONE;
  g_autoptr (GdkTexture) texture = NULL;

  g_return_if_fail (MONOCLE_IS_DRAWN_VIEW (self));

  g_set_object (&self->query, query);
  gtk_widget_set_visible (self->distances, legend == MONOCLE_LEGEND_DISTANCES);
  gtk_widget_set_visible (self->directions, legend == MONOCLE_LEGEND_DIRECTIONS);
  if (self->image == picture)
    return;
  g_clear_pointer (&self->image, monocle_image_unref);
  self->image = picture ? monocle_image_ref (picture) : NULL;
  texture = picture ? monocle_texture_of_image (picture) : NULL;
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
}

static GdkContentProvider *
take (GtkWidget *widget, gpointer user_data)
{
  MonocleDrawnView *self = user_data;
  MonocleDrawnFacts facts;

  if (!self->image)
    return NULL;
  facts = monocle_drawn_provider_find_facts (self->query);
  return monocle_drawn_provider_new (self->image, &facts);
}

static void
monocle_drawn_view_finalize (GObject *object)
{
  g_clear_pointer (&MONOCLE_DRAWN_VIEW (object)->image, monocle_image_unref);
  g_clear_object (&MONOCLE_DRAWN_VIEW (object)->query);

  G_OBJECT_CLASS (monocle_drawn_view_parent_class)->finalize (object);
}

static void
monocle_drawn_view_class_init (MonocleDrawnViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_drawn_view_finalize;

  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/org/monocle/Monocle/ui/drawn-view.ui");
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), MonocleDrawnView, picture);
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), MonocleDrawnView, distances);
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), MonocleDrawnView, directions);
}

static void
monocle_drawn_view_init (MonocleDrawnView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  monocle_drawn_provider_add_source (self->picture, take, self);
}
