// SPDX-License-Identifier: GPL-3.0-or-later
//
// Softmax attention of many queries, for GPUs: see queries.glsl. q, k, v STORE in storage buffers.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 3) readonly buffer Q { STORE4 q[]; };
layout (binding = 4) readonly buffer K { STORE4 k[]; };
layout (binding = 5) readonly buffer V { STORE4 v[]; };

#define LOAD_QUERY(at, c) vec4 (q[at + c])
#define LOAD_KEY(at, c) vec4 (k[at + c])
#define LOAD_VALUE(at, c) vec4 (v[at + c])
#include "queries.glsl"
