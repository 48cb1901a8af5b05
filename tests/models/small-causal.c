/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linked into a test of answers, it gives each decoder so little room that its cache grows several
 * times before a prompt is read, and reads prompts a few tokens at a time.
 */
#include "config.h"

#include "engine/models/parts/causal-decoder.h"

MonocleCausalDecoder *__real_monocle_causal_decoder_new (const MonocleCausal *causal,
                                                         MonocleParams *params,
                                                         MonocleVkGpu *gpu,
                                                         MonocleFormatId format,
                                                         const MonocleCausalDecoderSize *size,
                                                         const MonocleTensor *seen,
                                                         GError **error);
MonocleCausalDecoder *__wrap_monocle_causal_decoder_new (const MonocleCausal *causal,
                                                         MonocleParams *params,
                                                         MonocleVkGpu *gpu,
                                                         MonocleFormatId format,
                                                         const MonocleCausalDecoderSize *size,
                                                         const MonocleTensor *seen,
                                                         GError **error);

MonocleCausalDecoder *
__wrap_monocle_causal_decoder_new (const MonocleCausal *causal,
                                   MonocleParams *params,
                                   MonocleVkGpu *gpu,
                                   MonocleFormatId format,
                                   const MonocleCausalDecoderSize *size,
                                   const MonocleTensor *seen,
                                   GError **error)
{
  MonocleCausalDecoderSize small = *size;

  small.first_places = 3;
  small.chunk = 7;
  return __real_monocle_causal_decoder_new (causal, params, gpu, format, &small, seen, error);
}
