/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is the person's own: objects that are kept, names, copies. Whoever goes through what a model
 * suggests by keyboard comes to the next with each that is kept or deleted.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/name-popover.h"
#include "ui/window-private.h"
#include "ui/words-popover.h"

/* A copy lies so many pixels of the screen beside what it is of. */
#define BESIDE 12.0

/* --- Going through what is suggested --- */

guint
monocle_window_find_selected (MonocleWindow *self)
{
  g_autoptr (GtkBitset) selected
      = gtk_selection_model_get_selection (monocle_presentation_get_objects (self->presentation));

  return gtk_bitset_is_empty (selected) ? 0 : gtk_bitset_get_minimum (selected);
}

void
monocle_window_select_at (MonocleWindow *self, guint position)
{
  GtkSelectionModel *objects = monocle_presentation_get_objects (self->presentation);
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (objects));

  if (n > 0)
    gtk_selection_model_select_item (objects, MIN (position, n - 1), TRUE);
}

/* --- Kept --- */

static void
keep_objects (MonocleWindow *self, GPtrArray *objects)
{
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  g_autofree char *text = NULL;
  guint n;

  if (!query)
    return;
  n = monocle_document_keep (monocle_window_get_document (self), query, objects);
  text = g_strdup_printf (ngettext ("%u object kept", "%u objects kept", n), n);
  if (n > 1)
    monocle_window_show_undo_toast (self, text);
}

static void
keep (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  const guint position = monocle_window_find_selected (self);

  keep_objects (self, objects);
  monocle_window_select_at (self, position);
}

/* What is shown: what the lowest score, the search and the labels leave. */
static void
keep_all (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  GListModel *shown = G_LIST_MODEL (monocle_presentation_get_objects (self->presentation));
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    g_ptr_array_add (objects, g_list_model_get_item (shown, i));
  keep_objects (self, objects);
}

/* What is left of heat maps becomes the person's: what is selected of it, else all of it. */
static void
make_outline (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  GtkSelectionModel *regions = monocle_presentation_get_regions (self->presentation);
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  const guint before = g_list_model_get_n_items (G_LIST_MODEL (regions));

  if (objects->len > 0)
    keep_objects (self, objects);
  else
    keep_all (action, parameter, data);
  gtk_selection_model_select_range (
      regions, before, g_list_model_get_n_items (G_LIST_MODEL (regions)) - before, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (monocle_window_get_view (self)));
}

/* The lowest score among @objects, where all have one; NaN where not. */
static double
find_lowest (GPtrArray *objects)
{
  double lowest = objects->len > 0 ? INFINITY : NAN;

  for (guint i = 0; i < objects->len; i++)
    {
      const double score = (double) monocle_annotation_get_score (objects->pdata[i]);

      lowest = isnan (score) || score < lowest ? score : lowest;
      if (isnan (score))
        break;
    }
  return lowest;
}

gboolean
monocle_window_can_keep_above (GPtrArray *objects)
{
  return !isnan (find_lowest (objects));
}

/* What is shown and as sure as what is selected, or surer; on to what is behind that. */
static void
keep_above (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  GListModel *shown = G_LIST_MODEL (monocle_presentation_get_objects (self->presentation));
  g_autoptr (GPtrArray) selected = monocle_presentation_get_selected_objects (self->presentation);
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_object_unref);
  const guint position = monocle_window_find_selected (self);
  const double lowest = find_lowest (selected);
  guint n_left = 0;

  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr (MonocleAnnotation) object = g_list_model_get_item (shown, i);

      if ((double) monocle_annotation_get_score (object) >= lowest)
        g_ptr_array_add (objects, g_steal_pointer (&object));
      else
        n_left += i < position;
    }
  keep_objects (self, objects);
  monocle_window_select_at (self, n_left);
}

/* --- Named --- */

static void
add_names (GPtrArray *names, GHashTable *seen, GListModel *annotations)
{
  for (guint i = 0; i < g_list_model_get_n_items (annotations); i++)
    {
      g_autoptr (MonocleAnnotation) annotation = g_list_model_get_item (annotations, i);
      const char *label = monocle_annotation_get_label (annotation);

      if (*label && g_hash_table_add (seen, g_utf8_casefold (label, -1)))
        g_ptr_array_add (names, g_strdup (label));
    }
}

