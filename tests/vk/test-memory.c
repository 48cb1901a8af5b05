/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Buffers and staging on whatever memory the device has: bytes go to it and come back, neighbours
 * stay as they are, full heaps are told and recovered from.
 */
#include "config.h"

#include <dlfcn.h>
#include <string.h>

#include "card.h"
#include "engine/base/error.h"
#include "engine/vk/commands.h"
#include "engine/vk/staging.h"

#define MIB ((guint64) 1 << 20)

static MonocleVkGpu *gpu;

static MonocleVkBuffer *
buffer_new (guint64 size, MonocleVkUse use)
{
  g_autoptr (GError) error = NULL;
  MonocleVkBuffer *buffer = monocle_vk_buffer_new (gpu, size, use, "test", &error);

  g_assert_no_error (error);
  return buffer;
}

static guint8 *
make_bytes (gsize size, guint32 seed)
{
  guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) ((i * 2654435761u + seed) >> 13);
  return bytes;
}

static void
write_bytes (MonocleVkBuffer *buffer, guint64 offset, const guint8 *bytes, gsize size)
{
  g_autoptr (GError) error = NULL;

  monocle_vk_upload (buffer, offset, bytes, size, &error);
  g_assert_no_error (error);
}

static void
expect_bytes (MonocleVkBuffer *buffer, guint64 offset, const guint8 *bytes, gsize size)
{
  g_autofree guint8 *found = g_malloc (size);
  g_autoptr (GError) error = NULL;

  memset (found, 0x55, size);
  monocle_vk_download (buffer, offset, found, size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (found, size, bytes, size);
}

/* Odd sizes and places, and more than staging holds. */
static void
test_there_and_back (void)
{
  static const gsize sizes[] = { 1, 3, 255, 256, 257, 4096, MONOCLE_VK_STAGING_BYTES + 12345 };
  const gsize whole = 12 * MIB;
  g_autoptr (MonocleVkBuffer) buffer = buffer_new (whole, MONOCLE_VK_USE_DEVICE);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *bytes = make_bytes (whole, i);
      g_autofree guint8 *part = make_bytes (sizes[i], i + 100);
      const gsize offset = 256 * i + (i % 3 == 2 ? 0 : 4 * i);

      write_bytes (buffer, 0, bytes, whole);
      write_bytes (buffer, offset, part, sizes[i]);
      memcpy (bytes + offset, part, sizes[i]);
      expect_bytes (buffer, 0, bytes, whole);
      expect_bytes (buffer, offset, part, sizes[i]);
    }
}

