// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values weighed by channel: see channel_apply.glsl. qkv and a in storage buffers.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 1) readonly buffer Qkv { STORE4 qkv[]; };
layout (binding = 2) readonly buffer A { vec4 a[]; };

#define LOAD_QKV(at) vec4 (qkv[at])
#define LOAD_A(at) a[at]
#include "channel_apply.glsl"
