/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The self-check on drivers that compute wrongly: which do not run a kernel, compile it to
 * something else, or give a pipeline that was made for another. Each is found and named; the device
 * itself is in order.
 */
#include "config.h"

#include <dlfcn.h>
#include <string.h>

#include "engine/nn/check.h"
#include "engine/vk/commands.h"

typedef enum
{
  FAULT_NONE,
  FAULT_SKIPPED,  /* a dispatch does nothing */
  FAULT_COMPILED, /* sums are products in one shader */
  FAULT_STALE,    /* a pipeline is an earlier one of the same kernel */
} Fault;

/* What a pipeline was made of. */
typedef struct
{
  VkPipelineLayout layout;
  VkShaderModule module;
  guint n_specs;
  guint32 specs[MONOCLE_VK_MAX_SPECS];
} Made;

static Fault fault;
static guint faulty; /* which of them, from 0 */
static guint n_dispatches, n_shaders, n_pipelines;
static gboolean was_planted;
static GArray *made; /* Made */

#define REAL(name)                                                                                 \
  static PFN_##name real;                                                                          \
  if (!real)                                                                                       \
  real = (PFN_##name) dlsym (RTLD_NEXT, #name)

VKAPI_ATTR void VKAPI_CALL
vkCmdDispatch (VkCommandBuffer commands, uint32_t x, uint32_t y, uint32_t z)
{
  REAL (vkCmdDispatch);

  /* Of no workgroups: only to have it compiled. */
  if (x > 0 && n_dispatches++ == faulty && fault == FAULT_SKIPPED)
    was_planted = TRUE;
  else
    real (commands, x, y, z);
}

/* SPIR-V with every OpFAdd an OpFMul: their operands are the same. With OpFSub an exponential
 * is its own negative, which what is added to it makes good again. */
static gboolean
spoil (guint32 *words, gsize n)
{
  gboolean is_spoilt = FALSE;

  for (gsize i = 5; i < n; i += words[i] >> 16)
    if ((words[i] & 0xffff) == 129)
      {
        words[i] = (words[i] & 0xffff0000) | 133;
        is_spoilt = TRUE;
      }
  return is_spoilt;
}

VKAPI_ATTR VkResult VKAPI_CALL
vkCreateShaderModule (VkDevice device,
                      const VkShaderModuleCreateInfo *info,
                      const VkAllocationCallbacks *allocator,
                      VkShaderModule *module)
{
  VkShaderModuleCreateInfo copy = *info;
  g_autofree guint32 *words = g_memdup2 (info->pCode, info->codeSize);

  REAL (vkCreateShaderModule);
  if (n_shaders++ == faulty && fault == FAULT_COMPILED)
    was_planted = spoil (words, info->codeSize / sizeof *words);
  copy.pCode = words;
  return real (device, &copy, allocator, module);
}

VKAPI_ATTR VkResult VKAPI_CALL
vkCreateComputePipelines (VkDevice device,
                          VkPipelineCache cache,
                          uint32_t n,
                          const VkComputePipelineCreateInfo *infos,
                          const VkAllocationCallbacks *allocator,
                          VkPipeline *pipelines)
{
  VkComputePipelineCreateInfo info = infos[0];
  VkSpecializationInfo specialization = *info.stage.pSpecializationInfo;
  Made now = { .layout = info.layout, .module = info.stage.module };
  const Made *earlier = NULL;
  VkResult result;

  REAL (vkCreateComputePipelines);
  g_assert_cmpuint (n, ==, 1);
  now.n_specs = specialization.mapEntryCount;
  g_assert_cmpuint (specialization.dataSize, <=, sizeof now.specs);
  if (now.n_specs > 0)
    memcpy (now.specs, specialization.pData, specialization.dataSize);

  for (guint i = 0; i < made->len && !earlier; i++)
    if (g_array_index (made, Made, i).layout == now.layout)
      earlier = &g_array_index (made, Made, i);
  if (n_pipelines++ == faulty && fault == FAULT_STALE && earlier)
    {
      was_planted = TRUE;
      info.stage.module = earlier->module;
      specialization.pData = earlier->specs;
      info.stage.pSpecializationInfo = &specialization;
    }
  result = real (device, cache, 1, &info, allocator, pipelines);
  /* Afterwards: it may move those before it. */
  g_array_append_val (made, now);
  return result;
}

/* (transfer full) (nullable): what the check finds on a device with that fault. */
static char *
check (Fault wanted, guint number, gboolean f16)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) infos = monocle_vk_gpu_list (&error);
  g_autoptr (MonocleVkGpu) gpu = NULL;
  char *found = NULL;

  g_assert_no_error (error);
  fault = wanted;
  faulty = number;
  n_dispatches = n_shaders = n_pipelines = 0;
  was_planted = FALSE;
  made = g_array_new (FALSE, FALSE, sizeof (Made));
  gpu = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, 0), &error);
  g_assert_no_error (error);
  g_assert_true (monocle_check_run (gpu, f16, f16 ? 4 : 0, NULL, NULL, NULL, &found, &error));
  g_assert_no_error (error);
  g_array_unref (made);
  return found;
}

