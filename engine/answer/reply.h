/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How an answer in a conversation came to its end.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleReplyEnd:
 * @MONOCLE_REPLY_WHOLE: the model ended it
 * @MONOCLE_REPLY_LONG: it has as many tokens as were asked for
 * @MONOCLE_REPLY_FULL: there is no room for more
 * @MONOCLE_REPLY_STOPPED: it was cancelled
 * @MONOCLE_REPLY_LOOPED: it said the same again and again, of which the first time is kept
 */
typedef enum
{
  MONOCLE_REPLY_WHOLE,
  MONOCLE_REPLY_LONG,
  MONOCLE_REPLY_FULL,
  MONOCLE_REPLY_STOPPED,
  MONOCLE_REPLY_LOOPED,
} MonocleReplyEnd;

/* "end", "length", "context", "stopped" or "loop": as programs know them. */
const char *monocle_reply_end_get_name (MonocleReplyEnd end);

G_END_DECLS
