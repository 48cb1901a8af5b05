/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tests of formulas do with a device, all of which must succeed.
 */
#pragma once

#include "engine/checkpoint/weights.h"
#include "engine/vk/commands.h"

G_BEGIN_DECLS

/* The first one there is. */
MonocleVkGpu *test_open_gpu (void);
MonocleVkBuffer *test_new_buffer (MonocleVkGpu *gpu, guint64 bytes);
/* Gone afterwards: nothing but the parameters. */
MonocleParams *test_upload (MonocleWeights *weights);
/* As many bytes as the tensor has. */
void test_put (const MonocleTensor *tensor, gconstpointer values);
/* (transfer full): its numbers */
float *test_get (const MonocleTensor *tensor);
void test_submit (MonocleCommands *commands);

G_END_DECLS
