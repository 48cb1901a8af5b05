/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that were drawn as files.
 */
#pragma once

#include "app/cli/cli.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_cli_drawn_write:
 * @run: an answer with a picture
 * @model, @request: who drew it, and why
 * @path: a PNG, which says that as text
 *
 * Returns: what became of it; says on stderr if not
 */
MonocleCliStatus monocle_cli_drawn_write (const MonocleRun *run,
                                          MonocleModel *model,
                                          const MonocleRequest *request,
                                          const char *path);

G_END_DECLS
