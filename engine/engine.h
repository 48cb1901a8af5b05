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

#include "engine/coords.h"
#include "engine/device.h"
#include "engine/error.h"
#include "engine/io/exif.h"
#include "engine/io/image.h"
#include "engine/model.h"
#include "engine/result.h"
#include "engine/session.h"
#include "engine/task.h"
