/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A graphics card that is not there. Loaded before Vulkan (LD_PRELOAD), it gives the software
 * device the memory of a card, as MONOCLE_TEST_CARD names it, with limits at their floor, and ends
 * the program where something is done that the card would not forgive: mapping what the host cannot
 * reach, taking more than a heap holds, leaving memory behind, offsets out of step.
 *
 * New memory is filled with NaN. Memory that is not coherent is mapped as a copy: nothing gets from
 * one side to the other but what is flushed and invalidated.
 */
#include "config.h"

#include <dlfcn.h>
#include <glib.h>
#include <string.h>
#include <vulkan/vulkan.h>

#include "card.h"

#define MIB ((VkDeviceSize) 1 << 20)
#define GIB ((VkDeviceSize) 1 << 30)

#define LOCAL    VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT
#define VISIBLE  VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT
#define COHERENT VK_MEMORY_PROPERTY_HOST_COHERENT_BIT
#define CACHED   VK_MEMORY_PROPERTY_HOST_CACHED_BIT
#define SPECIAL  VK_MEMORY_PROPERTY_DEVICE_COHERENT_BIT_AMD /* needs a feature */

#define ALIGNMENT       256 /* the largest that Vulkan allows, for everything */
#define MAX_RANGE       (1u << 27)
#define MAX_TEXELS      65536
#define MAX_GROUPS      65535
#define MAX_SHARED      16384
#define MAX_ALLOCATIONS 4096
#define WRONG_TYPE      1u /* bit of the first memory type, which buffers cannot have */
#define POISON          0xff
#define POISON_HOST     0xee

typedef struct
{
  const char *name;
  VkPhysicalDeviceType kind;
  VkMemoryHeap heaps[3];
  VkMemoryType types[6];
} Layout;

static const Layout layouts[] = {
  { "discrete",
    VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU,
    { { 8 * GIB, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT }, { 16 * GIB, 0 } },
    { { LOCAL, 0 }, { LOCAL, 0 }, { VISIBLE | COHERENT, 1 }, { VISIBLE | COHERENT | CACHED, 1 } } },
  { "incoherent",
    VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU,
    { { 8 * GIB, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT }, { 16 * GIB, 0 } },
    { { LOCAL, 0 }, { LOCAL, 0 }, { VISIBLE, 1 }, { VISIBLE | CACHED, 1 } } },
  { "shared",
    VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU,
    { { 16 * GIB, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT } },
    { { LOCAL, 0 },
      { LOCAL | VISIBLE | CACHED, 0 },
      { LOCAL | VISIBLE | COHERENT | SPECIAL, 0 } } },
  { "window",
    VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU,
    { { 8 * GIB, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT },
      { 16 * GIB, 0 },
      { 4 * MIB, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT } },
    { { LOCAL, 0 },
      { LOCAL, 0 },
      { VISIBLE | COHERENT, 1 },
      { LOCAL | VISIBLE | COHERENT, 2 },
      { VISIBLE | COHERENT | CACHED, 1 },
      { LOCAL | VISIBLE | COHERENT | SPECIAL, 2 } } },
  { "tiny",
    VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU,
    { { 24 * MIB, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT }, { 24 * MIB, 0 } },
    { { LOCAL, 0 }, { LOCAL, 0 }, { VISIBLE | COHERENT, 1 }, { VISIBLE | COHERENT | CACHED, 1 } } },
};

/* What is known of an allocation. */
typedef struct
{
  VkDevice device;
  guint type;
  VkDeviceSize size;
  guint8 *real;
  guint8 *copy; /* (nullable): what the host sees instead */
  gboolean mapped;
} Memory;

static GMutex mutex;
static GHashTable *memories; /* VkDeviceMemory -> Memory */
static GHashTable *buffers;  /* VkBuffer -> VkDevice */
static guint64 used[3];

#define REAL(name)                                                                                 \
  static PFN_##name real;                                                                          \
  if (!real)                                                                                       \
  real = (PFN_##name) dlsym (RTLD_NEXT, #name)

#define CHECK(condition, ...)                                                                      \
  do                                                                                               \
    {                                                                                              \
      if (!(condition))                                                                            \
        g_error ("Card: " __VA_ARGS__);                                                            \
    }                                                                                              \
  while (0)

static const Layout *
get_layout (void)
{
  static const Layout *layout;
  const char *name = g_getenv ("MONOCLE_TEST_CARD");

  for (guint i = 0; !layout && i < G_N_ELEMENTS (layouts); i++)
    if (g_strcmp0 (name, layouts[i].name) == 0)
      layout = &layouts[i];
  CHECK (layout, "MONOCLE_TEST_CARD=%s is none", name ? name : "");

  return layout;
}

static guint
count_types (void)
{
  guint n = 0;

  while (n < G_N_ELEMENTS (get_layout ()->types) && get_layout ()->types[n].propertyFlags)
    n++;
  return n;
}

static gboolean
type_has (guint type, VkMemoryPropertyFlags flags)
{
  return (get_layout ()->types[type].propertyFlags & flags) == flags;
}

guint64
card_get_used (guint heap)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);

  return used[heap];
}

