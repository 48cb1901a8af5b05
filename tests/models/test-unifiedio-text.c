/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unified-IO without a device: what it is asked, which tokens there are, how answers are read,
 * masks, what of a picture is read, the published sizes, files that are refused.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/models/unifiedio/private.h"
#include "hashed-unifiedio.h"
#include "hashed-vqgan.h"
#include "model-test.h"

#define PICTURE   (HASHED_UNIFIEDIO_WORDS - 1)
#define FIRST_BIN HASHED_UNIFIEDIO_PIECES

static char *model_folder;

static const MonocleTask *
find_task (const char *id)
{
  return test_find_family_task (monocle_unifiedio_list_tasks, id);
}

/* --- what is asked ------------------------------------------------------------------------ */

static void
test_prompts (void)
{
  static const struct
  {
    const char *id, *text;
    gboolean has_region;
    const char *prompt;
  } rows[] = {
    { "caption", NULL, FALSE, "What does the image describe ?" },
    { "find-words", " Red Car\n", FALSE, "Which region does the text \" Red Car \" describe ?" },
    { "answer-question", " What IS it? ", FALSE, "what is it?" },
    { "outline-words", "dog", FALSE, "What is the segmentation of \" dog \" ?" },
    { "depth", NULL, FALSE, "What is the depth map of the image ?" },
    { "normals", NULL, FALSE, "What is the surface normal of the image ?" },
    { "generate", "a Dog", FALSE, "What is the complete image? Text: \" a Dog \" ." },
    { "region-to-category", NULL, TRUE,
      "What is the category of region \" <extra_id_199> <extra_id_349> <extra_id_599> "
      "<extra_id_1099> \" ?" },
    { "region-to-description", "<extra_id_100> <extra_id_101><extra_id_102> <extra_id_1099>", FALSE,
      "What does the region \" <extra_id_100> <extra_id_101><extra_id_102> <extra_id_1099> \" "
      "describe ?" },
    { "inpaint", "a cat", TRUE,
      "Filling the blank region \" <extra_id_199> <extra_id_349> <extra_id_599> <extra_id_1099> a "
      "cat \" ?" },
    { "prompt", "What-ever", FALSE, "What-ever" },
  };
  /* Of a picture 400 wide: y 0.1 and 0.5, x 0.25 and 1 of that. */
  const MonocleBox region = { 100, 40, 400, 200 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *prompt
          = monocle_unifiedio_write_prompt (find_task (rows[i].id), rows[i].text,
                                            rows[i].has_region ? &region : NULL, 400, 300, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (prompt, ==, rows[i].prompt);
    }
  {
    guint edges[4];
    g_autofree char *words
        = monocle_unifiedio_task_find_words (find_task ("outline-words"), rows[3].prompt);

    g_assert_cmpstr (words, ==, "dog");
    g_assert_true (monocle_unifiedio_find_region (rows[9].prompt, edges));
    g_assert_cmpuint (edges[0], ==, 249);
    g_assert_cmpuint (edges[1], ==, 99);
    g_assert_cmpuint (edges[2], ==, 999);
    g_assert_cmpuint (edges[3], ==, 499);
    g_assert_false (monocle_unifiedio_find_region ("<extra_id_100> <extra_id_99> no", edges));
  }
}

static void
test_refused_prompts (void)
{
  static const char *const rows[][2] = {
    { "answer-question", " \n" },
    { "outline-words", "dog\ncat" },
    { "region-to-category", "<extra_id_100> <extra_id_101> <extra_id_102>" },
    { "region-to-category", "<extra_id_100> <extra_id_101> <extra_id_102> <extra_id_1100>" },
    { "region-to-category", "<extra_id_100> <extra_id_101> <extra_id_102> <extra_id_103> a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          monocle_unifiedio_write_prompt (find_task (rows[i][0]), rows[i][1], NULL, 8, 8, &error));
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
    }
}

/* Of T5's 32,000 pieces and a hundred tokens more: <extra_id_100> is 32999, and so on. */
static void
test_tokens (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (model_folder, &error);
  g_autoptr (GArray) ids = NULL;
  MonocleUnifiedioTokens tokens;
  static const guint32 wanted[] = { FIRST_BIN + 999, FIRST_BIN + 0, FIRST_BIN + 1099, 4, 1 };

  g_assert_no_error (error);
  g_assert_false (
      monocle_unifiedio_tokens_find (&tokens, tokenizer, FIRST_BIN + 1100, "x", &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
  g_clear_error (&error);
  monocle_unifiedio_tokens_find (&tokens, tokenizer, HASHED_UNIFIEDIO_WORDS, "x", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tokens.pad, ==, 0);
  g_assert_cmpuint (tokens.end, ==, 1);
  g_assert_cmpuint (tokens.first_place, ==, FIRST_BIN);
  g_assert_cmpuint (tokens.picture, ==, PICTURE);
  ids = monocle_tokenizer_encode (tokenizer, " <extra_id_100> <extra_id_1099><extra_id_0> the",
                                  MONOCLE_SPECIALS_WRAP);
  g_assert_cmpmem (ids->data, ids->len * sizeof (guint32), wanted, sizeof wanted);
}

static MonocleResult *
parse (MonocleUnifiedioForm form, gboolean whole, const guint32 *ids, guint n_ids)
{
  static const float log_probs[16] = { 0 };
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (model_folder, NULL);
  MonocleUnifiedioTokens tokens;
  MonocleUnifiedioAnswer answer = {
    .tokenizer = tokenizer,
    .tokens = &tokens,
    .form = form,
    .words = "dog",
    .whole = whole,
    .ids = ids,
    .log_probs = log_probs,
    .n_ids = n_ids,
    .width = 200,
    .height = 100,
  };

  g_assert_true (
      monocle_unifiedio_tokens_find (&tokens, tokenizer, HASHED_UNIFIEDIO_WORDS, "x", NULL));
  return monocle_unifiedio_parse (&answer);
}

/* y before x, and a bin counts as one more than it is. */
#define BIN(q) (FIRST_BIN + 999 - (q))

static void
check_box (const MonocleResult *result, guint index, const char *label, const float edges[4])
{
  const MonocleObject *object = monocle_result_get_object (result, index);
  const MonocleBox box = monocle_shape_get_box (object->shape);
  const float found[] = { box.x1, box.y1, box.x2, box.y2 };

  g_assert_cmpstr (object->label, ==, label);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (found[i], edges[i], 1e-4);
}

static void
test_parse (void)
{
  static const guint32 words[] = { 4, 5, 1 };
  /* One without words of its own, one with, one that is upside down. */
  static const guint32 boxes[]
      = { BIN (99), BIN (199), BIN (299), BIN (999), BIN (0), BIN (0), BIN (49),
          BIN (49), 4,         BIN (9),   BIN (9),   BIN (4), BIN (4), 1 };
  static const guint32 torn[] = { BIN (99), BIN (199), BIN (299), 4, 1 };
  g_autoptr (MonocleResult) text = parse (MONOCLE_UNIFIEDIO_WORDS, TRUE, words, 3);
  g_autoptr (MonocleResult) found
      = parse (MONOCLE_UNIFIEDIO_BOXES, TRUE, boxes, G_N_ELEMENTS (boxes));
  g_autoptr (MonocleResult) early = parse (MONOCLE_UNIFIEDIO_BOXES, FALSE, boxes, 7);
  g_autoptr (MonocleResult) bad = parse (MONOCLE_UNIFIEDIO_BOXES, TRUE, torn, G_N_ELEMENTS (torn));

  g_assert_cmpstr (monocle_result_get_text (text), ==, "the image");
  g_assert_true (monocle_result_is_well_formed (found));
  g_assert_cmpuint (monocle_result_get_n_objects (found), ==, 2);
  check_box (found, 0, "dog", (const float[]){ 40, 20, 200, 60 });
  check_box (found, 1, "the", (const float[]){ 0.2f, 0.2f, 10, 10 });
  g_assert_cmpuint (monocle_result_get_n_objects (early), ==, 1);
  g_assert_false (monocle_result_is_well_formed (bad));
  g_assert_cmpuint (monocle_result_get_n_objects (bad), ==, 0);
}

/* What is drawn in @colour, from @x on, and a speck beside it. */
static void
paint (guint8 *pixels, guint x, guint y, guint side, guint8 red, guint8 green, guint8 blue)
{
  for (guint i = 0; i < side * side; i++)
    {
      guint8 *pixel = pixels + 3 * ((y + i / side) * MONOCLE_UNIFIEDIO_DRAWN_SIDE + x + i % side);

      pixel[0] = red;
      pixel[1] = green;
      pixel[2] = blue;
    }
}

static void
test_masks (void)
{
  guint8 *pixels = g_malloc0 (3 * MONOCLE_UNIFIEDIO_DRAWN_SIDE * MONOCLE_UNIFIEDIO_DRAWN_SIDE);
  g_autoptr (MonocleResult) result = monocle_result_new ();
  g_autoptr (MonocleImage) drawn = NULL;
  const MonocleMaskRuns *white, *green;

  paint (pixels, 0, 0, 64, 250, 255, 245);
  paint (pixels, 100, 100, 3, 255, 255, 255);
  paint (pixels, 128, 64, 32, 10, 200, 10);
  paint (pixels, 128, 160, 32, 200, 0, 0); /* below what was seen */
  paint (pixels, 200, 8, 16, 20, 20, 20);  /* dark */
  drawn = monocle_image_new_take_pixels (MONOCLE_UNIFIEDIO_DRAWN_SIDE, MONOCLE_UNIFIEDIO_DRAWN_SIDE,
                                         pixels, NULL);
  monocle_unifiedio_add_masks (result, drawn, "dog", 512, 256);
  g_assert_cmpuint (monocle_result_get_n_objects (result), ==, 2);
  g_assert_cmpstr (monocle_result_get_object (result, 0)->label, ==, "dog");
  white = monocle_shape_get_mask (monocle_result_get_object (result, 0)->shape);
  green = monocle_shape_get_mask (monocle_result_get_object (result, 1)->shape);
  g_assert_cmpuint (white->width, ==, 512);
  g_assert_cmpuint (white->height, ==, 256);
  g_assert_cmpuint (monocle_mask_runs_get_area (white), ==, 128 * 128);
  g_assert_cmpuint (monocle_mask_runs_get_area (green), ==, 64 * 64);
  g_assert_true (monocle_mask_runs_has (green, 256, 128));
  g_assert_false (monocle_mask_runs_has (green, 255, 128));
}

/* --- what is read ------------------------------------------------------------------------- */

static void
test_patches (void)
{
  guint8 *pixels = g_malloc (3 * 768 * 100);
  MonocleFamilyTiming timing;
  g_autoptr (MonocleImage) image = NULL;
  MonocleUnifiedioSeen *seen;
  const float *patch;

  for (guint i = 0; i < 768 * 100; i++)
    memcpy (pixels + 3 * i, (const guint8[]){ 255, 0, 51 }, 3);
  image = monocle_image_new_take_pixels (768, 100, pixels, NULL);
  seen = monocle_unifiedio_prepare (NULL, image, NULL, NULL, NULL, &timing, NULL);
  /* 384 by 50: the fourth row holds two lines of it. */
  g_assert_cmpuint (seen->n, ==, 24 * 4);
  g_assert_cmpuint (seen->n, ==, monocle_unifiedio_count_patches (768, 100));
  g_assert_cmpuint (seen->places[25], ==, MONOCLE_UNIFIEDIO_PATCHES + 1);
  patch = seen->patches + 72 * MONOCLE_UNIFIEDIO_PATCH;
  for (guint y = 0; y < 16; y++)
    for (guint c = 0; c < 3; c++)
      {
        static const double mean[] = { 0.485, 0.456, 0.406 }, deviation[] = { 0.229, 0.224, 0.225 };
        const double wanted = y < 2 ? (c == 0 ? 1 : c == 1 ? 0 : 0.2) : 0;

        g_assert_cmpfloat_with_epsilon (patch[(y * 16 + 5) * 3 + c],
                                        (float) ((wanted - mean[c]) / deviation[c]), 1e-5);
      }
  monocle_unifiedio_discard (NULL, seen);
}

/* --- published sizes ---------------------------------------------------------------------- */

/* What each is made of adds up to what is published of it; the smallest is one. */
static void
test_published (void)
{
  static const struct
  {
    MonocleUnifiedioConfig config;
    guint64 n_parameters;
  } sizes[] = {
    { { 512, 6, 64, 8, 1024, 33152, 16384, 2, 256 }, 71693184 },
    { { 768, 12, 64, 12, 2048, 33152, 16384, 2, 256 }, 241446912 },
    { { 1024, 16, 64, 24, 2816, 33152, 16384, 2, 256 }, 776548352 },
    { { 2048, 32, 64, 24, 5120, 33152, 16384, 8, 256 }, 2849161216 },
  };
  const MonocleVqganConfig vqgan = {
    .names = MONOCLE_VQGAN_NAMES_JOINED,
    .is_flax = TRUE,
    .codes = "quantize.embedding",
    .channels = 128,
    .multiples = { 1, 1, 2, 2, 4 },
    .attends = { FALSE, FALSE, FALSE, FALSE, TRUE },
    .n_levels = 5,
    .n_blocks = 2,
    .z_channels = 256,
    .n_codes = 16384,
    .code_width = 256,
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TestFolder) folder = test_folder_new ();
      g_autoptr (GPtrArray) shapes = hashed_unifiedio_list (&sizes[i].config);
      g_autofree char *tiny = NULL;
      g_autoptr (GError) error = NULL;
      guint64 n = 0;

      for (guint k = 0; k < shapes->len; k++)
        n += tensor_shape_get_n_elements (shapes->pdata[k]);
      g_assert_cmpuint (n, ==, sizes[i].n_parameters);
      hashed_vqgan_list (shapes, MONOCLE_UNIFIEDIO_VQGAN, &vqgan);
      for (guint k = 0; k < shapes->len; k++)
        n += tensor_shape_get_n_elements (shapes->pdata[k]);
      g_assert_cmpuint (n, ==, 2 * sizes[i].n_parameters + 76073859);
      hashed_unifiedio_write_model (folder);
      tiny = g_build_filename (folder, "tiny_1000k.bin", NULL);
      g_assert_cmpint (g_unlink (tiny), ==, 0);
      checkpoint_file_write (folder, shapes, NULL, NULL);
      g_assert_true (monocle_model_check (folder, &error));
      g_assert_no_error (error);
    }
}

/* --- files -------------------------------------------------------------------------------- */

static void
test_torn (void)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "tiny_1000k.bin", NULL);
  g_autofree char *contents = NULL;
  gsize n;

  hashed_unifiedio_write_model (folder);
  g_assert_true (g_file_get_contents (path, &contents, &n, NULL));
  for (gsize length = n - 1; length > 16; length /= 3)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, contents, (gssize) length, NULL));
      g_assert_false (monocle_model_check (folder, &error));
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
      g_assert_nonnull (strstr (error->message, "tiny_1000k.bin"));
      g_assert_nonnull (strstr (error->message, "ends in the middle"));
    }
}

