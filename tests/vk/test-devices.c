/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several cards of one make: what a person sees of them, and what settings, workers and caches know
 * them by. The first device there is stands for all of them.
 */
#include "config.h"

#include <dlfcn.h>
#include <string.h>

#include "engine/run/device-private.h"
#include "engine/engine.h"
#include "engine/run/worker.h"

#define N_CARDS 3

static gboolean has_pci, has_uuids;
static guint n_described; /* since the list was asked for */

VKAPI_ATTR VkResult VKAPI_CALL
vkEnumeratePhysicalDevices (VkInstance instance, uint32_t *n, VkPhysicalDevice *devices)
{
  static PFN_vkEnumeratePhysicalDevices real;
  VkPhysicalDevice first;
  guint32 one = 1;
  VkResult result;

  if (!real)
    real = (PFN_vkEnumeratePhysicalDevices) dlsym (RTLD_NEXT, "vkEnumeratePhysicalDevices");
  result = real (instance, &one, &first);
  g_assert_true (result == VK_SUCCESS || result == VK_INCOMPLETE);
  n_described = 0;
  for (guint i = 0; devices && i < *n; i++)
    devices[i] = first;
  *n = devices ? MIN (*n, N_CARDS) : N_CARDS;
  return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL
vkEnumerateDeviceExtensionProperties (VkPhysicalDevice device,
                                      const char *layer,
                                      uint32_t *n,
                                      VkExtensionProperties *extensions)
{
  if (extensions && *n > 0)
    g_strlcpy (extensions->extensionName, VK_EXT_PCI_BUS_INFO_EXTENSION_NAME,
               sizeof extensions->extensionName);
  *n = has_pci ? 1 : 0;
  return VK_SUCCESS;
}

VKAPI_ATTR void VKAPI_CALL
vkGetPhysicalDeviceProperties2 (VkPhysicalDevice device, VkPhysicalDeviceProperties2 *properties)
{
  static PFN_vkGetPhysicalDeviceProperties2 real;

  if (!real)
    real = (PFN_vkGetPhysicalDeviceProperties2) dlsym (RTLD_NEXT, "vkGetPhysicalDeviceProperties2");
  real (device, properties);
  g_strlcpy (properties->properties.deviceName, "Card (of paper)",
             VK_MAX_PHYSICAL_DEVICE_NAME_SIZE);
  /* Each is asked once who it is, and then where. */
  for (VkBaseOutStructure *next = properties->pNext; next; next = next->pNext)
    if (next->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES)
      memset (((VkPhysicalDeviceIDProperties *) next)->deviceUUID,
              ++n_described * (has_uuids ? 1 : 0), VK_UUID_SIZE);
    else if (next->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PCI_BUS_INFO_PROPERTIES_EXT)
      ((VkPhysicalDevicePCIBusInfoPropertiesEXT *) next)->pciBus = n_described;
}

static GPtrArray *
list (gboolean pci, gboolean uuids)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *devices;

  has_pci = pci;
  has_uuids = uuids;
  devices = monocle_device_list (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (devices->len, ==, N_CARDS);
  return devices;
}

static void
test_names (void)
{
  g_autoptr (GPtrArray) plain = list (FALSE, TRUE);
  g_autoptr (GPtrArray) with_pci = list (TRUE, TRUE);

  g_assert_cmpstr (monocle_device_get_name (plain->pdata[0]), ==, "Card #1 (of paper)");
  g_assert_cmpstr (monocle_device_get_name (plain->pdata[2]), ==, "Card #3 (of paper)");
  g_assert_cmpstr (monocle_device_get_name (with_pci->pdata[0]), ==,
                   "Card, PCI 0000:01:00.0 (of paper)");
  g_assert_cmpstr (monocle_device_get_name (with_pci->pdata[2]), ==,
                   "Card, PCI 0000:03:00.0 (of paper)");
}

/* Each selector finds its own card, in this run and the next. */
static void
test_find (void)
{
  for (guint round = 0; round < 4; round++)
    {
      g_autoptr (GPtrArray) devices = list (round % 2 == 0, round < 2);

      for (guint i = 0; i < N_CARDS; i++)
        {
          g_autoptr (GError) error = NULL;
          g_autofree char *upper = g_ascii_strup (monocle_device_get_uuid (devices->pdata[i]), -1);
          g_autoptr (MonocleDevice) by_uuid
              = monocle_device_find (monocle_device_get_uuid (devices->pdata[i]), &error);
          g_autoptr (MonocleDevice) by_upper = monocle_device_find (upper, &error);
          g_autoptr (MonocleDevice) by_name
              = monocle_device_find (monocle_device_get_name (devices->pdata[i]), &error);

          g_assert_no_error (error);
          g_assert_cmpuint (monocle_device_get_index (by_uuid), ==, i);
          g_assert_cmpuint (monocle_device_get_index (by_upper), ==, i);
          g_assert_cmpuint (monocle_device_get_index (by_name), ==, i);
        }
    }
}

static void
test_workers (void)
{
  g_autoptr (GPtrArray) devices = list (FALSE, FALSE);
  g_autoptr (GPtrArray) again = list (FALSE, FALSE);
  MonocleWorker *workers[N_CARDS];

  for (guint i = 0; i < N_CARDS; i++)
    {
      workers[i] = monocle_worker_get (devices->pdata[i]);
      for (guint j = 0; j < i; j++)
        g_assert_true (workers[j] != workers[i]);
    }
  for (guint i = 0; i < N_CARDS; i++)
    {
      g_autoptr (MonocleWorker) same = monocle_worker_get (again->pdata[i]);

      g_assert_true (same == workers[i]);
    }
  for (guint i = 0; i < N_CARDS; i++)
    monocle_worker_unref (workers[i]);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/devices/names", test_names);
  g_test_add_func ("/devices/find", test_find);
  g_test_add_func ("/devices/workers", test_workers);
  status = g_test_run ();

  g_assert_true (monocle_engine_shutdown (600 * 1000));
  return status;
}
