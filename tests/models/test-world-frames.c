/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model of moving things that knows obstacles and draws frames against the reference:
 * tests/reference/make_world_frames.py made it. Words of an obstacle and what is likeliest; codes
 * of a frame, how it comes back, the words of frames that are drawn, and their pixels; what it does
 * not know, and what is refused.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "engine/models/world/private.h"
#include "engine/models/world/walk.h"
#include "engine/run/draw-frames.h"
#include "engine/run/foresee.h"
#include "engine/run/model-private.h"
#include "golden.h"

#define TINY "world/frames"

#define N_FORESEEN 3
#define SIDE       6

typedef struct
{
  char *directory;
  JsonObject *golden;
  MonocleTracks *tracks;
  MonocleImage *frame;
  MonocleModel *model;
} Fixture;

static MonocleImage *
read_frame (JsonArray *numbers)
{
  g_autoptr (GError) error = NULL;
  guint8 *pixels = g_new (guint8, 3 * SIDE * SIDE);
  MonocleImage *image;

  g_assert_cmpuint (json_array_get_length (numbers), ==, 3 * SIDE * SIDE);
  for (guint i = 0; i < 3 * SIDE * SIDE; i++)
    pixels[i] = (guint8) json_array_get_int_element (numbers, i);
  image = monocle_image_new_take_pixels (SIDE, SIDE, pixels, &error);
  g_assert_no_error (error);
  return image;
}

/* [.., x, y], one after the other */
static guint
flatten (JsonArray *array, float *places)
{
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_ARRAY (node))
        n += flatten (json_node_get_array (node), places + n);
      else
        places[n++] = (float) json_node_get_double (node);
    }
  return n;
}

static MonocleTracks *
read_tracks (JsonObject *golden)
{
  JsonArray *places = json_object_get_array_member (golden, "places");
  JsonObject *obstacle = json_object_get_object_member (golden, "obstacle");
  MonocleTracks *tracks = monocle_tracks_new (2, json_array_get_length (places));

  flatten (places, tracks->places);
  flatten (json_object_get_array_member (golden, "radii"), tracks->radii);
  tracks->obstacle = (MonocleObstacle){ .kind = (MonocleObstacleKind) json_object_get_int_member (
                                            obstacle, "kind"),
                                        .left = json_object_get_double_member (obstacle, "left"),
                                        .right = json_object_get_double_member (obstacle, "right"),
                                        .top = json_object_get_double_member (obstacle, "top") };
  return tracks;
}

static void
set_up (Fixture *fixture, gconstpointer precision)
{
  fixture->directory = test_fixture (TINY);
  fixture->golden = test_read_json (fixture->directory, "golden.json");
  fixture->tracks = read_tracks (fixture->golden);
  fixture->frame = read_frame (json_object_get_array_member (fixture->golden, "frame"));
  fixture->model
      = test_load_or_die (fixture->directory, (MonoclePrecision) GPOINTER_TO_INT (precision));
}

static void
tear_down (Fixture *fixture, gconstpointer precision)
{
  g_free (fixture->directory);
  json_object_unref (fixture->golden);
  monocle_tracks_free (fixture->tracks);
  monocle_image_unref (fixture->frame);
  g_object_unref (fixture->model);
}

static MonocleDrawnFrames *
draw (Fixture *fixture, MonocleImage *frame, const float *places, guint n, GError **error)
{
  const MonocleFrameRequest request
      = { .seen = frame, .tracks = fixture->tracks, .places = places, .n = n };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_model_draw_frames_async (fixture->model, &request, NULL, test_take_result, &result);
  return monocle_model_draw_frames_finish (fixture->model, test_wait (&result), error);
}

/* --- obstacles ---------------------------------------------------------------------------- */

static void
check_words (Fixture *fixture, const MonocleWorldConfig *config)
{
  JsonArray *words = json_object_get_array_member (fixture->golden, "words");
  JsonArray *beside = json_object_get_array_member (fixture->golden, "beside");
  MonocleWalk walk;
  guint n_said = 0;

  monocle_walk_init (&walk, config, fixture->tracks, fixture->tracks->n_frames, NULL);
  while (!monocle_walk_is_over (&walk))
    {
      guint32 word, second;
      guint bin;

      monocle_walk_next (&walk, &word, &second);
      g_assert_cmpint (word, ==, json_array_get_int_element (words, n_said));
      g_assert_cmpint (second, ==, json_array_get_int_element (beside, n_said));
      n_said++;
      if (!monocle_walk_wants (&walk))
        continue;
      g_assert_true (monocle_walk_know (&walk, &bin));
      monocle_walk_decide (&walk, bin);
    }
  g_assert_cmpuint (n_said, >, MONOCLE_WORLD_OBSTACLE_TOKENS + 2);
}

