/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tokenizers of every kind against the reference (fixtures/tokenizers.json, written by
 * reference/make_tokenizers.py), and their parts with texts and files made here.
 */
#include "config.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/text/charsmap.h"
#include "engine/text/forms.h"
#include "engine/text/pattern.h"
#include "engine/text/tokenizer-private.h"
#include "engine/text/trie.h"
#include "tests/fixture.h"

static MonocleTokenizer *
read_tokenizer (JsonObject *root, GError **error)
{
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_new ();

  return monocle_tokenizer_read (tokenizer, root, "f", error) ? g_steal_pointer (&tokenizer) : NULL;
}

static MonocleTokenizer *
parse_tokenizer (const char *text, GError **error)
{
  g_autoptr (JsonObject) root = monocle_json_parse (text, strlen (text), "f", error);

  return root != NULL ? read_tokenizer (root, error) : NULL;
}

static gboolean
equal_ids (JsonArray *expected, const GArray *ids)
{
  if (json_array_get_length (expected) != ids->len)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (json_array_get_int_element (expected, i) != g_array_index (ids, guint32, i))
      return FALSE;
  return TRUE;
}

static guint
check_kind (JsonObject *kind, JsonArray *texts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTokenizer) tokenizer
      = read_tokenizer (json_object_get_object_member (kind, "file"), &error);
  JsonArray *ids = json_object_get_array_member (kind, "ids");
  JsonArray *decoded = json_object_get_array_member (kind, "decoded");
  guint n_failed = 0;

  g_assert_no_error (error);
  g_autoptr (GArray) whole = monocle_tokenizer_encode (tokenizer, "a", MONOCLE_SPECIALS_WRAP);
  g_assert_true (equal_ids (json_object_get_array_member (kind, "a"), whole));
  for (guint i = 0; i < json_array_get_length (texts); i++)
    {
      const char *text = json_array_get_string_element (texts, i);
      g_autoptr (GArray) got = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_NONE);
      g_autofree char *back = monocle_tokenizer_decode (
          tokenizer, (const guint32 *) (gconstpointer) got->data, got->len);

      if (equal_ids (json_array_get_array_element (ids, i), got)
          && g_str_equal (back, json_array_get_string_element (decoded, i)))
        continue;
      g_test_message ("%s: “%s”", json_object_get_string_member (kind, "name"), text);
      n_failed++;
    }
  return n_failed;
}

static void
test_reference (void)
{
  g_autoptr (JsonObject) root = fixture_read_json_object ("tokenizers.json");
  JsonArray *texts = json_object_get_array_member (root, "texts");
  JsonArray *kinds = json_object_get_array_member (root, "tokenizers");
  guint n_failed = 0;

  g_assert_cmpuint (json_array_get_length (texts), >=, 400);
  g_assert_cmpuint (json_array_get_length (kinds), >=, 10);
  for (guint i = 0; i < json_array_get_length (kinds); i++)
    n_failed += check_kind (json_array_get_object_element (kinds, i), texts);
  g_assert_cmpuint (n_failed, ==, 0);
}

/* ---- patterns */

static void
write_part (const char *text, gsize n_bytes, gboolean is_match, gpointer user_data)
{
  g_string_append_printf (user_data, is_match ? "[%.*s]" : "%.*s", (int) n_bytes, text);
}

