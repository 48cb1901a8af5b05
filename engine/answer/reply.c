/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/answer/reply.h"

const char *
monocle_reply_end_get_name (MonocleReplyEnd end)
{
  static const char *const names[] = {
    [MONOCLE_REPLY_WHOLE] = "end",    [MONOCLE_REPLY_LONG] = "length",
    [MONOCLE_REPLY_FULL] = "context", [MONOCLE_REPLY_STOPPED] = "stopped",
    [MONOCLE_REPLY_LOOPED] = "loop",
  };

  g_return_val_if_fail (end < G_N_ELEMENTS (names), NULL);
  return names[end];
}
