// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a glslc must know to build the kernels with matrices itself: meson tries it on this.
#version 450
#extension GL_KHR_cooperative_matrix : require
void
main ()
{
}