/* What is in @from is called @to. */
static void
rename_key (const char *path, const char *from, const char *to)
{
  g_autofree char *contents = NULL;
  gsize n, length = strlen (from);
  char *found;

  g_assert_cmpuint (length, ==, strlen (to));
  g_assert_true (g_file_get_contents (path, &contents, &n, NULL));
  found = memmem (contents, n, from, length);
  g_assert_nonnull (found);
  memcpy (found, to, length);
  g_assert_true (g_file_set_contents (path, contents, (gssize) n, NULL));
}

static void
test_missing (void)
{
  static const struct
  {
    const char *from, *to, *words;
  } rows[] = {
    { "token_embedder", "token_embadder", "token_embedder.embedding" },
    { "conv_in", "conv_im", "conv_in" },
    { "wi_1", "wi_9", "mlp.wi_1.kernel" },
    { "rel_embedding", "ral_embedding", "image_rel_embedding" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TestFolder) folder = test_folder_new ();
      g_autofree char *path = g_build_filename (folder, "tiny_1000k.bin", NULL);
      g_autoptr (GError) error = NULL;

      hashed_unifiedio_write_model (folder);
      g_assert_true (monocle_model_check (folder, &error));
      rename_key (path, rows[i].from, rows[i].to);
      g_assert_false (monocle_model_check (folder, &error));
      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
      if (!strstr (error->message, rows[i].words))
        g_error ("%s: “%s”", rows[i].words, error->message);
    }
}

