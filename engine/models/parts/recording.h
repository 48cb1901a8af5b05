/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A piece of a model that is replayed as often as there is something: written as a graph while the
 * weights are declared, planned once they are known, recorded in memory that others may share.
 */
#pragma once

#include "engine/nn/plan.h"

G_BEGIN_DECLS

/**
 * MonocleRecording:
 * @graph: what is to be computed; the family writes it
 * @plan: until it is recorded
 * @commands: afterwards
 */
typedef struct
{
  MonocleGraph *graph;
  MonoclePlan *plan;
  MonocleCommands *commands;
} MonocleRecording;

/* Where a value of the graph lies, by its name. */
typedef struct
{
  const char *name;
  MonocleTensor *tensor; /* (out): without a buffer where the graph has no such value */
} MonocleRecordingTensor;

void monocle_recording_clear (MonocleRecording *self);

/**
 * monocle_recording_plan:
 * @self: with a graph
 * @gpu: what it runs on
 * @bytes: (inout) (optional): raised to what it takes
 * @largest: (inout) (optional): likewise, to its largest piece
 * @error: return location
 */
gboolean monocle_recording_plan (
    MonocleRecording *self, MonocleVkGpu *gpu, guint64 *bytes, guint64 *largest, GError **error);

/**
 * monocle_recording_record:
 * @self: planned
 * @gpu: what it runs on
 * @buffer: of at least as many bytes as the plan says
 * @name: of the commands
 * @tensors: (array length=n_tensors): to be found
 * @error: return location
 *
 * The plan is gone afterwards.
 */
gboolean monocle_recording_record (MonocleRecording *self,
                                   MonocleVkGpu *gpu,
                                   MonocleVkBuffer *buffer,
                                   const char *name,
                                   const MonocleRecordingTensor *tensors,
                                   guint n_tensors,
                                   GError **error);

G_END_DECLS
