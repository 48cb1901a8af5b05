/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plain C under the kernels: layouts, tensors, that ops refuse shapes that do not fit,
 * and which kernel a device gets.
 */
#include "config.h"

#include <string.h>

#include "engine/nn/ops.h"
#include "engine/nn/ops/matmul-coop.h"
#include "engine/nn/variant.h"

static void
test_sizes (void)
{
  MonocleTensor tensor = { .n_dims = 3, .dims = { 3, 5, 8 }, .format = MONOCLE_FORMAT_F16 };

  g_assert_cmpuint (monocle_tensor_get_n_elements (&tensor), ==, 120);
  g_assert_cmpuint (monocle_tensor_get_size_bytes (&tensor), ==, 240);
  tensor.format = MONOCLE_FORMAT_U32;
  g_assert_cmpuint (monocle_tensor_get_size_bytes (&tensor), ==, 480);

  /* No overflow where 32 bits would. */
  tensor = (MonocleTensor){ .n_dims = 2, .dims = { 100000, 50000 } };
  g_assert_cmpuint (monocle_tensor_get_size_bytes (&tensor), ==, G_GUINT64_CONSTANT (20000000000));
}

static void
test_packed_sizes (void)
{
  static const guint columns[] = { 1, 3, 31, 32, 33, 96, 127, 128, 129, 768, 1000, 4096 };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      const MonocleTensor tensor
          = { .n_dims = 2, .dims = { columns[i], 8 }, .layout = MONOCLE_LAYOUT_PACKED };
      const guint padded = monocle_layout_get_padded_columns (columns[i]);

      g_assert_cmpuint (padded, >=, columns[i]);
      g_assert_cmpuint (padded % 32, ==, 0);
      g_assert_cmpuint (monocle_tensor_get_size_bytes (&tensor), ==, padded * 8 * sizeof (float));
    }
  /* The widths of the model waste nothing. */
  g_assert_cmpuint (monocle_layout_get_padded_columns (96), ==, 96);
  g_assert_cmpuint (monocle_layout_get_padded_columns (768), ==, 768);
  g_assert_cmpuint (monocle_layout_get_padded_columns (4096), ==, 4096);
}

/* [6, 8] as [8][2][4][4]: four numbers of each of four rows, then the next four; rows to the
 * padding. */
static void
test_layouts (void)
{
  const guint n = 6, k = 8, padded = 32;
  float matrix[48], packed[256], back[48] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (matrix); i++)
    matrix[i] = i + 1;
  g_assert_cmpuint (monocle_layout_count (MONOCLE_LAYOUT_ROWS, n, k), ==, n * k);
  g_assert_cmpuint (monocle_layout_count (MONOCLE_LAYOUT_PACKED, n, k), ==, padded * k);
  g_assert_cmpuint (monocle_layout_get_line (MONOCLE_LAYOUT_PACKED, k), ==, 4 * k);

  memset (packed, 0xff, sizeof packed);
  for (guint line = 0; line < padded / 4; line++)
    monocle_layout_pack (MONOCLE_LAYOUT_PACKED, matrix, n, k, line, 1, packed + 4 * k * line);
  for (guint i = 0; i < G_N_ELEMENTS (packed); i++)
    {
      const guint row = i / (4 * k) * 4 + i / 4 % 4, column = i / 16 % (k / 4) * 4 + i % 4;

      g_assert_cmpfloat (packed[i], ==, row < n ? matrix[row * k + column] : 0);
    }
  for (guint line = 0; line < 2; line++)
    monocle_layout_unpack (MONOCLE_LAYOUT_PACKED, packed + 4 * k * line, n, k, line, 1, back);
  g_assert_cmpmem (back, sizeof back, matrix, sizeof matrix);
}

static void
test_views (void)
{
  const MonocleTensor tensor = { .offset = 512, .n_dims = 3, .dims = { 8, 4, 16 } };
  const MonocleTensor rows = monocle_tensor_get_rows (&tensor, 3, 2);
  const MonocleTensor flat = monocle_tensor_reshape (&tensor, 2, (guint[]){ 32, 16 });

  g_assert_cmpuint (rows.offset, ==, 512 + 3 * 4 * 16 * 4);
  g_assert_cmpuint (rows.dims[0], ==, 2);
  g_assert_cmpuint (rows.dims[2], ==, 16);
  g_assert_cmpuint (flat.n_dims, ==, 2);
  g_assert_cmpuint (flat.dims[0], ==, 32);
  g_assert_cmpuint (flat.dims[2], ==, 0);
  g_assert_cmpuint (monocle_tensor_get_binding (&flat).size, ==, 8 * 4 * 16 * 4);
}

