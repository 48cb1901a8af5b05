// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention for CPU devices: see queries.glsl. q, k and v are read through texel buffers, which
// software drivers gather without bounds checks; firsts count from the start of the buffers.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 3) uniform textureBuffer q;
layout (binding = 4) uniform textureBuffer k;
layout (binding = 5) uniform textureBuffer v;

#define LOAD_QUERY(at, c) texelFetch (q, int (at + c))
#define LOAD_KEY(at, c) texelFetch (k, int (at + c))
#define LOAD_VALUE(at, c) texelFetch (v, int (at + c))
#include "queries.glsl"
