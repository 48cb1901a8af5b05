/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can go wrong, by what can be done about it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MONOCLE_ERROR:
 *
 * The domain of all errors of this library but those of GIO: %G_IO_ERROR_CANCELLED above all.
 */
#define MONOCLE_ERROR (monocle_error_quark ())

/**
 * MonocleError:
 * @MONOCLE_ERROR_FAILED: something else; the message says what
 * @MONOCLE_ERROR_NO_MODEL: there is no model of that name, or none at all
 * @MONOCLE_ERROR_NO_DEVICE: there is no device that can compute, or not the one that was asked for
 * @MONOCLE_ERROR_BAD_FILE: a file is missing, damaged, too large, or of a kind that is not read
 * @MONOCLE_ERROR_BAD_REQUEST: the question does not fit the model or the picture
 * @MONOCLE_ERROR_OUT_OF_MEMORY: the device or the machine has too little memory for this
 * @MONOCLE_ERROR_DEVICE_LOST: the device stopped answering; asking again opens it again
 * @MONOCLE_ERROR_WRONG_RESULTS: the device computes something else than it was told to
 * @MONOCLE_ERROR_WRITE: a file could not be written
 *
 * Messages are one line that names the file, the task or the region.
 */
typedef enum
{
  MONOCLE_ERROR_FAILED,
  MONOCLE_ERROR_NO_MODEL,
  MONOCLE_ERROR_NO_DEVICE,
  MONOCLE_ERROR_BAD_FILE,
  MONOCLE_ERROR_BAD_REQUEST,
  MONOCLE_ERROR_OUT_OF_MEMORY,
  MONOCLE_ERROR_DEVICE_LOST,
  MONOCLE_ERROR_WRONG_RESULTS,
  MONOCLE_ERROR_WRITE,
} MonocleError;

GQuark monocle_error_quark (void);

G_END_DECLS
