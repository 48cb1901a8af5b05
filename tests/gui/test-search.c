/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Searching the folder that is open, as a person does it: words, pictures, what fits, a hit and
 * back; without a model, without a folder, and out of the door while pictures are looked at.
 */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "app/search/fingerprint.h"
#include "app/search/index-file.h"
#include "tests/gui/harness.h"
#include "tests/gui/held-reading.h"
#include "ui/hit-tile.h"
#include "ui/image-view.h"
#include "ui/search-chip.h"
#include "ui/search-page-private.h"
#include "ui/window-private.h"

#define N_PICTURES 12
/* More than fit into a few blocks; and in the middle of them. */
#define MANY   600
#define N_HELD 300
/* What fits on the screen, and the grid's reserve around it: 30 rows of as many as may be. */
#define MAX_TILES 400

typedef struct
{
  char *folder;
  MonocleWindow *window;
} Fixture;

static guint salt; /* content that an earlier test had would be known already */

static MonocleFinder *
get_finder (void)
{
  return monocle_application_get_finder (MONOCLE_APPLICATION (gui_get_application ()));
}

/* Each of another colour, with a bar elsewhere: their vectors differ. */
static void
write_picture (const char *folder, guint i)
{
  g_autofree char *name = g_strdup_printf ("%03u.png", i);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 64, 48);
  g_autoptr (GdkPixbuf) bar = gdk_pixbuf_new_subpixbuf (pixbuf, (int) (i * 5 % 48), 4, 16, 40);

  gdk_pixbuf_fill (pixbuf, (((i + salt) * 2654435761u) & 0xffffff00u) | 0xff);
  gdk_pixbuf_fill (bar, (((i + salt) * 40503u * 977u) & 0xffffff00u) | 0xff);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
}

/* What searches is what is loaded, which may still be coming. */
static gboolean
is_model_there (gpointer data)
{
  MonocleRunner *runner
      = monocle_application_get_runner (MONOCLE_APPLICATION (gui_get_application ()));

  return monocle_runner_get_state (runner) == MONOCLE_RUNNER_READY;
}

static void
set_up (Fixture *self, gconstpointer n)
{
  g_autofree char *model = gui_fixture ("clip/clip-quick");
  g_autofree char *first = NULL;

  gui_close_all ();
  self->folder = gui_temporary (NULL);
  salt += 1000;
  for (guint i = 0; i < GPOINTER_TO_UINT (n); i++)
    write_picture (self->folder, i);
  g_settings_set_string (gui_get_settings (), "model", model);
  first = g_build_filename (self->folder, "000.png", NULL);
  self->window = gui_open_path (first);
  gui_wait_for ("the model", is_model_there, NULL);
}

static void
tear_down (Fixture *self, gconstpointer n)
{
  gui_close_all ();
  monocle_finder_stop (get_finder ());
  g_settings_reset (gui_get_settings (), "model");
  g_free (self->folder);
}

/* --- What is on the page --- */

static MonocleSearchPage *
get_page (Fixture *self)
{
  return gui_find (self->window, MONOCLE_TYPE_SEARCH_PAGE);
}

static const MonocleFindings *
get_findings (Fixture *self)
{
  return monocle_folder_search_get_findings (
      monocle_search_page_get_search (self->window->search_page));
}

static GListModel *
get_hits (Fixture *self)
{
  return G_LIST_MODEL (self->window->search_page->hits);
}

static gboolean
is_page_there (gpointer self)
{
  return get_page (self) != NULL;
}

static gboolean
is_page_gone (gpointer self)
{
  return !is_page_there (self);
}

static gboolean
is_indexed (gpointer data)
{
  return monocle_finder_get_progress (get_finder ())->phase == MONOCLE_FINDER_DONE;
}

static void
open_search (Fixture *self)
{
  gui_act (self->window, "win.search", NULL);
  gui_wait_for ("the page", is_page_there, self);
}

static void
type_words (Fixture *self, const char *words)
{
  GtkEditable *entry = gui_find (get_page (self), GTK_TYPE_SEARCH_ENTRY);

  g_assert_true (gtk_widget_is_sensitive (GTK_WIDGET (entry)));
  gtk_editable_set_text (entry, words);
}

