/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/object-menu.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/passing-popover.h"

/* Longer labels make a menu wider than the window. */
#define MAX_LABEL_CHARACTERS 24

static char *
shorten (const char *label)
{
  if (g_utf8_strlen (label, -1) <= MAX_LABEL_CHARACTERS)
    return g_strdup (label);

  g_autofree char *start = g_utf8_substring (label, 0, MAX_LABEL_CHARACTERS - 1);

  return g_strconcat (start, "…", NULL);
}

/* What the model cannot be asked has no action. */
static void
append_offer (GMenu *menu, const char *label, const char *action)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, action);

  g_menu_item_set_attribute (item, "hidden-when", "s", "action-missing");
  g_menu_append_item (menu, item);
}

static void
append_asking (GMenu *menu)
{
  g_autoptr (GMenu) section = g_menu_new ();

  append_offer (section, _ ("_What Is It?"), "win.ask-what");
  append_offer (section, _ ("Which La_bel Is It?"), "win.ask-which");
  append_offer (section, _ ("_Describe"), "win.ask-describe");
  append_offer (section, _ ("_Outline"), "win.ask-outline");
  append_offer (section, _ ("_Read Text"), "win.ask-read");
  append_offer (section, _ ("Find _Alike"), "win.ask-like");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}

/* What cannot be done is not shown. */
static void
append_possible (GMenu *menu, const char *label, const char *action)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, action);

  g_menu_item_set_attribute (item, "hidden-when", "s", "action-disabled");
  g_menu_append_item (menu, item);
}

/* What can be done to the shape of a region. */
static void
append_shaping (GMenu *menu)
{
  const char *const items[][2] = {
    { _ ("Edit _Points"), "win.edit-vertices" }, { _ ("Turn into O_utline"), "win.to-polygon" },
    { _ ("Turn into _Box"), "win.to-box" },      { _ ("Simpli_fy Outline…"), "win.simplify" },
    { _ ("Cut a _Hole"), "win.cut-hole" },       { _ ("_Merge"), "win.merge" },
    { _ ("Spli_t into Parts"), "win.split" }
  };
  g_autoptr (GMenu) section = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    append_possible (section, items[i][0], items[i][1]);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}

/* Of the picture, where there is nothing on it. */
static GMenuModel *
build_for_picture (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) find = g_menu_new ();
  g_autoptr (GMenu) use = g_menu_new ();

  g_menu_append (find, _ ("Find Si_milar Pictures"), "win.search-similar-picture");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (find));
  g_menu_append (use, _ ("_Copy Picture"), "win.copy");
  g_menu_append (use, _ ("Open _With…"), "win.open-with");
  g_menu_append (use, _ ("P_roperties"), "win.properties");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (use));
  return G_MENU_MODEL (menu);
}

