// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the patches of a convolution lie, for those that gather them.

// The number of the pixel that is a tap of a patch, or -1 outside the image. Each pixel counts as a square of
// enlarge x enlarge; patches lie in rows of out_width.
int
find_pixel (uint patch_number, uint tap)
{
  int iy = int (patch_number / p.out_width * p.stride) - int (p.padding) + int (tap / p.kernel);
  int ix = int (patch_number % p.out_width * p.stride) - int (p.padding) + int (tap % p.kernel);

  if (iy < 0 || iy >= int (p.height * p.enlarge) || ix < 0 || ix >= int (p.width * p.enlarge))
    return -1;
  return int (uint (iy) / p.enlarge * p.width + uint (ix) / p.enlarge);
}