typedef struct
{
  Fixture *fixture;
  guint n;
} Compared;

static gboolean
has_compared (gpointer data)
{
  const Compared *compared = data;
  const MonocleFindings *findings = get_findings (compared->fixture);

  return findings && findings->n == compared->n;
}

static void
expect_compared (Fixture *self, guint n)
{
  gui_wait_for ("all pictures to be compared", has_compared, &(Compared){ self, n });
  gui_settle ();
}

static void
show_everything (Fixture *self)
{
  GtkWidget *toggle = gui_find_text (get_page (self), "All ");

  g_assert_nonnull (toggle);
  gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (gtk_widget_get_ancestor (toggle, GTK_TYPE_TOGGLE_BUTTON)), TRUE);
  gui_settle ();
}

static char *
dup_first_name (Fixture *self)
{
  g_autoptr (MonocleHit) hit = g_list_model_get_item (get_hits (self), 0);

  return g_strdup (monocle_hit_get_name (hit));
}

static const char *
get_shown_name (Fixture *self)
{
  MonocleDocument *document = gui_get_document (self->window);

  return document ? monocle_document_get_name (document) : NULL;
}

static char *
dup_order (Fixture *self)
{
  const MonocleFindings *findings = get_findings (self);
  GString *order = g_string_new (NULL);

  for (guint i = 0; findings && i < findings->found->len; i++)
    g_string_append (order, g_array_index (findings->found, MonocleFinding, i).path);
  return g_string_free (order, FALSE);
}

static gboolean
has_other_order (gpointer data)
{
  Fixture *self = data;
  g_autofree char *order = dup_order (self);

  return *order && !g_str_equal (order, g_object_get_data (G_OBJECT (self->window), "order"));
}

/* --- The flow --- */

static void
test_words (Fixture *self, gconstpointer data)
{
  const MonocleFindings *findings;
  double last = 4;
  char *order;

  open_search (self);
  g_assert_true (gui_has_text (get_page (self), "Search Pictures"));
  g_assert_true (monocle_search_page_is_typing (get_page (self)));
  type_words (self, "cat");
  expect_compared (self, N_PICTURES);
  findings = get_findings (self);
  g_assert_cmpuint (findings->found->len, ==, N_PICTURES);
  for (guint i = 0; i < findings->found->len; i++)
    {
      const MonocleFinding *finding = &g_array_index (findings->found, MonocleFinding, i);

      g_assert_cmpfloat (finding->fit, <=, last);
      last = finding->fit;
    }
  g_assert_cmpfloat (last, ==, 0);
  show_everything (self);
  g_assert_cmpuint (g_list_model_get_n_items (get_hits (self)), ==, N_PICTURES);

  /* A minus is another question. */
  order = dup_order (self);
  g_object_set_data_full (G_OBJECT (self->window), "order", order, g_free);
  type_words (self, "cat -dog -tree");
  gui_wait_for ("another order", has_other_order, self);
  type_words (self, "-cat");
  gui_wait_for_text (get_page (self), "What Is Wanted?");
  type_words (self, "");
  gui_wait_for_text (get_page (self), "Search Pictures");
}

