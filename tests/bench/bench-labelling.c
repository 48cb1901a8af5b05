/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures labelled in the window, with real input: by hand, by hand where the folder has labels
 * with digits, and beginning with what the model suggests. Prints how many presses of buttons and
 * keys each took, how long a person would need for these (the keystroke-level model of Card, Moran
 * and Newell), how long the model was waited for, and how many things are right then. Whoever
 * labels knows the answers: things and boxes are those of a COCO file.
 *
 *   bench-labelling [FOLDER [N]]     FOLDER: instances.json, and images/ with its pictures
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/labelling-set.h"
#include "ui/image-view-private.h"
#include "ui/name-popover.h"
#include "ui/window-private.h"

#define N_PICTURES 20

/* Seconds. */
#define KEY_S    0.28
#define BUTTON_S 0.1 /* down, or up */
#define POINT_S  1.1
#define HOME_S   0.4 /* from the mouse to the keys, or back */
#define THINK_S  1.35

/* Overlap from which a box is right. */
#define RIGHT 0.75
/* A side that is farther off than this part of the thing is corrected. */
#define OFF 0.04

typedef struct
{
  MonocleWindow *window;
  guint n_buttons, n_keys;
  double seconds, waited;
  gboolean at_keys;
} Hand;

/* --- The hand --- */

static void
go_to (Hand *self, gboolean keys)
{
  if (self->at_keys != keys)
    self->seconds += HOME_S;
  self->at_keys = keys;
}

static void
think (Hand *self)
{
  self->seconds += THINK_S;
}

/* @keys: as xdotool calls them, "ctrl+k" */
static void
press (Hand *self, const char *keys)
{
  go_to (self, TRUE);
  for (const char *c = keys; *c; c++)
    if (c == keys || *c == '+' || *c == ' ')
      {
        self->n_keys++;
        self->seconds += KEY_S;
      }
  gui_type (GTK_WINDOW (self->window), keys);
  gui_settle ();
}

static void
drag (Hand *self, double x1, double y1, double x2, double y2)
{
  go_to (self, FALSE);
  self->n_buttons++;
  self->seconds += 2 * (POINT_S + BUTTON_S);
  gui_drag_at (self->window, NULL, x1, y1, x2 - x1, y2 - y1);
  gui_settle ();
}

static void
click (Hand *self, double x, double y)
{
  go_to (self, FALSE);
  self->n_buttons++;
  self->seconds += POINT_S + 2 * BUTTON_S;
  gui_click_at (self->window, x, y, 1);
  gui_settle ();
}

static gboolean
is_in_text (gpointer window)
{
  return GTK_IS_TEXT (gtk_window_get_focus (window));
}

static gboolean
is_in_view (gpointer window)
{
  return gtk_window_get_focus (window) == GTK_WIDGET (gui_get_view (window));
}

/* As xdotool calls the key. */
static char *
name_key (char c)
{
  return c == ' ' ? g_strdup ("space") : c == '-' ? g_strdup ("minus") : g_strdup_printf ("%c", c);
}

static void
name (Hand *self, const char *label)
{
  g_autoptr (GString) keys = g_string_new (NULL);
  MonocleLabelItem *item = monocle_label_set_find (self->window->labels, label);

  if (item && monocle_label_item_get_digit (item) > 0)
    {
      g_string_printf (keys, "ctrl+alt+%u", monocle_label_item_get_digit (item));
      press (self, keys->str);
      return;
    }
  press (self, "F2");
  gui_wait_for ("a place for the name", is_in_text, self->window);
  for (const char *c = label; *c; c++)
    {
      g_autofree char *key = name_key (*c);

      g_string_append_printf (keys, "%s%s", c > label ? " " : "", key);
    }
  /* The old name is selected. */
  press (self, keys->str);
  press (self, "Return");
  gui_wait_for ("the picture again", is_in_view, self->window);
}

/* (nullable): that asks what was just drawn is called */
static MonocleNamePopover *
find_popover (Hand *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self->window));

  return focus ? MONOCLE_NAME_POPOVER (gtk_widget_get_ancestor (focus, MONOCLE_TYPE_NAME_POPOVER))
               : NULL;
}

