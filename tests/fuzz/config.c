/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: JSON as it comes in configuration files, and the settings of the preprocessor.
 */
#include "config.h"

#include "fuzz.h"

#include "engine/base/json.h"
#include "engine/picture/preprocess.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) root = monocle_json_parse ((const char *) data, size, "f", &error);
  MonoclePreprocessSettings settings;

  if (root == NULL)
    {
      fuzz_check_error (error, "f: ");
      return 0;
    }
  if (!monocle_preprocess_parse (&settings, root, "f", &error))
    fuzz_check_error (error, "f: ");
  else
    g_assert (settings.width > 0 && settings.height > 0);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const char config[]
      = "{\"image_processor\":{\"size\":{\"height\":768,\"width\":768},\"resample\":3,\"rescale_"
        "factor\":"
        "0.00392156862745098,\"do_normalize\":true,\"image_mean\":[0.485,0.456,0.406],\"image_"
        "std\":[0.229,"
        "0.224,0.225],\"do_center_crop\":false,\"crop_size\":{\"height\":768,\"width\":768}}}";
  static const char odd[] = "{\"a\\u00e9\\ud83d\\ude00\\n\":[null,true,false,-1.5e+3,0,{\"\":"
                            "\"\\\\\"}],\"\xc3\xa9\":{}}";
  fuzz_add_seed (seeds, config, sizeof config - 1);
  static const char marked[] = "\xef\xbb\xbf{\"size\":{\"shortest_edge\":224}}";
  static const char pointer[] = "version https://git-lfs.github.com/spec/v1\n";
  fuzz_add_seed (seeds, odd, sizeof odd - 1);
  fuzz_add_seed (seeds, marked, sizeof marked - 1);
  fuzz_add_seed (seeds, pointer, sizeof pointer - 1);
}
