/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a recording holds until it is encoded for the device, which takes pipelines: these are only
 * made when it is submitted, or before by monocle_vk_compile().
 */
#pragma once

#include "engine/vk/commands.h"

G_BEGIN_DECLS

typedef enum
{
  MONOCLE_VK_STEP_DISPATCH,
  MONOCLE_VK_STEP_COPY,
  MONOCLE_VK_STEP_SPLIT,
  MONOCLE_VK_STEP_BEGIN_CONCURRENT,
  MONOCLE_VK_STEP_END_CONCURRENT,
} MonocleVkStepKind;

typedef struct
{
  MonocleVkStepKind kind;
  union
  {
    MonocleVkDispatch dispatch; /* what it points to lies behind the step */
    struct
    {
      MonocleVkBuffer *from, *to;
      VkBufferCopy region;
    } copy;
  };
} MonocleVkStep;

/* (transfer full): to be freed by g_free() */
MonocleVkStep *monocle_vk_step_new (MonocleVkStepKind kind);
MonocleVkStep *monocle_vk_step_new_dispatch (const MonocleVkDispatch *dispatch);

/* (transfer none) (element-type MonocleVkStep): what was recorded and is not encoded yet */
GPtrArray *monocle_commands_get_steps (MonocleCommands *commands);

G_END_DECLS
