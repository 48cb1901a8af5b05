// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values weighed by channel, for CPU devices: see channel_apply.glsl. qkv and a are read through texel
// buffers from qkv_first and a_first.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 1) uniform textureBuffer qkv;
layout (binding = 2) uniform textureBuffer a;

#define LOAD_QKV(at) texelFetch (qkv, int (p.qkv_first + at))
#define LOAD_A(at) texelFetch (a, int (p.a_first + at))
#include "channel_apply.glsl"
