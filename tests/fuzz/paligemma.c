/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of PaliGemma, gone wild: the first byte says how they are read, each one after it is a
 * token: a place, a code of a mask, a raw byte or words.
 */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "engine/models/paligemma/parse.h"
#include "small-tokenizer.h"

#define MAX_IDS     1024
#define FIRST_WORD  64
#define FIRST_PLACE 128
#define FIRST_CODE  224

static const char *const words[] = { " cat", ";", " ; ", "\xe2\x82", "<loc", " ", "\n", "<eos>" };

static MonocleTokenizer *
make_tokenizer (MonoclePaligemmaTokens *tokens)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  MonocleTokenizer *tokenizer;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_ptr_array_add (all, g_strdup (words[i]));
  for (guint i = 0; i < MONOCLE_PALIGEMMA_LOCS; i++)
    g_ptr_array_add (all, g_strdup_printf ("<loc%04u>", i));
  for (guint i = 0; i < MONOCLE_PALIGEMMA_CODES; i++)
    g_ptr_array_add (all, g_strdup_printf ("<seg%03u>", i));
  tokenizer = make_small_tokenizer ((const char *const *) all->pdata, all->len);
  g_assert_true (monocle_paligemma_tokens_find (tokens, tokenizer, "small", NULL));
  return tokenizer;
}

static guint32
choose_id (const MonoclePaligemmaTokens *tokens, guint8 byte, guint index)
{
  if (byte < FIRST_WORD)
    return byte + 32;
  if (byte < FIRST_PLACE)
    return 256 + byte % (guint) G_N_ELEMENTS (words);
  /* What is a place at the ends of the sides, and beyond, counts most. */
  if (byte < FIRST_CODE)
    return tokens->first_loc + (byte * 131u + index) % MONOCLE_PALIGEMMA_LOCS;
  return byte == G_MAXUINT8 ? G_MAXUINT32
                            : tokens->first_seg + (byte * 7u + index) % MONOCLE_PALIGEMMA_CODES;
}

static void
check_result (const MonocleResult *result, guint width, guint height)
{
  const char *text = monocle_result_get_text (result);

  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      const MonocleRect box = monocle_shape_get_bounds (object->shape);

      g_assert_true (g_utf8_validate (object->label, -1, NULL));
      g_assert_null (strchr (object->label, ';'));
      g_assert_true (box.width > 0 && box.height > 0);
      g_assert_true (box.x >= 0 && box.y >= 0);
      g_assert_true (box.x + box.width <= width * 1.0001 && box.y + box.height <= height * 1.0001);
      g_assert_true (object->score > 0 && object->score <= 1);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static MonocleTokenizer *tokenizer = NULL;
  static MonoclePaligemmaTokens tokens;
  static const guint sides[] = { 1, 300, G_MAXUINT };
  guint32 ids[MAX_IDS];
  float log_probs[MAX_IDS];
  guint n = (guint) MIN (size, MAX_IDS), mode = n > 0 ? data[0] : 0;
  MonoclePaligemmaAnswer answer = { .tokens = &tokens, .ids = ids, .log_probs = log_probs };

  if (tokenizer == NULL)
    tokenizer = make_tokenizer (&tokens);
  for (guint i = 1; i < n; i++)
    {
      ids[i - 1] = choose_id (&tokens, data[i], i);
      log_probs[i - 1] = -0.1f * (float) (data[i] % 8);
    }
  answer.tokenizer = tokenizer;
  answer.n_ids = n > 0 ? n - 1 : 0;
  answer.whole = mode % 2;
  answer.width = sides[mode / 2 % G_N_ELEMENTS (sides)];
  answer.height = sides[mode / 6 % G_N_ELEMENTS (sides)];
  {
    g_autoptr (MonocleResult) result = monocle_paligemma_parse (&answer);

    check_result (result, answer.width, answer.height);
  }
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const guint8 boxes[]
      = { 3, 128, 129, 140, 150, 64, 66, 130, 131, 170, 190, 64, 65, 64, 128, 128, 128 };
  static const guint8 masks[]
      = { 9,   128, 129, 140, 150, 69,  224, 225, 226, 227, 228, 229, 230, 231,
          232, 233, 234, 235, 236, 237, 238, 239, 64,  66,  128, 129, 224, 224 };
  static const guint8 text[] = { 1, 33, 40, 50, 67, 64, 71, 255 };

  fuzz_add_seed (seeds, boxes, sizeof boxes);
  fuzz_add_seed (seeds, masks, sizeof masks);
  fuzz_add_seed (seeds, text, sizeof text);
}
