/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model is to learn: examples from lines, annotations and work; the split, which lets
 * nothing through; views; lots.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>

#include "app/document/work.h"
#include "app/train/chance.h"
#include "app/train/draws.h"
#include "app/train/split.h"
#include "app/train/views.h"
#include "tests/unit/answer-fixture.h"
#include "tests/unit/exif-fixture.h"
#include "tests/unit/train-set-fixture.h"

/* --- examples ----------------------------------------------------------------------------- */

static void
read_lines (Fixture *fixture, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, "x.jsonl", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  monocle_train_set_read (fixture->set, path, &error);
  g_assert_no_error (error);
}

static const MonocleTrainExample *
get_example (const Fixture *fixture, guint picture, guint index)
{
  const MonocleTrainPicture *found = fixture->set->pictures->pdata[picture];

  g_assert_cmpuint (found->examples->len, >, index);
  return found->examples->pdata[index];
}

/* Sets of the three styles that people have, and the same line twice. */
static void
test_lines (Fixture *fixture, gconstpointer data)
{
  const MonocleTrainExample *example;

  draw_picture (fixture, "a.png", 1, 40);
  read_lines (
      fixture,
      "{\"image\":\"a.png\",\"task\":\"<REGION_TO_CATEGORY>\",\"output\":\"an old shoe\"}\n"
      "{\"image\":\"a.png\",\"task\":\"caption\",\"input\":\"\",\"output\":\"A shoe.\"}\n"
      "{\"image\":\"a.png\",\"prefix\":\"How many shoes?\",\"suffix\":\"one\"}\n"
      "{\"image\":\"a.png\",\"task\":\"caption\",\"output\":\"One shoe.\",\"split\":\"val\"}\n"
      "{\"image\":\"a.png\",\"prefix\":\"<OD>\",\"suffix\":\"shoe<loc_0><loc_0><loc_499><loc_999>"
      "\"}\n"
      "{\"image\":\"a.png\",\"task\":\"open-vocabulary-detection\",\"text\":\"hat\",\"boxes\":[]}"
      "\n");
  g_assert_cmpuint (fixture->set->pictures->len, ==, 1);
  g_assert_cmpuint (monocle_train_set_count (fixture->set), ==, 5);
  g_assert_cmpstr (get_example (fixture, 0, 0)->words, ==, "an old shoe");
  g_assert_cmpstr (get_example (fixture, 0, 1)->words, ==, "One shoe.");
  example = get_example (fixture, 0, 2);
  g_assert_cmpstr (example->task->id, ==, "prompt");
  g_assert_cmpstr (example->text, ==, "How many shoes?");
  example = get_example (fixture, 0, 3);
  g_assert_cmpuint (example->objects->len, ==, 1);
  g_assert_cmpfloat (g_array_index (example->objects, MonocleLessonObject, 0).corners[4], <, 21);
  example = get_example (fixture, 0, 4);
  g_assert_cmpuint (example->objects->len, ==, 0);
  g_assert_cmpint (((MonocleTrainPicture *) fixture->set->pictures->pdata[0])->split, ==,
                   MONOCLE_SAMPLE_VAL);
}

/* What is called a task and is none is misspelled, and no question in words. */
static void
test_misspelled (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "x.jsonl", NULL);
  g_autoptr (GError) error = NULL;

  draw_picture (fixture, "a.png", 1, 40);
  g_assert_true (g_file_set_contents (
      path, "{\"image\":\"a.png\",\"task\":\"region_to_category\",\"output\":\"shoe\"}\n", -1,
      NULL));
  g_assert_false (monocle_train_set_read (fixture->set, path, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  g_assert_nonnull (strstr (error->message, "line 1: there is no task \"region_to_category\""));
}

static void
append_line (GString *lines, const char *picture, const char *task, const char *words)
{
  g_string_append_printf (lines, "{\"image\":\"%s\",\"task\":\"%s\",\"output\":\"%s\"}\n", picture,
                          task, words);
}

/* Two spellings of a name are one, which is said, and so are two names that a person calls the
 * same.
 */
static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "Red apple", "red  apple", "pear", "red  apple", "birne" };
  static const char *const wanted[] = { "Red apple", "Red apple", "pear", "Red apple", "pear" };
  g_autoptr (GString) lines = g_string_new (NULL);

  monocle_train_set_merge_names (fixture->set, "pear", "Birne");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *picture = g_strdup_printf ("%u.png", i);

      draw_picture (fixture, picture, i, 40);
      append_line (lines, picture, "region-to-category", names[i]);
      append_line (lines, picture, "region-to-ocr", names[i]);
    }
  read_lines (fixture, lines->str);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_assert_cmpstr (get_example (fixture, i, 0)->words, ==, wanted[i]);
      g_assert_cmpstr (get_example (fixture, i, 1)->words, ==, names[i]);
    }
  g_assert_cmpuint (monocle_notes_get_n (fixture->set->notes), ==, 2);
}

