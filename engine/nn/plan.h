/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where each value of a graph lies. From the formulas the planner knows when memory is written
 * first and read last, so it finds for each op whether the result may be written over what nobody
 * needs any more, does chains of ops by slices of rows where their middle would be large, and packs
 * everything into one range of bytes whose size is known before anything is allocated.
 *
 *   plan = monocle_graph_plan (graph, gpu, MONOCLE_PLAN_DEFAULT, &error);
 *   buffer = monocle_vk_buffer_new (gpu, monocle_plan_get_bytes (plan), ...);
 *   monocle_plan_place (plan, buffer);
 *   monocle_plan_record (plan, commands);
 *
 * A recording can be submitted any number of times; the plan may go before it does, the buffer not.
 */
#pragma once

#include "engine/nn/graph.h"

G_BEGIN_DECLS

typedef struct _MonoclePlan MonoclePlan;

/**
 * MonoclePlanFlags:
 * @MONOCLE_PLAN_DEFAULT: what is kept can be read after a run
 * @MONOCLE_PLAN_KEEP_NAMED: and what has a name
 */
typedef enum
{
  MONOCLE_PLAN_DEFAULT = 0,
  MONOCLE_PLAN_KEEP_NAMED = 1 << 0,
} MonoclePlanFlags;

/* @graph must stay unchanged as long as the plan is there. @gpu: (nullable): that it is for; only
 * where no op needs scratch memory. Errors: that of the graph. */
MonoclePlan *
monocle_graph_plan (MonocleGraph *graph, MonocleVkGpu *gpu, MonoclePlanFlags flags, GError **error);
void monocle_plan_free (MonoclePlan *plan);

/* What a run takes besides what lies outside of the graph. */
guint64 monocle_plan_get_bytes (const MonoclePlan *plan);
/* The largest piece of it: what a device must be able to bind at once. */
guint64 monocle_plan_get_largest_bytes (const MonoclePlan *plan);

/* @buffer: of at least that many bytes; other plans may use it between runs */
void monocle_plan_place (MonoclePlan *plan, MonocleVkBuffer *buffer);
/* Once placed: an input, or what is kept. */
MonocleTensor monocle_plan_get_tensor (const MonoclePlan *plan, MonocleValue value);

/* Appends everything that somebody needs of the graph, in its order. Once placed. */
void monocle_plan_record (const MonoclePlan *plan, MonocleCommands *commands);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonoclePlan, monocle_plan_free)

G_END_DECLS
