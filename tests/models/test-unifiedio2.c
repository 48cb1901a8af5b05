/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO 2 as a model: answers against what its logits say token by token, questions side by
 * side, places that are wanted together, pictures. That its numbers are right is for
 * test-unifiedio2-hashed and test-vqgan to say.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/models/unifiedio2/private.h"
#include "drawn-rows.h"
#include "golden.h"
#include "hashed-unifiedio2.h"

#define PHOTO "pictures/photo-131x97.png"

/* Of which only the patches in the middle of the square hold something. */
#define LONG "pictures/photo-113x29.png"

#define N_CODES  HASHED_UNIFIEDIO2_CODES
#define N_PIECES 80

static char *model_folder;

static const MonocleTask *
find_task (const char *id)
{
  return test_find_family_task (monocle_unifiedio2_list_tasks, id);
}

/* (transfer full): of an answer's tokens, what each might have been */
static MonocleNpy *
inspect (MonocleSession *session, const char *prompt, const guint32 *ids, guint n_ids)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autoptr (MonocleNpy) states = NULL;
  g_autoptr (MonocleNpy) rows = NULL;
  g_autoptr (GError) error = NULL;

  test_inspect (session, prompt, ids, n_ids, folder, &error);
  g_assert_no_error (error);
  states = golden_read_stage (folder, "encoder_states");
  rows = golden_read_stage (folder, "image_embeds");
  g_assert_cmpuint (states->dims[1], >, rows->dims[1]);
  return golden_read_stage (folder, "logits");
}

static guint
find_best (const float *row, guint first, guint end)
{
  guint best = first;

  for (guint k = first + 1; k < end; k++)
    if (row[k] > row[best])
      best = k;
  return best;
}

/* --- words -------------------------------------------------------------------------------- */

/* Each token is the best of words, behind those before it. */
static void
test_words (void)
{
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  const MonocleRequest request
      = { .task = find_task ("prompt"), .text = "the image", .max_tokens = 9 };
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request);
  g_autoptr (MonocleNpy) logits = NULL;
  guint n_ids;
  const guint32 *ids = monocle_result_get_token_ids (run->results->pdata[0], &n_ids);

  g_assert_null (monocle_model_get_notes (model)[0]);
  g_assert_cmpuint (n_ids, >, 1);
  logits = inspect (session, "[Text] [S] the image", ids, n_ids);
  for (guint i = 1; i < n_ids; i++)
    {
      const guint n = (guint) logits->dims[2];

      g_assert_cmpuint (ids[i], ==, find_best (logits->f32 + (gsize) (i - 1) * n, 0, n));
    }
}

static void
test_side_by_side (void)
{
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);

  test_check_side_by_side (session, find_task ("region-to-category"));
}

/* How many tokens of an answer that is drawn almost by chance are no places. */
static guint
count_others (MonocleSession *session, const char *task, guint n_pieces)
{
  const MonocleSampling wild = { .temperature = 100, .top_p = 1, .seed = 3 };
  const MonocleRequest request
      = { .task = find_task (task), .text = "dog", .max_tokens = 20, .sampling = &wild };
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request);
  guint n_ids, n = 0;
  const guint32 *ids = monocle_result_get_token_ids (run->results->pdata[0], &n_ids);

  for (guint i = 1; i < n_ids; i++)
    n += ids[i] < n_pieces || ids[i] >= n_pieces + 1000 ? 1 : 0;
  return n;
}

/* Most tokens are places: where those are wanted one of them comes each time. */
static void
test_places (void)
{
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, LONG);
  guint n_pieces;
  g_autoptr (GByteArray) pieces = hashed_unifiedio2_make_pieces (&n_pieces);

  g_assert_cmpuint (count_others (session, "find-words", n_pieces), ==, 0);
  g_assert_cmpuint (count_others (session, "prompt", n_pieces), >, 0);
}

/* --- pictures ----------------------------------------------------------------------------- */

/* The tokens of an answer. */
static void
read_codes (const MonocleResult *result, guint32 ids[N_CODES + 1])
{
  guint n_ids;
  const guint32 *found = monocle_result_get_token_ids (result, &n_ids);

  g_assert_true (monocle_result_is_well_formed (result));
  g_assert_cmpuint (n_ids, ==, N_CODES + 1);
  g_assert_cmpuint (found[0], ==, 0);
  for (guint i = 1; i < n_ids; i++)
    {
      g_assert_cmpuint (found[i], >=, 2);
      g_assert_cmpuint (found[i], <, 66);
    }
  memcpy (ids, found, n_ids * sizeof *ids);
}

/* (transfer full): the picture of an answer, and its tokens. */
static MonocleImage *
draw (MonocleSession *session, const MonocleRequest *request, guint32 ids[N_CODES + 1])
{
  g_autoptr (MonocleRun) run = test_run_or_die (session, request);
  const MonocleResult *result = run->results->pdata[0];
  const MonoclePart *part;

  read_codes (result, ids);
  g_assert_cmpuint (monocle_result_get_n_parts (result), ==, 1);
  part = monocle_result_get_part (result, 0);
  g_assert_cmpint (part->kind, ==, MONOCLE_PART_PICTURE);
  return monocle_image_ref (part->picture);
}

