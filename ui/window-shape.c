/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is done to the shapes of the regions that are selected.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "ui/simplify-bar.h"
#include "ui/window-private.h"

/* (transfer full) (nullable): what @shape is to be; %NULL where it stays what it is */
typedef MonocleShape *(*Reshape) (MonocleWindow *self, const MonocleShape *shape);

static gboolean
can_be_polygon (const MonocleShape *shape)
{
  const MonocleShapeKind kind = monocle_shape_get_kind (shape);
  guint n_points;

  monocle_shape_get_points (shape, &n_points);
  return kind != MONOCLE_SHAPE_RINGS && kind != MONOCLE_SHAPE_POINTS && n_points >= 3;
}

/* Whether there can be parts, which are looked for when somebody asks for them. */
static gboolean
can_split (const MonocleShape *shape)
{
  guint n_rings, n_points;
  const MonocleRing *rings = monocle_shape_get_rings (shape, &n_rings);
  guint n_outer = 0;

  for (guint i = 0; i < n_rings; i++)
    n_outer += rings[i].role == MONOCLE_RING_OUTER;
  monocle_shape_get_points (shape, &n_points);
  return n_outer > 1 || (monocle_shape_get_kind (shape) == MONOCLE_SHAPE_POINTS && n_points > 1);
}

static MonocleShape *
make_polygon (MonocleWindow *self, const MonocleShape *shape)
{
  return can_be_polygon (shape) ? monocle_reshape_to_rings (shape) : NULL;
}

static gboolean
can_be_box (const MonocleShape *shape)
{
  const MonocleRect bounds = monocle_shape_get_bounds (shape);

  return monocle_shape_get_kind (shape) != MONOCLE_SHAPE_BOX && bounds.width > 0
         && bounds.height > 0;
}

static MonocleShape *
make_box (MonocleWindow *self, const MonocleShape *shape)
{
  const MonocleBox box = monocle_shape_get_box (shape);

  return can_be_box (shape) ? monocle_shape_new_box (&box) : NULL;
}

/* All of them in one step. */
static void
reshape (MonocleWindow *self, MonocleVerb verb, Reshape make)
{
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  g_autoptr (GPtrArray) before
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_shape_unref);

  for (guint i = 0; i < regions->len; i++)
    {
      MonocleShape *was = monocle_annotation_get_shape (regions->pdata[i]);
      g_autoptr (MonocleShape) is = make (self, was);

      g_ptr_array_add (before, monocle_shape_ref (was));
      if (is)
        monocle_annotation_set_shape (regions->pdata[i], is);
    }
  monocle_document_note_shapes (document, verb, regions, before, FALSE);
}

static void
edit_vertices (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_edit_vertices (monocle_window_get_view (self));
  gtk_widget_grab_focus (GTK_WIDGET (monocle_window_get_view (self)));
}

static void
to_polygon (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  reshape (self, MONOCLE_VERB_TO_OUTLINE, make_polygon);
}

static void
to_box (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  reshape (self, MONOCLE_VERB_TO_BOX, make_box);
}

static void
simplify (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_canvas_simplify (self->canvas);
}

/* --- One of several, several of one --- */

static void
merge (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleDocument *document = monocle_window_get_document (self);
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);

  /* Where it is shows what became of it: what is left of several is selected. */
  if (!monocle_document_merge (document, regions))
    monocle_window_show_toast (self, _ ("These cannot be one object"));
}

static void
split (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  GtkSelectionModel *all = monocle_presentation_get_regions (self->presentation);
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  const guint before = g_list_model_get_n_items (G_LIST_MODEL (all));
  const guint n_more = monocle_document_split (monocle_window_get_document (self), regions);
  g_autofree char *text = NULL;

  if (n_more == 0)
    {
      monocle_window_show_toast (self, _ ("It is in one part"));
      return;
    }
  gtk_selection_model_select_range (all, before, n_more, FALSE);
  text = g_strdup_printf (
      ngettext ("Split into %u more object", "Split into %u more objects", n_more), n_more);
  monocle_window_show_undo_toast (self, text);
}

/* --- The brush --- */

static void
enlarge_brush (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_step_brush (monocle_window_get_view (self), 1);
}

static void
shrink_brush (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_step_brush (monocle_window_get_view (self), -1);
}

/* --- Holes and turns --- */

static void
cut_hole (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  monocle_image_view_begin_hole (monocle_window_get_view (self));
  gtk_widget_grab_focus (GTK_WIDGET (monocle_window_get_view (self)));
}

/* Steps that follow each other are one. */
static void
rotate_regions (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleDocument *document = monocle_window_get_document (self);
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  g_autoptr (GPtrArray) before
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_shape_unref);

  for (guint i = 0; i < regions->len; i++)
    {
      MonocleShape *was = monocle_annotation_get_shape (regions->pdata[i]);
      const MonocleMatrix way
          = monocle_reshape_get_rotation (was, g_variant_get_double (parameter));
      g_autoptr (MonocleShape) is = monocle_reshape_transform (
          was, &way, monocle_document_get_width (document), monocle_document_get_height (document));

      g_ptr_array_add (before, monocle_shape_ref (was));
      monocle_annotation_set_shape (regions->pdata[i], is);
    }
  monocle_document_note_shapes (document, MONOCLE_VERB_ROTATE, regions, before, TRUE);
}

static const GActionEntry actions[] = {
  { .name = "edit-vertices", .activate = edit_vertices },
  { .name = "to-polygon", .activate = to_polygon },
  { .name = "to-box", .activate = to_box },
  { .name = "simplify", .activate = simplify },
  { .name = "merge", .activate = merge },
  { .name = "split", .activate = split },
  { .name = "cut-hole", .activate = cut_hole },
  { .name = "rotate-regions", .activate = rotate_regions, .parameter_type = "d" },
  { .name = "brush-larger", .activate = enlarge_brush },
  { .name = "brush-smaller", .activate = shrink_brush },
};

void
monocle_window_add_shape_actions (MonocleWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}

void
monocle_window_enable_shaping (MonocleWindow *self, GPtrArray *regions)
{
  guint n_editable = 0, n_to_polygon = 0, n_to_box = 0, n_simplify = 0, n_split = 0, n_rings = 0;

  for (guint i = 0; i < regions->len; i++)
    {
      const MonocleShape *shape = monocle_annotation_get_shape (regions->pdata[i]);

      n_editable += monocle_reshape_can_edit (shape);
      n_to_polygon += can_be_polygon (shape);
      n_to_box += can_be_box (shape);
      n_simplify += monocle_simplify_bar_takes (shape);
      n_split += can_split (shape);
    }
  monocle_window_enable (self, "edit-vertices", regions->len == 1 && n_editable == 1);
  monocle_window_enable (self, "to-polygon", n_to_polygon > 0);
  monocle_window_enable (self, "to-box", n_to_box > 0);
  monocle_window_enable (self, "simplify", n_simplify > 0);
  if (regions->len == 1)
    monocle_shape_get_rings (monocle_annotation_get_shape (regions->pdata[0]), &n_rings);
  monocle_window_enable (self, "cut-hole", n_rings > 0);
  monocle_window_enable (self, "rotate-regions", regions->len > 0);
  monocle_window_enable (self, "merge", regions->len > 1);
  monocle_window_enable (self, "split", n_split > 0);
}
