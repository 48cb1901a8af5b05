/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model of moving things against the reference: tests/reference/make_world.py made it. Tokens,
 * logits, what is likeliest, how likely what was seen is; futures that are drawn; what is refused.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/models/world/private.h"
#include "engine/models/world/walk.h"
#include "engine/run/model-private.h"
#include "golden.h"

#define TINY "world/tiny"

#define N_FORESEEN 5

/* --- fixtures ----------------------------------------------------------------------------- */

static MonocleTracks *
read_tracks (JsonObject *scene)
{
  JsonArray *frames = json_object_get_array_member (scene, "places");
  JsonArray *radii = json_object_get_array_member (scene, "radii");
  const guint n_things = json_array_get_length (radii);
  MonocleTracks *tracks = monocle_tracks_new (n_things, json_array_get_length (frames));

  for (guint i = 0; i < n_things; i++)
    tracks->radii[i] = (float) json_array_get_double_element (radii, i);
  for (guint t = 0; t < tracks->n_frames; t++)
    for (guint i = 0; i < n_things; i++)
      for (guint axis = 0; axis < 2; axis++)
        tracks->places[(t * n_things + i) * 2 + axis] = (float) json_array_get_double_element (
            json_array_get_array_element (json_array_get_array_element (frames, t), i), axis);
  if (json_object_has_member (scene, "throw"))
    {
      JsonObject *thrown = json_object_get_object_member (scene, "throw");

      tracks->thrown
          = (MonocleThrow){ .frame = (int) json_object_get_int_member (thrown, "frame"),
                            .thing = (guint) json_object_get_int_member (thrown, "thing"),
                            .vx = json_object_get_double_member (thrown, "vx"),
                            .vy = json_object_get_double_member (thrown, "vy") };
    }
  return tracks;
}

/* (element-type MonocleTracks): of all scenes of the golden */
static GPtrArray *
read_scenes (JsonObject *golden)
{
  JsonArray *scenes = json_object_get_array_member (golden, "scenes");
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_tracks_free);

  for (guint i = 0; i < json_array_get_length (scenes); i++)
    g_ptr_array_add (all, read_tracks (json_array_get_object_element (scenes, i)));
  return all;
}

static GPtrArray *
foresee (MonocleModel *model,
         GPtrArray *scenes,
         guint n_frames,
         guint n_futures,
         guint64 seed,
         GError **error)
{
  MonocleForesight foresight = { .tracks = (const MonocleTracks *const *) scenes->pdata,
                                 .n = scenes->len,
                                 .n_frames = n_frames,
                                 .n_futures = n_futures,
                                 .sampling = MONOCLE_SAMPLING_PLAIN };
  g_autoptr (GAsyncResult) result = NULL;

  foresight.sampling.seed = seed;
  monocle_model_foresee_async (model, &foresight, NULL, test_take_result, &result);
  return monocle_model_foresee_finish (model, test_wait (&result), error);
}

