/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: an image file of any format. JPEG files come from the folders that the driver is
 * given.
 */
#include "config.h"

#include "fuzz.h"

#include "engine/io/image.h"
#include "engine/io/preprocess.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image_write.h>

#define W 13
#define H 9

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleImage) image = monocle_image_new_from_bytes (bytes, "f", &error);
  g_autoptr (MonocleImage) small = NULL;

  if (image == NULL)
    {
      fuzz_check_error (error, "f: ");
      return 0;
    }
  small = monocle_preprocess_resize (image, 4, 3, MONOCLE_RESAMPLE_BICUBIC, &error);
  g_assert (small != NULL);
  return 0;
}

static void
write_bytes (void *context, void *data, int size)
{
  g_byte_array_append (context, data, (guint) size);
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const guint8 gif[] = { 'G', 'I', 'F', '8', '9',  'a',  2, 0, 1, 0, 0x80, 0,    0, 10,   20,
                                30,  40,  50,  60,  0x21, 0xf9, 4, 1, 0, 0, 0,    0,    0, 0x2c, 0,
                                0,   0,   0,   2,   0,    1,    0, 0, 2, 2, 0x44, 0x0a, 0, 0x3b };
  static const char pnm[] = "P6\n# comment\n2 2\n255\nabcdefghijkl",
                    plain[] = "P2 3 1 100 1 50 100";
  guint8 pixels[W * H * 4];
  GByteArray *seed;

  for (guint i = 0; i < sizeof pixels; i++)
    pixels[i] = (guint8) (i * i * 7);
  fuzz_add_seed (seeds, gif, sizeof gif);
  fuzz_add_seed (seeds, pnm, sizeof pnm - 1);
  fuzz_add_seed (seeds, plain, sizeof plain - 1);
  for (int n = 1; n <= 4; n++)
    {
      seed = g_byte_array_new ();
      stbi_write_png_to_func (write_bytes, seed, W, H, n, pixels, W * n);
      g_ptr_array_add (seeds, seed);
      seed = g_byte_array_new ();
      stbi_write_tga_with_rle = n % 2;
      stbi_write_tga_to_func (write_bytes, seed, W, H, n, pixels);
      g_ptr_array_add (seeds, seed);
    }
  seed = g_byte_array_new ();
  stbi_write_bmp_to_func (write_bytes, seed, W, H, 3, pixels);
  g_ptr_array_add (seeds, seed);
}