/* Nothing is pressed for the name that it has; no more letters than are needed. */
static void
name_drawn (Hand *self, const char *label)
{
  MonocleLabelItem *item = monocle_label_set_find (self->window->labels, label);
  MonocleNamePopover *popover = find_popover (self);
  GtkEditable *entry;

  if (!popover)
    {
      name (self, label);
      return;
    }
  entry = GTK_EDITABLE (gui_find (popover, GTK_TYPE_ENTRY));
  if (g_str_equal (gtk_editable_get_text (entry), label))
    return;
  if (item && monocle_label_item_get_digit (item) > 0)
    {
      g_autofree char *digit = g_strdup_printf ("%u", monocle_label_item_get_digit (item));

      press (self, digit);
    }
  else
    {
      for (const char *c = label;
           *c && (c == label || !g_str_equal (gtk_editable_get_text (entry), label)); c++)
        {
          g_autofree char *key = name_key (*c);

          press (self, key);
        }
      press (self, "Return");
    }
  gui_wait_for ("the picture again", is_in_view, self->window);
}

/* @x, @y: of the window */
static gboolean
is_covered (Hand *self, double x, double y)
{
  MonocleNamePopover *popover = find_popover (self);
  GdkSurface *surface = popover ? gtk_native_get_surface (GTK_NATIVE (popover)) : NULL;
  double inner_x, inner_y;

  if (!surface)
    return FALSE;
  gtk_native_get_surface_transform (GTK_NATIVE (self->window), &inner_x, &inner_y);
  x += inner_x - gdk_popup_get_position_x (GDK_POPUP (surface));
  y += inner_y - gdk_popup_get_position_y (GDK_POPUP (surface));
  return x >= 0 && y >= 0 && x < gdk_surface_get_width (surface)
         && y < gdk_surface_get_height (surface);
}

/* What is selected has handles, a bar and maybe a place for its name beside it, which are in the
 * way of what begins there. */
static void
make_way (Hand *self, double x, double y)
{
  MonocleImageView *view = gui_get_view (self->window);
  MonocleAnnotation *region;
  double view_x, view_y, window_x, window_y;
  GtkWidget *there;

  gui_locate (self->window, x, y, &view_x, &view_y);
  gtk_widget_translate_coordinates (GTK_WIDGET (view), GTK_WIDGET (self->window), view_x, view_y,
                                    &window_x, &window_y);
  if (is_covered (self, window_x, window_y))
    press (self, "Escape");
  there = gtk_widget_pick (GTK_WIDGET (self->window), window_x, window_y, GTK_PICK_DEFAULT);
  if (there == GTK_WIDGET (view)
      && monocle_image_view_find_handle (view, view_x, view_y, &region) < 0)
    return;
  if (find_popover (self))
    press (self, "Escape");
  press (self, "Escape");
}

static void
draw (Hand *self, Thing *thing)
{
  think (self);
  make_way (self, (double) thing->box.x1, (double) thing->box.y1);
  drag (self, (double) thing->box.x1, (double) thing->box.y1, (double) thing->box.x2,
        (double) thing->box.y2);
  name_drawn (self, thing->label);
  thing->is_there = TRUE;
}

static void
draw_missing (Hand *self, Picture *picture)
{
  for (guint i = 0; i < picture->things->len; i++)
    if (!g_array_index (picture->things, Thing, i).is_there)
      draw (self, &g_array_index (picture->things, Thing, i));
}

/* --- What is suggested --- */

static gboolean
is_right (Picture *picture, MonocleAnnotation *object)
{
  Thing *thing = find_thing (picture, object);

  return thing && g_str_equal (thing->label, monocle_annotation_get_label (object));
}

static gboolean
are_right (Picture *picture, GListModel *objects)
{
  for (guint i = 0; i < g_list_model_get_n_items (objects); i++)
    {
      g_autoptr (MonocleAnnotation) object = g_list_model_get_item (objects, i);

      if (!is_right (picture, object))
        return FALSE;
    }
  return TRUE;
}

