"""Small notebooks: those whose pipeline must give what the notebook gives, and those that must be refused."""

from __future__ import annotations

FRAME = (
    "df = pd.DataFrame({'k': ['a', 'b', 'a', None], 'v': [1.5, 2.0, 3.0, 4.0], 'n': [1, 2, 3, 4]})"
)
PANDAS = ("", "import pandas as pd\nimport numpy as np")
L, T, E, C = "block:data_loader", "block:transformer", "block:data_exporter", "block:custom"

RIGHT: dict[str, list[tuple[object, str]]] = {
    "a chain": [
        PANDAS,
        (L, FRAME),
        (T, "clean = df.dropna()"),
        (T, "total = clean.groupby('k').v.sum()"),
    ],
    "redefinition": [
        PANDAS,
        (L, FRAME),
        (T, "df = df.dropna()"),
        (T, "df = df[df.v > 2]"),
        (C, "n = len(df)"),
    ],
    "branches that join": [
        PANDAS,
        (L, FRAME),
        (T, "a = df[df.k == 'a']"),
        (T, "b = df[df.k == 'b']"),
        (C, "both = pd.concat([b, a])"),
    ],
    "a column set in place": [PANDAS, (L, FRAME), (T, "df['w'] = df.v * 2"), (C, "s = df.w.sum()")],
    "a column set by an attribute": [PANDAS, (L, FRAME), (T, "df.v = 0.0"), (C, "s = df.v.sum()")],
    "columns renamed in place": [
        PANDAS,
        (L, FRAME),
        (T, "df.columns = ['x', 'y', 'z']"),
        (C, "s = list(df)"),
    ],
    "loc in place": [
        PANDAS,
        (L, FRAME),
        (T, "df.loc[df.k == 'a', 'v'] = -1.0"),
        (C, "s = df.v.sum()"),
    ],
    "inplace=True": [PANDAS, (L, FRAME), (T, "df.dropna(inplace=True)"), (C, "n = len(df)")],
    "inplace=False": [PANDAS, (L, FRAME), (T, "df.dropna(inplace=False)"), (C, "n = len(df)")],
    "insert and pop of a frame": [
        PANDAS,
        (L, FRAME),
        (T, "df.insert(0, 'z', 1)\nv = df.pop('v')"),
        (C, "s = list(df), v.sum()"),
    ],
    "a list appended to": [
        (L, "items = [1]"),
        (T, "items.append(2)"),
        (T, "items.extend([3])"),
        (C, "n = sum(items)"),
    ],
    "augmented assignment": [
        (L, "items = [1]\nn = 1"),
        (T, "items += [2]\nn += 1"),
        (C, "out = (items, n)"),
    ],
    "a dict filled in two cells": [
        (L, "d = {}"),
        (T, "d['a'] = 1"),
        (T, "d.setdefault('b', []).append(2)"),
        (C, "out = dict(d)"),
    ],
    "deleting an element": [(L, "d = {'a': 1, 'b': 2}"), (T, "del d['a']"), (C, "out = list(d)")],
    "deleting a name": [(L, "x = 1\ny = 2"), (C, "del x\nz = y"), (C, "out = z")],
    "an array changed in place": [
        PANDAS,
        (L, "a = np.arange(5)"),
        (T, "a[1:3] = 9"),
        (T, "np.put(a, 0, 7)"),
        (C, "s = int(a.sum())"),
    ],
    "a set and a sort": [
        (L, "s = {1}\nl = [3, 1]"),
        (T, "s.add(2)\nl.sort()"),
        (C, "out = (sorted(s), l)"),
    ],
    "bound on some paths": [(L, "flag = False\nx = 1"), (T, "if flag:\n    x = 2"), (C, "y = x")],
    "bound on no path": [(L, "flag = False"), (T, "if flag:\n    x = 2\ny = 3"), (C, "z = y")],
    "a loop that may not run": [
        (L, "items = []\nlast = 'none'"),
        (T, "for last in items:\n    pass"),
        (C, "out = last"),
    ],
    "try and except": [
        (L, "d = {}"),
        (T, "try:\n    x = d['k']\nexcept KeyError as e:\n    x = 0\nfinally:\n    y = 1"),
        (C, "out = (x, y)"),
    ],
    "while and break": [
        (T, "n = 0\nwhile True:\n    n += 1\n    if n > 3:\n        found = n\n        break"),
        (C, "out = found"),
    ],
    "comprehensions have names of their own": [
        (L, "x = 5\nitems = [1, 2]"),
        (T, "y = [x for x in items]"),
        (C, "out = (x, y)"),
    ],
    "a walrus in a comprehension": [
        (L, "items = [1, 2]"),
        (T, "big = [last := v for v in items]"),
        (C, "out = (last, big)"),
    ],
    "nested comprehensions": [
        (L, "rows = [[1, 2], [3]]\nk = 10"),
        (T, "flat = [v * k for row in rows for v in row if v < k]"),
        (C, "out = flat"),
    ],
    "a lambda that reads a name": [
        (L, "t = 2\nitems = [1, 2, 3]"),
        (T, "big = list(filter(lambda v: v >= t, items))"),
        (C, "out = big"),
    ],
    "match": [
        (L, "point = {'x': 1, 'rest': [2, 3]}"),
        (
            T,
            "match point:\n    case {'x': x, 'rest': [first, *others]}:\n        found = (x, first, others)\n    case _:\n        found = None",
        ),
        (C, "out = found"),
    ],
    "with and star targets": [
        (L, "import io\nwith io.StringIO('a,b,c') as f:\n    text = f.read()"),
        (T, "first, *rest = text.split(',')"),
        (C, "out = (first, rest)"),
    ],
    "a class body": [
        (L, "base = 3"),
        (
            T,
            "class P:\n    size = base * 2\n    def area(self):\n        return self.size * base\nr = P().area()",
        ),
        (C, "out = r"),
    ],
    "global becomes nonlocal": [
        (L, "n = 0"),
        (T, "def more():\n    global n\n    n += 1\nmore()\nmore()"),
        (C, "out = n"),
    ],
    "global at the top": [(T, "global n\nn = 4"), (C, "out = n")],
    "a function defined and used in a block": [
        (L, "k = 3"),
        (T, "def f(x):\n    return x * k\ny = f(2)"),
        (C, "out = y"),
    ],
    "a function reads what is bound later": [
        (T, "def f():\n    return k\nk = 3\ny = f()"),
        (C, "out = y"),
    ],
    "shared functions": [
        PANDAS,
        (
            "",
            "LIMIT = 2\ndef big(d):\n    return np.abs(twice(d)) > LIMIT\ndef twice(x):\n    return x * 2",
        ),
        (L, FRAME),
        (T, "b = df[big(df.v)]"),
        (C, "out = big(b.n).sum()"),
    ],
    "a function that reads a variable": [
        ("", "def scaled(x):\n    return x * factor"),
        (L, "factor = 2\nx = 5"),
        (T, "y = scaled(x)"),
        (T, "factor = 3"),
        (C, "z = scaled(x)"),
    ],
    "a function of a function that reads a variable": [
        ("", "def inner():\n    return k\ndef outer():\n    return inner() + 1"),
        (L, "k = 1"),
        (C, "out = outer()"),
    ],
    "a function defined in a block": [
        (L, "def f(x):\n    return x + 1\na = f(1)"),
        (T, "b = f(a)"),
    ],
    "a lambda with a name": [
        ("", "double = lambda x: x * 2"),
        (L, "a = double(2)"),
        (T, "b = double(a)"),
    ],
    "a function that changes its argument": [
        PANDAS,
        ("", "def add(d):\n    d['z'] = 1"),
        (L, FRAME),
        (T, "add(df)"),
        (C, "out = list(df)"),
    ],
    "a function that changes a copy": [
        PANDAS,
        ("", "def add(d):\n    d = d.copy()\n    d['z'] = 1\n    return d"),
        (L, FRAME),
        (T, "other = add(df)"),
        (C, "out = (list(df), list(other))"),
    ],
    "a function that changes a global": [
        ("", "def note(x):\n    seen.append(x)"),
        (L, "seen = []"),
        (T, "note(1)"),
        (T, "note(2)"),
        (C, "out = list(seen)"),
    ],
    "a recursive function": [
        ("", "def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)"),
        (C, "out = fact(5)"),
    ],
    "a decorator and a default": [
        (
            "",
            "import functools\nBASE = 2\n@functools.lru_cache\ndef power(n, base=BASE):\n    return base ** n",
        ),
        (C, "out = power(4)"),
    ],
    "literals of untagged cells": [
        ("", "COLS = ['k', 'v']\nRATE = 0.5\nBOTH = (1, -2)"),
        PANDAS,
        (L, FRAME),
        (T, "x = df[COLS]\ny = x.v * RATE"),
        (C, "out = BOTH"),
    ],
    "unchanging values of untagged cells": [
        (
            "",
            "from pathlib import Path\nimport datetime as dt\nDATA = Path('data')\nDAY = dt.date(2020, 1, 2)",
        ),
        (C, "out = (str(DATA / 'x'), DAY.year)"),
    ],
    "parameters": [
        ("parameters", "market = 'a'\nlimit = 2.0\npath = f'{market}.csv'"),
        PANDAS,
        (L, FRAME),
        (T, "m = df[(df.k == market) & (df.v < limit)]"),
        (C, "out = (path, len(m))"),
    ],
    "a parameter that is rebound": [
        ("parameters", "market = 'a'"),
        (T, "market = market.upper()"),
        (C, "out = market"),
    ],
    "a list parameter that is changed": [
        ("parameters", "names = ['a']"),
        (T, "names.append('b')"),
        (C, "out = names"),
    ],
    "a derived line with an import": [
        ("", "import os"),
        ("parameters", "root = 'data'\npath = os.path.join(root, 'x.csv')\nupper = path.upper()"),
        (C, "out = upper"),
        (C, "other = path"),
    ],
    "a query with @": [
        PANDAS,
        (L, FRAME + "\nt = 2"),
        (T, "big = df.query('n > @t')"),
        (C, "out = len(big)"),
    ],
    "eval and pd.eval": [
        PANDAS,
        (L, FRAME + "\nk2 = 3"),
        (T, "df = df.eval('z = n * @k2')\nn2 = eval('k2 + 1')"),
        (C, "out = (df.z.sum(), n2)"),
    ],
    "files": [
        PANDAS,
        (L, FRAME),
        (E, "df.to_csv('out.csv', index=False)"),
        (L, "back = pd.read_csv('out.csv')"),
        (C, "n = len(back)"),
    ],
    "files by a literal's name": [
        PANDAS,
        ("", "from pathlib import Path\nOUT = Path('o')\nNAME = 'f.txt'"),
        (E, "OUT.mkdir()\n(OUT / NAME).write_text('hello')"),
        (L, "text = Path('o/f.txt').read_text()"),
    ],
    "tables": [
        PANDAS,
        ("", "import sqlite3"),
        (L, FRAME),
        (E, "con = sqlite3.connect('s.db')\ndf.to_sql('sales', con, index=False)\ncon.close()"),
        (
            L,
            "con = sqlite3.connect('s.db')\nback = pd.read_sql('select sum(v) as v from sales', con)\ncon.close()",
        ),
    ],
    "order of blocks without results": [
        (C, "with open('log.txt', 'a') as f:\n    f.write('1')"),
        (C, "with open('log.txt', 'a') as f:\n    f.write('2')"),
        (C, "print('x')"),
    ],
    "settings": [
        (
            "",
            "import pandas as pd\nimport os\npd.set_option('display.max_rows', 7)\nos.environ['MJ_X'] = 'yes'",
        ),
        (C, "out = (pd.get_option('display.max_rows'), os.environ['MJ_X'])"),
    ],
    "one block draws": [
        ("", "import numpy as np\nnp.random.seed(3)"),
        (L, "a = np.random.rand(3)"),
        (C, "out = a.sum()"),
    ],
    "a generator of one's own": [
        ("", "import numpy as np"),
        (L, "rng = np.random.default_rng(0)"),
        (T, "a = rng.normal(size=2)"),
        (T, "b = rng.normal(size=2)"),
        (C, "out = (a.sum(), b.sum())"),
    ],
    "each block seeds": [
        ("", "import random"),
        (L, "random.seed(1)\na = random.random()"),
        (L, "random.seed(2)\nb = random.random()"),
        (C, "out = (a, b)"),
    ],
    "imports in a block": [
        (L, "import math\nx = math.pi"),
        (T, "y = math.floor(x)"),
        (C, "from math import ceil as up\nz = up(y)"),
    ],
    "imports of submodules": [
        ("", "import os.path\nimport os"),
        (L, "import xml.dom\nimport xml.sax\na = os.path.join('a', 'b')"),
        (T, "b = xml.sax.__name__ + a"),
    ],
    "an optional import": [
        ("", "try:\n    import ujson_not_there as json\nexcept ImportError:\n    import json"),
        (L, "t = json.dumps([1])"),
        (C, "out = json.loads(t)"),
    ],
    "a star import": [("", "from math import *"), (L, "x = floor(2.5)"), (C, "out = ceil(x + pi)")],
    "await": [
        ("", "import asyncio\nasync def later(x):\n    await asyncio.sleep(0)\n    return x"),
        (L, "a = await later(1)"),
        (C, "out = a + 1"),
    ],
    "magics": [
        ("", "%matplotlib inline\nimport math"),
        (L, "%time x = math.sqrt(4)"),
        (T, "%%time\ny = x + 1"),
        (C, "name = 'a'\n!touch {name}.txt\nout = y"),
    ],
    "text that looks like a magic": [
        (C, 'text = """\n%time x\n!ls\n"""\nn = (7\n % 4)'),
        (C, "out = (text, n)"),
    ],
    "copies are not aliases": [
        (L, "a = [1]"),
        (T, "b = list(a)\nb.append(2)"),
        (T, "c = a[:]\nc.append(3)"),
        (C, "out = (a, b, c)"),
    ],
    "an alias within a cell": [(L, "a = [1]"), (T, "b = a\nb.append(2)"), (C, "out = (a, b)")],
    "frames in a dict": [
        PANDAS,
        (L, FRAME + "\ntables = {}"),
        (T, "tables['a'] = df"),
        (T, "tables['b'] = df[df.n > 1]"),
        (C, "out = {k: len(v) for k, v in tables.items()}"),
    ],
    "unicode": [(L, "größe = 'ä'  # ü"), (T, "naïve = größe + 'é'"), (C, "out = naïve")],
    "private names": [(L, "_tmp = 1\nx = _tmp"), (T, "y = _tmp + x")],
    "an untagged look": [
        PANDAS,
        (L, FRAME),
        ("", "df.head()\ndf.describe()"),
        ("", "look = df.n.sum()\nlook"),
        (T, "clean = df.dropna()"),
    ],
    "a model": [
        (
            "",
            "class Model:\n    def fit(self, x):\n        self.mean = sum(x) / len(x)\n        return self\n    def predict(self):\n        return self.mean",
        ),
        (L, "m = Model()\nx = [1, 2]"),
        (T, "m.fit(x)"),
        (C, "out = m.predict()"),
    ],
}
"""Notebooks as (tags, source) pairs."""

