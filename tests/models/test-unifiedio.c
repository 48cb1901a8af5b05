/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO as a model: answers against what its logits say token by token, questions side by
 * side, pictures. That its numbers are right is for test-unifiedio-hashed and test-vqgan to say.
 */
#include "config.h"

#include <string.h>

#include "engine/models/unifiedio/private.h"
#include "drawn-rows.h"
#include "golden.h"
#include "hashed-unifiedio.h"

#define PHOTO "pictures/photo-131x97.png"

/* Of a picture of that shape: 24 times 18 of the patches. */
#define PHOTO_PATCHES 432

#define N_ALL   (HASHED_UNIFIEDIO_WORDS + HASHED_UNIFIEDIO_CODES)
#define PICTURE (HASHED_UNIFIEDIO_WORDS - 1)
#define N_CODES 256

static char *model_folder;

static const MonocleTask *
find_task (const char *id)
{
  return test_find_family_task (monocle_unifiedio_list_tasks, id);
}

static MonocleRun *
ask (MonocleSession *session, const MonocleRequest *request)
{
  return test_run_or_die (session, request);
}

/* --- answers ------------------------------------------------------------------------------ */

/* Each token is the best of words, behind those before it. */
static void
test_words (void)
{
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autoptr (TestFolder) folder = test_folder_new ();
  const MonocleRequest request
      = { .task = find_task ("prompt"), .text = "the image", .max_tokens = 9 };
  g_autoptr (MonocleRun) run = ask (session, &request);
  g_autoptr (MonocleNpy) logits = NULL;
  g_autoptr (MonocleNpy) states = NULL;
  g_autoptr (GError) error = NULL;
  guint n_ids;
  const guint32 *ids = monocle_result_get_token_ids (run->results->pdata[0], &n_ids);

  g_assert_null (monocle_model_get_notes (model)[0]);
  g_assert_cmpuint (n_ids, >, 1);
  test_inspect (session, "the image", ids, n_ids, folder, &error);
  g_assert_no_error (error);
  logits = golden_read_stage (folder, "logits");
  states = golden_read_stage (folder, "encoder_states");
  g_assert_cmpuint (states->dims[1], ==, PHOTO_PATCHES + 3);
  for (guint i = 1; i < n_ids; i++)
    {
      const float *row = logits->f32 + (gsize) (i - 1) * N_ALL;
      guint best = 0;

      for (guint k = 1; k < HASHED_UNIFIEDIO_WORDS; k++)
        if (row[k] > row[best])
          best = k;
      g_assert_cmpuint (ids[i], ==, best);
    }
}

static void
test_side_by_side (void)
{
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);

  test_check_side_by_side (session, find_task ("region-to-category"));
}

/* (transfer full): the picture of an answer, and its tokens. */
static MonocleImage *
draw (MonocleSession *session, const MonocleRequest *request, guint32 ids[N_CODES + 2])
{
  g_autoptr (MonocleRun) run = ask (session, request);
  const MonocleResult *result = run->results->pdata[0];
  const MonoclePart *part;
  guint n_ids;
  const guint32 *found = monocle_result_get_token_ids (result, &n_ids);

  g_assert_true (monocle_result_is_well_formed (result));
  g_assert_cmpuint (n_ids, ==, N_CODES + 2);
  g_assert_cmpuint (found[0], ==, 0);
  g_assert_cmpuint (found[1], ==, PICTURE);
  for (guint i = 2; i < n_ids; i++)
    {
      g_assert_cmpuint (found[i], >=, HASHED_UNIFIEDIO_WORDS);
      g_assert_cmpuint (found[i], <, N_ALL);
    }
  memcpy (ids, found, n_ids * sizeof *ids);
  g_assert_cmpuint (monocle_result_get_n_parts (result), ==, 1);
  part = monocle_result_get_part (result, 0);
  g_assert_cmpint (part->kind, ==, MONOCLE_PART_PICTURE);
  return monocle_image_ref (part->picture);
}

/* Another seed draws something else. */
static void
test_generate (void)
{
  const MonocleSampling other = { .temperature = 1, .top_p = 0.9, .seed = 5 };
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  MonocleRequest request = { .task = find_task ("generate"), .text = "the image" };
  guint32 ids[2][N_CODES + 2];
  g_autoptr (MonocleImage) first = draw (session, &request, ids[0]);
  g_autoptr (MonocleImage) second = NULL;

  request.sampling = &other;
  second = draw (session, &request, ids[1]);
  g_assert_cmpuint (monocle_image_get_width (first), ==, MONOCLE_UNIFIEDIO_DRAWN_SIDE);
  g_assert_cmpuint (monocle_image_get_height (first), ==, MONOCLE_UNIFIEDIO_DRAWN_SIDE);
  g_assert_true (memcmp (ids[0], ids[1], sizeof ids[0]) != 0);
}