/* --- what the device says of itself --------------------------------------------------------- */

static void
set_properties (VkPhysicalDeviceProperties *properties)
{
  VkPhysicalDeviceLimits *limits = &properties->limits;

  properties->deviceType = get_layout ()->kind;
  g_snprintf (properties->deviceName, sizeof properties->deviceName, "Card of paper (%s)",
              get_layout ()->name);
  limits->maxStorageBufferRange = MAX_RANGE;
  limits->maxTexelBufferElements = MAX_TEXELS;
  limits->maxPushConstantsSize = 128;
  limits->maxMemoryAllocationCount = MAX_ALLOCATIONS;
  limits->maxComputeSharedMemorySize = MAX_SHARED;
  limits->maxComputeWorkGroupInvocations = 256;
  for (guint i = 0; i < 3; i++)
    limits->maxComputeWorkGroupCount[i] = MAX_GROUPS;
  limits->minStorageBufferOffsetAlignment = ALIGNMENT;
  limits->minTexelBufferOffsetAlignment = ALIGNMENT;
  limits->nonCoherentAtomSize = ALIGNMENT;
}

VKAPI_ATTR void VKAPI_CALL
vkGetPhysicalDeviceProperties (VkPhysicalDevice device, VkPhysicalDeviceProperties *properties)
{
  REAL (vkGetPhysicalDeviceProperties);

  real (device, properties);
  set_properties (properties);
}

VKAPI_ATTR void VKAPI_CALL
vkGetPhysicalDeviceProperties2 (VkPhysicalDevice device, VkPhysicalDeviceProperties2 *properties)
{
  REAL (vkGetPhysicalDeviceProperties2);

  real (device, properties);
  set_properties (&properties->properties);
  for (VkBaseOutStructure *next = properties->pNext; next; next = next->pNext)
    if (next->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES)
      ((VkPhysicalDeviceMaintenance3Properties *) next)->maxMemoryAllocationSize = GIB;
}

static void
set_memory (VkPhysicalDeviceMemoryProperties *properties)
{
  const Layout *layout = get_layout ();

  memset (properties, 0, sizeof *properties);
  properties->memoryTypeCount = count_types ();
  memcpy (properties->memoryTypes, layout->types, sizeof layout->types);
  while (properties->memoryHeapCount < G_N_ELEMENTS (layout->heaps)
         && layout->heaps[properties->memoryHeapCount].size > 0)
    properties->memoryHeapCount++;
  memcpy (properties->memoryHeaps, layout->heaps, sizeof layout->heaps);
}

VKAPI_ATTR void VKAPI_CALL
vkGetPhysicalDeviceMemoryProperties (VkPhysicalDevice device,
                                     VkPhysicalDeviceMemoryProperties *properties)
{
  set_memory (properties);
}

VKAPI_ATTR void VKAPI_CALL
vkGetPhysicalDeviceMemoryProperties2 (VkPhysicalDevice device,
                                      VkPhysicalDeviceMemoryProperties2 *properties)
{
  set_memory (&properties->memoryProperties);
  for (VkBaseOutStructure *next = properties->pNext; next; next = next->pNext)
    if (next->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT)
      for (guint i = 0; i < G_N_ELEMENTS (used); i++)
        {
          VkPhysicalDeviceMemoryBudgetPropertiesEXT *budget = (gpointer) next;

          budget->heapBudget[i] = get_layout ()->heaps[i].size;
          budget->heapUsage[i] = card_get_used (i);
        }
}

/* --- memory --------------------------------------------------------------------------------- */

static Memory *
find_memory (VkDeviceMemory handle)
{
  Memory *memory = memories ? g_hash_table_lookup (memories, handle) : NULL;

  CHECK (memory, "this is no memory");
  return memory;
}

static guint8 *
map_really (VkDevice device, VkDeviceMemory handle)
{
  static PFN_vkMapMemory real;
  void *mapped;

  if (!real)
    real = (PFN_vkMapMemory) dlsym (RTLD_NEXT, "vkMapMemory");
  CHECK (real (device, handle, 0, VK_WHOLE_SIZE, 0, &mapped) == VK_SUCCESS, "no memory to be had");
  return mapped;
}