REFUSED: dict[str, tuple[str, int, list[tuple[object, str]]]] = {
    "a syntax error": ("syntax", 0, [(L, "x = = 1"), (C, "y = x")]),
    "return at the top": ("syntax", 0, [(L, "x = 1\nreturn x")]),
    "a value of scratch": (
        "scratch-value",
        2,
        [(L, "x = [1]"), ("", "n = len(x)"), (C, "y = n + 1")],
    ),
    "a literal that is rebound": ("scratch-value", 1, [("", "N = 1"), (L, "x = N"), (L, "N = 2")]),
    "a literal that is changed": (
        "scratch-value",
        1,
        [("", "C = {}"), (L, "C['a'] = 1"), (C, "out = C")],
    ),
    "scratch shadows": ("scratch-shadows", 1, [(L, "x = 1"), ("", "x = 2"), (C, "y = x")]),
    "scratch changes": ("scratch-shadows", 1, [(L, "x = [1]"), ("", "x.append(2)"), (C, "y = x")]),
    "scratch changes a column": (
        "scratch-shadows",
        2,
        [PANDAS, (L, FRAME), ("", "df['w'] = 1"), (C, "y = df")],
    ),
    "scratch changes by a function": (
        "scratch-shadows",
        2,
        [("", "def add(d):\n    d.append(1)"), (L, "x = []"), ("", "add(x)"), (C, "y = x")],
    ),
    "two blocks draw": (
        "shared-rng",
        2,
        [
            ("", "import numpy as np\nnp.random.seed(1)"),
            (L, "a = np.random.rand()"),
            (L, "b = np.random.rand()"),
        ],
    ),
    "draws of a frame's sample": (
        "shared-rng",
        3,
        [PANDAS, (L, FRAME), (T, "a = df.sample(2)"), (T, "b = df.sample(2)")],
    ),
    "draws within a function": (
        "shared-rng",
        2,
        [
            ("", "import random\ndef draw():\n    return random.random()"),
            (L, "a = draw()"),
            (L, "b = draw()"),
        ],
    ),
    "a connection": (
        "cannot-travel",
        1,
        [
            (L, "import sqlite3\ncon = sqlite3.connect(':memory:')"),
            (C, "out = con.execute('select 1').fetchall()"),
        ],
    ),
    "an open file": ("cannot-travel", 1, [(L, "f = open('x.txt', 'w')"), (C, "n = f.write('a')")]),
    "a generator": ("cannot-travel", 1, [(L, "g = (v for v in [1, 2])"), (C, "out = next(g)")]),
    "a generator function": (
        "cannot-travel",
        2,
        [("", "def gen():\n    yield 1"), (L, "g = gen()"), (C, "out = list(g)")],
    ),
    "a lock": (
        "cannot-travel",
        1,
        [(L, "import threading\nlock = threading.Lock()"), (C, "lock.acquire()")],
    ),
    "an alias changed below": (
        "shared-object",
        1,
        [(L, "a = [1]\nb = a"), (T, "a.append(2)"), (C, "out = b")],
    ),
    "an object held and changed": (
        "shared-object",
        1,
        [(L, "a = [1]\nd = {'k': a}"), (T, "a.append(2)"), (C, "out = d")],
    ),
    "an alias made later": (
        "shared-object",
        2,
        [(L, "a = [1]"), (T, "b = a"), (T, "b.append(2)"), (C, "out = (a, b)")],
    ),
    "figure and axes": (
        "shared-object",
        2,
        [
            ("", "import matplotlib.pyplot as plt"),
            (L, "fig, ax = plt.subplots()"),
            (T, "ax.plot([1])"),
            (C, "fig.savefig('x.png')"),
        ],
    ),
    "a name of nowhere": ("hidden-state", 0, [(C, "y = nowhere + 1")]),
    "a name of below": ("hidden-state", 0, [(C, "y = later"), (L, "later = 1")]),
    "a deleted name": ("hidden-state", 2, [(L, "x = 1"), (C, "del x"), (C, "y = x")]),
    "exec": ("unknown-code", 0, [(C, "exec('x = 1')")]),
    "eval of a name": ("unknown-code", 1, [(L, "text = '1'"), (C, "y = eval(text)")]),
    "globals": ("unknown-code", 0, [(C, "globals()['x'] = 1")]),
    "locals in a format": ("unknown-code", 1, [(L, "x = 1"), (C, "y = '{x}'.format(**locals())")]),
    "the last output": ("unknown-code", 1, [(L, "x = 1"), (C, "y = _")]),
    "the notebook's session": ("unknown-code", 0, [(C, "get_ipython().run_line_magic('x', '')")]),
    "input": ("unknown-code", 0, [(C, "x = input()")]),
    "a magic's value": ("magic", 0, [(C, "files = !ls")]),
    "run": ("magic", 0, [(C, "%run other.py")]),
    "SQL": ("magic", 0, [(C, "%%sql\nselect 1")]),
    "R": ("magic", 0, [(C, "%%R\nx <- 1")]),
    "two names alike": (
        "name-taken",
        1,
        [((L, {"name": "load"}), "x = 1"), ((L, {"name": "Load"}), "y = 2")],
    ),
    "a cycle": (
        "cycle",
        0,
        [((L, {"name": "a", "upstream": ["b"]}), "x = 1"), ((T, {"name": "b"}), "y = x")],
    ),
    "waits for itself": ("cycle", 0, [((L, {"name": "a", "upstream": ["a"]}), "x = 1")]),
    "an unknown upstream": ("unknown-upstream", 0, [((L, {"upstream": ["zzz"]}), "x = 1")]),
    "a reserved name": (
        "reserved-name",
        0,
        [("parameters", "execution_date = '2020-01-01'"), (C, "y = 1")],
    ),
    "kwargs from above": ("reserved-name", 1, [(L, "kwargs = {}"), (C, "y = kwargs")]),
    "code in the parameters cell": (
        "parameters",
        0,
        [("parameters", "for i in range(3):\n    x = i"), (C, "y = 1")],
    ),
    "a name that leads out": ("block-name", 0, [((L, {"name": "../../evil"}), "x = 1")]),
    "an unknown type": ("block-type", 0, [("block:wizard", "x = 1")]),
    "two types": ("block-type", 0, [("block:custom block:sensor", "x = 1")]),
    "a class that reads a variable": (
        "scratch-value",
        2,
        [
            ("", "class P:\n    def get(self):\n        return k"),
            (L, "k = 1"),
            (C, "y = P().get()"),
        ],
    ),
    "a function that binds a global": (
        "unknown-code",
        1,
        [("", "def f():\n    global n\n    n = 1"), (C, "f()\ny = n")],
    ),
    "a default that changed": (
        "scratch-value",
        3,
        [(L, "k = 1"), ("", "def f(x=k):\n    return x"), (L, "k = 2"), (C, "y = f()")],
    ),
    "a class with a name of two meanings": (
        "unknown-code",
        1,
        [(L, "x = 1"), (C, "class A:\n    x = x + 1\ny = A.x")],
    ),
    "a query within a function": (
        "unknown-code",
        2,
        [
            PANDAS,
            (L, FRAME + "\nt = 1"),
            (C, "def f(d):\n    return d.query('n > @t')\nout = len(f(df))"),
        ],
    ),
    "a setting that reads a result": (
        "session-setting",
        2,
        [
            ("", "import pandas as pd"),
            (L, "n = 5"),
            ("", "pd.set_option('display.max_rows', n)"),
            (C, "y = n"),
        ],
    ),
}
"""Name -> code, index of the cell with the diagnostic, notebook."""
