/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/hit-tile.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/thumbnail.h"

#define WIDTH  152
#define HEIGHT 114

/* Characters of what was read that a tooltip has room for. */
#define MAX_READ 300

struct _MonocleHitTile
{
  AdwBin parent_instance;

  GtkWidget *thumbnail;
  GtkWidget *name;
  GtkWidget *mark;
};

G_DEFINE_FINAL_TYPE (MonocleHitTile, monocle_hit_tile, ADW_TYPE_BIN)

static char *
describe_alike (MonocleHit *hit, guint group)
{
  const char *name = monocle_hit_get_name (hit);

  switch (monocle_hit_get_band (hit))
    {
    case MONOCLE_SEARCH_SURE:
      /* Translators: a picture by the name of its file, and which group of like ones it is in */
      return g_strdup_printf (_ ("%s, the same as another one in group %u"), name, group);
    case MONOCLE_SEARCH_MAYBE:
      return g_strdup_printf (_ ("%s, nearly the same as another one in group %u"), name, group);
    case MONOCLE_SEARCH_REST:
    default:
      return g_strdup_printf (_ ("%s, like another one in group %u"), name, group);
    }
}

/* (transfer full): where it lies, and what is written in it */
static char *
describe_more (MonocleHit *hit)
{
  g_autofree char *path = g_filename_display_name (monocle_hit_get_path (hit));
  const char *read = monocle_hit_get_read (hit);
  g_autofree char *start
      = read ? g_utf8_substring (read, 0, MIN (g_utf8_strlen (read, -1), MAX_READ)) : NULL;

  if (!read)
    return g_steal_pointer (&path);
  return g_strdup_printf ("%s\n“%s%s”", path, start, strlen (start) < strlen (read) ? "…" : "");
}

/* (transfer full): what is read aloud */
static char *
describe (MonocleHit *hit)
{
  const char *name = monocle_hit_get_name (hit);
  guint group = monocle_hit_get_group (hit);

  if (group > 0)
    return describe_alike (hit, group);
  if (monocle_hit_get_read (hit))
    /* Translators: a picture by the name of its file, in which the words that were typed were read
     */
    return g_strdup_printf (_ ("%s, has the words in it"), name);
  if (monocle_hit_get_region (hit) && monocle_hit_get_band (hit) != MONOCLE_SEARCH_REST)
    /* Translators: a picture by the name of its file, of which only a part fits */
    return g_strdup_printf (_ ("%s, a part of it fits"), name);
  switch (monocle_hit_get_band (hit))
    {
    case MONOCLE_SEARCH_SURE:
      /* Translators: a picture that was found, by the name of its file */
      return g_strdup_printf (_ ("%s, fits"), name);
    case MONOCLE_SEARCH_MAYBE:
      return g_strdup_printf (_ ("%s, may fit"), name);
    case MONOCLE_SEARCH_REST:
    default:
      return g_strdup_printf (_ ("%s, hardly fits"), name);
    }
}

static void
set_class (GtkWidget *widget, const char *name, gboolean has_it)
{
  if (has_it)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* Groups are told apart by the ground of the grid's cells. */
static void
show_group (MonocleHitTile *self, guint group)
{
  GtkWidget *cell = gtk_widget_get_parent (GTK_WIDGET (self));

  if (!cell)
    return;
  set_class (cell, "grouped", group > 0);
  set_class (cell, "odd", group % 2 == 1);
}

void
monocle_hit_tile_set_hit (MonocleHitTile *self, MonocleHit *hit)
{
  MonocleSearchBand band = hit ? monocle_hit_get_band (hit) : MONOCLE_SEARCH_REST;
  g_autofree char *spoken = hit ? describe (hit) : g_strdup ("");
  g_autofree char *more = hit ? describe_more (hit) : NULL;

  g_return_if_fail (MONOCLE_IS_HIT_TILE (self));

  monocle_thumbnail_set_file (MONOCLE_THUMBNAIL (self->thumbnail),
                              hit ? monocle_hit_get_file (hit) : NULL, 0);
  monocle_thumbnail_set_region (MONOCLE_THUMBNAIL (self->thumbnail),
                                hit ? monocle_hit_get_region (hit) : NULL);
  gtk_label_set_text (GTK_LABEL (self->name), hit ? monocle_hit_get_name (hit) : "");
  gtk_widget_set_visible (self->mark, band == MONOCLE_SEARCH_SURE);
  set_class (GTK_WIDGET (self), "rest", band == MONOCLE_SEARCH_REST);
  show_group (self, hit ? monocle_hit_get_group (hit) : 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), more);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
monocle_hit_tile_class_init (MonocleHitTileClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
monocle_hit_tile_init (MonocleHitTile *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);

  self->thumbnail = monocle_thumbnail_new (WIDTH, HEIGHT);
  gtk_widget_set_halign (self->thumbnail, GTK_ALIGN_CENTER);
  self->name = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->name), PANGO_ELLIPSIZE_MIDDLE);
  /* As wide as the picture, however long it is. */
  gtk_label_set_width_chars (GTK_LABEL (self->name), 1);
  gtk_label_set_max_width_chars (GTK_LABEL (self->name), 1);
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_widget_add_css_class (self->name, "caption");
  self->mark = gtk_image_new_from_icon_name ("object-select-symbolic");
  gtk_image_set_pixel_size (GTK_IMAGE (self->mark), 12);
  gtk_widget_add_css_class (self->mark, "accent");
  gtk_box_append (GTK_BOX (line), self->name);
  gtk_box_append (GTK_BOX (line), self->mark);
  gtk_box_append (GTK_BOX (box), self->thumbnail);
  gtk_box_append (GTK_BOX (box), line);
  adw_bin_set_child (ADW_BIN (self), box);
}

GtkWidget *
monocle_hit_tile_new (void)
{
  return g_object_new (MONOCLE_TYPE_HIT_TILE, NULL);
}
