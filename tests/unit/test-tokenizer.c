/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Byte-level BPE: against the reference with the published tokenizer (fixtures/tokenizer.json,
 * written by reference/make_tokenizer.py), and with small and broken files made here.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/models/florence2/tasks.h"
#include "engine/text/pieces.h"
#include "engine/text/tokenizer.h"
#include "engine/base/utf8.h"
#include "tests/fixture.h"

static MonocleTokenizer *
load_published (void)
{
  g_autofree char *directory = g_test_build_filename (G_TEST_BUILT, "fixtures", "florence-2", NULL);
  g_autoptr (GError) error = NULL;
  MonocleTokenizer *tokenizer = monocle_tokenizer_load (directory, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (monocle_tokenizer_get_vocab_size (tokenizer), ==, 50265);
  monocle_florence2_add_tokens (tokenizer);
  return tokenizer;
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

static char *
decode (const MonocleTokenizer *tokenizer, const GArray *ids)
{
  return monocle_tokenizer_decode (tokenizer, (const guint32 *) (gconstpointer) ids->data,
                                   ids->len);
}

static void
test_reference_strings (void)
{
  g_autoptr (MonocleTokenizer) tokenizer = load_published ();
  g_autoptr (JsonObject) root = fixture_read_json_object ("tokenizer.json");
  JsonArray *strings = json_object_get_array_member (root, "strings");
  guint n_failed = 0;

  g_assert_cmpuint (json_array_get_length (strings), >=, 2000);
  for (guint i = 0; i < json_array_get_length (strings); i++)
    {
      JsonObject *c = json_array_get_object_element (strings, i);
      const char *text = json_object_get_string_member (c, "text");
      g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_NONE);
      g_autofree char *decoded = decode (tokenizer, ids);

      if (equal_ids (json_object_get_array_member (c, "ids"), ids)
          && g_str_equal (decoded, json_object_get_string_member (c, "decoded")))
        continue;
      g_test_message ("“%s”", text);
      n_failed++;
    }
  g_assert_cmpuint (n_failed, ==, 0);
}

static void
test_reference_ids (void)
{
  g_autoptr (MonocleTokenizer) tokenizer = load_published ();
  g_autoptr (JsonObject) root = fixture_read_json_object ("tokenizer.json");
  JsonArray *cases = json_object_get_array_member (root, "ids");

  g_assert_cmpuint (json_array_get_length (cases), >=, 200);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *c = json_array_get_object_element (cases, i);
      JsonArray *numbers = json_object_get_array_member (c, "ids");
      g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));

      for (guint k = 0; k < json_array_get_length (numbers); k++)
        {
          guint32 id = (guint32) json_array_get_int_element (numbers, k);

          g_array_append_val (ids, id);
        }
      g_autofree char *decoded = decode (tokenizer, ids);
      g_assert_cmpstr (decoded, ==, json_object_get_string_member (c, "decoded"));
    }
}

static void
test_added_tokens (void)
{
  static const struct
  {
    const char *token;
    gint64 id;
  } tokens[] = {
    { "<s>", 0 },         { "<pad>", 1 },      { "</s>", 2 },        { "<mask>", 50264 },
    { "<od>", 50265 },    { "</ocr>", 50268 }, { "<loc_0>", 50269 }, { "<loc_999>", 51268 },
    { "<cap>", 51269 },   { "<sep>", 51279 },  { "<poly>", 51286 },  { "<and>", 51288 },
    { "<loc_1000>", -1 }, { "<image>", -1 },   { "Ġthe", 5 },
  };
  g_autoptr (MonocleTokenizer) tokenizer = load_published ();
  gsize n = 0;

  g_assert_cmpuint (monocle_tokenizer_get_vocab_size (tokenizer), ==, 51289);
  for (gsize i = 0; i < G_N_ELEMENTS (tokens); i++)
    g_assert_cmpint (monocle_tokenizer_find (tokenizer, tokens[i].token), ==, tokens[i].id);
  g_assert_true (monocle_tokenizer_is_special (tokenizer, 2));
  g_assert_true (monocle_tokenizer_is_special (tokenizer, 50269));
  g_assert_false (monocle_tokenizer_is_special (tokenizer, 5));
  g_assert_false (monocle_tokenizer_is_special (tokenizer, G_MAXUINT32));
  g_assert_cmpmem (monocle_tokenizer_get_bytes (tokenizer, 5, &n), 4, " the", 4);
  g_assert_cmpuint (n, ==, 4);
  g_assert_null (monocle_tokenizer_get_bytes (tokenizer, 51289, &n));

  /* Again: nothing is missing any more. */
  monocle_florence2_add_tokens (tokenizer);
  g_assert_cmpuint (monocle_tokenizer_get_vocab_size (tokenizer), ==, 51289);
}

