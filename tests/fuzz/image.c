/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: an image file of any format. JPEG files come from the folders that the driver is
 * given.
 */
#include "config.h"

#include "fuzz.h"

#include "engine/picture/image.h"
#include "engine/picture/preprocess.h"

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
  g_autoptr (MonocleImage) average = monocle_image_new_small_from_bytes (bytes, "f", 2, NULL);
  g_autoptr (MonocleImage) small = NULL;

  g_assert ((image != NULL) == (average != NULL));
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

/* From tests/fixtures/kinds.json: what nobody here writes. */
static const char *const kinds[] = {
  /* bmp-rle4 */
  "Qk32AAAAAAAAAHYAAAAoAAAACwAAAAcAAAABAAQAAgAAAAAAAAATCwAAEwsAAAAAAAAAAAAAG6/NAHcblwADBwIA/4"
  "0MALAijgDl5kEA7HkwANJhBwDVLiMA5rw3AMJJBADyv5EAaZ9BAD36WAAbvwQASbpMAAEQAWABUAGQAZABQAEgAbAB"
  "wAHAAWAAAAALpvV5bqiwAAAB4AEAAVABwAEQAVABEAGwAaABsAHwAAAACwLvH1oJkAAAAXABoAEQAYABEAEwAaABwA"
  "FAARABcAAAAAtpXYVQF/AAAAEgAUABwAHAAYAB0AGgAcAB8AHwAbAAAAAB",
  /* bmp-16-4444 */
  "Qk3uAAAAAAAAAEYAAAA4AAAACwAAAAcAAAABABAAAwAAAAAAAAATCwAAEwsAAAAAAAAAAAAAAA8AAPAAAAAPAAAAAP"
  "AAAB+9I4eGcsUbtsQfQRQJpPpRnDarRxIAAFE6dkpwRSX9RmdY1H+jJVF3hIuZl/UAADB5rpIzHNdaqvfkPzsE/bGs"
  "LQMQZEAAAMuJ4Dpbypit5zH8BK8FsuWPgnDzPfIAAEssrnavVrIJ1nBeV9wGVy6sxJF1NOIAACPBmGyDWaa5DbamGO"
  "cKebbBndRrPc8AALE7qjdnuSxET9YI2tMBCXxzu8CYIJkAAA==",
  /* bmp-4-os2 */
  "Qk2CAAAAAAAAAEoAAAAMAAAACwAHAAEABAAbr813G5cDBwL/jQywIo7l5kHseTDSYQfVLiPmvDfCSQTyv5Fpn0E9+l"
  "gbvwRJukwJ5VFuAeAAALLYcDisYAAAlQ4J0ynwAAAo60kLDrAAAKQtG6KD8AAAeL7zsjEgAADaPuNOm0AAAA==",
  /* png-3-4-interlaced */
  "iVBORw0KGgoAAAANSUhEUgAAAAsAAAAHBAMAAAFbR5r4AAAAMFBMVEVoPGrs7f2PUTDRUjNtG7Oo1f8UkxS4yFAt8P"
  "Yccz+sycjuJd+CvdQ3HFgzkgaeKIkinNOwAAAARUlEQVR42gE6AMX/AGAAEAChcAB2IAD2kACRsr8AifyLAFGhwABR"
  "tpAAvh4QAIbgwAC7am2cW5AAfU7VWMggAHOo3uMxkHUJF6ENJpI8AAAAAElFTkSuQmCC",
  /* png-2-16-trns */
  "iVBORw0KGgoAAAANSUhEUgAAAAsAAAAHEAIAAAABnPxJAAAABnRSTlMMGjUrlqOoHTaVAAAB4ElEQVR42gHVASr+AJ"
  "aOj+FF1SkMMgUMJB4wjMXMz24pjOi/JBz/lJzFU2KZLWydzwPzn2xldUqS1nY9qqwv4WSkG4oNJWFIjaGW4bKzwwBg"
  "CChTKtejkjcbivRIlUEkvOo7lkYNncfsf8M1Hz7I02qqvva19sBs+eVOP9OCP2ZcPqjvUaKdcgYZ2xMtJtYjHJcAHY"
  "apihUHDVUGvAuFf1bD2GVSDBo1K5ajxPoLIOUnb9vbNf6whehNlZQt/EyjzZj1cMzIs6tqR0pJKI81yI1anqu/ACjO"
  "I+roQ2Pd/o+zrGFCTmZIKqfctMbuzxGeICkkTAo9CyLpFJ+b9LHv1qJKihkahQrtFuiG7LsDztFE3ydaqyld8gCion"
  "ETI9BiTKPH/IGzbbW8pyyaGErxFv+cPkcA3Slgiy7PgfYKrYMqtHp3DQfJsoX5+HTXTEprDh/cG/OW/OtokFkAl6Pr"
  "ORiE1BJEgUb4m8ndf5uta4gD6/0d6l59p0wiDaXkYBx92MBHq+wqDHEuz74RmudFkzZsSfyxKmn50dl99GxfAAMSRK"
  "OYAAOgFQ/zJPIJB25S8quJXHLaTA9YWNC52C7UB51a7JnKrfuuK+eKC+JOek3WeKR7F3tXabotn73UF9qsnPcz5Nga"
  "MhqZAAAAAElFTkSuQmCC",
  /* gif-offset-transparent */
  "R0lGODlhDwAMAIMHACaqtM/2TEpFTJbua5amiSpCYt4mlUqPe8aiorxiUTYgSn5VHAVVCM6hRfviFnlJYSH5BAEAAA"
  "MALAMAAgALAAcAAAQ1kJ31BhoBGWMIBIgd0lp65IkCiQOkvRNYaC9BcpgQDa1WkmPQiEdCEMYYlR40aKWDjmsmuAgA"
  "Ow==",
  /* gif-interlaced */
  "R0lGODlhCwAHAIMAACaqtM/2TEpFTJbua5amiSpCYt4mlUqPe8aiorxiUTYgSn5VHAVVCM6hRfviFnlJYSwAAAAACw"
  "AHAEAENZCd9QYaARnTEFytJMeMeOSJAokDpL2DVjroQNdMcIYAxA5psKUXWGgvkcMEFCQEYYxR6ZkIADs=",
  /* tga-mapped-16-offset-packed */
  "AAEJBQAIABAAAAAACwAHAAgAT1PKdVRceg2IZn92KGQCT4EGBAoICgYKBAoJCAcJEwkKBggJBgwFCAcMCgYICQoMCw"
  "UIAQgFCwUHBQcJBwgMBwULDAMMCQYHBQcKCQgHBgoGCggHDAsFCgwLBgkGCQgMBwsIDAcI",
  /* tga-16-grey-top-right */
  "AAADAAAAAAAAAAAACwAHABAwyCh4KCh4KMgoyCgoKMh4KMh4eCh4yMgoeMgoyCgoyCgoeMgoyCh4yHjIeCh4yMh4yH"
  "goyCgoyMh4yMjIyMgoKCh4yHh4yMh4eMh4KMjIKMjIyCjIKCjIeMgoeCjIeHh4KMjIKMgoKCh4KHjIKHjIKMgoeMjI"
  "yCh4eHh4eHh4eMjIKHgoyCgoyHjIKMgoyCjIyMjIeCjIKCgoKA==",
  /* pbm-plain */
  "UDEKMTEgNwowMTExMDAwMTAxMAoxMDExMTEwMDAwMAowMDExMDAwMDAwMQowMTAwMDEwMDExMAowMTAxMTAwMDExMQ"
  "owMTEwMDEwMDAwMAoxMDExMDAwMDAwMA==",
};

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
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gsize size;
      g_autofree guchar *kind = g_base64_decode (kinds[i], &size);

      fuzz_add_seed (seeds, kind, size);
    }
}
