/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the window finds beside what words are like: pictures that are alike, in groups on grounds
 * of their own, parted where more is asked of them; words that were read in pictures.
 */
#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/search/content.h"
#include "app/search/question.h"
#include "app/search/texts.h"
#include "tests/gui/harness.h"
#include "ui/hit-tile.h"
#include "ui/search-page-private.h"
#include "ui/window-private.h"

#define N_PICTURES 5

typedef struct
{
  char *folder;
  MonocleWindow *window;
} Fixture;

static guint salt; /* content that an earlier test had would be known already */

static void
write_picture (const Fixture *self, const char *name, guint i)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 64, 48);
  g_autoptr (GdkPixbuf) bar = gdk_pixbuf_new_subpixbuf (pixbuf, (int) (i * 9 % 48), 4, 16, 40);

  gdk_pixbuf_fill (pixbuf, (((i + salt) * 2654435761u) & 0xffffff00u) | 0xff);
  gdk_pixbuf_fill (bar, (((i + salt) * 40503u * 977u) & 0xffffff00u) | 0xff);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *model = gui_fixture ("clip/clip-quick");
  g_autofree char *first = NULL;

  gui_close_all ();
  self->folder = gui_temporary (NULL);
  salt += 1000;
  write_picture (self, "a.png", 1);
  write_picture (self, "a-too.png", 1);
  write_picture (self, "b.png", 2);
  write_picture (self, "b-too.png", 2);
  write_picture (self, "c.png", 3);
  g_settings_set_string (gui_get_settings (), "model", model);
  first = g_build_filename (self->folder, "a.png", NULL);
  self->window = gui_open_path (first);
}

static MonocleFinder *
get_finder (void)
{
  return monocle_application_get_finder (MONOCLE_APPLICATION (gui_get_application ()));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gui_close_all ();
  monocle_finder_stop (get_finder ());
  g_settings_reset (gui_get_settings (), "model");
  g_free (self->folder);
}

static MonocleSearchPage *
get_page (Fixture *self)
{
  return self->window->search_page;
}

static const MonocleFindings *
get_findings (Fixture *self)
{
  return monocle_folder_search_get_findings (monocle_search_page_get_search (get_page (self)));
}

static gboolean
is_compared (gpointer self)
{
  const MonocleFindings *findings = get_findings (self);

  return findings && findings->are_duplicates && findings->n == N_PICTURES;
}

static gboolean
is_searched (gpointer self)
{
  const MonocleFindings *findings = get_findings (self);

  return findings && !findings->are_duplicates && findings->n == N_PICTURES;
}

static void
find_duplicates (Fixture *self)
{
  gui_act (self->window, "win.search", NULL);
  gui_settle ();
  gtk_toggle_button_set_active (get_page (self)->duplicates, TRUE);
  gui_wait_for ("all pictures to be compared with each other", is_compared, self);
  gui_settle ();
}

static MonocleHit *
get_hit (Fixture *self, guint i)
{
  g_autoptr (MonocleHit) hit = g_list_model_get_item (G_LIST_MODEL (get_page (self)->hits), i);

  return hit;
}

static guint
count_hits (Fixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (get_page (self)->hits));
}

/* Each has its copy beside it, and nobody else is in its group. */
static void
check_copies (Fixture *self)
{
  g_assert_cmpuint (count_hits (self), ==, 4);
  for (guint i = 0; i < 4; i += 2)
    {
      const char *name = monocle_hit_get_name (get_hit (self, i));

      g_assert_cmpint (monocle_hit_get_band (get_hit (self, i)), ==, MONOCLE_SEARCH_SURE);
      g_assert_cmpint (name[0], ==, monocle_hit_get_name (get_hit (self, i + 1))[0]);
      g_assert_cmpuint (monocle_hit_get_group (get_hit (self, i)), ==, i / 2 + 1);
      g_assert_cmpuint (monocle_hit_get_group (get_hit (self, i + 1)), ==, i / 2 + 1);
    }
}

static void
test_groups (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) tiles = NULL;
  guint n_odd = 0;

  find_duplicates (self);
  gtk_adjustment_set_value (get_page (self)->reach, 0);
  gui_settle ();
  check_copies (self);
  g_assert_true (gui_has_text (get_page (self), "Same 4"));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (get_page (self)->order)));

  /* The first group stands on another ground. */
  tiles = gui_find_all (get_page (self), MONOCLE_TYPE_HIT_TILE);
  for (guint i = 0; i < tiles->len; i++)
    {
      GtkWidget *cell = gtk_widget_get_parent (tiles->pdata[i]);

      if (gtk_widget_get_mapped (cell))
        n_odd += gtk_widget_has_css_class (cell, "odd");
    }
  g_assert_cmpuint (n_odd, ==, 2);
}

