/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/memory.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/vk/budget.h"
#include "engine/vk/instance.h"
#include "engine/vk/paper.h"
#include "engine/vk/ranges.h"

/* Buffers of at most half a block share one; larger ones get an allocation of their own. Drivers
 * allow as few as 4096 allocations. In a small heap blocks are small, too. */
#define BLOCK_BYTES ((guint64) 32 << 20)
#define HEAP_BLOCKS 8

/* Of buffers on paper. */
#define PAPER_ALIGNMENT 64

/* Memory types with other flags need features that are not switched on, or behave in their own way.
 */
#define KNOWN_FLAGS                                                                                \
  (VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT | VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT                       \
   | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT | VK_MEMORY_PROPERTY_HOST_CACHED_BIT)

/* One VkDeviceMemory, cut into ranges. */
typedef struct
{
  VkDeviceMemory memory;
  guint type;
  guint64 size;
  gboolean shared;     /* between buffers */
  guint8 *mapped;      /* (nullable): where the host can reach it */
  GArray *free_ranges; /* see ranges.h */
} Block;

struct _MonocleVkMemory
{
  MonocleVkGpu *gpu;
  VkPhysicalDeviceMemoryProperties properties;
  GPtrArray *blocks;
  guint64 heap_used[VK_MAX_MEMORY_HEAPS], heap_peak[VK_MAX_MEMORY_HEAPS];
  guint64 used, peak, n_allocations;
};

/* Notes that a block was taken or, with @sign -1, given back. */
static void
count_block (MonocleVkMemory *self, const Block *block, gint64 sign)
{
  const guint heap = self->properties.memoryTypes[block->type].heapIndex;

  self->heap_used[heap] += (guint64) sign * block->size;
  self->heap_peak[heap] = MAX (self->heap_peak[heap], self->heap_used[heap]);
  self->used += (guint64) sign * block->size;
  self->peak = MAX (self->peak, self->used);
}

static void
block_free (MonocleVkMemory *self, Block *block)
{
  if (self->gpu->paper)
    monocle_vk_paper_unmap (block->mapped, block->size);
  else if (block->mapped)
    vkUnmapMemory (self->gpu->device, block->memory);
  if (block->memory)
    vkFreeMemory (self->gpu->device, block->memory, NULL);
  count_block (self, block, -1);
  g_array_unref (block->free_ranges);
  g_free (block);
}

MonocleVkMemory *
monocle_vk_memory_new (MonocleVkGpu *gpu)
{
  MonocleVkMemory *self = g_new0 (MonocleVkMemory, 1);

  self->gpu = gpu;
  self->blocks = g_ptr_array_new ();
  vkGetPhysicalDeviceMemoryProperties (gpu->info.physical, &self->properties);

  return self;
}

