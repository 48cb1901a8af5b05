/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens next: of scenes of our own, of boxes of others; what is measured; what is refused;
 * the same scenes as the recipe reads.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/checkpoint/npy.h"
#include "engine/picture/image.h"
#include "harness.h"
#include "tests/ball-frames.h"

#define TINY "world/tiny"

/* Of two things at most, which is what the tiny model follows: one that it takes for such as it
 * knows, and one that it does not. */
#define KNOWN   "4"
#define UNKNOWN "1"

#define N_SEEN  4
#define N_AHEAD 5

static JsonObject *
take_one (const Outcome *outcome)
{
  g_autoptr (GPtrArray) lines = NULL;

  harness_assert_done (outcome);
  lines = harness_parse_lines (outcome);
  g_assert_cmpuint (lines->len, ==, 1);
  return json_object_ref (lines->pdata[0]);
}

static Outcome *
ask (const char *model, const char *what, const char *value, const char *seed)
{
  return harness_run ("next-frames", what, value, "--model", model, "--given", "4", "--frames", "5",
                      "--futures", "3", "--seed", seed, "--format", "json", NULL);
}

static void
test_scene (void)
{
  g_autofree char *model = harness_fixture (TINY);
  g_autoptr (Outcome) outcome = ask (model, "--scene", KNOWN, "0");
  g_autoptr (Outcome) again = ask (model, "--scene", KNOWN, "0");
  g_autoptr (Outcome) other = ask (model, "--scene", KNOWN, "1");
  g_autoptr (JsonObject) answer = take_one (outcome);
  const guint n_things = (guint) json_object_get_int_member (answer, "things");
  JsonArray *futures = json_object_get_array_member (answer, "futures");
  JsonArray *errors = json_object_get_array_member (answer, "errors");
  JsonArray *truth = json_object_get_array_member (answer, "truth");
  JsonArray *likeliest = json_object_get_array_member (answer, "likeliest");

  g_assert_cmpstr (outcome->out, ==, again->out);
  g_assert_cmpstr (outcome->out, !=, other->out);
  g_assert_cmpuint (json_array_get_length (futures), ==, 3);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (answer, "seen")), ==,
                    N_SEEN);
  g_assert_cmpuint (json_array_get_length (errors), ==, N_AHEAD);
  /* The errors are those of the places beside them. */
  for (guint t = 0; t < N_AHEAD; t++)
    {
      double sum = 0;

      for (guint i = 0; i < n_things; i++)
        {
          JsonArray *a = json_array_get_array_element (json_array_get_array_element (truth, t), i);
          JsonArray *b
              = json_array_get_array_element (json_array_get_array_element (likeliest, t), i);

          sum += hypot (json_array_get_double_element (a, 0) - json_array_get_double_element (b, 0),
                        json_array_get_double_element (a, 1)
                            - json_array_get_double_element (b, 1));
        }
      g_assert_cmpfloat_with_epsilon (
          json_object_get_double_member (json_array_get_object_element (errors, t), "likeliest"),
          100 * sum / n_things, 1e-3);
    }
}

static void
test_unknown (void)
{
  g_autofree char *model = harness_fixture (TINY);
  g_autoptr (Outcome) outcome = ask (model, "--scene", UNKNOWN, "0");

  harness_assert_refused (outcome, 1, "does not look like the scenes");
}

/* The answer as a picture. */
static void
test_picture (void)
{
  g_autofree char *model = harness_fixture (TINY);
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = g_build_filename (folder, "paths.png", NULL);
  g_autoptr (Outcome) outcome = harness_run ("next-frames", "--scene", KNOWN, "--model", model,
                                             "--given", "4", "--frames", "5", "--out", path, NULL);
  g_autofree char *png = NULL;
  gsize size;

  harness_assert_done (outcome);
  g_assert_true (g_file_get_contents (path, &png, &size, NULL));
  g_assert_cmpuint (size, >, 1000);
  g_assert_cmpmem (png, 8, "\x89PNG\r\n\x1a\n", 8);
}

/* The model's own frames: the likeliest way, two futures, what happens, five frames each; measured;
 * of a model that has none. */