static void
test_pattern (void)
{
  static const struct
  {
    const char *expression, *text, *expected;
  } cases[] = {
    { "a|ab", "abab", "[a]b[a]b" },
    { "ab|a", "aba", "[ab][a]" },
    { "a{2}", "aaaaa", "[aa][aa]a" },
    { "a{2,3}b?", "aaaab", "[aaa]ab" },
    { "x(?:ab)+", "xababxa", "[xabab]xa" },
    { "(?i:'s|k)", "'S 's '\305\277 \342\204\252", "['S] ['s] ['\305\277] [\342\204\252]" },
    { "\\s+(?!\\S)", "a   b ", "a[  ] b[ ]" },
    { "\\s+(?=b)", "a   b ", "a[   ]b " },
    { "[^\\s\\p{L}\\p{N}]+", "a!? 1\302\275-", "a[!?] 1\302\275[-]" },
    { "[a-c\\]]", "d]b", "d[]][b]" },
    { "\\p{Han}+|\\P{Han}", "\346\261\275a", "[\346\261\275][a]" },
    { "\\x{6c7d}|\\u0061|\\x62", "\346\261\275ab", "[\346\261\275][a][b]" },
    { "\\w+", "a_1\342\200\215b", "[a_1]\342\200\215[b]" },
    { "<\\|end\\|>", "<|end|>", "[<|end|>]" },
    { ".", "a\nb", "[a]\n[b]" },
  };
  static const char *const refused[] = {
    "",
    "a*",
    "(a",
    "a)",
    "[a",
    "[z-a]",
    "\\p{Nope}",
    "(?<!a)b",
    "^a",
    "a++",
    "a+?",
    "a{999}",
    "a{2,1}",
    "(?!ab)c",
    "\\1",
    "a\\",
    "[[:alpha:]]",
    "a||b",
    "(((((((((((((((((((((((((((((((((((((a)))))))))))))))))))))))))))))))))))))",
    "(((a{250}){250}){250})",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *problem = NULL;
      g_autoptr (MonoclePattern) pattern = monocle_pattern_new (cases[i].expression, &problem);
      g_autoptr (GString) got = g_string_new (NULL);

      g_assert_cmpstr (problem, ==, NULL);
      monocle_pattern_split (pattern, cases[i].text, strlen (cases[i].text), write_part, got);
      g_assert_cmpstr (got->str, ==, cases[i].expected);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *problem = NULL;

      if (monocle_pattern_new (refused[i], &problem) != NULL)
        g_error ("“%s” was taken", refused[i]);
      g_assert_nonnull (problem);
    }
}

static void
count_bytes (G_GNUC_UNUSED const char *text,
             gsize n_bytes,
             G_GNUC_UNUSED gboolean is_match,
             gpointer user_data)
{
  *(gsize *) user_data += n_bytes;
}

/* Expressions that keep a backtracking matcher busy for ages, or look far ahead for each match. */
static void
test_pattern_hostile (void)
{
  static const char *const expressions[]
      = { "(?:a|a|aa)+b", "(?:(?:a+)+)+b", "a|a*b", "(?:a{0,20}){20}b", "a*b|c" };
  g_autofree char *text = g_strnfill (100000, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (expressions); i++)
    {
      g_autofree char *problem = NULL;
      g_autoptr (MonoclePattern) pattern = monocle_pattern_new (expressions[i], &problem);
      gint64 start = g_get_monotonic_time ();
      gsize n = 0;

      g_assert_cmpstr (problem, ==, NULL);
      monocle_pattern_split (pattern, text, 100000, count_bytes, &n);
      g_assert_cmpuint (n, ==, 100000);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
    }
}

/* ---- forms, table of characters, trie */

static void
check_form (const char *text, GNormalizeMode mode)
{
  g_autofree char *got = monocle_forms_normalise (text, mode);
  g_autofree char *expected = g_utf8_normalize (text, -1, mode);

  g_assert_cmpstr (got, ==, expected);
}

