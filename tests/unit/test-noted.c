/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/search: what was read in the window is kept where a search looks for it.
 */
#include "config.h"

#include <string.h>

#include "app/search/noted.h"
#include "tests/unit/answer-fixture.h"

#define CONTENT "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define MODEL   "f00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const MonocleStamp stamp = { .size = 12, .modified = 34 };

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
keep (const char *content, GError **error)
{
  const MonocleObject objects[]
      = { box_object ("Way", 0, 0, 4, 4), box_object ("out", 4, 0, 8, 4) };
  g_autoptr (MonocleResult) result = answer_with (objects, G_N_ELEMENTS (objects));
  g_autoptr (GAsyncResult) kept = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    monocle_shape_unref (objects[i].shape);
  monocle_noted_keep_async ("/pictures/sign.jpg", &stamp, content, MODEL, result, on_kept, &kept);
  while (!kept)
    g_main_context_iteration (NULL, TRUE);
  return monocle_noted_keep_finish (kept, error);
}

static void
test_kept (void)
{
  const guint8 digest[MONOCLE_INDEX_DIGEST_BYTES]
      = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
  const guint8 model[MONOCLE_INDEX_DIGEST_BYTES]
      = { 0xf0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
  g_autofree char *path = monocle_texts_dup_path ();
  g_autoptr (MonocleTexts) texts = NULL, busy = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (keep (CONTENT, &error));
  g_assert_no_error (error);
  texts = monocle_texts_open (path, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (monocle_texts_get_n (texts), ==, 1);
  g_assert_cmpstr (monocle_texts_find (texts, digest, model), ==, "Way\nout");
  g_assert_true (monocle_texts_is_read (texts, "/pictures/sign.jpg", 12, 34, model));

  g_assert_false (keep ("no digest", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  /* While another program writes. */
  busy = monocle_texts_open (path, TRUE, &error);
  g_assert_no_error (error);
  g_assert_false (keep (CONTENT, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/noted/kept", test_kept);
  return g_test_run ();
}
