/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Masks as Label Studio's brush writes them: a stream of bits over red, green, blue and alpha of
 * all pixels, row by row.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/* (transfer full): the stream */
GByteArray *monocle_brush_encode (const MonocleMaskRuns *mask);

/**
 * monocle_brush_decode:
 * @data: (array length=size): a stream
 *
 * Returns: (transfer full) (nullable): the mask; %NULL where it is no stream of that size
 */
MonocleMaskRuns *monocle_brush_decode (const guint8 *data, gsize size, guint width, guint height);

G_END_DECLS