static void
test_forms (void)
{
  static const gunichar marks[]
      = { 0x301, 0x323, 0x308, 0x345, 0x5b0, 0x3099, 0x1161, 0x11a8, 0x200d };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 20000; i++)
    {
      g_string_truncate (text, 0);
      for (guint k = 0; k < 6; k++)
        {
          gunichar c = (gunichar) g_rand_int_range (rand, 0x20, k % 2 ? 0x2fa1d : 0x3000);

          if (g_rand_boolean (rand))
            c = marks[g_rand_int_range (rand, 0, G_N_ELEMENTS (marks))];
          if (g_unichar_validate (c))
            g_string_append_unichar (text, c);
        }
      for (guint mode = 0; mode < 4; mode++)
        check_form (text->str, (GNormalizeMode) mode);
    }

  /* A text that is all marks, in the worst order. */
  g_string_assign (text, "a");
  for (guint i = 0; i < 200000; i++)
    g_string_append (text, i % 2 ? "\xcc\x81" : "\xcc\xa3");
  gint64 start = g_get_monotonic_time ();
  g_autofree char *sorted = monocle_forms_normalise (text->str, G_NORMALIZE_NFC);
  g_assert_true (g_str_has_prefix (sorted, "\341\272\241\xcc\xa3"));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
}

static void
test_charsmap_broken (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  guint32 units[64];

  g_assert_null (monocle_charsmap_new (""));
  g_assert_null (monocle_charsmap_new ("AAAA"));
  g_assert_null (monocle_charsmap_new ("/////w=="));
  /* Any units at all: never outside of them. */
  for (guint i = 0; i < 2000; i++)
    {
      units[0] = GUINT32_TO_LE (sizeof units - 2 * sizeof *units);
      for (gsize k = 1; k < G_N_ELEMENTS (units) - 1; k++)
        units[k] = g_rand_int (rand) & (i % 2 ? 0x8000ffff : G_MAXUINT32);
      memcpy (units + G_N_ELEMENTS (units) - 1, "ab\0", 4);
      g_autofree char *base64 = g_base64_encode ((const guchar *) units, sizeof units);
      g_autoptr (MonocleCharsmap) map = monocle_charsmap_new (base64);
      g_autofree char *out = NULL;

      g_assert_nonnull (map);
      out = monocle_charsmap_apply (map, "abc\xc3\xa9 \r\n\xd8\x80\x31\xcc\x81\xef\xbd\x86");
      g_assert_true (g_utf8_validate (out, -1, NULL));
    }
}

static void
test_trie (void)
{
  g_autoptr (MonocleTrie) trie = monocle_trie_new ();

  monocle_trie_set (trie, "ab", 1);
  monocle_trie_set (trie, "a", 2);
  monocle_trie_set (trie, "ab", 3);
  g_assert_cmpuint (monocle_trie_find (trie, "ab"), ==, 3);
  g_assert_cmpuint (monocle_trie_find (trie, "a"), ==, 2);
  g_assert_cmpuint (monocle_trie_find (trie, "b"), ==, MONOCLE_TRIE_NO_VALUE);
  g_assert_cmpuint (monocle_trie_find (trie, "abc"), ==, MONOCLE_TRIE_NO_VALUE);
  monocle_trie_set (trie, "a", MONOCLE_TRIE_NO_VALUE);
  g_assert_cmpuint (monocle_trie_find (trie, "a"), ==, MONOCLE_TRIE_NO_VALUE);
}

/* ---- files */

