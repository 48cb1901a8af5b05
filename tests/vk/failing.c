/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "failing.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/mman.h>

#define MAX_PLANS 2

/* Every function that the engine calls and that can fail: FAILING (name, kinds, parameters,
 * arguments), FAILING_NEW (…, what it makes), FAILING_LIST (…, where it counts), and FAILING_LATE
 * for what happens all the same. A test compares this with what the engine calls. */
/* clang-format off: a row begins with the name of its call. */
#define FUNCTIONS                                                                                  \
  FAILING_NEW (vkCreateInstance, FAILING_MEMORY | FAILING_START,                                   \
               (const VkInstanceCreateInfo *a, const VkAllocationCallbacks *b, VkInstance *c),     \
               (a, b, c), c)                                                                       \
  FAILING_LIST (vkEnumerateInstanceLayerProperties, FAILING_MEMORY | FAILING_INCOMPLETE,           \
                (uint32_t *a, VkLayerProperties *b), (a, b), a)                                    \
  FAILING_LIST (vkEnumeratePhysicalDevices, FAILING_MEMORY | FAILING_START | FAILING_INCOMPLETE,   \
                (VkInstance a, uint32_t *b, VkPhysicalDevice *c), (a, b, c), b)                    \
  FAILING_LIST (vkEnumerateDeviceExtensionProperties, FAILING_MEMORY | FAILING_INCOMPLETE,         \
                (VkPhysicalDevice a, const char *b, uint32_t *c, VkExtensionProperties *d),        \
                (a, b, c, d), c)                                                                   \
  FAILING_NEW (vkCreateDevice, FAILING_MEMORY | FAILING_START | FAILING_LOST,                      \
               (VkPhysicalDevice a, const VkDeviceCreateInfo *b, const VkAllocationCallbacks *c,   \
                VkDevice *d),                                                                      \
               (a, b, c, d), d)                                                                    \
  FAILING_NEW (vkCreateCommandPool, FAILING_MEMORY,                                                \
               (VkDevice a, const VkCommandPoolCreateInfo *b, const VkAllocationCallbacks *c,      \
                VkCommandPool *d),                                                                 \
               (a, b, c, d), d)                                                                    \
  FAILING_NEW (vkAllocateCommandBuffers, FAILING_MEMORY,                                           \
               (VkDevice a, const VkCommandBufferAllocateInfo *b, VkCommandBuffer *c), (a, b, c),  \
               c)                                                                                  \
  FAILING (vkBeginCommandBuffer, FAILING_MEMORY,                                                   \
           (VkCommandBuffer a, const VkCommandBufferBeginInfo *b), (a, b))                         \
  FAILING (vkEndCommandBuffer, FAILING_MEMORY, (VkCommandBuffer a), (a))                           \
  FAILING_NEW (                                                                                    \
      vkCreateFence, FAILING_MEMORY,                                                               \
      (VkDevice a, const VkFenceCreateInfo *b, const VkAllocationCallbacks *c, VkFence *d),        \
      (a, b, c, d), d)                                                                             \
  FAILING (vkResetFences, FAILING_MEMORY, (VkDevice a, uint32_t b, const VkFence *c), (a, b, c))   \
  FAILING (vkQueueSubmit, FAILING_MEMORY | FAILING_LOST,                                           \
           (VkQueue a, uint32_t b, const VkSubmitInfo *c, VkFence d), (a, b, c, d))                \
  FAILING (vkWaitForFences, FAILING_MEMORY | FAILING_LOST | FAILING_TIMEOUT,                       \
           (VkDevice a, uint32_t b, const VkFence *c, VkBool32 d, uint64_t e), (a, b, c, d, e))    \
  FAILING_LATE (vkQueueWaitIdle, FAILING_MEMORY | FAILING_LOST, (VkQueue a), (a))                  \
  FAILING (vkDeviceWaitIdle, FAILING_MEMORY | FAILING_LOST, (VkDevice a), (a))                     \
  FAILING_NEW (vkAllocateMemory, FAILING_MEMORY,                                                   \
               (VkDevice a, const VkMemoryAllocateInfo *b, const VkAllocationCallbacks *c,         \
                VkDeviceMemory *d),                                                                \
               (a, b, c, d), d)                                                                    \
  FAILING_NEW (vkMapMemory, FAILING_MEMORY | FAILING_MAP | FAILING_LOST,                           \
               (VkDevice a, VkDeviceMemory b, VkDeviceSize c, VkDeviceSize d, VkMemoryMapFlags e,  \
                void **f),                                                                         \
               (a, b, c, d, e, f), f)                                                              \
  FAILING (vkFlushMappedMemoryRanges, FAILING_MEMORY,                                              \
           (VkDevice a, uint32_t b, const VkMappedMemoryRange *c), (a, b, c))                      \
  FAILING (vkInvalidateMappedMemoryRanges, FAILING_MEMORY,                                         \
           (VkDevice a, uint32_t b, const VkMappedMemoryRange *c), (a, b, c))                      \
  FAILING_NEW (                                                                                    \
      vkCreateBuffer, FAILING_MEMORY,                                                              \
      (VkDevice a, const VkBufferCreateInfo *b, const VkAllocationCallbacks *c, VkBuffer *d),      \
      (a, b, c, d), d)                                                                             \
  FAILING (vkBindBufferMemory, FAILING_MEMORY,                                                     \
           (VkDevice a, VkBuffer b, VkDeviceMemory c, VkDeviceSize d), (a, b, c, d))               \
  FAILING_NEW (vkCreateBufferView, FAILING_MEMORY,                                                 \
               (VkDevice a, const VkBufferViewCreateInfo *b, const VkAllocationCallbacks *c,       \
                VkBufferView *d),                                                                  \
               (a, b, c, d), d)                                                                    \
  FAILING_NEW (vkCreateDescriptorPool, FAILING_MEMORY,                                             \
               (VkDevice a, const VkDescriptorPoolCreateInfo *b, const VkAllocationCallbacks *c,   \
                VkDescriptorPool *d),                                                              \
               (a, b, c, d), d)                                                                    \
  FAILING_NEW (vkAllocateDescriptorSets, FAILING_MEMORY,                                           \
               (VkDevice a, const VkDescriptorSetAllocateInfo *b, VkDescriptorSet *c), (a, b, c),  \
               c)                                                                                  \
  FAILING_NEW (vkCreateDescriptorSetLayout, FAILING_MEMORY,                                        \
               (VkDevice a, const VkDescriptorSetLayoutCreateInfo *b,                              \
                const VkAllocationCallbacks *c, VkDescriptorSetLayout *d),                         \
               (a, b, c, d), d)                                                                    \
  FAILING_NEW (vkCreatePipelineLayout, FAILING_MEMORY,                                             \
               (VkDevice a, const VkPipelineLayoutCreateInfo *b, const VkAllocationCallbacks *c,   \
                VkPipelineLayout *d),                                                              \
               (a, b, c, d), d)                                                                    \
  FAILING_NEW (vkCreateShaderModule, FAILING_MEMORY,                                               \
               (VkDevice a, const VkShaderModuleCreateInfo *b, const VkAllocationCallbacks *c,     \
                VkShaderModule *d),                                                                \
               (a, b, c, d), d)                                                                    \
  FAILING_NEW (vkCreateComputePipelines, FAILING_MEMORY,                                           \
               (VkDevice a, VkPipelineCache b, uint32_t c, const VkComputePipelineCreateInfo *d,   \
                const VkAllocationCallbacks *e, VkPipeline *f),                                    \
               (a, b, c, d, e, f), f)                                                              \
  FAILING_NEW (vkCreatePipelineCache, FAILING_MEMORY,                                              \
               (VkDevice a, const VkPipelineCacheCreateInfo *b, const VkAllocationCallbacks *c,    \
                VkPipelineCache *d),                                                               \
               (a, b, c, d), d)                                                                    \
  FAILING (vkGetPipelineCacheData, FAILING_MEMORY | FAILING_INCOMPLETE,                            \
           (VkDevice a, VkPipelineCache b, size_t *c, void *d), (a, b, c, d))                      \
  FAILING_NEW (vkCreateQueryPool, FAILING_MEMORY,                                                  \
               (VkDevice a, const VkQueryPoolCreateInfo *b, const VkAllocationCallbacks *c,        \
                VkQueryPool *d),                                                                   \
               (a, b, c, d), d)                                                                    \
  FAILING (vkGetQueryPoolResults, FAILING_MEMORY | FAILING_LOST | FAILING_NOT_READY,               \
           (VkDevice a, VkQueryPool b, uint32_t c, uint32_t d, size_t e, void *f, VkDeviceSize g,  \
            VkQueryResultFlags h),                                                                 \
           (a, b, c, d, e, f, g, h))
