/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long a folder of twenty thousand pictures takes to open: without any work, with work on all
 * of them, and with work of which the index is gone. Times of the window's own thread, so that they
 * say the same on a busy machine; and the longest halt.
 *
 *   sh tests/gui/run.sh BUILD BUILD/tests/bench/bench-folder
 */
#include "config.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "app/document/work-index.h"
#include "app/document/work.h"
#include "tests/gui/harness.h"
#include "ui/filmstrip.h"

#define N_PICTURES 20000

typedef struct
{
  char *folder;
  MonocleImageLoader *loader;
} Bench;

static double
get_thread_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_THREAD, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

static char *
dup_picture (const Bench *self, guint number)
{
  return g_strdup_printf ("%s/%u.png", self->folder, number);
}

static void
make_pictures (const Bench *self)
{
  g_autofree char *sample = gui_sample ("1-park.png");
  g_autofree char *first = dup_picture (self, 1);
  g_autofree char *bytes = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (sample, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (first, bytes, (gssize) n, NULL));
  for (guint i = 2; i <= N_PICTURES; i++)
    {
      g_autofree char *path = dup_picture (self, i);

      g_assert_cmpint (link (first, path), ==, 0);
    }
}

/* Three objects on each, as if each were of its own content; every third is done. */
static void
make_work (const Bench *self)
{
  static const char *const labels[] = { "car", "person", "tree", "house", "dog" };
  g_autofree guint8 *pixels = g_malloc0 (3 * 64 * 64);
  g_autoptr (MonocleImage) image = monocle_image_new_from_pixels (64, 64, 3 * 64, pixels, NULL);

  for (guint i = 1; i <= N_PICTURES; i++)
    {
      g_autofree char *path = dup_picture (self, i);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);
      g_autoptr (GFileInfo) info
          = g_file_query_info (file, MONOCLE_STAMP_ATTRIBUTES, 0, NULL, NULL);
      const MonocleWorkKey key = { digest, 0, monocle_stamp_of_info (info) };
      g_autoptr (MonocleDocument) document = monocle_work_open (file, "one", image, &key, NULL);

      for (guint k = 0; k < 3; k++)
        {
          const MonocleBox box = { (float) k, 1, (float) (k + 20), 30 };
          g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

          monocle_annotation_set_label (region, labels[(i + k) % G_N_ELEMENTS (labels)]);
          monocle_document_add_region (document, region);
        }
      monocle_document_set_done (document, i % 3 == 0);
    }
  monocle_work_close_all ();
}

static gboolean
has_all (gpointer data)
{
  Bench *self = data;

  return monocle_image_loader_get_n_items (self->loader) == N_PICTURES
         && monocle_image_loader_get_document (self->loader)
         && !monocle_image_loader_is_loading (self->loader);
}

static gboolean
knows_all (gpointer data)
{
  return monocle_work_index_get_fraction (monocle_work_index_get_default ()) >= 1;
}

typedef struct
{
  gint64 last, worst;
} Halt;

static gboolean
on_tick (gpointer data)
{
  Halt *halt = data;
  const gint64 now = g_get_monotonic_time ();

  halt->worst = MAX (halt->worst, now - halt->last);
  halt->last = now;
  return G_SOURCE_CONTINUE;
}

static void
measure (Bench *self, const char *what)
{
  GtkWidget *window = gtk_window_new (), *strip = monocle_filmstrip_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  const gint64 start = g_get_monotonic_time ();
  const double before = get_thread_ms ();
  Halt halt = { .last = start };
  const guint tick = g_timeout_add (5, on_tick, &halt);
  double opened, known;

  self->loader = monocle_image_loader_new ();
  monocle_filmstrip_set_loader (MONOCLE_FILMSTRIP (strip), self->loader);
  gtk_window_set_child (GTK_WINDOW (window), strip);
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 140);
  gtk_window_present (GTK_WINDOW (window));
  g_ptr_array_add (files, g_file_new_for_path (self->folder));
  monocle_image_loader_open_files (self->loader, files);
  while (!has_all (self))
    g_main_context_iteration (NULL, TRUE);
  opened = get_thread_ms () - before;
  printf ("%-28s %6.0f ms of the window's thread, %6.0f ms by the clock, longest halt %4.0f ms\n",
          what, opened, (double) (g_get_monotonic_time () - start) / 1000,
          (double) halt.worst / 1000);
  while (!knows_all (NULL))
    g_main_context_iteration (NULL, TRUE);
  gui_wait_ms (300);
  known = get_thread_ms () - before;
  printf ("%-28s %6.0f ms, %6.0f ms by the clock\n", "  until all work is known", known,
          (double) (g_get_monotonic_time () - start) / 1000);
  known = get_thread_ms ();
  monocle_folder_view_set_filter (monocle_image_loader_get_view (self->loader),
                                  MONOCLE_FOLDER_DONE);
  printf ("%-28s %6.0f ms, %u pictures\n", "  only those that are done", get_thread_ms () - known,
          monocle_image_loader_get_n_items (self->loader));
  fflush (stdout);
  g_source_remove (tick);
  gtk_window_destroy (GTK_WINDOW (window));
  gui_settle ();
  g_assert_finalize_object (self->loader);
  monocle_work_close_all ();
}

static void
bench (void)
{
  Bench self = { .folder = gui_temporary (NULL) };
  g_autofree char *work = monocle_work_dup_folder ();
  g_autofree char *index = g_build_filename (work, "index", NULL);

  make_pictures (&self);
  measure (&self, "once, to have it in memory");
  gui_forget_work ();
  measure (&self, "without work");
  measure (&self, "without work, again");
  make_work (&self);
  measure (&self, "with work on all");
  measure (&self, "with work on all, again");
  g_unlink (index);
  measure (&self, "with work, index gone");
  g_free (self.folder);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);
  g_test_add_func ("/bench/folder", bench);
  return gui_run ();
}