#define WITH(model, more) "{\"model\": {" model "}" more "}"
#define BPE               "\"vocab\": {\"a\": 0, \"b\": 1, \"ab\": 2}, \"merges\": [\"a b\"]"
#define UNIGRAM           "\"type\": \"Unigram\", \"vocab\": [[\"<unk>\", 0], [\"a\", -1.5]]"
#define SPLIT(pattern)                                                                             \
  WITH (BPE, ", \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": " pattern "}")

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    gint code;
    const char *message;
  } cases[] = {
    { WITH ("\"type\": \"WordLevel\"", ""), MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "“WordLevel”" },
    { WITH (BPE ", \"dropout\": 0.5", ""), MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "dropout" },
    { WITH (BPE ", \"unk_token\": \"?\"", ""), MONOCLE_ENGINE_ERROR_BAD_FILE, "“?”" },
    { WITH (BPE, ", \"normalizer\": {\"type\": \"Shout\"}"), MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
      "\"normalizer\": the type “Shout”" },
    { WITH (BPE, ", \"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [1]}"),
      MONOCLE_ENGINE_ERROR_BAD_FILE, "normalizer" },
    { WITH (BPE, ", \"normalizer\": {\"type\": \"Prepend\"}"), MONOCLE_ENGINE_ERROR_BAD_FILE,
      "prepend" },
    { WITH (BPE,
            ", \"normalizer\": {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"AAAA\"}"),
      MONOCLE_ENGINE_ERROR_BAD_FILE, "precompiled_charsmap" },
    { WITH (BPE, ", \"pre_tokenizer\": {\"type\": \"UnicodeScripts\"}"),
      MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "\"pre_tokenizer\": the type “UnicodeScripts”" },
    { SPLIT ("{\"Regex\": \"(?<!a)b\"}"), MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "character 2" },
    { SPLIT ("{\"String\": \"\"}"), MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "pattern" },
    { SPLIT ("{\"String\": \" \"}, \"behavior\": \"Odd\""), MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
      "\"behavior\": “Odd”" },
    { WITH (BPE, ", \"pre_tokenizer\": {\"type\": \"Metaspace\", \"replacement\": \"__\"}"),
      MONOCLE_ENGINE_ERROR_BAD_FILE, "replacement" },
    { WITH (BPE, ", \"decoder\": {\"type\": \"CTC\"}"), MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
      "\"decoder\": the type “CTC”" },
    { WITH (BPE, ", \"post_processor\": {\"type\": \"New\"}"),
      MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "\"post_processor\": the type “New”" },
    { WITH (BPE, ", \"post_processor\": {\"type\": \"BertProcessing\", \"sep\": [\"x\", 9], "
                 "\"cls\": [\"a\", 0]}"),
      MONOCLE_ENGINE_ERROR_BAD_FILE, "id 9" },
    { WITH ("\"type\": \"Unigram\", \"vocab\": {}", ""), MONOCLE_ENGINE_ERROR_BAD_FILE, "vocab" },
    { WITH ("\"type\": \"Unigram\", \"vocab\": []", ""), MONOCLE_ENGINE_ERROR_BAD_FILE, "empty" },
    { WITH ("\"type\": \"Unigram\", \"vocab\": [[\"a\", \"b\"]]", ""),
      MONOCLE_ENGINE_ERROR_BAD_FILE, "entry 0" },
    { WITH (UNIGRAM ", \"unk_id\": 2", ""), MONOCLE_ENGINE_ERROR_BAD_FILE, "unk_id" },
    { WITH ("\"type\": \"WordPiece\", \"vocab\": {\"a\": 0}", ""), MONOCLE_ENGINE_ERROR_BAD_FILE,
      "“[UNK]”" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleTokenizer) tokenizer = parse_tokenizer (cases[i].text, &error);

      g_assert_null (tokenizer);
      g_assert_error (error, MONOCLE_ENGINE_ERROR, cases[i].code);
      g_assert_true (g_str_has_prefix (error->message, "f: "));
      g_assert_null (strchr (error->message, '\n'));
      if (strstr (error->message, cases[i].message) == NULL)
        g_error ("“%s” does not say “%s”", error->message, cases[i].message);
    }
}

