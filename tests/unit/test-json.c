/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * io/json: what is let through, what is refused and how that is worded.
 */
#include "config.h"

#include "engine/base/json.h"
#include "io-files.h"

static JsonObject *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = monocle_json_parse (text, strlen (text), "f.json", &error);
  g_assert_no_error (error);
  g_assert_nonnull (object);
  return object;
}

static void
refuse (const char *text, gsize size, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (monocle_json_parse (text, size, "f.json", &error));
  check_file_error (&error, "f.json: ", what);
}

static void
refuse_text (const char *text, const char *what)
{
  refuse (text, strlen (text), what);
}

static void
test_values (void)
{
  g_autoptr (JsonObject) object
      = parse ("{\"i\": -3, \"big\": 9007199254740993, \"d\": 0.25, \"whole\": 2, "
               "\"t\": true, \"s\": \"a\\u00e9\\ud83d\\ude00\\n\", \"n\": null, "
               "\"ints\": [1, 2], \"three\": [1, 2.5, 3], \"strings\": [\"x\", "
               "\"y\"], \"o\": {\"k\": 1}, \"empty\": []}");
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ints = NULL;
  g_auto (GStrv) strings = NULL;
  const char *s = "default";
  gint64 i = 7;
  double d = 0, three[3];
  gboolean t = FALSE;
  JsonObject *o = NULL;
  JsonArray *a = NULL;

  g_assert_true (monocle_json_get_int (object, "f", "i", MONOCLE_JSON_REQUIRED, -3, 5, &i, &error));
  g_assert_cmpint (i, ==, -3);
  g_assert_true (
      monocle_json_get_int (object, "f", "big", MONOCLE_JSON_REQUIRED, 0, G_MAXINT64, &i, &error));
  g_assert_cmpint (i, ==, 9007199254740993);
  g_assert_true (monocle_json_get_double (object, "f", "d", MONOCLE_JSON_REQUIRED, &d, &error));
  g_assert_cmpfloat (d, ==, 0.25);
  g_assert_true (monocle_json_get_double (object, "f", "whole", MONOCLE_JSON_REQUIRED, &d, &error));
  g_assert_cmpfloat (d, ==, 2.0);
  g_assert_true (monocle_json_get_bool (object, "f", "t", MONOCLE_JSON_REQUIRED, &t, &error));
  g_assert_true (t);
  g_assert_true (monocle_json_get_string (object, "f", "n", MONOCLE_JSON_OPTIONAL, &s, &error));
  g_assert_cmpstr (s, ==, "default");
  g_assert_true (monocle_json_get_string (object, "f", "s", MONOCLE_JSON_REQUIRED, &s, &error));
  g_assert_cmpstr (s, ==, "aé😀\n");
  g_assert_true (
      monocle_json_get_ints (object, "f", "ints", MONOCLE_JSON_REQUIRED, 1, 2, &ints, &error));
  g_assert_cmpuint (ints->len, ==, 2);
  g_assert_cmpint (g_array_index (ints, gint64, 1), ==, 2);
  g_assert_true (
      monocle_json_get_ints (object, "f", "empty", MONOCLE_JSON_REQUIRED, 1, 2, &ints, &error));
  g_assert_cmpuint (ints->len, ==, 0);
  g_assert_true (
      monocle_json_get_ints (object, "f", "absent", MONOCLE_JSON_OPTIONAL, 1, 2, &ints, &error));
  g_assert_cmpuint (ints->len, ==, 0);
  g_assert_true (
      monocle_json_get_doubles (object, "f", "three", MONOCLE_JSON_REQUIRED, three, 3, &error));
  g_assert_cmpfloat (three[1], ==, 2.5);
  g_assert_true (
      monocle_json_get_strings (object, "f", "strings", MONOCLE_JSON_REQUIRED, &strings, &error));
  g_assert_cmpuint (g_strv_length (strings), ==, 2);
  g_assert_cmpstr (strings[1], ==, "y");
  g_assert_true (monocle_json_get_object (object, "f", "o", MONOCLE_JSON_REQUIRED, &o, &error));
  g_assert_true (monocle_json_has (o, "k"));
  g_assert_false (monocle_json_has (object, "n"));
  g_assert_true (monocle_json_get_array (object, "f", "three", MONOCLE_JSON_REQUIRED, &a, &error));
  g_assert_cmpuint (json_array_get_length (a), ==, 3);
  g_assert_no_error (error);
}

