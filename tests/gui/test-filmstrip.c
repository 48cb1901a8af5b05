/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ui/filmstrip: there with more than one picture, marks the current one and those with work, opens
 * what is chosen, goes along when files come and go, and takes ten thousand without a halt.
 */
#include "config.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>

#include "tests/gui/harness.h"
#include "ui/filmstrip.h"
#include "ui/thumbnail.h"

#define MANY 10000
/* What fits on the screen, and the list view's reserve around it. */
#define MAX_THUMBNAILS 400
/* A frame that comes this late is seen. Of the window's own work alone, as the machine may be busy:
 * what it is to find are the seconds that a change for each picture took. */
#define MAX_STALL_MSEC 800
#define PICTURE_COLOUR 0x3060a0u

typedef struct
{
  char *folder;
  MonocleImageLoader *loader;
  GtkWidget *window;
  GtkWidget *filmstrip;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = gui_temporary (NULL);
  self->loader = monocle_image_loader_new ();
  self->window = gtk_window_new ();
  self->filmstrip = monocle_filmstrip_new ();
  monocle_filmstrip_set_loader (MONOCLE_FILMSTRIP (self->filmstrip), self->loader);
  gtk_window_set_child (GTK_WINDOW (self->window), self->filmstrip);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 900, 140);
  gtk_window_present (GTK_WINDOW (self->window));
  gui_settle ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  gui_settle ();
  g_assert_finalize_object (self->loader);
  g_free (self->folder);
}

static void
write_picture (Fixture *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 160, 120);

  gdk_pixbuf_fill (pixbuf, PICTURE_COLOUR << 8 | 0xff);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
}

static void
remove_picture (Fixture *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
open_name (Fixture *self, const char *name)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (files, g_file_new_build_filename (self->folder, name, NULL));
  monocle_image_loader_open_files (self->loader, files);
}

/* --- Waiting --- */

typedef struct
{
  Fixture *fixture;
  const char *name;
  guint n;
} Expected;

static gboolean
shows (gpointer data)
{
  Expected *expected = data;
  MonocleDocument *document = monocle_image_loader_get_document (expected->fixture->loader);

  return document && !monocle_image_loader_is_loading (expected->fixture->loader)
         && g_str_equal (monocle_document_get_name (document), expected->name);
}

static void
expect (Fixture *self, const char *name)
{
  gui_wait_for (name, shows, &(Expected){ self, name, 0 });
}

static gboolean
has_items (gpointer data)
{
  Expected *expected = data;

  return monocle_image_loader_get_n_items (expected->fixture->loader) == expected->n;
}

static void
expect_items (Fixture *self, guint n)
{
  gui_wait_for ("so many pictures", has_items, &(Expected){ self, NULL, n });
  /* It goes along a frame or two later. */
  gui_settle ();
}

/* --- Looking --- */

/* The one that is marked as current, among those that are seen. */
static GtkWidget *
find_current (Fixture *self)
{
  g_autoptr (GPtrArray) thumbnails = gui_find_all (self->filmstrip, MONOCLE_TYPE_THUMBNAIL);
  GtkWidget *found = NULL;

  for (guint i = 0; i < thumbnails->len; i++)
    {
      gboolean current;

      g_object_get (thumbnails->pdata[i], "current", &current, NULL);
      if (!current || !gtk_widget_get_mapped (thumbnails->pdata[i]))
        continue;
      g_assert_null (found);
      found = thumbnails->pdata[i];
    }
  return found;
}

/* All of it is in view. */
static gboolean
is_current (gpointer data)
{
  const Expected *expected = data;
  GtkWidget *strip = expected->fixture->filmstrip, *current = find_current (expected->fixture);
  graphene_rect_t place;

  return current && g_strcmp0 (gtk_widget_get_tooltip_text (current), expected->name) == 0
         && gtk_widget_compute_bounds (current, strip, &place) && place.origin.x >= 0
         && place.origin.x + place.size.width <= (float) gtk_widget_get_width (strip);
}