static void
count_tasks (const Fixture *fixture, guint *n_all, guint *n_names)
{
  *n_all = *n_names = 0;
  for (guint i = 0; i < monocle_train_set_count (fixture->set); i++)
    {
      const MonocleTask *task = get_example (fixture, 0, i)->task;

      *n_all += task == find_task (fixture, "detect");
      *n_names += task == find_task (fixture, "region-to-category");
    }
}

/* All objects are taught only where all are known. */
static void
test_sample (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MonocleSample) sample = monocle_sample_new ("a.png");
  guint n_all, n_names;

  sample->path = g_build_filename (fixture->folder, "a.png", NULL);
  sample->width = sample->height = 100;
  monocle_sample_add_edges (sample, "cup", 10, 10, 30, 30);
  monocle_sample_add_edges (sample, "cup", 50, 10, 70, 30);
  monocle_sample_add_edges (sample, "speck", 5, 5, 5.05, 5.05);
  monocle_train_set_add_sample (fixture->set, sample, FALSE);
  count_tasks (fixture, &n_all, &n_names);
  g_assert_cmpuint (n_all, ==, 0);
  g_assert_cmpuint (n_names, ==, 2);
  monocle_train_set_add_sample (fixture->set, sample, TRUE);
  count_tasks (fixture, &n_all, &n_names);
  g_assert_cmpuint (n_all, ==, 1);
  g_assert_cmpuint (n_names, ==, 2);
}

/* Two regions in words, of which the person corrects the second; two objects, of which they call
 * one something else. */
static void
answer (MonocleDocument *document)
{
  const MonocleBox boxes[] = { { 1, 2, 30, 38 }, { 5, 6, 9, 9 } };
  const MonocleObject objects[]
      = { box_object ("hat", 1, 1, 9, 9), box_object ("cap", 12, 12, 30, 30) };
  g_autoptr (GPtrArray) tasks = monocle_model_guess_tasks ();
  MonocleResult *words[] = { answer_in_words ("a hut"), answer_in_words ("a tre") };
  MonocleResult *found[] = { answer_with (objects, 2) };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MonocleQuery) query = monocle_query_new (
          monocle_tasks_find (tasks, i == 0 ? "region-to-description" : "detect"), NULL, boxes,
          i == 0 ? 2 : 0, NULL);
      MonocleRun *run = g_new0 (MonocleRun, 1);

      run->results = i == 0 ? collect_answers (words, 2) : collect_answers (found, 1);
      monocle_document_add_query (document, query);
      monocle_query_start (query, NULL, 0);
      monocle_query_finish (query, run);
      g_assert_true (monocle_document_correct (document, query, 1, i == 0 ? "a tree" : "helmet"));
    }
  for (guint i = 0; i < 2; i++)
    monocle_shape_unref (objects[i].shape);
}

static const MonocleTrainExample *
find_words (const Fixture *fixture, const char *words)
{
  for (guint i = 0; i < monocle_train_set_count (fixture->set); i++)
    if (g_strcmp0 (get_example (fixture, 0, i)->words, words) == 0)
      return get_example (fixture, 0, i);
  return NULL;
}