static void
test_wrong_values (void)
{
  g_autoptr (JsonObject) object
      = parse ("{\"i\": 3, \"d\": 0.5, \"s\": \"x\", \"n\": null, \"mixed\": [1, "
               "\"a\"], \"huge\": 1e999, \"o\": {}}");
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ints = NULL;
  g_auto (GStrv) strings = NULL;
  const char *s = NULL;
  gint64 i = 7;
  double d = 1, three[3] = { 1, 1, 1 };
  gboolean t = TRUE;
  JsonObject *o = NULL;
  JsonArray *a = NULL;

#define REFUSE(call, what)                                                                         \
  g_assert_false (call);                                                                           \
  check_file_error (&error, "f: ", what)

  REFUSE (monocle_json_get_int (object, "f", "gone", MONOCLE_JSON_REQUIRED, 0, 9, &i, &error),
          "\"gone\" is missing");
  REFUSE (monocle_json_get_int (object, "f", "n", MONOCLE_JSON_REQUIRED, 0, 9, &i, &error),
          "\"n\" is missing");
  REFUSE (monocle_json_get_int (object, "f", "i", MONOCLE_JSON_REQUIRED, 4, 9, &i, &error),
          "\"i\" is 3, expected 4 to 9");
  REFUSE (monocle_json_get_int (object, "f", "d", MONOCLE_JSON_OPTIONAL, 0, 9, &i, &error),
          "\"d\": expected an integer");
  REFUSE (monocle_json_get_double (object, "f", "s", MONOCLE_JSON_OPTIONAL, &d, &error),
          "expected a finite number");
  REFUSE (monocle_json_get_double (object, "f", "huge", MONOCLE_JSON_OPTIONAL, &d, &error),
          "finite");
  REFUSE (monocle_json_get_bool (object, "f", "i", MONOCLE_JSON_REQUIRED, &t, &error),
          "true or false");
  REFUSE (monocle_json_get_string (object, "f", "i", MONOCLE_JSON_REQUIRED, &s, &error),
          "expected a string");
  REFUSE (monocle_json_get_object (object, "f", "i", MONOCLE_JSON_REQUIRED, &o, &error),
          "expected an object");
  REFUSE (monocle_json_get_array (object, "f", "o", MONOCLE_JSON_REQUIRED, &a, &error),
          "expected an array");
  REFUSE (monocle_json_get_ints (object, "f", "mixed", MONOCLE_JSON_REQUIRED, 0, 9, &ints, &error),
          "integer");
  REFUSE (monocle_json_get_doubles (object, "f", "mixed", MONOCLE_JSON_REQUIRED, three, 3, &error),
          "has 2 numbers, expected 3");
  REFUSE (monocle_json_get_strings (object, "f", "mixed", MONOCLE_JSON_REQUIRED, &strings, &error),
          "strings");
  g_assert_cmpint (i, ==, 7);
  g_assert_cmpfloat (d, ==, 1);
  g_assert_null (ints);
  g_assert_null (strings);
}

