/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What commands.c (recording, submitting) and encode.c (what the driver gets of it) share.
 */
#pragma once

#include "engine/vk/profile.h"

G_BEGIN_DECLS

/* Segments on their way at once: the host records nothing meanwhile, but the device must not idle
 * between two of them. */
#define MAX_IN_FLIGHT 2

struct _MonocleCommands
{
  MonocleVkGpu *gpu;
  char *name;
  GError *error; /* the first one while recording */

  GPtrArray *steps;        /* of MonocleVkStep: not encoded yet */
  GArray *segments;        /* of VkCommandBuffer */
  VkCommandBuffer current; /* the segment being recorded */
  GArray *pools;           /* of VkDescriptorPool; the last one has room */
  guint n_sets;            /* taken from the last pool */
  gboolean concurrent, concurrent_started;

  VkFence fences[MAX_IN_FLIGHT];

  VkQueryPool queries; /* only where the device had a profile when it was encoded */
  GArray *timed;       /* of MonocleTimedStep, one for each query; those that begin a segment have
                          no kernel */
};

/* Makes commands of the steps; those that could not be made, for lack of memory say, can be tried
 * again. */
gboolean monocle_commands_encode (MonocleCommands *commands, GError **error);
/* Lets go of all that was made. */
void monocle_commands_drop_encoded (MonocleCommands *commands);

G_END_DECLS