/* Wherever the handle is: all of a group fit, and groups are parted where they do not. */
static void
test_cutoff (Fixture *self, gconstpointer data)
{
  const MonocleFindings *findings;

  find_duplicates (self);
  for (double reach = 0; reach <= 3; reach += 0.25)
    {
      guint n = 0, groups = 0, last = 0;

      gtk_adjustment_set_value (get_page (self)->reach, reach);
      gui_settle ();
      /* They may have been compared once more meanwhile: what was found before is gone. */
      gui_wait_for ("all pictures to be compared with each other", is_compared, self);
      findings = get_findings (self);
      for (guint i = 0; i < findings->found->len; i++)
        {
          const MonocleFinding *finding = &g_array_index (findings->found, MonocleFinding, i);

          if (finding->fit < 3 - reach)
            continue;
          groups += finding->joined < 3 - reach;
          g_assert_cmpuint (monocle_hit_get_group (get_hit (self, n)), ==, groups);
          /* Nobody is alone. */
          g_assert_true (finding->joined >= 3 - reach || last != 1);
          last = finding->joined >= 3 - reach ? last + 1 : 1;
          n++;
        }
      g_assert_cmpuint (count_hits (self), ==, n);
      g_assert_cmpuint (last, !=, 1);
    }
}

/* Words lead away from there, and the button back; neither shows what the other found. */
static void
test_and_words (Fixture *self, gconstpointer data)
{
  find_duplicates (self);
  gtk_editable_set_text (GTK_EDITABLE (get_page (self)->entry), "cat");
  gui_wait_for ("words to be found", is_searched, self);
  gui_settle ();
  g_assert_false (gtk_toggle_button_get_active (get_page (self)->duplicates));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (get_page (self)->order)));
  gtk_adjustment_set_value (get_page (self)->reach, 3);
  gui_settle ();
  g_assert_cmpuint (count_hits (self), ==, N_PICTURES);
  g_assert_cmpuint (monocle_hit_get_group (get_hit (self, 0)), ==, 0);
  g_assert_true (gui_has_text (get_page (self), "All 5"));

  gtk_toggle_button_set_active (get_page (self)->duplicates, TRUE);
  gui_wait_for ("pictures to be compared again", is_compared, self);
  gui_wait_ms (600);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (get_page (self)->entry)), ==, "");
  g_assert_true (gtk_toggle_button_get_active (get_page (self)->duplicates));
  gtk_toggle_button_set_active (get_page (self)->duplicates, FALSE);
  gui_settle ();
  g_assert_true (gui_has_text (get_page (self), "Search Pictures"));

  /* So does a picture that is looked for. */
  gtk_toggle_button_set_active (get_page (self)->duplicates, TRUE);
  gui_act (self->window, "win.search-similar", NULL);
  gui_wait_for ("the picture to be found", is_searched, self);
  g_assert_false (gtk_toggle_button_get_active (get_page (self)->duplicates));
}

/* A copy that is taken away is no longer one; where there are none left it is said. */
static void
test_removed (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "a-too.png", "b-too.png" };

  find_duplicates (self);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, names[i], NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  gtk_adjustment_set_value (get_page (self)->reach, 0);
  monocle_folder_search_ask (monocle_search_page_get_search (get_page (self)));
  gui_wait_for_text (get_page (self), "No Duplicates");
  g_assert_cmpuint (count_hits (self), ==, 0);
}

static void
write_text (const Fixture *self, const char *name, const char *words)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *kept = monocle_texts_dup_path ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTexts) texts = monocle_texts_open (kept, TRUE, &error);
  MonocleText text = { .path = path, .text = words };
  gint64 taken;

  g_assert_no_error (error);
  g_assert_true (monocle_search_read_content (path, NULL, text.digest, &taken));
  g_assert_true (monocle_texts_append (texts, &text, &error));
  g_assert_no_error (error);
}

static gboolean
has_unread (gpointer self)
{
  return count_hits (self) > 0 && !monocle_hit_get_read (get_hit (self, 0));
}

