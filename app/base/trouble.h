/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an error means to a person: what happened and what to do about it, in their language. What a
 * library says of it stays as it is, for "Details".
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MonocleAttempt:
 * @MONOCLE_ATTEMPT_LOAD: to load a model
 * @MONOCLE_ATTEMPT_ASK: to ask it something
 * @MONOCLE_ATTEMPT_SHOW: to show a picture
 * @MONOCLE_ATTEMPT_WRITE: to write, copy or print something
 * @MONOCLE_ATTEMPT_TRASH: to move a file to the rubbish
 * @MONOCLE_ATTEMPT_LAUNCH: to start another application
 * @MONOCLE_ATTEMPT_GET: to download, import, check or remove a model
 * @MONOCLE_ATTEMPT_IMPORT: to read what another program wrote
 *
 * What was tried: the same error calls for something else.
 */
typedef enum
{
  MONOCLE_ATTEMPT_LOAD = 1 << 0,
  MONOCLE_ATTEMPT_ASK = 1 << 1,
  MONOCLE_ATTEMPT_SHOW = 1 << 2,
  MONOCLE_ATTEMPT_WRITE = 1 << 3,
  MONOCLE_ATTEMPT_TRASH = 1 << 4,
  MONOCLE_ATTEMPT_LAUNCH = 1 << 5,
  MONOCLE_ATTEMPT_GET = 1 << 6,
  MONOCLE_ATTEMPT_IMPORT = 1 << 7,
} MonocleAttempt;

/**
 * MonocleTrouble:
 * @what: what happened, as a title
 * @advice: (nullable): what to do about it, in sentences
 *
 * Both are translated.
 */
typedef struct
{
  const char *what;
  const char *advice;
} MonocleTrouble;

/**
 * monocle_trouble_describe:
 * @attempt: what was tried
 * @error: why it failed
 *
 * Returns: what to say. Where the application itself says in @error why it refuses, that is the
 *   advice, and lives as long as @error.
 */
MonocleTrouble monocle_trouble_describe (MonocleAttempt attempt, const GError *error);

G_END_DECLS