/* Others are called .bin as well. */
static void
test_other_bin (void)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "tiny_1000k.bin", NULL);
  g_autoptr (GError) error = NULL;

  hashed_unifiedio_write_model (folder);
  g_assert_true (g_file_set_contents (path, "\x80\x02}q\x01.", 6, NULL));
  g_assert_false (monocle_model_check (folder, &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE);
  g_assert_nonnull (strstr (error->message, "no weights here"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  model_folder = test_folder_new ();
  hashed_unifiedio_write_model (model_folder);
  g_test_add_func ("/unifiedio-text/prompts", test_prompts);
  g_test_add_func ("/unifiedio-text/prompts-refused", test_refused_prompts);
  g_test_add_func ("/unifiedio-text/tokens", test_tokens);
  g_test_add_func ("/unifiedio-text/parse", test_parse);
  g_test_add_func ("/unifiedio-text/masks", test_masks);
  g_test_add_func ("/unifiedio-text/patches", test_patches);
  g_test_add_func ("/unifiedio-text/published", test_published);
  g_test_add_func ("/unifiedio-text/torn", test_torn);
  g_test_add_func ("/unifiedio-text/missing", test_missing);
  g_test_add_func ("/unifiedio-text/other-bin", test_other_bin);
  status = g_test_run ();
  test_folder_free (model_folder);
  return status;
}