VKAPI_ATTR VkResult VKAPI_CALL
vkAllocateMemory (VkDevice device,
                  const VkMemoryAllocateInfo *info,
                  const VkAllocationCallbacks *callbacks,
                  VkDeviceMemory *handle)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  const guint type = info->memoryTypeIndex;
  VkMemoryAllocateInfo really = *info;
  guint heap;
  Memory *memory;
  VkResult result;

  REAL (vkAllocateMemory);

  CHECK (type < count_types (), "there is no memory type %u", type);
  CHECK (!type_has (type, SPECIAL), "memory type %u needs a feature", type);
  heap = get_layout ()->types[type].heapIndex;
  CHECK (info->allocationSize <= get_layout ()->heaps[heap].size, "more than heap %u holds", heap);
  CHECK (info->allocationSize <= GIB, "more than one allocation may be");
  if (!memories)
    memories = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  if (g_hash_table_size (memories) == MAX_ALLOCATIONS)
    return VK_ERROR_TOO_MANY_OBJECTS;
  if (used[heap] + info->allocationSize > get_layout ()->heaps[heap].size)
    return VK_ERROR_OUT_OF_DEVICE_MEMORY;

  /* The software device's own, which has all properties. */
  really.memoryTypeIndex = 0;
  result = real (device, &really, callbacks, handle);
  if (result != VK_SUCCESS)
    return result;

  memory = g_new0 (Memory, 1);
  memory->device = device;
  memory->type = type;
  memory->size = info->allocationSize;
  memory->real = map_really (device, *handle);
  memset (memory->real, POISON, memory->size);
  if (type_has (type, VISIBLE) && !type_has (type, COHERENT))
    {
      memory->copy = g_malloc (memory->size);
      memset (memory->copy, POISON_HOST, memory->size);
    }
  used[heap] += memory->size;
  g_hash_table_insert (memories, *handle, memory);

  return VK_SUCCESS;
}

VKAPI_ATTR void VKAPI_CALL
vkFreeMemory (VkDevice device, VkDeviceMemory handle, const VkAllocationCallbacks *callbacks)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  Memory *memory;

  REAL (vkFreeMemory);

  if (!handle)
    return;
  memory = find_memory (handle);
  used[get_layout ()->types[memory->type].heapIndex] -= memory->size;
  g_free (memory->copy);
  g_hash_table_remove (memories, handle);
  real (device, handle, callbacks);
}

VKAPI_ATTR VkResult VKAPI_CALL
vkMapMemory (VkDevice device,
             VkDeviceMemory handle,
             VkDeviceSize offset,
             VkDeviceSize size,
             VkMemoryMapFlags flags,
             void **mapped)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  Memory *memory = find_memory (handle);

  CHECK (type_has (memory->type, VISIBLE), "the host cannot reach memory type %u", memory->type);
  CHECK (!memory->mapped, "this memory is mapped already");
  memory->mapped = TRUE;
  *mapped = (memory->copy ? memory->copy : memory->real) + offset;
  return VK_SUCCESS;
}

VKAPI_ATTR void VKAPI_CALL
vkUnmapMemory (VkDevice device, VkDeviceMemory handle)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  Memory *memory = find_memory (handle);

  CHECK (memory->mapped, "this memory is not mapped");
  memory->mapped = FALSE;
}

static void
move_ranges (const VkMappedMemoryRange *ranges, guint n, gboolean to_device)
{
  for (guint i = 0; i < n; i++)
    {
      const Memory *memory = find_memory (ranges[i].memory);
      const VkDeviceSize offset = ranges[i].offset;
      const VkDeviceSize size
          = ranges[i].size == VK_WHOLE_SIZE ? memory->size - offset : ranges[i].size;

      CHECK (memory->mapped, "this memory is not mapped");
      CHECK (offset % ALIGNMENT == 0, "a range begins inside an atom");
      CHECK (offset + size <= memory->size, "a range ends outside its memory");
      CHECK (size % ALIGNMENT == 0 || offset + size == memory->size, "a range ends inside an atom");
      if (memory->copy && to_device)
        memcpy (memory->real + offset, memory->copy + offset, size);
      else if (memory->copy)
        memcpy (memory->copy + offset, memory->real + offset, size);
    }
}

VKAPI_ATTR VkResult VKAPI_CALL
vkFlushMappedMemoryRanges (VkDevice device, uint32_t n, const VkMappedMemoryRange *ranges)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);

  move_ranges (ranges, n, TRUE);
  return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL
vkInvalidateMappedMemoryRanges (VkDevice device, uint32_t n, const VkMappedMemoryRange *ranges)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);

  move_ranges (ranges, n, FALSE);
  return VK_SUCCESS;
}

/* --- buffers -------------------------------------------------------------------------------- */

VKAPI_ATTR VkResult VKAPI_CALL
vkCreateBuffer (VkDevice device,
                const VkBufferCreateInfo *info,
                const VkAllocationCallbacks *callbacks,
                VkBuffer *buffer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  VkResult result;

  REAL (vkCreateBuffer);

  result = real (device, info, callbacks, buffer);
  if (!buffers)
    buffers = g_hash_table_new (NULL, NULL);
  if (result == VK_SUCCESS)
    g_hash_table_insert (buffers, *buffer, device);
  return result;
}

VKAPI_ATTR void VKAPI_CALL
vkDestroyBuffer (VkDevice device, VkBuffer buffer, const VkAllocationCallbacks *callbacks)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);

  REAL (vkDestroyBuffer);

  if (buffer)
    g_hash_table_remove (buffers, buffer);
  real (device, buffer, callbacks);
}

VKAPI_ATTR void VKAPI_CALL
vkGetBufferMemoryRequirements (VkDevice device, VkBuffer buffer, VkMemoryRequirements *needs)
{
  REAL (vkGetBufferMemoryRequirements);

  real (device, buffer, needs);
  needs->alignment = ALIGNMENT;
  needs->size = (needs->size + 2 * ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  needs->memoryTypeBits = ((1u << count_types ()) - 1) & ~WRONG_TYPE;
}

VKAPI_ATTR VkResult VKAPI_CALL
vkBindBufferMemory (VkDevice device, VkBuffer buffer, VkDeviceMemory handle, VkDeviceSize offset)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  const Memory *memory = find_memory (handle);

  REAL (vkBindBufferMemory);

  CHECK (offset % ALIGNMENT == 0, "a buffer begins out of step");
  CHECK (!((1u << memory->type) & WRONG_TYPE), "buffers cannot have memory type %u", memory->type);
  return real (device, buffer, handle, offset);
}

VKAPI_ATTR VkResult VKAPI_CALL
vkCreateBufferView (VkDevice device,
                    const VkBufferViewCreateInfo *info,
                    const VkAllocationCallbacks *callbacks,
                    VkBufferView *view)
{
  const guint texel = info->format == VK_FORMAT_R32G32B32A32_SFLOAT ? 16 : 8;

  REAL (vkCreateBufferView);

  CHECK (info->range / texel <= MAX_TEXELS, "a view of too many texels");
  return real (device, info, callbacks, view);
}

VKAPI_ATTR void VKAPI_CALL
vkUpdateDescriptorSets (VkDevice device,
                        uint32_t n,
                        const VkWriteDescriptorSet *writes,
                        uint32_t n_copies,
                        const VkCopyDescriptorSet *copies)
{
  REAL (vkUpdateDescriptorSets);

  for (guint i = 0; i < n; i++)
    if (writes[i].descriptorType == VK_DESCRIPTOR_TYPE_STORAGE_BUFFER)
      {
        CHECK (writes[i].pBufferInfo->offset % ALIGNMENT == 0, "a binding begins out of step");
        CHECK (writes[i].pBufferInfo->range <= MAX_RANGE, "a binding is too large");
      }
  real (device, n, writes, n_copies, copies);
}

VKAPI_ATTR void VKAPI_CALL
vkCmdDispatch (VkCommandBuffer commands, uint32_t x, uint32_t y, uint32_t z)
{
  REAL (vkCmdDispatch);

  CHECK (MAX (x, MAX (y, z)) <= MAX_GROUPS, "too many workgroups");
  real (commands, x, y, z);
}

VKAPI_ATTR void VKAPI_CALL
vkDestroyDevice (VkDevice device, const VkAllocationCallbacks *callbacks)
{
  GHashTableIter iter;
  gpointer value;

  REAL (vkDestroyDevice);

  g_mutex_lock (&mutex);
  if (memories)
    g_hash_table_iter_init (&iter, memories);
  while (memories && g_hash_table_iter_next (&iter, NULL, &value))
    CHECK (((Memory *) value)->device != device, "memory is left in a device that ends");
  if (buffers)
    g_hash_table_iter_init (&iter, buffers);
  while (buffers && g_hash_table_iter_next (&iter, NULL, &value))
    CHECK (value != device, "a buffer is left in a device that ends");
  g_mutex_unlock (&mutex);
  real (device, callbacks);
}