static GPtrArray *
foresee_or_die (MonocleModel *model, GPtrArray *scenes, guint n_futures, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *futures = foresee (model, scenes, N_FORESEEN, n_futures, seed, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (futures->len, ==, scenes->len);
  return futures;
}

/* --- against the reference ---------------------------------------------------------------- */

/* The walk through what was seen and what is likeliest says the words that the reference wrote. */
static void
check_words (const MonocleWorldConfig *config, const MonocleTracks *tracks, JsonObject *scene)
{
  JsonArray *words = json_object_get_array_member (scene, "words");
  JsonArray *beside = json_object_get_array_member (scene, "beside");
  const guint n_frames = tracks->n_frames + N_FORESEEN;
  const guint n = json_array_get_length (words);
  MonocleWalk walk;
  guint n_said = 0;

  monocle_walk_init (&walk, config, tracks, n_frames, NULL);
  while (!monocle_walk_is_over (&walk))
    {
      guint32 word, second;
      guint bin;

      monocle_walk_next (&walk, &word, &second);
      g_assert_cmpuint (n_said, <, n);
      g_assert_cmpint (word, ==, json_array_get_int_element (words, n_said));
      g_assert_cmpint (second, ==, json_array_get_int_element (beside, n_said));
      n_said++;
      if (!monocle_walk_wants (&walk))
        continue;
      if (!monocle_walk_know (&walk, &bin))
        {
          /* What was likeliest is how far the next word says that it went. */
          const int move
              = (int) (json_array_get_int_element (beside, n_said)
                       - monocle_world_config_get_move (config, walk.item, -(int) config->reach))
                - (int) config->reach;

          bin = (guint) (move - walk.moves[walk.item] + (int) config->change);
        }
      monocle_walk_decide (&walk, bin);
    }
  /* The last one is decided and never fed. */
  g_assert_cmpuint (n_said, ==, n - 1);
}

typedef struct
{
  MonocleModel *model;
  const guint32 *words, *beside;
  guint n;
  float *logits;
  int is_done;
} Reading;

static void
read_on_worker (MonocleWorker *worker, gpointer user_data)
{
  Reading *reading = user_data;
  g_autoptr (GError) error = NULL;

  monocle_world_read_logits (monocle_model_get_data (reading->model), reading->words,
                             reading->beside, reading->n, reading->logits, &error);
  g_assert_no_error (error);
  g_atomic_int_set (&reading->is_done, TRUE);
}

static void
check_logits (MonocleModel *model,
              const MonocleWorldConfig *config,
              JsonObject *scene,
              double tolerance)
{
  const guint n_words = config->text.n_words;
  JsonArray *first = json_object_get_array_member (scene, "words");
  JsonArray *second = json_object_get_array_member (scene, "beside");
  const guint n = json_array_get_length (first);
  g_autofree guint32 *words = g_new (guint32, n), *beside = g_new (guint32, n);
  g_autofree float *logits = g_new (float, (gsize) n *n_words);
  guint n_wanted;
  g_autofree float *wanted = golden_read_floats (scene, "logits", &n_wanted);
  Reading reading = { .model = model, .words = words, .beside = beside, .n = n, .logits = logits };

  for (guint i = 0; i < n; i++)
    {
      words[i] = (guint32) json_array_get_int_element (first, i);
      beside[i] = (guint32) json_array_get_int_element (second, i);
    }
  monocle_worker_push (monocle_model_get_worker (model), read_on_worker, &reading, NULL);
  while (!g_atomic_int_get (&reading.is_done))
    g_usleep (100);
  g_assert_cmpuint (n_wanted, ==, n_words);
  golden_check_floats ("logits", logits + (gsize) (n - 1) * n_words, wanted, n_words, tolerance);
}

static void
check_model (gconstpointer data, MonoclePrecision precision, double tolerance)
{
  g_autofree char *directory = test_fixture (TINY);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, precision);
  g_autoptr (JsonObject) golden = test_read_json (directory, "golden.json");
  JsonArray *scenes = json_object_get_array_member (golden, "scenes");
  g_autoptr (GPtrArray) tracks = read_scenes (golden);
  g_autoptr (GPtrArray) futures = foresee_or_die (model, tracks, 0, 0);
  g_autoptr (GError) error = NULL;
  MonocleWorldConfig config;
  double steps;

  monocle_world_config_load (&config, directory, &error);
  g_assert_no_error (error);
  steps = config.side * config.per_unit;
  g_assert_null (*monocle_model_get_notes (model));
  for (guint i = 0; i < tracks->len; i++)
    {
      JsonObject *scene = json_array_get_object_element (scenes, i);
      JsonArray *likeliest = json_object_get_array_member (scene, "likeliest");
      const MonocleFutures *future = futures->pdata[i];
      const guint n = 2 * future->n_things;

      check_words (&config, tracks->pdata[i], scene);
      check_logits (model, &config, scene, tolerance);
      g_assert_cmpfloat_with_epsilon (
          future->surprise, json_object_get_double_member (scene, "surprise"), tolerance * 10);
      for (guint t = 0; precision == MONOCLE_PRECISION_F32 && t < N_FORESEEN; t++)
        for (guint c = 0; c < n; c++)
          g_assert_cmpfloat_with_epsilon (
              (double) future->likeliest[t * n + c] * steps,
              json_array_get_int_element (json_array_get_array_element (likeliest, t), c), 1e-3);
    }
}

/* --- futures that are drawn --------------------------------------------------------------- */

