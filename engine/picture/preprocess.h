/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pixels to the model's input: resize, rescale, normalise, as preprocessor_config.json says and
 * exactly as PIL and the reference's processor compute it. Runs on the host, on one thread.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/picture/image.h"

G_BEGIN_DECLS

/**
 * MonocleResample:
 * @MONOCLE_RESAMPLE_LANCZOS: windowed sinc of three lobes, antialiased
 * @MONOCLE_RESAMPLE_BILINEAR: triangle filter, antialiased
 * @MONOCLE_RESAMPLE_BICUBIC: cubic convolution with a = -0.5, antialiased
 *
 * PIL's numbers, as the configuration files use them.
 */
typedef enum
{
  MONOCLE_RESAMPLE_LANCZOS = 1,
  MONOCLE_RESAMPLE_BILINEAR = 2,
  MONOCLE_RESAMPLE_BICUBIC = 3,
} MonocleResample;

/**
 * MonoclePreprocessSettings:
 * @width: of the result, in pixels
 * @height: of the result, in pixels
 * @shortest_edge: 0: images are brought to that size, whatever their shape; else what their shorter
 *   side is brought to, before the middle is cut out, or black is put around it
 * @max_patches: 0, or how many patches a picture may have that keeps its shape: its size is chosen
 * by whoever runs it then, and @width and @height are 0
 * @patch: the side of these patches
 * @resample: the filter
 * @do_resize: whether images are brought to that size; if not, they must have it
 * @do_rescale: whether to multiply by @rescale_factor
 * @do_normalize: whether to subtract @mean and divide by @std
 * @rescale_factor: usually 1/255
 * @mean: of R, G, B, after rescaling
 * @std: of R, G, B, after rescaling; not 0
 */
typedef struct
{
  guint width;
  guint height;
  guint shortest_edge;
  guint max_patches, patch;
  MonocleResample resample;
  gboolean do_resize;
  gboolean do_rescale;
  gboolean do_normalize;
  double rescale_factor;
  double mean[3];
  double std[3];
} MonoclePreprocessSettings;

/**
 * monocle_preprocess_load:
 * @settings: (out caller-allocates): the settings
 * @path: a preprocessor_config.json or processor_config.json
 * @error: return location
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_FILE naming file and key; MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL
 * when it asks for a filter, crop or padding that is not done here.
 *
 * Returns: whether all was well
 */
gboolean
monocle_preprocess_load (MonoclePreprocessSettings *settings, const char *path, GError **error);

/**
 * monocle_preprocess_find_settings:
 * @directory: a model directory
 * @path: (out) (transfer full): the file that has them, for errors
 * @error: return location
 *
 * As they are written down: in processor_config.json, where newer versions of the reference library
 * keep them; where there are none, in preprocessor_config.json. It is that library's order.
 *
 * Returns: (transfer full) (nullable): the object with the keys in it
 */
JsonObject *monocle_preprocess_find_settings (const char *directory, char **path, GError **error);

/**
 * monocle_preprocess_load_directory:
 * @settings: (out caller-allocates): the settings
 * @directory: a model directory
 * @error: return location
 *
 * See monocle_preprocess_find_settings() and monocle_preprocess_load().
 *
 * Returns: whether all was well
 */
gboolean monocle_preprocess_load_directory (MonoclePreprocessSettings *settings,
                                            const char *directory,
                                            GError **error);

/**
 * monocle_preprocess_parse:
 * @settings: (out caller-allocates): the settings
 * @root: the file's root, with the keys in it or in its member "image_processor"
 * @name: the file, for errors
 * @error: return location
 *
 * See monocle_preprocess_load().
 *
 * Returns: whether all was well
 */
gboolean monocle_preprocess_parse (MonoclePreprocessSettings *settings,
                                   JsonObject *root,
                                   const char *name,
                                   GError **error);

/**
 * monocle_preprocess_resize:
 * @image: a picture
 * @width: of the result
 * @height: of the result
 * @resample: the filter
 * @error: return location
 *
 * Pillow's Image.resize() for RGB, bit for bit; alpha is left out.
 *
 * Errors: MONOCLE_ENGINE_ERROR_BAD_REQUEST, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 * Source: Pillow, src/libImaging/Resample.c, the 8-bit path.
 *
 * Returns: (transfer full): the picture at its new size
 */
MonocleImage *monocle_preprocess_resize (
    MonocleImage *image, guint width, guint height, MonocleResample resample, GError **error);

/**
 * MonocleResizePart:
 * @all_width, @all_height: what the picture is brought to
 * @x, @y, @width, @height: what of that is wanted
 */
typedef struct
{
  guint all_width, all_height;
  guint x, y, width, height;
} MonocleResizePart;

/**
 * monocle_preprocess_resize_part:
 * @image: a picture
 * @part: its new size, and which part of it
 * @resample: the filter
 * @error: return location
 *
 * The same numbers as monocle_preprocess_resize() and then cutting, without computing the rest: of
 * a long picture that can be almost all.
 *
 * Returns: (transfer full): the part
 */
MonocleImage *monocle_preprocess_resize_part (MonocleImage *image,
                                              const MonocleResizePart *part,
                                              MonocleResample resample,
                                              GError **error);

/**
 * monocle_preprocess_run:
 * @settings: the settings
 * @image: a picture
 * @out: (out caller-allocates): 3 * height * width floats
 * @error: return location
 *
 * What is see-through is composited on white; for what the reference makes of it see
 * monocle_image_drop_alpha().
 *
 * Shapes: @out [3, rows, columns], planar RGB.
 * Errors: MONOCLE_ENGINE_ERROR_BAD_REQUEST when the picture has the wrong size and is not to be
 * resized; MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY.
 * Source: CLIPImageProcessor of transformers: float32 (float64 (pixel) * factor), then
 * (v - mean) / std in float32.
 *
 * Returns: whether all was well
 */
gboolean monocle_preprocess_run (const MonoclePreprocessSettings *settings,
                                 MonocleImage *image,
                                 float *out,
                                 GError **error);

/**
 * monocle_preprocess_get_ready:
 * @settings: of a model whose input has one size
 * @image: a picture
 *
 * Does the longer part of monocle_preprocess_run() now, which finds it with @image then. On any
 * thread. What goes wrong is said by that.
 */
void monocle_preprocess_get_ready (const MonoclePreprocessSettings *settings, MonocleImage *image);

/**
 * monocle_preprocess_interleave:
 * @settings: what made them
 * @planes: (array): [3, height, width]
 *
 * Returns: (transfer full) (array): [height, width, 3]
 */
float *monocle_preprocess_interleave (const MonoclePreprocessSettings *settings,
                                      const float *planes);

G_END_DECLS