/* Where almost nothing may be drawn it is what the logits say is best. */
static void
test_depth (void)
{
  const MonocleSampling best = { .temperature = 1, .top_p = 1e-9 };
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  g_autoptr (TestFolder) folder = test_folder_new ();
  const MonocleRequest request = { .task = find_task ("depth"), .sampling = &best };
  guint32 ids[N_CODES + 2];
  g_autoptr (MonocleImage) picture = draw (session, &request, ids);
  g_autoptr (MonocleNpy) logits = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (monocle_image_get_width (picture), ==, 131);
  g_assert_cmpuint (monocle_image_get_height (picture), ==, 97);
  test_inspect (session, "What is the depth map of the image ?", ids, N_CODES + 1, folder, &error);
  g_assert_no_error (error);
  logits = golden_read_stage (folder, "logits");
  for (guint i = 1; i <= N_CODES; i++)
    {
      const float *row = logits->f32 + (gsize) i * N_ALL;
      guint most = HASHED_UNIFIEDIO_WORDS;

      for (guint k = most; k < N_ALL; k++)
        if (row[k] > row[most])
          most = k;
      g_assert_cmpuint (ids[i + 1], ==, most);
    }
}

/* (transfer full): the photo with another colour at a place. */
static MonocleImage *
dye (guint x, guint y)
{
  g_autofree char *path = test_fixture (PHOTO);
  g_autoptr (MonocleImage) photo = test_read_image (path);
  const gsize n = 3 * (gsize) monocle_image_get_width (photo) * monocle_image_get_height (photo);
  guint8 *pixels = g_memdup2 (monocle_image_get_pixels (photo), n);

  memset (pixels + 3 * (y * monocle_image_get_width (photo) + x), 7, 3);
  return monocle_image_new_take_pixels (monocle_image_get_width (photo),
                                        monocle_image_get_height (photo), pixels, NULL);
}

/* What is hidden does not count, and the same seed draws the same; what is not hidden counts. */
static void
test_inpaint (void)
{
  static const guint dyed[][2] = { { 0, 0 }, { 60, 50 }, { 64, 50 } };
  const MonocleBox region = { 30, 20, 100, 80 };
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  const MonocleRequest request
      = { .task = find_task ("inpaint"), .text = "the", .regions = &region, .n_regions = 1 };
  guint32 ids[G_N_ELEMENTS (dyed)][N_CODES + 2];

  for (guint i = 0; i < G_N_ELEMENTS (dyed); i++)
    {
      g_autoptr (MonocleImage) image = dye (dyed[i][0], dyed[i][1]);
      g_autoptr (MonocleSession) session = monocle_session_new (model, image);
      g_autoptr (MonocleImage) picture = draw (session, &request, ids[i]);

      g_assert_cmpuint (monocle_image_get_width (picture), ==, 131);
      g_assert_cmpuint (monocle_image_get_height (picture), ==, 97);
    }
  g_assert_true (memcmp (ids[0], ids[1], sizeof ids[0]) != 0);
  g_assert_cmpmem (ids[1], sizeof ids[1], ids[2], sizeof ids[2]);
}

/* --- as far as it is there ---------------------------------------------------------------- */

static MonocleDrawing *
find_drawing (gpointer model)
{
  return &((MonocleUnifiedio *) model)->drawing;
}

static void
test_rows (void)
{
  const DrawnRows rows = { .family = &monocle_family_unifiedio,
                           .folder = model_folder,
                           .prompt = "What is the complete image? Text: \" the \" .",
                           .find_drawing = find_drawing,
                           .side = 256 };

  drawn_rows_check (&rows, TRUE);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  model_folder = test_folder_new ();
  hashed_unifiedio_write_model (model_folder);
  g_test_add_func ("/unifiedio/words", test_words);
  g_test_add_func ("/unifiedio/side-by-side", test_side_by_side);
  g_test_add_func ("/unifiedio/generate", test_generate);
  g_test_add_func ("/unifiedio/depth", test_depth);
  g_test_add_func ("/unifiedio/inpaint", test_inpaint);
  g_test_add_func ("/unifiedio/rows", test_rows);
  status = g_test_run ();
  test_folder_free (model_folder);
  return test_end (status);
}