GMenuModel *
monocle_object_menu_build (MonocleAnnotation *annotation, MonocleAnnotation *region)
{
  const char *label = annotation ? monocle_annotation_get_label (annotation) : "";
  g_autoptr (GMenu) use = NULL, take = NULL, copy = NULL, remove = NULL;
  GMenu *menu;

  if (!annotation && !region)
    return build_for_picture ();
  menu = g_menu_new ();
  use = g_menu_new ();
  take = g_menu_new ();
  copy = g_menu_new ();
  remove = g_menu_new ();
  append_asking (menu);

  if (*label)
    append_offer (use, _ ("_Find Similar"), "win.find-similar");
  g_menu_append (use, _ ("Find Si_milar Pictures"), "win.search-similar");
  if (annotation)
    {
      g_menu_append (use, _ ("_Keep"), "win.keep");
      append_possible (use, _ ("Keep All with This _Score or More"), "win.keep-above");
      g_menu_append (use, _ ("_Name…"), "win.rename");
      g_menu_append (use, _ ("Use _as Region"), "win.use-as-region");
    }
  else
    {
      g_menu_append (use, _ ("_Name…"), "win.rename");
      append_possible (use, _ ("A_ttributes…"), "win.attributes");
      g_menu_append (use, _ ("D_uplicate"), "win.duplicate");
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (use));
  if (region)
    append_shaping (menu);

  g_menu_append (take, _ ("Save _Crop…"), "win.crop");
  /* On a page of its own: a menu that is higher than its window would be cut off. */
  g_menu_append (copy, _ ("Copy Cro_p"), "win.copy-crop");
  if (*label)
    g_menu_append (copy, _ ("Copy _Label"), "object.copy-label");
  g_menu_append (copy, _ ("Copy Coor_dinates"), "object.copy-coordinates");
  g_menu_append_submenu (take, _ ("C_opy"), G_MENU_MODEL (copy));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (take));

  if (*label)
    {
      g_autofree char *short_label = shorten (label);
      g_autofree char *hide = g_strdup_printf (_ ("Hide “%s”"), short_label);
      g_autoptr (GMenuItem) item = g_menu_item_new (NULL, "win.hide-label");

      /* An underscore of the label is no mnemonic. */
      g_auto (GStrv) parts = g_strsplit (hide, "_", -1);
      g_autofree char *escaped = g_strjoinv ("__", parts);

      g_menu_item_set_label (item, escaped);
      g_menu_append_item (remove, item);
    }
  g_menu_append (remove, _ ("D_elete"), "win.delete");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (remove));
  return G_MENU_MODEL (menu);
}

/* --- What the menu does itself --- */

static void
copy_string (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *text = g_object_get_data (G_OBJECT (action), "text");

  gdk_clipboard_set_text (gdk_display_get_clipboard (gdk_display_get_default ()), text);
}

static void
add_copy_action (GSimpleActionGroup *group, const char *name, char *text)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new (name, NULL);

  g_object_set_data_full (G_OBJECT (action), "text", text, g_free);
  g_signal_connect (action, "activate", G_CALLBACK (copy_string), NULL);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
}

/* As x1, y1, x2, y2 in pixels of the upright picture, which other programs take as they are. */
static char *
format_coordinates (MonocleAnnotation *annotation, MonocleAnnotation *region)
{
  const MonocleRect r = monocle_annotation_get_bounds (annotation ? annotation : region);

  return g_strdup_printf ("%.0f, %.0f, %.0f, %.0f", r.x, r.y, r.x + r.width, r.y + r.height);
}

static void
on_closed (GtkPopover *popover)
{
  GtkWidget *focus = g_object_get_data (G_OBJECT (popover), "focus");

  if (focus && gtk_widget_get_mapped (focus))
    gtk_widget_grab_focus (focus);
}

void
monocle_object_menu_popup (
    GtkWidget *parent, MonocleAnnotation *annotation, MonocleAnnotation *region, double x, double y)
{
  g_autoptr (GMenuModel) model = NULL;
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GtkWidget *popover;
  GtkRoot *root;
  GtkWidget *focus;

  g_return_if_fail (GTK_IS_WIDGET (parent));

  add_copy_action (group, "copy-label",
                   g_strdup (annotation ? monocle_annotation_get_label (annotation) : ""));
  if (annotation || region)
    add_copy_action (group, "copy-coordinates", format_coordinates (annotation, region));

  model = monocle_object_menu_build (annotation, region);
  popover = gtk_popover_menu_new_from_model (model);
  gtk_widget_insert_action_group (popover, "object", G_ACTION_GROUP (group));
  monocle_passing_popover_attach (GTK_POPOVER (popover), parent);
  /* Keys go on where they went before. */
  root = gtk_widget_get_root (parent);
  focus = root ? gtk_root_get_focus (root) : NULL;
  if (focus)
    g_object_set_data_full (G_OBJECT (popover), "focus", g_object_ref (focus), g_object_unref);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (popover), GTK_POS_BOTTOM);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover),
                               &(GdkRectangle){ (int) lround (x), (int) lround (y), 1, 1 });
  g_signal_connect (popover, "closed", G_CALLBACK (on_closed), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}
