/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many frames a second the canvas draws, by its own clock, and how much work each is: 300
 * outlines with 10,000 points on a picture of 12 megapixels, of which one is dragged, one of its
 * points, a brush is moved over them, and pixels are painted. Beside it the same of an empty
 * picture: what the clock of this display and this machine give at most. Of the work of a frame,
 * what the canvas does to say what is drawn is told from what GTK does to draw it. Prints figures,
 * judges nothing.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "tests/gui/outline-fixture.h"
#include "ui/application.h"
#include "ui/image-view-private.h"

#define WIDTH     4000
#define HEIGHT    3000
#define N_OBJECTS 300
#define N_POINTS  10000
#define SECONDS   3

typedef struct
{
  MonocleWindow *window;
  MonocleImageView *view;
  MonocleAnnotation *region;
  gint64 began, paint_began;
  guint n_frames, step;
  GArray *times, *snapshots; /* of gint64, microseconds */
  gint64 snapshot;           /* of the frame that is drawn */
  void (*move) (gpointer bench);
} Bench;

/* --- What there is --- */

static char *
write_picture (void)
{
  char *file = gui_temporary ("large.png");
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 0.5, 0.6, 0.4);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_write_to_png (surface, file);
  cairo_surface_destroy (surface);
  return file;
}

/* Stars, in rows, each with a name. */
static void
add_objects (MonocleWindow *window)
{
  const guint n = N_POINTS / N_OBJECTS + 1, columns = 20;

  for (guint i = 0; i < N_OBJECTS; i++)
    {
      const double x = 100 + i % columns * 190.0, y = 100 + i / columns * 190.0;
      g_autofree double *points = g_new (double, 2 * n);
      const MonocleRing ring = { points, n, MONOCLE_RING_OUTER };
      g_autoptr (MonocleShape) shape = NULL;
      g_autoptr (MonocleAnnotation) region = NULL;
      g_autofree char *name = g_strdup_printf ("thing %u", i % 12);

      for (guint k = 0; k < n; k++)
        {
          const double angle = 2 * G_PI * k / n, radius = k % 2 ? 90 : 70;

          points[2 * k] = x + radius * cos (angle);
          points[2 * k + 1] = y + radius * sin (angle);
        }
      shape = monocle_shape_new_rings (&ring, 1);
      region = monocle_annotation_new_shape (shape);
      monocle_annotation_set_label (region, name);
      monocle_document_add_region (gui_get_document (window), region);
    }
  gui_settle ();
}

/* --- What is done --- */

/* It is elsewhere without being dragged: all that there is is drawn anew. */
static void
move_region (gpointer data)
{
  Bench *self = data;
  const double way = self->step++ % 100 < 50 ? 3 : -3;
  g_autoptr (MonocleShape) there
      = monocle_shape_transform (monocle_annotation_get_shape (self->region),
                                 &(MonocleMatrix){ .xx = 1, .yy = 1, .x0 = way, .y0 = way });

  monocle_annotation_set_shape (self->region, there);
  gtk_widget_queue_draw (GTK_WIDGET (self->view));
}

static void
drag_region (gpointer data)
{
  Bench *self = data;

  self->view->drag = MONOCLE_DRAG_MOVE;
  g_set_object (&self->view->dragged, self->region);
  move_region (self);
}

static void
drag_vertex (gpointer data)
{
  Bench *self = data;
  const double way = self->step++ % 100;

  self->view->drag = MONOCLE_DRAG_VERTEX;
  self->view->vertex = 3;
  g_set_object (&self->view->dragged, self->region);
  monocle_image_view_drag_vertex (self->view, 300 + way, 300 + way);
  gtk_widget_queue_draw (GTK_WIDGET (self->view));
}

static void
point (gpointer data)
{
  Bench *self = data;

  self->view->pointer_inside = TRUE;
  self->view->pointer_x = 100 + self->step++ % 400;
  self->view->pointer_y = 300;
  gtk_widget_queue_draw (GTK_WIDGET (self->view));
}

static void
paint (gpointer data)
{
  Bench *self = data;
  const double at = 50 + self->step * 4 % 500, row = 60 + self->step * 4 / 500 * 20 % 300;

  self->step++;
  if (self->view->drag != MONOCLE_DRAG_PAINT)
    {
      monocle_image_view_begin_stroke (self->view, at, row);
      self->view->drag = MONOCLE_DRAG_PAINT;
    }
  monocle_image_view_stroke_to (self->view, at, row);
  gtk_widget_queue_draw (GTK_WIDGET (self->view));
}

/* --- Measured --- */

