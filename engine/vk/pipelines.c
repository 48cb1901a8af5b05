/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/pipelines.h"

#include <gio/gio.h>

#include "engine/base/error.h"

/* The driver checks its own header, but not every driver survives a damaged file: ours comes first.
 */
#define CACHE_MAGIC     0x314b4d4fu
#define MAX_CACHE_BYTES (64 << 20)

#define STORE_INTERVAL_US G_USEC_PER_SEC

typedef struct
{
  guint32 magic;
  guint32 vendor_id, device_id, driver_version;
  guint8 uuid[VK_UUID_SIZE];
  guint64 size;
  guint32 hash;
  guint32 reserved;
} CacheHeader;

typedef struct
{
  MonocleKernelId kernel;
  guint build;
  guint n_specs;
  guint32 specs[MONOCLE_VK_MAX_SPECS];
} PipelineKey;

/* What all pipelines of a kernel share. */
typedef struct
{
  VkDescriptorSetLayout set_layout;
  VkPipelineLayout layout;
  VkShaderModule *modules; /* of its builds */
} KernelObjects;

struct _MonocleVkPipelines
{
  MonocleVkGpu *gpu;
  VkPipelineCache cache;
  gsize stored_size; /* of the cache on disk */
  gint64 stored_at_us;
  char *cache_path;
  KernelObjects kernels[MONOCLE_N_KERNELS];
  GHashTable *pipelines; /* PipelineKey -> MonocleVkPipeline */
};

static guint
hash_bytes (gconstpointer data, gsize size)
{
  const guint8 *bytes = data;
  guint hash = 2166136261u;

  for (gsize i = 0; i < size; i++)
    hash = (hash ^ bytes[i]) * 16777619u;

  return hash;
}

static guint
key_hash (gconstpointer key)
{
  return hash_bytes (key, sizeof (PipelineKey));
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (PipelineKey)) == 0;
}

static CacheHeader
make_cache_header (MonocleVkGpu *gpu, gconstpointer data, gsize size)
{
  CacheHeader header = {
    .magic = CACHE_MAGIC,
    .vendor_id = gpu->info.vendor_id,
    .device_id = gpu->info.device_id,
    .driver_version = gpu->info.driver_version,
    .size = size,
    .hash = hash_bytes (data, size),
  };

  memcpy (header.uuid, gpu->info.uuid, sizeof header.uuid);
  return header;
}

static char *
make_cache_path (MonocleVkGpu *gpu)
{
  g_autoptr (GString) name = g_string_new ("pipelines-");

  for (guint i = 0; i < VK_UUID_SIZE; i++)
    g_string_append_printf (name, "%02x", gpu->info.uuid[i]);
  g_string_append (name, ".bin");

  return g_build_filename (g_get_user_cache_dir (), "monocle", name->str, NULL);
}

/* The stored cache, if it is whole and of this driver; else nothing, which is always right. */
static GBytes *
load_cache (MonocleVkPipelines *self)
{
  g_autofree char *data = NULL;
  CacheHeader header, expected;
  gsize size;

  if (!g_file_get_contents (self->cache_path, &data, &size, NULL) || size < sizeof header
      || size > MAX_CACHE_BYTES)
    return NULL;

  memcpy (&header, data, sizeof header);
  expected = make_cache_header (self->gpu, data + sizeof header, size - sizeof header);
  if (memcmp (&header, &expected, sizeof header) != 0)
    return NULL;

  return g_bytes_new (data + sizeof header, size - sizeof header);
}

void
monocle_vk_pipelines_store (MonocleVkPipelines *self)
{
  g_autofree guint8 *data = NULL;
  g_autofree char *folder = g_path_get_dirname (self->cache_path);
  g_autoptr (GError) error = NULL;
  CacheHeader header;
  gsize size = 0;

  self->stored_at_us = g_get_monotonic_time ();
  if (!self->cache
      || vkGetPipelineCacheData (self->gpu->device, self->cache, &size, NULL) != VK_SUCCESS
      || size <= self->stored_size || size > MAX_CACHE_BYTES - sizeof header)
    return;

  data = g_malloc (sizeof header + size);
  if (vkGetPipelineCacheData (self->gpu->device, self->cache, &size, data + sizeof header)
      != VK_SUCCESS)
    return;

  header = make_cache_header (self->gpu, data + sizeof header, size);
  memcpy (data, &header, sizeof header);
  g_mkdir_with_parents (folder, 0700);
  if (g_file_set_contents (self->cache_path, (char *) data, sizeof header + size, &error))
    self->stored_size = size;
  else
    g_debug ("Pipeline cache not stored: %s", error->message);
}