/* And it stays so. */
static void
expect_current (Fixture *self, const char *name)
{
  Expected expected = { self, name, 0 };

  gui_wait_for (name, is_current, &expected);
  gui_settle ();
  g_assert_true (is_current (&expected));
}

static gboolean
has_no_current (gpointer self)
{
  return !find_current (self);
}

static void
expect_no_current (Fixture *self)
{
  gui_wait_for ("none to be current", has_no_current, self);
  gui_settle ();
  g_assert_null (find_current (self));
}

static guint32
get_dot_pixel (Fixture *self, GtkWidget *thumbnail)
{
  cairo_surface_t *picture = gui_take_picture (GTK_WINDOW (self->window), 1);
  double x, y;
  guint32 pixel;

  g_assert_true (gtk_widget_translate_coordinates (
      thumbnail, self->window, gtk_widget_get_width (thumbnail) - 10.0, 10.0, &x, &y));
  pixel = gui_get_pixel (picture, (int) x, (int) y) & 0xffffff;
  cairo_surface_destroy (picture);
  return pixel;
}

/* --- Tests --- */

static void
test_alone (Fixture *self, gconstpointer data)
{
  write_picture (self, "1.png");
  open_name (self, "1.png");
  expect (self, "1.png");
  expect_items (self, 1);
  g_assert_false (gtk_widget_get_visible (self->filmstrip));
  write_picture (self, "2.png");
  expect_items (self, 2);
  g_assert_true (gtk_widget_get_mapped (self->filmstrip));
  expect_current (self, "1.png");
}

static void
test_follow (Fixture *self, gconstpointer data)
{
  for (guint i = 1; i <= 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      write_picture (self, name);
    }
  open_name (self, "20.png");
  expect_items (self, 40);
  expect (self, "20.png");
  expect_current (self, "20.png");
  monocle_image_loader_last (self->loader);
  expect (self, "40.png");
  expect_current (self, "40.png");

  /* What comes and goes before it moves it, and nothing else is opened. */
  write_picture (self, "0.png");
  expect_items (self, 41);
  expect_current (self, "40.png");
  remove_picture (self, "1.png");
  expect_items (self, 40);
  expect_current (self, "40.png");
  expect (self, "40.png");
}

/* When the file of what is shown goes, nothing else looks as if it were shown, and all that is left
 * can be gone to. */
static void
test_gone (Fixture *self, gconstpointer data)
{
  GtkListView *list;

  for (guint i = 1; i <= 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      write_picture (self, name);
    }
  open_name (self, "2.png");
  expect_items (self, 4);
  expect_current (self, "2.png");
  remove_picture (self, "2.png");
  expect_items (self, 3);
  expect (self, "2.png");
  expect_no_current (self);
  list = gui_find (self->filmstrip, GTK_TYPE_LIST_VIEW);
  /* The one that took its place. */
  gtk_selection_model_select_item (gtk_list_view_get_model (list), 1, TRUE);
  expect (self, "3.png");
  expect_current (self, "3.png");

  /* The last one: there is nothing behind it, and back means the one before it. */
  monocle_image_loader_last (self->loader);
  expect (self, "4.png");
  remove_picture (self, "4.png");
  expect_items (self, 2);
  expect_no_current (self);
  monocle_image_loader_next (self->loader);
  gui_wait_ms (100);
  expect (self, "4.png");
  monocle_image_loader_previous (self->loader);
  expect (self, "3.png");
  expect_current (self, "3.png");

  /* One that comes back is the current one again. */
  remove_picture (self, "3.png");
  expect_items (self, 1);
  g_assert_true (gtk_widget_get_mapped (self->filmstrip));
  write_picture (self, "3.png");
  expect_items (self, 2);
  expect_current (self, "3.png");
}

