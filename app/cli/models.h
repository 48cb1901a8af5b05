/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of `monocle-cli models` share.
 */
#pragma once

#include "app/cli/cli.h"

G_BEGIN_DECLS

#define MONOCLE_CLI_MODELS_PARTS(PART)                                                             \
  PART (list, N_ ("List the models that are here, and those that can be got"))                     \
  PART (info, N_ ("Say what is known of a model"))                                                 \
  PART (get, N_ ("Download models, or go on with it"))                                             \
  PART (verify, N_ ("Check the files of models again"))                                            \
  PART (import, N_ ("Take a model that is on the disk already"))                                   \
  PART (remove, N_ ("Take models off the disk"))

#define PART(name, summary) MonocleCliStatus monocle_cli_models_##name (int argc, char **argv);
MONOCLE_CLI_MODELS_PARTS (PART)
#undef PART

G_END_DECLS