/* As programs that know one kind of number write them. */
static void
test_lenient (void)
{
  g_autoptr (JsonObject) object
      = parse ("{\"i\": 3.0, \"yes\": true, \"one\": 1, \"no\": 0.0, \"two\": 2, \"s\": \"1\", "
               "\"inexact\": 9007199254740994.0, \"list\": [1, 2.5], \"mixed\": [1, \"a\"]}");
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GError) error = NULL;
  gboolean flag = FALSE;
  gint64 i = 7;

  g_assert_true (monocle_json_get_int (object, "f", "i", MONOCLE_JSON_REQUIRED, 3, 3, &i, &error));
  g_assert_cmpint (i, ==, 3);
  REFUSE (monocle_json_get_int (object, "f", "inexact", MONOCLE_JSON_REQUIRED, 0, G_MAXINT64, &i,
                                &error),
          "expected an integer");
  g_assert_true (monocle_json_get_flag (object, "f", "gone", &flag, &error));
  g_assert_false (flag);
  g_assert_true (monocle_json_get_flag (object, "f", "yes", &flag, &error));
  g_assert_true (flag);
  g_assert_true (monocle_json_get_flag (object, "f", "no", &flag, &error));
  g_assert_false (flag);
  g_assert_true (monocle_json_get_flag (object, "f", "one", &flag, &error));
  g_assert_true (flag);
  REFUSE (monocle_json_get_flag (object, "f", "two", &flag, &error), "true, false, 1 or 0");
  REFUSE (monocle_json_get_flag (object, "f", "s", &flag, &error), "true, false, 1 or 0");
  g_assert_true (monocle_json_read_numbers (json_object_get_member (object, "list"), "f", "list", 0,
                                            numbers, &error));
  g_assert_cmpuint (numbers->len, ==, 2);
  g_assert_cmpfloat (g_array_index (numbers, double, 1), ==, 2.5);
  REFUSE (monocle_json_read_numbers (json_object_get_member (object, "list"), "f", "list", 3,
                                     numbers, &error),
          "has 2 numbers, expected 3");
  REFUSE (monocle_json_read_numbers (json_object_get_member (object, "mixed"), "f", "mixed", 0,
                                     numbers, &error),
          "finite numbers only");
  REFUSE (monocle_json_read_numbers (json_object_get_member (object, "i"), "f", "i", 0, numbers,
                                     &error),
          "an array of numbers");
}

static void
test_bad_text (void)
{
  refuse_text ("", "empty");
  refuse_text ("[1]", "expected an object");
  refuse_text ("7", "expected an object");
  refuse_text ("{\"a\": 1", "bad JSON");
  refuse_text ("{\"a\" 1}", "bad JSON");
  refuse_text ("{\"a\": \"b}", "does not end");
  refuse_text ("{\"a\": \"\\", "bad escape");
  refuse_text ("{\"a\": \xff}", "UTF-8");
  refuse ("{\"a\":\0 1}", 9, "UTF-8");
  /* These json-glib would abort on, or read as something else. */
  refuse_text ("{\"a\": \"\\ud800\"}", "bad escape");
  refuse_text ("{\"a\": \"\\ud800\\u0041\"}", "bad escape");
  refuse_text ("{\"a\": \"\\udc00\"}", "bad escape");
  refuse_text ("{\"a\": \"\\u\"}", "bad escape");
  refuse_text ("{\"a\": \"\\u00\", \"b\": \"00\"}", "bad escape");
  refuse_text ("{\"a\": \"\\u0000\"}", "bad escape");
  refuse_text ("{\"a\": \"\\x\"}", "bad escape");
  refuse_text ("{\"a\": 1} {\"a\": 2}", "follows");
  refuse_text ("{\"a\": 1}}", "follows");
  refuse_text ("{\"a\": {}}, \"b\"", "follows");
  refuse_text ("{\"a\": [1]}\n\nx", "follows");
  refuse_text ("{/* \" */ \"a\": 1}", "not JSON");
  refuse_text ("{\"a\": 'b'}", "not JSON");
}

/* A byte order mark does no harm, and what is no JSON at all is called by its name. */
static void
test_other_files (void)
{
  static const char utf16[] = "\xff\xfe{\0\"\0";
  g_autoptr (JsonObject) object = parse ("\xef\xbb\xbf{\"a\": 1}");

  g_assert_true (monocle_json_has (object, "a"));
  refuse ("\xef\xbb\xbf", 3, "");
  refuse (utf16, sizeof utf16 - 1, "UTF-16");
  refuse_text ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "Git LFS");
  refuse_text ("<!DOCTYPE html>\n<html><body>404</body></html>", "a web page");
  refuse_text ("\n <HTML lang=\"en\">", "a web page");
  refuse_text ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "a web page");
  refuse ("\x1f\x8b\x08\0", 4, "gzip");
  refuse_text ("Entry not found", "JSON");
  refuse_text ("{\"a\": [1, 2", "cut off");
  refuse_text ("{\"a\": \"b", "cut off");
}

