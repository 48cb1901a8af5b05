/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Graphs and plans without a device: what is refused, what is alive when, what may be overwritten,
 * and how many bytes that takes.
 */
#include "config.h"

#include "engine/base/error.h"
#include "engine/nn/formulas.h"
#include "engine/nn/plan.h"

#define ROWS    64
#define COLUMNS 32
#define BYTES   ((guint64) ROWS * COLUMNS * sizeof (float))

/* Weights are only shapes here. */
static const MonocleTensor square = { .n_dims = 2, .dims = { COLUMNS, COLUMNS } };
static const MonocleTensor wide = { .n_dims = 2, .dims = { 4 * COLUMNS, COLUMNS } };
static const MonocleTensor narrow = { .n_dims = 2, .dims = { COLUMNS, 4 * COLUMNS } };
static const MonocleTensor vector = { .n_dims = 1, .dims = { COLUMNS } };

static MonocleGraph *
new_graph (MonocleValue *x)
{
  MonocleGraph *g = monocle_graph_new ("test", MONOCLE_FORMAT_F32);

  *x = monocle_input (g, "x", MONOCLE_FORMAT_F32, MONOCLE_DIMS (ROWS, COLUMNS));
  return g;
}

static MonocleValue
product (MonocleGraph *g, MonocleValue x, MonocleValue residual)
{
  return monocle_matmul (g, x, monocle_outside (g, &square), 0, residual, MONOCLE_ACTIVATION_NONE);
}

static MonocleValue
norm (MonocleGraph *g, MonocleValue x)
{
  MonocleValue v = monocle_outside (g, &vector);

  return monocle_layer_norm (g, x, v, v, 1e-5f);
}

static void
assert_bytes (MonocleGraph *g, MonoclePlanFlags flags, guint64 bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonoclePlan) plan = monocle_graph_plan (g, NULL, flags, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (monocle_plan_get_bytes (plan), ==, bytes);
}

static void
assert_refused (MonocleGraph *g, const char *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonoclePlan) plan = monocle_graph_plan (g, NULL, MONOCLE_PLAN_DEFAULT, &error);

  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
  g_assert_null (plan);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("“%s” is not “%s”", error->message, pattern);
}

/* --- what is refused ---------------------------------------------------------------------- */

static void
test_misfits (void)
{
  for (guint i = 0; i < 9; i++)
    {
      MonocleValue x;
      g_autoptr (MonocleGraph) g = new_graph (&x);
      const char *pattern = NULL;

      switch (i)
        {
        case 0:
          monocle_matmul (g, x, monocle_outside (g, &narrow), 0, 0, MONOCLE_ACTIVATION_NONE);
          pattern = "test: matmul: weights of 128 columns for rows of 32";
          break;
        case 1:
          monocle_matmul (g, x, monocle_outside (g, &wide), monocle_outside (g, &vector), 0,
                          MONOCLE_ACTIVATION_NONE);
          pattern = "test: matmul: a bias of 32*128*";
          break;
        case 2:
          monocle_matmul (g, x, monocle_outside (g, &wide), 0, x, MONOCLE_ACTIVATION_NONE);
          pattern = "test: matmul: *residual*";
          break;
        case 3:
          monocle_reshape (g, x, MONOCLE_DIMS (ROWS + 1, COLUMNS));
          pattern = "test: *2048*2080*";
          break;
        case 4:
          monocle_rows (g, x, ROWS - 8, 9);
          pattern = "test: rows 56 to 65 of 64";
          break;
        case 5:
          /* Not on the alignment. */
          monocle_rows (g, x, 1, 2);
          pattern = "test: rows 1 to 3 of 64";
          break;
        case 6:
          monocle_im2col (g, monocle_reshape (g, x, MONOCLE_DIMS (4, 16, COLUMNS)), 7, 1, 0);
          pattern = "test: im2col: 16 x 4 pixels*7";
          break;
        case 7:
          monocle_window_attention (g, monocle_reshape (g, x, MONOCLE_DIMS (8, 8, COLUMNS)), x, 3,
                                    4);
          pattern = "test: window attention: *heads";
          break;
        default:
          monocle_put_rows (g, x, monocle_rows (g, x, 0, 8), ROWS - 4);
          pattern = "test: put rows: rows 60 to 68 of 64";
          break;
        }
      /* What comes after a misfit is not looked at, and does not matter. */
      monocle_keep (g, product (g, norm (g, x), 0));
      assert_refused (g, pattern);
    }
}

