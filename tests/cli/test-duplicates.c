/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Groups of pictures that are the same, or nearly: which, in which order, in which format; what is
 * no longer there is in none.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#include "harness.h"

#define CLIP "clip/clip-quick"

/* Where each comes from: copies, the same picture in a larger file, others. */
static const struct
{
  const char *name, *source;
  guint n_more; /* bytes behind its end */
  time_t mtime;
} files[] = {
  { "a.png", "images/a.png", 0, 1000 },
  { "b.png", "images/a.png", 0, 2000 },
  { "c.png", "images/a.png", 3, 3000 },
  { "d.png", "pictures/photo-131x97.png", 0, 9000 },
  { "e.png", "pictures/photo-131x97.png", 0, 8000 },
  { "f.png", "clip/tall-9x41.png", 0, 4000 },
};

typedef struct
{
  TemporaryFolder *folder;
  char *pictures, *model;
} Fixture;

static char *
get_path (const Fixture *self, const char *name)
{
  return g_build_filename (self->pictures, name, NULL);
}

static void
make_file (const Fixture *self, guint i)
{
  g_autofree char *source = harness_fixture (files[i].source);
  g_autofree char *path = get_path (self, files[i].name);
  g_autofree char *bytes = NULL;
  struct utimbuf times = { files[i].mtime, files[i].mtime };
  gsize size;

  g_assert_true (g_file_get_contents (source, &bytes, &size, NULL));
  bytes = g_realloc (bytes, size + files[i].n_more);
  memset (bytes + size, 0, files[i].n_more);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) (size + files[i].n_more), NULL));
  g_assert_cmpint (g_utime (path, &times), ==, 0);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *kept = NULL;
  g_autoptr (Outcome) outcome = NULL;

  self->folder = harness_make_folder ();
  self->pictures = g_build_filename (self->folder, "pictures", NULL);
  self->model = harness_fixture (CLIP);
  kept = g_build_filename (self->folder, "data", NULL);
  g_setenv ("XDG_DATA_HOME", kept, TRUE);
  g_assert_cmpint (g_mkdir (self->pictures, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    make_file (self, i);
  outcome = harness_run ("index", "--model", self->model, self->pictures, NULL);
  harness_assert_done (outcome);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  harness_remove_folder (self->folder);
  g_free (self->pictures);
  g_free (self->model);
}

static Outcome *
find (const Fixture *self, const char *first, const char *second, const char *third)
{
  return harness_run ("search", "--model", self->model, "--duplicates", first, second, third, NULL);
}

/* @wanted: "c exact b copy": names without endings */
static void
check_group (JsonObject *group, const char *kind, const char *wanted)
{
  JsonArray *pictures = json_object_get_array_member (group, "pictures");
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpstr (json_object_get_string_member (group, "kind"), ==, kind);
  for (guint i = 0; i < json_array_get_length (pictures); i++)
    {
      JsonObject *picture = json_array_get_object_element (pictures, i);
      g_autofree char *name = g_path_get_basename (json_object_get_string_member (picture, "path"));

      g_string_append_printf (text, "%s%.1s %s", i > 0 ? " " : "", name,
                              json_object_get_string_member (picture, "kind"));
      g_assert_cmpfloat (json_object_get_double_member (picture, "score"), >=,
                         json_object_get_double_member (group, "score"));
      g_assert_cmpint (json_object_get_int_member (picture, "size"), >, 0);
    }
  g_assert_cmpstr (text->str, ==, wanted);
}

static void
test_groups (Fixture *self, gconstpointer data)
{
  g_autoptr (Outcome) outcome = find (self, "--min=0.9999", "--format=json", self->pictures);
  g_autoptr (GPtrArray) groups = NULL, all = NULL, newest = NULL, one = NULL;
  g_autoptr (Outcome) wide = NULL, by_date = NULL, top = NULL;
  guint n = 0;

  harness_assert_done (outcome);
  groups = harness_parse_lines (outcome);
  g_assert_cmpuint (groups->len, ==, 2);
  /* Of what fits alike the larger files first, of copies the oldest. */
  check_group (groups->pdata[0], "copy", "e copy d copy");
  check_group (groups->pdata[1], "exact", "c exact a copy b copy");

  by_date = find (self, "--min=0.9999", "--format=json", "--sort=date");
  newest = harness_parse_lines (by_date);
  check_group (newest->pdata[0], "copy", "e copy d copy");
  top = find (self, "--min=1", "--format=json", "--top=1");
  one = harness_parse_lines (top);
  g_assert_cmpuint (one->len, ==, 1);

  /* Each is in one group at most. */
  wide = find (self, "--min=0", "--format=json", NULL);
  all = harness_parse_lines (wide);
  for (guint i = 0; i < all->len; i++)
    n += json_array_get_length (json_object_get_array_member (all->pdata[i], "pictures"));
  g_assert_cmpuint (n, >=, 5);
  g_assert_cmpuint (n, <=, G_N_ELEMENTS (files));
}

static void
test_formats (Fixture *self, gconstpointer data)
{
  static const char *const wanted[] = { "e.png", "d.png", "", "c.png", "a.png", "b.png", "" };
  g_autoptr (Outcome) text = find (self, "--min=0.9999", NULL, NULL), paths = NULL;
  g_autofree char *out = NULL, *expected = NULL, *d = get_path (self, "d.png");
  g_autofree char *e = get_path (self, "e.png"), *c = get_path (self, "c.png");
  g_autofree char *a = get_path (self, "a.png"), *b = get_path (self, "b.png");

  harness_assert_done (text);
  expected = g_strdup_printf (" 1.0000  copy   %s\n 1.0000  copy   %s\n\n"
                              " 1.0000  exact  %s\n 1.0000  copy   %s\n 1.0000  copy   %s\n",
                              e, d, c, a, b);
  g_assert_cmpstr (text->out, ==, expected);

  /* What ends with zero bytes is read by a shell. */
  paths = harness_run_shell ("\"$@\" | tr '\\0' '\\n'", "search", "--model", self->model,
                             "--duplicates", "--min=0.9999", "--format=paths0", NULL);
  harness_assert_done (paths);
  {
    g_auto (GStrv) lines = g_strsplit (paths->out, "\n", -1);

    g_assert_cmpuint (g_strv_length (lines), ==, G_N_ELEMENTS (wanted) + 1);
    for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
      {
        g_autofree char *path = *wanted[i] ? get_path (self, wanted[i]) : g_strdup ("");

        g_assert_cmpstr (lines[i], ==, path);
      }
  }
}

/* Whoever removes what was found is not told of it again, though nothing was indexed meanwhile. */
static void
test_removed (Fixture *self, gconstpointer data)
{
  g_autofree char *d = get_path (self, "d.png"), *a = get_path (self, "a.png");
  g_autoptr (Outcome) outcome = NULL;
  g_autoptr (GPtrArray) groups = NULL;

  g_assert_cmpint (g_remove (d), ==, 0);
  g_assert_cmpint (g_remove (a), ==, 0);
  outcome = find (self, "--min=0.9999", "--format=json", NULL);
  harness_assert_done (outcome);
  groups = harness_parse_lines (outcome);
  g_assert_cmpuint (groups->len, ==, 1);
  check_group (groups->pdata[0], "exact", "c exact b exact");
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *option, *words;
    int status;
  } cases[] = {
    { "--text=cat", "--duplicates", 2 },
    { "--minus-text=cat", "--duplicates", 2 },
    { "--image=x.png", "--duplicates", 2 },
    { "--min=-0.5", "from 0 to 1", 2 },
    { "--top=0", "--top", 2 },
    { "/nowhere", "/nowhere: nothing has been indexed", 1 },
  };
  g_autoptr (Outcome) none = NULL;
  g_autofree char *empty = g_build_filename (self->folder, "empty", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Outcome) outcome = find (self, cases[i].option, NULL, NULL);

      harness_assert_refused (outcome, cases[i].status, cases[i].words);
    }
  g_setenv ("XDG_DATA_HOME", empty, TRUE);
  none = find (self, NULL, NULL, NULL);
  harness_assert_refused (none, 1, "nothing has been indexed");
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);
#define TEST(name, func)                                                                           \
  g_test_add ("/cli/duplicates/" name, Fixture, NULL, set_up, func, tear_down)
  TEST ("groups", test_groups);
  TEST ("formats", test_formats);
  TEST ("removed", test_removed);
  TEST ("refused", test_refused);
#undef TEST
  return g_test_run ();
}
