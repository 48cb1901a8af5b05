/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/library/private.h"

#include "app/base/error.h"

G_DEFINE_QUARK (monocle-error-quark, monocle_error)

static MonocleError
from_engine (MonocleEngineError code)
{
  switch (code)
    {
    case MONOCLE_ENGINE_ERROR_NO_DEVICE:
      return MONOCLE_ERROR_NO_DEVICE;
    case MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY:
      return MONOCLE_ERROR_OUT_OF_MEMORY;
    case MONOCLE_ENGINE_ERROR_DEVICE_LOST:
      return MONOCLE_ERROR_DEVICE_LOST;
    case MONOCLE_ENGINE_ERROR_BAD_FILE:
    case MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL:
      return MONOCLE_ERROR_BAD_FILE;
    case MONOCLE_ENGINE_ERROR_BAD_REQUEST:
      return MONOCLE_ERROR_BAD_REQUEST;
    case MONOCLE_ENGINE_ERROR_WRONG_RESULTS:
      return MONOCLE_ERROR_WRONG_RESULTS;
    case MONOCLE_ENGINE_ERROR_FAILED:
    default:
      return MONOCLE_ERROR_FAILED;
    }
}

static MonocleError
from_app (MonocleAppError code)
{
  switch (code)
    {
    case MONOCLE_APP_ERROR_NO_MODEL:
      return MONOCLE_ERROR_NO_MODEL;
    case MONOCLE_APP_ERROR_UNSUPPORTED_TASK:
    case MONOCLE_APP_ERROR_BAD_REQUEST:
      return MONOCLE_ERROR_BAD_REQUEST;
    case MONOCLE_APP_ERROR_WRITE:
      return MONOCLE_ERROR_WRITE;
    case MONOCLE_APP_ERROR_BAD_PICTURE:
    case MONOCLE_APP_ERROR_DAMAGED:
    case MONOCLE_APP_ERROR_WRONG_BYTES:
      return MONOCLE_ERROR_BAD_FILE;
    case MONOCLE_APP_ERROR_OUT_OF_MEMORY:
    case MONOCLE_APP_ERROR_NO_ROOM:
      return MONOCLE_ERROR_OUT_OF_MEMORY;
    case MONOCLE_APP_ERROR_NETWORK:
    case MONOCLE_APP_ERROR_NOT_ALLOWED:
    case MONOCLE_APP_ERROR_BUSY:
    case MONOCLE_APP_ERROR_CHANGED:
    default:
      return MONOCLE_ERROR_FAILED;
    }
}

void
monocle_library_error_adapt (GError **error)
{
  GError *own;

  if (!error || !*error)
    return;
  if ((*error)->domain == MONOCLE_ENGINE_ERROR)
    own = g_error_new_literal (MONOCLE_ERROR, from_engine ((*error)->code), (*error)->message);
  else if ((*error)->domain == MONOCLE_APP_ERROR)
    own = g_error_new_literal (MONOCLE_ERROR, from_app ((*error)->code), (*error)->message);
  else
    return;
  g_error_free (*error);
  *error = own;
}
