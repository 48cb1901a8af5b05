/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `monocle --ask TASK[=TEXT]` says: a question for the picture that is opened with it.
 */
#pragma once

#include "app/document/query.h"

G_BEGIN_DECLS

/**
 * monocle_ask_option_parse:
 * @tasks: (element-type MonocleTask): of the model
 * @option: an id, or one with words for it behind an equals sign
 *
 * Returns: (transfer full): the question. Errors: %MONOCLE_APP_ERROR_BAD_REQUEST where there is no
 *   such task, it takes no words or needs some, or is about a region.
 */
MonocleQuery *monocle_ask_option_parse (const GPtrArray *tasks, const char *option, GError **error);

G_END_DECLS