static void
test_choose (Fixture *self, gconstpointer data)
{
  GtkListView *list;

  for (guint i = 1; i <= 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      write_picture (self, name);
    }
  open_name (self, "1.png");
  expect_items (self, 4);
  expect (self, "1.png");
  expect_current (self, "1.png");

  /* Enter, or a double click; then what a click or an arrow key does. */
  list = gui_find (self->filmstrip, GTK_TYPE_LIST_VIEW);
  g_signal_emit_by_name (list, "activate", 1u);
  expect (self, "2.png");
  expect_current (self, "2.png");
  gtk_selection_model_select_item (gtk_list_view_get_model (list), 2, TRUE);
  expect (self, "3.png");
  expect_current (self, "3.png");
}

static gboolean
has_no_dot (gpointer self)
{
  return get_dot_pixel (self, find_current (self)) == PICTURE_COLOUR;
}

static gboolean
has_dot (gpointer self)
{
  return !has_no_dot (self);
}

static void
test_dot (Fixture *self, gconstpointer data)
{
  const MonocleBox box = { 1, 1, 5, 5 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);
  MonocleDocument *document;

  write_picture (self, "1.png");
  write_picture (self, "2.png");
  open_name (self, "1.png");
  expect_items (self, 2);
  expect (self, "1.png");
  expect_current (self, "1.png");
  gui_wait_for ("the picture in small", has_no_dot, self);
  document = monocle_image_loader_get_document (self->loader);
  monocle_document_add_region (document, region);
  gui_wait_for ("a dot", has_dot, self);
  monocle_undo_undo (monocle_document_get_undo (document));
  gui_wait_for ("no dot", has_no_dot, self);
}

/* --- Ten thousand --- */

typedef struct
{
  gint64 last, worst;
} Stall;

/* Of this thread, in microseconds. */
static gint64
get_work (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (gint64) spent.tv_sec * G_USEC_PER_SEC + spent.tv_nsec / 1000;
}

static gboolean
on_tick (gpointer data)
{
  Stall *stall = data;
  const gint64 now = get_work ();

  stall->worst = MAX (stall->worst, now - stall->last);
  stall->last = now;
  return G_SOURCE_CONTINUE;
}

static void
test_many (Fixture *self, gconstpointer data)
{
  g_autofree char *original = g_build_filename (self->folder, "1.png", NULL);
  g_autoptr (GPtrArray) thumbnails = NULL;
  Stall stall = { 0 };
  gint64 start;
  guint source;

  write_picture (self, "1.png");
  for (guint i = 2; i <= MANY; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u.png", self->folder, i);

      g_assert_cmpint (link (original, path), ==, 0);
    }
  gui_settle ();
  start = g_get_monotonic_time ();
  stall.last = get_work ();
  source = g_timeout_add (5, on_tick, &stall);
  open_name (self, "5000.png");
  expect (self, "5000.png");
  expect_items (self, MANY);
  g_test_message ("%d pictures after %.0f ms", MANY,
                  (double) (g_get_monotonic_time () - start) / 1000);
  g_assert_cmpuint (monocle_image_loader_get_position (self->loader), ==, 4999);
  expect_current (self, "5000.png");
  monocle_image_loader_last (self->loader);
  expect (self, "10000.png");
  for (guint i = 0; i < 50; i++)
    {
      monocle_image_loader_previous (self->loader);
      gui_wait_ms (10);
    }
  expect (self, "9950.png");
  expect_current (self, "9950.png");
  g_source_remove (source);
  thumbnails = gui_find_all (self->filmstrip, MONOCLE_TYPE_THUMBNAIL);
  g_test_message ("longest halt %.0f ms; %u thumbnails", (double) stall.worst / 1000,
                  thumbnails->len);
  g_assert_cmpint (stall.worst / 1000, <, MAX_STALL_MSEC);
  g_assert_cmpuint (thumbnails->len, <, MAX_THUMBNAILS);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

#define TEST(name, func) g_test_add ("/gui/filmstrip/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("alone", test_alone);
  TEST ("follow", test_follow);
  TEST ("gone", test_gone);
  TEST ("choose", test_choose);
  TEST ("dot", test_dot);
  TEST ("many", test_many);
#undef TEST

  return gui_run ();
}