static void
test_drawn (void)
{
  g_autofree char *tiny = harness_fixture (TINY);
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = g_build_filename (folder, "drawn.png", NULL);
  g_autoptr (Outcome) outcome
      = harness_run ("next-frames", "--scene", "3000000001", "--obstacles", "--frames", "4",
                     "--futures", "2", "--drawn", path, NULL);
  g_autoptr (Outcome) measured
      = harness_run ("next-frames", "--evaluate", "2", "--obstacles", "--futures", "1", "--frames",
                     "2", "--with-drawn", NULL);
  g_autoptr (Outcome) none = harness_run ("next-frames", "--scene", KNOWN, "--model", tiny,
                                          "--given", "4", "--frames", "5", "--drawn", path, NULL);
  g_autoptr (MonocleImage) image = NULL;
  g_autoptr (GError) error = NULL;

  harness_assert_done (outcome);
  image = monocle_image_new_from_file (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_image_get_width (image), ==, 5 * 66 + 2);
  g_assert_cmpuint (monocle_image_get_height (image), ==, 4 * 66 + 2);
  harness_assert_done (measured);
  g_assert_nonnull (strstr (measured->out, "drawn by the model, dB"));
  g_assert_nonnull (strstr (measured->out, "balls lost"));
  harness_assert_refused (none, 1, "draws no frames");
}

/* What cannot be written is named, and nothing is written over what was just written. */
static void
test_drawn_refused (void)
{
  static const char nowhere[] = "/proc/monocle.png";
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = g_build_filename (folder, "drawn.png", NULL);
  g_autofree char *again = g_build_filename (folder, ".", "drawn.png", NULL);
  g_autoptr (Outcome) unwritable = harness_run ("next-frames", "--scene", "3000000001", "--frames",
                                                "1", "--futures", "1", "--drawn", nowhere, NULL);
  g_autoptr (Outcome) twice
      = harness_run ("next-frames", "--scene", "3000000001", "--drawn", path, "--out", again, NULL);

  /* That it is not writable may be known before. */
  g_assert_cmpint (unwritable->status, !=, 0);
  g_assert_nonnull (unwritable->errors[0]);
  g_assert_nonnull (strstr (unwritable->errors[0], nowhere));
  harness_assert_refused (twice, 2, "--out and --drawn are the same file");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* A throw changes what follows. */
static void
test_throw (void)
{
  g_autofree char *model = harness_fixture (TINY);
  g_autoptr (Outcome) plain = ask (model, "--scene", KNOWN, "0");
  g_autoptr (Outcome) thrown
      = harness_run ("next-frames", "--scene", KNOWN, "--model", model, "--given", "4", "--frames",
                     "5", "--throw", "1,4,-4", "--format", "json", NULL);
  g_autoptr (JsonObject) before = take_one (plain), after = take_one (thrown);

  g_assert_false (json_object_has_member (after, "truth"));
  g_assert_false (json_node_equal (json_object_get_member (before, "likeliest"),
                                   json_object_get_member (after, "likeliest")));
}

static void
test_evaluate (void)
{
  g_autofree char *model = harness_fixture (TINY);
  g_autoptr (Outcome) one
      = harness_run ("next-frames", "--evaluate", "1", "--first", KNOWN, "--model", model,
                     "--given", "4", "--frames", "5", "--futures", "4", "--format", "json", NULL);
  g_autoptr (Outcome) scene = ask (model, "--scene", KNOWN, "0");
  g_autoptr (JsonObject) table = take_one (one), answer = take_one (scene);
  JsonArray *ahead = json_object_get_array_member (table, "ahead");
  JsonArray *errors = json_object_get_array_member (answer, "errors");

  g_assert_cmpint (json_object_get_int_member (table, "scenes"), ==, 1);
  g_assert_cmpuint (json_array_get_length (ahead), ==, N_AHEAD);
  for (guint t = 0; t < N_AHEAD; t++)
    {
      JsonObject *row = json_array_get_object_element (ahead, t);
      JsonObject *all = json_object_get_object_member (row, "all");

      g_assert_cmpint (json_object_get_int_member (all, "n"), ==,
                       json_object_get_int_member (answer, "things"));
      g_assert_cmpfloat_with_epsilon (
          json_object_get_double_member (all, "walls"),
          json_object_get_double_member (json_array_get_object_element (errors, t), "walls"), 1e-6);
    }
}

/* Frames of others, as `run` prints them. */
static void
test_boxes (void)
{
  g_autofree char *model = harness_fixture (TINY);
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = g_build_filename (folder, "boxes.jsonl", NULL);
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (Outcome) outcome = NULL, piped = NULL, jumping = NULL;
  g_autoptr (JsonObject) answer = NULL, other = NULL;
  g_autofree char *script = NULL;

  for (guint t = 0; t < N_SEEN; t++)
    g_string_append_printf (
        lines,
        "{\"width\": 320, \"height\": 320, \"objects\": [{\"box\": [%u, 100, %u, "
        "164]}]}\n",
        100 + 4 * t, 164 + 4 * t);
  g_assert_true (g_file_set_contents (path, lines->str, -1, NULL));
  outcome
      = harness_run ("next-frames", "--boxes", path, "--model", model, "--format", "json", NULL);
  answer = take_one (outcome);
  /* As many as the model has frames left for. */
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (answer, "likeliest")), ==,
                    N_AHEAD);
  script = g_strdup_printf ("cat '%s' | \"$@\"", path);
  piped = harness_run_shell (script, "next-frames", "--boxes", "-", "--model", model, "--format",
                             "json", NULL);
  other = take_one (piped);
  g_assert_true (json_node_equal (json_object_get_member (answer, "futures"),
                                  json_object_get_member (other, "futures")));

  g_string_truncate (lines, 0);
  for (guint t = 0; t < N_SEEN; t++)
    g_string_append_printf (lines, "{\"width\": 9, \"height\": %u, \"objects\": []}\n", 9 + t);
  g_assert_true (g_file_set_contents (path, lines->str, -1, NULL));
  jumping = harness_run ("next-frames", "--boxes", path, "--model", model, NULL);
  harness_assert_refused (jumping, 1, "frame 1");
}