static void
test_wrap (void)
{
  g_autoptr (MonocleTokenizer) tokenizer = load_published ();
  g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, "the\xff", MONOCLE_SPECIALS_WRAP);
  g_autoptr (GArray) empty = monocle_tokenizer_encode (tokenizer, "", MONOCLE_SPECIALS_WRAP);
  g_autofree char *decoded = decode (tokenizer, ids);

  g_assert_cmpstr (decoded, ==, "<s>the\357\277\275</s>");
  g_assert_cmpuint (empty->len, ==, 2);
}

/* A quarter of a megabyte in one piece. */
static void
test_long (void)
{
  enum
  {
    N = 1 << 18
  };
  static const char *const units[] = { "a", " ", "1", "!", "<", "\n ", "é" };
  g_autoptr (MonocleTokenizer) tokenizer = load_published ();

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      while (text->len < N)
        g_string_append (text, units[i]);
      g_autoptr (GArray) ids
          = monocle_tokenizer_encode (tokenizer, text->str, MONOCLE_SPECIALS_NONE);
      g_autofree char *decoded = decode (tokenizer, ids);
      g_assert_cmpstr (decoded, ==, text->str);
    }
}

static void
check_pieces (const char *text, const char *expected)
{
  g_autoptr (GString) pieces = g_string_new (NULL);

  for (gsize i = 0, n; text[i] != '\0'; i += n)
    {
      n = monocle_pieces_next (text + i, strlen (text + i));
      g_string_append_printf (pieces, "[%.*s]", (int) n, text + i);
    }
  g_assert_cmpstr (pieces->str, ==, expected);
}

static void
test_pieces (void)
{
  check_pieces ("it's we'll 'S", "[it]['s][ we]['ll][ '][S]");
  check_pieces ("a  b", "[a][ ][ b]");
  check_pieces ("a \n b  ", "[a][ \n][ b][  ]");
  check_pieces ("\t\tx \ty", "[\t][\t][x][ ][\t][y]");
  check_pieces ("ab12½Ⅷ!?x", "[ab][12½Ⅷ][!?][x]");
  check_pieces ("a\302\240b\302\205c\342\200\250", "[a][\302\240][b][\302\205][c][\342\200\250]");
  check_pieces ("a\342\200\213b\037c", "[a][\342\200\213][b][\037][c]");
  /* U+105C0, a letter since Unicode 16. */
  check_pieces ("x\360\220\227\200!", "[x\360\220\227\200][!]");
}

static void
check_repaired (const char *bytes, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) origins = g_array_new (FALSE, FALSE, sizeof (guint32));

  monocle_utf8_repair ((const guint8 *) bytes, strlen (bytes), text, origins);
  g_assert_cmpstr (text->str, ==, expected);
  g_assert_true (g_utf8_validate (text->str, -1, NULL));
  g_assert_cmpuint (origins->len, ==, text->len);
}