/* Small buffers lie side by side in one block. */
static void
test_neighbours (void)
{
  static const gsize sizes[] = { 1, 100, 256, 1000, 40, 70000, 2 };
  MonocleVkBuffer *buffers[G_N_ELEMENTS (sizes)];
  guint8 *bytes[G_N_ELEMENTS (sizes)];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      buffers[i] = buffer_new (sizes[i], MONOCLE_VK_USE_DEVICE);
      bytes[i] = make_bytes (sizes[i], i);
      write_bytes (buffers[i], 0, bytes[i], sizes[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i += 2)
    {
      monocle_vk_buffer_free (buffers[i]);
      buffers[i] = buffer_new (sizes[i], MONOCLE_VK_USE_DEVICE);
      bytes[i][0] ^= 0xff;
      write_bytes (buffers[i], 0, bytes[i], sizes[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      expect_bytes (buffers[i], 0, bytes[i], sizes[i]);
      monocle_vk_buffer_free (buffers[i]);
      g_free (bytes[i]);
    }
}

/* What a decoder does in each step: a mapped buffer to the device, and from it to another. */
static void
test_mapped (void)
{
  const gsize size = 1000;
  g_autoptr (MonocleVkBuffer) up = buffer_new (size, MONOCLE_VK_USE_UPLOAD);
  g_autoptr (MonocleVkBuffer) device = buffer_new (size, MONOCLE_VK_USE_DEVICE);
  g_autoptr (MonocleVkBuffer) down = buffer_new (size, MONOCLE_VK_USE_READBACK);
  g_autoptr (MonocleCommands) commands = monocle_commands_new (gpu, "test");
  g_autoptr (GError) error = NULL;

  monocle_commands_copy (commands, up, 0, device, 0, size);
  monocle_commands_copy (commands, device, 0, down, 0, size);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree guint8 *bytes = make_bytes (size, i);

      memcpy (up->mapped, bytes, size);
      monocle_vk_buffer_flush (up, size, &error);
      g_assert_no_error (error);
      monocle_commands_submit (commands, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      monocle_vk_buffer_invalidate (down, size, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (down->mapped, size, bytes, size);
    }
}

/* Fills the device with buffers of 3 MiB, at most @most; each is told from the others. */
static GPtrArray *
fill (guint most, GError **error)
{
  g_autoptr (GPtrArray) buffers
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_vk_buffer_free);

  for (guint i = 0; i < most; i++)
    {
      MonocleVkBuffer *buffer
          = monocle_vk_buffer_new (gpu, 3 * MIB, MONOCLE_VK_USE_DEVICE, "filling", error);

      if (!buffer)
        break;
      g_ptr_array_add (buffers, buffer);
      write_bytes (buffer, 3 * MIB - 4, (guint8 *) &i, 4);
    }
  for (guint i = 0; i < buffers->len; i++)
    expect_bytes (buffers->pdata[i], 3 * MIB - 4, (guint8 *) &i, 4);

  return g_steal_pointer (&buffers);
}

/* Where the card's own heap is full the host's is used, and then there is an end. */
static void
test_full (void)
{
  CardGetUsed get_used = (CardGetUsed) dlsym (RTLD_DEFAULT, "card_get_used");
  guint n[2];

  if (!get_used || !strstr (gpu->info.name, "tiny"))
    {
      g_test_skip ("only the card with little memory is filled");
      return;
    }

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) buffers = fill (1000, &error);

      g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY);
      g_assert_nonnull (strstr (error->message, "filling"));
      g_assert_cmpuint (get_used (0), >, 20 * MIB);
      g_assert_cmpuint (get_used (1), >, 20 * MIB);
      n[round] = buffers->len;
    }
  g_assert_cmpuint (n[0], ==, n[1]);
  g_assert_cmpuint (get_used (0), ==, 0);
}

/* Not in the window through which the host sees a little of the card, but where the host works. */
static void
test_choice (void)
{
  CardGetUsed get_used = (CardGetUsed) dlsym (RTLD_DEFAULT, "card_get_used");
  g_autoptr (MonocleVkBuffer) up = NULL;
  g_autoptr (MonocleVkBuffer) down = NULL;
  g_autoptr (MonocleVkBuffer) device = NULL;

  if (!get_used || !strstr (gpu->info.name, "window"))
    {
      g_test_skip ("only on the card with a window");
      return;
    }

  up = buffer_new (MIB, MONOCLE_VK_USE_UPLOAD);
  down = buffer_new (MIB, MONOCLE_VK_USE_READBACK);
  g_assert_cmpuint (get_used (0), ==, 0);
  g_assert_cmpuint (get_used (1), >, 0);
  device = buffer_new (MIB, MONOCLE_VK_USE_DEVICE);
  g_assert_null (device->mapped);
  g_assert_cmpuint (get_used (0), >, 0);
  g_assert_cmpuint (get_used (2), ==, 0);
}

/* More than any heap, or any allocation, can be. */
static void
test_too_large (void)
{
  g_autoptr (GError) error = NULL;
  const guint64 size = (guint64) 1 << 40;
  g_autoptr (MonocleVkBuffer) buffer
      = monocle_vk_buffer_new (gpu, size, MONOCLE_VK_USE_DEVICE, "everything", &error);

  g_assert_null (buffer);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) infos = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  infos = monocle_vk_gpu_list (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (infos->len, >, 0);
  gpu = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, 0), &error);
  g_assert_no_error (error);
  g_test_message ("device: %s", gpu->info.name);

  /* Before staging takes its part. */
  g_test_add_func ("/memory/choice", test_choice);
  g_test_add_func ("/memory/there-and-back", test_there_and_back);
  g_test_add_func ("/memory/neighbours", test_neighbours);
  g_test_add_func ("/memory/mapped", test_mapped);
  g_test_add_func ("/memory/full", test_full);
  g_test_add_func ("/memory/too-large", test_too_large);
  status = g_test_run ();

  monocle_vk_gpu_close (gpu);
  return status;
}