void
monocle_vk_memory_free (MonocleVkMemory *self)
{
  if (!self)
    return;

  /* Buffers hold their blocks; all must be gone by now. */
  g_warn_if_fail (self->blocks->len == 0);
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

/* Bytes taken from the device now. */
guint64
monocle_vk_memory_get_used_bytes (MonocleVkMemory *self)
{
  return self->used;
}

/* The same of one heap. */
guint64
monocle_vk_memory_get_heap_used_bytes (MonocleVkMemory *self, guint heap)
{
  return self->heap_used[heap];
}

/* The most that was ever taken. */
guint64
monocle_vk_memory_get_peak_bytes (MonocleVkMemory *self)
{
  return self->peak;
}

guint64
monocle_vk_memory_get_own_peak_bytes (MonocleVkMemory *self)
{
  guint64 most = 0;

  if (monocle_vk_gpu_is_unified (&self->gpu->info))
    return self->peak;
  for (guint i = 0; i < self->properties.memoryHeapCount; i++)
    if (self->properties.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
      most = MAX (most, self->heap_peak[i]);
  return most;
}

/* Buffers made so far: a token loop must not make any. */
guint64
monocle_vk_memory_get_n_allocations (MonocleVkMemory *self)
{
  return self->n_allocations;
}

static gboolean
type_has (MonocleVkMemory *self, guint type, VkMemoryPropertyFlags flags)
{
  return (self->properties.memoryTypes[type].propertyFlags & flags) == flags;
}

/* How well a memory type suits, 0: not at all. Kernels may use any, at worst across the bus. */
static guint
rate_type (MonocleVkMemory *self, guint type, MonocleVkUse use)
{
  const gboolean unified = monocle_vk_gpu_is_unified (&self->gpu->info);
  const gboolean visible = type_has (self, type, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT);
  const gboolean coherent = type_has (self, type, VK_MEMORY_PROPERTY_HOST_COHERENT_BIT);
  const gboolean cached = type_has (self, type, VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
  const gboolean local = type_has (self, type, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
  /* The host reads and writes its own memory; what it sees of a card's is small, and slow to read.
   */
  const gboolean near_host = unified || !local;

  if (self->properties.memoryTypes[type].propertyFlags & ~KNOWN_FLAGS)
    return 0;
  if (use != MONOCLE_VK_USE_DEVICE && !visible)
    return 0;

  switch (use)
    {
    case MONOCLE_VK_USE_DEVICE:
      /* Where memory is shared with the host, staging is a wasted copy. */
      return 1 + 4 * local + 2 * (visible == unified) + (coherent == unified);
    case MONOCLE_VK_USE_UPLOAD:
      return 1 + 4 * near_host + 2 * coherent + !cached;
    case MONOCLE_VK_USE_READBACK:
      return 1 + 4 * cached + 2 * near_host + coherent;
    default:
      g_assert_not_reached ();
    }
}

/* The best memory type among @type_bits; the first of equals, as drivers sort them. */
static int
pick_memory_type (MonocleVkMemory *self, guint32 type_bits, MonocleVkUse use)
{
  guint best_rating = 0;
  int best = -1;

  for (guint i = 0; i < self->properties.memoryTypeCount; i++)
    if (type_bits & (1u << i))
      {
        guint rating = rate_type (self, i, use);

        if (rating > best_rating)
          {
            best = (int) i;
            best_rating = rating;
          }
      }

  return best;
}

static guint64
get_heap_size (MonocleVkMemory *self, guint type)
{
  return self->properties.memoryHeaps[self->properties.memoryTypes[type].heapIndex].size;
}

static guint64
round_up (guint64 size, guint64 alignment)
{
  return (size + alignment - 1) / alignment * alignment;
}

/* What must be flushed lies on whole atoms, which no two buffers share. */
static guint64
get_atom (MonocleVkMemory *self, guint type)
{
  return type_has (self, type, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT)
                 && !type_has (self, type, VK_MEMORY_PROPERTY_HOST_COHERENT_BIT)
             ? self->gpu->info.limits.nonCoherentAtomSize
             : 1;
}

/* @mapped: (out): where the host sees it, if it does */
static VkResult
allocate (MonocleVkMemory *self, guint type, guint64 size, VkDeviceMemory *memory, gpointer *mapped)
{
  const gboolean visible = type_has (self, type, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT);
  const guint heap = self->properties.memoryTypes[type].heapIndex;
  const VkMemoryAllocateFlagsInfo flags = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
    .flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT,
  };
  const VkMemoryAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
    .pNext = self->gpu->traits.addresses ? &flags : NULL,
    .allocationSize = size,
    .memoryTypeIndex = type,
  };
  VkResult result;

  *memory = VK_NULL_HANDLE;
  *mapped = NULL;
  if (self->gpu->paper)
    {
      *mapped = visible ? monocle_vk_paper_map (size) : NULL;
      return *mapped || !visible ? VK_SUCCESS : VK_ERROR_OUT_OF_HOST_MEMORY;
    }
  if (size > get_heap_size (self, type) || !monocle_vk_budget_has_room (self->gpu, heap, size))
    return VK_ERROR_OUT_OF_DEVICE_MEMORY;

  result = vkAllocateMemory (self->gpu->device, &info, NULL, memory);
  if (result != VK_SUCCESS || !visible)
    return result;
  result = vkMapMemory (self->gpu->device, *memory, 0, VK_WHOLE_SIZE, 0, mapped);
  if (result != VK_SUCCESS)
    vkFreeMemory (self->gpu->device, *memory, NULL);
  return result;
}

static VkResult
block_new (MonocleVkMemory *self, guint type, guint64 size, gboolean shared, Block **block)
{
  VkDeviceMemory memory;
  gpointer mapped;
  VkResult result;

  if (size > self->gpu->info.max_allocation_bytes)
    return VK_ERROR_OUT_OF_DEVICE_MEMORY;
  if (self->blocks->len >= self->gpu->info.limits.maxMemoryAllocationCount)
    return VK_ERROR_TOO_MANY_OBJECTS;
  result = allocate (self, type, size, &memory, &mapped);
  if (result != VK_SUCCESS)
    return result;

  *block = g_new0 (Block, 1);
  (*block)->memory = memory;
  (*block)->type = type;
  (*block)->size = size;
  (*block)->shared = shared;
  (*block)->mapped = mapped;
  (*block)->free_ranges = monocle_vk_ranges_new (size);
  count_block (self, *block, 1);
  g_ptr_array_add (self->blocks, *block);

  return VK_SUCCESS;
}

/* Takes a range of a block of this type: a shared one, a new shared one, or one of its own. */
static VkResult
take_memory (MonocleVkMemory *self,
             MonocleVkBuffer *buffer,
             guint type,
             const VkMemoryRequirements *needs)
{
  const guint64 atom = get_atom (self, type);
  const guint64 alignment = MAX (needs->alignment, atom);
  const guint64 size = round_up (needs->size, atom);
  const guint64 shared_size = MIN (BLOCK_BYTES, get_heap_size (self, type) / HEAP_BLOCKS);
  Block *block = NULL;
  VkResult result;

  buffer->memory_size = size;
  if (size <= shared_size / 2)
    {
      for (guint i = 0; i < self->blocks->len; i++)
        {
          block = g_ptr_array_index (self->blocks, i);
          if (block->shared && block->type == type
              && monocle_vk_ranges_take (block->free_ranges, size, alignment,
                                         &buffer->memory_offset))
            {
              buffer->block = block;
              return VK_SUCCESS;
            }
        }
      result = block_new (self, type, round_up (shared_size, atom), TRUE, &block);
    }
  else
    result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  if (monocle_vk_is_shortage (result))
    result = block_new (self, type, size, FALSE, &block);
  if (result != VK_SUCCESS)
    return result;

  monocle_vk_ranges_take (block->free_ranges, size, alignment, &buffer->memory_offset);
  buffer->block = block;
  return VK_SUCCESS;
}

static void
set_shortage (MonocleVkMemory *self, guint64 size, const char *name, GError **error)
{
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
               "%s has too little memory for %s: %.1f MiB wanted, %.1f MiB in use",
               self->gpu->info.name, name, (double) size / (1 << 20),
               (double) self->used / (1 << 20));
}

/* On paper as drivers mostly have it: any memory will do, in steps of a cache line or two. */
static VkMemoryRequirements
get_requirements (MonocleVkMemory *self, const MonocleVkBuffer *buffer)
{
  VkMemoryRequirements needs = { .size = round_up (buffer->size, PAPER_ALIGNMENT),
                                 .alignment = PAPER_ALIGNMENT,
                                 .memoryTypeBits = G_MAXUINT32 };

  if (!self->gpu->paper)
    vkGetBufferMemoryRequirements (self->gpu->device, buffer->buffer, &needs);
  return needs;
}

/* Where a heap is full the next best one is tried. */
static gboolean
bind_memory (MonocleVkMemory *self, MonocleVkBuffer *buffer, const char *name, GError **error)
{
  VkMemoryRequirements needs = get_requirements (self, buffer);
  VkResult result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  Block *block;
  int type;

  type = pick_memory_type (self, needs.memoryTypeBits, buffer->use);
  if (type < 0)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_FAILED,
                   "%s has no memory type for %s", self->gpu->info.name, name);
      return FALSE;
    }

  while (type >= 0 && monocle_vk_is_shortage (result))
    {
      result = take_memory (self, buffer, type, &needs);
      needs.memoryTypeBits &= ~(1u << type);
      type = pick_memory_type (self, needs.memoryTypeBits, buffer->use);
    }
  if (monocle_vk_is_shortage (result))
    {
      set_shortage (self, needs.size, name, error);
      return FALSE;
    }
  if (!monocle_vk_check (result, name, error))
    return FALSE;

  block = buffer->block;
  buffer->memory = block->memory;
  buffer->coherent = type_has (self, block->type, VK_MEMORY_PROPERTY_HOST_COHERENT_BIT);
  /* What kernels write is mapped only where both sides see it at once. */
  if (block->mapped && (buffer->use != MONOCLE_VK_USE_DEVICE || buffer->coherent))
    buffer->mapped = block->mapped + buffer->memory_offset;

  return self->gpu->paper
         || monocle_vk_check (vkBindBufferMemory (self->gpu->device, buffer->buffer, buffer->memory,
                                                  buffer->memory_offset),
                              name, error);
}