/* Beyond 64 bits, as "model_max_length" often is: no integer, and the value that it says. */
static void
test_large_integers (void)
{
  g_autoptr (JsonObject) object
      = parse ("{\"most\": 9223372036854775807, \"more\": 9223372036854775808, \"less\": "
               "-99999999999999999999, \"s\": \"\\\"99999999999999999999\", \"f\": "
               "0.99999999999999999999, \"e\": 1e-00000000000000000001, \"last\": [1, "
               "1000000000000000019884624838656]}");
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ints = NULL;
  const char *s = NULL;
  gint64 i = 0;
  double d = 0;

  g_assert_true (
      monocle_json_get_int (object, "f", "most", MONOCLE_JSON_REQUIRED, 0, G_MAXINT64, &i, &error));
  g_assert_cmpint (i, ==, G_MAXINT64);
  g_assert_true (monocle_json_get_double (object, "f", "less", MONOCLE_JSON_REQUIRED, &d, &error));
  g_assert_cmpfloat (d, ==, -1e20);
  g_assert_true (monocle_json_get_double (object, "f", "e", MONOCLE_JSON_REQUIRED, &d, &error));
  g_assert_cmpfloat (d, ==, 0.1);
  g_assert_true (monocle_json_get_string (object, "f", "s", MONOCLE_JSON_REQUIRED, &s, &error));
  g_assert_cmpstr (s, ==, "\"99999999999999999999");
  g_assert_false (monocle_json_get_int (object, "f", "more", MONOCLE_JSON_REQUIRED, G_MININT64,
                                        G_MAXINT64, &i, &error));
  check_file_error (&error, "f: ", "expected an integer");
  g_assert_false (
      monocle_json_get_ints (object, "f", "last", MONOCLE_JSON_REQUIRED, -1, 2, &ints, &error));
  check_file_error (&error, "f: ", "expected an integer");
}

static void
test_depth (void)
{
  for (guint depth = 60; depth <= 70; depth++)
    {
      g_autoptr (GString) text = g_string_new ("{\"a\":");
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonObject) object = NULL;
      for (guint i = 1; i < depth; i++)
        g_string_append_c (text, '[');
      for (guint i = 1; i < depth; i++)
        g_string_append_c (text, ']');
      g_string_append_c (text, '}');
      object = monocle_json_parse (text->str, text->len, "f.json", &error);
      if (depth <= 64)
        g_assert_nonnull (object);
      else
        check_file_error (&error, "f.json: ", "nested more than 64 levels");
    }
  {
    g_autofree char *deep = g_strnfill (10 * 1000 * 1000, '[');
    refuse_text (deep, "nested");
  }
}

static void
test_files (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *good = write_file (folder, "good.json", "{\"a\": 1}", 8);
  g_autofree char *empty = write_file (folder, "empty.json", "", 0);
  g_autofree char *bad = write_file (folder, "bad.json", "nonsense", 8);
  g_autofree char *gone = g_build_filename (folder, "gone.json", NULL);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;

  object = monocle_json_load (good, &error);
  g_assert_no_error (error);
  g_assert_true (monocle_json_has (object, "a"));
  g_assert_null (monocle_json_load (gone, &error));
  check_file_error (&error, gone, "no such file");
  g_assert_null (monocle_json_load (folder, &error));
  check_file_error (&error, folder, "is a directory");
  g_assert_null (monocle_json_load (empty, &error));
  check_file_error (&error, empty, "is empty");
  g_assert_null (monocle_json_load (bad, &error));
  check_file_error (&error, bad, "bad JSON");
  remove_folder (folder);
}

/* The real files: a large tokenizer and the configurations. */
static void
test_real (void)
{
  const char *names[] = { "models/native-96/tokenizer.json", "florence-2/native-large/config.json",
                          "florence-2/original-base/config.json", "manifest.json" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = fixture (names[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonObject) object = monocle_json_load (path, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (json_object_get_size (object), >, 2);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/json/values", test_values);
  g_test_add_func ("/engine/json/wrong-values", test_wrong_values);
  g_test_add_func ("/engine/json/lenient", test_lenient);
  g_test_add_func ("/engine/json/bad-text", test_bad_text);
  g_test_add_func ("/engine/json/other-files", test_other_files);
  g_test_add_func ("/engine/json/large-integers", test_large_integers);
  g_test_add_func ("/engine/json/depth", test_depth);
  g_test_add_func ("/engine/json/files", test_files);
  g_test_add_func ("/engine/json/real", test_real);
  return g_test_run ();
}