/* What a person did to a picture, by its bytes. */
static void
test_work (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a.png", NULL), *bytes = NULL;
  g_autofree char *digest = NULL, *journal = NULL, *folder = NULL;
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (MonocleDocument) document = NULL;
  g_autoptr (MonocleAnnotation) region = NULL;
  g_autoptr (GPtrArray) regions = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  const MonocleBox box = { 3, 4, 20, 30 };
  gsize size;

  draw_picture (fixture, "a.png", 7, 40);
  draw_picture (fixture, "b.png", 8, 40);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, size);
  journal = monocle_work_dup_journal (digest);
  folder = g_path_get_dirname (journal);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  image = monocle_image_new_from_file (path, &error);
  g_assert_no_error (error);
  document = monocle_document_new (NULL, "a.png", image);
  monocle_document_keep_in (document, journal);
  region = monocle_annotation_new_region (&box, NULL);
  g_ptr_array_add (regions, region);
  monocle_document_add_region (document, region);
  monocle_document_set_label (document, regions, "gadget");
  answer (document);
  monocle_document_close (document);

  monocle_train_set_read (fixture->set, fixture->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (find_words (fixture, "gadget")->region.x2, ==, 20);
  g_assert_cmpfloat (find_words (fixture, "helmet")->region.x2, ==, 9);
  g_assert_true (find_words (fixture, "a tree")->task
                 == find_task (fixture, "region-to-description"));
  g_assert_cmpfloat (find_words (fixture, "a tree")->region.x2, ==, 9);
  /* What nobody looked at teaches nothing. */
  g_assert_null (find_words (fixture, "a hut"));
  g_assert_null (find_words (fixture, "cap"));
  /* These, and where gadget and helmet are. */
  g_assert_cmpuint (monocle_train_set_count (fixture->set), ==, 5);
  g_assert_cmpuint (fixture->set->others->len, ==, 1);
}

/* --- the split ---------------------------------------------------------------------------- */

static void
divide (Fixture *fixture, guint64 seed, const char *memory)
{
  const MonocleTrainSplit split = { .share = 0.3, .seed = seed, .memory = memory };
  g_autoptr (GError) error = NULL;

  g_assert_true (monocle_train_split_measure (fixture->set, NULL, &error));
  g_assert_true (monocle_train_split_run (&split, fixture->set, &error));
  g_assert_no_error (error);
}

/* Pictures, each at two sizes: both are always on the same side, whatever the lot. */
static void
test_leak (Fixture *fixture, gconstpointer data)
{
  guint n_held_out = 0;

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *one = g_strdup_printf ("%u-large.png", i);
      g_autofree char *two = g_strdup_printf ("%u-small.png", i);

      draw_picture (fixture, one, 100 + i, 96);
      draw_picture (fixture, two, 100 + i, 60);
      add_words (fixture, one, "x");
      add_words (fixture, two, "x");
    }
  divide (fixture, 5, NULL);
  for (guint i = 0; i < fixture->set->pictures->len; i += 2)
    {
      const MonocleTrainPicture *one = fixture->set->pictures->pdata[i];
      const MonocleTrainPicture *two = fixture->set->pictures->pdata[i + 1];

      g_assert_cmpuint (one->group, ==, two->group);
      g_assert_cmpint (one->is_held_out, ==, two->is_held_out);
      n_held_out += one->is_held_out;
    }
  g_assert_cmpuint (n_held_out, >=, 4);
  g_assert_cmpuint (n_held_out, <=, 20);
}

/* A photograph of its own kind that was taken in that minute and second. */
static void
draw_taken (Fixture *fixture, guint number, guint minute, guint second)
{
  g_autofree char *name = g_strdup_printf ("%u.jpg", number);
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *date = g_strdup_printf ("2024:02:29 13:%02u:%02u", minute, second);
  g_autofree char *bytes = NULL;
  g_autoptr (GByteArray) exif = exif_fixture_new (date, FALSE);
  g_autoptr (GByteArray) file = NULL;
  gsize size;

  draw_picture (fixture, name, 200 + number, 64);
  {
    g_autoptr (GdkPixbuf) drawn = gdk_pixbuf_new_from_file (path, NULL);

    g_assert_true (gdk_pixbuf_save_to_buffer (drawn, &bytes, &size, "jpeg", NULL, NULL));
  }
  file = exif_fixture_put_into_jpeg ((const guint8 *) bytes, size, exif);
  g_assert_true (g_file_set_contents (path, (const char *) file->data, (gssize) file->len, NULL));
  add_words (fixture, name, "x");
}