/* The handle leaves out what fits less, whatever the order. */
static void
test_cutoff (Fixture *self, gconstpointer data)
{
  GtkScale *scale;
  GtkDropDown *order;
  guint n_before, n_after;

  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%03u.png", self->folder, i);
      struct utimbuf times = { 1000000000 + (time_t) i * 86400, 1000000000 + (time_t) i * 86400 };

      g_assert_cmpint (g_utime (path, &times), ==, 0);
    }
  open_search (self);
  type_words (self, "cat");
  expect_compared (self, N_PICTURES);
  show_everything (self);
  scale = gui_find (get_page (self), GTK_TYPE_SCALE);
  order = gui_find (get_page (self), GTK_TYPE_DROP_DOWN);
  n_before = g_list_model_get_n_items (get_hits (self));
  gtk_range_set_value (GTK_RANGE (scale), 2.5);
  gui_settle ();
  n_after = g_list_model_get_n_items (get_hits (self));
  g_assert_cmpuint (n_after, >, 0);
  g_assert_cmpuint (n_after, <, n_before);
  for (guint i = 0; i < n_after; i++)
    {
      g_autoptr (MonocleHit) hit = g_list_model_get_item (get_hits (self), i);

      g_assert_cmpfloat (monocle_hit_get_fit (hit), >=, 0.5);
    }

  gtk_drop_down_set_selected (order, 1);
  gui_settle ();
  g_assert_cmpuint (g_list_model_get_n_items (get_hits (self)), ==, n_after);
  for (guint i = 1; i < n_after; i++)
    {
      g_autoptr (MonocleHit) a = g_list_model_get_item (get_hits (self), i - 1);
      g_autoptr (MonocleHit) b = g_list_model_get_item (get_hits (self), i);

      g_assert_cmpint (monocle_hit_get_date (a), >, monocle_hit_get_date (b));
    }

  /* Nothing is left: it is said, and there is a way out. */
  gtk_range_set_value (GTK_RANGE (scale), 0);
  gui_settle ();
  if (g_list_model_get_n_items (get_hits (self)) == 0)
    g_assert_true (gui_has_text (get_page (self), "Nothing Fits Well"));
}

static gboolean
shows_hit (gpointer data)
{
  Fixture *self = data;

  return !get_page (self) && !monocle_image_loader_is_loading (self->window->loader)
         && g_strcmp0 (get_shown_name (self), g_object_get_data (G_OBJECT (self->window), "hit"))
                == 0;
}

static void
test_open_and_back (Fixture *self, gconstpointer data)
{
  GtkGridView *grid;
  char *name;

  open_search (self);
  type_words (self, "cat");
  expect_compared (self, N_PICTURES);
  show_everything (self);
  name = dup_first_name (self);
  g_object_set_data_full (G_OBJECT (self->window), "hit", name, g_free);
  grid = gui_find (get_page (self), GTK_TYPE_GRID_VIEW);
  g_signal_emit_by_name (grid, "activate", 0u);
  gui_wait_for ("the hit", shows_hit, self);
  g_assert_true (gtk_widget_get_mapped (gui_find (self->window, MONOCLE_TYPE_IMAGE_VIEW)));
  g_assert_true (gui_can_act (self->window, "win.zoom-fit"));

  /* Back: the words and what was found are as they were. */
  open_search (self);
  g_assert_cmpuint (g_list_model_get_n_items (get_hits (self)), ==, N_PICTURES);
  g_assert_cmpstr (gtk_editable_get_text (gui_find (get_page (self), GTK_TYPE_SEARCH_ENTRY)), ==,
                   "cat");
  g_assert_false (gui_can_act (self->window, "win.zoom-fit"));
  g_assert_false (gui_can_act (self->window, "win.next"));
  /* The same key leads back as well. */
  gui_act (self->window, "win.search", NULL);
  gui_wait_for ("the picture", is_page_gone, self);
}

static gboolean
is_first_itself (gpointer data)
{
  Fixture *self = data;
  const MonocleFindings *findings = get_findings (self);

  return findings && findings->n == N_PICTURES
         && g_str_has_suffix (g_array_index (findings->found, MonocleFinding, 0).path, "000.png");
}

/* The picture that is open is what is most like it; without it nothing is looked for. */
static void
test_similar (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) chips = NULL;
  GtkWidget *chip;

  gui_act (self->window, "win.search-similar", NULL);
  gui_wait_for ("the page", is_page_there, self);
  gui_wait_for ("the picture itself", is_first_itself, self);
  chip = gui_find (get_page (self), MONOCLE_TYPE_SEARCH_CHIP);
  g_assert_true (gui_has_text (chip, "000.png"));

  /* Turned round it alone is no question. */
  g_signal_emit_by_name (chip, "turned", FALSE);
  gui_settle ();
  g_assert_true (gui_has_text (get_page (self), "What Is Wanted?"));
  type_words (self, "cat");
  expect_compared (self, N_PICTURES);
  g_assert_false (is_first_itself (self));

  g_signal_emit_by_name (gui_find (get_page (self), MONOCLE_TYPE_SEARCH_CHIP), "removed");
  gui_settle ();
  chips = gui_find_all (get_page (self), MONOCLE_TYPE_SEARCH_CHIP);
  g_assert_cmpuint (chips->len, ==, 0);
}