MonocleVkPipelines *
monocle_vk_pipelines_new (MonocleVkGpu *gpu)
{
  MonocleVkPipelines *self = g_new0 (MonocleVkPipelines, 1);
  g_autoptr (GBytes) stored = NULL;
  VkPipelineCacheCreateInfo info = { .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO };

  self->gpu = gpu;
  self->cache_path = make_cache_path (gpu);
  self->pipelines = g_hash_table_new_full (key_hash, key_equal, g_free, g_free);

  stored = load_cache (self);
  if (stored)
    {
      info.pInitialData = g_bytes_get_data (stored, &info.initialDataSize);
      self->stored_size = info.initialDataSize;
    }
  self->stored_at_us = g_get_monotonic_time ();

  /* Without a cache pipelines are made all the same, so a failure here is none. */
  if (vkCreatePipelineCache (gpu->device, &info, NULL, &self->cache) != VK_SUCCESS)
    self->cache = VK_NULL_HANDLE;

  return self;
}

/**
 * monocle_vk_pipelines_free:
 * @pipelines: (nullable): the pipelines of a device
 *
 * Stores the driver's cache if it grew, and destroys everything.
 */
void
monocle_vk_pipelines_free (MonocleVkPipelines *self)
{
  VkDevice device;
  GHashTableIter iter;
  gpointer value;

  if (!self)
    return;

  device = self->gpu->device;
  monocle_vk_pipelines_store (self);
  vkDestroyPipelineCache (device, self->cache, NULL);

  g_hash_table_iter_init (&iter, self->pipelines);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    vkDestroyPipeline (device, ((MonocleVkPipeline *) value)->pipeline, NULL);

  for (guint i = 0; i < MONOCLE_N_KERNELS; i++)
    {
      for (guint j = 0; self->kernels[i].modules && j < monocle_kernels[i].n_builds; j++)
        vkDestroyShaderModule (device, self->kernels[i].modules[j], NULL);
      g_free (self->kernels[i].modules);
      vkDestroyPipelineLayout (device, self->kernels[i].layout, NULL);
      vkDestroyDescriptorSetLayout (device, self->kernels[i].set_layout, NULL);
    }

  g_hash_table_unref (self->pipelines);
  g_free (self->cache_path);
  g_free (self);
}

static gboolean
ensure_kernel_objects (MonocleVkPipelines *self, MonocleKernelId id, guint build, GError **error)
{
  const MonocleKernel *kernel = &monocle_kernels[id];
  KernelObjects *objects = &self->kernels[id];
  VkDevice device = self->gpu->device;

  if (!objects->layout)
    {
      g_autofree VkDescriptorSetLayoutBinding *bindings
          = g_new0 (VkDescriptorSetLayoutBinding, kernel->n_storage + kernel->n_texel);
      VkDescriptorSetLayoutCreateInfo set_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = kernel->n_storage + kernel->n_texel,
        .pBindings = bindings,
      };
      const VkPushConstantRange push
          = { .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .size = kernel->push_size };
      const VkPipelineLayoutCreateInfo layout_info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &objects->set_layout,
        .pushConstantRangeCount = 1,
        .pPushConstantRanges = &push,
      };

      for (guint i = 0; i < set_info.bindingCount; i++)
        bindings[i] = (VkDescriptorSetLayoutBinding){
          .binding = i,
          .descriptorType = i < kernel->n_storage ? VK_DESCRIPTOR_TYPE_STORAGE_BUFFER
                                                  : VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER,
          .descriptorCount = 1,
          .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
        };
      if (!objects->set_layout
          && !monocle_vk_check_new (
              vkCreateDescriptorSetLayout (device, &set_info, NULL, &objects->set_layout),
              &objects->set_layout, kernel->name, error))
        return FALSE;
      if (!monocle_vk_check_new (
              vkCreatePipelineLayout (device, &layout_info, NULL, &objects->layout),
              &objects->layout, kernel->name, error))
        return FALSE;
    }

  if (!objects->modules)
    objects->modules = g_new0 (VkShaderModule, kernel->n_builds);
  if (!objects->modules[build])
    {
      const VkShaderModuleCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
        .codeSize = kernel->builds[build].spirv_size,
        .pCode = kernel->builds[build].spirv,
      };

      if (!monocle_vk_check_new (
              vkCreateShaderModule (device, &info, NULL, &objects->modules[build]),
              &objects->modules[build], kernel->name, error))
        return FALSE;
    }

  return TRUE;
}

