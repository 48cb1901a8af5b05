/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of Qwen3-VL, gone wild: the first byte says how they are read, what comes after it is
 * the text, in tokens of a few bytes.
 */
#include "config.h"

#include "fuzz.h"

#include <math.h>
#include <string.h>

#include "engine/answer/result-private.h"
#include "engine/models/qwen3vl/parse.h"

#define MAX_IDS 1024

static void
check_result (const MonocleResult *result, guint width, guint height)
{
  for (guint i = 0; i < monocle_result_get_n_objects (result); i++)
    {
      const MonocleObject *object = monocle_result_get_object (result, i);
      const MonocleRect box = monocle_shape_get_bounds (object->shape);

      g_assert_true (g_utf8_validate (object->label, -1, NULL));
      g_assert_true (box.x >= 0 && box.y >= 0 && box.width >= 0 && box.height >= 0);
      g_assert_true (box.x + box.width <= width * 1.0001 && box.y + box.height <= height * 1.0001);
      g_assert_true (isnan (object->score) || (object->score > 0 && object->score <= 1));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const guint sides[] = { 1, 300, G_MAXUINT };
  const guint mode = size > 0 ? data[0] : 0, width = 1 + mode % 7;
  gsize ends[MAX_IDS];
  float log_probs[MAX_IDS];
  MonocleQwen3vlAnswer answer = { .bytes = data + 1,
                                  .n_bytes = size > 0 ? size - 1 : 0,
                                  .whole = mode % 2,
                                  .width = sides[mode / 2 % G_N_ELEMENTS (sides)],
                                  .height = sides[mode / 6 % G_N_ELEMENTS (sides)],
                                  .across = mode % 3 > 0 ? MONOCLE_QWEN3VL_PARTS : 28,
                                  .down = mode % 3 > 0 ? MONOCLE_QWEN3VL_PARTS : 3584 };
  g_autoptr (MonocleResult) result = monocle_result_new ();
  gboolean is_cut;

  /* Some say nothing, and there may be fewer than what was written. */
  for (gsize end = 0; answer.n_ids < MAX_IDS && end < answer.n_bytes; answer.n_ids++)
    {
      end = MIN (end + answer.n_ids % width, answer.n_bytes);
      ends[answer.n_ids] = end;
      log_probs[answer.n_ids] = -0.1f * (float) (answer.n_ids % 8);
    }
  if (mode < 128)
    {
      answer.ends = ends;
      answer.log_probs = log_probs;
    }
  monocle_qwen3vl_parse (&answer, result, &is_cut);
  check_result (result, answer.width, answer.height);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char *const texts[] = {
    "\003```json\n[\n\t{\"bbox_2d\": [100, 200, 300, 400], \"label\": \"cat\"},\n\t{\"bbox_2d\": "
    "[1, 2, 3.5, "
    "1e3], \"label\": \"do\\u00e9g\"}\n]\n```",
    "\310[{'point_2d': (500, 500), 'label': \"the dog's\"}, {'text': 'a', 'box': [[1, 2], [3, "
    "4]]}]",
    "\006There is {\"found\": [{\"bbox\": [-1, 2e9, 3, 4], \"name\": \"\\\\\\\"x\"}, {\"bbox_2d\": "
    "[5, 6",
    "\004{{{}}{\"label\": \"a\", \"label\": \"b\", \"bbox_2d\": [[[[1]]]]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    fuzz_add_seed (seeds, (const guint8 *) texts[i], strlen (texts[i]));
}
