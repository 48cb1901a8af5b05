/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every kernel of the table, as it is embedded in the program, is valid SPIR-V for Vulkan 1.2, or
 * 1.3 where it needs matrices. Asks spirv-val, whose path is the first argument.
 */
#include "config.h"

#include <gio/gio.h>

#include "engine/vk/kernels.h"

/* CooperativeMatrixKHR */
#define UNKNOWN_MATRICES "Invalid capability operand: 6022"

static const char *spirv_val;

static void
validate (gconstpointer data)
{
  const MonocleKernel *kernel = data;
  const gboolean has_matrices = kernel->needs & MONOCLE_VK_NEEDS_COOPERATIVE_MATRIX;

  g_assert_cmpuint (kernel->n_builds, >, 0);
  for (guint i = 0; i < kernel->n_builds; i++)
    {
      const MonocleKernelBuild *build = &kernel->builds[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) process = NULL;
      g_autoptr (GBytes) module = NULL;
      g_autoptr (GBytes) said = NULL;

      g_assert_cmpuint (build->spirv_size, >, 0);
      process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                      | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                                  &error, spirv_val, "--target-env",
                                  has_matrices ? "vulkan1.3" : "vulkan1.2", "-", NULL);
      g_assert_no_error (error);
      module = g_bytes_new_static (build->spirv, build->spirv_size);
      g_subprocess_communicate (process, module, NULL, &said, NULL, &error);
      g_assert_no_error (error);
      if (has_matrices && g_bytes_get_size (said) > 0
          && g_strstr_len (g_bytes_get_data (said, NULL), (gssize) g_bytes_get_size (said),
                           UNKNOWN_MATRICES))
        {
          g_test_skip ("this spirv-val is older than kernels with matrices");
          return;
        }
      if (!g_subprocess_get_successful (process))
        g_test_message ("%s, build %u: %.*s", kernel->name, i, (int) g_bytes_get_size (said),
                        (const char *) g_bytes_get_data (said, NULL));
      g_assert_true (g_subprocess_get_successful (process));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  spirv_val = argv[1];

  for (guint i = 0; i < MONOCLE_N_KERNELS; i++)
    {
      g_autofree char *path = g_strconcat ("/lint/shaders/", monocle_kernels[i].name, NULL);

      g_test_add_data_func (path, &monocle_kernels[i], validate);
    }

  return g_test_run ();
}
