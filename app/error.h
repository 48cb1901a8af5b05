/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The application's error domain. Codes name what a person can do about it; messages say what,
 * where and what was expected.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MONOCLE_APP_ERROR (monocle_app_error_quark ())

/**
 * MonocleAppError:
 * @MONOCLE_APP_ERROR_NO_MODEL: there is no model of that name, or none at all
 * @MONOCLE_APP_ERROR_UNSUPPORTED_TASK: the model was not made for this question
 * @MONOCLE_APP_ERROR_WRITE: a picture could not be made or written
 */
typedef enum
{
  MONOCLE_APP_ERROR_NO_MODEL,
  MONOCLE_APP_ERROR_UNSUPPORTED_TASK,
  MONOCLE_APP_ERROR_WRITE,
} MonocleAppError;

GQuark monocle_app_error_quark (void);

G_END_DECLS