/* Where almost nothing may be drawn it is what the logits say is best; depth has no colours, and is
 * as large as what was seen. */
static void
test_depth (void)
{
  const MonocleSampling best = { .temperature = 1, .top_p = 1e-9 };
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  const MonocleRequest request = { .task = find_task ("depth"), .sampling = &best };
  guint32 ids[N_CODES + 1];
  g_autoptr (MonocleImage) picture = draw (session, &request, ids);
  const guint8 *pixels = monocle_image_get_pixels (picture);
  g_autoptr (MonocleNpy) logits = NULL;

  g_assert_cmpuint (monocle_image_get_width (picture), ==, 131);
  g_assert_cmpuint (monocle_image_get_height (picture), ==, 97);
  for (gsize i = 0; i < 131 * 97; i++)
    g_assert_true (pixels[3 * i] == pixels[3 * i + 1] && pixels[3 * i] == pixels[3 * i + 2]);
  logits = inspect (session, "[Image] [S] What is the depth map of the image ?", ids, N_CODES);
  g_assert_cmpuint (logits->dims[2], ==, N_PIECES);
  for (guint i = 0; i < N_CODES; i++)
    g_assert_cmpuint (ids[i + 1], ==, find_best (logits->f32 + (gsize) i * N_PIECES, 2, 66));
}

/* What is drawn of words is led away from what is drawn of none, and the image does not count. */
static void
test_generate (void)
{
  const MonocleSampling best = { .temperature = 1, .top_p = 1e-9 };
  const MonocleSampling other = { .temperature = 1, .top_p = 1, .seed = 5 };
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) photo = test_open_fixture (model, PHOTO);
  g_autoptr (MonocleSession) small = test_open_fixture (model, LONG);
  MonocleRequest request = { .task = find_task ("generate"), .text = "the dog", .sampling = &best };
  guint32 ids[3][N_CODES + 1];
  g_autoptr (MonocleImage) first = draw (photo, &request, ids[0]);
  g_autoptr (MonocleImage) second = draw (small, &request, ids[1]);
  g_autoptr (MonocleImage) third = NULL;

  request.sampling = &other;
  third = draw (photo, &request, ids[2]);
  g_assert_cmpuint (monocle_image_get_width (first), ==, HASHED_UNIFIEDIO2_SIDE);
  g_assert_cmpuint (monocle_image_get_height (first), ==, HASHED_UNIFIEDIO2_SIDE);
  g_assert_cmpmem (ids[0], sizeof ids[0], ids[1], sizeof ids[1]);
  g_assert_true (memcmp (ids[0], ids[2], sizeof ids[0]) != 0);
}

/* Two regions, one picture each: where it is light. */
static void
test_outline (void)
{
  static const MonocleBox regions[] = { { 0, 0, 40, 30 }, { 20, 10, 131, 97 } };
  g_autoptr (MonocleModel) model = test_load_or_die (model_folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  const MonocleRequest request = { .task = find_task ("outline-in-region"),
                                   .text = "the dog",
                                   .regions = regions,
                                   .n_regions = G_N_ELEMENTS (regions) };
  g_autoptr (MonocleRun) run = test_run_or_die (session, &request);

  g_assert_cmpuint (run->results->len, ==, G_N_ELEMENTS (regions));
  for (guint i = 0; i < run->results->len; i++)
    {
      const MonocleResult *result = run->results->pdata[i];
      guint32 ids[N_CODES + 1];

      read_codes (result, ids);
      for (guint k = 0; k < monocle_result_get_n_parts (result); k++)
        {
          const MonoclePart *part = monocle_result_get_part (result, k);

          g_assert_cmpint (part->kind, ==, MONOCLE_PART_OBJECT);
          g_assert_cmpstr (part->object->label, ==, "the dog");
        }
    }
}

/* --- as far as it is there ---------------------------------------------------------------- */

static MonocleDrawing *
find_drawing (gpointer model)
{
  return &((MonocleUnifiedio2 *) model)->drawing;
}

static void
test_rows (void)
{
  const DrawnRows rows = { .family = &monocle_family_unifiedio2,
                           .folder = model_folder,
                           .prompt = "[Image] [S] the dog",
                           .find_drawing = find_drawing,
                           .side = HASHED_UNIFIEDIO2_SIDE };

  drawn_rows_check (&rows, FALSE);
  drawn_rows_check (&rows, TRUE);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  model_folder = test_folder_new ();
  hashed_unifiedio2_write_model (model_folder);
  g_test_add_func ("/unifiedio2/words", test_words);
  g_test_add_func ("/unifiedio2/side-by-side", test_side_by_side);
  g_test_add_func ("/unifiedio2/places", test_places);
  g_test_add_func ("/unifiedio2/depth", test_depth);
  g_test_add_func ("/unifiedio2/generate", test_generate);
  g_test_add_func ("/unifiedio2/outline", test_outline);
  g_test_add_func ("/unifiedio2/rows", test_rows);
  status = g_test_run ();
  test_folder_free (model_folder);
  return test_end (status);
}