/* Whatever reads what was overwritten since would read something else than the formula says. */
static void
test_stale (void)
{
  MonocleValue x, y, view;
  g_autoptr (MonocleGraph) g = new_graph (&x);

  y = norm (g, x);
  view = monocle_rows (g, y, 0, 8);
  monocle_keep (g, monocle_put_rows (g, y, monocle_rows (g, x, 0, 8), 0));
  g_assert_true (monocle_graph_check (g, NULL));
  product (g, view, 0);
  assert_refused (g, "test: matmul reads a value after it was changed");
}

/* A cache is of use to somebody else, or to nobody. */
static void
test_writes_inside (void)
{
  MonocleGraph *g = monocle_graph_new ("test", MONOCLE_FORMAT_F32);
  MonocleValue qkv = monocle_input (g, "qkv", MONOCLE_FORMAT_F32, MONOCLE_DIMS (2, 96));
  MonocleValue keys = monocle_input (g, "keys", MONOCLE_FORMAT_F32, MONOCLE_DIMS (2, 16, 32));
  MonocleValue table = monocle_input (g, "table", MONOCLE_FORMAT_U32, MONOCLE_DIMS (2, 16));
  MonocleValue place = monocle_input (g, "place", MONOCLE_FORMAT_U32, MONOCLE_DIMS (2));

  monocle_cached_attention (g, qkv, keys, keys, table, place,
                            &(MonocleCachedAttention){ .n_tokens = 1, .n_heads = 4 });
  assert_refused (g, "test: cached attention changes what nobody else sees");
  monocle_graph_free (g);
}

/* --- lifetimes ---------------------------------------------------------------------------- */

static void
test_chain (void)
{
  MonocleValue x;
  g_autoptr (MonocleGraph) g = new_graph (&x);

  /* Norms lie over what they read, products cannot: two places, however long the chain. */
  for (guint i = 0; i < 5; i++)
    x = product (g, norm (g, x), 0);
  monocle_keep (g, x);
  assert_bytes (g, MONOCLE_PLAN_DEFAULT, 2 * BYTES);
}

static void
test_norms_in_place (void)
{
  MonocleValue x;
  g_autoptr (MonocleGraph) g = new_graph (&x);

  for (guint i = 0; i < 5; i++)
    x = norm (g, x);
  monocle_keep (g, x);
  assert_bytes (g, MONOCLE_PLAN_DEFAULT, BYTES);
}

/* x + f (norm (x)): the sum may lie over x when nobody reads x again. */
static void
test_residual (void)
{
  MonocleValue x, y;
  g_autoptr (MonocleGraph) g = new_graph (&x), again = new_graph (&x), kept = new_graph (&x);

  x = monocle_graph_find (g, "x");
  y = product (g, norm (g, x), x);
  monocle_keep (g, y);
  assert_bytes (g, MONOCLE_PLAN_DEFAULT, 2 * BYTES);

  x = monocle_graph_find (again, "x");
  y = product (again, norm (again, x), x);
  monocle_keep (again, product (again, y, x));
  assert_bytes (again, MONOCLE_PLAN_DEFAULT, 3 * BYTES);

  x = monocle_graph_find (kept, "x");
  monocle_keep (kept, x);
  monocle_keep (kept, product (kept, norm (kept, x), x));
  assert_bytes (kept, MONOCLE_PLAN_DEFAULT, 3 * BYTES);
}

/* What an op needs whole must not be overwritten while it goes on, also under another name. */
static void
test_traps (void)
{
  MonocleValue x;
  g_autoptr (MonocleGraph) g = new_graph (&x), view = new_graph (&x), part = new_graph (&x);

  x = monocle_graph_find (g, "x");
  monocle_keep (g, product (g, x, x));
  assert_bytes (g, MONOCLE_PLAN_DEFAULT, 2 * BYTES);

  x = monocle_graph_find (view, "x");
  monocle_keep (view, product (view, monocle_reshape (view, x, MONOCLE_DIMS (8, 8, COLUMNS)), x));
  assert_bytes (view, MONOCLE_PLAN_DEFAULT, 2 * BYTES);

  /* Half of something is no place for a result, since the other half is read later. */
  x = monocle_graph_find (part, "x");
  monocle_keep (part, norm (part, monocle_rows (part, x, 0, ROWS / 2)));
  monocle_keep (part, norm (part, monocle_rows (part, x, ROWS / 2, ROWS / 2)));
  assert_bytes (part, MONOCLE_PLAN_DEFAULT, 2 * BYTES);
}

