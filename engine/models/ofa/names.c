/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two layouts of tensor names. Declarations use that of the reference's later port.
 */
#include "config.h"

#include "engine/models/ofa/private.h"

typedef struct
{
  const char *name, *fairseq;
} Replacement;

/* Inside of layers: the first that fits. */
static const Replacement encoder_parts[] = {
  { ".self_attn_mid_layer_norm.", ".attn_ln." },
  { ".ffn_layer_norm.", ".ffn_layernorm." },
};

static const Replacement decoder_parts[] = {
  { ".self_attn_mid_layer_norm.", ".self_attn_ln." },
  { ".cross_attn_mid_layer_norm.", ".cross_attn_ln." },
  { ".cross_attn_layer_norm.", ".encoder_attn_layer_norm." },
  { ".cross_attn.", ".encoder_attn." },
  { ".ffn_layer_norm.", ".ffn_layernorm." },
};

char *
monocle_ofa_rename_to_fairseq (const char *name)
{
  const gboolean is_encoder = g_str_has_prefix (name, "encoder.");
  const Replacement *parts = is_encoder ? encoder_parts : decoder_parts;
  const guint n = is_encoder ? G_N_ELEMENTS (encoder_parts) : G_N_ELEMENTS (decoder_parts);
  g_autoptr (GString) renamed = g_string_new (name);

  for (guint i = 0; i < n; i++)
    if (g_string_replace (renamed, parts[i].name, parts[i].fairseq, 1) > 0)
      break;
  return g_string_free (g_steal_pointer (&renamed), FALSE);
}