static void
test_repair (void)
{
  check_repaired ("aé日😀", "aé日😀");
  check_repaired ("\x80", "\357\277\275");
  check_repaired ("a\xc3", "a\357\277\275");
  check_repaired ("\xc3(", "\357\277\275(");
  check_repaired ("\xe2\x82x", "\357\277\275x");
  check_repaired ("\xf0\x9f\x98", "\357\277\275");
  /* Unicode 15, table 3-8 and 3-9. */
  check_repaired ("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41",
                  "\357\277\275\357\277\275\357\277\275\357\277\275\357\277\275\357\277\275\357\277"
                  "\275\357\277\275A");
  check_repaired ("\xed\xa0\x80", "\357\277\275\357\277\275\357\277\275");
  check_repaired (
      "\xf4\x91\x92\x93\xff\x41\x80\xbf\x42",
      "\357\277\275\357\277\275\357\277\275\357\277\275\357\277\275A\357\277\275\357\277\275B");
  g_assert_cmpuint (monocle_utf8_incomplete_tail ((const guint8 *) "a\xe2\x82", 3), ==, 2);
  g_assert_cmpuint (monocle_utf8_incomplete_tail ((const guint8 *) "\xf0\x9f\x98", 3), ==, 3);
  g_assert_cmpuint (monocle_utf8_incomplete_tail ((const guint8 *) "\xc3\xa9", 2), ==, 0);
  g_assert_cmpuint (monocle_utf8_incomplete_tail ((const guint8 *) "\xff", 1), ==, 0);
  g_assert_cmpuint (monocle_utf8_incomplete_tail ((const guint8 *) "a", 1), ==, 0);
}

/* A model directory that lives as long as a test. */
typedef struct
{
  char *path;
} Directory;

static Directory
make_directory (void)
{
  g_autoptr (GError) error = NULL;
  Directory directory = { .path = g_dir_make_tmp ("monocle-tokenizer-XXXXXX", &error) };

  g_assert_no_error (error);
  return directory;
}

static void
write_file (const Directory *directory, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (directory->path, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
clear_directory (Directory *directory)
{
  static const char *const names[] = {
    "tokenizer.json", "vocab.json", "merges.txt", "added_tokens.json", "tokenizer_config.json",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (directory->path, names[i], NULL);

      g_remove (path);
    }
  g_rmdir (directory->path);
  g_free (directory->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Directory, clear_directory)

#define VOCABULARY                                                                                 \
  "{\"<s>\": 0, \"</s>\": 1, \"a\": 2, \"b\": 3, \"c\": 4, \"ab\": 5, \"bc\": 6, \"Ġ\": 7, "       \
  "\"<mask>\": 8, \"abc\": 9}"
#define TOKENIZER(vocabulary, merges, added, more)                                                 \
  "{\"model\": {\"type\": \"BPE\", \"vocab\": " vocabulary ", \"merges\": " merges "},"            \
  " \"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false}, "                   \
  "\"added_tokens\": " added more "}"

static char *
encode_to_text (const MonocleTokenizer *tokenizer, const char *text)
{
  g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_WRAP);
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (list, "%s%u", i > 0 ? " " : "", g_array_index (ids, guint32, i));
  return g_string_free (list, FALSE);
}

static void
check_encoded (const Directory *directory, const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (directory->path, &error);

  g_assert_no_error (error);
  g_autofree char *ids = encode_to_text (tokenizer, text);
  g_assert_cmpstr (ids, ==, expected);
}

#define WRAPPED                                                                                    \
  ", \"post_processor\": {\"type\": \"BertProcessing\", \"sep\": [\"</s>\", 1], \"cls\": "         \
  "[\"<s>\", 0]}"

/* Both spellings of merges, and their order: "bc" first, though "ab" is further left. */
static void
test_small_file (void)
{
  g_auto (Directory) directory = make_directory ();

  write_file (&directory, "tokenizer.json",
              TOKENIZER (VOCABULARY, "[\"b c\", \"a b\"]", "[]", WRAPPED));
  check_encoded (&directory, "abcab", "0 2 6 5 1");
  write_file (&directory, "tokenizer.json",
              TOKENIZER (VOCABULARY, "[[\"a\", \"b\"], [\"b\", \"c\"]]", "[]", WRAPPED));
  check_encoded (&directory, "abcab", "0 5 4 5 1");
  write_file (&directory, "tokenizer.json",
              TOKENIZER (VOCABULARY, "[\"a b\", \"ab c\"]", "[]", WRAPPED));
  check_encoded (&directory, "abcab x", "0 9 5 7 1");
}

static void
set_members (JsonObject *object, JsonObject *members)
{
  g_autoptr (GList) names = json_object_get_members (members);

  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (object, l->data,
                            json_node_copy (json_object_get_member (members, l->data)));
}

/* The tokenizer of a file with "root" and "model" of @change in it, without the tokens to "drop".
 */
static JsonNode *
change_tokenizer (const char *path, JsonObject *change)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *root, *model;

  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  root = json_node_get_object (json_parser_get_root (parser));
  model = json_object_get_object_member (root, "model");
  if (json_object_has_member (change, "root"))
    set_members (root, json_object_get_object_member (change, "root"));
  if (json_object_has_member (change, "model"))
    set_members (model, json_object_get_object_member (change, "model"));
  if (json_object_has_member (change, "drop"))
    {
      JsonArray *drop = json_object_get_array_member (change, "drop");

      JsonObject *vocabulary = json_object_get_object_member (model, "vocab");

      for (guint i = 0; i < json_array_get_length (drop); i++)
        {
          const char *token = json_array_get_string_element (drop, i);
          g_autofree char *other = g_strconcat ("no ", token, NULL);

          json_object_set_int_member (vocabulary, other,
                                      json_object_get_int_member (vocabulary, token));
          json_object_remove_member (vocabulary, token);
        }
    }
  return json_parser_steal_root (parser);
}

static char *
describe_ids (JsonArray *array)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++)
    g_string_append_printf (list, "%s%d", i > 0 ? " " : "",
                            (int) json_array_get_int_element (array, i));
  return g_string_free (list, FALSE);
}