/* clang-format on */

#define FAILING(name, kinds, parameters, arguments)             INDEX_##name,
#define FAILING_NEW(name, kinds, parameters, arguments, made)   INDEX_##name,
#define FAILING_LIST(name, kinds, parameters, arguments, count) INDEX_##name,
#define FAILING_LATE(name, kinds, parameters, arguments)        INDEX_##name,
enum
{
  FUNCTIONS N_FUNCTIONS
};
#undef FAILING
#undef FAILING_NEW
#undef FAILING_LIST
#undef FAILING_LATE

#define FAILING(name, kinds, parameters, arguments)             { #name, kinds },
#define FAILING_NEW(name, kinds, parameters, arguments, made)   { #name, kinds },
#define FAILING_LIST(name, kinds, parameters, arguments, count) { #name, kinds },
#define FAILING_LATE(name, kinds, parameters, arguments)        { #name, kinds },
const FailingFunction failing_functions[] = { FUNCTIONS };
const guint n_failing_functions = N_FUNCTIONS;
#undef FAILING
#undef FAILING_NEW
#undef FAILING_LIST
#undef FAILING_LATE

typedef struct
{
  guint function; /* N_FUNCTIONS: none */
  guint n;
  VkResult result;
  gboolean for_good;
} Plan;

typedef struct
{
  gint n_calls[N_FUNCTIONS];
  gint n_failed;
  Plan plans[MAX_PLANS];
  gboolean loses; /* a device that was lost stays so, */
  gint is_lost;   /* until it is opened anew */
  gint is_held;
} State;

