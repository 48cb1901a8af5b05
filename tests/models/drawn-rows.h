/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that are shown while they are written, of any family that writes them.
 */
#pragma once

#include "engine/models/family.h"
#include "engine/models/parts/drawing.h"
#include "model-test.h"

G_BEGIN_DECLS

/**
 * DrawnRows:
 * @family, @folder: of the model
 * @prompt: of its task "generate"
 * @find_drawing: (nullable): what draws: it says that it is so quick that every row is worth it
 * @side: of a picture
 */
typedef struct
{
  const MonocleFamily *family;
  const char *folder;
  const char *prompt;
  MonocleDrawing *(*find_drawing) (gpointer model);
  guint side;
} DrawnRows;

/* Rows come one by one, and what is not there is grey; what was shown stays when it is stopped.
 * @is_stopped: once something is shown */
void drawn_rows_check (const DrawnRows *self, gboolean is_stopped);

G_END_DECLS