static void
set_debug_name (MonocleVkGpu *gpu, VkBuffer buffer, const char *name)
{
  const VkDebugUtilsObjectNameInfoEXT info = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT,
    .objectType = VK_OBJECT_TYPE_BUFFER,
    .objectHandle = (guint64) buffer,
    .pObjectName = name,
  };
  PFN_vkSetDebugUtilsObjectNameEXT set_name;

  if (!monocle_debug_has (MONOCLE_DEBUG_VALIDATE))
    return;

  set_name = (PFN_vkSetDebugUtilsObjectNameEXT) vkGetInstanceProcAddr (
      monocle_vk_instance_get (NULL), "vkSetDebugUtilsObjectNameEXT");
  if (set_name)
    set_name (gpu->device, &info);
}

static guint64
get_address (const MonocleVkBuffer *buffer)
{
  const VkBufferDeviceAddressInfo info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO,
    .buffer = buffer->buffer,
  };

  return buffer->gpu->traits.addresses ? vkGetBufferDeviceAddress (buffer->gpu->device, &info) : 0;
}

/**
 * monocle_vk_buffer_new:
 * @gpu: an open device
 * @size: in bytes, more than 0
 * @use: who writes and reads it
 * @name: what it holds, for messages
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a buffer with memory bound, its content undefined
 *
 * Errors: %MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 */
