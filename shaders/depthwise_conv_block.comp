// SPDX-License-Identifier: GPL-3.0-or-later
//
// 3x3 depthwise convolution with residual, for CPU devices: see depthwise.glsl. x and w are read through
// texel buffers from x_first and w_first.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 2) uniform textureBuffer x;
layout (binding = 3) uniform textureBuffer w;

#define LOAD_X(at) texelFetch (x, int (p.x_first + at))
#define LOAD_W(at) texelFetch (w, int (p.w_first + at))
#include "depthwise.glsl"
