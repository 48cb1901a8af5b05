/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is said of an error: for every code something to read and something to do, and nothing of
 * what a library said.
 */
#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "app/base/error.h"
#include "app/document/query.h"
#include "app/base/trouble.h"
#include "engine/models/florence2/tasks.h"

static const MonocleAttempt attempts[]
    = { MONOCLE_ATTEMPT_LOAD,  MONOCLE_ATTEMPT_ASK,    MONOCLE_ATTEMPT_SHOW, MONOCLE_ATTEMPT_WRITE,
        MONOCLE_ATTEMPT_TRASH, MONOCLE_ATTEMPT_LAUNCH, MONOCLE_ATTEMPT_GET };

/* Of engines, kernels and libraries. */
#define RAW "VK_ERROR_DEVICE_LOST (-4) while waiting: Error opening file /x: no file; --model DIR"

static void
check (GQuark domain, int code)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, RAW);

  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++)
    {
      MonocleTrouble trouble = monocle_trouble_describe (attempts[i], error);

      g_assert_nonnull (trouble.what);
      g_assert_nonnull (trouble.advice);
      g_assert_null (strstr (trouble.what, "VK_"));
      g_assert_null (strstr (trouble.advice, "VK_"));
      g_assert_true (g_str_has_suffix (trouble.advice, "."));
    }
}

static void
test_every_code (void)
{
  for (int code = 0; code <= MONOCLE_ENGINE_ERROR_FAILED + 1; code++)
    check (MONOCLE_ENGINE_ERROR, code);
  for (int code = 0; code <= G_IO_ERROR_NO_SUCH_DEVICE; code++)
    check (G_IO_ERROR, code);
  for (int code = MONOCLE_APP_ERROR_NO_MODEL; code <= MONOCLE_APP_ERROR_WRITE; code++)
    check (MONOCLE_APP_ERROR, code);
  for (int code = MONOCLE_APP_ERROR_DAMAGED; code <= MONOCLE_APP_ERROR_BUSY; code++)
    check (MONOCLE_APP_ERROR, code);
  check (g_quark_from_static_string ("somebody-else"), 7);
}

/* The application's own refusals say why. */
static void
test_own_words (void)
{
  g_autoptr (GError) error
      = g_error_new_literal (MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_PICTURE, "This is a folder.");

  g_assert_cmpstr (monocle_trouble_describe (MONOCLE_ATTEMPT_SHOW, error).advice, ==,
                   "This is a folder.");
}

/* The same code calls for something else where something else was tried. */
static void
test_attempts (void)
{
  g_autoptr (GError) memory
      = g_error_new_literal (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY, RAW);
  g_autoptr (GError) file
      = g_error_new_literal (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_FILE, RAW);

  g_assert_cmpstr (monocle_trouble_describe (MONOCLE_ATTEMPT_LOAD, memory).what, !=,
                   monocle_trouble_describe (MONOCLE_ATTEMPT_SHOW, memory).what);
  g_assert_cmpstr (monocle_trouble_describe (MONOCLE_ATTEMPT_LOAD, file).advice, !=,
                   monocle_trouble_describe (MONOCLE_ATTEMPT_SHOW, file).advice);
}

/* In the list of what was asked. */
static void
test_summary (void)
{
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, NULL, 0, NULL);
  g_autoptr (GError) error
      = g_error_new_literal (MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_DEVICE_LOST, RAW);
  g_autofree char *summary = NULL;

  monocle_query_fail (query, error);
  summary = monocle_query_dup_summary (query);
  g_assert_cmpstr (summary, ==, "The Graphics Device Stopped Answering");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/app/trouble/every-code", test_every_code);
  g_test_add_func ("/app/trouble/own-words", test_own_words);
  g_test_add_func ("/app/trouble/attempts", test_attempts);
  g_test_add_func ("/app/trouble/summary", test_summary);

  return g_test_run ();
}
