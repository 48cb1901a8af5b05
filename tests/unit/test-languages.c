/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Languages of answers: by code, by locale, and the best of those that somebody speaks.
 */
#include "config.h"

#include <string.h>

#include "engine/answer/languages.h"
#include "engine/base/error.h"

static const char *const some[] = { "de", "en", "fil", "he", "no", "zh", NULL };
static const char *const others[] = { "fr", "ja", NULL };

static void
test_find (void)
{
  static const char *const rows[][2] = {
    { "de", "de" },    { "de_AT.UTF-8@euro", "de" },
    { "DE-at", "de" }, { "zh_TW", "zh" },
    { "nb_NO", "no" }, { "tl", "fil" },
    { "iw", "he" },    { "fi", NULL },
    { "d", NULL },     { "deu", NULL },
    { "C", NULL },     { "", NULL },
    { "_de", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (monocle_languages_find (some, rows[i][0]), ==, rows[i][1]);
  g_assert_null (monocle_languages_find (NULL, "de"));
}

static const char *
choose (const char *const *languages, const char *spoken)
{
  g_auto (GStrv) wanted = g_strsplit (spoken, ":", -1);

  return monocle_languages_choose (languages, (const char *const *) wanted);
}

static void
test_choose (void)
{
  g_assert_cmpstr (choose (some, "fr_CH:fr:de_CH:de:C"), ==, "de");
  g_assert_cmpstr (choose (some, "nn_NO:nn:C"), ==, "no");
  g_assert_cmpstr (choose (some, "C"), ==, "en");
  g_assert_cmpstr (choose (some, "sk_SK:sk:C"), ==, "en");
  g_assert_cmpstr (choose (others, "sk:C"), ==, "fr");
  g_assert_null (choose (NULL, "de:C"));
}

static void
test_check (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (monocle_languages_check ("caption", some, "de-CH", &error));
  g_assert_true (monocle_languages_check ("ocr", NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (monocle_languages_check ("caption", some, "tlh", &error));
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST);
  g_assert_cmpstr (error->message, ==,
                   "“tlh” is none of the languages of caption: de, en, fil, he, no, zh");
  g_clear_error (&error);
  g_assert_false (monocle_languages_check ("ocr", NULL, "de", &error));
  g_assert_cmpstr (error->message, ==, "ocr takes no language");

  g_assert_true (monocle_language_is_code ("fil"));
  g_assert_false (monocle_language_is_code (""));
  g_assert_false (monocle_language_is_code ("De"));
  g_assert_false (monocle_language_is_code ("de\n"));
  g_assert_false (monocle_language_is_code ("abcdefghijkl"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/languages/find", test_find);
  g_test_add_func ("/languages/choose", test_choose);
  g_test_add_func ("/languages/check", test_check);
  return g_test_run ();
}
