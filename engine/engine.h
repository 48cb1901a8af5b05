/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine, for those who use it: the only header of it that the application may include.
 *
 *   device = monocle_device_find ("auto", &error);
 *   monocle_model_load_async (directory, device, ...);
 *   image = monocle_image_new_from_file (path, &error);
 *   session = monocle_session_new (model, image);
 *   monocle_session_run_async (session, &request, ...);   as often as wished: the image is encoded
 * once
 */
#pragma once

#include "engine/answer/coords.h"
#include "engine/run/ahead.h"
#include "engine/run/conversation.h"
#include "engine/run/detail.h"
#include "engine/run/device.h"
#include "engine/base/crc32.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/half.h"
#include "engine/base/json.h"
#include "engine/base/new-folder.h"
#include "engine/checkpoint/npy.h"
#include "engine/checkpoint/taught-labels.h"
#include "engine/checkpoint/zip.h"
#include "engine/answer/labels.h"
#include "engine/picture/exif.h"
#include "engine/picture/image.h"
#include "engine/run/memory-plan.h"
#include "engine/run/merge.h"
#include "engine/models/lessons.h"
#include "engine/run/model.h"
#include "engine/run/profile.h"
#include "engine/run/selftest.h"
#include "engine/sound/sound.h"
#include "engine/answer/brush.h"
#include "engine/answer/geometry.h"
#include "engine/answer/futures.h"
#include "engine/answer/heat.h"
#include "engine/answer/pack.h"
#include "engine/answer/mask-runs.h"
#include "engine/answer/parts.h"
#include "engine/answer/reshape.h"
#include "engine/answer/result.h"
#include "engine/answer/shape.h"
#include "engine/answer/stored.h"
#include "engine/run/embed.h"
#include "engine/run/draw-frames.h"
#include "engine/run/foresee.h"
#include "engine/run/session.h"
#include "engine/run/together.h"
#include "engine/run/trainer.h"
#include "engine/answer/languages.h"
#include "engine/answer/task.h"

G_BEGIN_DECLS

/**
 * monocle_engine_give_way:
 *
 * Devices that are opened from now on work at a lower priority than the rest of the program, as far
 * as it is this machine's processor that does the work: for programs with windows.
 */
void monocle_engine_give_way (void);

/**
 * monocle_engine_shutdown:
 * @timeout_ms: how long to wait at most
 *
 * Stops all that runs, keeps what drivers compiled, and waits until no driver is at work any more.
 * To be called last, before main() returns. A driver may be in the middle of something that cannot
 * be left, such as one of its shaders: if that takes longer, the program must end by _exit(), since
 * exit() takes drivers down while they work.
 *
 * Returns: whether the program may end as usual
 */
gboolean monocle_engine_shutdown (guint timeout_ms);

G_END_DECLS