/* One is selected; the next one is then. */
static void
judge (Hand *self, Picture *picture, MonocleAnnotation *object)
{
  Thing *thing = find_thing (picture, object);

  think (self);
  if (!thing)
    press (self, "Delete");
  else if (g_str_equal (thing->label, monocle_annotation_get_label (object)))
    press (self, "ctrl+k");
  else
    name (self, thing->label);
  if (thing)
    thing->is_there = TRUE;
}

static void
mark_all (Picture *picture, GListModel *objects)
{
  for (guint i = 0; i < g_list_model_get_n_items (objects); i++)
    {
      g_autoptr (MonocleAnnotation) object = g_list_model_get_item (objects, i);
      Thing *thing = find_thing (picture, object);

      if (thing)
        thing->is_there = TRUE;
    }
}

static void
go_through (Hand *self, Picture *picture)
{
  MonoclePresentation *presentation = monocle_window_get_presentation (self->window);
  GListModel *objects = G_LIST_MODEL (monocle_presentation_get_objects (presentation));
  guint n = g_list_model_get_n_items (objects);

  if (n > 0 && !are_right (picture, objects))
    press (self, "Tab");
  for (; n > 0; n--)
    {
      g_autoptr (GPtrArray) selected = monocle_presentation_get_selected_objects (presentation);

      if (are_right (picture, objects))
        {
          self->seconds += n * THINK_S;
          mark_all (picture, objects);
          press (self, "ctrl+shift+k");
          break;
        }
      g_assert_cmpuint (selected->len, ==, 1);
      judge (self, picture, selected->pdata[0]);
      g_assert_cmpuint (g_list_model_get_n_items (objects), ==, n - 1);
    }
}

/* The corner, or the side, that has to go elsewhere, as far as it can be done with one drag. */
static gboolean
drag_corner (Hand *self, MonocleAnnotation *region, const MonocleBox *to)
{
  const MonocleBox at = monocle_shape_get_box (monocle_annotation_get_shape (region));
  const float off
      = (float) (OFF * MAX ((double) to->x2 - (double) to->x1, (double) to->y2 - (double) to->y1));
  const gboolean left = fabsf (at.x1 - to->x1) > off, right = fabsf (at.x2 - to->x2) > off;
  const gboolean top = fabsf (at.y1 - to->y1) > off, bottom = fabsf (at.y2 - to->y2) > off;
  const double x = (double) (left || !right ? at.x1 : at.x2);
  const double y = (double) (top || !bottom ? at.y1 : at.y2);

  if (!left && !right && !top && !bottom)
    return FALSE;
  drag (self, x, y,
        (double) (left    ? to->x1
                  : right ? to->x2
                          : at.x1),
        (double) (top      ? to->y1
                  : bottom ? to->y2
                           : at.y1));
  return TRUE;
}

static void
correct_boxes (Hand *self, Picture *picture)
{
  for (guint i = 0; i < gui_count_regions (self->window); i++)
    {
      MonocleAnnotation *region = gui_get_region (self->window, i);
      const MonocleBox box = monocle_shape_get_box (monocle_annotation_get_shape (region));
      Thing *meant = NULL;

      for (guint k = 0; k < picture->things->len; k++)
        {
          Thing *thing = &g_array_index (picture->things, Thing, k);

          if (thing->is_there && get_overlap (&thing->box, &box) >= MEANT
              && g_str_equal (thing->label, monocle_annotation_get_label (region)))
            meant = thing;
        }
      if (!meant || get_overlap (&meant->box, &box) >= RIGHT)
        continue;
      think (self);
      make_way (self, (double) box.x1 + 1, (double) (box.y1 + box.y2) / 2);
      click (self, (double) box.x1 + 1, (double) (box.y1 + box.y2) / 2);
      if (drag_corner (self, region, &meant->box))
        drag_corner (self, region, &meant->box);
    }
}

