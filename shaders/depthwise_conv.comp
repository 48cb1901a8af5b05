// SPDX-License-Identifier: GPL-3.0-or-later
//
// 3x3 depthwise convolution with residual: see depthwise.glsl. x and w in storage buffers.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 2) readonly buffer X { STORE4 x[]; };
layout (binding = 3) readonly buffer W { WEIGHT4 w[]; };

#define LOAD_X(at) vec4 (x[at])
#define LOAD_W(at) vec4 (w[at])
#include "depthwise.glsl"