MonocleVkBuffer *
monocle_vk_buffer_new (
    MonocleVkGpu *gpu, guint64 size, MonocleVkUse use, const char *name, GError **error)
{
  g_autoptr (MonocleVkBuffer) buffer = g_new0 (MonocleVkBuffer, 1);
  const VkBufferCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
    .size = size,
    .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT
             | VK_BUFFER_USAGE_TRANSFER_DST_BIT
             | (gpu->traits.texels ? VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT : 0)
             | (gpu->traits.addresses ? VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT : 0),
    .sharingMode = VK_SHARING_MODE_EXCLUSIVE,
  };

  g_assert (size > 0);

  buffer->gpu = gpu;
  buffer->size = size;
  buffer->use = use;
  if (size > gpu->info.max_allocation_bytes)
    {
      set_shortage (gpu->memory, size, name, error);
      return NULL;
    }
  if ((!gpu->paper
       && !monocle_vk_check_new (vkCreateBuffer (gpu->device, &info, NULL, &buffer->buffer),
                                 &buffer->buffer, name, error))
      || !bind_memory (gpu->memory, buffer, name, error))
    return NULL;

  if (gpu->paper)
    monocle_vk_paper_take (gpu->paper, buffer, name);
  else
    {
      set_debug_name (gpu, buffer->buffer, name);
      buffer->address = get_address (buffer);
    }
  gpu->memory->n_allocations++;
  return g_steal_pointer (&buffer);
}

