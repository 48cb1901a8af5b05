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

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/gui/harness-canvas.h"
#include "ui/image-view-private.h"
#include "ui/window-private.h"

#define N_PICTURES 20

/* Seconds. */
#define KEY_S    0.28
#define BUTTON_S 0.1 /* down, or up */
#define POINT_S  1.1
#define HOME_S   0.4 /* from the mouse to the keys, or back */
#define THINK_S  1.35

/* Overlap from which a suggestion means a thing, and from which its box is right. */
#define MEANT 0.5
#define RIGHT 0.75
/* A side that is farther off than this part of the thing is corrected. */
#define OFF 0.04

typedef struct
{
  char *label;
  MonocleBox box;
  gboolean is_there;
} Thing;

typedef struct
{
  char *path;
  GArray *things;
} Picture;

typedef struct
{
  MonocleWindow *window;
  guint n_buttons, n_keys;
  double seconds, waited;
  gboolean at_keys;
} Hand;

/* --- What there is --- */

static void
clear_thing (gpointer thing)
{
  g_free (((Thing *) thing)->label);
}

static void
free_picture (gpointer data)
{
  Picture *picture = data;

  g_free (picture->path);
  g_array_unref (picture->things);
  g_free (picture);
}

static Picture *
new_picture (const char *folder, const char *name, const char *to)
{
  Picture *picture = g_new0 (Picture, 1);
  g_autofree char *path = g_build_filename (folder, "images", name, NULL);
  g_autoptr (GFile) from = g_file_new_for_path (path);
  g_autoptr (GFile) copy = NULL;
  g_autoptr (GError) error = NULL;

  picture->path = g_build_filename (to, name, NULL);
  picture->things = g_array_new (FALSE, TRUE, sizeof (Thing));
  g_array_set_clear_func (picture->things, clear_thing);
  copy = g_file_new_for_path (picture->path);
  g_file_copy (from, copy, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return picture;
}

static float
get_number (JsonArray *array, guint index)
{
  return (float) json_array_get_double_element (array, index);
}

/* Of the first @n pictures, which are copied into @to. */
static GPtrArray *
read_pictures (const char *folder, guint n, const char *to)
{
  GPtrArray *pictures = g_ptr_array_new_with_free_func (free_picture);
  g_autofree char *path = g_build_filename (folder, "instances.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GHashTable) names = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) by_id = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  JsonArray *images, *categories, *annotations;
  JsonObject *root;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  images = json_object_get_array_member (root, "images");
  categories = json_object_get_array_member (root, "categories");
  annotations = json_object_get_array_member (root, "annotations");
  for (guint i = 0; i < json_array_get_length (categories); i++)
    {
      JsonObject *category = json_array_get_object_element (categories, i);

      g_hash_table_insert (names, GINT_TO_POINTER (json_object_get_int_member (category, "id")),
                           (gpointer) json_object_get_string_member (category, "name"));
    }
  for (guint i = 0; i < json_array_get_length (images) && i < n; i++)
    {
      JsonObject *image = json_array_get_object_element (images, i);
      Picture *picture
          = new_picture (folder, json_object_get_string_member (image, "file_name"), to);

      g_ptr_array_add (pictures, picture);
      g_hash_table_insert (by_id, GINT_TO_POINTER (json_object_get_int_member (image, "id")),
                           picture);
    }
  for (guint i = 0; i < json_array_get_length (annotations); i++)
    {
      JsonObject *object = json_array_get_object_element (annotations, i);
      JsonArray *at = json_object_get_array_member (object, "bbox");
      Picture *picture = g_hash_table_lookup (
          by_id, GINT_TO_POINTER (json_object_get_int_member (object, "image_id")));
      const char *label = g_hash_table_lookup (
          names, GINT_TO_POINTER (json_object_get_int_member (object, "category_id")));
      const Thing thing
          = { g_strdup (label),
              { get_number (at, 0), get_number (at, 1), get_number (at, 0) + get_number (at, 2),
                get_number (at, 1) + get_number (at, 3) },
              FALSE };

      if (picture)
        g_array_append_val (picture->things, thing);
      else
        g_free (thing.label);
    }
  return pictures;
}

static double
get_area (const MonocleBox *box)
{
  return MAX (0, (double) box->x2 - (double) box->x1)
         * MAX (0, (double) box->y2 - (double) box->y1);
}

static double
get_overlap (const MonocleBox *a, const MonocleBox *b)
{
  const MonocleBox both
      = { MAX (a->x1, b->x1), MAX (a->y1, b->y1), MIN (a->x2, b->x2), MIN (a->y2, b->y2) };
  const double area = get_area (&both);

  return area / (get_area (a) + get_area (b) - area);
}

/* (nullable): what is not there yet and is meant by a box there */
static Thing *
find_thing (Picture *picture, MonocleAnnotation *annotation)
{
  const MonocleBox box = monocle_shape_get_box (monocle_annotation_get_shape (annotation));
  Thing *best = NULL;
  double most = MEANT;

  for (guint i = 0; i < picture->things->len; i++)
    {
      Thing *thing = &g_array_index (picture->things, Thing, i);

      if (!thing->is_there && get_overlap (&thing->box, &box) >= most)
        {
          most = get_overlap (&thing->box, &box);
          best = thing;
        }
    }
  return best;
}

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

/* What is selected has handles, and a bar beside it, which are in the way of what begins there. */
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
  there = gtk_widget_pick (GTK_WIDGET (self->window), window_x, window_y, GTK_PICK_DEFAULT);
  if (there != GTK_WIDGET (view)
      || monocle_image_view_find_handle (view, view_x, view_y, &region) >= 0)
    press (self, "Escape");
}

static void
draw (Hand *self, Thing *thing)
{
  think (self);
  make_way (self, (double) thing->box.x1, (double) thing->box.y1);
  drag (self, (double) thing->box.x1, (double) thing->box.y1, (double) thing->box.x2,
        (double) thing->box.y2);
  name (self, thing->label);
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
