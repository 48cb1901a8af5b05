/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every format of annotations that is both written and read: what it writes, read and written
 * again, is the same to the last byte, for pictures with anything on them.
 */
#include "config.h"

#include "exchange-fixture.h"

/* By default; MONOCLE_DOCUMENTS says another number. */
#define N_PICTURES 100

static guint
get_n_pictures (void)
{
  const char *n = g_getenv ("MONOCLE_DOCUMENTS");

  return n ? (guint) g_ascii_strtoull (n, NULL, 10) : N_PICTURES;
}
#define MAX_SIDE 200

typedef struct
{
  ExchangeFolder *folder;
  char *pictures;
} Fixture;

static const char *const words[] = {
  "car", "dog", "red car", "a, \"quoted\" one", "<b>&amp;", "Größe", "\xe7\x8c\xab", "it's",
  "0",   "a/b", ".hidden", "line\nbreak",       " blank ",  "-",     "null",         "tab\there",
};

/* --- Pictures with anything on them --- */

static guint seed;

static guint
draw (GRand *random, guint n)
{
  return (guint) g_rand_int_range (random, 0, (gint) n);
}

static double
draw_number (GRand *random, double most)
{
  double number = g_rand_double_range (random, -0.05, 1.05) * most;

  /* On edges, on whole pixels, between them. */
  return draw (random, 4) == 0 ? CLAMP (number, 0, most)
         : draw (random, 2)    ? floor (number)
                               : number;
}

static void
draw_points (GRand *random, const MonocleSample *sample, double *points, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      points[2 * i] = draw_number (random, sample->width);
      points[2 * i + 1] = draw_number (random, sample->height);
    }
}

static MonocleShape *
draw_rings (GRand *random, const MonocleSample *sample)
{
  double points[3][14];
  MonocleRing rings[3];
  guint n = draw (random, 2) ? 1 : 1 + draw (random, 3);

  for (guint i = 0; i < n; i++)
    {
      rings[i].n_points = 3 + draw (random, 5);
      rings[i].points = points[i];
      rings[i].role = i > 0 && draw (random, 2) ? MONOCLE_RING_HOLE : MONOCLE_RING_OUTER;
      draw_points (random, sample, points[i], rings[i].n_points);
    }
  return monocle_shape_new_rings (rings, n);
}

static MonocleShape *
draw_shape (GRand *random, const MonocleSample *sample)
{
  g_autoptr (MonocleShape) rings = NULL;
  g_autoptr (MonocleMaskRuns) runs = NULL;
  double points[16];

  switch (draw (random, 7))
    {
    case 0:
      draw_points (random, sample, points, 4);
      return monocle_shape_new_quad (points);
    case 1:
      draw_points (random, sample, points, 8);
      return monocle_shape_new_points (points, 1 + draw (random, 4));
    case 2:
      rings = draw_rings (random, sample);
      runs = monocle_shape_to_mask (rings, sample->width, sample->height);
      return monocle_mask_runs_get_area (runs) > 0 ? monocle_shape_new_mask (runs) : NULL;
    case 3:
      return draw_rings (random, sample);
    case 4:
      draw_points (random, sample, points, 8);
      return monocle_shape_new_line (points, 2 + draw (random, 4));
    default:
      return NULL;
    }
}

static void
draw_object (GRand *random, MonocleSample *sample)
{
  const char *label = words[draw (random, G_N_ELEMENTS (words))];
  MonocleShape *shape = draw_shape (random, sample);
  double points[4];
  MonocleSampleObject *object;

  draw_points (random, sample, points, 2);
  if (shape)
    object = monocle_sample_add_shape (sample, label, shape);
  else
    object = monocle_sample_add_edges (sample, label, points[0], points[1], points[2], points[3]);
  if (draw (random, 2))
    object->score = draw (random, 101) / 100.0;
  if (draw (random, 5) == 0)
    object->text = g_strdup (words[draw (random, G_N_ELEMENTS (words))]);
  if (draw (random, 6) == 0)
    object->group = 1 + draw (random, 3);
  if (draw (random, 6) == 0)
    monocle_sample_object_add_attribute (object, "colour", words[draw (random, 6)]);
  if (draw (random, 6) == 0 && shape && monocle_shape_get_kind (shape) == MONOCLE_SHAPE_MASK)
    object->is_crowd = TRUE;
  if (draw (random, 8) == 0)
    object->keypoints = g_strdup ("\"keypoints\": [1, 2, 2], \"num_keypoints\": 1");
}

static MonocleSample *
draw_sample (GRand *random, guint number)
{
  g_autofree char *name
      = g_strdup_printf ("%spicture-%04u.png", number % 7 == 0 ? "some folder/" : "", number);
  MonocleSample *sample = monocle_sample_new (name);
  guint n = draw (random, 6);

  sample->width = 2 + draw (random, MAX_SIDE);
  sample->height = 2 + draw (random, MAX_SIDE);
  sample->split = (MonocleSampleSplit) draw (random, MONOCLE_SAMPLE_N_SPLITS);
  for (guint i = 0; i < n; i++)
    draw_object (random, sample);
  for (guint i = draw (random, 3); i > 0; i--)
    g_ptr_array_add (sample->captions, g_strdup (words[draw (random, G_N_ELEMENTS (words))]));
  if (draw (random, 2))
    g_ptr_array_add (sample->tags, g_strdup (words[draw (random, G_N_ELEMENTS (words))]));
  return sample;
}