/* What a camera took within ten seconds is one, however little alike; what came later is not. */
static void
test_bursts (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    {
      draw_taken (fixture, 3 * i, i, 5);
      draw_taken (fixture, 3 * i + 1, i, 15);
      draw_taken (fixture, 3 * i + 2, i, 26);
    }
  divide (fixture, 5, NULL);
  for (guint i = 0; i < fixture->set->pictures->len; i += 3)
    {
      const MonocleTrainPicture *one = fixture->set->pictures->pdata[i];
      const MonocleTrainPicture *two = fixture->set->pictures->pdata[i + 1];
      const MonocleTrainPicture *later = fixture->set->pictures->pdata[i + 2];

      g_assert_cmpuint (one->group, ==, two->group);
      g_assert_cmpint (one->is_held_out, ==, two->is_held_out);
      g_assert_cmpuint (one->group, !=, later->group);
    }
}

/* Of few pictures, whatever the lot, half are learnt; one alone is. */
static void
test_few (Fixture *fixture, gconstpointer data)
{
  for (guint n = 1; n <= 4; n++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", n);

      draw_picture (fixture, name, 300 + n, 24);
      add_words (fixture, name, "x");
      for (guint64 seed = 1, n_held_out = 0; seed <= 30; seed++, n_held_out = 0)
        {
          divide (fixture, seed, NULL);
          for (guint i = 0; i < n; i++)
            n_held_out += ((MonocleTrainPicture *) fixture->set->pictures->pdata[i])->is_held_out;
          g_assert_cmpuint (n_held_out, <=, n / 2);
        }
    }
}

/* What was held out stays so, with another seed and other company. */
static void
test_for_ever (Fixture *fixture, gconstpointer data)
{
  g_autofree char *memory = g_build_filename (fixture->folder, "split.tsv", NULL);
  gboolean before[30];

  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      draw_picture (fixture, name, 200 + i, 48);
      add_words (fixture, name, "x");
    }
  divide (fixture, 1, memory);
  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    before[i] = ((MonocleTrainPicture *) fixture->set->pictures->pdata[i])->is_held_out;

  monocle_train_set_free (fixture->set);
  fixture->set = monocle_train_set_new (fixture->tasks);
  for (guint i = G_N_ELEMENTS (before) + 5; i-- > 0;)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      if (i >= G_N_ELEMENTS (before))
        draw_picture (fixture, name, 200 + i, 48);
      add_words (fixture, name, "y");
    }
  divide (fixture, 2, memory);
  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    {
      const MonocleTrainPicture *picture
          = fixture->set->pictures->pdata[G_N_ELEMENTS (before) + 4 - i];

      g_assert_cmpint (picture->is_held_out, ==, before[i]);
    }
}

/* A set's own division holds, but not against a picture that is learnt from. */
static void
test_own_split (Fixture *fixture, gconstpointer data)
{
  const MonocleTrainPicture *const *pictures;

  draw_picture (fixture, "a.png", 1, 48);
  draw_picture (fixture, "copy.png", 1, 64);
  draw_picture (fixture, "b.png", 2, 48);
  add_words (fixture, "a.png", "x");
  add_words (fixture, "copy.png", "x");
  add_words (fixture, "b.png", "x");
  for (guint i = 0; i < 3; i++)
    ((MonocleTrainPicture *) fixture->set->pictures->pdata[i])->split
        = i == 0 ? MONOCLE_SAMPLE_TRAIN : MONOCLE_SAMPLE_VAL;
  divide (fixture, 1, NULL);
  pictures = (const MonocleTrainPicture *const *) fixture->set->pictures->pdata;
  g_assert_false (pictures[0]->is_held_out);
  g_assert_cmpuint (pictures[1]->examples->len, ==, 0);
  g_assert_true (pictures[2]->is_held_out);
  g_assert_cmpuint (monocle_notes_get_n (fixture->set->notes), ==, 1);
}

/* --- views and lots ----------------------------------------------------------------------- */