static State *state;

void
failing_init (void)
{
  state = mmap (NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (state != MAP_FAILED);
  failing_reset ();
}

void
failing_reset (void)
{
  memset (state, 0, sizeof *state);
  for (guint i = 0; i < MAX_PLANS; i++)
    state->plans[i].function = N_FUNCTIONS;
}

static guint
find (const char *name)
{
  for (guint i = 0; i < N_FUNCTIONS; i++)
    if (g_str_equal (failing_functions[i].name, name))
      return i;

  g_assert_not_reached ();
}

void
failing_plan (const char *name, guint n, VkResult result, gboolean for_good)
{
  for (guint i = 0; i < MAX_PLANS; i++)
    if (state->plans[i].function == N_FUNCTIONS)
      {
        state->plans[i] = (Plan){ find (name), n, result, for_good };
        return;
      }
  g_assert_not_reached ();
}

void
failing_plan_loss (const char *name, guint n)
{
  state->loses = TRUE;
  failing_plan (name, n, VK_ERROR_DEVICE_LOST, FALSE);
}

void
failing_hold (gboolean is_held)
{
  g_atomic_int_set (&state->is_held, is_held);
}

guint
failing_get_n_calls (const char *name)
{
  return (guint) g_atomic_int_get (&state->n_calls[find (name)]);
}

guint
failing_get_n_failed (void)
{
  return (guint) g_atomic_int_get (&state->n_failed);
}

guint
failing_get_results (const FailingFunction *function, VkResult *results)
{
  static const struct
  {
    FailingKinds kind;
    VkResult result;
  } all[] = {
    { FAILING_MEMORY, VK_ERROR_OUT_OF_DEVICE_MEMORY },
    { FAILING_LOST, VK_ERROR_DEVICE_LOST },
    { FAILING_START, VK_ERROR_INITIALIZATION_FAILED },
    { FAILING_MAP, VK_ERROR_MEMORY_MAP_FAILED },
    { FAILING_INCOMPLETE, VK_INCOMPLETE },
    { FAILING_TIMEOUT, VK_TIMEOUT },
    { FAILING_NOT_READY, VK_NOT_READY },
    { FAILING_MEMORY, VK_ERROR_OUT_OF_HOST_MEMORY },
  };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if ((function->kinds & all[i].kind) && n < FAILING_MAX_RESULTS)
      results[n++] = all[i].result;

  return n;
}

static VkResult
next (guint function)
{
  guint n = (guint) g_atomic_int_add (&state->n_calls[function], 1) + 1;

  if (function == INDEX_vkCreateDevice)
    g_atomic_int_set (&state->is_lost, FALSE);
  else if (g_atomic_int_get (&state->is_lost) && (failing_functions[function].kinds & FAILING_LOST))
    return VK_ERROR_DEVICE_LOST;

  for (guint i = 0; i < MAX_PLANS; i++)
    {
      const Plan *plan = &state->plans[i];

      if (plan->function == function && (n == plan->n || (n > plan->n && plan->for_good)))
        {
          while (g_atomic_int_get (&state->is_held))
            g_usleep (1000);
          g_atomic_int_inc (&state->n_failed);
          if (state->loses)
            g_atomic_int_set (&state->is_lost, TRUE);
          return plan->result;
        }
    }

  return VK_SUCCESS;
}

/* What a function that failed would have made is anything. */
#define DEFINE(name, parameters, arguments, spoil)                                                 \
  VKAPI_ATTR VkResult VKAPI_CALL name parameters                                                   \
  {                                                                                                \
    static PFN_##name real;                                                                        \
    VkResult result = next (INDEX_##name);                                                         \
                                                                                                   \
    if (!real)                                                                                     \
      real = (PFN_##name) dlsym (RTLD_NEXT, #name);                                                \
    if (result != VK_SUCCESS)                                                                      \
      {                                                                                            \
        spoil;                                                                                     \
        return result;                                                                             \
      }                                                                                            \
    return real arguments;                                                                         \
  }

#define FAILING(name, kinds, parameters, arguments) DEFINE (name, parameters, arguments, (void) 0)
#define FAILING_LATE(name, kinds, parameters, arguments)                                           \
  DEFINE (name, parameters, arguments, real arguments)
#define FAILING_NEW(name, kinds, parameters, arguments, made)                                      \
  DEFINE (name, parameters, arguments, memset (made, 0xab, sizeof *made))
#define FAILING_LIST(name, kinds, parameters, arguments, count)                                    \
  DEFINE (                                                                                         \
      name, parameters, arguments, if (result == FAILING_EMPTY) {                                  \
        *count = 0;                                                                                \
        result = VK_SUCCESS;                                                                       \
      })
FUNCTIONS
