/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/vk/compile.h"

#include "engine/vk/pipelines.h"
#include "engine/vk/steps.h"

/* Dispatches of the recordings whose pipelines are not ready, one for each pipeline. */
static GPtrArray *
find_missing (MonocleCommands *const *recordings, guint n_recordings)
{
  GPtrArray *missing = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = monocle_vk_pipelines_new_set ();

  for (guint i = 0; i < n_recordings; i++)
    {
      GPtrArray *steps = monocle_commands_get_steps (recordings[i]);
      MonocleVkPipelines *pipelines = monocle_commands_get_gpu (recordings[i])->pipelines;

      for (guint j = 0; j < steps->len; j++)
        {
          const MonocleVkStep *step = steps->pdata[j];

          if (step->kind == MONOCLE_VK_STEP_DISPATCH
              && monocle_vk_pipelines_is_missing (pipelines, &step->dispatch, seen))
            g_ptr_array_add (missing, (gpointer) &step->dispatch);
        }
    }
  return missing;
}

/* Software devices compile at the first dispatch; one of no workgroups does nothing else. */
static gboolean
compile_one (MonocleVkGpu *gpu, const MonocleVkDispatch *dispatch, GError **error)
{
  g_autoptr (MonocleCommands) commands = NULL;
  MonocleVkDispatch nothing = *dispatch;

  if (!monocle_vk_pipelines_get (gpu->pipelines, dispatch, error))
    return FALSE;

  memset (nothing.groups, 0, sizeof nothing.groups);
  commands = monocle_commands_new (gpu, monocle_kernels[dispatch->kernel].name);
  monocle_commands_dispatch (commands, &nothing);
  return monocle_commands_submit (commands, NULL, NULL, NULL, error);
}

/**
 * monocle_vk_compile:
 * @recordings: (array length=n_recordings): of one device
 * @cancellable: (nullable): looked at before each pipeline
 * @progress: (nullable): called before the first pipeline and after each, if there are any to make
 * @user_data: for @progress
 * @error: return location for an error
 *
 * Makes the pipelines that the recordings need and that are not there yet. What was made stays,
 * also on disk, when this is stopped.
 */
gboolean
monocle_vk_compile (MonocleCommands *const *recordings,
                    guint n_recordings,
                    GCancellable *cancellable,
                    MonocleVkCompileProgress progress,
                    gpointer user_data,
                    GError **error)
{
  MonocleVkGpu *gpu = monocle_commands_get_gpu (recordings[0]);
  g_autoptr (GPtrArray) missing = gpu->paper ? NULL : find_missing (recordings, n_recordings);
  gboolean ok = TRUE;

  if (!missing || missing->len == 0)
    return TRUE;

  for (guint i = 0; ok && i < missing->len; i++)
    {
      if (progress)
        progress (i, missing->len, user_data);
      ok = !g_cancellable_set_error_if_cancelled (cancellable, error)
           && compile_one (gpu, missing->pdata[i], error);
    }
  if (ok && progress)
    progress (missing->len, missing->len, user_data);

  monocle_vk_pipelines_store (gpu->pipelines);
  return ok;
}
