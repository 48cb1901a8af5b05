// SPDX-License-Identifier: GPL-3.0-or-later
//
// Products of query and key channels: see channel_scores.glsl. qkv in a storage buffer.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 1) readonly buffer Qkv { STORE4 qkv[]; };

#define LOAD_QKV(at) vec4 (qkv[at])
#include "channel_scores.glsl"
