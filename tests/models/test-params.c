/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parameters keep their names: whatever form and order a loaded model uses them in, asked for by
 * its name each gives the numbers that are stored under it.
 */
#include "config.h"

#include <string.h>

#include "engine/models/florence2/private.h"
#include "model-test.h"

static void
check_param (const MonocleParam *param, const MonocleCheckpoint *checkpoint)
{
  for (guint i = 0; i < param->n_parts; i++)
    {
      g_autoptr (GError) error = NULL;
      const MonocleCheckpointTensor *tensor = monocle_checkpoint_find (checkpoint, param->names[i]);
      g_autofree float *got = monocle_param_read (param, i, &error);
      g_autofree float *stored = NULL;
      guint64 dims[MONOCLE_PARAM_MAX_DIMS], n = 1;
      guint n_dims;

      g_assert_no_error (error);
      g_assert_nonnull (tensor);
      monocle_param_get_stored_dims (param, i, &n_dims, dims);
      g_assert_cmpuint (n_dims, ==, tensor->n_dims);
      for (guint j = 0; j < n_dims; j++)
        {
          g_assert_cmpuint (dims[j], ==, tensor->dims[j]);
          n *= dims[j];
        }
      stored = g_new (float, n);
      monocle_checkpoint_tensor_read_f32 (tensor, 0, n, stored);
      if (memcmp (got, stored, n * sizeof (float)) != 0)
        g_error ("“%s” is not what is stored", param->names[i]);
    }
}

static void
test_names (void)
{
  g_autofree char *directory = test_fixture ("models/original-96");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, &error);
  GArray *infos = monocle_vk_gpu_list (&error);
  g_autoptr (MonocleVkGpu) gpu
      = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, 0), &error);
  const MonocleFamilyLoad load = { .directory = directory, .gpu = gpu };
  gboolean seen[MONOCLE_PARAM_TABLE + 1] = { FALSE }, is_stacked = FALSE;
  MonocleFlorence2 *model;
  guint part;

  g_assert_no_error (error);
  model = monocle_family_florence2.load (&load, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < monocle_params_get_n (model->params); i++)
    {
      const MonocleParam *param = monocle_params_get_nth (model->params, i);

      check_param (param, checkpoint);
      seen[param->shape.form] = TRUE;
      is_stacked |= param->n_parts > 1;
      g_assert_true (monocle_params_find (model->params, param->names[param->n_parts - 1], &part)
                     == param);
      g_assert_cmpuint (part, ==, param->n_parts - 1);
    }
  g_assert_null (monocle_params_find (model->params, "vision_tower", &part));

  /* Nothing of this is left out: rows stand for the bias of the output, which few models have, what
   * is spread or repeated for convolutions the other way round, and kernels for those of flax,
   * which this one has not, nor does it see frames. */
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    g_assert_true (seen[i] || i == MONOCLE_PARAM_ROW || i == MONOCLE_PARAM_SPREAD
                   || i == MONOCLE_PARAM_REPEATED || i == MONOCLE_PARAM_KERNEL
                   || i == MONOCLE_PARAM_FRAMES);
  g_assert_true (is_stacked);

  monocle_family_florence2.unload (model);
  g_array_unref (infos);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/params/names", test_names);

  return g_test_run ();
}
