# The peer of bench/exact-search.ts and bench/approximate-search.ts: faiss over the same raw files.
# Arguments: flat or hnsw, rows file, queries file, dimension, threads. Then each line on standard input is
# a number of queries to search for together and, for a graph, how many rows to keep in view; the answer is
# a line of JSON with the milliseconds and the ten rows nearest to each.
import json
import sys
import time


def say(**fields):
    print(json.dumps(fields), flush=True)


try:
    import faiss
    import numpy as np
except ImportError as error:
    say(missing=str(error))
    sys.exit(0)

kind, rows_file, queries_file = sys.argv[1:4]
dimension, threads = int(sys.argv[4]), int(sys.argv[5])
faiss.omp_set_num_threads(threads)
queries = np.fromfile(queries_file, dtype="<f4").reshape(-1, dimension)
rows = np.fromfile(rows_file, dtype="<f4").reshape(-1, dimension)
if kind == "hnsw":
    index = faiss.IndexHNSWFlat(dimension, 16, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 128
else:
    index = faiss.IndexFlatIP(dimension)
start = time.perf_counter()
index.add(rows)
build_ms = (time.perf_counter() - start) * 1000
size = faiss.serialize_index(index).nbytes if kind == "hnsw" else rows.nbytes
del rows
say(ready=faiss.__version__, buildMs=build_ms, bytes=int(size))
for line in sys.stdin:
    count, view = map(int, line.split())
    if kind == "hnsw":
        index.hnsw.efSearch = view
    batch = queries[:count]
    start = time.perf_counter()
    _, found = index.search(batch, 10)
    ms = (time.perf_counter() - start) * 1000
    say(ms=ms, rows=found.tolist())
