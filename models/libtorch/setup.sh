#!/bin/sh
# Sets up libtorch 2.4.0 for the cargo feature `libtorch` (Linux, x86-64), from PyPI: no model hub, no conda.
#
#     models/libtorch/setup.sh DIR > DIR.env    for the processor: 0.8 GB to fetch, 0.5 GB to keep
#     models/libtorch/setup.sh DIR cuda > DIR.env    with CUDA 12.1: 2.7 GB to fetch, 5 GB to keep
#     . ./DIR.env && cargo build --release --features libtorch
#
# Prints the exports that building and running need. Wheels that are already in DIR/wheels are used.
# Needs python3 with pip and, for the stub, cc.
set -eu

dir=${1:?"usage: setup.sh DIR [cuda]"}
kind=${2:-cpu}
case $kind in cpu | cuda) ;; *) echo "setup.sh: $kind is neither cpu nor cuda" >&2; exit 2 ;; esac
mkdir -p "$dir/wheels"
dir=$(cd "$dir" && pwd)

# pip's progress goes to stderr: stdout is for the exports.
fetch() {
    python3 -m pip download --disable-pip-version-check --only-binary=:all: \
        --implementation cp --python-version 3.11 \
        --platform manylinux1_x86_64 --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 \
        --dest "$dir/wheels" "$@" >&2
}

# unpack PACKAGE-VERSION PREFIX...: the files of a wheel under DIR/unpacked whose paths begin so.
unpack() {
    python3 - "$dir" "$@" <<'PYTHON'
import glob, sys, zipfile
folder, wheel, *prefixes = sys.argv[1:]
for path in glob.glob(f"{folder}/wheels/{wheel}-*.whl"):
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith(tuple(prefixes))]
        archive.extractall(f"{folder}/unpacked", names)
PYTHON
}

present() { ls "$dir/wheels/$1"-*.whl >/dev/null 2>&1; }

if [ "$kind" = cuda ]; then
    # All that torch's wheel says it needs of NVIDIA's; triton and the Python parts are not needed.
    set -- cublas-cu12==12.1.3.1 cuda-cupti-cu12==12.1.105 cuda-nvrtc-cu12==12.1.105 \
        cuda-runtime-cu12==12.1.105 cudnn-cu12==9.1.0.70 cufft-cu12==11.0.2.54 curand-cu12==10.3.2.106 \
        cusolver-cu12==11.4.5.107 cusparse-cu12==12.1.0.106 nccl-cu12==2.20.5 nvtx-cu12==12.1.105 \
        nvjitlink-cu12==12.1.105
    torch="torch/lib/ torch/include/"
else
    set -- cuda-runtime-cu12==12.1.105 cuda-cupti-cu12==12.1.105
    # The wheel's libtorch_cpu asks for CUDA's runtime and profiler even where there is no GPU.
    torch="torch/lib/libtorch_cpu.so torch/lib/libc10.so torch/lib/libgomp torch/include/"
fi

present torch-2.4.0 || fetch --no-deps torch==2.4.0
unpack torch-2.4.0 $torch
for package; do
    name=$(echo "nvidia-${package%%==*}" | tr - _)
    present "$name-${package##*==}" || fetch --no-deps "nvidia-$package"
    unpack "$name-${package##*==}" nvidia/
done

rm -rf "$dir/lib" "$dir/include"
mkdir "$dir/lib"
mv "$dir/unpacked/torch/include" "$dir/include"
mv "$dir"/unpacked/torch/lib/*.so* "$dir/lib/"
mv "$dir"/unpacked/nvidia/*/lib/*.so* "$dir/lib/"
rm -rf "$dir/unpacked"
if [ "$kind" = cpu ]; then
    (cd "$dir/lib" && rm -f libcheckpoint.so libnvperf* libpcsampling*)
    # torch-sys links libtorch.so, which in the wheel only pulls in the CUDA half.
    echo | cc -shared -x c - -o "$dir/lib/libtorch.so"
fi

cat <<EXPORTS
export LIBTORCH='$dir'
export LIBTORCH_CXX11_ABI=0
export LD_LIBRARY_PATH='$dir/lib'"\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
export OMP_WAIT_POLICY=passive
EXPORTS
