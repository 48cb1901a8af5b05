/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's error domain. Codes name what a person can do about it; messages say what, where
 * (file, tensor, row) and what was expected. Cancellation is G_IO_ERROR_CANCELLED.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MONOCLE_ENGINE_ERROR (monocle_engine_error_quark ())

/**
 * MonocleEngineError:
 * @MONOCLE_ENGINE_ERROR_NO_DEVICE: no Vulkan device, or not the one that was asked for
 * @MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY: the device or the host has too little memory for this
 * @MONOCLE_ENGINE_ERROR_DEVICE_LOST: the device stopped answering; open it again
 * @MONOCLE_ENGINE_ERROR_BAD_FILE: a file is missing, truncated, corrupt or too large
 * @MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL: the model is none that the engine can run
 * @MONOCLE_ENGINE_ERROR_BAD_REQUEST: the task, text or region does not fit the model or the image
 * @MONOCLE_ENGINE_ERROR_WRONG_RESULTS: the device computes something else than it was told to
 * @MONOCLE_ENGINE_ERROR_FAILED: Vulkan reported something else
 */
typedef enum
{
  MONOCLE_ENGINE_ERROR_NO_DEVICE,
  MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY,
  MONOCLE_ENGINE_ERROR_DEVICE_LOST,
  MONOCLE_ENGINE_ERROR_BAD_FILE,
  MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
  MONOCLE_ENGINE_ERROR_BAD_REQUEST,
  MONOCLE_ENGINE_ERROR_WRONG_RESULTS,
  MONOCLE_ENGINE_ERROR_FAILED,
} MonocleEngineError;

GQuark monocle_engine_error_quark (void);

/* %MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY with what was needed and what was left. */
void monocle_engine_error_set_shortage (GError **error,
                                        guint64 needed_bytes,
                                        guint64 free_bytes,
                                        const char *format,
                                        ...) G_GNUC_PRINTF (4, 5);

/* Whether @error tells what was needed: it was known before anything was taken. */
gboolean
monocle_engine_error_get_shortage (const GError *error, guint64 *needed_bytes, guint64 *free_bytes);

/* What came back of a device: of damaged weights nothing else tells. %FALSE and
 * %MONOCLE_ENGINE_ERROR_WRONG_RESULTS where one of @values is no number. */
gboolean monocle_engine_error_check_numbers (const float *values, gsize n, GError **error);

G_END_DECLS