static void
test_region (Fixture *self, gconstpointer data)
{
  MonocleBox box = { 4, 4, 40, 40 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);
  MonoclePresentation *presentation = monocle_window_get_presentation (self->window);
  MonocleDocument *document = monocle_presentation_get_document (presentation);
  MonocleImage *image;
  gboolean is_wanted;
  const char *name;

  monocle_document_add_region (document, region);
  gtk_selection_model_select_item (monocle_presentation_get_regions (presentation), 0, TRUE);
  gui_act (self->window, "win.search-similar", NULL);
  gui_wait_for ("the page", is_page_there, self);
  expect_compared (self, N_PICTURES);
  image = monocle_folder_search_get_picture (
      monocle_search_page_get_search (self->window->search_page), 0, &name, &is_wanted);
  g_assert_cmpuint (monocle_image_get_width (image), ==, 36);
  g_assert_true (is_wanted);
}

/* What is new is read when the search is opened again, and nothing else; what is no picture is
 * counted. */
static void
test_changes (Fixture *self, gconstpointer data)
{
  g_autofree char *bad = g_build_filename (self->folder, "bad.png", NULL);
  g_autofree char *gone = g_build_filename (self->folder, "003.png", NULL);

  open_search (self);
  type_words (self, "cat");
  expect_compared (self, N_PICTURES);
  gui_wait_for ("the end", is_indexed, self);
  gui_act (self->window, "win.search", NULL);
  gui_wait_for ("the picture", is_page_gone, self);
  write_picture (self->folder, N_PICTURES);
  write_picture (self->folder, N_PICTURES + 1);
  g_assert_true (g_file_set_contents (bad, "no picture", -1, NULL));
  g_assert_cmpint (g_remove (gone), ==, 0);
  open_search (self);
  expect_compared (self, N_PICTURES + 1);
  gui_wait_for ("the end", is_indexed, self);
  gui_wait_for_text (get_page (self), "1 file cannot be read as a picture");
}

/* Whoever takes the index away takes no pictures: they are looked at again. */
static void
test_taken (Fixture *self, gconstpointer data)
{
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  open_search (self);
  type_words (self, "cat");
  expect_compared (self, N_PICTURES);
  gui_wait_for ("the end", is_indexed, self);
  model = g_object_ref (monocle_finder_get_model (get_finder ()));
  path = monocle_search_find_index (model, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_remove (path), ==, 0);
  hold_reading (0);
  type_words (self, "dog");
  gui_wait_for ("nothing to be known", has_compared, &(Compared){ self, 0 });
  hold_reading (-1);
  expect_compared (self, N_PICTURES);
  gui_wait_for ("the end", is_indexed, self);
  g_assert_false (gui_has_text (get_page (self), "No Pictures Here"));
}

static void
test_no_model (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = gui_temporary (NULL);
  g_autofree char *model = g_build_filename (folder, "model", NULL);

  gui_close_all ();
  g_settings_reset (gui_get_settings (), "model");
  gui_wait_ms (300);
  monocle_finder_shut (get_finder ());
  /* Installed without the model for labels and search: all that is left writes. */
  g_assert_no_errno (symlink (MONOCLE_SOURCE_DATA_DIR "/model", model));
  g_setenv ("MONOCLE_DATA_DIR", folder, TRUE);
  self->window = gui_open_sample ("1-park.png");
  open_search (self);
  gui_wait_for_text (get_page (self), "No Model That Searches");
  g_assert_true (gui_has_text (get_page (self), "Get a Model That Searches"));
  g_assert_false (gtk_widget_is_sensitive (gui_find (get_page (self), GTK_TYPE_SEARCH_ENTRY)));
  gui_close_all ();
  g_unsetenv ("MONOCLE_DATA_DIR");
}