static void
expect_abort (const char *path)
{
  g_test_trap_subprocess (path, 0, 0);
  g_test_trap_assert_failed ();
}

static void
test_views_out_of_range (void)
{
  const MonocleTensor tensor = { .n_dims = 2, .dims = { 8, 64 } };

  if (g_test_subprocess ())
    monocle_tensor_get_rows (&tensor, 7, 2);
  else
    expect_abort (NULL);
}

static void
test_views_unaligned (void)
{
  const MonocleTensor tensor = { .n_dims = 2, .dims = { 8, 4 } };

  if (g_test_subprocess ())
    monocle_tensor_get_rows (&tensor, 1, 1);
  else
    expect_abort (NULL);
}

static void
test_put (void)
{
  MonocleTensor a = { .n_dims = 2, .dims = { 3, 100 }, .format = MONOCLE_FORMAT_F32 };
  MonocleTensor b = { .n_dims = 1, .dims = { 1000 }, .format = MONOCLE_FORMAT_F16 };
  guint64 end = monocle_tensor_put_at (&a, 0);

  g_assert_cmpuint (end, ==, 1280);
  end = monocle_tensor_put_at (&b, end);
  g_assert_cmpuint (a.offset, ==, 0);
  g_assert_cmpuint (b.offset, ==, 1280);
  g_assert_cmpuint (end, ==, 1280 + 2048);
}

static void
test_wrong_shapes (void)
{
  if (g_test_subprocess ())
    {
      const MonocleTensor x = { .n_dims = 2, .dims = { 3, 8 }, .format = MONOCLE_FORMAT_F32 };
      const MonocleTensor w = { .n_dims = 2, .dims = { 12, 4 }, .format = MONOCLE_FORMAT_F32 };
      const MonocleTensor y = { .n_dims = 2, .dims = { 3, 12 }, .format = MONOCLE_FORMAT_F32 };

      monocle_op_matmul (NULL, &x, &w, NULL, NULL, MONOCLE_ACTIVATION_NONE, &y);
    }
  else
    expect_abort (NULL);
}

/* --- variants ----------------------------------------------------------------------------- */

static gboolean
is_small (const MonocleVkTraits *traits, gconstpointer call)
{
  return *(const guint *) call <= traits->shared_bytes;
}

/* Best first: a block kernel that reads texels and knows no activations in 16 bits, one for small
 * calls, one for all. */
static const MonocleVariant variants[] = {
  { MONOCLE_KERNEL_matmul_block, monocle_variant_for_software, NULL },
  { MONOCLE_KERNEL_matvec, is_small, NULL },
  { MONOCLE_KERNEL_matmul_coop, NULL, NULL },
  { MONOCLE_KERNEL_matmul_tile, NULL, NULL },
};

static int
choose (const MonocleVkTraits *traits, MonocleFormatId store, MonocleFormatId weight, guint call)
{
  const MonocleVariant *variant = monocle_variant_choose (
      variants, G_N_ELEMENTS (variants), traits, (MonocleVkFormats){ store, weight }, &call);

  return variant ? (int) variant->kernel : -1;
}

static void
test_variants (void)
{
  const MonocleFormatId wide = MONOCLE_FORMAT_F32, narrow = MONOCLE_FORMAT_F16;
  MonocleVkTraits traits
      = { .software = TRUE, .texels = TRUE, .f16_storage = TRUE, .shared_bytes = 8 };

  g_assert_cmpint (choose (&traits, wide, wide, 1), ==, MONOCLE_KERNEL_matmul_block);
  g_assert_cmpint (choose (&traits, wide, narrow, 9), ==, MONOCLE_KERNEL_matmul_block);
  /* It is not built for these. */
  g_assert_cmpint (choose (&traits, narrow, narrow, 8), ==, MONOCLE_KERNEL_matvec);
  g_assert_cmpint (choose (&traits, narrow, narrow, 9), ==, MONOCLE_KERNEL_matmul_tile);
  /* Nor is that one for others. */
  traits.matrix = (MonocleVkMatrix){ 16, 16, 16 };
  g_assert_cmpint (choose (&traits, narrow, narrow, 8), ==, MONOCLE_KERNEL_matvec);
  g_assert_cmpint (choose (&traits, narrow, narrow, 9), ==, MONOCLE_KERNEL_matmul_coop);
  traits.texels = FALSE;
  g_assert_cmpint (choose (&traits, wide, narrow, 9), ==, MONOCLE_KERNEL_matmul_tile);
  traits.matrix = (MonocleVkMatrix){ 0 };
  g_assert_cmpint (choose (&traits, narrow, narrow, 9), ==, MONOCLE_KERNEL_matmul_tile);
  /* The device lacks what it needs, or is of the other kind. */
  traits.texels = FALSE;
  g_assert_cmpint (choose (&traits, wide, wide, 9), ==, MONOCLE_KERNEL_matmul_tile);
  traits.texels = TRUE;
  traits.software = FALSE;
  g_assert_cmpint (choose (&traits, wide, wide, 1), ==, MONOCLE_KERNEL_matvec);
  /* Nothing of 16 bits without storage for it. */
  traits.f16_storage = FALSE;
  g_assert_cmpint (choose (&traits, wide, narrow, 1), ==, -1);
  g_assert_cmpint (choose (&traits, wide, wide, 9), ==, MONOCLE_KERNEL_matmul_tile);
}