static void
add_labels (GPtrArray *names, GHashTable *seen, MonocleLabelSet *labels)
{
  g_auto (GStrv) all = monocle_label_set_dup_names (labels);

  for (guint i = 0; all[i]; i++)
    if (g_hash_table_add (seen, g_utf8_casefold (all[i], -1)))
      g_ptr_array_add (names, g_strdup (all[i]));
}

/* (transfer full): what things are called here, the person's own names first */
static GStrv
list_names (MonocleWindow *self)
{
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  add_labels (names, seen, self->labels);
  add_names (names, seen, monocle_document_get_regions (monocle_window_get_document (self)));
  if (query)
    add_names (names, seen, monocle_query_get_annotations (query));
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_steal (names, NULL);
}

static void
on_named (MonocleWindow *self, const char *name)
{
  if (monocle_window_get_document (self))
    monocle_window_give_label (self, name);
  gtk_widget_grab_focus (GTK_WIDGET (monocle_window_get_view (self)));
}

GdkRectangle
monocle_window_find_place (MonocleWindow *self, MonocleAnnotation *region)
{
  GtkWidget *view = GTK_WIDGET (monocle_window_get_view (self));
  const double width = gtk_widget_get_width (view), height = gtk_widget_get_height (view);
  const MonocleRect bounds = monocle_annotation_get_bounds (region);
  MonocleRect at;
  double right, bottom;

  monocle_image_view_to_widget (monocle_window_get_view (self), &bounds, &at);
  right = CLAMP (at.x + at.width, 1, width);
  bottom = CLAMP (at.y + at.height, 1, height);
  at.x = CLAMP (at.x, 0, width - 1);
  at.y = CLAMP (at.y, 0, height - 1);
  return (GdkRectangle){ (int) at.x, (int) at.y, MAX ((int) (right - at.x), 1),
                         MAX ((int) (bottom - at.y), 1) };
}

/* What was read is no name. Returns: whether it is that */
static gboolean
correct_read (MonocleWindow *self, MonocleAnnotation *object)
{
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  const guint place = query ? monocle_query_find_object (query, object) : 0;
  GdkRectangle at;

  if (place == 0 || monocle_query_get_task (query)->gives != MONOCLE_GIVES_TEXTS)
    return FALSE;
  at = monocle_window_find_place (self, object);
  monocle_words_popover_correct (GTK_WIDGET (monocle_window_get_view (self)), &at,
                                 monocle_window_get_document (self), query, place);
  return TRUE;
}

static void
rename_selected (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autoptr (GPtrArray) some = monocle_presentation_get_selected_regions (self->presentation);
  g_auto (GStrv) names = NULL;
  GdkRectangle at;

  g_ptr_array_extend_and_steal (some,
                                monocle_presentation_get_selected_objects (self->presentation));
  if (some->len == 0)
    monocle_side_panel_correct (self->side_panel);
  if (some->len == 0 || correct_read (self, some->pdata[0]))
    return;
  names = list_names (self);
  at = monocle_window_find_place (self, some->pdata[0]);
  g_signal_connect_object (
      monocle_name_popover_popup (GTK_WIDGET (monocle_window_get_view (self)), &at,
                                  monocle_annotation_get_label (some->pdata[0]),
                                  (const char *const *) names),
      "named", G_CALLBACK (on_named), self, G_CONNECT_SWAPPED);
}

/* --- Named as it is drawn --- */

typedef struct
{
  MonoclePresentation *presentation;
  MonocleDocument *document;
  MonocleAnnotation *region;
} Drawn;

static void
free_drawn (gpointer data, GClosure *closure)
{
  Drawn *drawn = data;

  g_object_unref (drawn->presentation);
  g_object_unref (drawn->document);
  g_object_unref (drawn->region);
  g_free (drawn);
}