/* What tokenizer.json can ask for beside its vocabulary, against the reference's ids. */
static void
test_parts (void)
{
  g_autofree char *base_path = g_test_build_filename (G_TEST_BUILT, "fixtures", "models",
                                                      "native-96", "tokenizer.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) variants = fixture_read_json_object ("variants.json");
  JsonArray *cases;

  cases = json_object_get_array_member (variants, "tokenizers");
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      g_auto (Directory) directory = make_directory ();
      g_autoptr (JsonNode) node
          = change_tokenizer (base_path, json_array_get_object_element (cases, i));
      g_autofree char *text = json_to_string (node, FALSE);
      g_autofree char *change = json_to_string (json_array_get_element (cases, i), FALSE);
      JsonArray *texts
          = json_object_get_array_member (json_array_get_object_element (cases, i), "texts");

      g_test_message ("%s", change);
      write_file (&directory, "tokenizer.json", text);
      for (guint j = 0; j < json_array_get_length (texts); j++)
        {
          JsonObject *item = json_array_get_object_element (texts, j);
          g_autofree char *expected = describe_ids (json_object_get_array_member (item, "ids"));

          check_encoded (&directory, json_object_get_string_member (item, "text"), expected);
        }
    }
}

static void
test_added_flags (void)
{
  g_auto (Directory) directory = make_directory ();

  write_file (
      &directory, "tokenizer.json",
      TOKENIZER (VOCABULARY, "[]",
                 "[{\"id\": 8, \"content\": \"<mask>\", \"lstrip\": true, \"special\": true},"
                 " {\"id\": 20, \"content\": \"aa\", \"single_word\": true},"
                 " {\"id\": 21, \"content\": \"<r>\", \"rstrip\": true, \"normalized\": false},"
                 " {\"id\": 22, \"content\": \"<r>b\"}]",
                 ", \"post_processor\": {\"type\": \"RobertaProcessing\", \"sep\": [\"a\", 2], "
                 "\"cls\": [\"b\", 3]}"));
  check_encoded (&directory, "c <mask> c", "3 4 8 7 4 2");
  check_encoded (&directory, "aa baa aa_", "3 20 7 3 2 2 7 2 2 2");
  check_encoded (&directory, " <r> \n b", "3 7 21 3 2");
  check_encoded (&directory, "<r>bb", "3 21 3 3 2");
}