/* Tiles of a product on a card: large ones where they fill it, none that it cannot compute. */
static void
test_tiles (void)
{
  MonocleVkTraits traits
      = { .subgroup_size = 32, .shared_bytes = 48 << 10, .matrix = { 16, 16, 16 } };
  const MonocleMatmulCoopTile *large = monocle_matmul_coop_choose (&traits, 36864, 512);
  const MonocleMatmulCoopTile *small = monocle_matmul_coop_choose (&traits, 576, 1024);
  const MonocleMatmulCoopTile *narrow = monocle_matmul_coop_choose (&traits, 36864, 32);

  g_assert_cmpuint (large->rows * large->columns, ==, 128 * 128);
  g_assert_cmpuint (small->rows * small->columns, <, 128 * 128);
  g_assert_cmpuint (narrow->columns, ==, 32);
  g_assert_cmpuint (monocle_matmul_coop_get_group (&traits, large), ==,
                    32 * (128 / large->sub_rows) * (128 / large->sub_columns));

  for (guint subgroup_size = 16; subgroup_size <= 64; subgroup_size *= 2)
    for (guint shared_bytes = 16 << 10; shared_bytes <= 64 << 10; shared_bytes *= 2)
      {
        const MonocleMatmulCoopTile *tile;

        traits.subgroup_size = subgroup_size;
        traits.shared_bytes = shared_bytes;
        tile = monocle_matmul_coop_choose (&traits, 36864, 512);
        g_assert_nonnull (tile);
        g_assert_true (monocle_matmul_coop_fits (&traits, tile));
        g_assert_cmpuint (monocle_matmul_coop_get_group (&traits, tile), <=, 256);
      }

  /* Nothing of it where there are no matrices, or only a software device's, or larger ones. */
  traits.subgroup_size = 32;
  traits.matrix = (MonocleVkMatrix){ 8, 8, 8 };
  g_assert_null (monocle_matmul_coop_choose (&traits, 36864, 512));
  g_assert_true (monocle_matmul_coop_fits (&traits, large));
  traits.matrix = (MonocleVkMatrix){ 256, 256, 256 };
  g_assert_null (monocle_matmul_coop_choose (&traits, 36864, 512));
  traits.matrix = (MonocleVkMatrix){ 0 };
  g_assert_null (monocle_matmul_coop_choose (&traits, 36864, 512));
  g_assert_false (monocle_matmul_coop_fits (&traits, large));
}

static void
test_narrow_activations (void)
{
  MonocleVkTraits traits = { .f16_storage = TRUE, .f16_arithmetic = TRUE };

  g_assert_true (monocle_vk_traits_has_narrow_activations (&traits));
  traits.software = TRUE;
  g_assert_false (monocle_vk_traits_has_narrow_activations (&traits));
  traits.software = FALSE;
  traits.f16_arithmetic = FALSE;
  g_assert_false (monocle_vk_traits_has_narrow_activations (&traits));
  traits.f16_arithmetic = TRUE;
  traits.f16_storage = FALSE;
  g_assert_false (monocle_vk_traits_has_narrow_activations (&traits));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tensor/sizes", test_sizes);
  g_test_add_func ("/engine/tensor/packed-sizes", test_packed_sizes);
  g_test_add_func ("/engine/layout/packed", test_layouts);
  g_test_add_func ("/engine/tensor/views", test_views);
  g_test_add_func ("/engine/tensor/view-out-of-range", test_views_out_of_range);
  g_test_add_func ("/engine/tensor/view-unaligned", test_views_unaligned);
  g_test_add_func ("/engine/tensor/put", test_put);
  g_test_add_func ("/engine/ops/wrong-shapes", test_wrong_shapes);
  g_test_add_func ("/engine/variants/choice", test_variants);
  g_test_add_func ("/engine/variants/tiles", test_tiles);
  g_test_add_func ("/engine/traits/narrow-activations", test_narrow_activations);
  return g_test_run ();
}
