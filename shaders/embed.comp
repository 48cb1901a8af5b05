// SPDX-License-Identifier: GPL-3.0-or-later
//
// Token plus position embedding: y[t] = scale * table[ids[t]] + positions[first_position + t + place[t]], for
// the ids first_id .. first_id + n_ids - 1 that this piece of the table holds; rows of other ids
// stay as they are. Without EMBED_POSITIONS nothing is added.
//
// ids [tokens] uint; table [n_ids, 4 columns4], positions [.., 4 columns4] WEIGHT (none where that is Q8); place
// [tokens] uint, with EMBED_PLACE; y [tokens, 4 columns4] STORE.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "kernel.glsl"

layout (binding = 0) readonly buffer Ids { uint ids[]; };
#if !WEIGHT_Q8
layout (binding = 2) readonly buffer Positions { WEIGHT4 positions[]; };
#endif
#define WEIGHT_BINDING 1
#include "weight.glsl"
layout (binding = 3) readonly buffer Place { uint place[]; };
layout (binding = 4) writeonly buffer Y { STORE4 y[]; };

void
main ()
{
  for (uint i = invocation_index (); i < p.tokens * p.columns4; i += invocation_count ())
    {
      uint token = i / p.columns4;
      uint column = i - token * p.columns4;
      uint id = ids[token] - p.first_id;   // wraps to a large number below first_id
      uint position = p.first_position;
      vec4 added = vec4 (0);

      if ((p.flags & EMBED_PLACE) != 0)
        position += place[token];
      if ((p.flags & EMBED_POSITION_PER_ROW) != 0)
        position += token;
      if (id >= p.n_ids)
        continue;
#if !WEIGHT_Q8
      if ((p.flags & EMBED_POSITIONS) != 0)
        added = vec4 (positions[position * p.columns4 + column]);
#endif
      y[i] = STORE4 (p.scale * weight_at (id * p.columns4 + column, p.n_ids * p.columns4) + added);
    }
}