static void
test_write (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = g_build_filename (folder, "scenes.npy", NULL);
  g_autoptr (Outcome) outcome
      = harness_run ("next-frames", "--write-scenes", "3", "--first", "5", "--out", path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleNpy) rows = NULL;

  harness_assert_done (outcome);
  rows = monocle_npy_read (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->n_dims, ==, 2);
  g_assert_cmpuint (rows->dims[0], ==, 3);
  g_assert_cmpuint (rows->dims[1], ==, 209);
  for (guint i = 0; i < 3; i++)
    g_assert_true (rows->f32[i * 209] >= 1 && rows->f32[i * 209] <= 3);
}

/* Found, and followed, within a pixel; a single picture is no film. */
static void
test_pictures (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *first = g_build_filename (folder, "1.png", NULL);
  g_autoptr (Outcome) outcome = NULL, single = NULL;
  g_autoptr (JsonObject) answer = NULL;
  JsonArray *seen;

  for (guint i = 0; i < N_SEEN; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i + 1);

      test_draw_ball (folder, name, i);
    }
  outcome = harness_run ("next-frames", "--pictures", folder, "--frames", "4", "--futures", "2",
                         "--format", "json", NULL);
  answer = take_one (outcome);
  g_assert_cmpint (json_object_get_int_member (answer, "things"), ==, 1);
  seen = json_object_get_array_member (answer, "seen");
  g_assert_cmpuint (json_array_get_length (seen), ==, N_SEEN);
  for (guint t = 0; t < N_SEEN; t++)
    {
      JsonArray *place = json_array_get_array_element (json_array_get_array_element (seen, t), 0);

      g_assert_cmpfloat_with_epsilon (320 * json_array_get_double_element (place, 0), 70 + 9.0 * t,
                                      1);
      g_assert_cmpfloat_with_epsilon (320 * json_array_get_double_element (place, 1),
                                      70 + 0.7 * t * t, 1);
    }
  single = harness_run ("next-frames", "--pictures", first, NULL);
  harness_assert_refused (single, 1, "three frames or more");
}

