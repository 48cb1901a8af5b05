# SPDX-License-Identifier: GPL-3.0-or-later
"""Matrix products of equal shapes in single precision: on the software device, and in others on the same processor.

    pip install torch onnx onnxruntime ncnn cffi
    pip install --no-deps llama-cpp-cffi==0.4.42  ggml of March 2025 with its Vulkan back end
    python beside_products.py BUILD

BUILD is a build folder with bench-kernels. What is not installed is left out and named. Of ggml's Vulkan back end no
wheel but that one was found; it is built for GCC 13's libstdc++ and taken without where nothing of that is called.
Vulkan means lavapipe everywhere: the system's, unless VK_ICD_FILENAMES names another.

GFLOP/s by processor time, spread over the cores: what else runs on the machine costs the clock more than that. Threads
that wait busily are told not to. Each result is compared with NumPy's. Monocle adds a bias and, where its line says so,
GELU, and its rows stay on the device. What is brought to a device and back counts for ncnn, what is brought back for
ggml: little beside such products. ncnn goes by the faster of two layers.
"""

import ctypes
import glob
import importlib.metadata
import importlib.util
import json
import multiprocessing
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

CORES = os.cpu_count()
TIMES = 3
# What is enough to measure at once.
FLOP = 5e8
# Of the largest number; half precision anywhere has some thirty times more.
TOLERANCE = 1e-5
LINES = ["2304 x 2048 x 512", "590 x 3072 x 768 gelu", "3 x 3072 x 768 gelu", "1 x 51289 x 768"]


def read_shape(line):
    return [int(n) for n in re.findall(r"\d+", line)]


def count_flop(line):
    m, n, k = read_shape(line)
    return 2 * m * n * k


def measure(line, multiply, x, w):
    """GFLOP/s of what returns x w^T, the best of a few times."""
    right = x @ w.T
    error = np.abs(multiply() - right).max() / np.abs(right).max()
    if not error < TOLERANCE:
        raise ValueError(f"{line}: off by {error:.1e}")
    repeat = max(1, round(FLOP / count_flop(line)))
    best = float("inf")
    for _ in range(TIMES):
        start = time.process_time()
        for _ in range(repeat):
            multiply()
        best = min(best, time.process_time() - start)
    return 1e-9 * count_flop(line) * repeat / best * CORES


def make_torch(x, w):
    import torch

    torch.set_num_threads(CORES)
    a, b = torch.from_numpy(x), torch.from_numpy(w)
    return lambda: torch.nn.functional.linear(a, b).numpy()


def make_onnx(x, w):
    import onnx
    import onnxruntime

    sides = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
             for name, shape in (("x", x.shape), ("y", (len(x), len(w))))]  # fmt: skip
    node = onnx.helper.make_node("Gemm", ["x", "w"], ["y"], transB=1)
    graph = onnx.helper.make_graph([node], "product", sides[:1], sides[1:], [onnx.numpy_helper.from_array(w, "w")])
    model = onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 17)])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = CORES
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"x": x})[0]


def make_ncnn(x, w, layer, vulkan):
    import ncnn

    # Without a device it would go on by the processor.
    if vulkan and ncnn.get_gpu_count() == 0:
        raise ImportError("it finds no device")
    n, k = w.shape
    net = ncnn.Net()
    net.opt.use_vulkan_compute, net.opt.num_threads, net.opt.openmp_blocktime = vulkan, CORES, 0
    for name in dir(net.opt):
        if name.startswith(("use_fp16", "use_bf16", "use_int8")):
            setattr(net.opt, name, False)
    said = f"0={n} 1=0 2={n * k}" if layer == "InnerProduct" else f"2=0 3=1 4=0 5=1 6=1 7=0 8={n} 9={k} 10=-1"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "param").write_text(f"7767517\n2 2\nInput x 0 1 x\n{layer} y 1 1 x y {said}\n", encoding="ascii")
        # The mark of single precision comes before the numbers.
        Path(folder, "bin").write_bytes(bytes(4) + w.tobytes())
        if net.load_param(f"{folder}/param") != 0 or net.load_model(f"{folder}/bin") != 0:
            raise ValueError(f"ncnn refuses {layer}")

    def multiply():
        extractor = net.create_extractor()
        extractor.input("x", ncnn.Mat(x))
        return np.array(extractor.extract("y")[1])

    return multiply


class GgmlParams(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_size_t), ("memory", ctypes.c_void_p), ("no_alloc", ctypes.c_bool)]


def load_ggml():
    # Found lazily: a function of a newer libstdc++ that is not called need not be there.
    folder = next(iter(importlib.util.find_spec("llama").submodule_search_locations))
    name = glob.glob(f"{folder}/_llama_cpp_vulkan*.so")[0]
    system = ctypes.CDLL(None)
    system.dlopen.restype, system.dlopen.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_int]
    handle = system.dlopen(name.encode(), os.RTLD_LAZY)
    if not handle:
        raise ImportError(f"{name} does not load")
    library = ctypes.CDLL(name, handle=handle)
    pointer, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64
    for name, result, *arguments in (
        ("backend_vk_init", pointer, size),
        ("init", pointer, GgmlParams),
        ("new_tensor_2d", pointer, pointer, ctypes.c_int, number, number),
        ("mul_mat", pointer, pointer, pointer, pointer),
        ("new_graph", pointer, pointer),
        ("build_forward_expand", None, pointer, pointer),
        ("backend_alloc_ctx_tensors", pointer, pointer, pointer),
        ("backend_tensor_set", None, pointer, pointer, size, size),
        ("backend_tensor_get", None, pointer, pointer, size, size),
        ("backend_graph_compute", ctypes.c_int, pointer, pointer),
    ):
        function = getattr(library, f"ggml_{name}")
        function.restype, function.argtypes = result, arguments
    return library