/* What a token stands for inside a text, whatever the decoder. */
static void
test_bytes (void)
{
  static const struct
  {
    const char *decoder, *token, *bytes;
  } cases[] = {
    { "{\"type\": \"ByteLevel\"}", "\304\240a", " a" },
    { "{\"type\": \"Metaspace\", \"replacement\": \"\342\226\201\"}", "\342\226\201a", " a" },
    { "{\"type\": \"BPEDecoder\"}", "a</w>", "a " },
    { "{\"type\": \"WordPiece\"}", "##a", "a" },
    { "{\"type\": \"WordPiece\"}", "a", " a" },
    { "{\"type\": \"Sequence\", \"decoders\": [{\"type\": \"ByteFallback\"}, {\"type\": "
      "\"Replace\", "
      "\"pattern\": {\"Regex\": \"\\\\s\"}, \"content\": \"_\"}]}",
      "<0xC3>", "\xc3" },
    { "null", "a</w>", "a</w>" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf (
          "{\"model\": {\"vocab\": {\"%s\": 0}, \"merges\": []}, \"decoder\": %s}", cases[i].token,
          cases[i].decoder);
      g_autoptr (MonocleTokenizer) tokenizer = parse_tokenizer (text, &error);
      gsize n = 0;
      const guint8 *bytes;

      g_assert_no_error (error);
      bytes = monocle_tokenizer_get_bytes (tokenizer, 0, &n);
      g_assert_cmpmem (bytes, n, cases[i].bytes, strlen (cases[i].bytes));
    }
}

/* Only what the text itself begins with gets a lead: not what is left after its blanks are gone,
 * but what its first character has become. */
static void
test_first (void)
{
  static const struct
  {
    const char *text, *ids;
  } cases[]
      = { { "a", "0 2 " }, { " a", "2 " }, { "\357\271\211", "0 1 " }, { "a a", "0 2 0 2 " } };
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTokenizer) tokenizer = parse_tokenizer (
      "{\"model\": {\"vocab\": {\"\342\226\201\": 0, \"\314\205\": 1, \"a\": 2}, \"merges\": []}, "
      "\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFKC\"}, {\"type\": "
      "\"Strip\", \"strip_left\": true}]}, \"pre_tokenizer\": {\"type\": \"Metaspace\", "
      "\"replacement\": \"\342\226\201\", \"prepend_scheme\": \"first\"}}",
      &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) ids
          = monocle_tokenizer_encode (tokenizer, cases[i].text, MONOCLE_SPECIALS_NONE);
      g_autoptr (GString) list = g_string_new (NULL);

      for (guint k = 0; k < ids->len; k++)
        g_string_append_printf (list, "%u ", g_array_index (ids, guint32, k));
      g_assert_cmpstr (list->str, ==, cases[i].ids);
    }
}

/* Half a megabyte in one piece, in time that grows with it. */
static void
test_long (void)
{
  static const char *const files[] = {
    WITH (BPE ", \"byte_fallback\": true", ""),
    WITH (UNIGRAM ", \"unk_id\": 0", ""),
    WITH ("\"type\": \"WordPiece\", \"vocab\": {\"a\": 0, \"[UNK]\": 1}", ""),
  };
  g_autoptr (GString) text = g_string_new (NULL);

  while (text->len < 1 << 19)
    g_string_append (text, "ab");
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleTokenizer) tokenizer = parse_tokenizer (files[i], &error);
      gint64 start = g_get_monotonic_time ();

      g_assert_no_error (error);
      g_autoptr (GArray) ids
          = monocle_tokenizer_encode (tokenizer, text->str, MONOCLE_SPECIALS_NONE);
      g_assert_cmpuint (ids->len, ==, i == 0 ? 1 << 18 : i == 1 ? 1 << 19 : 1);
      g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/token-pipeline/reference", test_reference);
  g_test_add_func ("/engine/token-pipeline/pattern", test_pattern);
  g_test_add_func ("/engine/token-pipeline/pattern-hostile", test_pattern_hostile);
  g_test_add_func ("/engine/token-pipeline/forms", test_forms);
  g_test_add_func ("/engine/token-pipeline/charsmap-broken", test_charsmap_broken);
  g_test_add_func ("/engine/token-pipeline/trie", test_trie);
  g_test_add_func ("/engine/token-pipeline/refused", test_refused);
  g_test_add_func ("/engine/token-pipeline/bytes", test_bytes);
  g_test_add_func ("/engine/token-pipeline/first", test_first);
  g_test_add_func ("/engine/token-pipeline/long", test_long);
  return g_test_run ();
}
