/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linked into a test of answers, it gives each decoder so little room that its cache grows several
 * times before the shortest answer ends.
 */
#include "config.h"

#include "engine/models/parts/cross-decoder.h"

MonocleCrossDecoder *__real_monocle_cross_decoder_new (const MonocleCrossModel *model,
                                                       MonocleParams *params,
                                                       MonocleVkGpu *gpu,
                                                       MonocleFormatId format,
                                                       const MonocleCrossDecoderSize *size,
                                                       GError **error);
MonocleCrossDecoder *__wrap_monocle_cross_decoder_new (const MonocleCrossModel *model,
                                                       MonocleParams *params,
                                                       MonocleVkGpu *gpu,
                                                       MonocleFormatId format,
                                                       const MonocleCrossDecoderSize *size,
                                                       GError **error);

MonocleCrossDecoder *
__wrap_monocle_cross_decoder_new (const MonocleCrossModel *model,
                                  MonocleParams *params,
                                  MonocleVkGpu *gpu,
                                  MonocleFormatId format,
                                  const MonocleCrossDecoderSize *size,
                                  GError **error)
{
  MonocleCrossDecoderSize small = *size;

  small.first_places = 3;
  return __real_monocle_cross_decoder_new (model, params, gpu, format, &small, error);
}
