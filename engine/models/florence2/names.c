/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/names.h"

typedef struct
{
  const char *original, *native;
} Replacement;

/* Beginnings: the first that fits is replaced. */
static const Replacement prefixes[] = {
  { "language_model.lm_head.", "lm_head." },
  { "language_model.model.", "model.language_model." },
  { "language_model.", "model.language_model." },
  { "vision_tower.", "model.vision_tower." },
  { "image_projection", "model.multi_modal_projector.image_projection.weight" },
  { "image_proj_norm.", "model.multi_modal_projector.image_proj_norm." },
  { "image_pos_embed.", "model.multi_modal_projector.image_position_embed." },
  { "visual_temporal_embed.", "model.multi_modal_projector.visual_temporal_embed." },
};

/* Inside the vision tower: all that fit are replaced, in this order. */
static const Replacement parts[] = {
  { ".conv1.fn.dw.", ".conv1." },
  { ".conv2.fn.dw.", ".conv2." },
  { ".window_attn.norm.", ".norm1." },
  { ".channel_attn.norm.", ".norm1." },
  { ".window_attn.fn.", ".window_attn." },
  { ".channel_attn.fn.", ".channel_attn." },
  { ".ffn.norm.", ".norm2." },
  { ".ffn.fn.net.", ".ffn." },
};

char *
monocle_florence2_rename_to_native (const char *name)
{
  g_autoptr (GString) native = g_string_new (name);

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i].original))
      {
        g_string_erase (native, 0, strlen (prefixes[i].original));
        g_string_prepend (native, prefixes[i].native);
        break;
      }

  if (g_str_has_prefix (name, "vision_tower."))
    {
      for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
        g_string_replace (native, parts[i].original, parts[i].native, 0);
      if (g_str_has_prefix (name, "vision_tower.convs."))
        g_string_replace (native, ".proj.", ".conv.", 0);
    }

  return g_string_free (g_steal_pointer (&native), FALSE);
}
