/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "device-test.h"

#include "engine/vk/staging.h"

MonocleVkGpu *
test_open_gpu (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) infos = monocle_vk_gpu_list (&error);
  MonocleVkGpu *gpu;

  g_assert_no_error (error);
  gpu = monocle_vk_gpu_open (&g_array_index (infos, MonocleVkGpuInfo, 0), &error);
  g_assert_no_error (error);
  return gpu;
}

MonocleVkBuffer *
test_new_buffer (MonocleVkGpu *gpu, guint64 bytes)
{
  g_autoptr (GError) error = NULL;
  MonocleVkBuffer *buffer
      = monocle_vk_buffer_new (gpu, bytes, MONOCLE_VK_USE_DEVICE, "test", &error);

  g_assert_no_error (error);
  return buffer;
}

MonocleParams *
test_upload (MonocleWeights *weights)
{
  g_autoptr (GError) error = NULL;
  MonocleParams *params = monocle_weights_upload (weights, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return params;
}

void
test_put (const MonocleTensor *tensor, gconstpointer values)
{
  g_autoptr (GError) error = NULL;

  monocle_vk_upload (tensor->buffer, tensor->offset, values, monocle_tensor_get_size_bytes (tensor),
                     &error);
  g_assert_no_error (error);
}

float *
test_get (const MonocleTensor *tensor)
{
  float *values = g_new (float, monocle_tensor_get_n_elements (tensor));
  g_autoptr (GError) error = NULL;

  monocle_tensor_read (tensor, values, &error);
  g_assert_no_error (error);
  return values;
}

void
test_submit (MonocleCommands *commands)
{
  g_autoptr (GError) error = NULL;

  monocle_commands_submit (commands, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}
