/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Heat maps of answers as pictures of numbers.
 */
#pragma once

#include "app/cli/cli.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_cli_heat_write:
 * @run: an answer with maps, of several words what is likeliest
 * @path: a PNG of 16 bits, grey: 65535 is certain
 *
 * Returns: what became of it; says on stderr if not
 */
MonocleCliStatus monocle_cli_heat_write (const MonocleRun *run, const char *path);

G_END_DECLS