/* By now something else may be drawn, or shown. */
static void
on_drawn_named (MonocleNamePopover *popover, const char *name, gpointer data)
{
  Drawn *drawn = data;
  g_autoptr (GPtrArray) regions = g_ptr_array_new ();

  g_ptr_array_add (regions, drawn->region);
  monocle_document_set_label (drawn->document, regions, name);
  monocle_presentation_set_next_label (drawn->presentation, name);
}

/* It is elsewhere then, or called something else. */
static void
leave_with (MonocleNamePopover *popover, gpointer object, const char *signal)
{
  g_signal_connect_object (object, signal, G_CALLBACK (monocle_name_popover_leave), popover,
                           G_CONNECT_SWAPPED);
}

/* Whoever has labels, or gave a name before, means it to have one. */
static void
on_drawn (MonocleWindow *self, MonocleAnnotation *region)
{
  GtkWidget *view = GTK_WIDGET (monocle_window_get_view (self));
  const GdkRectangle at = monocle_window_find_place (self, region);
  g_auto (GStrv) names = NULL;
  g_autoptr (GtkAdjustment) across = NULL, down = NULL;
  MonocleNamePopover *popover;
  Drawn *drawn;

  if (!g_settings_get_boolean (self->settings, "name-drawn")
      || (g_list_model_get_n_items (G_LIST_MODEL (self->labels)) == 0
          && !*monocle_annotation_get_label (region)))
    return;
  names = list_names (self);
  popover = monocle_name_popover_popup_passing (view, &at, monocle_annotation_get_label (region),
                                                (const char *const *) names, self->labels);
  drawn = g_new0 (Drawn, 1);
  drawn->presentation = g_object_ref (self->presentation);
  drawn->document = g_object_ref (monocle_window_get_document (self));
  drawn->region = g_object_ref (region);
  g_signal_connect_data (popover, "named", G_CALLBACK (on_drawn_named), drawn, free_drawn, 0);
  monocle_canvas_begin_naming (self->canvas);
  g_signal_connect_object (popover, "closed", G_CALLBACK (monocle_canvas_end_naming), self->canvas,
                           G_CONNECT_SWAPPED);
  g_object_get (view, "hadjustment", &across, "vadjustment", &down, NULL);
  leave_with (popover, across, "value-changed");
  leave_with (popover, down, "value-changed");
  leave_with (popover, view, "notify::zoom");
  leave_with (popover, region, "changed");
  leave_with (popover, self->presentation, "notify::document");
}

/* --- Once more --- */

static void
duplicate (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  GtkSelectionModel *regions = monocle_presentation_get_regions (self->presentation);
  g_autoptr (GPtrArray) some = monocle_presentation_get_selected_regions (self->presentation);
  const guint before = g_list_model_get_n_items (G_LIST_MODEL (regions));
  MonocleImageView *view = monocle_window_get_view (self);
  double dx = BESIDE / monocle_image_view_get_zoom (view), dy = dx;

  if (some->len == 0)
    {
      g_ptr_array_unref (some);
      some = monocle_presentation_get_selected_objects (self->presentation);
    }
  /* To the right and down as it is seen, however the picture is turned. */
  monocle_image_view_turn_back (view, &dx, &dy);
  monocle_document_duplicate (monocle_window_get_document (self), some, dx, dy);
  gtk_selection_model_unselect_all (monocle_presentation_get_objects (self->presentation));
  gtk_selection_model_select_range (
      regions, before, g_list_model_get_n_items (G_LIST_MODEL (regions)) - before, TRUE);
}

void
monocle_window_add_own_actions (MonocleWindow *self)
{
  static const GActionEntry actions[] = {
    { .name = "keep", .activate = keep },
    { .name = "keep-all", .activate = keep_all },
    { .name = "keep-above", .activate = keep_above },
    { .name = "make-outline", .activate = make_outline },
    { .name = "rename", .activate = rename_selected },
    { .name = "duplicate", .activate = duplicate },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_object (monocle_window_get_view (self), "drawn", G_CALLBACK (on_drawn), self,
                           G_CONNECT_SWAPPED);
}