void
monocle_vk_buffer_free (MonocleVkBuffer *buffer)
{
  MonocleVkMemory *memory;

  if (!buffer)
    return;

  memory = buffer->gpu->memory;
  for (guint i = 0; i < G_N_ELEMENTS (buffer->texels); i++)
    if (buffer->texels[i])
      vkDestroyBufferView (buffer->gpu->device, buffer->texels[i], NULL);
  if (buffer->buffer)
    vkDestroyBuffer (buffer->gpu->device, buffer->buffer, NULL);
  if (buffer->gpu->paper && buffer->block)
    monocle_vk_paper_give_back (buffer->gpu->paper, buffer);
  if (buffer->block)
    {
      Block *block = buffer->block;

      monocle_vk_ranges_give_back (block->free_ranges, buffer->memory_offset, buffer->memory_size);
      if (monocle_vk_ranges_is_all (block->free_ranges, block->size))
        {
          g_ptr_array_remove_fast (memory->blocks, block);
          block_free (memory, block);
        }
    }
  g_free (buffer);
}

static VkMappedMemoryRange
get_mapped_range (MonocleVkBuffer *buffer, gsize size)
{
  g_assert (buffer->mapped && size <= buffer->size);

  return (VkMappedMemoryRange){
    .sType = VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE,
    .memory = buffer->memory,
    .offset = buffer->memory_offset,
    .size = round_up (size, buffer->gpu->info.limits.nonCoherentAtomSize),
  };
}

/**
 * monocle_vk_buffer_flush:
 * @buffer: a mapped buffer
 * @size: bytes that were written, from its start
 * @error: return location for an error
 *
 * Lets the device see what the host wrote, in what is submitted from now on.
 */
gboolean
monocle_vk_buffer_flush (MonocleVkBuffer *buffer, gsize size, GError **error)
{
  const VkMappedMemoryRange range = get_mapped_range (buffer, size);

  return buffer->coherent || buffer->gpu->paper
         || monocle_vk_check (vkFlushMappedMemoryRanges (buffer->gpu->device, 1, &range), "flush",
                              error);
}

/**
 * monocle_vk_buffer_invalidate:
 * @buffer: a mapped buffer
 * @size: bytes to be read, from its start
 * @error: return location for an error
 *
 * Lets the host see what the device wrote, in submissions that were waited for.
 */
gboolean
monocle_vk_buffer_invalidate (MonocleVkBuffer *buffer, gsize size, GError **error)
{
  const VkMappedMemoryRange range = get_mapped_range (buffer, size);

  return buffer->coherent || buffer->gpu->paper
         || monocle_vk_check (vkInvalidateMappedMemoryRanges (buffer->gpu->device, 1, &range),
                              "invalidate", error);
}

/**
 * monocle_vk_buffer_get_texels:
 * @buffer: a buffer of a device that can read it as texels
 * @format: of the numbers; a texel is four of them
 * @error: return location for an error
 *
 * Returns: a view of the whole buffer, made on first use and owned by the buffer
 */
VkBufferView
monocle_vk_buffer_get_texels (MonocleVkBuffer *buffer, MonocleFormatId format, GError **error)
{
  static const VkFormat texel_formats[MONOCLE_N_FORMATS] = {
    [MONOCLE_FORMAT_F32] = VK_FORMAT_R32G32B32A32_SFLOAT,
    [MONOCLE_FORMAT_F16] = VK_FORMAT_R16G16B16A16_SFLOAT,
    [MONOCLE_FORMAT_U32] = VK_FORMAT_R32G32B32A32_UINT,
    [MONOCLE_FORMAT_Q8] = VK_FORMAT_R8G8B8A8_SINT,
  };
  const guint64 texel_bytes = monocle_format_get_texel_bytes (format);
  const VkBufferViewCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO,
    .buffer = buffer->buffer,
    .format = texel_formats[format],
    .range = buffer->size / texel_bytes * texel_bytes,
  };
  VkBufferView *view = &buffer->texels[format];

  g_assert (info.format != VK_FORMAT_UNDEFINED);
  if (!*view
      && !monocle_vk_check_new (vkCreateBufferView (buffer->gpu->device, &info, NULL, view), view,
                                "texel view", error))
    return VK_NULL_HANDLE;

  return *view;
}
