/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/instance.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/vk/gpu.h"

#define VALIDATION_LAYER "VK_LAYER_KHRONOS_validation"

static int n_messages;

static VKAPI_ATTR VkBool32 VKAPI_CALL
on_message (VkDebugUtilsMessageSeverityFlagBitsEXT severity,
            VkDebugUtilsMessageTypeFlagsEXT types,
            const VkDebugUtilsMessengerCallbackDataEXT *data,
            void *user_data)
{
  g_atomic_int_inc (&n_messages);
  g_warning ("Vulkan validation: %s", data->pMessage);
  return VK_FALSE;
}

static VkResult
list_layers (gpointer unused, guint32 *n, gpointer layers)
{
  return vkEnumerateInstanceLayerProperties (n, layers);
}

static gboolean
has_validation_layer (void)
{
  g_autoptr (GArray) layers
      = monocle_vk_enumerate (list_layers, NULL, sizeof (VkLayerProperties), "layers", NULL);

  for (guint i = 0; layers && i < layers->len; i++)
    if (strcmp (g_array_index (layers, VkLayerProperties, i).layerName, VALIDATION_LAYER) == 0)
      return TRUE;

  return FALSE;
}

static VkInstance
create_instance (GError **error)
{
  const VkApplicationInfo application = {
    .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
    .pApplicationName = "Monocle",
    .pEngineName = "Monocle",
    .apiVersion = VK_API_VERSION_1_3, /* of which devices of 1.2 do without what they lack */
  };
  const VkDebugUtilsMessengerCreateInfoEXT messenger_info = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
    .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT
                       | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
    .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
    .pfnUserCallback = on_message,
  };
  const VkValidationFeatureEnableEXT sync[] = {
    VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT,
  };
  const VkValidationFeaturesEXT features = {
    .sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
    .pNext = &messenger_info,
    .enabledValidationFeatureCount = monocle_debug_has (MONOCLE_DEBUG_SYNC) ? 1 : 0,
    .pEnabledValidationFeatures = sync,
  };
  const char *layers[] = { VALIDATION_LAYER };
  const char *extensions[]
      = { VK_EXT_DEBUG_UTILS_EXTENSION_NAME, VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME };
  gboolean validate = monocle_debug_has (MONOCLE_DEBUG_VALIDATE);
  VkInstanceCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
    .pApplicationInfo = &application,
  };
  VkInstance instance;
  VkResult result;

  if (validate && !has_validation_layer ())
    {
      g_warning ("MONOCLE_DEBUG=validate: the layer %s is not installed", VALIDATION_LAYER);
      validate = FALSE;
    }

  if (validate)
    {
      info.pNext = &features;
      info.enabledLayerCount = G_N_ELEMENTS (layers);
      info.ppEnabledLayerNames = layers;
      info.enabledExtensionCount = G_N_ELEMENTS (extensions);
      info.ppEnabledExtensionNames = extensions;
    }

  result = vkCreateInstance (&info, NULL, &instance);
  if (result != VK_SUCCESS)
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_NO_DEVICE,
                   "Vulkan 1.2 is not available (vkCreateInstance: %d); install a Vulkan driver",
                   result);
      return VK_NULL_HANDLE;
    }

  if (validate)
    {
      PFN_vkCreateDebugUtilsMessengerEXT create_messenger
          = (PFN_vkCreateDebugUtilsMessengerEXT) vkGetInstanceProcAddr (
              instance, "vkCreateDebugUtilsMessengerEXT");
      VkDebugUtilsMessengerEXT messenger;

      if (create_messenger)
        create_messenger (instance, &messenger_info, NULL, &messenger);
    }

  return instance;
}

/**
 * monocle_vk_instance_get:
 * @error: return location for an error
 *
 * Returns: the instance, which lives as long as the process
 *
 * Errors: %MONOCLE_ENGINE_ERROR_NO_DEVICE without a Vulkan 1.2 loader and driver; asked again, it
 * tries again.
 */
VkInstance
monocle_vk_instance_get (GError **error)
{
  static GMutex mutex;
  static VkInstance instance;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);

  if (instance == VK_NULL_HANDLE)
    instance = create_instance (error);

  return instance;
}

guint
monocle_vk_instance_get_n_messages (void)
{
  return g_atomic_int_get (&n_messages);
}
