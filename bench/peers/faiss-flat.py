# The peer of bench/exact-search.ts: faiss IndexFlatIP over the same raw files.
# Arguments: rows file, queries file, dimension, threads. Then each line on standard input is a
# number of queries to search for together; the answer is a line of JSON with the milliseconds and
# the ten rows nearest to each.
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

rows_file, queries_file, dimension, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
faiss.omp_set_num_threads(threads)
queries = np.fromfile(queries_file, dtype="<f4").reshape(-1, dimension)
index = faiss.IndexFlatIP(dimension)
index.add(np.fromfile(rows_file, dtype="<f4").reshape(-1, dimension))
say(ready=faiss.__version__)
for line in sys.stdin:
    batch = queries[: int(line)]
    start = time.perf_counter()
    _, rows = index.search(batch, 10)
    ms = (time.perf_counter() - start) * 1000
    say(ms=ms, rows=rows.tolist())
