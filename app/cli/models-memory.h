/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much memory a model that is here needs, of `monocle-cli models info`.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * monocle_cli_memory_print:
 * @device: (nullable): of which memory is spoken; without one nothing is printed
 * @question: what the model is asked
 * @directory: of the model; of one that cannot be read nothing is printed
 * @builder: (nullable): of an object; %NULL: as text
 */
void monocle_cli_memory_print (MonocleDevice *device,
                               const MonocleMemoryQuestion *question,
                               const char *directory,
                               JsonBuilder *builder);

G_END_DECLS
