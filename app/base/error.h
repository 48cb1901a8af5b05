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
 * @MONOCLE_APP_ERROR_BAD_REQUEST: something is missing, or cannot be had; the message says what
 * @MONOCLE_APP_ERROR_BAD_PICTURE: this is nothing that can be shown; the message says why
 * @MONOCLE_APP_ERROR_DAMAGED: a picture cannot be read, whatever the library says of it
 * @MONOCLE_APP_ERROR_OUT_OF_MEMORY: there is too little memory for a picture
 * @MONOCLE_APP_ERROR_NETWORK: a server cannot be reached, or does not do what it should
 * @MONOCLE_APP_ERROR_NOT_ALLOWED: a server wants a token, or terms to be accepted
 * @MONOCLE_APP_ERROR_WRONG_BYTES: what is there is not what should be: its size or its hash
 * @MONOCLE_APP_ERROR_BUSY: another program is at work on it
 * @MONOCLE_APP_ERROR_NO_ROOM: a model needs more memory than is free; the message says how much
 * @MONOCLE_APP_ERROR_CHANGED: what was begun is not what is wanted now: it can begin anew
 *
 * Messages of %MONOCLE_APP_ERROR_BAD_REQUEST, _BAD_PICTURE, _NO_ROOM and _CHANGED are shown as they
 * are
 * (monocle_trouble_describe()): whole sentences in the person's language, with no other library's
 * words in them.
 */
typedef enum
{
  MONOCLE_APP_ERROR_NO_MODEL,
  MONOCLE_APP_ERROR_UNSUPPORTED_TASK,
  MONOCLE_APP_ERROR_WRITE,
  MONOCLE_APP_ERROR_BAD_REQUEST,
  MONOCLE_APP_ERROR_BAD_PICTURE,
  MONOCLE_APP_ERROR_DAMAGED,
  MONOCLE_APP_ERROR_OUT_OF_MEMORY,
  MONOCLE_APP_ERROR_NETWORK,
  MONOCLE_APP_ERROR_NOT_ALLOWED,
  MONOCLE_APP_ERROR_WRONG_BYTES,
  MONOCLE_APP_ERROR_BUSY,
  MONOCLE_APP_ERROR_NO_ROOM,
  MONOCLE_APP_ERROR_CHANGED,
} MonocleAppError;

GQuark monocle_app_error_quark (void);

/**
 * monocle_app_error_set_write:
 * @error: return location
 * @path: what could not be written
 * @fault: why, as of errno
 *
 * Sets %MONOCLE_APP_ERROR_WRITE.
 *
 * Returns: %FALSE
 */
gboolean monocle_app_error_set_write (GError **error, const char *path, int fault);

G_END_DECLS
