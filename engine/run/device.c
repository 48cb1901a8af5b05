/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/device-private.h"

#include "engine/run/engine-private.h"
#include "engine/base/error.h"
#include "engine/vk/budget.h"

struct _MonocleDevice
{
  GObject parent_instance;

  guint index;
  MonocleVkGpuInfo info;
  MonocleVkBudget budget;
  char *uuid, *driver;
  char *api_version;
};

G_DEFINE_FINAL_TYPE (MonocleDevice, monocle_device, G_TYPE_OBJECT)

static void
monocle_device_finalize (GObject *object)
{
  MonocleDevice *self = MONOCLE_DEVICE (object);

  g_free (self->uuid);
  g_free (self->driver);
  g_free (self->api_version);
  G_OBJECT_CLASS (monocle_device_parent_class)->finalize (object);
}

static void
monocle_device_class_init (MonocleDeviceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_device_finalize;
}

static void
monocle_device_init (MonocleDevice *self)
{
}

static MonocleDevice *
device_new (guint index, const MonocleVkGpuInfo *info)
{
  MonocleDevice *self = g_object_new (MONOCLE_TYPE_DEVICE, NULL);
  g_autoptr (GString) uuid = g_string_new (NULL);

  for (guint i = 0; i < VK_UUID_SIZE; i++)
    g_string_append_printf (uuid, "%02x", info->uuid[i]);

  self->index = index;
  self->info = *info;
  self->budget = monocle_vk_budget_query (info, NULL);
  self->driver = g_strconcat (info->driver_name, " ", info->driver_info, NULL);
  self->uuid = g_string_free (g_steal_pointer (&uuid), FALSE);
  self->api_version = g_strdup_printf ("%u.%u.%u", VK_API_VERSION_MAJOR (info->api_version),
                                       VK_API_VERSION_MINOR (info->api_version),
                                       VK_API_VERSION_PATCH (info->api_version));
  return self;
}

GPtrArray *
monocle_device_list (GError **error)
{
  g_autoptr (GArray) infos = NULL;
  g_autoptr (GPtrArray) devices = NULL;

  monocle_engine_hold ();
  monocle_engine_enter ();
  infos = monocle_vk_gpu_list (error);
  monocle_engine_release ();
  if (!infos)
    return NULL;
  if (infos->len == 0)
    {
      g_set_error_literal (
          error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_NO_DEVICE,
          "No Vulkan device was found; install a driver for your graphics card, or "
          "mesa-vulkan-drivers to run on the processor");
      return NULL;
    }

  devices = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < infos->len; i++)
    g_ptr_array_add (devices, device_new (i, &g_array_index (infos, MonocleVkGpuInfo, i)));

  return g_steal_pointer (&devices);
}

static MonocleDevice *
search (GPtrArray *devices, const char *selector)
{
  g_autofree char *wanted = g_utf8_casefold (selector, -1);
  guint64 index;

  if (g_str_equal (selector, "auto"))
    return g_ptr_array_index (devices, 0);
  if (g_ascii_string_to_unsigned (selector, 10, 0, G_MAXUINT, &index, NULL))
    return index < devices->len ? g_ptr_array_index (devices, index) : NULL;

  for (guint i = 0; i < devices->len; i++)
    {
      MonocleDevice *device = g_ptr_array_index (devices, i);
      g_autofree char *name = g_utf8_casefold (device->info.name, -1);

      if (g_ascii_strcasecmp (device->uuid, selector) == 0 || strstr (name, wanted))
        return device;
    }

  return NULL;
}

MonocleDevice *
monocle_device_find (const char *selector, GError **error)
{
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (GString) names = NULL;
  MonocleDevice *found;

  g_return_val_if_fail (selector, NULL);

  devices = monocle_device_list (error);
  if (!devices)
    return NULL;

  found = *selector ? search (devices, selector) : NULL;
  if (found)
    return g_object_ref (found);

  names = g_string_new (NULL);
  for (guint i = 0; i < devices->len; i++)
    g_string_append_printf (names, "%s%u %s", i > 0 ? ", " : "", i,
                            monocle_device_get_name (g_ptr_array_index (devices, i)));
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_NO_DEVICE,
               "There is no device “%s”; there is: %s", selector, names->str);
  return NULL;
}

const MonocleVkGpuInfo *
monocle_device_get_info (MonocleDevice *self)
{
  return &self->info;
}

gboolean
monocle_device_check_precision (MonocleDevice *self, MonoclePrecision precision, GError **error)
{
  if (precision == MONOCLE_PRECISION_F32 || monocle_device_get_has_f16 (self))
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_NO_DEVICE,
               "%s cannot store 16-bit weights", self->info.name);
  return FALSE;
}

guint
monocle_device_get_index (MonocleDevice *self)
{
  return self->index;
}

const char *
monocle_device_get_name (MonocleDevice *self)
{
  return self->info.name;
}

const char *
monocle_device_get_driver (MonocleDevice *self)
{
  return self->driver;
}

const char *
monocle_device_get_driver_name (MonocleDevice *self)
{
  return self->info.driver_name;
}

const char *
monocle_device_get_driver_version (MonocleDevice *self)
{
  return self->info.driver_info;
}

const char *
monocle_device_get_uuid (MonocleDevice *self)
{
  return self->uuid;
}

MonocleDeviceKind
monocle_device_get_kind (MonocleDevice *self)
{
  switch (self->info.kind)
    {
    case MONOCLE_VK_GPU_DISCRETE:
      return MONOCLE_DEVICE_DISCRETE;
    case MONOCLE_VK_GPU_INTEGRATED:
      return MONOCLE_DEVICE_INTEGRATED;
    case MONOCLE_VK_GPU_VIRTUAL:
      return MONOCLE_DEVICE_VIRTUAL;
    case MONOCLE_VK_GPU_CPU:
      return MONOCLE_DEVICE_SOFTWARE;
    case MONOCLE_VK_GPU_OTHER:
    default:
      return MONOCLE_DEVICE_OTHER;
    }
}

const char *
monocle_device_get_kind_name (MonocleDevice *self)
{
  static const char *const names[] = {
    [MONOCLE_DEVICE_DISCRETE] = "discrete GPU", [MONOCLE_DEVICE_INTEGRATED] = "integrated GPU",
    [MONOCLE_DEVICE_VIRTUAL] = "virtual GPU",   [MONOCLE_DEVICE_SOFTWARE] = "software (CPU)",
    [MONOCLE_DEVICE_OTHER] = "other",
  };

  return names[monocle_device_get_kind (self)];
}

guint64
monocle_device_get_memory_bytes (MonocleDevice *self)
{
  return self->budget.total_bytes;
}

guint64
monocle_device_get_budget_bytes (MonocleDevice *self)
{
  return self->budget.budget_bytes;
}

guint64
monocle_device_get_used_bytes (MonocleDevice *self)
{
  return self->budget.used_bytes;
}

gboolean
monocle_device_get_has_f16 (MonocleDevice *self)
{
  return self->info.traits.f16_storage;
}

const char *
monocle_device_get_api_version (MonocleDevice *self)
{
  return self->api_version;
}