static void
test_two_files (void)
{
  g_auto (Directory) directory = make_directory ();

  write_file (&directory, "vocab.json", VOCABULARY);
  write_file (&directory, "merges.txt", "#version: 0.2\nb c\r\na b\n\n");
  check_encoded (&directory, "abc <mask></s>a", "0 2 6 8 1 2 1");
  write_file (&directory, "added_tokens.json", "{\"<x>\": 12}");
  write_file (
      &directory, "tokenizer_config.json",
      "{\"add_prefix_space\": true, \"bos_token\": \"a\", \"eos_token\": {\"content\": \"b\"},"
      " \"added_tokens_decoder\": {\"11\": {\"content\": \"<y>\", \"rstrip\": true}}}");
  check_encoded (&directory, "a<y> b<x>", "2 7 2 11 7 3 12 3");
}

static void
check_refused (const Directory *directory, gint code, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (directory->path, &error);

  g_assert_error (error, MONOCLE_ENGINE_ERROR, code);
  g_assert_null (tokenizer);
  g_assert_true (g_str_has_prefix (error->message, directory->path));
  if (strstr (error->message, message) == NULL)
    g_error ("“%s” does not say “%s”", error->message, message);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } bad[] = {
    { "", "" },
    { "[]", "" },
    { "{}", "model" },
    { "{\"model\": {\"type\": \"BPE\"}}", "vocab" },
    { TOKENIZER ("[]", "[]", "[]", ""), "vocab" },
    { TOKENIZER ("{}", "[]", "[]", ""), "empty" },
    { TOKENIZER ("{\"a\": -1}", "[]", "[]", ""), "“a”" },
    { TOKENIZER ("{\"a\": 4294967296}", "[]", "[]", ""), "“a”" },
    { TOKENIZER ("{\"a\": 1.5}", "[]", "[]", ""), "“a”" },
    { TOKENIZER ("{\"a\": \"1\"}", "[]", "[]", ""), "“a”" },
    { TOKENIZER (VOCABULARY, "{}", "[]", ""), "merges" },
    { TOKENIZER (VOCABULARY, "[\"ab\"]", "[]", ""), "merge 0" },
    { TOKENIZER (VOCABULARY, "[\"a b\", \"a b c\"]", "[]", ""), "merge 1" },
    { TOKENIZER (VOCABULARY, "[\" b\"]", "[]", ""), "merge 0" },
    { TOKENIZER (VOCABULARY, "[[\"a\"]]", "[]", ""), "merge 0" },
    { TOKENIZER (VOCABULARY, "[[\"a\", 1]]", "[]", ""), "merge 0" },
    { TOKENIZER (VOCABULARY, "[\"a x\"]", "[]", ""), "“x”" },
    { TOKENIZER (VOCABULARY, "[\"c a\"]", "[]", ""), "“ca”" },
    { TOKENIZER (VOCABULARY, "[]", "{}", ""), "added_tokens" },
    { TOKENIZER (VOCABULARY, "[]", "[1]", ""), "entry 0" },
    { TOKENIZER (VOCABULARY, "[]", "[{\"id\": 1048576, \"content\": \"x\"}]", ""), "entry 0" },
    { TOKENIZER (VOCABULARY, "[]", "[{\"id\": 1}]", ""), "content" },
    { TOKENIZER (VOCABULARY, "[]", "[{\"id\": 1, \"content\": \"x\", \"lstrip\": 1}]", ""),
      "lstrip" },
  };
  g_auto (Directory) directory = make_directory ();

  check_refused (&directory, MONOCLE_ENGINE_ERROR_BAD_FILE,
                 "neither tokenizer.json nor vocab.json");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      write_file (&directory, "tokenizer.json", bad[i].text);
      check_refused (&directory, MONOCLE_ENGINE_ERROR_BAD_FILE, bad[i].message);
    }
}

