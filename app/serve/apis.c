/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which calls a server understands.
 */
#include "config.h"

#include "app/serve/apis.h"

const MonocleServeApi *const monocle_serve_apis[] = {
  &monocle_serve_info,
  &monocle_serve_run,
  &monocle_serve_nuclio,
  &monocle_serve_label_studio_health,
  &monocle_serve_label_studio_setup,
  &monocle_serve_label_studio_predict,
  NULL,
};