static void
wait_for_answer (Hand *self)
{
  const gint64 since = g_get_monotonic_time ();
  MonocleQuery *query;

  press (self, "ctrl+Return");
  query = monocle_presentation_get_query (monocle_window_get_presentation (self->window));
  g_assert_nonnull (query);
  gui_wait_done (query);
  gui_settle ();
  self->waited += (double) (g_get_monotonic_time () - since) / G_USEC_PER_SEC;
}

/* --- All of them --- */

static guint
count_right (Hand *self, Picture *picture)
{
  guint n = 0;

  for (guint i = 0; i < picture->things->len; i++)
    for (guint k = 0; k < gui_count_regions (self->window); k++)
      {
        MonocleAnnotation *region = gui_get_region (self->window, k);
        const Thing *thing = &g_array_index (picture->things, Thing, i);
        const MonocleBox box = monocle_shape_get_box (monocle_annotation_get_shape (region));

        if (g_str_equal (monocle_annotation_get_label (region), thing->label)
            && get_overlap (&box, &thing->box) >= RIGHT)
          {
            n++;
            break;
          }
      }
  return n;
}

static gboolean
is_another (gpointer data)
{
  gpointer *pair = data;
  MonocleDocument *document = gui_get_document (pair[0]);

  return document && document != pair[1];
}

static void
go_on (Hand *self)
{
  gpointer pair[] = { self->window, gui_get_document (self->window) };

  press (self, "Next"); /* Page Down */
  gui_wait_for ("the next picture", is_another, pair);
  gui_settle ();
}

/* As from a data.yaml. */
static void
have_labels (Hand *self, GPtrArray *pictures)
{
  for (guint i = 0; i < pictures->len; i++)
    {
      const Picture *picture = pictures->pdata[i];

      for (guint k = 0; k < picture->things->len; k++)
        monocle_label_set_add (self->window->labels,
                               g_array_index (picture->things, Thing, k).label);
    }
}

static void
label (GPtrArray *pictures, gboolean with_labels, gboolean with_help)
{
  const Picture *first = pictures->pdata[0];
  Hand self = { .window = gui_open_path (first->path) };
  guint n_right = 0, n_there = 0, n_things = 0;

  if (with_labels)
    have_labels (&self, pictures);
  press (&self, "alt+2");
  for (guint i = 0; i < pictures->len; i++)
    {
      Picture *picture = pictures->pdata[i];

      for (guint k = 0; k < picture->things->len; k++)
        g_array_index (picture->things, Thing, k).is_there = FALSE;
      if (with_help)
        {
          wait_for_answer (&self);
          go_through (&self, picture);
          correct_boxes (&self, picture);
        }
      draw_missing (&self, picture);
      n_things += picture->things->len;
      n_there += gui_count_regions (self.window);
      n_right += count_right (&self, picture);
      if (i + 1 < pictures->len)
        go_on (&self);
    }
  printf ("# %-16s %3u presses of buttons, %4u of keys: %5.0f s of a person, and %4.0f s waited; "
          "%u of %u right, %u drawn or kept\n",
          with_help     ? "With the model"
          : with_labels ? "With labels"
                        : "By hand",
          self.n_buttons, self.n_keys, self.seconds, self.waited, n_right, n_things, n_there);
  fflush (stdout);
}

static char *source;
static guint n_pictures = N_PICTURES;

static void
bench (void)
{
  g_autofree char *folder = NULL;
  g_autoptr (GPtrArray) pictures = NULL;

  if (gui_lacks_input ())
    return;
  folder = gui_temporary (NULL);
  pictures = read_pictures (source, n_pictures, folder);
  g_assert_cmpuint (pictures->len, >, 0);
  label (pictures, FALSE, FALSE);
  label (pictures, TRUE, FALSE);
  label (pictures, TRUE, TRUE);
}

int
main (int argc, char **argv)
{
  int status;

  gui_init (&argc, &argv);
  source = argc > 1 ? g_strdup (argv[1]) : gui_fixture ("scenes/seen");
  if (argc > 2)
    n_pictures = (guint) strtoul (argv[2], NULL, 10);
  g_test_add_func ("/bench/labelling", bench);
  status = gui_run ();
  g_free (source);
  return status;
}