static gboolean
is_same (const MonocleFutures *a, const MonocleFutures *b)
{
  return memcmp (a->drawn, b->drawn,
                 (gsize) a->n_futures * a->n_frames * a->n_things * 2 * sizeof (float))
         == 0;
}

/* A seed is what follows, whatever is foreseen beside it; others follow from another seed. */
static void
test_drawn (void)
{
  const guint n_futures = 6;
  g_autofree char *directory = test_fixture (TINY);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  g_autoptr (JsonObject) golden = test_read_json (directory, "golden.json");
  g_autoptr (GPtrArray) tracks = read_scenes (golden);
  g_autoptr (GPtrArray) futures = foresee_or_die (model, tracks, n_futures, 7);
  g_autoptr (GPtrArray) others = foresee_or_die (model, tracks, n_futures, 8);
  g_autoptr (GPtrArray) plain = foresee_or_die (model, tracks, 0, 7);
  g_autoptr (GPtrArray) alone = NULL;
  guint n_differing = 0;

  for (guint i = 0; i < tracks->len; i++)
    {
      const MonocleFutures *future = futures->pdata[i];
      const gsize size = (gsize) future->n_frames * future->n_things * 2 * sizeof (float);

      g_assert_false (is_same (future, others->pdata[i]));
      for (guint k = 1; k < n_futures; k++)
        n_differing += memcmp (monocle_futures_get_drawn (future, 0),
                               monocle_futures_get_drawn (future, k), size)
                       != 0;
      g_assert_cmpmem (future->likeliest, size, ((MonocleFutures *) plain->pdata[i])->likeliest,
                       size);
    }
  g_assert_cmpuint (n_differing, >, tracks->len * (n_futures - 1) / 2);
  g_ptr_array_set_size (tracks, 1);
  alone = foresee_or_die (model, tracks, n_futures, 7);
  g_assert_true (is_same (alone->pdata[0], futures->pdata[0]));
}

/* --- what is refused ---------------------------------------------------------------------- */

static void
check_asking (
    MonocleModel *model, GPtrArray *scenes, guint n_frames, guint n_futures, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (foresee (model, scenes, n_frames, n_futures, 0, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_refused (void)
{
  g_autofree char *directory = test_fixture (TINY);
  g_autoptr (MonocleModel) model = test_load_or_die (directory, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleModel) other = test_load_fixture ("vit/vit-32", MONOCLE_PRECISION_F32);
  g_autoptr (GPtrArray) scenes
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_tracks_free);
  MonocleTracks *tracks = monocle_tracks_new (2, 4);

  g_ptr_array_add (scenes, tracks);
  check_asking (other, scenes, 1, 0, "foresees nothing");
  check_asking (model, scenes, 6, 0, "too many");
  check_asking (model, scenes, G_MAXUINT, 0, "too many");
  check_asking (model, scenes, 0, 0, "a frame to foresee");
  check_asking (model, scenes, 1, 1000, "too many futures");
  tracks->places[3] = NAN;
  check_asking (model, scenes, 1, 0, "no number");
  tracks->places[3] = 0;
  tracks->thrown = (MonocleThrow){ .frame = 1, .thing = 2 };
  check_asking (model, scenes, 1, 0, "none of the things");
  g_ptr_array_add (scenes, monocle_tracks_new (3, 4));
  tracks->thrown.frame = -1;
  check_asking (model, scenes, 1, 0, "3 things");

  test_check_refused (TINY, "config.json", "\"reach\": 7", "\"reach\": 0", "reach");
  test_check_refused (TINY, "config.json", "\"things\": 2", "\"things\": 5", "vocab_size");
  test_check_refused (TINY, "config.json", "\"frames\": 9", "\"frames\": 99",
                      "max_position_embeddings");
  test_check_refused (TINY, "config.json", "\"side\": 20.0", "\"side\": 0.0", "side");
  test_check_refused (TINY, "config.json", "\"world\"", "\"word\"", "world");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  golden_add_tests ("/world", NULL, check_model, 1e-4, 5e-3);
  g_test_add_func ("/world/drawn", test_drawn);
  g_test_add_func ("/world/refused", test_refused);

  return test_end (g_test_run ());
}
