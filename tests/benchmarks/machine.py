"""What a timing was made on: processor, BLAS with its kernels, threads. The first line that every benchmark prints."""
import ctypes
import re


def _processor():
    found = {}
    with open("/proc/cpuinfo") as info:
        for line in info:
            key, _, value = line.partition(":")
            found.setdefault(key.strip(), value.strip())
    return f"{found.get('model name', 'unknown')} (family {found.get('cpu family', '?')}, model {found.get('model', '?')})"


def _blas():
    """Of this process: torch is imported already."""
    with open("/proc/self/maps") as maps:
        files = sorted({line.split(None, 5)[5].strip() for line in maps if re.search(r"/lib(openblas|mkl|blis|torch_cpu)", line)})
    for file in files:
        if "openblas" in file:
            library = ctypes.CDLL(file)
            library.openblas_get_corename.restype = library.openblas_get_config.restype = ctypes.c_char_p
            return " ".join(library.openblas_get_config().decode().split()[:2]) + f", {library.openblas_get_corename().decode()} kernels"
    return next((file.rsplit("/", 1)[1] for file in files if "mkl" in file or "blis" in file), "BLAS of torch")


def machine(threads):
    return f"{_processor()}; {_blas()}; {threads} thread{'s' if threads > 1 else ''}"
