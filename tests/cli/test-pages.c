/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages of documents on the command line: which are asked about, and what a model that reads them
 * writes.
 */
#include "config.h"

#include <cairo-pdf.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli/pages.h"
#include "app/pictures/kinds.h"
#include "harness.h"

#define MODEL "docling"

/* --- which are meant ---------------------------------------------------------------------- */

static char *
list_pages (const char *text, guint n_pages)
{
  MonocleCliPages pages = { NULL };
  GString *list = g_string_new (NULL);
  guint page;

  if (text && !monocle_cli_pages_read (&pages, text))
    g_string_append (list, "refused");
  else
    for (guint i = 0; monocle_cli_pages_get (&pages, i, n_pages, &page); i++)
      g_string_append_printf (list, "%u ", page + 1);
  monocle_cli_pages_clear (&pages);
  return g_string_free (list, FALSE);
}

static void
test_ranges (void)
{
  static const struct
  {
    const char *text;
    guint n_pages;
    const char *pages;
  } rows[] = {
    { NULL, 9, "1 " },
    { "3", 9, "3 " },
    { "3", 2, "3 " },
    { "2-4", 9, "2 3 4 " },
    { "2-4", 3, "2 3 " },
    { "2-4", 0, "2 " },
    { "1-1000000", 3, "1 2 3 " },
    { "7-", 9, "7 8 9 " },
    { "7-", 3, "7 " },
    { "5,1, 2-3", 9, "5 1 2 3 " },
    { "all", 3, "1 2 3 " },
    { "all", 0, "1 " },
    { "", 9, "refused" },
    { "0", 9, "refused" },
    { "-2", 9, "refused" },
    { "4-2", 9, "refused" },
    { "1,", 9, "refused" },
    { "one", 9, "refused" },
    { "1-2-3", 9, "refused" },
    { "99999999999", 9, "refused" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *pages = list_pages (rows[i].text, rows[i].n_pages);

      g_test_message ("%s of %u", rows[i].text, rows[i].n_pages);
      g_assert_cmpstr (pages, ==, rows[i].pages);
    }
}

/* --- a document --------------------------------------------------------------------------- */

/* The page that the model knows, at a dot a pixel of 200 an inch, and an empty one. */
static char *
make_document (const char *folder)
{
  char *path = g_build_filename (folder, "paper.pdf", NULL);
  g_autofree char *picture = harness_fixture ("docling/page.png");
  cairo_surface_t *page = cairo_image_surface_create_from_png (picture);
  cairo_surface_t *surface = cairo_pdf_surface_create (path, 60 * 0.36, 80 * 0.36);
  cairo_t *cr = cairo_create (surface);

  cairo_show_page (cr);
  cairo_scale (cr, 0.36, 0.36);
  cairo_set_source_surface (cr, page, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_show_page (cr);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  cairo_surface_destroy (page);
  return path;
}

static Outcome *
read_pages (const char *path, const char *pages, const char *format)
{
  g_autofree char *model = harness_fixture (MODEL);

  return harness_run ("run", "--model", model, "--precision", "f32", "--task", "read-page",
                      "--format", format, "--page", pages, path, NULL);
}

static void
test_document (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = make_document (folder);
  g_autoptr (Outcome) second = read_pages (path, "2", "text");
  g_autoptr (Outcome) all = read_pages (path, "all", "text");
  g_autoptr (Outcome) json = read_pages (path, "2", "json");
  g_autoptr (Outcome) missing = read_pages (path, "3", "text");
  g_autoptr (Outcome) wrong = read_pages (path, "two", "text");
  const char *at;

  if (!monocle_picture_kinds_can_open ("application/pdf"))
    {
      g_test_skip ("no poppler");
      return;
    }
  harness_assert_done (second);
  g_assert_true (g_str_has_prefix (second->out, "# A cat\n\n"));
  g_assert_null (strstr (second->out, "<!-- page"));
  harness_assert_done (all);
  g_assert_true (g_str_has_prefix (all->out, "<!-- page 1 -->\n\n"));
  at = strstr (all->out, "<!-- page 2 -->\n\n");
  g_assert_nonnull (at);
  g_assert_true (g_str_has_suffix (at, second->out));
  harness_assert_done (json);
  g_assert_nonnull (strstr (json->out, "\"page\": 2"));
  g_assert_nonnull (strstr (json->out, "\"markdown\": \"# A cat\\n\\n"));
  g_assert_nonnull (strstr (json->out, "{\"order\": 2, \"label\": \"title\", \"score\": "));
  g_assert_nonnull (strstr (json->out, "\"text\": \"# A cat\"}"));
  harness_assert_refused (missing, 1, "page 3");
  harness_assert_refused (wrong, 2, "--page");
}

/* A picture is a document of one page; several are not drawn into one file. */
static void
test_picture (void)
{
  g_autofree char *model = harness_fixture (MODEL);
  g_autofree char *picture = harness_fixture ("docling/page.png");
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *drawn = g_build_filename (folder, "out.png", NULL);
  g_autoptr (Outcome) first = read_pages (picture, "all", "text");
  g_autoptr (Outcome) second = read_pages (picture, "2", "text");
  g_autoptr (Outcome) several = harness_run ("run", "--model", model, "--task", "read-page",
                                             "--page", "1-2", "--annotate", drawn, picture, NULL);

  harness_assert_done (first);
  g_assert_nonnull (strstr (first->out, "\n# A cat\n"));
  harness_assert_refused (second, 1, "has no page 2");
  harness_assert_refused (several, 2, "--annotate");
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);

  g_test_add_func ("/cli/pages/ranges", test_ranges);
  g_test_add_func ("/cli/pages/document", test_document);
  g_test_add_func ("/cli/pages/picture", test_picture);

  return g_test_run ();
}