static PipelineKey
make_key (const MonocleVkDispatch *dispatch)
{
  const int build
      = monocle_kernel_find_build (&monocle_kernels[dispatch->kernel], dispatch->formats);
  PipelineKey key;

  g_assert (build >= 0);
  g_assert (dispatch->n_specs <= MONOCLE_VK_MAX_SPECS);

  memset (&key, 0, sizeof key);
  key.kernel = dispatch->kernel;
  key.build = (guint) build;
  key.n_specs = dispatch->n_specs;
  for (guint i = 0; i < key.n_specs; i++)
    key.specs[i] = dispatch->specs[i];
  return key;
}

GHashTable *
monocle_vk_pipelines_new_set (void)
{
  return g_hash_table_new_full (key_hash, key_equal, g_free, NULL);
}

gboolean
monocle_vk_pipelines_is_missing (MonocleVkPipelines *self,
                                 const MonocleVkDispatch *dispatch,
                                 GHashTable *seen)
{
  PipelineKey key = make_key (dispatch);

  return !g_hash_table_contains (self->pipelines, &key)
         && g_hash_table_add (seen, g_memdup2 (&key, sizeof key));
}

/**
 * monocle_vk_pipelines_get:
 * @pipelines: the pipelines of a device
 * @dispatch: kernel, formats and specialisation constants count here
 * @error: return location for an error
 *
 * Returns: (transfer none) (nullable): the pipeline, made if it was not yet
 */
const MonocleVkPipeline *
monocle_vk_pipelines_get (MonocleVkPipelines *self,
                          const MonocleVkDispatch *dispatch,
                          GError **error)
{
  const PipelineKey key = make_key (dispatch);
  KernelObjects *objects = &self->kernels[key.kernel];
  VkSpecializationMapEntry entries[MONOCLE_VK_MAX_SPECS];
  const VkSpecializationInfo specialization = {
    .mapEntryCount = key.n_specs,
    .pMapEntries = entries,
    .dataSize = key.n_specs * sizeof *key.specs,
    .pData = key.specs,
  };
  MonocleVkPipeline *pipeline;
  VkComputePipelineCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
    .stage = {
      .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
      .stage = VK_SHADER_STAGE_COMPUTE_BIT,
      .pName = "main",
      .pSpecializationInfo = &specialization,
    },
  };
  VkPipeline handle;

  pipeline = g_hash_table_lookup (self->pipelines, &key);
  if (pipeline)
    return pipeline;

  if (!ensure_kernel_objects (self, key.kernel, key.build, error))
    return NULL;

  for (guint i = 0; i < key.n_specs; i++)
    entries[i] = (VkSpecializationMapEntry){ .constantID = i,
                                             .offset = i * sizeof *key.specs,
                                             .size = sizeof *key.specs };
  info.stage.module = objects->modules[key.build];
  info.layout = objects->layout;
  if (!monocle_vk_check (
          vkCreateComputePipelines (self->gpu->device, self->cache, 1, &info, NULL, &handle),
          monocle_kernels[key.kernel].name, error))
    return NULL;

  pipeline = g_new0 (MonocleVkPipeline, 1);
  pipeline->pipeline = handle;
  pipeline->layout = objects->layout;
  pipeline->set_layout = objects->set_layout;
  g_hash_table_insert (self->pipelines, g_memdup2 (&key, sizeof key), pipeline);

  /* The program may end in the middle of the next one. */
  if (g_get_monotonic_time () - self->stored_at_us > STORE_INTERVAL_US)
    monocle_vk_pipelines_store (self);
  return pipeline;
}
