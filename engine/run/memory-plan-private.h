/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plan of a model that is about to be loaded, and whether there is room for it.
 */
#pragma once

#include "engine/run/memory-plan.h"
#include "engine/run/model-info.h"

G_BEGIN_DECLS

/* As monocle_memory_plan_make(); @free_bytes is left alone. */
gboolean monocle_memory_plan_on_paper (MonocleMemoryPlan *self,
                                       const char *directory,
                                       const MonocleModelInfo *model,
                                       const MonocleVkGpuInfo *device,
                                       MonoclePrecision precision,
                                       const MonocleMemoryQuestion *question,
                                       GCancellable *cancellable,
                                       GError **error);

/* Whether @gpu has room for a model and what is said of @room. Errors:
 * %MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY, with the figures: monocle_engine_error_get_shortage(). */
gboolean monocle_memory_plan_check (const char *directory,
                                    const MonocleModelInfo *model,
                                    MonocleVkGpu *gpu,
                                    MonoclePrecision precision,
                                    MonocleModelRoom room,
                                    GCancellable *cancellable,
                                    GError **error);

G_END_DECLS
