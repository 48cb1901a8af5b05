/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recorded work: dispatches and copies, each ordered after the one before it. A recording may be
 * submitted any number of times. Recording never fails: the first error is kept and
 * monocle_commands_submit() reports it. It touches no driver either: see steps and compile.
 */
#pragma once

#include "engine/vk/kernels.h"
#include "engine/vk/memory.h"

G_BEGIN_DECLS

#define MONOCLE_VK_MAX_SPECS 13

typedef struct _MonocleCommands MonocleCommands;

/* One bound range of a buffer. For texel bindings only @buffer and @format matter: the view covers
 * the whole buffer and kernels add the offset. */
typedef struct
{
  MonocleVkBuffer *buffer;
  guint64 offset;
  guint64 size;
  MonocleFormatId format;
} MonocleVkBinding;

typedef struct
{
  MonocleKernelId kernel;
  MonocleVkFormats formats; /* one of its builds */
  const guint32 *specs;     /* specialisation constants 0..n_specs-1 */
  guint n_specs;
  const MonocleVkBinding *bindings; /* storage bindings, then texel bindings, as the table says */
  gconstpointer push;               /* push constants, of the size the table says */
  guint groups[3];
  double flops;            /* multiplications and additions of a product; 0: not counted */
  gboolean is_partly_read; /* how much of its bindings is needed is not known here */
} MonocleVkDispatch;

MonocleCommands *monocle_commands_new (MonocleVkGpu *gpu, const char *name);
void monocle_commands_free (MonocleCommands *commands);
MonocleVkGpu *monocle_commands_get_gpu (MonocleCommands *commands);

/* Forgets what was recorded. */
void monocle_commands_reset (MonocleCommands *commands);

void monocle_commands_dispatch (MonocleCommands *commands, const MonocleVkDispatch *dispatch);

void monocle_commands_copy (MonocleCommands *commands,
                            MonocleVkBuffer *from,
                            guint64 from_offset,
                            MonocleVkBuffer *to,
                            guint64 to_offset,
                            guint64 size);

/* Ends a segment: a place where a submission may be cancelled and progress is reported. */
void monocle_commands_split (MonocleCommands *commands);

/* Dispatches between begin and end do not depend on each other. */
void monocle_commands_begin_concurrent (MonocleCommands *commands);
void monocle_commands_end_concurrent (MonocleCommands *commands);

void monocle_commands_take_error (MonocleCommands *commands, GError *error);

/* Whether all of it could be recorded. For recordings that are kept: whoever asks again for one
 * that could not should get another. */
gboolean monocle_commands_finish (MonocleCommands *commands, GError **error);

typedef void (*MonocleCommandsProgress) (double fraction, gpointer user_data);

/* Runs everything recorded and waits for it. @cancellable is looked at between segments. */
gboolean monocle_commands_submit (MonocleCommands *commands,
                                  GCancellable *cancellable,
                                  MonocleCommandsProgress progress,
                                  gpointer user_data,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleCommands, monocle_commands_free)

G_END_DECLS
