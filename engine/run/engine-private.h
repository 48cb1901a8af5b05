/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which parts of the engine may be inside a driver, so that the program does not end under them:
 * drivers do not survive being used while exit() takes them down.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/* From hold to release, on any thread, monocle_engine_shutdown() waits. */
void monocle_engine_hold (void);
void monocle_engine_release (void);

/* Before anything that enters a driver, while held: it does not return once the program ends. */
void monocle_engine_enter (void);

/* There are threads from now on that exit() must not meet: a program that ends without
 * monocle_engine_shutdown() is told so. */
void monocle_engine_expect_shutdown (void);

G_END_DECLS