static void
test_dead (void)
{
  MonocleValue x;
  g_autoptr (MonocleGraph) g = new_graph (&x);
  MonocleValue y = norm (g, x);
  MonocleValue big
      = monocle_matmul (g, y, monocle_outside (g, &wide), 0, 0, MONOCLE_ACTIVATION_NONE);

  monocle_name (g, big, "big");
  g_assert_cmpuint (monocle_graph_find (g, "big"), ==, big);
  g_assert_cmpuint (monocle_graph_find (g, "x"), ==, x);
  g_assert_cmpuint (monocle_graph_find (g, "y"), ==, 0);
  monocle_keep (g, y);
  assert_bytes (g, MONOCLE_PLAN_DEFAULT, BYTES);
  /* Whoever looks for names wants it. */
  assert_bytes (g, MONOCLE_PLAN_KEEP_NAMED, BYTES + 4 * BYTES);
}

static void
test_kept_outside (void)
{
  static const MonocleTensor place = { .n_dims = 2, .dims = { ROWS, COLUMNS } };
  static const MonocleTensor other = { .n_dims = 2, .dims = { ROWS, COLUMNS + 4 } };
  MonocleValue x, y;
  g_autoptr (MonocleGraph) g = new_graph (&x);

  y = product (g, x, 0);
  monocle_keep_in (g, y, &place);
  assert_bytes (g, MONOCLE_PLAN_DEFAULT, BYTES);
  monocle_keep_in (g, product (g, y, 0), &other);
  assert_refused (g, "test: 8192 bytes are to be kept in 9216");
}

/* The middle of a perceptron is computed in slices where it is large, unless somebody reads it. */
static void
test_slices (void)
{
  const guint rows = 1 << 17;
  const guint64 bytes = (guint64) rows * COLUMNS * sizeof (float), slice = 32 << 20;

  for (guint is_kept = 0; is_kept < 2; is_kept++)
    {
      g_autoptr (MonocleGraph) g = monocle_graph_new ("test", MONOCLE_FORMAT_F32);
      MonocleValue x = monocle_input (g, "x", MONOCLE_FORMAT_F32, MONOCLE_DIMS (rows, COLUMNS));
      MonocleValue n = norm (g, x), h;

      for (guint i = 0; i < 3; i++)
        {
          h = monocle_matmul (g, n, monocle_outside (g, &wide), 0, 0, MONOCLE_ACTIVATION_GELU);
          if (is_kept)
            monocle_keep (g, h);
          x = monocle_matmul (g, h, monocle_outside (g, &narrow), 0, x, MONOCLE_ACTIVATION_NONE);
          n = norm (g, x);
        }
      monocle_keep (g, n);
      /* x and n, and the slice; where the sum is read no more, the last norm lies over it. */
      assert_bytes (g, MONOCLE_PLAN_DEFAULT, is_kept ? 12 * bytes + 2 * bytes : 2 * bytes + slice);
    }
}

/* Where even what goes into a perceptron is larger than a slice, it is no chain by itself with the
 * first product, which would leave the middle whole. */
static void
test_slices_of_all (void)
{
  const guint rows = 1 << 19;
  const guint64 bytes = (guint64) rows * COLUMNS * sizeof (float), slice = 32 << 20;
  g_autoptr (MonocleGraph) g = monocle_graph_new ("test", MONOCLE_FORMAT_F32);
  MonocleValue x = monocle_input (g, "x", MONOCLE_FORMAT_F32, MONOCLE_DIMS (rows, COLUMNS));
  MonocleValue h
      = monocle_matmul (g, norm (g, x), monocle_outside (g, &wide), 0, 0, MONOCLE_ACTIVATION_GELU);

  monocle_keep (g,
                monocle_matmul (g, h, monocle_outside (g, &narrow), 0, x, MONOCLE_ACTIVATION_NONE));
  /* The sum lies over x. */
  assert_bytes (g, MONOCLE_PLAN_DEFAULT, 2 * bytes + slice);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/graph/misfits", test_misfits);
  g_test_add_func ("/graph/stale", test_stale);
  g_test_add_func ("/graph/writes-inside", test_writes_inside);
  g_test_add_func ("/plan/chain", test_chain);
  g_test_add_func ("/plan/norms-in-place", test_norms_in_place);
  g_test_add_func ("/plan/residual", test_residual);
  g_test_add_func ("/plan/traps", test_traps);
  g_test_add_func ("/plan/dead", test_dead);
  g_test_add_func ("/plan/kept-outside", test_kept_outside);
  g_test_add_func ("/plan/slices", test_slices);
  g_test_add_func ("/plan/slices-of-all", test_slices_of_all);

  return g_test_run ();
}
