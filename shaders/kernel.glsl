// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every kernel includes: storage types, push-constant structs, activations.
//
// STORE is the type of activations in memory, WEIGHT that of weights; arithmetic is in float.
// Build with -DSTORE_F16=0|1 -DWEIGHT_F16=0|1.

#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_EXT_samplerless_texture_functions : require

#if STORE_F16
#define STORE float16_t
#define STORE4 f16vec4
#else
#define STORE float
#define STORE4 vec4
#endif

#if WEIGHT_F16
#define WEIGHT float16_t
#define WEIGHT4 f16vec4
#else
#define WEIGHT float
#define WEIGHT4 vec4
#endif

#define KERNEL(name, n_storage, n_texel, fields) struct name##_params { fields };
#include "kernels.def"
#undef KERNEL

const uint ACTIVATION_NONE = 0;
const uint ACTIVATION_GELU = 1;

// Error function, |error| <= 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26).
float
erf (float x)
{
  float t = 1.0 / (1.0 + 0.3275911 * abs (x));
  float y = t * (0.254829592
                 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return sign (x) * (1.0 - y * exp (-x * x));
}

// Gaussian error linear unit, exact form (Hendrycks and Gimpel 2016).
float
gelu (float x)
{
  return 0.5 * x * (1.0 + erf (x * 0.70710678118654752));
}