static GPtrArray *
foresee (MonocleModel *model, const MonocleTracks *tracks, GError **error)
{
  const MonocleForesight foresight
      = { .tracks = &tracks, .n = 1, .n_frames = N_FORESEEN, .sampling = MONOCLE_SAMPLING_PLAIN };
  g_autoptr (GAsyncResult) result = NULL;

  monocle_model_foresee_async (model, &foresight, NULL, test_take_result, &result);
  return monocle_model_foresee_finish (model, test_wait (&result), error);
}

static void
test_obstacle (Fixture *fixture, gconstpointer data)
{
  JsonArray *likeliest = json_object_get_array_member (fixture->golden, "likeliest");
  g_autoptr (MonocleModel) other = test_load_fixture ("world/tiny", MONOCLE_PRECISION_F32);
  g_autoptr (GPtrArray) all = NULL, none = NULL;
  g_autoptr (GError) error = NULL;
  MonocleWorldConfig config;
  float wanted[N_FORESEEN * 4];

  monocle_world_config_load (&config, fixture->directory, &error);
  g_assert_no_error (error);
  check_words (fixture, &config);
  all = foresee (fixture->model, fixture->tracks, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (flatten (likeliest, wanted), ==, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_cmpfloat_with_epsilon (((MonocleFutures *) all->pdata[0])->likeliest[i]
                                        * (float) (config.side * config.per_unit),
                                    wanted[i], 1e-3f);

  none = foresee (other, fixture->tracks, &error);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (error->message, "obstacle"));
  g_clear_error (&error);
  fixture->tracks->obstacle.top = (double) NAN;
  g_assert_null (foresee (fixture->model, fixture->tracks, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
}

/* --- frames ------------------------------------------------------------------------------- */

/* Of the words of both frames, all but codes. */
static void
check_frame_words (Fixture *fixture, JsonArray *fed, const float *places)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleWorldPainter) painter = NULL;
  MonocleWorldConfig config;
  const MonocleTracks *tracks = fixture->tracks;
  const float *seen = tracks->places + (tracks->n_frames - 1) * 4;
  g_autofree guint32 *words = NULL, *beside = NULL;
  const guint n_first = MONOCLE_WORLD_OBSTACLE_TOKENS;
  JsonArray *wanted = json_object_get_array_member (fixture->golden, "colours");
  guint colours[2], n;

  monocle_world_config_load (&config, fixture->directory, &error);
  g_assert_no_error (error);
  painter = monocle_world_painter_new (&config, fixture->directory, &error);
  g_assert_no_error (error);
  n = monocle_world_painter_count_tokens (painter);
  words = g_new (guint32, n_first + 2 * n);
  beside = g_new (guint32, n_first + 2 * n);
  monocle_world_painter_write_obstacle (painter, &tracks->obstacle, words, beside);
  monocle_world_painter_find_colours (painter, fixture->frame, tracks, seen, colours);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (colours[i], ==, json_array_get_int_element (wanted, i));
  monocle_world_painter_write (painter, tracks, seen, colours, words + n_first, beside + n_first);
  monocle_world_painter_write (painter, tracks, places, colours, words + n_first + n,
                               beside + n_first + n);
  g_assert_cmpuint (json_array_get_length (fed), ==, n_first + 2 * n);
  for (guint i = 0; i < n_first + 2 * n; i++)
    {
      JsonArray *pair = json_array_get_array_element (fed, i);

      if (i < n_first || (i - n_first) % n <= 4)
        g_assert_cmpint (words[i], ==, json_array_get_int_element (pair, 0));
      g_assert_cmpint (beside[i], ==, json_array_get_int_element (pair, 1));
    }
}

static void
check_pixels (MonocleImage *image, JsonArray *wanted, double tolerance)
{
  const guint8 *pixels = monocle_image_get_pixels (image);

  g_assert_cmpuint (monocle_image_get_width (image), ==, SIDE);
  g_assert_cmpuint (json_array_get_length (wanted), ==, 3 * SIDE * SIDE);
  for (guint i = 0; i < 3 * SIDE * SIDE; i++)
    g_assert_cmpfloat_with_epsilon ((double) pixels[i], json_array_get_double_element (wanted, i),
                                    tolerance);
}

static void
test_drawn (Fixture *fixture, gconstpointer precision)
{
  const gboolean is_f16 = GPOINTER_TO_INT (precision) == MONOCLE_PRECISION_F16;
  JsonArray *painted = json_object_get_array_member (fixture->golden, "painted");
  JsonArray *fed = json_object_get_array_member (fixture->golden, "fed");
  g_autoptr (MonocleDrawnFrames) drawn = NULL;
  g_autoptr (GError) error = NULL;
  float places[8];
  guint side;
  double least;

  g_assert_true (monocle_model_get_frames (fixture->model, &side, &least));
  g_assert_cmpuint (side, ==, SIDE);
  g_assert_null (*monocle_model_get_notes (fixture->model));
  g_assert_cmpuint (flatten (json_object_get_array_member (fixture->golden, "elsewhere"), places),
                    ==, 8);
  drawn = draw (fixture, fixture->frame, places, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (drawn->frames->len, ==, 2);
  check_pixels (drawn->seen, json_object_get_array_member (fixture->golden, "back"),
                is_f16 ? 3 : 0.6);
  for (guint i = 0; i < 2; i++)
    {
      check_frame_words (fixture, json_array_get_array_element (fed, i), places + 4 * i);
      check_pixels (drawn->frames->pdata[i], json_array_get_array_element (painted, i),
                    is_f16 ? 3 : 0.6);
    }
}

/* What comes back badly is not drawn any further; what a request must not be is refused. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MonocleModel) other = test_load_fixture ("world/tiny", MONOCLE_PRECISION_F32);
  g_autoptr (MonocleDrawnFrames) drawn = NULL;
  g_autoptr (MonocleImage) small = NULL;
  g_autoptr (GError) error = NULL;
  float places[4] = { 0.5f, 0.5f, 0.3f, 0.3f };
  MonocleModel *own = fixture->model;
  guint side;
  double least;

  small = monocle_image_new_take_pixels (4, 4, g_malloc0 (48), &error);
  g_assert_no_error (error);
  g_assert_null (draw (fixture, small, places, 1, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  places[1] = NAN;
  g_assert_null (draw (fixture, fixture->frame, places, 1, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  places[1] = 0.5f;
  g_assert_null (draw (fixture, fixture->frame, places, MONOCLE_FRAMES_MAX + 1, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  g_assert_false (monocle_model_get_frames (other, &side, &least));
  fixture->model = other;
  g_assert_null (draw (fixture, fixture->frame, places, 1, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  fixture->model = own;

  test_check_refused (TINY, "config.json", "\"pixels\": 6", "\"pixels\": 7", "pixels");
  test_check_refused (TINY, "config.json", "\"n_embed\": 24", "\"n_embed\": 240", "vocab_size");
  test_check_refused (TINY, "config.json", "\"ch_mult\"", "\"ch_malt\"", "ch_mult");
  test_check_refused (TINY, "config.json", "\"sizes\": 11", "\"sizes\": 11000", "vocab_size");
}

/* Frames that nobody knows. */
static void
test_unknown (void)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *changed = g_build_filename (folder, "config.json", NULL);
  Fixture fixture = { .directory = test_fixture (TINY) };
  g_autofree char *original = g_build_filename (fixture.directory, "config.json", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GString) text = NULL;
  g_autoptr (MonocleDrawnFrames) drawn = NULL;
  g_autoptr (GError) error = NULL;
  const float places[4] = { 0.5f, 0.5f, 0.3f, 0.3f };

  fixture.golden = test_read_json (fixture.directory, "golden.json");
  fixture.tracks = read_tracks (fixture.golden);
  fixture.frame = read_frame (json_object_get_array_member (fixture.golden, "frame"));
  g_assert_true (g_file_get_contents (original, &contents, NULL, NULL));
  text = g_string_new (contents);
  g_string_replace (text, "\"least_decibels\": 1.0", "\"least_decibels\": 90", 1);
  test_link_model (fixture.directory, folder);
  g_remove (changed);
  g_assert_true (g_file_set_contents (changed, text->str, -1, NULL));
  fixture.model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  drawn = draw (&fixture, fixture.frame, places, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (drawn->frames->len, ==, 0);
  g_assert_nonnull (drawn->seen);
  g_assert_cmpfloat (drawn->decibels, <, 90);
  g_assert_cmpfloat (drawn->decibels, >, 0);
  tear_down (&fixture, NULL);
}

#define ADD(path, precision, func)                                                                 \
  g_test_add ("/world-frames/" path, Fixture, GINT_TO_POINTER (precision), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("obstacle", MONOCLE_PRECISION_F32, test_obstacle);
  ADD ("drawn/f32", MONOCLE_PRECISION_F32, test_drawn);
  if (golden_has_f16 ())
    ADD ("drawn/f16", MONOCLE_PRECISION_F16, test_drawn);
  ADD ("refused", MONOCLE_PRECISION_F32, test_refused);
  g_test_add_func ("/world-frames/unknown", test_unknown);

  return test_end (g_test_run ());
}
