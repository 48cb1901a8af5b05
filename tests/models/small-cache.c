/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linked into a test of answers, it gives each decoder so little room that its cache grows several
 * times before the shortest answer ends.
 */
#include "config.h"

#include "engine/models/parts/bart-decoder.h"

MonocleBartDecoder *__real_monocle_bart_decoder_new (const MonocleBart *bart,
                                                     MonocleParams *params,
                                                     MonocleVkGpu *gpu,
                                                     MonocleFormatId format,
                                                     const MonocleBartDecoderSize *size,
                                                     GError **error);
MonocleBartDecoder *__wrap_monocle_bart_decoder_new (const MonocleBart *bart,
                                                     MonocleParams *params,
                                                     MonocleVkGpu *gpu,
                                                     MonocleFormatId format,
                                                     const MonocleBartDecoderSize *size,
                                                     GError **error);

MonocleBartDecoder *
__wrap_monocle_bart_decoder_new (const MonocleBart *bart,
                                 MonocleParams *params,
                                 MonocleVkGpu *gpu,
                                 MonocleFormatId format,
                                 const MonocleBartDecoderSize *size,
                                 GError **error)
{
  MonocleBartDecoderSize small = *size;

  small.first_places = 3;
  return __real_monocle_bart_decoder_new (bart, params, gpu, format, &small, error);
}
