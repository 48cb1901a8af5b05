// SPDX-License-Identifier: GPL-3.0-or-later
//
// Products of query and key channels, for CPU devices: see channel_scores.glsl. qkv is read through a
// texel buffer from qkv_first.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 1) uniform textureBuffer qkv;

#define LOAD_QKV(at) texelFetch (qkv, int (p.qkv_first + at))
#include "channel_scores.glsl"