/* What would take much memory is refused before it does. */
static void
test_limits (void)
{
  g_auto (Directory) directory = make_directory ();
  g_autoptr (GString) added = g_string_new ("{");
  g_autoptr (GString) merges = g_string_new (NULL);
  g_autofree char *text = g_strnfill (500, 'x');

  write_file (&directory, "vocab.json", VOCABULARY);
  write_file (&directory, "merges.txt", "a b\n");
  for (guint i = 0; i < 2200; i++)
    g_string_append_printf (added, "%s\"%u%s\": %u", i > 0 ? ", " : "", i, text, i + 100);
  g_string_append (added, "}");
  write_file (&directory, "added_tokens.json", added->str);
  check_refused (&directory, MONOCLE_ENGINE_ERROR_BAD_FILE, "too many");

  g_string_printf (added, "{\"%s%s\": 100}", text, text);
  write_file (&directory, "added_tokens.json", added->str);
  check_refused (&directory, MONOCLE_ENGINE_ERROR_BAD_FILE, "longer than");

  for (guint i = 0; i < 1 << 20; i++)
    g_string_append (merges, "a b\n");
  write_file (&directory, "merges.txt", merges->str);
  check_refused (&directory, MONOCLE_ENGINE_ERROR_BAD_FILE, "merges");
}

static void
test_two_files_refused (void)
{
  g_auto (Directory) directory = make_directory ();

  write_file (&directory, "vocab.json", VOCABULARY);
  check_refused (&directory, MONOCLE_ENGINE_ERROR_BAD_FILE, "merges.txt");
  write_file (&directory, "merges.txt", "#version: 0.2\na b\na\n");
  check_refused (&directory, MONOCLE_ENGINE_ERROR_BAD_FILE, "merge 1");
  write_file (&directory, "merges.txt", "#version: 0.2\n");
  write_file (&directory, "added_tokens.json", "{\"x\": \"y\"}");
  check_refused (&directory, MONOCLE_ENGINE_ERROR_BAD_FILE, "“x”");
  write_file (&directory, "added_tokens.json", "{}");
  write_file (&directory, "tokenizer_config.json", "{\"added_tokens_decoder\": {\"x\": {}}}");
  check_refused (&directory, MONOCLE_ENGINE_ERROR_BAD_FILE, "“x”");
}

/* Those of CLIP are read in their own way. */
static void
test_clip_refused (void)
{
  g_auto (Directory) directory = make_directory ();

  write_file (&directory, "vocab.json", "{\"<|startoftext|>\": 0, \"<|endoftext|>\": 1}");
  write_file (&directory, "tokenizer_config.json", "{\"tokenizer_class\": \"CLIPTokenizer\"}");
  check_refused (&directory, MONOCLE_ENGINE_ERROR_BAD_FILE, "merges.txt: no such file");
  write_file (&directory, "merges.txt", "version https://git-lfs.github.com/spec/v1\n");
  check_refused (&directory, MONOCLE_ENGINE_ERROR_BAD_FILE, "merges.txt: is a Git LFS pointer");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tokenizer/reference-strings", test_reference_strings);
  g_test_add_func ("/engine/tokenizer/reference-ids", test_reference_ids);
  g_test_add_func ("/engine/tokenizer/added-tokens", test_added_tokens);
  g_test_add_func ("/engine/tokenizer/wrap", test_wrap);
  g_test_add_func ("/engine/tokenizer/long", test_long);
  g_test_add_func ("/engine/tokenizer/pieces", test_pieces);
  g_test_add_func ("/engine/tokenizer/repair", test_repair);
  g_test_add_func ("/engine/tokenizer/small-file", test_small_file);
  g_test_add_func ("/engine/tokenizer/parts", test_parts);
  g_test_add_func ("/engine/tokenizer/added-flags", test_added_flags);
  g_test_add_func ("/engine/tokenizer/two-files", test_two_files);
  g_test_add_func ("/engine/tokenizer/refused", test_refused);
  g_test_add_func ("/engine/tokenizer/limits", test_limits);
  g_test_add_func ("/engine/tokenizer/two-files-refused", test_two_files_refused);
  g_test_add_func ("/engine/tokenizer/clip-refused", test_clip_refused);
  return g_test_run ();
}
