/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --detail: how closely pictures are looked at, by models that take them in pieces.
 */
#pragma once

#include "app/cli/model.h"

G_BEGIN_DECLS

#define MONOCLE_CLI_DETAIL_ENTRY(name)                                                             \
  { "detail",                                                                                      \
    0,                                                                                             \
    0,                                                                                             \
    G_OPTION_ARG_FILENAME,                                                                         \
    name,                                                                                          \
    N_ ("How closely to look, for models that take pictures in pieces"),                           \
    "auto|glance|normal|fine" }

/**
 * monocle_cli_detail_read:
 * @verb: whose option it is
 * @name: (nullable): as given
 * @model: who will be asked
 * @detail: (out): what it says; left alone where nothing was given
 *
 * Returns: whether there is such a word, and the model makes a difference; says on stderr if not
 */
gboolean monocle_cli_detail_read (const char *verb,
                                  const char *name,
                                  const MonocleCliModel *model,
                                  MonocleDetail *detail);

G_END_DECLS
