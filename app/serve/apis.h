/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the APIs define; their table is apis.c.
 */
#pragma once

#include "app/serve/exchange.h"

G_BEGIN_DECLS

extern const MonocleServeApi monocle_serve_info;
extern const MonocleServeApi monocle_serve_run;
extern const MonocleServeApi monocle_serve_nuclio;
extern const MonocleServeApi monocle_serve_label_studio_health;
extern const MonocleServeApi monocle_serve_label_studio_setup;
extern const MonocleServeApi monocle_serve_label_studio_predict;

G_END_DECLS