/* Microseconds that this thread has worked: what others on the machine do does not count. */
static gint64
get_worked (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static Bench *timed;
static void (*own_snapshot) (GtkWidget *widget, GtkSnapshot *snapshot);

static void
snapshot (GtkWidget *widget, GtkSnapshot *to)
{
  const gint64 began = get_worked ();

  own_snapshot (widget, to);
  timed->snapshot += get_worked () - began;
}

static void
time_snapshots (Bench *self)
{
  GtkWidgetClass *class = GTK_WIDGET_GET_CLASS (self->view);

  timed = self;
  own_snapshot = class->snapshot;
  class->snapshot = snapshot;
}

static void
on_before_paint (Bench *self)
{
  self->snapshot = 0;
  self->paint_began = get_worked ();
  self->move (self);
}

static void
on_after_paint (Bench *self)
{
  const gint64 took = get_worked () - self->paint_began;

  self->n_frames++;
  g_array_append_val (self->times, took);
  g_array_append_val (self->snapshots, self->snapshot);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const gint64 p = *(const gint64 *) a, q = *(const gint64 *) b;

  return p < q ? -1 : p > q;
}

/* @part: of all of them in order */
static double
get_ms (GArray *times, double part)
{
  g_array_sort (times, compare);
  return (double) g_array_index (times, gint64, (guint) (part * times->len)) / 1000;
}

static void
measure (Bench *self, const char *what, void (*move) (gpointer))
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self->view));
  gint64 took;

  self->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->snapshots = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->move = move;
  self->n_frames = self->step = 0;
  g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (on_before_paint), self);
  g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (on_after_paint), self);
  gdk_frame_clock_begin_updating (clock);
  self->began = g_get_monotonic_time ();
  gui_wait_ms (SECONDS * 1000);
  took = g_get_monotonic_time () - self->began;
  gdk_frame_clock_end_updating (clock);
  g_signal_handlers_disconnect_by_data (clock, self);
  monocle_image_view_cancel_drag (self->view);
  gui_settle ();

  if (self->times->len > 0)
    printf ("# %-30s %5.1f frames a second; work of a frame %5.1f ms, one of twenty %5.1f; of it "
            "the canvas %5.2f, %5.2f\n",
            what, self->n_frames * 1e6 / (double) took, get_ms (self->times, 0.5),
            get_ms (self->times, 0.95), get_ms (self->snapshots, 0.5),
            get_ms (self->snapshots, 0.95));
  fflush (stdout);
  g_array_unref (self->times);
  g_array_unref (self->snapshots);
}

/* What else the program does is not what is measured: it compiles for a device that it has not seen
 * before, for minutes where that is the processor. It begins with that after a while. */
static void
wait_for_rest (void)
{
  MonocleRunner *runner
      = monocle_application_get_runner (MONOCLE_APPLICATION (gui_get_application ()));
  guint quiet_ms = 0;

  while (quiet_ms < 2000)
    {
      gui_wait_ms (100);
      quiet_ms = monocle_runner_is_busy (runner) || monocle_runner_get_ahead_fraction (runner) < 1
                     ? 0
                     : quiet_ms + 100;
    }
}

static void
bench (void)
{
  g_autofree char *path = write_picture ();
  Bench self = { .window = gui_open_path (path) };

  self.view = gui_get_view (self.window);
  gtk_window_set_default_size (GTK_WINDOW (self.window), 1600, 1000);
  gui_settle ();
  wait_for_rest ();
  time_snapshots (&self);
  measure (&self, "nothing on the picture", point);
  add_objects (self.window);
  self.region = gui_get_region (self.window, 25);
  gui_select_regions (self.window, 25, 1);
  measure (&self, "one of 300 dragged", drag_region);
  gui_act (self.window, "win.style", "spotlight");
  measure (&self, "the same in a spotlight", drag_region);
  measure (&self, "all drawn anew for comparison", move_region);
  gui_act (self.window, "win.style", "blur");
  measure (&self, "the same, all of it blurred", drag_region);
  measure (&self, "all drawn anew for comparison", move_region);
  gui_act (self.window, "win.style", "box");
  monocle_image_view_edit_vertices (self.view);
  measure (&self, "a point of it dragged", drag_vertex);
  monocle_image_view_set_edited (self.view, NULL);
  gui_act (self.window, "win.tool", "brush");
  measure (&self, "a brush over them", point);
  monocle_image_view_clear_selection (self.view);
  measure (&self, "pixels painted", paint);
  gui_act (self.window, "win.tool", "select");
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  g_test_add_func ("/bench/canvas", bench);

  return gui_run ();
}
