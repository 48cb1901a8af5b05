// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every kernel includes: storage types, push constants, flags, indices, functions.
//
// STORE is the type of activations in memory, WEIGHT that of weights; arithmetic is in float. The
// build says the formats, -DSTORE_F16=0|1 -DWEIGHT_F16=0|1, and the fields of the kernel's push
// constants, -DPARAMS=...; see kernels.def. Specialisation constant 0 is always the number of
// invocations of a workgroup; a kernel's own begin at 1.

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

layout (push_constant) uniform Push { PARAMS } p;

#define FLAG(name, bit) const uint name = 1u << bit;
#define CONSTANT(name, value) const uint name = value;
#include "flags.def"
#undef FLAG
#undef CONSTANT

layout (local_size_x_id = 0) in;

// Grids are folded into two dimensions, since one alone may hold only 65535 workgroups.
uint
workgroup_index ()
{
  return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
}

uint
invocation_index ()
{
  return workgroup_index () * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
}

// Step of a loop in which all invocations share the elements.
uint
invocation_count ()
{
  return gl_NumWorkGroups.x * gl_NumWorkGroups.y * gl_WorkGroupSize.x;
}

// e^x, |relative error| < 1.2e-7, 0 below -87: the built-in one of software devices is a coarser
// polynomial. Range reduction to |r| <= ln 2 / 2 and a Taylor-like polynomial (Cephes expf).
float
exp_exact (float x)
{
  float y = clamp (x, -87.0, 88.0);
  float n = floor (y * 1.44269504088896341 + 0.5);
  float r = (y - n * 0.693359375) - n * -2.12194440e-4;
  float e = 1.9875691500e-4;
  e = e * r + 1.3981999507e-3;
  e = e * r + 8.3334519073e-3;
  e = e * r + 4.1665795894e-2;
  e = e * r + 1.6666665459e-1;
  e = e * r + 5.0000001201e-1;
  e = e * r * r + r + 1.0;
  e *= intBitsToFloat ((int (n) + 127) << 23);
  return x < -87.0 ? 0.0 : e;
}

// Natural logarithm of a positive, normal x, |relative error| < 1.2e-7 (Cephes logf).
float
log_exact (float x)
{
  int bits = floatBitsToInt (x);
  int exponent = (bits >> 23) - 126;
  float m = intBitsToFloat ((bits & 0x007fffff) | 0x3f000000);
  if (m < 0.707106781186547524)
    {
      exponent -= 1;
      m = m + m;
    }
  float r = m - 1.0;
  float z = r * r;
  float y = 7.0376836292e-2;
  y = y * r - 1.1514610310e-1;
  y = y * r + 1.1676998740e-1;
  y = y * r - 1.2420140846e-1;
  y = y * r + 1.4249322787e-1;
  y = y * r - 1.6668057665e-1;
  y = y * r + 2.0000714765e-1;
  y = y * r - 2.4999993993e-1;
  y = y * r + 3.3333331174e-1;
  y = y * r * z;
  float e = float (exponent);
  y += -2.12194440e-4 * e;
  y -= 0.5 * z;
  return r + y + 0.693359375 * e;
}

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