static void
test_right (gconstpointer f16)
{
  gint64 start = g_get_monotonic_time ();
  g_autofree char *cold = check (FAULT_NONE, 0, GPOINTER_TO_INT (f16)), *warm = NULL;
  gint64 middle = g_get_monotonic_time ();

  warm = check (FAULT_NONE, 0, GPOINTER_TO_INT (f16));
  g_test_message ("%.0f ms, then %.0f ms; %u dispatches, %u shaders, %u pipelines",
                  (double) (middle - start) / 1000,
                  (double) (g_get_monotonic_time () - middle) / 1000, n_dispatches, n_shaders,
                  n_pipelines);
  g_assert_cmpstr (cold, ==, NULL);
  g_assert_cmpstr (warm, ==, NULL);
}

/* Plants the fault everywhere it can be, one place after the other. */
static void
find_all (Fault wanted, guint n, gboolean f16)
{
  guint n_planted = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *found = check (wanted, i, f16);

      if (!was_planted)
        g_assert_null (found);
      else if (!found)
        g_error ("fault %d at %u was not found", wanted, i);
      else
        g_test_message ("%u: %s", i, found);
      n_planted += was_planted;
    }
  g_assert_cmpuint (n_planted, >, 0);
  g_test_message ("%u of %u planted, all found", n_planted, n);
}

static void
test_skipped (gconstpointer f16)
{
  g_autofree char *right = check (FAULT_NONE, 0, GPOINTER_TO_INT (f16));

  find_all (FAULT_SKIPPED, n_dispatches, GPOINTER_TO_INT (f16));
}

static void
test_compiled (gconstpointer f16)
{
  g_autofree char *right = check (FAULT_NONE, 0, GPOINTER_TO_INT (f16));

  find_all (FAULT_COMPILED, n_shaders, GPOINTER_TO_INT (f16));
}

static void
test_stale (gconstpointer f16)
{
  g_autofree char *right = check (FAULT_NONE, 0, GPOINTER_TO_INT (f16));

  find_all (FAULT_STALE, n_pipelines, GPOINTER_TO_INT (f16));
}

int
main (int argc, char **argv)
{
  const struct
  {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    { "right", test_right },
    { "skipped", test_skipped },
    { "compiled", test_compiled },
    { "stale", test_stale },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint f16 = 0; f16 < 2; f16++)
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
      {
        g_autofree char *path
            = g_strdup_printf ("/check/%s/%s", f16 ? "f16" : "f32", tests[i].name);

        g_test_add_data_func (path, GINT_TO_POINTER (f16), tests[i].func);
      }
  return g_test_run ();
}
