/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The names are those of Unicode's common locale data, which ICU has.
 */
#include "config.h"

#include "app/base/languages.h"

#include <string.h>
#include <unicode/uldnames.h>

#include "engine/engine.h"

/* Of the longest name, in UTF-16. */
#define MAX_NAME 256

/* (transfer full): without what systems write behind a dot */
static char *
dup_locale (void)
{
  const char *first = g_get_language_names ()[0];
  g_autofree char *locale = g_strndup (first, strcspn (first, ".@"));

  return g_str_equal (locale, "C") || g_str_equal (locale, "POSIX")
             ? g_strdup (MONOCLE_LANGUAGE_USUAL)
             : g_steal_pointer (&locale);
}

static char *
dup_name (const char *code, UDisplayContext capitals)
{
  UDisplayContext contexts[] = { UDISPCTX_STANDARD_NAMES, capitals };
  UErrorCode status = U_ZERO_ERROR;
  g_autofree char *locale = dup_locale ();
  ULocaleDisplayNames *names
      = uldn_openForContext (locale, contexts, G_N_ELEMENTS (contexts), &status);
  UChar name[MAX_NAME];
  int32_t n = 0;
  char *text;

  /* Each does nothing where one before it failed. */
  n = uldn_languageDisplayName (names, code, name, MAX_NAME, &status);
  text = U_SUCCESS (status) && n < MAX_NAME
             ? g_utf16_to_utf8 ((const gunichar2 *) name, n, NULL, NULL, NULL)
             : NULL;
  if (names)
    uldn_close (names);
  return text && *text ? text : g_strdup (code);
}

char *
monocle_language_dup_name (const char *code)
{
  g_return_val_if_fail (code, NULL);

  return dup_name (code, UDISPCTX_CAPITALIZATION_FOR_MIDDLE_OF_SENTENCE);
}

char *
monocle_language_dup_title (const char *code)
{
  g_return_val_if_fail (code, NULL);

  return dup_name (code, UDISPCTX_CAPITALIZATION_FOR_UI_LIST_OR_MENU);
}

const char *
monocle_language_choose (const char *const *languages)
{
  return monocle_languages_choose (languages, g_get_language_names ());
}
