/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/languages.h"

#include <string.h>

#include "engine/base/error.h"

/* What systems call languages that models know by another code. */
static const struct
{
  const char *name, *code;
} others[] = { { "nb", "no" }, { "nn", "no" }, { "tl", "fil" }, { "iw", "he" }, { "in", "id" } };

const char *
monocle_languages_find (const char *const *languages, const char *name)
{
  g_autofree char *code = g_ascii_strdown (name, (gssize) strcspn (name, "-_.@"));
  const char *also = "";

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_str_equal (others[i].name, code))
      also = others[i].code;
  for (guint i = 0; languages && languages[i]; i++)
    if (g_str_equal (languages[i], code) || g_str_equal (languages[i], also))
      return languages[i];
  return NULL;
}

const char *
monocle_languages_choose (const char *const *languages, const char *const *wanted)
{
  const char *found = NULL;

  for (guint i = 0; wanted[i] && !found; i++)
    found = monocle_languages_find (languages, wanted[i]);
  if (!found)
    found = monocle_languages_find (languages, MONOCLE_LANGUAGE_USUAL);
  return found || !languages ? found : languages[0];
}

gboolean
monocle_languages_check (const char *id,
                         const char *const *languages,
                         const char *name,
                         GError **error)
{
  g_autofree char *known = NULL;

  if (!name || monocle_languages_find (languages, name))
    return TRUE;
  if (!languages)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                   "%s takes no language", id);
      return FALSE;
    }
  known = g_strjoinv (", ", (char **) languages);
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               "“%.20s” is none of the languages of %s: %s", name, id, known);
  return FALSE;
}

gboolean
monocle_language_is_code (const char *text)
{
  const gsize length = strlen (text);

  return length > 0 && length < MONOCLE_LANGUAGE_SIZE
         && strspn (text, "abcdefghijklmnopqrstuvwxyz") == length;
}