/* The same ball in a film, which lies still at first. */
static void
test_film (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *path = g_build_filename (folder, "ball.avi", NULL), *said = NULL;
  g_autoptr (Outcome) outcome = NULL, beyond = NULL;
  g_autoptr (JsonObject) answer = NULL;
  JsonArray *seen;

  test_write_ball_film (path, 6, 6 + N_SEEN);
  /* From the sixth frame on. */
  outcome = harness_run ("next-frames", "--pictures", path, "--from", "0.2", "--rate", "30",
                         "--frames", "4", "--futures", "2", "--format", "json", NULL);
  said = g_strjoinv ("\n", outcome->errors);
  if (strstr (said, "without GStreamer"))
    {
      g_test_skip ("built without GStreamer");
      return;
    }
  answer = take_one (outcome);
  seen = json_object_get_array_member (answer, "seen");
  g_assert_cmpuint (json_array_get_length (seen), ==, N_SEEN);
  for (guint t = 0; t < N_SEEN; t++)
    {
      JsonArray *place = json_array_get_array_element (json_array_get_array_element (seen, t), 0);

      g_assert_cmpfloat_with_epsilon (320 * json_array_get_double_element (place, 0), 70 + 9.0 * t,
                                      1);
      g_assert_cmpfloat_with_epsilon (320 * json_array_get_double_element (place, 1),
                                      70 + 0.7 * t * t, 1);
    }
  beyond = harness_run ("next-frames", "--pictures", path, "--from", "9", NULL);
  harness_assert_refused (beyond, 1, "over after 0.3 seconds");
}

static void
test_usage (void)
{
  static const char *const wrong[][6] = {
    { "next-frames", NULL },
    { "next-frames", "--scene", "1", "--evaluate", "2", NULL },
    { "next-frames", "--scene", "1", "--pictures", "folder", NULL },
    { "next-frames", "--scene", "-1", NULL },
    { "next-frames", "--scene", "99999999999", NULL },
    { "next-frames", "--scene=1", "--given", "1", NULL },
    { "next-frames", "--scene=1", "--given", "20", NULL },
    { "next-frames", "--scene=1", "--throw", "0,1,1", NULL },
    { "next-frames", "--scene=1", "--throw", "1,1", NULL },
    { "next-frames", "--evaluate=2", "--throw", "1,1,1", NULL },
    { "next-frames", "--evaluate=0", NULL },
    { "next-frames", "--evaluate=2", "--first", "4294967295", NULL },
    { "next-frames", "--write-scenes", "2", NULL },
    { "next-frames", "--scene=1", "--out", "paths.jpg", NULL },
    { "next-frames", "--scene=1", "more", NULL },
    { "next-frames", "--scene=1", "--drawn", "frames.jpg", NULL },
    { "next-frames", "--scene=1", "--with-drawn", NULL },
    { "next-frames", "--scene=1", "--heavy", "--obstacles", NULL },
    { "next-frames", "--evaluate=2", "--drawn", "frames.png", NULL },
    { "next-frames", "--scene=1", "--from", "1", NULL },
    { "next-frames", "--pictures=a.avi", "--from", "-1", NULL },
    { "next-frames", "--pictures=a.avi", "--rate", "0", NULL },
    { "next-frames", "--pictures=a.avi", "--rate", "1000", NULL },
  };
  g_autofree char *other = harness_fixture ("vit/vit-32");
  g_autoptr (Outcome) outcome = harness_run ("next-frames", "--scene", "1", "--model", other, NULL);

  harness_assert_refused (outcome, 1, "does not foresee");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Outcome) refused = harness_run_v (wrong[i]);

      harness_assert_refused (refused, 2, "");
    }
}

int
main (int argc, char **argv)
{
  harness_init (&argc, &argv);

  g_test_add_func ("/cli/next-frames/scene", test_scene);
  g_test_add_func ("/cli/next-frames/unknown", test_unknown);
  g_test_add_func ("/cli/next-frames/picture", test_picture);
  g_test_add_func ("/cli/next-frames/drawn", test_drawn);
  g_test_add_func ("/cli/next-frames/drawn-refused", test_drawn_refused);
  g_test_add_func ("/cli/next-frames/throw", test_throw);
  g_test_add_func ("/cli/next-frames/evaluate", test_evaluate);
  g_test_add_func ("/cli/next-frames/boxes", test_boxes);
  g_test_add_func ("/cli/next-frames/pictures", test_pictures);
  g_test_add_func ("/cli/next-frames/film", test_film);
  g_test_add_func ("/cli/next-frames/write", test_write);
  g_test_add_func ("/cli/next-frames/usage", test_usage);

  return g_test_run ();
}
