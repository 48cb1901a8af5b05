/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a tokenizer.model of SentencePiece, and the tokenizer that comes of it.
 */
#include "config.h"

#include "fuzz.h"

#include "engine/text/sentencepiece.h"
#include "engine/text/tokenizer.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  JsonObject *model = monocle_sentencepiece_parse (data, size, "f", &error);
  g_autoptr (JsonObject) root = NULL;
  g_autoptr (MonocleTokenizer) tokenizer = NULL;

  if (!model)
    {
      fuzz_check_error (error, "f: ");
      return 0;
    }
  root = json_object_new ();
  json_object_set_object_member (root, "model", model);
  tokenizer = monocle_tokenizer_parse (root, "f", &error);
  if (!tokenizer)
    fuzz_check_error (error, "f: ");
  else
    {
      g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, "abba", MONOCLE_SPECIALS_NONE);

      for (guint i = 0; i < ids->len; i++)
        g_assert_cmpuint (g_array_index (ids, guint32, i), <,
                          monocle_tokenizer_get_vocab_size (tokenizer));
    }
  return 0;
}

/* Two letters, both together, twice that; byte pairs, blanks stay. */
void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char small[] = "\x0a\x0e\x0a\x05<unk>\x15\x00\x00\x00\x00\x18\x02"
                              "\x0a\x08\x0a\x01"
                              "a\x15\x00\x00\x80\xbf"
                              "\x0a\x08\x0a\x01"
                              "b\x15\x00\x00\x00\xc0"
                              "\x0a\x09\x0a\x02"
                              "ab\x15\x00\x00\x40\xc0"
                              "\x0a\x0b\x0a\x04"
                              "abab\x15\x00\x00\x80\xc0"
                              "\x12\x05\x18\x02\x98\x02\x01"
                              "\x1a\x02\x20\x00";
  static const char ranks[] = "IQ== 0\nIg== 1\n";

  fuzz_add_seed (seeds, small, sizeof small - 1);
  fuzz_add_seed (seeds, ranks, sizeof ranks - 1);
}
