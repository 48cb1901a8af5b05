/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The languages that a task answers in: codes of ISO 639, as the model was trained with them.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is meant where nobody says. */
#define MONOCLE_LANGUAGE_USUAL "en"

/* A code, and the zero behind it. */
#define MONOCLE_LANGUAGE_SIZE 12

/**
 * monocle_languages_find:
 * @languages: (array zero-terminated=1) (nullable): of a task
 * @name: a code, a tag of BCP 47 or the name of a locale: `de`, `de-AT`, `de_AT.UTF-8`
 *
 * Returns: (transfer none) (nullable): the one of @languages, which is never freed; %NULL: it is
 *   none of them
 */
const char *monocle_languages_find (const char *const *languages, const char *name);

/**
 * monocle_languages_choose:
 * @languages: (array zero-terminated=1) (nullable): of a task
 * @wanted: (array zero-terminated=1): what somebody speaks, best first, as
 *   g_get_language_names() says
 *
 * Returns: (transfer none) (nullable): the first of @wanted that is among @languages, else what is
 *   usual; %NULL where there are no languages
 */
const char *monocle_languages_choose (const char *const *languages, const char *const *wanted);

/**
 * monocle_languages_check:
 * @id: of the task, for errors
 * @languages: (array zero-terminated=1) (nullable): of it
 * @name: (nullable): as above; %NULL is right for all
 * @error: return location
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_REQUEST, naming those that there are.
 */
gboolean monocle_languages_check (const char *id,
                                  const char *const *languages,
                                  const char *name,
                                  GError **error);

/* Whether it could be a code, of whatever list. */
gboolean monocle_language_is_code (const char *text);

G_END_DECLS
