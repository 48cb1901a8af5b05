/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/steps.h"

MonocleVkStep *
monocle_vk_step_new (MonocleVkStepKind kind)
{
  MonocleVkStep *step = g_new0 (MonocleVkStep, 1);

  step->kind = kind;
  return step;
}

MonocleVkStep *
monocle_vk_step_new_dispatch (const MonocleVkDispatch *dispatch)
{
  const MonocleKernel *kernel = &monocle_kernels[dispatch->kernel];
  gsize bindings_size = (kernel->n_storage + kernel->n_texel) * sizeof *dispatch->bindings;
  gsize specs_size = dispatch->n_specs * sizeof *dispatch->specs;
  MonocleVkStep *step = g_malloc0 (sizeof *step + bindings_size + specs_size + kernel->push_size);
  guint8 *bindings = (guint8 *) (step + 1);
  guint8 *specs = bindings + bindings_size;
  guint8 *push = specs + specs_size;

  memcpy (bindings, dispatch->bindings, bindings_size);
  if (specs_size > 0)
    memcpy (specs, dispatch->specs, specs_size);
  memcpy (push, dispatch->push, kernel->push_size);

  step->kind = MONOCLE_VK_STEP_DISPATCH;
  step->dispatch = *dispatch;
  step->dispatch.bindings = (const MonocleVkBinding *) (gpointer) bindings;
  step->dispatch.specs = (const guint32 *) (gpointer) specs;
  step->dispatch.push = push;
  return step;
}