def make_ggml(x, w):
    ggml = load_ggml()
    backend = ggml.ggml_backend_vk_init(0)
    if not backend:
        raise ImportError("it finds no device")
    context = ggml.ggml_init(GgmlParams(1 << 20, None, True))
    # Of kind 0, which is single precision.
    weights, rows = (ggml.ggml_new_tensor_2d(context, 0, a.shape[1], a.shape[0]) for a in (w, x))
    result = ggml.ggml_mul_mat(context, weights, rows)
    graph = ggml.ggml_new_graph(context)
    ggml.ggml_build_forward_expand(graph, result)
    if not ggml.ggml_backend_alloc_ctx_tensors(context, backend):
        raise MemoryError("ggml has no room")
    for tensor, a in (weights, w), (rows, x):
        ggml.ggml_backend_tensor_set(tensor, a.ctypes.data, 0, a.nbytes)
    y = np.empty((len(x), len(w)), np.float32)

    def multiply():
        if ggml.ggml_backend_graph_compute(backend, graph) != 0:
            raise RuntimeError("ggml refuses")
        ggml.ggml_backend_tensor_get(result, y.ctypes.data, 0, y.nbytes)
        return y

    return multiply


# The packages of each, and ways to do a product in it.
OTHERS = {
    "PyTorch": (["torch"], [make_torch]),
    "ONNX Runtime": (["onnxruntime", "onnx"], [make_onnx]),
    "ncnn, processor": (["ncnn"], [lambda x, w, layer=layer: make_ncnn(x, w, layer, False)
                                   for layer in ("InnerProduct", "Gemm")]),
    "ncnn, Vulkan": (["ncnn"], [lambda x, w, layer=layer: make_ncnn(x, w, layer, True)
                                for layer in ("InnerProduct", "Gemm")]),
    "ggml, Vulkan": (["llama-cpp-cffi"], [make_ggml]),
}  # fmt: skip


def hush():
    """What libraries say of devices."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def measure_other(name, line):
    rng = np.random.default_rng(1)
    m, n, k = read_shape(line)
    x, w = (rng.uniform(-0.5, 0.5, (rows, k)).astype(np.float32) for rows in (m, n))
    return max(measure(line, make(x, w), x, w) for make in OTHERS[name][1])


def measure_ours(build, *options):
    """What the device is called, and GFLOP/s of each line, the best of a few times."""
    rates = []
    for line in LINES:
        command = [build / "tests/kernels/bench-kernels", "--seconds", "0.5", "--filter", f"matmul {line}", *options]
        best = 0
        for _ in range(TIMES):
            text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            found = re.search(rf"^matmul {line} +first.*processor time on 2 cores +([\d.]+)", text, re.MULTILINE)
            if not found:
                sys.exit(f"bench-kernels says nothing of “matmul {line}”")
            best = max(best, float(found[1]) * CORES / 2)
        rates.append(best)
    return text.splitlines()[0], rates


def find_processor():
    found = re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else platform.machine()


def find_others():
    """Those that are installed; prints which."""
    versions, found = {}, []
    for name, (packages, _) in OTHERS.items():
        try:
            versions |= {package: importlib.metadata.version(package) for package in packages}
            found.append(name)
        except importlib.metadata.PackageNotFoundError as error:
            print(f"left out: {name}: {error}")
    print(", ".join(f"{package} {version}" for package, version in versions.items()))
    return found


def print_row(name, cells):
    print(f"{name:24}" + "".join(f"{cell:>24}" for cell in cells), flush=True)


def main(build):
    icds = sorted(glob.glob("/usr/share/vulkan/icd.d/lvp_icd*.json"))
    if icds:
        os.environ.setdefault("VK_ICD_FILENAMES", icds[0])
    # ggml's in single precision; nobody waits busily.
    os.environ |= {"GGML_VK_DISABLE_F16": "1", "OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": str(CORES)}
    print(f"{platform.platform()}, Python {platform.python_version()}, NumPy {np.__version__}")
    print(f"{find_processor()}, {CORES} cores")
    others = find_others()
    device, rates = measure_ours(build)
    version = json.loads((build / "meson-info/intro-projectinfo.json").read_text(encoding="utf-8"))["version"]
    print(f"Monocle {version}, which adds a bias, and GELU where the line says so\n{device}")
    if "llvmpipe" not in device:
        sys.exit("no software device: VK_ICD_FILENAMES has to name lavapipe")
    print_row("GFLOP/s", LINES)
    print_row("Monocle", [f"{rate:.1f}" for rate in rates])
    print_row("Monocle, no addresses", [f"{rate:.1f}" for rate in measure_ours(build, "--no-addresses")[1]])
    for name in others:
        cells = []
        for line in LINES:
            # Threads of one are not in the other's time.
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), hush) as pool:
                try:
                    cells.append(f"{pool.submit(measure_other, name, line).result():.1f}")
                except Exception as error:
                    cells.append("-")
                    print(f"left out: {name}, {line}: {error}")
        print_row(name, cells)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
