/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two things by turns of the first byte: a tokenizer.json from a stranger, and a text.
 */
#include "config.h"

#include "fuzz.h"

#include "engine/base/json.h"
#include "small-tokenizer.h"

static const char *const tokens[]
    = { "<s>", "</s>", "<mask>", "<loc_1>", "<loc_12>", "a b", "\xc3\xa9" };

static void
check_text (const MonocleTokenizer *tokenizer, const char *text, gboolean is_complete)
{
  g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_NONE);
  g_autofree char *decoded
      = monocle_tokenizer_decode (tokenizer, (const guint32 *) (gpointer) ids->data, ids->len);

  g_assert_true (g_utf8_validate (decoded, -1, NULL));
  if (is_complete && g_utf8_validate (text, -1, NULL))
    g_assert_cmpstr (decoded, ==, text);
}

static void
try_file (const guint8 *data, gsize size)
{
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) root = monocle_json_parse ((const char *) data, size, "f", &error);

  if (root == NULL || !monocle_tokenizer_read (tokenizer, root, "f", &error))
    {
      fuzz_check_error (error, "f: ");
      return;
    }
  monocle_tokenizer_add_tokens (tokenizer, tokens, G_N_ELEMENTS (tokens));
  check_text (tokenizer, "abc ab <s>a<mask> bcc\n", FALSE);
  check_text (tokenizer,
              "  \xe2\x96\x81"
              "A\xcc\x81\xcc\xa3 \xef\xbd\x81\r\n 12<0x41>\xd8\x80\x31",
              FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static MonocleTokenizer *small = NULL;

  if (size == 0)
    return 0;
  if (small == NULL)
    small = make_small_tokenizer (tokens, G_N_ELEMENTS (tokens));

  /* A file begins with a brace, or it is not worth trying. */
  if (data[0] == '{')
    {
      try_file (data, size);
    }
  else
    {
      g_autofree char *text = g_strndup ((const char *) data, size);

      check_text (small, text, TRUE);
    }
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char file[]
      = "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"<s>\": 0, \"</s>\": 1, \"a\": 2, \"b\": 3, "
        "\"c\": 4, "
        "\"ab\": 5, \"bc\": 6, \"\xc4\xa0\": 7, \"<mask>\": 8, \"abc\": 9}, \"merges\": [\"b c\", "
        "[\"a\", \"b\"], \"ab c\"]}, \"pre_tokenizer\": {\"type\": \"ByteLevel\", "
        "\"add_prefix_space\": true}, "
        "\"added_tokens\": [{\"id\": 8, \"content\": \"<mask>\", \"lstrip\": true, \"special\": "
        "true}, "
        "{\"id\": 20, \"content\": \"aa\", \"single_word\": true}, {\"id\": 21, \"content\": "
        "\"<r>\", "
        "\"rstrip\": true, \"normalized\": false}], \"post_processor\": {\"type\": "
        "\"RobertaProcessing\", \"sep\": [\"a\", 2], \"cls\": [\"b\", 3]}}";
  static const char parts[]
      = "{\"model\": {\"vocab\": {\"a\": 0, \"b\": 1, \"ab\": 2}, \"merges\": [], \"unk_token\": "
        "\"b\", "
        "\"fuse_unk\": true, \"ignore_merges\": true}, \"pre_tokenizer\": {\"type\": \"Sequence\", "
        "\"pretokenizers\": [{\"type\": \"ByteLevel\", \"use_regex\": false}]}, \"decoder\": "
        "{\"type\": "
        "\"ByteLevel\"}, \"post_processor\": {\"type\": \"Sequence\", \"processors\": [{\"type\": "
        "\"ByteLevel\"}, {\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": "
        "{\"id\": "
        "\"x\"}}, {\"Sequence\": {\"id\": \"A\"}}], \"special_tokens\": {\"x\": {\"ids\": [0, "
        "1]}}}]}}";
  static const char pipeline[]
      = "{\"model\": {\"type\": \"Unigram\", \"unk_id\": 0, \"byte_fallback\": true, \"vocab\": "
        "[[\"<unk>\", 0], [\"a\", -1.5], [\"ab\", -2], [\"<0x41>\", -3]]}, \"normalizer\": "
        "{\"type\": "
        "\"Sequence\", \"normalizers\": [{\"type\": \"NFKC\"}, {\"type\": \"StripAccents\"}, "
        "{\"type\": "
        "\"Lowercase\"}, {\"type\": \"Prepend\", \"prepend\": \"_\"}, {\"type\": \"Strip\", "
        "\"strip_left\": true, \"strip_right\": true}, {\"type\": \"Precompiled\", "
        "\"precompiled_charsmap\": \"CAAAAAAEAABhAQAAeAA=\"}, {\"type\": \"BertNormalizer\"}]}, "
        "\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Metaspace\", "
        "\"replacement\": \"_\", \"prepend_scheme\": \"first\"}, {\"type\": \"Digits\"}, "
        "{\"type\": "
        "\"Punctuation\"}]}, \"decoder\": {\"type\": \"Sequence\", \"decoders\": [{\"type\": "
        "\"ByteFallback\"}, {\"type\": \"Metaspace\", \"replacement\": \"_\"}, {\"type\": "
        "\"Fuse\"}, "
        "{\"type\": \"Strip\", \"content\": \" \", \"start\": 1, \"stop\": 1}]}}";
  static const char split[]
      = "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b</w>\": 1, \"##b</w>\": 2, "
        "\"ab</w>\": 3, \"?\": 4}, \"merges\": [\"a ##b</w>\"], \"unk_token\": \"?\", "
        "\"continuing_subword_prefix\": \"##\", \"end_of_word_suffix\": \"</w>\"}, "
        "\"pre_tokenizer\": "
        "{\"type\": \"Split\", \"pattern\": {\"Regex\": "
        "\"(?i:'s|b)|[^\\\\r\\\\n\\\\p{L}]?\\\\p{L}{1,3}|"
        " ?[^\\\\s]+|\\\\s+(?!\\\\S)|\\\\s+\"}, \"behavior\": \"MergedWithNext\", \"invert\": "
        "true}, "
        "\"normalizer\": {\"type\": \"Replace\", \"pattern\": {\"String\": \"  \"}, \"content\": "
        "\"_\"}, "
        "\"decoder\": {\"type\": \"BPEDecoder\", \"suffix\": \"</w>\"}}";
  static const char words[]
      = "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"a\": 0, \"##b\": 1, \"[UNK]\": 2}, "
        "\"max_input_chars_per_word\": 9}, \"pre_tokenizer\": {\"type\": \"BertPreTokenizer\"}, "
        "\"decoder\": {\"type\": \"WordPiece\"}}";
  static const char text[] = "it's <s>a<loc_12> b\n\n  \xc3\xa9\xe3\x80\x80 12 !? a b <mask>\xff";

  fuzz_add_seed (seeds, file, sizeof file - 1);
  fuzz_add_seed (seeds, parts, sizeof parts - 1);
  fuzz_add_seed (seeds, pipeline, sizeof pipeline - 1);
  fuzz_add_seed (seeds, split, sizeof split - 1);
  fuzz_add_seed (seeds, words, sizeof words - 1);
  fuzz_add_seed (seeds, text, sizeof text - 1);
}
