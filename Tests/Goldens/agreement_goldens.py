"""Agreement of raters: Krippendorff's alpha and Kendall's tau.

Run by hand in an environment with exactly these packages; the tests only read what it writes:

    krippendorff==0.9.0, scipy==1.17.1, numpy==2.4.6

    python Tests/Goldens/agreement_goldens.py

Writes Tests/Goldens/agreement.json.
"""

import json
import random
from pathlib import Path

import krippendorff
import numpy
from scipy.stats import kendalltau

random.seed(3)
cases = []
for raters, units, values, missing in [(2, 12, 2, 0.0), (3, 15, 4, 0.2), (4, 20, 5, 0.4), (2, 8, 3, 0.1), (5, 30, 7, 0.6)]:
    truth = [random.randint(1, values) for _ in range(units)]
    table = [
        [None if random.random() < missing else t if random.random() < 0.6 else random.randint(1, values) for t in truth]
        for _ in range(raters)]
    data = numpy.array([[numpy.nan if v is None else float(v) for v in row] for row in table])
    cases.append({
        "units": [[row[u] for row in table if row[u] is not None] for u in range(units)],
        **{scale: float(krippendorff.alpha(reliability_data=data, level_of_measurement=scale))
           for scale in ("nominal", "ordinal", "interval")}})
orders = []
for count in (3, 4, 7, 12):
    for _ in range(3):
        one, other = ([random.randint(1, count) for _ in range(count)] for _ in range(2))
        tau = float(kendalltau(one, other).statistic)
        orders.append({"one": one, "other": other, "tau": None if tau != tau else tau})
Path(__file__).with_name("agreement.json").write_text(json.dumps({"alpha": cases, "tau": orders}) + "\n")