static void
test_no_folder (Fixture *self, gconstpointer data)
{
  gui_close_all ();
  self->window = gui_open_empty ();
  open_search (self);
  g_assert_true (gui_has_text (get_page (self), "No Folder Is Open"));
  g_assert_false (gui_can_act (self->window, "win.search-similar"));
}

/* --- Many --- */

static gboolean
has_begun (gpointer data)
{
  const MonocleFinderProgress *progress = monocle_finder_get_progress (get_finder ());

  return progress->all == MANY && progress->done > 8;
}

static gboolean
has_some (gpointer self)
{
  const MonocleFindings *findings = get_findings (self);

  return findings && findings->n > 0;
}

static guint
count_tiles (Fixture *self)
{
  g_autoptr (GPtrArray) tiles = gui_find_all (get_page (self), MONOCLE_TYPE_HIT_TILE);

  return tiles->len;
}

/* It can be searched while it grows; only some of it has tiles; stopping keeps what there is. */
static void
test_many (Fixture *self, gconstpointer data)
{
  static const char *const words[] = { "dog", "a red car", "tree -cat" };
  guint n_tiles;

  hold_reading (N_HELD);
  open_search (self);
  type_words (self, "cat");
  gui_wait_for ("some pictures", has_begun, NULL);
  gui_wait_for_text (get_page (self), "of 600 pictures looked at");
  monocle_finder_stop (get_finder ());
  gui_wait_for_text (get_page (self), "Stopped after");
  gui_wait_for ("what is known by then", has_some, self);
  g_assert_cmpuint (get_findings (self)->n, <, MANY);
  hold_reading (-1);
  monocle_finder_index (get_finder (), monocle_folder_search_get_directories (
                                           monocle_search_page_get_search (get_page (self))));
  expect_compared (self, MANY);
  show_everything (self);
  g_assert_cmpuint (g_list_model_get_n_items (get_hits (self)), ==, MANY);
  n_tiles = count_tiles (self);
  /* Other findings are shown by the same ones. */
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      type_words (self, words[i]);
      gui_wait_ms (1000);
      expect_compared (self, MANY);
      g_test_message ("%u tiles, then %u", n_tiles, count_tiles (self));
    }
  g_assert_cmpuint (count_tiles (self), <, MAX_TILES);
}

/* Whoever closes the window waits for nothing, and what was written can be read. */
static void
test_quit (Fixture *self, gconstpointer data)
{
  MonocleModel *model;
  g_autoptr (MonocleIndex) index = NULL;
  g_autoptr (GPtrArray) known = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  hold_reading (N_HELD);
  open_search (self);
  gui_wait_for ("some pictures", has_begun, NULL);
  model = g_object_ref (monocle_finder_get_model (get_finder ()));
  gui_close_all ();
  monocle_finder_shut (get_finder ());
  /* The one that was under way at most. */
  g_assert_cmpint (g_atomic_int_get (&n_read), <=, N_HELD + 1);
  path = monocle_search_find_index (model, &error);
  g_assert_no_error (error);
  index = monocle_index_open (path, monocle_model_get_n_dims (model), FALSE, &error);
  g_assert_no_error (error);
  known = monocle_index_list (index);
  g_assert_cmpuint (known->len, >, 0);
  g_object_unref (model);
  hold_reading (-1);
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

#define TEST(name, n, func)                                                                        \
  g_test_add ("/gui/search/" name, Fixture, GUINT_TO_POINTER (n), set_up, func, tear_down)
  TEST ("words", N_PICTURES, test_words);
  TEST ("cutoff", N_PICTURES, test_cutoff);
  TEST ("open-and-back", N_PICTURES, test_open_and_back);
  TEST ("similar", N_PICTURES, test_similar);
  TEST ("region", N_PICTURES, test_region);
  TEST ("changes", N_PICTURES, test_changes);
  TEST ("taken", N_PICTURES, test_taken);
  TEST ("no-folder", 1, test_no_folder);
  TEST ("many", MANY, test_many);
  TEST ("quit", MANY, test_quit);
  TEST ("no-model", 1, test_no_model);
#undef TEST

  return gui_run ();
}
