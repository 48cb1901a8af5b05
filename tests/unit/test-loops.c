/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/loops.h"

/* @n_before different tokens, then @n of a piece of @piece tokens; what is kept of it */
static guint
find (guint n_before, guint piece, guint n)
{
  guint32 ids[1024];

  g_assert (n_before + n <= G_N_ELEMENTS (ids));
  for (guint i = 0; i < n_before; i++)
    ids[i] = 5000 + i;
  for (guint i = 0; i < n; i++)
    ids[n_before + i] = i % piece;
  return monocle_loops_find (ids, n_before + n);
}

static void
test_found (void)
{
  /* 96 tokens of short pieces, six copies of long ones; the first copy is kept. */
  g_assert_cmpuint (find (10, 1, 96), ==, 11);
  g_assert_cmpuint (find (0, 1, 96), ==, 1);
  g_assert_cmpuint (find (10, 7, 96), ==, 17);
  g_assert_cmpuint (find (3, 30, 180), ==, 33);
  g_assert_cmpuint (find (3, 64, 6 * 64), ==, 67);
  /* Also where the last copy is not whole yet. */
  g_assert_cmpuint (find (3, 64, 6 * 64 + 20), ==, 67);
}

static void
test_not_found (void)
{
  g_assert_cmpuint (find (0, 1, 0), ==, 0);
  g_assert_cmpuint (find (1, 1, 1), ==, 0);
  g_assert_cmpuint (find (10, 1, 95), ==, 0);
  g_assert_cmpuint (find (10, 30, 179), ==, 0);
  g_assert_cmpuint (find (10, 65, 8 * 65), ==, 0);
  g_assert_cmpuint (find (500, 1, 1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/loops/found", test_found);
  g_test_add_func ("/loops/not-found", test_not_found);

  return g_test_run ();
}