/* All the words have to be there, and none that is not wanted. */
static void
test_read (Fixture *self, gconstpointer data)
{
  GtkEditable *entry = GTK_EDITABLE (get_page (self)->entry);
  g_autoptr (GPtrArray) tiles = NULL;
  gboolean is_said = FALSE;

  write_text (self, "c.png", "Ausfahrt\nfreihalten");
  gui_act (self->window, "win.search", NULL);
  gui_settle ();
  gtk_editable_set_text (entry, "freihalten AUSFAHRT");
  gui_wait_for ("words to be found", is_searched, self);
  gtk_adjustment_set_value (get_page (self)->reach, 3);
  gui_settle ();
  g_assert_cmpuint (count_hits (self), ==, N_PICTURES);
  g_assert_cmpstr (monocle_hit_get_name (get_hit (self, 0)), ==, "c.png");
  g_assert_cmpint (monocle_hit_get_band (get_hit (self, 0)), ==, MONOCLE_SEARCH_SURE);
  g_assert_cmpstr (monocle_hit_get_read (get_hit (self, 0)), ==, "Ausfahrt\nfreihalten");
  g_assert_null (monocle_hit_get_read (get_hit (self, 1)));
  tiles = gui_find_all (get_page (self), MONOCLE_TYPE_HIT_TILE);
  for (guint i = 0; i < tiles->len; i++)
    {
      const char *words = gtk_widget_get_tooltip_text (tiles->pdata[i]);

      is_said |= words && strstr (words, "freihalten") != NULL;
    }
  g_assert_true (is_said);

  gtk_editable_set_text (entry, "Ausfahrt -freihalten");
  gui_wait_for ("others", has_unread, self);
}

static gboolean
is_part_found (gpointer self)
{
  return is_searched (self) && count_hits (self) > 0 && monocle_hit_get_region (get_hit (self, 0));
}

static gboolean
is_part_of_third (gpointer self)
{
  return is_part_found (self) && g_str_equal (monocle_hit_get_name (get_hit (self, 0)), "c.png");
}

static gboolean
is_whole_found (gpointer self)
{
  return is_searched (self) && count_hits (self) > 0 && !monocle_hit_get_region (get_hit (self, 0));
}

/* A part of a picture is found as such where parts are looked at, and no longer where they are not.
 */
static void
test_regions (Fixture *self, gconstpointer data)
{
  const MonocleBox box = { 0, 0, 38, 29 };
  g_autofree char *path = g_build_filename (self->folder, "c.png", NULL);
  g_autoptr (MonocleImage) image = monocle_image_new_from_file (path, NULL);
  g_autoptr (MonocleImage) part = monocle_search_cut (image, &box, NULL);
  const MonocleRect *region;

  gui_act (self->window, "win.search", NULL);
  gui_settle ();
  gtk_adjustment_set_value (get_page (self)->reach, 3);
  monocle_folder_search_add_picture (monocle_search_page_get_search (get_page (self)), part,
                                     "part");
  gui_wait_for ("whole pictures", is_whole_found, self);
  g_assert_false (gtk_toggle_button_get_active (get_page (self)->regions));

  gtk_toggle_button_set_active (get_page (self)->regions, TRUE);
  gui_wait_for ("a part", is_part_found, self);
  g_assert_true (g_settings_get_boolean (gui_get_settings (), "search-regions"));
  gui_wait_for ("the part of that picture", is_part_of_third, self);
  region = monocle_hit_get_region (get_hit (self, 0));
  g_assert_cmpfloat_with_epsilon (region->x, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (region->width, 38.0 / 64, 1e-6);
  g_assert_cmpfloat_with_epsilon (region->height, 29.0 / 48, 1e-6);
  gui_keep_picture (self->window, "search-regions");

  gtk_toggle_button_set_active (get_page (self)->regions, FALSE);
  gui_wait_for ("whole pictures again", is_whole_found, self);
  g_settings_reset (gui_get_settings (), "search-regions");
}

int
main (int argc, char **argv)
{
  gui_init (&argc, &argv);

#define TEST(name, func) g_test_add ("/gui/found/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("alike-groups", test_groups);
  TEST ("alike-cutoff", test_cutoff);
  TEST ("alike-and-words", test_and_words);
  TEST ("alike-removed", test_removed);
  TEST ("read", test_read);
  TEST ("regions", test_regions);
#undef TEST

  return gui_run ();
}
