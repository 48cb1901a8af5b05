/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/loading.h"

#include "engine/models/parts/room.h"

gboolean
monocle_loading_run (const MonocleLoading *self,
                     MonocleCheckpoint *checkpoint,
                     const MonocleFamilyLoad *load,
                     GError **error)
{
  g_autoptr (MonocleWeights) weights
      = monocle_weights_new (checkpoint, load->gpu, load->f16, self->rename);
  guint64 bytes = 0, largest = 0;

  monocle_weights_set_word_bits (weights, load->word_bits);
  if (!self->declare (self->model, weights, error))
    return FALSE;
  *self->n_parameters = monocle_weights_get_n_parameters (weights);
  monocle_weights_note_unused (weights, self->notes);
  if (!self->plan (self->model, load->gpu, &bytes, &largest, error))
    {
      g_prefix_error (error, "%s: ", load->directory);
      return FALSE;
    }
  if (!monocle_room_check_piece (load->gpu, load->directory, self->width, self->height, largest,
                                 error))
    return FALSE;
  *self->params
      = monocle_weights_upload (weights, load->cancellable, load->progress, load->user_data, error);
  if (!*self->params)
    return FALSE;
  *self->buffer
      = monocle_vk_buffer_new (load->gpu, bytes, MONOCLE_VK_USE_DEVICE, "activations", error);
  if (!*self->buffer || !self->record (self->model, error))
    return FALSE;
  g_ptr_array_add (self->notes, NULL);
  return TRUE;
}