/* As if they were in a format of their own. */
static gboolean
read_drawn (const MonocleExchangeFormat *format,
            MonocleExchangeSource *source,
            MonocleExchangeTake take,
            gpointer user_data,
            GError **error)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (guint i = 0; i < get_n_pictures (); i++)
    {
      g_autoptr (MonocleSample) sample = draw_sample (random, i);

      monocle_exchange_source_find_picture (source, sample, NULL);
      if (!take (sample, user_data, error))
        return FALSE;
    }
  return TRUE;
}

static const MonocleExchangeFormat drawn = { .id = "drawn", .read = read_drawn };

/* --- Trees --- */

static void
assert_same (const char *a, const char *b)
{
  g_autoptr (GDir) left = g_dir_open (a, 0, NULL);
  g_autoptr (GDir) right = g_dir_open (b, 0, NULL);
  g_autofree char *one = NULL, *other = NULL;
  gsize size = 0, other_size = 0;
  const char *name;
  guint n = 0;

  g_assert_true ((left == NULL) == (right == NULL));
  if (!left)
    {
      g_assert_true (g_file_get_contents (a, &one, &size, NULL));
      g_assert_true (g_file_get_contents (b, &other, &other_size, NULL));
      for (gsize i = 0; i < MIN (size, other_size); i++)
        if (one[i] != other[i])
          {
            gsize from = i < 200 ? 0 : i - 200;

            g_error ("%s: differs at byte %" G_GSIZE_FORMAT ":\n%.400s\nand\n%.400s", a, i,
                     one + from, other + from);
          }
      g_assert_cmpuint (size, ==, other_size);
      return;
    }
  while ((name = g_dir_read_name (left)))
    {
      g_autofree char *inner = g_build_filename (a, name, NULL);
      g_autofree char *same = g_build_filename (b, name, NULL);

      g_assert_true (g_file_test (same, G_FILE_TEST_EXISTS));
      assert_same (inner, same);
      n++;
    }
  while (g_dir_read_name (right))
    n--;
  g_assert_cmpuint (n, ==, 0);
}

static void
convert (const MonocleExchangeFormat *from,
         const MonocleExchangeFormat *to,
         const char *input,
         const char *output,
         const char *pictures)
{
  g_autoptr (MonocleNotes) notes = monocle_notes_new ();
  g_autoptr (GError) error = NULL;
  const char *inputs[] = { input, NULL };
  const MonocleExchangeJob job
      = { .from = from, .inputs = inputs, .images = pictures, .to = to, .output = output };
  MonocleExchangeCounts counts;

  monocle_exchange_convert (&job, notes, &counts, &error);
  g_assert_no_error (error);
  /* Some cannot say that there is nothing on a picture. */
  g_assert_cmpuint (counts.pictures, >=, get_n_pictures () / 2);
  /* What was lost on the way there is not lost once more. */
  for (guint i = 0; from == to && i < monocle_notes_get_n (notes); i++)
    {
      guint64 count;

      g_test_message ("%s: %s", to->id, monocle_notes_get (notes, i, &count));
    }
}

static void
test_again (gconstpointer data)
{
  const MonocleExchangeFormat *format = data;
  g_autoptr (ExchangeFolder) folder = exchange_make_folder ();
  g_autofree char *pictures = g_build_filename (folder, "pictures", NULL);
  g_autofree char *once = g_build_filename (folder, "once", NULL);
  g_autofree char *twice = g_build_filename (folder, "twice", NULL);
  g_autoptr (GRand) random = NULL;

  seed = 20260101;
  random = g_rand_new_with_seed (seed);
  for (guint i = 0; i < get_n_pictures (); i++)
    {
      g_autoptr (MonocleSample) sample = draw_sample (random, i);

      exchange_put_picture (pictures, sample->name, sample->width, sample->height);
    }
  convert (&drawn, format, pictures, once, pictures);
  convert (format, format, once, twice, pictures);
  assert_same (once, twice);
  g_assert_true (monocle_exchange_recognise (once) != NULL);
}

/* A comparison that finds nothing would make all of the above worth nothing. */
static void
test_differs (void)
{
  g_autoptr (ExchangeFolder) folder = exchange_make_folder ();
  g_autofree char *a = exchange_put (folder, "a/x.txt", "1 0.5", -1);
  g_autofree char *b = exchange_put (folder, "b/x.txt", "1 0.6", -1);

  if (g_test_subprocess ())
    {
      assert_same (a, b);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*differs at byte 4*");
}

int
main (int argc, char **argv)
{
  guint n;
  const MonocleExchangeFormat *const *formats = monocle_exchange_list_formats (&n);

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/app/exchange/again/%s", formats[i]->id);

      if (formats[i]->read && formats[i]->begin)
        g_test_add_data_func (path, formats[i], test_again);
    }
  g_test_add_func ("/app/exchange/differs", test_differs);
  return g_test_run ();
}
