"""How many threads the number-crunching libraries use: decided here and nowhere else.

OpenBLAS threads that compete with onnxruntime's on two cores made a query six times slower (116 ms
against 19), so BLAS gets one thread and onnxruntime the cores.
"""

import os


def cores(wanted: int | None = None) -> int:
    """Threads for onnxruntime's operators: `wanted`, or all cores."""
    return max(1, wanted or os.cpu_count() or 1)


def limit_threads(wanted: int | None = None) -> int:
    """Holds OpenBLAS to one thread and tokenizers to `cores(wanted)`; returns that number."""
    from threadpoolctl import threadpool_limits

    number = cores(wanted)
    threadpool_limits(limits=1, user_api="blas")
    # The tokenizers library reads it when it first works in parallel, and has no call for it.
    os.environ.setdefault("RAYON_NUM_THREADS", str(number))
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    return number
