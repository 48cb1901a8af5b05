/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers from a model gone wild: each input byte is a token, a raw byte or a piece of the
 * grammars.
 */
#include "config.h"

#include "fuzz.h"

#include "engine/models/florence2/parse.h"
#include "small-tokenizer.h"

#define FIRST_PIECE 192
#define MAX_IDS     4096

static const char *const pieces[] = {
  "<loc_0>",        "<loc_7>",  "<loc_999>", "<loc_1000>", "<loc_",  "<loc_99999999999999999999>",
  "<sep>",          "<poly>",   "</poly>",   "<s>",        "</s>",   "<pad>",
  "<od>",           "\xe2\x82", "\xd9\xa3",  "car",        " dog\n", "\xc2\x85",
  "<loc_\xd9\xa3>",
};

/* Whatever is written, it can be asked of. */
static void
assert_covers (const MonocleShape *shape)
{
  g_autoptr (MonocleMaskRuns) mask = monocle_shape_to_mask (shape, 9, 7);
  g_autoptr (MonocleShape) copy = monocle_shape_transform (shape, &MONOCLE_MATRIX_IDENTITY);

  g_assert_cmpuint (monocle_mask_runs_get_area (mask), <=, 63);
  g_assert_true (monocle_shape_equal (shape, copy));
  monocle_shape_hit (shape, 4, 3, 1);
}

static void
check_result (const MonocleResult *result)
{
  g_assert_true (g_utf8_validate (monocle_result_get_generated_text (result), -1, NULL));
  g_assert_true (monocle_result_get_text (result) == NULL
                 || g_utf8_validate (monocle_result_get_text (result), -1, NULL));
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      guint n_rings;

      g_assert_true (g_utf8_validate (object->label, -1, NULL));
      monocle_shape_get_rings (object->shape, &n_rings);
      g_assert_cmpuint (n_rings, >, 0);
      assert_covers (object->shape);
      g_assert_true (object->score > 0 && object->score <= 1);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static MonocleTokenizer *tokenizer = NULL;
  static const char *const ignored[] = { "car", NULL };
  guint32 ids[MAX_IDS];
  float log_probs[MAX_IDS];
  guint n = (guint) MIN (size, MAX_IDS);

  if (tokenizer == NULL)
    tokenizer = make_small_tokenizer (pieces, G_N_ELEMENTS (pieces));

  for (guint i = 0; i < n; i++)
    {
      ids[i] = data[i] < FIRST_PIECE
                   ? data[i]
                   : 256 + (data[i] - FIRST_PIECE) % (guint) G_N_ELEMENTS (pieces);
      log_probs[i] = -0.1f * (float) (data[i] % 8);
    }
  for (guint i = 0; i < 2 * (MONOCLE_GRAMMAR_QUADS + 1); i++)
    {
      MonocleParseRequest request = {
        .tokenizer = tokenizer,
        .answer = (MonocleGrammarKind) (i / 2),
        .extent = i % 2 == 0 ? MONOCLE_PARSE_WHOLE : MONOCLE_PARSE_PREFIX,
        .ids = ids,
        .log_probs = log_probs,
        .n_ids = n,
        .width = 640,
        .height = G_MAXUINT,
        .ignored_phrases = ignored,
      };
      g_autoptr (MonocleResult) result = monocle_parse (&request);

      check_result (result);
    }
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  /* Bytes from FIRST_PIECE on are pieces by their number. */
  static const guint8 boxes[]
      = { 202, 201, 207, 192, 193, 194, 193, 192, 192, 192, 192, 208, 193, 193, 193, 195 };
  static const guint8 polygons[]
      = { 'c', 199, 193, 193, 194, 194, 198, 193, 192, 200, 199, 192, 192, 200, 'd', 199 };
  static const guint8 quads[]
      = { 'S', 'T', 193, 193, 193, 193, 193, 193, 193, 193, '\n', 205, 192, 193 };

  fuzz_add_seed (seeds, boxes, sizeof boxes);
  fuzz_add_seed (seeds, polygons, sizeof polygons);
  fuzz_add_seed (seeds, quads, sizeof quads);
}