/* A white square on black is where its box says, in every view. */
static void
test_views (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *pixels = g_new0 (guint8, 120 * 80 * 3);
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (GPtrArray) examples
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_train_example_free);
  const MonocleRect box = { 50, 30, 24, 20 };
  guint n_moved = 0;

  for (guint y = 30; y < 50; y++)
    memset (pixels + (y * 120 + 50) * 3, 255, 24 * 3);
  image = monocle_image_new_from_pixels (120, 80, 360, pixels, NULL);
  g_ptr_array_add (examples, monocle_train_example_new (find_task (fixture, "detect"), NULL));
  monocle_train_example_add_box (examples->pdata[0], "square", &box);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GPtrArray) seen = NULL;
      g_autoptr (MonocleImage) view = monocle_train_view_new (image, examples, 3, i, &seen);
      const MonocleTrainExample *example = seen->pdata[0];
      const guint width = monocle_image_get_width (view), height = monocle_image_get_height (view);
      const double *at;
      double inside = 0, outside = 0;

      g_assert_nonnull (example);
      at = g_array_index (example->objects, MonocleLessonObject, 0).corners;
      for (guint y = 0; y < height; y++)
        for (guint x = 0; x < width; x++)
          {
            const guint value = monocle_image_get_pixels (view)[(y * width + x) * 3];

            if (x + 0.5 > at[0] + 1 && x + 0.5 < at[2] - 1 && y + 0.5 > at[1] + 1
                && y + 0.5 < at[5] - 1)
              inside += value < 128;
            else if (x + 0.5 < at[0] - 1 || x + 0.5 > at[2] + 1 || y + 0.5 < at[1] - 1
                     || y + 0.5 > at[5] + 1)
              outside += value > 128;
          }
      g_assert_cmpfloat (inside, ==, 0);
      g_assert_cmpfloat (outside, ==, 0);
      n_moved += fabs (at[0] - 50) > 1;
    }
  g_assert_cmpuint (n_moved, >, 10);
}

/* Half is old, in the long run and in each step; nothing comes again before all have come; names
 * that are many do not drown the others; twice the same. */
static void
test_draws (void)
{
  MonocleTrainDraws *draws[2];
  guint n_old = 0, n_rare = 0, counts[60] = { 0 }, first[8], begun[8];

  for (guint i = 0; i < 2; i++)
    {
      draws[i] = monocle_train_draws_new (9, 0.5);
      for (guint j = 0; j < 60; j++)
        monocle_train_draws_add (draws[i], "name",
                                 j < 49   ? "many"
                                 : j < 50 ? "rare"
                                          : "",
                                 j >= 50, j >= 50 && j < 55 ? 2 : 1, &j, 1);
    }
  for (guint step = 0; step < 100; step++)
    {
      guint batch[8], again[8];

      monocle_train_draws_next (draws[0], batch, 8);
      if (step == 0)
        memcpy (first, batch, sizeof first);
      monocle_train_draws_next (draws[1], again, 8);
      g_assert_cmpmem (batch, sizeof batch, again, sizeof again);
      for (guint i = 0; i < 8; i++)
        {
          n_old += batch[i] >= 50;
          n_rare += batch[i] == 49;
          counts[batch[i]]++;
        }
    }
  g_assert_cmpuint (n_old, ==, 400);
  /* One in eight by roots, one in fifty otherwise. */
  g_assert_cmpuint (n_rare, >, 25);
  for (guint i = 1; i < 49; i++)
    g_assert_cmpint (ABS ((gint) counts[i] - (gint) counts[0]), <=, 1);
  /* What weighs twice as much comes twice as often. */
  for (guint i = 50; i < 55; i++)
    g_assert_cmpint (ABS ((gint) counts[i] - 2 * (gint) counts[i + 5]), <=, 2);
  monocle_train_draws_restart (draws[0]);
  monocle_train_draws_next (draws[0], begun, 8);
  g_assert_cmpmem (begun, sizeof begun, first, sizeof first);
  monocle_train_draws_free (draws[0]);
  monocle_train_draws_free (draws[1]);
}

int
main (int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("monocle-train-XXXXXX", NULL);

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add ("/train/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("lines", test_lines);
  ADD ("misspelled", test_misspelled);
  ADD ("names", test_names);
  ADD ("sample", test_sample);
  ADD ("work", test_work);
  ADD ("leak", test_leak);
  ADD ("bursts", test_bursts);
  ADD ("few", test_few);
  ADD ("for-ever", test_for_ever);
  ADD ("own-split", test_own_split);
  ADD ("views", test_views);
#undef ADD
  g_test_add_func ("/train/draws", test_draws);

  return g_test_run ();
}
